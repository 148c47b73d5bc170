"""What the prose of chapter 5 says in numbers, from the notebook's own cells."""

import re
from pathlib import Path

import numpy as np
import pytest
import scipy.special
import scipy.stats
import torch

import dlcore
from tests.chapters.pages import CHAPTERS, Page

PAGE = Page("05_classical_machine_learning")
LIBRARY = Path(dlcore.__file__).parent / "classical"
CITED = "\n".join(path.read_text("utf-8") for path in sorted(LIBRARY.glob("*.py")))
OTHERS = [
    Page(path.stem) for path in sorted(CHAPTERS.glob("[0-9]*.ipynb")) if path.stem[:2] != "05"
]
ELSEWHERE = {label for other in OTHERS for label in other.labels()}
NAMED = set(re.findall(r":(?:eq|ref):`([\w-]+)`", CITED)) - ELSEWHERE
OWN = sorted(NAMED | {"eq-k-means-plus-plus", "sec-k-means"})


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


@pytest.mark.parametrize("label", OWN)
def test_label_of_the_library_stands_on_the_page_once(label):
    assert PAGE.labels().count(label) == 1


def test_labels_are_not_those_of_other_chapters():
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() - set(page.glued) == set()
    assert page.shown()


def test_every_question_has_its_solution():
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 5
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def test_the_weighted_sum_beats_the_network_on_few_patients(page):
    assert page.number("opening_parameters") == 4929
    assert page.number("opening_linear") == pytest.approx(0.48, abs=0.02)
    assert page.number("opening_low") > 0
    assert page.number("opening_once_low") < page.number("opening_low")
    assert 0 < page.number("opening_network") < page.number("opening_linear") - 0.1
    assert page.number("opening_by_heart") > 0.9
    assert page.number("opening_stopped") > page.number("opening_network") + 0.1


def test_normal_equation_loses_digits(page):
    assert page.number("error_normal") > 1e5 * 1e-9 * page.number("error_billionths")


def test_noise_ball_shrinks_with_the_rate(page):
    fast, slow, decaying = (page.number(f"ball_{name}") for name in ("fast", "slow", "decay"))
    assert decaying < slow < fast / 3


def test_one_measurement_tells_much(page):
    middle = -(page.names["curve"].intercept_ / page.names["curve"].coef_[0]).item()
    assert middle == pytest.approx(14.75, abs=0.05)


def test_tumours_and_templates(page):
    assert page.number("n_test") == 114
    assert page.number("logistic_right") > 0.95
    assert page.number("softmax_right") == pytest.approx(0.92, abs=0.02)


def printed(name: str, pattern: str) -> list[float]:
    """Numbers that a cell's stored output shows."""
    return [float(v) for v in re.findall(pattern, PAGE.cells[name].outputs[0].text)]


def test_copies_of_a_feature_invent_confidence():
    exact = scipy.special.expit([1, 2, 10])
    assert printed("naive-copies", r"P = ([\d.]+)") == pytest.approx(exact, abs=0.03)


def test_scores_of_its_own_points_make_a_machine_too_sure(page):
    assert page.number("platt_held_out") < page.number("platt_on_own") - 0.05
    assert page.number("platt_held_out") < np.log(2) < page.number("platt_on_own")


def test_the_heat_is_asked_last():
    gains = printed("greedy", r"bits: ([\d.]+)"), printed("greedy", r"dry days ([\d.]+)")
    exact = scipy.stats.entropy([1 / 12, 11 / 12], base=2)
    half = exact - scipy.stats.entropy([1 / 6, 5 / 6], base=2) / 2
    hot = exact - scipy.stats.entropy([1 / 8, 7 / 8], base=2) * 2 / 3
    assert gains[0] == pytest.approx([half, hot, half, half], abs=1e-4)
    assert gains[1][1] == min(gains[1][1:])


def test_four_leaves_are_best_for_new_customers(page):
    path, pruned = page.names["path"], page.names["pruned"]
    assert path.leaves[int(np.argmax(pruned["new ones"]))] == 4
    assert pruned["own customers"][0] == max(pruned["own customers"])


def test_averaging_removes_variance_and_boosting_bias(page):
    short = page.names["short"].values()
    bias = {n: page.number(f"bias_{n}") for n in short}
    variance = {n: page.number(f"var_{n}") for n in short}
    assert min(variance, key=variance.get) == "forest"
    assert variance["tree"] > 4 * variance["bagging"]
    assert bias["tree"] < bias["bagging"] < bias["forest"]
    assert bias["small_tree"] > 2 * max(bias["boosting"], bias["boosting_no_shrinkage"])
    assert variance["boosting_no_shrinkage"] > variance["small_tree"] > 2 * variance["boosting"]


def test_polynomials_trade_bias_for_variance(page):
    parts = page.names["parts"]
    assert parts[0].bias_squared > 10 * parts[-1].bias_squared
    assert parts[-1].variance > parts[2].variance
    sums = [p.bias_squared + p.variance for p in parts]
    assert int(np.argmin(sums)) == 2
    assert all(p.bias_squared < 1e-3 for p in parts[4:])


def test_votes():
    exact = [scipy.stats.binom.sf(B // 2, B, 0.4) for B in (1, 5, 25, 101)]
    assert printed("vote-table", r"error 0.4: ([\d.]+)") == pytest.approx(exact, abs=6e-4)


def test_small_steps_end_lower(page):
    stages = page.names["stages"]
    (_, quick), (own, slow) = stages[1.0], stages[0.1]
    assert slow.min() < 0.8 * quick.min()
    assert (own.diff() <= 1e-12).all()


def test_manhattan_needs_scaling_too(page):
    for p in (1, 2):
        assert page.number(f"knn_raw_{p}") < 0.6
        assert page.number(f"knn_scaled_{p}") > 0.9


def test_distances_concentrate(page):
    contrast, irrelevant = page.names["contrast"], page.names["irrelevant"]
    assert all(np.diff(contrast) < 0)
    assert contrast[-1] < 0.3
    assert irrelevant[0] > 0.75 > 0.6 > irrelevant[-1]


def test_seeding(page):
    assert page.number("inertia_random") > 1.5 * page.number("inertia_plus")
    assert page.names["falls"]


def test_selection_before_the_folds_finds_knowledge_in_noise(page):
    assert page.number("leaky") > 0.8
    assert page.number("honest") == pytest.approx(0.5, abs=0.1)
    assert page.number("promised") == pytest.approx(page.number("kept"), abs=0.04)


def test_corrected_intervals_hold_what_they_promise(page):
    assert page.number("cover_naive") < 0.87
    assert page.number("cover_corrected") == pytest.approx(0.95, abs=0.03)
    assert scipy.stats.t(9).ppf(0.975) == pytest.approx(2.262, abs=1e-3)


def test_comparison(page):
    counts = [page.number(f"network_{n}") for n in ("ahead", "behind", "undecided")]
    assert sum(counts) == page.number("compared_pairs") == 21
    assert counts[2] > 15
    assert page.number("tree_digits") < page.number("network_digits") - 0.08
    assert page.number("network_wines") == pytest.approx(page.number("softmax_wines"), abs=0.02)


def test_speed_is_that_of_the_file(page):
    ratios = page.names["ratios"]
    assert page.number("speed_count") == len(ratios) > 15
    assert page.number("speed_wins") < len(ratios)
    assert page.number("speed_slowest_ratio") == max(ratios.values()) > 1


def test_hybrid_loses(page):
    assert page.number("hidden_right") < page.number("pixels_right") - 0.03


def test_answers_of_the_questions():
    x, y = torch.arange(1.0, 5.0), torch.arange(2.0, 10.0, 2.0)
    x, y = x - x.mean(), y - y.mean()
    assert (x @ y / (x @ x + 1)).item() == pytest.approx(5 / 3)
    assert (x @ y / (x @ x + 4)).item() == pytest.approx(10 / 9)
    scores = np.array([3.2, 5.1, -1.7])
    assert -scipy.special.log_softmax(scores)[0] == pytest.approx(2.04, abs=0.01)
    assert scipy.stats.entropy([0.6, 0.4], base=2) == pytest.approx(0.971, abs=1e-3)
    assert scipy.special.expit(1) == pytest.approx(0.731, abs=1e-3)


def test_variance_of_fifty_correlated_trees():
    covariance = np.full((50, 50), 0.3 * 2) + np.eye(50) * 0.7 * 2
    assert covariance.mean() == pytest.approx(0.628)
