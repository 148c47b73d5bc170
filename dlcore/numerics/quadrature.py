"""Integrals over an interval from values at equal distances."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor


def trapezoid(f: Callable[[Tensor], Tensor], a: float, b: float, n: int) -> Float[Tensor, "*y"]:
    r"""The integral of f as the area of n trapezoids; the error falls like $h^2$.

    Args:
        f: from float64 points of shape (n + 1,) to values of shape (..., n + 1).
        a: lower limit.
        b: upper limit.
        n: number of intervals, at least 1.

    Returns:
        The integral, of the shape of the values without their last dimension.

    Raises:
        ValueError: n is below 1, or f gives another number of values.

    Equation: :eq:`eq-trapezoid`
    Section: :ref:`sec-quadrature`
    Source: Press et al. (2007), Numerical Recipes, 3rd ed., section 4.1.

    Example:
        >>> trapezoid(torch.sin, 0.0, torch.pi, 100).round(decimals=4)
        tensor(1.9998, dtype=torch.float64)

    In production: torch.trapezoid, scipy.integrate.quad.
    """
    if n < 1:
        raise ValueError(f"trapezoid needs at least 1 interval, got {n}")
    y = _values("trapezoid", f, a, b, n)
    return (b - a) / n * (y.sum(-1) - (y[..., 0] + y[..., -1]) / 2)


def simpson(f: Callable[[Tensor], Tensor], a: float, b: float, n: int) -> Float[Tensor, "*y"]:
    r"""The integral of f from parabolas through three points each; the error falls like $h^4$.

    Args:
        f: from float64 points of shape (n + 1,) to values of shape (..., n + 1).
        a: lower limit.
        b: upper limit.
        n: number of intervals, even and at least 2.

    Returns:
        The integral, of the shape of the values without their last dimension.

    Raises:
        ValueError: n is odd or below 2, or f gives another number of values.

    Equation: :eq:`eq-simpson`
    Section: :ref:`sec-quadrature`
    Source: Press et al. (2007), Numerical Recipes, 3rd ed., section 4.2.

    Example:
        >>> simpson(torch.sin, 0.0, torch.pi, 100).round(decimals=6)
        tensor(2., dtype=torch.float64)

    In production: scipy.integrate.simpson, scipy.integrate.quad.
    """
    if n < 2 or n % 2:
        raise ValueError(f"simpson needs an even number of intervals, at least 2, got {n}")
    y = _values("simpson", f, a, b, n)
    middle, shared = y[..., 1::2].sum(-1), y[..., 2:-1:2].sum(-1)
    return (b - a) / (3 * n) * (y[..., 0] + 4 * middle + 2 * shared + y[..., -1])


def _values(name: str, f: Callable[[Tensor], Tensor], a: float, b: float, n: int) -> Tensor:
    x = torch.linspace(a, b, n + 1, dtype=torch.float64)
    y = f(x)
    if y.ndim == 0 or y.shape[-1] != n + 1:
        raise ValueError(f"{name}: f must return {n + 1} values, got shape {tuple(y.shape)}")
    return y
