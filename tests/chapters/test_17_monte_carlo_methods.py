"""What the prose of chapter 17 says in numbers, from the notebook's own cells."""

import math
import re

import pytest
from scipy import stats

from tests.chapters.pages import Page, cited_by, labels_elsewhere

PAGE = Page("17_monte_carlo_methods")
ELSEWHERE = labels_elsewhere(17)
CITED = cited_by(17, "montecarlo")
OWN = sorted(CITED - ELSEWHERE)


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


def minutely(page: Page, name: str) -> float:
    """A number that the prose shows as a multiple of a power of ten."""
    mantissa, power = page.glued[name].split("·10")
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return float(mantissa) * 10 ** int(power.translate(digits))


@pytest.mark.parametrize("label", OWN)
def test_label_of_the_library_stands_on_the_page_once(label):
    assert PAGE.labels().count(label) == 1


def test_labels_are_not_those_of_other_chapters():
    assert len(OWN) > 90
    assert len(PAGE.labels()) == len(set(PAGE.labels()))
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_algorithms_stand_on_the_page():
    assert re.findall(r":label: (alg-[\w-]+)", PAGE.prose) == [
        "alg-metropolis-hastings",
        "alg-gibbs",
        "alg-hamiltonian-monte-carlo",
        "alg-nuts",
        "alg-particle-filter",
    ]


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() - set(page.glued) == set()
    assert len(page.shown()) > 200


def test_every_question_has_its_solution():
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 5
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def test_patience_and_darts_are_within_their_errors(page):
    assert abs(page.number("won_share") - 1 / 13) < 4 * page.number("won_error")
    assert abs(page.number("pi_estimate") - math.pi) < 4 * page.number("pi_error")
    assert page.number("pi_exact_error") == pytest.approx(0.0164218, rel=1e-4)
    assert 0.925 < page.number("coverage") < 0.975


def test_variance_reduction_at_equal_cost(page):
    assert page.number("gain_antithetic") == pytest.approx(30.93, rel=0.3)
    assert page.number("gain_control") == pytest.approx(61.43, rel=0.3)
    assert page.number("exact_antithetic") == pytest.approx(30.93, rel=1e-3)
    assert page.number("exact_control") == pytest.approx(61.43, rel=1e-3)
    assert page.number("exact_strata") == pytest.approx(931, abs=1)
    assert page.number("gain_strata") == pytest.approx(931, rel=0.4)
    assert page.number("control_coefficient") == pytest.approx(1.690309, abs=0.01)
    assert page.number("gain_sobol") > 200
    assert page.number("even_antithetic") == pytest.approx(0.5, rel=0.3)
    assert page.number("even_control") == pytest.approx(1, rel=0.2)


def test_conditioning_reduces_the_variance(page):
    truth = stats.norm.sf(3 / math.sqrt(2))
    assert page.number("rao_truth") == pytest.approx(truth)
    assert abs(page.number("rao_estimate") - truth) < 4 * page.number("rao_se")
    assert page.number("rao_plain") == pytest.approx(0.016660, rel=0.1)
    assert page.number("rao_better") == pytest.approx(0.002403, rel=0.1)


def test_rates_of_convergence(page):
    assert page.number("slope_two_random") == pytest.approx(-0.5, abs=0.12)
    assert page.number("slope_two_strata") == pytest.approx(-1, abs=0.15)
    assert page.number("slope_two_sobol") < -1.2
    assert -1.4 < page.number("slope_six_sobol") < -0.8
    assert -0.85 < page.number("slope_jump_sobol") < -0.5


def test_rejection_keeps_what_it_should(page):
    assert page.number("kept_rate") == pytest.approx(page.number("kept_exact"), abs=0.01)
    assert min(page.number("kept_p"), page.number("inverse_p")) > 1e-3
    assert page.number("kept_ten") == pytest.approx(1.1**-10)
    assert minutely(page, "kept_hundred") == pytest.approx(1.1**-100, rel=0.02)


def test_random_walk_acceptance_by_its_formula(page):
    for step in ("0_5", "1_0", "2_38", "10_0"):
        exact = page.number(f"accept_exact_{step}")
        assert exact == pytest.approx(2 / math.pi * math.atan(2 / float(step.replace("_", "."))))
        assert page.number(f"accept_{step}") == pytest.approx(exact, abs=0.006)
    assert page.number("best_one") > 5 * page.number("best_ten")
    assert page.number("adapted_rate") == pytest.approx(0.44, abs=0.03)


def test_gibbs_in_turn_and_at_once(page):
    assert page.number("corr_turn") == pytest.approx(0.9, abs=0.02)
    assert abs(page.number("corr_once")) < 0.1
    assert page.number("lag_one") == pytest.approx(0.81, abs=0.02)
    assert page.number("gibbs_exact") == pytest.approx(0.104972, abs=1e-5)
    assert page.number("gibbs_worth") == pytest.approx(0.105, rel=0.15)


def test_magnets_beside_onsager(page):
    for J, name in ((0.5, "half"), (0.6, "strong")):
        exact = (1 - math.sinh(2 * J) ** -4) ** 0.125
        assert page.number(f"spin_{name}_exact") == pytest.approx(exact)
        assert page.number(f"spin_{name}") == pytest.approx(exact, abs=0.03)
    assert abs(page.number("spin_weak")) < 0.05
    assert page.number("spin_rhat") < 1.05


def test_regression_and_mixture(page):
    assert page.number("gibbs_off") < 0.1
    assert page.number("short_low") < 1 / 3 < page.number("short_high")
    assert 0 < page.number("first_is_short") < 8


def test_hamiltonian_chains_need_their_refusal(page):
    for eps in ("0_2", "1_2", "1_5"):
        exact = 1 / (1 - float(eps.replace("_", ".")) ** 2 / 4)
        assert page.number(f"unadjusted_exact_{eps}") == pytest.approx(exact)
        assert page.number(f"unadjusted_{eps}") == pytest.approx(exact, rel=0.03)
    assert 0.003 < page.number("unadjusted_error") < 0.02
    assert page.number("adjusted_variance") == pytest.approx(1, abs=0.03)
    assert page.number("euler_variance") > 2.5


def test_worth_of_an_evaluation_by_dimension(page):
    assert page.number("slope_walk") == pytest.approx(-1, abs=0.15)
    assert -0.45 < page.number("slope_hmc") < -0.15
    assert page.number("hmc_advantage") > 25
    assert page.number("tuned_rate") == pytest.approx(0.8, abs=0.07)


def test_diagnostics_find_disagreement_only(page):
    assert page.number("rhat_easy") < 1.03
    assert abs(page.number("mean_easy")) < 4 * page.number("mcse_easy")
    assert page.number("rhat_far") > 1.3
    assert page.number("ess_far") < 20
    assert page.number("rhat_three") < 1.03
    assert page.number("mean_three") == pytest.approx(-5, abs=0.2)


def test_schools_beside_quadrature(page):
    for name in ("mu", "tau"):
        off = page.number(f"{name}_nuts") - page.number(f"{name}_exact")
        assert abs(off) < 4 * page.number(f"{name}_error")
    assert page.number("schools_rhat") < 1.05


def test_funnel(page):
    assert page.number("funnel_sd") < 2.7
    assert page.number("funnel_rhat") > 1.1
    assert page.number("funnel_divergent") >= 3
    assert page.number("level_sd") == pytest.approx(3, abs=0.3)
    assert page.number("level_divergent") == 0


def test_langevin_bias(page):
    assert page.number("ula_one") == pytest.approx(4 / 3, abs=0.04)
    assert page.number("mala_one") == pytest.approx(1, abs=0.04)
    for run, foretold in (("coarse", 2.50), ("fine", 1.21), ("large", 1.23)):
        assert page.number(f"foretold_{run}") == pytest.approx(foretold, abs=0.01)
        assert page.number(f"sgld_{run}") == pytest.approx(foretold, rel=0.2)


def test_tempering_crosses(page):
    assert page.number("cold_right") < 0.02
    assert abs(page.number("hot_right") - 0.5) < 4 * page.number("hot_right_error")
    assert page.number("swap_least") > 0.2
    assert page.number("slice_corr") == pytest.approx(0.9, abs=0.02)


def test_ranks_find_the_missing_ratio(page):
    assert page.number("sbc_right") > 1e-3
    assert minutely(page, "sbc_wrong") < 1e-20


def test_rare_event(page):
    truth = stats.norm.sf(4)
    off = minutely(page, "rare_found") - truth
    assert abs(off) < 4 * minutely(page, "rare_error")
    assert minutely(page, "rare_truth") == pytest.approx(truth, rel=1e-4)
    assert page.number("rare_gain") == pytest.approx(6999, abs=2)


def test_weights_by_their_moments(page):
    for name, sigma in (("width_wide", 2), ("width_narrow", 0.75)):
        exact = sigma**2 / math.sqrt(2 * sigma**2 - 1)
        assert page.number(name) == pytest.approx(exact)
    assert page.number("dots_most") > 0.4
    assert page.number("shift_seen_5") == pytest.approx(0.2865, abs=0.05)
    assert page.number("shift_seen_20") > 2 * math.exp(-5)
    assert page.number("khat_five") < 0.7 < page.number("khat_twenty")
    assert page.number("khat_twenty") < page.number("khat_forty")


def test_annealing_closes_the_gap(page):
    exact = -20 * math.log(2)
    assert page.number("log_ratio_exact") == pytest.approx(exact, abs=0.01)
    steps = (1, 10, 100, 1000)
    off = [abs(page.number(f"annealed_{k}") - exact) for k in steps]
    assert off[3] < 5 * page.number("annealed_error") / math.sqrt(5)
    assert off[3] < off[2] < off[0]
    for k in steps:
        lowest, highest = (page.number(f"annealed_{end}_{k}") for end in ("low", "high"))
        assert lowest - 0.06 < page.number(f"annealed_{k}") < highest + 0.06
    assert page.number("annealed_ess_1000") > 5 * page.number("annealed_ess_1")
    assert page.number("plain_worth") == pytest.approx(7.38, abs=0.01)
    assert page.number("annealed_ess_1000") > 5 * page.number("plain_worth")
    assert abs(page.number("swept_ratio") - exact) < 2 * page.number("swept_sd")
    assert page.number("swept_steps") <= 7


def test_particles_beside_the_grid(page):
    assert page.number("particle_off") < 0.15 * page.number("mean_error")
    off = page.number("particle_evidence") - page.number("grid_evidence")
    assert abs(off) < 2 * page.number("particle_evidence_sd")
    assert page.number("without_ess") < 20


def test_variances_of_gradients(page):
    for name, exact in (("score", 30), ("baseline", 18), ("pathwise", 4)):
        assert page.number(f"square_{name}_var") == pytest.approx(exact, rel=0.05)
        assert page.number(f"square_{name}_mean") == pytest.approx(2, abs=0.05)
    assert page.number("cosine_score_var") == pytest.approx(0.499, rel=0.05)
    assert page.number("cosine_pathwise_var") == pytest.approx(50, rel=0.03)
    assert page.number("cosine_baseline_var") > page.number("cosine_score_var")


def test_bandit(page):
    assert page.number("bandit_off") < 0.01
    assert page.number("bandit_var") == pytest.approx(0.141192, rel=0.05)
    assert page.number("learned_plain") < 0.8 < 0.95 < page.number("learned_baseline")


def test_doubt_grows_away_from_data_with_chains(page):
    for name in ("hmc", "sgld"):
        assert page.number(f"in_gap_{name}") > 1.3 * page.number(f"at_data_{name}")
        assert page.number(f"far_{name}") > 1.2 * page.number(f"at_data_{name}")
    assert page.number("far_dropout") < 1.3 * page.number("at_data_dropout")
    assert page.number("held_hmc") > page.number("held_dropout")
    assert page.number("hmc_rhat") < 1.05 < page.number("hmc_weights_rhat")


def test_more_search_loses_less(page):
    assert page.number("drawn_3") < page.number("drawn_30") < page.number("drawn_100")


def test_risk_of_normal_losses(page):
    assert page.number("var_unit") == pytest.approx(1.644854, abs=0.02)
    assert page.number("es_unit") == pytest.approx(2.062713, abs=0.02)
    assert page.number("var_normal") == pytest.approx(page.number("var_normal_exact"), rel=0.02)
    heavy = stats.t(4, scale=page.number("var_normal_exact") / 2.326348 / math.sqrt(2))
    assert page.number("var_heavy_exact") == pytest.approx(heavy.ppf(0.99))
    shortfall = heavy.expect(lambda x: x, lb=heavy.ppf(0.99), conditional=True)
    assert page.number("es_heavy_exact") == pytest.approx(shortfall, rel=1e-4)
    assert page.number("var_heavy") == pytest.approx(heavy.ppf(0.99), rel=0.03)
    assert page.number("es_heavy") == pytest.approx(shortfall, rel=0.06)


def test_options(page):
    assert page.number("call_exact") == pytest.approx(10.450584, abs=1e-6)
    assert page.number("put_exact") == pytest.approx(5.573526, abs=1e-6)
    assert page.number("geometric_exact") == pytest.approx(5.940200, abs=1e-6)
    assert abs(page.number("call_found") - 10.450584) < 4 * page.number("call_error")
    assert page.number("asian_control") == pytest.approx(6.1563, abs=0.006)
    assert page.number("asian_gain") > 900
    assert page.number("asian_coefficient") == pytest.approx(1.0315, abs=0.01)


def test_retirement(page):
    assert page.number("payments") == 25
    assert page.number("annuity") == pytest.approx(25.14, abs=0.01)
    for c in (30, 40, 50):
        shares = [page.number(f"lasts_{c}_{years}") for years in (20, 25, 30)]
        assert shares == sorted(shares, reverse=True)
    assert page.number("lasts_50_25") < 0.5


def test_forecasts(page):
    assert page.number("half_last") > 2 * page.number("half_first")
    assert page.number("growth_high") > 5 * page.number("growth_low")
    assert page.number("cone_five") > 3 * page.number("cone_day")
    assert page.number("cone_all") < 0.6
    assert page.number("sure_one") < 0.05
    assert 0.2 < page.number("sure_late") < 0.8


def test_atoms_trials_and_doses(page):
    assert abs(page.number("bound_found") - page.number("bound_exact")) < 4 * page.number(
        "bound_error"
    )
    law = stats.nct(126, 0.5 * math.sqrt(32))
    limit = stats.t.ppf(0.975, 126)
    assert page.number("power_t_exact") == pytest.approx(law.sf(limit) + law.cdf(-limit))
    assert page.number("power_t") == pytest.approx(0.801460, abs=0.012)
    assert page.number("power_z") == pytest.approx(0.807430, abs=0.012)
    assert page.number("power_null") == pytest.approx(0.05, abs=0.007)
    assert page.number("effect_left") > 0.55
    assert page.number("power_left") > page.number("power_t") + 0.05
    assert page.number("dose_people") < page.number("dose_typical")
    assert page.number("gain_people") < page.number("gain_typical")
