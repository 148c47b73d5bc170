"""Chains of dependent draws: their traces, and the ranks of each among all."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from scipy.stats import binom, rankdata

from dlcore.plot.arrays import ArrayLike, as_array
from dlcore.plot.style import COLORS, color_cycle


def plot_trace(samples: ArrayLike, *, ylabel: str = "", ax: Axes | None = None) -> Axes:
    """Draw one variable of several chains over their steps: chains that agree cannot be told apart.

    Args:
        samples: shape (chains, draws).
        ylabel: what the variable is.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, one thin line for each chain.

    Raises:
        ValueError: another shape, or no draw.

    Source: Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 11.4.

    Example:
        >>> ax = plot_trace([[0.0, 1.0, 0.5], [0.2, 0.1, 0.9]], ylabel="x")
        >>> len(ax.get_lines())
        2

    In production: arviz.plot_trace.
    """
    x = _chains(samples)
    ax = ax or plt.figure().add_subplot()
    for row, color in zip(x, color_cycle(len(x)), strict=True):
        ax.plot(row, color=color, linestyle="-", linewidth=0.7, alpha=0.8)
    ax.set(xlabel="draw", ylabel=ylabel)
    ax.margins(x=0)
    return ax


def plot_ranks(samples: ArrayLike, *, bins: int = 20, ax: Axes | None = None) -> Axes:
    """Draw for each chain how often it has low and high ranks among the draws of all chains.

    Chains that agree lie within the band, where 99 of 100 bars of independent draws would lie; a
    chain that stays elsewhere leans to one side.

    Args:
        samples: shape (chains, draws).
        bins: groups of neighbouring ranks, at least 2.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, one outline for each chain.

    Raises:
        ValueError: another shape, no draw, or fewer bins.

    Source: Vehtari et al. (2021), Rank-normalization, folding, and localization,
    doi:10.1214/20-BA1221.

    Example:
        >>> ax = plot_ranks([[1.0, 2.0], [3.0, 4.0]], bins=2)
        >>> [patch.get_data().values.tolist() for patch in ax.patches]
        [[2, 0], [0, 2]]

    In production: arviz.plot_rank.
    """
    x = _chains(samples)
    ranks = rankdata(x, axis=None).reshape(x.shape) - 1
    ax = _band(x.shape[1], x.size, bins, ax)
    for row, color in zip(ranks, color_cycle(len(x)), strict=True):
        ax.stairs(*np.histogram(row, bins=bins, range=(-0.5, x.size - 0.5)), color=color, lw=1.5)
    ax.set(xlabel="rank among all draws", ylabel="draws of the chain", ylim=(0, None))
    return ax


def plot_rank_histogram(
    ranks: ArrayLike, draws: int, *, bins: int = 20, ax: Axes | None = None
) -> Axes:
    """Draw how often the truth had each rank among its posterior draws: flat if all is right.

    Args:
        ranks: from 0 to `draws`, shape (n,).
        draws: the largest possible rank.
        bins: groups of neighbouring ranks, at least 2; bars are of equal height only if bins
            divides draws + 1.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, with a band in which 99 of 100 bars of a right sampler lie.

    Raises:
        ValueError: another shape, no rank, ranks outside the range, or bins that do not divide
            draws + 1.

    Source: Talts et al. (2018), Validating Bayesian inference algorithms with simulation-based
    calibration, arXiv:1804.06788.

    Example:
        >>> ax = plot_rank_histogram([0, 1, 2, 3, 3], 3, bins=2)
        >>> ax.patches[0].get_data().values.tolist()
        [2, 3]

    In production: arviz.plot_ecdf_pit.
    """
    r = as_array(ranks)
    if r.ndim != 1 or r.size == 0 or r.min() < 0 or r.max() > draws:
        raise ValueError(f"expected ranks (n,) from 0 to {draws}, got shape {r.shape}")
    if bins < 2 or (draws + 1) % bins:
        raise ValueError(f"{draws + 1} ranks cannot make {bins} bins of one size")
    ax = _band(r.size, draws + 1, bins, ax)
    counts, edges = np.histogram(r, bins=bins, range=(-0.5, draws + 0.5))
    ax.stairs(counts, edges, fill=True, color=COLORS["blue"], alpha=0.7)
    ax.set(xlabel="rank of the truth", ylabel="simulations", ylim=(0, None))
    return ax


def _chains(samples: ArrayLike) -> np.ndarray:
    x = as_array(samples)
    if x.ndim != 2 or x.size == 0:
        raise ValueError(f"expected samples of shape (chains, draws), got {x.shape}")
    return x


def _band(draws: int, ranks: int, bins: int, ax: Axes | None) -> Axes:
    if bins < 2:
        raise ValueError(f"at least 2 bins are needed, got {bins}")
    ax = ax or plt.figure().add_subplot()
    low, high = binom.interval(0.99, draws, 1 / bins)
    ends = (-0.5, ranks - 0.5)
    ax.fill_between(ends, low, high, color=COLORS["gray"], alpha=0.25, lw=0)
    ax.axhline(draws / bins, color=COLORS["gray"], linestyle="--", lw=1)
    ax.set_xlim(ends)
    return ax
