"""Rectangles taken out of images, so that no single part of them decides."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from dlcore.regularization.cropping import random_box
from dlcore.regularization.draws import integers_below, uniform
from dlcore.regularization.image_geometry import require_images, require_share


def inside_box(
    images: Tensor, top: Tensor, left: Tensor, height: Tensor | int, width: Tensor | int
) -> Bool[Tensor, "n 1 h w"]:
    """Which pixels lie in each image's rectangle, as far as this lies within the image."""
    rows = torch.arange(images.shape[-2], device=images.device)
    columns = torch.arange(images.shape[-1], device=images.device)
    tall = (rows >= top[:, None]) & (rows < (top + height)[:, None])
    wide = (columns >= left[:, None]) & (columns < (left + width)[:, None])
    return tall[:, None, :, None] & wide[:, None, None, :]


def cutout(
    images: Float[Tensor, "n c h w"], size: int, *, generator: torch.Generator | None = None
) -> Float[Tensor, "n c h w"]:
    """A square of each image set to 0; its centre is any pixel, so it may lie partly outside.

    Args:
        images: shape (n, c, h, w).
        size: side of the square in pixels, at least 1.
        generator: source of the draws; by default torch's global one.

    Returns:
        Images of the same shape.

    Raises:
        ValueError: size below 1, or other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: DeVries, Taylor (2017), Improved regularization of convolutional neural networks with
        cutout, arXiv:1708.04552.

    Example:
        >>> cutout(torch.ones(1, 1, 1, 3), 5)
        tensor([[[[0., 0., 0.]]]])

    In production: torchvision.transforms.v2.RandomErasing(value=0).
    """
    require_images("cutout", images)
    if size < 1:
        raise ValueError(f"cutout: size must be at least 1 pixel, got {size}")
    n, _, h, w = images.shape
    limits = torch.tensor([[h], [w]], device=images.device).expand(2, n)
    top, left = integers_below(limits, generator) - size // 2
    return images.masked_fill(inside_box(images, top, left, size, size), 0)


def random_erasing(
    images: Float[Tensor, "n c h w"],
    p: float = 0.5,
    *,
    area: tuple[float, float] = (0.02, 0.33),
    ratio: tuple[float, float] = (0.3, 3.3),
    generator: torch.Generator | None = None,
) -> Float[Tensor, "n c h w"]:
    """With probability p a rectangle of an image becomes noise, uniform in [0, 1].

    Args:
        images: shape (n, c, h, w), in [0, 1].
        p: probability that an image loses a rectangle.
        area: smallest and largest share of the image's area, uniform between them.
        ratio: smallest and largest width / height, uniform in the logarithm.
        generator: source of the draws; by default torch's global one.

    Returns:
        Images of the same shape. The rectangle lies inside; a side that would be longer than the
        image is as long as the image.

    Raises:
        ValueError: p is no probability, ranges out of order, or other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Zhong et al. (2020), Random erasing data augmentation, arXiv:1708.04896.

    Example:
        >>> random_erasing(torch.zeros(5, 3, 8, 8), p=1.0).shape
        torch.Size([5, 3, 8, 8])

    In production: torchvision.transforms.v2.RandomErasing, one draw for a whole batch.
    """
    require_images("random_erasing", images)
    require_share("random_erasing", p)
    box = random_box("random_erasing", images, area, ratio, generator)
    erased = uniform((len(images), 1, 1, 1), images, generator) < p
    noise = uniform(tuple(images.shape), images, generator)
    return torch.where(erased & inside_box(images, *box), noise, images)
