"""Factor analysis: density, posterior, and one step of EM."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from dlcore.factor import (
    fa_em_step,
    fa_log_likelihood,
    factor_posterior,
    ppca_log_likelihood,
    ppca_posterior,
)
from tests.dlcore.factor.planted import ROWS, loadings
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close, assert_parity

W, MEAN, X = loadings(), gaussian(7, seed=5), gaussian(11, 7, seed=6)
PSI = torch.tensor([0.2, 0.5, 1.0, 2.0, 0.3, 4.0, 0.7], dtype=torch.float64)


def low_rank(X, W, psi, mean):
    return torch.distributions.LowRankMultivariateNormal(mean, W, psi).log_prob(X).sum()


@pytest.mark.reference(
    "scipy.stats.multivariate_normal.logpdf", of="dlcore.factor.fa_log_likelihood"
)
def test_the_density():
    expected = multivariate_normal(MEAN, W @ W.T + PSI.diag()).logpdf(X).sum()
    assert_close(fa_log_likelihood(X, W, PSI, MEAN), expected)
    assert_parity(fa_log_likelihood, low_rank, X, W, PSI, MEAN, factor=8)


@pytest.mark.reference("conditioning of the joint Gaussian", of="dlcore.factor.factor_posterior")
def test_the_posterior():
    gain = W.T @ torch.linalg.inv(W @ W.T + PSI.diag())
    z, covariance = factor_posterior(X, W, PSI, MEAN)
    assert_close(z, (X - MEAN) @ gain.T, atol=1e-10)
    assert_close(covariance, torch.eye(3).double() - gain @ W, atol=1e-10)


def test_equal_noise_makes_it_probabilistic_pca():
    psi = torch.full_like(PSI, 0.6)
    assert_close(fa_log_likelihood(X, W, psi, MEAN), ppca_log_likelihood(X, W, 0.6, MEAN))
    expected = ppca_posterior(X, W, 0.6, MEAN)
    for ours, theirs in zip(factor_posterior(X, W, psi, MEAN), expected, strict=True):
        assert_close(ours, theirs, atol=1e-10)


@pytest.mark.reference("the step worked out by hand, and by rows", of="dlcore.factor.fa_em_step")
def test_one_step():
    S = ROWS.T @ ROWS / 4
    new, psi = fa_em_step(S, torch.ones(2, 1).double(), torch.ones(2).double())
    assert_close(new.T, torch.tensor([[18 / 11, 6 / 11]]), rtol=1e-6)
    assert_close(psi, torch.tensor([19 / 11, 7 / 11]), rtol=1e-6)
    A = X - X.mean(0)
    gain = W.T @ torch.linalg.inv(W @ W.T + PSI.diag())
    z, G = A @ gain.T, torch.eye(3).double() - gain @ W
    by_rows = torch.linalg.solve(z.T @ z + len(A) * G, z.T @ A).T
    rest = A.square() - 2 * A * (z @ by_rows.T) + (z @ by_rows.T).square()
    spread = ((by_rows @ G) * by_rows).sum(1)
    new, psi = fa_em_step(A.T @ A / len(A), W, PSI)
    assert_close(new, by_rows, rtol=1e-8, atol=1e-9)
    assert_close(psi, rest.mean(0) + spread, rtol=1e-8, atol=1e-9)


@given(st.integers(0, 2**31), st.integers(1, 4))
def test_no_step_lowers_the_likelihood(seed, k):
    A = gaussian(12, 5, seed=seed)
    A = A - A.mean(0)
    W, psi = gaussian(5, k, seed=seed + 1), gaussian(5, seed=seed + 2).exp()
    zero = torch.zeros(5, dtype=torch.float64)
    before = fa_log_likelihood(A, W, psi, zero)
    after = fa_log_likelihood(A, *fa_em_step(A.T @ A / 12, W, psi), zero)
    assert after >= before - 1e-9 * abs(before)


def test_a_step_follows_the_units():
    S, scale = gaussian(9, 7).T @ gaussian(9, 7) / 9, torch.arange(1.0, 8.0).double()
    new, psi = fa_em_step(S, W, PSI)
    scaled = fa_em_step(S * scale * scale[:, None], W * scale[:, None], PSI * scale**2)
    assert_close(scaled.W, new * scale[:, None], rtol=1e-8, atol=1e-9)
    assert_close(scaled.psi, psi * scale**2, rtol=1e-8, atol=1e-9)


@pytest.mark.bad_input
def test_bad_input():
    for function in (fa_log_likelihood, factor_posterior):
        with pytest.raises(ValueError, match="needs W of shape"):
            function(X, W.T, PSI, MEAN)
        with pytest.raises(ValueError, match=r"noise of shape \(7,\) expected"):
            function(X, W, torch.tensor(1.0), MEAN)
        with pytest.raises(ValueError, match="noise variance must be positive, got 0"):
            function(X, W, PSI * (PSI > 1), MEAN)
    with pytest.raises(ValueError, match=r"S must have shape \(d, d\)"):
        fa_em_step(X, W, PSI)
    with pytest.raises(ValueError, match="needs W of shape"):
        fa_em_step(torch.eye(3), W, PSI)
