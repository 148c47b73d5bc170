"""Curves: functions with their derivatives, learning curves, statistics over the layers."""

from collections.abc import Mapping
from itertools import cycle
from typing import Protocol, runtime_checkable

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from dlcore.plot.arrays import ArrayLike, as_array
from dlcore.plot.style import MARKERS


@runtime_checkable
class Recorded(Protocol):
    """What a training run recorded."""

    def as_dict(self) -> dict[str, list[float]]:
        """Lists of one number per epoch by name."""


def plot_curves(
    x: ArrayLike,
    curves: Mapping[str, ArrayLike],
    derivatives: Mapping[str, ArrayLike] | None = None,
    *,
    xlabel: str = "z",
    ylabel: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw functions of one variable, and their derivatives dashed in the same colour.

    Args:
        x: where the functions were evaluated, shape (n,).
        curves: values of shape (n,) by name.
        derivatives: values of shape (n,) by the name of the function they belong to.
        xlabel: what x is.
        ylabel: what the values are.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, to be annotated further.

    Raises:
        ValueError: a curve is not as long as x, or a derivative has no function.

    Source: Tufte (2001), The Visual Display of Quantitative Information.

    Example:
        >>> x = [0.0, 1.0, 2.0]
        >>> ax = plot_curves(x, {"$z^2$": [0, 1, 4]}, {"$z^2$": [0, 2, 4]})
        >>> len(ax.get_lines())
        2

    In production: matplotlib.pyplot.plot.
    """
    derivatives = derivatives or {}
    if orphans := derivatives.keys() - curves.keys():
        raise ValueError(f"derivatives without a function: {sorted(orphans)}")
    ax = ax or plt.figure().add_subplot()
    x = as_array(x)
    for name, values in {**curves, **derivatives}.items():
        if as_array(values).shape != x.shape:
            raise ValueError(f"{name}: shape {as_array(values).shape}, x has {x.shape}")
    for name, values in curves.items():
        (line,) = ax.plot(x, as_array(values), label=name)
        if derivatives:
            line.set_linestyle("-")
        if name in derivatives:
            slope = as_array(derivatives[name])
            ax.plot(x, slope, linestyle="--", color=line.get_color(), label=f"{name}, derivative")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.grid(True)
    if len(ax.get_lines()) > 1:
        ax.legend()
    return ax


def plot_learning_curves(
    history: Mapping[str, list[float]] | Recorded,
    name: str = "loss",
    *,
    log: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a recorded number over the epochs, for training and, where it exists, validation.

    The best validation epoch is marked: the lowest, or the highest where the name is not a loss.

    Args:
        history: a training `History`, or lists of one number per epoch by name.
        name: which to draw; `validation_<name>` comes along.
        log: with a logarithmic vertical axis.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, to be annotated further.

    Raises:
        ValueError: the history has no such name.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, figure 7.3.

    Example:
        >>> ax = plot_learning_curves({"loss": [3, 2, 1], "validation_loss": [3, 2, 2.5]})
        >>> [line.get_label() for line in ax.get_lines()][:2]
        ['training', 'validation']

    In production: TensorBoard, or matplotlib.pyplot.plot.
    """
    records = history if isinstance(history, Mapping) else history.as_dict()
    if name not in records:
        raise ValueError(f"{name!r} was not recorded; there are {sorted(records)}")
    ax = ax or plt.figure().add_subplot()
    epochs = range(1, len(records[name]) + 1)
    ax.plot(epochs, records[name], label="training")
    validation = records.get(f"validation_{name}")
    if validation:
        (line,) = ax.plot(epochs, validation, label="validation")
        best = min(validation) if "loss" in name else max(validation)
        where = validation.index(best) + 1
        ax.plot(
            [where], [best], "o", color=line.get_color(), label=f"best: {best:.3g}, epoch {where}"
        )
    ax.set(xlabel="epoch", ylabel=name.replace("_", " "), yscale="log" if log else "linear")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(True)
    ax.legend()
    return ax


def plot_layer_statistics(
    statistics: Mapping[str, ArrayLike],
    *,
    ylabel: str,
    log: bool = True,
    first_layer: int = 1,
    ax: Axes | None = None,
) -> Axes:
    """Draw one number per layer over the depth, a line for each setting compared.

    Args:
        statistics: values of shape (depth,) by the name of the setting.
        ylabel: what the number is.
        log: with a logarithmic vertical axis; zeros are left out of it.
        first_layer: the number of the first layer.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, to be annotated further.

    Raises:
        ValueError: a setting has other than one number per layer.

    Source: Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward
    neural networks, figures 6 and 7.

    Example:
        >>> ax = plot_layer_statistics({"Xavier": [1, 0.9], "He": [1, 1.1]}, ylabel="std of h")
        >>> ax.get_yscale()
        'log'

    In production: matplotlib.pyplot.semilogy.
    """
    ax = ax or plt.figure().add_subplot()
    for (name, values), marker in zip(statistics.items(), cycle(MARKERS), strict=False):
        values = as_array(values)
        if values.ndim != 1:
            raise ValueError(f"{name}: one number per layer is needed, got shape {values.shape}")
        layers = range(first_layer, first_layer + len(values))
        ax.plot(layers, values, marker=marker, label=name)
    ax.set(xlabel="layer", ylabel=ylabel)
    if log:
        ax.set_yscale("log", nonpositive="mask")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(True)
    ax.legend()
    return ax
