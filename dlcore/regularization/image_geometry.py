"""Photographs moved: flipped, turned, shifted, scaled, each image in its own way.

Images are channels first, shape (n, c, h, w). What comes in from outside is 0.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import grid_sample

from dlcore.regularization.draws import uniform


def require_images(name: str, images: Tensor) -> None:
    """Refuse what is no batch of images of floating-point numbers."""
    if not isinstance(images, Tensor) or not images.is_floating_point():
        kind = images.dtype if isinstance(images, Tensor) else type(images).__name__
        raise TypeError(f"{name} needs images of floating-point numbers, got {kind}")
    if images.ndim != 4:
        raise ValueError(
            f"{name} needs images of shape (n, c, h, w), got shape {tuple(images.shape)}"
        )


def for_each_image(name: str, value: float | Tensor, images: Tensor) -> Tensor:
    """One number for each image, shape (n,)."""
    numbers = torch.as_tensor(value, dtype=images.dtype, device=images.device)
    if numbers.ndim > 0 and numbers.shape != (len(images),):
        raise ValueError(
            f"{name} needs one number, or one for each of {len(images)} images, got shape "
            f"{tuple(numbers.shape)}"
        )
    return numbers.expand(len(images))


def require_share(name: str, p: float) -> None:
    """Refuse what is no probability."""
    if not 0 <= p <= 1:
        raise ValueError(f"{name}: p must lie between 0 and 1, got {p}")


def horizontal_flip(images: Float[Tensor, "*batch h w"]) -> Float[Tensor, "*batch h w"]:
    """Left and right exchanged.

    Args:
        images: any shape whose last dimension runs from left to right.

    Returns:
        Images of the same shape.

    Equation: :eq:`eq-horizontal-flip`
    Section: :ref:`sec-image-augmentation`
    Source: Krizhevsky, Sutskever, Hinton (2012), ImageNet classification with deep convolutional
        neural networks, section 4.1, doi:10.1145/3065386.

    Example:
        >>> horizontal_flip(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([[2., 1.],
                [4., 3.]])

    In production: torchvision.transforms.v2.functional.horizontal_flip.
    """
    return images.flip(-1)


def random_horizontal_flip(
    images: Float[Tensor, "n c h w"], p: float = 0.5, *, generator: torch.Generator | None = None
) -> Float[Tensor, "n c h w"]:
    """Each image flipped with probability p.

    Args:
        images: shape (n, c, h, w).
        p: probability of a flip.
        generator: source of the draws; by default torch's global one.

    Returns:
        Images of the same shape.

    Raises:
        ValueError: p is no probability, or other shapes.
        TypeError: images are no floating-point tensor.

    Equation: :eq:`eq-horizontal-flip`
    Section: :ref:`sec-image-augmentation`
    Source: Krizhevsky, Sutskever, Hinton (2012), ImageNet classification with deep convolutional
        neural networks, section 4.1, doi:10.1145/3065386.

    Example:
        >>> random_horizontal_flip(torch.tensor([[[[1.0, 2.0]]]]), p=1.0)
        tensor([[[[2., 1.]]]])

    In production: torchvision.transforms.v2.RandomHorizontalFlip, one draw for a whole batch.
    """
    require_images("random_horizontal_flip", images)
    require_share("random_horizontal_flip", p)
    flipped = uniform((len(images), 1, 1, 1), images, generator) < p
    return torch.where(flipped, horizontal_flip(images), images)


def rotate(
    images: Float[Tensor, "n c h w"], degrees: float | Float[Tensor, " n"]
) -> Float[Tensor, "n c h w"]:
    """Images turned about their centre, counterclockwise.

    Args:
        images: shape (n, c, h, w).
        degrees: the angle, one number or one for each image.

    Returns:
        Images of the same shape: values between pixels by bilinear interpolation, 0 from outside.

    Raises:
        ValueError: other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Shorten, Khoshgoftaar (2019), A survey on image data augmentation for deep learning,
        doi:10.1186/s40537-019-0197-0.

    Example:
        >>> rotate(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]), 90).round(decimals=3)
        tensor([[[[2., 4.],
                  [1., 3.]]]])

    In production: torchvision.transforms.v2.functional.rotate.
    """
    require_images("rotate", images)
    return _move(images, for_each_image("rotate", degrees, images))


def translate(
    images: Float[Tensor, "n c h w"],
    dx: float | Float[Tensor, " n"],
    dy: float | Float[Tensor, " n"],
) -> Float[Tensor, "n c h w"]:
    """Images moved; what leaves on one side does not come back on the other.

    Args:
        images: shape (n, c, h, w).
        dx: pixels to the right, one number or one for each image, fractions allowed.
        dy: pixels down.

    Returns:
        Images of the same shape.

    Raises:
        ValueError: other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Simard, Steinkraus, Platt (2003), Best practices for convolutional neural networks
        applied to visual document analysis, doi:10.1109/ICDAR.2003.1227801.

    Example:
        >>> translate(torch.tensor([[[[1.0, 2.0, 3.0]]]]), dx=1, dy=0)
        tensor([[[[0., 1., 2.]]]])

    In production: torchvision.transforms.v2.functional.affine.
    """
    require_images("translate", images)
    shift = torch.stack([for_each_image("translate", d, images) for d in (dx, dy)], dim=-1)
    return _move(images, shift=shift)


def rescale(
    images: Float[Tensor, "n c h w"], factor: float | Float[Tensor, " n"]
) -> Float[Tensor, "n c h w"]:
    """Images larger or smaller about their centre; the frame keeps its size.

    Args:
        images: shape (n, c, h, w).
        factor: positive, above 1 for larger; one number or one for each image.

    Returns:
        Images of the same shape.

    Raises:
        ValueError: a factor that is not positive, or other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Shorten, Khoshgoftaar (2019), A survey on image data augmentation for deep learning,
        doi:10.1186/s40537-019-0197-0.

    Example:
        >>> rescale(torch.tensor([[[[0.0, 4.0, 0.0]]]]), 2.0)
        tensor([[[[2., 4., 2.]]]])

    In production: torchvision.transforms.v2.functional.affine.
    """
    require_images("rescale", images)
    factors = for_each_image("rescale", factor, images)
    if not (factors > 0).all():
        raise ValueError(f"rescale: a factor must be positive, got {factors.min().item():g}")
    return _move(images, factor=factors)


def random_affine(
    images: Float[Tensor, "n c h w"],
    *,
    degrees: float = 0.0,
    shift: float = 0.0,
    scale: float = 0.0,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "n c h w"]:
    r"""Each image turned, scaled and moved by its own random amounts, in one interpolation.

    Args:
        images: shape (n, c, h, w).
        degrees: angles are uniform in $\pm$ this.
        shift: shifts to the right and down are uniform in $\pm$ this many pixels.
        scale: factors are uniform in 1 $\pm$ this; below 1.
        generator: source of the draws; by default torch's global one.

    Returns:
        Images of the same shape.

    Raises:
        ValueError: a negative range, a scale of 1 or more, or other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Simard, Steinkraus, Platt (2003), Best practices for convolutional neural networks
        applied to visual document analysis, doi:10.1109/ICDAR.2003.1227801.

    Example:
        >>> random_affine(torch.rand(5, 3, 8, 8), degrees=15, shift=2).shape
        torch.Size([5, 3, 8, 8])

    In production: torchvision.transforms.v2.RandomAffine, one draw for a whole batch.
    """
    require_images("random_affine", images)
    if not (degrees >= 0 and shift >= 0 and 0 <= scale < 1):
        raise ValueError(
            "random_affine: ranges must be at least 0 and that of the scale below 1, got "
            f"degrees={degrees}, shift={shift}, scale={scale}"
        )
    angle, dx, dy, factor = uniform((4, len(images)), images, generator, -1, 1)
    moved = shift * torch.stack([dx, dy], dim=-1)
    return _move(images, degrees * angle, 1 + scale * factor, moved)


def _move(
    images: Tensor,
    degrees: Tensor | None = None,
    factor: Tensor | None = None,
    shift: Tensor | None = None,
) -> Tensor:
    """Images turned and scaled about the centre, then shifted; where each pixel comes from."""
    n, _, h, w = images.shape
    angle = torch.deg2rad(images.new_zeros(n) if degrees is None else degrees)
    cos, sin = angle.cos(), angle.sin()
    back = torch.stack([torch.stack([cos, -sin], -1), torch.stack([sin, cos], -1)], -2)
    if factor is not None:
        back = back / factor[:, None, None]
    rows = torch.arange(h, dtype=images.dtype, device=images.device)
    columns = torch.arange(w, dtype=images.dtype, device=images.device)
    pixels = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1)
    centre = images.new_tensor([(w - 1) / 2, (h - 1) / 2])
    from_centre = pixels - centre if shift is None else pixels - centre - shift[:, None, None]
    sources = (back[:, None, None] @ from_centre[..., None])[..., 0] + centre
    return interpolate_at(images, sources)


def interpolate_at(images: Tensor, sources: Tensor) -> Tensor:
    """Values at places (x, y) in pixels, shape (n, h, w, 2)."""
    size = sources.new_tensor([images.shape[-1], images.shape[-2]])
    grid = (2 * sources + 1) / size - 1
    return grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
