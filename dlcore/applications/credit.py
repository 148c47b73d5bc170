"""Scorecards: what each answer on a form says about a loan, in log odds and in points."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


class WeightOfEvidence(NamedTuple):
    """What the bins of a feature say.

    Attributes:
        weights: what each bin adds to the log odds of y = 1, shape (b,).
        information_value: how much the feature separates the classes; above 0.3 is called strong.
    """

    weights: Float[Tensor, " b"]
    information_value: float


def weight_of_evidence(
    bins: Int[Tensor, " n"], y: Int[Tensor, " n"] | Bool[Tensor, " n"], *, smoothing: float = 0.5
) -> WeightOfEvidence:
    r"""How the log odds of y = 1 change in each bin: $\log \frac{P(b \mid y=1)}{P(b \mid y=0)}$.

    Args:
        bins: 0, 1, ..., shape (n,).
        y: 0 or 1, both of them there, shape (n,). With 1 for a default, high weights are bad;
            scorecards often take the other sign.
        smoothing: added to the count of each class in each bin; 0 leaves infinite weights.

    Returns:
        Weights and the information value, $\sum_b (P(b \mid 1) - P(b \mid 0)) w_b$.

    Raises:
        ValueError: shapes that differ, negative bins or smoothing, or a single class.

    Equation: :eq:`eq-weight-of-evidence`.
    Section: :ref:`sec-fraud-credit-markets`.

    Source: Good (1950), Probability and the weighing of evidence, Griffin; in scorecards: Siddiqi
        (2006), Credit risk scorecards, Wiley.

    Example:
        >>> bins, y = torch.tensor([0, 0, 0, 1, 1, 1]), torch.tensor([1, 0, 0, 1, 1, 0])
        >>> weight_of_evidence(bins, y, smoothing=0).weights.round(decimals=4)
        tensor([-0.6931,  0.6931], dtype=torch.float64)

    In production: optbinning.
    """
    if bins.shape != y.shape or bins.ndim != 1 or not len(y):
        raise ValueError(f"one bin per label: {tuple(bins.shape)}, {tuple(y.shape)}")
    if int(bins.min()) < 0 or smoothing < 0:
        raise ValueError("bins and smoothing must be at least 0")
    truth = y.long()
    if truth.unique().tolist() != [0, 1]:
        raise ValueError(f"y must be 0 or 1, both of them there, got {truth.unique().tolist()}")
    size = int(bins.max()) + 1
    counts = torch.bincount(truth * size + bins, minlength=2 * size).reshape(2, size)
    smoothed = counts.double() + smoothing
    shares = smoothed / smoothed.sum(1, keepdim=True)
    weights = shares[1].log() - shares[0].log()
    occupied = (shares > 0).any(0)
    value = ((shares[1] - shares[0]) * weights)[occupied].sum()
    return WeightOfEvidence(weights, float(value))


def scorecard_points(
    log_odds: Float[Tensor, "*n"],
    *,
    base_points: float = 600.0,
    base_odds: float = 50.0,
    double_odds: float = 20.0,
) -> Float[Tensor, "*n"]:
    """Log odds of default as points, of which more are better.

    Args:
        log_odds: of y = 1, the default, shape (...).
        base_points: points where the odds of no default are `base_odds` to 1.
        base_odds: these odds.
        double_odds: points that double the odds of no default.

    Returns:
        Points, shape (...).

    Raises:
        ValueError: odds or points that are not positive.

    Section: :ref:`sec-fraud-credit-markets`.

    Source: Siddiqi (2006), Credit risk scorecards, Wiley.

    Example:
        >>> scorecard_points(-torch.tensor([50.0, 100.0]).log()).round()
        tensor([600., 620.])

    In production: optbinning.Scorecard.
    """
    if base_odds <= 0 or double_odds <= 0:
        raise ValueError(f"odds and points must be positive, got {base_odds} and {double_odds}")
    return base_points - double_odds / math.log(2) * (log_odds + math.log(base_odds))
