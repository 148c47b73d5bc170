"""Rows of a table by their numbers, and the gradient that adds them up in a fixed order."""

from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._rows import as_rows, power_of_2
from dlcore.kernels._triton import jit, tl, triton, wide_type
from dlcore.kernels.operators import operator, wide

COLUMNS = 256  # of a row that one program takes
ELEMENTS = 2048  # of a tile: the shorter the rows, the more of them at a time


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


# The kernels: weight and grad are rows a stride apart, all others contiguous


@jit
def _forward_kernel(
    x, weight, y, n, k, d, weight_stride, ROWS: tl.constexpr, COLUMNS: tl.constexpr
):
    row = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)[:, None]
    column = tl.program_id(1) * COLUMNS + tl.arange(0, COLUMNS)[None, :]
    inside = (row < n) & (column < d)
    at = tl.load(x + row, mask=row < n, other=-1).to(tl.int64)
    is_row = (at >= 0) & (at < k)
    value = tl.load(weight + at * weight_stride + column, mask=inside & is_row, other=float("nan"))
    tl.store(y + row * d + column, value, mask=inside)


@jit
def _backward_kernel(
    grad,
    order,
    bounds,
    dw,
    d,
    grad_stride,
    PADDING: tl.constexpr,
    WIDE: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """Each row of the table adds up its gradients, which stand at order[first] to order[last].

    They are added into as many sums as there are rows in the tile, and these at the end.
    """
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * COLUMNS + tl.arange(0, COLUMNS)[None, :]
    total = tl.zeros((ROWS, COLUMNS), WIDE)
    first = tl.load(bounds + row)
    last = tl.where(row == PADDING, first, tl.load(bounds + row + 1))
    for start in range(first, last, ROWS):
        i = start + tl.arange(0, ROWS)[:, None]
        at = tl.load(order + i, mask=i < last, other=0)
        inside = (i < last) & (column < d)
        total += tl.load(grad + at * grad_stride + column, mask=inside, other=0.0).to(WIDE)
    sums = tl.sum(total, 0, keep_dims=True)
    tl.store(dw + row * d + column, sums, mask=column < d)


# Allocation and launch


def _sides(d: int) -> tuple[int, int]:
    """Rows and columns of a tile."""
    columns = min(power_of_2(d), COLUMNS)
    return ELEMENTS // columns, columns


@_embedding.triton
def _launch(x: Tensor, weight: Tensor, padding_idx: int) -> Tensor:
    (k, d), n = weight.shape, x.numel()
    y = torch.empty(*x.shape, d, dtype=weight.dtype, device=weight.device)
    table, (rows, columns) = as_rows(weight), _sides(d)
    _forward_kernel[(triton.cdiv(n, rows), triton.cdiv(d, columns))](
        x.contiguous(), table, y, n, k, d, table.stride(0), rows, columns
    )
    return y


@_embedding_backward.triton
def _launch_backward(grad: Tensor, x: Tensor, k: int, padding_idx: int) -> Tensor:
    d = grad.shape[-1]
    dw = torch.empty(k, d, dtype=grad.dtype, device=grad.device)
    in_order, order = x.reshape(-1).long().sort(stable=True)
    bounds = torch.searchsorted(in_order, torch.arange(k + 1, device=x.device))
    g, (rows, columns) = as_rows(grad), _sides(d)
    _backward_kernel[(k, triton.cdiv(d, columns))](
        g, order, bounds, dw, d, g.stride(0), padding_idx, wide_type(grad), rows, columns
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
