"""How error falls and cost grows with size: power laws, the cost of training, doubling times."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

GOLDEN = (math.sqrt(5) - 1) / 2


class PowerLaw(NamedTuple):
    r"""The curve $L(N) = E + A N^{-\alpha}$."""

    E: float
    A: float
    alpha: float

    def __call__(self, N: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """The loss predicted at size N."""
        return self.E + self.A * N**-self.alpha


def fit_power_law(
    N: Float[Tensor, " n"], L: Float[Tensor, " n"], *, max_alpha: float = 4.0
) -> PowerLaw:
    r"""Least squares of relative errors for $L(N) = E + A N^{-\alpha}$ with $E, A \ge 0$.

    Relative, so that small losses count as much as large ones. For a given exponent the other two
    come from linear least squares; what remains is a search along a line.

    Args:
        N: sizes (parameters, examples, operations), positive, shape (n,), n >= 3.
        L: positive losses measured there, shape (n,).
        max_alpha: the steepest exponent tried.

    Returns:
        E, the loss that no size removes; A; and the exponent alpha.

    Raises:
        ValueError: fewer than three sizes, sizes or losses that are not positive, or other shapes.

    Equation: :eq:`eq-scaling-law`.
    Section: :ref:`sec-scaling`.

    Source: Hestness et al. (2017), Deep learning scaling is predictable, empirically,
    arXiv:1712.00409; Kaplan et al. (2020), Scaling laws for neural language models,
    arXiv:2001.08361.

    Example:
        >>> N = torch.tensor([1e2, 1e3, 1e4, 1e5])
        >>> law = fit_power_law(N, 0.5 + 3 * N**-0.4)
        >>> round(law.E, 3), round(law.A, 2), round(law.alpha, 3)
        (0.5, 3.0, 0.4)

    In production: scipy.optimize.curve_fit with sigma=L.
    """
    if N.shape != L.shape or N.ndim != 1 or N.unique().numel() < 3:
        raise ValueError(
            "three different sizes or more are needed, with one loss each: got shapes "
            f"{tuple(N.shape)} and {tuple(L.shape)}"
        )
    if not bool((N > 0).all()) or not bool(((L > 0) & L.isfinite()).all()):
        raise ValueError("sizes and losses must be positive")
    sizes, losses = N.double() / N.double().min(), L.double()

    def error(alpha: float) -> float:
        return _line(sizes**-alpha, losses)[2]

    grid = torch.linspace(0, max_alpha, 401, dtype=torch.float64)[1:].tolist()
    best = min(range(len(grid)), key=lambda k: error(grid[k]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    for _ in range(60):
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        low, high = (low, right) if error(left) < error(right) else (left, high)
    alpha = (low + high) / 2
    E, A, _ = _line(sizes**-alpha, losses)
    return PowerLaw(E, A * float(N.double().min()) ** alpha, alpha)


def _line(x: Tensor, y: Tensor) -> tuple[float, float, float]:
    """Intercept and slope, neither below 0, of least relative error, and the sum of its squares."""
    candidates = [torch.stack([1 / y, x / y], dim=1)]
    candidates += [candidates[0] * keep for keep in torch.eye(2).to(x)]
    fits = [torch.linalg.pinv(columns).sum(1).clamp(min=0) for columns in candidates]
    errors = [float((candidates[0] @ fit - 1).square().sum()) for fit in fits]
    best = min(range(3), key=errors.__getitem__)
    return *fits[best].tolist(), errors[best]


def training_flops(parameters: float, examples: float) -> float:
    """About 6 operations for each parameter and example seen: 2 forward, 4 backward.

    Args:
        parameters: weights that take part once for each example (or token).
        examples: examples (or tokens) seen in training, repetitions included.

    Returns:
        The number of floating-point operations; right for networks of matrix products.

    Raises:
        ValueError: a negative number.

    Equation: :eq:`eq-training-flops`.
    Section: :ref:`sec-scaling`.

    Source: Kaplan et al. (2020), Scaling laws for neural language models, arXiv:2001.08361,
    section 2.1.

    Example:
        >>> training_flops(175e9, 300e9)
        3.15e+23

    In production: torch.utils.flop_counter.FlopCounterMode.
    """
    if min(parameters, examples) < 0:
        raise ValueError(f"numbers can't be negative, got {parameters}, {examples}")
    return 6 * parameters * examples


def doubling_time(t: Float[Tensor, " n"], amount: Float[Tensor, " n"]) -> float:
    r"""The time in which an exponentially growing amount doubles, $\ln 2$ over its growth rate.

    Args:
        t: times in any unit, shape (n,), at least two different ones.
        amount: positive amounts, shape (n,).

    Returns:
        Time per doubling in the unit of t, from a straight line through log amounts; negative when
        the amount shrinks, infinite when it stays.

    Raises:
        ValueError: fewer than two times, other shapes, or amounts that are not positive.

    Section: :ref:`sec-scaling`.

    Source: Sevilla et al. (2022), Compute trends across three eras of machine learning,
    arXiv:2202.05924.

    Example:
        >>> round(doubling_time(torch.tensor([0.0, 1.0, 2.0]), torch.tensor([1.0, 4.0, 16.0])), 3)
        0.5

    In production: numpy.polyfit on the logarithms.
    """
    if t.shape != amount.shape or t.ndim != 1 or t.unique().numel() < 2:
        raise ValueError(
            "two different times or more are needed, with one amount each: got shapes "
            f"{tuple(t.shape)} and {tuple(amount.shape)}"
        )
    if not bool((amount > 0).all()):
        raise ValueError("amounts must be positive")
    centred = (t - t.mean()).double()
    rate = centred @ amount.double().log() / (centred @ centred)
    return math.log(2) / float(rate) if rate != 0 else math.inf
