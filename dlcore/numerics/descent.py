"""Gradient descent with its history, line searches, and how fast it can be on a quadratic."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import warn_not_converged
from dlcore.linalg.shapes import require_square
from dlcore.numerics.curvature import ScalarFunction, hvp, value_and_gradient
from dlcore.numerics.differentiation import require_floating

LineSearch = Callable[[ScalarFunction, Tensor, Tensor], float]


class Descent(NamedTuple):
    """Where an iterative minimization went.

    Attributes:
        x: the last point.
        path: all points, the start included, shape (t + 1, *x).
        values: f at each of them, shape (t + 1,).
        gradient_norms: norm of the gradient at each of them, shape (t + 1,).
        converged: whether the last norm is at most the tolerance.
    """

    x: Tensor
    path: Tensor
    values: Tensor
    gradient_norms: Tensor
    converged: bool

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return len(self.path) - 1


def gradient_descent(
    f: ScalarFunction,
    x0: Float[Tensor, "*x"],
    lr: float | LineSearch,
    *,
    max_steps: int = 1000,
    tol: float = 1e-6,
) -> Descent:
    r"""Minimize by steps against the gradient, $x_{t+1} = x_t - \eta \nabla f(x_t)$.

    It stops early where f is no longer finite: the learning rate was too large.

    Args:
        f: function of torch operations, from a tensor like `x0` to a single number.
        x0: the start, any shape; not changed.
        lr: learning rate $\eta$, or a line search that is called as `lr(f, x, direction)` and
            returns the step.
        max_steps: the most steps.
        tol: stop when the norm of the gradient is at most this.

    Returns:
        The last point and everything on the way.

    Raises:
        ValueError: the learning rate is not positive and finite, or f returns several numbers.
        TypeError: x0 is no floating-point tensor.

    Warns:
        ConvergenceWarning: the gradient is still larger than `tol`; 0 asks for all steps and is
            never warned of.

    Equation: :eq:`eq-gradient-descent`
    Section: :ref:`sec-gradient-descent`
    Source: Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations simultanées.

    Example:
        >>> f = lambda x: x[0] ** 2 + 2 * x[1] ** 2
        >>> gradient_descent(f, torch.tensor([3.0, 3.0]), lr=0.1, max_steps=2, tol=0).path
        tensor([[3.0000, 3.0000],
                [2.4000, 1.8000],
                [1.9200, 1.0800]])

    In production: torch.optim.SGD.
    """
    if not callable(lr) and not 0 < lr < math.inf:
        raise ValueError(f"the learning rate must be positive and finite, got {lr}")
    x = x0.detach().clone() if isinstance(x0, Tensor) else x0
    value, g = value_and_gradient("gradient_descent", f, x)
    path, values, norms = [x], [value], [g.norm()]
    while norms[-1] > tol and len(path) <= max_steps and value.isfinite():
        x = x - (lr(f, x, -g) if callable(lr) else lr) * g
        value, g = value_and_gradient("gradient_descent", f, x)
        path.append(x)
        values.append(value)
        norms.append(g.norm())
    converged = bool(norms[-1] <= tol)
    if tol > 0 and not converged:
        warn_not_converged("gradient_descent", len(path) - 1, norms[-1].item(), tol)
    return Descent(x, torch.stack(path), torch.stack(values), torch.stack(norms), converged)


def backtracking_line_search(
    f: ScalarFunction,
    x: Float[Tensor, "*x"],
    direction: Float[Tensor, "*x"],
    *,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
) -> float:
    r"""The first of $\alpha, \alpha/2, \alpha/4, \dots$ with which f falls enough for its slope.

    Armijo's condition asks for $f(x + \alpha d) \le f(x) + c\, \alpha\, \nabla f(x)^\top d$.

    Args:
        f: function of torch operations to a single number.
        x: where, any shape.
        direction: d, of the same shape, along which f must fall.
        step: the first step $\alpha$ tried.
        shrink: what a step that is too long is multiplied by.
        c: which part of the promised fall is asked for.

    Returns:
        The step; 0 if none is found before it no longer moves x.

    Raises:
        ValueError: f does not fall along the direction, or a parameter is out of range.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-armijo`
    Section: :ref:`sec-line-search`
    Source: Armijo (1966), Minimization of functions having Lipschitz continuous first partial
        derivatives, doi:10.2140/pjm.1966.16.1.

    Example:
        >>> x = torch.tensor([1.0])
        >>> backtracking_line_search(lambda x: (x**2).sum(), x, torch.tensor([-8.0]))
        0.125

    In production: scipy.optimize.line_search.
    """
    if not (step > 0 and 0 < shrink < 1 and 0 < c < 1):
        raise ValueError(
            f"step must be positive, shrink and c between 0 and 1, got {step}, {shrink} and {c}"
        )
    value, g = value_and_gradient("backtracking_line_search", f, x)
    slope = (g * direction).sum()
    if not slope < 0:
        raise ValueError(f"f does not fall along the direction: its slope is {slope.item():.3g}")
    while not torch.equal(x + step * direction, x):
        with torch.no_grad():
            if f(x + step * direction) <= value + c * step * slope:
                return step
        step *= shrink
    return 0.0


def exact_line_search(
    f: ScalarFunction, x: Float[Tensor, "*x"], direction: Float[Tensor, "*x"]
) -> float:
    r"""The step to the lowest point along a direction, $-g^\top d / d^\top Hd$, for a quadratic f.

    For any other f it is the Newton step along the line.

    Args:
        f: function of torch operations, differentiable twice, to a single number.
        x: where, any shape.
        direction: d, of the same shape.

    Returns:
        The step.

    Raises:
        ValueError: f does not curve upwards along the direction.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-exact-step`
    Section: :ref:`sec-line-search`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., section 3.3.

    Example:
        >>> f, x = lambda x: x[0] ** 2 + 2 * x[1] ** 2, torch.tensor([3.0, 3.0])
        >>> round(exact_line_search(f, x, torch.tensor([-6.0, -12.0])), 4)
        0.2778

    In production: scipy.optimize.minimize_scalar.
    """
    _, g = value_and_gradient("exact_line_search", f, x)
    curvature = (direction * hvp(f, x, direction)).sum()
    if not curvature > 0:
        raise ValueError(f"f has no lowest point along the direction: d^T H d = {curvature:.3g}")
    return -((g * direction).sum() / curvature).item()


def contraction_factor(H: Float[Tensor, "n n"], lr: float) -> float:
    r"""What a step multiplies the distance to the minimum of a quadratic by, at worst.

    In the eigenvector with eigenvalue $\lambda$ the distance is multiplied by $1 - \eta\lambda$.

    Args:
        H: the Hessian, symmetric, shape (n, n).
        lr: learning rate $\eta$.

    Returns:
        $\max_i |1 - \eta\lambda_i|$: below 1 gradient descent converges, above it diverges.

    Raises:
        ValueError: H is not square.
        TypeError: H is no floating-point tensor.

    Equation: :eq:`eq-contraction`
    Section: :ref:`sec-convergence-rate`
    Source: Nesterov (2018), Lectures on Convex Optimization, 2nd ed., section 1.2.3.

    Example:
        >>> contraction_factor(torch.diag(torch.tensor([2.0, 4.0])), lr=0.25)
        0.5

    In production: torch.linalg.eigvalsh.
    """
    require_square("contraction_factor", H)
    return (1 - lr * torch.linalg.eigvalsh(H)).abs().max().item()


def best_learning_rate(H: Float[Tensor, "n n"]) -> float:
    r"""The fixed learning rate with the smallest contraction factor, $2/(\lambda_1 + \lambda_n)$.

    The factor is then $(\kappa - 1)/(\kappa + 1)$, with $\kappa$ the condition number.

    Args:
        H: the Hessian, symmetric positive definite, shape (n, n).

    Returns:
        The learning rate.

    Raises:
        ValueError: H is not positive definite.
        TypeError: H is no floating-point tensor.

    Equation: :eq:`eq-best-rate`
    Section: :ref:`sec-convergence-rate`
    Source: Nesterov (2018), Lectures on Convex Optimization, 2nd ed., section 2.1.5.

    Example:
        >>> round(best_learning_rate(torch.diag(torch.tensor([2.0, 4.0]))), 4)
        0.3333

    In production: a search over learning rates, as the eigenvalues are unknown.
    """
    require_floating("best_learning_rate", H)
    require_square("best_learning_rate", H)
    values = torch.linalg.eigvalsh(H)
    if not values[0] > 0:
        raise ValueError(f"H must be positive definite, its smallest eigenvalue is {values[0]:.3g}")
    return (2 / (values[0] + values[-1])).item()
