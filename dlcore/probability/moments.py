"""Centre, spread and co-movement: of distributions, of samples, of streams."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.probability.tables import require_pmf


def expectation(values: Float[Tensor, "... k"], p: Float[Tensor, " k"]) -> Float[Tensor, "..."]:
    r"""The mean of a function of a discrete variable, $\mathbb E[f(X)] = \sum_x P(x) f(x)$.

    Args:
        values: f(x) for the k values of X, shape (..., k).
        p: their probabilities, shape (k,).

    Returns:
        Shape (...).

    Raises:
        ValueError: p is no distribution or has another length.

    Equation: :eq:`eq-expectation`
    Section: :ref:`sec-expectation`
    Source: Blitzstein, Hwang (2019), Introduction to Probability, 2nd ed., section 4.5.

    Example:
        >>> expectation(torch.arange(1.0, 7.0), torch.full((6,), 1 / 6))
        tensor(3.5000)

    In production: numpy.average with weights.
    """
    require_pmf("expectation", p)
    if p.ndim != 1 or values.ndim == 0 or values.shape[-1] != len(p):
        raise ValueError(
            f"expectation needs values (..., k) and probabilities (k,), got {tuple(values.shape)} "
            f"and {tuple(p.shape)}"
        )
    return torch.where(p > 0, p * values, 0).sum(-1)


def variance(values: Float[Tensor, "... k"], p: Float[Tensor, " k"]) -> Float[Tensor, "..."]:
    r"""The mean squared distance from the mean, $\mathbb E[(f(X) - \mathbb E f(X))^2]$.

    Computed from the centred values: the equal $\mathbb E f^2 - (\mathbb E f)^2$ subtracts two
    large numbers when the mean is large.

    Args:
        values: f(x) for the k values of X, shape (..., k).
        p: their probabilities, shape (k,).

    Returns:
        Shape (...).

    Raises:
        ValueError: p is no distribution or has another length.

    Equation: :eq:`eq-variance`
    Section: :ref:`sec-variance`
    Source: Blitzstein, Hwang (2019), Introduction to Probability, 2nd ed., section 4.6.

    Example:
        >>> variance(torch.arange(1.0, 7.0), torch.full((6,), 1 / 6))
        tensor(2.9167)

    In production: numpy.average with weights, twice.
    """
    return expectation((values - expectation(values, p)[..., None]) ** 2, p)


class MonteCarlo(NamedTuple):
    """A mean of random numbers and how far it may be off.

    Attributes:
        estimate: the mean.
        standard_error: its standard deviation, estimated from the same numbers.
    """

    estimate: Tensor
    standard_error: Tensor


def monte_carlo_expectation(
    f: Callable[[Tensor], Tensor], samples: Float[Tensor, "n ..."]
) -> MonteCarlo:
    r"""An expectation estimated by a mean, $\mathbb E[f(X)] \approx \frac1n \sum_i f(x_i)$.

    The error falls like $1/\sqrt n$ whatever the dimension of x.

    Args:
        f: from samples of shape (n, ...) to values of shape (n, ...).
        samples: independent draws of X, at least 2.

    Returns:
        The estimate and its standard error, of the shape of one value.

    Raises:
        ValueError: fewer than two samples, or f gives another number of values.

    Equation: :eq:`eq-monte-carlo`
    Section: :ref:`sec-expectation`
    Source: Metropolis, Ulam (1949), The Monte Carlo method, doi:10.1080/01621459.1949.10483310.

    Example:
        >>> monte_carlo_expectation(torch.square, torch.tensor([1.0, 2.0, 3.0])).estimate
        tensor(4.6667)

    In production: the same two lines.
    """
    values = f(samples)
    if len(samples) < 2 or values.shape[:1] != samples.shape[:1]:
        raise ValueError(
            f"monte_carlo_expectation needs at least 2 samples and one value for each, got "
            f"{len(samples)} samples and values of shape {tuple(values.shape)}"
        )
    return MonteCarlo(values.mean(0), values.std(0) / len(values) ** 0.5)


def covariance_matrix(X: Float[Tensor, "n d"], *, ddof: int = 1) -> Float[Tensor, "d d"]:
    r"""How features move together, $\frac{1}{n - 1} \sum_i (x_i - \bar x)(x_i - \bar x)^\top$.

    Args:
        X: n examples as rows, shape (n, d).
        ddof: 1 for the unbiased estimate from a sample, 0 for the covariance of the n rows
            themselves (a population).

    Returns:
        A symmetric positive semidefinite matrix, shape (d, d).

    Raises:
        ValueError: X is no matrix or has no more than ddof rows.

    Equation: :eq:`eq-covariance`
    Section: :ref:`sec-covariance`
    Source: Blitzstein, Hwang (2019), Introduction to Probability, 2nd ed., section 7.3.

    Example:
        >>> covariance_matrix(torch.tensor([[1.0, 2.0], [3.0, 6.0]]))
        tensor([[2., 4.],
                [4., 8.]])

    In production: torch.cov, which takes the features as rows.
    """
    if X.ndim != 2 or len(X) <= ddof:
        raise ValueError(
            f"covariance_matrix needs X of shape (n, d) with n > {ddof}, got {tuple(X.shape)}"
        )
    centred = X - X.mean(0)
    return centred.mT @ centred / (len(X) - ddof)


def correlation(X: Float[Tensor, "n d"]) -> Float[Tensor, "d d"]:
    r"""Covariance in units of the standard deviations, $\Sigma_{ij} / (\sigma_i \sigma_j)$.

    Args:
        X: n examples as rows, shape (n, d).

    Returns:
        A matrix with entries in [-1, 1] and ones on the diagonal; zero says that there is no linear
        relationship, not that there is none.

    Raises:
        ValueError: X is no matrix, has fewer than two rows, or a feature that never varies.

    Equation: :eq:`eq-correlation`
    Section: :ref:`sec-correlation`
    Source: Pearson (1895), Note on regression and inheritance in the case of two parents,
        doi:10.1098/rspl.1895.0041.

    Example:
        >>> correlation(torch.tensor([[0.0, 1.0], [1.0, 0.0], [2.0, 0.0]]))
        tensor([[ 1.0000, -0.8660],
                [-0.8660,  1.0000]])

    In production: torch.corrcoef, which takes the features as rows.
    """
    S = covariance_matrix(X)
    sigma = S.diagonal().sqrt()
    still = (sigma == 0).nonzero()
    if len(still):
        raise ValueError(f"correlation: feature {still[0].item()} never varies")
    R = (S / sigma / sigma[:, None]).clamp(-1, 1)
    return torch.where(torch.eye(len(R), dtype=torch.bool, device=R.device), 1, R)


class RunningMoments:
    r"""Mean and variance of a stream in one pass, without its numbers being kept.

    Welford's update in Chan's form for whole batches: with $\delta = \bar x_B - \bar x$, the mean
    moves by $\delta n_B / n$ and the sum of squares grows by that of the batch and by
    $\delta^2 n_A n_B / n$. The textbook's $\overline{x^2} - \bar x^2$ loses all digits when the
    mean is large against the spread.

    Attributes:
        count: how many numbers have come.
        mean: their mean, of the shape of one number.

    Equation: :eq:`eq-welford`
    Section: :ref:`sec-variance`
    Source: Chan, Golub, LeVeque (1983), Algorithms for computing the sample variance,
        doi:10.1080/00031305.1983.10483115.

    Example:
        >>> moments = RunningMoments()
        >>> for batch in torch.tensor([[1.0, 2.0], [3.0, 4.0]]):
        ...     moments.update(batch)
        >>> moments.mean, moments.variance()
        (tensor(2.5000), tensor(1.6667))

    In production: sklearn.preprocessing.StandardScaler.partial_fit.
    """

    def __init__(self) -> None:
        self.count = 0
        self.mean = torch.zeros(())
        self._squares = torch.zeros(())

    def update(self, x: Float[Tensor, "n ..."]) -> None:
        """Take in n more numbers (or vectors), shape (n, ...); none changes nothing."""
        if self.count and x.shape[1:] != self.mean.shape:
            raise ValueError(
                f"RunningMoments holds numbers of shape {tuple(self.mean.shape)}, got a batch of "
                f"shape {tuple(x.shape)}"
            )
        if len(x):
            mean = x.mean(0)
            self._join(len(x), mean, ((x - mean) ** 2).sum(0))

    def merge(self, other: "RunningMoments") -> None:
        """Take in what another has seen, so that parts can be counted in parallel."""
        if other.count:
            self._join(other.count, other.mean, other._squares)

    def variance(self, *, ddof: int = 1) -> Tensor:
        """The variance with divisor count - ddof."""
        if self.count <= ddof:
            raise ValueError(f"a variance needs more than {ddof} numbers, {self.count} have come")
        return self._squares / (self.count - ddof)

    def _join(self, count: int, mean: Tensor, squares: Tensor) -> None:
        if not self.count:
            self.mean, self._squares = torch.zeros_like(mean), torch.zeros_like(squares)
        total = self.count + count
        delta = mean - self.mean
        self.mean = self.mean + delta * (count / total)
        self._squares = self._squares + squares + delta**2 * (self.count * count / total)
        self.count = total


def standardized_means(
    samples: Float[Tensor, "... n"], mean: float, std: float
) -> Float[Tensor, "..."]:
    r"""Means on the scale on which they become normal, $\sqrt n (\bar x_n - \mu) / \sigma$.

    Args:
        samples: rows of n independent draws, shape (..., n).
        mean: the mean $\mu$ of one draw.
        std: its standard deviation $\sigma$.

    Returns:
        Shape (...); close to N(0, 1) for large n when $\sigma$ is finite.

    Raises:
        ValueError: rows are empty, or $\sigma$ is not positive and finite.

    Equation: :eq:`eq-central-limit`
    Section: :ref:`sec-central-limit`
    Source: Lindeberg (1922), Eine neue Herleitung des Exponentialgesetzes in der
        Wahrscheinlichkeitsrechnung, doi:10.1007/BF01494395.

    Example:
        >>> standardized_means(torch.tensor([[1.0, 1.0, 0.0, 1.0]]), mean=0.5, std=0.5)
        tensor([1.])

    In production: scipy.stats.zscore.
    """
    n = samples.shape[-1] if samples.ndim else 0
    if n == 0 or not 0 < std < float("inf"):
        raise ValueError(
            f"standardized_means needs draws and a finite std > 0, got {n} draws and {std}"
        )
    return (samples.mean(-1) - mean) * (n**0.5 / std)
