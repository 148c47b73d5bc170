"""Planning against linear solves, linear programming, and all policies one by one."""

from itertools import product

import numpy as np
import pytest
import torch
from scipy.optimize import linprog
from sklearn.exceptions import ConvergenceWarning

from dlcore.applications import MDP, policy_evaluation, policy_iteration, value_iteration
from tests.dlcore.applications.test_markov_decision import random_mdp
from tests.parity import assert_close

TWO_STATES = MDP(
    torch.tensor([[[0.9, 0.1], [0.2, 0.8]], [[0.4, 0.6], [0.7, 0.3]]], dtype=torch.float64),
    torch.tensor([[1.0, 0.0], [0.0, 0.5]], dtype=torch.float64),
    0.9,
)


def by_linear_solve(mdp: MDP, chances: np.ndarray) -> np.ndarray:
    P = np.einsum("sa,sat->st", chances, mdp.transitions.numpy())
    r = (chances * mdp.rewards.numpy()).sum(1)
    return np.linalg.solve(np.eye(len(P)) - mdp.discount * P, r)


@pytest.mark.reference("numpy.linalg.solve", of="dlcore.applications.policy_evaluation")
def test_a_policy_is_evaluated_exactly():
    mdp = random_mdp(1)
    chances = torch.rand(5, 3, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    chances /= chances.sum(1, keepdim=True)
    expected = by_linear_solve(mdp, chances.numpy())
    assert_close(policy_evaluation(mdp, chances), expected)
    actions = torch.tensor([0, 2, 1, 1, 0])
    expected = by_linear_solve(mdp, np.eye(3)[actions.numpy()])
    assert_close(policy_evaluation(mdp, actions), expected)
    sweeps = [
        (policy_evaluation(mdp, actions, sweeps=k) - torch.tensor(expected)) for k in (40, 50)
    ]
    shrinks = sweeps[1].abs().max() / sweeps[0].abs().max()
    assert shrinks <= 0.9**10 * (1 + 1e-6)


@pytest.mark.reference("scipy.optimize.linprog", of="dlcore.applications.value_iteration")
@pytest.mark.reference("scipy.optimize.linprog", of="dlcore.applications.policy_iteration")
@pytest.mark.reference("scipy.optimize.linprog", of="dlcore.applications.Plan")
@pytest.mark.parametrize("seed", [3, 4])
def test_optimal_values_are_the_smallest_that_no_action_beats(seed):
    mdp = random_mdp(seed)
    P, R = mdp.transitions.numpy(), mdp.rewards.numpy()
    constraints = 0.9 * P.reshape(15, 5) - np.repeat(np.eye(5), 3, axis=0)
    best = linprog(np.ones(5), constraints, -R.reshape(-1), bounds=(None, None)).x
    iterated = value_iteration(mdp, tolerance=1e-12)
    assert_close(iterated.values, best, rtol=1e-7)
    improved = policy_iteration(mdp)
    assert_close(improved.values, best, rtol=1e-7)
    assert torch.equal(iterated.policy, improved.policy)
    assert (improved.history.diff(dim=0) >= -1e-12).all()


def test_no_policy_is_better_anywhere():
    mdp = random_mdp(5, n_states=4, n_actions=2)
    values = value_iteration(mdp).values
    every = [policy_evaluation(mdp, torch.tensor(p)) for p in product(range(2), repeat=4)]
    assert_close(torch.stack(every).amax(0), values, rtol=1e-8)


def test_worked_example():
    always_first = policy_evaluation(TWO_STATES, torch.tensor([0, 0]))
    assert_close(always_first, torch.tensor([8.363636, 6.545455]), rtol=1e-6)
    plan = value_iteration(TWO_STATES)
    assert_close(plan.values, torch.tensor([9.451220, 8.841463]), rtol=1e-6)
    assert plan.policy.tolist() == [0, 1]
    first = torch.tensor([[0.0, 0.0], [1.0, 0.5], [1.855, 1.265], [2.6164, 2.0102]])
    assert_close(plan.history[:4], first, rtol=1e-6)


def test_an_episode_that_ends_needs_no_discount():
    P = torch.tensor([[[0.5, 0.5], [1.0, 0.0]], [[0.0, 1.0], [0.0, 1.0]]], dtype=torch.float64)
    mdp = MDP(P, torch.tensor([[-1.0, -1.0], [0.0, 0.0]], dtype=torch.float64), 1.0)
    assert_close(policy_evaluation(mdp, torch.tensor([0, 0])), torch.tensor([-2.0, 0.0]))
    assert_close(value_iteration(mdp).values, torch.tensor([-2.0, 0.0]), rtol=1e-8)
    with pytest.raises(ValueError, match="lead to a terminal one"):
        policy_evaluation(mdp, torch.tensor([1, 0]))


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="got -1"):
        policy_evaluation(TWO_STATES, torch.tensor([0, 0]), sweeps=-1)
    with pytest.raises(ValueError, match="positive, got 0"):
        value_iteration(TWO_STATES, tolerance=0)
    with pytest.warns(ConvergenceWarning, match="after 3 sweeps"):
        value_iteration(TWO_STATES, max_sweeps=3)
