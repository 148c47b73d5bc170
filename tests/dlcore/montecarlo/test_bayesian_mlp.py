"""Bayesian networks: the linear case against its exact posterior, layers against torch.nn."""

import numpy as np
import pytest
import torch
from scipy.optimize import brentq
from scipy.stats import norm
from torch import nn
from torch.nn.utils import vector_to_parameters

from dlcore.montecarlo import BayesianMLP, Predictive, hamiltonian_monte_carlo, nuts, sgld
from tests.parity import assert_close


def line(generator, n=20, d=2):
    X = torch.randn(n, d, generator=generator, dtype=torch.float64)
    noise = 0.5 * torch.randn(n, generator=generator, dtype=torch.float64)
    return X, (X @ torch.tensor([1.0, -2.0]).double() + 0.3 + noise)[:, None]


def exact_posterior(X, y, prior_std, noise_std):
    """Of weights and bias by NumPy."""
    A = np.column_stack([X, np.ones(len(X))])
    prior = np.diag([X.shape[1] / prior_std**2] * X.shape[1] + [prior_std**-2])
    S = np.linalg.inv(prior + A.T @ A / noise_std**2)
    return torch.tensor(S @ A.T @ y[:, 0].numpy() / noise_std**2), torch.tensor(S)


@pytest.mark.reference("torch.nn.Sequential", of="dlcore.montecarlo.BayesianMLP")
@pytest.mark.parametrize(
    ("name", "layer"), [("tanh", nn.Tanh()), ("relu", nn.ReLU()), ("silu", nn.SiLU())]
)
def test_outputs_are_those_of_torch(name, layer, generator):
    network = BayesianMLP([2, 5, 4, 3], activation=name)
    peer = nn.Sequential(nn.Linear(2, 5), layer, nn.Linear(5, 4), layer, nn.Linear(4, 3)).double()
    W = torch.randn(6, network.n_weights, generator=generator, dtype=torch.float64)
    X = torch.randn(7, 2, generator=generator, dtype=torch.float64)
    outputs = network(W, X)
    own_inputs = network(W, X.expand(6, 7, 2))
    for w, ours, again in zip(W, outputs, own_inputs, strict=True):
        vector_to_parameters(w, peer.parameters())
        assert_close(ours, peer(X).detach())
        assert_close(again, ours)


def test_log_posterior_is_prior_times_likelihood(generator):
    network = BayesianMLP([2, 3, 1], prior_std=1.5, noise_std=0.3)
    X, y = line(generator)
    w = network.sample_prior(4, generator=generator).double()
    stds = torch.tensor([1.5 / 2**0.5] * 6 + [1.5] * 3 + [1.5 / 3**0.5] * 3 + [1.5]).double()
    prior = torch.distributions.Normal(0, stds).log_prob(w).sum(1)
    likelihood = torch.distributions.Normal(network(w, X), 0.3).log_prob(y).sum((1, 2))
    ours, exact = network.log_posterior(X, y)(w), prior + likelihood
    assert_close(ours - ours[0], exact - exact[0], rtol=1e-6)
    many = network.sample_prior(20_000, generator=generator)
    assert_close(many.std(0), stds.float(), rtol=0.03)


def test_nuts_finds_the_exact_linear_posterior(generator):
    network = BayesianMLP([2, 1], prior_std=2.0, noise_std=0.5)
    X, y = line(generator)
    mean, covariance = exact_posterior(X, y, 2.0, 0.5)
    start = network.sample_prior(32, generator=generator).double()
    run = nuts(network.log_posterior(X, y), start, 100, burn_in=80, generator=generator)
    std = covariance.diag().sqrt()
    assert ((run.flat.mean(0) - mean) / std).abs().max() < 0.1
    assert ((torch.cov(run.flat.mT) - covariance) / std / std[:, None]).abs().max() < 0.1
    new = torch.tensor([[0.0, 0.0], [5.0, 5.0]]).double()
    A = torch.cat([new, torch.ones(2, 1)], 1)
    exact = torch.distributions.Normal(A @ mean, ((A @ covariance * A).sum(1) + 0.25).sqrt())
    predicted = network.predict(run.samples, new, level=0.9)
    assert_close(predicted.std[:, 0], exact.scale, rtol=0.05)
    assert_close(predicted.lower[:, 0], exact.icdf(torch.tensor(0.05)), rtol=0.05, atol=0.05)
    assert_close(predicted.upper[:, 0], exact.icdf(torch.tensor(0.95)), rtol=0.05, atol=0.05)


def test_sgld_finds_it_on_minibatches(generator):
    network = BayesianMLP([2, 1], prior_std=2.0, noise_std=0.5)
    X, y = line(generator, n=100)
    mean, covariance = exact_posterior(X, y, 2.0, 0.5)
    run = sgld(
        network.log_prior, network.log_likelihood, [X, y], mean.repeat(300, 1), 150, batch_size=25,
        step_size=4e-4, decay=0.0, burn_in=100, generator=generator,
    )  # fmt: skip
    assert ((run.flat.mean(0) - mean) / covariance.diag().sqrt()).abs().max() < 0.1
    assert (run.flat.var(0) / covariance.diag() - 1).abs().max() < 0.25


def test_doubt_grows_away_from_the_data(generator):
    network = BayesianMLP([1, 8, 1], prior_std=2.0, noise_std=0.1)
    X = torch.linspace(-1, 1, 12)[:, None]
    start = network.sample_prior(20, generator=generator)
    run = hamiltonian_monte_carlo(
        network.log_posterior(X, torch.sin(3 * X)), start, 20, step_size=0.02, steps=10, jitter=0.2,
        burn_in=80, adapt=True, generator=generator,
    )  # fmt: skip
    spread = network.predict(run.samples, torch.tensor([[0.0], [4.0]])).weight_std[:, 0]
    assert spread[1] > 5 * spread[0]


@pytest.mark.reference(
    "scipy.optimize.brentq on a mixture of normals", of="dlcore.montecarlo.Predictive"
)
def test_band_is_that_of_the_mixture():
    network = BayesianMLP([1, 1], noise_std=0.5)
    w = torch.tensor([[0.0, -2.0], [0.0, 1.0], [0.0, 1.5]]).double()
    found = network.predict(w, torch.zeros(1, 1).double(), level=0.8)
    assert isinstance(found, Predictive)
    centres = np.array([-2.0, 1.0, 1.5])
    for end, probability in ((found.lower, 0.1), (found.upper, 0.9)):
        exact = brentq(lambda t, p=probability: norm.cdf(t, centres, 0.5).mean() - p, -9, 9)
        assert end.item() == pytest.approx(exact, abs=1e-6)
    assert found.std.item() == pytest.approx((centres.var() + 0.25) ** 0.5)
    assert found.mean.item() == pytest.approx(centres.mean())


@pytest.mark.bad_input
def test_bad_networks():
    with pytest.raises(ValueError, match="sizes"):
        BayesianMLP([3])
    with pytest.raises(ValueError, match="positive"):
        BayesianMLP([1, 1], noise_std=0.0)
    with pytest.raises(ValueError, match="has 2 weights"):
        BayesianMLP([1, 1])(torch.zeros(1, 3), torch.zeros(1, 1))
    with pytest.raises(ValueError, match="needs X"):
        BayesianMLP([1, 1]).log_posterior(torch.zeros(3, 2), torch.zeros(3, 1))
    with pytest.raises(ValueError, match="level"):
        BayesianMLP([1, 1]).predict(torch.zeros(1, 2), torch.zeros(1, 1), level=1.0)
