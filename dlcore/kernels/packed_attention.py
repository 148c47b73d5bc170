"""Attention of sequences of different lengths that are packed into one, without padding."""

import math
from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._attention_kernels import launch, launch_backward
from dlcore.kernels.attention import attend, attend_backward, check, keep, like_all, like_query
from dlcore.kernels.matmul import autocast
from dlcore.kernels.operators import operator


def variable_length_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    cu_seqlens_q: Tensor,
    cu_seqlens_k: Tensor,
    *,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """Attention within each of several sequences that lie one after the other, without padding.

    Args:
        query: shape (sum of t, heads, d), floating, any strides; d is at most 256.
        key: shape (sum of s, key heads, d), the type of query.
        value: shape (sum of s, key heads, c), the type of query; c is at most 256.
        cu_seqlens_q: where the sequences of queries begin, and the end of the last: 0 and the
            cumulative sums of their lengths, shape (n + 1,), int32 or int64. Their values are not
            checked.
        cu_seqlens_k: the same of keys and values.
        is_causal: the last query sees all keys, the one before all but the last, and so on.
        scale: of the products; None for 1 / sqrt(d).
        enable_gqa: key heads may be fewer; as many queries' heads after each other share one.

    Returns:
        Shape (sum of t, heads, c), the type of query; softmax and sums are computed in float32 at
        least. 0 for queries that see no key, and for those after the last sequence.

    Raises:
        ValueError: the shapes do not fit.
        TypeError: query is not floating, types differ, or the offsets are no such integers.

    Equation: :eq:`eq-kernel-attention`.
    Section: :ref:`sec-kernel-variable-length`.

    Source: Dao (2024), FlashAttention-2: faster attention with better parallelism and work
    partitioning, arXiv:2307.08691.

    Example:
        >>> x = torch.tensor([[[0.0]], [[1.0]], [[5.0]]])
        >>> ends = torch.tensor([0, 2, 3])
        >>> variable_length_attention(x, x, x, ends, ends).flatten()
        tensor([0.5000, 0.7311, 5.0000])

    In production: torch.nn.attention.varlen.varlen_attn.
    """
    query, key, value = autocast(query, key, value)
    check(query, key, value, -2, enable_gqa)
    if query.ndim != 3:
        raise ValueError(f"expected three dimensions, query has shape {tuple(query.shape)}")
    for name, x in (("cu_seqlens_q", cu_seqlens_q), ("cu_seqlens_k", cu_seqlens_k)):
        if x.dtype not in (torch.int32, torch.int64):
            raise TypeError(f"{name} must be int32 or int64, this is {x.dtype}")
        if x.ndim != 1 or x.shape != cu_seqlens_q.shape or len(x) == 0:
            raise ValueError(
                f"cu_seqlens_q has shape {tuple(cu_seqlens_q.shape)}, cu_seqlens_k "
                f"{tuple(cu_seqlens_k.shape)}: expected the same (n + 1,)"
            )
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else float(scale)
    with torch.autocast(query.device.type, enabled=False):
        o: Tensor = _packed_attention(
            query, key, value, cu_seqlens_q, cu_seqlens_k, is_causal, scale
        )[0]
    return o


# The definition of right


def _swapped(*tensors: Tensor) -> tuple[Any, ...]:
    """(length, heads, size) as (heads, length, size), or back."""
    return tuple(x.transpose(0, 1) for x in tensors)


def _within(query: Tensor, key: Tensor, ends_q: Tensor, ends_k: Tensor, is_causal: bool) -> Tensor:
    """Which keys each query of packed sequences sees: of its own sequence, not after its position.

    Positions are counted from the ends of the sequences.
    """
    t, s = (torch.arange(len(x), device=x.device) for x in (query, key))
    n = len(ends_q) - 1
    q, k = (
        torch.searchsorted(e.long().contiguous(), i, right=True)
        for e, i in ((ends_q, t), (ends_k, s))
    )
    visible = (q[:, None] == k) & (q <= n)[:, None]
    if is_causal:
        after_q, after_k = ends_q[q.clamp(max=n)] - t, ends_k[k.clamp(max=n)] - s
        visible = visible & (after_k >= after_q[:, None])
    return visible


@operator("packed_attention")
def _packed_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ends_q: Tensor,
    ends_k: Tensor,
    is_causal: bool,
    scale: float,
) -> tuple[Tensor, Tensor]:
    visible = _within(query, key, ends_q, ends_k, is_causal)
    q, k, v = _swapped(query, key, value)
    o, lse = attend(q, k, v, visible, scale)
    return o.transpose(0, 1).contiguous(), lse


@operator("packed_attention_backward")
def _packed_attention_backward(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    o: Tensor,
    lse: Tensor,
    ends_q: Tensor,
    ends_k: Tensor,
    is_causal: bool,
    scale: float,
) -> tuple[Tensor, Tensor, Tensor]:
    visible = _within(query, key, ends_q, ends_k, is_causal)
    g, q, k, v = _swapped(grad, query, key, value)
    dq, dk, dv = _swapped(*attend_backward(g, q, k, v, visible, scale))
    return dq.contiguous(), dk.contiguous(), dv.contiguous()


# The kernels are launched


def _unpacked(*tensors: Tensor) -> tuple[Any, ...]:
    """(length, heads, size) as (1, heads, length, size)."""
    return tuple(x[None] for x in _swapped(*tensors))


@_packed_attention.triton
def _launch_packed(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ends_q: Tensor,
    ends_k: Tensor,
    is_causal: bool,
    scale: float,
) -> tuple[Tensor, Tensor]:
    o, lse = _like_packed_query(query, key, value, ends_q, ends_k, is_causal, scale)
    o.zero_()  # and so it stays after the last sequence
    lse.fill_(-math.inf)
    if len(ends_q) > 1:
        q, k, v, out = _unpacked(query, key, value, o)
        launch(q, k, v, out, lse, ends_q, ends_k, is_causal, scale)
    return o, lse


@_packed_attention_backward.triton
def _launch_packed_backward(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    o: Tensor,
    lse: Tensor,
    ends_q: Tensor,
    ends_k: Tensor,
    is_causal: bool,
    scale: float,
) -> tuple[Tensor, Tensor, Tensor]:
    dq, dk, dv = (x.new_zeros(x.shape) for x in (query, key, value))
    tensors = _unpacked(grad, query, key, value, o, dq, dk, dv)
    if len(ends_q) > 1:
        launch_backward(tensors, lse.contiguous(), ends_q, ends_k, is_causal, scale)
    return dq, dk, dv


# Registration


@_packed_attention.fake
def _like_packed_query(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ends_q: Tensor,
    ends_k: Tensor,
    is_causal: bool,
    scale: float,
) -> tuple[Tensor, Tensor]:
    o, lse = like_query(query, key, value, is_causal, scale)
    return o, lse.new_empty(lse.shape[::-1])


def _packed_gradients(ctx: Any, grad: Tensor, _: Any) -> tuple[Tensor | None, ...]:
    dq, dk, dv = _packed_attention_backward(grad, *ctx.saved_tensors, ctx.is_causal, ctx.scale)
    return dq, dk, dv, None, None, None, None


_packed_attention_backward.fake(like_all)
_packed_attention.autograd(keep, _packed_gradients)
_packed_attention.vmap_over_rows()
_packed_attention_backward.vmap_over_rows()
