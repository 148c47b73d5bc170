"""A one-shot detector on a grid: every cell says what object has its centre there, and where."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore.models.boxes import batched_nms, clip_boxes_to_image, require_boxes
from dlcore.models.images import convolution, require_images, require_positive
from dlcore.training import predict


class Detections(NamedTuple):
    """What a detector found on one image.

    Attributes:
        boxes: corners (x1, y1, x2, y2) in pixels, shape (n, 4).
        scores: the probability of an object of this class, shape (n,), falling.
        labels: classes, shape (n,).

    Section: :ref:`sec-object-detection`.

    Example:
        >>> Detections(torch.zeros(0, 4), torch.zeros(0), torch.zeros(0, dtype=torch.long))._fields
        ('boxes', 'scores', 'labels')

    In production: the dictionaries of torchvision's detectors.
    """

    boxes: Float[Tensor, "n 4"]
    scores: Float[Tensor, " n"]
    labels: Int[Tensor, " n"]


def grid_targets(
    boxes: Sequence[Float[Tensor, "_ 4"]],
    labels: Sequence[Int[Tensor, " _"]],
    num_classes: int,
    *,
    image_size: int,
    cells: int,
) -> Float[Tensor, "b d cells cells"]:
    """What a `GridDetector` should say about images whose objects are known.

    Args:
        boxes: for each image the corners (x1, y1, x2, y2) of its objects, shape (n, 4).
        labels: for each image their classes, shape (n,).
        num_classes: K.
        image_size: side of the images in pixels.
        cells: cells along a side, S.

    Returns:
        Shape (b, 5 + K, S, S). In the cell that holds an object's centre: 1; the centre's place
        within the cell, x and y in [0, 1]; width and height as shares of the image; the class,
        one-hot. Zeros elsewhere. Of two objects in one cell the first one counts.

    Raises:
        ValueError: shapes that do not fit, labels out of range, or centres outside the image.

    Section: :ref:`sec-object-detection`.

    Source: Redmon, Divvala, Girshick, Farhadi (2016), You only look once, arXiv:1506.02640,
    section 2.

    Example:
        >>> box, label = torch.tensor([[10.0, 20.0, 30.0, 40.0]]), torch.tensor([1])
        >>> grid_targets([box], [label], 2, image_size=40, cells=2)[0, :, 1, 1]
        tensor([1.0000, 0.0000, 0.5000, 0.5000, 0.5000, 0.0000, 1.0000])

    In production: part of the training code of YOLO, such as ultralytics.
    """
    require_positive(num_classes=num_classes, image_size=image_size, cells=cells)
    if len(boxes) != len(labels):
        raise ValueError(f"boxes of {len(boxes)} images, labels of {len(labels)}")
    device = boxes[0].device if boxes else None
    targets = torch.zeros(len(boxes), 5 + num_classes, cells, cells, device=device)
    for target, corners, classes in zip(targets, boxes, labels, strict=True):
        require_boxes(corners)
        if classes.shape != corners.shape[:1]:
            raise ValueError(f"{len(corners)} boxes, labels of shape {tuple(classes.shape)}")
        for box, k in zip(corners.tolist(), classes.tolist(), strict=True):
            _mark(target, box, k, image_size / cells)
    return targets


def _mark(target: Tensor, box: list[float], k: int, side: float) -> None:
    """Write one object into its cell, unless the cell has one."""
    x1, y1, x2, y2 = box
    x, y = (x1 + x2) / 2 / side, (y1 + y2) / 2 / side
    column, row, cells = math.floor(x), math.floor(y), target.shape[1]
    if not (0 <= column < cells and 0 <= row < cells):
        raise ValueError(f"the centre of the box {box} lies outside the image")
    if not 0 <= k < len(target) - 5:
        raise ValueError(f"labels must lie between 0 and {len(target) - 6}, got {k}")
    if target[0, row, column] == 0:
        width, height = (x2 - x1) / side / cells, (y2 - y1) / side / cells
        numbers = torch.tensor([1, x - column, y - row, width, height])
        target[:5, row, column] = numbers
        target[5 + k, row, column] = 1


def grid_loss(
    outputs: Float[Tensor, "b d s s"],
    targets: Float[Tensor, "b d s s"],
    box_weight: float = 5.0,
    background_weight: float = 0.5,
) -> Float[Tensor, ""]:
    """The loss of a grid detector: is there an object, where, how large, of which class?

    Args:
        outputs: of `GridDetector`, logits, shape (b, 5 + K, S, S).
        targets: of `grid_targets`, the same shape.
        box_weight: of the squared errors of places and square roots of sizes.
        background_weight: of a cell without an object, of which there are many.

    Returns:
        The sum over the cells, per image: cross-entropies of object and class, and weighted
        squared errors. Box and class count only where there is an object.

    Raises:
        ValueError: shapes that differ or have fewer than 6 channels.

    Section: :ref:`sec-object-detection`.

    Source: Redmon, Divvala, Girshick, Farhadi (2016), You only look once, arXiv:1506.02640,
    section 2.2; with cross-entropies where the paper has squared errors.

    Example:
        >>> targets = grid_targets([torch.zeros(0, 4)], [torch.zeros(0).long()], 2,
        ...                        image_size=8, cells=2)
        >>> round(grid_loss(torch.zeros_like(targets), targets).item(), 4)
        1.3863

    In production: part of the training code of YOLO, such as ultralytics.
    """
    if outputs.shape != targets.shape or outputs.ndim != 4 or outputs.shape[1] < 6:
        raise ValueError(
            f"expected two tensors (b, 5 + K, S, S), got {tuple(outputs.shape)} and "
            f"{tuple(targets.shape)}"
        )
    there = targets[:, 0]
    exists = nn.functional.binary_cross_entropy_with_logits(outputs[:, 0], there, reduction="none")
    place = outputs[:, 1:3].sigmoid() - targets[:, 1:3]
    size = outputs[:, 3:5].sigmoid().sqrt() - targets[:, 3:5].sqrt()
    box = (place**2 + size**2).sum(dim=1)
    kind = -(targets[:, 5:] * outputs[:, 5:].log_softmax(dim=1)).sum(dim=1)
    cells = exists * torch.where(there > 0, 1.0, background_weight)
    return (cells + there * (box_weight * box + kind)).sum() / len(outputs)


class GridDetector(nn.Module):
    """Convolutions that halve the image down to a grid, and a 1 x 1 that says 5 + K numbers a cell.

    The idea of YOLO at a size that learns in seconds. Built of torch.nn's layers.

    Args:
        num_classes: K.
        in_channels: channels of the images.
        width: channels of the first convolution.
        image_size: side of the images in pixels.
        cells: cells along a side, S; the image must be 2, 4, 8, ... times as many pixels wide.

    Raises:
        ValueError: sizes that are not positive or do not fit; in `forward`, images of another
            shape.

    Section: :ref:`sec-object-detection`.

    Source: Redmon, Divvala, Girshick, Farhadi (2016), You only look once, arXiv:1506.02640.

    Example:
        >>> GridDetector(3)(torch.zeros(2, 3, 48, 48)).shape
        torch.Size([2, 8, 6, 6])

    In production: ultralytics, torchvision.models.detection.
    """

    def __init__(
        self,
        num_classes: int,
        *,
        in_channels: int = 3,
        width: int = 16,
        image_size: int = 48,
        cells: int = 6,
    ) -> None:
        super().__init__()
        require_positive(num_classes=num_classes, width=width, image_size=image_size, cells=cells)
        halvings = round(math.log2(max(image_size / cells, 1)))
        if halvings < 1 or cells * 2**halvings != image_size:
            raise ValueError(
                f"image_size must be cells times 2, 4, 8, ..., got {image_size} and {cells}"
            )
        self.num_classes, self.in_channels = num_classes, in_channels
        self.image_size, self.cells = image_size, cells
        self.features = nn.Sequential()
        channels = in_channels
        for i in range(halvings):
            self.features.append(convolution(channels, width * 2**i, 3))
            self.features.append(nn.MaxPool2d(2))
            channels = width * 2**i
        self.features.extend([convolution(channels, channels, 3) for _ in range(2)])
        self.head = nn.Conv2d(channels, 5 + num_classes, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d s s"]:
        """The logits of each cell: object, place, size, classes."""
        require_images(x, self.in_channels)
        if x.shape[2:] != (self.image_size, self.image_size):
            raise ValueError(
                f"expected images of {self.image_size} x {self.image_size} pixels, got "
                f"{x.shape[2]} x {x.shape[3]}"
            )
        return self.head(self.features(x))

    def detect(
        self,
        X: Float[Tensor, "b c h w"],
        score_threshold: float = 0.5,
        iou_threshold: float = 0.5,
    ) -> list[Detections]:
        """The objects on each image, in evaluation mode.

        Args:
            X: images, shape (b, c, h, w).
            score_threshold: the least probability of what is reported.
            iou_threshold: the largest overlap of two reported objects of a class.

        Returns:
            For each image boxes, scores and labels.

        Raises:
            ValueError: images of another shape, or thresholds outside [0, 1].
        """
        if not 0 <= score_threshold <= 1:
            raise ValueError(f"score_threshold must lie between 0 and 1, got {score_threshold}")
        found = []
        for output in predict(self, X):
            classes = output[5:].softmax(dim=0) * output[0].sigmoid()
            scores, labels = classes.max(dim=0)
            kept = scores >= score_threshold
            boxes = _boxes(output, self.image_size)[:, kept].T
            boxes = clip_boxes_to_image(boxes, (self.image_size, self.image_size))
            best = batched_nms(boxes, scores[kept], labels[kept], iou_threshold)
            found.append(Detections(boxes[best], scores[kept][best], labels[kept][best]))
        return found


def _boxes(output: Tensor, image_size: int) -> Tensor:
    """The corners that one image's outputs stand for, shape (4, S, S)."""
    cells = output.shape[1]
    y, x = torch.meshgrid(torch.arange(cells), torch.arange(cells), indexing="ij")
    corner = torch.stack([x, y]).to(output)
    center = (corner + output[1:3].sigmoid()) * image_size / cells
    half = output[3:5].sigmoid() * image_size / 2
    return torch.cat([center - half, center + half])
