"""Formulas rearranged so that nearly equal numbers are never subtracted."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.numerics.differentiation import require_floating


def one_minus_cos_over_x2(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""$(1 - \cos x)/x^2$ by the half angle, $\tfrac12 (\sin(x/2) / (x/2))^2$: nothing cancels.

    Args:
        x: any shape.

    Returns:
        Values of the same shape, in [0, 1/2]; 1/2 at 0.

    Raises:
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-half-angle`
    Section: :ref:`sec-cancellation`
    Source: Higham (2002), Accuracy and Stability of Numerical Algorithms, section 1.7,
        doi:10.1137/1.9780898718027.

    Example:
        >>> one_minus_cos_over_x2(torch.tensor([0.0, 1e-8, 1.0]))
        tensor([0.5000, 0.5000, 0.4597])

    In production: torch.sinc(x / (2 * torch.pi)) ** 2 / 2.
    """
    require_floating("one_minus_cos_over_x2", x)
    half = torch.where(x == 0, 1, x / 2)
    return torch.where(x == 0, 0.5, (half.sin() / half) ** 2 / 2)


def quadratic_roots(
    a: Float[Tensor, "*shape"], b: Float[Tensor, "*shape"], c: Float[Tensor, "*shape"]
) -> tuple[Float[Tensor, "*shape"], Float[Tensor, "*shape"]]:
    r"""The real roots of $ax^2 + bx + c$, both to full precision.

    The root in which -b and the square root would cancel is found from the other one: their product
    is c/a. The discriminant itself may still cancel where the roots nearly coincide.

    Args:
        a: leading coefficients, not zero.
        b: linear coefficients, of the same shape.
        c: constants, of the same shape.

    Returns:
        The smaller and the larger roots; NaN where they are not real.

    Raises:
        ValueError: a leading coefficient is zero, or shapes differ.
        TypeError: coefficients are no floating-point tensors.

    Equation: :eq:`eq-quadratic-roots`
    Section: :ref:`sec-cancellation`
    Source: Goldberg (1991), What every computer scientist should know about floating-point
        arithmetic, doi:10.1145/103162.103163.

    Example:
        >>> quadratic_roots(torch.tensor(1.0), torch.tensor(-1e4), torch.tensor(1.0))
        (tensor(1.0000e-04), tensor(10000.))

    In production: numpy.roots.
    """
    for coefficient in (a, b, c):
        require_floating("quadratic_roots", coefficient)
    if not a.shape == b.shape == c.shape:
        shapes = [tuple(k.shape) for k in (a, b, c)]
        raise ValueError(f"quadratic_roots needs coefficients of one shape, got {shapes}")
    if (a == 0).any():
        raise ValueError("quadratic_roots: a leading coefficient is zero, the equation is linear")
    root = (b * b - 4 * a * c).sqrt()
    q = -(b + torch.where(b < 0, -root, root)) / 2
    far = q / a
    near = torch.where(q == 0, q, c / torch.where(q == 0, 1, q))
    return torch.minimum(near, far), torch.maximum(near, far)
