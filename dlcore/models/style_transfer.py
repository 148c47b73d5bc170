"""Style transfer: an image with the content of one picture and the texture of another."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.images import require_images, require_positive

Features = Callable[[Tensor], Sequence[Tensor]]


def style_gram(features: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c c"]:
    r"""Which channels are active together, wherever in the image.

    Args:
        features: maps, shape (b, c, h, w).

    Returns:
        $\frac{1}{HW} F F^\top$ of the maps as rows, shape (b, c, c). Moving pixels about changes
        nothing.

    Raises:
        ValueError: another number of axes.

    Equation: :eq:`eq-style-gram`.
    Section: :ref:`sec-style-transfer`.

    Source: Gatys, Ecker, Bethge (2015), A neural algorithm of artistic style, arXiv:1508.06576.

    Example:
        >>> style_gram(torch.ones(1, 2, 3, 5))
        tensor([[[1., 1.],
                 [1., 1.]]])

    In production: torch.einsum("bchw,bdhw->bcd").
    """
    if features.ndim != 4:
        raise ValueError(f"expected maps (b, c, h, w), got {tuple(features.shape)}")
    F = features.flatten(2)
    return F @ F.mT / F.shape[2]


class RandomFilters(nn.Module):
    """One layer of random filters of several sizes: enough to describe a texture.

    Trained filters, as of a VGG network, know more of objects; these need no weights to load.

    Args:
        in_channels: channels of the images.
        filters: how many of each size.
        sizes: their sides in pixels, odd.
        generator: source of the weights; by default torch's global one.

    Raises:
        ValueError: numbers that are not positive, even sizes; in `forward`, other images.

    Section: :ref:`sec-style-transfer`.

    Source: Ustyuzhaninov, Brendel, Gatys, Bethge (2016), Texture synthesis using shallow
        convolutional networks with random filters, arXiv:1606.00021.

    Example:
        >>> [maps.shape[1] for maps in RandomFilters(3, filters=8)(torch.zeros(1, 3, 32, 32))]
        [8, 8, 8, 8]

    In production: torchvision.models.vgg19(weights="DEFAULT").features.
    """

    def __init__(
        self,
        in_channels: int = 3,
        filters: int = 32,
        sizes: Sequence[int] = (3, 5, 7, 11),
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        require_positive(in_channels=in_channels, filters=filters)
        if not sizes or any(size < 1 or size % 2 == 0 for size in sizes):
            raise ValueError(f"sizes must be odd numbers, got {sizes}")
        self.in_channels = in_channels
        self.convolutions = nn.ModuleList()
        for size in sizes:
            conv = nn.Conv2d(
                in_channels, filters, size, padding=size // 2, padding_mode="reflect", bias=False
            )
            scale = (2 / (in_channels * size**2)) ** 0.5
            with torch.no_grad():
                conv.weight.normal_(std=scale, generator=generator)
            self.convolutions.append(conv.requires_grad_(False))

    def forward(self, x: Float[Tensor, "b c h w"]) -> list[Float[Tensor, "b k h w"]]:
        """The rectified maps of each size."""
        require_images(x, self.in_channels)
        return [conv(x).relu() for conv in self.convolutions]


class StyleTransfer(NamedTuple):
    """What style transfer made.

    Attributes:
        image: values in [0, 1], shape (c, h, w).
        losses: content and weighted style loss before each step, shape (steps, 2).

    Section: :ref:`sec-style-transfer`.

    Example:
        >>> StyleTransfer(torch.zeros(3, 4, 4), torch.zeros(10, 2)).losses.shape
        torch.Size([10, 2])

    In production: no library needed.
    """

    image: Float[Tensor, "c h w"]
    losses: Float[Tensor, "steps 2"]


def style_transfer(
    content: Float[Tensor, "c h w"],
    style: Float[Tensor, "c p q"],
    features: Features,
    *,
    content_layers: Sequence[int] = (0,),
    style_layers: Sequence[int] | None = None,
    style_weight: float = 100.0,
    steps: int = 100,
    lr: float = 0.02,
) -> StyleTransfer:
    """Change the pixels of a picture until its texture is that of another.

    Args:
        content: the picture to repaint, in [0, 1], shape (c, h, w); the search starts there.
        style: the picture with the texture, of any size, shape (c, p, q).
        features: from images (1, c, h, w) to a list of maps, such as `RandomFilters`.
        content_layers: which maps shall stay as they are.
        style_layers: of which maps the Gram matrices shall be those of the style; by default all.
        style_weight: of the style's loss beside the content's.
        steps: steps of Adam.
        lr: its learning rate.

    Returns:
        The image and both losses.

    Raises:
        ValueError: images of another shape or with other channels, numbers that are not positive,
            a layer that does not exist.

    Equation: :eq:`eq-style-loss`.
    Section: :ref:`sec-style-transfer`.

    Source: Gatys, Ecker, Bethge (2015), A neural algorithm of artistic style, arXiv:1508.06576.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> content, style = torch.rand(2, 3, 16, 16, generator=generator)
        >>> filters = RandomFilters(filters=4, sizes=(3,), generator=generator)
        >>> losses = style_transfer(content, style**3, filters).losses
        >>> bool(losses[-1].sum() < losses[0].sum())
        True

    In production: a feed-forward network trained for the style.
    """
    if content.ndim != 3 or style.ndim != 3 or content.shape[0] != style.shape[0]:
        raise ValueError(
            f"expected two images with the same channels, got {tuple(content.shape)} and "
            f"{tuple(style.shape)}"
        )
    require_positive(style_weight=style_weight, steps=steps, lr=lr)
    with torch.no_grad():
        kept, painted = features(content[None]), features(style[None])
    style_layers = range(len(kept)) if style_layers is None else style_layers
    for layer in (*content_layers, *style_layers):
        if not 0 <= layer < len(kept):
            raise ValueError(f"features gives {len(kept)} maps, there is no layer {layer}")
    grams = {i: style_gram(painted[i]) for i in style_layers}
    image = content.clone().requires_grad_()
    optimizer = torch.optim.Adam([image], lr=lr)
    losses = []
    for _ in range(steps):
        maps = features(image[None])
        same = sum(
            ((maps[i] - kept[i]).square().mean() for i in content_layers), image.new_zeros(())
        )
        texture = sum(
            ((style_gram(maps[i]) - grams[i]).square().mean() for i in style_layers),
            image.new_zeros(()),
        )
        losses.append(torch.stack([same, style_weight * texture]).detach())
        optimizer.zero_grad()
        (same + style_weight * texture).backward()
        optimizer.step()
        with torch.no_grad():
            image.clamp_(0, 1)
    return StyleTransfer(image.detach(), torch.stack(losses))
