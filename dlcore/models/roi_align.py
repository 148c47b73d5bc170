"""RoI align: regions brought to one size without rounding their corners."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.models.images import require_positive


def _weights(start: Tensor, length: Tensor, bins: int, samples: int, size: int) -> Tensor:
    """How much each of 0..size-1 counts for each bin of each region, shape (r, bins, size)."""
    place = (torch.arange(bins * samples).to(start) + 0.5) / (bins * samples)
    x = start[:, None] + place * length[:, None]
    inside = (x >= -1) & (x <= size)
    pixel = torch.arange(size, device=start.device)
    near = (1 - (x.clamp(0, size - 1)[..., None] - pixel).abs()).clamp(min=0)
    return (near * inside[..., None]).unflatten(1, (bins, samples)).mean(dim=2)


def roi_align(
    features: Float[Tensor, "b c h w"],
    rois: Float[Tensor, "r 5"],
    output_size: int | tuple[int, int],
    spatial_scale: float = 1.0,
    sampling_ratio: int = 2,
) -> Float[Tensor, "r c p q"]:
    """Average values within a grid of bins laid over each region, read between the pixels.

    Each bin is the mean of samples in a regular grid; a sample is interpolated linearly from the
    four pixels around it, whose centres are at 0.5, 1.5, ... of the map.

    Args:
        features: maps, shape (b, c, h, w).
        rois: the image's index in the batch and corners (x1, y1, x2, y2), shape (r, 5).
        output_size: rows p and columns q of bins, or one number for both.
        spatial_scale: positions of the map per pixel of the corners, such as 1 / 16.
        sampling_ratio: samples along each side of a bin.

    Returns:
        Shape (r, c, p, q); samples more than a position outside the map count 0.

    Raises:
        ValueError: shapes that do not fit, an image that is not in the batch, or a size, scale or
            number that is not positive.

    Section: :ref:`sec-two-stage-detection`.

    Source: He, Gkioxari, Dollár, Girshick (2017), Mask R-CNN, arXiv:1703.06870, section 3.

    Example:
        >>> maps = torch.arange(16.0).reshape(1, 1, 4, 4)
        >>> roi_align(maps, torch.tensor([[0.0, 1.0, 1.0, 3.0, 3.0]]), 1)
        tensor([[[[7.5000]]]])

    In production: torchvision.ops.roi_align(aligned=True).
    """
    p, q = (output_size, output_size) if isinstance(output_size, int) else output_size
    require_positive(rows=p, columns=q, spatial_scale=spatial_scale, sampling_ratio=sampling_ratio)
    if features.ndim != 4 or rois.ndim != 2 or rois.shape[1] != 5:
        raise ValueError(
            f"expected maps (b, c, h, w) and rois (r, 5), got {tuple(features.shape)} and "
            f"{tuple(rois.shape)}"
        )
    image = rois[:, 0].long()
    if len(image) and not 0 <= int(image.min()) <= int(image.max()) < len(features):
        raise ValueError(f"rois name images outside the batch of {len(features)}")
    x1, y1, x2, y2 = (rois[:, 1:] * spatial_scale).unbind(1)
    h, w = features.shape[2:]
    rows = _weights(y1 - 0.5, y2 - y1, p, sampling_ratio, h).to(features)
    columns = _weights(x1 - 0.5, x2 - x1, q, sampling_ratio, w).to(features)
    pooled = features.new_zeros(len(rois), features.shape[1], p, q)
    for i in image.unique():
        mine = image == i
        pooled[mine] = torch.einsum("rph,chw,rqw->rcpq", rows[mine], features[i], columns[mine])
    return pooled
