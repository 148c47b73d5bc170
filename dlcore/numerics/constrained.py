"""Minimizing under constraints: by projection, by a penalty, by the augmented Lagrangian."""

import math
import warnings
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import ConvergenceWarning, warn_not_converged
from dlcore.numerics.curvature import ScalarFunction, value_and_gradient
from dlcore.numerics.descent import Descent
from dlcore.numerics.differentiation import require_floating
from dlcore.numerics.newton import newton_minimize
from dlcore.numerics.optimality import Constraints
from dlcore.numerics.projections import project_l2_ball, project_sphere


def projected_gradient_descent(
    f: ScalarFunction,
    x0: Float[Tensor, "*x"],
    project: Callable[[Tensor], Tensor],
    lr: float,
    *,
    max_steps: int = 1000,
    tol: float = 1e-6,
) -> Descent:
    r"""A gradient step, then the nearest point of the set: $x_{t+1} = P(x_t - \eta \nabla f(x_t))$.

    On a convex set f falls at every step if $\eta \le 1/L$, with L a bound on the curvature.

    Args:
        f: function of torch operations, from a tensor like `x0` to a single number.
        x0: the start, any shape; projected first.
        project: from a point to the nearest point of the set.
        lr: learning rate $\eta$.
        max_steps: the most steps.
        tol: stop when $\|x_{t+1} - x_t\| / \eta$ is at most this; without constraints it is the
            norm of the gradient.

    Returns:
        The last point and everything on the way; `gradient_norms` holds the stopping measure.

    Raises:
        ValueError: the learning rate is not positive and finite, or f returns several numbers.
        TypeError: x0 is no floating-point tensor.

    Warns:
        ConvergenceWarning: the measure is still larger than `tol`; 0 asks for all steps and is
            never warned of.

    Equation: :eq:`eq-projected-gradient`
    Section: :ref:`sec-projected-gradient`
    Source: Levitin, Polyak (1966), Constrained minimization methods,
        doi:10.1016/0041-5553(66)90114-5.

    Example:
        >>> from dlcore.numerics import project_box
        >>> far = torch.tensor([2.0, -3.0])
        >>> f = lambda x: ((x - far) ** 2).sum()
        >>> projected_gradient_descent(f, torch.zeros(2), lambda x: project_box(x, -1, 1), 0.1).x
        tensor([ 1., -1.])

    In production: scipy.optimize.minimize(method="L-BFGS-B") for boxes.
    """
    if not 0 < lr < math.inf:
        raise ValueError(f"the learning rate must be positive and finite, got {lr}")
    require_floating("projected_gradient_descent", x0)
    x = project(x0.detach().clone())
    path, values, norms = [x], [], []
    while True:
        value, g = value_and_gradient("projected_gradient_descent", f, x)
        following = project(x - lr * g)
        values.append(value)
        norms.append((following - x).norm() / lr)
        if not norms[-1] > tol or len(path) > max_steps or not value.isfinite():
            break
        x = following
        path.append(x)
    converged = bool(norms[-1] <= tol)
    if tol > 0 and not converged:
        warn_not_converged("projected_gradient_descent", len(path) - 1, norms[-1].item(), tol)
    return Descent(x, torch.stack(path), torch.stack(values), torch.stack(norms), converged)


class ConstrainedMinimum(NamedTuple):
    """Where a method for constraints ended.

    Attributes:
        x: the point, shape (n,).
        lam: multipliers of the equations, shape (p,).
        mu: multipliers of the inequalities, at least 0, shape (m,).
        violations: the largest violation of a constraint after each round.
        weights: the penalty's weight in each round.
        converged: whether the last violation is at most the tolerance.
    """

    x: Tensor
    lam: Tensor
    mu: Tensor
    violations: list[float]
    weights: list[float]
    converged: bool


def penalty_method(
    f: ScalarFunction,
    x0: Float[Tensor, " n"],
    *,
    equality: Constraints | None = None,
    inequality: Constraints | None = None,
    rho: float = 1.0,
    growth: float = 10.0,
    tol: float = 1e-6,
    max_rounds: int = 10,
) -> ConstrainedMinimum:
    r"""Minimize $f + \tfrac\rho2 (\|h\|^2 + \|\max(g, 0)\|^2)$ for ever larger weights.

    The violation falls like $1/\rho$ only, and the problem becomes ill-conditioned like $\rho$:
    compare `augmented_lagrangian`.

    Args:
        f: what is minimized, from a point of shape (n,) to a single number.
        x0: the start, shape (n,).
        equality: h, values that must be 0, shape (p,).
        inequality: g, values that must be at most 0, shape (m,).
        rho: the first weight.
        growth: what it is multiplied by from round to round.
        tol: the largest violation allowed.
        max_rounds: the most rounds.

    Returns:
        The point, what the multipliers tend to, and the violations.

    Raises:
        ValueError: a weight is out of range, or f returns several numbers.
        TypeError: x0 is no floating-point tensor.

    Warns:
        ConvergenceWarning: constraints are still violated by more than `tol`.

    Equation: :eq:`eq-penalty`
    Section: :ref:`sec-augmented-lagrangian`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., section 17.1.

    Example:
        >>> x0 = torch.zeros(2, dtype=torch.float64)
        >>> found = penalty_method(
        ...     lambda x: x @ x, x0, equality=lambda x: x.sum()[None] - 1, tol=1e-4
        ... )
        >>> [round(v, 4) for v in found.violations]
        [0.5, 0.0909, 0.0099, 0.001, 0.0001]

    In production: `augmented_lagrangian`, or scipy.optimize.minimize(method="SLSQP").
    """
    return _rounds(
        "penalty_method", f, x0, equality, inequality, rho, growth, tol, max_rounds, keep=False
    )


def augmented_lagrangian(
    f: ScalarFunction,
    x0: Float[Tensor, " n"],
    *,
    equality: Constraints | None = None,
    inequality: Constraints | None = None,
    rho: float = 1.0,
    growth: float = 2.0,
    tol: float = 1e-6,
    max_rounds: int = 50,
) -> ConstrainedMinimum:
    r"""Minimize the Lagrangian plus a penalty, then let the multipliers climb by the violation.

    For equations, $f + \lambda^\top h + \tfrac\rho2 \|h\|^2$ is minimized in x and then
    $\lambda \leftarrow \lambda + \rho h$; for inequalities, $\mu \leftarrow \max(0, \mu + \rho g)$.
    The weight grows only where a round leaves more than a quarter of the violation.

    Args:
        f: what is minimized, from a point of shape (n,) to a single number.
        x0: the start, shape (n,).
        equality: h, values that must be 0, shape (p,).
        inequality: g, values that must be at most 0, shape (m,).
        rho: the first weight.
        growth: what it is multiplied by when the violation falls too slowly.
        tol: the largest violation allowed, of slackness as well.
        max_rounds: the most rounds.

    Returns:
        The point, its multipliers, and the violations.

    Raises:
        ValueError: a weight is out of range, or f returns several numbers.
        TypeError: x0 is no floating-point tensor.

    Warns:
        ConvergenceWarning: constraints are still violated by more than `tol`.

    Equation: :eq:`eq-augmented-lagrangian`
    Section: :ref:`sec-augmented-lagrangian`
    Source: Hestenes (1969), Multiplier and gradient methods, doi:10.1007/BF00927673; Nocedal,
        Wright (2006), section 17.3.

    Example:
        >>> x0 = torch.zeros(2, dtype=torch.float64)
        >>> found = augmented_lagrangian(lambda x: x @ x, x0, equality=lambda x: x.sum()[None] - 1)
        >>> found.lam.round(decimals=4)
        tensor([-1.], dtype=torch.float64)

    In production: scipy.optimize.minimize(method="SLSQP").
    """
    return _rounds(
        "augmented_lagrangian", f, x0, equality, inequality, rho, growth, tol, max_rounds, keep=True
    )


def _rounds(
    name: str,
    f: ScalarFunction,
    x0: Tensor,
    equality: Constraints | None,
    inequality: Constraints | None,
    rho: float,
    growth: float,
    tol: float,
    max_rounds: int,
    *,
    keep: bool,
) -> ConstrainedMinimum:
    """Both methods; the multipliers are kept from round to round, or start from 0 each time."""
    if not (rho > 0 and growth >= 1 and max_rounds >= 1):
        raise ValueError(
            f"{name} needs rho > 0, growth >= 1 and a round, got {rho}, {growth} and {max_rounds}"
        )
    require_floating(name, x0)

    def values(constraint: Constraints | None, x: Tensor) -> Tensor:
        return x.new_zeros(0) if constraint is None else constraint(x).reshape(-1)

    x = x0.detach().clone()
    lam, mu = torch.zeros_like(values(equality, x)), torch.zeros_like(values(inequality, x))
    violations: list[float] = []
    weights: list[float] = []
    while len(weights) < max_rounds:
        base_lam, base_mu = (lam, mu) if keep else (0 * lam, 0 * mu)
        x = _minimize(f, x, equality, inequality, base_lam, base_mu, rho, values, tol)
        h, g = values(equality, x).detach(), values(inequality, x).detach()
        lam, mu = base_lam + rho * h, (base_mu + rho * g).clamp(min=0)
        gap = torch.cat(
            [h.abs(), torch.maximum(g, -base_mu / rho).abs() if keep else g.clamp(min=0)]
        )
        violations.append(gap.max().item() if len(gap) else 0.0)
        weights.append(rho)
        if violations[-1] <= tol:
            return ConstrainedMinimum(x, lam, mu, violations, weights, True)
        if not keep or (len(weights) > 1 and violations[-1] > 0.25 * violations[-2]):
            rho *= growth
    warn_not_converged(name, max_rounds, violations[-1], tol)
    return ConstrainedMinimum(x, lam, mu, violations, weights, False)


def _minimize(f, x, equality, inequality, lam, mu, rho, values, tol) -> Tensor:
    """The minimum in x of f plus the terms of the constraints, by damped Newton steps."""

    def objective(x: Tensor) -> Tensor:
        h = values(equality, x) + lam / rho
        g = (values(inequality, x) + mu / rho).clamp(min=0)
        return f(x) + rho / 2 * ((h * h).sum() + (g * g).sum())

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the caller judges the constraints
        return newton_minimize(objective, x, tol=0.01 * tol, max_steps=50).x


def renormalize_rows(W: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
    """Rows of length 1 in the same directions: what keeps unit-norm weights unit after a step.

    Args:
        W: rows along the last dimension, shape (..., n).

    Returns:
        Rows of the same shape; a zero row becomes the first unit vector.

    Raises:
        ValueError: rows without entries.
        TypeError: W is no floating-point tensor.

    Equation: :eq:`eq-sphere-projection`
    Section: :ref:`sec-norm-constraints`
    Source: Salimans, Kingma (2016), Weight normalization, arXiv:1602.07868.

    Example:
        >>> renormalize_rows(torch.tensor([[3.0, 4.0], [0.0, 2.0]]))
        tensor([[0.6000, 0.8000],
                [0.0000, 1.0000]])

    In production: torch.nn.functional.normalize.
    """
    return project_sphere(W)


@torch.no_grad()
def max_norm_(W: Float[Tensor, "*batch n"], max_norm: float) -> Float[Tensor, "*batch n"]:
    """Shorten, in place, the rows that are longer than a bound; to be called after each step.

    Args:
        W: rows along the last dimension, usually a parameter, shape (..., n).
        max_norm: the largest length.

    Returns:
        W itself.

    Raises:
        ValueError: the bound is negative.
        TypeError: W is no floating-point tensor.

    Equation: :eq:`eq-ball-projection`
    Section: :ref:`sec-norm-constraints`
    Source: Srivastava et al. (2014), Dropout, section 5.1, JMLR 15, 1929-1958.

    Example:
        >>> max_norm_(torch.tensor([[3.0, 4.0], [0.0, 0.5]]), 1.0)
        tensor([[0.6000, 0.8000],
                [0.0000, 0.5000]])

    In production: torch.renorm.
    """
    return W.copy_(project_l2_ball(W, max_norm))
