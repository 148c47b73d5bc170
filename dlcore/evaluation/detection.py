"""Measures of a detector: which boxes found an object, and average precision from that."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from dlcore.models import box_iou

COCO_THRESHOLDS = tuple(0.5 + 0.05 * i for i in range(10))


def match_detections(
    boxes: Float[Tensor, "n 4"],
    scores: Float[Tensor, " n"],
    truth: Float[Tensor, "m 4"],
    iou_threshold: float = 0.5,
) -> Bool[Tensor, " n"]:
    """Which detections on an image found an object that no better one had found.

    In the order of falling scores, each detection takes the object with the largest overlap among
    those that are still free, if that overlap reaches the threshold.

    Args:
        boxes: detected corners (x1, y1, x2, y2), shape (n, 4).
        scores: shape (n,); among equal ones the first comes first.
        truth: the objects' boxes, shape (m, 4).
        iou_threshold: the least overlap of a match, above 0 and at most 1.

    Returns:
        Shape (n,), in the order of the boxes; a second box on one object is false.

    Raises:
        ValueError: shapes that do not fit, corners in the wrong order, a threshold outside (0, 1].

    Section: :ref:`sec-detection-metrics`.

    Source: Lin et al. (2014), Microsoft COCO: common objects in context, arXiv:1405.0312; the rule
        is that of its evaluation code.

    Example:
        >>> boxes = torch.tensor([[0.0, 0, 10, 10], [1.0, 0, 11, 10]])
        >>> match_detections(boxes, torch.tensor([0.6, 0.9]), boxes[:1])
        tensor([False,  True])

    In production: pycocotools.cocoeval.
    """
    if scores.shape != boxes.shape[:1]:
        raise ValueError(f"{len(boxes)} scores are needed, got shape {tuple(scores.shape)}")
    if not 0 < iou_threshold <= 1:
        raise ValueError(f"iou_threshold must lie above 0 and at most at 1, got {iou_threshold}")
    overlap = box_iou(boxes, truth)
    correct = torch.zeros(len(boxes), dtype=torch.bool, device=boxes.device)
    if not len(truth):
        return correct
    for i in scores.argsort(descending=True, stable=True):
        best, j = overlap[i].max(dim=0)
        if best >= iou_threshold:
            correct[i] = True
            overlap[:, j] = -1
    return correct


def interpolated_average_precision(
    correct: Bool[Tensor, " n"],
    objects: int,
    interpolation: int | Literal["all", "none"] = "all",
) -> float:
    """The area under precision over recall of a ranked list, with precision made to fall.

    Args:
        correct: whether each detection found an object, in the order of falling scores.
        objects: how many objects there are.
        interpolation: "all" averages the envelope, the best precision at this recall or a larger
            one, over the objects; a number (PASCAL VOC 2007: 11, COCO: 101) averages it over so
            many recalls from 0 to 1; "none" averages the precision itself over the objects.

    Returns:
        A number between 0 and 1; objects that nobody found count 0. NaN if there is no object.

    Raises:
        ValueError: more correct detections than objects, or another interpolation.

    Equation: :eq:`eq-detection-ap`.
    Section: :ref:`sec-detection-metrics`.

    Source: Everingham et al. (2010), The Pascal visual object classes challenge,
        doi:10.1007/s11263-009-0275-4, section 4.2.

    Example:
        >>> correct = torch.tensor([True, False, True, True, False])
        >>> interpolated_average_precision(correct, objects=4)
        0.625

    In production: pycocotools.cocoeval, torchmetrics.detection.MeanAveragePrecision.
    """
    found = correct.double().cumsum(0)
    if correct.any() and found[-1] > objects:
        raise ValueError(f"{int(found[-1])} correct detections of {objects} objects")
    if isinstance(interpolation, str) and interpolation not in ("all", "none"):
        raise ValueError(f"interpolation must be a number, 'all' or 'none', got {interpolation!r}")
    if isinstance(interpolation, int) and interpolation < 2:
        raise ValueError(f"at least 2 recalls are needed, got {interpolation}")
    if objects == 0:
        return float("nan")
    precision = found / torch.arange(1, len(correct) + 1, device=correct.device)
    envelope = precision.flip(0).cummax(0).values.flip(0) if len(correct) else precision
    if isinstance(interpolation, str):
        height = envelope if interpolation == "all" else precision
        return float(height[correct].sum() / objects)
    steps = torch.arange(interpolation, device=correct.device)
    needed = -torch.div(-steps * objects, interpolation - 1, rounding_mode="floor")
    place = torch.searchsorted(found, needed.double())
    return float(torch.cat([envelope, envelope.new_zeros(1)])[place].mean())


def detection_average_precision(
    detections: Sequence[tuple[Tensor, Tensor]],
    truths: Sequence[Float[Tensor, "_ 4"]],
    iou_threshold: float = 0.5,
    interpolation: int | Literal["all", "none"] = "all",
) -> float:
    """Average precision of the detections of one class on a set of images.

    Args:
        detections: for each image the boxes, shape (n, 4), and their scores, shape (n,).
        truths: for each image the objects' boxes, shape (m, 4).
        iou_threshold: the least overlap of a match.
        interpolation: see `interpolated_average_precision`.

    Returns:
        A number between 0 and 1: detections are matched image by image and ranked together. NaN
        if no image has an object.

    Raises:
        ValueError: other numbers of images, or what `match_detections` rejects.

    Equation: :eq:`eq-detection-ap`.
    Section: :ref:`sec-detection-metrics`.

    Source: Everingham et al. (2010), The Pascal visual object classes challenge,
        doi:10.1007/s11263-009-0275-4, section 4.2.

    Example:
        >>> truth = torch.tensor([[0.0, 0, 10, 10], [20.0, 20, 30, 30]])
        >>> detection_average_precision([(truth[:1], torch.tensor([0.9]))], [truth])
        0.5

    In production: torchmetrics.detection.MeanAveragePrecision.
    """
    if len(detections) != len(truths):
        raise ValueError(f"detections on {len(detections)} images, objects on {len(truths)}")
    correct, scores = [torch.zeros(0, dtype=torch.bool)], [torch.zeros(0)]
    for (boxes, score), truth in zip(detections, truths, strict=True):
        correct.append(match_detections(boxes, score, truth, iou_threshold).cpu())
        scores.append(score.detach().cpu())
    order = torch.cat(scores).argsort(descending=True, stable=True)
    objects = sum(map(len, truths))
    return interpolated_average_precision(torch.cat(correct)[order], objects, interpolation)


class MeanAveragePrecision(NamedTuple):
    """Average precision over classes and thresholds.

    Attributes:
        mean: over the classes that have objects, and all thresholds.
        table: of each class at each threshold, shape (k, t), float64; NaN for a class without
            object.

    Section: :ref:`sec-detection-metrics`.

    Example:
        >>> MeanAveragePrecision(0.5, torch.full((1, 1), 0.5)).mean
        0.5

    In production: the dictionary of torchmetrics.detection.MeanAveragePrecision.
    """

    mean: float
    table: Float[Tensor, "k t"]


def coco_map(
    detections: Sequence[tuple[Tensor, Tensor, Tensor]],
    targets: Sequence[tuple[Tensor, Tensor]],
    num_classes: int,
    thresholds: Sequence[float] = COCO_THRESHOLDS,
) -> MeanAveragePrecision:
    """COCO's mean average precision: over classes, and over overlaps from 0.50 to 0.95.

    Precision is read at 101 recalls. Unlike COCO's code it counts all detections of an image, not
    the best 100, and knows neither sizes nor crowds.

    Args:
        detections: for each image boxes (n, 4), scores (n,) and labels (n,), such as
            `dlcore.models.Detections`.
        targets: for each image the objects' boxes (m, 4) and labels (m,).
        num_classes: K.
        thresholds: the least overlaps of a match.

    Returns:
        The mean and the table behind it.

    Raises:
        ValueError: other numbers of images, no class or threshold, a label outside 0..K - 1, no
            object at all, or what `match_detections` rejects.

    Equation: :eq:`eq-detection-ap`.
    Section: :ref:`sec-detection-metrics`.

    Source: Lin et al. (2014), Microsoft COCO: common objects in context, arXiv:1405.0312.

    Example:
        >>> box, label = torch.tensor([[0.0, 0, 10, 10]]), torch.tensor([0])
        >>> shifted = box + torch.tensor([2.0, 0, 2, 0])
        >>> coco_map([(shifted, torch.tensor([0.9]), label)], [(box, label)], 1).mean
        0.4

    In production: pycocotools.cocoeval, torchmetrics.detection.MeanAveragePrecision.
    """
    if num_classes < 1 or not thresholds:
        raise ValueError("at least one class and one threshold are needed")
    if len(detections) != len(targets):
        raise ValueError(f"detections on {len(detections)} images, objects on {len(targets)}")
    for labels in [d[2] for d in detections] + [t[1] for t in targets]:
        if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < num_classes:
            raise ValueError(f"labels must lie in 0..{num_classes - 1}, got {labels.tolist()}")
    rows = []
    for k in range(num_classes):
        found = [(boxes[labels == k], scores[labels == k]) for boxes, scores, labels in detections]
        there = [boxes[labels == k] for boxes, labels in targets]
        rows.append([detection_average_precision(found, there, t, 101) for t in thresholds])
    table = torch.tensor(rows, dtype=torch.float64)
    mean = table.nanmean().item()
    if mean != mean:
        raise ValueError("no image has an object")
    return MeanAveragePrecision(mean, table)
