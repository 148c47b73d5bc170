"""Markov decision processes: definitions by loops, and what is no process at all."""

import numpy as np
import pytest
import torch

from dlcore.applications import MDP, greedy_policy, q_from_v, v_from_q
from tests.parity import assert_close


def random_mdp(seed: int, n_states: int = 5, n_actions: int = 3, discount: float = 0.9) -> MDP:
    generator = torch.Generator().manual_seed(seed)
    P = torch.rand(n_states, n_actions, n_states, generator=generator, dtype=torch.float64)
    R = torch.randn(n_states, n_actions, generator=generator, dtype=torch.float64)
    return MDP(P / P.sum(-1, keepdim=True), R, discount)


@pytest.mark.reference("numpy.dot", of="dlcore.applications.q_from_v")
@pytest.mark.reference("numpy.dot", of="dlcore.applications.MDP")
def test_one_step_ahead():
    mdp = random_mdp(0)
    V = torch.arange(5.0, dtype=torch.float64)
    P, R = mdp.transitions.numpy(), mdp.rewards.numpy()
    expected = [[R[s, a] + 0.9 * np.dot(P[s, a], V.numpy()) for a in range(3)] for s in range(5)]
    assert_close(q_from_v(mdp, V), torch.tensor(expected))


@pytest.mark.reference("numpy.average", of="dlcore.applications.v_from_q")
def test_values_of_states():
    q = torch.tensor([[1.0, 2.0, 6.0], [0.0, -1.0, 1.0]], dtype=torch.float64)
    chances = torch.tensor([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]], dtype=torch.float64)
    expected = np.average(q.numpy(), axis=1, weights=chances.numpy())
    assert_close(v_from_q(q, chances), expected)
    assert_close(v_from_q(q, torch.tensor([1, 2])), torch.tensor([2.0, 1.0]))
    assert_close(v_from_q(q), q.numpy().max(1))


@pytest.mark.reference("numpy.argmax", of="dlcore.applications.greedy_policy")
def test_the_greedy_action_is_the_first_of_the_best():
    q = torch.randn(50, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    assert torch.equal(greedy_policy(q), torch.from_numpy(np.argmax(q.numpy(), axis=1)))
    nearly = torch.tensor([[1.0, 3.0, 3.0 + 1e-12]], dtype=torch.float64)
    assert greedy_policy(nearly).tolist() == [1]
    assert greedy_policy(nearly, tolerance=0.0).tolist() == [2]


def test_terminal_states_stay_and_pay_nothing():
    P = torch.tensor([[[0.0, 1.0, 0.0]], [[0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]]])
    mdp = MDP(P, torch.tensor([[1.0], [0.0], [2.0]]), 0.5)
    assert mdp.terminal.tolist() == [False, True, False]
    assert (mdp.n_states, mdp.n_actions) == (3, 1)


STAY = torch.eye(2)[:, None]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("transitions", "rewards", "discount", "words"),
    [
        (torch.eye(2), torch.zeros(2, 2), 0.9, r"\(s, a, s\).*got \(2, 2\)"),
        (STAY, torch.zeros(2), 0.9, r"rewards of shape \(s, a\)"),
        (2 * STAY, torch.zeros(2, 1), 0.9, "state 0, action 0 they sum to 2"),
        (torch.tensor([[[1.5, -0.5]]] * 2), torch.zeros(2, 1), 0.9, "at least 0"),
        (STAY, torch.full((2, 1), torch.nan), 0.9, "NaN"),
        (STAY, torch.zeros(2, 1), 1.1, r"\[0, 1\], got 1.1"),
        (STAY, torch.ones(2, 1), 1.0, "terminal state"),
    ],
)
def test_no_process(transitions, rewards, discount, words):
    with pytest.raises(ValueError, match=words):
        MDP(transitions, rewards, discount)


@pytest.mark.bad_input
def test_bad_input():
    mdp = random_mdp(0)
    with pytest.raises(ValueError, match=r"as many values, got \(4,\)"):
        q_from_v(mdp, torch.zeros(4))
    with pytest.raises(ValueError, match=r"0..2, got 3 to 3"):
        v_from_q(torch.zeros(2, 3), torch.tensor([3, 3]))
    with pytest.raises(ValueError, match="sum to one in each state"):
        v_from_q(torch.zeros(2, 3), torch.ones(2, 3))
    with pytest.raises(ValueError, match=r"shape \(2, 3\), got torch.float32 of shape \(2,\)"):
        v_from_q(torch.zeros(2, 3), torch.zeros(2))
    with pytest.raises(ValueError, match="with an action"):
        greedy_policy(torch.zeros(2, 0))
