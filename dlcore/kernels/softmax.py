"""Softmax and its logarithm along one dimension: the row is read once, or twice if it is long."""

from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._rows import as_rows, tile
from dlcore.kernels._triton import jit, tl, triton, wide_type
from dlcore.kernels.operators import operator, wide


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    """Logits turned into probabilities in one kernel that reads them once.

    Args:
        x: logits, any shape, floating.
        dim: the dimension of the classes.

    Returns:
        Probabilities of the shape and type of x; sums are kept in float32 at least. NaN where a
        logit is inf or all are -inf, as in torch.

    Raises:
        TypeError: x is not floating.

    Equation: :eq:`eq-kernel-softmax`.
    Section: :ref:`sec-kernel-online-softmax`.

    Source: Milakov, Gimelshein (2018), Online normalizer calculation for softmax,
    arXiv:1805.02867.

    Example:
        >>> softmax(torch.tensor([2.0, 1.0, 0.1]))
        tensor([0.6590, 0.2424, 0.0986])

    In production: torch.softmax; under torch.compile it becomes such a kernel.
    """
    return _along(x, dim, log=False)


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    """Log-probabilities from logits in one kernel that reads them once.

    Args:
        x: logits, any shape, floating.
        dim: the dimension of the classes.

    Returns:
        Log-probabilities of the shape and type of x; NaN where a logit is inf or all are -inf.

    Raises:
        TypeError: x is not floating.

    Equation: :eq:`eq-kernel-log-softmax`.
    Section: :ref:`sec-kernel-online-softmax`.

    Source: Milakov, Gimelshein (2018), Online normalizer calculation for softmax,
    arXiv:1805.02867.

    Example:
        >>> log_softmax(torch.tensor([1000.0, 1000.0]))
        tensor([-0.6931, -0.6931])

    In production: torch.log_softmax.
    """
    return _along(x, dim, log=True)


def _along(x: Tensor, dim: int, *, log: bool) -> Tensor:
    if not x.is_floating_point():
        raise TypeError(f"logits must be floating, these are {x.dtype}")
    if x.ndim == 0:
        return _along(x[None], dim, log=log)[0]
    return _softmax(x.movedim(dim, -1), log).movedim(-1, dim)


# The definition of right


@operator("softmax")
def _softmax(x: Tensor, log: bool) -> Tensor:
    if x.numel() == 0:
        return torch.empty_like(x, memory_format=torch.contiguous_format)
    z = wide(x)
    z = z - z.amax(-1, keepdim=True).detach()  # a shift changes neither value nor gradient
    total = z.exp().sum(-1, keepdim=True)
    return (z - total.log() if log else z.exp() / total).to(x.dtype).contiguous()


@operator("softmax_backward")
def _softmax_backward(grad: Tensor, y: Tensor, log: bool) -> Tensor:
    g, p = wide(grad), wide(y)
    dx = g - p.exp() * g.sum(-1, keepdim=True) if log else p * (g - (g * p).sum(-1, keepdim=True))
    return dx.to(y.dtype).contiguous()


# The kernels: x, grad are rows a stride apart, y, dx are contiguous


@jit
def _online(m, s, block):
    """Maximum and sum of exponentials after one more block, both relative to the new maximum."""
    m_new = tl.maximum(m, tl.max(block, 1, keep_dims=True))
    shift = tl.where(m_new == -float("inf"), 0.0, m_new)  # nothing but -inf so far: the sum is 0
    s = s * tl.exp(m - shift) + tl.sum(tl.exp(block - shift), 1, keep_dims=True)
    return m_new, s


@jit
def _forward_kernel(
    x,
    y,
    n,
    d,
    x_stride,
    LOG: tl.constexpr,
    WIDE: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    IS_WHOLE: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)[:, None]
    column = tl.arange(0, COLUMNS)[None, :]
    x += row * x_stride
    y += row * d
    if IS_WHOLE:
        inside = (row < n) & (column < d)
        z = tl.load(x + column, mask=inside, other=-float("inf")).to(WIDE)
        z = z - tl.max(z, 1, keep_dims=True)
        e = tl.exp(z)
        s = tl.sum(e, 1, keep_dims=True)
        value = z - tl.log(s) if LOG else e / s
        tl.store(y + column, value, mask=inside)
    else:
        m = tl.full((ROWS, 1), -float("inf"), WIDE)
        s = tl.zeros((ROWS, 1), WIDE)
        for start in range(0, d, COLUMNS):
            inside = (row < n) & (start + column < d)
            z = tl.load(x + start + column, mask=inside, other=-float("inf")).to(WIDE)
            m, s = _online(m, s, z)
        for start in range(0, d, COLUMNS):
            inside = (row < n) & (start + column < d)
            z = tl.load(x + start + column, mask=inside, other=-float("inf")).to(WIDE) - m
            value = z - tl.log(s) if LOG else tl.exp(z) / s
            tl.store(y + start + column, value, mask=inside)


@jit
def _backward_kernel(
    grad,
    y,
    dx,
    n,
    d,
    grad_stride,
    LOG: tl.constexpr,
    WIDE: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    IS_WHOLE: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)[:, None]
    column = tl.arange(0, COLUMNS)[None, :]
    grad += row * grad_stride
    y += row * d
    dx += row * d
    if IS_WHOLE:
        inside = (row < n) & (column < d)
        g = tl.load(grad + column, mask=inside, other=0.0).to(WIDE)
        p = tl.load(y + column, mask=inside, other=0.0).to(WIDE)
        if LOG:
            value = g - tl.exp(p) * tl.sum(g, 1, keep_dims=True)
        else:
            value = p * (g - tl.sum(g * p, 1, keep_dims=True))
        tl.store(dx + column, value, mask=inside)
    else:
        total = tl.zeros((ROWS, 1), WIDE)
        for start in range(0, d, COLUMNS):
            inside = (row < n) & (start + column < d)
            g = tl.load(grad + start + column, mask=inside, other=0.0).to(WIDE)
            if not LOG:
                g *= tl.load(y + start + column, mask=inside, other=0.0).to(WIDE)
            total += tl.sum(g, 1, keep_dims=True)
        for start in range(0, d, COLUMNS):
            inside = (row < n) & (start + column < d)
            g = tl.load(grad + start + column, mask=inside, other=0.0).to(WIDE)
            p = tl.load(y + start + column, mask=inside, other=0.0).to(WIDE)
            value = g - tl.exp(p) * total if LOG else p * (g - total)
            tl.store(dx + start + column, value, mask=inside)


# Allocation and launch


@_softmax.triton
def _launch_forward(x: Tensor, log: bool) -> Tensor:
    y = torch.empty(x.shape, dtype=x.dtype, device=x.device)
    rows, t = as_rows(x), tile(x.shape[-1])
    _forward_kernel[(triton.cdiv(rows.shape[0], t.rows),)](
        rows, y, *rows.shape, rows.stride(0), log, wide_type(x), t.rows, t.columns, t.is_whole,
        num_warps=t.warps,
    )  # fmt: skip
    return y


@_softmax_backward.triton
def _launch_backward(grad: Tensor, y: Tensor, log: bool) -> Tensor:
    dx = torch.empty(y.shape, dtype=y.dtype, device=y.device)
    rows, t, y = as_rows(grad), tile(y.shape[-1]), y.contiguous()
    _backward_kernel[(triton.cdiv(rows.shape[0], t.rows),)](
        rows, y, dx, *rows.shape, rows.stride(0), log, wide_type(y), t.rows, t.columns, t.is_whole,
        num_warps=t.warps,
    )  # fmt: skip
    return dx


# Registration


@_softmax.fake
def _like_x(x: Tensor, log: bool) -> Tensor:
    return x.new_empty(x.shape)


@_softmax_backward.fake
def _like_y(grad: Tensor, y: Tensor, log: bool) -> Tensor:
    return y.new_empty(y.shape)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    ctx.save_for_backward(output)
    ctx.log = inputs[1]


def _gradients(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
    (y,) = ctx.saved_tensors
    return _softmax_backward(grad, y, ctx.log), None


_softmax.autograd(_keep, _gradients)
_softmax.autocast(torch.float32)
_softmax.vmap_over_rows(0)
_softmax_backward.vmap_over_rows(0, 1)
