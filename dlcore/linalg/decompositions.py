"""Triangular factorizations: LU with row exchanges, Cholesky."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from dlcore.linalg.errors import NotPositiveDefiniteError, first
from dlcore.linalg.shapes import require_square, require_symmetric


class LU(NamedTuple):
    """A matrix as the product P L U.

    Attributes:
        P: permutation, shape (..., n, n).
        L: lower triangular with ones on the diagonal and no entry above 1 in magnitude.
        U: upper triangular; a zero on its diagonal says that the matrix is singular.
    """

    P: Tensor
    L: Tensor
    U: Tensor


def lu(A: Float[Tensor, "*batch n n"]) -> LU:
    r"""Gaussian elimination with partial pivoting, $A = PLU$, in $\tfrac23 n^3$ operations.

    At each step the unused row with the largest entry in the column becomes the pivot row and a
    multiple of it, at most 1, is subtracted from all other unused rows. The rows stay where they
    are until the end, when the order in which they were used becomes P. (Here the zeros are
    subtracted too, which costs $2n^3$ and saves the bookkeeping.)

    Args:
        A: square matrices, shape (..., n, n); a singular one is factored as well.

    Returns:
        P, L and U.

    Raises:
        ValueError: A is not square.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-lu`
    Section: :ref:`sec-linear-systems`
    Source: Golub, Van Loan (2013), Matrix Computations, 4th ed., section 3.4.

    Example:
        >>> lu(torch.tensor([[1.0, 2.0], [4.0, 4.0]])).L
        tensor([[1.0000, 0.0000],
                [0.2500, 1.0000]])

    In production: torch.linalg.lu, torch.linalg.lu_factor.
    """
    require_square("lu", A)
    used = torch.zeros(A.shape[:-1], dtype=torch.bool, device=A.device)
    order, columns, rows = [], [], []
    for k in range(A.shape[-1]):
        a = A[..., :, k]
        p = a.detach().abs().masked_fill(used, -1).argmax(-1, keepdim=True)
        pivot_row = A.take_along_dim(p[..., None], -2)
        pivot = pivot_row[..., 0, k, None]
        multiples = a.masked_fill(used, 0) / torch.where(pivot == 0, 1, pivot)
        A = A - multiples[..., None] * pivot_row
        used = used.scatter(-1, p, value=True)
        order.append(p)
        columns.append(multiples.scatter(-1, p, 1))
        rows.append(pivot_row)
    if not rows:
        return LU(A, A, A)
    permutation = torch.cat(order, -1)
    P = torch.nn.functional.one_hot(permutation, A.shape[-1]).to(A.dtype).mT
    L = torch.stack(columns, -1).take_along_dim(permutation[..., None], -2)
    return LU(P, L, torch.cat(rows, -2).triu())


def cholesky(A: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
    r"""The lower triangular L with $A = LL^\top$, for a symmetric positive definite matrix.

    Args:
        A: symmetric positive definite matrices, shape (..., n, n).

    Returns:
        L, shape (..., n, n), with a positive diagonal.

    Raises:
        NotPositiveDefiniteError: a pivot is not positive.
        ValueError: A is not square or not symmetric.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-cholesky`
    Section: :ref:`sec-positive-definite`
    Source: Golub, Van Loan (2013), Matrix Computations, 4th ed., section 4.2.

    Example:
        >>> cholesky(torch.tensor([[4.0, 2.0], [2.0, 5.0]]))
        tensor([[2., 0.],
                [1., 2.]])

    In production: torch.linalg.cholesky.
    """
    require_symmetric("cholesky", A)
    L, pivots = _eliminate_symmetrically(A)
    bad = ~(pivots > 0)
    if bad.any():
        which = bad.any(-1)
        step = int(bad[which][0].nonzero()[0])
        raise NotPositiveDefiniteError(
            f"cholesky: the matrix{first(which)} is not positive definite, "
            f"pivot {step + 1} of {A.shape[-1]} is {pivots[which][0, step]:.3g}"
        )
    return L


def _eliminate_symmetrically(A: Tensor) -> tuple[Tensor, Tensor]:
    """The factor L and the pivots; what comes after a pivot that is not positive is meaningless."""
    n = A.shape[-1]
    columns, pivots = [], [A.detach().diagonal(dim1=-2, dim2=-1)[..., :0]]
    for k in range(n):
        pivot = A[..., 0, 0, None]
        column = A[..., :, 0] / torch.where(pivot > 0, pivot, 1).sqrt()
        A = A[..., 1:, 1:] - column[..., 1:, None] * column[..., None, 1:]
        columns.append(torch.nn.functional.pad(column, (k, 0)))
        pivots.append(pivot.detach())
    return torch.stack(columns, -1) if columns else A, torch.cat(pivots, -1)


def is_positive_definite(A: Float[Tensor, "*batch n n"]) -> Bool[Tensor, "*batch"]:
    r"""Whether $x^\top Ax > 0$ for all $x \ne 0$: elimination meets only positive pivots.

    The quadratic form sees only the symmetric part $(A + A^\top)/2$, so that is what is tested. A
    pivot below $n\epsilon$ times the largest diagonal entry counts as zero.

    Args:
        A: square matrices, shape (..., n, n).

    Returns:
        One truth value a matrix, shape (...).

    Raises:
        ValueError: A is not square.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-cholesky`
    Section: :ref:`sec-positive-definite`

    Example:
        >>> is_positive_definite(torch.tensor([[[2.0, 1.0], [1.0, 2.0]], [[1.0, 2.0], [2.0, 1.0]]]))
        tensor([ True, False])

    In production: torch.linalg.cholesky_ex, whose `info` is 0 for a positive definite matrix.
    """
    require_square("is_positive_definite", A)
    S = ((A + A.mT) / 2).detach()
    _, pivots = _eliminate_symmetrically(S)
    if not pivots.shape[-1]:
        return torch.ones(A.shape[:-2], dtype=torch.bool, device=A.device)
    scale = S.diagonal(dim1=-2, dim2=-1).abs().amax(-1, keepdim=True)
    return (pivots > A.shape[-1] * torch.finfo(A.dtype).eps * scale).all(-1)
