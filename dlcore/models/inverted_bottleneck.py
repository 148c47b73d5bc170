"""The blocks of EfficientNet: gated channels, and a bottleneck that is wide inside."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.images import convolution, require_images, require_positive
from dlcore.nn import StochasticDepth


class SqueezeExcitation(nn.Module):
    """A gate in (0, 1) for each channel, computed from the means of all channels.

    Built of torch.nn's layers; tensors are named as in torchvision.

    Args:
        channels: channels of the maps.
        squeezed: channels between the two layers of the gate.

    Raises:
        ValueError: a number that is not positive; in `forward`, other channels.

    Section: :ref:`sec-efficient-cnns`.

    Source: Hu, Shen, Sun (2018), Squeeze-and-excitation networks, arXiv:1709.01507.

    Example:
        >>> SqueezeExcitation(8, 2)(torch.ones(1, 8, 5, 5)).shape
        torch.Size([1, 8, 5, 5])

    In production: torchvision.ops.SqueezeExcitation.
    """

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        require_positive(channels=channels, squeezed=squeezed)
        self.channels = channels
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.fc2 = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """The maps, each times its gate."""
        require_images(x, self.channels)
        squeezed = nn.functional.silu(self.fc1(x.mean(dim=(2, 3), keepdim=True)))
        return torch.sigmoid(self.fc2(squeezed)) * x


class MBConv(nn.Module):
    """The inverted bottleneck: widen, convolve depthwise, gate the channels, narrow, add x.

    Built of torch.nn's layers; tensors are named as in torchvision.

    Args:
        in_channels: channels that come in.
        out_channels: channels that come out; where they are equal and the stride is 1, x is added.
        kernel_size: of the depthwise convolution.
        stride: of the depthwise convolution.
        expand_ratio: how many times wider it is inside.
        drop: the probability of dropping the branch in training (stochastic depth).

    Raises:
        ValueError: a number that is not positive; in `forward`, other channels.

    Section: :ref:`sec-efficient-cnns`.

    Source: Sandler et al. (2018), MobileNetV2: inverted residuals and linear bottlenecks,
    arXiv:1801.04381; Tan, Le (2019), arXiv:1905.11946.

    Example:
        >>> MBConv(16, 24, stride=2)(torch.zeros(1, 16, 8, 8)).shape
        torch.Size([1, 24, 4, 4])

    In production: torchvision.models.efficientnet.MBConv.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        kernel_size: int = 3,
        stride: int = 1,
        expand_ratio: int = 6,
        drop: float = 0.0,
    ) -> None:
        super().__init__()
        require_positive(in_channels=in_channels, out_channels=out_channels, stride=stride)
        require_positive(expand_ratio=expand_ratio, kernel_size=kernel_size)
        self.in_channels = in_channels
        self.adds = stride == 1 and in_channels == out_channels
        wide = in_channels * expand_ratio
        self.block = nn.Sequential()
        if expand_ratio > 1:
            self.block.append(convolution(in_channels, wide, 1, activation=nn.SiLU))
        self.block.extend(
            [
                convolution(wide, wide, kernel_size, stride, groups=wide, activation=nn.SiLU),
                SqueezeExcitation(wide, max(1, in_channels // 4)),
                convolution(wide, out_channels, 1, activation=None),
            ]
        )
        self.stochastic_depth = StochasticDepth(drop)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d i j"]:
        """The maps after the block."""
        require_images(x, self.in_channels)
        change = self.block(x)
        return x + self.stochastic_depth(change) if self.adds else change
