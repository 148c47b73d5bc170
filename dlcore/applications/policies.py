"""Policies as networks: chances of actions for an observation, discrete or Gaussian."""

import math
from abc import ABC, abstractmethod
from typing import Any

import torch
from jaxtyping import Float, Int64, Shaped
from torch import Tensor, nn


class Policy(nn.Module, ABC):
    """Draws actions, says how likely they were, and acts without chance when asked to.

    Args:
        network: observations, shape (b, ...), to the parameters of the distribution of actions.

    Section: :ref:`sec-policy-gradient`.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    @abstractmethod
    def sample(self, observations: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Draw an action for each observation."""

    @abstractmethod
    def evaluate(self, observations: Tensor, actions: Tensor) -> tuple[Tensor, Tensor]:
        """Log-probabilities of the actions and entropies, both of shape (b,)."""

    @abstractmethod
    def act(self, observation: Any) -> Any:
        """The likeliest action for one observation of an environment."""

    def _batch_of_one(self, observation: Any) -> Tensor:
        return torch.as_tensor(observation).to(next(self.parameters()))[None]


class CategoricalPolicy(Policy):
    r"""One of k actions, $\pi(a \mid s) = \mathrm{softmax}(f(s))_a$.

    Args:
        network: f, from observations (b, ...) to logits (b, k).

    Equation: :eq:`eq-policy-gradient`.
    Section: :ref:`sec-policy-gradient`.

    Source: Williams (1992), Simple statistical gradient-following algorithms for connectionist
    reinforcement learning, doi:10.1007/BF00992696.

    Example:
        >>> policy = CategoricalPolicy(torch.nn.Linear(4, 2))
        >>> policy.sample(torch.zeros(3, 4)).shape, policy.act(torch.zeros(4)) in (0, 1)
        (torch.Size([3]), True)

    In production: torch.distributions.Categorical on the logits.
    """

    def sample(
        self, observations: Float[Tensor, "b ..."], generator: torch.Generator | None = None
    ) -> Int64[Tensor, " b"]:
        """Draw an action for each observation."""
        with torch.no_grad():
            chances = self.network(observations).softmax(-1)
        return torch.multinomial(chances, 1, generator=generator)[:, 0]

    def evaluate(
        self, observations: Float[Tensor, "b ..."], actions: Int64[Tensor, " b"]
    ) -> tuple[Float[Tensor, " b"], Float[Tensor, " b"]]:
        """Log-probabilities of the actions and entropies, both of shape (b,)."""
        log_p = self.network(observations).log_softmax(-1)
        return log_p.gather(-1, actions[:, None])[:, 0], -(log_p.exp() * log_p).sum(-1)

    def act(self, observation: Any) -> int:
        """The likeliest action for one observation of an environment."""
        with torch.no_grad():
            return int(self.network(self._batch_of_one(observation)).argmax(-1))


class GaussianPolicy(Policy):
    r"""Real actions with Gaussian noise, $\pi(\cdot \mid s) = \mathcal N(f(s), \sigma^2)$.

    Args:
        network: f, from observations (b, ...) to the mean actions (b, k).
        action_size: k.
        log_std: of every action to begin with.

    Attributes:
        log_std: the logarithms of the standard deviations, a parameter of shape (k,).

    Raises:
        ValueError: no action.

    Equation: :eq:`eq-policy-gradient`.
    Section: :ref:`sec-policy-gradient`.

    Source: Williams (1992), Simple statistical gradient-following algorithms for connectionist
    reinforcement learning, doi:10.1007/BF00992696, section 6.

    Example:
        >>> policy = GaussianPolicy(torch.nn.Linear(3, 2), action_size=2)
        >>> log_p, entropy = policy.evaluate(torch.zeros(5, 3), torch.zeros(5, 2))
        >>> log_p.shape, entropy.shape
        (torch.Size([5]), torch.Size([5]))

    In production: torch.distributions.Normal, summed over the actions.
    """

    def __init__(self, network: nn.Module, action_size: int, log_std: float = 0.0) -> None:
        super().__init__(network)
        if action_size < 1:
            raise ValueError(f"action_size must be at least 1, got {action_size}")
        self.log_std = nn.Parameter(torch.full((action_size,), float(log_std)))

    def sample(
        self, observations: Float[Tensor, "b ..."], generator: torch.Generator | None = None
    ) -> Float[Tensor, "b k"]:
        """Draw an action for each observation."""
        with torch.no_grad():
            mean = self.network(observations)
            return torch.normal(mean, self.log_std.exp().expand_as(mean), generator=generator)

    def evaluate(
        self, observations: Float[Tensor, "b ..."], actions: Float[Tensor, "b k"]
    ) -> tuple[Float[Tensor, " b"], Float[Tensor, " b"]]:
        """Log-probabilities of the actions and entropies, both of shape (b,)."""
        z = (actions - self.network(observations)) / self.log_std.exp()
        constant = self.log_std + 0.5 * math.log(2 * math.pi)
        entropy = (constant + 0.5).sum()
        return -(0.5 * z**2 + constant).sum(-1), entropy.expand(len(actions))

    def act(self, observation: Any) -> Any:
        """The mean action for one observation of an environment, a NumPy array."""
        with torch.no_grad():
            return self.network(self._batch_of_one(observation))[0].cpu().numpy()


def environment_action(action: Shaped[Tensor, "..."]) -> Any:
    """An action as environments take it: a Python number, or an array."""
    return action.item() if action.ndim == 0 else action.cpu().numpy()
