"""Small surfaces on which optimizers show what they are like."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

Plane = Float[Tensor, "*batch 2"]
Heights = Float[Tensor, "*batch"]


def ravine(
    theta: Plane, *, scales: tuple[float, float] = (100.0, 1.0), angle: float = 0.0
) -> Heights:
    r"""$a x^2 + b y^2$, steep across and flat along, on request turned off the axes.

    Its Hessian has the eigenvalues 2a and 2b: by default 200 and 2, with condition number 100.

    Args:
        theta: places, shape (..., 2).
        scales: a and b.
        angle: by which the ravine is turned, in radians, counterclockwise.

    Returns:
        The heights, shape (...); the lowest is 0, at (0, 0).

    Section: :ref:`sec-momentum`
    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 8.3.2.

    Example:
        >>> ravine(torch.tensor([[1.0, 1.0], [0.0, 3.0]]))
        tensor([101.,   9.])

    In production: any badly scaled problem.
    """
    x, y = theta.unbind(-1)
    c, s = math.cos(angle), math.sin(angle)
    return scales[0] * (c * x + s * y) ** 2 + scales[1] * (c * y - s * x) ** 2


def rosenbrock(theta: Plane, *, a: float = 1.0, b: float = 100.0) -> Heights:
    r"""$(a - x)^2 + b(y - x^2)^2$: a bent valley, easy to find and slow to follow.

    Args:
        theta: places, shape (..., 2).
        a: where the lowest point lies, at $(a, a^2)$.
        b: how steep the walls of the valley are.

    Returns:
        The heights, shape (...); the lowest is 0.

    Section: :ref:`sec-optimization-challenges`
    Source: Rosenbrock (1960), An automatic method for finding the greatest or least value of a
        function, doi:10.1093/comjnl/3.3.175.

    Example:
        >>> rosenbrock(torch.tensor([[1.0, 1.0], [-1.0, 1.0], [0.0, 1.0]]))
        tensor([  0.,   4., 101.])

    In production: scipy.optimize.rosen.
    """
    x, y = theta.unbind(-1)
    return (a - x) ** 2 + b * (y - x**2) ** 2


def beale(theta: Plane) -> Heights:
    r"""$\sum_{k=1}^{3} (c_k - x + x y^k)^2$ with $c = 1.5, 2.25, 2.625$: flat, with steep corners.

    Args:
        theta: places, shape (..., 2).

    Returns:
        The heights, shape (...); the lowest is 0, at (3, 0.5).

    Section: :ref:`sec-plateaus`
    Source: Beale (1958), On an iterative method for finding a local minimum of a function of more
        than one variable, Princeton, technical report 25.

    Example:
        >>> beale(torch.tensor([[3.0, 0.5], [0.0, 0.0]]))
        tensor([ 0.0000, 14.2031])

    In production: a test function of the pytorch-optimizer libraries.
    """
    x, y = theta.unbind(-1)
    c = (1.5, 2.25, 2.625)
    return torch.stack([(c[k] - x + x * y ** (k + 1)) ** 2 for k in range(3)]).sum(0)


def double_well(theta: Plane) -> Heights:
    r"""$x^4 - 2x^2 + y^2$: two minima at $(\pm1, 0)$ and a saddle between them, at (0, 0).

    Args:
        theta: places, shape (..., 2).

    Returns:
        The heights, shape (...); -1 at the minima, 0 at the saddle.

    Equation: :eq:`eq-double-well`
    Section: :ref:`sec-saddle-points`
    Source: Strogatz (2015), Nonlinear Dynamics and Chaos, 2nd ed., section 6.5.

    Example:
        >>> double_well(torch.tensor([[-1.0, 0.0], [0.0, 0.0], [1.0, 2.0]]))
        tensor([-1.,  0.,  3.])

    In production: any loss whose parts can trade places.
    """
    x, y = theta.unbind(-1)
    return x**4 - 2 * x**2 + y**2


def plateau(theta: Plane, *, width: float = 1.0) -> Heights:
    r"""$1 - e^{-\|\theta\|^2/2w^2}$: one hole in a plain that is all but level.

    At distance r the slope is $r/w^2\, e^{-r^2/2w^2}$: largest at r = w, at 6w already $10^{-7}/w$.

    Args:
        theta: places, shape (..., 2).
        width: w, of the hole.

    Returns:
        The heights, shape (...), from 0 at (0, 0) to 1 far away.

    Raises:
        ValueError: the width is not positive.

    Section: :ref:`sec-plateaus`
    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 8.2.3.

    Example:
        >>> plateau(torch.tensor([[0.0, 0.0], [1.0, 0.0], [6.0, 0.0]]))
        tensor([0.0000, 0.3935, 1.0000])

    In production: saturated units.
    """
    if not width > 0:
        raise ValueError(f"width must be positive, got {width}")
    return -torch.expm1(-(theta**2).sum(-1) / (2 * width**2))
