"""What happens between a reset and the end: playing, recording, and adding up rewards."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor

Schedule = float | Callable[[int], float]


@runtime_checkable
class Environment(Protocol):
    """What learners need of an environment: Gymnasium's spaces, `reset` and `step`.

    Section: :ref:`sec-mdp`.

    Source: Towers et al. (2024), Gymnasium: a standard interface for reinforcement learning
    environments, arXiv:2407.17032.

    Example:
        >>> from dlcore.applications import CartPole
        >>> isinstance(CartPole(), Environment)
        True

    In production: gymnasium.Env.
    """

    @property
    def observation_space(self) -> Any:
        """What observations look like."""

    @property
    def action_space(self) -> Any:
        """What actions are allowed."""

    def reset(self, *, seed: int | None = None, options: dict | None = None) -> tuple[Any, dict]:
        """Begin an episode: the first observation, and further information."""

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict]:
        """Act: next observation, reward, terminated, truncated, further information."""


class Episode(NamedTuple):
    """T steps: observations (T + 1, ...), actions (T, ...), rewards (T,), and whether it ended."""

    observations: Shaped[Tensor, "steps_and_last ..."]
    actions: Shaped[Tensor, "steps ..."]
    rewards: Float[Tensor, " steps"]
    terminated: bool


def at(schedule: Schedule, n: int) -> float:
    """A number that may depend on time."""
    return schedule(n) if callable(schedule) else schedule


def draw_seed(generator: torch.Generator | None) -> int:
    """A seed for an environment, which has a random number generator of its own."""
    return int(torch.randint(2**31, (), generator=generator))


def run_episode(
    env: Environment,
    policy: Callable[[Any], Any],
    *,
    seed: int | None = None,
    max_steps: int = 10_000,
) -> Episode:
    """Play one episode and record it.

    Args:
        env: the environment.
        policy: the action for an observation.
        seed: of the environment's chances; by default they go on from where they are.
        max_steps: stop here if the environment does not.

    Returns:
        Observations, actions and rewards; `terminated` is false if the episode was only cut off.

    Raises:
        ValueError: no step allowed.

    Equation: :eq:`eq-return`.
    Section: :ref:`sec-mdp`.

    Source: Sutton, Barto (2018), Reinforcement Learning, section 3.1.

    Example:
        >>> from dlcore.applications import CartPole
        >>> episode = run_episode(CartPole(), lambda observation: 1, seed=0)
        >>> episode.terminated, len(episode.observations) - len(episode.rewards)
        (True, 1)

    In production: gymnasium.wrappers.RecordEpisodeStatistics.
    """
    if max_steps < 1:
        raise ValueError(f"max_steps must be at least 1, got {max_steps}")
    observation, _ = env.reset(seed=seed)
    observations, actions, rewards = [np.asarray(observation)], [], []
    for _ in range(max_steps):
        action = policy(observation)
        observation, reward, terminated, truncated, _ = env.step(action)
        observations.append(np.asarray(observation))
        actions.append(np.asarray(action))
        rewards.append(float(reward))
        if terminated or truncated:
            break
    return Episode(
        torch.from_numpy(np.stack(observations)),
        torch.from_numpy(np.stack(actions)),
        torch.tensor(rewards),
        bool(terminated),
    )


def evaluate_policy(
    env: Environment, policy: Callable[[Any], Any], episodes: int = 20, *, seed: int = 0
) -> Float[Tensor, " episodes"]:
    """The sums of rewards of some episodes, each with a seed of its own.

    Args:
        env: the environment.
        policy: the action for an observation.
        episodes: how many.
        seed: of the first episode; the others follow.

    Returns:
        Undiscounted returns, shape (episodes,).

    Raises:
        ValueError: no episode.

    Section: :ref:`sec-mdp`.

    Source: Machado et al. (2018), Revisiting the Arcade Learning Environment,
    doi:10.1613/jair.5699.

    Example:
        >>> from dlcore.applications import CartPole
        >>> evaluate_policy(CartPole(), lambda x: int(x[2] > 0), 3).shape
        torch.Size([3])

    In production: stable_baselines3.common.evaluation.evaluate_policy.
    """
    if episodes < 1:
        raise ValueError(f"episodes must be at least 1, got {episodes}")
    played = (run_episode(env, policy, seed=seed + i) for i in range(episodes))
    return torch.stack([episode.rewards.sum() for episode in played])


def discounted_returns(
    rewards: Float[Tensor, "steps ..."], discount: float
) -> Float[Tensor, "steps ..."]:
    r"""The return from each step on, $G_t = r_t + \gamma G_{t+1}$.

    Args:
        rewards: of one episode, or several side by side, shape (steps, ...).
        discount: gamma.

    Returns:
        Returns, in the shape of the rewards.

    Raises:
        ValueError: a discount outside [0, 1].

    Equation: :eq:`eq-return`.
    Section: :ref:`sec-mdp`.

    Source: Sutton, Barto (2018), Reinforcement Learning, section 3.3.

    Example:
        >>> discounted_returns(torch.tensor([0.0, 0.0, 8.0]), 0.5).tolist()
        [2.0, 4.0, 8.0]

    In production: scipy.signal.lfilter([1], [1, -discount], rewards[::-1])[::-1].
    """
    if not 0 <= discount <= 1:
        raise ValueError(f"the discount must lie in [0, 1], got {discount}")
    returns, following = torch.empty_like(rewards), torch.zeros_like(rewards[:1].sum(0))
    for t in reversed(range(len(rewards))):
        following = rewards[t] + discount * following
        returns[t] = following
    return returns
