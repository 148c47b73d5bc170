"""EM for probabilistic PCA: one step by hand, never downhill, and where it ends."""

import pytest
import sklearn.decomposition
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import subspace_angles

from dlcore.factor import (
    em_pca,
    ppca_e_step,
    ppca_em,
    ppca_em_missing,
    ppca_log_likelihood,
    ppca_m_step,
    ppca_maximum_likelihood,
)
from dlcore.linalg import ConvergenceWarning
from tests.dlcore.factor.planted import ROWS, loadings, planted
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

X = planted(41, loadings(), torch.full((7,), 0.5, dtype=torch.float64))
ZERO, ONES = torch.zeros(2, dtype=torch.float64), torch.ones(2, 1, dtype=torch.float64)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.reference("the step worked out by hand", of="dlcore.factor.ppca_m_step")
def test_one_step_by_hand():
    moments = ppca_e_step(ROWS, ONES, 1.0, ZERO)
    assert_close(moments.first[:, 0], torch.tensor([4 / 3, -4 / 3, 0, 0]), rtol=1e-6, atol=1e-12)
    assert_close(moments.second, torch.tensor([[4 / 3 + 32 / 9]]), rtol=1e-6)
    W, sigma2, _ = ppca_m_step(ROWS, moments, ZERO)
    assert_close(W.T, torch.tensor([[18 / 11, 6 / 11]]), rtol=1e-6)
    assert_close(sigma2, torch.tensor(13 / 11), rtol=1e-6)
    before, after = (
        ppca_log_likelihood(ROWS, ONES, 1.0, ZERO),
        ppca_log_likelihood(ROWS, W, sigma2, ZERO),
    )
    assert_close(torch.stack([before, after]), torch.tensor([-16.215400, -14.390851]), atol=1e-5)


@pytest.mark.reference(
    "samples from torch.distributions.MultivariateNormal", of="dlcore.factor.ppca_e_step"
)
def test_expected_products_hold_the_spread_of_the_posterior():
    W, mean = loadings(), gaussian(7, seed=5)
    precision = torch.eye(3).double() + W.T @ W / 0.6
    first = (X - mean) @ W @ torch.linalg.inv(precision) / 0.6
    law = torch.distributions.MultivariateNormal(first, precision_matrix=precision.expand(41, 3, 3))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        z = law.sample((20_000,))
    moments = ppca_e_step(X, W, 0.6, mean)
    assert_close(moments.first, first, atol=1e-10)
    sampled = torch.einsum("sni,snj->ij", z, z) / len(z)
    assert (moments.second - sampled).abs().max() < 0.02 * moments.second.abs().max()


@given(st.integers(0, 2**31), st.integers(1, 4), st.floats(0.05, 20))
def test_no_step_lowers_the_likelihood(seed, k, sigma2):
    A = gaussian(12, 5, seed=seed)
    W, mean = gaussian(5, k, seed=seed + 1), A.mean(0)
    before = ppca_log_likelihood(A, W, sigma2, mean)
    after = ppca_log_likelihood(A, *ppca_m_step(A, ppca_e_step(A, W, sigma2, mean), mean))
    assert after >= before - 1e-9 * abs(before)


@pytest.mark.reference("the closed form by sklearn.decomposition.PCA", of="dlcore.factor.ppca_em")
@pytest.mark.parametrize("k", [1, 3])
def test_it_ends_at_the_closed_form(k):
    fit = ppca_em(X, k, tol=1e-12, generator=seeded())
    theirs = sklearn.decomposition.PCA(k, svd_solver="full").fit(X.numpy())
    assert_close(fit.sigma2, theirs.noise_variance_ * 40 / 41, rtol=1e-5)
    covariance = fit.W @ fit.W.T + fit.sigma2 * torch.eye(7).double()
    assert_close(covariance, theirs.get_covariance() * 40 / 41, rtol=1e-4, atol=1e-4)
    history = torch.tensor(fit.log_likelihoods)
    assert (history.diff() >= -1e-9).all()
    assert_close(history[-1], ppca_log_likelihood(X, fit.W, fit.sigma2, fit.mean), rtol=1e-6)
    single = ppca_em(X.float(), k, tol=1e-12, generator=seeded())
    assert single.W.dtype == torch.float32
    assert_close(single.W, fit.W, rtol=1e-4, atol=1e-4)


@pytest.mark.reference("scipy.linalg.subspace_angles to sklearn's PCA", of="dlcore.factor.em_pca")
@pytest.mark.parametrize("k", [1, 2, 4])
def test_without_noise_it_finds_the_principal_subspace(k):
    U, mean, steps = em_pca(X, k, tol=1e-9, generator=seeded())
    theirs = sklearn.decomposition.PCA(k, svd_solver="full").fit(X.numpy())
    assert subspace_angles(U.numpy(), theirs.components_.T).max() < 1e-6
    assert_close(U.T @ U, torch.eye(k), atol=1e-10)
    assert_close(mean, theirs.mean_)
    assert 1 < steps < 1000
    assert em_pca(X.float(), k, generator=seeded()).W.dtype == torch.float32


def test_the_gain_of_a_step_is_the_ratio_of_eigenvalues():
    basis = torch.linalg.qr(gaussian(20, 3) - gaussian(20, 3).mean(0)).Q
    A = basis * torch.tensor([2.0, 1.0, 0.5], dtype=torch.float64)
    top = torch.tensor([1.0, 0.0, 0.0], dtype=torch.float64)
    far = []
    for steps in (3, 4):
        with pytest.warns(ConvergenceWarning, match="em_pca: no convergence"):
            U = em_pca(A, 1, max_iter=steps, tol=1e-12, generator=seeded()).W
        far.append(float((1 - (U[:, 0] @ top) ** 2).sqrt()))
    assert far[1] / far[0] == pytest.approx(1 / 4, rel=0.1)


def test_data_that_ask_for_gradients_are_taken_as_they_are():
    watched = X.clone().requires_grad_()
    for fit in (ppca_em, ppca_em_missing, em_pca):
        assert torch.equal(fit(watched, 1, generator=seeded()).W, fit(X, 1, generator=seeded()).W)


def test_too_few_steps_are_said():
    for fit in (ppca_em, ppca_em_missing):
        with pytest.warns(ConvergenceWarning, match="no convergence after 2 steps"):
            assert len(fit(X, 2, max_iter=2, generator=seeded()).log_likelihoods) == 3


@pytest.mark.bad_input
def test_bad_input():
    for fit in (ppca_em, em_pca):
        with pytest.raises(ValueError, match="components must be from 1 to 6"):
            fit(X, 7)
        with pytest.raises(ValueError, match="max_iter must be at least 1"):
            fit(X, 2, max_iter=0)
    with pytest.raises(ValueError, match="no noise is left"):
        ppca_em(gaussian(20, 2) @ gaussian(2, 5), 2, tol=-1)
    with pytest.raises(ValueError, match="vary in fewer than 3 dimensions"):
        em_pca(gaussian(20, 2) @ gaussian(2, 5), 3)
    with pytest.raises(ValueError, match=r"need moments of shape \(41, k\)"):
        ppca_m_step(X, ppca_e_step(X[:3], loadings(), 1.0, X.mean(0)), X.mean(0))
    closed = ppca_maximum_likelihood(X, 2)
    with pytest.raises(ValueError, match="needs W of shape"):
        ppca_e_step(X[:, :3], *closed)
