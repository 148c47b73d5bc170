"""Is it the same person? Errors of a decision by a score's threshold."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


def _require_scores(genuine: Tensor, impostor: Tensor) -> None:
    if genuine.ndim != 1 or impostor.ndim != 1 or not len(genuine) or not len(impostor):
        raise ValueError(
            f"expected at least one score of each kind in a row, got shapes "
            f"{tuple(genuine.shape)} and {tuple(impostor.shape)}"
        )
    if genuine.isnan().any() or impostor.isnan().any():
        raise ValueError("scores must not be NaN")


def far_frr(
    genuine: Float[Tensor, " n"], impostor: Float[Tensor, " m"], thresholds: Float[Tensor, " t"]
) -> tuple[Float[Tensor, " t"], Float[Tensor, " t"]]:
    """How often strangers are let in, and how often the right person is turned away.

    A pair is accepted if its score is at least the threshold.

    Args:
        genuine: scores of pairs that belong together, shape (n,).
        impostor: scores of pairs that do not, shape (m,).
        thresholds: shape (t,).

    Returns:
        The false acceptance rate and the false rejection rate at each threshold, float64.

    Raises:
        ValueError: no score of a kind, another shape, or NaN.

    Equation: :eq:`eq-far-frr`.
    Section: :ref:`sec-face-verification`.

    Source: ISO/IEC 19795-1:2021, Biometric performance testing and reporting, where the rates of
        single comparisons are called FMR and FNMR.

    Example:
        >>> genuine, impostor = torch.tensor([0.9, 0.4]), torch.tensor([0.5, 0.1])
        >>> far, frr = far_frr(genuine, impostor, torch.tensor([0.5]))
        >>> far.item(), frr.item()
        (0.5, 0.5)

    In production: sklearn.metrics.det_curve.
    """
    _require_scores(genuine, impostor)
    t = thresholds[:, None]
    return (impostor >= t).double().mean(dim=1), (genuine < t).double().mean(dim=1)


class DETCurve(NamedTuple):
    """False acceptance and false rejection as the threshold rises.

    Attributes:
        far: false acceptance rates, falling, shape (t,).
        frr: false rejection rates, rising, shape (t,).
        thresholds: rising; the last one is infinite.

    Section: :ref:`sec-face-verification`.

    Example:
        >>> DETCurve(torch.ones(1), torch.zeros(1), torch.zeros(1)).far.item()
        1.0

    In production: the tuple of sklearn.metrics.det_curve.
    """

    far: Float[Tensor, " t"]
    frr: Float[Tensor, " t"]
    thresholds: Float[Tensor, " t"]


def det_curve(genuine: Float[Tensor, " n"], impostor: Float[Tensor, " m"]) -> DETCurve:
    """The detection error tradeoff: both rates at every threshold that makes a difference.

    Args:
        genuine: scores of pairs that belong together, shape (n,).
        impostor: scores of pairs that do not, shape (m,).

    Returns:
        Rates at each score that occurs, and at infinity, where all are turned away.

    Raises:
        ValueError: no score of a kind, another shape, or NaN.

    Equation: :eq:`eq-far-frr`.
    Section: :ref:`sec-face-verification`.

    Source: Martin, Doddington, Kamm, Ordowski, Przybocki (1997), The DET curve in assessment of
        detection task performance, Eurospeech.

    Example:
        >>> curve = det_curve(torch.tensor([0.9, 0.4]), torch.tensor([0.5, 0.1]))
        >>> curve.far.tolist()
        [1.0, 0.5, 0.5, 0.0, 0.0]

    In production: sklearn.metrics.det_curve.
    """
    _require_scores(genuine, impostor)
    scores = torch.cat([genuine, impostor])
    thresholds = torch.cat([scores.unique(), scores.new_full((1,), math.inf)])
    accepted = len(impostor) - torch.searchsorted(impostor.sort().values, thresholds)
    rejected = torch.searchsorted(genuine.sort().values, thresholds)
    return DETCurve(accepted.double() / len(impostor), rejected.double() / len(genuine), thresholds)


class EqualErrorRate(NamedTuple):
    """Where both errors are equally frequent.

    Attributes:
        rate: of either error.
        threshold: at which it happens.

    Section: :ref:`sec-face-verification`.

    Example:
        >>> EqualErrorRate(0.25, 0.5).rate
        0.25

    In production: no library needed.
    """

    rate: float
    threshold: float


def equal_error_rate(genuine: Float[Tensor, " n"], impostor: Float[Tensor, " m"]) -> EqualErrorRate:
    """The rate at which strangers let in and right ones turned away are equally frequent.

    Args:
        genuine: scores of pairs that belong together, shape (n,).
        impostor: scores of pairs that do not, shape (m,).

    Returns:
        Rate and threshold, by a straight line between the two points of `det_curve` where the
        difference of the rates changes its sign.

    Raises:
        ValueError: no score of a kind, another shape, or NaN.

    Equation: :eq:`eq-equal-error-rate`.
    Section: :ref:`sec-face-verification`.

    Source: ISO/IEC 19795-1:2021, Biometric performance testing and reporting.

    Example:
        >>> rate, threshold = equal_error_rate(torch.tensor([0.9, 0.4]), torch.tensor([0.5, 0.1]))
        >>> rate, round(threshold, 4)
        (0.5, 0.5)

    In production: a few lines on sklearn.metrics.det_curve.
    """
    far, frr, thresholds = det_curve(genuine, impostor)
    gap = frr - far
    i = int((gap >= 0).int().argmax())
    w = float(gap[i] / (gap[i] - gap[i - 1]))
    rate = float(frr[i] + w * (frr[i - 1] - frr[i]))
    if w == 0 or thresholds[i].isinf():
        return EqualErrorRate(rate, float(thresholds[i - 1 if thresholds[i].isinf() else i]))
    return EqualErrorRate(rate, float(thresholds[i] + w * (thresholds[i - 1] - thresholds[i])))


def false_match_probability(false_match_rate: float, gallery: int) -> float:
    """The chance that a stranger is taken for somebody on a list.

    Args:
        false_match_rate: the chance that one comparison of two strangers is accepted.
        gallery: how many persons the stranger is compared with, independently.

    Returns:
        1 - (1 - f)^N, without cancellation for small rates.

    Raises:
        ValueError: a rate outside [0, 1], or a negative gallery.

    Equation: :eq:`eq-false-match`.
    Section: :ref:`sec-face-verification`.

    Source: ISO/IEC 19795-1:2021, Biometric performance testing and reporting.

    Example:
        >>> round(false_match_probability(1e-6, 1_000_000), 3)
        0.632

    In production: -math.expm1(N * math.log1p(-f)).
    """
    if not 0 <= false_match_rate <= 1 or gallery < 0:
        raise ValueError(
            f"expected a rate in [0, 1] and a gallery of 0 or more, got {false_match_rate} and "
            f"{gallery}"
        )
    if false_match_rate == 1:
        return float(gallery > 0)
    return -math.expm1(gallery * math.log1p(-false_match_rate))
