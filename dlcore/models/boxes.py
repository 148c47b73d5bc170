"""Boxes: how much they overlap, and which of many to keep."""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def require_boxes(boxes: Tensor, name: str = "boxes") -> None:
    """Raise ValueError unless these are (n, 4) corners with x1 <= x2 and y1 <= y2."""
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"{name} must have shape (n, 4), got {tuple(boxes.shape)}")
    if not (boxes[:, 2:] >= boxes[:, :2]).all():
        raise ValueError(f"{name} must be (x1, y1, x2, y2) with x1 <= x2 and y1 <= y2, not NaN")


def box_area(boxes: Float[Tensor, "n 4"]) -> Float[Tensor, " n"]:
    """The area of each box.

    Args:
        boxes: corners (x1, y1, x2, y2), shape (n, 4).

    Returns:
        (x2 - x1) (y2 - y1), shape (n,).

    Raises:
        ValueError: another shape, or corners in the wrong order.

    Section: :ref:`sec-object-detection`.

    Source: the definition.

    Example:
        >>> box_area(torch.tensor([[0.0, 0.0, 3.0, 2.0]]))
        tensor([6.])

    In production: torchvision.ops.box_area.
    """
    require_boxes(boxes)
    width, height = (boxes[:, 2:] - boxes[:, :2]).unbind(1)
    return width * height


def _intersection_and_union(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    corner = torch.maximum(a[:, None, :2], b[None, :, :2])
    opposite = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    intersection = (opposite - corner).clamp(min=0).prod(dim=2)
    return intersection, box_area(a)[:, None] + box_area(b) - intersection


def _ratio(part: Tensor, whole: Tensor) -> Tensor:
    """The share of the whole, and 0 where there is nothing."""
    return torch.where(whole > 0, part / whole.clamp(min=torch.finfo(whole.dtype).tiny), 0)


def box_iou(a: Float[Tensor, "n 4"], b: Float[Tensor, "m 4"]) -> Float[Tensor, "n m"]:
    """Intersection over union of every box of one set with every box of another.

    Args:
        a: corners (x1, y1, x2, y2), shape (n, 4).
        b: the same, shape (m, 4).

    Returns:
        Numbers in [0, 1], shape (n, m): 1 for equal boxes, 0 for boxes that share no area (also
        for two boxes without any).

    Raises:
        ValueError: another shape, or corners in the wrong order.

    Equation: :eq:`eq-box-iou`.
    Section: :ref:`sec-object-detection`.

    Source: Everingham et al. (2010), The Pascal visual object classes challenge,
    doi:10.1007/s11263-009-0275-4, section 4.2.

    Example:
        >>> a = torch.tensor([[0.0, 0.0, 2.0, 2.0]])
        >>> box_iou(a, torch.tensor([[0.0, 0.0, 2.0, 2.0], [1.0, 0.0, 3.0, 2.0]]))
        tensor([[1.0000, 0.3333]])

    In production: torchvision.ops.box_iou.
    """
    require_boxes(a, "a")
    require_boxes(b, "b")
    return _ratio(*_intersection_and_union(a, b))


def generalized_box_iou(a: Float[Tensor, "n 4"], b: Float[Tensor, "m 4"]) -> Float[Tensor, "n m"]:
    """Intersection over union, less the share of the common hull that neither box covers.

    Unlike the plain ratio it also tells how far apart two boxes are that do not meet.

    Args:
        a: corners (x1, y1, x2, y2), shape (n, 4).
        b: the same, shape (m, 4).

    Returns:
        Numbers in (-1, 1], shape (n, m).

    Raises:
        ValueError: another shape, or corners in the wrong order.

    Equation: :eq:`eq-giou`.
    Section: :ref:`sec-object-detection`.

    Source: Rezatofighi et al. (2019), Generalized intersection over union, arXiv:1902.09630.

    Example:
        >>> a, b = torch.tensor([[0.0, 0.0, 1.0, 1.0]]), torch.tensor([[3.0, 0.0, 4.0, 1.0]])
        >>> generalized_box_iou(a, b)
        tensor([[-0.5000]])

    In production: torchvision.ops.generalized_box_iou.
    """
    require_boxes(a, "a")
    require_boxes(b, "b")
    intersection, union = _intersection_and_union(a, b)
    corner = torch.minimum(a[:, None, :2], b[None, :, :2])
    opposite = torch.maximum(a[:, None, 2:], b[None, :, 2:])
    hull = (opposite - corner).prod(dim=2)
    return _ratio(intersection, union) - _ratio(hull - union, hull)


def clip_boxes_to_image(boxes: Float[Tensor, "n 4"], size: tuple[int, int]) -> Float[Tensor, "n 4"]:
    """The parts of the boxes that lie within the image.

    Args:
        boxes: corners (x1, y1, x2, y2), shape (n, 4).
        size: height and width of the image.

    Returns:
        Corners within 0..w and 0..h, shape (n, 4); a box outside becomes one without area.

    Raises:
        ValueError: another shape, or corners in the wrong order.

    Section: :ref:`sec-object-detection`.

    Source: Girshick (2015), Fast R-CNN, arXiv:1504.08083.

    Example:
        >>> clip_boxes_to_image(torch.tensor([[-3.0, 2.0, 5.0, 99.0]]), (10, 10))
        tensor([[ 0.,  2.,  5., 10.]])

    In production: torchvision.ops.clip_boxes_to_image.
    """
    require_boxes(boxes)
    h, w = size
    limits = torch.tensor([w, h, w, h]).to(boxes)
    return torch.minimum(boxes.clamp(min=0), limits)


def nms(
    boxes: Float[Tensor, "n 4"], scores: Float[Tensor, " n"], iou_threshold: float
) -> Int[Tensor, " kept"]:
    """Non-maximum suppression: of boxes that overlap much, keep the one with the best score.

    In the order of their scores, a box is kept if its overlap with every box kept so far is at
    most the threshold. A box that was dropped suppresses none.

    Args:
        boxes: corners (x1, y1, x2, y2), shape (n, 4).
        scores: shape (n,); among equal ones the first comes first.
        iou_threshold: the largest overlap of two kept boxes, between 0 and 1.

    Returns:
        The indices of the kept boxes in the order of falling scores.

    Raises:
        ValueError: shapes that do not fit, corners in the wrong order, or a threshold outside
            [0, 1].

    Section: :ref:`sec-object-detection`.

    Source: Felzenszwalb, Girshick, McAllester, Ramanan (2010), Object detection with
    discriminatively trained part-based models, doi:10.1109/TPAMI.2009.167, section 7.1.

    Example:
        >>> boxes = torch.tensor([[0.0, 0, 10, 10], [4.0, 0, 14, 10], [8.0, 0, 18, 10]])
        >>> nms(boxes, torch.tensor([0.9, 0.8, 0.7]), iou_threshold=0.4)
        tensor([0, 2])

    In production: torchvision.ops.nms.
    """
    require_boxes(boxes)
    if scores.shape != boxes.shape[:1]:
        raise ValueError(f"{len(boxes)} scores are needed, got shape {tuple(scores.shape)}")
    if not 0 <= iou_threshold <= 1:
        raise ValueError(f"iou_threshold must lie between 0 and 1, got {iou_threshold}")
    order = scores.argsort(descending=True, stable=True)
    overlaps = box_iou(boxes[order], boxes[order]) > iou_threshold
    candidate = torch.ones(len(order), dtype=torch.bool, device=boxes.device)
    for i in range(len(order)):
        if candidate[i]:
            candidate[i + 1 :] &= ~overlaps[i, i + 1 :]
    return order[candidate]


def batched_nms(
    boxes: Float[Tensor, "n 4"],
    scores: Float[Tensor, " n"],
    idxs: Int[Tensor, " n"],
    iou_threshold: float,
) -> Int[Tensor, " kept"]:
    """Non-maximum suppression within each class: boxes of different classes leave each other be.

    Args:
        boxes: corners (x1, y1, x2, y2), shape (n, 4).
        scores: shape (n,).
        idxs: class of each box, shape (n,).
        iou_threshold: the largest overlap of two kept boxes of a class, between 0 and 1.

    Returns:
        The indices of the kept boxes in the order of falling scores.

    Raises:
        ValueError: shapes that do not fit, corners in the wrong order, or a threshold outside
            [0, 1].

    Section: :ref:`sec-object-detection`.

    Source: Felzenszwalb, Girshick, McAllester, Ramanan (2010), Object detection with
    discriminatively trained part-based models, doi:10.1109/TPAMI.2009.167, section 7.1.

    Example:
        >>> boxes, scores = torch.tensor([[0.0, 0, 9, 9], [0.0, 0, 9, 9]]), torch.tensor([0.5, 0.9])
        >>> batched_nms(boxes, scores, torch.tensor([0, 1]), iou_threshold=0.5)
        tensor([1, 0])

    In production: torchvision.ops.batched_nms.
    """
    if idxs.shape != boxes.shape[:1]:
        raise ValueError(f"{len(boxes)} classes are needed, got idxs of {tuple(idxs.shape)}")
    kept = [
        members[nms(boxes[members], scores[members], iou_threshold)]
        for k in idxs.unique()
        for members in [(idxs == k).nonzero().squeeze(1)]
    ]
    if not kept:
        return nms(boxes, scores, iou_threshold)
    indices = torch.cat(kept).sort().values
    return indices[scores[indices].argsort(descending=True, stable=True)]
