"""How often a trial finds an effect that is there: simulate the trial."""

import math
from typing import Literal

import torch
from scipy import stats

from dlcore.montecarlo.estimators import MonteCarloEstimate, from_values, require_draws


@torch.no_grad()
def simulate_power(
    effect: float,
    n: int,
    *,
    alpha: float = 0.05,
    test: Literal["t", "z"] = "t",
    trials: int = 10_000,
    generator: torch.Generator | None = None,
) -> MonteCarloEstimate:
    r"""Estimate the power of a trial of two arms by simulating it many times.

    Outcomes are normal with one standard deviation in both arms; the test is two-sided.

    Args:
        effect: the difference of the arms' means, in standard deviations; with 0 the result is the
            rate of false alarms.
        n: how many patients in each arm, at least 2.
        alpha: the level of the test, in (0, 1).
        test: "t" estimates the standard deviation from the trial, "z" knows it.
        trials: how many are simulated, at least 2.
        generator: source of randomness.

    Returns:
        The share of trials that reject, and its standard error.

    Raises:
        ValueError: fewer than two patients or trials, a level outside (0, 1), or another test.

    Equation: :eq:`eq-two-sample-power`
    Section: :ref:`sec-trial-power`
    Source: Cohen (1988), Statistical power analysis for the behavioral sciences, chapter 2.

    Example:
        >>> found = simulate_power(0.5, 64, generator=torch.Generator().manual_seed(0))
        >>> round(found.estimate.item(), 1)
        0.8

    In production: statsmodels.stats.power.TTestIndPower for designs that have a formula.
    """
    require_draws("simulate_power", trials)
    if n < 2 or not 0 < alpha < 1 or test not in ("t", "z"):
        raise ValueError(
            f"simulate_power needs n >= 2, alpha in (0, 1) and test 't' or 'z', got {n}, {alpha}, "
            f"{test!r}"
        )
    device = generator.device if generator else None
    arms = torch.randn(2, trials, n, dtype=torch.float64, generator=generator, device=device)
    gap = arms[1].mean(1) - arms[0].mean(1) + effect
    pooled = arms.var(2).mean(0) if test == "t" else torch.ones_like(gap)
    statistic = gap / (pooled * 2 / n).sqrt()
    dof = 2 * (n - 1) if test == "t" else math.inf
    critical = float(stats.t.ppf(1 - alpha / 2, dof))
    return from_values((statistic.abs() > critical).double())
