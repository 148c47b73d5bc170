"""Gibbs sampling against enumeration and closed forms; invariance at a false-alarm rate of 1e-4."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy import stats

from dlcore.graphical import IsingModel
from dlcore.montecarlo import (
    BayesianLinearRegressionGibbs,
    autocorrelation,
    block_gibbs,
    effective_sample_size,
    gibbs_bivariate_normal,
    gibbs_gaussian_mixture,
    gibbs_ising,
    invariance_test,
    mcse,
)
from tests.parity import assert_close

RHO = 0.9


def correlated(n, generator):
    z = torch.randn(n, 2, generator=generator, dtype=torch.float64)
    return torch.stack([z[:, 0], RHO * z[:, 0] + math.sqrt(1 - RHO**2) * z[:, 1]], 1)


@pytest.mark.parametrize("scan", ["systematic", "random"])
def test_both_scans_keep_the_correlation(scan, generator):
    found = invariance_test(
        correlated(10_000, generator),
        lambda x: gibbs_bivariate_normal(RHO, x, 3, scan=scan, generator=generator).samples[:, -1],
    )
    assert found.passed, found


@pytest.mark.parametrize(("rho", "spread"), [(0.0, 1.0), (RHO, 1 - RHO), (RHO, math.sqrt(1 - RHO))])
def test_wrong_conditionals_are_noticed(rho, spread, generator):
    def draw(other):
        return lambda x, g: (
            rho * x[:, [other]] + spread * torch.randn(len(x), 1, generator=g, dtype=x.dtype)
        )

    found = invariance_test(
        correlated(10_000, generator),
        lambda x: block_gibbs({0: draw(1), 1: draw(0)}, x, 3, generator=generator).samples[:, -1],
    )
    assert not found.passed


@pytest.mark.reference("closed form", of="dlcore.montecarlo.gibbs_bivariate_normal")
def test_a_coordinate_remembers_with_weight_rho_squared(generator):
    chains = gibbs_bivariate_normal(
        RHO, correlated(64, generator), 1000, burn_in=20, generator=generator
    )
    rho = autocorrelation(chains.samples[..., 0], max_lag=3).mean(0)
    assert_close(rho, RHO ** (2 * torch.arange(4.0)), atol=0.03)
    share = effective_sample_size(chains, kind="mean") / 64_000
    assert_close(share, np.full(2, (1 - RHO**2) / (1 + RHO**2)), atol=0.02)
    covariance = torch.tensor([[1, RHO], [RHO, 1]], dtype=torch.float64)
    target = torch.distributions.MultivariateNormal(torch.zeros(2).double(), covariance)
    off = target.log_prob(chains.samples) - chains.log_prob
    assert_close(off, off[:1, :1].expand_as(off))


@pytest.mark.reference("enumeration", of="dlcore.montecarlo.block_gibbs")
@pytest.mark.parametrize("at_once", [False, True])
def test_a_table_keeps_its_law_unless_both_are_redrawn_at_once(at_once, generator):
    table = torch.tensor([[0.4, 0.1], [0.1, 0.4]])

    def given(x, other, g):
        rows = table[x[:, other].long()]
        return torch.multinomial(rows / rows.sum(1, keepdim=True), 1, generator=g).to(x)

    if at_once:
        moves = {(0, 1): lambda x, g: torch.cat([given(x, 1, g), given(x, 0, g)], 1)}
    else:
        moves = {0: lambda x, g: given(x, 1, g), 1: lambda x, g: given(x, 0, g)}
    x = block_gibbs(moves, torch.zeros(20_000, 2), 1, burn_in=30, generator=generator).flat
    counts = torch.bincount((2 * x[:, 0] + x[:, 1]).long(), minlength=4).numpy()
    law = [0.25] * 4 if at_once else [0.4, 0.1, 0.1, 0.4]
    assert stats.chisquare(counts, 20_000 * np.array(law)).pvalue > 1e-4


@pytest.mark.reference("enumeration", of="dlcore.montecarlo.gibbs_ising")
@pytest.mark.parametrize(
    "model", [IsingModel.grid(3, 3, 0.4, 0.1), IsingModel.grid(2, 3, -0.7, 0.2)]
)
def test_ising_spins_have_the_enumerated_law(model, generator):
    n = len(model.h)
    every = torch.tensor(list(itertools.product([-1.0, 1.0], repeat=n)), dtype=torch.float64)
    score = (every @ model.J * every).sum(1) / 2 + every @ model.h
    law = score.softmax(0)
    exact = every[torch.multinomial(law, 20_000, replacement=True, generator=generator)]

    def moved(x):
        return gibbs_ising(model, x, 2, generator=generator).samples[:, -1]

    statistics = {
        "magnetization": lambda s: s.sum(1),
        "energy": lambda s: (s @ model.J * s).sum(1),
        "corner": lambda s: s[:, 0] * s[:, -1],
    }
    assert invariance_test(exact, moved, statistics=statistics).passed
    chains = gibbs_ising(model, exact[:16], 1500, generator=generator)
    assert_close(chains.log_prob[3, 7], score[(every == chains.samples[3, 7]).all(1)][0])
    error = (chains.flat.mean(0) - law @ every) / mcse(chains)
    assert bool((error.abs() < 4.5).all())  # 9 spins: false alarm below 1e-4


def test_a_checkerboard_takes_two_steps():
    model = IsingModel.grid(4, 5, 0.3)
    s = torch.ones(2, 20, dtype=torch.float64)
    drawn = gibbs_ising(model, s, 1, generator=torch.Generator().manual_seed(3)).samples[:, 0]
    colour = torch.tensor([(r + c) % 2 for r in range(4) for c in range(5)])
    alone = torch.Generator().manual_seed(3)
    for half in (colour == 0, colour == 1):
        p = (2 * (s @ model.J + model.h)).sigmoid()[:, half]
        u = torch.rand(p.shape, generator=alone, dtype=torch.float64)
        s[:, half] = torch.where(u < p, 1.0, -1.0).double()
    assert torch.equal(drawn, s)


@pytest.fixture
def regression():
    generator = torch.Generator().manual_seed(7)
    X = torch.randn(13, 2, generator=generator, dtype=torch.float64)
    y = X @ torch.tensor([1.0, -2.0]).double() + 0.7 * torch.randn(13, generator=generator).double()
    return X, y


@pytest.mark.reference("scipy.stats.invgamma", of="dlcore.montecarlo.NormalInverseGamma")
def test_closed_form_of_regression_against_bayes_rule(regression):
    X, y = regression
    p = BayesianLinearRegressionGibbs(0.5, 3.0, 2.0).fit(X, y, draws=1).posterior_
    # two points of the joint posterior: its ratio must be that of prior times likelihood
    points = [((1.0, -2.0), 0.5), ((0.3, -1.0), 1.7), ((0.0, 0.0), 4.0)]

    def posterior(w, s2):
        cov = s2 * np.linalg.inv(p.precision.numpy())
        return stats.multivariate_normal.logpdf(w, p.mean, cov) + stats.invgamma.logpdf(
            s2, p.shape.item(), scale=p.rate.item()
        )

    def bayes(w, s2):
        return (
            stats.norm.logpdf(w, 0, math.sqrt(s2 / 0.5)).sum()
            + stats.invgamma.logpdf(s2, 3.0, scale=2.0)
            + stats.norm.logpdf(y, X @ torch.tensor(w).double(), math.sqrt(s2)).sum()
        )

    off = [posterior(np.array(w), s) - bayes(np.array(w), s) for w, s in points]
    assert_close(off, [off[0]] * 3)
    assert p.noise_variance.item() == pytest.approx(p.rate.item() / (p.shape.item() - 1))
    t = stats.multivariate_t(
        p.mean, p.rate / p.shape * np.linalg.inv(p.precision), df=2 * p.shape.item()
    )
    df = 2 * p.shape.item()
    assert_close(p.covariance, t.shape * df / (df - 2))


@pytest.mark.reference(
    "scipy.stats.multivariate_t", of="dlcore.montecarlo.BayesianLinearRegressionGibbs"
)
def test_regression_draws_have_the_closed_form(regression, generator):
    X, y = regression
    model = BayesianLinearRegressionGibbs(0.5, 3.0, 2.0)
    model.fit(X, y, draws=1, chains=4000, burn_in=30, generator=generator)
    p, draws = model.posterior_, model.chains_.flat.numpy()
    spread = (p.rate / p.shape * torch.linalg.inv(p.precision).diagonal()).sqrt().numpy()
    for i in range(2):
        marginal = stats.t(2 * p.shape.item(), p.mean[i].item(), spread[i])
        assert stats.kstest(draws[:, i], marginal.cdf).pvalue > 1e-4
    noise = stats.invgamma(p.shape.item(), scale=p.rate.item())
    assert stats.kstest(draws[:, 2], noise.cdf).pvalue > 1e-4
    x = torch.tensor([[0.4, -1.1]]).double()
    new = model.sample_predictive(x, generator=generator)[:, 0].numpy()
    widen = (1 + x @ torch.linalg.inv(p.precision) @ x.T).item()
    predictive = stats.t(
        2 * p.shape.item(), (x @ p.mean).item(), math.sqrt((p.rate / p.shape).item() * widen)
    )
    assert stats.kstest(new, predictive.cdf).pvalue > 1e-4


def log_evidence(X, *, kappa, a, b, m):
    """Of one component's examples with mean and variance integrated out, per feature."""
    n = len(X)
    kn, an = kappa + n, a + n / 2
    mn = (kappa * m + X.sum(0)) / kn
    bn = b + ((X**2).sum(0) + kappa * m**2 - kn * mn**2) / 2
    each = math.lgamma(an) - math.lgamma(a) + a * math.log(b) - an * np.log(bn)
    return (each + (math.log(kappa) - math.log(kn)) / 2 - n / 2 * math.log(2 * math.pi)).sum()


@pytest.mark.reference("enumeration", of="dlcore.montecarlo.gibbs_gaussian_mixture")
@pytest.mark.reference("enumeration", of="dlcore.montecarlo.MixtureChains")
def test_mixture_puts_together_what_enumeration_does(generator):
    X = np.array([[0.0, 1.0], [0.4, 0.8], [2.0, -1.0], [2.5, -0.2], [1.0, 0.3]])
    alpha, prior = 0.8, {"kappa": 0.3, "a": 2.0, "b": 0.5, "m": np.array([0.5, 0.0])}
    expected, total = np.zeros((5, 5)), 0.0
    for z in itertools.product(range(2), repeat=5):
        z = np.array(z)
        counts = [(z == k).sum() for k in range(2)]
        weight = math.exp(
            sum(log_evidence(X[z == k], **prior) + math.lgamma(alpha + counts[k]) for k in range(2))
        )
        expected += weight * (z[:, None] == z)
        total += weight
    chains = gibbs_gaussian_mixture(
        torch.as_tensor(X), 2, 20, chains=1000, burn_in=60, concentration=alpha,
        mean=torch.as_tensor(prior["m"]), strength=0.3, shape=2.0, rate=0.5, generator=generator,
    )  # fmt: skip
    z = chains.labels
    per_chain = (z[..., None] == z[..., None, :]).double().mean(1)
    error = per_chain.std(0) / math.sqrt(1000)
    deviation = (chains.together - torch.as_tensor(expected / total)) / error.clamp(min=1e-9)
    assert_close(chains.together, per_chain.mean(0))
    assert bool((deviation.abs() < 4.6).all())  # 10 pairs: false alarm below 1e-4
    assert_close(chains.weights.sum(-1), np.ones((1000, 20)))
    assert bool((chains.variances > 0).all())
    assert chains.means.shape == (1000, 20, 2, 2)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: block_gibbs({}, torch.zeros(2, 1), 3), "must cover"),
        (lambda: block_gibbs({0: lambda x, g: x}, torch.zeros(2, 2), 3), "must cover"),
        (lambda: block_gibbs({0: lambda x, g: x}, torch.zeros(2), 3), r"\(chains, d\)"),
        (lambda: block_gibbs({0: lambda x, g: x[:, 0]}, torch.zeros(2, 1), 3), "got values"),
        (lambda: block_gibbs({0: lambda x, g: x}, torch.zeros(2, 1), 3, scan="up"), "'up'"),
        (lambda: gibbs_bivariate_normal(1.0, torch.zeros(2, 2), 3), "correlation"),
        (lambda: gibbs_ising(IsingModel.chain(3, 1.0), torch.zeros(2, 3), 3), "spins"),
        (lambda: gibbs_ising(IsingModel.chain(3, 1.0), torch.ones(2, 3), 0), "draws >= 1"),
        (lambda: BayesianLinearRegressionGibbs(rate=0.0), "positive"),
        (lambda: BayesianLinearRegressionGibbs().fit(torch.ones(2, 1), torch.ones(3)), "n, d"),
        (
            lambda: BayesianLinearRegressionGibbs().fit(
                torch.ones(2, 1), torch.ones(2), chains=0
            ),
            "chain",
        ),
        (lambda: BayesianLinearRegressionGibbs().sample_predictive(torch.ones(2, 1)), "call fit"),
        (lambda: gibbs_gaussian_mixture(torch.zeros(3), 2, 1), "examples"),
        (lambda: gibbs_gaussian_mixture(torch.zeros(3, 1), 2, 1, rate=0.0), "positive"),
    ],
)  # fmt: skip
def test_bad_input(call, says):
    with pytest.raises(ValueError, match=says):
        call()
