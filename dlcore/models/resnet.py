"""Residual networks for ImageNet (18 to 152 layers) and for CIFAR-sized images (20, 56, ...)."""

from typing import Any

from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.images import (
    global_average,
    kaiming_convolutions_,
    require_choice,
    require_images,
    require_positive,
)
from dlcore.models.residual_blocks import BasicBlock, Bottleneck


class ResNet(nn.Module):
    """A stem, stages of residual blocks, the mean of each map, a linear layer.

    Each stage after the first halves the sides and doubles the channels. Built of torch.nn's
    layers; tensors are named as in torchvision.

    Args:
        block: `BasicBlock` or `Bottleneck`.
        layers: the number of blocks in each stage.
        num_classes: outputs.
        in_channels: channels of the images.
        width: channels of the first stage.
        stem: "imagenet", a 7 x 7 convolution of stride 2 and a pooling, or "cifar", a 3 x 3
            convolution that keeps the size.
        shortcut: "project" or "pad", see the blocks.
        residual: False leaves all shortcuts out.
        zero_init_residual: begin with F = 0, so that every block passes its input on.

    Raises:
        ValueError: sizes that are not positive, no stage, or an unknown option; in `forward`,
            images with other channels.

    Section: :ref:`sec-resnet`.

    Source: He, Zhang, Ren, Sun (2016), Deep residual learning for image recognition,
    arXiv:1512.03385, table 1.

    Example:
        >>> import torch
        >>> small = ResNet(BasicBlock, [1, 1], 10, in_channels=1, width=8, stem="cifar")
        >>> small(torch.zeros(2, 1, 8, 8)).shape
        torch.Size([2, 10])

    In production: torchvision.models.ResNet.
    """

    def __init__(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        layers: list[int],
        num_classes: int = 1000,
        *,
        in_channels: int = 3,
        width: int = 64,
        stem: str = "imagenet",
        shortcut: str = "project",
        residual: bool = True,
        zero_init_residual: bool = False,
    ) -> None:
        super().__init__()
        require_choice("stem", stem, ("imagenet", "cifar"))
        require_positive(num_classes=num_classes, width=width, stages=len(layers))
        self.in_channels = in_channels
        large = stem == "imagenet"
        kernel, stride, padding = (7, 2, 3) if large else (3, 1, 1)
        self.conv1 = nn.Conv2d(in_channels, width, kernel, stride, padding, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1) if large else nn.Identity()
        self.stages = []
        channels = width
        for i, blocks in enumerate(layers):
            stage = nn.Sequential()
            for j in range(blocks):
                step = 2 if i and j == 0 else 1
                new = block(channels, width * 2**i, step, shortcut=shortcut, residual=residual)
                stage.append(new)
                channels = width * 2**i * block.expansion
            self.stages.append(f"layer{i + 1}")
            self.add_module(f"layer{i + 1}", stage)
        self.fc = nn.Linear(channels, num_classes)
        kaiming_convolutions_(self)
        if zero_init_residual:
            for module in self.modules():
                if isinstance(module, (BasicBlock, Bottleneck)):
                    nn.init.zeros_(module.get_parameter(f"{module.last_norm}.weight"))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k"]:
        """The logits of the classes."""
        require_images(x, self.in_channels)
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for stage in self.stages:
            x = self.get_submodule(stage)(x)
        return self.fc(global_average(x))


def cifar_resnet(depth: int, num_classes: int = 10, **options: Any) -> ResNet:
    """A residual network for images of 32 x 32: three stages of 16, 32 and 64 channels.

    Args:
        depth: 6 n + 2 layers with weights, n blocks a stage: 20, 32, 44, 56, 110.
        num_classes: outputs.
        **options: of `ResNet`; by default shortcuts are padded with zeros, as in the paper.

    Raises:
        ValueError: a depth that is not 6 n + 2, or what `ResNet` refuses.

    Section: :ref:`sec-resnet`.

    Source: He, Zhang, Ren, Sun (2016), Deep residual learning for image recognition,
    arXiv:1512.03385, section 4.2.

    Example:
        >>> sum(p.numel() for p in cifar_resnet(20).parameters())
        269722

    In production: the same few lines; torchvision has only the networks for ImageNet.
    """
    n, rest = divmod(depth - 2, 6)
    if rest or n < 1:
        raise ValueError(f"depth must be 6 n + 2 with n >= 1 (8, 14, 20, ...), got {depth}")
    settings: dict[str, Any] = {"width": 16, "stem": "cifar", "shortcut": "pad"}
    return ResNet(BasicBlock, [n, n, n], num_classes, **(settings | options))


def resnet18(**options: Any) -> ResNet:
    """The residual network of 18 layers for ImageNet.

    Args:
        **options: of `ResNet`, all but `block` and `layers`.

    Raises:
        ValueError: what `ResNet` refuses.

    Section: :ref:`sec-resnet`.

    Source: He, Zhang, Ren, Sun (2016), Deep residual learning for image recognition,
    arXiv:1512.03385, table 1.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = resnet18()
        >>> sum(p.numel() for p in model.parameters())
        11689512

    In production: torchvision.models.resnet18.
    """
    return ResNet(BasicBlock, [2, 2, 2, 2], **options)


def resnet34(**options: Any) -> ResNet:
    """The residual network of 34 layers for ImageNet.

    Args:
        **options: of `ResNet`, all but `block` and `layers`.

    Raises:
        ValueError: what `ResNet` refuses.

    Section: :ref:`sec-resnet`.

    Source: He, Zhang, Ren, Sun (2016), Deep residual learning for image recognition,
    arXiv:1512.03385, table 1.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = resnet34()
        >>> sum(p.numel() for p in model.parameters())
        21797672

    In production: torchvision.models.resnet34.
    """
    return ResNet(BasicBlock, [3, 4, 6, 3], **options)


def resnet50(**options: Any) -> ResNet:
    """The residual network of 50 layers for ImageNet.

    Args:
        **options: of `ResNet`, all but `block` and `layers`.

    Raises:
        ValueError: what `ResNet` refuses.

    Section: :ref:`sec-resnet`.

    Source: He, Zhang, Ren, Sun (2016), Deep residual learning for image recognition,
    arXiv:1512.03385, table 1.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = resnet50()
        >>> sum(p.numel() for p in model.parameters())
        25557032

    In production: torchvision.models.resnet50.
    """
    return ResNet(Bottleneck, [3, 4, 6, 3], **options)


def resnet101(**options: Any) -> ResNet:
    """The residual network of 101 layers for ImageNet.

    Args:
        **options: of `ResNet`, all but `block` and `layers`.

    Raises:
        ValueError: what `ResNet` refuses.

    Section: :ref:`sec-resnet`.

    Source: He, Zhang, Ren, Sun (2016), Deep residual learning for image recognition,
    arXiv:1512.03385, table 1.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = resnet101()
        >>> sum(p.numel() for p in model.parameters())
        44549160

    In production: torchvision.models.resnet101.
    """
    return ResNet(Bottleneck, [3, 4, 23, 3], **options)


def resnet152(**options: Any) -> ResNet:
    """The residual network of 152 layers for ImageNet.

    Args:
        **options: of `ResNet`, all but `block` and `layers`.

    Raises:
        ValueError: what `ResNet` refuses.

    Section: :ref:`sec-resnet`.

    Source: He, Zhang, Ren, Sun (2016), Deep residual learning for image recognition,
    arXiv:1512.03385, table 1.

    Example:
        >>> import torch
        >>> with torch.device("meta"):
        ...     model = resnet152()
        >>> sum(p.numel() for p in model.parameters())
        60192808

    In production: torchvision.models.resnet152.
    """
    return ResNet(Bottleneck, [3, 8, 36, 3], **options)


def resnet20(**options: Any) -> ResNet:
    """The residual network of 20 layers for images of 32 x 32.

    Args:
        **options: of `cifar_resnet`, all but `depth`.

    Raises:
        ValueError: what `ResNet` refuses.

    Section: :ref:`sec-resnet`.

    Source: He, Zhang, Ren, Sun (2016), Deep residual learning for image recognition,
    arXiv:1512.03385, section 4.2.

    Example:
        >>> sum(p.numel() for p in resnet20().parameters())
        269722

    In production: the same few lines; torchvision has only the networks for ImageNet.
    """
    return cifar_resnet(20, **options)


def resnet56(**options: Any) -> ResNet:
    """The residual network of 56 layers for images of 32 x 32.

    Args:
        **options: of `cifar_resnet`, all but `depth`.

    Raises:
        ValueError: what `ResNet` refuses.

    Section: :ref:`sec-resnet`.

    Source: He, Zhang, Ren, Sun (2016), Deep residual learning for image recognition,
    arXiv:1512.03385, section 4.2.

    Example:
        >>> sum(p.numel() for p in resnet56().parameters())
        853018

    In production: the same few lines; torchvision has only the networks for ImageNet.
    """
    return cifar_resnet(56, **options)
