"""AlexNet, whose win of 2012 made convolutional networks the standard of vision."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.images import kaiming_convolutions_, require_images, require_positive

CHANNELS = (96, 256, 384, 384, 256)


class AlexNet(nn.Module):
    """Five convolutions and three dense layers, with ReLU, overlapping pooling and dropout.

    The defaults are the paper's network at its full size, for images of 227 x 227 (the paper
    prints 224, with which its first convolution does not come out even). Two groups stand for its
    two GPUs, which saw each other's maps only in the third convolution. Built of torch.nn's
    layers; tensors are named as in torchvision where the layers are the same.

    Args:
        num_classes: outputs.
        in_channels: channels of the images.
        channels: of the five convolutions; smaller numbers give a small AlexNet.
        hidden: units of the two hidden dense layers.
        groups: 2 as in the paper, or 1 for full second, fourth and fifth convolutions.
        stem: kernel size, stride and padding of the first convolution.
        pool_size: the side to which the last maps are averaged before the dense layers; at 227 x
            227 they have 6 x 6 pixels by themselves.
        dropout: before both hidden dense layers.
        local_response_norm: normalize over neighbouring channels after the first two convolutions.

    Raises:
        ValueError: sizes that are not positive, or not five channels; in `forward`, images with
            other channels or too small for the pooling.

    Section: :ref:`sec-alexnet`.

    Source: Krizhevsky, Sutskever, Hinton (2012), ImageNet classification with deep convolutional
    neural networks, NeurIPS, doi:10.1145/3065386.

    Example:
        >>> with torch.device("meta"):
        ...     model = AlexNet()
        >>> sum(p.numel() for p in model.parameters())
        60965224

    In production: torchvision.models.alexnet, the one-GPU variant of 2014 without normalization:
    here `AlexNet(channels=(64, 192, 384, 256, 256), groups=1, stem=(11, 4, 2),
    local_response_norm=False)`.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        *,
        in_channels: int = 3,
        channels: tuple[int, ...] = CHANNELS,
        hidden: int = 4096,
        groups: int = 2,
        stem: tuple[int, int, int] = (11, 4, 0),
        pool_size: int = 6,
        dropout: float = 0.5,
        local_response_norm: bool = True,
    ) -> None:
        super().__init__()
        if len(channels) != 5:
            raise ValueError(f"AlexNet has five convolutions, got channels {channels}")
        require_positive(num_classes=num_classes, hidden=hidden, groups=groups, pool_size=pool_size)
        c1, c2, c3, c4, c5 = channels
        kernel, stride, padding = stem
        self.in_channels = in_channels
        norm = [nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2.0)] * local_response_norm
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, c1, kernel, stride, padding),
            nn.ReLU(),
            *norm,
            nn.MaxPool2d(3, 2),
            nn.Conv2d(c1, c2, 5, padding=2, groups=groups),
            nn.ReLU(),
            *norm,
            nn.MaxPool2d(3, 2),
            nn.Conv2d(c2, c3, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(c3, c4, 3, padding=1, groups=groups),
            nn.ReLU(),
            nn.Conv2d(c4, c5, 3, padding=1, groups=groups),
            nn.ReLU(),
            nn.MaxPool2d(3, 2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(pool_size)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(c5 * pool_size**2, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, num_classes),
        )
        kaiming_convolutions_(self, mode="fan_in")
        self.smallest = kernel + stride * 14 - 2 * padding  # 15 pixels survive three poolings

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k"]:
        """The logits of the classes."""
        require_images(x, self.in_channels, self.smallest)
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))
