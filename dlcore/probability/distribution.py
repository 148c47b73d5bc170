"""What every distribution can do, in the conventions of torch.distributions."""

import math
from abc import ABC, abstractmethod
from numbers import Integral, Real

import torch
from torch import Tensor


def broadcast(name: str, **parameters: object) -> list[Tensor]:
    """Parameters as floating tensors of one shape; numbers take dtype and device of the tensors."""
    tensors = [p for p in parameters.values() if isinstance(p, Tensor)]
    for key, value in parameters.items():
        if isinstance(value, Tensor) and not value.is_floating_point():
            raise TypeError(f"{name}: {key} must be a floating-point tensor, got {value.dtype}")
        if not isinstance(value, Tensor | Real):
            raise TypeError(f"{name}: {key} must be a number or a tensor, got {value!r}")
    like = tensors[0] if tensors else torch.zeros(())
    values = [torch.as_tensor(p, dtype=like.dtype, device=like.device) for p in parameters.values()]
    for key, value in zip(parameters, values, strict=True):
        if value.isnan().any():
            raise ValueError(f"{name}: {key} contains NaN")
    return list(torch.broadcast_tensors(*values))


def require_positive(name: str, **parameters: Tensor) -> None:
    """Refuse scales and rates that are not positive and finite."""
    for key, value in parameters.items():
        if not ((value > 0) & value.isfinite()).all():
            raise ValueError(f"{name}: {key} must be positive and finite, got {value.min():.6g}")


class Distribution(ABC):
    """A distribution, or a batch of independent ones, of numbers or of vectors.

    Shapes are torch's: a sample has the shape `sample_shape + batch_shape + event_shape`, its
    log-probability lacks the last part.

    Attributes:
        batch_shape: the shape of the parameters, one distribution an entry.
        event_shape: the shape of one outcome, () for a number and (d,) for a vector.

    Section: :ref:`sec-common-distributions`
    Source: Dillon et al. (2017), TensorFlow Distributions, arXiv:1711.10604.

    Example:
        >>> from dlcore.probability import Normal
        >>> isinstance(Normal(0.0, 1.0), Distribution)
        True

    In production: torch.distributions.Distribution.
    """

    batch_shape = torch.Size()
    event_shape = torch.Size()

    @abstractmethod
    def log_prob(self, x: Tensor) -> Tensor:
        """The log of the probability (discrete) or density (continuous); -inf off the support."""

    @abstractmethod
    def sample(
        self, shape: tuple[int, ...] = (), *, generator: torch.Generator | None = None
    ) -> Tensor:
        """Independent draws, `shape` of them for each distribution of the batch."""

    @property
    @abstractmethod
    def mean(self) -> Tensor:
        """The expectation."""

    @property
    @abstractmethod
    def variance(self) -> Tensor:
        """The mean squared distance from the mean, of each component."""

    @property
    def stddev(self) -> Tensor:
        """The square root of the variance, in the units of the outcome."""
        return self.variance.sqrt()

    def _shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        is_shape = isinstance(shape, tuple | list)
        if not is_shape or not all(isinstance(size, Integral) and size >= 0 for size in shape):
            raise ValueError(f"the shape of a sample must be a tuple such as (3,), got {shape!r}")
        return (*shape, *self.batch_shape, *self.event_shape)


class Reparameterized(Distribution):
    """A distribution whose draws are a differentiable function of its parameters and of noise."""

    @abstractmethod
    def rsample(
        self, shape: tuple[int, ...] = (), *, generator: torch.Generator | None = None
    ) -> Tensor:
        """Draws through which gradients reach the parameters."""

    def sample(
        self, shape: tuple[int, ...] = (), *, generator: torch.Generator | None = None
    ) -> Tensor:
        """Independent draws, `shape` of them for each distribution of the batch."""
        with torch.no_grad():
            return self.rsample(shape, generator=generator)


class InverseCDF(Reparameterized):
    """A distribution of real numbers whose distribution function can be inverted on paper."""

    @abstractmethod
    def cdf(self, x: Tensor) -> Tensor:
        """The probability of an outcome of at most x."""

    @abstractmethod
    def icdf(self, u: Tensor) -> Tensor:
        """The x with cdf(x) = u, for u in [0, 1]."""

    def rsample(
        self, shape: tuple[int, ...] = (), *, generator: torch.Generator | None = None
    ) -> Tensor:
        """Draws through which gradients reach the parameters: icdf of uniform numbers."""
        m, size = self.mean, self._shape(shape)
        return self.icdf(torch.rand(size, generator=generator, dtype=m.dtype, device=m.device))


def require_probability(name: str, u: Tensor) -> None:
    """Refuse what is no probability."""
    if not ((u >= 0) & (u <= 1)).all():
        raise ValueError(f"{name}: probabilities lie in [0, 1], got {u.min():.6g} to {u.max():.6g}")


def log_factorial(n: Tensor) -> Tensor:
    """Log n! by the log-gamma function."""
    return torch.lgamma(n + 1)


def xlogy(x: Tensor, y: Tensor) -> Tensor:
    """X log y with 0 log 0 = 0."""
    return torch.special.xlogy(x, y)


LOG_2PI = math.log(2 * math.pi)
