"""The tail of importance weights: how heavy it is, and a smoother one in its place."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.importance_weights import require_weights


class SmoothedWeights(NamedTuple):
    """Importance weights whose tail has been smoothed.

    Attributes:
        log_weights: normalized so that the weights add up to 1, shape (n,).
        khat: the shape of the tail; below 0.5 the weights have a variance, above 0.7 an estimate
            with this many draws is not to be trusted.

    Section: :ref:`sec-importance-dimension`

    Example:
        >>> SmoothedWeights(torch.zeros(1), torch.tensor(0.2)).khat < 0.5
        tensor(True)

    In production: the pair that arviz.psislw returns.
    """

    log_weights: Float[Tensor, " n"]
    khat: Float[Tensor, ""]


def pareto_smoothed_weights(log_weights: Float[Tensor, " n"]) -> SmoothedWeights:
    r"""Replace the largest importance weights by quantiles of a Pareto distribution fitted to them.

    The largest $\min(n / 5, 3 \sqrt n)$ weights become the expected order statistics of the fitted
    tail, and none exceeds the largest that was seen. This trades a little bias for much variance.

    Args:
        log_weights: of independent draws up to a constant, shape (n,), n at least 25.

    Returns:
        The normalized log-weights, in the order of the draws, and the shape k of the tail.

    Raises:
        ValueError: fewer than 25 weights, none that is finite and positive, or a tail of equal
            weights, which has no shape.

    Equations: :eq:`eq-generalized-pareto`, :eq:`eq-pareto-smoothing`
    Section: :ref:`sec-importance-dimension`
    Source: Vehtari et al. (2024), Pareto smoothed importance sampling, arXiv:1507.02646.

    Example:
        >>> log_weights = torch.randn(1000, generator=torch.Generator().manual_seed(0))
        >>> smoothed = pareto_smoothed_weights(log_weights)
        >>> bool((smoothed.log_weights.exp().sum() - 1).abs() < 1e-5)
        True

    In production: arviz.psislw.
    """
    if log_weights.ndim != 1 or len(log_weights) < 25:
        raise ValueError(
            f"expected at least 25 weights, shape (n,), got {tuple(log_weights.shape)}"
        )
    require_weights("pareto_smoothed_weights", log_weights)
    n = len(log_weights)
    m = int(3 * n**0.5) if n > 225 else n // 5
    shifted = log_weights.double() - log_weights.max()
    order = shifted.argsort(stable=True)
    tail = shifted[order[-m:]]
    cutoff = shifted[order[-m - 1]].exp()
    excess = tail.exp() - cutoff
    if excess[_quartile(m)] <= 0 or tail[0] == tail[-1]:
        raise ValueError("the tail has too many equal weights for a shape to be fitted")
    khat, sigma = _fit_generalized_pareto(excess)
    p = (torch.arange(m, dtype=excess.dtype, device=excess.device) + 0.5) / m
    quantiles = cutoff + sigma * torch.expm1(-khat * torch.log1p(-p)) / khat
    smoothed = shifted.clone()
    smoothed[order[-m:]] = quantiles.log().clamp_max(0)
    return SmoothedWeights(smoothed.log_softmax(0).to(log_weights), khat.to(log_weights))


def psis_khat(log_weights: Float[Tensor, " n"]) -> Float[Tensor, ""]:
    r"""The shape k of the tail of importance weights, of which moments up to order 1/k exist.

    Args:
        log_weights: of independent draws up to a constant, shape (n,), n at least 25.

    Returns:
        k. Below 0.5 the variance is finite; up to $\min(1 - 1/\log_{10} n, 0.7)$ smoothed weights
        may still be used; from there on the proposal must be changed.

    Raises:
        ValueError: fewer than 25 weights, none that is finite and positive, or a tail of equal
            weights, which has no shape.

    Equation: :eq:`eq-generalized-pareto`
    Section: :ref:`sec-importance-dimension`
    Source: Vehtari et al. (2024), Pareto smoothed importance sampling, arXiv:1507.02646.

    Example:
        >>> u = torch.rand(100_000, generator=torch.Generator().manual_seed(0))
        >>> bool((psis_khat(-0.8 * u.log()) - 0.8).abs() < 0.15)
        True

    In production: the second value of arviz.psislw.
    """
    return pareto_smoothed_weights(log_weights).khat


def _fit_generalized_pareto(x: Float[Tensor, " m"]) -> tuple[Tensor, Tensor]:
    """Shape and scale of sorted excesses: the mean over a grid of b = -k / sigma, weighted.

    Zhang, Stephens (2009), A new and efficient estimation method for the generalized Pareto
    distribution, doi:10.1198/tech.2009.08017; the shape is drawn towards 0.5 as if by ten points.
    """
    m = len(x)
    size = 30 + int(m**0.5)
    grid = torch.arange(1, size + 1, dtype=x.dtype, device=x.device)
    b = 1 / x[-1] + (1 - (size / (grid - 0.5)).sqrt()) / (3 * x[_quartile(m)])
    k = torch.log1p(-b[:, None] * x).mean(1)
    likelihood = m * ((-b / k).log() - k - 1)
    best = likelihood.softmax(0) @ b
    k = torch.log1p(-best * x).mean()
    return (m * k + 5) / (m + 10), -k / best


def _quartile(m: int) -> int:
    return int(m / 4 + 0.5) - 1
