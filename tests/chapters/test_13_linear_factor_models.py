"""What the prose of chapter 13 says in numbers, from the notebook's own cells."""

import math
import re

import numpy as np
import pytest
import torch

from tests.chapters.pages import Page, cited_by, labels_elsewhere

PAGE = Page("13_linear_factor_models")
ELSEWHERE = labels_elsewhere(13)
CITED = cited_by(13, "factor")


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


@pytest.mark.parametrize("label", sorted(CITED - ELSEWHERE))
def test_label_of_the_library_stands_on_the_page_once(label):
    assert PAGE.labels().count(label) == 1


def test_labels_are_not_those_of_other_chapters():
    assert len(CITED - ELSEWHERE) > 45
    assert len(PAGE.labels()) > 80
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_algorithms_and_theorems_stand_on_the_page():
    assert re.findall(r":label: (alg-[\w-]+)", PAGE.prose) == ["alg-ppca-em", "alg-fastica"]
    assert re.findall(r":label: (thm-[\w-]+)", PAGE.prose) == ["thm-ppca-ml", "thm-em-monotone"]


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() - set(page.glued) == set()
    assert len(page.shown()) > 90


def test_every_question_has_its_solution():
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 10
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def test_explained_variance(page):
    assert page.names["needed"] == {0.9: 21, 0.95: 29, 0.99: 41}
    shares = page.names["ratio"].cumsum(0)[[0, 1, 4, 9, 19, 29]]
    known = torch.tensor([0.1489, 0.2851, 0.5450, 0.7382, 0.8943, 0.9591]).double()
    assert torch.allclose(shares, known, atol=1e-4)


def test_only_neighbours_of_the_spectrum_are_stationary(page):
    by_subset = page.names["by_subset"]
    assert set(by_subset) == {(0, 1), (0, 2), (1, 2)}
    assert max(by_subset, key=by_subset.get) == (0, 1)


def test_em_is_slower_where_eigenvalues_are_close(page):
    assert page.number("steps_far") < page.number("steps_middle") < page.number("steps_near")


def test_hidden_pixels(page):
    assert page.number("covered_model") < 0.9 * page.number("covered_mean")
    assert page.number("covered_inside") == pytest.approx(0.9, abs=0.03)
    assert page.number("missing_model") < 0.8 * page.number("missing_mean")
    assert page.number("bright_bias") < -0.15
    assert abs(page.number("random_bias")) < 0.02
    assert page.number("bright_bias") < page.number("random_bright") - 0.03 < -0.1


def test_rules_for_the_number_of_factors_disagree(page):
    assert page.number("choose_parallel") < page.number("choose_variance")
    assert page.number("choose_variance") < page.number("choose_held_out")
    assert page.number("choose_held_out") < page.number("choose_bic")
    for rule in ("bic", "aic", "evidence"):
        assert page.number(f"choose_{rule}") == page.names["positive"] - 1


def test_factor_analysis_follows_units(page):
    assert page.number("fa_change") < 1e-3
    assert page.number("fa_density") < 1e-3
    assert page.number("ppca_change") > 0.5
    assert page.number("ppca_density") < -5
    assert page.number("fa_angle_1") > page.number("fa_angle_2") > 2
    assert page.names["heywood"] == 4


def test_film_comes_apart(page):
    assert page.number("film_worst") > 0.995
    assert page.number("film_pca") < 0.8


def test_pairs_fail_for_two_reasons(page):
    assert page.number("pairs_all") == math.comb(13, 2)
    assert page.number("pairs_good") < 0.5 * page.number("pairs_all")
    assert page.number("pairs_gaussian_median") > 2 * page.number("pairs_other_median")
    assert page.number("pairs_rank") > 0.4
    assert page.number("pairs_worst_correlation") < 0.05


def test_cocktail_party(page):
    assert page.number("party_worst") > 0.999
    kurtosis = [page.number(f"kurtosis_{name}") for name in ("english", "italian", "music")]
    assert min(kurtosis) > 4.4
    assert 2 < page.number("heard_least") < page.number("heard_most") < min(kurtosis)
    assert page.number("echo_one") < page.number("echo_eighth") < 0.95
    assert page.number("echo_three") < 0.9
    assert page.number("echo_one") < page.number("echo_alone") < page.number("echo_eighth")
    assert page.number("two_worst") < 0.7


def test_limits_of_independent_components(page):
    assert page.number("one_gaussian") < 0.05
    assert page.number("one_pieces") < 0.2
    assert page.number("two_agree") > page.number("two_draws") / 2
    assert page.number("two_pieces") == pytest.approx(page.number("random_rotation"), abs=0.15)
    assert page.number("clean_3000") < page.number("clean_30") / 5
    assert page.number("noisy_3000") == pytest.approx(page.number("noisy_1000"), abs=0.03)


def test_slowness(page):
    assert page.number("slow_pca") < 0.9
    assert page.number("slow_shuffled_least") < 0.2
    assert 0.5 < page.number("slow_shuffled_most") < 0.95


def test_sparse_solvers(page):
    assert page.number("race_fista") < page.number("race_ista") / 3
    assert page.number("recovered_convex") > page.number("recovered_greedy")
    assert page.number("recovered_greedy") > page.number("recovered_dense") + 0.3


def test_dictionaries(page):
    assert page.number("planted_alternating") > 0.85
    assert page.number("planted_ksvd") > 0.7
    assert page.number("planted_random") < 0.1
    assert page.number("patch_pursuit") < 0.5 * page.number("patch_pca")
    assert page.number("patch_pursuit") < page.number("patch_error") < page.number("patch_pca")
    assert page.number("patch_used") < 8.5
    assert page.number("psnr_sparse") > page.number("psnr_normal") + 1.5
    assert page.number("psnr_normal") > page.number("psnr_noisy") + 5
    gain = page.names["gain"]
    assert min(gain["brick"], gain["clock"]) > 0.7
    assert abs(gain["cat"]) < 0.5
    assert gain["gravel"] < 0.1


def test_worked_numbers_of_the_solutions():
    dense, sparse = 1.707107, (math.sqrt(2) - 1.164214) ** 2 * 2 + 1.164214
    assert sparse == pytest.approx(1.289214, abs=1e-6)
    assert (dense - sparse) / 2 == pytest.approx(0.853553 - 0.644607, abs=1e-6)
    S = np.array([[5.0, 1], [1, 1]])
    assert np.allclose(S @ [1 / 3, 1 / 3], [2, 2 / 3])
    assert pytest.approx(13 / 11) == (6 - 36 / 11 - 4 / 11) / 2


def test_parts_are_smaller_and_fit_worse(page):
    assert page.number("spread_nmf") < 0.85 * page.number("spread_pca")
    assert page.number("lost_nmf") > page.number("lost_pca")


def test_linear_autoencoder_reaches_the_likelihood(page):
    assert page.number("vae_exact") - page.number("vae_bound") == pytest.approx(0, abs=0.01)
    assert page.number("vae_alive") == page.number("vae_expected")
    assert page.number("largest_eigenvalue") < 0.9


def test_first_component_of_faces_is_light(page):
    assert page.number("light_brightness") > 0.8
    assert page.number("lamp_first") > 0.95
    assert page.number("lamp_between") < 0.15
    assert page.number("second_between") > 0.8
    assert page.number("faces_skipped") > page.number("faces_all") + 0.2


def test_codes_can_be_read(page):
    assert page.number("lost_20") == pytest.approx(0.115, abs=0.01)
    assert page.number("lost_30") == pytest.approx(0.045, abs=0.005)
    assert page.number("read_30") > page.number("read_original") - 0.01
    assert page.number("read_20") > page.number("read_original") - 0.025


def test_anomaly_scores_and_their_blind_spots(page):
    assert page.number("auc_factors") > page.number("auc_density") > page.number("auc_recon")
    assert page.number("auc_recon") > 0.9
    assert page.number("auc_recon_exaggerated") == pytest.approx(0.5, abs=0.01)
    assert page.number("auc_density_exaggerated") > 0.9
    assert page.number("more_normal") == 0
    assert page.number("auc_backgrounds") == pytest.approx(0.5, abs=0.07)
    assert page.number("auc_backgrounds_most") < 0.65
    assert page.number("repeated_factors") > page.number("repeated_rule")
    assert page.number("repeated_rule") > page.number("repeated_density")
    assert page.number("ahead_factors") >= 9
    assert page.number("ahead_density") <= 3
    assert page.number("dull_rank") > 0.5
