"""Targets: densities against torch.distributions and SciPy, draws against the densities."""

import pytest
import torch
from scipy.stats import halfcauchy, kstest, multivariate_normal
from torch import distributions as D

from dlcore.montecarlo import (
    Target,
    banana,
    correlated_gaussian,
    eight_schools,
    logistic_posterior,
    neals_funnel,
    two_modes,
)
from tests.parity import assert_close


def assert_same_up_to_a_constant(ours, theirs):
    assert_close(ours - ours[0], theirs - theirs[0], rtol=1e-7, atol=1e-9)


def places(d, generator, n=30):
    return torch.randn(n, d, generator=generator, dtype=torch.float64)


@pytest.mark.reference(
    "scipy.stats.multivariate_normal", of="dlcore.montecarlo.correlated_gaussian"
)
@pytest.mark.parametrize(("rho", "dim"), [(0.9, 2), (-0.3, 4), (0.5, 1), (0.0, 3)])
def test_correlated_gaussian(rho, dim, generator):
    target, x = correlated_gaussian(rho, dim), places(dim, generator)
    covariance = torch.full((dim, dim), rho, dtype=torch.float64).fill_diagonal_(1.0)
    exact = multivariate_normal(cov=covariance.numpy()).logpdf(x.numpy())
    assert_same_up_to_a_constant(target(x), torch.as_tensor(exact))
    draws = target.sample(20_000, generator=generator)
    assert (torch.atleast_2d(torch.cov(draws.mT)) - covariance).abs().max() < 0.05


@pytest.mark.reference("torch.distributions.Normal", of="dlcore.montecarlo.banana")
def test_banana(generator):
    target, x = banana(0.7, 1.5), places(2, generator)
    first, second = D.Normal(0.0, 1.5), D.Normal(0.7 * (x[:, 0] ** 2 - 1.5**2), 1.0)
    assert_same_up_to_a_constant(target(x), first.log_prob(x[:, 0]) + second.log_prob(x[:, 1]))
    x = target.sample(4000, generator=generator)
    assert kstest(x[:, 0].numpy() / 1.5, "norm").pvalue > 1e-4
    assert kstest((x[:, 1] - 0.7 * (x[:, 0] ** 2 - 1.5**2)).numpy(), "norm").pvalue > 1e-4


@pytest.mark.reference("torch.distributions.MixtureSameFamily", of="dlcore.montecarlo.two_modes")
def test_two_modes(generator):
    target, x = two_modes(5.0, weight=0.3, dim=3), 2 * places(3, generator)
    means = torch.tensor([[2.5, 0, 0], [-2.5, 0, 0]]).double()
    mixture = D.MixtureSameFamily(
        D.Categorical(torch.tensor([0.3, 0.7], dtype=torch.float64)),
        D.Independent(D.Normal(means, 1.0), 1),
    )
    assert_same_up_to_a_constant(target(x), mixture.log_prob(x))
    x = target.sample(4000, generator=generator)
    first = D.Normal(torch.tensor([2.5, -2.5]).double(), 1.0)
    weights = torch.tensor([0.3, 0.7]).double()

    def cdf(t):
        return (first.cdf(torch.as_tensor(t)[:, None]) @ weights).numpy()

    assert kstest(x[:, 0].double().numpy(), cdf).pvalue > 1e-4


@pytest.mark.reference("torch.distributions.Normal", of="dlcore.montecarlo.neals_funnel")
def test_funnel(generator):
    x = places(4, generator)
    v, rest = x[:, :1], x[:, 1:]
    prior = D.Normal(0.0, 3.0).log_prob(v)[:, 0]
    conditional = D.Normal(0.0, torch.exp(v / 2)).log_prob(rest).sum(1)
    assert_same_up_to_a_constant(neals_funnel(4)(x), prior + conditional)
    standard = D.Normal(0.0, 1.0).log_prob(rest).sum(1)
    assert_same_up_to_a_constant(neals_funnel(4, centered=False)(x), prior + standard)
    for centered in (True, False):
        draws = neals_funnel(3, centered=centered).sample(4000, generator=generator)
        z = draws[:, 1] * (torch.exp(-draws[:, 0] / 2) if centered else 1)
        assert kstest(z.numpy(), "norm").pvalue > 1e-4
        assert kstest(draws[:, 0].numpy() / 3, "norm").pvalue > 1e-4


@pytest.mark.reference(
    "torch.distributions, scipy.stats.halfcauchy", of="dlcore.montecarlo.eight_schools"
)
def test_eight_schools(generator):
    x = places(10, generator)
    mu, log_tau, theta = x[:, :1], x[:, 1:2], 5 * x[:, 2:]
    tau = log_tau.exp()
    y = torch.tensor([28.0, 8, -3, 7, -1, 1, 18, 12])
    errors = torch.tensor([15.0, 10, 16, 11, 9, 11, 10, 18])
    joint = (
        D.Normal(0.0, 5.0).log_prob(mu)[:, 0]
        + torch.as_tensor(halfcauchy(scale=5).logpdf(tau[:, 0].numpy()))
        + log_tau[:, 0]
        + D.Normal(mu, tau).log_prob(theta).sum(1)
        + D.Normal(theta, errors).log_prob(y).sum(1)
    )
    centered = eight_schools(centered=True)(torch.cat([mu, log_tau, theta], 1))
    assert_same_up_to_a_constant(centered, joint)
    other = eight_schools()(torch.cat([mu, log_tau, (theta - mu) / tau], 1))
    # the change of coordinates multiplies the density by tau^8
    assert_same_up_to_a_constant(other - 8 * log_tau[:, 0], joint)
    assert eight_schools().dim == 10


@pytest.mark.reference("torch.distributions.Bernoulli", of="dlcore.montecarlo.logistic_posterior")
def test_logistic_posterior(generator):
    X, w = places(3, generator), places(3, generator, n=7)
    y = (torch.rand(30, generator=generator) < 0.5).long()
    likelihood = D.Bernoulli(logits=w @ X.mT).log_prob(y.double()).sum(1)
    prior = D.Normal(0.0, 2.0).log_prob(w).sum(1)
    assert_same_up_to_a_constant(logistic_posterior(X, y, prior_std=2.0)(w), likelihood + prior)


@pytest.mark.reference("closed form", of="dlcore.montecarlo.Target")
def test_target_without_draws():
    target = Target(lambda x: -(x**4).sum(1), ("a",))
    assert_close(target(torch.tensor([[2.0]])), torch.tensor([-16.0]))
    with pytest.raises(ValueError, match="no exact sampler"):
        target.sample(3)


@pytest.mark.bad_input
def test_bad_targets():
    with pytest.raises(ValueError, match="pairwise correlation"):
        correlated_gaussian(-0.6, 3)
    with pytest.raises(ValueError, match="width"):
        banana(width=0.0)
    with pytest.raises(ValueError, match="weight"):
        two_modes(weight=1.0)
    with pytest.raises(ValueError, match="at least 2"):
        neals_funnel(1)
    with pytest.raises(ValueError, match="labels 0 or 1"):
        logistic_posterior(torch.zeros(2, 1), torch.tensor([0, 2]))
    with pytest.raises(ValueError, match="prior_std"):
        logistic_posterior(torch.zeros(2, 1), torch.tensor([0, 1]), prior_std=0.0)
