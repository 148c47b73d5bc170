"""The residual blocks: a branch of convolutions and a shortcut around it."""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.images import require_choice, require_images, require_positive


class _PaddedShortcut(nn.Module):
    """Every other pixel of every other row; the channels that are missing are zero."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.missing, self.stride = out_channels - in_channels, stride

    def forward(self, x: Tensor) -> Tensor:
        x = x[:, :, :: self.stride, :: self.stride]
        before = self.missing // 2
        return nn.functional.pad(x, (0, 0, 0, 0, before, self.missing - before))


def _shortcut(in_channels: int, out_channels: int, stride: int, kind: str) -> nn.Module | None:
    """What brings x to the shape of F(x); None where it has that shape."""
    if stride == 1 and in_channels == out_channels:
        return None
    if kind == "pad":
        return _PaddedShortcut(in_channels, out_channels, stride)
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
    )


class _Block(nn.Module, ABC):
    """What both kinds of block share: relu(F(x) + shortcut(x))."""

    expansion = 1

    def __init__(
        self, in_channels: int, channels: int, stride: int, shortcut: str, residual: bool
    ) -> None:
        super().__init__()
        require_choice("shortcut", shortcut, ("project", "pad"))
        require_positive(in_channels=in_channels, channels=channels, stride=stride)
        self.in_channels, self.residual = in_channels, residual
        out_channels = channels * self.expansion
        self.downsample = None
        if residual:
            self.downsample = _shortcut(in_channels, out_channels, stride, shortcut)

    @abstractmethod
    def branch(self, x: Tensor) -> Tensor:
        """F(x)."""

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d i j"]:
        """The maps after the block."""
        require_images(x, self.in_channels)
        change = self.branch(x)
        if not self.residual:
            return torch.relu(change)
        return torch.relu(change + (x if self.downsample is None else self.downsample(x)))


class BasicBlock(_Block):
    """Two 3 x 3 convolutions with batch norm, and a shortcut around them: relu(F(x) + x).

    Built of torch.nn's layers; tensors are named as in torchvision.

    Args:
        in_channels: channels that come in.
        channels: of both convolutions.
        stride: of the first one.
        shortcut: where the shape changes, "project" by a 1 x 1 convolution W_s x, or "pad" the new
            channels with zeros.
        residual: False leaves the shortcut out: a plain block, to compare with.

    Raises:
        ValueError: sizes that are not positive, or an unknown shortcut; in `forward`, other
            channels.

    Equation: :eq:`eq-residual`.
    Section: :ref:`sec-resnet`.

    Source: He, Zhang, Ren, Sun (2016), Deep residual learning for image recognition,
    arXiv:1512.03385, figure 5.

    Example:
        >>> BasicBlock(8, 16, stride=2)(torch.zeros(1, 8, 6, 6)).shape
        torch.Size([1, 16, 3, 3])

    In production: torchvision.models.resnet.BasicBlock.
    """

    def __init__(
        self,
        in_channels: int,
        channels: int,
        stride: int = 1,
        *,
        shortcut: str = "project",
        residual: bool = True,
    ) -> None:
        super().__init__(in_channels, channels, stride, shortcut, residual)
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.last_norm = "bn2"

    def branch(self, x: Tensor) -> Tensor:
        """F(x)."""
        return self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))


class Bottleneck(_Block):
    """A 1 x 1 that reduces the channels, a 3 x 3, a 1 x 1 that restores them, and a shortcut.

    Built of torch.nn's layers; tensors are named as in torchvision. The stride sits in the 3 x 3
    (in the paper it sat in the first 1 x 1), as in today's implementations.

    Args:
        in_channels: channels that come in.
        channels: of the 3 x 3; four times as many come out.
        stride: of the 3 x 3.
        shortcut: where the shape changes, "project" by a 1 x 1 convolution W_s x, or "pad" the new
            channels with zeros.
        residual: False leaves the shortcut out: a plain block, to compare with.

    Raises:
        ValueError: sizes that are not positive, or an unknown shortcut; in `forward`, other
            channels.

    Equation: :eq:`eq-residual`.
    Section: :ref:`sec-resnet`.

    Source: He, Zhang, Ren, Sun (2016), Deep residual learning for image recognition,
    arXiv:1512.03385, figure 5.

    Example:
        >>> block = Bottleneck(256, 64)
        >>> sum(p.numel() for p in block.parameters() if p.ndim == 4)
        69632

    In production: torchvision.models.resnet.Bottleneck.
    """

    expansion = 4

    def __init__(
        self,
        in_channels: int,
        channels: int,
        stride: int = 1,
        *,
        shortcut: str = "project",
        residual: bool = True,
    ) -> None:
        super().__init__(in_channels, channels, stride, shortcut, residual)
        self.conv1 = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, 4 * channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * channels)
        self.last_norm = "bn3"

    def branch(self, x: Tensor) -> Tensor:
        """F(x)."""
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)))
        return self.bn3(self.conv3(x))
