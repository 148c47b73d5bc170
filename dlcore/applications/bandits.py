"""One state, several actions, rewards by chance: the smallest problem of reinforcement learning."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor


class BanditRun(NamedTuple):
    """What happened: values and counts at the end, actions and rewards step by step."""

    values: Float[Tensor, "*runs k"]
    counts: Int64[Tensor, "*runs k"]
    actions: Int64[Tensor, " steps *runs"]
    rewards: Float[Tensor, " steps *runs"]


def epsilon_greedy_bandit(
    means: Float[Tensor, "*runs k"],
    steps: int,
    *,
    epsilon: float = 0.1,
    generator: torch.Generator | None = None,
) -> BanditRun:
    r"""Try arms, keep the mean reward of each, mostly pull the best: $Q \leftarrow Q + (r - Q)/n$.

    Rewards are the arm's mean plus standard Gaussian noise. All runs advance together.

    Args:
        means: the true mean reward of each arm, shape (..., k); leading axes are separate runs.
        steps: pulls in each run.
        epsilon: probability of an arm drawn at random instead of the best so far.
        generator: source of the random numbers.

    Returns:
        Estimated values and counts, shape (..., k); actions and rewards, shape (steps, ...).
        Ties go to the first arm.

    Raises:
        ValueError: no arm, a negative number of steps, or an epsilon outside [0, 1].

    Equation: :eq:`eq-bandit-update`.
    Section: :ref:`sec-three-kinds`.

    Source: Sutton, Barto (2018), Reinforcement Learning, section 2.4.

    Example:
        >>> means = torch.tensor([0.0, 2.0])
        >>> run = epsilon_greedy_bandit(means, 500, generator=torch.Generator().manual_seed(0))
        >>> int(run.counts.argmax())
        1

    In production: nothing to import; contextual bandits stand in vowpalwabbit.
    """
    if means.ndim < 1 or not means.shape[-1]:
        raise ValueError(f"means needs one arm or more, got shape {tuple(means.shape)}")
    if steps < 0 or not 0 <= epsilon <= 1:
        raise ValueError(f"steps >= 0 and 0 <= epsilon <= 1 are needed, got {steps}, {epsilon}")
    device = means.device
    runs, arms = means.shape[:-1], means.shape[-1]
    values, counts = torch.zeros_like(means), torch.zeros_like(means, dtype=torch.int64)
    actions = torch.randint(arms, (steps, *runs), generator=generator, device=device)
    explore = torch.rand((steps, *runs), generator=generator, device=device) < epsilon
    rewards = torch.randn((steps, *runs), generator=generator, dtype=means.dtype, device=device)
    for t in range(steps):
        actions[t] = torch.where(explore[t], actions[t], values.argmax(-1))
        chosen = actions[t][..., None]
        rewards[t] += means.gather(-1, chosen)[..., 0]
        counts.scatter_add_(-1, chosen, torch.ones_like(chosen))
        old = values.gather(-1, chosen)
        step = (rewards[t][..., None] - old) / counts.gather(-1, chosen)
        values.scatter_(-1, chosen, old + step)
    return BanditRun(values, counts, actions, rewards)
