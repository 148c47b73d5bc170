"""Resolution from channels: r squared maps become one map r times as large."""

from jaxtyping import Float
from torch import Tensor


def pixel_shuffle(
    x: Float[Tensor, "*batch c h w"], upscale_factor: int
) -> Float[Tensor, "*batch k p q"]:
    r"""Rearrange channels into pixels, so that a convolution can enlarge an image.

    Args:
        x: maps, shape (..., c r^2, h, w).
        upscale_factor: r.

    Returns:
        Shape (..., c, h r, w r): the pixel in row a and column b of each block of r x r comes from
        channel $a r + b$ of its group.

    Raises:
        ValueError: a factor below 1, or channels that it does not divide.

    Equation: :eq:`eq-pixel-shuffle`.
    Section: :ref:`sec-super-resolution`.

    Source: Shi et al. (2016), Real-time single image and video super-resolution using an efficient
        sub-pixel convolutional neural network, arXiv:1609.05158.

    Example:
        >>> import torch
        >>> pixel_shuffle(torch.arange(4.0).reshape(4, 1, 1), 2)
        tensor([[[0., 1.],
                 [2., 3.]]])

    In production: torch.nn.PixelShuffle.
    """
    r = upscale_factor
    if r < 1 or x.ndim < 3 or x.shape[-3] % (r * r):
        raise ValueError(
            f"expected maps (..., c r^2, h, w) with r >= 1, got {tuple(x.shape)} and r = {r}"
        )
    *batch, channels, h, w = x.shape
    blocks = x.reshape(*batch, channels // r**2, r, r, h, w)
    return blocks.movedim((-4, -3), (-3, -1)).reshape(*batch, channels // r**2, h * r, w * r)


def pixel_unshuffle(
    x: Float[Tensor, "*batch c h w"], downscale_factor: int
) -> Float[Tensor, "*batch k p q"]:
    """The inverse of `pixel_shuffle`: pixels into channels.

    Args:
        x: maps, shape (..., c, h r, w r).
        downscale_factor: r.

    Returns:
        Shape (..., c r^2, h, w).

    Raises:
        ValueError: a factor below 1, or sides that it does not divide.

    Equation: :eq:`eq-pixel-shuffle`.
    Section: :ref:`sec-super-resolution`.

    Source: Shi et al. (2016), Real-time single image and video super-resolution using an efficient
        sub-pixel convolutional neural network, arXiv:1609.05158.

    Example:
        >>> import torch
        >>> x = torch.arange(16.0).reshape(1, 4, 4)
        >>> torch.equal(pixel_shuffle(pixel_unshuffle(x, 2), 2), x)
        True

    In production: torch.nn.PixelUnshuffle.
    """
    r = downscale_factor
    if r < 1 or x.ndim < 3 or x.shape[-2] % r or x.shape[-1] % r:
        raise ValueError(
            f"expected maps (..., c, h r, w r) with r >= 1, got {tuple(x.shape)} and r = {r}"
        )
    *batch, channels, h, w = x.shape
    blocks = x.reshape(*batch, channels, h // r, r, w // r, r)
    return blocks.movedim((-3, -1), (-4, -3)).reshape(*batch, channels * r * r, h // r, w // r)
