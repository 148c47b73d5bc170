"""Suppression that lowers scores instead of dropping boxes: two objects may overlap."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.models.boxes import box_iou, require_boxes


def soft_nms(
    boxes: Float[Tensor, "n 4"],
    scores: Float[Tensor, " n"],
    *,
    sigma: float = 0.5,
    score_threshold: float = 1e-3,
) -> tuple[Int[Tensor, " kept"], Float[Tensor, " kept"]]:
    r"""Soft non-maximum suppression: a box near a better one loses score, the more they overlap.

    The box with the best score is taken; the scores of all others are multiplied by
    $\exp(-\mathrm{IoU}^2 / \sigma)$; and so on with those that are left.

    Args:
        boxes: corners (x1, y1, x2, y2), shape (n, 4).
        scores: at least 0, shape (n,); among equal ones the first comes first.
        sigma: how far overlaps reach.
        score_threshold: boxes whose lowered score is below are dropped.

    Returns:
        The indices of the kept boxes in the order they were taken, and their lowered scores.

    Raises:
        ValueError: shapes that do not fit, corners in the wrong order, negative scores, a sigma
            that is not positive.

    Equation: :eq:`eq-soft-nms`.
    Section: :ref:`sec-detection-metrics`.

    Source: Bodla, Singh, Chellappa, Davis (2017), Soft-NMS: improving object detection with one
        line of code, arXiv:1704.04503.

    Example:
        >>> boxes = torch.tensor([[0.0, 0, 10, 10], [1.0, 0, 11, 10]])
        >>> kept, lowered = soft_nms(boxes, torch.tensor([0.9, 0.8]))
        >>> kept.tolist(), round(lowered[1].item(), 3)
        ([0, 1], 0.21)

    In production: a few lines on torchvision.ops.box_iou.
    """
    require_boxes(boxes)
    if scores.shape != boxes.shape[:1] or (scores < 0).any():
        raise ValueError(
            f"{len(boxes)} scores of at least 0 are needed, got shape {tuple(scores.shape)}"
        )
    if not sigma > 0:
        raise ValueError(f"sigma must be positive, got {sigma}")
    decay = (-box_iou(boxes, boxes).square() / sigma).exp()
    left, kept, lowered = scores.clone(), [], []
    for _ in range(len(boxes)):
        score, i = left.max(dim=0)
        if score < score_threshold:
            break
        kept.append(i)
        lowered.append(score)
        left = left * decay[i]
        left[torch.stack(kept)] = -1
    if not kept:
        return torch.zeros(0, dtype=torch.long, device=boxes.device), scores[:0]
    return torch.stack(kept), torch.stack(lowered)
