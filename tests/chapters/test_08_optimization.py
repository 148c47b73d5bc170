"""What the prose of chapter 8 says in numbers, from the notebook's own cells."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch

import dlcore
from dlcore import numerics, optim
from tests.chapters.pages import CHAPTERS, Page

PAGE = Page("08_optimization")
LIBRARY = Path(dlcore.__file__).parent / "optim"
CITED = "\n".join(path.read_text("utf-8") for path in sorted(LIBRARY.glob("*.py")))
OTHERS = [
    Page(path.stem) for path in sorted(CHAPTERS.glob("[0-9]*.ipynb")) if path.stem[:2] != "08"
]
ELSEWHERE = {label for other in OTHERS for label in other.labels()}
OWN = sorted(set(re.findall(r":(?:eq|ref):`([\w-]+)`", CITED)) - ELSEWHERE)


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


@pytest.mark.parametrize("label", OWN)
def test_label_of_the_library_stands_on_the_page_once(label):
    assert PAGE.labels().count(label) == 1


def test_labels_are_not_those_of_other_chapters():
    assert len(PAGE.labels()) > 70
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_algorithms_stand_on_the_page():
    assert re.findall(r":label: (alg-[\w-]+)", PAGE.prose) == ["alg-adam", "alg-lbfgs"]


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() - set(page.glued) == set()
    assert len(page.shown()) > 100


def test_every_question_has_its_solution():
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 8
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def test_at_one_rate_the_rules_differ(page):
    assert page.number("opening_gradient") < 0.15
    assert page.number("opening_momentum") < 0.3
    assert page.number("opening_adam") > 0.5
    assert page.number("opening_parameters") == 64 * 32 + 32 + 32 * 10 + 10


def test_noise_of_batches(page):
    assert page.number("variance_error") < 0.1
    assert page.number("speed_up") > 10
    N = page.number("n_train")
    law = page.names["law"]
    B = np.array([1, 4, 16, 64, 256, 900])
    with_, without = np.array(law["with replacement"]), np.array(law["without"])
    assert with_ * B == pytest.approx(with_[0])
    assert without / with_ == pytest.approx((N - B) / (N - 1))


def test_linear_scaling_holds_and_breaks(page):
    start = page.number("scaling_start")
    assert page.number("scaling_linear_256") == pytest.approx(start, rel=0.2)
    assert page.number("scaling_constant_256") > 5 * start
    assert page.number("scaling_linear_1024") > 5 * start
    assert page.number("scaling_small_k") == pytest.approx(0.923, abs=5e-4)
    assert page.number("scaling_large_k") == pytest.approx(0.168, abs=5e-4)


def test_momentum_in_the_ravine(page):
    assert page.number("steep_plain") == pytest.approx(0.8)
    assert page.number("flat_plain") == pytest.approx(1 - 0.018)
    for name in ("steep_momentum", "flat_momentum"):
        assert page.number(name) == pytest.approx(math.sqrt(0.9))
    assert 133 < page.number("settles_momentum") < 381
    assert 53 < page.number("settles_nesterov") < page.number("settles_momentum")
    for (beta, nesterov), values in page.names["factors"].items():
        limit = 2 * (1 + beta) / (1 + 2 * beta if nesterov else 1)
        products = page.names["products"]
        assert (values[(products > 0.01) & (products < limit - 0.01)] < 1).all()
        assert (values[products > limit + 0.01] > 1).all()


def test_sparse_features_suit_adagrad(page):
    assert 0.5 < page.number("sparse_adagrad") < 0.9 * page.number("sparse_sgd")
    assert page.number("rare_adagrad") < 0.7 * page.number("rare_sgd")


def test_turned_ravine(page):
    assert page.number("adagrad_axis") == 17
    assert page.number("momentum_axis") == 133
    assert page.number("adagrad_turned") == 1024


def test_schedules_on_a_noisy_quadratic(page):
    V = 100.0
    for t in range(400):
        rate = 0.15 * (1 + math.cos(math.pi * t / 400))
        V = (1 - rate) ** 2 * V + rate**2
    assert page.number("floor_cosine") == pytest.approx(V, rel=1e-6)
    assert page.number("floor_fast") == pytest.approx(0.3 / 1.7, rel=1e-6)
    assert page.number("stranded_length") == pytest.approx(0.3 / (1 - math.exp(-0.1)), rel=1e-6)
    assert 0.02 < page.number("stranded_left") < math.exp(-page.number("stranded_length"))
    assert page.number("stranded") > 10 * page.number("floor_cosine")
    assert page.number("floor_slow") > page.number("floor_cosine")


def test_warmup_makes_flat(page):
    assert page.number("sharp_start") > 3 * page.number("sharp_limit")
    assert page.number("rate_start") == pytest.approx(2 / page.number("sharp_start"))
    assert page.number("cold_steps") < 20
    assert page.number("sharp_warm") < 1.5 * page.number("sharp_limit")
    assert page.number("sharp_slow") > 2 * page.number("sharp_warm")
    assert page.number("warm_peak") > 1 > page.number("slow_end") > page.number("warm_end")


def test_snapshots_gain_nothing_certain(page):
    assert page.number("snapshot_gain_low") < 0 < page.number("snapshot_gain_high") < 1
    assert page.number("snapshot_first") < page.number("snapshot_last")


def test_curvature_saves_steps(page):
    steps = {k: page.number(f"steps_{k}") for k in ("gd", "heavy", "adam", "lbfgs", "ncg", "gncg")}
    assert steps["gd"] > steps["heavy"] > steps["lbfgs"] > steps["ncg"]
    assert steps["adam"] > steps["lbfgs"]
    assert steps["gncg"] < steps["lbfgs"]
    assert page.number("steps_kfac") < steps["gd"]
    assert page.number("race_parameters") == 30 * 10 + 10 + 10 * 2 + 2


def test_natural_gradient_goes_one_way(page):
    paths = page.names["gaussian_paths"]
    natural, plain = (
        [path for (kind, _), path in paths.items() if kind == want] for want in ("natural", "plain")
    )
    assert (natural[0] - natural[1]).abs().max() < 0.05
    assert (plain[0] - plain[1]).abs().max() > 0.2


def test_depth_and_what_no_optimizer_repairs(page):
    chance = page.number("chance_loss")
    for rule in ("sgd", "adam"):
        assert page.number(f"{rule}_sigmoid") == pytest.approx(chance, abs=0.05)
        assert page.number(f"{rule}_residual") < 0.3
    assert page.number("adam_relu") < 1.5
    sigmoid = page.names["arrives"]["sigmoid"]
    assert sigmoid[3] < 1e-9
    assert sigmoid[5] ** (19 / 39) == pytest.approx(sigmoid[3], rel=0.9)  # a line, to the end
    assert page.names["spread"] < 1e-9
    assert 1e-2 < page.names["arrives"]["residual ReLU"][-1] < 1e3
    radius = 0.9
    assert page.names["powers"][radius][-1] ** 0.01 == pytest.approx(radius, abs=0.05)


def test_critical_points(page):
    assert page.number("definite_1") == pytest.approx(0.5, abs=0.01)
    assert page.number("definite_2") == pytest.approx((2 - math.sqrt(2)) / 4, abs=0.005)
    assert page.number("definite_4") == pytest.approx(0.00247, abs=6e-4)
    assert page.number("critical_minima") >= 2
    assert page.number("critical_found") > page.number("critical_minima")
    assert page.number("highest_minimum") < page.number("highest_saddle") / 2
    assert page.number("most_ways") == 4
    assert page.names["steepest_slope"] < 1e-6
    assert page.number("index_correlation") > 0.7
    assert math.factorial(4) * 2**4 == 384


def test_edge_of_stability(page):
    limit = page.number("edge_fast_limit")
    assert page.number("edge_fast") == pytest.approx(limit, rel=0.15)
    assert page.number("edge_middle_start") < page.number("edge_middle_limit") - 1
    assert page.number("edge_middle") == pytest.approx(page.number("edge_middle_limit"), rel=0.1)
    assert page.number("edge_slow_start") < page.number("edge_slow_end") < 10
    assert page.number("rises_fast") > 0.2
    assert page.number("rises_slow") < 0.05
    assert page.number("edge_loss_fast") < page.number("edge_loss_slow")


def mean_accuracy(page, key):
    return float(page.glued[f"acc_{key}"].split(" ± ")[0])


def test_tuned_rules_are_level_until_units_differ(page):
    rules = ("gd", "heavy", "adagrad", "adam")
    centred = [mean_accuracy(page, f"{rule}_centred") for rule in rules]
    assert max(centred) - min(centred) < 1.5
    assert page.number("lead_centred_high") < 1.5
    assert page.number("opening_lead") > 30
    assert page.number("lead_units_low") > 1
    assert 0 < page.number("lead_turned") < 0.75 * page.number("lead_units")
    for rule in ("gd", "heavy"):
        unturned, turned = (mean_accuracy(page, f"{rule}_{task}") for task in ("units", "turned"))
        assert turned == pytest.approx(unturned, abs=1.5)


def test_recipe(page):
    assert -1.5 < page.number("gap_recipe_low") < page.number("gap_recipe_high") < 1
    assert page.number("gap_cosine_high") < 0.3
    assert page.number("gap_switch_high") < 0.5
    assert page.number("recipe_recipe_loss") < page.number("recipe_cosine_loss")
    assert len(page.names["search"]) * 3 == 21


def test_update_ratios_grow_with_the_rate(page):
    ratios = [ratio for ratio, _ in page.names["ratios"].values()]
    assert ratios == sorted(ratios)
    assert 1e-4 < ratios[0] < 1e-3 < ratios[2] < 3e-2


def test_numbers_in_the_solutions():
    assert pytest.approx(0.00694, abs=5e-6) == 0.1 / (4 * 2 * (2 - 0.2))
    assert math.sqrt(0.1 / (4 * 2 * 1.8)) == pytest.approx(0.0833, abs=5e-5)
    assert pytest.approx(-0.19) == 0.9 * -0.1 - 0.1
    assert pytest.approx(-0.019) == 0.9 * -0.01 - 0.01
    assert pytest.approx(0.00996, abs=1e-5) == 1 - 0.999**10
    assert pytest.approx(0.651, abs=5e-4) == 1 - 0.9**10
    assert pytest.approx(0.0854, abs=5e-5) == 0.05 * (1 + math.cos(math.pi / 4))
    assert pytest.approx(0.17, abs=5e-3) == 2 / 12
    assert 0.1 * 8192 / 256 == 3.2
    V, t = 100.0, 50
    for _ in range(t):
        lr = V / (V + 1)
        V = (1 - lr) ** 2 * V + lr**2
    assert pytest.approx(1 / (1 / 100 + t)) == V
    assert 10_000**2 * 4 / 1e6 == 400


def test_rates_of_the_fair_race():
    runs = optim.compare_optimizers(
        optim.ravine,
        torch.ones(2, dtype=torch.float64),
        {
            "Adam": lambda p: optim.Adam(p, lr=0.1),
            "RMSProp": lambda p: optim.RMSprop(p, lr=0.01, alpha=0.9),
        },
        steps=150,
    )
    assert {name: run.steps_to(1e-6) for name, run in runs.items()} == {"Adam": 82, "RMSProp": 137}


def test_clipping_is_the_nearest_point_of_the_ball():
    g = torch.tensor([3.0, -4.0], dtype=torch.float64)
    w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    w.grad = g.clone()
    numerics.clip_grad_norm_([w], 2.0)
    angles = torch.linspace(0, 2 * math.pi, 10_001, dtype=torch.float64)
    circle = 2 * torch.stack([angles.cos(), angles.sin()], 1)
    nearest = circle[(circle - g).norm(dim=1).argmin()]
    assert w.grad.tolist() == pytest.approx(nearest.tolist(), abs=1e-3)
