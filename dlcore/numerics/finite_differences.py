"""Derivatives by finite differences, and the check of a gradient against them."""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.numerics.differentiation import pull_back, record, require_floating

ScalarFunction = Callable[[Tensor], Any]
Method = Literal["central", "forward", "backward"]


def numerical_gradient(
    f: ScalarFunction,
    x: Float[Tensor, "*shape"],
    h: float | None = None,
    method: Method = "central",
) -> Float[Tensor, "*shape"]:
    r"""Gradient of a function by finite differences, one coordinate at a time.

    Central differences evaluate `f` twice for each of the $P$ coordinates, $2P$ times in all, and
    err by $O(h^2)$ plus rounding $O(\epsilon/h)$; one-sided ones need $P + 1$ evaluations and err
    by $O(h)$ plus rounding.

    Args:
        f: function of a tensor like `x` to a single number; `x` itself is never changed.
        x: where, any shape; use float64.
        h: step; default for each coordinate $\epsilon^{1/3}\max(1, |x_i|)$ for central and
            $\epsilon^{1/2}\max(1, |x_i|)$ for one-sided differences, with $\epsilon$ the machine
            epsilon of the dtype.
        method: "central", "forward" or "backward".

    Returns:
        The approximate gradient, like `x`.

    Raises:
        TypeError: `x` is no floating-point tensor.
        ValueError: the step is not positive and finite, the method is unknown, or `f` returns
            several numbers or one that is not finite.

    Warns:
        RuntimeWarning: the step is so small that adding it changes nothing.

    Equation: :eq:`eq-central-difference`
    Section: :ref:`sec-gradient-checking`
    Source: Press et al., Numerical Recipes, 3rd ed., Cambridge 2007, section 5.7.

    Example:
        >>> numerical_gradient(lambda x: (x**3).sum(), torch.tensor([1.0]), h=0.5, method="forward")
        tensor([4.7500])

    In production: scipy.optimize.approx_fprime.
    """
    require_floating("numerical_gradient", x)
    steps = _steps(x, h, method)
    base = _number(f, x.detach().clone()) if method != "central" else math.nan
    slopes = []
    for i, step in enumerate(steps):
        above = base if method == "backward" else _number(f, _shifted(x, i, step))
        below = base if method == "forward" else _number(f, _shifted(x, i, -step))
        slopes.append((above - below) / (2 * step if method == "central" else step))
    return torch.tensor(slopes, dtype=x.dtype, device=x.device).reshape(x.shape)


def _steps(x: Tensor, h: float | None, method: str) -> list[float]:
    if method not in ("central", "forward", "backward"):
        raise ValueError(f"method must be 'central', 'forward' or 'backward', got {method!r}")
    if h is not None and not 0 < h < math.inf:
        raise ValueError(f"the step h must be positive and finite, got {h}")
    power = 1 / 3 if method == "central" else 1 / 2
    sizes = x.detach().double().abs().clamp(min=1.0).flatten()
    steps = sizes * torch.finfo(x.dtype).eps ** power if h is None else torch.full_like(sizes, h)
    flat = x.detach().flatten()
    if (flat + steps.to(x.dtype) == flat).any():
        warnings.warn(f"x + h == x in {x.dtype}: the step {h} is too small", RuntimeWarning, 3)
    return steps.tolist()


def _shifted(x: Tensor, i: int, step: float) -> Tensor:
    shifted = x.detach().clone(memory_format=torch.contiguous_format)
    shifted.view(-1)[i] += step
    return shifted


def _number(f: ScalarFunction, x: Tensor) -> float:
    y = f(x)
    y = y.detach() if isinstance(y, Tensor) else torch.as_tensor(y, dtype=torch.float64)
    if y.numel() != 1:
        raise ValueError(f"f must return a single number, got a tensor of shape {tuple(y.shape)}")
    if not y.isfinite().all():
        raise ValueError(f"f is {y.item()} near x: differences mean nothing there")
    return y.item()


def complex_step(
    f: ScalarFunction, x: Float[Tensor, "*shape"], h: float = 1e-20
) -> Float[Tensor, "*shape"]:
    r"""Gradient by a step in the imaginary direction, $\mathrm{Im} f(x + ih) / h$.

    Nothing is subtracted, so that h may be tiny and the result is right to the last digits. f must
    be made of operations that are analytic: no `abs`, `max` or comparison.

    Args:
        f: function of a complex tensor like `x` to a single complex number.
        x: where, any shape, real.
        h: step.

    Returns:
        The gradient, like `x`.

    Raises:
        TypeError: `x` is no floating-point tensor, or f drops the imaginary part.
        ValueError: the step is not positive and finite, or f returns several numbers.

    Equation: :eq:`eq-complex-step`
    Section: :ref:`sec-finite-differences`
    Source: Squire, Trapp (1998), Using complex variables to estimate derivatives of real functions,
        doi:10.1137/S003614459631241X.

    Example:
        >>> complex_step(lambda z: z.exp().sum(), torch.tensor([0.0], dtype=torch.float64))
        tensor([1.], dtype=torch.float64)

    In production: torch.autograd.grad.
    """
    require_floating("complex_step", x)
    if not 0 < h < math.inf:
        raise ValueError(f"the step h must be positive and finite, got {h}")
    slopes = []
    for i in range(x.numel()):
        shifted = x.detach().to(torch.complex128).contiguous().clone()
        shifted.view(-1)[i] += complex(0, h)
        y = f(shifted)
        if not isinstance(y, Tensor) or not y.is_complex():
            raise TypeError("f must keep the imaginary part: it returned no complex tensor")
        if y.numel() != 1:
            raise ValueError(f"f must return a single number, got shape {tuple(y.shape)}")
        slopes.append(y.imag.item() / h)
    return torch.tensor(slopes, dtype=x.dtype, device=x.device).reshape(x.shape)


@dataclass(frozen=True)
class GradientCheck:
    """Result of comparing a gradient with finite differences; true if it passed.

    Attributes:
        passed: whether the relative error is at most the tolerance.
        relative_error: norm of the difference over the sum of both norms, between 0 and 1.
        tolerance: what was allowed.
        error: absolute difference in each coordinate, of the shape of the gradient.
        gradient: the gradient under test.
        numerical: the gradient by central differences.
    """

    passed: bool
    relative_error: float
    tolerance: float
    error: Tensor
    gradient: Tensor
    numerical: Tensor

    def __bool__(self) -> bool:
        return self.passed

    @property
    def worst(self) -> tuple[int, ...]:
        """Index of the coordinate that differs most."""
        position = int(self.error.nan_to_num(math.inf).argmax())
        return tuple(int(i) for i in torch.unravel_index(torch.tensor(position), self.error.shape))

    def __repr__(self) -> str:
        verdict, sign = ("passed", "≤") if self.passed else ("FAILED", ">")
        return (
            f"GradientCheck({verdict}: relative error {self.relative_error:.2g} "
            f"{sign} {self.tolerance:.2g})"
        )


def gradient_check(
    f: ScalarFunction,
    x: Float[Tensor, "*shape"],
    gradient: Float[Tensor, "*shape"] | None = None,
    *,
    h: float | None = None,
    tolerance: float | None = None,
) -> GradientCheck:
    r"""Compare a gradient with central differences, for every coordinate.

    The relative error is $\|g - \hat g\| / (\|g\| + \|\hat g\|)$, so that a wrong factor in a tiny
    gradient counts as much as in a large one.

    Args:
        f: function of a tensor like `x` to a single number.
        x: where, any shape; use float64, and stay away from kinks and from points
            where the gradient vanishes: there the differences are nothing but their own error.
        gradient: the gradient to check; default what torch's autograd gives for `f`.
        h: step, as in `numerical_gradient`.
        tolerance: largest relative error that passes; default the cube root of the machine
            epsilon, 6e-6 in float64 and 5e-3 in float32.

    Returns:
        Verdict, relative error, error of each coordinate and both gradients.

    Raises:
        TypeError: `x` or `gradient` is no floating-point tensor.
        ValueError: the gradient has another shape than `x`, or as in `numerical_gradient`.

    Equation: :eq:`eq-relative-error`
    Section: :ref:`sec-gradient-checking`

    Example:
        >>> x = torch.tensor([1.0, 2.0], dtype=torch.float64)
        >>> bool(gradient_check(lambda x: (x**2).sum(), x))
        True
        >>> bool(gradient_check(lambda x: (x**2).sum(), x, gradient=x))
        False

    In production: torch.autograd.gradcheck.
    """
    require_floating("gradient_check", x)
    if gradient is None:
        start, y = record("gradient_check", f, x)
        gradient = pull_back(y, start, torch.ones_like(y))
    require_floating("gradient_check's gradient", gradient)
    if gradient.shape != x.shape:
        raise ValueError(
            f"the gradient must have the shape of x, {tuple(x.shape)}, got {tuple(gradient.shape)}"
        )
    g = gradient.detach().to(x)
    g_hat = numerical_gradient(f, x, h)
    error = (g - g_hat).abs()
    scale = (g.norm() + g_hat.norm()).item()
    relative_error = error.norm().item() / scale if scale != 0 else 0.0
    allowed = torch.finfo(x.dtype).eps ** (1 / 3) if tolerance is None else tolerance
    return GradientCheck(relative_error <= allowed, relative_error, allowed, error, g, g_hat)
