"""Answering only when sure: how much is answered, and how wrong the answers are."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Float64, Int
from torch import Tensor

Errors = Float[Tensor, " n"] | Int[Tensor, " n"] | Bool[Tensor, " n"]


class SelectiveRisk(NamedTuple):
    """Coverage and risk at one threshold.

    Attributes:
        coverage: the share of examples that are answered.
        risk: the mean error of these.
    """

    coverage: float
    risk: float


class RiskCoverageCurve(NamedTuple):
    """Coverage and risk at each threshold of confidence.

    Attributes:
        coverage: rising to 1, shape (t,), float64.
        risk: the mean error of the answered examples.
        thresholds: falling.
    """

    coverage: Float64[Tensor, " t"]
    risk: Float64[Tensor, " t"]
    thresholds: Float[Tensor, " t"]


def risk_coverage_curve(confidence: Float[Tensor, " n"], errors: Errors) -> RiskCoverageCurve:
    """Risk against coverage as the threshold of confidence falls.

    Args:
        confidence: how sure the model is of each answer, shape (n,).
        errors: 1 for a wrong answer and 0 for a right one, or any other loss, shape (n,).

    Returns:
        A point for each distinct confidence; examples that are equally sure are answered together.

    Raises:
        ValueError: shapes differ, no examples, or numbers that are not finite.

    Equation: :eq:`eq-selective-risk`.
    Section: :ref:`sec-selective-prediction`.

    Source: El-Yaniv, Wiener (2010), On the foundations of noise-free selective classification,
        JMLR 11; Geifman, El-Yaniv (2017), arXiv:1705.08500.

    Example:
        >>> confidence, errors = torch.tensor([0.9, 0.6, 0.8, 0.5]), torch.tensor([0, 1, 0, 1])
        >>> curve = risk_coverage_curve(confidence, errors)
        >>> curve.coverage.tolist(), [round(r, 2) for r in curve.risk.tolist()]
        ([0.25, 0.5, 0.75, 1.0], [0.0, 0.0, 0.33, 0.5])

    In production: the same lines.
    """
    if confidence.ndim != 1 or confidence.shape != errors.shape or len(errors) == 0:
        raise ValueError(
            f"confidence and errors must have one shape (n,), n at least 1, got "
            f"{tuple(confidence.shape)} and {tuple(errors.shape)}"
        )
    if not (confidence.isfinite().all() and errors.isfinite().all()):
        raise ValueError("confidence and errors must be finite")
    falling, order = confidence.detach().sort(descending=True)
    last = torch.ones_like(falling, dtype=torch.bool)
    last[:-1] = falling[1:] != falling[:-1]
    answered = last.nonzero()[:, 0] + 1
    risk = errors[order].double().cumsum(0)[last] / answered
    return RiskCoverageCurve(answered.double() / len(errors), risk, falling[last])


def selective_risk(
    confidence: Float[Tensor, " n"], errors: Errors, threshold: float
) -> SelectiveRisk:
    """How many examples reach a threshold of confidence, and how wrong the model is on them.

    Args:
        confidence: how sure the model is of each answer, shape (n,).
        errors: 1 for a wrong answer and 0 for a right one, or any other loss, shape (n,).
        threshold: examples with this confidence or more are answered, the others deferred.

    Returns:
        Coverage and risk.

    Raises:
        ValueError: shapes differ, numbers that are not finite, or no example reaches the
            threshold: then there is no risk to speak of.

    Equation: :eq:`eq-selective-risk`.
    Section: :ref:`sec-selective-prediction`.

    Source: El-Yaniv, Wiener (2010), On the foundations of noise-free selective classification,
        JMLR 11.

    Example:
        >>> selective_risk(torch.tensor([0.9, 0.6, 0.8, 0.5]), torch.tensor([0, 1, 0, 1]), 0.6)
        SelectiveRisk(coverage=0.75, risk=0.3333333333333333)

    In production: the same lines.
    """
    curve = risk_coverage_curve(confidence, errors)
    reached = int((curve.thresholds >= threshold).sum())
    if reached == 0:
        raise ValueError(f"no example has a confidence of {threshold} or more")
    return SelectiveRisk(curve.coverage[reached - 1].item(), curve.risk[reached - 1].item())
