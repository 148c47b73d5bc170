"""Distributions of counts and classes."""

import math
from abc import abstractmethod

import torch
from torch import Tensor

from dlcore.probability.distribution import (
    Distribution,
    broadcast,
    log_factorial,
    require_positive,
    require_probability,
    xlogy,
)


class Bernoulli(Distribution):
    r"""One toss of a coin, $P(x) = \phi^x (1 - \phi)^{1 - x}$ for x in {0, 1}.

    Args:
        probs: $\phi$, the probability of 1, any shape; or
        logits: $\log \phi / (1 - \phi)$, which keeps its digits near 0 and 1.

    Raises:
        ValueError: a probability outside [0, 1], NaN, or both or none of the two given.
        TypeError: a parameter is no number or floating-point tensor.

    Equation: :eq:`eq-bernoulli`
    Section: :ref:`sec-bernoulli`
    Source: Bernoulli (1713), Ars Conjectandi.

    Example:
        >>> coin = Bernoulli(0.7)
        >>> coin.mean, coin.variance
        (tensor(0.7000), tensor(0.2100))

    In production: torch.distributions.Bernoulli.
    """

    def __init__(
        self, probs: Tensor | float | None = None, *, logits: Tensor | float | None = None
    ) -> None:
        _one_of("Bernoulli", probs, logits)
        if logits is None:
            (self.probs,) = broadcast("Bernoulli", probs=probs)
            require_probability("Bernoulli", self.probs)
            self.logits = self.probs.log() - (-self.probs).log1p()
        else:
            (self.logits,) = broadcast("Bernoulli", logits=logits)
            self.probs = self.logits.sigmoid()
        self.batch_shape = self.probs.shape

    def log_prob(self, x: Tensor) -> Tensor:
        """The log-probability of 0 or 1; -inf elsewhere."""
        sign = torch.where(x == 1, self.logits, -self.logits)
        return torch.where((x == 0) | (x == 1), torch.nn.functional.logsigmoid(sign), -math.inf)

    def sample(
        self, shape: tuple[int, ...] = (), *, generator: torch.Generator | None = None
    ) -> Tensor:
        """Zeros and ones, floating-point as in torch."""
        p = self.probs.detach()
        u = torch.rand(self._shape(shape), generator=generator, dtype=p.dtype, device=p.device)
        return (u < p).to(p.dtype)

    def cdf(self, x: Tensor) -> Tensor:
        """The probability of an outcome of at most x."""
        return torch.where(x < 0, 0, torch.where(x < 1, 1 - self.probs, 1))

    def entropy(self) -> Tensor:
        """In nats: log 2 for a fair coin, 0 for a certain one."""
        return -xlogy(self.probs, self.probs) - xlogy(1 - self.probs, 1 - self.probs)

    @property
    def mean(self) -> Tensor:
        """The probability of 1."""
        return self.probs

    @property
    def variance(self) -> Tensor:
        r"""$\phi(1 - \phi)$, largest for a fair coin."""
        return self.probs * (1 - self.probs)


class Categorical(Distribution):
    r"""One of k classes, $P(x = i) = p_i$.

    Args:
        probs: shape (..., k), each row summing to one; or
        logits: log-probabilities up to a constant a row, shape (..., k).

    Raises:
        ValueError: rows that are no distribution, no class, NaN, or both or none of the two given.
        TypeError: the parameter is no floating-point tensor.

    Equation: :eq:`eq-categorical`
    Section: :ref:`sec-categorical`
    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 2.2.

    Example:
        >>> die = Categorical(torch.full((6,), 1 / 6))
        >>> die.log_prob(torch.tensor(3)).exp(), die.entropy()
        (tensor(0.1667), tensor(1.7918))

    In production: torch.distributions.Categorical.
    """

    def __init__(self, probs: Tensor | None = None, *, logits: Tensor | None = None) -> None:
        _one_of("Categorical", probs, logits)
        if logits is None:
            (given,) = broadcast("Categorical", probs=probs)
        else:
            (given,) = broadcast("Categorical", logits=logits)
        if given.ndim == 0 or given.shape[-1] == 0:
            raise ValueError(
                f"Categorical needs at least one class, got shape {tuple(given.shape)}"
            )
        if logits is None:
            require_probability("Categorical", given)
            sums = given.sum(-1)
            if not torch.allclose(sums, torch.ones_like(sums), atol=1e-5):
                raise ValueError(f"Categorical: a row of probs sums to {sums.min():.6g}, not to 1")
            self.probs, self.logits = given, given.log()
        else:
            self.logits = given.log_softmax(-1)
            self.probs = self.logits.exp()
        self.batch_shape = given.shape[:-1]

    def log_prob(self, x: Tensor) -> Tensor:
        """The log-probability of the classes x (integers); -inf for a class that does not exist."""
        k = self.logits.shape[-1]
        exists = (x >= 0) & (x < k)
        index = torch.where(exists, x, 0).long()
        shape = torch.broadcast_shapes(index.shape, self.batch_shape)
        rows = self.logits.expand(*shape, k)
        picked = rows.gather(-1, index.expand(shape)[..., None]).squeeze(-1)
        return torch.where(exists, picked, -math.inf)

    def sample(
        self, shape: tuple[int, ...] = (), *, generator: torch.Generator | None = None
    ) -> Tensor:
        """Classes, int64: the first whose cumulative probability exceeds a uniform number."""
        p = self.probs.detach()
        u = torch.rand(self._shape(shape), generator=generator, dtype=p.dtype, device=p.device)
        cumulative = p.cumsum(-1)
        u = u * cumulative[..., -1]
        return (u[..., None] >= cumulative[..., :-1]).sum(-1)

    def entropy(self) -> Tensor:
        """In nats: at most log k, for equally likely classes."""
        return -xlogy(self.probs, self.probs).sum(-1)

    @property
    def mean(self) -> Tensor:
        """NaN as in torch, since classes are names and no numbers."""
        return torch.full(self.batch_shape, math.nan, device=self.probs.device)

    @property
    def variance(self) -> Tensor:
        """NaN as in torch, since classes are names and no numbers."""
        return self.mean


class _Counts(Distribution):
    """Counts 0, 1, … whose probabilities are tabulated to draw, to sum and to average."""

    @abstractmethod
    def _support(self) -> Tensor:
        """The counts that have a probability worth a place in the table."""

    def _table(self) -> Tensor:
        """Probabilities of the support, shape (..., k)."""
        support = self._support()
        return self.log_prob(support.reshape(-1, *[1] * len(self.batch_shape))).movedim(0, -1).exp()

    def sample(
        self, shape: tuple[int, ...] = (), *, generator: torch.Generator | None = None
    ) -> Tensor:
        """Counts, floating-point as in torch, drawn by inverting the distribution function."""
        p = self._table().detach()
        drawn = Categorical(p / p.sum(-1, keepdim=True)).sample(shape, generator=generator)
        return drawn.to(p.dtype)

    def entropy(self) -> Tensor:
        """In nats, summed over the support."""
        p = self._table()
        return -xlogy(p, p).sum(-1)


class Binomial(_Counts):
    r"""The number of ones in n independent tosses, $\binom nk \phi^k (1 - \phi)^{n - k}$.

    Args:
        total_count: n, an integer of at least 0.
        probs: $\phi$, any shape.

    Raises:
        ValueError: a negative n, a probability outside [0, 1], or NaN.
        TypeError: n is no integer, or probs no number or floating-point tensor.

    Equation: :eq:`eq-binomial`
    Section: :ref:`sec-binomial`
    Source: Bernoulli (1713), Ars Conjectandi.

    Example:
        >>> Binomial(10, 0.5).log_prob(torch.tensor(7)).exp()
        tensor(0.1172)

    In production: torch.distributions.Binomial.
    """

    def __init__(self, total_count: int, probs: Tensor | float) -> None:
        if isinstance(total_count, bool) or not isinstance(total_count, int):
            raise TypeError(f"Binomial: total_count must be an integer, got {total_count!r}")
        if total_count < 0:
            raise ValueError(f"Binomial: total_count must be at least 0, got {total_count}")
        (self.probs,) = broadcast("Binomial", probs=probs)
        require_probability("Binomial", self.probs)
        self.total_count = total_count
        self.batch_shape = self.probs.shape

    def log_prob(self, x: Tensor) -> Tensor:
        """The log-probability of x ones, finite where the probability underflows."""
        n, possible = self.total_count, _is_count(x) & (x <= self.total_count)
        k = torch.where(possible, x, 0).to(self.probs.dtype)
        ways = log_factorial(k.new_tensor(n)) - log_factorial(k) - log_factorial(n - k)
        value = ways + xlogy(k, self.probs) + torch.special.xlog1py(n - k, -self.probs)
        return torch.where(possible, value, -math.inf)

    def cdf(self, x: Tensor) -> Tensor:
        """The probability of at most x ones, summed."""
        below = self._support() <= x[..., None]
        return (self._table() * below).sum(-1)

    def _support(self) -> Tensor:
        return torch.arange(self.total_count + 1, dtype=self.probs.dtype, device=self.probs.device)

    @property
    def mean(self) -> Tensor:
        r"""$n\phi$."""
        return self.total_count * self.probs

    @property
    def variance(self) -> Tensor:
        r"""$n\phi(1 - \phi)$."""
        return self.total_count * self.probs * (1 - self.probs)


class Poisson(_Counts):
    r"""The number of events at a constant rate, $\lambda^k e^{-\lambda} / k!$.

    Args:
        rate: $\lambda$, the expected number, any shape.

    Raises:
        ValueError: a rate that is not positive and finite.
        TypeError: rate is no number or floating-point tensor.

    Equation: :eq:`eq-poisson`
    Section: :ref:`sec-exponential`
    Source: Poisson (1837), Recherches sur la probabilité des jugements.

    Example:
        >>> Poisson(2.0).log_prob(torch.tensor([0, 1, 2])).exp()
        tensor([0.1353, 0.2707, 0.2707])

    In production: torch.distributions.Poisson.
    """

    def __init__(self, rate: Tensor | float) -> None:
        (self.rate,) = broadcast("Poisson", rate=rate)
        require_positive("Poisson", rate=self.rate)
        self.batch_shape = self.rate.shape

    def log_prob(self, x: Tensor) -> Tensor:
        """The log-probability of x events."""
        k = torch.where(_is_count(x), x, 0).to(self.rate.dtype)
        value = xlogy(k, self.rate) - self.rate - log_factorial(k)
        return torch.where(_is_count(x), value, -math.inf)

    def cdf(self, x: Tensor) -> Tensor:
        """The probability of at most x events, by the incomplete gamma function."""
        k = x.to(self.rate.dtype).floor()
        return torch.where(k < 0, 0, torch.special.gammaincc(k.clamp(min=0) + 1, self.rate))

    def _support(self) -> Tensor:
        """Up to where nothing is left: 12 standard deviations and 30 counts above the mean."""
        most = self.rate.max().item() if self.rate.numel() else 0.0
        end = int(most + 12 * most**0.5 + 30)
        return torch.arange(end + 1, dtype=self.rate.dtype, device=self.rate.device)

    @property
    def mean(self) -> Tensor:
        r"""$\lambda$."""
        return self.rate

    @property
    def variance(self) -> Tensor:
        r"""$\lambda$ as well."""
        return self.rate


def _is_count(x: Tensor) -> Tensor:
    return (x >= 0) & (x == x.floor()) if x.is_floating_point() else x >= 0


def _one_of(name: str, probs: object, logits: object) -> None:
    if (probs is None) == (logits is None):
        raise ValueError(f"{name} needs either probs or logits")
