"""The first stage of a two-stage detector: where might something be?"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore.models.anchors import decode_boxes, encode_boxes, match_anchors
from dlcore.models.boxes import clip_boxes_to_image, nms
from dlcore.models.images import require_images, require_positive


class RegionProposalNetwork(nn.Module):
    """For every anchor of a map: is there an object, and how must the anchor move to fit it?

    Args:
        in_channels: channels of the map.
        anchors_per_cell: A, sizes times ratios of `dlcore.models.make_anchors`.
        width: channels of the hidden convolution; by default as many as the map has.

    Raises:
        ValueError: numbers that are not positive; in `forward`, a map of another shape.

    Section: :ref:`sec-two-stage-detection`.

    Source: Ren, He, Girshick, Sun (2015), Faster R-CNN, arXiv:1506.01497, section 3.1.

    Example:
        >>> logits, offsets = RegionProposalNetwork(8, 3)(torch.zeros(2, 8, 4, 5))
        >>> logits.shape, offsets.shape
        (torch.Size([2, 60]), torch.Size([2, 60, 4]))

    In production: torchvision.models.detection.rpn.RegionProposalNetwork.
    """

    def __init__(self, in_channels: int, anchors_per_cell: int, width: int | None = None) -> None:
        super().__init__()
        width = in_channels if width is None else width
        require_positive(in_channels=in_channels, anchors_per_cell=anchors_per_cell, width=width)
        self.in_channels = in_channels
        self.hidden = nn.Conv2d(in_channels, width, 3, padding=1)
        self.objectness = nn.Conv2d(width, anchors_per_cell, 1)
        self.offsets = nn.Conv2d(width, 4 * anchors_per_cell, 1)

    def forward(
        self, features: Float[Tensor, "b c h w"]
    ) -> tuple[Float[Tensor, "b a"], Float[Tensor, "b a 4"]]:
        """Logits and offsets in the order of `dlcore.models.make_anchors`."""
        require_images(features, self.in_channels)
        x = self.hidden(features).relu()
        logits = self.objectness(x).movedim(1, 3).flatten(1)
        return logits, self.offsets(x).movedim(1, 3).reshape(len(x), -1, 4)

    @torch.no_grad()
    def propose(
        self,
        features: Float[Tensor, "b c h w"],
        anchors: Float[Tensor, "a 4"],
        image_size: tuple[int, int],
        *,
        most: int = 50,
        iou_threshold: float = 0.7,
    ) -> list[Float[Tensor, "_ 4"]]:
        """The best boxes of each image, after clipping and non-maximum suppression.

        Args:
            features: maps, shape (b, c, h, w).
            anchors: corners, shape (a, 4).
            image_size: height and width of the images.
            most: how many boxes of an image at most.
            iou_threshold: the largest overlap of two of them.

        Returns:
            For each image corners (x1, y1, x2, y2), from the most probable.

        Raises:
            ValueError: another number of anchors than the map has.
        """
        logits, offsets = self(features)
        if len(anchors) != logits.shape[1]:
            raise ValueError(f"the map has {logits.shape[1]} anchors, got {len(anchors)}")
        proposals = []
        for score, offset in zip(logits, offsets, strict=True):
            boxes = clip_boxes_to_image(decode_boxes(offset, anchors), image_size)
            real = (boxes[:, 2:] > boxes[:, :2]).all(dim=1)
            kept = nms(boxes[real], score[real], iou_threshold)[:most]
            proposals.append(boxes[real][kept])
        return proposals


def rpn_loss(
    logits: Float[Tensor, " a"],
    offsets: Float[Tensor, "a 4"],
    anchors: Float[Tensor, "a 4"],
    boxes: Float[Tensor, "n 4"],
    *,
    high: float = 0.7,
    low: float = 0.3,
) -> Float[Tensor, ""]:
    """The loss of a region proposal network on one image.

    Anchors with an object and anchors on background get equal weight, however many they are; the
    paper draws equally many of each for that.

    Args:
        logits: of `RegionProposalNetwork`, shape (a,).
        offsets: of the same, shape (a, 4).
        anchors: corners (x1, y1, x2, y2), shape (a, 4).
        boxes: of the objects, shape (n, 4).
        high: the least overlap of an anchor with its object, see `dlcore.models.match_anchors`.
        low: the least overlap of an anchor that is not background.

    Returns:
        The mean cross-entropy of both kinds, and the mean smooth absolute error of the offsets of
        anchors with an object, summed over the four.

    Raises:
        ValueError: shapes that do not fit, or what `dlcore.models.match_anchors` rejects.

    Section: :ref:`sec-two-stage-detection`.

    Source: Ren, He, Girshick, Sun (2015), Faster R-CNN, arXiv:1506.01497, section 3.1.2.

    Example:
        >>> anchors = torch.tensor([[0.0, 0, 10, 10], [50.0, 0, 60, 10]])
        >>> round(rpn_loss(torch.zeros(2), torch.zeros(2, 4), anchors, anchors[:1]).item(), 4)
        0.6931

    In production: part of torchvision.models.detection.rpn.RegionProposalNetwork.
    """
    if logits.shape != anchors.shape[:1] or offsets.shape != anchors.shape:
        raise ValueError(
            f"expected {len(anchors)} logits and offsets, got shapes {tuple(logits.shape)} and "
            f"{tuple(offsets.shape)}"
        )
    match: Int[Tensor, " a"] = match_anchors(anchors, boxes, high, low)
    there, nothing = match >= 0, match == -1
    parts = [nn.functional.softplus(-logits[there]), nn.functional.softplus(logits[nothing])]
    kinds = [part.mean() for part in parts if len(part)]
    loss = torch.stack(kinds).mean() if kinds else logits.sum() * 0
    if not there.any():
        return loss
    wanted = encode_boxes(boxes[match[there]], anchors[there])
    return loss + nn.functional.smooth_l1_loss(offsets[there], wanted) * 4
