"""Whether a classifier is as often right as it says it is."""

from jaxtyping import Float, Int
from torch import Tensor

from dlcore.evaluation.reliability import Strategy, reliability_curve


def expected_calibration_error(
    probabilities: Float[Tensor, "n k"] | Float[Tensor, " n"],
    y: Int[Tensor, " n"],
    bins: int = 15,
    *,
    strategy: Strategy = "uniform",
) -> float:
    r"""The mean gap between confidence and accuracy, over examples grouped by confidence.

    The confidence is the largest probability. It falls into bins, closed on the right; the result
    is $\sum_b \frac{n_b}{n} \lvert\mathrm{acc}_b - \mathrm{conf}_b\rvert$.

    Args:
        probabilities: rows that sum to 1, shape (n, k); or of class 1 alone, shape (n,): then each
            bin compares them with how often it is class 1.
        y: true labels, shape (n,).
        bins: how many.
        strategy: "uniform": bins of equal width; "quantile": of equal counts.

    Returns:
        A number in [0, 1]; 0 for a classifier that is right as often as it says, in each bin. With
        few examples it is above 0 even for perfect probabilities.

    Raises:
        ValueError: no examples, lengths differ, what is no probability, labels out of range, no
            bins, or an unknown strategy.

    Equation: :eq:`eq-expected-calibration-error`
    Section: :ref:`sec-calibration`
    Source: Naeini, Cooper, Hauskrecht (2015), Obtaining well calibrated probabilities using
        Bayesian binning, AAAI; Guo et al. (2017), On calibration of modern neural networks,
        arXiv:1706.04599.

    Example:
        >>> import torch
        >>> sure = torch.tensor([[0.75, 0.25], [0.75, 0.25]])
        >>> expected_calibration_error(sure, torch.tensor([0, 1]))
        0.25

    In production: torchmetrics.classification.MulticlassCalibrationError.
    """
    curve = reliability_curve(probabilities, y, bins, strategy=strategy)
    gaps = (curve.accuracy - curve.confidence).abs()
    return ((curve.counts * gaps).sum() / len(y)).item()
