"""What the prose of chapter 19 says in numbers, from the notebook's own cells."""

import itertools
import math
import re

import numpy as np
import pytest
import torch
from scipy import integrate, optimize, stats

from tests.chapters.pages import Page, cited_by, labels_elsewhere

PAGE = Page("19_approximate_inference")
ELSEWHERE = labels_elsewhere(19)
CITED = cited_by(19, "inference")


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


def spread(values: object) -> float:
    return float(np.std(np.asarray(values), ddof=1))


@pytest.mark.parametrize("label", sorted(CITED - ELSEWHERE))
def test_label_of_the_library_stands_on_the_page_once(label):
    assert PAGE.labels().count(label) == 1


def test_labels_are_not_those_of_other_chapters():
    assert len(CITED - ELSEWHERE) > 50
    assert len(set(PAGE.labels())) == len(PAGE.labels())
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_algorithms_stand_on_the_page():
    assert re.findall(r":label: (alg-[\w-]+)", PAGE.prose) == [
        "alg-cavi",
        "alg-black-box-variational",
        "alg-loopy-propagation",
        "alg-expectation-propagation",
    ]


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() - set(page.glued) == set()
    assert len(page.shown()) > 100


def test_every_question_has_its_solution():
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 11
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def bioassay(slope, intercept):
    dose, died = np.array([-0.86, -0.30, -0.05, 0.73]), np.array([0, 1, 3, 5])
    logits = intercept + slope * dose
    fate = (died * logits - 5 * np.logaddexp(0, logits)).sum()
    prior = stats.norm.logpdf(intercept, 0, 2) + stats.norm.logpdf(slope, 0, 10)
    return math.exp(fate + prior)


def test_opening_posterior_by_other_quadrature(page):
    box = (-7, 9, -12, 50)
    mass = integrate.dblquad(bioassay, *box, epsabs=1e-9)[0]
    slope = integrate.dblquad(lambda b, a: b * bioassay(b, a), *box, epsabs=1e-8)[0] / mass
    assert math.log(mass) == pytest.approx(page.names["bio_evidence"], abs=2e-3)
    assert page.number("bio_slope") == pytest.approx(slope, abs=0.02)


def test_opening_families(page):
    exact = page.number("lethal_grid")
    assert page.number("lethal_walk") == pytest.approx(exact, abs=0.03)
    assert page.number("bio_slope_sd_narrow") < page.number("bio_slope_sd_full")
    assert page.number("bio_slope_sd_full") < page.number("bio_slope_sd")
    assert page.number("bio_slope_mode") < page.number("bio_slope") - 1


def test_two_divergences_by_other_quadrature(page):
    def p(x):
        return (stats.norm.pdf(x, -3) + stats.norm.pdf(x, 3)) / 2

    def reverse(parameters):
        m, s = parameters[0], math.exp(parameters[1])
        nodes = np.linspace(-9, 9, 20_001)
        weights = stats.norm.pdf(nodes)
        x = m + s * nodes
        log_p = np.logaddexp(stats.norm.logpdf(x, -3), stats.norm.logpdf(x, 3)) - math.log(2)
        ratio = stats.norm.logpdf(x, m, s) - log_p
        return float(weights @ ratio / weights.sum())

    for start, name in ((2.0, "reverse"), (0.0, "saddle")):
        found = optimize.minimize(reverse, [start, 0.0], method="Nelder-Mead", tol=1e-10)
        assert page.number(f"{name}_sd") == pytest.approx(math.exp(found.x[1]), abs=1e-4)
        assert page.number(f"{name}_kl") == pytest.approx(found.fun, abs=1e-5)
    assert page.number("reverse_mean") == pytest.approx(2.984, abs=1e-3)

    def forward(x):
        return p(x) * (np.log(p(x)) - stats.norm.logpdf(x, 0, 10**0.5))

    assert page.number("forward_kl") == pytest.approx(integrate.quad(forward, -20, 20)[0], abs=1e-6)
    assert page.number("valley_q") == pytest.approx(stats.norm.pdf(0, 0, 10**0.5))
    assert page.number("valley_p") == pytest.approx(p(0))


def test_middle_is_a_valley_of_its_own(page):
    profile = page.names["reverse"]
    assert profile[0.0].divergence > profile[2.0].divergence + 0.1


def test_searches_from_near_the_middle_stay_there(page):
    for start, name in ((0.5, "saddle"), (-1.0, "saddle"), (-2.5, "reverse")):
        fit = page.names["vi"].fit_reverse_kl(
            page.names["two_humps"],
            -page.names["box"],
            page.names["box"],
            start=torch.tensor([start]),
        )
        assert fit.divergence == pytest.approx(page.number(f"{name}_kl"), abs=1e-4)


def test_expectation_maximization_climbs(page):
    assert page.number("em_falls") == 0
    assert page.number("em_last") > page.number("em_first") + 100
    assert page.names["touching"] < 1e-9


def test_mean_and_precision(page):
    exact, gauge = page.names["gauge"].exact_, page.names["gauge"]
    strength, shape, rate = 6, 3.5, 2.286667
    assert exact.rate == pytest.approx(rate, abs=1e-6)
    student = stats.t(2 * shape, scale=math.sqrt(rate / (shape * strength)))
    assert exact.mean_variance == pytest.approx(student.var(), rel=1e-6)
    assert gauge.expected_precision_ == pytest.approx(shape / rate, rel=1e-5)
    assert page.number("gauge_share") == pytest.approx(0.108889 / 0.152444, abs=1e-4)
    assert page.number("gauge_gap") == pytest.approx(-7.184432 + 7.254153, abs=1e-6)


def test_spins_bias_against_variance(page):
    assert page.number("field_slack_least") > 0
    assert page.number("field_weak") < 0.4 * page.number("walk_weak")
    assert page.number("walk_strong") < page.number("field_strong")
    m = optimize.brentq(lambda m: m - math.tanh(1.5 * m), 0.1, 1)
    assert page.names["settle"]([0.01, 0.01]).m[0].item() == pytest.approx(m, abs=1e-6)


def test_mixtures(page):
    assert page.number("mixture_used") == page.number("mixture_theirs")
    assert page.number("mixture_used") < page.number("mixture_plain") == 8
    assert page.number("mixture_new") > page.number("mixture_plain_new") + 0.2
    assert page.number("mixture_score") < page.number("mixture_plain_score")
    kept, theirs = page.names["kept"], page.names["theirs"]
    ours = np.sort(kept.means_[kept.weights_ > 0.01, 0].numpy())
    assert np.allclose(ours, np.sort(theirs.means_[theirs.weights_ > 0.01, 0]), atol=0.05)


def test_regression_like_the_sampler(page):
    assert page.number("ridge_off") < 0.15
    assert 0.8 < page.number("ridge_narrowest") <= page.number("ridge_widest") < 1.06
    assert 0.8 < page.number("ridge_inside") < 1
    assert page.number("ridge_n") == 265


def test_stochastic_steps(page):
    assert page.number("svi_end") > page.number("svi_first") + 0.1
    assert page.number("svi_end") == pytest.approx(page.number("svi_batch"), abs=0.05)
    assert page.number("svi_wide") == pytest.approx(10, abs=0.1)


def test_gradient_noise_in_closed_form(page):
    def moment(f):
        return integrate.quad(lambda e: f(e) * stats.norm.pdf(e), -12, 12)[0]

    constant = math.log(2 * math.pi) / 2
    for name, offset in (("plain", 0.0), ("constant", constant), ("baseline", -1.0)):
        second = moment(lambda e, c=offset: (((1 + e) ** 2 / 2 + c) * e) ** 2)
        assert page.number(f"noise_{name}") == pytest.approx(second - 1, rel=0.08)
    assert page.number("noise_path") == pytest.approx(1, abs=0.03)
    for name in ("score", "path"):
        assert page.number(f"slope_{name}") == pytest.approx(-1, abs=0.06)
    tens = page.names["tens"]
    sizes = [spread(tens[name]) for name in ("reparameterized", "with baseline", "score")]
    assert sizes == sorted(sizes)
    for values in tens.values():
        assert float(values.mean()) == pytest.approx(-1, abs=5 * spread(values) / 4000**0.5)


def test_black_box_on_a_regression(page):
    assert page.number("advi_full") == pytest.approx(1, abs=0.06)
    assert page.number("advi_batches") == pytest.approx(1, abs=0.08)
    assert page.number("advi_diagonal") == pytest.approx(page.number("advi_conditional"), abs=0.03)
    assert page.number("advi_unscaled") > 2.5
    assert page.number("advi_off") < 0.05


def test_gaps_of_the_encoder(page):
    gaps = [page.number(f"amortization_{width}") for width in (1, 4, 32)]
    assert gaps == sorted(gaps, reverse=True)
    for width in (1, 4, 32):
        assert page.number(f"approximation_{width}") == pytest.approx(0.05, abs=0.02)
    exact = page.names["fresh_log_p"]
    x = page.names["fresh"][0].double().numpy()

    def joint(z):
        curve = np.array([z, math.sin(2 * z)])
        return stats.norm.pdf(z) * stats.norm.pdf(x, curve, 0.5).prod()

    assert float(exact[0]) == pytest.approx(math.log(integrate.quad(joint, -6, 6)[0]), abs=1e-4)


def test_wake_and_sleep(page):
    assert page.number("sleep_log_p") > page.number("sleep_apart") + 1
    assert 0 < page.number("sleep_gap") < 1.5
    assert 0 <= page.number("sleep_falls") <= 6


def test_mode_of_a_code_is_sparse_and_its_mean_is_not(page):
    mode, mean = page.names["mode"], page.names["code_mean"]
    assert abs(float(mode[1])) < 1e-6 < 0.1 < float(mean[1])
    assert page.number("sparse_near") < 0.1
    better = page.names["sparse_joint"](mode[None] + 0.02 * torch.randn(500, 2).double())
    assert bool((better <= page.names["sparse_joint"](mode[None])).all())


def test_loopy_messages(page):
    assert page.number("clique_belief") == pytest.approx(0.51245, abs=1e-4)
    assert page.number("clique_sweeps") > 20
    assert page.number("loopy_lost") > page.number("loopy_lost_damped")
    assert page.number("loopy_error_strong") > 0.02
    for _, exact, belief, _ in page.names["lattice_scan"][2:]:
        assert belief > exact
    weight = {}
    for s in itertools.product((-1, 1), repeat=4):
        pairs = sum(a * b for a, b in itertools.combinations(s, 2))
        weight[s] = math.exp(-pairs + 0.1 * s[0])
    up = sum(w for s, w in weight.items() if s[0] == 1) / sum(weight.values())
    assert up == pytest.approx(0.549834, abs=1e-6)


def test_bethe_is_no_bound_from_either_side():
    """A triangle of spins, its messages as fields u (NumPy), against all eight states."""
    spins = np.array(list(itertools.product((-1, 1), repeat=3)))
    pairs = spins[:, 0] * spins[:, 1] + spins[:, 0] * spins[:, 2] + spins[:, 1] * spins[:, 2]
    h, s = np.array([0.3, 0, 0]), np.array([-1, 1])
    values = {}
    for J in (1.0, -1.0):
        edges = list(itertools.permutations(range(3), 2))
        u = dict.fromkeys(edges, 0.0)
        for _ in range(500):
            field = {
                (i, j): h[i] + sum(u[k, i] for k in range(3) if k not in (i, j)) for i, j in edges
            }
            u = {e: math.atanh(math.tanh(J) * math.tanh(field[e])) for e in edges}
        bethe = 0.0
        for i, j in itertools.combinations(range(3), 2):
            log_b = J * np.outer(s, s) + field[i, j] * s[:, None] + field[j, i] * s
            log_b -= np.logaddexp.reduce(log_b, axis=None)
            bethe += float((np.exp(log_b) * (J * np.outer(s, s) - log_b)).sum())
        for i in range(3):
            log_b = (h[i] + sum(u[k, i] for k in range(3) if k != i)) * s
            log_b = log_b - np.logaddexp.reduce(log_b)
            bethe += float((np.exp(log_b) * (h[i] * s + log_b)).sum())
        values[J] = bethe, np.logaddexp.reduce(J * pairs + spins @ h)
    assert values[1.0] == pytest.approx((3.4839, 3.7910), abs=1e-4)
    assert values[-1.0] == pytest.approx((3.3983, 2.8422), abs=1e-4)


def test_codes(page):
    words = page.number("ldpc_4"), page.number("ldpc_10")
    assert words[0] < 0.06 < 0.6 < words[1]
    assert page.number("ldpc_rate") == 0.5
    assert page.number("ldpc_caught") > 0.9 * page.number("ldpc_wrong")
    right = stats.binom.cdf(1, 7, 0.04) ** 30
    assert page.number("hamming_4") == pytest.approx(1 - right, abs=1e-9)
    posterior = page.names["exact_ones"][1, 0].item()
    assert posterior == pytest.approx(0.276, abs=5e-4)


def test_images(page):
    assert page.number("wrong_icm") > page.number("wrong_minimum_cut")
    cut = page.number("energy_minimum_cut")
    for name in ("icm", "mean_field", "loopy", "max_product"):
        assert page.number(f"energy_{name}") >= cut
        assert page.number(f"wrong_{name}") < 0.4 * page.number("noisy_wrong")
    assert page.number("energy_max_product") < page.number("energy_icm")


def test_probit_factors_by_other_quadrature(page):
    a = np.array([1.2, 0.7, 2, 0.5, 1.5, -0.3])

    def density(w):
        return stats.norm.pdf(w) * stats.norm.cdf(a * w).prod()

    mass, mean, second = (
        integrate.quad(lambda w, k=k: w**k * density(w), -8, 10)[0] for k in range(3)
    )
    mean, second = mean / mass, second / mass
    assert page.names["six_mean"] == pytest.approx(mean, abs=1e-6)
    assert page.names["six_var"] == pytest.approx(second - mean**2, abs=1e-6)
    assert page.names["six_evidence"] == pytest.approx(math.log(mass), abs=1e-6)
    assert page.number("six_walk_mean") == pytest.approx(mean, abs=0.04)
    assert page.number("six_walk_var") == pytest.approx(second - mean**2, abs=0.05)


def test_order_matters_for_one_pass_only(page):
    assert page.number("ep_spread") < 1e-6 < 0.05 < page.number("adf_spread")
    assert page.number("ep_off") < 0.02
    assert 0.9 < page.number("ep_sd_ratio") < 1
    assert page.number("ep_evidence") == pytest.approx(page.number("ep_truth"), abs=0.05)


def test_tails_of_weights(page):
    assert page.number("khat_50") == pytest.approx(0.5, abs=0.07)
    assert page.number("khat_90") < 0.85
    assert page.number("khat_99") < 0.93
    truth = page.number("judged_truth")
    for name in ("narrow", "full", "mode"):
        assert page.number(f"judged_bound_{name}") < truth
        assert page.number(f"judged_z_{name}") == pytest.approx(truth, abs=0.08)
    assert page.number("judged_slope") == pytest.approx(page.number("bio_slope"), abs=0.3)


def test_importance_weighted_bound_climbs(page):
    values = list(page.names["tighter"].values())
    assert values == sorted(values)
    assert values[-1] == pytest.approx(stats.norm.logpdf(1.5, 0, 2**0.5), abs=2e-3)


def test_calibration(page):
    assert page.glued["sbc_passed"]
    assert page.number("sbc_exact") == pytest.approx(0.1, abs=0.03)
    narrow = page.number("sbc_sd")
    expected = 2 * stats.norm.sf(stats.norm.ppf(0.95) * narrow)
    assert page.number("sbc_narrow") == pytest.approx(expected, abs=0.05)


def test_schools(page):
    y = np.array([28, 8, -3, 7, -1, 1, 18, 12])
    s = np.array([15, 10, 16, 11, 9, 11, 10, 18])

    def density(mu, log_tau):
        tau = math.exp(log_tau)
        fit = stats.norm.logpdf(y, mu, np.sqrt(s**2 + tau**2)).sum()
        return math.exp(fit + stats.norm.logpdf(mu, 0, 5) + 35) * tau / (1 + tau**2 / 25)

    box = (-6, 5, -20, 28)
    mass = integrate.dblquad(density, *box, epsabs=1e-8)[0]
    mean = integrate.dblquad(lambda m, t: t * density(m, t), *box, epsabs=1e-8)[0] / mass
    assert page.number("school_tau") == pytest.approx(mean, abs=0.01)
    off = {k: abs(page.number(f"school_tau_{k}") - mean) for k in ("centered", "not")}
    assert off["not"] < 0.4 < off["centered"]
    assert min(page.number(f"school_k_{k}") for k in ("centered", "not")) > 0.7
    assert page.number("school_sd_centered") < page.number("school_sd_not")
    assert page.number("school_sd_not") < page.number("school_sd")


def test_flights(page):
    for name in ("extended", "unscented", "particles"):
        assert page.number(f"miss_{name}") < 0.75 * page.number("miss_measurement")


def test_particles_agree_with_the_lattice(page):
    error = page.number("corridor_sd") / 20**0.5
    off = page.number("corridor_mean") - page.number("corridor_exact")
    assert abs(off) < 4 * error + 0.05
    error = page.number("corridor_log_sd") / 20**0.5
    off = page.number("corridor_log_mean") - page.number("corridor_log")
    assert abs(off) < 4 * error + 0.02


def test_patients(page):
    theory = 1 / math.sqrt(3 / 100 + 1 / 144)
    assert page.number("pool_theory_3") == pytest.approx(theory)
    assert page.number("pool_hierarchy_3") == pytest.approx(theory, abs=0.3)
    assert page.number("pool_own_3") == pytest.approx(10 / 3**0.5, abs=0.35)
    assert page.number("pool_one_3") == pytest.approx(12, abs=0.5)
    assert page.number("alarm_hierarchy_3") == pytest.approx(0.01, abs=0.007)
    own = 2 * stats.norm.sf(2.576 / math.sqrt(1 + 1 / 3))
    assert page.number("alarm_own_3") == pytest.approx(own, abs=0.011)
    one = 2 * stats.norm.sf(2.576 / math.sqrt(1 + 1.44))
    assert page.number("alarm_one_3") == pytest.approx(one, abs=0.02)
    normal = stats.norm.ppf(0.995)
    assert page.number("limit_one") == pytest.approx(normal * math.hypot(10, 12), rel=1e-3)
    wide = normal * math.sqrt(100 + theory**2)
    assert page.number("limit_hierarchy") == pytest.approx(wide, rel=1e-3)


def test_genes_clicks_and_calls(page):
    assert page.number("genes_shrunk") > page.number("genes_fitted") + 0.1
    assert page.number("genes_noise") == pytest.approx(1, abs=0.35)
    lost = {k: page.number(f"regret_{k}") for k in ("thompson", "epsilon", "greedy", "sure")}
    assert min(lost, key=lambda k: lost[k]) == "thompson"
    assert lost["greedy"] > lost["epsilon"]
    assert page.number("talk_sure") > 0.85 > page.number("talk_right")
    assert page.number("talk_final") > page.number("talk_right") + 0.1
    assert page.number("talk_all") >= page.number("talk_final") - 0.01
    for belief, share in page.names["calibration"]:
        assert share == pytest.approx(belief, abs=0.06)


def test_worked_numbers_of_the_solutions():
    J = math.log(9) / 2
    m = optimize.brentq(lambda m: m - math.tanh(J * m), 0.1, 1)
    assert m == pytest.approx(0.5)

    def divergence(m):
        q = np.outer(*[[(1 + m) / 2, (1 - m) / 2]] * 2)
        return float((q * np.log(q / [[0.45, 0.05], [0.05, 0.45]])).sum())

    assert divergence(m) == pytest.approx(0.498, abs=5e-4)
    assert divergence(0) == pytest.approx(0.511, abs=5e-4)
    assert math.e**2 / (1 + math.e**2) == pytest.approx(0.881, abs=5e-4)
    assert 1 / (1 + math.e**2) == pytest.approx(0.119, abs=5e-4)
    draws = 0.366177 / (1.094578 - 1.092053) ** 2
    assert draws == pytest.approx(59_000, rel=0.05)
    share = 1 - 0.333779 / 0.366177
    assert share == pytest.approx(0.089, abs=1e-3)
    assert 2 / share**2 == pytest.approx(255, abs=5)
    gap = (0.81 / 0.5 + 0.0625 / 0.5 - 1 - math.log(0.81 / 0.5)) / 2
    assert gap == pytest.approx(0.1313, abs=1e-4)
    assert stats.norm.logpdf(1.5, 0, 2**0.5) - gap == pytest.approx(-1.9593, abs=1e-4)
    w = 0.506054
    r = stats.norm.pdf(w) / stats.norm.cdf(w)
    assert r == pytest.approx(w, abs=1e-5)
    assert 1 / (1 + r * (w + r)) == pytest.approx(0.661, abs=5e-4)
    assert 1 / (1 + r**2) == pytest.approx(0.796, abs=5e-4)
    assert math.tanh(1.5) == pytest.approx(0.905, abs=5e-4)
    assert integrate.quad(lambda e: e**6 * stats.norm.pdf(e), -12, 12)[0] == pytest.approx(15)


def test_answers_of_the_questions():
    assert (math.log(0.8) + math.log(0.2)) / 2 == pytest.approx(-0.916, abs=5e-4)
    assert np.linalg.eigvalsh([[-1, 0.8], [0.8, -1]])[1] == pytest.approx(-0.2)
    assert 1 / np.linalg.inv([[1, -0.6], [-0.6, 1]])[0, 0] == pytest.approx(0.64)
    assert 2 * 0.5**2 == 0.5


def test_claims_about_the_six_factors(page):
    mean, variance = page.names["six_mean"], page.names["six_var"]
    ep, best, top = (page.names[name] for name in ("ep", "best", "top"))
    assert abs(ep.mean.item() - mean) == pytest.approx(0.002, abs=5e-4)
    assert 1 - ep.covariance.item() / variance == pytest.approx(0.06, abs=5e-3)
    assert abs(best.covariance.item() - variance) > abs(ep.covariance.item() - variance)
    assert mean - top.mean.item() == pytest.approx(0.15, abs=5e-3)
    bound = best.log_normalizer - best.divergence
    assert bound < ep.log_evidence < page.names["six_evidence"]


def test_noisy_readings_have_two_humps(page):
    u, p = page.names["u"].numpy(), page.names["p_u"].numpy()

    def density(x):
        readings = np.array([-4.0, -3.5, 4.0, 4.5, 3.8])
        noise = stats.norm.pdf(readings, 0, 10**0.5)
        return stats.norm.pdf(x, 0, 10) * ((stats.norm.pdf(readings, x) + noise) / 2).prod()

    right = integrate.quad(density, 0, 40, limit=200)[0]
    left = integrate.quad(density, -40, 0, limit=200)[0]
    assert p[u > 0].sum() == pytest.approx(right / (left + right), abs=1e-4)
    assert density(1.1) < 0.02 * density(4)
    assert page.names["u_mean"] == pytest.approx((p * u).sum())


def test_shape_of_the_tail_equals_the_correlation():
    for rho in (0.5, 0.9):
        narrow = 1 - rho**2
        assert 1 - narrow / (1 + rho) == pytest.approx(rho)
