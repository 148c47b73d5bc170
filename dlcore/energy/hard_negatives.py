"""Which wrong answers are worth learning from."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def hard_negative_mining(
    losses: Float[Tensor, " n"], k: int, *, negatives: Bool[Tensor, " n"] | None = None
) -> Bool[Tensor, " n"]:
    """Keep the k examples that are most wrong.

    Args:
        losses: one an example, shape (n,); no gradient flows through the choice.
        k: how many negatives are kept, all if there are fewer.
        negatives: which examples are negatives, shape (n,); by default all. The others are kept in
            any case.

    Returns:
        A mask of what is kept, shape (n,): average `losses[mask]`.

    Raises:
        ValueError: k below 0, shapes that differ, or losses that are not numbers.

    Equation: :eq:`eq-hard-negatives`.
    Section: :ref:`sec-hard-negatives`.

    Source: Shrivastava, Gupta, Girshick (2016), Training region-based object detectors with online
        hard example mining, arXiv:1604.03540; Liu et al. (2016), SSD, arXiv:1512.02325, with 3
        negatives for each positive.

    Example:
        >>> negatives = torch.tensor([False, True, True, True])
        >>> hard_negative_mining(torch.tensor([0.1, 0.3, 2.0, 0.2]), 1, negatives=negatives)
        tensor([ True, False,  True, False])

    In production: torchvision's SSD, pytorch_metric_learning.miners.
    """
    candidates = torch.ones_like(losses, dtype=torch.bool) if negatives is None else negatives
    if k < 0 or losses.ndim != 1 or candidates.shape != losses.shape:
        raise ValueError(
            f"expected k at least 0, losses (n,) and as many negatives, got {k}, "
            f"{tuple(losses.shape)} and {tuple(candidates.shape)}"
        )
    if losses.isnan().any():
        raise ValueError("a loss is not a number")
    kept = ~candidates
    ranked = losses.detach().masked_fill(kept, -torch.inf)
    kept[ranked.topk(min(k, int(candidates.sum()))).indices] = True
    return kept
