"""An affine flow against Gaussians with full covariance."""

import numpy as np
import pytest
import torch
from scipy import stats

from dlcore.autoencoder import AffineFlow
from tests.parity import assert_close


def fitted(generator):
    mixing = torch.randn(3, 3, generator=generator, dtype=torch.float64)
    X = torch.randn(50, 3, generator=generator, dtype=torch.float64) @ mixing + 2
    return AffineFlow(3).double().fit(X), X


@pytest.mark.reference("scipy.stats.multivariate_normal", of="dlcore.autoencoder.AffineFlow")
def test_likelihood_of_a_full_gaussian(generator):
    flow, X = fitted(generator)
    mean, covariance = X.numpy().mean(0), np.cov(X.numpy().T, ddof=0)
    expected = stats.multivariate_normal(mean, covariance).logpdf(X.numpy())
    assert_close(flow.log_prob(X).detach(), expected)
    z, _ = flow(X)
    assert_close(z.mean(0).detach(), torch.zeros(3), atol=1e-9)
    assert_close((z.mT @ z / 50).detach(), torch.eye(3), atol=1e-9)


def test_no_parameters_are_likelier(generator):
    flow, X = fitted(generator)
    flow.log_prob(X).mean().backward()
    assert flow.shift.grad.abs().max() < 1e-9
    assert flow.log_diagonal.grad.abs().max() < 1e-9
    assert flow.lower.grad.abs().max() < 1e-9


def test_inverse_and_determinant(generator):
    flow, X = fitted(generator)
    z, log_det = flow(X)
    assert_close(flow.inverse(z).detach(), X)
    jacobian = torch.autograd.functional.jacobian(lambda x: flow(x[None])[0][0], X[0])
    assert_close(log_det.detach(), torch.linalg.slogdet(jacobian).logabsdet.expand(50))


# 6 standard errors of 40,000 draws
def test_samples_have_the_mean_of_the_data(generator):
    flow, X = fitted(generator)
    drawn = flow.sample(40_000, generator=generator)
    error = 6 * X.std(0, correction=0) / 200
    assert ((drawn.mean(0) - X.mean(0)).abs() < error).all()
    assert (drawn.std(0) / X.std(0, correction=0)).sub(1).abs().max() < 6 / 2**0.5 / 200


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: AffineFlow(0), "at least 1, got 0"),
        (lambda: AffineFlow(2)(torch.ones(3, 3)), r"\(n, 2\), got \(3, 3\)"),
        (lambda: AffineFlow(2).inverse(torch.ones(2)), r"got \(2,\)"),
        (lambda: AffineFlow(2).fit(torch.ones(5, 2)), "no spread"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
