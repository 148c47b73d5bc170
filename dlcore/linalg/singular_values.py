"""The singular value decomposition, computed in two ways of which one is accurate."""

import math
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.eigenvalues import jacobi_eigh, rotated, rotation, tournament
from dlcore.linalg.errors import warn_not_converged
from dlcore.linalg.orthogonalization import qr_householder
from dlcore.linalg.shapes import require_matrix


class SVD(NamedTuple):
    """A matrix as U diag(S) Vh.

    Attributes:
        U: orthonormal columns, the left singular vectors, shape (..., m, k).
        S: singular values in descending order, shape (..., k).
        Vh: orthonormal rows, the right singular vectors, shape (..., k, n).
    """

    U: Tensor
    S: Tensor
    Vh: Tensor


def svd(
    A: Float[Tensor, "*batch m n"],
    method: Literal["jacobi", "gram"] = "jacobi",
    *,
    max_sweeps: int = 30,
) -> SVD:
    r"""The reduced singular value decomposition $A = U\Sigma V^\top$.

    "jacobi" turns pairs of columns until all are orthogonal: their lengths are the singular values.
    "gram" takes the eigenvalues $\sigma_i^2$ of $A^\top A$: shorter, but a singular value below
    $\sqrt\epsilon\,\sigma_1$ drowns in rounding. No gradient is recorded.

    Args:
        A: matrices, shape (..., m, n).
        method: which of the two.
        max_sweeps: stop after so many sweeps in any case; 6 to 10 are usual.

    Returns:
        U, S and Vh with k = min(m, n).

    Raises:
        ValueError: A is no matrix, or the method is unknown.
        TypeError: A is no floating-point tensor.

    Warns:
        ConvergenceWarning: columns are not yet orthogonal.

    Equation: :eq:`eq-svd`
    Section: :ref:`sec-svd`
    Source: Hestenes (1958), Inversion of matrices by biorthogonalization and related results,
        doi:10.1137/0106005.

    Example:
        >>> svd(torch.tensor([[3.0, 0.0], [4.0, 5.0]])).S
        tensor([6.7082, 2.2361])

    In production: torch.linalg.svd(A, full_matrices=False).
    """
    require_matrix("svd", A)
    if method not in ("jacobi", "gram"):
        raise ValueError(f"method must be 'jacobi' or 'gram', got {method!r}")
    A = A.detach()
    if A.shape[-2] < A.shape[-1]:
        U, S, Vh = svd(A.mT, method, max_sweeps=max_sweeps)
        return SVD(Vh.mT, S, U.mT)
    if method == "gram":
        squares, V = jacobi_eigh(A.mT @ A, max_sweeps=max_sweeps)
        return _with_left_vectors(A @ V, squares.clamp(min=0).sqrt(), V)
    # The rotations then work on a small square matrix.
    Q, R = qr_householder(A)
    W, V, largest, goal = _orthogonalize(R, max_sweeps)
    if largest > goal:
        warn_not_converged("svd", max_sweeps, largest, goal)
    U, S, Vh = _with_left_vectors(W, torch.linalg.vector_norm(W, dim=-2), V)
    return SVD(Q @ U, S, Vh)


def _orthogonalize(W: Tensor, max_sweeps: int) -> tuple[Tensor, Tensor, float, float]:
    """One-sided Jacobi: W V with orthogonal columns, V, largest cosine met, cosine allowed."""
    n = W.shape[-1]
    scale = W.abs().amax() if W.numel() else W.new_ones(())
    scale = torch.where(scale > 0, scale, 1)
    W = W / scale
    V = torch.eye(n, dtype=W.dtype, device=W.device).expand(*W.shape[:-2], n, n).clone()
    eps, tiny = torch.finfo(W.dtype).eps, torch.finfo(W.dtype).tiny
    largest = math.inf
    for _ in range(max_sweeps):
        largest = 0.0
        for p, q in tournament(n):
            x, y = W[..., p], W[..., q]
            a, b, g = x.square().sum(-2), y.square().sum(-2), (x * y).sum(-2)
            cosine = g.abs() / (a.sqrt() * b.sqrt()).clamp(min=tiny)
            largest = max(largest, cosine.amax().item() if cosine.numel() else 0.0)
            c, s = rotation(a, b, torch.where(cosine > eps, g, 0))
            for M in (W, V):
                M[..., p], M[..., q] = rotated(M[..., p], M[..., q], c, s)
        if largest <= n * eps:
            break
    return W * scale, V, largest, n * eps


def _with_left_vectors(W: Tensor, S: Tensor, V: Tensor) -> SVD:
    """U from A V = U diag(S); directions that a zero in S leaves open are filled up.

    Reflections keep columns that are orthonormal and make the others so.
    """
    S, order = S.sort(-1, descending=True)
    W, V = (M.take_along_dim(order[..., None, :], -1) for M in (W, V))
    U = qr_householder(W / torch.where(S > 0, S, 1)[..., None, :]).Q
    return SVD(U, S, V.mT)
