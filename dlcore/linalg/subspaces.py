"""What a matrix reaches and what it annihilates: echelon form, rank, column and null space."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dlcore.linalg.shapes import require_matrix, require_one_matrix


class RowEchelon(NamedTuple):
    """The reduced row echelon form of a matrix.

    Attributes:
        R: the form, shape (m, n).
        pivots: the columns in which the leading ones stand.
    """

    R: Tensor
    pivots: list[int]


def rref(A: Float[Tensor, "m n"], rtol: float | None = None) -> RowEchelon:
    r"""The reduced row echelon form: leading ones, with zeros above and below them.

    The row with the largest entry in a column becomes the pivot row.

    Args:
        A: matrix, shape (m, n).
        rtol: entries of at most rtol times the largest entry of A count as zero; default
            $\max(m, n)\,\epsilon$.

    Returns:
        The form and the columns of its leading ones; the rank is their number.

    Raises:
        ValueError: A is no single matrix.
        TypeError: A is no floating-point tensor.

    Section: :ref:`sec-rank`

    Example:
        >>> rref(torch.tensor([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 1.0, 2.0]]))
        RowEchelon(R=tensor([[1., 0., 1.],
                [0., 1., 1.],
                [0., 0., 0.]]), pivots=[0, 1])

    In production: sympy.Matrix.rref, in exact arithmetic.
    """
    require_one_matrix("rref", A)
    m, n = A.shape
    relative = max(m, n) * torch.finfo(A.dtype).eps if rtol is None else rtol
    zero = relative * A.abs().max().item() if A.numel() else 0.0
    R = A.detach().clone()
    pivots: list[int] = []
    for j in range(n):
        row = len(pivots)
        if row == m:
            break
        p = row + int(R[row:, j].abs().argmax())
        if R[p, j].abs() <= zero:
            R[row:, j] = 0
            continue
        R[[row, p]] = R[[p, row]]
        R[row] = R[row] / R[row, j]
        others = torch.arange(m, device=A.device) != row
        R[others] -= R[others, j, None] * R[row]
        pivots.append(j)
    return RowEchelon(R + 0.0, pivots)  # no negative zeros


def matrix_rank(A: Float[Tensor, "*batch m n"], rtol: float | None = None) -> Int[Tensor, "*batch"]:
    r"""The number of singular values that are not zero.

    Args:
        A: matrices, shape (..., m, n).
        rtol: singular values of at most rtol times the largest count as zero; default
            $\max(m, n)\,\epsilon$.

    Returns:
        One integer a matrix, shape (...).

    Raises:
        ValueError: A is no matrix.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-rank`
    Section: :ref:`sec-rank`

    Example:
        >>> matrix_rank(torch.tensor([[1.0, 2.0], [2.0, 4.0]]))
        tensor(1)

    In production: torch.linalg.matrix_rank.
    """
    require_matrix("matrix_rank", A)
    return _nonzero(torch.linalg.svdvals(A.detach()), A, rtol).sum(-1)


def _nonzero(S: Tensor, A: Tensor, rtol: float | None) -> Tensor:
    relative = max(A.shape[-2:]) * torch.finfo(A.dtype).eps if rtol is None else rtol
    return relative * S[..., :1] < S


def column_space(A: Float[Tensor, "m n"], rtol: float | None = None) -> Float[Tensor, "m rank"]:
    r"""Orthonormal basis of $\{Ax\}$: the left singular vectors of the nonzero singular values.

    Args:
        A: matrix, shape (m, n).
        rtol: as in `matrix_rank`.

    Returns:
        The basis as columns, shape (m, rank).

    Raises:
        ValueError: A is no single matrix.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-column-space`
    Section: :ref:`sec-column-and-null-space`

    Example:
        >>> column_space(torch.tensor([[1.0, 2.0], [2.0, 4.0]])).shape
        torch.Size([2, 1])

    In production: scipy.linalg.orth.
    """
    require_one_matrix("column_space", A)
    U, S, _ = torch.linalg.svd(A, full_matrices=False)
    return U[:, _nonzero(S, A, rtol)]


def null_space(A: Float[Tensor, "m n"], rtol: float | None = None) -> Float[Tensor, "n nullity"]:
    r"""Orthonormal basis of the solutions of $Ax = 0$: right singular vectors that are left over.

    Args:
        A: matrix, shape (m, n).
        rtol: as in `matrix_rank`.

    Returns:
        The basis as columns, shape (n, n - rank).

    Raises:
        ValueError: A is no single matrix.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-null-space`
    Section: :ref:`sec-column-and-null-space`

    Example:
        >>> null_space(torch.tensor([[1.0, 2.0], [2.0, 4.0]])).abs()
        tensor([[0.8944],
                [0.4472]])

    In production: scipy.linalg.null_space.
    """
    require_one_matrix("null_space", A)
    _, S, Vh = torch.linalg.svd(A, full_matrices=True)
    return Vh[int(_nonzero(S, A, rtol).sum()) :].T


def is_linearly_independent(
    V: Float[Tensor, "*batch n k"], rtol: float | None = None
) -> Bool[Tensor, "*batch"]:
    r"""Whether no column is a combination of the others: the rank equals their number.

    Args:
        V: the vectors as columns, shape (..., n, k).
        rtol: as in `matrix_rank`.

    Returns:
        One truth value a matrix, shape (...).

    Raises:
        ValueError: V is no matrix.
        TypeError: V is no floating-point tensor.

    Equation: :eq:`eq-linear-independence`
    Section: :ref:`sec-linear-independence`

    Example:
        >>> V = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])
        >>> is_linearly_independent(V), is_linearly_independent(V[:, :2])
        (tensor(False), tensor(True))

    In production: torch.linalg.matrix_rank(V) == V.shape[-1].
    """
    require_matrix("is_linearly_independent", V)
    return matrix_rank(V, rtol) == V.shape[-1]
