"""An expectation as a mean over random draws, with how far it may be off."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral

import torch
from jaxtyping import Float
from scipy import stats
from torch import Tensor

Sampler = Callable[..., Tensor]
Integrand = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class MonteCarloEstimate:
    r"""An estimate and its error.

    Attributes:
        estimate: the mean, of the shape of one value of f.
        standard_error: the standard deviation of such estimates, estimated from the same draws.
        n: how many values of f were computed for it.
        dof: degrees of freedom behind the standard error; Student's t with these gives the
            interval.

    Equations: :eq:`eq-standard-error`, :eq:`eq-monte-carlo-interval`
    Section: :ref:`sec-monte-carlo-estimation`
    Source: Owen (2013), Monte Carlo theory, methods and examples, chapter 2.

    Example:
        >>> found = MonteCarloEstimate(torch.tensor(3.0), torch.tensor(0.1), n=10_000)
        >>> found.variance
        tensor(100.0000)

    In production: scipy.stats.bootstrap where the values are far from normal.
    """

    estimate: Float[Tensor, "..."]
    standard_error: Float[Tensor, "..."]
    n: int
    dof: float = math.inf

    @property
    def variance(self) -> Float[Tensor, "..."]:
        """The variance per value of f, n SE², by which methods of equal cost are compared."""
        return self.n * self.standard_error.square()

    def interval(
        self, confidence: float = 0.95
    ) -> tuple[Float[Tensor, "..."], Float[Tensor, "..."]]:
        """The confidence interval around the estimate.

        Args:
            confidence: how often such an interval covers the truth, in (0, 1), if the mean of the
                draws is nearly normal.

        Returns:
            Its lower and upper end, each of the shape of the estimate.

        Raises:
            ValueError: a confidence outside (0, 1).
        """
        if not 0 < confidence < 1:
            raise ValueError(f"a confidence lies strictly between 0 and 1, got {confidence}")
        width = float(stats.t.ppf((1 + confidence) / 2, self.dof)) * self.standard_error
        return self.estimate - width, self.estimate + width


def from_values(values: Float[Tensor, "n ..."], n: int | None = None) -> MonteCarloEstimate:
    """The mean of independent values with its error; n if each of them cost more than one of f."""
    count = len(values)
    error = values.std(0) / math.sqrt(count)
    return MonteCarloEstimate(finite(values.mean(0)), error, n or count, count - 1)


def finite(estimate: Tensor) -> Tensor:
    """The estimate, unless something in it was infinite or no number."""
    if not bool(estimate.isfinite().all()):
        raise ArithmeticError("the mean is not finite: a value or weight is infinite, NaN or huge")
    return estimate


def evaluate(name: str, f: Integrand, x: Tensor) -> Tensor:
    """The values of f, one along the first axis for each draw, as floating point."""
    values = f(x)
    if values.shape[:1] != x.shape[:1]:
        raise ValueError(
            f"{name}: f must give one value a draw, {tuple(x.shape)} gave {tuple(values.shape)}"
        )
    return values if values.is_floating_point() else values.double()


def require_draws(name: str, n: int, least: int = 2) -> None:
    """Refuse a number of draws that leaves no error to estimate."""
    if not isinstance(n, Integral) or n < least:
        raise ValueError(f"{name} needs a whole number of at least {least} draws, got {n!r}")


@torch.no_grad()
def monte_carlo_estimate(
    f: Integrand,
    sample: Sampler,
    n: int,
    *,
    chunk: int = 2**18,
    generator: torch.Generator | None = None,
) -> MonteCarloEstimate:
    r"""Estimate $\mathbb E f(X)$ by the mean over n independent draws, in constant memory.

    Args:
        f: from draws, shape (m, ...), to one value each, shape (m, ...); booleans count as 0 and 1.
        sample: draws of X, called as `sample((m,), generator=generator)`: torch.rand, torch.randn,
            the `sample` of a distribution.
        n: how many draws, at least 2.
        chunk: how many are in memory at once.
        generator: source of randomness.

    Returns:
        The mean, its standard error $s / \sqrt n$ and n. The error shrinks like $1 / \sqrt n$
        if f(X) has a variance; nothing in the numbers warns where it has none.

    Raises:
        ValueError: fewer than two draws, no chunk, or f gives another number of values.
        ArithmeticError: a value of f that is infinite or NaN.

    Equations: :eq:`eq-sample-average`, :eq:`eq-standard-error`
    Section: :ref:`sec-monte-carlo-estimation`
    Source: Metropolis, Ulam (1949), The Monte Carlo method, doi:10.1080/01621459.1949.10483310.

    Example:
        >>> seeded = torch.Generator().manual_seed(0)
        >>> found = monte_carlo_estimate(torch.exp, torch.rand, 10_000, generator=seeded)
        >>> low, high = found.interval(0.999)
        >>> bool(low < math.e - 1 < high)
        True

    In production: the same few lines; torch.quasirandom.SobolEngine for smooth integrands.
    """
    require_draws("monte_carlo_estimate", n)
    if chunk < 1:
        raise ValueError(f"monte_carlo_estimate needs a chunk of at least 1, got {chunk}")
    done, mean, squares = 0, torch.zeros(()), torch.zeros(())
    for start in range(0, n, chunk):
        m = min(chunk, n - start)
        values = evaluate("monte_carlo_estimate", f, sample((m,), generator=generator))
        # Chan's update of mean and sum of squares: no cancellation, whatever the mean is
        wide = values.double()
        gap = wide.mean(0) - mean
        squares = squares + wide.var(0, correction=0) * m + gap.square() * (done * m / (done + m))
        mean, done = mean + gap * (m / (done + m)), done + m
    error = (squares / (n - 1) / n).sqrt()
    return MonteCarloEstimate(finite(mean.to(values)), error.to(values), n, n - 1)


def estimate_pi(
    n: int, *, dtype: torch.dtype = torch.float64, generator: torch.Generator | None = None
) -> MonteCarloEstimate:
    r"""Estimate $\pi$ by darts: four times the share of a square's random points in its disc.

    Args:
        n: how many darts.
        dtype: of the points.
        generator: source of randomness.

    Returns:
        The estimate; its standard error is about $1.64 / \sqrt n$.

    Raises:
        ValueError: fewer than two darts.

    Equation: :eq:`eq-dart-pi`
    Section: :ref:`sec-monte-carlo-estimation`
    Source: Owen (2013), Monte Carlo theory, methods and examples, chapter 2.

    Example:
        >>> found = estimate_pi(100_000, generator=torch.Generator().manual_seed(0))
        >>> round(found.standard_error.item(), 4)
        0.0052

    In production: math.pi.
    """

    def darts(shape: tuple[int, ...], generator: torch.Generator | None) -> Tensor:
        return torch.rand(
            (*shape, 2),
            dtype=dtype,
            generator=generator,
            device=generator.device if generator else None,
        )

    return monte_carlo_estimate(
        lambda u: 4 * (u.square().sum(-1) < 1).to(dtype), darts, n, generator=generator
    )
