"""What holds at the minimum of a function under constraints: Lagrange, Karush, Kuhn, Tucker."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.numerics.curvature import ScalarFunction, value_and_gradient
from dlcore.numerics.differentiation import jacobian

Constraints = Callable[[Tensor], Tensor]


def lagrangian(
    f: ScalarFunction, *, equality: Constraints | None = None, inequality: Constraints | None = None
) -> Callable[..., Tensor]:
    r"""The function $\mathcal L(x, \lambda, \mu) = f(x) + \lambda^\top h(x) + \mu^\top g(x)$.

    Args:
        f: what is minimized, from a point of shape (n,) to a single number.
        equality: h, from a point to values of shape (p,) that must be 0.
        inequality: g, from a point to values of shape (m,) that must be at most 0.

    Returns:
        A function of x, lam and mu; each multiplier is given if its constraints are.

    Raises:
        ValueError: when called with multipliers of another shape than the constraints.

    Equation: :eq:`eq-lagrangian`
    Section: :ref:`sec-lagrange`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., section 12.3.

    Example:
        >>> L = lagrangian(lambda x: x.sum(), equality=lambda x: (x**2).sum()[None] - 2)
        >>> L(torch.tensor([-1.0, -1.0]), lam=torch.tensor([0.5]))
        tensor(-2.)

    In production: scipy.optimize.minimize(method="SLSQP") keeps it inside.
    """

    def L(x: Tensor, lam: Tensor | None = None, mu: Tensor | None = None) -> Tensor:
        total = f(x)
        for name, constraint, multiplier in (("lam", equality, lam), ("mu", inequality, mu)):
            values = _values(constraint, x)
            weights = _multipliers(name, multiplier, values)
            total = total + (weights * values).sum()
        return total

    return L


def _values(constraint: Constraints | None, x: Tensor) -> Tensor:
    return x.new_zeros(0) if constraint is None else constraint(x).reshape(-1)


def _multipliers(name: str, given: Tensor | None, values: Tensor) -> Tensor:
    multipliers = values.new_zeros(0) if given is None else given
    if multipliers.shape != values.shape:
        raise ValueError(
            f"{name} must hold one multiplier for each of {len(values)} constraints, got "
            f"{None if given is None else tuple(given.shape)}"
        )
    return multipliers


class KKT(NamedTuple):
    r"""How far a point is from each of the conditions; all are 0 at a KKT point.

    Attributes:
        stationarity: norm of the gradient of the Lagrangian in x.
        primal: the largest violation of a constraint.
        dual: how far the most negative multiplier of an inequality is below 0.
        slackness: the largest $|\mu_i g_i(x)|$.
    """

    stationarity: float
    primal: float
    dual: float
    slackness: float


def kkt_residuals(
    f: ScalarFunction,
    x: Float[Tensor, " n"],
    *,
    inequality: Constraints | None = None,
    mu: Float[Tensor, " m"] | None = None,
    equality: Constraints | None = None,
    lam: Float[Tensor, " p"] | None = None,
) -> KKT:
    r"""By how much a point and its multipliers miss the conditions of Karush, Kuhn and Tucker.

    They are necessary at a minimum where the gradients of the active constraints are linearly
    independent, and sufficient if f and g are convex and h is affine.

    Args:
        f: what is minimized, from a point of shape (n,) to a single number.
        x: the point, shape (n,).
        inequality: g, from a point to values of shape (m,) that must be at most 0.
        mu: multipliers of g, shape (m,).
        equality: h, from a point to values of shape (p,) that must be 0.
        lam: multipliers of h, shape (p,), of either sign.

    Returns:
        Four numbers of at least 0.

    Raises:
        ValueError: multipliers do not fit the constraints, or f returns several numbers.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-kkt`
    Section: :ref:`sec-kkt`
    Source: Karush (1939); Kuhn, Tucker (1951), Nonlinear programming. Nocedal, Wright (2006),
        Numerical Optimization, 2nd ed., theorem 12.1.

    Example:
        >>> x, mu = torch.tensor([0.5, 0.5]), torch.tensor([1.0])
        >>> kkt_residuals(lambda x: x @ x, x, inequality=lambda x: 1 - x.sum()[None], mu=mu)
        KKT(stationarity=0.0, primal=0.0, dual=0.0, slackness=0.0)

    In production: the result of scipy.optimize.minimize(method="trust-constr").
    """
    slope = value_and_gradient("kkt_residuals", f, x)[1]
    g, h = _values(inequality, x).detach(), _values(equality, x).detach()
    mu, lam = _multipliers("mu", mu, g), _multipliers("lam", lam, h)
    if inequality is not None:
        slope = slope + mu @ jacobian(inequality, x).reshape(len(g), -1)
    if equality is not None:
        slope = slope + lam @ jacobian(equality, x).reshape(len(h), -1)
    violations = torch.cat([g.clamp(min=0), h.abs()])
    return KKT(slope.norm().item(), _largest(violations), _largest(-mu), _largest((mu * g).abs()))


def _largest(values: Tensor) -> float:
    return max(values.max().item(), 0.0) + 0.0 if len(values) else 0.0  # no negative zero


def is_kkt_point(
    f: ScalarFunction,
    x: Float[Tensor, " n"],
    *,
    inequality: Constraints | None = None,
    mu: Float[Tensor, " m"] | None = None,
    equality: Constraints | None = None,
    lam: Float[Tensor, " p"] | None = None,
    tol: float = 1e-6,
) -> bool:
    """Whether all four residuals are at most a tolerance.

    Args:
        f: what is minimized, from a point of shape (n,) to a single number.
        x: the point, shape (n,).
        inequality: g, values that must be at most 0, shape (m,).
        mu: multipliers of g, shape (m,).
        equality: h, values that must be 0, shape (p,).
        lam: multipliers of h, shape (p,).
        tol: the largest residual allowed.

    Returns:
        True or False.

    Raises:
        ValueError: as in `kkt_residuals`.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-kkt`
    Section: :ref:`sec-kkt`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., theorem 12.1.

    Example:
        >>> f, g = lambda x: x @ x, lambda x: 1 - x.sum()[None]
        >>> is_kkt_point(f, torch.tensor([1.0, 0.0]), inequality=g, mu=torch.tensor([2.0]))
        False

    In production: the result of scipy.optimize.minimize(method="trust-constr").
    """
    residuals = kkt_residuals(f, x, inequality=inequality, mu=mu, equality=equality, lam=lam)
    return max(residuals) <= tol
