"""Proof of a sampler: exact draws, moved by it, must still be draws of the same distribution."""

from collections.abc import Callable, Mapping
from itertools import combinations_with_replacement
from typing import NamedTuple

import torch
from jaxtyping import Float
from scipy.stats import ks_2samp
from torch import Tensor

Statistic = Callable[[Tensor], Tensor]


class InvarianceTest(NamedTuple):
    """What `invariance_test` found.

    Attributes:
        p_values: for each statistic, of the comparison of moved draws with others.
        false_alarm: how often a right sampler fails, at most.

    Section: :ref:`sec-invariance-tests`.

    Example:
        >>> InvarianceTest({"x": 0.3, "x²": 0.02}, 0.01).passed
        True

    In production: the ranks of Gandy and Scott's package `mcunit` (R).
    """

    p_values: dict[str, float]
    false_alarm: float

    @property
    def passed(self) -> bool:
        """Whether no p-value is below the false-alarm rate, shared among the statistics."""
        return min(self.p_values.values()) > self.false_alarm / len(self.p_values)


def invariance_test(
    exact: Float[Tensor, "n d"],
    move: Callable[[Tensor], Tensor],
    *,
    statistics: Mapping[str, Statistic] | None = None,
    false_alarm: float = 1e-4,
) -> InvarianceTest:
    r"""Test that a Markov kernel keeps a distribution: $X \sim \pi$ implies $X' \sim \pi$.

    The first half of the draws is moved and compared with the other half by a two-sample
    Kolmogorov-Smirnov test of each statistic. No convergence is needed: one step is enough, since a
    right kernel never leaves $\pi$, and many steps show a small fault more clearly. For a posterior
    draw parameters from the prior and data from the model, give both as columns, and let `move`
    redraw the parameters given the data: the joint distribution must stay (Geweke's test).

    Args:
        exact: independent draws of $\pi$, at least 200.
        move: takes a chain from each row of its argument (m, d) to a new row, independently.
        statistics: by name, from states (m, d) to numbers (m,); by default the coordinates
            and the products of any two of them.
        false_alarm: the largest admissible chance that a right sampler fails, in (0, 1).

    Returns:
        The p-values, and whether all are large enough after Bonferroni's correction.

    Raises:
        ValueError: fewer draws, a rate outside (0, 1), no statistic, or moved states that are not
            finite or of another shape.

    Equation: :eq:`eq-invariance`.
    Section: :ref:`sec-invariance-tests`.

    Source: Geweke (2004), Getting it right, doi:10.1198/016214504000001132; Gandy, Scott (2020),
        Unit testing for MCMC and other Monte Carlo methods, arXiv:2001.06465.

    Example:
        >>> x = torch.randn(4000, 1, generator=torch.Generator().manual_seed(0))
        >>> invariance_test(x, lambda x: -x).passed, invariance_test(x, lambda x: 2 * x).passed
        (True, False)

    In production: simulation-based calibration as well, see `simulation_based_calibration`.
    """
    n = len(exact) // 2
    if exact.ndim != 2 or n < 100:
        raise ValueError(f"expected at least 200 draws of shape (n, d), got {tuple(exact.shape)}")
    if not 0 < false_alarm < 1:
        raise ValueError(f"false_alarm must lie in (0, 1), got {false_alarm}")
    if statistics is None:
        statistics = _coordinates_and_products(exact.shape[1])
    if not statistics:
        raise ValueError("there is no statistic to compare")
    moved, others = move(exact[:n]), exact[n : 2 * n]
    if moved.shape != others.shape or not bool(torch.isfinite(moved).all()):
        raise ValueError(
            f"move must give finite states of shape {tuple(others.shape)}, got "
            f"{int(moved.isfinite().sum())} finite numbers of shape {tuple(moved.shape)}"
        )
    p_values = {}
    for name, f in statistics.items():
        a, b = (f(x).detach().cpu().numpy() for x in (moved, others))
        p_values[name] = float(ks_2samp(a, b, method="asymp").pvalue)
    return InvarianceTest(p_values, false_alarm)


def _product(*columns: int) -> Statistic:
    return lambda x: x[:, list(columns)].prod(1)


def _coordinates_and_products(d: int) -> dict[str, Statistic]:
    pairs = combinations_with_replacement(range(d), 2)
    single = {f"x{i}": _product(i) for i in range(d)}
    return single | {f"x{i} x{j}": _product(i, j) for i, j in pairs}
