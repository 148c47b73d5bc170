"""Newton's method where the Hessian is too large to be formed."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import solve
from dlcore.linalg.errors import warn_not_converged
from dlcore.numerics import Descent, backtracking_line_search
from dlcore.numerics.curvature import ScalarFunction, value_and_gradient
from dlcore.optim.hessian_products import hessian_operator

Product = Callable[[Tensor, Tensor], Tensor]


def newton_step(
    theta: Float[Tensor, " n"],
    gradient: Float[Tensor, " n"],
    hessian: Float[Tensor, "n n"],
    *,
    damping: float = 0.0,
) -> Float[Tensor, " n"]:
    r"""To the critical point of the quadratic model, $\theta - (H + \mu I)^{-1} \nabla J$.

    A linear system is solved, nothing is inverted. Where H has negative eigenvalues larger than
    $\mu$ in magnitude the step may lead uphill, to a saddle or a maximum.

    Args:
        theta: parameters, shape (n,).
        gradient: of the cost, shape (n,).
        hessian: H, shape (n, n).
        damping: $\mu \ge 0$: the larger, the closer the step is to one of gradient descent with
            learning rate $1/\mu$.

    Returns:
        The new parameters, shape (n,).

    Raises:
        ValueError: shapes that do not fit, or a negative damping.
        SingularMatrixError: H with the damping is singular.

    Equation: :eq:`eq-newton-training`
    Section: :ref:`sec-newtons-method-training`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., section 3.3.

    Example:
        >>> H = torch.diag(torch.tensor([2.0, 200.0]))
        >>> theta = torch.tensor([1.0, 1.0])
        >>> newton_step(theta, H @ theta, H)
        tensor([0., 0.])

    In production: dlcore.numerics.newton_minimize, or scipy.optimize.minimize("trust-exact").
    """
    n = theta.numel()
    if not (theta.ndim == 1 and gradient.shape == theta.shape and hessian.shape == (n, n)):
        raise ValueError(
            f"newton_step needs theta and gradient (n,) and hessian (n, n), got "
            f"{tuple(theta.shape)}, {tuple(gradient.shape)} and {tuple(hessian.shape)}"
        )
    if not damping >= 0:
        raise ValueError(f"the damping must not be negative, got {damping}")
    return theta - solve(
        hessian + damping * torch.eye(n, dtype=hessian.dtype, device=hessian.device), gradient
    )


def newton_cg(
    f: ScalarFunction,
    x0: Float[Tensor, "*x"],
    *,
    product: Product | None = None,
    max_steps: int = 100,
    max_cg_steps: int | None = None,
    tol: float = 1e-8,
) -> Descent:
    r"""Newton's method without the Hessian: conjugate gradients solve $Hd = -\nabla f$ by products.

    They stop early while the gradient is large, when the residual is below
    $\min(1/2, \sqrt{\|\nabla f\|})$ of it, and at the first direction along which f curves
    downwards. What they have by then leads downhill; its length is found by backtracking. Two
    vectors of the size of x and one backward pass a product, as for a gradient.

    Args:
        f: function of torch operations, differentiable twice, to a single number.
        x0: the start, any shape; not changed.
        product: x and v to the product of v with a matrix in place of H, say `gauss_newton_product`
            with its functions bound; default the Hessian of f.
        max_steps: the most steps.
        max_cg_steps: products a step; default 2 n.
        tol: stop when the norm of the gradient is at most this.

    Returns:
        The last point and everything on the way.

    Raises:
        ValueError: f returns several numbers.
        TypeError: x0 is no floating-point tensor.

    Warns:
        ConvergenceWarning: the gradient is still larger than `tol`.

    Equation: :eq:`eq-newton-training`
    Section: :ref:`sec-newtons-method-training`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., algorithm 7.1; Martens (2010),
        Deep learning via Hessian-free optimization, ICML.

    Example:
        >>> newton_cg(lambda x: x[0] ** 4 + x[1] ** 2, torch.tensor([1.0, 1.0]), tol=1e-3).converged
        True

    In production: scipy.optimize.minimize(method="Newton-CG").
    """
    x = x0.detach().clone() if isinstance(x0, Tensor) else x0
    value, g = value_and_gradient("newton_cg", f, x)
    path, values, norms = [x], [value], [g.norm()]
    while norms[-1] > tol and len(path) <= max_steps and value.isfinite():
        multiply = hessian_operator(f, x) if product is None else _bound(product, x)
        d = _truncated_cg(multiply, g, 2 * x.numel() if max_cg_steps is None else max_cg_steps)
        if not (g * d).sum() < 0:
            break
        step = backtracking_line_search(f, x, d)
        if step == 0:
            break
        x = x + step * d
        value, g = value_and_gradient("newton_cg", f, x)
        path.append(x)
        values.append(value)
        norms.append(g.norm())
    converged = bool(norms[-1] <= tol)
    if not converged:
        warn_not_converged("newton_cg", len(path) - 1, norms[-1].item(), tol)
    return Descent(x, torch.stack(path), torch.stack(values), torch.stack(norms), converged)


def _bound(product: Product, x: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda v: product(x, v)


def _truncated_cg(multiply: Callable[[Tensor], Tensor], g: Tensor, most: int) -> Tensor:
    """A direction with H d close to -g, along which f falls."""
    size = g.norm().item()
    goal = min(0.5, math.sqrt(size)) * size
    d, r, p = torch.zeros_like(g), g, -g
    for _ in range(most):
        Hp = multiply(p)
        curvature = (p * Hp).sum()
        if not curvature > 0:
            return d if d.any() else -g
        alpha = (r * r).sum() / curvature
        d = d + alpha * p
        before, r = r, r + alpha * Hp
        if not r.norm() > goal:
            break
        p = -r + (r * r).sum() / (before * before).sum() * p
    return d
