"""A convolution in two cheap steps: each channel by itself, then a mixture of channels."""

from collections import OrderedDict

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.convolution import conv2d
from dlcore.nn.convolution_layers import Conv2d
from dlcore.nn.padding import Sizes, per_axis


def pointwise_conv2d(
    x: Float[Tensor, "*n c_in h w"],
    weight: Float[Tensor, "c_out c_in *ones"],
    bias: Float[Tensor, " c_out"] | None = None,
) -> Float[Tensor, "*n c_out h w"]:
    """A 1 x 1 convolution: the same matrix applied to the channels of every pixel.

    Args:
        x: images, shape (n, c_in, h, w) or (c_in, h, w).
        weight: shape (c_out, c_in), or (c_out, c_in, 1, 1).
        bias: added to each output channel, shape (c_out,), or None.

    Returns:
        Shape (n, c_out, h, w).

    Raises:
        ValueError: shapes that do not fit, or a kernel that is not 1 x 1.

    Equation: :eq:`eq-conv-layer`.
    Section: :ref:`sec-multi-channel-convolution`.

    Source: Lin, Chen, Yan (2013), Network in network, arXiv:1312.4400.

    Example:
        >>> pixel = torch.tensor([1.0, 2.0]).reshape(2, 1, 1)
        >>> pointwise_conv2d(pixel, torch.tensor([[1.0, 1.0], [1.0, -1.0]])).flatten()
        tensor([ 3., -1.])

    In production: torch.nn.functional.conv2d with a 1 x 1 kernel.
    """
    if weight.ndim not in (2, 4) or weight.shape[2:].numel() != 1:
        raise ValueError(
            f"expected weights of shape (c_out, c_in) or (c_out, c_in, 1, 1), "
            f"got {tuple(weight.shape)}"
        )
    return conv2d(x, weight.reshape(*weight.shape[:2], 1, 1), bias)


def depthwise_conv2d(
    x: Float[Tensor, "*n c h w"],
    weight: Float[Tensor, "c_out 1 kh kw"],
    bias: Float[Tensor, " c_out"] | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
) -> Float[Tensor, "*n c_out out_h out_w"]:
    """A convolution of each channel with kernels of its own; channels do not mix.

    Args:
        x: images, shape (n, c, h, w) or (c, h, w).
        weight: m kernels for each channel in turn, shape (c m, 1, kh, kw).
        bias: added to each output channel, shape (c m,), or None.
        stride: the step between two places, one number or (down, right); so are the next.
        padding: the border of zeros on each side, "same" or "valid".
        dilation: the step between two pixels under the kernel.

    Returns:
        Shape (n, c m, h', w').

    Raises:
        ValueError: shapes that do not fit, or a number out of range.

    Equation: :eq:`eq-conv-layer`.
    Section: :ref:`sec-depthwise-separable`.

    Source: Howard et al. (2017), MobileNets, arXiv:1704.04861, section 3.1.

    Example:
        >>> x = torch.tensor([[[1.0, 2.0, 3.0]], [[4.0, 5.0, 6.0]]])
        >>> depthwise_conv2d(x, torch.tensor([[[[1.0, 1.0]]], [[[-1.0, 1.0]]]]))
        tensor([[[3., 5.]],
        <BLANKLINE>
                [[1., 1.]]])

    In production: torch.nn.functional.conv2d with groups = c.
    """
    if x.ndim not in (3, 4):
        raise ValueError(f"expected images of shape (n, c, h, w), got {tuple(x.shape)}")
    return conv2d(x, weight, bias, stride, padding, dilation, groups=x.shape[-3])


def separable_cost_ratio(c_out: int, kernel_size: Sizes) -> float:
    """What a depthwise separable convolution costs, as a share of a full one.

    Args:
        c_out: number of output channels.
        kernel_size: k for a k x k kernel, or (kh, kw).

    Returns:
        1 / c_out + 1 / k^2, exact for weights and for multiply-accumulates without biases.

    Raises:
        ValueError: a number below 1.

    Equation: :eq:`eq-separable-cost`.
    Section: :ref:`sec-depthwise-separable`.

    Source: Howard et al. (2017), MobileNets, arXiv:1704.04861, section 3.1.

    Example:
        >>> round(separable_cost_ratio(128, kernel_size=3), 4)
        0.1189

    In production: the ratio of two layers' parameter counts.
    """
    per_axis("c_out", c_out, 1)
    kh, kw = per_axis("kernel_size", kernel_size, 2)
    return 1 / c_out + 1 / (kh * kw)


class DepthwiseSeparableConv2d(nn.Sequential):
    """A depthwise convolution, then a pointwise one: space first, channels afterwards.

    It equals a full convolution whose kernel for output o and input c is P[o, c] D[c], of rank one
    in o and space for each c; so it can do less, for far fewer weights.

    Args:
        in_channels: number of channels of the input.
        out_channels: number of channels of the output.
        kernel_size: (kh, kw) of the depthwise step, or one number for both; so are the next.
        stride: the step between two places.
        padding: the border on each side; "same" keeps the size, "valid" is none.
        dilation: the step between two pixels under the kernel.
        bias: whether both steps have biases.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        depthwise: a `Conv2d` with one group for each input channel.
        pointwise: a `Conv2d` with 1 x 1 kernels.

    Raises:
        ValueError: a number out of range, or an input of other shape.

    Equation: :eq:`eq-separable-cost`.
    Section: :ref:`sec-depthwise-separable`.

    Source: Howard et al. (2017), MobileNets: efficient convolutional neural networks for mobile
    vision applications, arXiv:1704.04861.

    Example:
        >>> layer = DepthwiseSeparableConv2d(64, 128, kernel_size=3, padding=1, bias=False)
        >>> sum(p.numel() for p in layer.parameters())
        8768

    In production: two torch.nn.Conv2d, the first with groups = in_channels.
    """

    depthwise: Conv2d
    pointwise: Conv2d

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        depthwise = Conv2d(
            in_channels, in_channels, kernel_size, stride, padding, dilation, in_channels, bias,
            device=device, dtype=dtype,
        )  # fmt: skip
        pointwise = Conv2d(in_channels, out_channels, 1, bias=bias, device=device, dtype=dtype)
        super().__init__(OrderedDict(depthwise=depthwise, pointwise=pointwise))
