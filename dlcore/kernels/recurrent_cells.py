"""The cells of LSTM and GRU after their two matrix products: all gates in one kernel."""

from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._rows import as_rows, power_of_2
from dlcore.kernels._triton import jit, tl, triton, wide_type
from dlcore.kernels.operators import operator, wide

TILE = 1024  # so many numbers of the state are worked on at a time


def lstm_cell(input_gates: Tensor, hidden_gates: Tensor, cx: Tensor) -> tuple[Tensor, Tensor]:
    """One step of an LSTM from what both matrix products give, in one kernel.

    Args:
        input_gates: of shape (..., 4 h), the input times its weights with the bias: input gate,
            forget gate, candidate and output gate side by side, as in torch.nn.LSTMCell.
        hidden_gates: of the same shape, the hidden state times its weights.
        cx: the state of the cell, of shape (..., h).

    Returns:
        The new hidden state and the new state of the cell, of the shape of cx and the common type.

    Raises:
        TypeError: a tensor is not floating.
        ValueError: the shapes do not fit.

    Equation: :eq:`eq-kernel-lstm-cell`.
    Section: :ref:`sec-kernel-recurrent-cells`.

    Source: Gers, Schmidhuber, Cummins (2000), Learning to forget: continual prediction with LSTM,
    doi:10.1162/089976600300015015.

    Example:
        >>> hy, cy = lstm_cell(torch.zeros(4), torch.zeros(4), torch.ones(1))
        >>> hy, cy
        (tensor([0.2311]), tensor([0.5000]))

    In production: torch.nn.LSTM, which on a GPU gives whole sequences to cuDNN.
    """
    hy, cy = _lstm_cell(*checked(input_gates, hidden_gates, cx, gates=4))
    return hy, cy


def gru_cell(input_gates: Tensor, hidden_gates: Tensor, hx: Tensor) -> Tensor:
    """One step of a GRU from what both matrix products give, in one kernel.

    Args:
        input_gates: of shape (..., 3 h), the input times its weights with the bias: reset gate,
            update gate and candidate side by side, as in torch.nn.GRUCell.
        hidden_gates: of the same shape, the hidden state times its weights with their own bias,
            whose last third the reset gate multiplies.
        hx: the hidden state, of shape (..., h).

    Returns:
        The new hidden state, of the shape of hx and the common type.

    Raises:
        TypeError: a tensor is not floating.
        ValueError: the shapes do not fit.

    Equation: :eq:`eq-kernel-gru-cell`.
    Section: :ref:`sec-kernel-recurrent-cells`.

    Source: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder for
    statistical machine translation, arXiv:1406.1078; the reset gate after the product as in cuDNN.

    Example:
        >>> gru_cell(torch.zeros(3), torch.zeros(3), torch.ones(1))
        tensor([0.5000])

    In production: torch.nn.GRU, which on a GPU gives whole sequences to cuDNN.
    """
    hy: Tensor = _gru_cell(*checked(input_gates, hidden_gates, hx, gates=3))
    return hy


def checked(
    input_gates: Tensor, hidden_gates: Tensor, state: Tensor, gates: int
) -> tuple[Tensor, Tensor, Tensor]:
    """The three in their common type; what does not fit together is refused."""
    types = [v.dtype for v in (input_gates, hidden_gates, state)]
    if not all(dtype.is_floating_point for dtype in types):
        raise TypeError(f"gates and state must be floating, their types are {types}")
    if state.ndim == 0:
        raise ValueError("the state is a single number, it needs a dimension")
    expected = (*state.shape[:-1], gates * state.shape[-1])
    for name, given in {"input_gates": input_gates, "hidden_gates": hidden_gates}.items():
        if given.shape != expected:
            raise ValueError(
                f"{name} must be of shape {expected} for a state of shape {tuple(state.shape)}, "
                f"they are of shape {tuple(given.shape)}"
            )
    dtype = torch.promote_types(torch.promote_types(types[0], types[1]), types[2])
    return input_gates.to(dtype), hidden_gates.to(dtype), state.to(dtype)


# The definition of right


@operator("lstm_cell")
def _lstm_cell(input_gates: Tensor, hidden_gates: Tensor, cx: Tensor) -> tuple[Tensor, Tensor]:
    i, f, g, o = (wide(input_gates) + wide(hidden_gates)).chunk(4, -1)
    cy = f.sigmoid() * wide(cx) + i.sigmoid() * g.tanh()
    hy = o.sigmoid() * cy.tanh()
    return hy.to(cx.dtype).contiguous(), cy.to(cx.dtype).contiguous()


@operator("lstm_cell_backward")
def _lstm_cell_backward(
    grad_hy: Tensor, grad_cy: Tensor, input_gates: Tensor, hidden_gates: Tensor, cx: Tensor
) -> tuple[Tensor, Tensor]:
    z, c = wide(input_gates) + wide(hidden_gates), wide(cx)
    i, f, g, o = z.chunk(4, -1)
    di, df, _, do = (z.sigmoid() * (-z).sigmoid()).chunk(4, -1)  # slopes of the sigmoids
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    t = (f * c + i * g).tanh()
    dh = wide(grad_hy)
    dc = wide(grad_cy) + dh * o * (1 - t * t)
    gates = torch.cat([dc * g * di, dc * c * df, dc * i * (1 - g * g), dh * t * do], -1)
    return gates.to(cx.dtype).contiguous(), (dc * f).to(cx.dtype).contiguous()


@operator("gru_cell")
def _gru_cell(input_gates: Tensor, hidden_gates: Tensor, hx: Tensor) -> Tensor:
    (ir, iz, i_n), (hr, hz, hn) = (wide(v).chunk(3, -1) for v in (input_gates, hidden_gates))
    z = (iz + hz).sigmoid()
    n = (i_n + (ir + hr).sigmoid() * hn).tanh()
    return ((1 - z) * n + z * wide(hx)).to(hx.dtype).contiguous()


@operator("gru_cell_backward")
def _gru_cell_backward(
    grad: Tensor, input_gates: Tensor, hidden_gates: Tensor, hx: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    (ir, iz, i_n), (hr, hz, hn) = (wide(v).chunk(3, -1) for v in (input_gates, hidden_gates))
    r, z, z_not = (ir + hr).sigmoid(), (iz + hz).sigmoid(), (-iz - hz).sigmoid()
    n = (i_n + r * hn).tanh()
    dh = wide(grad)
    dn = dh * z_not * (1 - n * n)
    dr = dn * hn * r * (-ir - hr).sigmoid()
    dz = dh * (wide(hx) - n) * z * z_not
    inputs, hidden = torch.cat([dr, dz, dn], -1), torch.cat([dr, dz, dn * r], -1)
    found = (inputs, hidden, dh * z)
    d_input, d_hidden, d_hx = (v.to(hx.dtype).contiguous() for v in found)
    return d_input, d_hidden, d_hx


# The kernels: rows a stride apart come in, dense rows go out; d is the size of the state


@jit
def _tanh(x):
    """The hyperbolic tangent; near 0, where 1 - exp(-2x) cancels, by Lambert's fraction."""
    u = x * x
    up = 135135 + u * (17325 + u * (378 + u))
    down = 135135 + u * (62370 + u * (3150 + u * 28))
    e = tl.exp(-2 * tl.abs(x))
    far = (1 - e) / (1 + e)
    return tl.where(u < 0.25, x * up / down, tl.where(x < 0, -far, far))


@jit
def _tile(n, d, ROWS: tl.constexpr, COLUMNS: tl.constexpr):
    row = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)[:, None]
    column = tl.program_id(1) * COLUMNS + tl.arange(0, COLUMNS)[None, :]
    return row, column, (row < n) & (column < d)


@jit
def _load(x, inside, WIDE: tl.constexpr):
    return tl.load(x, mask=inside, other=0.0).to(WIDE)


@jit
def _lstm_forward_kernel(
    inputs,
    hidden,
    c,
    hy,
    cy,
    n,
    d,
    inputs_stride,
    hidden_stride,
    c_stride,
    WIDE: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    row, column, inside = _tile(n, d, ROWS, COLUMNS)
    u = inputs + row * inputs_stride + column
    v = hidden + row * hidden_stride + column
    i = tl.sigmoid(_load(u, inside, WIDE) + _load(v, inside, WIDE))
    f = tl.sigmoid(_load(u + d, inside, WIDE) + _load(v + d, inside, WIDE))
    g = _tanh(_load(u + 2 * d, inside, WIDE) + _load(v + 2 * d, inside, WIDE))
    o = tl.sigmoid(_load(u + 3 * d, inside, WIDE) + _load(v + 3 * d, inside, WIDE))
    state = f * _load(c + row * c_stride + column, inside, WIDE) + i * g
    tl.store(cy + row * d + column, state, mask=inside)
    tl.store(hy + row * d + column, o * _tanh(state), mask=inside)


@jit
def _lstm_backward_kernel(
    grad_hy,
    grad_cy,
    inputs,
    hidden,
    c,
    d_gates,
    d_c,
    n,
    d,
    grad_hy_stride,
    grad_cy_stride,
    inputs_stride,
    hidden_stride,
    c_stride,
    WIDE: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    row, column, inside = _tile(n, d, ROWS, COLUMNS)
    u = inputs + row * inputs_stride + column
    v = hidden + row * hidden_stride + column
    zi = _load(u, inside, WIDE) + _load(v, inside, WIDE)
    zf = _load(u + d, inside, WIDE) + _load(v + d, inside, WIDE)
    g = _tanh(_load(u + 2 * d, inside, WIDE) + _load(v + 2 * d, inside, WIDE))
    zo = _load(u + 3 * d, inside, WIDE) + _load(v + 3 * d, inside, WIDE)
    i, f, o = tl.sigmoid(zi), tl.sigmoid(zf), tl.sigmoid(zo)
    before = _load(c + row * c_stride + column, inside, WIDE)
    t = _tanh(f * before + i * g)
    dh = _load(grad_hy + row * grad_hy_stride + column, inside, WIDE)
    dc = _load(grad_cy + row * grad_cy_stride + column, inside, WIDE) + dh * o * (1 - t * t)
    d_gates += row * 4 * d + column
    tl.store(d_gates, dc * g * i * tl.sigmoid(-zi), mask=inside)
    tl.store(d_gates + d, dc * before * f * tl.sigmoid(-zf), mask=inside)
    tl.store(d_gates + 2 * d, dc * i * (1 - g * g), mask=inside)
    tl.store(d_gates + 3 * d, dh * t * o * tl.sigmoid(-zo), mask=inside)
    tl.store(d_c + row * d + column, dc * f, mask=inside)


@jit
def _gru_forward_kernel(
    inputs,
    hidden,
    h,
    hy,
    n,
    d,
    inputs_stride,
    hidden_stride,
    h_stride,
    WIDE: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    row, column, inside = _tile(n, d, ROWS, COLUMNS)
    u = inputs + row * inputs_stride + column
    v = hidden + row * hidden_stride + column
    r = tl.sigmoid(_load(u, inside, WIDE) + _load(v, inside, WIDE))
    z = tl.sigmoid(_load(u + d, inside, WIDE) + _load(v + d, inside, WIDE))
    new = _tanh(_load(u + 2 * d, inside, WIDE) + r * _load(v + 2 * d, inside, WIDE))
    value = (1 - z) * new + z * _load(h + row * h_stride + column, inside, WIDE)
    tl.store(hy + row * d + column, value, mask=inside)


@jit
def _gru_backward_kernel(
    grad,
    inputs,
    hidden,
    h,
    d_inputs,
    d_hidden,
    d_h,
    n,
    d,
    grad_stride,
    inputs_stride,
    hidden_stride,
    h_stride,
    WIDE: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    row, column, inside = _tile(n, d, ROWS, COLUMNS)
    u = inputs + row * inputs_stride + column
    v = hidden + row * hidden_stride + column
    zr = _load(u, inside, WIDE) + _load(v, inside, WIDE)
    zz = _load(u + d, inside, WIDE) + _load(v + d, inside, WIDE)
    r, z, z_not = tl.sigmoid(zr), tl.sigmoid(zz), tl.sigmoid(-zz)
    recalled = _load(v + 2 * d, inside, WIDE)
    new = _tanh(_load(u + 2 * d, inside, WIDE) + r * recalled)
    dh = _load(grad + row * grad_stride + column, inside, WIDE)
    dn = dh * z_not * (1 - new * new)
    dr = dn * recalled * r * tl.sigmoid(-zr)
    dz = dh * (_load(h + row * h_stride + column, inside, WIDE) - new) * z * z_not
    d_inputs += row * 3 * d + column
    d_hidden += row * 3 * d + column
    tl.store(d_inputs, dr, mask=inside)
    tl.store(d_hidden, dr, mask=inside)
    tl.store(d_inputs + d, dz, mask=inside)
    tl.store(d_hidden + d, dz, mask=inside)
    tl.store(d_inputs + 2 * d, dn, mask=inside)
    tl.store(d_hidden + 2 * d, dn * r, mask=inside)
    tl.store(d_h + row * d + column, dh * z, mask=inside)


# Allocation and launch


def empty(*like: Tensor) -> list[Tensor]:
    """Dense tensors of these shapes and types."""
    return [torch.empty(v.shape, dtype=v.dtype, device=v.device) for v in like]


def launch(kernel: Any, given: list[Tensor], results: list[Tensor], state: Tensor) -> None:
    """Cut the state into tiles, one a program; the results are dense, what is given need not be."""
    rows, d = [as_rows(v) for v in given], state.shape[-1]
    n = rows[0].shape[0]
    columns = min(power_of_2(d), TILE)
    height = max(1, TILE // columns)
    kernel[(triton.cdiv(n, height), triton.cdiv(d, columns))](
        *rows, *results, n, d, *(v.stride(0) for v in rows), wide_type(state), height, columns
    )


@_lstm_cell.triton
def _launch_lstm(input_gates: Tensor, hidden_gates: Tensor, cx: Tensor) -> tuple[Tensor, Tensor]:
    hy, cy = empty(cx, cx)
    launch(_lstm_forward_kernel, [input_gates, hidden_gates, cx], [hy, cy], cx)
    return hy, cy


@_lstm_cell_backward.triton
def _launch_lstm_backward(
    grad_hy: Tensor, grad_cy: Tensor, input_gates: Tensor, hidden_gates: Tensor, cx: Tensor
) -> tuple[Tensor, Tensor]:
    gates, d_cx = empty(input_gates, cx)
    given = [grad_hy, grad_cy, input_gates, hidden_gates, cx]
    launch(_lstm_backward_kernel, given, [gates, d_cx], cx)
    return gates, d_cx


@_gru_cell.triton
def _launch_gru(input_gates: Tensor, hidden_gates: Tensor, hx: Tensor) -> Tensor:
    (hy,) = empty(hx)
    launch(_gru_forward_kernel, [input_gates, hidden_gates, hx], [hy], hx)
    return hy


@_gru_cell_backward.triton
def _launch_gru_backward(
    grad: Tensor, input_gates: Tensor, hidden_gates: Tensor, hx: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    d_input, d_hidden, d_hx = empty(input_gates, hidden_gates, hx)
    given = [grad, input_gates, hidden_gates, hx]
    launch(_gru_backward_kernel, given, [d_input, d_hidden, d_hx], hx)
    return d_input, d_hidden, d_hx


# Registration


@_lstm_cell.fake
def _two_states(input_gates: Tensor, hidden_gates: Tensor, cx: Tensor) -> tuple[Tensor, Tensor]:
    return cx.new_empty(cx.shape), cx.new_empty(cx.shape)


@_lstm_cell_backward.fake
def _gates_and_state(
    grad_hy: Tensor, grad_cy: Tensor, input_gates: Tensor, hidden_gates: Tensor, cx: Tensor
) -> tuple[Tensor, Tensor]:
    return input_gates.new_empty(input_gates.shape), cx.new_empty(cx.shape)


@_gru_cell.fake
def _one_state(input_gates: Tensor, hidden_gates: Tensor, hx: Tensor) -> Tensor:
    return hx.new_empty(hx.shape)


@_gru_cell_backward.fake
def _both_gates_and_state(
    grad: Tensor, input_gates: Tensor, hidden_gates: Tensor, hx: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    return (
        input_gates.new_empty(input_gates.shape),
        hidden_gates.new_empty(hidden_gates.shape),
        hx.new_empty(hx.shape),
    )


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    ctx.save_for_backward(*inputs)


def _lstm_gradients(ctx: Any, grad_hy: Tensor, grad_cy: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    gates, d_cx = _lstm_cell_backward(grad_hy, grad_cy, *ctx.saved_tensors)
    return gates, gates, d_cx


def _gru_gradients(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    d_input, d_hidden, d_hx = _gru_cell_backward(grad, *ctx.saved_tensors)
    return d_input, d_hidden, d_hx


_lstm_cell.autograd(_keep, _lstm_gradients)
_gru_cell.autograd(_keep, _gru_gradients)
_lstm_cell.autocast(torch.float32)
_gru_cell.autocast(torch.float32)
_lstm_cell.vmap_over_rows(0, 1, 2)
_lstm_cell_backward.vmap_over_rows(0, 1, 2, 3, 4)
_gru_cell.vmap_over_rows(0, 1, 2)
_gru_cell_backward.vmap_over_rows(0, 1, 2, 3)
