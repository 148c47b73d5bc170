"""Anchors: boxes laid out over the image, from which a detector tells the objects' boxes."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.models.boxes import box_iou, require_boxes
from dlcore.models.images import require_positive


def make_anchors(
    size: tuple[int, int],
    stride: float,
    sizes: Sequence[float],
    ratios: Sequence[float] = (0.5, 1.0, 2.0),
) -> Float[Tensor, "anchors 4"]:
    """Boxes of all sizes and shapes around the centre of every position of a map.

    Args:
        size: height h and width w of the map.
        stride: pixels of the image between two positions.
        sizes: the square roots of the boxes' areas, in pixels.
        ratios: height over width.

    Returns:
        Corners (x1, y1, x2, y2) in pixels of the image, row by row, at each position size by size
        and ratio by ratio; shape (h w len(sizes) len(ratios), 4). They may reach over the border.

    Raises:
        ValueError: a number that is not positive.

    Section: :ref:`sec-object-detection`.

    Source: Ren, He, Girshick, Sun (2015), Faster R-CNN, arXiv:1506.01497, section 3.1.1.

    Example:
        >>> make_anchors((1, 2), stride=8, sizes=[8], ratios=[1.0])
        tensor([[ 0.,  0.,  8.,  8.],
                [ 8.,  0., 16.,  8.]])

    In production: torchvision.models.detection.anchor_utils.AnchorGenerator.
    """
    h, w = size
    require_positive(height=h, width=w, stride=stride)
    for name, numbers in (("sizes", sizes), ("ratios", ratios)):
        if len(numbers) == 0 or min(numbers) <= 0:
            raise ValueError(f"{name} must be positive numbers, got {numbers}")
    shapes = torch.tensor([(s / math.sqrt(r), s * math.sqrt(r)) for s in sizes for r in ratios])
    y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    centers = (torch.stack([x, y], dim=-1).reshape(-1, 1, 2) + 0.5) * stride
    return torch.cat([centers - shapes / 2, centers + shapes / 2], dim=-1).reshape(-1, 4)


def _center_form(boxes: Tensor) -> tuple[Tensor, Tensor]:
    """Centres and sizes, each (n, 2)."""
    return (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]


def _require_pairs(t: Tensor, anchors: Tensor) -> None:
    require_boxes(anchors, "anchors")
    if t.shape != anchors.shape:
        raise ValueError(
            f"one row per anchor is needed: {tuple(t.shape)} and anchors {tuple(anchors.shape)}"
        )
    if not (anchors[:, 2:] > anchors[:, :2]).all():
        raise ValueError("anchors must have an area")


def encode_boxes(
    boxes: Float[Tensor, "n 4"], anchors: Float[Tensor, "n 4"]
) -> Float[Tensor, "n 4"]:
    """Where each box lies as seen from its anchor: what a detector learns to predict.

    Args:
        boxes: corners (x1, y1, x2, y2), with an area, shape (n, 4).
        anchors: one for each box, shape (n, 4).

    Returns:
        (x - x_a) / w_a, (y - y_a) / h_a, log(w / w_a), log(h / h_a), of centres and sizes; 0 for
        a box that is its anchor.

    Raises:
        ValueError: shapes that do not fit, or boxes or anchors without area.

    Equation: :eq:`eq-box-encoding`.
    Section: :ref:`sec-object-detection`.

    Source: Girshick, Donahue, Darrell, Malik (2014), Rich feature hierarchies for accurate object
    detection and semantic segmentation, arXiv:1311.2524, appendix C.

    Example:
        >>> anchor = torch.tensor([[0.0, 0.0, 10.0, 10.0]])
        >>> encode_boxes(torch.tensor([[5.0, 0.0, 15.0, 20.0]]), anchor)
        tensor([[0.5000, 0.5000, 0.0000, 0.6931]])

    In production: torchvision.models.detection._utils.BoxCoder.
    """
    require_boxes(boxes)
    _require_pairs(boxes, anchors)
    if not (boxes[:, 2:] > boxes[:, :2]).all():
        raise ValueError("boxes must have an area")
    (center, size), (center_a, size_a) = _center_form(boxes), _center_form(anchors)
    return torch.cat([(center - center_a) / size_a, (size / size_a).log()], dim=1)


def decode_boxes(t: Float[Tensor, "n 4"], anchors: Float[Tensor, "n 4"]) -> Float[Tensor, "n 4"]:
    """The boxes that were meant: the inverse of `encode_boxes`.

    Args:
        t: offsets and log sizes, shape (n, 4).
        anchors: one for each row, shape (n, 4).

    Returns:
        Corners (x1, y1, x2, y2), shape (n, 4); a box is at most 1000 / 16 times as wide or high
        as its anchor, so that no untrained prediction overflows.

    Raises:
        ValueError: shapes that do not fit, or anchors without area.

    Equation: :eq:`eq-box-encoding`.
    Section: :ref:`sec-object-detection`.

    Source: Girshick, Donahue, Darrell, Malik (2014), Rich feature hierarchies for accurate object
    detection and semantic segmentation, arXiv:1311.2524, appendix C.

    Example:
        >>> anchor = torch.tensor([[0.0, 0.0, 10.0, 10.0]])
        >>> decode_boxes(torch.tensor([[0.5, 0.5, 0.0, 0.0]]), anchor)
        tensor([[ 5.,  5., 15., 15.]])

    In production: torchvision.models.detection._utils.BoxCoder.
    """
    _require_pairs(t, anchors)
    center_a, size_a = _center_form(anchors)
    center = center_a + t[:, :2] * size_a
    size = size_a * t[:, 2:].clamp(max=math.log(1000 / 16)).exp()
    return torch.cat([center - size / 2, center + size / 2], dim=1)


def match_anchors(
    anchors: Float[Tensor, "a 4"],
    boxes: Float[Tensor, "n 4"],
    high: float = 0.5,
    low: float = 0.4,
) -> Int[Tensor, " a"]:
    """Which object each anchor is to find.

    An anchor gets the box that it overlaps most, if this is at least `high`; below `low` it is
    background, in between it is left out. The anchors that overlap a box most get it in any case.

    Args:
        anchors: shape (a, 4).
        boxes: of the objects, shape (n, 4).
        high: the least overlap of a match.
        low: the least overlap of an anchor that is not background.

    Returns:
        The index of the box, -1 for background, -2 for an anchor to leave out; shape (a,).

    Raises:
        ValueError: another shape, corners in the wrong order, or not 0 <= low <= high <= 1.

    Section: :ref:`sec-object-detection`.

    Source: Ren, He, Girshick, Sun (2015), Faster R-CNN, arXiv:1506.01497, section 3.1.2.

    Example:
        >>> anchors = torch.tensor([[0.0, 0, 10, 10], [4.0, 0, 14, 10], [50.0, 0, 60, 10]])
        >>> match_anchors(anchors, torch.tensor([[0.0, 0, 10, 10]]))
        tensor([ 0, -2, -1])

    In production: torchvision.models.detection._utils.Matcher.
    """
    if not 0 <= low <= high <= 1:
        raise ValueError(f"0 <= low <= high <= 1 is needed, got low={low}, high={high}")
    iou = box_iou(anchors, boxes)
    if len(boxes) == 0:
        return torch.full((len(anchors),), -1, device=anchors.device)
    best, match = iou.max(dim=1)
    match = match.masked_fill(best < high, -2).masked_fill(best < low, -1)
    best_of_box = iou.max(dim=0).values
    anchor, box = ((iou == best_of_box) & (best_of_box > 0)).nonzero().unbind(1)
    match[anchor] = box
    return match
