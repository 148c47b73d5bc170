"""Tables learned by acting, against values computed from the known process."""

import numpy as np
import pytest
import torch
from gymnasium import Env
from gymnasium.spaces import Discrete
from numpy.linalg import solve

from dlcore.applications import (
    MDP,
    CartPole,
    GridWorld,
    MDPEnv,
    double_q_learning,
    expected_sarsa,
    q_learning,
    sarsa,
)
from tests.parity import assert_close

CLIFF = ["....", "....", "SPPG"]


def optimal_q(mdp: MDP) -> torch.Tensor:
    P, R = mdp.transitions.numpy(), mdp.rewards.numpy()
    Q = np.zeros_like(R)
    for _ in range(2000):
        Q = R + mdp.discount * P @ Q.max(1)
    return torch.from_numpy(Q)


def soft_q(mdp: MDP, policy: np.ndarray) -> np.ndarray:
    P, R, gamma = mdp.transitions.numpy(), mdp.rewards.numpy(), mdp.discount
    V = solve(np.eye(len(P)) - gamma * np.einsum("sa,sat->st", policy, P), (policy * R).sum(1))
    return R + gamma * P @ V


@pytest.mark.reference("numpy.matmul", of="dlcore.applications.q_learning")
@pytest.mark.reference("numpy.matmul", of="dlcore.applications.TabularRun")
def test_q_learning_finds_the_optimal_values_of_a_deterministic_grid(generator):
    env = GridWorld(["S..", ".#.", "..G"])
    run = q_learning(env, 300, step_size=1.0, epsilon=1.0, discount=0.9, generator=generator)
    assert_close(run.q_values, optimal_q(env.mdp), rtol=1e-12)
    assert run.returns.shape == run.lengths.shape == (300,)
    assert torch.allclose(run.returns, 1 - 0.04 * (run.lengths.double() - 1))


@pytest.mark.reference("numpy.matmul", of="dlcore.applications.double_q_learning")
def test_double_q_learning_finds_them_too(generator):
    env = GridWorld(["S.", ".G"])
    run = double_q_learning(env, 300, step_size=1.0, epsilon=1.0, discount=0.9, generator=generator)
    assert_close(run.q_values, optimal_q(env.mdp), rtol=1e-12)


class CoinFlips(Env):
    """One way into a state with six actions that all pay -1 or 1 by chance, and end."""

    observation_space, action_space = Discrete(3), Discrete(6)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = 0
        return 0, {}

    def step(self, action):
        self.state += 1
        reward = float(self.np_random.choice([-1.0, 1.0])) if self.state == 2 else 0.0
        return self.state, reward, self.state == 2, False, {}


def test_the_maximum_of_noise_is_too_large_and_two_tables_are_not():
    """The true value of the first state is 0."""
    settings = {"epsilon": 1.0, "discount": 1.0, "step_size": lambda n: 1 / n}
    single, double = (
        np.mean(
            [
                learn(CoinFlips(), 60, generator=torch.Generator().manual_seed(k), **settings)
                .q_values[0]
                .mean()
                for k in range(20)
            ]
        )
        for learn in (q_learning, double_q_learning)
    )
    assert single > 0.2
    assert abs(double) < 0.1


@pytest.mark.reference("numpy.linalg.solve", of="dlcore.applications.sarsa")
@pytest.mark.reference("numpy.linalg.solve", of="dlcore.applications.expected_sarsa")
@pytest.mark.parametrize(("learn", "atol"), [(sarsa, 0.1), (expected_sarsa, 0.05)])
def test_on_policy_values_are_those_of_the_policy_that_explores(learn, atol, generator):
    env = GridWorld(["S.G"], discount=0.8)
    run = learn(
        env, 800, step_size=lambda n: n**-0.7, epsilon=1.0, discount=0.8, generator=generator
    )
    expected = soft_q(env.mdp, np.full((3, 4), 0.25))
    assert np.abs(run.q_values.numpy() - expected)[:2].max() < atol


def test_sarsa_keeps_away_from_the_cliff_and_q_learning_does_not(generator):
    settings = {"epsilon": 0.2, "discount": 0.95, "step_size": 0.2, "generator": generator}
    env = GridWorld(CLIFF, discount=0.95)
    bold = q_learning(env, 600, **settings).q_values
    careful = expected_sarsa(env, 600, **settings).q_values
    beside_the_cliff, right, up = 5, 1, 0
    assert bold[beside_the_cliff, right] > bold[beside_the_cliff, up]
    assert careful[beside_the_cliff].max() < bold[beside_the_cliff].max() - 0.02


def test_cutting_off_is_no_end():
    loop = MDP(torch.ones(1, 1, 1, dtype=torch.float64), torch.ones(1, 1, dtype=torch.float64), 0.5)
    run = q_learning(MDPEnv(loop), 40, max_steps=5, step_size=1.0, discount=0.5)
    assert_close(run.q_values, torch.tensor([[2.0]]), rtol=1e-9)
    assert (run.lengths == 5).all()


def test_schedules_are_asked_and_runs_repeat():
    env = GridWorld(["S.G"])
    asked = []
    run = q_learning(env, 3, epsilon=lambda k: asked.append(k) or 0.5)
    assert asked == [0, 1, 2]
    runs = [sarsa(env, 5, generator=torch.Generator().manual_seed(1)) for _ in range(2)]
    assert torch.equal(runs[0].q_values, runs[1].q_values)
    assert run.q_values[2].eq(0).all()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"episodes": 0}, "got 0, 1000, 0.99"),
        ({"discount": 1.5}, "discount"),
        ({"step_size": 2.0}, r"step_size must lie in \[0, 1\], got 2.0"),
        ({"epsilon": -0.1}, "epsilon"),
    ],
)
def test_bad_input(settings, words):
    with pytest.raises(ValueError, match=words):
        q_learning(GridWorld(), **{"episodes": 1} | settings)


@pytest.mark.bad_input
def test_a_table_needs_numbers():
    with pytest.raises(ValueError, match="numbered states"):
        sarsa(CartPole(), 1)
