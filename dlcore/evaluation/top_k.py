"""Accuracy for many classes: the right one need only be among the first few."""

from jaxtyping import Float, Int
from torch import Tensor


def top_k_accuracy(scores: Float[Tensor, "n c"], y: Int[Tensor, " n"], k: int = 5) -> float:
    """The share of examples whose true class is among the k with the largest scores.

    Args:
        scores: one score, logit or probability for each class, shape (n, K).
        y: true labels, shape (n,).
        k: how many guesses count.

    Returns:
        A number between 0 and 1. Equal scores count against the true class: it is among the first
        k if fewer than k other classes score at least as high.

    Raises:
        ValueError: shapes that do not fit, no examples, k outside 1..K, a label outside 0..K - 1.

    Equation: :eq:`eq-top-k-accuracy`.
    Section: :ref:`sec-vision-classification`.

    Source: Russakovsky et al. (2015), ImageNet large scale visual recognition challenge,
        doi:10.1007/s11263-015-0816-y, section 4.1.

    Example:
        >>> import torch
        >>> scores = torch.tensor([[0.1, 0.6, 0.3], [0.5, 0.2, 0.3]])
        >>> top_k_accuracy(scores, torch.tensor([2, 1]), k=2)
        0.5

    In production: sklearn.metrics.top_k_accuracy_score, torchmetrics.Accuracy(top_k=k).
    """
    if scores.ndim != 2 or y.shape != scores.shape[:1] or not len(y):
        raise ValueError(
            f"expected scores (n, K) and y (n,) with n >= 1, got {tuple(scores.shape)} and "
            f"{tuple(y.shape)}"
        )
    classes = scores.shape[1]
    if not 1 <= k <= classes:
        raise ValueError(f"k must lie between 1 and the number of classes {classes}, got {k}")
    if not 0 <= int(y.min()) <= int(y.max()) < classes:
        raise ValueError(f"labels must lie in 0..{classes - 1}")
    own = scores.gather(1, y[:, None])
    others = (scores >= own).sum(dim=1) - 1
    return (others < k).double().mean().item()
