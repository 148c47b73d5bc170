"""Isomap, locally linear embedding, Laplacian eigenmaps against SciPy and scikit-learn."""

import numpy as np
import pytest
import sklearn.manifold
import torch
from scipy.sparse.csgraph import shortest_path
from sklearn.datasets import make_swiss_roll
from sklearn.neighbors import kneighbors_graph

from dlcore.representation import (
    geodesic_distances,
    isomap,
    locally_linear_embedding,
    neighbor_graph,
    reconstruction_weights,
    spectral_embedding,
)
from tests.parity import assert_close

ROLL, _ = make_swiss_roll(173, random_state=0)
X = torch.from_numpy(ROLL)


def same_up_to_sign(ours, theirs, **tolerance):
    theirs = torch.as_tensor(theirs)
    assert_close(ours, theirs * (ours * theirs).sum(0).sign(), **tolerance)


@pytest.mark.reference(
    "sklearn.neighbors.kneighbors_graph", of="dlcore.representation.neighbor_graph"
)
def test_edges_of_scikit_learn():
    graph = kneighbors_graph(ROLL, 6, mode="distance").toarray()
    graph[graph == 0] = np.inf
    graph = np.minimum(graph, graph.T)
    np.fill_diagonal(graph, 0)
    assert_close(neighbor_graph(X, 6), graph)
    twins = torch.tensor([[1.0], [1.0], [4.0]])
    assert neighbor_graph(twins, 1)[0, 1] == 0
    assert neighbor_graph(twins, 1)[0].isinf().sum() <= 1


@pytest.mark.reference(
    "scipy.sparse.csgraph.shortest_path", of="dlcore.representation.geodesic_distances"
)
def test_shortest_ways_of_scipy():
    graph = kneighbors_graph(ROLL, 7, mode="distance")
    ours = geodesic_distances(X, 7)
    assert_close(ours, shortest_path(graph, directed=False))
    assert (ours >= torch.cdist(X, X) - 1e-6).all()


@pytest.mark.reference("sklearn.manifold.Isomap", of="dlcore.representation.isomap")
def test_isomap_of_scikit_learn():
    theirs = sklearn.manifold.Isomap(n_neighbors=8, n_components=2).fit_transform(ROLL)
    ours = isomap(X, 2, n_neighbors=8)
    same_up_to_sign(ours, theirs, atol=1e-7)
    many, along = make_swiss_roll(500, random_state=0)
    unrolled = isomap(torch.from_numpy(many), 1, n_neighbors=7)
    assert abs(np.corrcoef(unrolled[:, 0], along)[0, 1]) > 0.99
    single = isomap(X.float(), 2, n_neighbors=8)
    assert single.dtype == torch.float32
    same_up_to_sign(single.double(), theirs, atol=1e-2)


@pytest.mark.reference(
    "sklearn.manifold.SpectralEmbedding", of="dlcore.representation.spectral_embedding"
)
def test_spectral_embedding_of_scikit_learn():
    W = torch.exp(-torch.cdist(X, X).square() / 60)
    theirs = sklearn.manifold.SpectralEmbedding(
        3, affinity="precomputed", eigen_solver="arpack", random_state=0
    ).fit_transform(W.numpy())
    ours = spectral_embedding(W, 3)
    same_up_to_sign(ours, theirs, atol=1e-7)
    degrees = (W - torch.eye(len(W))).sum(1)
    assert_close(ours.T @ (degrees[:, None] * ours), torch.eye(3).double(), atol=1e-9)
    assert (ours.gather(0, ours.abs().argmax(0, keepdim=True)) > 0).all()


@pytest.mark.reference(
    "numpy.linalg.lstsq with the weights' sum", of="dlcore.representation.reconstruction_weights"
)
def test_weights_rebuild_as_well_as_can_be():
    W = reconstruction_weights(X, 3, reg=0.0)
    assert_close(W.sum(1), torch.ones(len(X)).double())
    for i in (0, 50, 172):
        near = W[i].nonzero().flatten()
        expected = torch.cdist(X[i : i + 1], X)[0].argsort()[1:4]
        assert sorted(near.tolist()) == sorted(expected.tolist())
        steps = X[near[:2]] - X[near[2]]
        solved = np.linalg.lstsq(steps.T.numpy(), (X[i] - X[near[2]]).numpy(), rcond=None)[0]
        assert_close(W[i, near[:2]], solved, rtol=1e-6)
    turn = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(1)).double())
    assert_close(reconstruction_weights(5 * X @ turn[0] + 2, 3, reg=0.0), W, rtol=1e-5, atol=1e-7)
    assert reconstruction_weights(torch.ones(5, 2), 2)[0].sum() == 1


@pytest.mark.reference(
    "sklearn.manifold.LocallyLinearEmbedding",
    of="dlcore.representation.locally_linear_embedding",
)
def test_locally_linear_embedding_of_scikit_learn():
    theirs = sklearn.manifold.LocallyLinearEmbedding(
        n_neighbors=9, n_components=2, eigen_solver="dense"
    ).fit_transform(ROLL)
    ours = locally_linear_embedding(X, 2, n_neighbors=9)
    same_up_to_sign(ours, theirs * len(X) ** 0.5, atol=1e-5)
    assert_close(ours.T @ ours / len(X), torch.eye(2).double(), atol=1e-9)
    assert_close(ours.mean(0), torch.zeros(2).double(), atol=1e-6)
    assert locally_linear_embedding(X.float(), 2, n_neighbors=9).dtype == torch.float32


@pytest.mark.bad_input
def test_what_does_not_fit():
    two = torch.tensor([[0.0], [0.1], [9.0], [9.1]])
    for call, message in (
        (lambda: neighbor_graph(X, 0), "n_neighbors must be from 1 to 172"),
        (lambda: neighbor_graph(X, 173), "n_neighbors must be from 1 to 172"),
        (lambda: geodesic_distances(two, 1), "falls into 2 parts"),
        (lambda: isomap(X, 0), "n_components must be from 1 to 172"),
        (lambda: isomap(X[0]), "needs one matrix"),
        (lambda: locally_linear_embedding(X, 173), "n_components must be from 1 to 172"),
        (lambda: reconstruction_weights(X, 3, reg=-1.0), "reg must be at least 0"),
        (lambda: spectral_embedding(torch.eye(4)), "a node without edges"),
        (lambda: spectral_embedding(torch.ones(4, 4), 4), "n_components must be from 1 to 3"),
        (lambda: spectral_embedding(-torch.ones(4, 4)), "must not be negative"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match="floating-point"):
        neighbor_graph(torch.ones(4, 2, dtype=torch.int64))
