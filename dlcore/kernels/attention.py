"""Scaled dot-product attention in memory that is linear in the lengths."""

import math
from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._attention_kernels import launch, launch_backward
from dlcore.kernels.choice import LARGEST_HEAD
from dlcore.kernels.matmul import autocast
from dlcore.kernels.operators import operator, wide


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """Values averaged with the softmax of the keys' products with each query.

    Args:
        query: shape (..., heads, t, d), floating, any strides; d is at most 256.
        key: shape (..., key heads, s, d), the type of query.
        value: shape (..., key heads, s, c), the type of query; c is at most 256.
        is_causal: query i sees no key after i.
        scale: of the products; None for 1 / sqrt(d).
        enable_gqa: key heads may be fewer; as many queries' heads after each other share one.

    Returns:
        Shape (..., heads, t, c), the type of query; softmax and sums are computed in float32 at
        least. 0 where there are no keys. Memory grows with t + s, not with t * s. Under
        `torch.autocast` all that is not float64 is cast to its type first.

    Raises:
        ValueError: the shapes do not fit.
        TypeError: query is not floating, or types differ.

    Equation: :eq:`eq-kernel-attention`.
    Section: :ref:`sec-kernel-attention`.

    Source: Dao (2024), FlashAttention-2: faster attention with better parallelism and work
    partitioning, arXiv:2307.08691.

    Example:
        >>> x = torch.tensor([[[[0.0], [1.0]]]])
        >>> scaled_dot_product_attention(x, x, x, is_causal=True)
        tensor([[[[0.0000],
                  [0.7311]]]])

    In production: torch.nn.functional.scaled_dot_product_attention.
    """
    query, key, value = autocast(query, key, value)
    check(query, key, value, -3, enable_gqa)
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else float(scale)
    with torch.autocast(query.device.type, enabled=False):
        o: Tensor = _attention(query, key, value, is_causal, scale)[0]
    return o


def check(query: Tensor, key: Tensor, value: Tensor, heads_at: int, enable_gqa: bool) -> None:
    """Refuse what does not fit together."""
    if not query.is_floating_point():
        raise TypeError(f"query must be floating, this is {query.dtype}")
    if not query.dtype == key.dtype == value.dtype:
        raise TypeError(f"query is {query.dtype}, key {key.dtype}, value {value.dtype}")
    wrong = None
    if query.ndim != key.ndim or query.ndim < 3:
        wrong = "expected as many dimensions, and at least three"
    elif key.shape[:-1] != value.shape[:-1]:
        wrong = "key and value must be alike but for the size of a head"
    elif query.shape[-1] != key.shape[-1]:
        wrong = "query and key must have heads of one size"
    elif query.shape[:-3] != key.shape[:-3]:
        wrong = "dimensions before the heads must be alike"
    elif not all(0 < x.shape[-1] <= LARGEST_HEAD for x in (query, value)):
        wrong = f"heads must have sizes from 1 to {LARGEST_HEAD}"
    else:
        heads, shared = query.shape[heads_at], key.shape[heads_at]
        if heads != shared and not (enable_gqa and shared > 0 and heads % shared == 0):
            wrong = f"{heads} heads of query cannot share {shared} of key, enable_gqa={enable_gqa}"
    if wrong is not None:
        raise ValueError(
            f"query has shape {tuple(query.shape)}, key {tuple(key.shape)}, value "
            f"{tuple(value.shape)}: {wrong}"
        )


# The definition of right: q is (..., key heads, group, t, d), k and v have a group of 1


def _grouped(query: Tensor, key: Tensor, *others: Tensor) -> tuple[Tensor, ...]:
    """Heads that share a key next to each other, in float32 at least; like query, like key."""
    shared = key.shape[-3]
    q = [wide(x).unflatten(-3, (shared, x.shape[-3] // max(shared, 1))) for x in (query, *others)]
    return q[0], wide(key).unsqueeze(-3), *q[1:]


def _probabilities(
    q: Tensor, k: Tensor, visible: Tensor | None, scale: float
) -> tuple[Tensor, Tensor]:
    """Softmax of the scores, all 0 where nothing is visible, and the logarithm of the sums."""
    s = scale * q @ k.mT
    s = s if visible is None else s.masked_fill(~visible, -math.inf)
    lse = s.detach().logsumexp(-1, keepdim=True)  # a shift changes neither value nor gradient
    e = (s - lse.masked_fill(lse == -math.inf, 0)).exp()
    total = e.sum(-1, keepdim=True)
    return e / total.masked_fill(total == 0, 1), lse.squeeze(-1)


def attend(
    query: Tensor, key: Tensor, value: Tensor, visible: Tensor | None, scale: float
) -> tuple[Tensor, Tensor]:
    """Contexts of dense heads, and the logarithms of the sums of exponentials."""
    q, k = _grouped(query, key)
    p, lse = _probabilities(q, k, visible, scale)
    o = (p @ wide(value).unsqueeze(-3)).flatten(-4, -3).to(query.dtype)
    return o, lse.flatten(-3, -2).contiguous()


def attend_backward(
    grad: Tensor, query: Tensor, key: Tensor, value: Tensor, visible: Tensor | None, scale: float
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients by query, key and value."""
    q, k, g = _grouped(query, key, grad)
    p, _ = _probabilities(q, k, visible, scale)
    dp = g @ wide(value).unsqueeze(-3).mT
    ds = scale * p * (dp - (p * dp).sum(-1, keepdim=True))
    dq, dk, dv = ds @ k, (ds.mT @ q).sum(-3), (p.mT @ g).sum(-3)
    return dq.flatten(-4, -3).to(query.dtype), dk.to(key.dtype), dv.to(value.dtype)


def _until_itself(query: Tensor, key: Tensor) -> Tensor:
    """Which keys each query sees, by position."""
    t, s = (torch.arange(x.shape[-2], device=x.device) for x in (query, key))
    return s <= t[:, None]


@operator("attention")
def _attention(
    query: Tensor, key: Tensor, value: Tensor, is_causal: bool, scale: float
) -> tuple[Tensor, Tensor]:
    visible = _until_itself(query, key) if is_causal else None
    o, lse = attend(query, key, value, visible, scale)
    return o.contiguous(), lse


@operator("attention_backward")
def _attention_backward(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    o: Tensor,
    lse: Tensor,
    is_causal: bool,
    scale: float,
) -> tuple[Tensor, Tensor, Tensor]:
    visible = _until_itself(query, key) if is_causal else None
    dq, dk, dv = attend_backward(grad, query, key, value, visible, scale)
    return dq.contiguous(), dk.contiguous(), dv.contiguous()


# The kernels are launched


def _one_batch(*tensors: Tensor) -> tuple[Any, ...]:
    """(..., heads, length, size) as (batch, heads, length, size): views where the layout allows."""
    return tuple(x[None] if x.ndim == 3 else x.flatten(0, -4) for x in tensors)


@_attention.triton
def _launch(
    query: Tensor, key: Tensor, value: Tensor, is_causal: bool, scale: float
) -> tuple[Tensor, Tensor]:
    o, lse = like_query(query, key, value, is_causal, scale)
    q, k, v, out = _one_batch(query, key, value, o)
    launch(q, k, v, out, lse, None, None, is_causal, scale)
    return o, lse


@_attention_backward.triton
def _launch_backward(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    o: Tensor,
    lse: Tensor,
    is_causal: bool,
    scale: float,
) -> tuple[Tensor, Tensor, Tensor]:
    dq, dk, dv = (x.new_empty(x.shape) for x in (query, key, value))
    tensors = _one_batch(grad, query, key, value, o, dq, dk, dv)
    launch_backward(tensors, lse.contiguous(), None, None, is_causal, scale)
    return dq, dk, dv


# Registration


@_attention.fake
def like_query(
    query: Tensor, key: Tensor, value: Tensor, is_causal: bool, scale: float
) -> tuple[Tensor, Tensor]:
    """Empty contexts and logarithms of sums."""
    sums = wide(query.new_empty(0)).dtype
    shape = query.shape[:-1]
    return query.new_empty(*shape, value.shape[-1]), query.new_empty(shape, dtype=sums)


@_attention_backward.fake
def like_all(
    grad: Tensor, query: Tensor, key: Tensor, value: Tensor, *others: Any
) -> tuple[Tensor, Tensor, Tensor]:
    """Empty gradients."""
    return query.new_empty(query.shape), key.new_empty(key.shape), value.new_empty(value.shape)


def keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    """Save what the backward pass reads; the logarithms have no gradient."""
    *tensors, ctx.is_causal, ctx.scale = inputs
    ctx.save_for_backward(*tensors[:3], *output, *tensors[3:])
    ctx.mark_non_differentiable(output[1])


def _gradients(ctx: Any, grad: Tensor, _: Any) -> tuple[Tensor | None, ...]:
    dq, dk, dv = _attention_backward(grad, *ctx.saved_tensors, ctx.is_causal, ctx.scale)
    return dq, dk, dv, None, None


_attention.autograd(keep, _gradients)
_attention.vmap_over_rows(0, 1, 2)
_attention_backward.vmap_over_rows(0, 1, 2, 3, 4, 5)
