"""Inception: several kernel sizes side by side, made cheap by 1 x 1 convolutions."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.images import (
    global_average,
    kaiming_convolutions_,
    require_images,
    require_positive,
)

MODULES = {
    "3a": (192, 64, 96, 128, 16, 32, 32),
    "3b": (256, 128, 128, 192, 32, 96, 64),
    "4a": (480, 192, 96, 208, 16, 48, 64),
    "4b": (512, 160, 112, 224, 24, 64, 64),
    "4c": (512, 128, 128, 256, 24, 64, 64),
    "4d": (512, 112, 144, 288, 32, 64, 64),
    "4e": (528, 256, 160, 320, 32, 128, 128),
    "5a": (832, 256, 160, 320, 32, 128, 128),
    "5b": (832, 384, 192, 384, 48, 128, 128),
}


class _ConvReLU(nn.Module):
    """A convolution that keeps the size at stride 1, on request batch norm, then ReLU."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int, batch_norm: bool
    ) -> None:
        super().__init__()
        padding = (kernel_size - 1) // 2
        self.conv = nn.Conv2d(
            in_channels, out_channels, kernel_size, stride, padding, bias=not batch_norm
        )
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001) if batch_norm else None

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return torch.relu(x if self.bn is None else self.bn(x))


class InceptionModule(nn.Module):
    """Four branches on the same maps, whose outputs are concatenated.

    A 1 x 1 convolution; a 3 x 3 and a 5 x 5 convolution, each behind a 1 x 1 that reduces the
    channels first; a 3 x 3 max pooling followed by a 1 x 1. Built of torch.nn's layers.

    Args:
        in_channels: channels that come in.
        ch1x1: channels of the first branch.
        ch3x3red: channels to which the second branch reduces.
        ch3x3: channels of the second branch.
        ch5x5red: channels to which the third branch reduces.
        ch5x5: channels of the third branch.
        pool_proj: channels of the fourth branch.
        batch_norm: normalize after each convolution, as later versions do.
        large_kernel: of the third branch; torchvision has 3 there.

    Attributes:
        out_channels: ch1x1 + ch3x3 + ch5x5 + pool_proj.

    Raises:
        ValueError: a number that is not positive, or an even kernel.

    Section: :ref:`sec-inception`.

    Source: Szegedy et al. (2015), Going deeper with convolutions, arXiv:1409.4842, table 1.

    Example:
        >>> module = InceptionModule(192, 64, 96, 128, 16, 32, 32)
        >>> module(torch.zeros(1, 192, 7, 7)).shape, sum(p.numel() for p in module.parameters())
        (torch.Size([1, 256, 7, 7]), 163696)

    In production: torchvision.models.googlenet.Inception.
    """

    def __init__(
        self,
        in_channels: int,
        ch1x1: int,
        ch3x3red: int,
        ch3x3: int,
        ch5x5red: int,
        ch5x5: int,
        pool_proj: int,
        *,
        batch_norm: bool = False,
        large_kernel: int = 5,
    ) -> None:
        super().__init__()
        require_positive(
            in_channels=in_channels,
            ch1x1=ch1x1,
            ch3x3red=ch3x3red,
            ch3x3=ch3x3,
            ch5x5red=ch5x5red,
            ch5x5=ch5x5,
            pool_proj=pool_proj,
        )
        if large_kernel % 2 == 0:
            raise ValueError(f"large_kernel must be odd, got {large_kernel}")

        def conv(c_in: int, c_out: int, k: int = 1) -> nn.Module:
            return _ConvReLU(c_in, c_out, k, 1, batch_norm)

        self.branch1 = conv(in_channels, ch1x1)
        self.branch2 = nn.Sequential(conv(in_channels, ch3x3red), conv(ch3x3red, ch3x3, 3))
        self.branch3 = nn.Sequential(
            conv(in_channels, ch5x5red), conv(ch5x5red, ch5x5, large_kernel)
        )
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(in_channels, pool_proj))
        self.in_channels = in_channels
        self.out_channels = ch1x1 + ch3x3 + ch5x5 + pool_proj

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """The branches' maps, one after the other."""
        require_images(x, self.in_channels)
        branches = (self.branch1, self.branch2, self.branch3, self.branch4)
        return torch.cat([branch(x) for branch in branches], dim=1)


class GoogLeNetOutputs(NamedTuple):
    """What `GoogLeNet` returns in training with auxiliary classifiers.

    Attributes:
        logits: of the network.
        aux_logits2: of the classifier after module 4d.
        aux_logits1: of the classifier after module 4a.

    Section: :ref:`sec-inception`.

    Example:
        >>> GoogLeNetOutputs._fields
        ('logits', 'aux_logits2', 'aux_logits1')

    In production: torchvision.models.GoogLeNetOutputs.
    """

    logits: Float[Tensor, "b k"]
    aux_logits2: Float[Tensor, "b k"]
    aux_logits1: Float[Tensor, "b k"]


class _AuxiliaryClassifier(nn.Module):
    """A small classifier on maps halfway up, which brings a gradient to the early layers."""

    def __init__(self, in_channels: int, num_classes: int, batch_norm: bool) -> None:
        super().__init__()
        self.conv = _ConvReLU(in_channels, 128, 1, 1, batch_norm)
        self.fc1 = nn.Linear(2048, 1024)
        self.fc2 = nn.Linear(1024, num_classes)
        self.dropout = nn.Dropout(0.7)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(nn.functional.adaptive_avg_pool2d(x, 4))
        return self.fc2(self.dropout(torch.relu(self.fc1(torch.flatten(x, 1)))))


class GoogLeNet(nn.Module):
    """Nine inception modules, 22 layers deep, with a mean of each map instead of dense layers.

    Built of torch.nn's layers; tensors are named as in torchvision. The paper's local response
    normalization is left out, as everywhere today.

    Args:
        num_classes: outputs.
        in_channels: channels of the images.
        aux_logits: two classifiers halfway up, used in training only.
        batch_norm: normalize after each convolution (with `large_kernel=3` it has the tensors of
            torchvision's network, whose last pooling is 2 x 2 where the paper has 3 x 3).
        large_kernel: of the modules' third branch.

    Raises:
        ValueError: a number of classes that is not positive; in `forward`, images with other
            channels.

    Section: :ref:`sec-inception`.

    Source: Szegedy et al. (2015), Going deeper with convolutions, arXiv:1409.4842.

    Example:
        >>> with torch.device("meta"):
        ...     model = GoogLeNet()
        >>> sum(p.numel() for p in model.parameters())
        6998552

    In production: torchvision.models.googlenet.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        *,
        in_channels: int = 3,
        aux_logits: bool = False,
        batch_norm: bool = False,
        large_kernel: int = 5,
    ) -> None:
        super().__init__()
        require_positive(num_classes=num_classes, in_channels=in_channels)
        self.in_channels = in_channels
        self.conv1 = _ConvReLU(in_channels, 64, 7, 2, batch_norm)
        self.conv2 = _ConvReLU(64, 64, 1, 1, batch_norm)
        self.conv3 = _ConvReLU(64, 192, 3, 1, batch_norm)
        for name, sizes in MODULES.items():
            module = InceptionModule(*sizes, batch_norm=batch_norm, large_kernel=large_kernel)
            self.add_module(f"inception{name}", module)
        self.aux1 = _AuxiliaryClassifier(512, num_classes, batch_norm) if aux_logits else None
        self.aux2 = _AuxiliaryClassifier(528, num_classes, batch_norm) if aux_logits else None
        self.dropout = nn.Dropout(0.4)
        self.fc = nn.Linear(1024, num_classes)
        self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        kaiming_convolutions_(self, mode="fan_in")

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k"] | GoogLeNetOutputs:
        """The logits; in training with auxiliary classifiers, all three."""
        require_images(x, self.in_channels, 15)
        x = self.pool(self.conv1(x))
        x = self.pool(self.conv3(self.conv2(x)))
        first = second = None
        for name in MODULES:
            if name in ("4a", "5a"):
                x = self.pool(x)
            x = self.get_submodule(f"inception{name}")(x)
            if name == "4a" and self.aux1 is not None and self.training:
                first = self.aux1(x)
            if name == "4d" and self.aux2 is not None and self.training:
                second = self.aux2(x)
        logits = self.fc(self.dropout(global_average(x)))
        if first is None or second is None:
            return logits
        return GoogLeNetOutputs(logits, second, first)


class _GlobalAverage(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return global_average(x)


def small_inception(num_classes: int, *, in_channels: int = 1) -> nn.Sequential:
    """A convolution, two inception modules and a linear layer on mean maps, for small images.

    Args:
        num_classes: outputs.
        in_channels: channels of the images.

    Returns:
        The network, of torch.nn's layers, for images of any size from 2 x 2 pixels.

    Raises:
        ValueError: a number that is not positive.

    Section: :ref:`sec-inception`.

    Source: Szegedy et al. (2015), Going deeper with convolutions, arXiv:1409.4842.

    Example:
        >>> small_inception(10)(torch.zeros(2, 1, 8, 8)).shape
        torch.Size([2, 10])

    In production: torchvision.models.googlenet, for large images.
    """
    require_positive(num_classes=num_classes, in_channels=in_channels)
    return nn.Sequential(
        _ConvReLU(in_channels, 16, 3, 1, True),
        InceptionModule(16, 8, 8, 16, 4, 8, 8, batch_norm=True),
        nn.MaxPool2d(2),
        InceptionModule(40, 16, 16, 32, 8, 16, 16, batch_norm=True),
        _GlobalAverage(),
        nn.Linear(80, num_classes),
    )
