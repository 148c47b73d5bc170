"""Exact attention in blocks: the softmax is kept up to date, the matrix of weights never stands."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.attention import (
    require_same_features,
    require_same_length,
    scaled_dot_product_attention,
)


def _require_block_size(block_size: int) -> None:
    if block_size < 1:
        raise ValueError(f"block_size must be at least 1, got {block_size}")


def online_softmax(
    scores: Float[Tensor, "*batch t"], block_size: int = 64
) -> tuple[Float[Tensor, "*batch"], Float[Tensor, "*batch"]]:
    """Largest score and sum of exp(score - largest) in a single pass over blocks.

    Whenever a block holds a new maximum, the sum so far is multiplied by exp(old - new).

    Args:
        scores: shape (..., t); -inf stands for a forbidden entry.
        block_size: number of scores looked at together.

    Returns:
        The maximum and the sum, shape (...). The softmax is exp(score - maximum) / sum; the
        logarithm of the sum plus the maximum is logsumexp.

    Raises:
        ValueError: a block size below 1.

    Equation: :eq:`eq-online-softmax`.
    Section: :ref:`sec-attention-variants`.

    Source: Milakov, Gimelshein (2018), Online normalizer calculation for softmax,
    arXiv:1805.02867.

    Example:
        >>> online_softmax(torch.tensor([1.0, 3.0, 2.0]), block_size=1)
        (tensor(3.), tensor(1.5032))

    In production: torch.logsumexp.
    """
    _require_block_size(block_size)
    largest = scores.new_full(scores.shape[:-1], -math.inf)
    total = scores.new_zeros(scores.shape[:-1])
    for block in scores.split(block_size, dim=-1):
        new = torch.maximum(largest, block.amax(-1)) if block.shape[-1] else largest
        shift = new.masked_fill(new == -math.inf, 0.0)
        total = total * (largest - shift).exp() + (block - shift[..., None]).exp().sum(-1)
        largest = new
    return largest, total


def _blocks(t: int, block_size: int) -> list[slice]:
    return [slice(i, min(i + block_size, t)) for i in range(0, t, block_size)]


def _scores(query: Tensor, key: Tensor, rows: slice, columns: slice, causal: bool) -> Tensor:
    """Inner products of a block; later keys are -inf if causal."""
    scores = query[..., rows, :] @ key[..., columns, :].mT
    if not causal:
        return scores
    i = torch.arange(rows.start, rows.stop, device=scores.device)
    j = torch.arange(columns.start, columns.stop, device=scores.device)
    return scores.masked_fill(j > i[:, None], -math.inf)


class _FlashAttention(torch.autograd.Function):
    """Outputs and their logsumexps; the backward pass computes the weights once more."""

    generate_vmap_rule = True

    @staticmethod
    def forward(
        query: Tensor, key: Tensor, value: Tensor, causal: bool, block_size: int
    ) -> tuple[Tensor, Tensor]:
        outputs, logsumexps = [], []
        for rows in _blocks(query.shape[-2], block_size):
            largest = torch.full_like(query[..., rows, :1], -math.inf)
            total = torch.zeros_like(largest)
            output = query.new_zeros((*largest.shape[:-1], value.shape[-1]))
            for columns in _blocks(key.shape[-2], block_size):
                if causal and columns.start >= rows.stop:
                    break
                scores = _scores(query, key, rows, columns, causal)
                new = torch.maximum(largest, scores.amax(-1, keepdim=True))
                weights = (scores - new).exp()
                rescale = (largest - new).exp()
                total = rescale * total + weights.sum(-1, keepdim=True)
                output = rescale * output + weights @ value[..., columns, :]
                largest = new
            outputs.append(output / total)
            logsumexps.append(largest + total.log())
        return torch.cat(outputs, -2), torch.cat(logsumexps, -2)

    @staticmethod
    def setup_context(ctx, inputs: tuple, output: tuple[Tensor, Tensor]) -> None:
        query, key, value, ctx.causal, ctx.block_size = inputs
        ctx.save_for_backward(query, key, value, *output)

    @staticmethod
    def backward(ctx, d_output: Tensor, d_logsumexp: Tensor) -> tuple:
        query, key, value, output, logsumexp = ctx.saved_tensors
        shift = (d_output * output).sum(-1, keepdim=True) - d_logsumexp
        columns_of = _blocks(key.shape[-2], ctx.block_size)
        d_query = []
        d_keys = [torch.zeros_like(key[..., columns, :]) for columns in columns_of]
        d_values = [torch.zeros_like(value[..., columns, :]) for columns in columns_of]
        for rows in _blocks(query.shape[-2], ctx.block_size):
            d_rows = torch.zeros_like(query[..., rows, :])
            for b, columns in enumerate(columns_of):
                if ctx.causal and columns.start >= rows.stop:
                    break
                scores = _scores(query, key, rows, columns, ctx.causal)
                weights = (scores - logsumexp[..., rows, :]).exp()
                d_weights = d_output[..., rows, :] @ value[..., columns, :].mT
                d_scores = weights * (d_weights - shift[..., rows, :])
                d_rows = d_rows + d_scores @ key[..., columns, :]
                d_keys[b] = d_keys[b] + d_scores.mT @ query[..., rows, :]
                d_values[b] = d_values[b] + weights.mT @ d_output[..., rows, :]
            d_query.append(d_rows)
        return torch.cat(d_query, -2), torch.cat(d_keys, -2), torch.cat(d_values, -2), None, None


def flash_attention(
    query: Float[Tensor, "*batch t_query d"],
    key: Float[Tensor, "*batch t_key d"],
    value: Float[Tensor, "*batch t_key d_v"],
    is_causal: bool = False,
    scale: float | None = None,
    block_size: int = 64,
) -> Float[Tensor, "*batch t_query d_v"]:
    """`scaled_dot_product_attention` in memory that grows with t_query + t_key, not their product.

    Blocks of keys pass by a block of queries; maximum, sum and average of the values are rescaled
    at each new maximum, as in `online_softmax`. The backward pass computes the weights again from
    the logsumexps, which is all that is kept. Nothing is approximated.

    Args:
        query: shape (..., t_query, d).
        key: shape (..., t_key, d).
        value: shape (..., t_key, d_v).
        is_causal: let query i see keys up to i only; blocks of later keys are left out.
        scale: the factor on the inner products, by default 1 / sqrt(d).
        block_size: number of queries and of keys in a block.

    Returns:
        Contexts, shape (..., t_query, d_v).

    Raises:
        ValueError: sizes that do not fit, or a block size below 1.

    Equation: :eq:`eq-online-softmax`.
    Section: :ref:`sec-attention-variants`.

    Source: Dao, Fu, Ermon, Rudra, Ré (2022), FlashAttention: fast and memory-efficient exact
    attention with IO-awareness, arXiv:2205.14135.

    Example:
        >>> q, k, v = torch.zeros(1, 2), torch.ones(3, 2), torch.tensor([[0.0], [3.0], [6.0]])
        >>> flash_attention(q, k, v, block_size=2)
        tensor([[3.]])

    In production: torch.nn.functional.scaled_dot_product_attention.
    """
    _require_block_size(block_size)
    if 0 in (query.shape[-2], key.shape[-2]):
        return scaled_dot_product_attention(query, key, value, None, 0.0, is_causal, scale)
    require_same_features(query, key)
    require_same_length(key, value)
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    return _FlashAttention.apply(scale * query, key, value, is_causal, block_size)[0]
