"""What a medical test is worth: to a patient with its result, and to those who act on it."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dlcore.evaluation import roc_curve

Rate = float | Float[Tensor, "*shape"]
Truth = Int[Tensor, " n"] | Bool[Tensor, " n"]


class PredictiveValues(NamedTuple):
    """What a result means.

    Attributes:
        ppv: probability of the disease after a positive result.
        npv: probability of no disease after a negative one.
    """

    ppv: Rate
    npv: Rate


def _share(part: Tensor, rest: Tensor) -> Tensor:
    return torch.where(part + rest > 0, part / (part + rest), torch.nan)


def ppv_npv(sensitivity: Rate, specificity: Rate, prevalence: Rate) -> PredictiveValues:
    r"""How far to trust a test's result, which depends on how common the disease is.

    Args:
        sensitivity: the share of the ill that it finds.
        specificity: the share of the well that it leaves in peace.
        prevalence: the share of those tested who are ill. All three numbers or tensors that
            broadcast.

    Returns:
        Both predictive values; NaN where a result never comes.

    Raises:
        ValueError: a share outside [0, 1].

    Equation: :eq:`eq-predictive-values`.
    Section: :ref:`sec-screening`.

    Source: Altman, Bland (1994), Diagnostic tests 2: predictive values,
        doi:10.1136/bmj.309.6947.102.

    Example:
        >>> ppv, npv = ppv_npv(0.99, 0.99, prevalence=0.01)
        >>> round(ppv, 3), round(npv, 5)
        (0.5, 0.9999)

    In production: the same lines; `dlcore.evaluation.precision_at_prevalence` is the first.
    """
    given = (sensitivity, specificity, prevalence)
    se, sp, p = (torch.as_tensor(rate, dtype=torch.float64) for rate in given)
    for rate in (se, sp, p):
        if not ((rate >= 0) & (rate <= 1)).all():
            raise ValueError(f"shares must lie between 0 and 1, got {rate.tolist()}")
    ppv, npv = _share(se * p, (1 - sp) * (1 - p)), _share(sp * (1 - p), (1 - se) * p)
    if any(isinstance(rate, Tensor) for rate in given):
        return PredictiveValues(ppv, npv)
    return PredictiveValues(ppv.item(), npv.item())


def _odds(thresholds: Rate) -> Tensor:
    t = torch.as_tensor(thresholds, dtype=torch.float64)
    if not ((t > 0) & (t < 1)).all():
        raise ValueError(f"thresholds must lie between 0 and 1, got {t.tolist()}")
    return t / (1 - t)


def net_benefit(probabilities: Float[Tensor, " n"], y: Truth, thresholds: Rate) -> Rate:
    r"""What treating all at risk t or more is worth: $\frac{TP}{n} - \frac{FP}{n} \frac{t}{1-t}$.

    Who treats from a risk of t on says that a needless treatment is as bad as t / (1 - t) missed
    ones. The unit is the benefit of treating one who needs it, per person.

    Args:
        probabilities: predicted risks, shape (n,).
        y: 1 for those who needed treatment, shape (n,).
        thresholds: t, a number or shape (m,), between 0 and 1.

    Returns:
        A number, or one for each threshold. Nobody treated is worth 0, everybody:
        `net_benefit_treat_all`.

    Raises:
        ValueError: shapes that do not fit, labels other than 0 and 1, a threshold outside (0, 1).

    Equation: :eq:`eq-net-benefit`.
    Section: :ref:`sec-screening`.

    Source: Vickers, Elkin (2006), Decision curve analysis: a novel method for evaluating prediction
        models, doi:10.1177/0272989X06295361.

    Example:
        >>> net_benefit(torch.tensor([0.9, 0.6, 0.4, 0.1]), torch.tensor([1, 0, 1, 0]), 0.5)
        0.0

    In production: dcurves.dca.
    """
    odds = _odds(thresholds)
    if probabilities.shape != y.shape or y.ndim != 1 or not len(y):
        raise ValueError(f"one label per risk: {tuple(probabilities.shape)}, {tuple(y.shape)}")
    if not ((y == 0) | (y == 1)).all():
        raise ValueError("y must be 0 or 1")
    t = torch.as_tensor(thresholds, dtype=probabilities.dtype, device=y.device)
    treated, ill = probabilities >= t[..., None], y.bool()
    hits, needless = (treated & ill).double().mean(-1), (treated & ~ill).double().mean(-1)
    benefit = hits - needless * odds.to(hits)
    return benefit if isinstance(thresholds, Tensor) else benefit.item()


def net_benefit_treat_all(prevalence: float, thresholds: Rate) -> Rate:
    """What treating everybody is worth, in the units of `net_benefit`: a model must beat it and 0.

    Args:
        prevalence: the share of those who need treatment.
        thresholds: as in `net_benefit`.

    Returns:
        A number, or one for each threshold; 0 where the threshold is the prevalence.

    Raises:
        ValueError: a prevalence outside [0, 1] or a threshold outside (0, 1).

    Equation: :eq:`eq-net-benefit`.
    Section: :ref:`sec-screening`.

    Source: Vickers, Elkin (2006), Decision curve analysis: a novel method for evaluating prediction
        models, doi:10.1177/0272989X06295361.

    Example:
        >>> round(net_benefit_treat_all(0.3, 0.1), 4)
        0.2222

    In production: dcurves.dca.
    """
    odds = _odds(thresholds)
    if not 0 <= prevalence <= 1:
        raise ValueError(f"prevalence must lie between 0 and 1, got {prevalence}")
    benefit = prevalence - (1 - prevalence) * odds
    return benefit if isinstance(thresholds, Tensor) else benefit.item()


class OperatingPoint(NamedTuple):
    """A threshold and what it gives: positive is who scores this much or more.

    Attributes:
        threshold: infinite if nobody is called positive.
        sensitivity: the share of the ill that is found.
        specificity: the share of the well that is left in peace.
    """

    threshold: float
    sensitivity: float
    specificity: float


def youden_threshold(scores: Float[Tensor, " n"], y: Truth) -> OperatingPoint:
    """Where sensitivity + specificity is largest, if both errors weigh the same.

    Args:
        scores: the higher, the likelier ill, shape (n,).
        y: 0 or 1, both of them there, shape (n,).

    Returns:
        The threshold, the highest among equals, and its rates.

    Raises:
        ValueError: as `dlcore.evaluation.roc_curve`.

    Equation: :eq:`eq-youden`.
    Section: :ref:`sec-screening`.

    Source: Youden (1950), Index for rating diagnostic tests,
        doi:10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3.

    Example:
        >>> scores, y = torch.tensor([0.1, 0.4, 0.6, 0.8]), torch.tensor([0, 1, 0, 1])
        >>> point = youden_threshold(scores, y)
        >>> round(point.threshold, 3), point.sensitivity, point.specificity
        (0.8, 0.5, 1.0)

    In production: sklearn.metrics.roc_curve and numpy.argmax.
    """
    fpr, tpr, thresholds = roc_curve(scores, y)
    best = int((tpr - fpr).argmax())
    return OperatingPoint(float(thresholds[best]), float(tpr[best]), 1 - float(fpr[best]))


def sensitivity_at_specificity(
    scores: Float[Tensor, " n"], y: Truth, specificity: float
) -> OperatingPoint:
    """The most of the ill that can be found while so many of the well are left in peace.

    Choose the threshold on data other than those it is judged on.

    Args:
        scores: the higher, the likelier ill, shape (n,).
        y: 0 or 1, both of them there, shape (n,).
        specificity: the least that is accepted.

    Returns:
        The threshold, the lowest that keeps the promise, and its rates.

    Raises:
        ValueError: a specificity outside [0, 1], or as `dlcore.evaluation.roc_curve`.

    Section: :ref:`sec-screening`.

    Source: Pepe (2003), The statistical evaluation of medical tests for classification and
        prediction, Oxford University Press.

    Example:
        >>> scores, y = torch.tensor([0.1, 0.4, 0.6, 0.8]), torch.tensor([0, 1, 0, 1])
        >>> sensitivity_at_specificity(scores, y, 0.5).sensitivity
        1.0

    In production: torchmetrics.classification.BinarySensitivityAtSpecificity.
    """
    if not 0 <= specificity <= 1:
        raise ValueError(f"specificity must lie between 0 and 1, got {specificity}")
    fpr, tpr, thresholds = roc_curve(scores, y)
    last = int((1 - fpr >= specificity - 1e-12).sum()) - 1
    return OperatingPoint(float(thresholds[last]), float(tpr[last]), 1 - float(fpr[last]))
