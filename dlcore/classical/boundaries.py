"""A model's answers on a grid over the plane of two features."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Grid(NamedTuple):
    """Numbers on a grid over the plane, see `decision_grid`.

    Section: :ref:`sec-decision-boundary`

    Example:
        >>> Grid(torch.zeros(3), torch.zeros(2), torch.zeros(2, 3)).values.shape
        torch.Size([2, 3])

    In production: sklearn.inspection.DecisionBoundaryDisplay.
    """

    u: Float[Tensor, " c"]
    """Positions along the first axis, shape (c,)."""
    v: Float[Tensor, " r"]
    """Positions along the second axis, shape (r,)."""
    values: Float[Tensor, "r c"]
    """The number at (u_j, v_i) in row i and column j, shape (r, c)."""


def decision_grid(
    score: Callable[[Tensor], Tensor],
    X: Float[Tensor, "n 2"],
    *,
    resolution: int = 200,
    margin: float = 0.3,
) -> Grid:
    r"""Evaluate a model on a grid around the data, to draw its decision boundary as a contour.

    Args:
        score: from points (m, 2) to numbers (m,): a `decision_function`, whose boundary is at 0, or
            a probability, whose boundary is at one half.
        X: the data, shape (n, 2).
        resolution: points along each axis, at least 2.
        margin: how far the grid goes beyond the data.

    Returns:
        The axes and the values, `values[i, j]` at the point `(u[j], v[i])`.

    Raises:
        ValueError: X is not in the plane, fewer than 2 points along an axis, or the model does not
            give one number for each point.

    Equation: :eq:`eq-decision-boundary`
    Section: :ref:`sec-decision-boundary`

    Example:
        >>> grid = decision_grid(lambda P: P[:, 0] - P[:, 1], torch.eye(2), resolution=2, margin=0)
        >>> grid.values
        tensor([[ 0.,  1.],
                [-1.,  0.]])

    In production: sklearn.inspection.DecisionBoundaryDisplay.from_estimator.
    """
    if X.ndim != 2 or X.shape[1] != 2 or not len(X):
        raise ValueError(f"X must have shape (n, 2), got {tuple(X.shape)}")
    if resolution < 2:
        raise ValueError(f"resolution must be at least 2, got {resolution}")
    share = torch.linspace(0, 1, resolution, dtype=X.dtype, device=X.device)
    low, high = X.amin(0) - margin, X.amax(0) + margin
    u, v = (low[i] + share * (high[i] - low[i]) for i in (0, 1))
    points = torch.stack([u.repeat(resolution), v.repeat_interleave(resolution)], 1)
    values = score(points)
    if values.shape != points.shape[:1]:
        raise ValueError(
            f"score must give one number a point, got {tuple(values.shape)} for {len(points)}"
        )
    return Grid(u, v, values.reshape(resolution, resolution))
