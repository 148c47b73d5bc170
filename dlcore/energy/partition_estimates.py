"""Estimates of a partition function from weighted draws, with intervals."""

import math
from typing import NamedTuple

from jaxtyping import Float
from scipy.special import ndtri
from torch import Tensor

from dlcore.montecarlo.importance_weights import importance_ess, log_mean_weight


class LogPartition(NamedTuple):
    r"""An estimate of $\log Z$ with its uncertainty as the draws themselves show it.

    An interval knows nothing of regions that no draw has reached.

    Attributes:
        value: the estimate.
        standard_error: of the estimate, to first order.
        low: lower end of the interval, $-\infty$ if it includes $Z = 0$.
        high: upper end, $\infty$ if it includes $1/Z = 0$.
        effective_sample_size: how many equal weights would vary as little.

    Section: :ref:`sec-estimating-z`.

    Example:
        >>> import torch
        >>> importance_log_partition(torch.zeros(5)).value
        0.0

    In production: the result of whatever sampler is used.
    """

    value: float
    standard_error: float
    low: float
    high: float
    effective_sample_size: float


def log_mean(log_weights: Tensor, level: float) -> LogPartition:
    """The logarithm of the mean of weights, with an interval for the mean by the normal law."""
    if log_weights.ndim != 1 or len(log_weights) < 2:
        raise ValueError(f"expected two weights or more in a row, got {tuple(log_weights.shape)}")
    if not 0 < level < 1:
        raise ValueError(f"the level must lie between 0 and 1, got {level}")
    logs = log_weights.detach().double()
    if logs.isnan().any():
        raise ValueError("a weight is not a number")
    size = importance_ess(logs).item()
    value, error = (x.item() for x in log_mean_weight(logs))
    reach = float(ndtri((1 + level) / 2)) * error
    low = value + math.log1p(-reach) if reach < 1 else -math.inf
    return LogPartition(value, error, low, value + math.log1p(reach), size)


def importance_log_partition(
    log_weights: Float[Tensor, " n"], *, level: float = 0.95
) -> LogPartition:
    r"""$\log\hat Z = \log\frac1n\sum_i \tilde p(x_i) / q(x_i)$ with draws $x_i\sim q$.

    $\hat Z$ is right on average; its logarithm is low on average, by Jensen.

    Args:
        log_weights: $\log\tilde p(x_i) - \log q(x_i)$, shape (n,); q normalized. The weights of
            annealed importance sampling serve just as well.
        level: of the interval for Z.

    Returns:
        Estimate, standard error and interval.

    Raises:
        ValueError: fewer than two weights, infinite ones or only zeros, or a level outside (0, 1).

    Equation: :eq:`eq-importance-log-partition`.
    Section: :ref:`sec-estimating-z`.

    Source: Robert, Casella (2004), Monte Carlo statistical methods, section 3.3,
        doi:10.1007/978-1-4757-4145-2.

    Example:
        >>> import torch
        >>> x = torch.linspace(-8, 8, 100_001, dtype=torch.float64)
        >>> estimate = importance_log_partition(-x.square() / 2 + math.log(16))
        >>> round(math.exp(estimate.value), 3)
        2.507

    In production: with the diagnostics of dlcore.montecarlo.
    """
    return log_mean(log_weights, level)


def reciprocal_log_partition(
    log_weights: Float[Tensor, " n"], *, level: float = 0.95
) -> LogPartition:
    r"""$\log\hat Z$ from draws of the model: $1/\hat Z = \frac1n\sum_i q(x_i)/\tilde p(x_i)$.

    Where q has heavier tails than p, the harmonic mean's case, the sum has no variance and the
    estimate is far too high without a sign of it. On average $\log\hat Z$ is high.

    Args:
        log_weights: $\log\tilde p(x_i) - \log q(x_i)$ at draws of the model, shape (n,); q
            normalized, and 0 wherever the model is 0.
        level: of the interval for 1/Z.

    Returns:
        Estimate, standard error and interval.

    Raises:
        ValueError: fewer than two weights, zeros among them or only infinite ones, or a level
            outside (0, 1).

    Equation: :eq:`eq-harmonic-mean`.
    Section: :ref:`sec-estimating-z`.

    Source: Newton, Raftery (1994), Approximate Bayesian inference with the weighted likelihood
        bootstrap; Gelfand, Dey (1994), Bayesian model choice; both J. R. Stat. Soc. B 56.

    Example:
        >>> import torch
        >>> reciprocal_log_partition(torch.full((9,), 2.0)).value
        2.0

    In production: `bridge_sampling`, which uses draws of both.
    """
    inverse = log_mean(-log_weights, level)
    return LogPartition(
        -inverse.value,
        inverse.standard_error,
        -inverse.high,
        -inverse.low,
        inverse.effective_sample_size,
    )
