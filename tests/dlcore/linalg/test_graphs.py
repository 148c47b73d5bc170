"""Laplacians against SciPy and networkx, frequencies against the cosines of a ring."""

import math

import networkx as nx
import numpy as np
import pytest
import scipy.sparse.csgraph
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.linalg import graph_fourier_transform, graph_laplacian, spectral_filter
from tests.dlcore.linalg.matrices import gaussian, symmetric
from tests.parity import assert_close, assert_parity

KARATE = torch.from_numpy(nx.to_numpy_array(nx.karate_club_graph()))


@pytest.mark.reference("scipy.sparse.csgraph.laplacian", of="dlcore.linalg.graph_laplacian")
@pytest.mark.parametrize("normalized", [True, False])
def test_laplacian(normalized):
    A = torch.cat([KARATE, torch.zeros(34, 3).double()], 1)
    A = torch.cat([A, torch.zeros(3, 37).double()])  # three nodes without edges
    theirs = scipy.sparse.csgraph.laplacian(A.numpy(), normed=normalized)
    ours = graph_laplacian(A, normalized=normalized)
    assert_close(ours, theirs)
    assert (torch.linalg.eigvalsh(ours).abs() < 1e-12).sum() == 4
    both = graph_laplacian(torch.stack([A, A + 1]), normalized=normalized)
    assert_close(both[0], ours)


def test_networkx():
    graph = nx.karate_club_graph()
    assert_close(graph_laplacian(KARATE), nx.laplacian_matrix(graph).toarray().astype(float))
    theirs = nx.normalized_laplacian_matrix(graph).toarray()
    assert_close(graph_laplacian(KARATE, normalized=True), theirs)


def test_loops_do_not_count():
    A = KARATE + 3 * torch.eye(34)
    assert_close(graph_laplacian(A), graph_laplacian(KARATE))


@given(st.integers(2, 7), st.integers(0, 99))
def test_the_form_is_the_sum_over_the_edges(n, seed):
    A, x = symmetric(n, n, seed=seed).abs(), gaussian(n, seed=seed + 1)
    over_edges = (A * (x[:, None] - x).square()).sum() / 2
    assert_close(x @ graph_laplacian(A) @ x, over_edges, atol=1e-12)


def ring(n):
    shift = torch.eye(n, dtype=torch.float64).roll(1, 0)
    return shift + shift.T


@pytest.mark.reference("numpy.fft.fft", of="dlcore.linalg.graph_fourier_transform")
@pytest.mark.reference("numpy.fft.fft", of="dlcore.linalg.GraphFourier")
def test_on_a_ring_it_is_the_fourier_transform():
    n, x = 11, gaussian(11)
    fourier = graph_fourier_transform(graph_laplacian(ring(n)))
    k = torch.arange(n)
    frequencies = 2 - 2 * torch.cos(2 * math.pi * torch.minimum(k, n - k).double() / n)
    assert_close(fourier.frequencies, frequencies.sort().values, atol=1e-12)
    x_hat = fourier.transform(x)
    assert_close(fourier.inverse(x_hat), x)
    assert_close(fourier.transform(torch.stack([x, 2 * x], 1))[:, 1], 2 * x_hat)
    power = np.abs(np.fft.fft(x.numpy())) ** 2 / n
    ours = [x_hat[0] ** 2] + [x_hat[i] ** 2 + x_hat[i + 1] ** 2 for i in range(1, n, 2)]
    theirs = [power[0]] + [power[i] + power[n - i] for i in range(1, (n + 1) // 2)]
    assert_close(torch.stack(ours), theirs, atol=1e-12)


@pytest.mark.reference("torch.matrix_exp", of="dlcore.linalg.spectral_filter")
def test_heat_spreads_by_a_filter():
    L = graph_laplacian(KARATE)
    for x in (gaussian(34), gaussian(34, 3)):
        spread = spectral_filter(L, x, lambda f: (-0.3 * f).exp())
        assert_close(spread, torch.matrix_exp(-0.3 * L) @ x)
        polynomial = 2 * x - L @ x + 0.5 * L @ (L @ x)
        assert_close(spectral_filter(L, x, lambda f: 2 - f + 0.5 * f**2), polynomial, atol=1e-9)


def test_gradient():
    L = graph_laplacian(ring(5))
    assert_parity(
        lambda x: spectral_filter(L.to(x.dtype), x, torch.exp),
        lambda x: torch.matrix_exp(L.to(x.dtype)) @ x,
        gaussian(5),
        factor=20,
    )


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="weights must not be negative, got -1"):
        graph_laplacian(-torch.ones(3, 3))
    for f in (graph_laplacian, graph_fourier_transform):
        with pytest.raises(ValueError, match="needs a symmetric matrix"):
            f(torch.tensor([[0.0, 1.0], [0.0, 0.0]]))
    with pytest.raises(ValueError, match=r"x must have shape \(3,\) or \(3, c\), got \(2,\)"):
        spectral_filter(torch.eye(3), torch.ones(2), torch.exp)
    with pytest.raises(ValueError, match=r"g must give 3 factors, it gave shape \(\)"):
        spectral_filter(torch.eye(3), torch.ones(3), torch.sum)
