"""Where hyperparameters may lie, and how they are drawn."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import torch


class Dimension(ABC):
    """One hyperparameter's values, in one-to-one relation to shares of the unit interval."""

    @abstractmethod
    def quantile(self, u: float) -> Any:
        """The value below which a share u of all draws lies."""

    @abstractmethod
    def cdf(self, value: Any) -> float:
        """The share of draws up to a value, in [0, 1]."""

    def sample(self, generator: torch.Generator | None = None) -> Any:
        """One draw."""
        device = generator.device if generator else None
        return self.quantile(
            float(torch.rand((), generator=generator, device=device, dtype=torch.float64))
        )

    def levels(self, n: int) -> list[Any]:
        """Values at n evenly spaced shares, both ends among them; doubles appear once."""
        if n < 1:
            raise ValueError(f"at least one level is needed, got {n}")
        shares = [0.5] if n == 1 else [i / (n - 1) for i in range(n)]
        return list(dict.fromkeys(self.quantile(u) for u in shares))


@dataclass(frozen=True)
class Uniform(Dimension):
    """A real number, as likely in any interval as the interval is long.

    Args:
        low: the least value.
        high: the largest.

    Raises:
        ValueError: not low < high, or an end that is not finite.

    Section: :ref:`sec-random-search`
    Source: Bergstra, Bengio (2012), Random search for hyper-parameter optimization, JMLR 13.

    Example:
        >>> Uniform(0.0, 0.5).levels(3)
        [0.0, 0.25, 0.5]

    In production: scipy.stats.uniform, or optuna's suggest_float.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _require_interval(self.low, self.high)

    def quantile(self, u: float) -> float:
        """The value below which a share u of all draws lies."""
        return self.low + u * (self.high - self.low)

    def cdf(self, value: float) -> float:
        """The share of draws up to a value."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


@dataclass(frozen=True)
class LogUniform(Dimension):
    """A positive number whose logarithm is uniform: each decade is equally likely.

    Args:
        low: the least value, positive.
        high: the largest.

    Raises:
        ValueError: not 0 < low < high, or an end that is not finite.

    Equation: :eq:`eq-log-uniform`
    Section: :ref:`sec-random-search`
    Source: Bergstra, Bengio (2012), Random search for hyper-parameter optimization, JMLR 13.

    Example:
        >>> [round(lr, 6) for lr in LogUniform(1e-5, 1e-1).levels(5)]
        [1e-05, 0.0001, 0.001, 0.01, 0.1]

    In production: scipy.stats.loguniform, or optuna's suggest_float with log=True.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _require_interval(self.low, self.high)
        if not self.low > 0:
            raise ValueError(f"a logarithm needs positive values, got low={self.low}")

    def quantile(self, u: float) -> float:
        """The value below which a share u of all draws lies."""
        value = self.low * (self.high / self.low) ** u
        return min(max(value, self.low), self.high)

    def cdf(self, value: float) -> float:
        """The share of draws up to a value."""
        if value <= self.low:
            return 0.0
        return min(math.log(value / self.low) / math.log(self.high / self.low), 1.0)


@dataclass(frozen=True)
class IntUniform(Dimension):
    """A whole number, each one equally likely.

    Args:
        low: the least number.
        high: the largest, included.

    Raises:
        ValueError: high below low, or an end that is no whole number.

    Section: :ref:`sec-random-search`
    Source: Bergstra, Bengio (2012), Random search for hyper-parameter optimization, JMLR 13.

    Example:
        >>> IntUniform(1, 4).levels(4)
        [1, 2, 3, 4]

    In production: scipy.stats.randint, or optuna's suggest_int.
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        if not (isinstance(self.low, int) and isinstance(self.high, int)) or self.high < self.low:
            raise ValueError(f"low <= high must be whole numbers, got {self.low} and {self.high}")

    def quantile(self, u: float) -> int:
        """The value below which a share u of all draws lies."""
        return min(self.low + int(u * (self.high - self.low + 1)), self.high)

    def cdf(self, value: int) -> float:
        """The middle of the shares that belong to a value."""
        return min(max((value - self.low + 0.5) / (self.high - self.low + 1), 0.0), 1.0)


@dataclass(frozen=True)
class Choice(Dimension):
    """One of several options, each equally likely.

    Args:
        options: the values; they need no order.

    Raises:
        ValueError: no options.

    Section: :ref:`sec-random-search`
    Source: Bergstra, Bengio (2012), Random search for hyper-parameter optimization, JMLR 13.

    Example:
        >>> Choice(["sgd", "adam"]).levels(2)
        ['sgd', 'adam']

    In production: optuna's suggest_categorical.
    """

    options: Sequence[Any]

    def __post_init__(self) -> None:
        if len(self.options) == 0:
            raise ValueError("a choice needs options")

    def quantile(self, u: float) -> Any:
        """The option that holds the share u."""
        return self.options[min(int(u * len(self.options)), len(self.options) - 1)]

    def cdf(self, value: Any) -> float:
        """The middle of the shares that belong to an option."""
        return (list(self.options).index(value) + 0.5) / len(self.options)

    def levels(self, n: int) -> list[Any]:
        """All options, however many levels are asked for."""
        return list(self.options)


Space = Mapping[str, Dimension]


def parameter_grid(
    space: Mapping[str, Dimension | Sequence[Any]], levels: int | None = None
) -> list[dict[str, Any]]:
    """All combinations of values, one dictionary each.

    Args:
        space: for each name a list of values, or a dimension that is cut into levels.
        levels: how many levels a dimension gets, both ends among them.

    Returns:
        The combinations; the last name varies fastest.

    Raises:
        ValueError: a dimension without a number of levels, or nothing to try.

    Section: :ref:`sec-random-search`
    Source: the definition.

    Example:
        >>> parameter_grid({"lr": LogUniform(0.01, 1.0), "depth": [1, 2]}, levels=2)[:2]
        [{'lr': 0.01, 'depth': 1}, {'lr': 0.01, 'depth': 2}]

    In production: sklearn.model_selection.ParameterGrid.
    """
    values = []
    for name, dimension in space.items():
        if not isinstance(dimension, Dimension):
            values.append(list(dimension))
        elif isinstance(dimension, Choice):
            values.append(list(dimension.options))
        elif levels is None:
            raise ValueError(f"parameter_grid: {name} is continuous, say how many levels it gets")
        else:
            values.append(dimension.levels(levels))
    grid = [dict(zip(space, combination, strict=True)) for combination in product(*values)]
    if not grid:
        raise ValueError("parameter_grid: a name has no values to try")
    return grid


def require_space(space: Space) -> None:
    """There are names, and a dimension for each."""
    if not space:
        raise ValueError("the search space is empty")
    for name, dimension in space.items():
        if not isinstance(dimension, Dimension):
            raise TypeError(
                f"{name} must be a Uniform, LogUniform, IntUniform or Choice, got {dimension!r}"
            )


def sample_point(space: Space, generator: torch.Generator | None) -> dict[str, Any]:
    """A value for every name."""
    return {name: dimension.sample(generator) for name, dimension in space.items()}


def _require_interval(low: float, high: float) -> None:
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"low and high must be finite and in order, got {low} and {high}")
