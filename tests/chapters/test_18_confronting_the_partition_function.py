"""What the prose of chapter 18 says in numbers, from the notebook's own cells."""

import math
import re

import numpy as np
import pytest
import torch

from tests.chapters.pages import Page, cited_by, labels_elsewhere

PAGE = Page("18_confronting_the_partition_function")
ELSEWHERE = labels_elsewhere(18)
CITED = cited_by(18, "energy")


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


@pytest.mark.parametrize("label", sorted(CITED - ELSEWHERE))
def test_label_of_the_library_stands_on_the_page_once(label):
    assert PAGE.labels().count(label) == 1


def test_labels_are_not_those_of_other_chapters():
    assert len(CITED - ELSEWHERE) > 40
    assert len(set(PAGE.labels())) == len(PAGE.labels())
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_algorithms_and_theorems_stand_on_the_page():
    assert re.findall(r":label: (alg-[\w-]+)", PAGE.prose) == [
        "alg-contrastive-divergence",
        "alg-persistent-cd",
        "alg-annealed-importance",
    ]
    assert re.findall(r":label: (thm-[\w-]+)", PAGE.prose) == [
        "thm-nce-consistency",
        "thm-score-matching",
    ]


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() - set(page.glued) == set()
    assert len(page.shown()) > 100


def test_every_question_has_its_solution():
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 8
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def test_opening(page):
    assert page.number("opening_flip") > 2
    assert page.number("opening_noise") > 20
    assert page.number("opening_centuries") == pytest.approx(5.845, abs=0.01)


def test_counting(page):
    assert page.number("years_fast") == pytest.approx(40169, abs=1)
    assert page.number("softmax_share") == pytest.approx(0.31, abs=0.005)
    assert page.glued["softmax_ops"] == "38,597,376"


def test_scores_alone_like_everything(page):
    assert page.number("runaway_score_1") > page.number("runaway_score_0") + 100
    assert page.number("runaway_log_p_1") < page.number("runaway_log_p_0") - 100


def test_bias_of_contrastive_divergence(page):
    found = page.names["cd_scan"]
    assert found[4][0] == pytest.approx(0.281, abs=5e-4)
    assert found[4][1] == pytest.approx(0.157, abs=5e-4)
    firsts = [found[scale][4] for scale in (1, 2, 4, 6)]
    assert firsts == sorted(firsts)


def test_spurious_mode_stays_with_cd_only(page):
    assert page.number("true_w") < -0.4
    assert abs(page.number("cd1_w")) < 1e-3
    assert page.number("upper_exact") < 0.02
    assert page.number("upper_cd") == pytest.approx(0.5, abs=0.05)
    assert page.number("switch_rate") == pytest.approx(5, abs=1)


def test_persistent_chains_fill_the_valley(page):
    assert page.number("fill_cd") > 0.4
    assert page.number("fill_pcd") < 0.01
    assert page.number("fill_chains") < 5


def test_particles_that_start_on_the_left_need_luck(page):
    assert 0 < page.number("left_least") < 0.45
    assert page.number("left_least") <= page.number("left_most") < 0.6


def test_temperatures_cross(page):
    assert page.number("switch_one") < 1 < 50 < page.number("switch_eight")
    assert page.number("switch_equal") == pytest.approx(0.41, abs=0.02)
    assert page.number("share_eight") == pytest.approx(0.5, abs=0.06)
    assert page.number("swap_least") > 0.5


def test_machines_of_digits_beat_independent_pixels(page):
    for name in ("digits_cd1", "digits_cd10", "digits_pcd", "deep_exact"):
        assert page.number(name) > page.number("pixels_alone") + 3
    assert page.number("deep_above") == 0 < page.number("deep_gap") < 0.1


def test_densities_of_real_numbers(page):
    assert page.number("petal_cd") < page.number("petal_one") < page.number("petal_fit")
    assert page.number("petal_area") == pytest.approx(1, abs=0.01)
    assert page.number("small_exact") == pytest.approx(page.number("small_data"), abs=0.05)
    assert page.number("small_cd") > 0.9
    assert page.number("ebm_gaussian") < page.number("ebm_fit") < page.number("ebm_true")


def test_pseudo_likelihood_loses_little(page):
    assert page.number("rms_pseudo") < 1.1 * page.number("rms_likelihood")
    assert page.number("rms_ratio") < 1.4 * page.number("rms_likelihood")


def test_learned_constant(page):
    assert page.number("nce_lambda") == pytest.approx(1, abs=0.02)
    assert page.number("nce_c") == pytest.approx(-math.log(2 * math.pi) / 2, abs=0.01)
    assert page.number("nce_fixed") == pytest.approx(1.556, abs=0.02)


def test_efficiency(page):
    for name, value in {"var_1": 2.995, "var_5": 2.236, "var_100": 2.013, "var_same_1": 4}.items():
        assert page.number(name) == pytest.approx(value, abs=2e-3)
    assert page.number("sim_1") == pytest.approx(2.995, rel=0.3)
    assert page.number("sim_5") == pytest.approx(2.236, rel=0.3)


def test_correction_by_popularity(page):
    assert page.number("top_corrected") == pytest.approx(page.number("top_true"), abs=0.015)
    assert page.number("top_draw") > page.number("top_corrected") + 0.01
    assert page.number("top_not") < 0.6 * page.number("top_true")


def test_arrows(page):
    assert page.number("score_exact") < 0.1 * page.number("score_nothing")
    assert page.number("score_sliced") < 0.1 * page.number("score_nothing")
    assert page.number("score_blurred") < page.number("score_denoising")
    assert page.number("score_floor") == pytest.approx(0.138, abs=0.02)
    assert page.number("score_exact") < page.number("score_denoising")
    assert page.number("dsm_slope") == pytest.approx(-0.8, abs=0.02)


def test_blindness(page):
    for name, value in {
        "fisher_1": 0.171,
        "fisher_3": 0.0131,
        "kl_1": 0.246,
        "kl_5": 0.511,
    }.items():
        assert page.number(name) == pytest.approx(value, abs=6e-4)
    assert page.number("fisher_5") == pytest.approx(7.6, abs=0.1)


def test_logarithm_is_low(page):
    assert page.number("jensen_unbiased") == pytest.approx(2.440190, abs=1e-6)
    assert page.number("jensen_5") == pytest.approx(2.4176, abs=1e-4)
    assert page.number("small_log_z") == pytest.approx(20.534786, abs=1e-6)


def test_importance_bridge_and_trap(page):
    assert page.number("bridge_rms") < 0.6 * page.number("plain_rms")
    assert page.number("plain_ess_true") == pytest.approx(500 / 104.653, abs=1e-3)
    assert page.number("plain_ess") > page.number("plain_ess_true")
    assert page.number("inverse_bias") > 5
    assert page.number("inverse_inside") == 0
    assert page.number("bridge_inside") > 15


def test_annealing(page):
    for n in (101, 1001):
        off = abs(page.number(f"ais_value_{n}") - page.number("small_log_z"))
        assert off < 4 * page.number(f"ais_se_{n}")
    errors = [page.number(f"ais_se_{n}") for n in (2, 11, 101, 1001)]
    assert errors == sorted(errors, reverse=True)
    truth = page.number("digits_log_z")
    assert page.number("forward_5") < truth < page.number("reverse_5")
    assert page.number("forward_160") == pytest.approx(truth, abs=0.3)
    assert page.number("reverse_160") == pytest.approx(truth, abs=0.3)
    assert page.number("large_fit") < page.number("digits_pcd")
    assert page.number("large_log_z") == pytest.approx(page.number("large_back"), abs=0.5)


def test_mistakes_of_annealing_show_with_few_temperatures_only(page):
    assert page.number("right_11") == pytest.approx(20.535, abs=0.2)
    for mistake, value in {"after": 21.28, "old": 19.87, "mean": 19.88}.items():
        assert page.number(f"wrong_{mistake}_11") == pytest.approx(value, abs=0.2)
        assert page.number(f"wrong_{mistake}_301") == pytest.approx(20.535, abs=0.05)


def test_vocabulary(page):
    for loss in ("softmax", "self_normalized", "sampled_softmax", "nce"):
        assert page.number(f"words_{loss}") < 0.85 * page.number("words_unigram")
    spread = {loss: page.number(f"log_z_sd_{loss}") for loss in ("softmax", "nce")}
    assert spread["nce"] < spread["softmax"]
    assert page.number("log_z_self_normalized") < page.number("log_z_softmax")
    assert page.number("words_ahead") == 2


def test_hidden_answers(page):
    assert page.number("taste_nats_wins") == 3
    assert page.number("taste_rmse_RBM") < page.number("taste_rmse_question") - 0.1
    difference = page.number("taste_rmse_RBM") - page.number("taste_rmse_factors")
    assert abs(difference) < 0.05


def test_hard_negatives(page):
    assert page.number("hard_kept") < 0.4 < 0.8 < page.number("hard_share")


def test_worked_numbers_of_the_solutions():
    positive = 1 / (1 + math.exp(-0.2))
    assert positive == pytest.approx(0.549834, abs=1e-6)
    assert positive - 0.103550 == pytest.approx(0.446284, abs=1e-6)
    budget = [k + 2 + 1 / k for k in (1, 2, 3, 5)]
    assert budget.index(min(budget)) == 0
    falls = (4 * math.exp(-8)) / (5 * math.exp(-12.5))
    assert falls == pytest.approx(72, abs=1)
    assert math.sqrt(103.7 / 100_000) == pytest.approx(0.032, abs=5e-4)
    assert math.sqrt(103.7 / 500) == pytest.approx(0.46, abs=5e-3)


def test_one_particle_empties_a_valley():
    on, off = 1 / (1 + math.exp(-3)), 1 / (1 + math.exp(3))
    step = -0.0005 * (1 + 10 * (2 * on - off))
    assert step == pytest.approx(-0.0098, abs=5e-5)

    def odds(fall):
        W, b, c = 6 - fall, -3 - fall, -30 - fall
        return c + 10 * (math.log1p(math.exp(b + W)) - math.log1p(math.exp(b)))

    assert odds(0) == pytest.approx(0, abs=1e-12)
    assert odds(0.0005) == pytest.approx(step, rel=1e-2)
    assert 1 / (1 + math.exp(-odds(0.1))) == pytest.approx(0.12, abs=0.01)


def test_score_matching_of_an_exponential_family_is_linear():
    x = torch.linspace(-9, 9, 20_001, dtype=torch.float64)
    normal = torch.softmax(-x.square() / 2, 0)
    assert (3 * normal @ x**2 / (normal @ x**6)).item() == pytest.approx(0.2, abs=1e-6)
    assert (1 / (normal @ x**4)).item() == pytest.approx(1 / 3, abs=1e-6)
    quartic = torch.softmax(-0.7 * x**4 / 4, 0)
    assert (3 * quartic @ x**2 / (quartic @ x**6)).item() == pytest.approx(0.7, abs=1e-6)
    assert (1 / (quartic @ x**4)).item() == pytest.approx(0.7, abs=1e-6)


def test_one_hidden_unit_of_the_exercise():
    from dlcore import energy

    model = energy.RBM.from_parameters(
        torch.full((10, 1), 2.2).double(),
        torch.full((10,), -1.1).double(),
        torch.tensor([-11.0]).double(),
    )
    off = torch.zeros(1, 10).double()
    exact = energy.rbm_exact_gradient(model, off)
    short = energy.expected_contrastive_divergence(model, off, 1)
    assert exact["b"][0].item() == pytest.approx(-0.5, abs=1e-4)
    assert short["b"][0].item() == pytest.approx(-0.2497, abs=1e-4)
    assert exact["W"][0, 0].item() == pytest.approx(-0.3751, abs=1e-4)
    assert short["W"][0, 0].item() == pytest.approx(-0.0325, abs=1e-4)
    assert np.allclose(model.log_prob(torch.cat([off, 1 - off])).exp().detach(), 0.0283, atol=1e-4)
