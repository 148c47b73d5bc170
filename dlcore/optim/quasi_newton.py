"""Newton's method without second derivatives: BFGS, and its form that stores a few vectors."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import NotPositiveDefiniteError
from dlcore.linalg.errors import warn_not_converged
from dlcore.numerics import Descent
from dlcore.numerics.curvature import ScalarFunction, value_and_gradient
from dlcore.optim.line_search import Evaluate, strong_wolfe


class QuasiNewton(NamedTuple):
    """Where BFGS went, and the curvature it has learnt.

    Attributes:
        x: the last point.
        path: all points, the start included, shape (t + 1, *x).
        values: f at each of them, shape (t + 1,).
        gradient_norms: norm of the gradient at each of them, shape (t + 1,).
        converged: whether the last norm is at most the tolerance.
        inverse_hessian: the approximation at the end, shape (n, n) for n numbers in x.
    """

    x: Tensor
    path: Tensor
    values: Tensor
    gradient_norms: Tensor
    converged: bool
    inverse_hessian: Tensor

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return len(self.path) - 1


def bfgs_update(
    H: Float[Tensor, "n n"], s: Float[Tensor, " n"], y: Float[Tensor, " n"]
) -> Float[Tensor, "n n"]:
    r"""The inverse Hessian after a step: $(I - \rho sy^\top) H (I - \rho ys^\top) + \rho ss^\top$.

    Here $\rho = 1/y^\top s$. Of all symmetric matrices with $Hy = s$ it is, in a weighted norm, the
    closest to the old one; it stays positive definite.

    Args:
        H: approximation of the inverse Hessian, symmetric positive definite, shape (n, n).
        s: the step, shape (n,).
        y: by what the gradient changed along it, shape (n,).

    Returns:
        The new approximation, shape (n, n).

    Raises:
        NotPositiveDefiniteError: $y^\top s \le 0$: f does not curve upwards along the step.
        ValueError: shapes that do not fit.

    Equation: :eq:`eq-bfgs`
    Section: :ref:`sec-quasi-newton`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., equation 6.17.

    Example:
        >>> s, y = torch.tensor([1.0, 0.0]), torch.tensor([4.0, 0.0])
        >>> bfgs_update(torch.eye(2), s, y)
        tensor([[0.2500, 0.0000],
                [0.0000, 1.0000]])

    In production: scipy.optimize.BFGS.
    """
    if not (H.ndim == 2 and s.ndim == 1 and H.shape == (len(s), len(s)) and y.shape == s.shape):
        raise ValueError(
            f"bfgs_update needs H (n, n), s and y (n,), got {tuple(H.shape)}, {tuple(s.shape)} and "
            f"{tuple(y.shape)}"
        )
    curvature = y @ s
    if not curvature > 0:
        raise NotPositiveDefiniteError(f"bfgs_update: y^T s = {curvature.item():.3g}, must be > 0")
    Hy = H @ y
    mixed = torch.outer(s, Hy)
    return H + ((1 + y @ Hy / curvature) * torch.outer(s, s) - mixed - mixed.T) / curvature


def bfgs(
    f: ScalarFunction, x0: Float[Tensor, "*x"], *, max_steps: int = 200, tol: float = 1e-8
) -> QuasiNewton:
    r"""Minimize by steps $-H \nabla f$, with H learnt from the changes of the gradient.

    H begins as a multiple of the identity and is kept dense: $n^2$ numbers. Each step is chosen by
    `strong_wolfe`, so that $y^\top s > 0$.

    Args:
        f: function of torch operations to a single number.
        x0: the start, any shape; not changed.
        max_steps: the most steps.
        tol: stop when the norm of the gradient is at most this.

    Returns:
        The last point, everything on the way, and the inverse Hessian.

    Raises:
        ValueError: f returns several numbers.
        TypeError: x0 is no floating-point tensor.

    Warns:
        ConvergenceWarning: the gradient is still larger than `tol`: too few steps, or no lower
            point was found along the direction.

    Equation: :eq:`eq-bfgs`
    Section: :ref:`sec-quasi-newton`
    Source: Broyden (1970), doi:10.1093/imamat/6.1.76; Fletcher (1970),
        doi:10.1093/comjnl/13.3.317; Goldfarb (1970), doi:10.1090/S0025-5718-1970-0258249-6;
        Shanno (1970), doi:10.1090/S0025-5718-1970-0274029-X.

    Example:
        >>> f = lambda x: (x[0] - 1) ** 2 + 5 * x[1] ** 2
        >>> found = bfgs(f, torch.tensor([3.0, 3.0]), tol=1e-3)
        >>> found.inverse_hessian.diagonal().round(decimals=2)
        tensor([0.5000, 0.1000])

    In production: scipy.optimize.minimize(method="BFGS").
    """
    H: Tensor | None = None

    def direction(g: Tensor) -> Tensor:
        return -g if H is None else -(H @ g)

    def learn(s: Tensor, y: Tensor) -> None:
        nonlocal H
        if y @ s > 0:
            first = torch.eye(len(s), dtype=s.dtype, device=s.device) * (y @ s / (y @ y))
            H = bfgs_update(first if H is None else H, s, y)

    found = _minimize("bfgs", f, x0, direction, learn, max_steps, tol)
    n = found.x.numel()
    return QuasiNewton(*found, torch.eye(n, dtype=x0.dtype, device=x0.device) if H is None else H)


def lbfgs(
    f: ScalarFunction,
    x0: Float[Tensor, "*x"],
    *,
    history_size: int = 10,
    max_steps: int = 200,
    tol: float = 1e-8,
) -> Descent:
    r"""BFGS with the last few pairs $(s, y)$ instead of a matrix.

    A step costs $4mn$ multiplications for m pairs, and $2mn$ numbers are stored.

    Args:
        f: function of torch operations to a single number.
        x0: the start, any shape; not changed.
        history_size: the number of pairs m.
        max_steps: the most steps.
        tol: stop when the norm of the gradient is at most this.

    Returns:
        The last point and everything on the way.

    Raises:
        ValueError: f returns several numbers, or `history_size` is below 1.
        TypeError: x0 is no floating-point tensor.

    Warns:
        ConvergenceWarning: the gradient is still larger than `tol`: too few steps, or no lower
            point was found along the direction.

    Equation: :eq:`eq-lbfgs-two-loop`
    Section: :ref:`sec-quasi-newton`
    Source: Liu, Nocedal (1989), On the limited memory BFGS method for large scale optimization,
        doi:10.1007/BF01589116.

    Example:
        >>> f = lambda x: (x[0] - 1) ** 2 + 5 * x[1] ** 2
        >>> lbfgs(f, torch.tensor([3.0, 3.0]), tol=1e-3).x.round(decimals=3).abs()
        tensor([1., 0.])

    In production: scipy.optimize.minimize(method="L-BFGS-B").
    """
    if history_size < 1:
        raise ValueError(f"history_size must be at least 1, got {history_size}")
    steps: deque[Tensor] = deque(maxlen=history_size)
    changes: deque[Tensor] = deque(maxlen=history_size)

    def direction(g: Tensor) -> Tensor:
        return -lbfgs_two_loop(g, steps, changes)

    def learn(s: Tensor, y: Tensor) -> None:
        if y @ s > 0:
            steps.append(s)
            changes.append(y)

    return _minimize("lbfgs", f, x0, direction, learn, max_steps, tol)


def lbfgs_two_loop(
    gradient: Float[Tensor, " n"],
    steps: Sequence[Tensor],
    changes: Sequence[Tensor],
    *,
    scale: float | Tensor | None = None,
) -> Float[Tensor, " n"]:
    r"""The product $Hg$ with the inverse Hessian that BFGS would have, from its pairs alone.

    The first loop goes from the newest pair to the oldest, the second back; between them stands the
    inverse Hessian that BFGS began with, $\gamma I$.

    Args:
        gradient: g, shape (n,).
        steps: the steps s, each (n,), oldest first; may be empty.
        changes: by what the gradient changed along each of them, y.
        scale: $\gamma$; default $s^\top y / y^\top y$ of the newest pair, 1 without pairs.

    Returns:
        The product, shape (n,); the step of L-BFGS is its negative.

    Raises:
        ValueError: not as many steps as changes, or shapes that do not fit.
        NotPositiveDefiniteError: a pair has $y^\top s \le 0$.

    Equation: :eq:`eq-lbfgs-two-loop`
    Section: :ref:`sec-quasi-newton`
    Source: Nocedal (1980), Updating quasi-Newton matrices with limited storage,
        doi:10.1090/S0025-5718-1980-0572855-7.

    Example:
        >>> s, y = torch.tensor([1.0, 0.0]), torch.tensor([4.0, 0.0])
        >>> lbfgs_two_loop(torch.tensor([8.0, 8.0]), [s], [y])
        tensor([2., 2.])

    In production: torch.optim.LBFGS.
    """
    if len(steps) != len(changes) or any(v.shape != gradient.shape for v in (*steps, *changes)):
        raise ValueError(
            f"lbfgs_two_loop needs as many steps as changes, each {tuple(gradient.shape)}, got "
            f"{[tuple(s.shape) for s in steps]} and {[tuple(y.shape) for y in changes]}"
        )
    curvatures = [y @ s for s, y in zip(steps, changes, strict=True)]
    for curvature in curvatures:
        if not curvature > 0:
            raise NotPositiveDefiniteError(
                f"lbfgs_two_loop: a pair has y^T s = {curvature.item():.3g}, must be > 0"
            )
    pairs = list(zip(steps, changes, curvatures, strict=True))
    if scale is None:
        scale = curvatures[-1] / (changes[-1] @ changes[-1]) if pairs else 1.0
    q, alphas = gradient, []
    for s, y, curvature in reversed(pairs):
        alphas.append(s @ q / curvature)
        q = q - alphas[-1] * y
    r = scale * q
    for (s, y, curvature), alpha in zip(pairs, reversed(alphas), strict=True):
        r = r + (alpha - y @ r / curvature) * s
    return r


def _minimize(
    name: str,
    f: ScalarFunction,
    x0: Tensor,
    direction: Callable[[Tensor], Tensor],
    learn: Callable[[Tensor, Tensor], None],
    max_steps: int,
    tol: float,
) -> Descent:
    x = x0.detach().clone() if isinstance(x0, Tensor) else x0
    value, g = value_and_gradient(name, f, x)
    path, values, norms = [x], [value], [g.norm()]
    while norms[-1] > tol and len(path) <= max_steps and value.isfinite():
        d = direction(g.flatten()).reshape(x.shape)
        if not (g * d).sum() < 0:
            break
        first = 1.0 if len(path) > 1 else min(1.0, 1 / g.abs().sum().item())
        found = strong_wolfe(_along(name, f, x, d), d, value, g, step=first)
        if found.step == 0:
            break
        learn((found.step * d).flatten(), (found.gradient - g).flatten())
        x, value, g = x + found.step * d, value.new_tensor(found.value), found.gradient
        path.append(x)
        values.append(value)
        norms.append(g.norm())
    converged = bool(norms[-1] <= tol)
    if not converged:
        warn_not_converged(name, len(path) - 1, norms[-1].item(), tol)
    return Descent(x, torch.stack(path), torch.stack(values), torch.stack(norms), converged)


def _along(name: str, f: ScalarFunction, x: Tensor, d: Tensor) -> Evaluate:
    return lambda t: value_and_gradient(name, f, x + t * d)
