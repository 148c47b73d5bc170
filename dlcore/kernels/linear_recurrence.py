"""A linear recurrence as a scan: its steps are combined like brackets, so they need no order."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from dlcore.kernels._rows import power_of_2
from dlcore.kernels._triton import jit, tl, triton, wide_type
from dlcore.kernels.operators import operator, wide

LONGEST_BLOCK = 1024  # longer sequences are scanned in blocks of so many steps
TILE = 1024  # as many numbers are worked on at a time
SIDE_BY_SIDE = 32  # so many sequences are read together where their numbers alternate in memory


def linear_recurrence(a: Tensor, x: Tensor, dim: int = -1) -> Tensor:
    """The states h_t = a_t h_{t-1} + x_t of a linear recurrence that begins with h_0 = 0.

    Two steps in a row are one step of the same form, with the factor a_2 a_1 and the input
    a_2 x_1 + x_2, and this operation is associative: a block of steps is scanned at once. A factor
    of 0 begins a new segment. Products of factors are formed, so these may not grow beyond the
    largest number within a block, as they cannot where they are gates, of size at most 1.

    Args:
        a: the factors, floating.
        x: the inputs, of a shape and type that broadcast with those of a.
        dim: the dimension of time.

    Returns:
        The states, of the common shape and type; sums are kept in float32 at least.

    Raises:
        TypeError: a or x is not floating.
        ValueError: the shapes do not broadcast, or there is no dimension of time.

    Equation: :eq:`eq-kernel-linear-recurrence`.
    Section: :ref:`sec-kernel-linear-recurrence`.

    Source: Blelloch (1990), Prefix sums and their applications, CMU-CS-90-190, section 1.4.

    Example:
        >>> linear_recurrence(torch.tensor([0.5, 0.5, 0.0, 0.5]), torch.ones(4))
        tensor([1.0000, 1.5000, 1.0000, 1.5000])

    In production: the scan kernels of mamba-ssm or flash-linear-attention.
    """
    if not (a.is_floating_point() and x.is_floating_point()):
        raise TypeError(f"a and x must be floating, they are {a.dtype} and {x.dtype}")
    try:
        shape = torch.broadcast_shapes(a.shape, x.shape)
    except RuntimeError as error:
        raise ValueError(
            f"a and x must broadcast, their shapes are {tuple(a.shape)} and {tuple(x.shape)}"
        ) from error
    if not shape:
        raise ValueError("a and x are single numbers: there is no dimension of time")
    if not -len(shape) <= dim < len(shape):
        raise ValueError(f"dim is {dim}, but there are {len(shape)} dimensions")
    dtype = torch.promote_types(a.dtype, x.dtype)
    from_the_end = dim % len(shape) - len(shape)
    h: Tensor = _scan(a.to(dtype).expand(shape), x.to(dtype).expand(shape), from_the_end)
    return h


# The definition of right; dim counts from the end, so that dimensions in front change nothing


@operator("linear_recurrence")
def _scan(a: Tensor, x: Tensor, dim: int) -> Tensor:
    if x.numel() == 0:
        return torch.empty_like(x, memory_format=torch.contiguous_format)
    factors, (first, *rest) = wide(a).unbind(dim), wide(x).unbind(dim)
    h = [first]
    for a_t, x_t in zip(factors[1:], rest, strict=True):
        h.append(a_t * h[-1] + x_t)
    return torch.stack(h, dim).to(x.dtype).contiguous()


@operator("linear_recurrence_backward")
def _scan_backward(grad: Tensor, a: Tensor, h: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    if h.numel() == 0:
        return torch.zeros_like(a).contiguous(), torch.zeros_like(h).contiguous()
    g, factors, states = (wide(v).unbind(dim) for v in (grad, a, h))
    dx = [g[-1]]
    for g_t, a_after in zip(g[-2::-1], factors[:0:-1], strict=True):
        dx.append(g_t + a_after * dx[-1])
    dx.reverse()
    da = [torch.zeros_like(dx[0])]  # the first factor meets h_0 = 0
    da += [dx_t * before for dx_t, before in zip(dx[1:], states[:-1], strict=True)]
    return (
        torch.stack(da, dim).to(a.dtype).contiguous(),
        torch.stack(dx, dim).to(h.dtype).contiguous(),
    )


# The kernels: all tensors are contiguous, the numbers of a sequence are `inner` apart


@jit
def _one_after_the_other(a1, h1, a2, h2):
    """Two steps as one: first that with factor a1 and input h1, then the other."""
    return a1 * a2, a2 * h1 + h2


@jit
def _beginning(sequence, steps, inner):
    """Where in memory a sequence begins."""
    return sequence // inner * steps * inner + sequence % inner


@jit
def _forward_kernel(
    a,
    x,
    h,
    sequences,
    steps,
    inner,
    WIDE: tl.constexpr,
    ROWS: tl.constexpr,
    BLOCK: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)[:, None]
    column = tl.arange(0, BLOCK)[None, :].to(tl.int64)
    begin = _beginning(row, steps, inner)
    state = tl.zeros((ROWS, 1), WIDE)
    for start in range(0, steps, BLOCK):
        t = start + column
        at = begin + t * inner
        inside = (row < sequences) & (t < steps)
        factor = tl.load(a + at, mask=inside, other=0.0).to(WIDE)
        factor = tl.where(t > 0, factor, 0.0)
        value = tl.load(x + at, mask=inside, other=0.0).to(WIDE)
        product, value = tl.associative_scan((factor, value), 1, _one_after_the_other)
        value += product * state
        tl.store(h + at, value, mask=inside)
        state = tl.sum(tl.where(column == BLOCK - 1, value, 0.0), 1, keep_dims=True)


@jit
def _backward_kernel(
    grad,
    a,
    h,
    da,
    dx,
    sequences,
    steps,
    inner,
    WIDE: tl.constexpr,
    ROWS: tl.constexpr,
    BLOCK: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)[:, None]
    column = tl.arange(0, BLOCK)[None, :].to(tl.int64)
    begin = _beginning(row, steps, inner)
    later = tl.zeros((ROWS, 1), WIDE)  # what the next block hands back
    for done in range(tl.cdiv(steps, BLOCK)):
        t = (tl.cdiv(steps, BLOCK) - 1 - done) * BLOCK + column
        at = begin + t * inner
        inside = (row < sequences) & (t < steps)
        after = tl.load(a + at + inner, mask=inside & (t + 1 < steps), other=0.0).to(WIDE)
        value = tl.load(grad + at, mask=inside, other=0.0).to(WIDE)
        product, value = tl.associative_scan((after, value), 1, _one_after_the_other, reverse=True)
        value += product * later
        tl.store(dx + at, value, mask=inside)
        before = tl.load(h + at - inner, mask=inside & (t > 0), other=0.0).to(WIDE)
        tl.store(da + at, tl.where(t > 0, value * before, 0.0), mask=inside)
        later = tl.sum(tl.where(column == 0, value, 0.0), 1, keep_dims=True)


# Allocation and launch


class Plan(NamedTuple):
    """How a tensor is cut into sequences, and what one program works on at a time."""

    sequences: int
    steps: int
    inner: int
    rows: int
    block: int


def plan(shape: torch.Size, dim: int) -> Plan:
    """Sequences along a dimension, counted from the end."""
    steps, inner = shape[dim], shape[len(shape) + dim + 1 :].numel()
    sequences = shape[: len(shape) + dim].numel() * inner
    rows = min(power_of_2(inner), SIDE_BY_SIDE)
    block = min(power_of_2(steps), LONGEST_BLOCK, max(TILE // rows, 1))
    return Plan(sequences, steps, inner, max(rows, TILE // block), block)


@_scan.triton
def _launch_forward(a: Tensor, x: Tensor, dim: int) -> Tensor:
    h = torch.empty(x.shape, dtype=x.dtype, device=x.device)
    p = plan(x.shape, dim)
    _forward_kernel[(triton.cdiv(p.sequences, p.rows),)](
        a.contiguous(), x.contiguous(), h, p.sequences, p.steps, p.inner, wide_type(x), p.rows,
        p.block,
    )  # fmt: skip
    return h


@_scan_backward.triton
def _launch_backward(grad: Tensor, a: Tensor, h: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    da, dx = (torch.empty(h.shape, dtype=h.dtype, device=h.device) for _ in range(2))
    p = plan(h.shape, dim)
    _backward_kernel[(triton.cdiv(p.sequences, p.rows),)](
        grad.contiguous(), a.contiguous(), h.contiguous(), da, dx, p.sequences, p.steps, p.inner,
        wide_type(h), p.rows, p.block,
    )  # fmt: skip
    return da, dx


# Registration


@_scan.fake
def _like_x(a: Tensor, x: Tensor, dim: int) -> Tensor:
    return x.new_empty(x.shape)


@_scan_backward.fake
def _like_both(grad: Tensor, a: Tensor, h: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    return a.new_empty(a.shape), h.new_empty(h.shape)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    a, _, ctx.dim = inputs
    ctx.save_for_backward(a, output)


def _gradients(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
    a, h = ctx.saved_tensors
    da, dx = _scan_backward(grad, a, h, ctx.dim)
    return da, dx, None


_scan.autograd(_keep, _gradients)
_scan.autocast(torch.float32)
_scan.vmap_over_rows(0, 1)
_scan_backward.vmap_over_rows(0, 1, 2)
