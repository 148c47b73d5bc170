"""The cart and its pole against Gymnasium's, and the regulator against SciPy's."""

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from scipy.linalg import solve_discrete_are
from scipy.optimize import approx_fprime

from dlcore.applications import CartPole, evaluate_policy, linear_quadratic_regulator
from tests.parity import assert_close


@pytest.mark.reference("gymnasium.make('CartPole-v1')", of="dlcore.applications.CartPole")
@pytest.mark.parametrize("seed", [0, 7])
def test_every_step_is_gymnasiums(seed):
    theirs, ours = gymnasium.make("CartPole-v1"), CartPole()
    actions = np.random.default_rng(seed)
    np.testing.assert_array_equal(theirs.reset(seed=seed)[0], ours.reset(seed=seed)[0])
    episodes = 0
    for _ in range(300):
        action = int(actions.integers(2))
        expected, found = theirs.step(action), ours.step(action)
        np.testing.assert_allclose(found[0], expected[0], rtol=1e-5, atol=1e-7)
        assert found[1:4] == expected[1:4]
        if found[2]:
            episodes += 1
            np.testing.assert_array_equal(theirs.reset()[0], ours.reset()[0])
    assert episodes > 5
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space


@pytest.mark.filterwarnings("ignore:.*infinity:UserWarning")
def test_gymnasium_accepts_it():
    check_env(CartPole(), skip_render_check=True)


@pytest.mark.reference(
    "scipy.linalg.solve_discrete_are", of="dlcore.applications.linear_quadratic_regulator"
)
def test_the_regulator_solves_riccatis_equation_and_holds_the_pole():
    A, B = CartPole().linearized()
    Q, R = torch.diag(torch.tensor([1.0, 1.0, 10.0, 1.0])).double(), torch.eye(1).double()
    K, P = linear_quadratic_regulator(A, B, Q, R)
    assert_close(P, solve_discrete_are(A.numpy(), B.numpy(), Q.numpy(), R.numpy()), rtol=1e-6)
    assert torch.linalg.eigvals(A - B @ K).abs().max() < 1
    gain = K[0].numpy()
    returns = evaluate_policy(CartPole(), lambda x: int(-gain @ x > 0), 5)
    assert (returns == 500).all()


def test_the_linear_form_has_the_derivatives_of_a_step():
    env = CartPole()

    def step(x: np.ndarray, row: int) -> float:
        env.state = tuple(x[:4])
        acceleration, turning = env.accelerations(x[4])
        return x[row] + 0.02 * (x[1], acceleration, x[3], turning)[row]

    A, B = env.linearized()
    for row in range(4):
        slopes = approx_fprime(np.zeros(5), step, 1e-6, row)
        assert_close(torch.cat([A, B], 1)[row], slopes, rtol=1e-4, atol=1e-6)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="max_steps"):
        CartPole(max_steps=0)
    env = CartPole()
    env.reset(seed=0)
    with pytest.raises(ValueError, match="got 2"):
        env.step(2)
    one = torch.ones(1, 1)
    with pytest.raises(ValueError, match=r"\(n, m\)"):
        linear_quadratic_regulator(torch.eye(2), one, one, one)
    with pytest.raises(ValueError, match="don't settle"):
        linear_quadratic_regulator(2 * one, 0 * one, one, one)
