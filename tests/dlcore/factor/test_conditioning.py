"""Conditioning a Gaussian: by hand, and as a ratio of densities."""

import pytest
import torch
from scipy.stats import multivariate_normal

from dlcore.factor import gaussian_conditional, ppca_posterior
from dlcore.linalg import NotPositiveDefiniteError
from tests.dlcore.linalg.matrices import gaussian, positive_definite
from tests.parity import assert_close


def test_by_hand():
    Sigma = torch.tensor([[2.0, 1.0], [1.0, 3.0]])
    mean, covariance = gaussian_conditional(
        torch.tensor([1.0, 2.0]), Sigma, [1], torch.tensor([5.0])
    )
    assert_close(mean, torch.tensor([2.0]), rtol=1e-6)
    assert_close(covariance, torch.tensor([[5 / 3]]), rtol=1e-6)


@pytest.mark.reference(
    "scipy.stats.multivariate_normal.logpdf", of="dlcore.factor.gaussian_conditional"
)
@pytest.mark.parametrize("given", [[0], [3, 0], [-1, 1, 2], [4, 2, 0, 1]])
def test_it_is_joint_over_marginal(given):
    mean, Sigma, x = gaussian(5), positive_definite(5, 5), gaussian(5, seed=2)
    known = [i % 5 for i in given]
    other = [i for i in range(5) if i not in known]
    m, S = gaussian_conditional(mean, Sigma, given, x[known])
    joint = multivariate_normal(mean, Sigma).logpdf(x)
    marginal = multivariate_normal(mean[known], Sigma[known][:, known]).logpdf(x[known])
    assert_close(multivariate_normal(m, S).logpdf(x[other]), joint - marginal)


def test_many_values_at_once_and_gradients():
    mean, Sigma, X = gaussian(4), positive_definite(4, 4), gaussian(2, 3, 2, seed=2)
    m, _ = gaussian_conditional(mean, Sigma, [2, 0], X)
    assert m.shape == (2, 3, 2)
    assert_close(m[1, 2], gaussian_conditional(mean, Sigma, [2, 0], X[1, 2]).mean)
    assert torch.autograd.gradcheck(
        lambda mean, values: gaussian_conditional(mean, Sigma, [2, 0], values).mean,
        (mean.requires_grad_(), X[0].clone().requires_grad_()),
    )


def test_the_posterior_of_ppca_is_such_a_conditional():
    W, sigma2, mean, X = gaussian(5, 2), 0.7, gaussian(5, seed=2), gaussian(3, 5, seed=3)
    top = torch.cat([torch.eye(2).double(), W.T], 1)
    joint = torch.cat([top, torch.cat([W, W @ W.T + sigma2 * torch.eye(5).double()], 1)])
    expected = gaussian_conditional(
        torch.cat([torch.zeros(2).double(), mean]), joint, [2, 3, 4, 5, 6], X
    )
    z, covariance = ppca_posterior(X, W, sigma2, mean)
    assert_close(z, expected.mean, atol=1e-10)
    assert_close(covariance, expected.covariance, atol=1e-10)


@pytest.mark.bad_input
def test_bad_input():
    mean, Sigma, value = torch.zeros(3), torch.eye(3), torch.zeros(1)
    for given in ([3], [-4], [1, 1], [1, -2]):
        with pytest.raises(ValueError, match="different coordinates out of 3"):
            gaussian_conditional(mean, Sigma, given, value)
    with pytest.raises(ValueError, match=r"mean \(d,\) and covariance \(d, d\)"):
        gaussian_conditional(mean, torch.eye(2), [0], value)
    with pytest.raises(ValueError, match=r"values must have shape \(..., 2\)"):
        gaussian_conditional(mean, Sigma, [0, 1], value)
    with pytest.raises(NotPositiveDefiniteError):
        gaussian_conditional(mean, torch.ones(3, 3), [0, 1], torch.zeros(2))
