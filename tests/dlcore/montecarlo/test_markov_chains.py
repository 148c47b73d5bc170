"""Finite chains against eigenvectors, matrix powers and closed forms."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.montecarlo import (
    is_detailed_balanced,
    mh_transition_matrix,
    mixing_time,
    spectral_gap,
    stationary_distribution,
)
from tests.parity import assert_close

PI = torch.tensor([0.2, 0.3, 0.5], dtype=torch.float64)
FLIP = torch.tensor([[0.0, 1.0], [1.0, 0.0]])


def random_chain(seed, k=5):
    P = torch.rand(k, k, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) ** 4
    return P / P.sum(1, keepdim=True)


@pytest.mark.reference("numpy.linalg.eig", of="dlcore.montecarlo.stationary_distribution")
@pytest.mark.reference("numpy.linalg.eig", of="dlcore.montecarlo.spectral_gap")
@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_stationary_distribution_and_gap_are_those_of_the_eigenvectors(seed):
    P = random_chain(seed)
    values, vectors = np.linalg.eig(P.numpy().T)
    order = np.argsort(-np.abs(values))
    v = vectors[:, order[0]].real
    assert_close(stationary_distribution(P), v / v.sum(), rtol=1e-7, atol=1e-9)
    assert spectral_gap(P) == pytest.approx(1 - abs(values[order[1]]), abs=1e-8)


@pytest.mark.reference("numpy.linalg.matrix_power", of="dlcore.montecarlo.mixing_time")
@pytest.mark.parametrize(("lazy", "distance"), [(0.0, 0.25), (0.9, 0.25), (0.99, 0.01), (0.5, 0.9)])
def test_mixing_time_is_the_first_power_that_is_close(lazy, distance):
    P = lazy * torch.eye(5, dtype=torch.float64) + (1 - lazy) * random_chain(1)
    pi = np.linalg.matrix_power(P.numpy(), 100_000)[0]

    def far(n):
        power = np.linalg.matrix_power(P.numpy(), n)
        return np.abs(power - pi).sum(1).max() / 2 > distance

    n = mixing_time(P, distance=distance)
    assert not far(n)
    assert n == 0 or far(n - 1)


def test_chain_of_two_states_in_closed_form():
    a, b = 0.1, 0.3
    P = torch.tensor([[1 - a, a], [b, 1 - b]], dtype=torch.float64)
    assert_close(stationary_distribution(P), [b / (a + b), a / (a + b)])
    assert spectral_gap(P) == pytest.approx(a + b)
    # distance after n steps from state 1 is 0.75 * 0.6 ** n
    assert mixing_time(P, distance=0.01) == int(np.ceil(np.log(0.01 / 0.75) / np.log(0.6)))


@pytest.mark.reference("closed form", of="dlcore.montecarlo.is_detailed_balanced")
def test_a_walk_on_a_graph_is_reversible_and_a_circle_is_not():
    A = torch.tensor([[0.0, 1, 1, 0], [1, 0, 1, 1], [1, 1, 0, 0], [0, 1, 0, 0]])
    P = A / A.sum(1, keepdim=True)
    assert_close(stationary_distribution(P), A.sum(1) / A.sum(), rtol=1e-5, atol=1e-6)
    assert is_detailed_balanced(P)
    assert not is_detailed_balanced(P, torch.full((4,), 0.25))
    assert not is_detailed_balanced(torch.roll(torch.eye(3), 1, 1))


@pytest.mark.reference("closed form", of="dlcore.montecarlo.mh_transition_matrix")
def test_metropolis_matrix_of_three_states():
    P = mh_transition_matrix(PI, (1 - torch.eye(3, dtype=torch.float64)) / 2)
    assert_close(P, [[0, 1 / 2, 1 / 2], [1 / 3, 1 / 6, 1 / 2], [0.2, 0.3, 0.5]])
    assert_close(torch.linalg.eigvals(P).real.sort().values, [-1 / 3, 0, 1], atol=1e-7)


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_any_proposal_becomes_balanced(seed):
    Q = random_chain(seed)
    Q[0, 1] = Q[0, 1] * 0  # a move that has no way back is never accepted
    Q /= Q.sum(1, keepdim=True)
    pi = random_chain(seed + 1)[0].clamp(min=1e-3)
    pi /= pi.sum()
    P = mh_transition_matrix(pi, Q)
    assert P[1, 0] == 0
    assert is_detailed_balanced(P, pi, atol=1e-12)
    assert_close(P.sum(1), np.ones(5))
    assert_close(pi @ P, pi)


def test_the_wrong_ratio_settles_elsewhere():
    Q = torch.tensor([[0, 0.9, 0.1], [0.5, 0, 0.5], [0.2, 0.8, 0]], dtype=torch.float64)
    assert_close(stationary_distribution(mh_transition_matrix(PI, Q)), PI)
    P = Q * (PI[None] / PI[:, None]).clamp(max=1)
    P += torch.diag(1 - P.sum(1))
    assert_close(stationary_distribution(P), [0.172764, 0.420732, 0.406504], atol=1e-6)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: stationary_distribution(torch.ones(2, 3)), "square"),
        (lambda: stationary_distribution(torch.ones(2, 2)), "row 0"),
        (lambda: stationary_distribution(torch.eye(2)), "more than one"),
        (lambda: spectral_gap(torch.ones(1, 1)), "2 states"),
        (lambda: mixing_time(FLIP), "periodic"),
        (lambda: mixing_time(FLIP, distance=1.0), "distance"),
        (lambda: is_detailed_balanced(FLIP, torch.ones(1)), "shape"),
        (lambda: mh_transition_matrix(torch.tensor([1.0, 0.0]), FLIP), "positive"),
    ],
)
def test_bad_input(call, says):
    with pytest.raises(ValueError, match=says):
        call()
