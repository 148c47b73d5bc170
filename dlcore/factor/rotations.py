"""Loadings are known only up to a rotation: to turn them, to choose one, to compare two."""

import itertools
import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import warn_not_converged
from dlcore.linalg.shapes import require_one_matrix, require_same_shape


class Rotation(NamedTuple):
    """The rotated loadings (d, k) and the orthogonal matrix (k, k) that rotated them."""

    loadings: Tensor
    R: Tensor


def rotate_loadings(W: Float[Tensor, "d k"], R: Float[Tensor, "k k"]) -> Float[Tensor, "d k"]:
    r"""Loadings with other axes of the latent space, $WR$: the density of the data stays the same.

    Args:
        W: the loadings, shape (d, k).
        R: an orthogonal matrix, shape (k, k); reflections are allowed.

    Returns:
        $WR$, shape (d, k), with $WR(WR)^\top = WW^\top$.

    Raises:
        ValueError: shapes that do not fit, or R is not orthogonal.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-loading-rotation`
    Section: :ref:`sec-factor-analysis`

    Example:
        >>> rotate_loadings(torch.tensor([[2.0, 1.0]]), torch.tensor([[0.0, 1.0], [1.0, 0.0]]))
        tensor([[1., 2.]])

    In production: `W @ R`.
    """
    require_one_matrix("rotate_loadings", W)
    require_one_matrix("rotate_loadings", R)
    k = W.shape[1]
    if R.shape != (k, k):
        raise ValueError(f"rotate_loadings: R must have shape ({k}, {k}), got {tuple(R.shape)}")
    gap = (R.T @ R - torch.eye(k, dtype=R.dtype, device=R.device)).abs().amax() if k else 0.0
    if not gap <= 100 * k * torch.finfo(R.dtype).eps:
        raise ValueError(f"rotate_loadings: R is not orthogonal, R'R differs from I by {gap:.3g}")
    return W @ R


def procrustes_rotation(A: Float[Tensor, "d k"], B: Float[Tensor, "d k"]) -> Float[Tensor, "k k"]:
    r"""The orthogonal matrix that turns one set of loadings as near as possible to another.

    Args:
        A: loadings to turn, shape (d, k).
        B: loadings to reach, shape (d, k).

    Returns:
        $UV^\top$ of the singular value decomposition $A^\top B = USV^\top$, shape (k, k), which
        minimizes $\lVert AR - B \rVert_F$; it may reflect.

    Raises:
        ValueError: no two matrices of the same shape.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-procrustes`
    Section: :ref:`sec-factor-analysis`
    Source: Schönemann (1966), A generalized solution of the orthogonal Procrustes problem,
        doi:10.1007/BF02289451.

    Example:
        >>> A = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
        >>> procrustes_rotation(A, A.flip(1)).abs().round(decimals=4)
        tensor([[0., 1.],
                [1., 0.]])

    In production: scipy.linalg.orthogonal_procrustes.
    """
    require_one_matrix("procrustes_rotation", A)
    require_same_shape("procrustes_rotation", A, B)
    U, _, Vh = torch.linalg.svd(A.T @ B)
    return U @ Vh


def varimax(W: Float[Tensor, "d k"], *, max_iter: int = 100, tol: float = 1e-8) -> Rotation:
    r"""The rotation after which each factor has a few large loadings and many small ones.

    It maximizes, summed over the factors, the variance of the squared loadings, two columns at a
    time, for which the best angle is known. The likelihood does not know this choice: it is made
    for the reader. It computes in float64 and answers in the type of W.

    Args:
        W: the loadings, shape (d, k).
        max_iter: the most rounds over all pairs of columns, at least 1.
        tol: it stops after a round in which no angle was larger, in radians.

    Returns:
        The rotated loadings, shape (d, k), and the rotation, shape (k, k).

    Raises:
        ValueError: W is no matrix, or max_iter is below 1.
        TypeError: W is no floating-point tensor.

    Warns:
        ConvergenceWarning: max_iter rounds were not enough.

    Equation: :eq:`eq-varimax`
    Section: :ref:`sec-factor-analysis`
    Source: Kaiser (1958), The varimax criterion for analytic rotation in factor analysis,
        doi:10.1007/BF02289233.

    Example:
        >>> turn = torch.tensor([[0.6, -0.8], [0.8, 0.6]])
        >>> W = torch.tensor([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [0.0, 3.0]]) @ turn
        >>> (varimax(W).loadings.abs() > 0.01).sum().item()
        4

    In production: sklearn.decomposition.FactorAnalysis(rotation="varimax").
    """
    require_one_matrix("varimax", W)
    if max_iter < 1:
        raise ValueError(f"varimax: max_iter must be at least 1, got {max_iter}")
    k = W.shape[1]
    R = torch.eye(k, dtype=torch.float64, device=W.device)
    largest = 0.0
    for _ in range(max_iter):
        largest = 0.0
        for pair in itertools.combinations(range(k), 2):
            angle = _best_angle(*(W.detach().double() @ R[:, pair]).T)
            cos, sin = math.cos(angle), math.sin(angle)
            R[:, pair] = R[:, pair] @ R.new_tensor([[cos, -sin], [sin, cos]])
            largest = max(largest, abs(angle))
        if largest <= tol:
            break
    else:
        warn_not_converged("varimax", max_iter, largest, tol)
    return Rotation((W.double() @ R).to(W), R.to(W))


def _best_angle(x: Tensor, y: Tensor) -> float:
    """By how much to turn two columns; 0 if all angles are alike."""
    u, v = x.square() - y.square(), 2 * x * y
    sine = 2 * ((u * v).sum() - u.sum() * v.sum() / len(u))
    cosine = (u.square() - v.square()).sum() - (u.sum() ** 2 - v.sum() ** 2) / len(u)
    rounding = 100 * torch.finfo(x.dtype).eps * (x.square() + y.square()).sum() ** 2
    return math.atan2(sine, cosine) / 4 if torch.hypot(sine, cosine) > rounding else 0.0
