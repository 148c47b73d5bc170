"""MobileNet: convolutions split into a depthwise and a pointwise one."""

from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.images import (
    convolution,
    global_average,
    kaiming_convolutions_,
    require_images,
    require_positive,
)

BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),
)
"""(channels, stride) of the 13 blocks."""


class MobileNetV1(nn.Module):
    """A convolution, 13 depthwise separable ones, the mean of each map, a linear layer.

    Built of torch.nn's layers, with batch norm and ReLU after the depthwise and after the
    pointwise convolution.

    Args:
        num_classes: outputs.
        in_channels: channels of the images.
        width: the multiplier alpha of all channels.
        separable: False puts full 3 x 3 convolutions in the place of the separable ones.
        blocks: (channels, stride) of each block; fewer and with stride 1 for small images.
        stem_channels: of the first convolution.
        stem_stride: of the first convolution.

    Raises:
        ValueError: sizes that are not positive; in `forward`, images with other channels.

    Section: :ref:`sec-efficient-cnns`.

    Source: Howard et al. (2017), MobileNets: efficient convolutional neural networks for mobile
    vision applications, arXiv:1704.04861, table 1.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = MobileNetV1()
        >>> sum(p.numel() for p in model.parameters())
        4231976

    In production: timm's mobilenetv1_100; torchvision has only its successors V2 and V3.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        *,
        in_channels: int = 3,
        width: float = 1.0,
        separable: bool = True,
        blocks: tuple[tuple[int, int], ...] = BLOCKS,
        stem_channels: int = 32,
        stem_stride: int = 2,
    ) -> None:
        super().__init__()
        require_positive(num_classes=num_classes, width=width, stem_stride=stem_stride)
        self.in_channels = in_channels
        channels = max(1, int(width * stem_channels))
        self.stem = convolution(in_channels, channels, 3, stem_stride)
        self.blocks = nn.Sequential()
        for wide, stride in blocks:
            out = max(1, int(width * wide))
            if separable:
                depthwise = convolution(channels, channels, 3, stride, groups=channels)
                self.blocks.append(nn.Sequential(*depthwise, *convolution(channels, out, 1)))
            else:
                self.blocks.append(convolution(channels, out, 3, stride))
            channels = out
        self.fc = nn.Linear(channels, num_classes)
        kaiming_convolutions_(self)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k"]:
        """The logits of the classes."""
        require_images(x, self.in_channels)
        return self.fc(global_average(self.blocks(self.stem(x))))
