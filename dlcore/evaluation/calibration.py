"""Whether a classifier is as often right as it says it is."""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def expected_calibration_error(
    probabilities: Float[Tensor, "n k"], y: Int[Tensor, " n"], bins: int = 15
) -> float:
    r"""The mean gap between confidence and accuracy, over examples grouped by confidence.

    The confidence is the largest probability. It falls into equal bins, closed on the right; the
    result is $\sum_b \frac{n_b}{n} |\mathrm{acc}_b - \mathrm{conf}_b|$.

    Args:
        probabilities: rows that sum to 1, shape (n, k).
        y: true labels, shape (n,).
        bins: how many.

    Returns:
        A number in [0, 1]; 0 for a classifier that is right as often as it says, in each bin.

    Raises:
        ValueError: no examples, lengths differ, rows that are no probabilities, or no bins.

    Source: Naeini, Cooper, Hauskrecht (2015), Obtaining well calibrated probabilities using
        Bayesian binning, AAAI; Guo et al. (2017), On calibration of modern neural networks,
        arXiv:1706.04599.

    Example:
        >>> sure = torch.tensor([[0.75, 0.25], [0.75, 0.25]])
        >>> expected_calibration_error(sure, torch.tensor([0, 1]))
        0.25

    In production: torchmetrics.classification.MulticlassCalibrationError.
    """
    if bins < 1:
        raise ValueError(f"bins must be at least 1, got {bins}")
    if probabilities.ndim != 2 or len(probabilities) == 0 or y.shape != probabilities.shape[:1]:
        raise ValueError(
            f"probabilities of shape (n, k) and n labels are needed, got "
            f"{tuple(probabilities.shape)} and {tuple(y.shape)}"
        )
    rows = probabilities.double()
    if not ((rows >= 0).all() and ((rows.sum(dim=1) - 1).abs() < 1e-3).all()):
        raise ValueError("each row must hold probabilities that sum to 1: apply softmax to logits")
    confidence, predicted = rows.max(dim=1)
    where = ((confidence * bins).ceil().long() - 1).clamp(0, bins - 1)
    surplus = (predicted == y).double() - confidence
    total = torch.zeros(bins, dtype=rows.dtype, device=rows.device).index_add_(0, where, surplus)
    return (total.abs().sum() / len(rows)).item()
