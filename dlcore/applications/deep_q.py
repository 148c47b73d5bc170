"""Q-learning with a network: replayed experience, and a target that stands still for a while."""

import copy
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from dlcore.applications.episodes import Environment, Schedule, at, draw_seed


class Transitions(NamedTuple):
    """Steps in any order: what was seen, done, paid and seen next, and whether that was the end."""

    observations: Float[Tensor, "b ..."]
    actions: Int64[Tensor, " b"]
    rewards: Float[Tensor, " b"]
    next_observations: Float[Tensor, "b ..."]
    terminated: Bool[Tensor, " b"]


class ReplayBuffer:
    """The last steps, to learn from again and in random order.

    Args:
        capacity: how many steps are kept; then the oldest is overwritten.
        observation_shape: of one observation.
        device: where samples live; the steps are kept in the computer's memory.

    Raises:
        ValueError: no capacity, or a sample from an empty buffer.

    Equation: :eq:`eq-dqn-loss`.
    Section: :ref:`sec-dqn`.

    Source: Lin (1992), Self-improving reactive agents based on reinforcement learning, planning and
    teaching, doi:10.1007/BF00992699.

    Example:
        >>> buffer = ReplayBuffer(2, (1,))
        >>> for i in range(3):
        ...     buffer.add([float(i)], 0, 1.0, [i + 1.0], False)
        >>> len(buffer), sorted(set(buffer.sample(50).observations[:, 0].tolist()))
        (2, [1.0, 2.0])

    In production: torchrl.data.ReplayBuffer.
    """

    def __init__(
        self,
        capacity: int,
        observation_shape: tuple[int, ...],
        *,
        device: torch.device | str | None = None,
    ) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, got {capacity}")
        self.device = device
        self._kept: tuple[np.ndarray, ...] = (
            np.zeros((capacity, *observation_shape), np.float32),
            np.zeros(capacity, np.int64),
            np.zeros(capacity, np.float32),
            np.zeros((capacity, *observation_shape), np.float32),
            np.zeros(capacity, np.bool_),
        )
        self._capacity, self._added = capacity, 0

    def __len__(self) -> int:
        return min(self._added, self._capacity)

    def add(
        self,
        observation: Any,
        action: int,
        reward: float,
        next_observation: Any,
        terminated: bool,
    ) -> None:
        """Keep one step."""
        step = (observation, action, reward, next_observation, terminated)
        for kept, value in zip(self._kept, step, strict=True):
            kept[self._added % self._capacity] = value
        self._added += 1

    def sample(self, size: int, generator: torch.Generator | None = None) -> Transitions:
        """Steps drawn with replacement."""
        if not self._added:
            raise ValueError("the buffer is empty")
        index = torch.randint(len(self), (size,), generator=generator).numpy()
        return Transitions(*(torch.from_numpy(kept[index]).to(self.device) for kept in self._kept))


def dqn_targets(
    rewards: Float[Tensor, " b"],
    terminated: Bool[Tensor, " b"],
    next_q: Float[Tensor, "b k"],
    *,
    discount: float,
    chooser: Float[Tensor, "b k"] | None = None,
) -> Float[Tensor, " b"]:
    r"""What Q should be: $r + \gamma \max_a Q^-(s', a)$, and only r where the episode ended.

    Args:
        rewards: shape (b,).
        terminated: whether the episode ended with the step, shape (b,).
        next_q: values of the next state's actions from the target network, shape (b, k).
        discount: gamma.
        chooser: double DQN: the action is the best according to these values, from the network in
            training, and `next_q` says what it is worth.

    Returns:
        Targets, shape (b,), without gradient.

    Raises:
        ValueError: shapes that don't belong together, or a discount outside [0, 1].

    Equation: :eq:`eq-double-dqn`.
    Section: :ref:`sec-dqn`.

    Source: van Hasselt, Guez, Silver (2016), Deep reinforcement learning with double Q-learning,
    arXiv:1509.06461.

    Example:
        >>> rewards, terminated = torch.tensor([1.0, 1.0]), torch.tensor([False, True])
        >>> dqn_targets(rewards, terminated, torch.tensor([[2.0, 4.0]] * 2), discount=0.5).tolist()
        [3.0, 1.0]

    In production: torchrl.objectives.DQNLoss.
    """
    b = len(rewards)
    if terminated.shape != (b,) or next_q.ndim != 2 or len(next_q) != b:
        raise ValueError(
            "rewards (b,), terminated (b,) and next_q (b, k) are needed, got "
            f"{tuple(rewards.shape)}, {tuple(terminated.shape)}, {tuple(next_q.shape)}"
        )
    if chooser is not None and chooser.shape != next_q.shape:
        raise ValueError(
            f"shapes differ: chooser {tuple(chooser.shape)}, next_q {tuple(next_q.shape)}"
        )
    if not 0 <= discount <= 1:
        raise ValueError(f"the discount must lie in [0, 1], got {discount}")
    best = (next_q if chooser is None else chooser).argmax(1, keepdim=True)
    following = next_q.gather(1, best)[:, 0].masked_fill(terminated, 0)
    return (rewards + discount * following).detach()


class DQN:
    r"""Fit a network to $r + \gamma \max_a Q^-(s', a)$ on replayed steps, while acting by it.

    Args:
        env: an environment with numbered actions.
        network: Q, from observations (b, ...) to values (b, k).
        double: whether the network in training chooses the action that its copy values.
        lr: learning rate of Adam, or a function of the step.
        discount: gamma.
        epsilon: the chance of a random action, or a function of the step.
        capacity: steps kept for replay.
        batch_size: steps in an update.
        warmup: steps before the first update, taken at random.
        update_every: steps between updates.
        copy_every: updates after which the network's copy $Q^-$ is renewed.
        generator: source of the random numbers.

    Attributes:
        target_network: the copy $Q^-$.
        buffer: the kept steps.

    Raises:
        ValueError: an action space without numbers, or a number outside its range.

    Equation: :eq:`eq-dqn-loss`.
    Section: :ref:`sec-dqn`.

    Source: Mnih et al. (2015), Human-level control through deep reinforcement learning,
    doi:10.1038/nature14236.

    Example:
        >>> from dlcore.applications import CartPole
        >>> agent = DQN(CartPole(), nn.Linear(4, 2), warmup=50)
        >>> agent.train(100).ndim, agent.act([0.0, 0.0, 0.0, 0.0]) in (0, 1)
        (1, True)

    In production: stable_baselines3.DQN.
    """

    def __init__(
        self,
        env: Environment,
        network: nn.Module,
        *,
        double: bool = True,
        lr: Schedule = 1e-3,
        discount: float = 0.99,
        epsilon: Schedule = 0.1,
        capacity: int = 50_000,
        batch_size: int = 64,
        warmup: int = 500,
        update_every: int = 1,
        copy_every: int = 100,
        generator: torch.Generator | None = None,
    ) -> None:
        if not hasattr(env.action_space, "n"):
            raise ValueError(f"numbered actions are needed, got the space {env.action_space}")
        counts = (batch_size, warmup, update_every, copy_every)
        if min(counts) < 1 or not 0 <= discount <= 1:
            raise ValueError(
                "batch_size, warmup, update_every, copy_every of at least 1 and a discount in "
                f"[0, 1] are needed, got {counts} and {discount}"
            )
        self.env, self.network, self.double, self.discount = env, network, double, discount
        self.epsilon, self.lr = epsilon, lr
        self.batch_size, self.warmup = batch_size, warmup
        self.update_every, self.copy_every = update_every, copy_every
        self.generator = generator
        self.target_network = copy.deepcopy(network).requires_grad_(False)
        self.optimizer = torch.optim.Adam(network.parameters(), fused=True)
        self._device = next(network.parameters()).device
        shape = env.observation_space.shape
        self.buffer = ReplayBuffer(capacity, shape, device=self._device)
        self.steps, self._updates = 0, 0

    def act(self, observation: Any) -> int:
        """The action that the network values most."""
        x = torch.as_tensor(observation, dtype=torch.float32, device=self._device)
        with torch.no_grad():
            return int(self.network(x[None]).argmax())

    def loss(self, batch: Transitions) -> Float[Tensor, ""]:
        """Huber's loss between the values of the actions taken and their targets."""
        q = self.network(batch.observations).gather(1, batch.actions[:, None])[:, 0]
        with torch.no_grad():
            chooser = self.network(batch.next_observations) if self.double else None
            next_q = self.target_network(batch.next_observations)
        targets = dqn_targets(
            batch.rewards, batch.terminated, next_q, discount=self.discount, chooser=chooser
        )
        return nn.functional.smooth_l1_loss(q, targets)

    def update(self) -> None:
        """One gradient step on replayed steps."""
        if self._updates % self.copy_every == 0:
            self.target_network.load_state_dict(self.network.state_dict())
        self._updates += 1
        for group in self.optimizer.param_groups:
            group["lr"] = at(self.lr, self.steps)
        self.optimizer.zero_grad()
        self.loss(self.buffer.sample(self.batch_size, self.generator)).backward()
        self.optimizer.step()

    def train(self, steps: int) -> Float[Tensor, " episodes"]:
        """Act and learn for so many steps; the returns of the episodes that ended."""
        if steps < 1:
            raise ValueError(f"steps must be at least 1, got {steps}")
        rng = np.random.default_rng(draw_seed(self.generator))
        n_actions = int(self.env.action_space.n)
        observation, _ = self.env.reset(seed=draw_seed(self.generator))
        returns, total = [], 0.0
        for _ in range(steps):
            if self.steps < self.warmup or rng.random() < at(self.epsilon, self.steps):
                action = int(rng.integers(n_actions))
            else:
                action = self.act(observation)
            following, reward, terminated, truncated, _ = self.env.step(action)
            self.buffer.add(observation, action, float(reward), following, terminated)
            self.steps, total, observation = self.steps + 1, total + float(reward), following
            if self.steps >= self.warmup and self.steps % self.update_every == 0:
                self.update()
            if terminated or truncated:
                returns.append(total)
                observation, total = self.env.reset()[0], 0.0
        return torch.tensor(returns)
