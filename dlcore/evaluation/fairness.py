"""How differently a classifier treats groups of people."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor


def demographic_parity_difference(
    predictions: Int[Tensor, " n"] | Bool[Tensor, " n"], group: Int[Tensor, " n"]
) -> float:
    r"""The gap between the groups with most and with fewest positive predictions.

    For two groups it is $|P(\hat y = 1 \mid a = 0) - P(\hat y = 1 \mid a = 1)|$. It looks at
    predictions alone: whether they are right does not enter.

    Args:
        predictions: 0 or 1 (or booleans), shape (n,).
        group: which group each example belongs to, any integers, shape (n,).

    Returns:
        A number in [0, 1]; 0 for equal shares.

    Raises:
        ValueError: lengths differ, there are fewer than two groups, or a prediction is not 0 or 1.

    Equation: :eq:`eq-demographic-parity`
    Section: :ref:`sec-fairness-case`
    Source: Calders, Kamiran, Pechenizkiy (2009), Building classifiers with independency
        constraints, doi:10.1109/ICDMW.2009.83.

    Example:
        >>> demographic_parity_difference(torch.tensor([1, 1, 0, 0]), torch.tensor([0, 0, 0, 1]))
        0.6666666666666666

    In production: fairlearn.metrics.demographic_parity_difference.
    """
    if predictions.ndim != 1 or predictions.shape != group.shape:
        raise ValueError(
            f"predictions and group must have one shape (n,), got {tuple(predictions.shape)} and "
            f"{tuple(group.shape)}"
        )
    positive = predictions.double()
    if not ((positive == 0) | (positive == 1)).all():
        raise ValueError("predictions must be 0 or 1")
    groups = group.unique()
    if len(groups) < 2:
        raise ValueError(f"a difference needs at least two groups, got {len(groups)}")
    rates = torch.stack([positive[group == g].mean() for g in groups])
    return (rates.max() - rates.min()).item()
