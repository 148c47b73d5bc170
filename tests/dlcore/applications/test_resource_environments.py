"""Resources: optima by linear programming, chances by arithmetic."""

import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from scipy.optimize import linprog

from dlcore.applications import (
    BatteryEnv,
    CoolingEnv,
    TrafficLight,
    policy_evaluation,
    run_episode,
    value_iteration,
)

PRICES = torch.tensor([3.0, 1.0, 2.0, 6.0, 4.0, 1.5, 5.0, 7.0, 2.0], dtype=torch.float64)


def best_trade(prices: np.ndarray, capacity: int, efficiency: float) -> float:
    """Bought b and sold s of each hour, with a charge from 0 to the capacity after each."""
    n = len(prices)
    costs = np.concatenate([prices, -efficiency * prices])
    charge = np.hstack([np.tril(np.ones((n, n))), -np.tril(np.ones((n, n)))])
    limits = np.concatenate([np.full(n, capacity), np.zeros(n)])
    one_a_time = np.hstack([np.eye(n), np.eye(n)])
    return -linprog(
        costs,
        np.vstack([charge, -charge, one_a_time]),
        np.concatenate([limits, np.ones(n)]),
        bounds=(0, 1),
    ).fun


@pytest.mark.reference("scipy.optimize.linprog", of="dlcore.applications.BatteryEnv")
@pytest.mark.parametrize("capacity", [1, 3])
@pytest.mark.parametrize("efficiency", [1.0, 0.8])
def test_the_best_trade_is_a_linear_programme(capacity, efficiency):
    env = BatteryEnv(PRICES, capacity=capacity, efficiency=efficiency)
    plan = value_iteration(env.mdp)
    expected = best_trade(PRICES.numpy(), capacity, efficiency)
    assert float(plan.values[0]) == pytest.approx(expected)
    episode = run_episode(env, lambda state: int(plan.policy[state]), seed=0)
    assert float(episode.rewards.sum()) == pytest.approx(expected, rel=1e-6)
    assert len(episode.rewards) == len(PRICES)
    assert episode.terminated


def test_a_battery_neither_overflows_nor_runs_dry():
    env = BatteryEnv(PRICES, capacity=1)
    env.reset(seed=0)
    assert env.step(0)[1] == 0
    assert env.step(2)[1] == -1.0
    assert env.step(2)[1] == 0
    assert env.hour_and_charge(env.state) == (3, 1)


@pytest.mark.reference("numpy.convolve", of="dlcore.applications.TrafficLight")
def test_cars_leave_and_arrive_with_their_chances():
    env = TrafficLight(arrivals=(0.3, 0.2), capacity=4)
    P, R = env.mdp.transitions, env.mdp.rewards
    states = range(env.mdp.n_states)
    start = next(s for s in states if env.cars(s) == (2, 1, 1))
    assert R[start].tolist() == [-3.0, -3.0]
    for action, after in ((0, (2, 0)), (1, (2, 1))):
        total = torch.zeros(9, dtype=torch.float64)
        for s in states:
            first, second, green = env.cars(s)
            total[first + second] += P[start, action, s]
            assert P[start, action, s] == 0 or green == (1 if action == 0 else 0)
        expected = np.convolve([0.7, 0.3], [0.8, 0.2])
        assert total[sum(after) : sum(after) + 3].tolist() == pytest.approx(expected.tolist())
    full = next(s for s in states if env.cars(s) == (4, 4, 0))
    assert P[full, 1, full + 1] == pytest.approx(1.0)


def test_the_best_light_beats_one_that_never_changes_and_one_that_always_does():
    env = TrafficLight(capacity=4)
    best = value_iteration(env.mdp).values
    for action in (0, 1):
        fixed = policy_evaluation(env.mdp, torch.full((env.mdp.n_states,), action))
        assert (best >= fixed - 1e-8).all()
        assert best[0] > fixed[0] + 1


def best_cooling(env: CoolingEnv) -> tuple[float, np.ndarray]:
    """Actions a and excesses e >= T - limit, with the temperatures linear in the actions."""
    n = env.steps
    free, response = np.zeros(n), np.zeros((n, n))
    temperature = env.start
    for t in range(n):
        temperature += env.heat[t] + env.leakage * (env.outside[t] - temperature)
        free[t] = temperature
        for k in range(t + 1):
            response[t, k] = -env.power * (1 - env.leakage) ** (t - k)
    found = linprog(
        np.concatenate([np.full(n, env.price), np.full(n, env.penalty)]),
        np.hstack([response, -np.eye(n)]),
        env.limit - free,
        bounds=[(0, 1)] * n + [(0, None)] * n,
    )
    return -found.fun, found.x[:n]


@pytest.mark.reference("scipy.optimize.linprog", of="dlcore.applications.CoolingEnv")
def test_the_best_cooling_is_a_linear_programme():
    env = CoolingEnv()
    expected, actions = best_cooling(env)

    def day(actions: np.ndarray) -> float:
        plan = iter(actions)
        return float(run_episode(env, lambda _: next(plan), seed=0).rewards.sum())

    assert day(actions) == pytest.approx(expected, rel=1e-4)
    assert expected < -5
    assert day(np.full(48, 0.5)) < expected
    assert day(np.zeros(48)) < expected


@pytest.mark.filterwarnings("ignore:.*(infinity|symmetric):UserWarning")
@pytest.mark.parametrize("env", [TrafficLight(capacity=2), CoolingEnv(disturbance=0.2)])
def test_gymnasium_accepts_them(env):
    check_env(env, skip_render_check=True)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="arrivals"):
        TrafficLight(arrivals=(0.5, 1.5))
    with pytest.raises(ValueError, match="an hour"):
        BatteryEnv(torch.zeros(0))
    with pytest.raises(ValueError, match="at least 0"):
        CoolingEnv(price=-1.0)
