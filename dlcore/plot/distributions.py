"""Histograms side by side, on the same axes."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from dlcore.plot.arrays import ArrayLike, as_array
from dlcore.plot.style import COLORS, WIDTH


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
