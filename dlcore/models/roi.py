"""RoI pooling: regions of any size brought to one size, for the head of a two-stage detector."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.models.images import require_positive


def _inside(start: Tensor, length: Tensor, bins: int, size: int) -> Tensor:
    """Which pixels of 0..size-1 each of the bins of each region covers, shape (r, bins, size)."""
    k = torch.arange(bins, device=start.device)
    first = start[:, None] + torch.div(k * length[:, None], bins, rounding_mode="floor")
    past = start[:, None] - torch.div(-(k + 1) * length[:, None], bins, rounding_mode="floor")
    pixel = torch.arange(size, device=start.device)
    return (pixel >= first[..., None]) & (pixel < past[..., None])


def roi_pool(
    features: Float[Tensor, "b c h w"],
    rois: Float[Tensor, "r 5"],
    output_size: int | tuple[int, int],
    spatial_scale: float = 1.0,
) -> Float[Tensor, "r c p q"]:
    """The largest values within a grid of bins laid over each region of the maps.

    A region's corners are rounded to whole positions, both ends included; its bins overlap by a
    position where they do not come out even.

    Args:
        features: maps, shape (b, c, h, w).
        rois: the image's index in the batch and corners (x1, y1, x2, y2), shape (r, 5).
        output_size: rows p and columns q of bins, or one number for both.
        spatial_scale: positions of the map per pixel of the corners, such as 1 / 16.

    Returns:
        Shape (r, c, p, q); 0 for a bin outside the map.

    Raises:
        ValueError: shapes that do not fit, an image that is not in the batch, or a size or scale
            that is not positive.

    Section: :ref:`sec-object-detection`.

    Source: Girshick (2015), Fast R-CNN, arXiv:1504.08083, section 2.1.

    Example:
        >>> maps = torch.arange(16.0).reshape(1, 1, 4, 4)
        >>> roi_pool(maps, torch.tensor([[0.0, 0.0, 0.0, 3.0, 3.0]]), 2)
        tensor([[[[ 5.,  7.],
                  [13., 15.]]]])

    In production: torchvision.ops.roi_pool, or roi_align, which does not round.
    """
    p, q = (output_size, output_size) if isinstance(output_size, int) else output_size
    require_positive(rows=p, columns=q, spatial_scale=spatial_scale)
    if features.ndim != 4 or rois.ndim != 2 or rois.shape[1] != 5:
        raise ValueError(
            f"expected maps (b, c, h, w) and rois (r, 5), got {tuple(features.shape)} and "
            f"{tuple(rois.shape)}"
        )
    image = rois[:, 0].long()
    if bool(((image < 0) | (image >= len(features))).any()):
        raise ValueError(f"rois name images outside a batch of {len(features)}")
    x1, y1, x2, y2 = (rois[:, 1:] * spatial_scale).add(0.5).floor().long().unbind(1)
    rows = _inside(y1, (y2 - y1 + 1).clamp(min=1), p, features.shape[2])
    columns = _inside(x1, (x2 - x1 + 1).clamp(min=1), q, features.shape[3])
    lowest = float("-inf")
    maps = features[image][:, :, None]
    by_row = torch.where(rows[:, None, :, :, None], maps, lowest).amax(dim=3)
    pooled = torch.where(columns[:, None, None], by_row[:, :, :, None], lowest).amax(dim=4)
    return torch.where(pooled == lowest, 0, pooled)
