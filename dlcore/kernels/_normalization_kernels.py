"""Layer norm and RMS norm: a row is read once; in the backward pass its statistics are made anew.

Mean and scale are not kept for the backward pass: the row must be read again anyway, and what is
computed from numbers in registers costs no memory traffic. In all kernels x and grad are rows a
stride apart, y and dx are contiguous.
"""

import torch
from torch import Tensor

from dlcore.kernels._rows import as_rows, programs, tile
from dlcore.kernels._triton import jit, tl, triton, wide_type

COLUMNS_AT_ONCE = 128  # of a long row, for the sums over all rows


@jit
def _whole(z, inside, d, EPS: tl.constexpr, CENTRED: tl.constexpr):
    """Rows that are in registers, standardized, and one over their scales."""
    if CENTRED:
        z = tl.where(inside, z - tl.sum(z, 1, keep_dims=True) / d, 0.0)
    r = 1 / tl.sqrt(tl.sum(z * z, 1, keep_dims=True) / d + EPS)
    return z * r, r


@jit
def _long(
    x, d, EPS: tl.constexpr, CENTRED: tl.constexpr, WIDE: tl.constexpr, COLUMNS: tl.constexpr
):
    """Mean and one over the scale of a row that is read in blocks, the mean first."""
    column = tl.arange(0, COLUMNS)
    total = tl.zeros((COLUMNS,), WIDE)
    if CENTRED:
        for start in range(0, d, COLUMNS):
            total += tl.load(x + start + column, mask=start + column < d, other=0.0).to(WIDE)
    mean = tl.sum(total, 0) / d
    squares = tl.zeros((COLUMNS,), WIDE)
    for start in range(0, d, COLUMNS):
        z = tl.load(x + start + column, mask=start + column < d, other=0.0).to(WIDE)
        z = tl.where(start + column < d, z - mean, 0.0)
        squares += z * z
    return mean, 1 / tl.sqrt(tl.sum(squares, 0) / d + EPS)


@jit
def _affine(h, weight, bias, column, inside, WIDE: tl.constexpr):
    if weight is not None:
        h *= tl.load(weight + column, mask=inside, other=0.0).to(WIDE)
    if bias is not None:
        h += tl.load(bias + column, mask=inside, other=0.0).to(WIDE)
    return h


@jit
def _forward_kernel(
    x,
    weight,
    bias,
    y,
    n,
    d,
    x_stride,
    EPS: tl.constexpr,
    CENTRED: tl.constexpr,
    WIDE: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    IS_WHOLE: tl.constexpr,
):
    if IS_WHOLE:
        row = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)[:, None]
        column = tl.arange(0, COLUMNS)[None, :]
        inside = (row < n) & (column < d)
        z = tl.load(x + row * x_stride + column, mask=inside, other=0.0).to(WIDE)
        h, _ = _whole(z, inside, d, EPS, CENTRED)
        h = _affine(h, weight, bias, column, column < d, WIDE)
        tl.store(y + row * d + column, h, mask=inside)
    else:
        row = tl.program_id(0).to(tl.int64)
        x += row * x_stride
        mean, r = _long(x, d, EPS, CENTRED, WIDE, COLUMNS)
        for start in range(0, d, COLUMNS):
            column = start + tl.arange(0, COLUMNS)
            z = tl.load(x + column, mask=column < d, other=0.0).to(WIDE)
            h = _affine((z - mean) * r, weight, bias, column, column < d, WIDE)
            tl.store(y + row * d + column, h, mask=column < d)


@jit
def _backward_kernel(
    grad,
    x,
    weight,
    dx,
    dw,
    db,
    n,
    d,
    rows_each,
    grad_stride,
    x_stride,
    EPS: tl.constexpr,
    CENTRED: tl.constexpr,
    PARAMETERS: tl.constexpr,
    WIDE: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """A program takes rows_each rows and leaves its own sums for dw and db, in a fixed order."""
    program = tl.program_id(0).to(tl.int64)
    column = tl.arange(0, COLUMNS)[None, :]
    dw_sum = tl.zeros((1, COLUMNS), WIDE)
    db_sum = tl.zeros((1, COLUMNS), WIDE)
    for i in range(0, rows_each, ROWS):
        row = program * rows_each + i + tl.arange(0, ROWS)[:, None]
        inside = (row < n) & (column < d)
        z = tl.load(x + row * x_stride + column, mask=inside, other=0.0).to(WIDE)
        g = tl.load(grad + row * grad_stride + column, mask=inside, other=0.0).to(WIDE)
        h, r = _whole(z, inside, d, EPS, CENTRED)
        wg = _affine(g, weight, None, column, column < d, WIDE)
        value = wg - h * (tl.sum(wg * h, 1, keep_dims=True) / d)
        if CENTRED:
            value -= tl.sum(wg, 1, keep_dims=True) / d
        tl.store(dx + row * d + column, r * value, mask=inside)
        if PARAMETERS:
            dw_sum += tl.sum(tl.where(inside, g * h, 0.0), 0, keep_dims=True)
            db_sum += tl.sum(g, 0, keep_dims=True)
    if PARAMETERS:
        tl.store(dw + program * d + column, dw_sum, mask=column < d)
        tl.store(db + program * d + column, db_sum, mask=column < d)


@jit
def _long_backward_kernel(
    grad,
    x,
    weight,
    dx,
    means,
    scales,
    d,
    grad_stride,
    x_stride,
    EPS: tl.constexpr,
    CENTRED: tl.constexpr,
    WIDE: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    x += row * x_stride
    grad += row * grad_stride
    mean, r = _long(x, d, EPS, CENTRED, WIDE, COLUMNS)
    tl.store(means + row, mean)
    tl.store(scales + row, r)
    along = tl.zeros((COLUMNS,), WIDE)
    total = tl.zeros((COLUMNS,), WIDE)
    for start in range(0, d, COLUMNS):
        column = start + tl.arange(0, COLUMNS)
        z = tl.load(x + column, mask=column < d, other=0.0).to(WIDE)
        g = tl.load(grad + column, mask=column < d, other=0.0).to(WIDE)
        wg = _affine(g, weight, None, column, column < d, WIDE)
        along += wg * (z - mean) * r
        total += wg
    b = tl.sum(along, 0) / d
    a = tl.sum(total, 0) / d if CENTRED else 0.0
    for start in range(0, d, COLUMNS):
        column = start + tl.arange(0, COLUMNS)
        z = tl.load(x + column, mask=column < d, other=0.0).to(WIDE)
        g = tl.load(grad + column, mask=column < d, other=0.0).to(WIDE)
        wg = _affine(g, weight, None, column, column < d, WIDE)
        tl.store(dx + row * d + column, r * (wg - a - (z - mean) * r * b), mask=column < d)


@jit
def _columns_kernel(
    grad,
    x,
    means,
    scales,
    dw,
    db,
    n,
    d,
    rows_each,
    grad_stride,
    x_stride,
    WIDE: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """A program takes a few columns of rows_each rows: sums for dw and db."""
    program = tl.program_id(1).to(tl.int64)
    column = tl.program_id(0) * COLUMNS + tl.arange(0, COLUMNS)
    dw_sum = tl.zeros((COLUMNS,), WIDE)
    db_sum = tl.zeros((COLUMNS,), WIDE)
    first = program * rows_each
    for row in range(first, tl.minimum(first + rows_each, n)):
        z = tl.load(x + row * x_stride + column, mask=column < d, other=0.0).to(WIDE)
        g = tl.load(grad + row * grad_stride + column, mask=column < d, other=0.0).to(WIDE)
        dw_sum += g * (z - tl.load(means + row)) * tl.load(scales + row)
        db_sum += g
    tl.store(dw + program * d + column, dw_sum, mask=column < d)
    tl.store(db + program * d + column, db_sum, mask=column < d)


# Allocation and launch


def launch(
    x: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float, centred: bool
) -> Tensor:
    """The rows standardized (centred or not), scaled and shifted."""
    y = torch.empty(x.shape, dtype=x.dtype, device=x.device)
    rows, t = as_rows(x), tile(x.shape[-1])
    weight = weight if weight is None else weight.contiguous()
    bias = bias if bias is None else bias.contiguous()
    _forward_kernel[(triton.cdiv(rows.shape[0], t.rows),)](
        rows, weight, bias, y, *rows.shape, rows.stride(0),
        eps, centred, wide_type(x), t.rows, t.columns, t.is_whole,
        num_warps=t.warps,
    )  # fmt: skip
    return y


def launch_backward(
    grad: Tensor, x: Tensor, weight: Tensor | None, eps: float, centred: bool, parameters: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients by x and, if the parameters' are wanted, by weight and bias, else empty."""
    dx = torch.empty(x.shape, dtype=x.dtype, device=x.device)
    g, z, t = as_rows(grad), as_rows(x), tile(x.shape[-1])
    n, d = z.shape
    weight = weight if weight is None else weight.contiguous()
    sums = torch.float64 if x.dtype == torch.float64 else torch.float32
    most = min(programs(x), triton.cdiv(n, t.rows))
    rows_each = triton.cdiv(triton.cdiv(n, max(most, 1)), t.rows) * t.rows
    count = triton.cdiv(n, max(rows_each, 1))
    dw, db = torch.empty((2, count if parameters else 0, d), dtype=sums, device=x.device)
    shape = (n, d, rows_each, g.stride(0), z.stride(0))
    if t.is_whole:
        _backward_kernel[(count,)](
            g, z, weight, dx, dw, db, *shape,
            eps, centred, parameters, wide_type(x), t.rows, t.columns, num_warps=t.warps,
        )  # fmt: skip
    else:
        means, scales = torch.empty((2, n), dtype=sums, device=x.device)
        _long_backward_kernel[(n,)](
            g, z, weight, dx, means, scales, d, g.stride(0), z.stride(0),
            eps, centred, wide_type(x), t.columns, num_warps=t.warps,
        )  # fmt: skip
        if parameters:
            _columns_kernel[(triton.cdiv(d, COLUMNS_AT_ONCE), count)](
                g, z, means, scales, dw, db, *shape, wide_type(x), COLUMNS_AT_ONCE
            )
    dtype = x.dtype if weight is None else weight.dtype
    if not parameters:
        return dx, x.new_empty(0, dtype=dtype), x.new_empty(0, dtype=dtype)
    return dx, dw.sum(0).to(dtype), db.sum(0).to(dtype)
