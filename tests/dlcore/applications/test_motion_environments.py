"""Motion against integration by SciPy and geometry in complex numbers."""

import cmath
import math

import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from scipy.integrate import solve_ivp
from scipy.linalg import solve_discrete_are

from dlcore.applications import LaneKeeping, Reacher, linear_quadratic_regulator
from tests.parity import assert_close


@pytest.mark.reference("scipy.integrate.solve_ivp", of="dlcore.applications.LaneKeeping")
def test_small_steps_follow_the_differential_equation():
    env = LaneKeeping(curvature=0.0)
    env.time_step = 1e-3
    env.reset(seed=0)
    env.state = (0.4, 0.1)

    def motion(_, x):
        return [10 * math.sin(x[1]), 10 * math.tan(-0.1 * 0.4) / 2.5]

    for _ in range(300):
        env.step([-0.1])
    exact = solve_ivp(motion, (0, 0.3), [0.4, 0.1], rtol=1e-8).y[:, -1]
    np.testing.assert_allclose(env.state, exact, atol=2e-3)


def test_a_regulator_keeps_the_lane_and_no_hands_lose_it():
    env = LaneKeeping()
    A, B = env.linearized()
    Q, R = torch.eye(2).double(), torch.eye(1).double()
    K, P = linear_quadratic_regulator(A, B, Q, R)
    assert_close(P, solve_discrete_are(A.numpy(), B.numpy(), Q.numpy(), R.numpy()), rtol=1e-6)
    gain = K[0].numpy()

    def drive(policy) -> tuple[float, int]:
        observation, _ = env.reset(seed=1)
        total, steps, over = 0.0, 0, False
        while not over:
            observation, reward, left, cut, _ = env.step(policy(observation))
            total, steps, over = total + reward, steps + 1, left or cut
        return total, steps

    total, steps = drive(lambda x: -gain @ x[:2])
    assert steps == 200
    assert total > 190
    assert drive(lambda x: 0.0)[1] < 200


@pytest.mark.reference("cmath.exp", of="dlcore.applications.Reacher")
def test_the_hand_is_where_two_turned_links_lead():
    env = Reacher()
    env.reset(seed=2)
    observation, reward, *_ = env.step([0.5, -3.0])
    first, second = env.angles
    hand = 0.5 * cmath.exp(1j * first) + 0.5 * cmath.exp(1j * (first + second))
    np.testing.assert_allclose(env.hand, [hand.real, hand.imag])
    assert reward == pytest.approx(-abs(complex(*env.target) - hand))
    np.testing.assert_allclose(observation[:2], np.cos(env.angles), rtol=1e-6)
    np.testing.assert_allclose(observation[4:], env.target - env.hand, rtol=1e-5, atol=1e-6)


def test_inverse_kinematics_touches_the_target():
    env = Reacher()
    env.reset(seed=3)
    before = env.angles.copy()
    distance = np.linalg.norm(env.target)
    elbow = math.acos(2 * distance**2 - 1)
    shoulder = math.atan2(env.target[1], env.target[0]) - elbow / 2
    env.angles = np.array([shoulder, elbow])
    assert env.step([0.0, 0.0])[1] == pytest.approx(0, abs=1e-9)
    env.angles = before
    env.step([5.0, -0.5])
    np.testing.assert_allclose(env.angles - before, [0.2, -0.1])


@pytest.mark.filterwarnings("ignore:.*(infinity|symmetric):UserWarning")
@pytest.mark.parametrize("env", [LaneKeeping(), Reacher()])
def test_gymnasium_accepts_them(env):
    check_env(env, skip_render_check=True)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="speed"):
        LaneKeeping(speed=0.0)
    with pytest.raises(ValueError, match="max_steps"):
        Reacher(max_steps=0)
