"""What is done to an input before it is to be rebuilt; Gaussian noise is in regularization."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from dlcore.nn.dropout import require_probability
from dlcore.regularization.draws import integers_below, uniform
from dlcore.regularization.erasing import inside_box
from dlcore.regularization.image_geometry import require_images


def _require_numbers(name: str, x: Tensor) -> None:
    if not isinstance(x, Tensor) or not x.is_floating_point():
        kind = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(f"{name} needs a floating-point tensor, got {kind}")


def mask_inputs(
    x: Float[Tensor, "*shape"], p: float = 0.3, *, generator: torch.Generator | None = None
) -> Float[Tensor, "*shape"]:
    """Each entry set to 0 with probability p, all others left as they are.

    Dropout divides the rest by 1 - p; here the network is to notice what is missing.

    Args:
        x: inputs, any shape.
        p: the probability of hiding an entry.
        generator: source of the draws; by default torch's global one.

    Returns:
        The same shape, newly drawn for each entry and call.

    Raises:
        ValueError: p is no probability.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-masking-noise`.
    Section: :ref:`sec-denoising-autoencoders`.

    Source: Vincent, Larochelle, Bengio, Manzagol (2008), Extracting and composing robust features
        with denoising autoencoders, doi:10.1145/1390156.1390294.

    Example:
        >>> sorted(set(mask_inputs(torch.ones(1000), 0.5).tolist()))
        [0.0, 1.0]

    In production: (1 - p) * torch.nn.functional.dropout(x, p).
    """
    _require_numbers("mask_inputs", x)
    require_probability(p)
    return x.masked_fill(uniform(tuple(x.shape), x, generator) < p, 0)


def salt_and_pepper(
    x: Float[Tensor, "*shape"],
    p: float = 0.3,
    *,
    low: float = 0.0,
    high: float = 1.0,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*shape"]:
    """Each entry becomes the lowest or the highest value with probability p, by a fair coin.

    Args:
        x: inputs, any shape.
        p: the probability of losing an entry.
        low: the lowest value.
        high: the highest value.
        generator: source of the draws; by default torch's global one.

    Returns:
        The same shape, newly drawn for each entry and call.

    Raises:
        ValueError: p is no probability, or low is not below high.
        TypeError: x is no floating-point tensor.

    Section: :ref:`sec-denoising-autoencoders`.

    Source: Vincent et al. (2010), Stacked denoising autoencoders, JMLR 11.

    Example:
        >>> sorted(set(salt_and_pepper(torch.full((1000,), 0.5), 0.5).tolist()))
        [0.0, 0.5, 1.0]

    In production: skimage.util.random_noise(mode="s&p").
    """
    _require_numbers("salt_and_pepper", x)
    require_probability(p)
    if not low < high:
        raise ValueError(f"low must be below high, got {low} and {high}")
    draw = uniform(tuple(x.shape), x, generator)
    return x.masked_fill(draw < p / 2, low).masked_fill((draw >= p / 2) & (draw < p), high)


def block_mask(
    images: Float[Tensor, "b c h w"], size: int, *, generator: torch.Generator | None = None
) -> Bool[Tensor, "b 1 h w"]:
    """A square of each image that is to be hidden and filled in again, wholly inside the image.

    Args:
        images: shape (b, c, h, w).
        size: side of the square in pixels, at most that of the image.
        generator: source of the draws; by default torch's global one.

    Returns:
        True in the square, shape (b, 1, h, w): `images.masked_fill(mask, 0)` hides it.

    Raises:
        ValueError: a size outside 1..min(h, w), or other shapes.
        TypeError: images are no floating-point tensor.

    Section: :ref:`sec-denoising-autoencoders`.

    Source: Pathak, Krähenbühl, Donahue, Darrell, Efros (2016), Context encoders: feature learning
        by inpainting, arXiv:1604.07379.

    Example:
        >>> block_mask(torch.zeros(3, 1, 8, 8), 4).sum((1, 2, 3))
        tensor([16, 16, 16])

    In production: torchvision.transforms.v2.RandomErasing, which fills the rectangle itself.
    """
    require_images("block_mask", images)
    b, _, h, w = images.shape
    if not 1 <= size <= min(h, w):
        raise ValueError(f"size must lie in 1..{min(h, w)}, the image's side, got {size}")
    places = torch.tensor([[h - size + 1], [w - size + 1]], device=images.device).expand(2, b)
    top, left = integers_below(places, generator)
    return inside_box(images, top, left, size, size)
