"""The branch of Mask R-CNN that draws each object's outline within its box."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore.models.images import require_images, require_positive


class MaskHead(nn.Module):
    """Convolutions over a region's map, then one mask for each class, twice as large.

    The classes do not compete: which mask counts says the class that another branch finds.

    Args:
        in_channels: channels of the regions' maps.
        num_classes: K.
        width: channels of the convolutions.
        depth: number of 3 x 3 convolutions.

    Raises:
        ValueError: numbers that are not positive; in `forward`, maps of another shape.

    Section: :ref:`sec-instance-masks`.

    Source: He, Gkioxari, Dollár, Girshick (2017), Mask R-CNN, arXiv:1703.06870, figure 4.

    Example:
        >>> MaskHead(16, 3)(torch.zeros(5, 16, 7, 7)).shape
        torch.Size([5, 3, 14, 14])

    In production: torchvision.models.detection.mask_rcnn.MaskRCNNHeads and MaskRCNNPredictor.
    """

    def __init__(self, in_channels: int, num_classes: int, width: int = 32, depth: int = 2) -> None:
        super().__init__()
        require_positive(in_channels=in_channels, num_classes=num_classes, width=width, depth=depth)
        self.in_channels = in_channels
        self.layers = nn.Sequential()
        channels = in_channels
        for _ in range(depth):
            self.layers.extend([nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()])
            channels = width
        self.layers.extend([nn.ConvTranspose2d(width, width, 2, stride=2), nn.ReLU()])
        self.layers.append(nn.Conv2d(width, num_classes, 1))

    def forward(self, x: Float[Tensor, "r c p q"]) -> Float[Tensor, "r k h w"]:
        """Logits of each class's mask."""
        require_images(x, self.in_channels)
        return self.layers(x)


def select_masks(
    logits: Float[Tensor, "r k h w"], labels: Int[Tensor, " r"]
) -> Float[Tensor, "r h w"]:
    """The mask of each region's own class.

    Args:
        logits: of `MaskHead`, shape (r, K, h, w).
        labels: the regions' classes, shape (r,): the true ones to learn, found ones to predict.

    Returns:
        Logits, shape (r, h, w), for `torch.nn.functional.binary_cross_entropy_with_logits`.

    Raises:
        ValueError: shapes that do not fit, or labels outside 0..K - 1.

    Section: :ref:`sec-instance-masks`.

    Source: He, Gkioxari, Dollár, Girshick (2017), Mask R-CNN, arXiv:1703.06870, section 3.

    Example:
        >>> logits = torch.arange(2.0)[None, :, None, None].expand(3, 2, 4, 4)
        >>> select_masks(logits, torch.tensor([0, 1, 1]))[:, 0, 0]
        tensor([0., 1., 1.])

    In production: part of torchvision.models.detection.roi_heads.
    """
    if logits.ndim != 4 or labels.shape != logits.shape[:1]:
        raise ValueError(
            f"expected logits (r, K, h, w) and r labels, got {tuple(logits.shape)} and "
            f"{tuple(labels.shape)}"
        )
    if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < logits.shape[1]:
        raise ValueError(f"labels must lie in 0..{logits.shape[1] - 1}")
    return logits[torch.arange(len(labels), device=labels.device), labels]
