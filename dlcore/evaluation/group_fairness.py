"""A classifier's rates in each group, and the criteria of fairness that compare them."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Float64, Int
from torch import Tensor

from dlcore.evaluation.calibration import expected_calibration_error

Binary = Int[Tensor, " n"] | Bool[Tensor, " n"]
Rates = Float64[Tensor, " g"]


def largest_gap(rates: Rates) -> float:
    """The largest difference between groups; nan if a rate is undefined."""
    return (rates.max() - rates.min()).item()


class FairnessReport(NamedTuple):
    """What a classifier does in each group. A rate without examples to count is nan.

    Attributes:
        groups: their labels, rising, shape (g,).
        counts: examples in each group, shape (g,).
        base_rate: share of y = 1.
        selection_rate: share of positive predictions.
        tpr: share of positive predictions among y = 1.
        fpr: share of positive predictions among y = 0.
        ppv: share of y = 1 among the positive predictions.
        accuracy: share of right predictions.
        calibration_error: of the scores, in equally wide bins; None without scores.
    """

    groups: Int[Tensor, " g"]
    counts: Int[Tensor, " g"]
    base_rate: Rates
    selection_rate: Rates
    tpr: Rates
    fpr: Rates
    ppv: Rates
    accuracy: Rates
    calibration_error: Rates | None

    @property
    def demographic_parity(self) -> float:
        """The largest gap in selection rates."""
        return largest_gap(self.selection_rate)

    @property
    def equal_opportunity(self) -> float:
        """The largest gap in true-positive rates."""
        return largest_gap(self.tpr)

    @property
    def equalized_odds(self) -> float:
        """The larger of the gaps in true- and in false-positive rates."""
        gaps = torch.tensor([largest_gap(self.tpr), largest_gap(self.fpr)], dtype=torch.float64)
        return gaps.max().item()

    @property
    def predictive_parity(self) -> float:
        """The largest gap in the precision of positive predictions."""
        return largest_gap(self.ppv)

    @property
    def calibration_gap(self) -> float:
        """The largest gap in calibration errors; nan without scores."""
        return (
            float("nan") if self.calibration_error is None else largest_gap(self.calibration_error)
        )


def _check_groups(predictions: Tensor, y: Tensor, group: Tensor) -> None:
    if predictions.ndim != 1 or not predictions.shape == y.shape == group.shape:
        raise ValueError(
            "predictions, y and group must have one shape (n,), got "
            f"{tuple(predictions.shape)}, {tuple(y.shape)} and {tuple(group.shape)}"
        )
    for name, values in (("predictions", predictions), ("y", y)):
        if not ((values == 0) | (values == 1)).all():
            raise ValueError(f"{name} must be 0 or 1")
    if len(group.unique()) < 2:
        raise ValueError(f"a comparison needs at least two groups, got {len(group.unique())}")


def fairness_report(
    predictions: Binary,
    y: Binary,
    group: Int[Tensor, " n"],
    *,
    scores: Float[Tensor, " n"] | None = None,
    n_bins: int = 10,
) -> FairnessReport:
    r"""Rates of a binary classifier in each group, and the gaps that criteria of fairness name.

    Demographic parity asks for equal $P(\hat y = 1 \mid a)$, equal opportunity for equal
    $P(\hat y = 1 \mid y = 1, a)$, equalized odds for that and equal $P(\hat y = 1 \mid y = 0, a)$,
    predictive parity for equal $P(y = 1 \mid \hat y = 1, a)$, and calibration within groups for
    scores that mean the same share of y = 1 in each group.

    Args:
        predictions: 0 or 1 (or booleans), shape (n,).
        y: what is true, shape (n,).
        group: which group each example belongs to, any integers, shape (n,).
        scores: predicted chances of y = 1, in [0, 1], for the calibration errors.
        n_bins: equally wide bins of the scores.

    Returns:
        Rates of every group, none left out however small: look at `counts`.

    Raises:
        ValueError: shapes that differ, values other than 0 or 1, scores outside [0, 1], or fewer
            than two groups.

    Equation: :eq:`eq-equalized-odds`, :eq:`eq-equal-opportunity`, :eq:`eq-predictive-parity`,
        :eq:`eq-group-calibration`, :eq:`eq-demographic-parity`.
    Section: :ref:`sec-fairness`.

    Source: Hardt, Price, Srebro (2016), Equality of opportunity in supervised learning,
        arXiv:1610.02413; Chouldechova (2017), doi:10.1089/big.2016.0047.

    Example:
        >>> predictions, y = torch.tensor([1, 1, 0, 0, 1, 0]), torch.tensor([1, 0, 0, 1, 1, 0])
        >>> report = fairness_report(predictions, y, torch.tensor([0, 0, 0, 0, 1, 1]))
        >>> report.tpr.tolist(), report.equalized_odds
        ([0.5, 1.0], 0.5)

    In production: fairlearn.metrics.MetricFrame.
    """
    _check_groups(predictions, y, group)
    groups, index = group.unique(return_inverse=True)
    guess, truth = predictions.bool(), y.bool()

    def total(chosen: Tensor) -> Tensor:
        return torch.bincount(index[chosen], minlength=len(groups)).double()

    count, positive, selected = total(torch.ones_like(truth)), total(truth), total(guess)
    tp, fp, right = total(guess & truth), total(guess & ~truth), total(guess == truth)
    errors = None
    if scores is not None:
        _check_scores(scores, y)
        errors = positive.new_tensor(
            [
                expected_calibration_error(scores[index == g], y[index == g].long(), n_bins)
                for g in range(len(groups))
            ]
        )
    return FairnessReport(
        groups,
        count.long(),
        positive / count,
        selected / count,
        tp / positive,
        fp / (count - positive),
        tp / selected,
        right / count,
        errors,
    )


def _check_scores(scores: Tensor, y: Tensor) -> None:
    if scores.shape != y.shape or not ((scores >= 0) & (scores <= 1)).all():
        raise ValueError(f"scores must be {len(y)} numbers in [0, 1]")


def implied_fpr(
    base_rate: Float[Tensor, "*n"] | float,
    ppv: Float[Tensor, "*n"] | float,
    fnr: Float[Tensor, "*n"] | float,
) -> Float[Tensor, "*n"]:
    r"""The false-positive rate that follows from base rate, precision and false-negative rate.

    The identity says that groups with equal precision and equal false-negative rate, but different
    base rates, have different false-positive rates, unless no prediction is wrong.

    Args:
        base_rate: share p of y = 1, in [0, 1).
        ppv: precision of positive predictions, in (0, 1].
        fnr: share of negative predictions among y = 1, in [0, 1].

    Returns:
        $\frac{p}{1 - p} \frac{1 - \mathrm{PPV}}{\mathrm{PPV}} (1 - \mathrm{FNR})$, float64; above 1
        where no classifier has these three.

    Raises:
        ValueError: a share out of its range.

    Equation: :eq:`eq-fairness-identity`.
    Section: :ref:`sec-fairness`.

    Source: Chouldechova (2017), Fair prediction with disparate impact, doi:10.1089/big.2016.0047.

    Example:
        >>> implied_fpr(torch.tensor([0.5, 0.2]), 0.8, 0.2).round(decimals=4)
        tensor([0.2000, 0.0500], dtype=torch.float64)

    In production: the same line.
    """
    p, precision, missed = (
        torch.as_tensor(share, dtype=torch.float64) for share in (base_rate, ppv, fnr)
    )
    if not (((p >= 0) & (p < 1)).all() and ((precision > 0) & (precision <= 1)).all()):
        raise ValueError("base_rate must lie in [0, 1) and ppv in (0, 1]")
    if not ((missed >= 0) & (missed <= 1)).all():
        raise ValueError("fnr must lie in [0, 1]")
    return p / (1 - p) * (1 - precision) / precision * (1 - missed)
