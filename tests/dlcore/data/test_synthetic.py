"""Synthetic sets: the noiseless shapes exactly, the noise by its moments."""

import math

import numpy as np
import pytest
import torch
from sklearn import datasets

from dlcore.data import blobs, circles, spirals, two_moons, xor
from tests.parity import assert_close

MAKERS = [
    two_moons,
    circles,
    spirals,
    xor,
    lambda n, noise, generator=None: blobs(n, torch.eye(2), noise, generator=generator),
]


@pytest.mark.reference("sklearn.datasets.make_moons", of="dlcore.data.two_moons")
@pytest.mark.parametrize("n", [2, 40, 41])
def test_moons(n):
    X, y = two_moons(n, noise=0.0)
    expected = datasets.make_moons(n, shuffle=False)
    assert_close(X, expected[0].astype(np.float32), rtol=1e-5, atol=1e-6)
    assert torch.equal(y, torch.from_numpy(expected[1]))


@pytest.mark.reference("sklearn.datasets.make_circles", of="dlcore.data.circles")
@pytest.mark.parametrize("n", [2, 40, 41])
def test_circles(n):
    X, y = circles(n, noise=0.0, ratio=0.3)
    expected = datasets.make_circles(n, shuffle=False, factor=0.3)
    assert_close(X, expected[0].astype(np.float32), rtol=1e-5, atol=1e-6)
    assert torch.equal(y, torch.from_numpy(expected[1]))


@pytest.mark.reference("closed form: angle = 2 pi (k / K + turns r)", of="dlcore.data.spirals")
def test_spirals():
    X, y = spirals(31, arms=3, noise=0.0, turns=0.5)
    r = X.norm(dim=1)
    angle = torch.atan2(X[:, 1], X[:, 0])
    assert_close((angle - 2 * math.pi * (y / 3 + 0.5 * r)).cos(), torch.ones(31), rtol=1e-5)
    assert y.bincount().tolist() == [10, 10, 11]
    assert (r[y == 0] > 0).all()


@pytest.mark.reference("sklearn.datasets.make_blobs", of="dlcore.data.blobs")
def test_blobs_have_the_moments_of_scikit_learns():
    """Means and deviations of 2000 points a cloud agree within 5 standard errors (6e-6 each)."""
    centers = torch.tensor([[0.0, 5.0], [-3.0, 1.0], [7.0, 7.0]])
    X, y = blobs(6000, centers, 0.5, generator=torch.Generator().manual_seed(0))
    Z, labels = datasets.make_blobs([2000] * 3, centers=centers, cluster_std=0.5, random_state=0)
    for k in range(3):
        ours, theirs = X[y == k], torch.from_numpy(Z[labels == k])
        error = 5 * 0.5 * math.sqrt(2 / 2000)
        assert (ours.mean(0) - theirs.mean(0)).abs().max() < error
        assert (ours.std(0) - theirs.std(0)).abs().max() < error / math.sqrt(2)


@pytest.mark.reference("torch.logical_xor", of="dlcore.data.xor")
def test_xor():
    X, y = xor(23, noise=0.0)
    assert torch.equal(y.bool(), torch.logical_xor(*X.T))


@pytest.mark.parametrize("make", MAKERS)
def test_noise_has_the_stated_deviation_and_follows_the_generator(make):
    """4000 coordinates: their deviation is within 5 standard errors of 0.2 (false alarm 6e-7)."""
    clean = make(2000, noise=0.0).X
    noisy = make(2000, noise=0.2, generator=torch.Generator().manual_seed(0)).X
    again = make(2000, noise=0.2, generator=torch.Generator().manual_seed(0)).X
    assert torch.equal(noisy, again)
    assert abs((noisy - clean).std().item() - 0.2) < 5 * 0.2 / math.sqrt(2 * 4000)
    assert noisy.dtype == torch.float32


@pytest.mark.bad_input
@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("noise", [-0.1, float("nan"), float("inf")])
def test_bad_noise(make, noise):
    with pytest.raises(ValueError, match="noise must be a standard deviation"):
        make(20, noise=noise)


@pytest.mark.bad_input
@pytest.mark.parametrize("make", MAKERS)
def test_too_few_points(make):
    with pytest.raises(ValueError, match="n must be at least"):
        make(1, noise=0.1)


@pytest.mark.bad_input
def test_impossible_shapes():
    with pytest.raises(ValueError, match="ratio must lie between 0 and 1"):
        circles(ratio=1.5)
    with pytest.raises(ValueError, match="arms must be at least 1"):
        spirals(arms=0)
    with pytest.raises(ValueError, match=r"centers must have shape \(k, 2\), got \(2, 3\)"):
        blobs(10, torch.zeros(2, 3))
