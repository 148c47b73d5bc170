"""Neighbours by distances, trees and hashing against scikit-learn and SciPy."""

import numpy as np
import pytest
import sklearn.neighbors as peer
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import KDTree as ScipyTree
from scipy.spatial.distance import cdist

from dlcore.classical import (
    BallTree,
    KDTree,
    KNeighborsClassifier,
    KNeighborsRegressor,
    Neighbors,
    RandomProjectionLSH,
    StandardScaler,
    nearest_neighbors,
)
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

X, Q = gaussian(211, 3), gaussian(53, 3, seed=1)
Y = (X[:, 0] > X[:, 1]).long() + (X[:, 2] > 1).long()
ROOT_OF_ROUNDING = 1e-7  # by |a|² + |b|² - 2ab, scikit-learn's way, equal points may be 3e-8 apart


@pytest.mark.reference("scipy.spatial.distance.cdist", of="dlcore.classical.nearest_neighbors")
@pytest.mark.reference("scipy.spatial.distance.cdist", of="dlcore.classical.Neighbors")
@pytest.mark.parametrize("p", [1, 2, 3.0, float("inf")])
@pytest.mark.parametrize("n", [211, 7])
def test_brute_force(n, p):
    found = nearest_neighbors(X[:n], Q, 5, p=p)
    assert isinstance(found, Neighbors)
    names = {1: "cityblock", 2: "euclidean", float("inf"): "chebyshev"}
    options = {"metric": names[p]} if p in names else {"metric": "minkowski", "p": p}
    table = cdist(Q, X[:n], **options)
    assert_close(found.distances, np.sort(table, 1)[:, :5])
    assert_close(found.indices, table.argsort(1, kind="stable")[:, :5])


def test_many_points_are_searched_in_groups():
    points = gaussian(3001, 4) + 1000
    queries = gaussian(17, 4, seed=1) + 1000
    table = cdist(queries, points)
    found = nearest_neighbors(points, queries, 3)
    assert_close(found.distances, np.sort(table, 1)[:, :3], rtol=1e-8)
    assert_close(found.indices, table.argsort(1)[:, :3])
    assert_close(nearest_neighbors(points, points, 1).indices[:, 0], torch.arange(3001))
    assert nearest_neighbors(points, queries[:0], 3).indices.shape == (0, 3)


@pytest.mark.reference("scipy.spatial.KDTree", of="dlcore.classical.KDTree")
@pytest.mark.reference("sklearn.neighbors.BallTree", of="dlcore.classical.BallTree")
@pytest.mark.parametrize("tree", [KDTree, BallTree])
@pytest.mark.parametrize("leaf_size", [1, 10, 1000])
@pytest.mark.parametrize("k", [1, 5, 40])
def test_trees_are_exact(tree, leaf_size, k):
    distances, indices = tree(X, leaf_size).query(Q, k)
    theirs = ScipyTree(X).query(Q, list(range(1, k + 1)))
    assert_close(distances, theirs[0])
    assert_close(indices, theirs[1])
    assert_close(distances, peer.BallTree(X).query(Q, k)[0])


@settings(max_examples=30)
@given(st.integers(1, 60), st.integers(1, 9), st.integers(1, 5), st.integers(0, 99))
def test_trees_with_ties_and_any_number_of_points(n, leaf_size, d, seed):
    generator = torch.Generator().manual_seed(seed)
    points = torch.randint(0, 3, (n, d), generator=generator).double()
    queries = torch.randint(0, 3, (7, d), generator=generator).double()
    k = min(n, 4)
    expected = np.sort(cdist(queries, points), 1)[:, :k]
    for tree in (KDTree, BallTree):
        distances, indices = tree(points, leaf_size).query(queries, k)
        assert_close(distances, expected)
        assert_close((points[indices] - queries[:, None]).norm(dim=2), expected)
        assert all(len(set(row)) == k for row in indices.tolist())


def test_trees_skip_most_leaves_in_few_dimensions():
    points, queries = gaussian(2000, 2), gaussian(100, 2, seed=1)
    tree = KDTree(points, 16)
    looked_at = []
    look = tree._look
    tree._look = lambda q, leaf, *rest: looked_at.append(leaf.numel()) or look(q, leaf, *rest)
    tree.query(queries, 3)
    assert sum(looked_at) / 100 < 0.1 * len(tree.leaves)


@pytest.mark.reference("sklearn.neighbors brute force", of="dlcore.classical.RandomProjectionLSH")
def test_hashing_finds_most(generator):
    points, queries = gaussian(2000, 10), gaussian(100, 10, seed=1)
    exact = peer.NearestNeighbors(algorithm="brute").fit(points).kneighbors(queries, 5)
    recalls, costs = [], []
    for tables in (1, 8, 32):
        index = RandomProjectionLSH(points, n_tables=tables, n_bits=6, generator=generator)
        found = index.query(queries, 5)
        hits = (found.indices[:, :, None].numpy() == exact[1][:, None]).any(2)
        recalls.append(hits.mean())
        costs.append(len(index.candidates(queries)[0]) / (100 * 2000))
        known = found.indices >= 0
        again = (points[found.indices] - queries[:, None]).norm(dim=2)
        assert_close(found.distances[known], again[known])
        assert found.distances[~known].isinf().all()
    assert recalls[0] < recalls[1] < recalls[2]
    assert recalls[2] > 0.9
    assert costs[1] < 0.5


def test_the_share_of_equal_bits_tells_the_angle(generator):
    pair = torch.tensor([[1.0, 0.0], [0.5, 3**0.5 / 2]], dtype=torch.float64)
    index = RandomProjectionLSH(
        torch.cat([pair, -pair]), n_tables=4000, n_bits=1, generator=generator
    )
    a, b = index._hash(pair).T
    assert_close((a == b).double().mean(), 2 / 3, atol=0.03)  # four standard errors


@pytest.mark.reference(
    "sklearn.neighbors.KNeighborsClassifier", of="dlcore.classical.KNeighborsClassifier"
)
@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize(
    ("algorithm", "p"), [("brute", 2), ("brute", 1), ("kd_tree", 2), ("ball_tree", 2)]
)
@pytest.mark.parametrize("k", [1, 7])
def test_classifier(weights, algorithm, p, k):
    options = {"weights": weights, "algorithm": algorithm, "p": p}
    ours = KNeighborsClassifier(k, **options).fit(X, Y)
    theirs = peer.KNeighborsClassifier(k, **options).fit(X, Y)
    points = torch.cat([Q, X[:5]])
    assert_close(ours.predict_proba(points), theirs.predict_proba(points), rtol=1e-8, atol=1e-9)
    assert_close(ours.predict(points), theirs.predict(points))
    distances, indices = theirs.kneighbors(points)
    assert_close(ours.kneighbors(points).distances, distances, rtol=1e-8, atol=ROOT_OF_ROUNDING)
    assert_close(ours.kneighbors(points).indices, indices)


@pytest.mark.reference(
    "sklearn.neighbors.KNeighborsRegressor", of="dlcore.classical.KNeighborsRegressor"
)
@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("algorithm", ["brute", "kd_tree"])
def test_regressor(weights, algorithm):
    y = X[:, 0].sin()
    ours = KNeighborsRegressor(4, weights=weights, algorithm=algorithm).fit(X, y)
    theirs = peer.KNeighborsRegressor(4, weights=weights, algorithm=algorithm).fit(X, y)
    assert_close(ours.predict(Q), theirs.predict(Q), rtol=1e-8)
    assert_close(ours.predict(X), theirs.predict(X), rtol=1e-8, atol=10 * ROOT_OF_ROUNDING)


def test_neighbours_at_one_and_two():
    points = torch.tensor([[1.0], [-2.0]], dtype=torch.float64)
    y = torch.tensor([10.0, 40.0], dtype=torch.float64)
    origin = torch.zeros(1, 1, dtype=torch.float64)
    for weights, value in (("uniform", 25.0), ("distance", 20.0)):
        model = KNeighborsRegressor(2, weights=weights).fit(points, y)
        assert_close(model.predict(origin), [value])


def test_of_equal_votes_the_first_label_wins():
    points = torch.tensor([[-1.0], [1.0]])
    model = KNeighborsClassifier(2).fit(points, torch.tensor([7, 3]))
    assert model.predict(torch.zeros(1, 1)).tolist() == [3]


def test_manhattan_distance_needs_scaling_too():
    generator = torch.Generator().manual_seed(0)
    A = torch.randn(600, 2, generator=generator)
    y = (A[:, 0] > 0).long()
    A[:, 1] *= 1000
    for p in (1, 2):
        raw = KNeighborsClassifier(p=p).fit(A[:400], y[:400]).score(A[400:], y[400:])
        scaler = StandardScaler().fit(A[:400])
        model = KNeighborsClassifier(p=p).fit(scaler.transform(A[:400]), y[:400])
        assert raw < 0.6 < 0.9 < model.score(scaler.transform(A[400:]), y[400:])


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="k must be from 1 to the 211 points, got 212"):
        nearest_neighbors(X, Q, 212)
    with pytest.raises(ValueError, match="equally many coordinates"):
        KDTree(X).query(Q[:, :2])
    with pytest.raises(ValueError, match="BallTree needs points"):
        BallTree(X[:0])
    with pytest.raises(ValueError, match="n_bits from 1 to 60"):
        RandomProjectionLSH(X, n_bits=64)
    with pytest.raises(ValueError, match="weights must be"):
        KNeighborsClassifier(weights="cubic").fit(X, Y)
    with pytest.raises(ValueError, match="algorithm must be one of"):
        KNeighborsClassifier(algorithm="lsh").fit(X, Y)
    with pytest.raises(ValueError, match="kd_tree needs p=2, got p=1"):
        KNeighborsClassifier(algorithm="kd_tree", p=1).fit(X, Y)
    with pytest.raises(ValueError, match="n_neighbors and p must be at least 1"):
        KNeighborsRegressor(0).fit(X, X[:, 0])
    with pytest.raises(ValueError, match="n_neighbors=300, but there are n_samples=211"):
        KNeighborsClassifier(300).fit(X, Y).predict(Q)
