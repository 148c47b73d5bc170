"""Sums over windows as a matrix product: one kernel for convolution and both its gradients.

With g for the group, n for the image, j and k for channels out and in, (p, q) for the place and
(t, u) for the tap under the window,

    y[g, n, j, p, q] = sum over k, t, u of x[g, n, k, h, w] weight[g, j, k, t, u],
    h = p stride + offset + t step, w likewise, and x is 0 where h or w is outside.

Rows of the product are the (n, p, q), columns the j, and what is summed over are the (t, u, k): the
matrix of windows exists only as addresses. The tensors come as views with any strides, hence

- the convolution: stride, offset and step are its stride, minus its padding and its dilation;
- the gradient by the weights: pixels of all images are summed over, so images stand as channels,
  channels as images, and the upstream gradient as the weights; stride and dilation change places;
- the gradient by the input: the pixels whose distance is a multiple of the stride see the same
  taps, and are the convolution of the upstream gradient with these, with stride 1.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from dlcore.kernels._rows import power_of_2, programs
from dlcore.kernels._triton import jit, tl, triton, wide_type
from dlcore.kernels.operators import transforms

SMALLEST = 16  # sides of a block that tensor cores multiply
LARGEST = {2: (128, 64), 4: (128, 32), 8: (64, 16)}  # by the bytes of a number: sides, depth


class Sublattice(NamedTuple):
    """Pixels along one axis that see the same taps."""

    pixels: slice
    taps: slice
    offset: int
    step: int


def sublattices(taps: int, stride: int, padding: int, dilation: int) -> Iterator[Sublattice]:
    """For the gradient by the input: pixel h meets tap r where stride divides h + padding - r dil.

    The place is then that quotient, so it moves by 1 from one pixel of the sublattice to the next,
    and by minus step from one tap to the next.
    """
    every = stride // math.gcd(stride, dilation)
    for first in range(stride):
        meeting = (
            r for r in range(min(every, taps)) if (first + padding - r * dilation) % stride == 0
        )
        r = next(meeting, taps)
        offset = (first + padding - r * dilation) // stride
        yield Sublattice(
            slice(first, None, stride), slice(r, None, every), offset, -every * dilation // stride
        )


def in_format(x: Tensor) -> torch.memory_format:
    """How results lie in memory: channels last if those of x do, else row by row."""
    if transforms() or x.is_contiguous():  # within vmap no tensor says more of its layout
        return torch.contiguous_format
    last = x.is_contiguous(memory_format=torch.channels_last)
    return torch.channels_last if last else torch.contiguous_format


def side_by_side(x: Tensor) -> Tensor:
    """The numbers of a pixel lie side by side, so that a block of channels is read in one go."""
    if x.shape[1] == 1 or x.stride(1) == 1:
        return x
    return x.contiguous(memory_format=torch.channels_last)


@jit
def _kernel(
    x,
    weight,
    bias,
    y,
    rows,
    n_size,
    j_size,
    k_size,
    p_size,
    q_size,
    h_size,
    w_size,
    u_size,
    depth,
    depth_each,
    groups,
    stride_h,
    stride_w,
    offset_h,
    offset_w,
    step_h,
    step_w,
    x_g,
    x_n,
    x_k,
    x_h,
    x_w,
    w_g,
    w_j,
    w_k,
    w_t,
    w_u,
    y_part,
    y_g,
    y_n,
    y_j,
    y_p,
    y_q,
    WIDE: tl.constexpr,
    PRECISION: tl.constexpr,
    INDEX: tl.constexpr,
    IMAGES_LAST: tl.constexpr,
    ONE_TAP: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    DEPTH: tl.constexpr,
):
    program = tl.program_id(0).to(INDEX)
    across = tl.cdiv(j_size, COLUMNS)
    down = tl.cdiv(rows, ROWS)
    j = (program % across * COLUMNS + tl.arange(0, COLUMNS)[None, :]).to(tl.int64)
    row = program // across % down * ROWS + tl.arange(0, ROWS)[:, None]
    program = program // across // down
    g = (program % groups).to(tl.int64)
    part = program // groups
    if IMAGES_LAST:  # neighbours in a block are those in memory
        n = row % n_size
        q = row // n_size % q_size
        p = row // n_size // q_size
    else:
        q = row % q_size
        p = row // q_size % p_size
        n = row // q_size // p_size
    is_row = row < rows
    h_first = (p * stride_h + offset_h).to(tl.int64)
    w_first = (q * stride_w + offset_w).to(tl.int64)
    x += g * x_g + n.to(tl.int64) * x_n
    weight += g * w_g + j * w_j
    total = tl.zeros((ROWS, COLUMNS), WIDE)
    for start in range(part * depth_each, tl.minimum((part + 1) * depth_each, depth), DEPTH):
        along = tl.arange(0, DEPTH)
        if ONE_TAP:  # k_size is a multiple of DEPTH, so a block has one tap and needs no division
            tap = start // k_size + tl.zeros((1,), INDEX)
            k = tl.max_contiguous(tl.multiple_of(start % k_size + along, DEPTH), DEPTH)
            is_k = along >= 0
        else:
            tap = (start + along) // k_size
            k = (start + along) % k_size
            is_k = start + along < depth
        t = (tap // u_size).to(tl.int64)
        u = (tap % u_size).to(tl.int64)
        k = k.to(tl.int64)
        h = h_first + t[None, :] * step_h
        w = w_first + u[None, :] * step_w
        inside = (h >= 0) & (h < h_size) & (w >= 0) & (w < w_size) & is_row & is_k[None, :]
        a = tl.load(x + k[None, :] * x_k + h * x_h + w * x_w, mask=inside, other=0.0)
        b = tl.load(
            weight + k[:, None] * w_k + t[:, None] * w_t + u[:, None] * w_u,
            mask=is_k[:, None] & (j < j_size),
            other=0.0,
        )
        total = tl.dot(a, b, total, input_precision=PRECISION, out_dtype=WIDE)
    if bias is not None:
        total += tl.load(bias + g * j_size + j, mask=j < j_size, other=0.0).to(WIDE)
    y += part.to(tl.int64) * y_part + g * y_g + j * y_j
    y += n.to(tl.int64) * y_n + p.to(tl.int64) * y_p + q.to(tl.int64) * y_q
    tl.store(y, total, mask=is_row & (j < j_size))


class Blocks(NamedTuple):
    """The sides of what one program multiplies at a time."""

    rows: int
    columns: int
    depth: int
    is_one_tap: bool
    warps: int


def blocks(rows: int, columns: int, channels: int, depth: int, bytes_each: int) -> Blocks:
    """Powers of two that are not much larger than the product; a depth that divides the channels.

    If the channels are odd, or few, a block of the depth spans several taps.
    """
    side, deep = LARGEST[bytes_each]
    divisor = channels & -channels
    is_one_tap = divisor >= min(deep, 32)
    deep = min(deep, divisor if is_one_tap else max(power_of_2(depth), SMALLEST))
    r, c = (min(max(power_of_2(size), SMALLEST), side) for size in (rows, columns))
    return Blocks(r, c, deep, is_one_tap, 8 if r * c > 8192 else 4)


def product(
    x: Tensor,
    weight: Tensor,
    y: Tensor,
    bias: Tensor | None = None,
    *,
    stride: list[int],
    offset: list[int],
    step: list[int],
    is_deep: bool = False,
) -> None:
    """Fill y with the sums over windows of the module's equation.

    Args:
        x: view of shape (groups, n, k, h, w).
        weight: view of shape (groups, j, k, t, u).
        y: view of shape (1, groups, n, j, p, q), to be written.
        bias: shape (groups * j,), added.
        stride: from one place to the next, down and right.
        offset: where the first window begins.
        step: from one tap to the next.
        is_deep: few places and long sums, which several programs then share; what they found is
            added in a fixed order.
    """
    groups, n_size, k_size, h_size, w_size = x.shape
    _, j_size, _, t_size, u_size = weight.shape
    p_size, q_size = y.shape[-2:]
    rows, depth = n_size * p_size * q_size, t_size * u_size * k_size
    b = blocks(rows, j_size, k_size, depth, x.element_size())
    tiles = triton.cdiv(rows, b.rows) * triton.cdiv(j_size, b.columns) * groups
    if tiles == 0:
        return
    parts = max(min(programs(x) // tiles, triton.cdiv(depth, b.depth)), 1) if is_deep else 1
    depth_each = triton.cdiv(triton.cdiv(depth, b.depth), parts) * b.depth
    sums = torch.float64 if x.dtype == torch.float64 else torch.float32
    out = y if parts == 1 else y.new_empty((parts, *y.shape[1:]), dtype=sums)
    is_long = max(tiles * parts, rows + b.rows, depth + depth_each) >= 2**31
    _kernel[(tiles * parts,)](
        x, weight, None if bias is None else bias.contiguous(), out,
        rows, n_size, j_size, k_size, p_size, q_size, h_size, w_size, u_size,
        depth, depth_each, groups,
        *stride, *offset, *step, *x.stride(), *weight.stride(), *out.stride(),
        wide_type(x), "tf32" if torch.backends.cudnn.allow_tf32 else "ieee",
        tl.int64 if is_long else tl.int32, is_deep, b.is_one_tap, b.rows, b.columns, b.depth,
        num_warps=b.warps,
    )  # fmt: skip
    if parts > 1:
        y.copy_(out.sum(0, keepdim=True))
