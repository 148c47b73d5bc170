"""Distributions of real numbers."""

import math

import torch
from torch import Tensor

from dlcore.probability.distribution import (
    LOG_2PI,
    Distribution,
    InverseCDF,
    Reparameterized,
    broadcast,
    require_positive,
    require_probability,
    xlogy,
)


class Uniform(InverseCDF):
    """Equal density 1 / (high - low) between two ends.

    Args:
        low: the lower end, any shape.
        high: the upper end, of a shape that broadcasts.

    Raises:
        ValueError: an interval without length, an end that is not finite, or NaN.
        TypeError: a parameter is no number or floating-point tensor.

    Equation: :eq:`eq-uniform`
    Section: :ref:`sec-continuous-distributions`
    Source: Blitzstein, Hwang (2019), Introduction to Probability, 2nd ed., section 5.2.

    Example:
        >>> wait = Uniform(0.0, 2.0)
        >>> 1 - wait.cdf(torch.tensor(1.5)), wait.log_prob(torch.tensor(1.5)).exp()
        (tensor(0.2500), tensor(0.5000))

    In production: torch.distributions.Uniform.
    """

    def __init__(self, low: Tensor | float, high: Tensor | float) -> None:
        self.low, self.high = broadcast("Uniform", low=low, high=high)
        require_positive("Uniform", **{"high - low": self.high - self.low})
        self.batch_shape = self.low.shape

    def log_prob(self, x: Tensor) -> Tensor:
        """The log-density; -inf outside the interval."""
        inside = (x >= self.low) & (x <= self.high)
        return torch.where(inside, -(self.high - self.low).log(), -math.inf)

    def cdf(self, x: Tensor) -> Tensor:
        """The share of the interval below x."""
        return ((x - self.low) / (self.high - self.low)).clamp(0, 1)

    def icdf(self, u: Tensor) -> Tensor:
        """The point below which the share u of the interval lies."""
        require_probability("Uniform.icdf", u)
        return self.low + u * (self.high - self.low)

    def entropy(self) -> Tensor:
        """log(high - low) nats, negative for an interval shorter than 1."""
        return (self.high - self.low).log()

    @property
    def mean(self) -> Tensor:
        """The middle."""
        return (self.low + self.high) / 2

    @property
    def variance(self) -> Tensor:
        """A twelfth of the squared length."""
        return (self.high - self.low) ** 2 / 12


class Normal(Reparameterized):
    r"""The Gaussian, $\frac{1}{\sqrt{2\pi\sigma^2}} \exp(-(x - \mu)^2 / 2\sigma^2)$.

    Args:
        loc: the mean $\mu$, any shape.
        scale: the standard deviation $\sigma$ (not the variance), of a shape that broadcasts.

    Raises:
        ValueError: a scale that is not positive and finite, or NaN.
        TypeError: a parameter is no number or floating-point tensor.

    Equation: :eq:`eq-normal`
    Section: :ref:`sec-gaussian`
    Source: Gauss (1809), Theoria motus corporum coelestium.

    Example:
        >>> Normal(50.0, 5.0).cdf(torch.tensor([45.0, 55.0])).diff()
        tensor([0.6827])

    In production: torch.distributions.Normal.
    """

    def __init__(self, loc: Tensor | float, scale: Tensor | float) -> None:
        self.loc, self.scale = broadcast("Normal", loc=loc, scale=scale)
        require_positive("Normal", scale=self.scale)
        self.batch_shape = self.loc.shape

    def log_prob(self, x: Tensor) -> Tensor:
        """The log-density, finite hundreds of standard deviations away."""
        z = (x - self.loc) / self.scale
        return -0.5 * (z * z + LOG_2PI) - self.scale.log()

    def cdf(self, x: Tensor) -> Tensor:
        """The probability of at most x, by the complementary error function."""
        return 0.5 * torch.special.erfc((self.loc - x) / (self.scale * math.sqrt(2)))

    def icdf(self, u: Tensor) -> Tensor:
        """The u-quantile."""
        require_probability("Normal.icdf", u)
        return self.loc + self.scale * torch.special.ndtri(u)

    def rsample(
        self, shape: tuple[int, ...] = (), *, generator: torch.Generator | None = None
    ) -> Tensor:
        r"""$\mu + \sigma\varepsilon$ with standard normal noise, differentiable in both."""
        like = self.loc
        noise = torch.randn(
            self._shape(shape), generator=generator, dtype=like.dtype, device=like.device
        )
        return self.loc + self.scale * noise

    def entropy(self) -> Tensor:
        r"""$\frac12 \log(2\pi e \sigma^2)$ nats, the most that this variance allows."""
        return 0.5 * (1 + LOG_2PI) + self.scale.log()

    @property
    def mean(self) -> Tensor:
        """The centre."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The squared scale."""
        return self.scale**2


class Exponential(InverseCDF):
    r"""The waiting time for an event at a constant rate, $\lambda e^{-\lambda x}$ for x ≥ 0.

    Args:
        rate: $\lambda$, events a unit of time, any shape.

    Raises:
        ValueError: a rate that is not positive and finite.
        TypeError: rate is no number or floating-point tensor.

    Equation: :eq:`eq-exponential`
    Section: :ref:`sec-exponential`
    Source: Blitzstein, Hwang (2019), Introduction to Probability, 2nd ed., section 5.5.

    Example:
        >>> Exponential(1.0).cdf(torch.tensor(1.0))
        tensor(0.6321)

    In production: torch.distributions.Exponential.
    """

    def __init__(self, rate: Tensor | float) -> None:
        (self.rate,) = broadcast("Exponential", rate=rate)
        require_positive("Exponential", rate=self.rate)
        self.batch_shape = self.rate.shape

    def log_prob(self, x: Tensor) -> Tensor:
        """The log-density; -inf before 0."""
        return torch.where(x >= 0, self.rate.log() - self.rate * x, -math.inf)

    def cdf(self, x: Tensor) -> Tensor:
        """The probability that the event has come by x."""
        return -torch.expm1(-self.rate * x.clamp(min=0))

    def icdf(self, u: Tensor) -> Tensor:
        r"""$-\log(1 - u) / \lambda$."""
        require_probability("Exponential.icdf", u)
        return -torch.log1p(-u) / self.rate

    def entropy(self) -> Tensor:
        r"""$1 - \log\lambda$ nats."""
        return 1 - self.rate.log()

    @property
    def mean(self) -> Tensor:
        r"""$1/\lambda$."""
        return 1 / self.rate

    @property
    def variance(self) -> Tensor:
        r"""$1/\lambda^2$."""
        return self.rate**-2


class Laplace(InverseCDF):
    r"""Two exponentials back to back, $\frac{1}{2b} e^{-|x - \mu| / b}$.

    Its tails are heavier than a Gaussian's, and still exponential. As a prior of weights it gives
    the $L^1$ penalty.

    Args:
        loc: $\mu$, mean and median, any shape.
        scale: b, the mean distance from the median, of a shape that broadcasts.

    Raises:
        ValueError: a scale that is not positive and finite, or NaN.
        TypeError: a parameter is no number or floating-point tensor.

    Equation: :eq:`eq-laplace`
    Section: :ref:`sec-laplace`
    Source: Laplace (1774), Mémoire sur la probabilité des causes par les événements.

    Example:
        >>> Laplace(0.0, 1.0).log_prob(torch.tensor(0.0)).exp()
        tensor(0.5000)

    In production: torch.distributions.Laplace.
    """

    def __init__(self, loc: Tensor | float, scale: Tensor | float) -> None:
        self.loc, self.scale = broadcast("Laplace", loc=loc, scale=scale)
        require_positive("Laplace", scale=self.scale)
        self.batch_shape = self.loc.shape

    def log_prob(self, x: Tensor) -> Tensor:
        """The log-density."""
        return -(x - self.loc).abs() / self.scale - (2 * self.scale).log()

    def cdf(self, x: Tensor) -> Tensor:
        """The probability of at most x, exact in both tails."""
        z = (x - self.loc) / self.scale
        tail = 0.5 * (-z.abs()).exp()
        return torch.where(z < 0, tail, 1 - tail)

    def icdf(self, u: Tensor) -> Tensor:
        """The u-quantile."""
        require_probability("Laplace.icdf", u)
        below = (2 * u).clamp(max=1).log()
        above = (2 * (1 - u)).clamp(max=1).log()
        return self.loc + self.scale * (below - above)

    def entropy(self) -> Tensor:
        r"""$1 + \log 2b$ nats."""
        return 1 + (2 * self.scale).log()

    @property
    def mean(self) -> Tensor:
        """The centre."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        r"""$2b^2$."""
        return 2 * self.scale**2


class Beta(Distribution):
    r"""A distribution of probabilities, $\propto x^{\alpha - 1} (1 - x)^{\beta - 1}$ on [0, 1].

    Args:
        concentration1: $\alpha$, the weight of 1, any shape.
        concentration0: $\beta$, the weight of 0, of a shape that broadcasts.

    Raises:
        ValueError: a concentration that is not positive and finite.
        TypeError: a parameter is no number or floating-point tensor.

    Equation: :eq:`eq-beta`
    Section: :ref:`sec-bayesian-estimation`
    Source: Johnson, Kotz, Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 25.

    Example:
        >>> Beta(9.0, 5.0).mean
        tensor(0.6429)

    In production: torch.distributions.Beta.
    """

    def __init__(self, concentration1: Tensor | float, concentration0: Tensor | float) -> None:
        self.concentration1, self.concentration0 = broadcast(
            "Beta", concentration1=concentration1, concentration0=concentration0
        )
        require_positive(
            "Beta", concentration1=self.concentration1, concentration0=self.concentration0
        )
        self.batch_shape = self.concentration1.shape

    def log_prob(self, x: Tensor) -> Tensor:
        """The log-density; -inf outside [0, 1]."""
        a, b = self.concentration1, self.concentration0
        inside = (x >= 0) & (x <= 1)
        y = torch.where(inside, x, 0.5)
        value = xlogy(a - 1, y) + torch.special.xlog1py(b - 1, -y) - self._log_normalizer()
        return torch.where(inside, value, -math.inf)

    def cdf(self, x: Tensor) -> Tensor:
        """The regularized incomplete beta function, by its continued fraction."""
        a, b = self.concentration1, self.concentration0
        x = x.clamp(0, 1)
        mirrored = x > (a + 1) / (a + b + 2)
        p, q, y = torch.where(mirrored, b, a), torch.where(mirrored, a, b), x
        y = torch.where(mirrored, 1 - x, x)
        front = xlogy(p, y) + torch.special.xlog1py(q, -y) - self._log_normalizer()
        tail = front.exp() / p * _beta_continued_fraction(p, q, y)
        return torch.where(mirrored, 1 - tail, tail)

    def icdf(self, u: Tensor) -> Tensor:
        """The u-quantile, by bisection of the distribution function."""
        require_probability("Beta.icdf", u)
        low = torch.zeros(torch.broadcast_shapes(u.shape, self.batch_shape)).to(self.mean)
        high = torch.ones_like(low)
        for _ in range(60):
            middle = (low + high) / 2
            below = self.cdf(middle) < u
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        return (low + high) / 2

    def sample(
        self, shape: tuple[int, ...] = (), *, generator: torch.Generator | None = None
    ) -> Tensor:
        """The share of one gamma variable in the sum of two."""
        size = self._shape(shape)
        x = _gamma(self.concentration1.detach().expand(size), generator)
        y = _gamma(self.concentration0.detach().expand(size), generator)
        return x / (x + y)

    def entropy(self) -> Tensor:
        """In nats, at most 0: the uniform distribution's."""
        a, b, digamma = self.concentration1, self.concentration0, torch.special.digamma
        return (
            self._log_normalizer()
            - (a - 1) * digamma(a)
            - (b - 1) * digamma(b)
            + (a + b - 2) * digamma(a + b)
        )

    @property
    def mean(self) -> Tensor:
        r"""$\alpha / (\alpha + \beta)$."""
        return self.concentration1 / (self.concentration1 + self.concentration0)

    @property
    def variance(self) -> Tensor:
        r"""$\mu(1 - \mu) / (\alpha + \beta + 1)$."""
        return self.mean * (1 - self.mean) / (self.concentration1 + self.concentration0 + 1)

    @property
    def mode(self) -> Tensor:
        r"""$(\alpha - 1) / (\alpha + \beta - 2)$ if both exceed 1, else NaN."""
        a, b = self.concentration1, self.concentration0
        return torch.where((a > 1) & (b > 1), (a - 1) / (a + b - 2), math.nan)

    def _log_normalizer(self) -> Tensor:
        a, b = self.concentration1, self.concentration0
        return torch.lgamma(a) + torch.lgamma(b) - torch.lgamma(a + b)


def _beta_continued_fraction(a: Tensor, b: Tensor, x: Tensor) -> Tensor:
    """Lentz's evaluation of the fraction in Abramowitz and Stegun (1964), 26.5.8."""
    tiny = torch.finfo(x.dtype).tiny
    c = torch.ones_like(x)
    d = 1 / (1 - (a + b) * x / (a + 1))
    f = d
    for m in range(1, 301):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + numerator * d)
            c = 1 + numerator / c
            c = torch.where(c.abs() < tiny, tiny, c)
            f = f * (c * d)
        if ((c * d - 1).abs() < torch.finfo(x.dtype).eps).all():
            break
    return f


def _gamma(shape: Tensor, generator: torch.Generator | None) -> Tensor:
    """Gamma variables by the rejection of Marsaglia and Tsang (2000), doi:10.1145/358407.358414."""
    boosted = torch.where(shape < 1, shape + 1, shape)
    d = boosted - 1 / 3
    c = (9 * d).rsqrt()
    made = torch.zeros_like(d)
    waiting = torch.ones_like(d, dtype=torch.bool)
    while waiting.any():
        z = torch.randn(d.shape, generator=generator, dtype=d.dtype, device=d.device)
        u = torch.rand(d.shape, generator=generator, dtype=d.dtype, device=d.device)
        v = (1 + c * z) ** 3
        logv = torch.where(v > 0, v, 1).log()
        accepted = waiting & (v > 0) & (u.log() < 0.5 * z * z + d * (1 - v + logv))
        made = torch.where(accepted, d * v, made)
        waiting = waiting & ~accepted
    u = torch.rand(d.shape, generator=generator, dtype=d.dtype, device=d.device)
    return torch.where(shape < 1, made * u ** (1 / shape), made)
