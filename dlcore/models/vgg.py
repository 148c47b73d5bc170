"""VGG: nothing but small convolutions, many of them."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.images import (
    kaiming_convolutions_,
    require_choice,
    require_images,
    require_positive,
)

CHANNELS = (64, 128, 256, 512, 512)


def vgg_block(
    in_channels: int, out_channels: int, convolutions: int, *, batch_norm: bool = False
) -> nn.Sequential:
    """Convolutions of 3 x 3, each with ReLU, then max pooling that halves the sides.

    Args:
        in_channels: channels that come in.
        out_channels: channels of every convolution.
        convolutions: their number.
        batch_norm: normalize before each ReLU, which the paper did not.

    Returns:
        The layers, of torch.nn, in order.

    Raises:
        ValueError: a number that is not positive.

    Section: :ref:`sec-vgg`.

    Source: Simonyan, Zisserman (2015), Very deep convolutional networks for large-scale image
    recognition, arXiv:1409.1556.

    Example:
        >>> vgg_block(3, 8, 2)(torch.zeros(1, 3, 16, 16)).shape
        torch.Size([1, 8, 8, 8])

    In production: torchvision.models.vgg.make_layers.
    """
    require_positive(in_channels=in_channels, out_channels=out_channels, convolutions=convolutions)
    layers: list[nn.Module] = []
    for i in range(convolutions):
        layers.append(nn.Conv2d(out_channels if i else in_channels, out_channels, 3, padding=1))
        layers.extend([nn.BatchNorm2d(out_channels)] * batch_norm)
        layers.append(nn.ReLU())
    return nn.Sequential(*layers, nn.MaxPool2d(2))


class VGG(nn.Module):
    """Blocks of 3 x 3 convolutions with pooling between them, then dense layers.

    Built of torch.nn's layers; tensors are named as in torchvision.

    Args:
        blocks: (convolutions, channels) of each block; by default those of VGG-16.
        num_classes: outputs.
        in_channels: channels of the images.
        batch_norm: normalize before each ReLU.
        head: "dense", the paper's two hidden layers, or "gap", the mean of each map and a single
            linear layer.
        hidden: units of the hidden dense layers.
        pool_size: the side to which the last maps are averaged before the dense layers; at 224 x
            224 pixels and five blocks they have 7 x 7 by themselves.
        dropout: after both hidden dense layers.

    Raises:
        ValueError: no blocks, sizes that are not positive, or an unknown head; in `forward`,
            images with other channels or with sides below 2 to the number of blocks.

    Section: :ref:`sec-vgg`.

    Source: Simonyan, Zisserman (2015), Very deep convolutional networks for large-scale image
    recognition, arXiv:1409.1556.

    Example:
        >>> small = VGG([(1, 8), (1, 16)], 10, in_channels=1, head="gap")
        >>> small(torch.zeros(2, 1, 8, 8)).shape
        torch.Size([2, 10])

    In production: torchvision.models.vgg16.
    """

    def __init__(
        self,
        blocks: list[tuple[int, int]] | None = None,
        num_classes: int = 1000,
        *,
        in_channels: int = 3,
        batch_norm: bool = False,
        head: str = "dense",
        hidden: int = 4096,
        pool_size: int = 7,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        blocks = list(zip((2, 2, 3, 3, 3), CHANNELS, strict=True)) if blocks is None else blocks
        if not blocks:
            raise ValueError("at least one block is needed")
        require_choice("head", head, ("dense", "gap"))
        require_positive(num_classes=num_classes, hidden=hidden, pool_size=pool_size)
        self.in_channels, self.smallest = in_channels, 2 ** len(blocks)
        layers: list[nn.Module] = []
        channels = in_channels
        for convolutions, out in blocks:
            layers.extend(vgg_block(channels, out, convolutions, batch_norm=batch_norm))
            channels = out
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(pool_size if head == "dense" else 1)
        if head == "gap":
            self.classifier = nn.Sequential(nn.Linear(channels, num_classes))
        else:
            self.classifier = nn.Sequential(
                nn.Linear(channels * pool_size**2, hidden),
                nn.ReLU(),
                nn.Dropout(dropout),
                nn.Linear(hidden, hidden),
                nn.ReLU(),
                nn.Dropout(dropout),
                nn.Linear(hidden, num_classes),
            )
        kaiming_convolutions_(self)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k"]:
        """The logits of the classes."""
        require_images(x, self.in_channels, self.smallest)
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


def vgg11(**options: Any) -> VGG:
    """The paper's configuration A: 11 layers with weights.

    Args:
        **options: of `VGG`, all but `blocks`.

    Raises:
        ValueError: what `VGG` refuses.

    Section: :ref:`sec-vgg`.

    Source: Simonyan, Zisserman (2015), Very deep convolutional networks for large-scale image
    recognition, arXiv:1409.1556, table 1.

    Example:
        >>> with torch.device("meta"):
        ...     model = vgg11()
        >>> sum(p.numel() for p in model.parameters())
        132863336

    In production: torchvision.models.vgg11.
    """
    return VGG(list(zip((1, 1, 2, 2, 2), CHANNELS, strict=True)), **options)


def vgg13(**options: Any) -> VGG:
    """The paper's configuration B: 13 layers with weights.

    Args:
        **options: of `VGG`, all but `blocks`.

    Raises:
        ValueError: what `VGG` refuses.

    Section: :ref:`sec-vgg`.

    Source: Simonyan, Zisserman (2015), Very deep convolutional networks for large-scale image
    recognition, arXiv:1409.1556, table 1.

    Example:
        >>> with torch.device("meta"):
        ...     model = vgg13()
        >>> sum(p.numel() for p in model.parameters())
        133047848

    In production: torchvision.models.vgg13.
    """
    return VGG(list(zip((2, 2, 2, 2, 2), CHANNELS, strict=True)), **options)


def vgg16(**options: Any) -> VGG:
    """The paper's configuration D: 16 layers with weights.

    Args:
        **options: of `VGG`, all but `blocks`.

    Raises:
        ValueError: what `VGG` refuses.

    Section: :ref:`sec-vgg`.

    Source: Simonyan, Zisserman (2015), Very deep convolutional networks for large-scale image
    recognition, arXiv:1409.1556, table 1.

    Example:
        >>> with torch.device("meta"):
        ...     model = vgg16()
        >>> sum(p.numel() for p in model.parameters())
        138357544

    In production: torchvision.models.vgg16.
    """
    return VGG(list(zip((2, 2, 3, 3, 3), CHANNELS, strict=True)), **options)


def vgg19(**options: Any) -> VGG:
    """The paper's configuration E: 19 layers with weights.

    Args:
        **options: of `VGG`, all but `blocks`.

    Raises:
        ValueError: what `VGG` refuses.

    Section: :ref:`sec-vgg`.

    Source: Simonyan, Zisserman (2015), Very deep convolutional networks for large-scale image
    recognition, arXiv:1409.1556, table 1.

    Example:
        >>> with torch.device("meta"):
        ...     model = vgg19()
        >>> sum(p.numel() for p in model.parameters())
        143667240

    In production: torchvision.models.vgg19.
    """
    return VGG(list(zip((2, 2, 4, 4, 4), CHANNELS, strict=True)), **options)
