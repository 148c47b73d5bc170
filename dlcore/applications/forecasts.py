"""Forecasts that cost nothing, and how much better than them another one is."""

import torch
from jaxtyping import Float
from torch import Tensor


def skill_score(error: float, reference_error: float) -> float:
    r"""The share of a reference's error that a forecast saves: $1 - e / e_{ref}$.

    Args:
        error: of the forecast, such as its mean squared error.
        reference_error: the same of the reference, such as persistence or climatology.

    Returns:
        1 for a perfect forecast, 0 for one no better than the reference, below 0 for a worse one.

    Raises:
        ValueError: negative errors, or a reference without error.

    Equation: :eq:`eq-skill-score`.
    Section: :ref:`sec-scientific-discovery`.

    Source: Murphy (1988), Skill scores based on the mean square error and their relationships to
        the correlation coefficient, doi:10.1175/1520-0493(1988)116<2417:SSBOTM>2.0.CO;2.

    Example:
        >>> skill_score(0.5, 2.0)
        0.75

    In production: the same line; xskillscore for fields.
    """
    if error < 0 or reference_error <= 0:
        raise ValueError(f"expected errors >= 0 and a reference > 0: {error}, {reference_error}")
    return 1 - error / reference_error


def persistence_forecast(series: Float[Tensor, "*b t"], lead: int) -> Float[Tensor, "*b rest"]:
    """Tomorrow as today: for each time from `lead` on, what was so many steps before.

    Args:
        series: shape (..., t).
        lead: steps ahead.

    Returns:
        Forecasts of series[..., lead:], shape (..., t - lead).

    Raises:
        ValueError: a lead outside 1..t - 1.

    Equation: :eq:`eq-skill-score`.
    Section: :ref:`sec-scientific-discovery`.

    Source: Wilks (2019), Statistical methods in the atmospheric sciences, 4th edition, section 9.1.

    Example:
        >>> persistence_forecast(torch.tensor([1.0, 2.0, 4.0, 8.0]), lead=1)
        tensor([1., 2., 4.])

    In production: the same line.
    """
    if not 1 <= lead < series.shape[-1]:
        raise ValueError(f"lead must lie in 1..{series.shape[-1] - 1}, got {lead}")
    return series[..., :-lead]


def climatology_forecast(
    history: Float[Tensor, "*b t"], steps: int, *, period: int = 1
) -> Float[Tensor, "*b steps"]:
    """The mean of the past at the same time of the year, for the steps that follow.

    Args:
        history: shape (..., t).
        steps: how many to forecast.
        period: steps in a year; 1 for the mean of everything.

    Returns:
        Shape (..., steps).

    Raises:
        ValueError: a negative number of steps, or a period outside 1..t.

    Equation: :eq:`eq-skill-score`.
    Section: :ref:`sec-scientific-discovery`.

    Source: Wilks (2019), Statistical methods in the atmospheric sciences, 4th edition, section 9.1.

    Example:
        >>> climatology_forecast(torch.tensor([1.0, 5.0, 3.0, 7.0]), 3, period=2)
        tensor([2., 6., 2.])

    In production: xarray's groupby("time.dayofyear").mean().
    """
    t = history.shape[-1]
    if steps < 0 or not 1 <= period <= t:
        raise ValueError(f"expected steps >= 0 and a period in 1..{t}, got {steps} and {period}")
    means = torch.stack([history[..., phase::period].mean(-1) for phase in range(period)], -1)
    ahead = torch.arange(t, t + steps, device=history.device) % period
    return means[..., ahead]
