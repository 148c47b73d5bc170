"""What the prose of chapter 16 says in numbers, from the notebook's own cells."""

import math
import re

import numpy as np
import pytest

from tests.chapters.pages import Page, cited_by, labels_elsewhere

PAGE = Page("16_structured_probabilistic_models")
ELSEWHERE = labels_elsewhere(16)
CITED = cited_by(16, "graphical")


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


@pytest.mark.parametrize("label", sorted(CITED - ELSEWHERE))
def test_label_of_the_library_stands_on_the_page_once(label):
    assert PAGE.labels().count(label) == 1


def test_labels_are_not_those_of_other_chapters():
    assert len(CITED - ELSEWHERE) > 50
    assert len(set(PAGE.labels())) == len(PAGE.labels())
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_definitions_and_algorithms_stand_on_the_page():
    assert re.findall(r":label: (alg-[\w-]+)", PAGE.prose) == ["alg-sum-product"]
    assert re.findall(r":label: (thm-[\w-]+)", PAGE.prose) == ["thm-d-separation"]
    assert len(re.findall(r":label: def-", PAGE.prose)) == 3


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() - set(page.glued) == set()
    assert len(page.shown()) > 70


def test_every_question_has_its_solution():
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 7
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def test_tuberculosis_explains_the_shadow_away(page):
    assert page.number("opening_likely") == pytest.approx(0.488711, abs=1e-6)
    assert page.number("opening_explained") == pytest.approx(0.055, abs=1e-9)
    assert page.number("opening_before") == pytest.approx(0.055, abs=1e-9)


def test_information_of_the_next_test(page):
    assert page.number("gain_xray") > 5 * page.number("gain_smoke")
    assert page.number("gain_bronc_xray") < page.number("gain_xray")


def test_junctions(page):
    for kind in ("chain", "fork"):
        assert page.number(f"raw_{kind}") > 0.7
        assert abs(page.number(f"sliced_{kind}")) < 0.1
    assert abs(page.number("raw_collider")) < 0.05
    assert page.number("sliced_collider") < -0.8


def test_separated_variables_are_independent(page):
    assert page.names["largest_separated"] < 1e-12 < page.names["smallest_connected"]


def test_magnets_agree(page):
    assert page.number("aligned_weak") < 0.001
    assert page.number("aligned_strong") > 0.5
    for p in page.names["magnets"].values():
        assert p.sum().item() == pytest.approx(1, abs=1e-6)
        assert np.allclose(p, p.flip(0))


def test_order_decides_the_price(page):
    assert page.number("fill_six") * 5 < page.number("random_six") < page.number("all_six")
    assert page.number("all_six") == 2**36


def test_approximations(page):
    assert page.number("weak_loopy") < page.number("weak_field") < 0.05
    assert page.number("strong_walk") < page.number("strong_field")
    assert page.number("strong_loopy") < page.number("strong_field")


def test_tables_from_counts(page):
    assert page.number("cpt_3000") < 0.1 * page.number("cpt_30")
    assert page.number("none_3000") > 10 * page.number("cpt_3000")
    assert page.names["impossible"][30] == 10
    assert page.names["impossible"][3000] < page.names["impossible"][30]


def test_hidden_dice(page):
    assert max(page.names["seen"]) < 3
    assert max(page.names["new"]) < -3


def test_tree_of_pixels(page):
    fit = page.names["pixel_fit"]
    assert fit["alone"] < fit["neighbours"] < fit["learned"]
    assert page.number("short_edges") > 0.7 * page.number("telling_edges")


def test_field_cleans_pictures(page):
    wrong = {kind: page.number(f"wrong_{kind}") for kind in ("icm", "mean", "gibbs", "minimum")}
    assert max(wrong.values()) < 0.6 * page.number("wrong_noisy")
    assert wrong["icm"] < wrong["gibbs"] < wrong["minimum"]
    assert page.number("wrong_weaker") < 0.85 * wrong["minimum"]
    assert page.number("borders_mode") < 0.75 * page.number("borders_clean")


def test_tracks(page):
    assert page.number("rms_smoothed") < page.number("rms_filtered") < page.number("rms_measured")
    assert page.number("smooth_inside") == pytest.approx(95, abs=4)


def test_chain_over_a_recurrent_network(page):
    assert page.number("impossible_chain") == 0 < page.number("impossible_alone")
    assert page.number("whole_chain") > page.number("whole_alone")
    assert page.number("tags_perfect") > page.number("tags_alone")
    assert page.number("impossible_decoded") == 0
    assert page.number("impossible_perceptron") < 0.1
    assert page.number("whole_decoded") < page.number("whole_chain")
    assert abs(page.number("tags_chain") - page.number("tags_alone")) < 10


def test_grid_over_a_convolutional_network(page):
    assert page.number("iou_field") > page.number("iou_network") + 0.01
    assert page.number("iou_least_gain") > -0.05


def test_modules(page):
    for kind in ("new", "combinations", "deeper"):
        assert page.number(f"asked_{kind}") > page.number(f"mode_{kind}")


def test_club(page):
    assert page.number("club_least") >= 30
    assert page.number("club_modularity") >= 30
    assert page.number("club_averaged") >= page.number("club_least") - 1


def test_depth(page):
    assert page.number("energy_ten") < 0.1
    assert max(page.number("depth_2"), page.number("depth_4")) > page.number("depth_16") + 20
    assert page.number("rounds_8") > page.number("depth_8") + 5
    assert page.number("rounds_16") < 60
    assert page.number("apart_8") > 5 * page.number("rounds_energy_8")
    assert page.number("apart_16") < 0.2 * page.number("apart_8")


def test_sum_counts(page):
    assert page.number("pool_sum") < 0.7 * page.number("pool_mean")
    assert page.number("pool_sum") < 0.7 * page.number("pool_max")


def test_links(page):
    assert page.number("auc_network") > 0.6
    assert page.number("auc_common") > 0.6


def test_worked_numbers_of_the_solutions():
    p = 2 * 0.09 * 0.9 + 0.01 * 0.99
    assert p == pytest.approx(0.1719)
    assert (0.09 * 0.9 + 0.01 * 0.99) / p == pytest.approx(0.5288, abs=1e-4)
    both = 0.1 * 0.99 / (0.1 * 0.99 + 0.9 * 0.9)
    assert both == pytest.approx(0.1089, abs=1e-4)
    terms = 18 * 3**20
    assert terms == pytest.approx(6.3e10, rel=0.01)
    assert 20 * 19 * 9 == 3420
    assert math.prod([2, 19, 9]) == 342
