"""What the prose of chapter 14 says in numbers, from the notebook's own cells."""

import math
import re

import pytest
import torch
from scipy import integrate, stats

from tests.chapters.pages import Page, cited_by, labels_elsewhere

PAGE = Page("14_autoencoders")
ELSEWHERE = labels_elsewhere(14)
CITED = cited_by(14, "autoencoder")
OWN = sorted(CITED - ELSEWHERE)
ABSENT = ("1", "3", "4", "9")


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
    assert len(OWN) > 50
    assert len(PAGE.labels()) == len(set(PAGE.labels()))
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_algorithm_stands_on_the_page():
    assert re.findall(r":label: (alg-[\w-]+)", PAGE.prose) == ["alg-vae"]


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() - set(page.glued) == set()
    assert len(page.shown()) > 150


def test_every_question_has_its_solution():
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 5
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def test_network_rebuilds_better_than_pca_from_few_numbers_only(page):
    assert page.number("loss_network") < 0.75 * page.number("loss_pca")
    for k in (1, 2, 4, 8, 16):
        assert page.number(f"size_{k}_network") < page.number(f"size_{k}_pca")
    assert page.number("size_32_network") > page.number("size_32_pca")
    assert page.number("size_32_network_train") > page.number("size_32_pca_train")


def test_only_a_curved_decoder_beats_pca(page):
    for half in ("none", "encoder"):
        assert page.number(f"half_{half}_train") > page.number("pca_train")
    for half in ("decoder", "both"):
        assert page.number(f"half_{half}_train") < 0.7 * page.number("pca_train")


def test_lookup_learns_by_heart(page):
    assert page.number("lookup_train") == 0
    assert page.number("lookup_test") > page.number("loss_network")


def test_greedy_training_saves_a_stack_of_sigmoids(page):
    assert page.number("stacked_at_once") > 0.7 * page.number("spread")
    assert page.number("stacked_greedy") < 0.6 * page.number("stacked_at_once")
    assert page.number("stacked_tuned") < page.number("stacked_greedy")
    assert page.number("stacked_tuned") < page.number("stacked_modern")
    assert page.number("stacked_modern") < 0.7 * page.number("stacked_at_once")
    assert page.number("loss_network") < page.number("conv_loss") < page.number("loss_pca")


def test_tax_makes_codes_sparse_and_can_be_evaded(page):
    taxes = ("0", "003", "01", "03")
    for what, order in (("active", -1), ("paid", -1), ("error", 1)):
        values = [order * page.number(f"tax_{tax}_{what}") for tax in taxes]
        assert values == sorted(values)
    assert page.number("escape_0001") == pytest.approx(page.number("escape_1") / 1000, rel=1e-4)
    assert page.number("escape_error") < 1e-5
    assert page.number("free_norm") > 1.5
    assert page.number("free_paid") < 0.8 * page.number("tax_03_paid")
    assert page.number("coins_smallest") > 0
    assert page.number("top8_error") < page.number("loss_pca")
    assert page.number("top8_choice") == pytest.approx(math.log2(math.comb(128, 8)))
    assert 1.5 * 0.05 < page.number("coins_mean") < 3 * 0.05


def test_repairs(page):
    for key in ("gauss", "mask", "salt"):
        network, linear = page.number(f"{key}_network"), page.number(f"{key}_linear")
        assert network < 0.97 * linear < 0.5 * page.number(f"{key}_damaged")
        assert network < page.number(f"{key}_affine") < linear
    assert page.number("copied") > 2 * page.number("gauss_network")


def test_denoisers_away_from_their_own_damage(page):
    damages = ("gauss", "mask", "salt")
    for used_on in damages:
        errors = {name: page.number(f"cross_{name}_{used_on}") for name in damages}
        slack = 1.08 if used_on == "salt" else 1
        assert errors[used_on] <= slack * min(errors.values())
    assert page.number("cross_gauss_salt") < 1.08 * page.number("cross_salt_salt")
    assert page.number("cross_mask_salt") > 1.5 * page.number("cross_salt_salt")


def test_learned_score_is_right_where_the_data_are(page):
    assert page.number("spiral_explained") > 0.85
    assert page.number("spiral_far") < 0.7


def test_contraction(page):
    assert page.number("contractive_squares") < page.number("denoising_squares")
    assert page.number("denoising_squares") < page.number("plain_squares")
    assert page.number("contractive_error") > page.number("plain_error")
    assert page.number("shrunk_1") == pytest.approx(8, abs=1e-3)
    assert page.number("shrunk_01") == pytest.approx(0.08, abs=1e-4)
    growth = page.number("small_noise")
    assert page.number("small_noise_formula") == pytest.approx(growth, rel=0.02)
    assert abs(page.number("jacobian_part") - growth) > 0.05 * growth


def test_invented_digits(page):
    real, fitted = page.number("strange_real"), page.number("strange_fitted")
    assert real < fitted < page.number("strange_standard")
    assert page.number("strange_vae") < page.number("strange_noisy")


def test_variances_of_two_estimators(page):
    mu, sigma = 0.5, 0.8
    z = stats.norm(mu, sigma)
    square = z.expect(lambda x: (x**2 * (x - mu) / sigma**2) ** 2) - 4 * mu**2
    assert page.number("square_path_var") == pytest.approx(4 * sigma**2, rel=0.03)
    assert page.number("square_score_var") == pytest.approx(square, rel=0.06)
    assert page.number("square_path_mean") == pytest.approx(2 * mu, abs=0.02)
    assert page.number("square_score_mean") == pytest.approx(2 * mu, abs=0.04)
    assert page.number("wave_path_var") == pytest.approx(50, rel=0.03)
    assert page.number("wave_score_var") == pytest.approx(0.78, rel=0.03)
    assert page.number("eight_path") == pytest.approx(4 * sigma**2, rel=0.05)
    assert page.number("eight_score") == pytest.approx(131, rel=0.15)
    assert page.number("square_baseline_var") < page.number("square_score_var")


def test_sign_of_the_algorithm(page):
    assert page.number("sign_end") > page.number("sign_start") + 0.4
    assert page.number("printed_20") < page.number("sign_start") - 1
    assert page.number("printed_lowest") < -1000


def test_price_splits_into_information_and_mismatch(page):
    parts = page.number("split_information") + page.number("split_marginal")
    assert page.number("split_kl") == pytest.approx(parts, abs=1e-4)
    assert page.number("split_information") < page.number("split_cap")
    assert page.number("split_cap") == pytest.approx(math.log(1078))


def test_collapse_at_unit_noise_and_its_cure(page):
    assert page.number("top_variance") < 1
    assert page.number("grey_wide_active") == 0
    assert page.number("grey_wide_error") == pytest.approx(page.number("spread"), rel=0.03)
    assert page.number("grey_learned_active") >= 5
    assert page.number("grey_learned_error") < 0.4 * page.number("grey_wide_error")


def test_linear_vae_is_probabilistic_pca(page):
    for beta in (1, 2):
        for j, value in enumerate((4, 2, 0.8, 0.3)):
            price = max(0.5 * math.log(value / (beta * 0.5)), 0)
            assert page.number(f"linear_{beta}_{j}") == pytest.approx(price, abs=1e-5)
    assert page.number("linear_off") < 0.04
    assert page.number("linear_gain_off") < 0.25
    assert page.number("ppca_estimated") == pytest.approx(page.number("ppca_exact"), abs=0.02)


def test_price_of_the_code(page):
    betas = ("025", "10", "20", "40")
    for what in ("kl", "rec"):
        values = [page.number(f"beta_{beta}_{what}") for beta in betas]
        assert values == sorted(values, reverse=True)
    assert all(
        page.number("beta_10_bound") > page.number(f"beta_{b}_bound") for b in betas if b != "10"
    )
    assert page.number("beta_40_kl") < 0.5


def test_strong_decoder_uses_its_code_less(page):
    assert page.number("strong_plain_kl") < 0.5 * page.number("beta_10_kl")
    for cure in ("annealed", "free"):
        assert page.number(f"strong_{cure}_kl") > 1.5 * page.number("strong_plain_kl")
        assert page.number(f"strong_{cure}_bound") < page.number("strong_plain_bound") + 0.1
    assert page.number("strong_plain_bound") > page.number("beta_10_bound")


def test_importance_bounds_of_the_tiny_model():
    """The values that the page compares with, by quadrature for two draws."""
    q, prior = stats.norm(0.5, 0.9), stats.norm(0, 1)

    def log_weight(z):
        return stats.norm(1.5 * z, math.sqrt(0.5)).logpdf(2) + prior.logpdf(z) - q.logpdf(z)

    z = torch.linspace(-6.4, 7.4, 1201, dtype=torch.float64).numpy()
    w, p = torch.tensor(log_weight(z)), torch.tensor(q.pdf(z))
    pairs = torch.logaddexp(w[:, None], w[None]) - math.log(2)
    bound = integrate.trapezoid(integrate.trapezoid(pairs * p * p[:, None], z), z)
    assert float(bound) == pytest.approx(-2.7785, abs=1e-3)
    evidence = stats.norm(0, math.sqrt(2.75)).logpdf(2)
    assert evidence == pytest.approx(-2.152012, abs=1e-6)


def test_more_draws_tighten_the_bound(page):
    assert page.number("tight_1") < page.number("tight_10") < page.number("tight_100")
    assert page.number("tight_gain") > 0.3
    assert page.number("told_bound") > page.number("beta_10_bound") + 1
    assert page.number("told_gain") > math.log(10)


def test_reviving_a_codebook(page):
    assert page.number("vq_alive_perplexity") > page.number("vq_dead_perplexity") + 5
    assert page.number("vq_alive_error") < page.number("vq_dead_error")


def test_codes_as_features(page):
    assert interval(page, "probe_gain")[0] > 0
    few = {name: page.number(f"probe_{name}_few") for name in ("pixels", "pca", "narrow", "vae")}
    assert max(few["pca"], few["vae"]) < few["pixels"] - 0.02
    assert abs(few["narrow"] - few["pixels"]) < 3 * page.number("probe_narrow_se")
    assert 0.01 < few["narrow"] - few["pca"] < 0.08
    assert page.number("trust_pca") < page.number("trust_network") < page.number("trust_tsne")


@pytest.mark.parametrize("absent", ABSENT)
def test_nearest_neighbour_is_the_better_alarm(page, absent):
    for name in ("network", "pca", "neighbour"):
        low, high = interval(page, f"auc_{absent}_{name}_interval")
        assert low - 0.01 <= page.number(f"auc_{absent}_{name}") <= high + 0.01
    assert page.number(f"auc_{absent}_neighbour") > page.number(f"auc_{absent}_network")
    assert page.number(f"alarm_{absent}_false") < 0.15


def test_threshold_is_a_beta_quantile(page):
    n = int(page.number("usual_n"))
    above = math.floor((n + 1) * 0.05)
    low, high = stats.beta(above, n + 1 - above).ppf([0.025, 0.975])
    assert page.number("threshold_low") == pytest.approx(low)
    assert page.number("threshold_high") == pytest.approx(high)


def test_blind_spot(page):
    assert page.number("blind_far") < page.number("blind_quantile")
    assert page.number("blind_deviations") > 90
    assert page.number("blind_log") < -4000 < page.number("blind_log_quantile")
    assert page.number("blind_bent") < 1


def test_holes_and_spots(page):
    assert interval(page, "hole_gain")[0] > 0
    assert page.number("hole_network") < page.number("hole_smooth") < page.number("hole_mean")
    assert page.number("spot_kept") < 0.3
    assert page.number("noise_after") < 0.5 * page.number("noise_before")


def test_codec_loses_to_jpeg(page):
    assert 0.1 < page.number("codec_rate") < 0.3
    assert page.number("jpeg_psnr") > page.number("pca_psnr") > page.number("codec_psnr")


def test_numbers_of_the_exercises():
    assert pytest.approx(0.692, abs=1e-3) == 9 / 13
    assert -1000 + math.log(2 / 3) == pytest.approx(-1000.405, abs=1e-3)
    assert 64 * math.log2(512) == 576
