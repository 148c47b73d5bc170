"""Whether probabilities are as often right as they say, bin by bin."""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float, Float64, Int, Real
from torch import Tensor

from dlcore.evaluation.weights import weighted_mean

Probabilities = Float[Tensor, "n k"] | Float[Tensor, " n"]
Strategy = Literal["uniform", "quantile"]


class ReliabilityCurve(NamedTuple):
    """What is said and what happens in each bin that is not empty, in rising order.

    Attributes:
        confidence: the mean probability that is claimed, shape (b,), float64.
        accuracy: how often it comes true.
        counts: the number of examples.
    """

    confidence: Float64[Tensor, " b"]
    accuracy: Float64[Tensor, " b"]
    counts: Int[Tensor, " b"]


def _checked(probabilities: Probabilities, y: Int[Tensor, " n"]) -> Float64[Tensor, "..."]:
    if (
        probabilities.ndim not in (1, 2)
        or len(probabilities) == 0
        or y.shape != probabilities.shape[:1]
    ):
        raise ValueError(
            f"probabilities of shape (n, k) and n labels are needed, got "
            f"{tuple(probabilities.shape)} and {tuple(y.shape)}"
        )
    p = probabilities.double()
    if p.ndim == 1:
        if not ((p >= 0) & (p <= 1)).all():
            raise ValueError("probabilities must lie between 0 and 1: apply sigmoid to logits")
        if not ((y == 0) | (y == 1)).all():
            raise ValueError("y must be 0 or 1 where only the probability of class 1 is given")
    elif not ((p >= 0).all() and ((p.sum(dim=1) - 1).abs() < 1e-3).all()):
        raise ValueError("each row must hold probabilities that sum to 1: apply softmax to logits")
    elif not ((y >= 0) & (y < p.shape[1])).all():
        raise ValueError(f"labels must lie in 0..{p.shape[1] - 1}")
    return p


def _claims(
    probabilities: Probabilities, y: Int[Tensor, " n"]
) -> tuple[Float64[Tensor, " n"], Float64[Tensor, " n"]]:
    """The probability that is claimed for each example, and whether it comes true."""
    p = _checked(probabilities, y)
    if p.ndim == 1:
        return p, y.double()
    confidence, predicted = p.max(dim=1)
    return confidence, (predicted == y).double()


def reliability_curve(
    probabilities: Probabilities,
    y: Int[Tensor, " n"],
    bins: int = 15,
    *,
    strategy: Strategy = "uniform",
) -> ReliabilityCurve:
    """Mean probability against frequency, over examples grouped by probability.

    Args:
        probabilities: rows that sum to 1, shape (n, k), of which the largest is judged against
            being right; or of class 1 alone, shape (n,), judged against how often it is class 1.
        y: true labels, shape (n,).
        bins: how many, closed on the right.
        strategy: "uniform": of equal width; "quantile": of equal counts, but for equal
            probabilities, which stay together.

    Returns:
        Mean probability, frequency and count of each bin that holds an example.

    Raises:
        ValueError: no examples, lengths differ, what is no probability, labels out of range, no
            bins, or an unknown strategy.

    Section: :ref:`sec-calibration`.

    Source: Niculescu-Mizil, Caruana (2005), Predicting good probabilities with supervised
        learning, doi:10.1145/1102351.1102430.

    Example:
        >>> p, y = torch.tensor([0.1, 0.2, 0.8, 0.9]), torch.tensor([0, 1, 1, 1])
        >>> curve = reliability_curve(p, y, bins=2)
        >>> curve.confidence.round(decimals=2).tolist(), curve.accuracy.tolist()
        ([0.15, 0.85], [0.5, 1.0])

    In production: sklearn.calibration.calibration_curve.
    """
    if bins < 1:
        raise ValueError(f"bins must be at least 1, got {bins}")
    if strategy not in ("uniform", "quantile"):
        raise ValueError(f"strategy must be 'uniform' or 'quantile', got {strategy!r}")
    claimed, happened = _claims(probabilities, y)
    if strategy == "uniform":
        where = ((claimed * bins).ceil().long() - 1).clamp(0, bins - 1)
    else:
        n, shares = len(claimed), torch.arange(1, bins, device=claimed.device)
        last = (n * shares + bins - 1) // bins - 1
        where = torch.bucketize(claimed, claimed.sort().values[last])
    sums = torch.zeros(3, bins, dtype=claimed.dtype, device=claimed.device)
    sums.index_add_(1, where, torch.stack([claimed, happened, torch.ones_like(claimed)]))
    confidence, accuracy, counts = sums[:, sums[2] > 0]
    return ReliabilityCurve(confidence / counts, accuracy / counts, counts.long())


def maximum_calibration_error(
    probabilities: Probabilities,
    y: Int[Tensor, " n"],
    bins: int = 15,
    *,
    strategy: Strategy = "uniform",
) -> float:
    """The largest gap between confidence and accuracy in any bin.

    Args:
        probabilities: rows that sum to 1, shape (n, k), or of class 1 alone, shape (n,).
        y: true labels, shape (n,).
        bins: how many; a bin with few examples makes the result noisy.
        strategy: "uniform" or "quantile", as in `reliability_curve`.

    Returns:
        A number in [0, 1].

    Raises:
        ValueError: as in `reliability_curve`.

    Equation: :eq:`eq-expected-calibration-error`, with the largest gap in place of the mean.
    Section: :ref:`sec-calibration`.

    Source: Naeini, Cooper, Hauskrecht (2015), Obtaining well calibrated probabilities using
        Bayesian binning, AAAI.

    Example:
        >>> p, y = torch.tensor([0.25, 0.25, 0.75, 0.75]), torch.tensor([0, 1, 1, 1])
        >>> maximum_calibration_error(p, y, bins=2)
        0.25

    In production: torchmetrics.CalibrationError(norm="max").
    """
    curve = reliability_curve(probabilities, y, bins, strategy=strategy)
    return (curve.accuracy - curve.confidence).abs().max().item()


def brier_score(
    probabilities: Probabilities,
    y: Int[Tensor, " n"],
    *,
    sample_weight: Real[Tensor, " n"] | None = None,
) -> float:
    """The mean squared distance of the probabilities from what happened.

    Unlike the calibration error it has no bins, and it asks for more than calibration: always
    saying the prevalence is calibrated, and yet scores badly.

    Args:
        probabilities: of class 1, shape (n,), or rows that sum to 1, shape (n, k), whose squares
            are added.
        y: true labels, shape (n,).
        sample_weight: how much each example counts, shape (n,); all the same by default.

    Returns:
        A number in [0, 1], for rows in [0, 2]; 0 if all probabilities are certain and right.

    Raises:
        ValueError: no examples, lengths differ, what is no probability, labels out of range, or
            weights that are negative or all 0.

    Equation: :eq:`eq-brier-score`.
    Section: :ref:`sec-calibration`.

    Source: Brier (1950), Verification of forecasts expressed in terms of probability,
        doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Example:
        >>> brier_score(torch.tensor([0.5, 1.0]), torch.tensor([1, 1]))
        0.125

    In production: sklearn.metrics.brier_score_loss.
    """
    p = _checked(probabilities, y)
    if p.ndim == 1:
        return weighted_mean((p - y) ** 2, sample_weight)
    truth = torch.nn.functional.one_hot(y, p.shape[1])
    return weighted_mean(((p - truth) ** 2).sum(dim=1), sample_weight)
