"""Distances against SciPy."""

import math

import pytest
import torch
from scipy.spatial.distance import cdist

from dlcore.linalg import minkowski_distance, pairwise_distances
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close, assert_parity


def scipy_cdist(X, Y, p):
    kind = {"metric": "chebyshev"} if p == math.inf else {"metric": "minkowski", "p": p}
    return cdist(X.numpy(), Y.numpy(), **kind)


@pytest.mark.reference("scipy.spatial.distance.cdist", of="dlcore.linalg.pairwise_distances")
@pytest.mark.reference("scipy.spatial.distance.cdist", of="dlcore.linalg.minkowski_distance")
@pytest.mark.parametrize("p", [1, 1.5, 2, 3, math.inf])
def test_distances(p):
    X, Y = gaussian(7, 3), gaussian(5, 3, seed=1)
    expected = scipy_cdist(X, Y, p)
    assert_close(pairwise_distances(X, Y, p), expected, rtol=1e-12)
    assert_close(minkowski_distance(X[:5], Y, p), expected.diagonal().copy(), rtol=1e-12)
    assert_close(pairwise_distances(X, p=p), scipy_cdist(X, X, p), rtol=1e-12)
    assert_parity(
        lambda X, Y: pairwise_distances(X, Y, p), lambda X, Y: torch.cdist(X, Y, p), X, Y, factor=10
    )


def test_close_points_far_from_the_origin_keep_their_digits():
    X = 1e6 + gaussian(7, 3)
    Y = X + 1e-6 * gaussian(7, 3, seed=1)
    assert_close(pairwise_distances(X, Y), scipy_cdist(X, Y, 2), rtol=1e-7)
    naive = (X.square().sum(1)[:, None] - 2 * X @ Y.T + Y.square().sum(1)).clamp(min=0).sqrt()
    assert (naive.diagonal() - pairwise_distances(X, Y).diagonal()).abs().max() > 1e-3


def test_a_point_is_at_distance_zero_from_itself_and_the_gradient_is_finite():
    X = gaussian(7, 3).requires_grad_()
    D = pairwise_distances(X)
    assert not D.diagonal().any()
    (gradient,) = torch.autograd.grad(D.sum(), X)
    assert gradient.isfinite().all()


def test_no_points():
    assert pairwise_distances(torch.zeros(0, 3), torch.zeros(5, 3)).shape == (0, 5)
    assert pairwise_distances(torch.zeros(5, 3), torch.zeros(0, 3)).shape == (5, 0)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"equally many coordinates, got shapes \(5, 3\) and"):
        pairwise_distances(torch.ones(5, 3), torch.ones(5, 2))
    with pytest.raises(ValueError, match="needs equal shapes"):
        minkowski_distance(torch.ones(3), torch.ones(2))
    with pytest.raises(ValueError, match="p must be at least 1"):
        pairwise_distances(torch.ones(5, 3), p=0)
