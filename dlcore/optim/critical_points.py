"""Where the gradient vanishes: minima, maxima and saddles, and how rare minima are by chance."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.numerics import classify_critical_point, hessian
from dlcore.numerics.curvature import CriticalPoint, ScalarFunction, value_and_gradient
from dlcore.numerics.differentiation import pull_back
from dlcore.optim.gauss_newton import damped_least_squares


class StationaryPoint(NamedTuple):
    """A point with zero gradient.

    Attributes:
        x: where.
        value: of the function there.
        eigenvalues: of the Hessian there, ascending, shape (n,).
        kind: "minimum", "maximum", "saddle", or "inconclusive" where an eigenvalue is zero.
    """

    x: Tensor
    value: float
    eigenvalues: Tensor
    kind: CriticalPoint


def find_critical_points(
    f: ScalarFunction,
    starts: Float[Tensor, "s n"],
    *,
    tol: float = 1e-8,
    rtol: float = 1e-4,
    max_steps: int = 200,
    separation: float = 1e-2,
) -> list[StationaryPoint]:
    r"""Critical points of any kind, by solving $\nabla f = 0$ from many starts.

    Each start goes down $\tfrac12\|\nabla f\|^2$ by Levenberg-Marquardt, which is drawn to saddles
    and maxima as much as to minima. Ends whose gradient is not zero are dropped, ends that lie
    together count once. Whether all points were found depends on the starts.

    Args:
        f: function of torch operations, differentiable three times, to a single number.
        starts: shape (s, n), say a grid.
        tol: the norm of the gradient that counts as zero.
        rtol: eigenvalues of at most this times the largest entry of the Hessian at the start count
            as zero.
        max_steps: attempts a start.
        separation: ends closer than this are the same point.

    Returns:
        The points, lowest value first.

    Raises:
        ValueError: f returns several numbers, or starts of another shape.
        TypeError: starts is no floating-point tensor.

    Equation: :eq:`eq-double-well`
    Section: :ref:`sec-saddle-points`
    Source: Dauphin et al. (2014), Identifying and attacking the saddle point problem in
        high-dimensional non-convex optimization, arXiv:1406.2572.

    Example:
        >>> f = lambda x: x[0] ** 4 - 2 * x[0] ** 2 + x[1] ** 2
        >>> starts = torch.tensor([[-2.0, 1.0], [0.1, 1.0], [2.0, 1.0]], dtype=torch.float64)
        >>> [(point.kind, round(point.value, 4)) for point in find_critical_points(f, starts)]
        [('minimum', -1.0), ('minimum', -1.0), ('saddle', 0.0)]

    In production: scipy.optimize.root on the gradient.
    """
    if starts.ndim != 2:
        raise ValueError(f"find_critical_points needs starts (s, n), got {tuple(starts.shape)}")

    def gradient(x: Tensor) -> Tensor:
        if x.requires_grad:
            with torch.enable_grad():
                y = f(x)
                return pull_back(y, x, torch.ones_like(y), differentiable=True)
        return value_and_gradient("find_critical_points", f, x)[1]

    points: list[StationaryPoint] = []
    for start in starts:
        goal = (0.01 * tol) ** 2 / 2
        x = damped_least_squares(gradient, start, 1e-3, max_steps, 0.0, goal)[-1][0]
        value, g = value_and_gradient("find_critical_points", f, x)
        known = any((x - point.x).norm() < separation for point in points)
        if known or not g.norm() <= tol:
            continue
        H = hessian(f, x)
        eigenvalues = torch.linalg.eigvalsh((H + H.T) / 2)
        negligible = eigenvalues.abs() <= rtol * hessian(f, start).abs().max()
        kind = classify_critical_point(eigenvalues.masked_fill(negligible, 0).diag())
        points.append(StationaryPoint(x, value.item(), eigenvalues, kind))
    return sorted(points, key=lambda point: point.value)


def positive_definite_fraction(
    n: int, *, samples: int = 100_000, generator: torch.Generator | None = None
) -> float:
    r"""How often a random symmetric matrix has positive eigenvalues only.

    The matrices are of the Gaussian orthogonal ensemble: independent normal entries, with variance
    2 on the diagonal and 1 beside it. If Hessians at critical points were like that, the share of
    minima among them would fall faster than exponentially in n.

    Args:
        n: rows of the matrices.
        samples: how many are drawn; the standard error of a share p is $\sqrt{p(1 - p)/N}$.
        generator: for the entries.

    Returns:
        The share. Exact are 1/2 for n = 1 and $(2 - \sqrt 2)/4$ for n = 2.

    Raises:
        ValueError: n or `samples` is below 1.

    Equation: :eq:`eq-double-well`
    Section: :ref:`sec-saddle-points`
    Source: Dean, Majumdar (2006), Large deviations of extreme eigenvalues of random matrices,
        doi:10.1103/PhysRevLett.97.160201.

    Example:
        >>> share = positive_definite_fraction(2, generator=torch.Generator().manual_seed(0))
        >>> round(share, 2)
        0.15

    In production: there is nothing to call.
    """
    if n < 1 or samples < 1:
        raise ValueError(f"n and samples must be at least 1, got {n} and {samples}")
    positive, left = 0, samples
    while left > 0:
        count = min(left, max(1, 10**7 // n**2))
        M = torch.randn(count, n, n, generator=generator, dtype=torch.float64)
        positive += int((torch.linalg.cholesky_ex(M + M.mT).info == 0).sum())
        left -= count
    return positive / samples
