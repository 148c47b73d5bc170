"""Measures of a classifier's predictions against the true labels."""

import torch
from jaxtyping import Float, Int, Real
from torch import Tensor

from dlcore.evaluation.weights import checked_weights, weighted_mean


def _labels(
    predictions: Float[Tensor, "n k"] | Int[Tensor, " n"], y: Int[Tensor, " n"]
) -> Int[Tensor, " n"]:
    """The predicted labels, after a check that there is one for each true label."""
    if predictions.ndim == 2:
        labels = predictions.argmax(dim=1)
    elif not predictions.is_floating_point():
        labels = predictions
    else:
        raise TypeError(
            f"predictions must be scores of shape (n, k) or integer labels of shape (n,), got "
            f"{predictions.dtype} of shape {tuple(predictions.shape)}"
        )
    if labels.shape != y.shape:
        raise ValueError(
            f"one true label per prediction is needed: predictions {tuple(predictions.shape)}, "
            f"y {tuple(y.shape)}"
        )
    if len(y) == 0:
        raise ValueError("there are no predictions to judge")
    if predictions.is_floating_point() and predictions.isnan().any():
        raise ValueError("predictions contain NaN")
    return labels


def accuracy(
    predictions: Float[Tensor, "n k"] | Int[Tensor, " n"],
    y: Int[Tensor, " n"],
    *,
    sample_weight: Real[Tensor, " n"] | None = None,
) -> float:
    """The share of examples whose label is predicted.

    Args:
        predictions: scores, logits or probabilities of shape (n, k), of which the largest counts
            (the first on a tie), or labels of shape (n,).
        y: true labels, shape (n,).
        sample_weight: how much each example counts, shape (n,); all the same by default.

    Returns:
        A number in [0, 1].

    Raises:
        ValueError: lengths differ, there are no examples, a score is NaN, or weights are negative
            or all 0.
        TypeError: predictions are real numbers without a class axis.

    Equation: :eq:`eq-accuracy`
    Section: :ref:`sec-confusion-matrix`
    Source: Murphy (2022), Probabilistic Machine Learning, section 5.1.

    Example:
        >>> accuracy(torch.tensor([0, 1, 1, 2]), torch.tensor([0, 1, 2, 2]))
        0.75

    In production: sklearn.metrics.accuracy_score.
    """
    return weighted_mean((_labels(predictions, y) == y).double(), sample_weight)


def confusion_matrix(
    predictions: Float[Tensor, "n k"] | Int[Tensor, " n"],
    y: Int[Tensor, " n"],
    classes: int | None = None,
    *,
    sample_weight: Real[Tensor, " n"] | None = None,
) -> Int[Tensor, "k k"] | Float[Tensor, "k k"]:
    """How often each true class (row) was predicted as each class (column).

    Args:
        predictions: scores of shape (n, k) or labels of shape (n,), as in `accuracy`.
        y: true labels, shape (n,).
        classes: the number of classes; by default k, or the largest label plus one.
        sample_weight: how much each example counts, shape (n,); all the same by default.

    Returns:
        Counts of shape (k, k) that sum to n; with weights their sums, float64.

    Raises:
        ValueError: lengths differ, there are no examples, a label is out of range, or weights are
            negative or all 0.
        TypeError: predictions are real numbers without a class axis.

    Section: :ref:`sec-confusion-matrix`
    Source: Murphy (2022), Probabilistic Machine Learning, section 5.1.

    Example:
        >>> confusion_matrix(torch.tensor([0, 1, 1]), torch.tensor([0, 1, 0]))
        tensor([[1, 1],
                [0, 1]])

    In production: sklearn.metrics.confusion_matrix.
    """
    labels = _labels(predictions, y)
    largest = int(torch.maximum(labels.max(), y.max()))
    k = classes or (predictions.shape[1] if predictions.ndim == 2 else largest + 1)
    if largest >= k or min(int(labels.min()), int(y.min())) < 0:
        raise ValueError(f"labels must lie in 0..{k - 1}, got {largest} as the largest")
    weights = None if sample_weight is None else checked_weights(sample_weight, y)
    return torch.bincount(y * k + labels, weights, minlength=k * k).reshape(k, k)
