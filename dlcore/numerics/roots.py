"""Zeros of functions of one variable."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from dlcore.linalg.errors import warn_not_converged
from dlcore.numerics.curvature import value_and_gradient

Function = Callable[[Tensor], Tensor]


class Root(NamedTuple):
    """A zero and how it was approached.

    Attributes:
        x: the zero.
        path: all approximations; midpoints for bisection, the start included for Newton.
        converged: whether the tolerance was reached.
    """

    x: float
    path: list[float]
    converged: bool


def bisect(f: Function, a: float, b: float, *, xtol: float = 1e-12, max_steps: int = 200) -> Root:
    """Halve an interval over whose ends a continuous function changes sign.

    Each step wins one binary digit, whatever the function.

    Args:
        f: from a float64 tensor without dimensions to another, continuous.
        a: one end.
        b: the other end.
        xtol: stop when the interval is at most this wide, or cannot be halved any more.
        max_steps: the most halvings.

    Returns:
        The middle of the last interval.

    Raises:
        ValueError: f has the same sign at both ends, or is NaN.

    Warns:
        ConvergenceWarning: the interval is still wider than `xtol`.

    Equation: :eq:`eq-bisection`
    Section: :ref:`sec-root-finding`
    Source: Press et al. (2007), Numerical Recipes, 3rd ed., section 9.1.

    Example:
        >>> round(bisect(lambda x: x**2 - 2, 0.0, 2.0).x, 6)
        1.414214

    In production: scipy.optimize.brentq.
    """
    left, right = f(_number(a)).item(), f(_number(b)).item()
    if left == 0 or right == 0:
        end = float(a if left == 0 else b)
        return Root(end, [end], True)
    if not left * math.copysign(1, right) < 0:
        raise ValueError(
            f"f must have different signs at the ends, got f({a}) = {left:.3g} and "
            f"f({b}) = {right:.3g}"
        )
    path: list[float] = []
    while len(path) < max_steps:
        middle = a + (b - a) / 2
        path.append(middle)
        value = f(_number(middle)).item()
        if value == 0 or abs(b - a) / 2 <= xtol or middle in (a, b):
            return Root(middle, path, True)
        a, b = (middle, b) if (value < 0) == (left < 0) else (a, middle)
    warn_not_converged("bisect", max_steps, abs(b - a), xtol)
    return Root(path[-1] if path else a, path, False)


def _number(x: float) -> Tensor:
    return torch.tensor(float(x), dtype=torch.float64)


def newton_root(f: Function, x0: float, *, xtol: float = 1e-12, max_steps: int = 50) -> Root:
    r"""Follow the tangent to where it crosses zero, $x - f(x)/f'(x)$; autograd gives $f'$.

    Near a simple zero each step doubles the number of right digits; far from it anything may
    happen.

    Args:
        f: of torch operations, from a float64 tensor without dimensions to another.
        x0: the start.
        xtol: stop when a step is at most this times max(1, |x|).
        max_steps: the most steps.

    Returns:
        The last point.

    Raises:
        ZeroDivisionError: the slope is zero where f is not.

    Warns:
        ConvergenceWarning: the steps are still larger than `xtol`.

    Equation: :eq:`eq-newton-root`
    Section: :ref:`sec-root-finding`
    Source: Press et al. (2007), Numerical Recipes, 3rd ed., section 9.4.

    Example:
        >>> len(newton_root(lambda x: x**2 - 2, 1.5).path)
        6

    In production: scipy.optimize.newton.
    """
    x, path, step = float(x0), [float(x0)], math.inf
    for _ in range(max_steps):
        value, slope = (v.item() for v in value_and_gradient("newton_root", f, _number(x)))
        if value == 0:
            return Root(x, path, True)
        if slope == 0:
            raise ZeroDivisionError(
                f"newton_root: the tangent at {x:.6g} is level, f is {value:.3g}"
            )
        step = value / slope
        x -= step
        path.append(x)
        if abs(step) <= xtol * max(1.0, abs(x)):
            return Root(x, path, True)
        if not math.isfinite(x):
            break
    warn_not_converged("newton_root", len(path) - 1, abs(step), xtol)
    return Root(x, path, False)
