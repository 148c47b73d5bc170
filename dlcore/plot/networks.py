"""A fully connected network as a picture, from the sizes of its layers."""

from collections.abc import Sequence
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle

from dlcore.plot.arrays import ArrayLike, as_array
from dlcore.plot.style import COLORS, DIVERGING

RASTERIZE_ABOVE = 500
SPACING, RATIO = 2.6, 1.6
RADIUS = 0.32
SPREAD = 0.6
THINNEST, THICKEST = 0.2, 1.8


def _count_parameters(sizes: Sequence[int]) -> list[int]:
    """Weights and biases of each layer after the inputs."""
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(
            f"a network needs at least two layers of at least one unit, got {list(sizes)}"
        )
    return [d_out * (d_in + 1) for d_in, d_out in pairwise(sizes)]


def _shown(size: int, limit: int) -> list[int | None]:
    """Which units of a layer are drawn; None stands for those left out."""
    if size <= limit:
        return list(range(size))
    half = limit // 2
    return [*range(half), None, *range(size - (limit - half), size)]


def plot_network(
    sizes: Sequence[int],
    weights: Sequence[ArrayLike] | None = None,
    activations: Sequence[ArrayLike] | None = None,
    *,
    darkest: Sequence[float] | None = None,
    names: Sequence[str] | None = None,
    most_units: int = 8,
    ax: Axes | None = None,
) -> Axes:
    """Draw a fully connected network: units as circles, weights as lines, parameters counted.

    Args:
        sizes: units of each layer, the inputs first.
        weights: one matrix (d_out, d_in) per layer after the inputs: lines are then blue for
            negative, brown for positive weights, and the thicker the larger.
        activations: one vector (d,) per layer: circles are then filled blue for negative, brown
            for positive values, and the darker the larger.
        darkest: one positive number per layer, the size of an activation that is drawn darkest;
            by default the largest of the layer. Give it to compare several drawings.
        names: what is written above each layer; by default inputs, hidden l, outputs.
        most_units: a larger layer is drawn with its first and last units and dots between them.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, to be annotated further.

    Raises:
        ValueError: fewer than two layers, or weights, activations, darkest or names that do
            not fit them.

    Source: Rumelhart, Hinton, Williams (1986), Learning representations by back-propagating
    errors, figure 1, doi:10.1038/323533a0.

    Example:
        >>> ax = plot_network([2, 3, 1])
        >>> [text.get_text() for text in ax.texts][-1]
        '4 parameters'

    In production: torchview, Netron.
    """
    parameters = _count_parameters(sizes)
    _check(sizes, weights, activations, darkest, names)
    ax = ax or plt.figure().add_subplot()
    slots = [_shown(size, most_units) for size in sizes]
    most = max(map(len, slots))
    half = most / 2
    columns = [dict(zip(shown, _heights(len(shown), most), strict=True)) for shown in slots]
    gap = max(SPACING, (RATIO * (2 * half + 2.1) - 2) / (len(sizes) - 1))
    for layer in range(len(parameters)):
        W = None if weights is None else as_array(weights[layer])
        _draw_edges(ax, layer * gap, gap, columns[layer], columns[layer + 1], W)
    for layer, shown in enumerate(columns):
        h = None if activations is None else as_array(activations[layer])
        full = None if darkest is None else darkest[layer]
        _draw_units(ax, layer * gap, shown, h, full)
    _write_labels(ax, sizes, parameters, names, gap, half)
    ax.set(xlim=(-1, gap * (len(sizes) - 1) + 1), ylim=(-half - 1.2, half + 0.9), aspect="equal")
    ax.set_axis_off()
    return ax


def _check(
    sizes: Sequence[int],
    weights: Sequence[ArrayLike] | None,
    activations: Sequence[ArrayLike] | None,
    darkest: Sequence[float] | None,
    names: Sequence[str] | None,
) -> None:
    shapes = [(d_out, d_in) for d_in, d_out in pairwise(sizes)]
    if weights is not None and (found := [as_array(W).shape for W in weights]) != shapes:
        raise ValueError(f"weights must have the shapes {shapes}, got {found}")
    vectors = [(d,) for d in sizes]
    if activations is not None and (found := [as_array(h).shape for h in activations]) != vectors:
        raise ValueError(f"activations must have the shapes {vectors}, got {found}")
    if darkest is not None and (len(darkest) != len(sizes) or min(darkest) <= 0):
        raise ValueError(f"darkest must be {len(sizes)} positive numbers, got {list(darkest)}")
    if names is not None and len(names) != len(sizes):
        raise ValueError(f"{len(sizes)} layers, {len(names)} names")


def _heights(slots: int, most: int) -> np.ndarray:
    """Where the units of a layer stand; few beside many spread, so that their edges part."""
    spread = max(slots - 1, SPREAD * (most - 1)) if slots > 1 else 0
    return np.linspace(spread / 2, -spread / 2, slots)


def _draw_edges(
    ax: Axes,
    x: float,
    gap: float,
    left: dict[int | None, float],
    right: dict[int | None, float],
    W: np.ndarray | None,
) -> None:
    pairs = [(a, b) for a in left for b in right if a is not None and b is not None]
    lines = [((x, left[a]), (x + gap, right[b])) for a, b in pairs]
    drawn = LineCollection(lines, zorder=1, rasterized=len(lines) > RASTERIZE_ABOVE)
    if W is None:
        drawn.set(color=COLORS["gray"], linewidth=0.8)
    else:
        w = np.array([W[b, a] for a, b in pairs], dtype=float)
        scale = float(np.abs(W).max()) or 1.0
        sign_colors = np.where(w < 0, COLORS["blue"], COLORS["brown"])
        widths = THINNEST + (THICKEST - THINNEST) * np.abs(w) / scale
        drawn.set(color=list(sign_colors), linewidth=widths)
    ax.add_collection(drawn)


def _draw_units(
    ax: Axes,
    x: float,
    shown: dict[int | None, float],
    h: np.ndarray | None,
    darkest: float | None,
) -> None:
    scale = darkest or (1.0 if h is None else float(np.abs(h).max()) or 1.0)
    for unit, height in shown.items():
        if unit is None:
            ax.text(x, height, "⋮", ha="center", va="center", fontsize=14)
            continue
        fill = "white" if h is None else DIVERGING(0.5 + 0.5 * float(h[unit]) / scale)
        edge = COLORS["black"]
        ax.add_patch(
            Circle((x, height), RADIUS, facecolor=fill, edgecolor=edge, linewidth=1, zorder=2)
        )


def _write_labels(
    ax: Axes,
    sizes: Sequence[int],
    parameters: list[int],
    names: Sequence[str] | None,
    gap: float,
    half: float,
) -> None:
    hidden = [f"hidden {layer}" for layer in range(1, len(sizes) - 1)]
    names = ["inputs", *hidden, "outputs"] if names is None else names
    for layer, (name, size) in enumerate(zip(names, sizes, strict=True)):
        x = gap * layer
        ax.text(x, half + 0.15, f"{name}\n{size}", ha="center", va="bottom", fontsize=10)
    for layer, count in enumerate(parameters):
        x = gap * (layer + 0.5)
        text = f"{count:,} parameters" if len(sizes) < 4 else f"{count:,}\nparameters"
        ax.text(x, -half - 0.1, text, ha="center", va="top", fontsize=10)
