"""Planning with known chances: evaluate a policy, improve it, or find the best values at once."""

import warnings
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64, Shaped
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor

from dlcore.applications.markov_decision import (
    MDP,
    action_chances,
    greedy_policy,
    q_from_v,
    v_from_q,
)


class Plan(NamedTuple):
    """Optimal values (s,), an optimal policy (s,), and the values sweep by sweep (k, s)."""

    values: Float[Tensor, " s"]
    policy: Int64[Tensor, " s"]
    history: Float[Tensor, "k s"]


def _always_ends(transitions: Tensor, terminal: Tensor) -> bool:
    ends = terminal
    for _ in range(len(terminal)):
        ends = ends | (transitions[:, ends] > 0).any(1)
    return bool(ends.all())


def policy_evaluation(
    mdp: MDP, policy: Shaped[Tensor, "s ..."], *, sweeps: int | None = None
) -> Float[Tensor, " s"]:
    r"""The expected return from each state: solve $(I - \gamma P^\pi) V = R^\pi$.

    Args:
        mdp: the process.
        policy: integer actions, shape (s,), or chances, shape (s, a).
        sweeps: instead of solving, apply Bellman's equation this many times, to all states at
            once, beginning with zeros; the error falls by the factor gamma each time.

    Returns:
        Values of the states, shape (s,); 0 for terminal ones.

    Raises:
        ValueError: a policy of the wrong shape, a negative number of sweeps, or a discount of 1
            and a policy that may go on for ever.

    Equation: :eq:`eq-bellman-expectation`.
    Section: :ref:`sec-dynamic-programming`.

    Source: Bellman (1957), A Markovian decision process, doi:10.1512/iumj.1957.6.56038.

    Example:
        >>> chain = torch.tensor([[[0.9, 0.1]], [[0.4, 0.6]]], dtype=torch.float64)
        >>> mdp = MDP(chain, torch.tensor([[1.0], [0.0]], dtype=torch.float64), 0.9)
        >>> [f"{v:.4f}" for v in policy_evaluation(mdp, torch.tensor([0, 0]))]
        ['8.3636', '6.5455']

    In production: numpy.linalg.solve for up to thousands of states, sweeps for more.
    """
    chances = action_chances(policy, mdp.n_states, mdp.n_actions).to(mdp.rewards)
    P = torch.einsum("sa,sat->st", chances, mdp.transitions)
    r = (chances * mdp.rewards).sum(1)
    V = torch.zeros_like(r)
    if sweeps is not None:
        if sweeps < 0:
            raise ValueError(f"sweeps must be at least 0, got {sweeps}")
        for _ in range(sweeps):
            V = r + mdp.discount * P @ V
        return V
    if mdp.discount == 1 and not _always_ends(P, mdp.terminal):
        raise ValueError("with discount 1 every state must lead to a terminal one; here some don't")
    live = ~mdp.terminal
    P = P[live][:, live]
    V[live] = torch.linalg.solve(torch.eye(len(P)).to(P) - mdp.discount * P, r[live])
    return V


def value_iteration(mdp: MDP, *, tolerance: float = 1e-10, max_sweeps: int = 10_000) -> Plan:
    r"""Apply Bellman's optimality equation until values rest: $V \leftarrow \max_a Q_V(\cdot, a)$.

    Args:
        mdp: the process.
        tolerance: stop when no value moves by more; the values are then within
            gamma tolerance / (1 - gamma) of the optimal ones.
        max_sweeps: stop after this many sweeps over all states.

    Returns:
        Values, a greedy policy, and the values after each sweep, the first of them zeros.

    Raises:
        ValueError: a tolerance or a number of sweeps that is not positive.

    Warns:
        ConvergenceWarning: values still move after the last sweep.

    Equation: :eq:`eq-bellman-optimality`.
    Section: :ref:`sec-dynamic-programming`.

    Source: Bellman (1957), A Markovian decision process, doi:10.1512/iumj.1957.6.56038.

    Example:
        >>> earn_or_end = torch.tensor([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]])
        >>> plan = value_iteration(MDP(earn_or_end, torch.tensor([[1.0, 5.0], [0.0, 0.0]]), 0.5))
        >>> plan.values.tolist(), plan.policy.tolist()
        ([5.0, 0.0], [1, 0])

    In production: mdptoolbox.mdp.ValueIteration.
    """
    if tolerance <= 0 or max_sweeps < 1:
        raise ValueError(
            f"tolerance and max_sweeps must be positive, got {tolerance}, {max_sweeps}"
        )
    history = [torch.zeros_like(mdp.rewards[:, 0])]
    for _ in range(max_sweeps):
        history.append(v_from_q(q_from_v(mdp, history[-1])))
        if (change := (history[-1] - history[-2]).abs().max()) <= tolerance:
            break
    else:
        warnings.warn(
            f"values still move by {change:.3g} after {max_sweeps} sweeps",
            ConvergenceWarning,
            stacklevel=2,
        )
    policy = greedy_policy(q_from_v(mdp, history[-1]))
    return Plan(history[-1], policy, torch.stack(history))


def policy_iteration(mdp: MDP, start: Int64[Tensor, " s"] | None = None) -> Plan:
    r"""Evaluate exactly, act greedily, again, until no action changes.

    Each round is at least as good in every state, and there are finitely many policies, so it ends.

    Args:
        mdp: the process.
        start: the first policy, shape (s,); by default action 0 everywhere. With a discount of 1
            it must reach a terminal state from everywhere.

    Returns:
        Values, policy, and the values of each policy on the way.

    Raises:
        ValueError: a policy of the wrong shape, or a discount of 1 and a policy on the way that
            may go on for ever.

    Equation: :eq:`eq-bellman-optimality`.
    Section: :ref:`sec-dynamic-programming`.

    Source: Howard (1960), Dynamic Programming and Markov Processes.

    Example:
        >>> earn_or_end = torch.tensor([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]])
        >>> plan = policy_iteration(MDP(earn_or_end, torch.tensor([[1.0, 5.0], [0.0, 0.0]]), 0.5))
        >>> plan.history.tolist()
        [[2.0, 0.0], [5.0, 0.0]]

    In production: mdptoolbox.mdp.PolicyIteration.
    """
    policy = torch.zeros_like(mdp.rewards[:, 0], dtype=torch.int64) if start is None else start
    history = []
    while True:
        history.append(policy_evaluation(mdp, policy))
        q = q_from_v(mdp, history[-1])
        best = greedy_policy(q)
        gain = q.gather(1, best[:, None]) - q.gather(1, policy[:, None])
        better = gain[:, 0] > 100 * torch.finfo(q.dtype).eps * q.abs().amax().clamp(min=1)
        if not better.any():
            return Plan(history[-1], policy, torch.stack(history))
        policy = torch.where(better, best, policy)
