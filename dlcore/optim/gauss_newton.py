"""Least squares: curvature from first derivatives alone."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import require_pivots, warn_not_converged
from dlcore.numerics import Descent, jacobian, jvp, vjp
from dlcore.numerics.curvature import ScalarFunction, hvp

Residuals = Callable[[Tensor], Tensor]


def gauss_newton(
    residuals: Residuals, x0: Float[Tensor, "*x"], *, max_steps: int = 100, tol: float = 1e-8
) -> Descent:
    r"""Minimize $\tfrac12\|r(x)\|^2$ by steps $-(J^\top J)^{-1} J^\top r$.

    It is Newton's method with $J^\top J$ in place of the Hessian: what is left out, $\sum_i r_i
    \nabla^2 r_i$, is small where the residuals are small or almost linear. Each step solves the
    linear least-squares problem by QR; nothing limits its length.

    Args:
        residuals: function of torch operations from a tensor like `x0` to the residuals r, any
            shape, at least as many as x has numbers.
        x0: the start, any shape; not changed.
        max_steps: the most steps.
        tol: stop when the norm of the gradient $J^\top r$ is at most this.

    Returns:
        The last point and everything on the way; `values` are $\tfrac12\|r\|^2$.

    Raises:
        ValueError: fewer residuals than unknowns.
        SingularMatrixError: J has dependent columns: use `levenberg_marquardt`.
        TypeError: x0 is no floating-point tensor.

    Warns:
        ConvergenceWarning: the gradient is still larger than `tol`.
        IllConditionedWarning: the columns of J are dependent up to rounding.

    Equation: :eq:`eq-gauss-newton`
    Section: :ref:`sec-newtons-method-training`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., section 10.3.

    Example:
        >>> t = torch.tensor([0.0, 1.0, 2.0], dtype=torch.float64)
        >>> fit = gauss_newton(lambda x: x[0] * torch.exp(x[1] * t) - 2 * torch.exp(-t),
        ...                    torch.tensor([1.0, 0.0], dtype=torch.float64))
        >>> fit.x.round(decimals=4)
        tensor([ 2., -1.], dtype=torch.float64)

    In production: scipy.optimize.least_squares.
    """
    x = x0.detach().clone() if isinstance(x0, Tensor) else x0
    r, J = _linearize(residuals, x)
    if r.numel() < x.numel():
        raise ValueError(
            f"gauss_newton needs at least {x.numel()} residuals, got {r.numel()}: use "
            "levenberg_marquardt"
        )
    history = [_entry(x, r, J)]
    while history[-1][2] > tol and len(history) <= max_steps and history[-1][1].isfinite():
        Q, R = torch.linalg.qr(J)
        require_pivots("gauss_newton", R.diagonal())
        step = torch.linalg.solve_triangular(R, (Q.T @ r)[:, None], upper=True)
        x = x - step.reshape(x.shape)
        r, J = _linearize(residuals, x)
        history.append(_entry(x, r, J))
    return _finish("gauss_newton", history, tol)


def levenberg_marquardt(
    residuals: Residuals,
    x0: Float[Tensor, "*x"],
    *,
    damping: float = 1e-3,
    max_steps: int = 100,
    tol: float = 1e-8,
) -> Descent:
    r"""Gauss-Newton with a leash: $-(J^\top J + \mu I)^{-1} J^\top r$, taken only where it helps.

    $\mu$ falls where the linear model foretold the fall of the cost well, and doubles, then
    quadruples, and so on, where the cost did not fall. Works for fewer residuals than unknowns
    and for dependent columns.

    Args:
        residuals: function of torch operations from a tensor like `x0` to the residuals r, any
            shape.
        x0: the start, any shape; not changed.
        damping: the first $\mu$, counted in the largest diagonal entry of $J^\top J$.
        max_steps: the most attempts, successful or not.
        tol: stop when the norm of the gradient $J^\top r$ is at most this.

    Returns:
        The last point and the accepted steps on the way; `values` are $\tfrac12\|r\|^2$.

    Raises:
        ValueError: the damping is not positive.
        TypeError: x0 is no floating-point tensor.

    Warns:
        ConvergenceWarning: the gradient is still larger than `tol`.

    Equation: :eq:`eq-gauss-newton`
    Section: :ref:`sec-newtons-method-training`
    Source: Marquardt (1963), An algorithm for least-squares estimation of nonlinear parameters,
        doi:10.1137/0111030; Nielsen (1999), Damping parameter in Marquardt's method.

    Example:
        >>> rosenbrock = lambda x: torch.stack([1 - x[0], 10 * (x[1] - x[0] ** 2)])
        >>> start = torch.tensor([-1.2, 1.0], dtype=torch.float64)
        >>> levenberg_marquardt(rosenbrock, start).x.round(decimals=4)
        tensor([1., 1.], dtype=torch.float64)

    In production: scipy.optimize.least_squares(method="lm").
    """
    if not damping > 0:
        raise ValueError(f"the damping must be positive, got {damping}")
    history = damped_least_squares(residuals, x0, damping, max_steps, tol)
    return _finish("levenberg_marquardt", history, tol)


def damped_least_squares(
    residuals: Residuals,
    x0: Tensor,
    damping: float,
    max_steps: int,
    tol: float,
    goal: float = 0.0,
) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Point, cost and gradient's norm after each accepted step, until one is small enough."""
    x = x0.detach().clone() if isinstance(x0, Tensor) else x0
    r, J = _linearize(residuals, x)
    history, grow = [_entry(x, r, J)], 2.0
    mu = damping * J.square().sum(0).max()
    for _ in range(max_steps):
        _, cost, norm = history[-1]
        if not norm > tol or not goal < cost < math.inf:
            break
        weight = mu.sqrt() * torch.eye(x.numel(), dtype=x.dtype, device=x.device)
        right = torch.cat([-r, r.new_zeros(x.numel())])
        d = torch.linalg.lstsq(torch.cat([J, weight]), right[:, None]).solution[:, 0]
        nearby = x + d.reshape(x.shape)
        if torch.equal(nearby, x):
            break
        r_new, J_new = _linearize(residuals, nearby)
        foretold = (d @ (mu * d - J.T @ r)) / 2
        gain = (cost - r_new.square().sum() / 2) / foretold
        if gain > 0:
            x, r, J = nearby, r_new, J_new
            history.append(_entry(x, r, J))
            mu, grow = mu * max(1 / 3, 1 - (2 * gain.item() - 1) ** 3), 2.0
        else:
            mu, grow = mu * grow, 2 * grow
    return history


def gauss_newton_product(
    outputs: Callable[[Tensor], Tensor],
    loss: ScalarFunction,
    x: Float[Tensor, "*x"],
    v: Float[Tensor, "*x"],
) -> Float[Tensor, "*x"]:
    r"""The generalized Gauss-Newton matrix times a vector, $J^\top \nabla^2_z \mathcal L\, J v$.

    For a convex loss of a network's outputs $z$ it has no negative eigenvalues, unlike the Hessian;
    for the losses of exponential families it is the Fisher information. No matrix is formed.

    Args:
        outputs: the network, as a function of its parameters: x to the outputs z, any shape.
        loss: of the outputs, to a single number.
        x: parameters, any shape.
        v: the vector, of the same shape.

    Returns:
        The product, of the shape of x.

    Raises:
        ValueError: v has another shape than x, or the loss returns several numbers.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-gauss-newton`
    Section: :ref:`sec-newtons-method-training`
    Source: Schraudolph (2002), Fast curvature matrix-vector products for second-order gradient
        descent, doi:10.1162/08997660260028683.

    Example:
        >>> x, v = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0])
        >>> gauss_newton_product(lambda x: x[0] * x[1], lambda z: 3 * z**2, x, v)
        tensor([24., 12.])

    In production: curvlinops.GGNLinearOperator.
    """
    z, Jv = jvp(outputs, x, v)
    return vjp(outputs, x, hvp(loss, z, Jv))[1]


def _linearize(residuals: Residuals, x: Tensor) -> tuple[Tensor, Tensor]:
    J = jacobian(residuals, x)
    with torch.no_grad():
        r = residuals(x).flatten()
    return r, J.reshape(r.numel(), x.numel())


def _entry(x: Tensor, r: Tensor, J: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return x, r.square().sum() / 2, (J.T @ r).norm()


def _finish(name: str, history: list[tuple[Tensor, Tensor, Tensor]], tol: float) -> Descent:
    path, values, norms = (torch.stack(column) for column in zip(*history, strict=True))
    converged = bool(norms[-1] <= tol)
    if not converged:
        warn_not_converged(name, len(path) - 1, norms[-1].item(), tol)
    return Descent(path[-1], path, values, norms, converged)
