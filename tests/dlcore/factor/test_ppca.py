"""Probabilistic PCA: density, posterior, bound and the closed form of the best fit."""

import itertools
import math

import pytest
import sklearn.decomposition
import torch
from scipy.linalg import subspace_angles
from scipy.stats import multivariate_normal

from dlcore.factor import (
    covariance_spectrum,
    ppca_elbo,
    ppca_log_likelihood,
    ppca_maximum_likelihood,
    ppca_posterior,
)
from tests.dlcore.factor.planted import ROWS, loadings, planted
from tests.dlcore.linalg.matrices import gaussian, positive_definite
from tests.parity import assert_close, assert_parity

W, MEAN = loadings(), gaussian(7, seed=5)
X = planted(41, W, torch.full((7,), 0.5, dtype=torch.float64))


def low_rank(X, W, mean):
    noise = torch.full_like(mean, 0.6)
    return torch.distributions.LowRankMultivariateNormal(mean, W, noise).log_prob(X).sum()


@pytest.mark.reference(
    "scipy.stats.multivariate_normal.logpdf", of="dlcore.factor.ppca_log_likelihood"
)
def test_the_density():
    covariance = W @ W.T + 0.6 * torch.eye(7).double()
    expected = multivariate_normal(MEAN, covariance).logpdf(X).sum()
    assert_close(ppca_log_likelihood(X, W, 0.6, MEAN), expected)
    assert_parity(
        lambda X, W, mean: ppca_log_likelihood(X, W, 0.6, mean), low_rank, X, W, MEAN, factor=8
    )
    sigma2 = torch.tensor(0.6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s: ppca_log_likelihood(X, W, s, MEAN), sigma2)


def test_by_hand():
    x, w, zero = torch.tensor([[3.0, 1.0]]), torch.tensor([[2.0], [1.0]]), torch.zeros(2)
    assert float(ppca_log_likelihood(x, w, 1.0, zero)) == pytest.approx(-3.650423, abs=1e-5)
    z, covariance = ppca_posterior(x, w, 1.0, zero)
    assert_close(z, torch.tensor([[7 / 6]]), rtol=1e-6)
    assert_close(covariance, torch.tensor([[1 / 6]]), rtol=1e-6)
    assert_close(z @ w.T, torch.tensor([[14 / 5, 7 / 5]]) * 5 / 6, rtol=1e-6)


@pytest.mark.reference("conditioning of the joint Gaussian", of="dlcore.factor.ppca_posterior")
def test_the_posterior():
    C = W @ W.T + 0.6 * torch.eye(7).double()
    gain = W.T @ torch.linalg.inv(C)
    z, covariance = ppca_posterior(X, W, 0.6, MEAN)
    assert_close(z, (X - MEAN) @ gain.T, atol=1e-10)
    assert_close(covariance, torch.eye(3).double() - gain @ W, atol=1e-10)


def test_without_noise_it_projects_and_whitens():
    fit = ppca_maximum_likelihood(X, 3)
    A = X - fit.mean
    z = ppca_posterior(X, fit.W, 1e-9, fit.mean).mean
    U = torch.linalg.svd(A, full_matrices=False)[2][:3].T
    assert_close(z @ fit.W.T, A @ U @ U.T, atol=1e-6)
    assert_close(z, A @ torch.linalg.pinv(fit.W).T, atol=1e-6)


@pytest.mark.reference(
    "torch.distributions.kl_divergence and scipy's log-density", of="dlcore.factor.ppca_elbo"
)
def test_the_bound_lacks_the_divergence_from_the_posterior():
    q_mean, S = gaussian(41, 3, seed=8), positive_definite(41, 3, 3) / 5
    z, G = ppca_posterior(X, W, 0.6, MEAN)
    normal = torch.distributions.MultivariateNormal
    gap = torch.distributions.kl_divergence(normal(q_mean, S), normal(z, G)).sum()
    expected = multivariate_normal(MEAN, W @ W.T + 0.6 * torch.eye(7).double()).logpdf(X).sum()
    assert_close(ppca_elbo(X, W, 0.6, MEAN, q_mean, S), expected - gap)
    assert_close(ppca_elbo(X, W, 0.6, MEAN, z, G), torch.tensor(expected))
    assert torch.autograd.gradcheck(
        lambda W, m: ppca_elbo(X, W, 0.6, MEAN, m, S),
        (W.clone().requires_grad_(), q_mean.requires_grad_()),
    )


@pytest.mark.reference("sklearn.decomposition.PCA", of="dlcore.factor.ppca_maximum_likelihood")
@pytest.mark.parametrize("k", [1, 3, 6])
def test_the_closed_form(k):
    W, sigma2, mean = ppca_maximum_likelihood(X, k)
    theirs = sklearn.decomposition.PCA(k, svd_solver="full").fit(X.numpy())
    assert_close(mean, theirs.mean_)
    assert_close(sigma2, theirs.noise_variance_ * 40 / 41)
    covariance = W @ W.T + sigma2 * torch.eye(7).double()
    assert_close(covariance, theirs.get_covariance() * 40 / 41, atol=1e-10)
    assert subspace_angles(W.numpy(), theirs.components_.T).max() < 1e-7
    single = ppca_maximum_likelihood(X.float(), k)
    assert single.W.dtype == torch.float32
    assert_close(single.sigma2, sigma2, rtol=1e-4)


def test_no_other_eigenvectors_are_likelier():
    n, d, k = *X.shape, 2
    best = ppca_log_likelihood(X, *ppca_maximum_likelihood(X, k))
    A = X - X.mean(0)
    values, vectors = torch.linalg.eigh(A.T @ A / n)
    for kept in itertools.combinations(range(d), k):
        rest = [j for j in range(d) if j not in kept]
        sigma2 = values[rest].mean()
        W = vectors[:, list(kept)] * (values[list(kept)] - sigma2).clamp(min=0).sqrt()
        assert ppca_log_likelihood(X, W, sigma2, X.mean(0)) <= best + 1e-9
    logs = values[-k:].log().sum() + (d - k) * values[:-k].mean().log()
    assert_close(best, -n / 2 * (logs + d + d * math.log(2 * math.pi)))


def test_four_rows():
    W, sigma2, mean = ppca_maximum_likelihood(ROWS, 1)
    assert_close(covariance_spectrum(ROWS), torch.tensor([3 + 5**0.5, 3 - 5**0.5]), rtol=1e-6)
    assert_close(W.square().sum(), torch.tensor(20**0.5), rtol=1e-6)
    assert_close(sigma2, torch.tensor(3 - 5**0.5), rtol=1e-6)
    assert not mean.any()


def test_rotating_features_rotates_the_fit_rescaling_does_not():
    Q = torch.linalg.qr(gaussian(7, 7)).Q
    fit, turned = ppca_maximum_likelihood(X, 2), ppca_maximum_likelihood(X @ Q, 2)
    assert_close(turned.W @ turned.W.T, Q.T @ fit.W @ fit.W.T @ Q, atol=1e-9)
    scale = torch.arange(1.0, 8.0, dtype=torch.float64) ** 2
    scaled = ppca_maximum_likelihood(X * scale, 2)
    assert subspace_angles((fit.W * scale[:, None]).numpy(), scaled.W.numpy()).max() > 0.1


@pytest.mark.bad_input
def test_bad_input():
    for k in (0, 7, 1.0):
        with pytest.raises(ValueError, match="components must be from 1 to 6"):
            ppca_maximum_likelihood(X, k)
    with pytest.raises(ValueError, match="at least 2 features"):
        ppca_maximum_likelihood(X[:, :1], 1)
    with pytest.raises(ValueError, match="no noise is left"):
        ppca_maximum_likelihood(X[:4], 3)
    with pytest.raises(ValueError, match="no noise is left"):
        ppca_maximum_likelihood((gaussian(20, 2) @ gaussian(2, 5)).float(), 2)
    for function in (ppca_log_likelihood, ppca_posterior):
        with pytest.raises(ValueError, match=r"needs W of shape \(7, k\) and mean \(7,\)"):
            function(X, W.T, 1.0, MEAN)
        with pytest.raises(ValueError, match="needs W of shape"):
            function(X, W, 1.0, MEAN[:1])
        for sigma2 in (0.0, -1.0, float("nan")):
            with pytest.raises(ValueError, match="noise variance must be positive"):
                function(X, W, sigma2, MEAN)
        with pytest.raises(ValueError, match=r"noise of shape \(\) expected"):
            function(X, W, torch.ones(7), MEAN)
        with pytest.raises(TypeError, match="floating-point"):
            function(X.long(), W, 1.0, MEAN)
    with pytest.raises(ValueError, match=r"q_mean \(41, 3\) and q_covariance"):
        ppca_elbo(X, W, 1.0, MEAN, gaussian(41, 2), torch.eye(3))
