"""Windows out of photographs, each image's at a place of its own.

Images are channels first, shape (n, c, h, w).
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import pad

from dlcore.regularization.draws import integers_below, uniform
from dlcore.regularization.image_geometry import interpolate_at, require_images


def random_crop(
    images: Float[Tensor, "n c h w"],
    size: int | tuple[int, int],
    padding: int = 0,
    *,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "n c height width"]:
    """A window out of each image, at a place of its own.

    Args:
        images: shape (n, c, h, w).
        size: of the window, (height, width) or one number for both.
        padding: rows and columns of zeros added on all sides first.
        generator: source of the draws; by default torch's global one.

    Returns:
        Windows, shape (n, c, height, width).

    Raises:
        ValueError: the window does not fit, the padding is negative, or other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Krizhevsky, Sutskever, Hinton (2012), ImageNet classification with deep convolutional
        neural networks, section 4.1, doi:10.1145/3065386.

    Example:
        >>> random_crop(torch.rand(5, 3, 32, 32), 32, padding=4).shape
        torch.Size([5, 3, 32, 32])

    In production: torchvision.transforms.v2.RandomCrop, one draw for a whole batch.
    """
    require_images("random_crop", images)
    height, width = _both(size)
    if padding < 0:
        raise ValueError(f"random_crop: padding must be at least 0, got {padding}")
    padded = pad(images, (padding,) * 4)
    n, _, h, w = padded.shape
    if not (1 <= height <= h and 1 <= width <= w):
        raise ValueError(
            f"random_crop: a window of {height} x {width} does not fit into images of {h} x {w} "
            "(padding included)"
        )
    places = torch.tensor([h - height + 1, w - width + 1], device=images.device).expand(n, 2)
    top, left = integers_below(places, generator).unbind(-1)
    rows = top[:, None] + torch.arange(height, device=images.device)
    columns = left[:, None] + torch.arange(width, device=images.device)
    which = torch.arange(n, device=images.device)[:, None, None]
    return padded[which, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def _both(size: int | tuple[int, int]) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else size


def resized_crop(
    images: Float[Tensor, "n c h w"],
    top: Int[Tensor, " n"],
    left: Int[Tensor, " n"],
    height: Int[Tensor, " n"],
    width: Int[Tensor, " n"],
    size: int | tuple[int, int],
) -> Float[Tensor, "n c height_out width_out"]:
    """A window out of each image, brought to one size by bilinear interpolation.

    Args:
        images: shape (n, c, h, w).
        top: first row of each window, shape (n,).
        left: first column.
        height: how many rows.
        width: how many columns.
        size: (height, width) of the results, or one number for both.

    Returns:
        Shape (n, c, *size). Shrinking does not average first, so fine patterns may alias.

    Raises:
        ValueError: a window that is empty or not inside, a size below 1, or other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Szegedy et al. (2015), Going deeper with convolutions, section 6, arXiv:1409.4842.

    Example:
        >>> image, zero = torch.tensor([[[[1.0, 2.0, 3.0]]]]), torch.tensor([0])
        >>> resized_crop(image, zero, zero + 1, zero + 1, zero + 2, size=(1, 4))
        tensor([[[[2.0000, 2.2500, 2.7500, 3.0000]]]])

    In production: torchvision.transforms.v2.functional.resized_crop.
    """
    require_images("resized_crop", images)
    n, _, h, w = images.shape
    out_height, out_width = _both(size)
    if min(out_height, out_width) < 1:
        raise ValueError(f"resized_crop: size must be at least 1, got {size}")
    for start, length, whole in ((top, height, h), (left, width, w)):
        if start.shape != (n,) or length.shape != (n,):
            raise ValueError(f"resized_crop needs a window for each of {n} images")
        if not ((start >= 0) & (length >= 1) & (start + length <= whole)).all():
            raise ValueError(f"resized_crop: a window is empty or not inside images of {h} x {w}")
    rows = _spread(top, height, out_height, images)[:, :, None].expand(n, out_height, out_width)
    columns = _spread(left, width, out_width, images)[:, None, :].expand_as(rows)
    return interpolate_at(images, torch.stack([columns, rows], dim=-1))


def _spread(start: Tensor, length: Tensor, count: int, like: Tensor) -> Tensor:
    """The centres of `count` equal parts of each window, no nearer to its edge than its pixels."""
    centres = (torch.arange(count, dtype=like.dtype, device=like.device) + 0.5) / count
    start, length = start.to(like)[:, None], length.to(like)[:, None]
    places = centres * length - 0.5
    return start + torch.minimum(places.clamp(min=0), length - 1)


def random_resized_crop(
    images: Float[Tensor, "n c h w"],
    size: int | tuple[int, int],
    *,
    area: tuple[float, float] = (0.08, 1.0),
    ratio: tuple[float, float] = (3 / 4, 4 / 3),
    generator: torch.Generator | None = None,
) -> Float[Tensor, "n c height_out width_out"]:
    """A window of random area, shape and place out of each image, brought to one size.

    Args:
        images: shape (n, c, h, w).
        size: (height, width) of the results, or one number for both.
        area: smallest and largest share of the image's area, uniform between them.
        ratio: smallest and largest width / height, uniform in the logarithm.
        generator: source of the draws; by default torch's global one.

    Returns:
        Shape (n, c, *size). A window longer than the image ends at its borders.

    Raises:
        ValueError: ranges out of order, a size below 1, or other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Szegedy et al. (2015), Going deeper with convolutions, section 6, arXiv:1409.4842.

    Example:
        >>> random_resized_crop(torch.rand(5, 3, 32, 48), 16).shape
        torch.Size([5, 3, 16, 16])

    In production: torchvision.transforms.v2.RandomResizedCrop, one draw for a whole batch.
    """
    require_images("random_resized_crop", images)
    box = random_box("random_resized_crop", images, area, ratio, generator)
    return resized_crop(images, *box, size)


def random_box(
    name: str,
    images: Tensor,
    area: tuple[float, float],
    ratio: tuple[float, float],
    generator: torch.Generator | None,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Top, left, height and width of a window inside each image, whole pixels, shape (n,) each."""
    if not (0 < area[0] <= area[1] <= 1 and 0 < ratio[0] <= ratio[1]):
        raise ValueError(
            f"{name}: area needs 0 < smallest <= largest <= 1 and ratio 0 < smallest <= largest, "
            f"got {area} and {ratio}"
        )
    n, _, h, w = images.shape
    pixels = h * w * uniform((n,), images, generator, *area)
    shape = uniform((n,), images, generator, math.log(ratio[0]), math.log(ratio[1])).exp()
    height = (pixels / shape).sqrt().round().clamp(1, h).long()
    width = (pixels * shape).sqrt().round().clamp(1, w).long()
    top, left = integers_below(torch.stack([h - height + 1, w - width + 1]), generator)
    return top, left, height, width
