"""A scoring classifier at all its thresholds: ROC and precision-recall curves, and their areas."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Float64, Int, Real
from torch import Tensor

from dlcore.evaluation.weights import checked_weights

Truth = Int[Tensor, " n"] | Bool[Tensor, " n"]


class CumulativeCounts(NamedTuple):
    """What is predicted positive at each threshold, from the highest on.

    Attributes:
        thresholds: the distinct scores, falling, shape (t,).
        tp: the weight of the positives with this score or a higher one, shape (t,), float64.
        fp: that of the negatives.
    """

    thresholds: Float[Tensor, " t"]
    tp: Float64[Tensor, " t"]
    fp: Float64[Tensor, " t"]


def cumulative_counts(
    scores: Float[Tensor, " n"], y: Truth, sample_weight: Real[Tensor, " n"] | None
) -> CumulativeCounts:
    """True and false positives at each distinct score; equal scores pass a threshold together."""
    if scores.ndim != 1 or scores.shape != y.shape or len(y) == 0:
        raise ValueError(
            f"scores and y must have one shape (n,), n at least 1, got {tuple(scores.shape)} and "
            f"{tuple(y.shape)}"
        )
    if not scores.isfinite().all():
        raise ValueError("scores must be finite")
    if not ((y == 0) | (y == 1)).all():
        raise ValueError("y must be 0 or 1")
    weights = checked_weights(sample_weight, scores)
    falling, order = scores.detach().sort(descending=True)
    positive, weights = y[order] * weights[order], weights[order]
    last = torch.ones_like(falling, dtype=torch.bool)
    last[:-1] = falling[1:] != falling[:-1]
    tp, fp = positive.cumsum(0)[last], (weights - positive).cumsum(0)[last]
    return CumulativeCounts(falling[last], tp, fp)


class RocCurve(NamedTuple):
    """The two rates at each threshold: an example is positive if its score reaches it.

    Attributes:
        fpr: false-positive rates, rising from 0 to 1, shape (t,), float64.
        tpr: true-positive rates (recall), rising from 0 to 1.
        thresholds: falling, the first infinite.
    """

    fpr: Float64[Tensor, " t"]
    tpr: Float64[Tensor, " t"]
    thresholds: Float[Tensor, " t"]


def _after(first: float, values: Tensor) -> Tensor:
    return torch.cat([values.new_tensor([first]), values])


def _of_both_classes(
    scores: Float[Tensor, " n"], y: Truth, sample_weight: Real[Tensor, " n"] | None
) -> CumulativeCounts:
    counts = cumulative_counts(scores, y, sample_weight)
    if counts.tp[-1] == 0 or counts.fp[-1] == 0:
        raise ValueError("both classes must be there: with one class one of the rates is undefined")
    return counts


def roc_curve(
    scores: Float[Tensor, " n"], y: Truth, *, sample_weight: Real[Tensor, " n"] | None = None
) -> RocCurve:
    """The true-positive against the false-positive rate as the threshold falls.

    Args:
        scores: the higher, the likelier positive, shape (n,).
        y: 0 or 1, both of them there, shape (n,).
        sample_weight: how much each example counts, shape (n,); all the same by default.

    Returns:
        A point for each distinct score, none left out, after (0, 0).

    Raises:
        ValueError: shapes differ, no examples, scores that are not finite, labels other than 0 and
            1, only one class, or weights that are negative or all 0.

    Equation: :eq:`eq-roc-rates`.
    Section: :ref:`sec-roc-curve`.

    Source: Fawcett (2006), An introduction to ROC analysis, doi:10.1016/j.patrec.2005.10.010.

    Example:
        >>> curve = roc_curve(torch.tensor([0.1, 0.4, 0.4, 0.8]), torch.tensor([0, 0, 1, 1]))
        >>> curve.fpr.tolist(), curve.tpr.tolist()
        ([0.0, 0.0, 0.5, 1.0], [0.0, 0.5, 1.0, 1.0])

    In production: sklearn.metrics.roc_curve(drop_intermediate=False).
    """
    thresholds, tp, fp = _of_both_classes(scores, y, sample_weight)
    return RocCurve(
        _after(0.0, fp / fp[-1]), _after(0.0, tp / tp[-1]), _after(float("inf"), thresholds)
    )


def roc_auc(
    scores: Float[Tensor, " n"], y: Truth, *, sample_weight: Real[Tensor, " n"] | None = None
) -> float:
    """The chance that a positive example scores higher than a negative one; ties count a half.

    Args:
        scores: the higher, the likelier positive, shape (n,).
        y: 0 or 1, both of them there, shape (n,).
        sample_weight: how much each example counts, shape (n,); all the same by default.

    Returns:
        The area under the ROC curve, in [0, 1]; 0.5 for scores that know nothing.

    Raises:
        ValueError: as in `roc_curve`.

    Equation: :eq:`eq-auc-ranking`.
    Section: :ref:`sec-roc-curve`.

    Source: Hanley, McNeil (1982), The meaning and use of the area under a receiver operating
        characteristic (ROC) curve, doi:10.1148/radiology.143.1.7063747.

    Example:
        >>> roc_auc(torch.tensor([0.1, 0.4, 0.4, 0.8]), torch.tensor([0, 0, 1, 1]))
        0.875

    In production: sklearn.metrics.roc_auc_score.
    """
    _, tp, fp = _of_both_classes(scores, y, sample_weight)
    area = torch.trapezoid(_after(0.0, tp), _after(0.0, fp))
    return (area / (tp[-1] * fp[-1])).item()


class PrecisionRecallCurve(NamedTuple):
    """Precision and recall at each threshold: an example is positive if its score reaches it.

    Attributes:
        precision: shape (t,), float64; by convention 1 where nothing is predicted.
        recall: rising from 0 to 1.
        thresholds: falling, the first infinite.
    """

    precision: Float64[Tensor, " t"]
    recall: Float64[Tensor, " t"]
    thresholds: Float[Tensor, " t"]


def precision_recall_curve(
    scores: Float[Tensor, " n"], y: Truth, *, sample_weight: Real[Tensor, " n"] | None = None
) -> PrecisionRecallCurve:
    """Precision against recall as the threshold falls.

    Args:
        scores: the higher, the likelier positive, shape (n,).
        y: 0 or 1, at least one of them 1, shape (n,).
        sample_weight: how much each example counts, shape (n,); all the same by default.

    Returns:
        A point for each distinct score, after precision 1 at recall 0.

    Raises:
        ValueError: shapes differ, no examples, scores that are not finite, labels other than 0 and
            1, no positive one, or weights that are negative or all 0.

    Section: :ref:`sec-precision-recall-curve`.

    Source: Davis, Goadrich (2006), The relationship between precision-recall and ROC curves,
        doi:10.1145/1143844.1143874.

    Example:
        >>> y = torch.tensor([0, 0, 1, 1])
        >>> curve = precision_recall_curve(torch.tensor([0.1, 0.4, 0.4, 0.8]), y)
        >>> [round(p, 3) for p in curve.precision.tolist()], curve.recall.tolist()
        ([1.0, 1.0, 0.667, 0.5], [0.0, 0.5, 1.0, 1.0])

    In production: sklearn.metrics.precision_recall_curve, which lists thresholds rising.
    """
    thresholds, tp, fp = cumulative_counts(scores, y, sample_weight)
    if tp[-1] == 0:
        raise ValueError("there must be a positive example: without one recall is undefined")
    precision = torch.where(tp + fp > 0, tp / (tp + fp), 0.0)
    return PrecisionRecallCurve(
        _after(1.0, precision), _after(0.0, tp / tp[-1]), _after(float("inf"), thresholds)
    )


def average_precision(
    scores: Float[Tensor, " n"], y: Truth, *, sample_weight: Real[Tensor, " n"] | None = None
) -> float:
    """The mean of the precision over the steps of recall: a sum, not the trapezoids' area.

    Args:
        scores: the higher, the likelier positive, shape (n,).
        y: 0 or 1, at least one of them 1, shape (n,).
        sample_weight: how much each example counts, shape (n,); all the same by default.

    Returns:
        A number in [0, 1]; about the share of positives for scores that know nothing.

    Raises:
        ValueError: as in `precision_recall_curve`.

    Equation: :eq:`eq-average-precision`.
    Section: :ref:`sec-precision-recall-curve`.

    Source: Zhu (2004), Recall, precision and average precision, University of Waterloo, Department
        of Statistics and Actuarial Science, working paper 2004-09.

    Example:
        >>> scores = torch.tensor([0.1, 0.4, 0.4, 0.8])
        >>> round(average_precision(scores, torch.tensor([0, 0, 1, 1])), 4)
        0.8333

    In production: sklearn.metrics.average_precision_score.
    """
    precision, recall, _ = precision_recall_curve(scores, y, sample_weight=sample_weight)
    return (recall.diff() * precision[1:]).sum().item()


def precision_at_prevalence(
    tpr: float | Float[Tensor, "*shape"], fpr: float | Float[Tensor, "*shape"], prevalence: float
) -> float | Float[Tensor, "*shape"]:
    """The precision that a point of the ROC curve means where positives have another share.

    Args:
        tpr: true-positive rates, numbers or tensors.
        fpr: false-positive rates of the same points.
        prevalence: the share of positives, in (0, 1).

    Returns:
        The share of positives among what is predicted positive; 1 where nothing is, as in
        `precision_recall_curve`.

    Raises:
        ValueError: rates outside [0, 1] or a prevalence outside (0, 1).

    Equation: :eq:`eq-precision-prevalence`.
    Section: :ref:`sec-precision-recall-curve`.

    Source: Fawcett (2006), An introduction to ROC analysis, doi:10.1016/j.patrec.2005.10.010,
        section 4.2.

    Example:
        >>> round(precision_at_prevalence(0.99, 0.01, 0.01), 3)
        0.5

    In production: the same line.
    """
    if not 0 < prevalence < 1:
        raise ValueError(f"prevalence must lie between 0 and 1, got {prevalence}")
    hits, alarms = torch.as_tensor(tpr), torch.as_tensor(fpr)
    if not ((hits >= 0) & (hits <= 1) & (alarms >= 0) & (alarms <= 1)).all():
        raise ValueError("rates must lie between 0 and 1")
    right, wrong = prevalence * hits.double(), (1 - prevalence) * alarms.double()
    precision = torch.where(right + wrong > 0, right / (right + wrong), 1.0)
    return precision if isinstance(tpr, Tensor) or isinstance(fpr, Tensor) else precision.item()
