"""Orthonormal columns: Gram-Schmidt, Householder reflections, Givens rotations."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import SingularMatrixError, first
from dlcore.linalg.shapes import require_matrix


class QR(NamedTuple):
    """A matrix as the product Q R.

    Attributes:
        Q: orthonormal columns, shape (..., m, min(m, n)).
        R: upper triangular (trapezoidal if m < n) with a diagonal of at least 0,
            shape (..., min(m, n), n).
    """

    Q: Tensor
    R: Tensor


def gram_schmidt(A: Float[Tensor, "*batch m n"], *, modified: bool = True) -> QR:
    r"""Orthonormal columns that span the same spaces, one column after the other.

    The classical method takes all components $q_i^\top a_j$ of the original column; the modified
    one takes each from what is left of it. On paper they are the same. In rounding, the loss of
    orthogonality $\|Q^\top Q - I\|$ grows with the square of the condition number for the first
    and in proportion to it for the second.

    Args:
        A: matrices with independent columns, shape (..., m, n), m at least n.
        modified: which of the two.

    Returns:
        Q and R.

    Raises:
        SingularMatrixError: a column depends on those before it.
        ValueError: A is no matrix, or has more columns than rows.
        TypeError: A is no floating-point tensor.

    Equations: :eq:`eq-gram-schmidt`, :eq:`eq-qr`
    Section: :ref:`sec-gram-schmidt`
    Source: Björck (1967), Solving linear least squares problems by Gram-Schmidt orthogonalization,
        doi:10.1007/BF01934122.

    Example:
        >>> gram_schmidt(torch.tensor([[3.0, 1.0], [4.0, 0.0]])).Q
        tensor([[ 0.6000,  0.8000],
                [ 0.8000, -0.6000]])

    In production: torch.linalg.qr.
    """
    require_matrix("gram_schmidt", A)
    m, n = A.shape[-2:]
    if n > m:
        raise ValueError(f"gram_schmidt: {n} columns of {m} entries can't be independent")
    q: list[Tensor] = []
    R = []
    for j in range(n):
        a = v = A[..., j]
        r = []
        for q_i in q:
            r.append((q_i * (v if modified else a)).sum(-1, keepdim=True))
            v = v - r[-1] * q_i
        length = torch.linalg.vector_norm(v, dim=-1, keepdim=True)
        _require_independent(length, a, j)
        q.append(v / length)
        R.append(torch.nn.functional.pad(torch.cat([*r, length], -1), (0, n - j - 1)))
    return QR(torch.stack(q, -1), torch.stack(R, -1)) if q else QR(A, A[..., :0, :])


def _require_independent(length: Tensor, a: Tensor, j: int) -> None:
    """Nothing may be left of a column but rounding."""
    size = torch.linalg.vector_norm(a.detach(), dim=-1, keepdim=True)
    dependent = ~(length > torch.finfo(a.dtype).eps * size).squeeze(-1)
    if dependent.any():
        raise SingularMatrixError(
            f"gram_schmidt: column {j + 1} of the matrix{first(dependent)} "
            "depends on those before it"
        )


def qr_householder(A: Float[Tensor, "*batch m n"]) -> QR:
    r"""QR by reflections: the k-th sends what is below the diagonal of column k to zero.

    The mirror $v = x + \operatorname{sign}(x_1)\|x\|e_1$ takes the sign that makes the entries add,
    so that nothing cancels. Dependent columns are no trouble: they leave a zero on the diagonal.

    Args:
        A: matrices, shape (..., m, n).

    Returns:
        Q and R; orthogonality holds to rounding whatever the condition number.

    Raises:
        ValueError: A is no matrix.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-householder-reflection`
    Section: :ref:`sec-qr-decomposition`
    Source: Householder (1958), Unitary triangularization of a nonsymmetric matrix,
        doi:10.1145/320941.320947.

    Example:
        >>> qr_householder(torch.tensor([[3.0, 1.0], [4.0, 0.0]])).R
        tensor([[5.0000, 0.6000],
                [0.0000, 0.8000]])

    In production: torch.linalg.qr.
    """
    require_matrix("qr_householder", A)
    m, n = A.shape[-2:]
    r = min(m, n)
    R, mirrors = A, []
    for k in range(r):
        v = torch.nn.functional.pad(mirror(R[..., k:, k]), (k, 0))[..., None]
        R = R - 2 * v @ (v.mT @ R)
        mirrors.append(v)
    Q = torch.eye(m, r, dtype=A.dtype, device=A.device).expand(*A.shape[:-2], m, r)
    for v in reversed(mirrors):
        Q = Q - 2 * v @ (v.mT @ Q)
    return with_positive_diagonal(Q, R[..., :r, :])


def mirror(x: Float[Tensor, "*batch k"]) -> Float[Tensor, "*batch k"]:
    """Unit normal of the mirror that sends x to a multiple of the first axis; 0 if x is 0."""
    scale = x.detach().abs().amax(-1, keepdim=True)
    x = x / torch.where(scale > 0, scale, 1)
    size = torch.where(x != 0, x, 0).square().sum(-1, keepdim=True)
    length = torch.where(size > 0, size, 1).sqrt()
    sign = torch.where(x[..., :1] < 0, -1.0, 1.0).to(x)
    v = torch.cat([x[..., :1] + sign * length, x[..., 1:]], -1)
    v = v / torch.linalg.vector_norm(v, dim=-1, keepdim=True)
    return torch.where(size > 0, v, 0)


def with_positive_diagonal(Q: Tensor, R: Tensor) -> QR:
    """The one factorization in which no diagonal entry of R is negative."""
    sign = torch.where(R.diagonal(dim1=-2, dim2=-1) < 0, -1.0, 1.0).to(R)
    return QR(Q * sign[..., None, :], (R * sign[..., :, None]).triu())


def qr_givens(A: Float[Tensor, "*batch m n"]) -> QR:
    r"""QR by plane rotations: each makes one entry below the diagonal zero and touches two rows.

    Worth it where most of those entries are zero already, as in a Hessenberg matrix.

    Args:
        A: matrices, shape (..., m, n).

    Returns:
        Q and R.

    Raises:
        ValueError: A is no matrix.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-givens-rotation`
    Section: :ref:`sec-qr-decomposition`
    Source: Givens (1958), Computation of plane unitary rotations transforming a general matrix to
        triangular form, doi:10.1137/0106004.

    Example:
        >>> qr_givens(torch.tensor([[3.0, 1.0], [4.0, 0.0]])).R
        tensor([[5.0000, 0.6000],
                [0.0000, 0.8000]])

    In production: torch.linalg.qr.
    """
    require_matrix("qr_givens", A)
    m, n = A.shape[-2:]
    r = min(m, n)
    R = A.detach().clone()
    Q = torch.eye(m, dtype=A.dtype, device=A.device).expand(*A.shape[:-2], m, m).clone()
    for j in range(r):
        for i in range(j + 1, m):
            G = givens_rotation(R[..., j, j], R[..., i, j])
            R[..., [j, i], :] = G @ R[..., [j, i], :]
            Q[..., :, [j, i]] = Q[..., :, [j, i]] @ G.mT
    return with_positive_diagonal(Q[..., :r], R[..., :r, :])


def givens_rotation(a: Float[Tensor, "*batch"], b: Float[Tensor, "*batch"]) -> Tensor:
    """The rotations, shape (..., 2, 2), that send (a, b) to (length, 0)."""
    length = torch.hypot(a, b)
    is_zero = length == 0
    divisor = torch.where(is_zero, 1, length)
    c, s = torch.where(is_zero, 1, a / divisor), b / divisor
    return torch.stack([torch.stack([c, s], -1), torch.stack([-s, c], -1)], -2)
