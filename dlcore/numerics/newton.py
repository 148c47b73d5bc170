"""Second-order steps: Newton's method, damped, and the natural gradient."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import warn_not_converged
from dlcore.linalg.shapes import require_symmetric
from dlcore.numerics.curvature import ScalarFunction, hessian, value_and_gradient
from dlcore.numerics.descent import Descent, backtracking_line_search


def newton_minimize(
    f: ScalarFunction,
    x0: Float[Tensor, "*x"],
    *,
    damped: bool = True,
    max_steps: int = 100,
    tol: float = 1e-8,
) -> Descent:
    r"""Minimize by jumping to the lowest point of the quadratic model, $x - H^{-1} \nabla f$.

    The pure step goes to a critical point of the model, be it a minimum, a maximum or a saddle. The
    damped one takes the eigenvalues of H by their magnitudes, at least $10^{-8}$ of the largest, so
    that it always leads downhill, and halves steps that do not lower f enough.

    Args:
        f: function of torch operations, differentiable twice, to a single number.
        x0: the start, any shape; not changed.
        damped: make each step lower f; else the pure iteration.
        max_steps: the most steps.
        tol: stop when the norm of the gradient is at most this.

    Returns:
        The last point and everything on the way.

    Raises:
        ValueError: f returns several numbers.
        TypeError: x0 is no floating-point tensor.

    Warns:
        ConvergenceWarning: the gradient is still larger than `tol`.

    Equation: :eq:`eq-newton-step`
    Section: :ref:`sec-newton`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., sections 3.3 and 3.4.

    Example:
        >>> f = lambda x: x[0] ** 2 + 2 * x[1] ** 2
        >>> newton_minimize(f, torch.tensor([3.0, 3.0])).steps
        1

    In production: scipy.optimize.minimize(method="trust-exact").
    """
    x = x0.detach().clone() if isinstance(x0, Tensor) else x0
    value, g = value_and_gradient("newton_minimize", f, x)
    path, values, norms = [x], [value], [g.norm()]
    while norms[-1] > tol and len(path) <= max_steps and value.isfinite():
        d = _direction(hessian(f, x).reshape(x.numel(), -1), g.flatten(), damped).reshape(x.shape)
        step = backtracking_line_search(f, x, d) if damped and (g * d).sum() < 0 else 1.0
        if step == 0 or not d.isfinite().all():
            break
        x = x + step * d
        value, g = value_and_gradient("newton_minimize", f, x)
        path.append(x)
        values.append(value)
        norms.append(g.norm())
    converged = bool(norms[-1] <= tol)
    if not converged:
        warn_not_converged("newton_minimize", len(path) - 1, norms[-1].item(), tol)
    return Descent(x, torch.stack(path), torch.stack(values), torch.stack(norms), converged)


def _direction(H: Tensor, g: Tensor, damped: bool) -> Tensor:
    values, V = torch.linalg.eigh((H + H.T) / 2)
    if damped:
        largest = values.abs().max()
        if largest == 0:
            return -g
        values = values.abs().clamp(min=1e-8 * largest.item())
    return -(V @ ((V.T @ g) / values))


def natural_gradient_step(
    theta: Float[Tensor, " n"],
    gradient: Float[Tensor, " n"],
    fisher: Float[Tensor, "n n"],
    lr: float,
    *,
    damping: float = 0.0,
) -> Float[Tensor, " n"]:
    r"""A step measured in distributions, $\theta - \eta F^{-1} \nabla \mathcal L$.

    F is the Fisher information $\mathbb E[\nabla \log p\, \nabla \log p^\top]$ under the model's
    own distribution. It is not the Hessian of the loss, which depends on the data and may be
    indefinite.

    Args:
        theta: parameters, shape (n,).
        gradient: of the loss, shape (n,).
        fisher: F, symmetric positive semidefinite, shape (n, n).
        lr: learning rate $\eta$.
        damping: added to the diagonal of F.

    Returns:
        The new parameters, shape (n,).

    Raises:
        ValueError: shapes that do not fit, or F is not symmetric.
        torch.linalg.LinAlgError: F with the damping is not positive definite.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-natural-gradient`
    Section: :ref:`sec-natural-gradient`
    Source: Amari (1998), Natural gradient works efficiently in learning,
        doi:10.1162/089976698300017746.

    Example:
        >>> sigma, gradient = torch.tensor([1.0]), torch.tensor([-1.0])
        >>> natural_gradient_step(sigma, gradient, fisher=2 / sigma[None] ** 2, lr=1.0)
        tensor([1.5000])

    In production: KFAC approximations, as in nngeometry.
    """
    require_symmetric("natural_gradient_step", fisher)
    if not theta.shape == gradient.shape == fisher.shape[:1]:
        raise ValueError(
            f"natural_gradient_step needs theta and gradient (n,) and fisher (n, n), got "
            f"{tuple(theta.shape)}, {tuple(gradient.shape)} and {tuple(fisher.shape)}"
        )
    metric = fisher + damping * torch.eye(len(theta), dtype=theta.dtype, device=theta.device)
    return theta - lr * torch.cholesky_solve(gradient[:, None], torch.linalg.cholesky(metric))[:, 0]
