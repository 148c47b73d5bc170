"""Correcting a classifier when classes have become more or less frequent."""

import torch
from jaxtyping import Float, Float64, Int
from torch import Tensor

from dlcore.evaluation.classification import confusion_matrix


def bbse_weights(
    predictions: Float[Tensor, "n k"] | Int[Tensor, " n"],
    y: Int[Tensor, " n"],
    target_predictions: Float[Tensor, "m k"] | Int[Tensor, " m"],
    classes: int | None = None,
) -> Float64[Tensor, " k"]:
    r"""How much more frequent each class is in production, from predictions without labels.

    If only the frequencies $q(y)$ of the classes have changed and what a class looks like has not,
    the predictions' frequencies are $\hat\mu = C w$, where $C_{ij}$ is the share of validation
    examples of class j that are predicted as i, and $w_j = q(j) / p(j)$ is solved for.

    Args:
        predictions: scores of shape (n, k) or labels of shape (n,) on validation examples.
        y: their true labels, shape (n,).
        target_predictions: the same classifier's on production examples, (m, k) or (m,).
        classes: the number of classes; by default k, or the largest label plus one.

    Returns:
        The weights w, shape (k,), float64, for weighting training examples or correcting
        probabilities; what noise makes negative is 0.

    Raises:
        ValueError: lengths differ, no examples, labels out of range, or a confusion matrix that
            cannot be inverted: then the classifier does not tell some classes apart.

    Equation: :eq:`eq-bbse`.
    Section: :ref:`sec-label-shift`.

    Source: Lipton, Wang, Smola (2018), Detecting and correcting for label shift with black box
        predictors, arXiv:1802.03916.

    Example:
        >>> y = torch.tensor([0, 0, 1, 1])
        >>> bbse_weights(y, y, torch.tensor([0, 1, 1, 1]))
        tensor([0.5000, 1.5000], dtype=torch.float64)

    In production: the same lines; abstention.adaptation has variants.
    """
    C = confusion_matrix(predictions, y, classes).double().T / len(y)
    target = target_predictions
    labels = target.argmax(dim=1) if target.ndim == 2 else target
    if len(labels) == 0 or labels.min() < 0 or labels.max() >= len(C):
        raise ValueError(f"production needs predictions in 0..{len(C) - 1}, at least one")
    if torch.linalg.cond(C) > 1e8:
        raise ValueError(
            "the confusion matrix cannot be inverted: the classifier does not tell some classes "
            "apart, or a class is missing from the validation examples"
        )
    frequencies = torch.bincount(labels, minlength=len(C)).double() / len(labels)
    return torch.linalg.solve(C, frequencies).clamp(min=0)
