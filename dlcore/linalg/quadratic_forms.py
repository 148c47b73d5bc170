"""Quadratic forms, and the kinds of surface they make."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.eigenvalues import jacobi_eigh
from dlcore.linalg.shapes import require_floating, require_one_matrix, require_square

Definiteness = Literal[
    "positive definite",
    "positive semidefinite",
    "negative definite",
    "negative semidefinite",
    "indefinite",
    "zero",
]


def quadratic_form(
    A: Float[Tensor, "*batch n n"], x: Float[Tensor, "*batch n"]
) -> Float[Tensor, "*batch"]:
    r"""The number $x^\top Ax$: how a surface curves in the direction x.

    Args:
        A: square matrices, shape (..., n, n), or one for all x.
        x: vectors, shape (..., n).

    Returns:
        One number a vector, shape (...).

    Raises:
        ValueError: A is not square, or the sizes differ.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-quadratic-form`
    Section: :ref:`sec-positive-definite`

    Example:
        >>> quadratic_form(torch.tensor([[2.0, 0.0], [0.0, -1.0]]), torch.tensor([1.0, 3.0]))
        tensor(-7.)

    In production: torch.einsum("...i,...ij,...j->...", x, A, x).
    """
    require_square("quadratic_form", A)
    require_floating("quadratic_form", x)
    if x.ndim == 0 or x.shape[-1] != A.shape[-1]:
        raise ValueError(
            f"quadratic_form: x must have shape (..., {A.shape[-1]}) for a matrix of shape "
            f"{tuple(A.shape)}, got {tuple(x.shape)}"
        )
    return (x * (A @ x[..., None])[..., 0]).sum(-1)


def definiteness(A: Float[Tensor, "n n"], rtol: float | None = None) -> Definiteness:
    r"""The kind of the quadratic form, by the signs of the eigenvalues of the symmetric part.

    Args:
        A: square matrix, shape (n, n).
        rtol: eigenvalues of at most rtol times the largest magnitude count as zero; default
            $n\epsilon$.

    Returns:
        "positive definite", "positive semidefinite", "negative definite", "negative semidefinite",
        "indefinite" or "zero".

    Raises:
        ValueError: A is not one square matrix.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-quadratic-form`
    Section: :ref:`sec-positive-definite`

    Example:
        >>> definiteness(torch.tensor([[1.0, 2.0], [2.0, 1.0]]))
        'indefinite'

    In production: the signs of torch.linalg.eigvalsh.
    """
    require_one_matrix("definiteness", A)
    require_square("definiteness", A)
    values = jacobi_eigh((A + A.T) / 2).eigenvalues
    relative = len(A) * torch.finfo(A.dtype).eps if rtol is None else rtol
    zero = relative * values.abs().max() if len(values) else 0
    above, below = (bool((v > zero).any()) for v in (values, -values))
    if above and below:
        return "indefinite"
    if not above and not below:
        return "zero"
    all_nonzero = bool((values.abs() > zero).all())
    if above:
        return "positive definite" if all_nonzero else "positive semidefinite"
    return "negative definite" if all_nonzero else "negative semidefinite"
