"""Environments with known chances: frequencies, closed forms, and Gymnasium's own checker."""

import pytest
import torch
from gymnasium.utils.env_checker import check_env
from scipy.stats import chisquare

from dlcore.applications import MDP, GridWorld, MDPEnv, value_iteration
from tests.dlcore.applications.test_markov_decision import random_mdp
from tests.parity import assert_close


@pytest.mark.reference("scipy.stats.chisquare", of="dlcore.applications.MDPEnv")
def test_states_are_drawn_with_their_chances():
    mdp = random_mdp(6)
    env = MDPEnv(mdp, start=torch.full((5,), 0.2, dtype=torch.float64))
    env.reset(seed=0)
    counts = torch.zeros(5)
    for _ in range(2000):
        env.state = 3
        state, reward, terminated, _, _ = env.step(1)
        counts[state] += 1
        assert reward == float(mdp.rewards[3, 1])
        assert not terminated
    assert chisquare(counts.numpy(), 2000 * mdp.transitions[3, 1].numpy()).pvalue > 1e-3


@pytest.mark.reference("gymnasium.utils.env_checker.check_env", of="dlcore.applications.GridWorld")
@pytest.mark.filterwarnings("ignore:.*render.*:UserWarning")
def test_gymnasium_accepts_it():
    check_env(GridWorld(["S.#", ".PG"], slip=0.2), skip_render_check=True)


def test_the_values_of_the_plain_grid_are_a_geometric_sum():
    env = GridWorld()
    values = env.as_grid(value_iteration(env.mdp).values)
    for row in range(4):
        for column in range(4):
            steps = 6 - row - column
            expected = -0.04 * (1 - 0.9 ** (steps - 1)) / 0.1 + 0.9 ** (steps - 1) if steps else 0
            assert_close(values[row, column], torch.tensor(expected, dtype=torch.float64))
    assert f"{values[0, 0]:.6f}" == "0.426686"


def test_walls_edges_pits_and_slips():
    env = GridWorld(["S#G", "..P"], slip=0.2)
    P, R = env.mdp.transitions, env.mdp.rewards
    up, right, down, _left = range(4)
    assert P[0, right, 0] == pytest.approx(0.9)
    assert P[0, right, 3] == pytest.approx(0.1)
    assert P[4, right, 5] == pytest.approx(0.8)
    assert R[4, right] == pytest.approx(-0.8 - 0.2 * 0.04)
    assert P[0, down, 3] == pytest.approx(0.8)
    assert P[0, up, 0] == 1
    assert env.mdp.terminal.tolist() == [False, True, True, False, False, True]


def test_episodes_end_at_goals_and_are_cut_off():
    env = GridWorld(["SG"], max_steps=2)
    env.reset(seed=0)
    assert env.step(3) == (0, -0.04, False, False, {})
    assert env.step(1) == (1, 1.0, True, True, {})


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="one length"):
        GridWorld(["S.", "G"])
    with pytest.raises(ValueError, match="one S"):
        GridWorld(["..G"])
    with pytest.raises(ValueError, match="slip"):
        GridWorld(slip=2.0)
    mdp = MDP(torch.ones(1, 1, 1), torch.zeros(1, 1), 0.5)
    with pytest.raises(ValueError, match=r"0..0, got 1"):
        MDPEnv(mdp, start=1)
    with pytest.raises(ValueError, match="sum to one"):
        MDPEnv(mdp, start=torch.tensor([0.5]))
    two = MDP(torch.eye(2)[:, None], torch.zeros(2, 1), 0.5)
    with pytest.raises(ValueError, match="at least 0"):
        MDPEnv(two, start=torch.tensor([1.5, -0.5]))
    env = MDPEnv(mdp)
    env.reset(seed=0)
    with pytest.raises(ValueError, match=r"0..0, got 2"):
        env.step(2)
