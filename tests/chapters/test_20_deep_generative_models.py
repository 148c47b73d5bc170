"""What the prose of chapter 20 says in numbers, from the notebook's own cells."""

import math
import re

import numpy as np
import pytest
import torch
from scipy.linalg import eigvals
from scipy.optimize import linprog, minimize
from scipy.spatial.distance import jensenshannon
from scipy.stats import norm, wasserstein_distance
from torch.nn import functional as F

from tests.chapters.pages import Page, cited_by, labels_elsewhere

PAGE = Page("20_deep_generative_models")
ELSEWHERE = labels_elsewhere(20)
CITED = cited_by(20, "generative")


def js(p, q):
    """The Jensen-Shannon divergence, by SciPy."""
    return jensenshannon(p, q) ** 2


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


@pytest.mark.parametrize("label", sorted(CITED - ELSEWHERE))
def test_label_of_the_library_stands_on_the_page_once(label):
    assert PAGE.labels().count(label) == 1


def test_labels_are_not_those_of_other_chapters():
    assert len(CITED - ELSEWHERE) > 70
    assert len(set(PAGE.labels())) == len(PAGE.labels())
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_algorithms_and_theorems_stand_on_the_page():
    assert re.findall(r":label: (thm-[\w-]+)", PAGE.prose) == ["thm-optimal-discriminator"]
    algorithms = re.findall(r":label: (alg-[\w-]+)", PAGE.prose)
    assert algorithms[0] == "alg-gan"
    assert len(algorithms) == len(set(algorithms)) >= 3


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() - set(page.glued) == set()
    assert len(page.shown()) > 120


def test_every_question_has_its_solution():
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 14
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def test_a_gaussian_scores_as_well_as_people(page):
    assert page.number("mark_gaussian") < 1.1 * page.number("mark_people")
    assert page.number("mark_copies") < 0.7 * page.number("mark_people")
    assert page.number("mark_ones") > page.number("mark_averages") > 1
    X, people = (page.names[name].double().numpy() for name in ("X", "X_test"))
    roots = [np.cov(part.T) for part in (X, people)]
    product = eigvals(roots[0] @ roots[1]).real.clip(0)
    direct = ((X.mean(0) - people.mean(0)) ** 2).sum() + np.trace(sum(roots))
    direct -= 2 * np.sqrt(product).sum()
    assert page.number("mark_people") == pytest.approx(direct, rel=1e-3)


def test_yardsticks_of_the_moons(page):
    points = page.names["moons"].double()
    centred = page.names["moons_test"].double() - points.mean(0)
    S = points.T.cov()
    quadratic = (centred @ torch.linalg.inv(S) * centred).sum(1).mean() / 2
    nll = (quadratic + torch.logdet(S) / 2 + math.log(2 * math.pi)).item()
    assert page.number("gaussian_nll") == pytest.approx(nll, abs=1e-3)
    assert abs(page.number("real_mmd")) < 3 < page.number("gaussian_mmd")


def test_bound_of_the_moons(page):
    assert page.number("vae_gap") > 0
    assert page.number("vae_nll") < page.number("gaussian_nll") - 0.2
    assert page.number("vae_nll") + page.number("vae_gap") == pytest.approx(
        page.number("vae_bound"), abs=1e-6
    )
    assert page.number("vae_mmd") < 0.5 * page.number("gaussian_mmd")


def test_requests_are_fulfilled(page):
    assert page.number("judge_accuracy") > 0.93
    assert page.number("told_obeyed") > 0.95
    assert page.number("forged_obeyed") > 0.9


def test_optimum_of_a_linear_code():
    beta, x = 4.0, 1.7

    def loss(p):
        mu, log_var = p
        return ((x - mu) ** 2 + math.exp(log_var)) / 2 + beta / 2 * (
            mu**2 + math.exp(log_var) - 1 - log_var
        )

    found = minimize(loss, [0.0, 0.0], tol=1e-12).x
    assert found[0] == pytest.approx(x / 5, abs=1e-4)
    assert math.exp(found[1]) == pytest.approx(0.8, abs=1e-4)


def test_parts_of_the_price_are_the_whole(page):
    """By draws, against the closed form of the divergence of Gaussians."""
    model = page.names["model"]
    with torch.no_grad():
        code = model.encode(page.names["spots"])
        parts = page.names["three_parts"](model, 200)
        normal = torch.distributions.Normal(code.mu, (code.logvar / 2).exp())
        whole = torch.distributions.kl_divergence(
            normal, torch.distributions.Normal(torch.zeros(()), torch.ones(()))
        )
    assert sum(parts) == pytest.approx(whole.sum(1).mean().item(), rel=0.02)
    assert parts[0] < math.log(len(page.names["spots"])) + 0.05
    assert min(parts[1:]) > -0.05


def test_value_of_the_game(page):
    p, q = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.4, 0.3, 0.2, 0.1])
    assert page.names["jsd"] == pytest.approx(js(p, q), abs=1e-9)
    assert page.names["worth"] == pytest.approx(-1.173414, abs=1e-6)
    assert math.log(0.99) == pytest.approx(-0.01, abs=1e-3)
    assert math.log(0.01) == pytest.approx(-4.61, abs=5e-3)


def test_divergence_of_bells_that_slide_apart(page):
    found = dict(zip(page.names["shifts"], page.names["js_of_shift"], strict=True))
    for shift, value in ((1.0, 0.111421), (3.0, 0.526777), (10.0, 0.693146)):
        assert found[shift] == pytest.approx(value, abs=1e-5)


def test_slopes_of_the_generator():
    for kind, expected in (("saturating", -0.006693), ("other", -0.993307)):
        s = torch.tensor(-5.0, dtype=torch.float64, requires_grad=True)
        loss = F.logsigmoid(-s) if kind == "saturating" else -F.logsigmoid(s)
        loss.backward()
        assert s.grad.item() == pytest.approx(expected, abs=1e-6)


def test_balanced_pairs_find_the_ring_and_hasty_ones_do_not(page):
    table = page.names["ring_table"]
    assert np.median([found.modes for found in table["1 : 1"]]) == 8
    assert max(found.modes for found in table["1 : 5"]) <= 2
    assert min(found.modes for found in table["5 : 1"]) >= 4
    assert all(len(runs) == 4 for runs in table.values())
    assert page.number("ring_modes") == 8


def test_pairs_side_by_side_are_pairs(page):
    """Each block of rows goes through its own network, and no gradient crosses over."""
    torch.manual_seed(3)
    together = page.names["SideBySide"]([2, 5, 1])
    x = torch.randn(8, 2)
    whole = together(x)
    for k, rows in enumerate(x.split(2)):
        W_1, b_1, W_2, b_2 = (stack[k] for stack in together.stacks)
        assert torch.allclose(whole[2 * k : 2 * k + 2], (rows @ W_1.T + b_1).relu() @ W_2.T + b_2)
    whole[:2].sum().backward()
    assert all((stack.grad[1:] == 0).all() for stack in together.stacks)


def test_rotation(page):
    paths = page.names["paths"]
    assert paths["simultaneous"].norms[-1].item() ** 2 == pytest.approx(2 * 1.01**100)
    assert paths["extragradient"].norms[-1].item() ** 2 == pytest.approx(2 * 0.9901**100)
    assert page.names["long"].norms.max() <= math.sqrt(2) + 1e-6


def test_critics(page):
    points = [page.names[name][:, 0].numpy() for name in ("at_zero", "at_three")]
    exact = wasserstein_distance(*points)
    assert page.number("critic_w1") == pytest.approx(exact, abs=1e-3)
    slope = 1 + exact / 20
    assert page.number("slope_penalty") == pytest.approx(slope, abs=0.12)
    assert page.number("critic_penalty") == pytest.approx(exact * slope, rel=0.06)
    assert page.number("critic_clip01") < 0.5 * exact
    assert page.number("critic_clip05") > 3 * exact
    assert page.number("critic_free") > 100 * exact
    for name in ("clip01", "clip05"):
        assert page.number(f"critic_{name}") <= exact * page.number(f"slope_{name}") + 0.01


def test_translators_come_home_and_may_be_upside_down(page):
    assert page.number("cycle_home") < 0.01
    assert max(page.names["cycle_fit"]) < 0.01
    shares = page.names["right_goes_up"]
    assert all(min(share, 1 - share) < 0.01 for share in shares)
    assert {round(share) for share in shares} == {0, 1}


def test_spikes_fool_a_density_on_whole_numbers(page):
    spikes = page.names["spikes"]
    raw, spread = (page.names["test_levels"] + 0.5) / 17, page.names["spread_out"]
    assert spikes(raw, 0.001) < 0 < spikes(raw, 0.02)
    assert min(spikes(spread, width) for width in (0.02, 0.005, 0.001)) > page.names["proper"]
    assert 3000 / (3072 * math.log(2)) == pytest.approx(1.408882, abs=1e-6)
    assert math.log(100) / (3072 * math.log(2)) == pytest.approx(0.002, abs=2e-4)


def test_which_measure_notices_what(page):
    real, copies = page.names["opinions"]["real"], page.names["opinions"]["copies"]
    each = page.names["opinions"]["one of each class"]
    six, blurred = page.names["opinions"]["6 of 10 classes"], page.names["opinions"]["blurred"]
    assert copies["Fréchet"] < real["Fréchet"]
    assert copies["nearer"] == 1
    assert page.number("opinion_bold_thief") < 0.5 < page.number("opinion_thief")
    assert abs(real["nearer"] - 0.5) < 0.08
    assert each["IS"] > 9.5 > real["IS"]
    assert each["coverage"] < 0.2
    assert each["recall"] < 0.05
    assert six["precision"] > real["precision"] - 0.05
    assert six["recall"] < real["recall"] - 0.1
    assert blurred["Fréchet"] > 1.5 * real["Fréchet"]


def test_bias_of_the_frechet_distance(page):
    right, tame = page.names["bias_curves"].values()
    assert tame[1] < right[1]
    assert tame[-1] > right[-1]
    assert right == sorted(right, reverse=True)
    cov = page.names["cov"]
    assert page.names["exact_tame"] == pytest.approx(0.03**2 * cov.trace().item(), rel=1e-6)


def test_bias_formula_of_the_exercise():
    n, d = 400, 5
    source = np.random.default_rng(0)
    total = []
    for _ in range(300):
        x = source.standard_normal((n, d))
        S = np.cov(x.T)
        values = np.linalg.eigvalsh(S)
        total.append((x.mean(0) ** 2).sum() + ((np.sqrt(values) - 1) ** 2).sum())
    assert np.mean(total) == pytest.approx(d / n + d * (d + 1) / (4 * n), rel=0.06)


def test_families_are_ahead_of_a_gaussian(page):
    table = page.names["comparison"]
    gaussian = table.pop("Gaussian")
    try:
        assert all(row[0] < gaussian[0] for row in table.values())
        assert [row[2] for row in table.values()] == [1, 1, 1, 2, 100, 20, 8]
    finally:
        table["Gaussian"] = gaussian


def test_hospital(page):
    linear, kernel = (
        {s: page.number(f"hospital_{kind}_{s}") for s in page.names["sources"]}
        for kind in ("linear", "kernel")
    )
    assert abs(linear["both"] - linear["real"]) < 0.02
    assert linear["shifted"] < linear["real"] - 0.03
    for source in ("synthetic", "both", "shifted"):
        assert kernel[source] > kernel["real"] + 0.03
    assert page.number("hospital_near") > 0.5


def test_detectors_do_not_travel(page):
    assert page.number("caught_gan_gan") > 0.9
    assert page.number("caught_vae_vae") > 0.85
    assert max(page.number("caught_gan_vae"), page.number("caught_vae_gan")) < 0.5


def test_worked_numbers_of_the_solutions():
    p_d, p_g = np.array([0.1, 0.2, 0.3, 0.4]), np.full(4, 0.25)
    heads, tails = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.1, 0.2, 0.3, 0.4])
    assert np.allclose((heads + tails) / 2, p_g)
    bound = (p_d * (np.log(heads) + np.log(tails)) / 2).sum()
    assert bound == pytest.approx(-1.508072, abs=1e-6)
    assert -math.log(4) - bound == pytest.approx(0.121778, abs=1e-6)
    posterior = heads / (heads + tails)
    gap = (p_d * (np.log(0.5 / posterior) + np.log(0.5 / (1 - posterior))) / 2).sum()
    assert gap == pytest.approx(0.121778, abs=1e-6)
    assert -math.log(4) + 2 * js(p_d, p_g) == pytest.approx(-1.330563, abs=1e-6)
    assert math.isclose(0.05 ** (1 / 7), 0.652, abs_tol=5e-4)
    assert math.isclose(0.8**5, 0.33, abs_tol=3e-3)
    assert wasserstein_distance([0, 2], [1, 1, 4]) == pytest.approx(4 / 3)
    assert 90 / (784 * math.log(2)) == pytest.approx(0.1656, abs=5e-5)
    assert 1 / (1 + math.exp(-2)) == pytest.approx(0.8808, abs=5e-5)
    assert math.isclose(2 * 1.25**10, 18.63, abs_tol=5e-3)
    assert 64 * 64 * 3 == 12288
    assert math.isclose((1 / 8) ** 5, 3e-5, rel_tol=0.05)
    W = torch.tensor([[0.0, 3.0], [0.0, 0.0]])
    assert torch.linalg.eigvals(W).abs().max() == 0
    assert torch.linalg.svdvals(W)[0] == pytest.approx(3)


def test_seeds_that_tell_two_proportions():
    a, b = 0.8, 0.95
    n = (norm.ppf(0.975) + norm.ppf(0.8)) ** 2 * (a * (1 - a) + b * (1 - b)) / (a - b) ** 2
    assert n == pytest.approx(73, abs=1)


def test_matching_pennies():
    A = np.array([[1, -1], [-1, 1]])
    q = np.array([0.9, 0.1])
    assert (A @ q).max() == pytest.approx(0.8)
    half = np.array([0.5, 0.5])
    assert half @ A == pytest.approx([0, 0])
    best = linprog(
        [0, 0, -1], A_ub=np.c_[-A.T, np.ones(2)], b_ub=[0, 0], A_eq=[[1, 1, 0]], b_eq=[1],
        bounds=[(0, 1), (0, 1), (None, None)],
    )  # fmt: skip
    assert best.x == pytest.approx([0.5, 0.5, 0], abs=1e-9)


def test_flows_of_the_page_are_densities(page):
    assert page.number("flow_mass") == pytest.approx(1, abs=0.01)
    assert page.names["flow_worst"] < 1e-5
    assert page.number("flow_nll_nvp") < page.number("flow_nll_gauss") - 0.4
    assert page.number("flow_nll_true") == pytest.approx(1.841, abs=0.005)
    assert (
        page.number("flow_nll_true") < page.number("flow_nll_spline") < page.number("flow_nll_nvp")
    )


def test_flow_integrates_to_one_on_a_finer_grid(page):
    flow = page.names["exact_flow"]
    axis = torch.linspace(-6, 6, 401, dtype=torch.float64)
    with torch.no_grad():
        density = flow.log_prob(torch.cartesian_prod(axis, axis)).exp()
    assert density.sum().item() * 0.03**2 == pytest.approx(1, abs=0.01)


def test_flow_goes_there_and_back(page):
    points = page.names["moons_test"].double()
    codes, log_det = page.names["exact_flow"].inverse(points)
    back, log_det_back = page.names["exact_flow"](codes)
    assert (back - points).abs().max() < 1e-5
    assert (log_det + log_det_back).abs().max() < 1e-8


def test_race_of_flows(page):
    race = page.names["flow_race"]
    worst = race.pop("one mask")
    assert worst == pytest.approx(page.number("flow_one_mask"))
    assert max(race.values()) < worst < page.number("flow_nll_gauss")
    race["one mask"] = worst


def test_first_coordinate_of_one_mask_is_normal(page):
    flow = page.names["race_flows"]["one mask"]
    with torch.no_grad():
        codes = flow.inverse(page.names["moons_test"])[0][:, 0]
    x = page.names["moons_test"][:, 0]
    assert torch.corrcoef(torch.stack([codes, x]))[0, 1].abs() > 1 - 1e-5


def test_likelihood_is_not_typicality(page):
    assert page.number("flow_above_mean") < 0.05
    assert page.number("flow_grey_negative") < page.number("flow_grey") - 100
    assert page.number("flow_norm") == pytest.approx(9.975, abs=0.1)
    assert page.number("flow_norm_least") > 6


def test_planar_flow_by_hand():
    u, w = torch.tensor([0.5, 0.2]), torch.tensor([1.0, -1.0])
    bend = math.tanh(0.3 + 0.3)
    assert 1 + float(u @ w) * (1 - bend**2) == pytest.approx(1.213473, abs=1e-6)


def test_autoregressive_models_beat_independent_pixels(page):
    for name in ("pix_made", "pix_cnn", "pix_gpt"):
        assert page.number(name) > page.number("pix_independent") + 4
    assert page.number("pix_gpt_told") > page.number("pix_gpt")
    assert page.number("pix_gpt_right") > 0.75


def test_pixel_model_is_normalized(page):
    model = page.names["pixel_model"]
    cells = torch.cartesian_prod(*[torch.arange(2)] * 9).reshape(-1, 3, 3)
    with torch.no_grad():
        assert model.log_prob(cells).exp().sum().item() == pytest.approx(1, abs=1e-4)


def test_upper_halves_stay(page):
    drawn = page.names["pix_drawn"]["lower half by PixelCNN"].reshape(10, 8, 8)
    assert torch.equal(drawn[:, :4], page.names["halves"])


def test_weights_of_the_bound(page):
    assert page.number("ddpm_weight_1") == pytest.approx(0.50005, abs=1e-5)
    assert page.number("ddpm_weight_500") == pytest.approx(0.0055, abs=5e-5)
    assert page.number("ddpm_weight_1000") == pytest.approx(0.0102, abs=5e-5)


def test_variances_of_exact_sampling(page):
    ends = page.names["exact_ends"]
    expected = {
        0.25: (0.25075, 0.24613, 2.5e-6, 0.24850),
        1.0: (0.99990, 0.99107, 4.0e-5, 0.99625),
        4.0: (3.99057, 3.97478, 6.5e-4, 3.98742),
    }
    for s2, values in expected.items():
        found = [ends[s2][kind] for kind in ("beta", "posterior", "zero", "DDIM 1000")]
        assert found == pytest.approx(values, rel=0.02)
    assert page.number("ddim_small_50") == pytest.approx(0.22270, abs=1e-5)
    assert page.number("ddim_small_10") == pytest.approx(0.13076, abs=1e-5)


def test_losses_of_steps(page):
    assert page.number("ddpm_loss_first") > 0.7
    assert page.number("ddpm_loss_last") < 0.05


def test_noise_in_sampling_is_needed(page):
    for name in ("ddpm_mmd_beta", "ddpm_mmd_post", "ddim_mmd_100", "ddim_mmd_10"):
        assert page.number(name) < 0.015
    assert page.number("ddpm_mmd_zero") > page.number("ddpm_mmd_noise")
    assert abs(page.number("ddpm_mmd_real")) < 0.005


def test_shares_of_walks(page):
    assert abs(page.number("sde_plain") - 0.5) < 0.05
    assert page.number("sde_annealed") == pytest.approx(0.8, abs=0.06)
    assert page.number("sde_reverse") == pytest.approx(0.8, abs=4 * page.number("sde_error"))
    assert page.number("sde_flow") == pytest.approx(0.8, abs=4 * page.number("sde_error"))


def test_densities_of_equations(page):
    assert page.number("sde_mass") == pytest.approx(1, abs=0.06)
    assert page.number("match_mass") == pytest.approx(1, abs=0.03)
    assert page.number("match_error") < 1e-4
    for name in ("sde_nll", "match_nll", "sde_flow_nll"):
        assert page.number(name) < page.number("flow_nll_gauss") - 0.5


def test_bound_of_the_chain_is_that_of_its_sampler(page):
    truth = page.number("flow_nll_true")
    assert truth < page.number("sde_nll") < page.number("ddpm_bound") < truth + 0.6
    assert page.number("ddpm_bound_post") > page.number("ddpm_bound") + 1


@pytest.mark.parametrize(("kind", "gap"), [("beta", 0), ("posterior", 0.883163)])
def test_bound_of_a_perfect_network_for_normal_data(kind, gap):
    """Per dimension, by the divergences of Gaussians, with the schedule of the moons."""
    beta = np.linspace(0.001, 0.1, 100)
    left = np.cumprod(1 - beta)
    posterior = (1 - left[:-1]) / (1 - left[1:]) * beta[1:]
    spread = beta[1:] if kind == "beta" else posterior
    # What is left of the noise, given x_t, has the variance of the data's share.
    error = beta[1:] ** 2 / ((1 - beta[1:]) * (1 - left[1:])) * left[1:]
    ratio = posterior / spread
    steps = (error / spread + ratio - 1 - np.log(ratio)).sum()
    last = 1 + math.log(2 * math.pi * beta[0])
    end = -math.log(1 - left[-1])
    truth = (math.log(2 * math.pi) + 1) / 2
    assert (steps + last + end) / 2 - truth == pytest.approx(gap, abs=1e-5)


def test_guided_sampling_is_not_the_tilted_density(page):
    rows = page.names["guide_rows"]
    for w, mean, variance in (
        (0.0, 2, 1),
        (1.0, 2.2222, 0.5556),
        (3.0, 2.3529, 0.2941),
        (7.5, 2.4286, 0.1429),
    ):
        assert rows[w][:2] == pytest.approx((mean, variance), abs=1e-4)
    assert rows[0.0][2:] == pytest.approx((2, 1), abs=0.01)
    for w in (1.0, 3.0, 7.5):
        assert rows[w][2] > rows[w][0] + 0.05
        assert rows[w][3] < rows[w][1] - 0.04


def test_guidance_trades_variety_for_certainty(page):
    assert page.number("guide_judge") > 0.93
    assert page.number("guide_none") < 0.3
    assert 0.75 < page.number("guide_0") < page.number("guide_1")
    assert page.number("guide_4") > 0.85
    assert page.number("guide_spread_0") > page.number("guide_spread_1")


def test_latent_diffusion(page):
    assert page.number("latent_rebuilt") < page.number("latent_codes")
    assert page.number("latent_codes") < page.number("latent_prior") + 0.001


def test_straight_lines_need_few_steps(page):
    assert page.number("match_bend_short") < page.number("match_bend_chance")
    assert page.number("match_bend_short") < page.number("match_bend_ddim")
    assert page.number("match_short_2") < page.number("match_chance_2")
    assert page.number("match_short_2") < page.number("match_ddim_2")
