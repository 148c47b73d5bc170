"""What derivatives say about the shape of a function: slopes, Hessians, Taylor, critical points."""

import math
from collections.abc import Callable
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import definiteness
from dlcore.linalg.shapes import require_one_matrix, require_symmetric
from dlcore.numerics.differentiation import pull_back, record, require_floating

ScalarFunction = Callable[[Tensor], Tensor]
CriticalPoint = Literal["minimum", "maximum", "saddle", "inconclusive"]


def directional_derivative(
    f: ScalarFunction, x: Float[Tensor, "*x"], u: Float[Tensor, "*x"]
) -> Float[Tensor, ""]:
    r"""The slope of a function in a direction, $u^\top \nabla f(x)$ for $\|u\| = 1$.

    Args:
        f: function of torch operations, from a tensor like `x` to a single number.
        x: where, any shape.
        u: a direction of the same shape, not zero; only its direction counts.

    Returns:
        The change of f per unit of length.

    Raises:
        ValueError: u is zero or of another shape, or f returns several numbers.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-directional-derivative`
    Section: :ref:`sec-directional-derivatives`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., appendix A.2.

    Example:
        >>> x = torch.tensor([3.0, 3.0])
        >>> directional_derivative(lambda x: x[0] ** 2 + 2 * x[1] ** 2, x, torch.tensor([0.0, 5.0]))
        tensor(12.)

    In production: torch.func.jvp.
    """
    g = value_and_gradient("directional_derivative", f, x)[1]
    if u.shape != x.shape or not u.any():
        raise ValueError(
            f"the direction must have the shape of x, {tuple(x.shape)}, and not be zero, got "
            f"{tuple(u.shape)}"
        )
    return (g * (u / u.norm())).sum()


def steepest_descent_direction(f: ScalarFunction, x: Float[Tensor, "*x"]) -> Float[Tensor, "*x"]:
    r"""The unit vector along which f falls fastest, $-\nabla f / \|\nabla f\|$.

    Args:
        f: function of torch operations, from a tensor like `x` to a single number.
        x: where, any shape.

    Returns:
        The direction, of the shape of x; zero where the gradient is, as no direction is best there.

    Raises:
        ValueError: f returns several numbers.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-steepest-descent`
    Section: :ref:`sec-directional-derivatives`
    Source: Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations simultanées.

    Example:
        >>> steepest_descent_direction(lambda x: (x**2).sum(), torch.tensor([3.0, 4.0]))
        tensor([-0.6000, -0.8000])

    In production: the negative of what torch.autograd.grad returns.
    """
    g = value_and_gradient("steepest_descent_direction", f, x)[1]
    size = g.norm()
    return -g / torch.where(size == 0, 1, size)


def value_and_gradient(name: str, f: ScalarFunction, x: Tensor) -> tuple[Tensor, Tensor]:
    """The number f(x) and its gradient, both without a graph."""
    start, y = record(name, f, x)
    if y.numel() != 1:
        raise ValueError(f"{name}: f must return a single number, got shape {tuple(y.shape)}")
    return y.detach().reshape(()), pull_back(y, start, torch.ones_like(y))


def hvp(f: ScalarFunction, x: Float[Tensor, "*x"], v: Float[Tensor, "*x"]) -> Float[Tensor, "*x"]:
    r"""The Hessian times a vector, $Hv = \nabla_x (v^\top \nabla f)$, without the Hessian.

    Two backward passes, whatever the number of parameters.

    Args:
        f: function of torch operations, differentiable twice, to a single number.
        x: where, any shape.
        v: the vector, of the same shape.

    Returns:
        The product, of the shape of x.

    Raises:
        ValueError: v has another shape than x, or f returns several numbers.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-hvp`
    Section: :ref:`sec-hessian`
    Source: Pearlmutter (1994), Fast exact multiplication by the Hessian,
        doi:10.1162/neco.1994.6.1.147.

    Example:
        >>> hvp(lambda x: x[0] ** 2 * x[1], torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0]))
        tensor([4., 2.])

    In production: torch.autograd.functional.hvp.
    """
    if v.shape != x.shape:
        raise ValueError(f"v must have the shape of x, {tuple(x.shape)}, got {tuple(v.shape)}")
    start, gradient = _recorded_gradient("hvp", f, x)
    return pull_back(gradient, start, v.to(x)).detach()


def hessian(f: ScalarFunction, x: Float[Tensor, "*x"]) -> Float[Tensor, "*x2"]:
    """All second derivatives of a function to a single number.

    One backward pass for the gradient, one more for each of its entries: for n parameters n + 1
    passes and $n^2$ numbers.

    Args:
        f: function of torch operations, differentiable twice, to a single number.
        x: where, any shape.

    Returns:
        The Hessian, its shape that of x twice; symmetric up to rounding.

    Raises:
        ValueError: f returns several numbers.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-hessian`
    Section: :ref:`sec-hessian`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., appendix A.2.

    Example:
        >>> hessian(lambda x: x[0] ** 2 * x[1], torch.tensor([1.0, 2.0]))
        tensor([[4., 2.],
                [2., 0.]])

    In production: torch.func.hessian.
    """
    start, gradient = _recorded_gradient("hessian", f, x)
    basis = torch.eye(x.numel(), dtype=x.dtype, device=x.device).reshape((x.numel(), *x.shape))
    rows = [pull_back(gradient, start, e, keep_graph=True) for e in basis]
    stacked = torch.stack(rows) if rows else gradient.detach()
    return stacked.reshape((*x.shape, *x.shape))


def _recorded_gradient(name: str, f: ScalarFunction, x: Tensor) -> tuple[Tensor, Tensor]:
    start, y = record(name, f, x)
    if y.numel() != 1:
        raise ValueError(f"{name}: f must return a single number, got shape {tuple(y.shape)}")
    with torch.enable_grad():
        return start, pull_back(y, start, torch.ones_like(y), differentiable=True)


class TaylorPolynomial:
    r"""The polynomial that shares value and derivatives with a function at one point.

    Attributes:
        x0: the point of expansion.
        derivatives: value, gradient, Hessian and so on; the k-th has k times the dimensions of x0.

    Equation: :eq:`eq-taylor`
    Section: :ref:`sec-taylor`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., theorem 2.1.

    Example:
        >>> p = taylor_expand(torch.exp, torch.tensor(0.0), order=2)
        >>> p(torch.tensor([0.0, 0.1]))
        tensor([1.0000, 1.1050])

    In production: scipy.interpolate.approximate_taylor_polynomial for functions of one variable.
    """

    def __init__(self, x0: Tensor, derivatives: list[Tensor]) -> None:
        self.x0 = x0
        self.derivatives = derivatives

    def __call__(self, x: Tensor) -> Tensor:
        """The polynomial at x, shape (..., *x0.shape); one number for each."""
        d = (x - self.x0).reshape(*x.shape[: x.ndim - self.x0.ndim], -1)
        total = torch.zeros_like(d[..., 0])
        for k, derivative in enumerate(self.derivatives):
            term = derivative.reshape(d.shape[-1] ** k).expand(*d.shape[:-1], -1)
            for _ in range(k):
                term = term.reshape(*d.shape[:-1], -1, d.shape[-1])
                term = (term * d[..., None, :]).sum(-1)
            total = total + term[..., 0] / math.factorial(k)
        return total


def taylor_expand(f: ScalarFunction, x0: Float[Tensor, "*x"], order: int = 2) -> TaylorPolynomial:
    r"""The Taylor polynomial of a function of one or several variables.

    Args:
        f: function of torch operations, differentiable `order` times, to a single number.
        x0: the point of expansion; any shape.
        order: the highest derivative k; it has $n^k$ entries for n variables.

    Returns:
        A polynomial to call, with its derivatives.

    Raises:
        ValueError: a negative order, or f returns several numbers.
        TypeError: x0 is no floating-point tensor.

    Equation: :eq:`eq-taylor`
    Section: :ref:`sec-taylor`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., theorem 2.1.

    Example:
        >>> taylor_expand(lambda x: x.prod(), torch.tensor([1.0, 2.0]), order=1).derivatives
        [tensor(2.), tensor([2., 1.])]

    In production: jax.experimental.jet.
    """
    if order < 0:
        raise ValueError(f"the order must be at least 0, got {order}")
    start, y = record("taylor_expand", f, x0)
    if y.numel() != 1:
        raise ValueError(f"taylor_expand: f must return a single number, got {tuple(y.shape)}")
    derivatives = [y.reshape(())]
    with torch.enable_grad():
        for _ in range(order):
            entries = derivatives[-1].reshape(-1)
            ones = torch.ones_like(entries)
            slopes = [
                pull_back(entry, start, one, differentiable=True)
                for entry, one in zip(entries, ones, strict=True)
            ]
            derivatives.append(torch.stack(slopes).reshape((*derivatives[-1].shape, *x0.shape)))
    return TaylorPolynomial(x0.detach(), [d.detach() for d in derivatives])


def classify_critical_point(H: Float[Tensor, "n n"], rtol: float | None = None) -> CriticalPoint:
    """What a point with zero gradient is, as far as the Hessian can tell.

    Args:
        H: the Hessian there, symmetric, shape (n, n).
        rtol: eigenvalues of at most rtol times the largest magnitude count as zero; default n times
            the machine epsilon.

    Returns:
        "minimum" or "maximum" if all eigenvalues have one sign, "saddle" if both occur; else
        "inconclusive": along a direction of zero curvature higher derivatives decide.

    Raises:
        ValueError: H is no symmetric matrix.
        TypeError: H is no floating-point tensor.

    Equation: :eq:`eq-second-order-test`
    Section: :ref:`sec-critical-points`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., theorems 2.3 and 2.4.

    Example:
        >>> classify_critical_point(torch.tensor([[1.0, 2.0], [2.0, 1.0]]))
        'saddle'

    In production: the signs of torch.linalg.eigvalsh.
    """
    require_floating("classify_critical_point", H)
    require_one_matrix("classify_critical_point", H)
    require_symmetric("classify_critical_point", H)
    kinds: dict[str, CriticalPoint] = {
        "positive definite": "minimum",
        "negative definite": "maximum",
        "indefinite": "saddle",
    }
    return kinds.get(definiteness(H, rtol), "inconclusive")
