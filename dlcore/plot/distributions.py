"""Distributions: histograms, probabilities as bars and as icons, Gaussians as ellipses."""

import math
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from dlcore.plot.arrays import ArrayLike, as_array
from dlcore.plot.style import COLORS, MARKERS, WIDTH, color_cycle


def plot_histograms(
    samples: Mapping[str, ArrayLike],
    *,
    bins: int = 41,
    limits: tuple[float, float] | None = None,
    xlabel: str = "",
) -> Figure:
    """Draw one histogram per sample in a row, all with the same bins, as shares of the sample.

    Args:
        samples: values of any shape by name, such as the activations of each layer.
        bins: number of bins.
        limits: range of the bins; by default that of all samples. What lies outside is counted
            in a note on the panel.
        xlabel: what the values are.

    Returns:
        The figure.

    Raises:
        ValueError: no samples, an empty sample, or values that are not finite.

    Source: Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward
    neural networks, figure 6.

    Example:
        >>> figure = plot_histograms({"layer 1": [0.0, 1.0], "layer 2": [0.5, 0.5]}, bins=2)
        >>> [ax.get_title() for ax in figure.axes]
        ['layer 1', 'layer 2']

    In production: matplotlib.pyplot.hist.
    """
    arrays = {name: as_array(values).ravel() for name, values in samples.items()}
    if not arrays:
        raise ValueError("there is no sample to draw")
    for name, values in arrays.items():
        if values.size == 0 or not np.isfinite(values).all():
            raise ValueError(f"{name}: a sample needs at least one value, all of them finite")
    if limits is None:
        everything = np.concatenate(list(arrays.values()))
        limits = (float(everything.min()), float(everything.max()))
    figure, axes = plt.subplots(
        1, len(arrays), figsize=(WIDTH, 2.2), sharex=True, sharey=True, squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for ax, (name, values) in zip(axes.flat, arrays.items(), strict=True):
        counts, edges = np.histogram(values, bins=bins, range=limits)
        ax.stairs(counts / values.size, edges, fill=True, color=COLORS["blue"])
        ax.set_title(name, fontsize=10)
        if outside := values.size - counts.sum():
            note = f"{outside / values.size:.1%} outside"
            ax.text(0.97, 0.95, note, transform=ax.transAxes, ha="right", va="top", fontsize=9)
    axes[0, 0].set_ylabel("share")
    figure.supxlabel(xlabel, fontsize=11)
    return figure


def plot_pmf(
    p: ArrayLike,
    outcomes: Sequence[str] | Sequence[float] | None = None,
    *,
    digits: int | None = 2,
    ax: Axes | None = None,
) -> Axes:
    """Draw the probabilities of a discrete variable as bars, each with its number.

    Args:
        p: probabilities, shape (k,).
        outcomes: a name or a number for each; by default 0, 1, 2 and so on. Numbers place the bars.
        digits: decimal places written above the bars; None writes nothing.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, to be annotated further.

    Raises:
        ValueError: p is no vector, or not one outcome a probability.

    Source: Blitzstein, Hwang (2019), Introduction to Probability, 2nd ed., section 3.2.

    Example:
        >>> ax = plot_pmf([0.3, 0.7], ["rain", "dry"])
        >>> [text.get_text() for text in ax.texts]
        ['0.30', '0.70']

    In production: matplotlib.pyplot.bar.
    """
    heights = as_array(p)
    places = list(range(heights.size) if outcomes is None else outcomes)
    if heights.ndim != 1 or len(places) != len(heights):
        raise ValueError(f"p has shape {heights.shape}, there are {len(places)} outcomes")
    ax = ax or plt.figure().add_subplot()
    bars = ax.bar(np.array(places), heights, width=0.7, color=COLORS["blue"])
    if digits is not None:
        ax.bar_label(bars, [f"{height:.{digits}f}" for height in heights], fontsize=9)
    if not any(isinstance(place, str) for place in places):
        ax.set_xticks(np.array(places))
    ax.set_ylabel("probability")
    ax.margins(y=0.12)
    return ax


def plot_icons(
    counts: Mapping[str, int],
    *,
    columns: int = 40,
    colors: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a population as marks, one a member, group after group and row by row.

    Args:
        counts: how many members each group has, by its name; at most ten groups.
        columns: marks in a row.
        colors: one for each group; by default those of the book in turn.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, with a legend of the groups in the order given.

    Raises:
        ValueError: no member at all, a negative number, more than ten groups, no column, or not one
            colour a group.

    Source: Gigerenzer, Hoffrage (1995), How to improve Bayesian reasoning without instruction,
    doi:10.1037/0033-295X.102.4.684.

    Example:
        >>> ax = plot_icons({"ill": 2, "healthy": 8}, columns=5)
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['ill: 2', 'healthy: 8']

    In production: pywaffle.
    """
    total = sum(counts.values())
    if not counts or min(counts.values()) < 0 or total == 0:
        raise ValueError(f"groups need at least one member, none a negative number: {counts}")
    if len(counts) > len(MARKERS) or columns < 1:
        raise ValueError(f"at most {len(MARKERS)} groups and a column: {len(counts)}, {columns}")
    colors = color_cycle(len(counts)) if colors is None else colors
    if len(colors) != len(counts):
        raise ValueError(f"{len(counts)} groups, {len(colors)} colors")
    rows = math.ceil(total / columns)
    ax = ax or plt.figure(figsize=(WIDTH, WIDTH * rows / columns + 0.5)).add_subplot()
    place = np.arange(total)
    first = 0
    for (name, count), marker, color in zip(counts.items(), MARKERS, colors, strict=False):
        x, y = place[first : first + count] % columns, place[first : first + count] // columns
        ax.plot(x, -y, marker, color=color, ms=4.5, ls="none", label=f"{name}: {count:,}")
        first += count
    ax.set(aspect="equal", xlim=(-1, columns), ylim=(-rows, 1))
    ax.set_axis_off()
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2, markerscale=1.5)
    return ax


def plot_ellipses(
    mean: ArrayLike,
    covariance: ArrayLike,
    radii: Sequence[float] = (1, 2, 3),
    *,
    color: str = COLORS["blue"],
    ax: Axes | None = None,
) -> Axes:
    r"""Draw where a Gaussian of the plane has equal density: $(x-\mu)^\top\Sigma^{-1}(x-\mu)=r^2$.

    Args:
        mean: $\mu$, shape (2,).
        covariance: $\Sigma$, symmetric positive definite, shape (2, 2).
        radii: r, in standard deviations; the share $1-e^{-r^2/2}$ of the probability lies inside.
        color: of the lines.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, to one scale on both.

    Raises:
        ValueError: shapes other than these, or a matrix that is not positive definite.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 2.3.

    Example:
        >>> ax = plot_ellipses([0.0, 0.0], [[4.0, 0.0], [0.0, 1.0]], radii=[1])
        >>> float(ax.patches[0].get_width()), float(ax.patches[0].get_height())
        (2.0, 4.0)

    In production: matplotlib.patches.Ellipse.
    """
    centre, S = as_array(mean), as_array(covariance)
    if centre.shape != (2,) or S.shape != (2, 2):
        raise ValueError(f"mean (2,) and covariance (2, 2) needed, got {centre.shape}, {S.shape}")
    variances, axes = np.linalg.eigh(S)
    if not variances[0] > 0:
        raise ValueError(f"the covariance has the eigenvalue {variances[0]:.3g}, not positive")
    ax = ax or plt.figure(figsize=(3.6, 3.6)).add_subplot()
    angle = math.degrees(math.atan2(axes[1, 0], axes[0, 0]))
    for r in radii:
        width, height = 2 * r * np.sqrt(variances)
        ax.add_patch(
            Ellipse(tuple(centre), width, height, angle=angle, fill=False, color=color, lw=1.5)
        )
    ax.autoscale_view()
    ax.set_aspect("equal")
    return ax
