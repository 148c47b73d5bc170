"""EfficientNet: one small network, grown in depth, width and resolution together."""

import math
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.images import (
    convolution,
    global_average,
    kaiming_convolutions_,
    require_images,
    require_positive,
)
from dlcore.models.inverted_bottleneck import MBConv

STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
"""Expansion, kernel, stride, channels and blocks of the seven stages of B0."""


def _rounded(channels: float) -> int:
    """The nearest multiple of 8, but not less than 90 % of the channels."""
    nearest = max(8, int(channels + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * channels else nearest


class EfficientNet(nn.Module):
    """Seven stages of `MBConv` blocks whose depth and width are scaled.

    Built of torch.nn's layers; tensors are named as in torchvision.

    Args:
        width: factor of the channels.
        depth: factor of the number of blocks in a stage.
        num_classes: outputs.
        in_channels: channels of the images.
        stages: expansion, kernel, stride, channels and blocks of each stage, before scaling.
        stem_channels: channels of the first convolution, before scaling.
        stem_stride: of the first convolution; 1 for small images.
        dropout: before the linear layer.
        drop: the probability of dropping the last block; it grows evenly from 0 with depth.

    Raises:
        ValueError: a number that is not positive; in `forward`, images with other channels.

    Section: :ref:`sec-efficient-cnns`.

    Source: Tan, Le (2019), EfficientNet: rethinking model scaling for convolutional neural
    networks, arXiv:1905.11946, table 1.

    Example:
        >>> import torch
        >>> small = EfficientNet(num_classes=10, stages=((1, 3, 1, 8, 1), (4, 3, 2, 16, 1)))
        >>> small(torch.zeros(2, 3, 32, 32)).shape
        torch.Size([2, 10])

    In production: torchvision.models.efficientnet_b0.
    """

    def __init__(
        self,
        width: float = 1.0,
        depth: float = 1.0,
        num_classes: int = 1000,
        *,
        in_channels: int = 3,
        stages: tuple[tuple[int, int, int, int, int], ...] = STAGES,
        stem_channels: int = 32,
        stem_stride: int = 2,
        dropout: float = 0.2,
        drop: float = 0.2,
    ) -> None:
        super().__init__()
        require_positive(width=width, depth=depth, num_classes=num_classes, stages=len(stages))
        self.in_channels = in_channels
        channels = _rounded(stem_channels * width)
        self.features = nn.Sequential(
            convolution(in_channels, channels, 3, stem_stride, activation=nn.SiLU)
        )
        lengths = [math.ceil(depth * blocks) for *_, blocks in stages]
        before = 0
        for (expand, kernel, stride, wide, _), length in zip(stages, lengths, strict=True):
            out, stage = _rounded(wide * width), nn.Sequential()
            for i in range(length):
                block = MBConv(
                    channels if i == 0 else out,
                    out,
                    kernel_size=kernel,
                    stride=stride if i == 0 else 1,
                    expand_ratio=expand,
                    drop=drop * (before + i) / sum(lengths),
                )
                stage.append(block)
            self.features.append(stage)
            channels, before = out, before + length
        self.features.append(convolution(channels, 4 * channels, 1, activation=nn.SiLU))
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(4 * channels, num_classes))
        kaiming_convolutions_(self)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k"]:
        """The logits of the classes."""
        require_images(x, self.in_channels)
        return self.classifier(global_average(self.features(x)))


def efficientnet_b0(**options: Any) -> EfficientNet:
    """EfficientNet-B0: width 1.0, depth 1.0, for images of 224 x 224.

    Args:
        **options: of `EfficientNet`, all but `width` and `depth`.

    Raises:
        ValueError: what `EfficientNet` refuses.

    Section: :ref:`sec-efficient-cnns`.

    Source: Tan, Le (2019), EfficientNet: rethinking model scaling for convolutional neural
    networks, arXiv:1905.11946.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = efficientnet_b0()
        >>> sum(p.numel() for p in model.parameters())
        5288548

    In production: torchvision.models.efficientnet_b0.
    """
    return EfficientNet(1.0, 1.0, **({"dropout": 0.2} | options))


def efficientnet_b1(**options: Any) -> EfficientNet:
    """EfficientNet-B1: width 1.0, depth 1.1, for images of 240 x 240.

    Args:
        **options: of `EfficientNet`, all but `width` and `depth`.

    Raises:
        ValueError: what `EfficientNet` refuses.

    Section: :ref:`sec-efficient-cnns`.

    Source: Tan, Le (2019), EfficientNet: rethinking model scaling for convolutional neural
    networks, arXiv:1905.11946.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = efficientnet_b1()
        >>> sum(p.numel() for p in model.parameters())
        7794184

    In production: torchvision.models.efficientnet_b1.
    """
    return EfficientNet(1.0, 1.1, **({"dropout": 0.2} | options))


def efficientnet_b2(**options: Any) -> EfficientNet:
    """EfficientNet-B2: width 1.1, depth 1.2, for images of 260 x 260.

    Args:
        **options: of `EfficientNet`, all but `width` and `depth`.

    Raises:
        ValueError: what `EfficientNet` refuses.

    Section: :ref:`sec-efficient-cnns`.

    Source: Tan, Le (2019), EfficientNet: rethinking model scaling for convolutional neural
    networks, arXiv:1905.11946.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = efficientnet_b2()
        >>> sum(p.numel() for p in model.parameters())
        9109994

    In production: torchvision.models.efficientnet_b2.
    """
    return EfficientNet(1.1, 1.2, **({"dropout": 0.3} | options))


def efficientnet_b3(**options: Any) -> EfficientNet:
    """EfficientNet-B3: width 1.2, depth 1.4, for images of 300 x 300.

    Args:
        **options: of `EfficientNet`, all but `width` and `depth`.

    Raises:
        ValueError: what `EfficientNet` refuses.

    Section: :ref:`sec-efficient-cnns`.

    Source: Tan, Le (2019), EfficientNet: rethinking model scaling for convolutional neural
    networks, arXiv:1905.11946.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = efficientnet_b3()
        >>> sum(p.numel() for p in model.parameters())
        12233232

    In production: torchvision.models.efficientnet_b3.
    """
    return EfficientNet(1.2, 1.4, **({"dropout": 0.3} | options))


def efficientnet_b4(**options: Any) -> EfficientNet:
    """EfficientNet-B4: width 1.4, depth 1.8, for images of 380 x 380.

    Args:
        **options: of `EfficientNet`, all but `width` and `depth`.

    Raises:
        ValueError: what `EfficientNet` refuses.

    Section: :ref:`sec-efficient-cnns`.

    Source: Tan, Le (2019), EfficientNet: rethinking model scaling for convolutional neural
    networks, arXiv:1905.11946.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = efficientnet_b4()
        >>> sum(p.numel() for p in model.parameters())
        19341616

    In production: torchvision.models.efficientnet_b4.
    """
    return EfficientNet(1.4, 1.8, **({"dropout": 0.4} | options))


def efficientnet_b5(**options: Any) -> EfficientNet:
    """EfficientNet-B5: width 1.6, depth 2.2, for images of 456 x 456.

    Args:
        **options: of `EfficientNet`, all but `width` and `depth`.

    Raises:
        ValueError: what `EfficientNet` refuses.

    Section: :ref:`sec-efficient-cnns`.

    Source: Tan, Le (2019), EfficientNet: rethinking model scaling for convolutional neural
    networks, arXiv:1905.11946.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = efficientnet_b5()
        >>> sum(p.numel() for p in model.parameters())
        30389784

    In production: torchvision.models.efficientnet_b5.
    """
    return EfficientNet(1.6, 2.2, **({"dropout": 0.4} | options))


def efficientnet_b6(**options: Any) -> EfficientNet:
    """EfficientNet-B6: width 1.8, depth 2.6, for images of 528 x 528.

    Args:
        **options: of `EfficientNet`, all but `width` and `depth`.

    Raises:
        ValueError: what `EfficientNet` refuses.

    Section: :ref:`sec-efficient-cnns`.

    Source: Tan, Le (2019), EfficientNet: rethinking model scaling for convolutional neural
    networks, arXiv:1905.11946.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = efficientnet_b6()
        >>> sum(p.numel() for p in model.parameters())
        43040704

    In production: torchvision.models.efficientnet_b6.
    """
    return EfficientNet(1.8, 2.6, **({"dropout": 0.5} | options))


def efficientnet_b7(**options: Any) -> EfficientNet:
    """EfficientNet-B7: width 2.0, depth 3.1, for images of 600 x 600.

    Args:
        **options: of `EfficientNet`, all but `width` and `depth`.

    Raises:
        ValueError: what `EfficientNet` refuses.

    Section: :ref:`sec-efficient-cnns`.

    Source: Tan, Le (2019), EfficientNet: rethinking model scaling for convolutional neural
    networks, arXiv:1905.11946.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = efficientnet_b7()
        >>> sum(p.numel() for p in model.parameters())
        66347960

    In production: torchvision.models.efficientnet_b7.
    """
    return EfficientNet(2.0, 3.1, **({"dropout": 0.5} | options))
