"""Sizes and costs of a convolution, from its numbers alone."""

import math
from collections.abc import Sequence
from typing import overload

from dlcore.nn.padding import Sizes, axes_of, per_axis


def _one_axis(n: int, k: int, s: int, p: int, d: int, ceil_mode: bool) -> int:
    free = n + 2 * p - d * (k - 1) - 1
    outputs = (-(-free // s) if ceil_mode else free // s) + 1
    if outputs < 1 or (free < 0 and not ceil_mode):
        raise ValueError(
            f"a kernel of {k} with dilation {d} does not fit into {n} values and 2 x {p} of padding"
        )
    begins_behind = ceil_mode and (outputs - 1) * s >= n + p
    return outputs - 1 if begins_behind else outputs


@overload
def conv_output_size(
    n: int,
    kernel_size: Sizes,
    stride: Sizes = ...,
    padding: Sizes = ...,
    dilation: Sizes = ...,
    ceil_mode: bool = ...,
) -> int: ...
@overload
def conv_output_size(
    n: Sequence[int],
    kernel_size: Sizes,
    stride: Sizes = ...,
    padding: Sizes = ...,
    dilation: Sizes = ...,
    ceil_mode: bool = ...,
) -> tuple[int, ...]: ...
def conv_output_size(
    n: Sizes,
    kernel_size: Sizes,
    stride: Sizes = 1,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> int | tuple[int, ...]:
    """How many places a kernel is put at: the output size of a convolution or pooling.

    Args:
        n: size of the input, one axis or a sequence of them.
        kernel_size: k, one number or one for each axis; so are the others.
        stride: s, the step between two places.
        padding: p, the border on each side.
        dilation: d, the step between two values under the kernel.
        ceil_mode: round up, so that a last window may reach beyond the border, as a pooling may.

    Returns:
        floor((n + 2 p - d (k - 1) - 1) / s) + 1, an int for an int, otherwise a tuple. Rounded up,
        a window that would begin behind the input is left out.

    Raises:
        ValueError: the kernel does not fit, a number out of range, or other counts of them.

    Equation: :eq:`eq-conv-output-size`.
    Section: :ref:`sec-convolution-hyperparameters`.

    Source: Dumoulin, Visin (2016), A guide to convolution arithmetic for deep learning,
    arXiv:1603.07285.

    Example:
        >>> conv_output_size(224, kernel_size=7, stride=2, padding=3)
        112
        >>> conv_output_size((28, 32), kernel_size=5)
        (24, 28)

    In production: the shape of a layer's output for a tensor on device "meta".
    """
    if isinstance(n, int):
        return conv_output_size((n,), kernel_size, stride, padding, dilation, ceil_mode)[0]
    axes = len(n)
    numbers = zip(
        n,
        per_axis("kernel_size", kernel_size, axes),
        per_axis("stride", stride, axes),
        per_axis("padding", padding, axes, least=0),
        per_axis("dilation", dilation, axes),
        strict=True,
    )
    return tuple(_one_axis(*each, ceil_mode) for each in numbers)


def _channels_in_group(in_channels: int, out_channels: int, groups: int) -> int:
    if min(in_channels, out_channels, groups) < 1:
        raise ValueError(
            f"channels and groups must be at least 1, got {in_channels}, {out_channels}, {groups}"
        )
    if in_channels % groups or out_channels % groups:
        raise ValueError(
            f"{groups} groups must divide {in_channels} input and {out_channels} output channels"
        )
    return in_channels // groups


def conv_num_params(
    in_channels: int, out_channels: int, kernel_size: Sizes, groups: int = 1, bias: bool = True
) -> int:
    """The number of weights and biases of a convolution; the size of the image has no say.

    Args:
        in_channels: C_in.
        out_channels: C_out.
        kernel_size: k for a k x k kernel, or a sequence, one number for each axis.
        groups: g, the number of groups of channels that do not mix.
        bias: whether each output channel has a bias.

    Returns:
        C_out (C_in k k / g + 1), or without the 1.

    Raises:
        ValueError: a number below 1, or groups that do not divide the channels.

    Equation: :eq:`eq-conv-parameters`.
    Section: :ref:`sec-multi-channel-convolution`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.2.

    Example:
        >>> conv_num_params(64, 128, kernel_size=3)
        73856

    In production: sum(p.numel() for p in layer.parameters()).
    """
    axes = 2 if isinstance(kernel_size, int) else len(kernel_size)
    kernel = per_axis("kernel_size", kernel_size, axes)
    per_output = _channels_in_group(in_channels, out_channels, groups) * math.prod(kernel)
    return out_channels * (per_output + bias)


def conv_macs(
    in_channels: int,
    out_channels: int,
    kernel_size: Sizes,
    output_size: Sizes,
    groups: int = 1,
) -> int:
    """The multiply-accumulates of a convolution of one image; one is two floating-point operations.

    Args:
        in_channels: C_in.
        out_channels: C_out.
        kernel_size: k for a k x k kernel, or a sequence, one number for each axis.
        output_size: H' for H' x H' outputs, or a sequence.
        groups: g, the number of groups of channels that do not mix.

    Returns:
        H' W' C_out C_in k k / g: each weight is used once at each place. Biases are not counted.

    Raises:
        ValueError: a number below 1, groups that do not divide the channels, or another number of
            axes in kernel and output.

    Equation: :eq:`eq-conv-macs`.
    Section: :ref:`sec-multi-channel-convolution`.

    Source: Howard et al. (2017), MobileNets, arXiv:1704.04861, section 3.1.

    Example:
        >>> conv_macs(64, 128, kernel_size=3, output_size=32)
        75497472

    In production: torch.utils.flop_counter.FlopCounterMode, which counts two for each.
    """
    pair = isinstance(kernel_size, int) and isinstance(output_size, int)
    axes = 2 if pair else axes_of(kernel_size, output_size)
    places = per_axis("output_size", output_size, axes)
    kernel = per_axis("kernel_size", kernel_size, axes)
    return math.prod(places) * conv_num_params(
        in_channels, out_channels, kernel, groups, bias=False
    )
