"""Weighted draws turned into equally weighted ones: the heavy are copied, the light die out."""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def systematic_resample(
    weights: Float[Tensor, " n"],
    size: int | None = None,
    *,
    generator: torch.Generator | None = None,
) -> Int[Tensor, " size"]:
    r"""Choose draws in proportion to their weights, by a comb of equal steps thrown once.

    Draw i is taken $\lfloor N \bar w_i \rfloor$ or $\lceil N \bar w_i \rceil$ times, $N \bar w_i$
    on average. One uniform number is used; draws that are chosen together depend on their order.

    Args:
        weights: not negative, not all 0, shape (n,); they need not add up to 1.
        size: N, how many are chosen; n by default.
        generator: source of randomness.

    Returns:
        Indices in ascending order, shape (size,).

    Raises:
        ValueError: weights that are no weights, or nothing to choose.

    Equation: :eq:`eq-resampling`
    Section: :ref:`sec-sequential-monte-carlo`
    Source: Kitagawa (1996), Monte Carlo filter and smoother for non-Gaussian nonlinear state space
        models, doi:10.1080/10618600.1996.10474692.

    Example:
        >>> systematic_resample(torch.tensor([0.5, 0.0, 0.25, 0.25]))
        tensor([0, 0, 2, 3])

    In production: blackjax.smc.resampling.systematic.
    """
    weights, size = _checked(weights, size)
    return _inverse(weights, (torch.arange(size) + _uniform(1, generator)) / size)


def stratified_resample(
    weights: Float[Tensor, " n"],
    size: int | None = None,
    *,
    generator: torch.Generator | None = None,
) -> Int[Tensor, " size"]:
    r"""Choose draws in proportion to their weights, by one uniform number in each of N strata.

    Args:
        weights: not negative, not all 0, shape (n,); they need not add up to 1.
        size: N, how many are chosen; n by default.
        generator: source of randomness.

    Returns:
        Indices in ascending order, shape (size,); draw i is taken $N \bar w_i$ times on average,
        never with more variance than by `multinomial_resample`.

    Raises:
        ValueError: weights that are no weights, or nothing to choose.

    Equation: :eq:`eq-resampling`
    Section: :ref:`sec-sequential-monte-carlo`
    Source: Douc, Cappé, Moulines (2005), Comparison of resampling schemes for particle filtering,
        arXiv:cs/0507025.

    Example:
        >>> stratified_resample(torch.tensor([0.5, 0.0, 0.25, 0.25]))
        tensor([0, 0, 2, 3])

    In production: blackjax.smc.resampling.stratified.
    """
    weights, size = _checked(weights, size)
    return _inverse(weights, (torch.arange(size) + _uniform(size, generator)) / size)


def multinomial_resample(
    weights: Float[Tensor, " n"],
    size: int | None = None,
    *,
    generator: torch.Generator | None = None,
) -> Int[Tensor, " size"]:
    r"""Choose draws in proportion to their weights, each choice independent of the others.

    Args:
        weights: not negative, not all 0, shape (n,); they need not add up to 1.
        size: N, how many are chosen; n by default.
        generator: source of randomness.

    Returns:
        Indices in ascending order, shape (size,); the counts are multinomial, with the largest
        variance of the four ways.

    Raises:
        ValueError: weights that are no weights, or nothing to choose.

    Equation: :eq:`eq-resampling`
    Section: :ref:`sec-sequential-monte-carlo`
    Source: Gordon, Salmond, Smith (1993), Novel approach to nonlinear/non-Gaussian Bayesian state
        estimation, doi:10.1049/ip-f-2.1993.0015.

    Example:
        >>> multinomial_resample(torch.tensor([0.0, 2.0, 0.0]))
        tensor([1, 1, 1])

    In production: torch.multinomial with replacement.
    """
    weights, size = _checked(weights, size)
    return _inverse(weights, _uniform(size, generator).sort().values)


def residual_resample(
    weights: Float[Tensor, " n"],
    size: int | None = None,
    *,
    generator: torch.Generator | None = None,
) -> Int[Tensor, " size"]:
    r"""Choose each draw $\lfloor N \bar w_i \rfloor$ times, and the rest by what is left over.

    Args:
        weights: not negative, not all 0, shape (n,); they need not add up to 1.
        size: N, how many are chosen; n by default.
        generator: source of randomness.

    Returns:
        Indices in ascending order, shape (size,); draw i is taken $N \bar w_i$ times on average.

    Raises:
        ValueError: weights that are no weights, or nothing to choose.

    Equation: :eq:`eq-resampling`
    Section: :ref:`sec-sequential-monte-carlo`
    Source: Liu, Chen (1998), Sequential Monte Carlo methods for dynamic systems,
        doi:10.1080/01621459.1998.10473765.

    Example:
        >>> residual_resample(torch.tensor([0.5, 0.0, 0.25, 0.25]))
        tensor([0, 0, 2, 3])

    In production: blackjax.smc.resampling.residual.
    """
    weights, size = _checked(weights, size)
    expected = size * weights / weights.sum()
    # a count that is whole up to rounding is whole
    counts = (expected + 1e-9).floor()
    left = size - int(counts.sum())
    if left:
        rest = (expected - counts).clamp_min(0)
        chosen = _inverse(rest, _uniform(left, generator))
        counts = counts + torch.bincount(chosen, minlength=len(weights))
    return torch.arange(len(weights), device=weights.device).repeat_interleave(counts.long())


def _checked(weights: Tensor, size: int | None) -> tuple[Tensor, int]:
    size = len(weights) if size is None else size
    valid = weights.ndim == 1 and bool((weights >= 0).all()) and bool(weights.isfinite().all())
    if not valid or not bool(weights.any()) or size < 1:
        raise ValueError(
            f"expected weights (n,), finite, not negative, not all 0, and a size of at least 1, "
            f"got shape {tuple(weights.shape)}, smallest "
            f"{weights.min().item() if weights.numel() else None}, size {size}"
        )
    return weights.double(), size


def _uniform(n: int, generator: torch.Generator | None) -> Tensor:
    device = generator.device if generator else None
    return torch.rand(n, generator=generator, dtype=torch.float64, device=device).cpu()


def _inverse(weights: Tensor, u: Tensor) -> Tensor:
    """The draw in whose share of the unit interval each u lies; one of weight 0 has no share."""
    edges = weights.cumsum(0)
    last = int(weights.nonzero()[-1])
    u = u.to(edges) * edges[-1]
    return torch.searchsorted(edges, u, right=True).clamp_max(last)
