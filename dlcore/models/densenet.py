"""DenseNet: every layer sees the maps of all layers before it in its block."""

from collections import OrderedDict
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.images import (
    global_average,
    kaiming_convolutions_,
    require_choice,
    require_images,
    require_positive,
)


class _DenseLayer(nn.Module):
    """Batch norm, ReLU and convolution twice: 1 x 1 to few channels, 3 x 3 to the new maps."""

    def __init__(self, in_channels: int, growth_rate: int, bn_size: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, bn_size * growth_rate, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(bn_size * growth_rate)
        self.conv2 = nn.Conv2d(bn_size * growth_rate, growth_rate, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(torch.relu(self.norm1(x)))
        return self.conv2(torch.relu(self.norm2(x)))


class DenseBlock(nn.Module):
    """Layers whose outputs are appended to what they saw: x_l = H_l([x_0, x_1, ..., x_(l-1)]).

    Built of torch.nn's layers; tensors are named as in torchvision.

    Args:
        layers: their number L.
        in_channels: channels that come in, k_0.
        growth_rate: channels that each layer adds, k.
        bn_size: each layer's 1 x 1 convolution reduces to bn_size * k channels.

    Attributes:
        out_channels: k_0 + L k.

    Raises:
        ValueError: a number that is not positive; in `forward`, other channels.

    Section: :ref:`sec-densenet`.

    Source: Huang, Liu, van der Maaten, Weinberger (2017), Densely connected convolutional
    networks, arXiv:1608.06993.

    Example:
        >>> DenseBlock(3, 8, growth_rate=4)(torch.zeros(1, 8, 5, 5)).shape
        torch.Size([1, 20, 5, 5])

    In production: torchvision.models.densenet, where it is private.
    """

    def __init__(
        self, layers: int, in_channels: int, growth_rate: int, *, bn_size: int = 4
    ) -> None:
        super().__init__()
        require_positive(
            layers=layers, in_channels=in_channels, growth_rate=growth_rate, bn_size=bn_size
        )
        self.in_channels = in_channels
        self.out_channels = in_channels + layers * growth_rate
        for i in range(layers):
            layer = _DenseLayer(in_channels + i * growth_rate, growth_rate, bn_size)
            self.add_module(f"denselayer{i + 1}", layer)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """The input and all new maps, one after the other."""
        require_images(x, self.in_channels)
        for layer in self.children():
            x = torch.cat([x, layer(x)], dim=1)
        return x


def _transition(in_channels: int) -> nn.Sequential:
    """Half the channels, half the sides."""
    return nn.Sequential(
        OrderedDict(
            norm=nn.BatchNorm2d(in_channels),
            relu=nn.ReLU(),
            conv=nn.Conv2d(in_channels, in_channels // 2, 1, bias=False),
            pool=nn.AvgPool2d(2),
        )
    )


def _stem(in_channels: int, out_channels: int, large: bool) -> OrderedDict[str, nn.Module]:
    if not large:
        return OrderedDict(conv0=nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False))
    return OrderedDict(
        conv0=nn.Conv2d(in_channels, out_channels, 7, 2, 3, bias=False),
        norm0=nn.BatchNorm2d(out_channels),
        relu0=nn.ReLU(),
        pool0=nn.MaxPool2d(3, 2, 1),
    )


class DenseNet(nn.Module):
    """Dense blocks, with transitions between them that halve channels and sides.

    The paper's DenseNet-BC: with bottlenecks and compression by a half. Built of torch.nn's
    layers; tensors are named as in torchvision.

    Args:
        growth_rate: channels that each layer adds, k.
        block_config: the number of layers in each block.
        num_init_features: channels of the stem.
        bn_size: each layer's 1 x 1 convolution reduces to bn_size * k channels.
        num_classes: outputs.
        in_channels: channels of the images.
        stem: "imagenet", a 7 x 7 convolution of stride 2 and a pooling, or "cifar", a 3 x 3
            convolution that keeps the size.

    Raises:
        ValueError: sizes that are not positive, no blocks, or an unknown stem; in `forward`, images
            with other channels or too small for the pooling.

    Section: :ref:`sec-densenet`.

    Source: Huang, Liu, van der Maaten, Weinberger (2017), Densely connected convolutional
    networks, arXiv:1608.06993, table 1.

    Example:
        >>> small = DenseNet(8, (3, 3), 16, num_classes=10, in_channels=1, stem="cifar")
        >>> small(torch.zeros(2, 1, 8, 8)).shape
        torch.Size([2, 10])

    In production: torchvision.models.DenseNet.
    """

    def __init__(
        self,
        growth_rate: int = 32,
        block_config: tuple[int, ...] = (6, 12, 24, 16),
        num_init_features: int = 64,
        bn_size: int = 4,
        num_classes: int = 1000,
        *,
        in_channels: int = 3,
        stem: str = "imagenet",
    ) -> None:
        super().__init__()
        require_choice("stem", stem, ("imagenet", "cifar"))
        require_positive(num_classes=num_classes, blocks=len(block_config))
        self.in_channels, large = in_channels, stem == "imagenet"
        self.smallest = 2 ** (len(block_config) - 1) * (4 if large else 1)
        self.features = nn.Sequential(_stem(in_channels, num_init_features, large))
        channels = num_init_features
        for i, layers in enumerate(block_config):
            if i:
                self.features.add_module(f"transition{i}", _transition(channels))
                channels //= 2
            block = DenseBlock(layers, channels, growth_rate, bn_size=bn_size)
            self.features.add_module(f"denseblock{i + 1}", block)
            channels = block.out_channels
        self.features.add_module("norm5", nn.BatchNorm2d(channels))
        self.classifier = nn.Linear(channels, num_classes)
        kaiming_convolutions_(self, mode="fan_in")

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k"]:
        """The logits of the classes."""
        require_images(x, self.in_channels, self.smallest)
        return self.classifier(global_average(torch.relu(self.features(x))))


def densenet121(**options: Any) -> DenseNet:
    """The densely connected network of 121 layers for ImageNet.

    Args:
        **options: of `DenseNet`: num_classes, in_channels, bn_size, stem.

    Raises:
        ValueError: what `DenseNet` refuses.

    Section: :ref:`sec-densenet`.

    Source: Huang, Liu, van der Maaten, Weinberger (2017), Densely connected convolutional
    networks, arXiv:1608.06993, table 1.

    Example:
        >>> with torch.device("meta"):
        ...     model = densenet121()
        >>> sum(p.numel() for p in model.parameters())
        7978856

    In production: torchvision.models.densenet121.
    """
    return DenseNet(32, (6, 12, 24, 16), 64, **options)


def densenet161(**options: Any) -> DenseNet:
    """The densely connected network of 161 layers for ImageNet.

    Args:
        **options: of `DenseNet`: num_classes, in_channels, bn_size, stem.

    Raises:
        ValueError: what `DenseNet` refuses.

    Section: :ref:`sec-densenet`.

    Source: Huang, Liu, van der Maaten, Weinberger (2017), Densely connected convolutional
    networks, arXiv:1608.06993, table 1.

    Example:
        >>> with torch.device("meta"):
        ...     model = densenet161()
        >>> sum(p.numel() for p in model.parameters())
        28681000

    In production: torchvision.models.densenet161.
    """
    return DenseNet(48, (6, 12, 36, 24), 96, **options)


def densenet169(**options: Any) -> DenseNet:
    """The densely connected network of 169 layers for ImageNet.

    Args:
        **options: of `DenseNet`: num_classes, in_channels, bn_size, stem.

    Raises:
        ValueError: what `DenseNet` refuses.

    Section: :ref:`sec-densenet`.

    Source: Huang, Liu, van der Maaten, Weinberger (2017), Densely connected convolutional
    networks, arXiv:1608.06993, table 1.

    Example:
        >>> with torch.device("meta"):
        ...     model = densenet169()
        >>> sum(p.numel() for p in model.parameters())
        14149480

    In production: torchvision.models.densenet169.
    """
    return DenseNet(32, (6, 12, 32, 32), 64, **options)


def densenet201(**options: Any) -> DenseNet:
    """The densely connected network of 201 layers for ImageNet.

    Args:
        **options: of `DenseNet`: num_classes, in_channels, bn_size, stem.

    Raises:
        ValueError: what `DenseNet` refuses.

    Section: :ref:`sec-densenet`.

    Source: Huang, Liu, van der Maaten, Weinberger (2017), Densely connected convolutional
    networks, arXiv:1608.06993, table 1.

    Example:
        >>> with torch.device("meta"):
        ...     model = densenet201()
        >>> sum(p.numel() for p in model.parameters())
        20013928

    In production: torchvision.models.densenet201.
    """
    return DenseNet(32, (6, 12, 48, 32), 64, **options)
