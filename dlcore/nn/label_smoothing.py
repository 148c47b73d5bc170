"""Targets that are never quite certain."""

import torch
from jaxtyping import Float, Integer
from torch import Tensor

from dlcore.nn.dropout import require_probability
from dlcore.nn.losses import check_distribution, check_labels


def smooth_labels(
    targets: Integer[Tensor, " n"] | Float[Tensor, "n k"],
    epsilon: float = 0.1,
    num_classes: int | None = None,
) -> Float[Tensor, "n k"]:
    """Take a share epsilon of the targets away and spread it evenly over all k classes.

    The true class keeps 1 - epsilon + epsilon / k, every other gets epsilon / k.

    Args:
        targets: labels 0..k-1 of shape (n,), or rows of probabilities, shape (n, k).
        epsilon: the share, between 0 and 1.
        num_classes: k, needed with labels.

    Returns:
        Rows that sum to 1, shape (n, k), in torch's default type if made from labels.

    Raises:
        ValueError: epsilon is out of range, k is missing or another, labels out of range, or rows
            that are no distribution.

    Equation: :eq:`eq-label-smoothing`.
    Section: :ref:`sec-label-smoothing`.

    Source: Szegedy, Vanhoucke, Ioffe, Shlens, Wojna (2016), Rethinking the Inception architecture
    for computer vision, arXiv:1512.00567.

    Example:
        >>> smooth_labels(torch.tensor([0]), epsilon=0.3, num_classes=3)
        tensor([[0.8000, 0.1000, 0.1000]])

    In production: the argument label_smoothing of torch.nn.functional.cross_entropy.
    """
    require_probability(epsilon, "epsilon")
    if targets.ndim == 1 and not targets.is_floating_point():
        if num_classes is None or num_classes < 1:
            raise ValueError(f"labels need num_classes, at least 1, got {num_classes}")
        check_labels(targets, len(targets), num_classes)
        classes = torch.arange(num_classes, device=targets.device)
        targets = (targets[:, None] == classes).to(torch.get_default_dtype())
    elif targets.ndim != 2 or num_classes not in (None, targets.shape[1]):
        raise ValueError(
            f"expected labels (n,) or rows (n, {num_classes or 'k'}), got {tuple(targets.shape)}"
        )
    else:
        check_distribution(targets)
    return (1 - epsilon) * targets + epsilon / targets.shape[1]
