"""Values of states from recorded episodes: by Monte Carlo, by temporal differences, in between."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.applications.episodes import Episode, discounted_returns


def _check(episodes: Sequence[Episode], n_states: int, discount: float) -> None:
    if not episodes or not 0 <= discount <= 1:
        raise ValueError(
            f"an episode and a discount in [0, 1] are needed, got {len(episodes)} and {discount}"
        )
    for episode in episodes:
        states = episode.observations
        if states.ndim != 1 or states.is_floating_point():
            raise ValueError(
                "observations must be numbers of states, got "
                f"{states.dtype} of shape {tuple(states.shape)}"
            )
        if states.min() < 0 or states.max() >= n_states:
            raise ValueError(
                f"states must lie in 0..{n_states - 1}, got {states.min()} to {states.max()}"
            )


def monte_carlo_prediction(
    episodes: Sequence[Episode], n_states: int, *, discount: float, first_visit: bool = True
) -> Float[Tensor, " s"]:
    """The mean return that followed each state.

    Args:
        episodes: recorded ones, with numbered states.
        n_states: how many states there are.
        discount: gamma.
        first_visit: count a state once in an episode; otherwise each time, which is biased for
            finitely many episodes, and tends to the same values.

    Returns:
        Values, shape (s,), float64; NaN for states that were never left.

    Raises:
        ValueError: no episode, states that are not numbers or out of range, or a discount outside
            [0, 1].

    Equation: :eq:`eq-return`.
    Section: :ref:`sec-temporal-difference`.

    Source: Singh, Sutton (1996), Reinforcement learning with replacing eligibility traces,
    doi:10.1007/BF00114726.

    Example:
        >>> states, rewards = torch.tensor([0, 1, 0, 2]), torch.tensor([1.0, 1.0, 1.0])
        >>> episode = Episode(states, torch.zeros(3), rewards, True)
        >>> monte_carlo_prediction([episode], 3, discount=1.0).tolist()
        [3.0, 2.0, nan]

    In production: nothing to import.
    """
    _check(episodes, n_states, discount)
    total = torch.zeros(n_states, dtype=torch.float64)
    count = torch.zeros(n_states, dtype=torch.float64)
    for states, _, rewards, _ in episodes:
        returns = discounted_returns(rewards.double(), discount)
        seen: set[int] = set()
        for state, value in zip(states.tolist(), returns, strict=False):
            if not (first_visit and state in seen):
                total[state] += value
                count[state] += 1
            seen.add(state)
    return total / count


def td_prediction(
    episodes: Sequence[Episode],
    n_states: int,
    *,
    discount: float,
    step_size: float = 0.1,
    trace_decay: float = 0.0,
    values: Float[Tensor, " s"] | None = None,
) -> Float[Tensor, " s"]:
    r"""TD($\lambda$): after each step correct the states just visited by the surprise $\delta$.

    The surprise is $\delta = r + \gamma V(s') - V(s)$; each state gets its share by an eligibility
    trace, which a visit raises by 1 and each step multiplies by $\gamma \lambda$.

    Args:
        episodes: recorded ones, with numbered states, in the order of learning.
        n_states: how many states there are.
        discount: gamma.
        step_size: alpha in (0, 1].
        trace_decay: lambda: 0 corrects only the state just left, 1 is Monte Carlo, step by step.
        values: to begin with, shape (s,); by default zeros. A terminal state must have 0.

    Returns:
        Values, shape (s,), float64.

    Raises:
        ValueError: no episode, states that are not numbers or out of range, a number outside its
            range, or not one value for each state.

    Equation: :eq:`eq-td-error`.
    Section: :ref:`sec-temporal-difference`.

    Source: Sutton (1988), Learning to predict by the methods of temporal differences,
    doi:10.1007/BF00115009.

    Example:
        >>> states, rewards = torch.tensor([0, 1, 2]), torch.tensor([0.0, 1.0])
        >>> episode = Episode(states, torch.zeros(2), rewards, True)
        >>> td_prediction([episode], 3, discount=1.0, step_size=0.5).tolist()
        [0.0, 0.5, 0.0]
        >>> td_prediction([episode], 3, discount=1.0, step_size=0.5, trace_decay=1.0).tolist()
        [0.5, 0.5, 0.0]

    In production: nothing to import.
    """
    _check(episodes, n_states, discount)
    if not 0 < step_size <= 1 or not 0 <= trace_decay <= 1:
        raise ValueError(
            "a step size in (0, 1] and a trace decay in [0, 1] are needed, got "
            f"{step_size} and {trace_decay}"
        )
    V = torch.zeros(n_states, dtype=torch.float64)
    if values is not None:
        if values.shape != V.shape:
            raise ValueError(
                f"{n_states} states need as many values, got shape {tuple(values.shape)}"
            )
        V += values
    for states, _, rewards, terminated in episodes:
        trace = torch.zeros_like(V)
        for t, reward in enumerate(rewards.tolist()):
            ends = terminated and t == len(rewards) - 1
            following = 0.0 if ends else discount * V[states[t + 1]]
            delta = reward + following - V[states[t]]
            trace *= discount * trace_decay
            trace[states[t]] += 1
            V += step_size * delta * trace
    return V


def lambda_returns(
    rewards: Float[Tensor, " steps"],
    next_values: Float[Tensor, " steps"],
    *,
    discount: float,
    trace_decay: float,
) -> Float[Tensor, " steps"]:
    r"""Between one step and the whole episode: the targets of TD($\lambda$), seen forwards.

    From the end, $G_t = r_t + \gamma[(1 - \lambda) V_{t+1} + \lambda G_{t+1}]$: the
    mean of the returns after n steps that go on with an estimated value, with the weights
    $(1 - \lambda) \lambda^{n-1}$.

    Args:
        rewards: of one episode, shape (steps,).
        next_values: the value of the state that each step led to, shape (steps,): 0 at the end of
            an episode, the estimate where it was cut off.
        discount: gamma.
        trace_decay: lambda: 0 for the target of TD, 1 for the return.

    Returns:
        Targets for the values of the states left, shape (steps,).

    Raises:
        ValueError: not one value for each reward, or a number outside [0, 1].

    Equation: :eq:`eq-lambda-return`.
    Section: :ref:`sec-temporal-difference`.

    Source: Sutton, Barto (2018), Reinforcement Learning, section 12.1.

    Example:
        >>> lambda_returns(
        ...     torch.tensor([0.0, 1.0]), torch.tensor([0.5, 0.0]), discount=1.0, trace_decay=0.5
        ... ).tolist()
        [0.75, 1.0]

    In production: torchrl.objectives.value.functional.td_lambda_return_estimate.
    """
    if rewards.shape != next_values.shape:
        raise ValueError(
            "one value for each reward is needed, got shapes "
            f"{tuple(next_values.shape)} and {tuple(rewards.shape)}"
        )
    if not 0 <= discount <= 1 or not 0 <= trace_decay <= 1:
        raise ValueError(
            f"discount and trace_decay must lie in [0, 1], got {discount} and {trace_decay}"
        )
    returns = torch.empty_like(rewards)
    following = next_values[-1:].sum()
    for t in reversed(range(len(rewards))):
        ahead = (1 - trace_decay) * next_values[t] + trace_decay * following
        following = rewards[t] + discount * ahead
        returns[t] = following
    return returns
