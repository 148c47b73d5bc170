"""Distances between points, one pair or all pairs."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.norms import lp_norm
from dlcore.linalg.shapes import require_one_matrix, require_same_shape


def minkowski_distance(
    x: Float[Tensor, "*batch d"], y: Float[Tensor, "*batch d"], p: float = 2
) -> Float[Tensor, "*batch"]:
    r"""The $L^p$ length of the difference: Manhattan (1), Euclidean (2), Chebyshev (infinity).

    Args:
        x: points, shape (..., d).
        y: points of the same shape.
        p: at least 1.

    Returns:
        The distances, shape (...).

    Raises:
        ValueError: the shapes differ, or p is below 1.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-minkowski-distance`
    Section: :ref:`sec-distances`

    Example:
        >>> minkowski_distance(torch.tensor([0.0, 0.0]), torch.tensor([3.0, 4.0]), p=1)
        tensor(7.)

    In production: torch.nn.functional.pairwise_distance.
    """
    require_same_shape("minkowski_distance", x, y)
    return lp_norm(x - y, p)


def pairwise_distances(
    X: Float[Tensor, "n d"], Y: Float[Tensor, "k d"] | None = None, p: float = 2
) -> Float[Tensor, "n k"]:
    r"""The distance of each row of X from each row of Y.

    For p = 2 by $\|x - y\|^2 = \|x\|^2 - 2x^\top y + \|y\|^2$, one matrix product; the points are
    first moved to the origin, and pairs whose small distance would be lost in rounding are
    computed again from the difference.

    Args:
        X: points as rows, shape (n, d).
        Y: points as rows, shape (k, d); default X.
        p: at least 1; other than 2 it needs memory for n k d numbers.

    Returns:
        The distances, shape (n, k).

    Raises:
        ValueError: shapes that do not fit, or p is below 1.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-pairwise-distances`
    Section: :ref:`sec-distances`

    Example:
        >>> pairwise_distances(torch.tensor([[0.0, 0.0], [3.0, 4.0]]))
        tensor([[0., 5.],
                [5., 0.]])

    In production: torch.cdist.
    """
    Y = X if Y is None else Y
    require_one_matrix("pairwise_distances", X)
    require_one_matrix("pairwise_distances", Y)
    if X.shape[1] != Y.shape[1]:
        raise ValueError(
            "pairwise_distances needs points with equally many coordinates, got shapes "
            f"{tuple(X.shape)} and {tuple(Y.shape)}"
        )
    if p != 2:
        return lp_norm(X[:, None] - Y[None], p)
    center = Y.detach().mean(0) if len(Y) else 0
    A, B = X - center, Y - center
    sizes = A.square().sum(1)[:, None] + B.square().sum(1)
    squares = sizes - 2 * A @ B.T
    cancelled = squares.detach() <= math.sqrt(torch.finfo(X.dtype).eps) * sizes.detach()
    distances = torch.where(cancelled, 1, squares).sqrt()
    i, j = cancelled.nonzero(as_tuple=True)
    return distances.index_put((i, j), lp_norm(A[i] - B[j]))
