"""What a classifier does: its regions in the plane, and what it confuses."""

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from torch import Tensor

from dlcore.plot.arrays import ArrayLike, as_array
from dlcore.plot.style import COLORS, MARKERS, SEQUENTIAL, color_cycle

RASTERIZE_ABOVE = 500
WHITE_FROM = 0.6  # share from which white is the more legible ink


def plot_confusion_matrix(
    counts: ArrayLike, classes: Sequence[str] | None = None, *, ax: Axes | None = None
) -> Axes:
    """Draw a confusion matrix with its numbers; colour is the share of the true class.

    Args:
        counts: how often each true class (row) was predicted as each class (column), shape (k, k).
        classes: the classes' names; by default their numbers.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, to be annotated further.

    Raises:
        ValueError: the counts are not square, or not one name per class.

    Source: Murphy (2022), Probabilistic Machine Learning, section 5.1.

    Example:
        >>> ax = plot_confusion_matrix([[5, 1], [0, 4]], ["cat", "dog"])
        >>> [text.get_text() for text in ax.texts]
        ['5', '1', '0', '4']

    In production: sklearn.metrics.ConfusionMatrixDisplay.
    """
    C = as_array(counts)
    if C.ndim != 2 or C.shape[0] != C.shape[1]:
        raise ValueError(f"counts must be square, got shape {C.shape}")
    names = [str(k) for k in range(len(C))] if classes is None else list(classes)
    if len(names) != len(C):
        raise ValueError(f"{len(C)} classes, {len(names)} names")
    ax = ax or plt.figure(figsize=(5.2, 4.8)).add_subplot()
    share = C / np.maximum(C.sum(axis=1, keepdims=True), 1)
    ax.imshow(share, cmap=SEQUENTIAL, vmin=0, vmax=1)
    for i in range(len(C)):
        for j in range(len(C)):
            color = COLORS["black"] if share[i, j] < WHITE_FROM else "white"
            ax.text(j, i, str(C[i, j]), ha="center", va="center", color=color, fontsize=10)
    ax.set(xlabel="predicted class", ylabel="true class")
    ax.set_xticks(range(len(C)), names, rotation=45 if max(map(len, names)) > 3 else 0)
    ax.set_yticks(range(len(C)), names)
    return ax


def plot_decision_regions(
    predict: Callable[[Tensor], Tensor],
    X: ArrayLike,
    y: ArrayLike,
    *,
    classes: Sequence[str] | None = None,
    margin: float = 0.3,
    resolution: int = 200,
    ax: Axes | None = None,
) -> Axes:
    """Draw which class a classifier predicts at each point of the plane, with the data on top.

    Args:
        predict: maps points of shape (m, 2) in float32 to labels (m,), or to scores (m, k) of which
            the largest counts.
        X: the data, shape (n, 2).
        y: their labels, shape (n,).
        classes: the classes' names; by default their numbers.
        margin: how far the plane goes beyond the data, in units of the axes.
        resolution: points along each axis.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, to be annotated further.

    Raises:
        ValueError: X is not in the plane, or y is not one label per point.

    Source: Hastie, Tibshirani, Friedman (2009), The Elements of Statistical Learning, figure 2.1.

    Example:
        >>> ax = plot_decision_regions(lambda P: (P[:, 0] > 0).long(), [[-1, 0], [1, 0]], [0, 1])
        >>> len(ax.collections)
        4

    In production: sklearn.inspection.DecisionBoundaryDisplay.
    """
    X, y = as_array(X), as_array(y)
    if X.ndim != 2 or X.shape[1] != 2 or y.shape != X.shape[:1]:
        raise ValueError(f"X must have shape (n, 2) and y (n,), got {X.shape} and {y.shape}")
    ax = ax or plt.figure(figsize=(5.0, 4.2)).add_subplot()
    u, v, labels = _labels_on_grid(predict, X, margin, resolution)
    k = int(max(labels.max(), y.max())) + 1
    colors = color_cycle(k)
    ax.pcolormesh(
        u, v, labels, cmap=ListedColormap(colors), vmin=-0.5, vmax=k - 0.5, alpha=0.25,
        rasterized=True, linewidth=0, shading="nearest",
    )  # fmt: skip
    if labels.min() < labels.max():
        levels = np.arange(k - 1) + 0.5
        ax.contour(u, v, labels, levels=levels, colors=COLORS["black"], linewidths=1)
    for c in range(k):
        ax.scatter(
            X[y == c, 0], X[y == c, 1], s=18, color=colors[c], marker=MARKERS[c % len(MARKERS)],
            edgecolor="white", linewidth=0.4, rasterized=len(X) > RASTERIZE_ABOVE,
            label=f"class {c}" if classes is None else classes[c],
        )  # fmt: skip
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def _labels_on_grid(
    predict: Callable[[Tensor], Tensor], X: np.ndarray, margin: float, resolution: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    low, high = X.min(axis=0) - margin, X.max(axis=0) + margin
    u, v = (np.linspace(low[i], high[i], resolution) for i in (0, 1))
    points = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    with torch.no_grad():
        answer = as_array(predict(torch.from_numpy(points).float()))
    labels = answer.argmax(axis=1) if answer.ndim == 2 else answer
    return u, v, labels.reshape(resolution, resolution)
