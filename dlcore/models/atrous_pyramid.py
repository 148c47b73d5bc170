"""Convolutions with holes, side by side: one map seen at several scales without shrinking it."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.images import global_average, require_images, require_positive


def effective_kernel_size(kernel_size: int, dilation: int) -> int:
    """How wide a kernel reaches whose weights stand `dilation` positions apart.

    Args:
        kernel_size: k, weights along a side.
        dilation: d; 1 for an ordinary convolution.

    Returns:
        d (k - 1) + 1.

    Raises:
        ValueError: a number below 1.

    Equation: :eq:`eq-atrous-kernel`.
    Section: :ref:`sec-atrous`.

    Source: Chen, Papandreou, Kokkinos, Murphy, Yuille (2017), DeepLab, arXiv:1606.00915.

    Example:
        >>> effective_kernel_size(3, dilation=6)
        13

    In production: no library needed.
    """
    require_positive(kernel_size=kernel_size, dilation=dilation)
    return dilation * (kernel_size - 1) + 1


class ASPP(nn.Module):
    """Atrous spatial pyramid pooling: 3 x 3 kernels of several dilations, a 1 x 1, and the mean.

    Every branch gives a map of the input's size; a 1 x 1 convolution joins them.

    Args:
        in_channels: channels of the map.
        out_channels: channels of each branch and of the result.
        rates: dilations of the 3 x 3 convolutions.

    Raises:
        ValueError: numbers that are not positive, no rate; in `forward`, a map of another shape.

    Equation: :eq:`eq-atrous-kernel`.
    Section: :ref:`sec-atrous`.

    Source: Chen, Papandreou, Schroff, Adam (2017), Rethinking atrous convolution for semantic
        image segmentation, arXiv:1706.05587.

    Example:
        >>> ASPP(16, 8, rates=(1, 2, 4))(torch.zeros(2, 16, 12, 12)).shape
        torch.Size([2, 8, 12, 12])

    In production: torchvision.models.segmentation.deeplabv3.ASPP.
    """

    def __init__(
        self, in_channels: int, out_channels: int, rates: Sequence[int] = (6, 12, 18)
    ) -> None:
        super().__init__()
        require_positive(in_channels=in_channels, out_channels=out_channels)
        if not rates or min(rates) < 1:
            raise ValueError(f"rates must be positive numbers, got {rates}")
        self.in_channels = in_channels

        def branch(channels: int, kernel_size: int, rate: int = 1) -> nn.Sequential:
            padding = (effective_kernel_size(kernel_size, rate) - 1) // 2
            conv = nn.Conv2d(
                channels, out_channels, kernel_size, padding=padding, dilation=rate, bias=False
            )
            return nn.Sequential(conv, nn.BatchNorm2d(out_channels), nn.ReLU())

        self.branches = nn.ModuleList([branch(in_channels, 1)])
        self.branches.extend([branch(in_channels, 3, rate) for rate in rates])
        self.mean = nn.Sequential(nn.Conv2d(in_channels, out_channels, 1), nn.ReLU())
        self.project = branch((len(rates) + 2) * out_channels, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """The joined branches, of the input's size."""
        require_images(x, self.in_channels)
        mean = self.mean(global_average(x)[..., None, None]).expand(-1, -1, *x.shape[2:])
        return self.project(torch.cat([*(branch(x) for branch in self.branches), mean], dim=1))
