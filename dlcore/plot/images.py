"""Grids of images, and weights seen as images."""

import math
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from dlcore.plot.arrays import ArrayLike, as_array
from dlcore.plot.style import COLORS, DIVERGING, WIDTH


def _grid(n: int, columns: int) -> tuple[Figure, list]:
    columns = min(columns, n)
    rows = math.ceil(n / columns)
    cell = WIDTH / columns
    figure, axes = plt.subplots(
        rows, columns, figsize=(WIDTH, rows * (cell + 0.25)), squeeze=False, layout="constrained"
    )
    for ax in axes.flat:
        ax.set_axis_off()
    return figure, list(axes.flat)[:n]


def _as_images(images: ArrayLike, image_shape: tuple[int, ...] | None) -> np.ndarray:
    """Rows of pixels, or images with channels first, as (n, h, w) or (n, h, w, 3)."""
    array = as_array(images)
    if image_shape is not None:
        if array.ndim != 2 or array.shape[1] != math.prod(image_shape):
            raise ValueError(
                f"images of shape {image_shape} have {math.prod(image_shape)} pixels; got rows of "
                f"shape {array.shape}"
            )
        array = array.reshape(len(array), *image_shape)
    if array.ndim == 4 and array.shape[1] == 1:
        array = array[:, 0]
    elif array.ndim == 4 and array.shape[1] == 3:
        array = array.transpose(0, 2, 3, 1)
    if array.ndim not in (3, 4) or len(array) == 0 or (array.ndim == 4 and array.shape[3] != 3):
        raise ValueError(
            f"images must have shape (n, h, w) or (n, c, h, w) with c in (1, 3), or be rows of "
            f"pixels with image_shape given; got {array.shape}"
        )
    return array


def plot_images(
    images: ArrayLike,
    titles: Sequence[str] | None = None,
    *,
    image_shape: tuple[int, ...] | None = None,
    correct: ArrayLike | None = None,
    columns: int = 8,
) -> Figure:
    """Draw images in a grid, dark ink on white, with a title each.

    Args:
        images: shape (n, h, w), (n, c, h, w) with 1 or 3 channels, or rows of pixels (n, d).
        titles: one for each image.
        image_shape: (h, w) or (c, h, w), for rows of pixels.
        correct: whether each was classified rightly, shape (n,): titles of the wrong ones are
            bold, red, and marked with a cross, so that colour alone says nothing.
        columns: images in a row.

    Returns:
        The figure.

    Raises:
        ValueError: shapes that are no images, or not one title per image.

    Source: Tufte (1990), Envisioning Information: small multiples.

    Example:
        >>> figure = plot_images([[0.0, 1.0, 0.5, 0.2]], ["a"], image_shape=(2, 2))
        >>> figure.axes[0].get_title()
        'a'

    In production: torchvision.utils.make_grid.
    """
    array = _as_images(images, image_shape)
    marks = [None] * len(array) if correct is None else list(as_array(correct))
    names = [""] * len(array) if titles is None else list(titles)
    if not len(array) == len(names) == len(marks):
        raise ValueError(f"{len(array)} images, {len(names)} titles, {len(marks)} marks")
    figure, axes = _grid(len(array), columns)
    low, high = min(0.0, float(array.min())), max(1.0, float(array.max()))
    for ax, image, name, right in zip(axes, array, names, marks, strict=True):
        ax.imshow(image, cmap="gray_r", vmin=low, vmax=high)
        wrong = right is not None and not right
        ax.set_title(
            f"✗ {name}" if wrong else name,
            color=COLORS["red" if wrong else "black"],
            fontweight="bold" if wrong else "normal",
            fontsize=10,
            pad=3,
        )
    return figure


def plot_weight_images(
    W: ArrayLike,
    image_shape: tuple[int, int],
    titles: Sequence[str] | None = None,
    *,
    columns: int = 8,
) -> Figure:
    """Draw each unit's weights as the image it looks for: blue negative, brown positive.

    Args:
        W: weights of shape (units, pixels), a row a unit.
        image_shape: (h, w) with h w = pixels.
        titles: one for each unit.
        columns: images in a row.

    Returns:
        The figure; all images share one scale, symmetric about 0.

    Raises:
        ValueError: rows that are not images of that shape, or not one title per unit.

    Source: Erhan, Bengio, Courville, Vincent (2009), Visualizing higher-layer features of a deep
    network, section 2.

    Example:
        >>> figure = plot_weight_images([[1.0, -1.0, 0.0, 2.0]], (2, 2))
        >>> figure.axes[0].get_images()[0].get_clim()
        (-2.0, 2.0)

    In production: matplotlib.pyplot.imshow.
    """
    array = _as_images(W, image_shape)
    names = [""] * len(array) if titles is None else list(titles)
    if len(names) != len(array):
        raise ValueError(f"{len(array)} units, {len(names)} titles")
    figure, axes = _grid(len(array), columns)
    scale = float(np.abs(array).max()) or 1.0
    for ax, image, name in zip(axes, array, names, strict=True):
        drawn = ax.imshow(image, cmap=DIVERGING, vmin=-scale, vmax=scale)
        ax.set_title(name, fontsize=10, pad=3)
    figure.colorbar(drawn, ax=axes, shrink=0.8, label="weight")
    return figure
