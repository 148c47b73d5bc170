"""Rotated loadings: the same model, the clearest axes, the way back."""

import numpy as np
import pytest
import torch
from scipy.linalg import orthogonal_procrustes
from scipy.stats import multivariate_normal, ortho_group
from sklearn.decomposition import FactorAnalysis

from dlcore.factor import fa_log_likelihood, procrustes_rotation, rotate_loadings, varimax
from dlcore.linalg import ConvergenceWarning
from tests.dlcore.factor.planted import loadings, simple_structure
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

W = loadings()
R = torch.from_numpy(ortho_group.rvs(3, random_state=0))


@pytest.mark.reference("scipy.stats.multivariate_normal.logpdf", of="dlcore.factor.rotate_loadings")
def test_the_density_stays():
    X, psi, mean = gaussian(5, 7, seed=2), gaussian(7).exp(), gaussian(7, seed=4)
    before = multivariate_normal(mean, W @ W.T + psi.diag()).logpdf(X).sum()
    for turn in (R, R * torch.tensor([1, 1, -1])):
        turned = rotate_loadings(W, turn)
        assert_close(fa_log_likelihood(X, turned, psi, mean), before)
        assert (turned - W).abs().max() > 0.1


@pytest.mark.reference("scipy.linalg.orthogonal_procrustes", of="dlcore.factor.procrustes_rotation")
def test_the_way_back():
    for turn in (R, R * torch.tensor([1, 1, -1])):
        assert_close(procrustes_rotation(W, W @ turn), turn, atol=1e-10)
    B = gaussian(7, 3, seed=8)
    assert_close(procrustes_rotation(W, B), orthogonal_procrustes(W, B)[0], atol=1e-10)


def spread(W: np.ndarray) -> float:
    return float((W**2).var(0).sum())


@pytest.mark.reference("a search over all angles", of="dlcore.factor.varimax")
@pytest.mark.parametrize("seed", range(4))
def test_varimax_is_the_best_of_all_angles(seed):
    W = gaussian(6, 2, seed=seed)
    t = torch.linspace(0, torch.pi, 2000).double()
    turns = torch.stack([t.cos(), -t.sin(), t.sin(), t.cos()], 1).unflatten(1, (2, 2))
    best = max(spread((W @ turn).numpy()) for turn in turns)
    assert best <= spread(varimax(W).loadings.numpy()) <= best * (1 + 1e-4)


def test_varimax_is_at_least_as_clear_as_that_of_scikit_learn():
    X = simple_structure().numpy()
    plain = FactorAnalysis(2, svd_method="lapack").fit(X).components_.T
    theirs = FactorAnalysis(2, svd_method="lapack", rotation="varimax").fit(X).components_.T
    ours = varimax(torch.from_numpy(plain))
    assert_close(ours.loadings, plain @ ours.R.numpy(), atol=1e-10)
    assert_close(ours.R.T @ ours.R, torch.eye(2), atol=1e-10)
    assert spread(ours.loadings.numpy()) >= spread(theirs) > spread(plain)
    assert varimax(torch.from_numpy(plain).requires_grad_()).loadings.requires_grad
    assert varimax(torch.from_numpy(plain).float()).loadings.dtype == torch.float32


def test_where_all_angles_are_alike_nothing_turns():
    for W in (torch.zeros(3, 2), torch.tensor([[1.0, 1.0, 0.0]]).T @ torch.ones(1, 1)):
        assert torch.equal(varimax(W).loadings, W)
    # five points on a circle: their fourth moments are those of the whole circle
    t = torch.arange(5, dtype=torch.float64) * 0.4 * torch.pi
    circle = torch.stack([t.cos(), t.sin()], 1)
    assert torch.equal(varimax(circle).loadings, circle)


def test_a_hidden_simple_structure_is_found():
    simple = torch.block_diag(*[torch.tensor([[1.0], [2.0], [1.5]]).double()] * 3)
    found = varimax(simple @ R).loadings
    order = (found.T @ simple).abs().argmax(0)
    assert_close(found[:, order].abs(), simple, atol=1e-5)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="R is not orthogonal, R'R differs from I by"):
        rotate_loadings(W, 2 * R)
    with pytest.raises(ValueError, match=r"R must have shape \(3, 3\), got \(2, 2\)"):
        rotate_loadings(W, R[:2, :2])
    with pytest.raises(ValueError, match="needs equal shapes"):
        procrustes_rotation(W, W[:3])
    with pytest.raises(ValueError, match="max_iter must be at least 1"):
        varimax(W, max_iter=0)
    with pytest.raises(TypeError, match="floating-point"):
        varimax(torch.ones(3, 2, dtype=torch.long))


def test_too_few_steps_are_said():
    with pytest.warns(ConvergenceWarning, match="varimax: no convergence after 1 steps"):
        varimax(W, max_iter=1)
