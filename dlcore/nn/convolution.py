"""Convolution of images with channels: every output sees a window of all channels of its group."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.im2col import Geometry, geometry, unfold_columns
from dlcore.nn.padding import Borders, Sizes, pad_last_axes, per_axis, same_padding


def borders(padding: Sizes | str, moves: Geometry) -> Borders:
    """What is put before and after each axis."""
    axes = len(moves.kernel)
    if not isinstance(padding, str):
        return [(p, p) for p in per_axis("padding", padding, axes, least=0)]
    if padding not in ("same", "valid"):
        raise ValueError(f"padding must be numbers, 'same' or 'valid'; got {padding!r}")
    if padding == "valid":
        return [(0, 0)] * axes
    if max(moves.stride) > 1:
        raise ValueError("padding 'same' needs stride 1")
    return same_padding(moves.kernel, moves.dilation)


def check_shapes(x: Tensor, weight: Tensor, bias: Tensor | None, groups: int, axes: int) -> None:
    """Raise ValueError or TypeError unless input, weights and bias fit each other."""
    if weight.ndim != axes + 2:
        kernel = ", ".join(["k"] * axes)
        raise ValueError(
            f"expected weights of shape (c_out, c_in / groups, {kernel}), got {tuple(weight.shape)}"
        )
    if x.ndim not in (axes + 1, axes + 2):
        raise ValueError(f"expected {axes + 1} or {axes + 2} dimensions, got {tuple(x.shape)}")
    if x.is_floating_point() != weight.is_floating_point():
        raise TypeError(
            f"input and weights must be of one type, got {x.dtype} and {weight.dtype}: "
            "make both floating point, as by x.float()"
        )
    channels = x.shape[-axes - 1]
    if (
        groups < 1
        or not len(weight)
        or len(weight) % groups
        or channels != weight.shape[1] * groups
    ):
        raise ValueError(
            f"weights {tuple(weight.shape)} in {groups} groups need {weight.shape[1] * groups} "
            f"input channels and outputs in equal groups; got input {tuple(x.shape)}"
        )
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ValueError(f"{len(weight)} outputs need as many biases, got {tuple(bias.shape)}")


def _convolve(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sizes,
    padding: Sizes | str,
    dilation: Sizes,
    groups: int,
    axes: int,
) -> Tensor:
    check_shapes(x, weight, bias, groups, axes)
    moves = geometry(axes, tuple(weight.shape[2:]), stride, dilation)
    batch = x if x.ndim == axes + 2 else x.unsqueeze(0)
    columns = unfold_columns(pad_last_axes(batch, borders(padding, moves)), moves)
    n, c_out, outputs = len(batch), len(weight), columns.shape[-axes:]
    features = weight[0].numel()
    W = weight.reshape(groups, c_out // groups, features)
    X = columns.reshape(n, groups, features, math.prod(outputs))
    S = torch.matmul(W[0], X[:, 0]) if groups == 1 else torch.matmul(W, X)
    S = S.reshape(n, c_out, *outputs)
    S = S if bias is None else S + bias.to(S.dtype).reshape(-1, *[1] * axes)
    return S if x.ndim == axes + 2 else S.squeeze(0)


def conv2d(
    x: Float[Tensor, "*n c_in h w"],
    weight: Float[Tensor, "c_out c_group kh kw"],
    bias: Float[Tensor, " c_out"] | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Float[Tensor, "*n c_out out_h out_w"]:
    """Slide kernels over images: at each place the weighted sum of what lies under the kernel.

    It is what all libraries call convolution and mathematics cross-correlation, the kernel is not
    flipped. All windows are laid out as columns (see `im2col`), so one matrix product does the
    work, for each group of channels.

    Args:
        x: images, shape (n, c_in, h, w) or (c_in, h, w).
        weight: kernels, shape (c_out, c_in / groups, kh, kw).
        bias: added to each output channel, shape (c_out,), or None.
        stride: the step between two places, one number or (down, right); so are the next.
        padding: the border of zeros on each side; "same" keeps the size, "valid" is none.
        dilation: the step between two pixels under the kernel.
        groups: parts of the channels that do not mix; c_in of them is a depthwise convolution.

    Returns:
        Shape (n, c_out, h', w') with sizes of `conv_output_size`.

    Raises:
        ValueError: shapes that do not fit, a kernel larger than the image, a number out of range,
            or "same" with a stride.
        TypeError: whole numbers as input and floating-point weights, or the other way round.

    Equation: :eq:`eq-conv-layer`.
    Section: :ref:`sec-convolution-algorithms`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.5; Chellapilla, Puri,
    Simard (2006), High performance convolutional neural networks for document processing.

    Example:
        >>> x = torch.arange(1.0, 10).reshape(1, 1, 3, 3)
        >>> conv2d(x, torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))
        tensor([[[[37., 47.],
                  [67., 77.]]]])

    In production: torch.nn.functional.conv2d.
    """
    return _convolve(x, weight, bias, stride, padding, dilation, groups, axes=2)


def conv1d(
    x: Float[Tensor, "*n c_in length"],
    weight: Float[Tensor, "c_out c_group k"],
    bias: Float[Tensor, " c_out"] | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Float[Tensor, "*n c_out out_length"]:
    """Slide kernels over sequences; `conv2d` with one axis.

    Args:
        x: sequences, shape (n, c_in, length) or (c_in, length).
        weight: kernels, shape (c_out, c_in / groups, k).
        bias: added to each output channel, shape (c_out,), or None.
        stride: the step between two places.
        padding: zeros on each side; "same" keeps the length, "valid" is none.
        dilation: the step between two values under the kernel.
        groups: parts of the channels that do not mix.

    Returns:
        Shape (n, c_out, length') with the size of `conv_output_size`.

    Raises:
        ValueError: shapes that do not fit, a kernel longer than the sequence, a number out of
            range, or "same" with a stride.
        TypeError: whole numbers as input and floating-point weights, or the other way round.

    Equation: :eq:`eq-conv-layer`.
    Section: :ref:`sec-convolution-algorithms`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.1.

    Example:
        >>> row = torch.tensor([[[0.0, 0, 0, 1, 1, 1, 1, 0, 0, 0]]])
        >>> conv1d(row, torch.tensor([[[-1.0, 0.0, 1.0]]]))
        tensor([[[ 0.,  1.,  1.,  0.,  0., -1., -1.,  0.]]])

    In production: torch.nn.functional.conv1d.
    """
    return _convolve(x, weight, bias, stride, padding, dilation, groups, axes=1)


def conv3d(
    x: Float[Tensor, "*n c_in depth h w"],
    weight: Float[Tensor, "c_out c_group kd kh kw"],
    bias: Float[Tensor, " c_out"] | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Float[Tensor, "*n c_out out_depth out_h out_w"]:
    """Slide kernels over volumes or films; `conv2d` with three axes.

    Args:
        x: volumes, shape (n, c_in, depth, h, w) or (c_in, depth, h, w).
        weight: kernels, shape (c_out, c_in / groups, kd, kh, kw).
        bias: added to each output channel, shape (c_out,), or None.
        stride: the step between two places, one number or three; so are the next.
        padding: zeros on each side; "same" keeps the size, "valid" is none.
        dilation: the step between two values under the kernel.
        groups: parts of the channels that do not mix.

    Returns:
        Shape (n, c_out, depth', h', w') with sizes of `conv_output_size`.

    Raises:
        ValueError: shapes that do not fit, a kernel larger than the volume, a number out of range,
            or "same" with a stride.
        TypeError: whole numbers as input and floating-point weights, or the other way round.

    Equation: :eq:`eq-conv-layer`.
    Section: :ref:`sec-convolution-algorithms`.

    Source: Ji, Xu, Yang, Yu (2013), 3D convolutional neural networks for human action recognition,
    doi:10.1109/TPAMI.2012.59.

    Example:
        >>> conv3d(torch.ones(1, 1, 2, 2, 3), torch.ones(1, 1, 2, 2, 2))
        tensor([[[[[8., 8.]]]]])

    In production: torch.nn.functional.conv3d.
    """
    return _convolve(x, weight, bias, stride, padding, dilation, groups, axes=3)
