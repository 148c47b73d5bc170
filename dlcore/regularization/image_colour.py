"""Photographs in another light: brightness, contrast, saturation, noise, blur.

Images are channels first, shape (n, c, h, w), with values in [0, 1].
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import conv2d, pad

from dlcore.regularization.draws import normal, uniform
from dlcore.regularization.image_geometry import for_each_image, require_images

# How much red, green and blue add to the lightness that we see (ITU-R BT.601).
LUMA = (0.299, 0.587, 0.114)


def adjust_brightness(
    images: Float[Tensor, "n c h w"], factor: float | Float[Tensor, " n"]
) -> Float[Tensor, "n c h w"]:
    """All values times a factor.

    Args:
        images: shape (n, c, h, w), in [0, 1].
        factor: at least 0, one number or one for each image; 1 changes nothing, 0 gives black.

    Returns:
        Images of the same shape, cut off at 1.

    Raises:
        ValueError: a negative factor, or other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Howard (2013), Some improvements on deep convolutional neural network based image
        classification, arXiv:1312.5402.

    Example:
        >>> adjust_brightness(torch.tensor([[[[0.2, 0.8]]]]), 1.5)
        tensor([[[[0.3000, 1.0000]]]])

    In production: torchvision.transforms.v2.functional.adjust_brightness.
    """
    return _blend("adjust_brightness", images, torch.zeros_like, factor)


def adjust_contrast(
    images: Float[Tensor, "n c h w"], factor: float | Float[Tensor, " n"]
) -> Float[Tensor, "n c h w"]:
    """Differences from the image's mean lightness times a factor.

    Args:
        images: shape (n, c, h, w), in [0, 1], with 1 or 3 channels.
        factor: at least 0, one number or one for each image; 1 changes nothing, 0 gives even grey.

    Returns:
        Images of the same shape, cut off at 0 and 1.

    Raises:
        ValueError: a negative factor, another number of channels, or other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Howard (2013), Some improvements on deep convolutional neural network based image
        classification, arXiv:1312.5402.

    Example:
        >>> adjust_contrast(torch.tensor([[[[0.2, 0.6]]]]), 0.5)
        tensor([[[[0.3000, 0.5000]]]])

    In production: torchvision.transforms.v2.functional.adjust_contrast.
    """
    return _blend(
        "adjust_contrast", images, lambda x: _grey(x).mean(dim=(1, 2, 3), keepdim=True), factor
    )


def adjust_saturation(
    images: Float[Tensor, "n c h w"], factor: float | Float[Tensor, " n"]
) -> Float[Tensor, "n c h w"]:
    """Differences of the colours from grey times a factor; the lightness stays.

    Args:
        images: shape (n, c, h, w), in [0, 1], with 1 or 3 channels.
        factor: at least 0, one number or one for each image; 1 changes nothing, 0 gives grey.

    Returns:
        Images of the same shape, cut off at 0 and 1.

    Raises:
        ValueError: a negative factor, another number of channels, or other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Howard (2013), Some improvements on deep convolutional neural network based image
        classification, arXiv:1312.5402.

    Example:
        >>> red = torch.tensor([1.0, 0.0, 0.0]).reshape(1, 3, 1, 1)
        >>> adjust_saturation(red, 0.0).flatten()
        tensor([0.2990, 0.2990, 0.2990])

    In production: torchvision.transforms.v2.functional.adjust_saturation.
    """
    return _blend("adjust_saturation", images, _grey, factor)


def _blend(
    name: str, images: Tensor, other: Callable[[Tensor], Tensor], factor: float | Tensor
) -> Tensor:
    """The way from another image to this one, times a factor."""
    require_images(name, images)
    factors = for_each_image(name, factor, images)[:, None, None, None]
    if not (factors >= 0).all():
        raise ValueError(f"{name}: a factor must be at least 0, got {factors.min().item():g}")
    return (factors * images + (1 - factors) * other(images)).clamp(0, 1)


def _grey(images: Tensor) -> Tensor:
    if images.shape[1] == 1:
        return images
    if images.shape[1] != 3:
        raise ValueError(f"colours need 1 or 3 channels, got {images.shape[1]}")
    return torch.einsum("nchw,c->nhw", images, images.new_tensor(LUMA))[:, None]


def color_jitter(
    images: Float[Tensor, "n c h w"],
    *,
    brightness: float = 0.0,
    contrast: float = 0.0,
    saturation: float = 0.0,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "n c h w"]:
    r"""Each image's brightness, contrast and saturation changed by its own random factors.

    Args:
        images: shape (n, c, h, w), in [0, 1], with 1 or 3 channels.
        brightness: factors are uniform in 1 $\pm$ this, but not below 0; likewise the others.
        contrast: range of the second change.
        saturation: range of the third.
        generator: source of the draws; by default torch's global one.

    Returns:
        Images of the same shape, in [0, 1].

    Raises:
        ValueError: a negative range, another number of channels, or other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Howard (2013), Some improvements on deep convolutional neural network based image
        classification, arXiv:1312.5402.

    Example:
        >>> color_jitter(torch.rand(5, 3, 8, 8), brightness=0.4, saturation=0.4).shape
        torch.Size([5, 3, 8, 8])

    In production: torchvision.transforms.v2.ColorJitter, one draw for a whole batch.
    """
    require_images("color_jitter", images)
    changes = (
        (adjust_brightness, brightness),
        (adjust_contrast, contrast),
        (adjust_saturation, saturation),
    )
    for change, size in changes:
        if not size >= 0:
            raise ValueError(f"color_jitter: a range must be at least 0, got {size}")
        factors = uniform((len(images),), images, generator, max(0.0, 1 - size), 1 + size)
        images = change(images, factors)
    return images


def add_gaussian_noise(
    x: Float[Tensor, "*shape"], sigma: float, *, generator: torch.Generator | None = None
) -> Float[Tensor, "*shape"]:
    r"""Independent noise of the normal distribution $\mathcal N(0, \sigma^2)$ added to each entry.

    Args:
        x: any shape.
        sigma: standard deviation, at least 0.
        generator: source of the draws; by default torch's global one.

    Returns:
        Noisy entries of the same shape; nothing is cut off.

    Raises:
        ValueError: sigma is negative.
        TypeError: x is no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Bishop (1995), Training with noise is equivalent to Tikhonov regularization,
        doi:10.1162/neco.1995.7.1.108.

    Example:
        >>> add_gaussian_noise(torch.ones(3), 0.0)
        tensor([1., 1., 1.])

    In production: torchvision.transforms.v2.GaussianNoise.
    """
    if not isinstance(x, Tensor) or not x.is_floating_point():
        kind = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(f"add_gaussian_noise needs a floating-point tensor, got {kind}")
    if not sigma >= 0:
        raise ValueError(f"add_gaussian_noise: sigma must be at least 0, got {sigma}")
    return x + sigma * normal(tuple(x.shape), x, generator)


def gaussian_blur(images: Float[Tensor, "n c h w"], sigma: float) -> Float[Tensor, "n c h w"]:
    """Each pixel becomes a mean of its surroundings with the weights of a bell curve.

    Args:
        images: shape (n, c, h, w).
        sigma: standard deviation of the bell in pixels, at least 0; it is cut off at 4 sigma.

    Returns:
        Images of the same shape; beyond a border its pixels are repeated.

    Raises:
        ValueError: sigma is negative, or other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-image-augmentation`
    Source: Szeliski (2022), Computer Vision, section 3.2.

    Example:
        >>> gaussian_blur(torch.tensor([[[[0.0, 1.0, 0.0]]]]), 0.5)
        tensor([[[[0.1065, 0.7866, 0.1065]]]])

    In production: torchvision.transforms.v2.functional.gaussian_blur, which mirrors at borders.
    """
    require_images("gaussian_blur", images)
    if not sigma >= 0:
        raise ValueError(f"gaussian_blur: sigma must be at least 0, got {sigma}")
    if sigma == 0:
        return images.clone()
    radius = int(4 * sigma + 0.5)
    offsets = torch.arange(-radius, radius + 1, dtype=images.dtype, device=images.device)
    bell = torch.softmax(-offsets.square() / (2 * sigma**2), dim=0)
    rows = images.flatten(0, 1)[:, None]
    rows = conv2d(pad(rows, (radius, radius, 0, 0), mode="replicate"), bell[None, None, None])
    rows = conv2d(pad(rows, (0, 0, radius, radius), mode="replicate"), bell[None, None, :, None])
    return rows.reshape(images.shape)
