"""What the prose of chapter 15 says in numbers, from the notebook's own cells."""

import math
import re

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from tests.chapters.pages import Page, cited_by, labels_elsewhere

PAGE = Page("15_representation_learning")
ELSEWHERE = labels_elsewhere(15)
CITED = cited_by(15, "representation")
OWN = sorted(CITED - ELSEWHERE)


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


def interval(page: Page, name: str) -> tuple[float, float]:
    """Both ends of an interval as the prose shows it."""
    low, high = page.glued[name].replace("\N{MINUS SIGN}", "-").split(" to ")
    return float(low), float(high)


@pytest.mark.parametrize("label", OWN)
def test_label_of_the_library_stands_on_the_page_once(label):
    assert PAGE.labels().count(label) == 1


def test_labels_are_not_those_of_other_chapters():
    assert len(OWN) > 70
    assert len(PAGE.labels()) == len(set(PAGE.labels()))
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_algorithm_and_theorem_stand_on_the_page():
    found = re.findall(r":label: ((?:alg|thm)-[\w-]+)", PAGE.prose)
    assert found == ["thm-invariance-price", "alg-simclr"]


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() - set(page.glued) == set()
    assert len(page.shown()) > 150


def test_every_question_has_its_solution():
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 5
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def test_two_views_beat_pixels_with_few_labels(page):
    assert interval(page, "opening_gain")[0] > 0
    assert all(page.number(f"opening_gain_{seed}") > 0.01 for seed in range(3))
    assert page.number("opening_random") < page.number("opening_pixels")


def test_invariance_is_what_was_asked_for_and_no_more(page):
    order = ("pixels", "h", "z")
    near = [page.number(f"turn_{name}_15") for name in order]
    assert near == sorted(near)
    assert page.number("turn_h_90") < 0
    assert page.number("stretch_pixels") < page.number("stretch_h") < page.number("stretch_random")


def test_turned_code_loses_its_gap_and_no_information(page):
    assert page.names["gap"][0] > 0.99
    assert page.names["gap"][-1] < 0.02
    assert min(page.names["readable"]) > 0.999


def test_networks_of_one_kind_agree(page):
    assert page.number("cka_seeds") > page.number("cka_simclr_pixels") + 0.02
    assert page.number("cka_seeds") > page.number("cka_simclr_supervised") + 0.05


def test_readers(page):
    five = [page.number(f"judged_{name}_five") for name in ("random", "pixels", "h")]
    assert five == sorted(five)
    assert min(page.number(f"z_ahead_{seed}") for seed in range(3)) > 0
    assert page.number("judged_z_all") == pytest.approx(page.number("judged_h_all"), abs=0.03)
    assert page.number("judged_pixels_knn") > page.number("judged_h_knn") - 0.01


def test_dimensions(page):
    assert page.number("dim_roll") == pytest.approx(2, abs=0.15)
    assert page.number("dim_plane") == pytest.approx(5, abs=0.5)
    assert page.number("dim_rough") > 2.5
    assert page.number("dim_digits") == pytest.approx(9, abs=0.8)
    assert page.number("roll_share_3") > 0.25


def test_maps(page):
    assert page.number("kept_6") > 0.99
    assert page.number("kept_laplacian") > 0.98
    assert page.number("kept_lle") > 0.85
    assert max(page.number(f"kept_{k}") for k in (8, 10, 20)) < 0.9
    assert page.number("known_size") == pytest.approx(10, rel=0.1)
    assert page.number("drawn_size_30") < 2.5
    assert page.number("drawn_gap_5") < 2
    assert 0.3 < page.number("tsne_ours") < 1.05 * page.number("tsne_theirs")
    trust = [page.number(f"trust_{name}") for name in ("pca", "isomap", "tsne")]
    assert trust == sorted(trust)
    assert page.number("trust_umap") > page.number("trust_lle") + 0.05


def test_adaptation(page):
    assert page.number("home_printed") > page.number("between_pixels_source") + 0.2
    assert page.number("between_simclr_own") > page.number("between_simclr_source") + 0.02
    assert page.number("skewed_two") < page.number("skewed_five")
    assert page.number("skewed_two") < page.number("between_simclr_own") - 0.02
    assert page.number("proxy_raw") > 1.4
    assert abs(page.number("proxy_same")) < 0.5
    gain = page.number("moons_adversary_mean") - page.number("moons_source_mean")
    assert gain > 0.03
    assert page.number("moons_mmd_mean") > page.number("moons_source_mean") + 0.03
    assert page.number("moons_one_mean") < page.number("moons_source_mean") - 0.03
    assert page.number("form_adversary_mean") < page.number("form_source_mean") + 0.05


def test_features_made_alike_pay_the_price(page):
    shift = abs(page.names["source"].y.double().mean().item() - 1)
    assert shift == pytest.approx(0.5, abs=1e-6)
    assert page.number("paid_sum") == pytest.approx(shift, abs=0.1)
    assert page.number("paid_source") < 0.05
    proxies = [proxy for _, _, proxy in page.names["paid"]]
    assert abs(np.mean(proxies)) < 0.5


def test_invariant_features_pay_for_a_shift():
    """Both errors for any rate of positive answers, by enumeration."""
    rates = torch.linspace(0, 1, 101)
    for source, target in ((0.5, 0.0), (0.3, 0.8)):
        total = (rates - source).abs() + (rates - target).abs()
        assert total.min() == pytest.approx(abs(source - target), abs=1e-6)


def test_strict_self_training_is_skewed(page):
    assert interval(page, "self_gain")[1] < 0
    assert interval(page, "self_gain_low")[0] > 0
    assert page.number("self_8_wrong") < page.number("self_3_wrong")
    assert page.number("self_8_skew") > 5 * page.number("self_3_skew")


def test_second_task(page):
    assert page.number("joint_odd") > page.number("joint_none") + 0.01
    assert page.number("joint_coins") < page.number("joint_odd")


def test_few_shots(page):
    assert page.number("few_learned_1") > 0.85
    assert page.number("few_raw_1") < 0.3
    for shots in (1, 5):
        assert page.number(f"few_simclr_{shots}") > page.number(f"few_pixels_{shots}") + 0.02
        assert page.number(f"few_episodes_{shots}") < page.number(f"few_pixels_{shots}") + 0.02


def test_meta_learning(page):
    assert page.number("wave_maml_0") == pytest.approx(page.number("wave_all_0"), rel=0.15)
    assert interval(page, "wave_gain")[0] > 0
    phase, x = np.meshgrid(np.linspace(0, np.pi, 1001), np.linspace(-5, 5, 1001))
    wave = np.sin(x - phase)
    amplitude = np.linspace(0.1, 5, 1001)
    floor = (amplitude**2).mean() * (wave**2).mean()
    floor -= amplitude.mean() ** 2 * (wave.mean(1) ** 2).mean()
    assert page.number("wave_floor") == pytest.approx(floor, rel=5e-3)
    assert page.number("wave_maml_5") < page.number("wave_maml_1")


def test_pretext_tasks(page):
    assert page.number("rotation_right") > 0.85
    assert interval(page, "rotation_gain")[1] < 0
    assert page.number("rotation_score") < 0


@pytest.mark.parametrize(("name", "rho"), [("5", 0.5), ("9", 0.9), ("999", 0.999)])
def test_bound_is_the_expectation_of_the_best_critic(page, name, rho):
    truth = page.number(f"truth_{name}")
    side = np.linspace(-6, 6, 2401)
    a, b = np.meshgrid(side, side, indexing="ij")
    left = math.sqrt(1 - rho**2)
    given = stats.norm.logpdf(b, rho * a, left)
    ratio = given - stats.norm.logpdf(b)
    joint = np.exp(given + stats.norm.logpdf(a))
    exact = integrate.trapezoid(integrate.trapezoid(joint * ratio, side), side)
    assert truth == pytest.approx(exact, abs=1e-2)
    for k in (2, 8, 64, 256):
        assert page.number(f"bound_{name}_{k}") <= min(truth, math.log(k)) + 0.03


def test_temperature_and_false_negatives(page):
    shares = [page.number(f"near_{tau}") for tau in ("005", "02", "10")]
    assert shares == sorted(shares, reverse=True)
    assert page.number("false_negatives") > 4 * page.number("false_chance")
    assert page.number("idle_triplets") > 0.9


def test_alignment_and_uniformity(page):
    assert page.number("uniform_last") < page.number("uniform_first") - 1.5
    assert page.number("align_last") < 0.7


def test_collapse(page):
    assert page.number("same_unstopped") > 0.98
    assert page.number("same_stopped") < 0.7
    assert page.number("rank_unstopped") < 5 < page.number("rank_stopped")
    assert page.number("centred_unstopped") > page.number("rank_stopped")


def test_only_negatives_beat_the_pixels_here(page):
    assert interval(page, "rival_simclr_gain")[0] > 0
    assert page.number("rival_moco") > page.number("rival_pixels")
    for name in ("byol", "simsiam", "masked", "vae", "rotation", "random", "unstopped"):
        assert page.number(f"rival_{name}") < page.number("rival_pixels")


def test_spaces_laid_on_each_other(page):
    shares = [page.number(f"lexicon_{n}") for n in (5, 10, 20, 40)]
    assert shares == sorted(shares)
    assert shares[-1] > 0.95
    assert page.number("towers_first") > page.number("correlation_first")
    assert page.number("towers_first") > page.number("pixels_first") + 0.1


def test_numbers_of_the_exercises():
    assert math.log(127) == pytest.approx(4.844, abs=1e-3)
    assert math.log(148) < 5 < math.log(149)
