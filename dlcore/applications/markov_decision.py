"""Markov decision processes: states, actions, chances, rewards, and what values mean in them."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64, Shaped
from torch import Tensor


@dataclass(frozen=True, eq=False)
class MDP:
    r"""A finite Markov decision process $(\mathcal S, \mathcal A, P, R, \gamma)$, known to us.

    Args:
        transitions: $P(s' \mid s, a)$, shape (s, a, s); every row over s' sums to one.
        rewards: the expected reward of action a in state s, shape (s, a).
        discount: $\gamma$ from 0 to 1, what a reward one step later is worth now.

    Attributes:
        terminal: states that no action leaves and that pay nothing, shape (s,).

    Raises:
        ValueError: shapes that don't belong together, chances that are negative or don't sum to
            one, a discount outside [0, 1], or a discount of 1 without a terminal state.

    Equation: :eq:`eq-return`.
    Section: :ref:`sec-mdp`.

    Source: Puterman (1994), Markov Decision Processes, doi:10.1002/9780470316887, chapter 2.

    Example:
        >>> stay_or_go = torch.tensor([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]])
        >>> mdp = MDP(stay_or_go, torch.tensor([[1.0, 5.0], [0.0, 0.0]]), discount=0.9)
        >>> mdp.n_states, mdp.n_actions, mdp.terminal.tolist()
        (2, 2, [False, True])

    In production: nothing to import; pymdptoolbox holds the same two arrays.
    """

    transitions: Float[Tensor, "s a s"]
    rewards: Float[Tensor, "s a"]
    discount: float

    def __post_init__(self) -> None:
        P, R = self.transitions, self.rewards
        if P.ndim != 3 or P.shape[0] != P.shape[2] or not P.numel() or R.shape != P.shape[:2]:
            raise ValueError(
                "transitions of shape (s, a, s) and rewards of shape (s, a) are needed, got "
                f"{tuple(P.shape)} and {tuple(R.shape)}"
            )
        total = P.sum(-1)
        if (P < 0).any() or not torch.allclose(total, torch.ones_like(total), atol=1e-5):
            worst = int((total - 1).abs().argmax())
            raise ValueError(
                "the chances over next states must be at least 0 and sum to one; for state "
                f"{worst // self.n_actions}, action {worst % self.n_actions} they sum to "
                f"{total.flatten()[worst]:.6g}"
            )
        if not R.isfinite().all():
            raise ValueError("rewards contain NaN or infinity")
        if not 0 <= self.discount <= 1:
            raise ValueError(f"the discount must lie in [0, 1], got {self.discount}")
        if self.discount == 1 and not self.terminal.any():
            raise ValueError("a discount of 1 needs a terminal state, or returns grow for ever")

    @property
    def n_states(self) -> int:
        """How many states there are."""
        return self.transitions.shape[0]

    @property
    def n_actions(self) -> int:
        """How many actions there are, the same number in each state."""
        return self.transitions.shape[1]

    @property
    def terminal(self) -> Bool[Tensor, " s"]:
        """Which states end an episode, as no way and no reward lead out of them."""
        stays = self.transitions.diagonal(dim1=0, dim2=2).T == 1
        return (stays & (self.rewards == 0)).all(1)


def q_from_v(mdp: MDP, values: Float[Tensor, " s"]) -> Float[Tensor, "s a"]:
    r"""Look one step ahead: $Q(s, a) = R(s, a) + \gamma \sum_{s'} P(s' \mid s, a) V(s')$.

    Args:
        mdp: the process.
        values: of the states, shape (s,).

    Returns:
        Values of the actions, shape (s, a).

    Raises:
        ValueError: not one value for each state.

    Equation: :eq:`eq-q-from-v`.
    Section: :ref:`sec-mdp`.

    Source: Sutton, Barto (2018), Reinforcement Learning, section 3.5.

    Example:
        >>> mdp = MDP(torch.eye(2).repeat(2, 1, 1).transpose(0, 1), torch.ones(2, 2), 0.5)
        >>> q_from_v(mdp, torch.tensor([2.0, 4.0])).tolist()
        [[2.0, 2.0], [3.0, 3.0]]

    In production: rewards + discount * transitions @ values.
    """
    if values.shape != (mdp.n_states,):
        raise ValueError(f"{mdp.n_states} states need as many values, got {tuple(values.shape)}")
    return mdp.rewards + mdp.discount * mdp.transitions @ values


def v_from_q(
    q_values: Float[Tensor, "s a"], policy: Shaped[Tensor, "s ..."] | None = None
) -> Float[Tensor, " s"]:
    r"""What a state is worth to a policy: $V(s) = \sum_a \pi(a \mid s) Q(s, a)$.

    Args:
        q_values: values of the actions, shape (s, a).
        policy: one action for each state, shape (s,) and integer, or chances, shape (s, a); by
            default the best action is taken.

    Returns:
        Values of the states, shape (s,).

    Raises:
        ValueError: a policy of another shape, or chances that don't sum to one.

    Equation: :eq:`eq-bellman-expectation`.
    Section: :ref:`sec-mdp`.

    Source: Sutton, Barto (2018), Reinforcement Learning, section 3.5.

    Example:
        >>> q = torch.tensor([[1.0, 3.0]])
        >>> v_from_q(q).item(), v_from_q(q, torch.tensor([[0.5, 0.5]])).item()
        (3.0, 2.0)

    In production: q.max(-1).values, or (policy * q).sum(-1).
    """
    if policy is None:
        return q_values.amax(-1)
    return (action_chances(policy, *q_values.shape).to(q_values) * q_values).sum(-1)


def greedy_policy(
    q_values: Float[Tensor, "s a"], *, tolerance: float = 1e-9
) -> Int64[Tensor, " s"]:
    """The best action in each state, of equally good ones the first.

    Args:
        q_values: values of the actions, shape (s, a).
        tolerance: values that differ by less, measured by the largest value or 1, count as equal,
            so that rounding does not decide.

    Returns:
        Actions, shape (s,).

    Raises:
        ValueError: a negative tolerance, or no action.

    Section: :ref:`sec-dynamic-programming`.

    Source: Sutton, Barto (2018), Reinforcement Learning, section 4.2.

    Example:
        >>> greedy_policy(torch.tensor([[0.0, 1.0, 1.0]])).tolist()
        [1]

    In production: q.argmax(-1).
    """
    if tolerance < 0 or q_values.ndim != 2 or not q_values.shape[1]:
        raise ValueError(
            "values of shape (s, a) with an action and a tolerance of at least 0 are needed, got "
            f"{tuple(q_values.shape)} and {tolerance}"
        )
    slack = tolerance * q_values.abs().amax(-1, keepdim=True).clamp(min=1)
    return (q_values >= q_values.amax(-1, keepdim=True) - slack).int().argmax(-1)


def action_chances(policy: Tensor, n_states: int, n_actions: int) -> Tensor:
    """A policy as chances of actions, shape (s, a), whichever way it is given."""
    if policy.shape == (n_states,) and not policy.is_floating_point():
        if ((policy < 0) | (policy >= n_actions)).any():
            raise ValueError(
                f"actions must lie in 0..{n_actions - 1}, got {policy.min()} to {policy.max()}"
            )
        return torch.nn.functional.one_hot(policy.long(), n_actions)
    if policy.shape != (n_states, n_actions):
        raise ValueError(
            f"a policy needs integer actions of shape ({n_states},) or chances of shape "
            f"({n_states}, {n_actions}), got {policy.dtype} of shape {tuple(policy.shape)}"
        )
    total = policy.sum(-1)
    if (policy < 0).any() or not torch.allclose(total, torch.ones_like(total), atol=1e-5):
        raise ValueError("a policy's chances must be at least 0 and sum to one in each state")
    return policy
