"""Long sums: in order, in pairs, and with the rounding errors carried along."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.numerics.differentiation import require_floating


def sequential_sum(x: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
    r"""The sum from left to right, each partial sum rounded to the dtype of x.

    Its error can reach $(n - 1) u \sum_i |x_i|$, with u the unit roundoff.

    Args:
        x: numbers along the last dimension, shape (..., n).

    Returns:
        Shape (...), 0 for no numbers.

    Raises:
        TypeError: x is no floating-point tensor.
        ValueError: x has no dimension.

    Equation: :eq:`eq-summation-error`
    Section: :ref:`sec-summation`
    Source: Higham (1993), The accuracy of floating point summation, doi:10.1137/0914050.

    Example:
        >>> sequential_sum(torch.ones(1000, dtype=torch.bfloat16))
        tensor(256., dtype=torch.bfloat16)

    In production: torch.sum, which sums in pairs and half precision in float32.
    """
    _require_row("sequential_sum", x)
    total = x.new_zeros(x.shape[:-1])
    for term in x.unbind(-1):
        total = total + term
    return total


def pairwise_sum(x: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
    r"""The sum of halves that are summed likewise: each term is rounded only $\log_2 n$ times.

    Args:
        x: numbers along the last dimension, shape (..., n).

    Returns:
        Shape (...), 0 for no numbers.

    Raises:
        TypeError: x is no floating-point tensor.
        ValueError: x has no dimension.

    Equation: :eq:`eq-summation-error`
    Section: :ref:`sec-summation`
    Source: Higham (1993), The accuracy of floating point summation, doi:10.1137/0914050.

    Example:
        >>> pairwise_sum(torch.ones(1000, dtype=torch.bfloat16))
        tensor(1000., dtype=torch.bfloat16)

    In production: torch.sum.
    """
    _require_row("pairwise_sum", x)
    while x.shape[-1] > 1:
        half = (x.shape[-1] + 1) // 2
        pairs = x[..., : x.shape[-1] - half] + x[..., half:]
        x = torch.cat([pairs, x[..., pairs.shape[-1] : half]], -1)
    return x[..., 0] if x.shape[-1] else x.sum(-1)


def kahan_sum(x: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
    r"""The compensated sum: what rounding takes from one addition is given back at the next.

    The error is at most about $2u \sum_i |x_i|$, however many terms there are. The correction is
    exactly what algebra would cancel: compilers must not be allowed to reorder it.

    Args:
        x: numbers along the last dimension, shape (..., n).

    Returns:
        Shape (...), 0 for no numbers.

    Raises:
        TypeError: x is no floating-point tensor.
        ValueError: x has no dimension.

    Equation: :eq:`eq-kahan`
    Section: :ref:`sec-summation`
    Source: Kahan (1965), Further remarks on reducing truncation errors, doi:10.1145/363707.363723.

    Example:
        >>> kahan_sum(torch.ones(1000, dtype=torch.bfloat16))
        tensor(1000., dtype=torch.bfloat16)

    In production: math.fsum, or a sum in float64.
    """
    _require_row("kahan_sum", x)
    total = x.new_zeros(x.shape[:-1])
    lost = torch.zeros_like(total)
    for term in x.unbind(-1):
        term = term - lost
        larger = total + term
        lost = (larger - total) - term
        total = larger
    return total


def _require_row(name: str, x: Tensor) -> None:
    require_floating(name, x)
    if x.ndim == 0:
        raise ValueError(f"{name} needs numbers along a last dimension, got a single number")
