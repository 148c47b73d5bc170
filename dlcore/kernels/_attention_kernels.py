"""Attention without the matrix of scores: keys pass by in blocks, forward and backward.

In all kernels tensors have four dimensions, (batch, heads, length, size), and any strides; lse and
delta are contiguous. Packed sequences are a batch of one, whose sequences begin and end where
starts_q and starts_k say. Positions are counted from the beginning of a sequence.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._rows import power_of_2
from dlcore.kernels._triton import jit, tl, triton, tuned, wide_type
from dlcore.kernels.choice import interpreted
from dlcore.kernels.matmul import SHARED_MEMORY, magnitudes, precision

REGISTERS = 768  # bytes of sums and scores that a thread may hold
BLOCKS = {"BLOCK_Q": 16, "BLOCK_K": 16}  # in the interpreter


@jit
def _place(
    program, starts, other_starts, length, other_length, sequences, steps, BLOCK: tl.constexpr
):
    """A program's share: its head, its first row, and where its two sequences begin and end.

    A packed sequence s that begins at row r has the programs from r // BLOCK + s on: enough for its
    rows however the sequences lie, and so it is found by bisection.
    """
    if starts is None:
        blocks = tl.cdiv(length, BLOCK)
        first = program % blocks * BLOCK
        begin = tl.cast(0, tl.int64)
        other = tl.cast(0, tl.int64)
        rows = length
        other_rows = other_length
    else:
        blocks = length // BLOCK + sequences
        low = program * 0
        high = low + sequences - 1
        for _ in range(steps):
            middle = (low + high + 1) // 2
            is_before = tl.load(starts + middle) // BLOCK + middle <= program % blocks
            low = tl.where(is_before, middle, low)
            high = tl.where(is_before, high, middle - 1)
        begin = tl.load(starts + low).to(tl.int64)
        other = tl.load(other_starts + low).to(tl.int64)
        first = (program % blocks - low - (begin // BLOCK).to(tl.int32)) * BLOCK
        rows = (tl.load(starts + low + 1) - begin).to(tl.int32)
        other_rows = (tl.load(other_starts + low + 1) - other).to(tl.int32)
    return program // blocks, first, begin, rows, other, other_rows


@jit
def _tile(
    x,
    row,
    rows,
    row_stride,
    column_stride,
    MASKED: tl.constexpr,
    D: tl.constexpr,
    SIZE: tl.constexpr,
):
    """Some rows, 0 where there are none and beyond their D numbers."""
    column = tl.arange(0, SIZE)
    x += row[:, None].to(tl.int64) * row_stride + column[None, :].to(tl.int64) * column_stride
    if MASKED:
        z = tl.load(x, mask=(row < rows)[:, None] & (column < D)[None, :], other=0.0)
    elif D < SIZE:
        z = tl.load(x, mask=(column < D)[None, :], other=0.0)
    else:
        z = tl.load(x)
    return z


@jit
def _put(x, value, row, rows, row_stride, column_stride, D: tl.constexpr, SIZE: tl.constexpr):
    """Write some rows, where there are any."""
    column = tl.arange(0, SIZE)
    x += row[:, None].to(tl.int64) * row_stride + column[None, :].to(tl.int64) * column_stride
    tl.store(x, value, mask=(row < rows)[:, None] & (column < D)[None, :])


def _fits(held: str, passing: str, sums: int) -> Callable[[dict[str, Any], dict[str, Any]], bool]:
    """Whether what a program holds, what passes by, and its sums have room; the smallest have."""

    def fits(choice: dict[str, Any], arguments: dict[str, Any]) -> bool:
        size, threads = arguments["q"].element_size(), 32 * choice["num_warps"]
        columns = max(arguments["SIZE"], arguments["SIZE_V"])
        rows = choice[held] + choice["num_stages"] * choice[passing]
        scores = 2 * choice[held] * choice[passing]
        in_registers = (sums * choice[held] * columns + scores) * max(size, 4) // threads
        room = 2 * rows * columns * size <= SHARED_MEMORY and in_registers <= REGISTERS
        return room or choice[held] == choice[passing] == 16

    return fits


def _choices(*choices: tuple[int, int, int, int]) -> list[dict[str, int]]:
    names = ("BLOCK_Q", "BLOCK_K", "num_warps", "num_stages")
    return [dict(zip(names, choice, strict=True)) for choice in (*choices, (16, 16, 4, 1))]


KEY = ["magnitudes", "CAUSAL", "D", "D_V", "PRECISION"]
FORWARD = _choices(
    (128, 128, 8, 2), (128, 64, 8, 3), (128, 64, 8, 2), (128, 32, 8, 2), (128, 32, 4, 3),
    (64, 64, 4, 3), (64, 32, 4, 2), (32, 32, 4, 2),
)  # fmt: skip
BY_QUERIES = _choices(
    (128, 64, 8, 2), (128, 32, 8, 2), (64, 64, 4, 2), (64, 32, 4, 2), (32, 32, 4, 2)
)
BY_KEYS = _choices((64, 128, 8, 2), (32, 128, 8, 2), (64, 64, 8, 2), (32, 64, 4, 2), (32, 32, 4, 2))


@tuned(KEY, FORWARD, _fits("BLOCK_Q", "BLOCK_K", 1))
@jit
def _forward_kernel(
    q, k, v, o, lse, starts_q, starts_k, length_q, length_k, sequences, steps, heads, group,
    q_batch, q_head, q_row, q_column, k_batch, k_head, k_row, k_column,
    v_batch, v_head, v_row, v_column, o_batch, o_head, o_row, o_column, magnitudes,
    SCALE: tl.constexpr, CAUSAL: tl.constexpr, D: tl.constexpr, D_V: tl.constexpr,
    SIZE: tl.constexpr, SIZE_V: tl.constexpr, PRECISION: tl.constexpr, WIDE: tl.constexpr,
    BLOCK_Q: tl.constexpr, BLOCK_K: tl.constexpr,
):  # fmt: skip
    """A program holds some queries; maximum m and sum l of their exponentials are made anew."""
    program = tl.num_programs(0) - 1 - tl.program_id(0)  # those who see most keys begin
    place, first, begin, rows, other, keys = _place(
        program, starts_q, starts_k, length_q, length_k, sequences, steps, BLOCK_Q
    )
    if first >= rows:
        return
    batch, head = (place // heads).to(tl.int64), (place % heads).to(tl.int64)
    q += batch * q_batch + head * q_head + begin * q_row
    k += batch * k_batch + head // group * k_head + other * k_row
    v += batch * v_batch + head // group * v_head + other * v_row
    o += batch * o_batch + head * o_head + begin * o_row
    lse += place.to(tl.int64) * length_q + begin

    ahead = 0 if starts_q is None else keys - rows  # how much further than itself a query sees
    row = first + tl.arange(0, BLOCK_Q)
    block_q = _tile(q, row, rows, q_row, q_column, True, D, SIZE)
    m = tl.full((BLOCK_Q,), -float("inf"), WIDE)
    l = tl.zeros((BLOCK_Q,), WIDE)
    sums = tl.zeros((BLOCK_Q, SIZE_V), WIDE)
    end = keys
    whole = keys
    if CAUSAL:
        end = tl.minimum(keys, first + BLOCK_Q + ahead)
        whole = tl.minimum(keys, tl.maximum(first + ahead + 1, 0))
    whole = whole // BLOCK_K * BLOCK_K  # up to here every query sees every key
    for MASKED in tl.static_range(2):
        for start in range(whole if MASKED else 0, end if MASKED else whole, BLOCK_K):
            key = start + tl.arange(0, BLOCK_K)
            block_k = _tile(k, key, keys, k_row, k_column, MASKED, D, SIZE)
            s = tl.dot(block_q, tl.trans(block_k), input_precision=PRECISION, out_dtype=WIDE)
            s *= SCALE * 1.4426950408889634  # powers of two are faster than those of e
            if MASKED:
                seen = (key < keys)[None, :]
                if CAUSAL:
                    seen &= key[None, :] <= row[:, None] + ahead
                s = tl.where(seen, s, -float("inf"))
            m_new = tl.maximum(m, tl.max(s, 1))
            shift = tl.where(m_new == -float("inf"), 0.0, m_new)  # nothing seen so far
            p = tl.exp2(s - shift[:, None])
            shrink = tl.exp2(m - shift)
            block_v = _tile(v, key, keys, v_row, v_column, MASKED, D_V, SIZE_V)
            l = l * shrink + tl.sum(p, 1)
            sums = tl.dot(
                p.to(block_v.dtype), block_v, sums * shrink[:, None],
                input_precision=PRECISION, out_dtype=WIDE,
            )  # fmt: skip
            m = m_new
    sums /= tl.where(l == 0, 1.0, l)[:, None]
    _put(o, sums, row, rows, o_row, o_column, D_V, SIZE_V)
    value = tl.where(l == 0, -float("inf"), m * 0.6931471805599453 + tl.log(l))
    tl.store(lse + row, value, mask=row < rows)


@tuned(KEY, BY_QUERIES, _fits("BLOCK_Q", "BLOCK_K", 1))
@jit
def _query_kernel(
    q, k, v, o, grad, lse, delta, dq, starts_q, starts_k, length_q, length_k, sequences, steps,
    heads, group, q_batch, q_head, q_row, q_column, k_batch, k_head, k_row, k_column,
    v_batch, v_head, v_row, v_column, o_batch, o_head, o_row, o_column,
    g_batch, g_head, g_row, g_column, dq_batch, dq_head, dq_row, dq_column, magnitudes,
    SCALE: tl.constexpr, CAUSAL: tl.constexpr, D: tl.constexpr, D_V: tl.constexpr,
    SIZE: tl.constexpr, SIZE_V: tl.constexpr, PRECISION: tl.constexpr, WIDE: tl.constexpr,
    BLOCK_Q: tl.constexpr, BLOCK_K: tl.constexpr,
):  # fmt: skip
    """A program holds some queries and sums their gradients; it leaves delta for the keys'."""
    program = tl.num_programs(0) - 1 - tl.program_id(0)
    place, first, begin, rows, other, keys = _place(
        program, starts_q, starts_k, length_q, length_k, sequences, steps, BLOCK_Q
    )
    if first >= rows:
        return
    batch, head = (place // heads).to(tl.int64), (place % heads).to(tl.int64)
    q += batch * q_batch + head * q_head + begin * q_row
    k += batch * k_batch + head // group * k_head + other * k_row
    v += batch * v_batch + head // group * v_head + other * v_row
    o += batch * o_batch + head * o_head + begin * o_row
    grad += batch * g_batch + head * g_head + begin * g_row
    dq += batch * dq_batch + head * dq_head + begin * dq_row
    lse += place.to(tl.int64) * length_q + begin
    delta += place.to(tl.int64) * length_q + begin

    ahead = 0 if starts_q is None else keys - rows
    row = first + tl.arange(0, BLOCK_Q)
    block_q = _tile(q, row, rows, q_row, q_column, True, D, SIZE)
    g = _tile(grad, row, rows, g_row, g_column, True, D_V, SIZE_V)
    block_o = _tile(o, row, rows, o_row, o_column, True, D_V, SIZE_V)
    along = tl.sum(g.to(WIDE) * block_o.to(WIDE), 1)
    tl.store(delta + row, along, mask=row < rows)
    total = tl.load(lse + row, mask=row < rows, other=0.0)
    total = tl.where(total == -float("inf"), 0.0, total * 1.4426950408889634)
    sums = tl.zeros((BLOCK_Q, SIZE), WIDE)
    end = keys
    whole = keys
    if CAUSAL:
        end = tl.minimum(keys, first + BLOCK_Q + ahead)
        whole = tl.minimum(keys, tl.maximum(first + ahead + 1, 0))
    whole = whole // BLOCK_K * BLOCK_K
    for MASKED in tl.static_range(2):
        for start in range(whole if MASKED else 0, end if MASKED else whole, BLOCK_K):
            key = start + tl.arange(0, BLOCK_K)
            block_k = _tile(k, key, keys, k_row, k_column, MASKED, D, SIZE)
            block_v = _tile(v, key, keys, v_row, v_column, MASKED, D_V, SIZE_V)
            s = tl.dot(block_q, tl.trans(block_k), input_precision=PRECISION, out_dtype=WIDE)
            p = tl.exp2(s * (SCALE * 1.4426950408889634) - total[:, None])
            if MASKED:
                seen = (key < keys)[None, :]
                if CAUSAL:
                    seen &= key[None, :] <= row[:, None] + ahead
                p = tl.where(seen, p, 0.0)
            dp = tl.dot(g, tl.trans(block_v), input_precision=PRECISION, out_dtype=WIDE)
            ds = p * (dp - along[:, None])
            sums = tl.dot(
                ds.to(block_k.dtype), block_k, sums, input_precision=PRECISION, out_dtype=WIDE
            )
    _put(dq, sums * SCALE, row, rows, dq_row, dq_column, D, SIZE)


@tuned(KEY, BY_KEYS, _fits("BLOCK_K", "BLOCK_Q", 2))
@jit
def _key_kernel(
    q, k, v, grad, lse, delta, dk, dv, starts_q, starts_k, length_q, length_k, sequences, steps,
    heads, group, q_batch, q_head, q_row, q_column, k_batch, k_head, k_row, k_column,
    v_batch, v_head, v_row, v_column, g_batch, g_head, g_row, g_column,
    dk_batch, dk_head, dk_row, dk_column, dv_batch, dv_head, dv_row, dv_column, magnitudes,
    SCALE: tl.constexpr, CAUSAL: tl.constexpr, D: tl.constexpr, D_V: tl.constexpr,
    SIZE: tl.constexpr, SIZE_V: tl.constexpr, PRECISION: tl.constexpr, WIDE: tl.constexpr,
    BLOCK_Q: tl.constexpr, BLOCK_K: tl.constexpr,
):  # fmt: skip
    """A program holds some keys and values; the queries of all heads that share them pass by.

    So it alone writes their gradients: the order of the sums is always the same. Queries beyond the
    last have gradients of 0 and need no mask, and keys beyond the last are not written.
    """
    place, first, begin, keys, other, rows = _place(
        tl.program_id(0), starts_k, starts_q, length_k, length_q, sequences, steps, BLOCK_K
    )
    if first >= keys:
        return
    shared = heads // group
    batch, head = (place // shared).to(tl.int64), (place % shared).to(tl.int64)
    q += batch * q_batch + head * group * q_head + other * q_row
    k += batch * k_batch + head * k_head + begin * k_row
    v += batch * v_batch + head * v_head + begin * v_row
    grad += batch * g_batch + head * group * g_head + other * g_row
    dk += batch * dk_batch + head * dk_head + begin * dk_row
    dv += batch * dv_batch + head * dv_head + begin * dv_row
    lse += (batch * heads + head * group) * length_q + other
    delta += (batch * heads + head * group) * length_q + other

    ahead = 0 if starts_q is None else keys - rows
    key = first + tl.arange(0, BLOCK_K)
    block_k = _tile(k, key, keys, k_row, k_column, True, D, SIZE)
    block_v = _tile(v, key, keys, v_row, v_column, True, D_V, SIZE_V)
    dk_sums = tl.zeros((BLOCK_K, SIZE), WIDE)
    dv_sums = tl.zeros((BLOCK_K, SIZE_V), WIDE)
    lowest = rows * 0
    whole = rows * 0
    tail = rows // BLOCK_Q * BLOCK_Q
    if CAUSAL:  # the first who see any of the keys, and who see them all
        lowest = tl.maximum(first - ahead, 0) // BLOCK_Q * BLOCK_Q
        whole = tl.cdiv(tl.maximum(first + BLOCK_K - 1 - ahead, 0), BLOCK_Q) * BLOCK_Q
        whole = tl.minimum(whole, tail)
    for _ in range(group):
        for PART in tl.static_range(3):
            low = lowest if PART == 0 else (whole if PART == 1 else tail)
            high = whole if PART == 0 else (tail if PART == 1 else rows)
            for start in range(low, high, BLOCK_Q):
                row = start + tl.arange(0, BLOCK_Q)
                block_q = _tile(q, row, rows, q_row, q_column, PART != 1, D, SIZE)
                g = _tile(grad, row, rows, g_row, g_column, PART != 1, D_V, SIZE_V)
                total = tl.load(lse + row, mask=row < rows, other=0.0)
                total = tl.where(total == -float("inf"), 0.0, total * 1.4426950408889634)
                along = tl.load(delta + row, mask=row < rows, other=0.0)
                s = tl.dot(block_k, tl.trans(block_q), input_precision=PRECISION, out_dtype=WIDE)
                p = tl.exp2(s * (SCALE * 1.4426950408889634) - total[None, :])
                if CAUSAL and PART != 1:
                    p = tl.where(key[:, None] <= row[None, :] + ahead, p, 0.0)
                dv_sums = tl.dot(
                    p.to(g.dtype), g, dv_sums, input_precision=PRECISION, out_dtype=WIDE
                )
                dp = tl.dot(block_v, tl.trans(g), input_precision=PRECISION, out_dtype=WIDE)
                ds = p * (dp - along[None, :])
                dk_sums = tl.dot(
                    ds.to(block_q.dtype), block_q, dk_sums,
                    input_precision=PRECISION, out_dtype=WIDE,
                )  # fmt: skip
        q += q_head
        grad += g_head
        lse += length_q
        delta += length_q
    _put(dk, dk_sums * SCALE, key, keys, dk_row, dk_column, D, SIZE)
    _put(dv, dv_sums, key, keys, dv_row, dv_column, D_V, SIZE_V)


# Launch


def _grid(length: int, heads: int, sequences: int, block: str) -> Callable[[Any], tuple[int]]:
    """A program for each block of each head, of packed sequences one more for each of them."""

    def grid(blocks: dict[str, Any]) -> tuple[int]:
        whole = triton.cdiv(length, blocks[block]) if sequences == 0 else length // blocks[block]
        return ((whole + sequences) * heads,)

    return grid


def _constants(q: Tensor, k: Tensor, v: Tensor, is_causal: bool, scale: float) -> tuple[Any, ...]:
    d, d_v = q.shape[-1], v.shape[-1]
    sizes = max(power_of_2(d), 16), max(power_of_2(d_v), 16)
    about = magnitudes(q.shape[0] * q.shape[1], q.shape[2], k.shape[2])
    return about, scale, is_causal, d, d_v, *sizes, precision(q), wide_type(q)


def _lengths(
    q: Tensor, k: Tensor, starts_q: Tensor | None, starts_k: Tensor | None
) -> tuple[Any, ...]:
    n = 0 if starts_q is None else len(starts_q) - 1
    if starts_q is not None and starts_k is not None:
        starts_q, starts_k = starts_q.contiguous(), starts_k.contiguous()
    heads, group = q.shape[1], q.shape[1] // max(k.shape[1], 1)
    return starts_q, starts_k, q.shape[2], k.shape[2], n, n.bit_length(), heads, group


def launch(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    o: Tensor,
    lse: Tensor,
    starts_q: Tensor | None,
    starts_k: Tensor | None,
    is_causal: bool,
    scale: float,
) -> None:
    """Fill o and lse."""
    lengths, heads = _lengths(q, k, starts_q, starts_k), q.shape[0] * q.shape[1]
    if o.numel():
        _forward_kernel[_grid(q.shape[2], heads, lengths[4], "BLOCK_Q")](
            q, k, v, o, lse, *lengths, *q.stride(), *k.stride(), *v.stride(), *o.stride(),
            *_constants(q, k, v, is_causal, scale), **(BLOCKS if interpreted else {}),
        )  # fmt: skip


def launch_backward(
    tensors: tuple[Tensor, ...],
    lse: Tensor,
    starts_q: Tensor | None,
    starts_k: Tensor | None,
    is_causal: bool,
    scale: float,
) -> None:
    """Fill the last three of (grad, q, k, v, o, dq, dk, dv)."""
    grad, q, k, v, o, dq, dk, dv = tensors
    lengths, delta = _lengths(q, k, starts_q, starts_k), torch.empty_like(lse)
    constants = _constants(q, k, v, is_causal, scale)
    blocks = BLOCKS if interpreted else {}
    if dq.numel():
        _query_kernel[_grid(q.shape[2], q.shape[0] * q.shape[1], lengths[4], "BLOCK_Q")](
            q, k, v, o, grad, lse, delta, dq, *lengths, *q.stride(), *k.stride(), *v.stride(),
            *o.stride(), *grad.stride(), *dq.stride(), *constants, **blocks,
        )  # fmt: skip
    if dk.numel():
        _key_kernel[_grid(k.shape[2], k.shape[0] * k.shape[1], lengths[4], "BLOCK_K")](
            q, k, v, grad, lse, delta, dk, dv, *lengths, *q.stride(), *k.stride(), *v.stride(),
            *grad.stride(), *dk.stride(), *dv.stride(), *constants, **blocks,
        )  # fmt: skip
