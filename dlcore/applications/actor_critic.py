"""Actor and critic: the policy gradient without waiting for the end, and PPO's many small steps."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn

from dlcore.applications.episodes import Environment, draw_seed
from dlcore.applications.policies import Policy, environment_action
from dlcore.applications.policy_gradient import policy_gradient_loss


class Rollout(NamedTuple):
    """T steps in n environments; `ends` marks each last step, `terminated` those without worth."""

    observations: Float[Tensor, "steps n ..."]
    actions: Shaped[Tensor, "steps n ..."]
    rewards: Float[Tensor, "steps n"]
    next_observations: Float[Tensor, "steps n ..."]
    terminated: Bool[Tensor, "steps n"]
    ends: Bool[Tensor, "steps n"]


def generalized_advantages(
    rewards: Float[Tensor, "steps ..."],
    values: Float[Tensor, "steps ..."],
    next_values: Float[Tensor, "steps ..."],
    ends: Bool[Tensor, "steps ..."],
    *,
    discount: float,
    trace_decay: float,
) -> Float[Tensor, "steps ..."]:
    r"""$A_t = \delta_t + \gamma\lambda A_{t+1}$ with $\delta_t = r_t + \gamma V(s_{t+1}) - V(s_t)$.

    Args:
        rewards: shape (steps, ...), trailing axes for environments side by side.
        values: of the states left.
        next_values: of the states reached: 0 where an episode terminated.
        ends: whether an episode ended with the step, by termination or by being cut off.
        discount: gamma.
        trace_decay: lambda: 0 trusts the critic (one step), 1 the rewards (all steps).

    Returns:
        Advantages, in the shape of the rewards.

    Raises:
        ValueError: shapes that differ, or a number outside [0, 1].

    Equation: :eq:`eq-gae`.
    Section: :ref:`sec-actor-critic`.

    Source: Schulman, Moritz, Levine, Jordan, Abbeel (2016), High-dimensional continuous control
    using generalized advantage estimation, arXiv:1506.02438.

    Example:
        >>> rewards, ends = torch.tensor([1.0, 1.0]), torch.tensor([False, True])
        >>> values, following = torch.tensor([0.0, 2.0]), torch.tensor([2.0, 0.0])
        >>> generalized_advantages(
        ...     rewards, values, following, ends, discount=1.0, trace_decay=0.5
        ... ).tolist()
        [2.5, -1.0]

    In production: torchrl.objectives.value.GAE.
    """
    shapes = {tuple(x.shape) for x in (rewards, values, next_values, ends)}
    if len(shapes) != 1:
        raise ValueError(
            f"rewards, values, next_values and ends must have one shape, got {sorted(shapes)}"
        )
    if not 0 <= discount <= 1 or not 0 <= trace_decay <= 1:
        raise ValueError(
            f"discount and trace_decay must lie in [0, 1], got {discount} and {trace_decay}"
        )
    surprises = rewards + discount * next_values - values
    decay = discount * trace_decay * (~ends).to(rewards)
    advantages, following = torch.empty_like(rewards), torch.zeros_like(rewards[:1].sum(0))
    for t in reversed(range(len(rewards))):
        following = surprises[t] + decay[t] * following
        advantages[t] = following
    return advantages


class ActorCritic:
    r"""A policy that learns from a critic's surprise, some steps at a time (A2C).

    One gradient step on $-\overline{A_t \log\pi(a_t \mid s_t)} + \overline{(V(s_t) - G_t)^2} / 2 -
    \beta \overline{H}$ for every rollout, where $G_t = A_t + V(s_t)$ is the critic's target.

    Args:
        envs: environments of one kind, side by side.
        policy: the actor.
        critic: a network from observations (b, ...) to values (b, 1).
        lr: learning rate of Adam.
        discount: gamma.
        trace_decay: lambda of the advantages.
        horizon: steps in each environment before an update.
        entropy_weight: beta, which keeps the policy from deciding too early.
        max_gradient: gradients are shortened to this norm.
        generator: source of the random numbers.

    Raises:
        ValueError: no environment, no step, or a number outside its range.

    Equation: :eq:`eq-gae`.
    Section: :ref:`sec-actor-critic`.

    Source: Mnih et al. (2016), Asynchronous methods for deep reinforcement learning,
    arXiv:1602.01783.

    Example:
        >>> from dlcore.applications import CartPole, CategoricalPolicy
        >>> policy, critic = CategoricalPolicy(nn.Linear(4, 2)), nn.Linear(4, 1)
        >>> agent = ActorCritic([CartPole()], policy, critic, horizon=8)
        >>> agent.train(steps=80).ndim
        1

    In production: stable_baselines3.A2C.
    """

    def __init__(
        self,
        envs: Sequence[Environment],
        policy: Policy,
        critic: nn.Module,
        *,
        lr: float = 1e-3,
        discount: float = 0.99,
        trace_decay: float = 0.95,
        horizon: int = 16,
        entropy_weight: float = 0.0,
        max_gradient: float = 0.5,
        generator: torch.Generator | None = None,
    ) -> None:
        if not envs or horizon < 1 or not 0 <= discount <= 1 or not 0 <= trace_decay <= 1:
            raise ValueError(
                "an environment, a horizon of at least 1, a discount and a trace_decay in [0, 1] "
                f"are needed, got {len(envs)}, {horizon}, {discount}, {trace_decay}"
            )
        self.envs, self.policy, self.critic = envs, policy, critic
        self.discount, self.trace_decay, self.horizon = discount, trace_decay, horizon
        self.entropy_weight, self.max_gradient = entropy_weight, max_gradient
        self.generator = generator
        self.parameters = [*policy.parameters(), *critic.parameters()]
        self.optimizer = torch.optim.Adam(self.parameters, lr=lr)
        self._latest: np.ndarray | None = None

    def collect(self) -> tuple[Rollout, list[float]]:
        """Go on for one horizon; the steps, and the returns of the episodes that ended."""
        if self._latest is None:
            first = [env.reset(seed=draw_seed(self.generator))[0] for env in self.envs]
            self._latest, self._totals = np.stack(first), [0.0] * len(self.envs)
        parameter = self.parameters[0]
        steps, finished = [], []
        for _ in range(self.horizon):
            observations = torch.as_tensor(self._latest).to(parameter)
            actions = self.policy.sample(observations, self.generator)
            taken = [
                env.step(environment_action(action))
                for env, action in zip(self.envs, actions, strict=True)
            ]
            reached, rewards, terminated, truncated = map(
                np.array, list(zip(*taken, strict=True))[:4]
            )
            ends = terminated | truncated
            self._latest = reached.copy()
            for i, reward in enumerate(rewards.tolist()):
                self._totals[i] += reward
                if ends[i]:
                    finished.append(self._totals[i])
                    self._latest[i], self._totals[i] = self.envs[i].reset()[0], 0.0
            steps.append(
                Rollout(
                    observations,
                    actions,
                    torch.as_tensor(rewards).to(parameter),
                    torch.as_tensor(reached).to(parameter),
                    torch.as_tensor(terminated, device=parameter.device),
                    torch.as_tensor(ends, device=parameter.device),
                )
            )
        return Rollout(*map(torch.stack, zip(*steps, strict=True))), finished

    def advantages(self, rollout: Rollout) -> tuple[Tensor, Tensor]:
        """Advantages of the actions and targets of the critic, both of shape (steps, n)."""
        with torch.no_grad():
            values = self.critic(rollout.observations)[..., 0]
            following = self.critic(rollout.next_observations)[..., 0]
        following = following.masked_fill(rollout.terminated, 0)
        advantages = generalized_advantages(
            rollout.rewards,
            values,
            following,
            rollout.ends,
            discount=self.discount,
            trace_decay=self.trace_decay,
        )
        return advantages, advantages + values

    def actor_loss(self, log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor) -> Tensor:
        """What makes good actions likelier."""
        return policy_gradient_loss(log_probs, advantages)

    def step(
        self,
        observations: Tensor,
        actions: Tensor,
        old_log_probs: Tensor,
        advantages: Tensor,
        targets: Tensor,
    ) -> None:
        """One gradient step on a batch of steps."""
        log_probs, entropies = self.policy.evaluate(observations, actions)
        actor = self.actor_loss(log_probs, old_log_probs, advantages)
        critic = (self.critic(observations)[..., 0] - targets).square().mean() / 2
        self.optimizer.zero_grad()
        (actor + critic - self.entropy_weight * entropies.mean()).backward()
        nn.utils.clip_grad_norm_(self.parameters, self.max_gradient)
        self.optimizer.step()

    def learn(self, batch: tuple[Tensor, ...]) -> None:
        """Learn from a rollout, its steps in one axis: what `step` takes."""
        self.step(*batch)

    def train(self, steps: int) -> Float[Tensor, " episodes"]:
        """Act and learn for about so many steps in all; the returns of the episodes that ended."""
        rollouts = steps // (self.horizon * len(self.envs))
        if rollouts < 1:
            raise ValueError(
                f"steps must be at least horizon x environments, {self.horizon * len(self.envs)}, "
                f"got {steps}"
            )
        returns: list[float] = []
        for _ in range(rollouts):
            rollout, finished = self.collect()
            returns += finished
            advantages, targets = self.advantages(rollout)
            observations, actions = (
                rollout.observations.flatten(0, 1),
                rollout.actions.flatten(0, 1),
            )
            with torch.no_grad():
                log_probs, _ = self.policy.evaluate(observations, actions)
            self.learn((observations, actions, log_probs, advantages.flatten(), targets.flatten()))
        return torch.tensor(returns)


def ppo_loss(
    log_probs: Float[Tensor, " b"],
    old_log_probs: Float[Tensor, " b"],
    advantages: Float[Tensor, " b"],
    *,
    clip: float = 0.2,
) -> Float[Tensor, ""]:
    r"""The clipped objective: $-\overline{\min(\rho A, \mathrm{clip}(\rho, 1 \pm \epsilon) A)}$.

    $\rho = \pi / \pi_{old}$ says how much likelier the action has become since it was taken.

    The gradient of a step vanishes once its action's probability has moved by the share epsilon in
    the direction that its advantage asks for.

    Args:
        log_probs: of the actions under the policy in training, shape (b,).
        old_log_probs: under the policy that took them, constants.
        advantages: constants.
        clip: epsilon.

    Returns:
        The loss.

    Raises:
        ValueError: shapes that differ, or a clip that is not positive.

    Equation: :eq:`eq-ppo-clip`.
    Section: :ref:`sec-ppo`.

    Source: Schulman, Wolski, Dhariwal, Radford, Klimov (2017), Proximal policy optimization
    algorithms, arXiv:1707.06347.

    Example:
        >>> twice_as_likely = torch.tensor([2.0]).log()
        >>> f"{ppo_loss(twice_as_likely, torch.zeros(1), torch.ones(1)):.1f}"
        '-1.2'

    In production: torchrl.objectives.ClipPPOLoss.
    """
    if log_probs.shape != old_log_probs.shape or log_probs.shape != advantages.shape or clip <= 0:
        raise ValueError(
            "three tensors of one shape and a positive clip are needed, got "
            f"{tuple(log_probs.shape)}, {tuple(old_log_probs.shape)}, {tuple(advantages.shape)} "
            f"and {clip}"
        )
    ratio = (log_probs - old_log_probs.detach()).exp()
    A = advantages.detach()
    return -torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A).mean()


class PPO(ActorCritic):
    """Actor-critic that uses each rollout for several epochs, and stops where it moved too far.

    Args:
        envs: environments of one kind, side by side.
        policy: the actor.
        critic: a network from observations (b, ...) to values (b, 1).
        clip: how far the chance of an action may move, as a share.
        epochs: passes over each rollout.
        batch_size: steps in a minibatch.
        lr: learning rate of Adam.
        discount: gamma.
        trace_decay: lambda of the advantages, which are scaled to mean 0 and variance 1.
        horizon: steps in each environment before an update.
        entropy_weight: weight of the policy's entropy.
        max_gradient: gradients are shortened to this norm.
        generator: source of the random numbers.

    Raises:
        ValueError: no environment, no step, or a number outside its range.

    Equation: :eq:`eq-ppo-clip`.
    Section: :ref:`sec-ppo`.

    Source: Schulman, Wolski, Dhariwal, Radford, Klimov (2017), Proximal policy optimization
    algorithms, arXiv:1707.06347.

    Example:
        >>> from dlcore.applications import CartPole, CategoricalPolicy
        >>> policy, critic = CategoricalPolicy(nn.Linear(4, 2)), nn.Linear(4, 1)
        >>> agent = PPO([CartPole()], policy, critic, horizon=64)
        >>> agent.train(steps=128).ndim
        1

    In production: stable_baselines3.PPO.
    """

    def __init__(
        self,
        envs: Sequence[Environment],
        policy: Policy,
        critic: nn.Module,
        *,
        clip: float = 0.2,
        epochs: int = 4,
        batch_size: int = 64,
        lr: float = 1e-3,
        discount: float = 0.99,
        trace_decay: float = 0.95,
        horizon: int = 128,
        entropy_weight: float = 0.0,
        max_gradient: float = 0.5,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(
            envs,
            policy,
            critic,
            lr=lr,
            discount=discount,
            trace_decay=trace_decay,
            horizon=horizon,
            entropy_weight=entropy_weight,
            max_gradient=max_gradient,
            generator=generator,
        )
        if clip <= 0 or epochs < 1 or batch_size < 2:
            raise ValueError(
                "a positive clip, an epoch and a batch of 2 are needed, got "
                f"{clip}, {epochs}, {batch_size}"
            )
        self.clip, self.epochs, self.batch_size = clip, epochs, batch_size

    def actor_loss(self, log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor) -> Tensor:
        """The clipped objective."""
        A = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
        return ppo_loss(log_probs, old_log_probs, A, clip=self.clip)

    def learn(self, batch: tuple[Tensor, ...]) -> None:
        """Several epochs of minibatches in random order."""
        n = len(batch[0])
        for _ in range(self.epochs):
            for index in torch.randperm(n, generator=self.generator).split(self.batch_size):
                if len(index) > 1:
                    self.step(*(part[index] for part in batch))
