"""What may be lost: a quantile of simulated losses, and the mean beyond it."""

import math

from jaxtyping import Float
from torch import Tensor


def value_at_risk(losses: Float[Tensor, " n"], level: float = 0.95) -> Float[Tensor, ""]:
    r"""The loss that is not exceeded with the given probability.

    Args:
        losses: simulated or observed, a gain is negative; shape (n,), any unit of money.
        level: the probability $\alpha$, in (0, 1).

    Returns:
        The smallest loss x among the given ones with $\hat F(x) \ge \alpha$, in the same unit. It
        says nothing of how much worse it may get: see `expected_shortfall`.

    Raises:
        ValueError: no losses, NaN, or a level outside (0, 1).

    Equation: :eq:`eq-value-at-risk`
    Section: :ref:`sec-value-at-risk`
    Source: McNeil, Frey, Embrechts (2015), Quantitative risk management, section 2.3.

    Example:
        >>> import torch
        >>> value_at_risk(torch.arange(1.0, 101.0), 0.95)
        tensor(95.)

    In production: numpy.quantile with method="inverted_cdf".
    """
    return _ordered(losses, level)[_rank(len(losses), level)]


def expected_shortfall(losses: Float[Tensor, " n"], level: float = 0.95) -> Float[Tensor, ""]:
    r"""The mean of the worst losses, a share $1 - \alpha$ of all.

    Args:
        losses: simulated or observed, a gain is negative; shape (n,), any unit of money.
        level: the probability $\alpha$, in (0, 1).

    Returns:
        $\mathrm{VaR} + \frac{1}{1 - \alpha} \frac1n \sum_i \max(x_i - \mathrm{VaR}, 0)$, in the
        same unit: never below the value at risk, and for two portfolios together never more than
        the sum of theirs.

    Raises:
        ValueError: no losses, NaN, or a level outside (0, 1).

    Equation: :eq:`eq-expected-shortfall`
    Section: :ref:`sec-value-at-risk`
    Source: Rockafellar, Uryasev (2000), Optimization of conditional value-at-risk,
        doi:10.21314/JOR.2000.038.

    Example:
        >>> import torch
        >>> round(expected_shortfall(torch.arange(1.0, 101.0), 0.95).item(), 3)
        98.0

    In production: the same two lines.
    """
    ordered = _ordered(losses, level)
    quantile = ordered[_rank(len(losses), level)]
    return quantile + (losses - quantile).clamp_min(0).mean() / (1 - level)


def _ordered(losses: Tensor, level: float) -> Tensor:
    if losses.ndim != 1 or len(losses) == 0 or bool(losses.isnan().any()):
        raise ValueError(f"expected losses (n,) without NaN, got {tuple(losses.shape)}")
    if not 0 < level < 1:
        raise ValueError(f"a level lies strictly between 0 and 1, got {level}")
    return losses.sort().values


def _rank(n: int, level: float) -> int:
    # a product such as 0.95 * 100 may come out a little above the whole number it is
    return max(math.ceil(n * level * (1 - 1e-12)), 1) - 1
