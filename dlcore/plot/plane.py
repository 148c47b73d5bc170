"""The plane under a matrix: vectors as arrows, and the grid that a linear map moves."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from dlcore.plot.arrays import ArrayLike, as_array
from dlcore.plot.style import COLORS, color_cycle


def plot_vectors(
    vectors: ArrayLike,
    labels: Sequence[str] | None = None,
    *,
    colors: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw vectors of the plane as arrows from the origin, to one scale on both axes.

    Args:
        vectors: shape (n, 2), one vector a row.
        labels: one for each vector, written beyond its tip.
        colors: one for each vector; by default those of the book in turn.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, with limits that hold every arrow.

    Raises:
        ValueError: vectors that are not of the plane, or not one label or colour a vector.

    Source: Strang (2016), Introduction to Linear Algebra, 5th ed., section 1.1.

    Example:
        >>> ax = plot_vectors([[1.0, 0.0], [0.0, 2.0]], ["x", "y"])
        >>> [text.get_text() for text in ax.texts if text.get_text()]
        ['x', 'y']

    In production: matplotlib.pyplot.quiver.
    """
    array = as_array(vectors)
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f"vectors must have shape (n, 2), got {array.shape}")
    labels = [""] * len(array) if labels is None else labels
    colors = color_cycle(len(array)) if colors is None else colors
    if not len(array) == len(labels) == len(colors):
        raise ValueError(f"{len(array)} vectors, {len(labels)} labels, {len(colors)} colors")
    ax = ax or plt.figure(figsize=(3.6, 3.6)).add_subplot()
    for (x, y), label, color in zip(array, labels, colors, strict=True):
        arrow = {"arrowstyle": "-|>", "color": color, "lw": 2, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (x, y), (0, 0), arrowprops=arrow, zorder=4)
        if label:
            length = np.hypot(x, y) or 1
            ax.annotate(
                label,
                (x, y),
                (12 * x / length, 12 * y / length),
                textcoords="offset points",
                ha="center",
                va="center",
                color=color,
            )
    ax.update_datalim([*array, (0, 0)])
    ax.autoscale_view()
    ax.set_aspect("equal")
    return ax


def plot_linear_map(A: ArrayLike, *, reach: int = 2, ax: Axes | None = None) -> Axes:
    """Draw what a 2 x 2 matrix does to the plane: to the grid, the unit square, the unit vectors.

    Args:
        A: the matrix, shape (2, 2).
        reach: the grid runs from -reach to reach in both directions before it is moved.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes; the grid as it was is gray, as it comes out blue.

    Raises:
        ValueError: A of another shape, or a reach below 1.

    Source: Strang (2016), Introduction to Linear Algebra, 5th ed., section 8.1.

    Example:
        >>> ax = plot_linear_map([[1.0, 1.0], [0.0, 1.0]], reach=1)
        >>> [text.get_text() for text in ax.texts if text.get_text()]
        ['$Ae_1$', '$Ae_2$']

    In production: matplotlib.pyplot.plot on the transformed points.
    """
    M = as_array(A)
    if M.shape != (2, 2):
        raise ValueError(f"a map of the plane has shape (2, 2), got {M.shape}")
    if reach < 1:
        raise ValueError(f"reach must be at least 1, got {reach}")
    ax = ax or plt.figure(figsize=(3.6, 3.6)).add_subplot()
    ends = np.array([-reach, reach])
    for c in range(-reach, reach + 1):
        for line in (np.stack([ends, [c, c]]), np.stack([[c, c], ends])):
            ax.plot(*line, color=COLORS["gray"], lw=0.5, ls="-", alpha=0.4)
            ax.plot(*(M @ line), color=COLORS["blue"], lw=0.8, ls="-", alpha=0.6)
    square = M @ np.array([[0, 1, 1, 0], [0, 0, 1, 1]])
    ax.add_patch(Polygon(square.T, color=COLORS["gold"], alpha=0.4, lw=0))
    colors = [COLORS["red"], COLORS["teal"]]
    plot_vectors(M.T, ["$Ae_1$", "$Ae_2$"], colors=colors, ax=ax)
    ax.set_axis_off()
    return ax
