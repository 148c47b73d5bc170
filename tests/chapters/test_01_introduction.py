"""What the prose of chapter 1 says in numbers, from the notebook's own cells."""

import math
import re
from pathlib import Path

import pytest
import torch

import dlcore
from dlcore.regularization import fgsm
from tests.chapters.pages import Page

PAGE = Page("01_introduction")
SOURCES = ("classical/perceptron.py", "evaluation/scaling_laws.py", "applications/bandits.py")
CITED = "\n".join((Path(dlcore.__file__).parent / path).read_text("utf-8") for path in SOURCES)


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


@pytest.mark.parametrize("label", sorted(set(re.findall(r":(?:eq|ref):`([\w-]+)`", CITED))))
def test_label_of_the_library_stands_on_the_page_once(label):
    assert PAGE.labels().count(label) == 1


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() == set(page.glued) & page.shown()
    assert page.shown()


def test_rings_need_a_feature_made_or_learned(page):
    assert page.number("on_raw") < 0.6
    assert page.number("on_radius") > 0.98
    assert page.number("on_learned") > 0.97


def test_layers_pull_the_classes_apart(page):
    assert page.number("separated_input") < 0.5
    assert page.number("separated_last") > 0.7


def test_miniatures(page):
    assert page.number("surprise") < page.number("equal_bits") == pytest.approx(math.log2(27))
    assert page.number("error_learned") < 0.8 * page.number("error_same")
    assert page.number("heard") > 0.95
    assert page.number("explained_deep") < page.number("explained") < 0.65


def test_the_perceptron_stays_below_its_bound_and_circles_on_xor(page):
    assert 5 < page.number("mistakes") <= page.number("bound")
    assert page.number("xor_states") == 4
    assert page.number("xor_mistakes") == 4000


def test_more_units_make_exclusive_or_easier(page):
    one, two, four = (page.number(f"xor_{m}") for m in (1, 2, 4))
    assert one == 0 < two < four


def test_gradients_fade_through_sigmoids_only(page):
    assert page.number("fading_ten") > 1e4
    assert 3 < page.number("loss_per_layer") < 6
    assert 0.5 < page.number("fading_relu") < 3


def test_learning_without_labels_and_from_rewards(page):
    assert page.number("purity") > 0.6
    assert page.number("explore") > page.number("greedy") > page.number("random_play")
    assert page.number("random_play") == pytest.approx(float(page.names["means"].mean()), abs=0.02)


def test_bias_and_variance_are_what_the_theory_says(page):
    """For a linear smoother with hat matrix H: bias² |Hf - f|²/N, variance σ²(d + 1)/N."""
    names = page.names
    for k, degree in enumerate(names["degrees"]):
        off = names["hat"](degree) @ names["truth"] - names["truth"]
        assert float(names["bias2"][k]) == pytest.approx(off.square().mean().item(), abs=1e-3)
        assert float(names["variance"][k]) == pytest.approx(0.09 * (degree + 1) / 30, rel=0.05)
    assert page.number("best_degree") in (3, 5)
    assert page.number("total_1") > 2 * page.number("total_9") > 2 * page.number("total_3")


def test_errors_fall_like_a_power(page):
    assert page.number("error_small") > 3 * page.number("error_large")
    assert 0.3 < page.number("alpha") < 1.2


def test_costs(page):
    assert page.number("layer_flops") == 2 * 256 * 784 * 128
    assert page.number("gpt3") == 3.14
    seconds = 3.14e23 / 1e12
    assert page.number("years") == pytest.approx(seconds / (365.25 * 86400), rel=0.01)


def test_small_changes_break_the_reader_of_digits(page):
    assert page.number("bare") > 0.93
    assert page.number("read_plain") > 0.93
    assert max(page.number("read_left"), page.number("read_right")) < 0.7
    assert page.number("read_noise") > 0.85
    assert page.number("read_chosen") < 0.4
    assert page.number("read_inverse") < 0.1
    changes = page.names["changed"]["chosen signs"] - page.names["X_test"]
    assert changes.abs().max() <= 0.1 + 1e-6


def test_numbers_in_questions_and_solutions():
    assert pytest.approx(1.667, abs=1e-3) == 6 * 1e7 * 1e8 / 1e12 / 3600
    assert pytest.approx(0.966, abs=1e-3) == 2 ** (-1 / 20)
    assert pytest.approx(0.01, abs=2e-3) == 0.8**20
    assert pytest.approx(0.82, abs=3e-3) == 0.99**20
    assert math.log(2 * 1000 / 0.05) / (2 * 0.05**2) == pytest.approx(2119.3, abs=0.05)
    assert math.log(1000 / 0.05) / (2 * 0.05**2) == pytest.approx(1981, abs=0.5)
    losses = [1.7 + 400 * N**-0.34 for N in (1e6, 1e9, 1e12)]
    assert losses == pytest.approx([5.35, 2.05, 1.733], abs=6e-3)
    assert math.log(losses[0] / losses[1]) / math.log(1e3) == pytest.approx(0.139, abs=1e-3)


def test_what_a_worst_change_does_to_a_linear_model():
    generator = torch.Generator().manual_seed(0)
    w = torch.randn(30, generator=generator, dtype=torch.float64)
    moved = fgsm(lambda x: x @ w, torch.zeros(30).double(), 0.1)
    assert float(moved @ w) == pytest.approx(0.1 * float(w.abs().sum()))
