"""Three ways to choose an arm: chance, optimism, and a draw from what is believed."""

import math
from abc import ABC, abstractmethod
from typing import Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from dlcore.applications.bandits import BanditRun
from dlcore.probability import Beta


class BanditPolicy(ABC):
    """Chooses arms in many runs at once, and keeps how often each was pulled and what it paid."""

    def start(self, means: Float[Tensor, "*runs k"]) -> None:
        """Forget everything; numbers will have the shape, dtype and device of the means."""
        self.counts = torch.zeros_like(means)
        self.sums = torch.zeros_like(means)

    def update(self, actions: Int64[Tensor, "*runs"], rewards: Float[Tensor, "*runs"]) -> None:
        """Learn what the chosen arms paid."""
        chosen = actions[..., None]
        self.counts.scatter_add_(-1, chosen, torch.ones_like(rewards)[..., None])
        self.sums.scatter_add_(-1, chosen, rewards[..., None])

    @abstractmethod
    def choose(self, generator: torch.Generator | None = None) -> Int64[Tensor, "*runs"]:
        """One arm for each run."""

    def _uniform(self, generator: torch.Generator | None) -> Tensor:
        shape, device = self.counts.shape, self.counts.device
        return torch.rand(shape, generator=generator, dtype=self.counts.dtype, device=device)


class EpsilonGreedy(BanditPolicy):
    r"""The arm with the best mean so far, but with chance $\epsilon$ any arm.

    Its regret grows linearly, because it never stops exploring.

    Args:
        epsilon: the chance of an arm drawn at random. Arms never pulled count as mean 0, and ties
            are broken at random.

    Raises:
        ValueError: an epsilon outside [0, 1].

    Equation: :eq:`eq-bandit-update`.
    Section: :ref:`sec-bandits`.

    Source: Sutton, Barto (2018), Reinforcement Learning, section 2.2.

    Example:
        >>> policy = EpsilonGreedy(0.0)
        >>> policy.start(torch.zeros(2))
        >>> policy.update(torch.tensor(1), torch.tensor(1.0))
        >>> int(policy.choose(None))
        1

    In production: mabwiser.LearningPolicy.EpsilonGreedy.
    """

    def __init__(self, epsilon: float = 0.1) -> None:
        if not 0 <= epsilon <= 1:
            raise ValueError(f"epsilon must lie in [0, 1], got {epsilon}")
        self.epsilon = epsilon

    def choose(self, generator: torch.Generator | None = None) -> Int64[Tensor, "*runs"]:
        """One arm for each run."""
        means = self.sums / self.counts.clamp(min=1)
        noise = self._uniform(generator)
        best = means == means.amax(-1, keepdim=True)
        greedy = torch.where(best, noise, -1).argmax(-1)
        explore = self._uniform(generator)[..., 0] < self.epsilon
        return torch.where(explore, noise.argmax(-1), greedy)


class UCB1(BanditPolicy):
    r"""Optimism: the arm with the largest mean plus bonus, $\hat\mu_a + \sqrt{c \ln t / n_a}$.

    For rewards in [0, 1] and c = 2 the regret is at most
    $\sum_a [8 \ln(t) / \Delta_a + (1 + \pi^2 / 3) \Delta_a]$, with gaps $\Delta_a$ to the best.

    Args:
        exploration: c. Arms never pulled come first.

    Raises:
        ValueError: a negative c.

    Equation: :eq:`eq-ucb1`.
    Section: :ref:`sec-bandits`.

    Source: Auer, Cesa-Bianchi, Fischer (2002), Finite-time analysis of the multiarmed bandit
    problem, doi:10.1023/A:1013689704352.

    Example:
        >>> policy = UCB1()
        >>> policy.start(torch.zeros(2))
        >>> policy.update(torch.tensor(0), torch.tensor(1.0))
        >>> int(policy.choose())
        1

    In production: mabwiser.LearningPolicy.UCB1.
    """

    def __init__(self, exploration: float = 2.0) -> None:
        if exploration < 0:
            raise ValueError(f"exploration must be at least 0, got {exploration}")
        self.exploration = exploration

    def choose(self, generator: torch.Generator | None = None) -> Int64[Tensor, "*runs"]:
        """One arm for each run, without chance: of equal ones the first."""
        t = self.counts.sum(-1, keepdim=True).clamp(min=1)
        n = self.counts.clamp(min=1)
        index = self.sums / n + (self.exploration * t.log() / n).sqrt()
        return index.masked_fill(self.counts == 0, math.inf).argmax(-1)


class ThompsonSampling(BanditPolicy):
    r"""Draw a success rate for each arm from its posterior and take the largest.

    For rewards 0 and 1 and a prior Beta(a, b) the posterior of an arm is
    Beta(a + successes, b + failures).

    Args:
        prior: a and b, the same for each arm; (1, 1) is uniform.

    Raises:
        ValueError: a prior with a number that is not positive, or a reward outside [0, 1].

    Equation: :eq:`eq-thompson-posterior`.
    Section: :ref:`sec-bandits`.

    Source: Thompson (1933), On the likelihood that one unknown probability exceeds another,
    doi:10.1093/biomet/25.3-4.285.

    Example:
        >>> policy = ThompsonSampling()
        >>> policy.start(torch.zeros(2))
        >>> policy.update(torch.tensor(1), torch.tensor(1.0))
        >>> policy.posterior().mean
        tensor([0.5000, 0.6667])

    In production: mabwiser.LearningPolicy.ThompsonSampling.
    """

    def __init__(self, prior: tuple[float, float] = (1.0, 1.0)) -> None:
        if min(prior) <= 0:
            raise ValueError(f"both numbers of a Beta prior must be positive, got {prior}")
        self.prior = prior

    def update(self, actions: Int64[Tensor, "*runs"], rewards: Float[Tensor, "*runs"]) -> None:
        """Count successes and failures."""
        if ((rewards < 0) | (rewards > 1)).any():
            raise ValueError(
                "rewards must lie in [0, 1], got "
                f"{float(rewards.min()):.4g} to {float(rewards.max()):.4g}"
            )
        super().update(actions, rewards)

    def posterior(self) -> Beta:
        """What is believed about each arm, shape (..., k)."""
        a, b = self.prior
        return Beta(a + self.sums, b + self.counts - self.sums)

    def choose(self, generator: torch.Generator | None = None) -> Int64[Tensor, "*runs"]:
        """One arm for each run."""
        return self.posterior().sample(generator=generator).argmax(-1)


def play_bandit(
    policy: BanditPolicy,
    means: Float[Tensor, "*runs k"],
    steps: int,
    *,
    rewards: Literal["bernoulli", "gaussian"] = "bernoulli",
    generator: torch.Generator | None = None,
) -> BanditRun:
    """Let a policy pull arms, in all runs at once.

    Args:
        policy: chooses the arms.
        means: the true mean reward of each arm, shape (..., k); leading axes are separate runs.
        steps: pulls in each run.
        rewards: "bernoulli", 1 with the arm's mean as chance, else 0; or "gaussian", the mean plus
            standard Gaussian noise.
        generator: source of the random numbers.

    Returns:
        Mean rewards and counts, shape (..., k); actions and rewards, shape (steps, ...).

    Raises:
        ValueError: no arm, no step, an unknown kind of rewards, or chances outside [0, 1].

    Equation: :eq:`eq-bandit-update`.
    Section: :ref:`sec-bandits`.

    Source: Lattimore, Szepesvári (2020), Bandit Algorithms, doi:10.1017/9781108571401, chapter 4.

    Example:
        >>> means = torch.tensor([0.1, 0.9])
        >>> run = play_bandit(UCB1(), means, 200, generator=torch.Generator().manual_seed(0))
        >>> int(run.counts.argmax())
        1

    In production: mabwiser.Simulator.
    """
    if means.ndim < 1 or not means.shape[-1] or steps < 1:
        raise ValueError(f"an arm and a step are needed, got {tuple(means.shape)} and {steps}")
    if rewards not in ("bernoulli", "gaussian"):
        raise ValueError(f'rewards must be "bernoulli" or "gaussian", got {rewards!r}')
    if rewards == "bernoulli" and ((means < 0) | (means > 1)).any():
        raise ValueError(f"chances must lie in [0, 1], got {means.min()} to {means.max()}")
    policy.start(means)
    actions, paid = [], []
    for _ in range(steps):
        action = policy.choose(generator)
        mean = means.gather(-1, action[..., None])[..., 0]
        if rewards == "bernoulli":
            reward = torch.bernoulli(mean, generator=generator)
        else:
            reward = torch.normal(mean, 1.0, generator=generator)
        policy.update(action, reward)
        actions.append(action)
        paid.append(reward)
    values, counts = policy.sums / policy.counts.clamp(min=1), policy.counts.long()
    return BanditRun(values, counts, torch.stack(actions), torch.stack(paid))


def regret(
    actions: Int64[Tensor, " steps *runs"], means: Float[Tensor, "*runs k"]
) -> Float[Tensor, " steps *runs"]:
    r"""What was lost until each step against the best arm: the sum of $\mu^* - \mu_{a_t}$.

    It counts the means of the pulled arms, not the rewards drawn, which would only add noise.

    Args:
        actions: pulled arms, shape (steps, ...).
        means: the true mean reward of each arm, shape (..., k).

    Returns:
        Cumulative regret, shape (steps, ...).

    Raises:
        ValueError: shapes that don't belong together.

    Equation: :eq:`eq-bandit-regret`.
    Section: :ref:`sec-bandits`.

    Source: Lai, Robbins (1985), Asymptotically efficient adaptive allocation rules,
    doi:10.1016/0196-8858(85)90002-8.

    Example:
        >>> regret(torch.tensor([0, 1, 0]), torch.tensor([0.5, 1.0])).tolist()
        [0.5, 0.5, 1.0]

    In production: (means.max() - means[actions]).cumsum().
    """
    if actions.shape[1:] != means.shape[:-1]:
        raise ValueError(
            "actions of shape (steps, ...) and means of shape (..., k) are needed, got "
            f"{tuple(actions.shape)} and {tuple(means.shape)}"
        )
    pulled = means.expand(len(actions), *means.shape).gather(-1, actions[..., None])[..., 0]
    return (means.amax(-1) - pulled).cumsum(0)
