"""The policy gradient: likelier actions where the return was higher, from whole episodes."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.applications.episodes import Environment, Episode, discounted_returns, draw_seed
from dlcore.applications.policies import Policy, environment_action


def policy_gradient_loss(
    log_probs: Float[Tensor, " b"], advantages: Float[Tensor, " b"]
) -> Float[Tensor, ""]:
    r"""Minus the policy gradient is its gradient: $-\frac1b \sum_t A_t \log\pi(a_t \mid s_t)$.

    Args:
        log_probs: of the actions taken, shape (b,).
        advantages: return minus baseline of each, shape (b,); constants, no gradient passes.

    Returns:
        The loss.

    Raises:
        ValueError: shapes that differ.

    Equation: :eq:`eq-policy-gradient`.
    Section: :ref:`sec-policy-gradient`.

    Source: Sutton, McAllester, Singh, Mansour (2000), Policy gradient methods for reinforcement
    learning with function approximation, NeurIPS 12.

    Example:
        >>> policy_gradient_loss(torch.tensor([-1.0, -2.0]), torch.tensor([1.0, 0.0])).item()
        0.5

    In production: torchrl.objectives.ReinforceLoss.
    """
    if log_probs.shape != advantages.shape:
        raise ValueError(
            f"shapes differ: log_probs {tuple(log_probs.shape)}, "
            f"advantages {tuple(advantages.shape)}"
        )
    return -(log_probs * advantages.detach()).mean()


def run_episodes(
    envs: Sequence[Environment], policy: Policy, generator: torch.Generator | None = None
) -> list[Episode]:
    """One episode in each environment, side by side, so that the policy sees them as a batch."""
    parameter = next(policy.parameters())
    latest = [env.reset(seed=draw_seed(generator))[0] for env in envs]
    seen = [[x] for x in latest]
    taken: list[list[Tensor]] = [[] for _ in envs]
    paid: list[list[float]] = [[] for _ in envs]
    ended = [False] * len(envs)
    running = list(range(len(envs)))
    while running:
        batch = torch.as_tensor(np.stack([seen[i][-1] for i in running])).to(parameter)
        actions = policy.sample(batch, generator)
        still = []
        for i, action in zip(running, actions, strict=True):
            observation, reward, ended[i], truncated, _ = envs[i].step(environment_action(action))
            seen[i].append(observation)
            taken[i].append(action)
            paid[i].append(float(reward))
            if not (ended[i] or truncated):
                still.append(i)
        running = still
    return [
        Episode(
            torch.as_tensor(np.stack(seen[i])).to(parameter),
            torch.stack(taken[i]),
            torch.tensor(paid[i]).to(parameter),
            bool(ended[i]),
        )
        for i in range(len(envs))
    ]


class REINFORCE:
    r"""Play episodes, then step along $\frac1b \sum_t (G_t - b(s_t)) \nabla \log\pi(a_t \mid s_t)$.

    Any baseline that does not look at the action leaves the expectation as it is; a good one makes
    the variance small.

    Args:
        envs: environments of one kind; each plays one episode before an update.
        policy: to be trained.
        baseline: a network from observations (b, ...) to values (b, 1), fitted to the returns by
            least squares; by default none.
        lr: learning rate of Adam, for the policy and for the baseline.
        discount: gamma.
        normalize: whether advantages are shifted and scaled to mean 0 and variance 1 in a batch.
        generator: source of the random numbers.

    Raises:
        ValueError: no environment, a discount outside [0, 1], or no episode to train on.

    Equation: :eq:`eq-policy-gradient`.
    Section: :ref:`sec-policy-gradient`.

    Source: Williams (1992), Simple statistical gradient-following algorithms for connectionist
    reinforcement learning, doi:10.1007/BF00992696.

    Example:
        >>> from dlcore.applications import CartPole, CategoricalPolicy
        >>> agent = REINFORCE([CartPole()] * 1, CategoricalPolicy(torch.nn.Linear(4, 2)))
        >>> agent.train(updates=2).shape
        torch.Size([2, 1])

    In production: torchrl.objectives.ReinforceLoss.
    """

    def __init__(
        self,
        envs: Sequence[Environment],
        policy: Policy,
        *,
        baseline: nn.Module | None = None,
        lr: float = 1e-2,
        discount: float = 0.99,
        normalize: bool = True,
        generator: torch.Generator | None = None,
    ) -> None:
        if not envs or not 0 <= discount <= 1:
            raise ValueError(
                "an environment and a discount in [0, 1] are needed, got "
                f"{len(envs)} and {discount}"
            )
        self.envs, self.policy, self.baseline = envs, policy, baseline
        self.discount, self.normalize, self.generator = discount, normalize, generator
        parameters = [*policy.parameters(), *(baseline.parameters() if baseline else ())]
        self.optimizer = torch.optim.Adam(parameters, lr=lr)

    def loss(self, episodes: Sequence[Episode]) -> Float[Tensor, ""]:
        """What an update makes smaller, on recorded episodes."""
        states = torch.cat([episode.observations[:-1] for episode in episodes])
        actions = torch.cat([episode.actions for episode in episodes])
        returns = torch.cat([discounted_returns(e.rewards, self.discount) for e in episodes])
        log_probs, _ = self.policy.evaluate(states, actions)
        if self.baseline is None:
            return policy_gradient_loss(log_probs, self._scaled(returns))
        surprises = returns - self.baseline(states)[:, 0]
        return policy_gradient_loss(log_probs, self._scaled(surprises)) + surprises.square().mean()

    def _scaled(self, advantages: Tensor) -> Tensor:
        if not self.normalize or len(advantages) < 2:
            return advantages
        return (advantages - advantages.mean()) / (advantages.std() + 1e-8)

    def train(self, updates: int) -> Float[Tensor, "updates envs"]:
        """Play and update so many times; the undiscounted returns, shape (updates, envs)."""
        if updates < 1:
            raise ValueError(f"updates must be at least 1, got {updates}")
        returns = []
        for _ in range(updates):
            episodes = run_episodes(self.envs, self.policy, self.generator)
            self.optimizer.zero_grad()
            self.loss(episodes).backward()
            self.optimizer.step()
            returns.append(torch.stack([episode.rewards.sum() for episode in episodes]))
        return torch.stack(returns)
