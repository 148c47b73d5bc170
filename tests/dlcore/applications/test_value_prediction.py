"""Values from recorded episodes, against hand-made cases, enumeration and linear solves."""

import numpy as np
import pytest
import torch

from dlcore.applications import (
    Episode,
    lambda_returns,
    monte_carlo_prediction,
    td_prediction,
)
from tests.parity import assert_close


def episode(states: list[int], rewards: list[float], terminated: bool = True) -> Episode:
    return Episode(
        torch.tensor(states), torch.zeros(len(rewards)), torch.tensor(rewards), terminated
    )


# Sutton, Barto (2018), example 6.4: A, B, end
PREDICTOR = [
    episode([0, 1, 2], [0.0, 0.0]),
    *[episode([1, 2], [1.0])] * 6,
    episode([1, 2], [0.0]),
]


@pytest.mark.reference("numpy.mean", of="dlcore.applications.monte_carlo_prediction")
@pytest.mark.reference("numpy.mean", of="dlcore.applications.Episode")
def test_monte_carlo_takes_means_of_returns():
    values = monte_carlo_prediction(PREDICTOR, 3, discount=1.0)
    assert values[0] == 0
    assert values[1] == np.mean([0, 1, 1, 1, 1, 1, 1, 0])
    assert values[2].isnan()
    walk = [episode([0, 0, 1], [1.0, 2.0])]
    assert monte_carlo_prediction(walk, 2, discount=0.5)[0] == 1 + 0.5 * 2
    assert monte_carlo_prediction(walk, 2, discount=0.5, first_visit=False)[0] == np.mean([2, 2])


@pytest.mark.reference("numpy.linalg.solve", of="dlcore.applications.td_prediction")
def test_repeated_td_finds_the_values_of_the_most_likely_process():
    """TD on the same episodes again and again says V(A) = V(B) = 3/4, Monte Carlo V(A) = 0."""
    P = np.array([[0.0, 1.0], [0.0, 0.0]])
    expected = np.linalg.solve(np.eye(2) - P, [0.0, 6 / 8])
    values = torch.zeros(3, dtype=torch.float64)
    for k in range(400):
        step = 0.2 if k < 200 else 0.01
        values = td_prediction(PREDICTOR, 3, discount=1.0, step_size=step, values=values)
    assert np.abs(values[:2].numpy() - expected).max() < 0.02
    assert values[2] == 0


@pytest.mark.parametrize("trace_decay", [0.0, 0.4, 1.0])
def test_looking_back_equals_looking_ahead(trace_decay):
    """In an episode without repetition traces do what lambda-returns ask for."""
    rewards = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    before = torch.tensor([0.3, -0.1, 0.7, 0.0], dtype=torch.float64)
    targets = lambda_returns(rewards, before[1:], discount=0.9, trace_decay=trace_decay)
    expected = before[:3] + 0.1 * (targets - before[:3])
    after = td_prediction(
        [Episode(torch.arange(4), torch.zeros(3), rewards, True)],
        4,
        discount=0.9,
        step_size=0.1,
        trace_decay=trace_decay,
        values=before,
    )
    assert_close(after[:3], expected)


@pytest.mark.reference("numpy.sum", of="dlcore.applications.lambda_returns")
def test_lambda_returns_are_means_of_n_step_returns():
    rewards, values = np.array([1.0, 2.0, -1.0, 0.5]), np.array([0.2, -0.4, 0.9, 0.3])
    gamma, lam, n = 0.9, 0.6, 4

    def n_step(t: int, k: int) -> float:
        paid = np.sum([gamma**i * rewards[t + i] for i in range(k)])
        return paid + gamma**k * values[t + k - 1]

    expected = [
        (1 - lam) * np.sum([lam ** (k - 1) * n_step(t, k) for k in range(1, n - t)])
        + lam ** (n - t - 1) * n_step(t, n - t)
        for t in range(n)
    ]
    found = lambda_returns(
        torch.tensor(rewards), torch.tensor(values), discount=gamma, trace_decay=lam
    )
    assert_close(found, np.array(expected))


def test_a_cut_off_episode_goes_on_in_the_estimate():
    values = torch.tensor([0.0, 4.0], dtype=torch.float64)
    ended, cut = (
        td_prediction(
            [episode([0, 1], [1.0], terminated)], 2, discount=0.5, step_size=1.0, values=values
        )[0]
        for terminated in (True, False)
    )
    assert (float(ended), float(cut)) == (1.0, 3.0)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="an episode"):
        monte_carlo_prediction([], 3, discount=1.0)
    with pytest.raises(ValueError, match=r"0..1, got 0 to 2"):
        td_prediction(PREDICTOR, 2, discount=1.0)
    with pytest.raises(ValueError, match=r"numbers of states, got torch.float32"):
        td_prediction([Episode(torch.zeros(2), *PREDICTOR[1][1:])], 2, discount=1.0)
    with pytest.raises(ValueError, match="step size"):
        td_prediction(PREDICTOR, 3, discount=1.0, step_size=0.0)
    with pytest.raises(ValueError, match="as many values"):
        td_prediction(PREDICTOR, 3, discount=1.0, values=torch.zeros(2))
    with pytest.raises(ValueError, match="one value for each reward"):
        lambda_returns(torch.zeros(2), torch.zeros(3), discount=1.0, trace_decay=0.0)
    with pytest.raises(ValueError, match="trace_decay"):
        lambda_returns(torch.zeros(2), torch.zeros(2), discount=1.0, trace_decay=2.0)
