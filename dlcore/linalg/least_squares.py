"""Systems with too many equations or too few: least squares, projection, pseudo-inverse, ridge."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.decompositions import cholesky
from dlcore.linalg.errors import SingularMatrixError, first
from dlcore.linalg.orthogonalization import QR, qr_householder
from dlcore.linalg.shapes import as_columns, require_matrix
from dlcore.linalg.solvers import back_substitution, forward_substitution


def lstsq(
    A: Float[Tensor, "*batch m n"],
    b: Float[Tensor, " m"] | Float[Tensor, "*batch m k"],
    method: Literal["qr", "svd"] = "qr",
) -> Float[Tensor, " n"] | Float[Tensor, "*batch n k"]:
    r"""The x that makes $\|Ax - b\|_2$ smallest.

    Args:
        A: matrices, shape (..., m, n).
        b: right-hand sides, shape (m,) or (..., m, k).
        method: "qr" solves $Rx = Q^\top b$ and needs independent columns; "svd" multiplies by the
            pseudo-inverse and among several solutions gives the shortest.

    Returns:
        x, shape (n,) or (..., n, k).

    Raises:
        SingularMatrixError: with "qr", the columns are dependent to rounding.
        ValueError: unknown method, or shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-least-squares`
    Section: :ref:`sec-least-squares`
    Source: Golub (1965), Numerical methods for solving linear least squares problems,
        doi:10.1007/BF01436075.

    Example:
        >>> A = torch.tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
        >>> lstsq(A, torch.tensor([1.0, 3.0, 5.0])).round(decimals=4)
        tensor([1., 2.])

    In production: torch.linalg.lstsq.
    """
    require_matrix("lstsq", A)
    B = as_columns("lstsq", A, b)
    if method == "svd":
        x = pinv(A) @ B
    elif method == "qr":
        Q, R = _qr_of_independent_columns("lstsq", A)
        x = back_substitution(R, Q.mT @ B)
    else:
        raise ValueError(f"method must be 'qr' or 'svd', got {method!r}")
    return x.squeeze(-1) if b.ndim == 1 else x


def _qr_of_independent_columns(name: str, A: Tensor) -> QR:
    Q, R = qr_householder(A)
    d = R.detach().diagonal(dim1=-2, dim2=-1).abs()
    m, n = A.shape[-2:]
    rounding = max(m, n) * torch.finfo(A.dtype).eps * torch.linalg.vector_norm(R.detach(), dim=-2)
    dependent = ~(d > rounding[..., : min(m, n)]).all(-1)
    if n > m or dependent.any():
        where = "" if n > m else first(dependent)
        raise SingularMatrixError(
            f"{name}: the columns of the matrix{where} of shape ({m}, {n}) are dependent"
        )
    return QR(Q, R)


def project(
    b: Float[Tensor, " m"] | Float[Tensor, "*batch m k"], A: Float[Tensor, "*batch m n"]
) -> Float[Tensor, " m"] | Float[Tensor, "*batch m k"]:
    r"""The point of the column space of A that is nearest to b: $QQ^\top b$.

    Args:
        b: vectors, shape (m,) or (..., m, k).
        A: matrices with independent columns, shape (..., m, n).

    Returns:
        The projections, of the shape of b.

    Raises:
        SingularMatrixError: the columns are dependent to rounding.
        ValueError: shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-projection`
    Section: :ref:`sec-least-squares`

    Example:
        >>> project(torch.tensor([3.0, 4.0]), torch.tensor([[2.0], [0.0]]))
        tensor([3., 0.])

    In production: A @ torch.linalg.lstsq(A, B).solution.
    """
    require_matrix("project", A)
    B = as_columns("project", A, b)
    Q, _ = _qr_of_independent_columns("project", A)
    return (Q @ (Q.mT @ B)).reshape(b.shape)


def pinv(A: Float[Tensor, "*batch m n"], rtol: float | None = None) -> Float[Tensor, "*batch n m"]:
    r"""The pseudo-inverse of Moore and Penrose: $V\Sigma^+U^\top$, which exists for every matrix.

    Args:
        A: matrices, shape (..., m, n).
        rtol: singular values of at most rtol times the largest count as zero; default
            $\max(m, n)\,\epsilon$.

    Returns:
        The pseudo-inverses, shape (..., n, m).

    Raises:
        ValueError: A is no matrix.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-pseudo-inverse`
    Section: :ref:`sec-pseudo-inverse`
    Source: Penrose (1955), A generalized inverse for matrices, doi:10.1017/S0305004100030401.

    Example:
        >>> pinv(torch.tensor([[1.0, 2.0], [2.0, 4.0]]))
        tensor([[0.0400, 0.0800],
                [0.0800, 0.1600]])

    In production: torch.linalg.pinv.
    """
    require_matrix("pinv", A)
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    relative = max(A.shape[-2:]) * torch.finfo(A.dtype).eps if rtol is None else rtol
    is_zero = relative * S[..., :1] >= S
    S_plus = torch.where(is_zero, 0, 1 / torch.where(is_zero, 1, S))
    return Vh.mT @ (S_plus[..., None] * U.mT)


def ridge_solve(
    A: Float[Tensor, "*batch m n"],
    b: Float[Tensor, " m"] | Float[Tensor, "*batch m k"],
    lam: float,
) -> Float[Tensor, " n"] | Float[Tensor, "*batch n k"]:
    r"""The x that makes $\|Ax - b\|^2 + \lambda\|x\|^2$ smallest, by Cholesky factorization.

    The penalty makes the system solvable whatever A is, and the solution shorter than the least
    squares one.

    Args:
        A: matrices, shape (..., m, n).
        b: right-hand sides, shape (m,) or (..., m, k).
        lam: the weight $\lambda$ of the penalty, positive.

    Returns:
        x, shape (n,) or (..., n, k).

    Raises:
        ValueError: `lam` is not positive, or shapes that do not fit.
        NotPositiveDefiniteError: `lam` is too small to be seen beside the entries of $A^\top A$.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-ridge-system`
    Section: :ref:`sec-ridge-system`
    Source: Hoerl, Kennard (1970), Ridge regression: biased estimation for nonorthogonal problems,
        doi:10.1080/00401706.1970.10488634.

    Example:
        >>> ridge_solve(torch.eye(2), torch.tensor([1.0, 2.0]), lam=1.0)
        tensor([0.5000, 1.0000])

    In production: sklearn.linear_model.Ridge(fit_intercept=False).
    """
    require_matrix("ridge_solve", A)
    B = as_columns("ridge_solve", A, b)
    if not lam > 0:
        raise ValueError(f"lam must be positive, got {lam}")
    identity = torch.eye(A.shape[-1], dtype=A.dtype, device=A.device)
    L = cholesky(A.mT @ A + lam * identity)
    x = back_substitution(L.mT, forward_substitution(L, A.mT @ B))
    return x.squeeze(-1) if b.ndim == 1 else x
