"""Convolution of images as a matrix product whose left factor is never laid out in memory."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from dlcore.kernels._implicit_product import in_format, product, side_by_side, sublattices
from dlcore.kernels.operators import operator, wide


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> Tensor:
    """Kernels slid over images, as a matrix product that gathers its windows while it multiplies.

    The two gradients are such products too, by the same kernel over other views, and so are all
    further derivatives.

    Args:
        x: images, shape (n, c, h, w) or (c, h, w), floating.
        weight: kernels, shape (c_out, c / groups, r, s), of the type of x.
        bias: added to each output channel, shape (c_out,), of the type of x; None for 0.
        stride: the step between two places, one number or (down, right); so are the next.
        padding: the border of zeros on each side.
        dilation: the step between two pixels under the kernel.
        groups: parts of the channels that do not mix.

    Returns:
        Shape (n, c_out, h', w') or (c_out, h', w'), type and memory format of x; sums are kept in
        float32 at least. Whether float32 is multiplied in TF32 is said by
        `torch.backends.cudnn.allow_tf32`, as for torch. Under autocast the type is that of
        autocast.

    Raises:
        ValueError: shapes that do not fit, a kernel larger than the image, a number out of range.
        TypeError: x is not floating, or the types differ.

    Equation: :eq:`eq-kernel-implicit-gemm`.
    Section: :ref:`sec-kernel-convolution`.

    Source: Chetlur et al. (2014), cuDNN: efficient primitives for deep learning, arXiv:1410.0759,
    section 3.

    Example:
        >>> x = torch.arange(1.0, 10).reshape(1, 3, 3)
        >>> conv2d(x, torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))
        tensor([[[37., 47.],
                 [67., 77.]]])

    In production: torch.nn.functional.conv2d; cuDNN also knows what pays for 3 x 3 kernels
    (Winograd) and for one channel a group, where a matrix product has little to multiply.
    """
    if torch.is_autocast_enabled(x.device.type) and x.dtype != torch.float64:
        dtype = torch.get_autocast_dtype(x.device.type)
        x, weight = x.to(dtype), weight.to(dtype)
        bias = None if bias is None else bias.to(dtype)
        with torch.autocast(x.device.type, enabled=False):
            return conv2d(x, weight, bias, stride, padding, dilation, groups)
    moves = (pair(stride, "stride", 1), pair(padding, "padding", 0), pair(dilation, "dilation", 1))
    check(x, weight, bias, *moves, groups)
    if x.ndim == 3:
        return _conv2d(x[None], weight, bias, *moves, groups)[0]
    y: Tensor = _conv2d(x, weight, bias, *moves, groups)
    return y


def pair(value: int | tuple[int, int], name: str, least: int) -> list[int]:
    """The same number for both axes, or one for each."""
    both = [value, value] if isinstance(value, int) else list(value)
    if len(both) != 2 or min(both) < least:
        raise ValueError(f"{name} must be one or two numbers of at least {least}, it is {value}")
    return both


def check(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
) -> None:
    """Refuse what does not fit together."""
    if not x.is_floating_point():
        raise TypeError(f"x must be floating, this is {x.dtype}")
    types = [t.dtype for t in (x, weight, bias) if t is not None]
    if len(set(types)) > 1:
        raise TypeError(f"x, weight and bias must be of one type, they are {types}")
    if x.ndim not in (3, 4) or weight.ndim != 4:
        raise ValueError(
            "expected images (n, c, h, w) or (c, h, w) and weights (c_out, c / groups, r, s), got "
            f"{tuple(x.shape)} and {tuple(weight.shape)}"
        )
    c_out, channels, *kernel = weight.shape
    if groups < 1 or c_out % groups or x.shape[-3] != channels * groups:
        raise ValueError(
            f"weights {tuple(weight.shape)} in {groups} groups need {channels * groups} channels "
            f"and outputs in equal groups, got images {tuple(x.shape)}"
        )
    if bias is not None and tuple(bias.shape) != (c_out,):
        raise ValueError(f"bias has shape {tuple(bias.shape)}, expected {(c_out,)}")
    if min(0 if 0 in kernel else 1, *places(x.shape[-2:], kernel, stride, padding, dilation)) < 1:
        raise ValueError(
            f"a kernel of {tuple(kernel)} with dilation {tuple(dilation)} does not fit into images "
            f"of {tuple(x.shape[-2:])} with padding {tuple(padding)}"
        )


def places(
    size: Any, kernel: Any, stride: list[int], padding: list[int], dilation: list[int]
) -> list[int]:
    """How many windows there are down and right."""
    return [
        (size[i] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) // stride[i] + 1
        for i in range(2)
    ]


# The definition of right: windows as columns


@operator("conv2d")
def _conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
) -> Tensor:
    columns = split(windows(x, weight.shape[2:], stride, padding, dilation), groups)
    y = torch.einsum("gok,ngkl->ngol", in_groups(weight, groups), columns)
    y = y.reshape(
        len(x), len(weight), *places(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    )
    y = y if bias is None else y + wide(bias)[:, None, None]
    return y.to(x.dtype).contiguous(memory_format=in_format(x))


@operator("conv2d_by_input")
def _by_input(
    grad: Tensor,
    weight: Tensor,
    size: list[int],
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
) -> Tensor:
    """The gradient by images of this size."""
    g = split(wide(grad).flatten(2), groups)
    columns = torch.einsum("gok,ngol->ngkl", in_groups(weight, groups), g).flatten(1, 2)
    moves = (tuple(weight.shape[2:]), tuple(dilation), tuple(padding), tuple(stride))
    dx = F.fold(columns, tuple(size), *moves)
    return dx.to(grad.dtype).contiguous(memory_format=in_format(grad))


@operator("conv2d_by_weight")
def _by_weight(
    grad: Tensor,
    x: Tensor,
    kernel: list[int],
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
) -> Tensor:
    """The gradient by kernels of this size."""
    g = split(wide(grad).flatten(2), groups)
    columns = split(windows(x, kernel, stride, padding, dilation), groups)
    dw = torch.einsum("ngol,ngkl->gok", g, columns)
    return dw.reshape(grad.shape[1], x.shape[1] // groups, *kernel).to(grad.dtype).contiguous()


def windows(
    x: Tensor, kernel: Any, stride: list[int], padding: list[int], dilation: list[int]
) -> Tensor:
    """What lies under the kernel at each place, as columns: (n, c * r * s, places)."""
    return F.unfold(wide(x), tuple(kernel), tuple(dilation), tuple(padding), tuple(stride))


def split(x: Tensor, groups: int) -> Tensor:
    """Dimension 1 in groups, which stand first in it."""
    return x.unflatten(1, (groups, x.shape[1] // groups))


def in_groups(weight: Tensor, groups: int) -> Tensor:
    """The kernels of each group as rows: (groups, c_out / groups, c / groups * r * s)."""
    return wide(weight).flatten(1).unflatten(0, (groups, len(weight) // groups))


# Views of the tensors for the one kernel: see `_implicit_product.product`


@_conv2d.triton
def _launch(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
) -> Tensor:
    y = _new_output(x, weight, bias, stride, padding, dilation, groups)
    product(
        split(side_by_side(x), groups).transpose(0, 1),
        side_by_side(weight).unflatten(0, (groups, len(weight) // groups)),
        split(y, groups).transpose(0, 1)[None],
        bias,
        stride=stride, offset=[-p for p in padding], step=dilation,
    )  # fmt: skip
    return y


@_by_input.triton
def _launch_by_input(
    grad: Tensor,
    weight: Tensor,
    size: list[int],
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
) -> Tensor:
    dx = _new_images(grad, weight, size, stride, padding, dilation, groups)
    g = split(side_by_side(grad), groups).transpose(0, 1)
    w = side_by_side(weight).unflatten(0, (groups, len(weight) // groups)).transpose(1, 2)
    y = split(dx, groups).transpose(0, 1)[None]
    for down in sublattices(weight.shape[2], stride[0], padding[0], dilation[0]):
        for right in sublattices(weight.shape[3], stride[1], padding[1], dilation[1]):
            product(
                g,
                w[..., down.taps, right.taps],
                y[..., down.pixels, right.pixels],
                stride=[1, 1], offset=[down.offset, right.offset], step=[down.step, right.step],
            )  # fmt: skip
    return dx


@_by_weight.triton
def _launch_by_weight(
    grad: Tensor,
    x: Tensor,
    kernel: list[int],
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
) -> Tensor:
    dw = _new_kernels(grad, x, kernel, stride, padding, dilation, groups)
    product(
        split(side_by_side(x), groups).permute(1, 2, 0, 3, 4),
        split(side_by_side(grad), groups).permute(1, 2, 0, 3, 4),
        dw.unflatten(0, (groups, len(dw) // groups)).transpose(1, 2)[None],
        stride=dilation, offset=[-p for p in padding], step=stride, is_deep=True,
    )  # fmt: skip
    return dw


# Registration


@_conv2d.fake
def _new_output(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
) -> Tensor:
    size = places(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    shape = (x.shape[0], weight.shape[0], *size)
    return torch.empty(shape, dtype=x.dtype, device=x.device, memory_format=in_format(x))


@_by_input.fake
def _new_images(
    grad: Tensor,
    weight: Tensor,
    size: list[int],
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
) -> Tensor:
    shape = (grad.shape[0], weight.shape[1] * groups, *size)
    return torch.empty(shape, dtype=grad.dtype, device=grad.device, memory_format=in_format(grad))


@_by_weight.fake
def _new_kernels(
    grad: Tensor,
    x: Tensor,
    kernel: list[int],
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
) -> Tensor:
    return grad.new_empty((grad.shape[1], x.shape[1] // groups, *kernel))


# Each of the three is linear in either tensor, and its derivatives are the other two


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    first, second, _, *ctx.moves = inputs
    ctx.save_for_backward(first, second)


def _gradients(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
    x, weight = ctx.saved_tensors
    by_x, by_weight, by_bias, *_ = ctx.needs_input_grad
    return (
        _by_input(grad, weight, list(x.shape[2:]), *ctx.moves) if by_x else None,
        _by_weight(grad, x, list(weight.shape[2:]), *ctx.moves) if by_weight else None,
        wide(grad).sum((0, 2, 3)).to(grad.dtype) if by_bias else None,
        *[None] * 4,
    )


def _by_input_gradients(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
    grad, weight = ctx.saved_tensors
    by_grad, by_weight, *_ = ctx.needs_input_grad
    return (
        _conv2d(upstream, weight, None, *ctx.moves) if by_grad else None,
        _by_weight(grad, upstream, list(weight.shape[2:]), *ctx.moves) if by_weight else None,
        *[None] * 5,
    )


def _by_weight_gradients(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
    grad, x = ctx.saved_tensors
    by_grad, by_x, *_ = ctx.needs_input_grad
    return (
        _conv2d(x, upstream, None, *ctx.moves) if by_grad else None,
        _by_input(grad, upstream, list(x.shape[2:]), *ctx.moves) if by_x else None,
        *[None] * 5,
    )


_conv2d.autograd(_keep, _gradients)
_by_input.autograd(_keep, _by_input_gradients)
_by_weight.autograd(_keep, _by_weight_gradients)
