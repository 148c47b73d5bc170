"""Points that fill the cube more evenly than chance: one share for each box, and Sobol's."""

import torch
from torch import Tensor
from torch.quasirandom import SobolEngine

from dlcore.montecarlo.estimators import (
    Integrand,
    MonteCarloEstimate,
    evaluate,
    finite,
    from_values,
)


@torch.no_grad()
def stratified_estimate(
    f: Integrand,
    strata: int,
    *,
    dim: int = 1,
    per_stratum: int = 2,
    dtype: torch.dtype = torch.float64,
    generator: torch.Generator | None = None,
) -> MonteCarloEstimate:
    r"""Estimate $\int_{[0, 1]^d} f$ from as many draws in each of equal boxes.

    Only the variance inside boxes is left: for smooth f the error shrinks like
    $n^{-1/2 - 1/d}$, which is worth much in one dimension and little in ten.

    Args:
        f: from points of the cube, shape (n, dim), to one value each, shape (n,).
        strata: into how many parts each axis is cut; boxes are their `dim`-th power.
        dim: the dimension d.
        per_stratum: draws in each box, at least 2, so that there is an error to estimate.
        dtype: of the points.
        generator: source of randomness.

    Returns:
        The estimate; its error comes from the spread inside the boxes.

    Raises:
        ValueError: a count that is too small, or f gives another shape.
        ArithmeticError: a value of f that is infinite or NaN.

    Equations: :eq:`eq-stratified`, :eq:`eq-stratified-variance`
    Section: :ref:`sec-stratified-quasi`
    Source: Owen (2013), Monte Carlo theory, methods and examples, chapter 8.

    Example:
        >>> found = stratified_estimate(lambda u: u.exp()[:, 0], 1000)
        >>> round(found.estimate.item(), 3), bool(found.standard_error < 1e-4)
        (1.718, True)

    In production: scipy.stats.qmc.LatinHypercube in more dimensions.
    """
    if strata < 1 or dim < 1 or per_stratum < 2:
        raise ValueError(
            f"stratified_estimate needs strata, dim >= 1 and per_stratum >= 2, got {strata}, "
            f"{dim}, {per_stratum}"
        )
    device = generator.device if generator else None
    axes = [torch.arange(strata, dtype=dtype, device=device)] * dim
    corners = torch.cartesian_prod(*axes).reshape(-1, 1, dim)
    shape = (len(corners), per_stratum, dim)
    u = torch.rand(shape, dtype=dtype, generator=generator, device=device)
    values = values_of("stratified_estimate", f, ((corners + u) / strata).reshape(-1, dim))
    within = values.reshape(-1, per_stratum).var(1)
    n, boxes = len(values), len(corners)
    return MonteCarloEstimate(finite(values.mean()), (within.mean() / n).sqrt(), n, n - boxes)


@torch.no_grad()
def qmc_estimate(
    f: Integrand,
    n: int,
    dim: int = 1,
    *,
    replicates: int = 16,
    dtype: torch.dtype = torch.float64,
    generator: torch.Generator | None = None,
) -> MonteCarloEstimate:
    r"""Estimate $\int_{[0, 1]^d} f$ by scrambled Sobol points.

    Each replicate scrambles the same sequence anew: its points remain evenly spread and each alone
    is uniform, so the replicates are unbiased, independent, and show the error.

    Args:
        f: from points inside the open cube, shape (n, dim), to one value each, shape (n,).
        n: points in each replicate, a power of two: the sequence is balanced only there.
        dim: the dimension d, at most 21201.
        replicates: independent scramblings, at least 2.
        dtype: of the points.
        generator: source of the scramblings.

    Returns:
        The mean over replicates and its standard error; `n` counts all points. For smooth f the
        error of a replicate shrinks nearly like $n^{-3/2}$.

    Raises:
        ValueError: n is no power of two, a count that is too small, or f gives another shape.
        ArithmeticError: a value of f that is infinite or NaN.

    Equations: :eq:`eq-quasi-monte-carlo`, :eq:`eq-koksma-hlawka`
    Section: :ref:`sec-stratified-quasi`
    Source: Owen (1997), Scrambled net variance for integrals of smooth functions,
        doi:10.1214/aos/1031594731.

    Example:
        >>> found = qmc_estimate(lambda u: u.prod(-1), 256, 3)
        >>> round(found.estimate.item(), 3), found.n
        (0.125, 4096)

    In production: scipy.stats.qmc.Sobol, torch.quasirandom.SobolEngine.
    """
    if n < 1 or n & (n - 1):
        raise ValueError(f"qmc_estimate needs a power of two points, got {n}")
    if dim < 1 or replicates < 2:
        raise ValueError(f"qmc_estimate needs dim >= 1, replicates >= 2, got {dim}, {replicates}")
    device = generator.device if generator else None
    seeds = torch.randint(2**31, (replicates,), generator=generator, device=device).tolist()
    means = []
    for seed in seeds:
        points = SobolEngine(dim, scramble=True, seed=seed).draw(n, dtype=torch.float64)
        # half a step of the grid of 2^-30 away from 0, where quantile functions end
        points = (points + 2.0**-31).to(device=device, dtype=dtype)
        means.append(values_of("qmc_estimate", f, points).mean())
    found = from_values(torch.stack(means))
    return MonteCarloEstimate(found.estimate, found.standard_error, n * replicates, replicates - 1)


def values_of(name: str, f: Integrand, points: Tensor) -> Tensor:
    """The values of f, one number for each point."""
    values = evaluate(name, f, points)
    if values.ndim != 1:
        raise ValueError(f"{name}: f must give shape ({len(points)},), got {tuple(values.shape)}")
    return values
