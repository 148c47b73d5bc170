"""Importance-weighted bounds against the evidence of linear Gaussian models."""

import math

import pytest
import torch
from scipy import special, stats

from dlcore.autoencoder import estimate_log_likelihood, iwae_bound
from tests.dlcore.autoencoder.linear_model import exact_vae, scalar_vae
from tests.parity import assert_close, assert_parity

X = torch.tensor([[2.0]], dtype=torch.float64)


@pytest.mark.reference("scipy.special.logsumexp", of="dlcore.autoencoder.iwae_bound")
def test_log_mean_exp_against_scipy(generator):
    log_weights = 300 * torch.randn(11, 3, 5, generator=generator, dtype=torch.float64)
    expected = special.logsumexp(log_weights.numpy(), axis=0, b=1 / 11)
    assert_close(iwae_bound(log_weights), expected)
    assert_close(iwae_bound(log_weights[:1]), log_weights[0])
    low = torch.full((4, 2), -1000.0)
    assert_close(iwae_bound(low), low[0])


def test_gradient_is_the_normalized_weights(generator):
    log_weights = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    assert_parity(iwae_bound, lambda w: w.exp().mean(0).log(), log_weights)


# expectations by simulation with 4e6 draws: rising towards log p(x) = -2.152
@pytest.mark.parametrize(("k", "expected"), [(1, -4.0927), (2, -2.775), (5, -2.294), (20, -2.179)])
def test_bounds_of_the_worked_example(generator, k, expected):
    n = 40_000
    weights = scalar_vae().log_weights(X.expand(n, 1), k, generator=generator)
    bounds = iwae_bound(weights)
    error = 6 * bounds.std().item() / math.sqrt(n)
    assert bounds.mean().item() == pytest.approx(expected, abs=error + 2e-3)


@pytest.mark.reference(
    "scipy.stats.multivariate_normal.logpdf", of="dlcore.autoencoder.estimate_log_likelihood"
)
def test_evidence_of_a_linear_model(generator):
    model, W, noise = exact_vae()
    x = torch.randn(7, 4, generator=generator, dtype=torch.float64)
    covariance = (W @ W.T + noise * torch.eye(4, dtype=torch.float64)).numpy()
    expected = stats.multivariate_normal(cov=covariance).logpdf(x.numpy())
    estimate = estimate_log_likelihood(model, x, samples=25, chunk=10, generator=generator)
    assert_close(estimate, expected, rtol=1e-8)
    # an encoder wider than the posterior: weights vary, but boundedly
    model.encoder.bias.data[2:] += math.log(1.5)
    estimate = estimate_log_likelihood(model, x, samples=4000, chunk=1500, generator=generator)
    assert_close(estimate, expected, rtol=0, atol=0.1)
    assert not torch.equal(estimate, torch.from_numpy(expected))


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: iwae_bound(torch.zeros(0, 3)), r"got \(0, 3\)"),
        (lambda: iwae_bound(torch.tensor(1.0)), r"got \(\)"),
        (lambda: estimate_log_likelihood(scalar_vae(), X, samples=0), "got 0 and 100"),
        (lambda: estimate_log_likelihood(scalar_vae(), X, chunk=0), "got 1000 and 0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
