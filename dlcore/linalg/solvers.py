"""Linear systems with one exact solution: substitution, elimination, and the inverse."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.decompositions import lu
from dlcore.linalg.errors import require_nonzero, require_pivots
from dlcore.linalg.shapes import as_columns, require_square


def forward_substitution(
    L: Float[Tensor, "*batch n n"],
    b: Float[Tensor, " n"] | Float[Tensor, "*batch n k"],
    *,
    unit_diagonal: bool = False,
) -> Float[Tensor, " n"] | Float[Tensor, "*batch n k"]:
    r"""Solve $Lx = b$ from the first unknown to the last, in $n^2$ operations.

    Args:
        L: lower triangular, shape (..., n, n); entries above the diagonal are not read.
        b: right-hand sides, shape (n,) or (..., n, k).
        unit_diagonal: take the diagonal as 1 without reading it.

    Returns:
        x, of the shape of b.

    Raises:
        SingularMatrixError: a diagonal entry is zero.
        ValueError: L is not square, or the shape of b does not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-forward-substitution`
    Section: :ref:`sec-linear-systems`

    Example:
        >>> forward_substitution(torch.tensor([[2.0, 0.0], [1.0, 4.0]]), torch.tensor([2.0, 9.0]))
        tensor([1., 2.])

    In production: torch.linalg.solve_triangular(L, B, upper=False).
    """
    require_square("forward_substitution", L)
    B = as_columns("forward_substitution", L, b)
    if not unit_diagonal:
        require_nonzero("forward_substitution", L.diagonal(dim1=-2, dim2=-1))
    x = B[..., :0, :]
    for i in range(L.shape[-1]):
        rest = B[..., i, None, :] - L[..., i, None, :i] @ x
        x = torch.cat([x, rest if unit_diagonal else rest / L[..., i, None, i, None]], -2)
    return x.reshape(b.shape)


def back_substitution(
    U: Float[Tensor, "*batch n n"], b: Float[Tensor, " n"] | Float[Tensor, "*batch n k"]
) -> Float[Tensor, " n"] | Float[Tensor, "*batch n k"]:
    r"""Solve $Ux = b$ from the last unknown to the first, in $n^2$ operations.

    Args:
        U: upper triangular, shape (..., n, n); entries below the diagonal are not read.
        b: right-hand sides, shape (n,) or (..., n, k).

    Returns:
        x, of the shape of b.

    Raises:
        SingularMatrixError: a diagonal entry is zero.
        ValueError: U is not square, or the shape of b does not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-back-substitution`
    Section: :ref:`sec-linear-systems`

    Example:
        >>> back_substitution(torch.tensor([[4.0, 1.0], [0.0, 2.0]]), torch.tensor([9.0, 2.0]))
        tensor([2., 1.])

    In production: torch.linalg.solve_triangular(U, B, upper=True).
    """
    require_square("back_substitution", U)
    B = as_columns("back_substitution", U, b)
    require_nonzero("back_substitution", U.diagonal(dim1=-2, dim2=-1))
    x = B[..., :0, :]
    for i in reversed(range(U.shape[-1])):
        rest = B[..., i, None, :] - U[..., i, None, i + 1 :] @ x
        x = torch.cat([rest / U[..., i, None, i, None], x], -2)
    return x.reshape(b.shape)


def solve(
    A: Float[Tensor, "*batch n n"], b: Float[Tensor, " n"] | Float[Tensor, "*batch n k"]
) -> Float[Tensor, " n"] | Float[Tensor, "*batch n k"]:
    r"""Solve $Ax = b$ by elimination with partial pivoting: $P^\top b$ through L, then through U.

    Args:
        A: square matrices, shape (..., n, n).
        b: right-hand sides, shape (n,) or (..., n, k).

    Returns:
        x, of the shape of b.

    Raises:
        SingularMatrixError: elimination meets a zero pivot.
        ValueError: A is not square, or the shape of b does not fit.
        TypeError: no floating-point tensors.

    Warns:
        IllConditionedWarning: the smallest pivot is nothing but rounding.

    Equation: :eq:`eq-lu`
    Section: :ref:`sec-linear-systems`

    Example:
        >>> solve(torch.tensor([[2.0, 1.0], [1.0, -3.0]]), torch.tensor([5.0, -1.0]))
        tensor([2., 1.])

    In production: torch.linalg.solve.
    """
    require_square("solve", A)
    B = as_columns("solve", A, b)
    P, L, U = lu(A)
    require_pivots("solve", U.diagonal(dim1=-2, dim2=-1))
    y = forward_substitution(L, P.mT @ B, unit_diagonal=True)
    return back_substitution(U, y).reshape(b.shape)


def inverse(A: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
    r"""The inverse by Gauss-Jordan: row operations turn $[A \mid I]$ into $[I \mid A^{-1}]$.

    To solve a system, call `solve`: it takes a third of the operations and
    leaves a far smaller residual.

    Args:
        A: square matrices, shape (..., n, n).

    Returns:
        The inverses, of the same shape.

    Raises:
        SingularMatrixError: elimination meets a zero pivot.
        ValueError: A is not square.
        TypeError: A is no floating-point tensor.

    Warns:
        IllConditionedWarning: the smallest pivot is nothing but rounding.

    Equation: :eq:`eq-inverse`
    Section: :ref:`sec-inverse`

    Example:
        >>> inverse(torch.tensor([[2.0, 1.0], [1.0, 1.0]]))
        tensor([[ 1., -1.],
                [-1.,  2.]])

    In production: torch.linalg.inv.
    """
    require_square("inverse", A)
    n = A.shape[-1]
    M = torch.cat([A, torch.eye(n, dtype=A.dtype, device=A.device).expand_as(A)], -1)
    used = torch.zeros(A.shape[:-1], dtype=torch.bool, device=A.device)
    order, pivots = used[..., :0].long(), A.diagonal(dim1=-2, dim2=-1)[..., :0]
    for k in range(n):
        p = M[..., k].detach().abs().masked_fill(used, -1).argmax(-1, keepdim=True)
        row = M.take_along_dim(p[..., None], -2)
        pivot = row[..., k, None]
        row = row / torch.where(pivot == 0, 1, pivot)
        is_pivot_row = torch.zeros_like(used).scatter(-1, p, value=True)
        M = torch.where(is_pivot_row[..., None], row, M - M[..., k, None] * row)
        used, order = used | is_pivot_row, torch.cat([order, p], -1)
        pivots = torch.cat([pivots, pivot[..., 0]], -1)
    require_pivots("inverse", pivots)
    return M[..., n:].take_along_dim(order[..., None], -2)
