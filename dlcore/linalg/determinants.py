"""Determinants, by their definition and by elimination, and the characteristic polynomial."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.decompositions import lu
from dlcore.linalg.shapes import require_square

LARGEST_EXPANSION = 9


def det_cofactor(A: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch"]:
    r"""The determinant by expansion along the first row: $n!$ products, for small matrices only.

    Args:
        A: square matrices, shape (..., n, n), n at most 9.

    Returns:
        One number a matrix, shape (...); 1 for a matrix without entries.

    Raises:
        ValueError: A is not square, or larger than 9 by 9.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-determinant-cofactor`
    Section: :ref:`sec-determinant`

    Example:
        >>> det_cofactor(torch.tensor([[2.0, 1.0, 0.0], [1.0, 3.0, 2.0], [0.0, 1.0, 1.0]]))
        tensor(1.)

    In production: torch.linalg.det.
    """
    require_square("det_cofactor", A)
    n = A.shape[-1]
    if n > LARGEST_EXPANSION:
        raise ValueError(f"det_cofactor would add {n}! products for n = {n}: use det")
    if n == 0:
        return A.new_ones(A.shape[:-2])
    terms = []
    for j in range(n):
        minor = torch.cat([A[..., 1:, :j], A[..., 1:, j + 1 :]], -1)
        terms.append((-1) ** j * A[..., 0, j] * det_cofactor(minor))
    return torch.stack(terms).sum(0)


def det(A: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch"]:
    r"""The determinant as the product of the pivots, with the sign of the row exchanges.

    Args:
        A: square matrices, shape (..., n, n).

    Returns:
        One number a matrix, shape (...); 0 for a singular matrix, up to rounding.

    Raises:
        ValueError: A is not square.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-determinant-lu`
    Section: :ref:`sec-determinant`

    Example:
        >>> det(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor(-2.0000)

    In production: torch.linalg.det, or torch.linalg.slogdet, which does not overflow.
    """
    require_square("det", A)
    P, _, U = lu(A)
    order = P.argmax(-2) if A.shape[-1] else P.long().sum(-2)
    inversions = (order[..., :, None] > order[..., None, :]).triu().sum((-2, -1))
    return (1 - 2 * (inversions % 2)) * U.diagonal(dim1=-2, dim2=-1).prod(-1)


def characteristic_polynomial(A: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n_plus_1"]:
    r"""Coefficients of $\det(\lambda I - A)$ by the recursion of Faddeev and LeVerrier.

    Its roots are the eigenvalues, but computing them so is a bad idea: for $n$ beyond about 10 the
    smallest rounding of a coefficient moves the roots far away.

    Args:
        A: square matrices, shape (..., n, n).

    Returns:
        The coefficients of $\lambda^n, \lambda^{n-1}, \dots, 1$, shape (..., n + 1).

    Raises:
        ValueError: A is not square.
        TypeError: A is no floating-point tensor.

    Equations: :eq:`eq-faddeev-leverrier`, :eq:`eq-characteristic-polynomial`
    Section: :ref:`sec-characteristic-polynomial`
    Source: Hou (1998), A simple proof of the Leverrier-Faddeev characteristic polynomial algorithm,
        doi:10.1137/S003614459732076X.

    Example:
        >>> characteristic_polynomial(torch.tensor([[2.0, 1.0], [1.0, 2.0]]))
        tensor([ 1., -4.,  3.])

    In production: numpy.poly.
    """
    require_square("characteristic_polynomial", A)
    n = A.shape[-1]
    identity = torch.eye(n, dtype=A.dtype, device=A.device)
    c = [A.new_ones(A.shape[:-2])]
    M = torch.zeros_like(A)
    for k in range(1, n + 1):
        M = A @ M + c[-1][..., None, None] * identity
        c.append(-(A @ M).diagonal(dim1=-2, dim2=-1).sum(-1) / k)
    return torch.stack(c, -1)
