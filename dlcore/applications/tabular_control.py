"""Learning action values in a table while acting: SARSA, expected SARSA, Q-learning, double Q."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from dlcore.applications.episodes import Environment, Schedule, at, draw_seed


class TabularRun(NamedTuple):
    """Action values (s, a) at the end, and the return and length of each episode."""

    q_values: Float[Tensor, "s a"]
    returns: Float[Tensor, " episodes"]
    lengths: Int64[Tensor, " episodes"]


def _sizes(env: Environment) -> tuple[int, int]:
    n_states = getattr(env.observation_space, "n", None)
    n_actions = getattr(env.action_space, "n", None)
    if n_states is None or n_actions is None:
        raise ValueError(
            "a table needs numbered states and actions, got the spaces "
            f"{env.observation_space} and {env.action_space}"
        )
    return int(n_states), int(n_actions)


def _act(rng: np.random.Generator, values: np.ndarray, epsilon: float) -> int:
    """Epsilon-greedy; of equally good actions any."""
    if rng.random() < epsilon:
        return int(rng.integers(len(values)))
    best = np.flatnonzero(values == values.max())
    return int(best[0] if len(best) == 1 else rng.choice(best))


def _learn(
    worth: Callable[[np.ndarray, int, int, float], float],
    env: Environment,
    episodes: int,
    step_size: Schedule,
    epsilon: Schedule,
    discount: float,
    max_steps: int,
    generator: torch.Generator | None,
    tables: int = 1,
) -> TabularRun:
    """The loop that all share: act, observe, move one entry towards reward and what follows.

    `worth(Q, table, action, epsilon)` says what the next state is worth, given its rows Q of shape
    (tables, a), the table that is updated, and the action that will be taken there.
    """
    n_states, n_actions = _sizes(env)
    if episodes < 1 or max_steps < 1 or not 0 <= discount <= 1:
        raise ValueError(
            "episodes and max_steps of at least 1 and a discount in [0, 1] are needed, got "
            f"{episodes}, {max_steps}, {discount}"
        )
    for name, value in (("step_size", step_size), ("epsilon", epsilon)):
        if not callable(value) and not 0 <= value <= 1:
            raise ValueError(f"{name} must lie in [0, 1], got {value}")
    rng = np.random.default_rng(draw_seed(generator))
    Q = np.zeros((tables, n_states, n_actions))
    visits = np.zeros(Q.shape, dtype=np.int64)
    returns, lengths = np.zeros(episodes), np.zeros(episodes, dtype=np.int64)
    for episode in range(episodes):
        explore = at(epsilon, episode)
        state, _ = env.reset(seed=draw_seed(generator) if episode == 0 else None)
        action = _act(rng, Q[:, state].sum(0), explore)
        ended = False
        while not ended and lengths[episode] < max_steps:
            following, reward, terminated, truncated, _ = env.step(action)
            next_action = _act(rng, Q[:, following].sum(0), explore)
            table = int(rng.integers(tables)) if tables > 1 else 0
            target = reward
            if not terminated:
                target += discount * worth(Q[:, following], table, next_action, explore)
            visits[table, state, action] += 1
            alpha = at(step_size, int(visits[table, state, action]))
            Q[table, state, action] += alpha * (target - Q[table, state, action])
            returns[episode] += reward
            lengths[episode] += 1
            state, action, ended = following, next_action, terminated or truncated
    return TabularRun(
        torch.from_numpy(Q.mean(0)), torch.from_numpy(returns), torch.from_numpy(lengths)
    )


def sarsa(
    env: Environment,
    episodes: int,
    *,
    step_size: Schedule = 0.1,
    epsilon: Schedule = 0.1,
    discount: float = 0.99,
    max_steps: int = 1000,
    generator: torch.Generator | None = None,
) -> TabularRun:
    r"""Learn the values of the policy that acts: the target is $r + \gamma Q(s', a')$.

    It is on-policy: exploring costs, so it keeps away from where a random step would hurt.

    Args:
        env: an environment with numbered states and actions.
        episodes: how many to play.
        step_size: alpha in [0, 1], or a function of how often this entry was updated, from 1 on.
        epsilon: the chance of a random action, or a function of the episode, from 0 on.
        discount: gamma.
        max_steps: an episode is cut off here; unlike an end, that leaves the next state its worth.
        generator: source of the random numbers.

    Returns:
        Action values, shape (s, a); undiscounted returns and lengths, shape (episodes,).

    Raises:
        ValueError: spaces that are not numbered, or a setting out of its range.

    Equation: :eq:`eq-sarsa`.
    Section: :ref:`sec-temporal-difference`.

    Source: Rummery, Niranjan (1994), On-line Q-learning using connectionist systems,
    technical report CUED/F-INFENG/TR 166.

    Example:
        >>> from dlcore.applications import GridWorld
        >>> run = sarsa(GridWorld(["S.G"]), 50, generator=torch.Generator().manual_seed(0))
        >>> run.q_values[:2].argmax(1).tolist()
        [1, 1]

    In production: nothing to import; deep learners stand in stable-baselines3.
    """
    return _learn(
        lambda Q, table, action, epsilon: Q[0, action],
        env,
        episodes,
        step_size,
        epsilon,
        discount,
        max_steps,
        generator,
    )


def expected_sarsa(
    env: Environment,
    episodes: int,
    *,
    step_size: Schedule = 0.1,
    epsilon: Schedule = 0.1,
    discount: float = 0.99,
    max_steps: int = 1000,
    generator: torch.Generator | None = None,
) -> TabularRun:
    r"""SARSA with the mean over the next action, $r + \gamma \sum_a \pi(a \mid s') Q(s', a)$.

    The same values as SARSA's with less noise, since no next action is drawn.

    Args:
        env: an environment with numbered states and actions.
        episodes: how many to play.
        step_size: alpha in [0, 1], or a function of how often this entry was updated, from 1 on.
        epsilon: the chance of a random action, or a function of the episode, from 0 on.
        discount: gamma.
        max_steps: an episode is cut off here; unlike an end, that leaves the next state its worth.
        generator: source of the random numbers.

    Returns:
        Action values, shape (s, a); undiscounted returns and lengths, shape (episodes,).

    Raises:
        ValueError: spaces that are not numbered, or a setting out of its range.

    Equation: :eq:`eq-expected-sarsa`.
    Section: :ref:`sec-temporal-difference`.

    Source: van Seijen, van Hasselt, Whiteson, Wiering (2009), A theoretical and empirical analysis
    of expected Sarsa, doi:10.1109/ADPRL.2009.4927542.

    Example:
        >>> from dlcore.applications import GridWorld
        >>> run = expected_sarsa(GridWorld(["S.G"]), 50, generator=torch.Generator().manual_seed(0))
        >>> run.q_values[:2].argmax(1).tolist()
        [1, 1]

    In production: nothing to import; deep learners stand in stable-baselines3.
    """
    return _learn(
        lambda Q, table, action, epsilon: (1 - epsilon) * Q[0].max() + epsilon * Q[0].mean(),
        env,
        episodes,
        step_size,
        epsilon,
        discount,
        max_steps,
        generator,
    )


def q_learning(
    env: Environment,
    episodes: int,
    *,
    step_size: Schedule = 0.1,
    epsilon: Schedule = 0.1,
    discount: float = 0.99,
    max_steps: int = 1000,
    generator: torch.Generator | None = None,
) -> TabularRun:
    r"""Learn the best policy's values while exploring: the target is $r + \gamma \max_a Q(s', a)$.

    It is off-policy: whatever explores, the table tends to the optimal values if every action
    is tried again and again and the step sizes fall slowly enough.

    Args:
        env: an environment with numbered states and actions.
        episodes: how many to play.
        step_size: alpha in [0, 1], or a function of how often this entry was updated, from 1 on.
        epsilon: the chance of a random action, or a function of the episode, from 0 on.
        discount: gamma.
        max_steps: an episode is cut off here; unlike an end, that leaves the next state its worth.
        generator: source of the random numbers.

    Returns:
        Action values, shape (s, a); undiscounted returns and lengths, shape (episodes,).

    Raises:
        ValueError: spaces that are not numbered, or a setting out of its range.

    Equation: :eq:`eq-q-learning`.
    Section: :ref:`sec-q-learning`.

    Source: Watkins, Dayan (1992), Q-learning, doi:10.1007/BF00992698.

    Example:
        >>> from dlcore.applications import GridWorld
        >>> run = q_learning(GridWorld(["S.G"]), 50, generator=torch.Generator().manual_seed(0))
        >>> run.q_values[:2].argmax(1).tolist()
        [1, 1]

    In production: nothing to import; deep learners stand in stable-baselines3.
    """
    return _learn(
        lambda Q, table, action, epsilon: Q[0].max(),
        env,
        episodes,
        step_size,
        epsilon,
        discount,
        max_steps,
        generator,
    )


def double_q_learning(
    env: Environment,
    episodes: int,
    *,
    step_size: Schedule = 0.1,
    epsilon: Schedule = 0.1,
    discount: float = 0.99,
    max_steps: int = 1000,
    generator: torch.Generator | None = None,
) -> TabularRun:
    r"""Two tables, one chooses and the other values: $r + \gamma Q_2(s', \arg\max_a Q_1(s', a))$.

    A maximum over noisy values is too large on average; with independent tables this bias goes.
    Which table learns is drawn at each step, and their sum acts.

    Args:
        env: an environment with numbered states and actions.
        episodes: how many to play.
        step_size: alpha in [0, 1], or a function of how often this entry was updated, from 1 on.
        epsilon: the chance of a random action, or a function of the episode, from 0 on.
        discount: gamma.
        max_steps: an episode is cut off here; unlike an end, that leaves the next state its worth.
        generator: source of the random numbers.

    Returns:
        Action values, shape (s, a); undiscounted returns and lengths, shape (episodes,).

    Raises:
        ValueError: spaces that are not numbered, or a setting out of its range.

    Equation: :eq:`eq-double-q-learning`.
    Section: :ref:`sec-q-learning`.

    Source: van Hasselt (2010), Double Q-learning, NeurIPS 23.

    Example:
        >>> from dlcore.applications import GridWorld
        >>> rng = torch.Generator().manual_seed(0)
        >>> run = double_q_learning(GridWorld(["S.G"]), 50, generator=rng)
        >>> run.q_values[:2].argmax(1).tolist()
        [1, 1]

    In production: nothing to import; deep learners stand in stable-baselines3.
    """
    return _learn(
        lambda Q, table, action, epsilon: Q[1 - table, Q[table].argmax()],
        env,
        episodes,
        step_size,
        epsilon,
        discount,
        max_steps,
        generator,
        tables=2,
    )
