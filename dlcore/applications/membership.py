"""Telling from a model's losses which examples it was trained on."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.evaluation import roc_auc, roc_curve


class MembershipAttack(NamedTuple):
    """How well losses tell members of the training set from others.

    Attributes:
        auc: the chance that a member has the lower loss; 0.5 tells nothing.
        advantage: the largest true-positive less false-positive rate of any threshold.
        threshold: the loss at or below which that attack says "member".
        tpr: its share of members found.
        fpr: its share of others taken for members.
    """

    auc: float
    advantage: float
    threshold: float
    tpr: float
    fpr: float


def membership_inference(
    member_losses: Float[Tensor, " m"], other_losses: Float[Tensor, " n"]
) -> MembershipAttack:
    """The attack that calls an example a member if the model's loss on it is low.

    The threshold is the best one for these very losses, as an attacker with a shadow model would
    choose it: a measure of leakage, not a forecast.

    Args:
        member_losses: losses on examples of the training, shape (m,).
        other_losses: losses on others of the same kind, shape (n,).

    Returns:
        Area under the ROC curve, and the best threshold with its rates.

    Raises:
        ValueError: no losses on one side, or losses that are not finite.

    Equation: :eq:`eq-membership-advantage`.
    Section: :ref:`sec-privacy`.

    Source: Yeom, Giacomelli, Fredrikson, Jha (2018), Privacy risk in machine learning,
        arXiv:1709.01604; Shokri et al. (2017), arXiv:1610.05820.

    Example:
        >>> attack = membership_inference(torch.tensor([0.1, 0.2, 0.6]), torch.tensor([0.4, 0.9]))
        >>> round(attack.auc, 3), round(attack.advantage, 3), round(attack.threshold, 3)
        (0.833, 0.667, 0.2)

    In production: ml_privacy_meter; the stronger likelihood-ratio attack of arXiv:2112.03570.
    """
    losses = torch.cat([member_losses, other_losses])
    member = torch.arange(len(losses), device=losses.device) < len(member_losses)
    curve = roc_curve(-losses, member)
    best = int((curve.tpr - curve.fpr).argmax())
    tpr, fpr = float(curve.tpr[best]), float(curve.fpr[best])
    threshold = -float(curve.thresholds[best])
    return MembershipAttack(roc_auc(-losses, member), tpr - fpr, threshold, tpr, fpr)


def empirical_epsilon(tpr: float, fpr: float, delta: float = 0.0) -> float:
    r"""The least $\varepsilon$ that an attack with these rates allows.

    Differential privacy bounds every attack: $\mathrm{TPR} \le e^\varepsilon \mathrm{FPR} +
    \delta$, and the same for the rates of "not a member". An attack that does better than a claimed
    $\varepsilon$ refutes the claim; one that does worse proves nothing.

    Args:
        tpr: share of members called members, in [0, 1].
        fpr: share of others called members, in [0, 1].
        delta: in [0, 1).

    Returns:
        The larger of $\ln\frac{\mathrm{TPR} - \delta}{\mathrm{FPR}}$ and
        $\ln\frac{1 - \mathrm{FPR} - \delta}{1 - \mathrm{TPR}}$, not below 0; infinite for an attack
        without one kind of error. From samples, put the ends of confidence intervals in.

    Raises:
        ValueError: a rate or delta out of its range.

    Equation: :eq:`eq-empirical-epsilon`.
    Section: :ref:`sec-privacy`.

    Source: Kairouz, Oh, Viswanath (2015), The composition theorem for differential privacy,
        arXiv:1311.0776; Jagielski, Ullman, Oprea (2020), Auditing differentially private machine
        learning, arXiv:2006.07709.

    Example:
        >>> round(empirical_epsilon(0.75, 0.25), 4)
        1.0986

    In production: the same lines, with Clopper-Pearson bounds on both rates.
    """
    if not (0 <= tpr <= 1 and 0 <= fpr <= 1 and 0 <= delta < 1):
        raise ValueError(f"rates in [0, 1] and delta in [0, 1): got {tpr}, {fpr}, {delta}")

    def log_ratio(caught: float, mistaken: float) -> float:
        if caught - delta <= 0:
            return 0.0
        return math.log((caught - delta) / mistaken) if mistaken > 0 else math.inf

    return max(0.0, log_ratio(tpr, fpr), log_ratio(1 - fpr, 1 - tpr))
