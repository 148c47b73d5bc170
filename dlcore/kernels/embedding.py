"""Rows of a table by their numbers, and the gradient that adds them up in a fixed order."""

from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._rows import power_of_2
from dlcore.kernels._triton import jit, tl, triton, wide_type
from dlcore.kernels.operators import operator, wide

COLUMNS = 512


def embedding(x: Tensor, weight: Tensor, padding_idx: int | None = None) -> Tensor:
    """The rows of a table that stand at the given numbers.

    In the backward pass each row of the table gathers its own gradients, in the order of the
    batch: no two programs write to the same place, so the sum is the same bits each time.

    Args:
        x: numbers of rows, any shape, int32 or int64, in [0, k).
        weight: the table, shape (k, d), floating.
        padding_idx: a row whose gradient stays 0; negative counts from the end.

    Returns:
        Rows of shape (*x.shape, d). On a GPU a number outside the table gives NaN, since to ask
        beforehand would mean to wait.

    Raises:
        ValueError: weight is no matrix, or padding_idx is outside it.
        TypeError: x does not hold integers or weight is not floating.
        IndexError: on the CPU, a number outside the table.

    Equation: :eq:`eq-kernel-scatter-add`.
    Section: :ref:`sec-kernel-scatter-add`.

    Source: Bengio, Ducharme, Vincent, Jauvin (2003), A neural probabilistic language model, JMLR
    3.

    Example:
        >>> embedding(torch.tensor([1, 0]), torch.tensor([[0.0, 1.0], [2.0, 3.0]]))
        tensor([[2., 3.],
                [0., 1.]])

    In production: torch.nn.functional.embedding.
    """
    if x.dtype not in (torch.int32, torch.int64):
        raise TypeError(f"x must be int32 or int64, this is {x.dtype}")
    if not weight.is_floating_point():
        raise TypeError(f"the table must be floating, it is {weight.dtype}")
    if weight.ndim != 2:
        raise ValueError(f"expected a table (k, d), got {tuple(weight.shape)}")
    k = len(weight)
    if padding_idx is not None and not -k <= padding_idx < k:
        raise ValueError(f"padding_idx is {padding_idx}, but the table has {k} rows")
    y: Tensor = _embedding(x, weight, -1 if padding_idx is None else padding_idx % k)
    return y


# The definition of right


@operator("embedding")
def _embedding(x: Tensor, weight: Tensor, padding_idx: int) -> Tensor:
    return torch.embedding(weight, x, padding_idx)


@operator("embedding_backward")
def _embedding_backward(grad: Tensor, x: Tensor, k: int, padding_idx: int) -> Tensor:
    d = grad.shape[-1]
    at, g = x.reshape(-1), wide(grad).reshape(x.numel(), d)
    g = g.where((at != padding_idx)[:, None], 0)
    return g.new_zeros(k, d).index_add(0, at, g).to(grad.dtype)


# The kernels: all tensors are contiguous


@jit
def _forward_kernel(x, weight, y, k, d, COLUMNS: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * COLUMNS + tl.arange(0, COLUMNS)
    at = tl.load(x + row).to(tl.int64)
    is_row = (at >= 0) & (at < k)
    value = tl.load(weight + at * d + column, mask=is_row & (column < d), other=float("nan"))
    tl.store(y + row * d + column, value, mask=column < d)


@jit
def _backward_kernel(
    grad, order, bounds, dw, d, PADDING: tl.constexpr, WIDE: tl.constexpr, COLUMNS: tl.constexpr
):
    """Each row of the table adds up its gradients, which stand at order[first] to order[last]."""
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * COLUMNS + tl.arange(0, COLUMNS)
    total = tl.zeros((COLUMNS,), WIDE)
    first = tl.load(bounds + row)
    last = tl.where(row == PADDING, first, tl.load(bounds + row + 1))
    for i in range(first, last):
        at = tl.load(order + i)
        total += tl.load(grad + at * d + column, mask=column < d, other=0.0).to(WIDE)
    tl.store(dw + row * d + column, total, mask=column < d)


# Allocation and launch


@_embedding.triton
def _launch(x: Tensor, weight: Tensor, padding_idx: int) -> Tensor:
    k, d = weight.shape
    y = torch.empty(*x.shape, d, dtype=weight.dtype, device=weight.device)
    block = min(power_of_2(d), COLUMNS)
    _forward_kernel[(x.numel(), triton.cdiv(d, block))](
        x.contiguous(), weight.contiguous(), y, k, d, block
    )
    return y


@_embedding_backward.triton
def _launch_backward(grad: Tensor, x: Tensor, k: int, padding_idx: int) -> Tensor:
    d = grad.shape[-1]
    dw = torch.empty(k, d, dtype=grad.dtype, device=grad.device)
    in_order, order = x.reshape(-1).long().sort(stable=True)
    bounds = torch.searchsorted(in_order, torch.arange(k + 1, device=x.device))
    block = min(power_of_2(d), COLUMNS)
    _backward_kernel[(k, triton.cdiv(d, block))](
        grad.contiguous(), order, bounds, dw, d, padding_idx, wide_type(grad), block
    )
    return dw


# Registration


@_embedding.fake
def _rows(x: Tensor, weight: Tensor, padding_idx: int) -> Tensor:
    return weight.new_empty(*x.shape, weight.shape[1])


@_embedding_backward.fake
def _table(grad: Tensor, x: Tensor, k: int, padding_idx: int) -> Tensor:
    return grad.new_empty(k, grad.shape[-1])


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    x, weight, ctx.padding_idx = inputs
    ctx.k = len(weight)
    ctx.save_for_backward(x)


def _gradients(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
    (x,) = ctx.saved_tensors
    return None, _embedding_backward(grad, x, ctx.k, ctx.padding_idx), None


_embedding.autograd(_keep, _gradients)
_embedding.vmap_over_rows(0)
