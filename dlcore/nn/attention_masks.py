"""Who may attend to whom: masks of allowed pairs, True where a query may see a key."""

import math

import torch
from jaxtyping import Bool
from torch import Tensor


def _offsets(t_query: int, t_key: int, past: int, device: torch.device | str | None) -> Tensor:
    """Position of each query minus that of each key, shape (t_query, t_key)."""
    for name, size in (("t_query", t_query), ("t_key", t_key), ("past", past)):
        if size < 0:
            raise ValueError(f"{name} must be at least 0, got {size}")
    queries = torch.arange(past, past + t_query, device=device)
    return queries[:, None] - torch.arange(t_key, device=device)


def both_masks(mask: Tensor | None, allowed: Tensor) -> Tensor:
    """A mask, boolean, additive or none, and a boolean one as one mask."""
    if mask is None:
        return allowed
    return mask & allowed if mask.dtype == torch.bool else mask.masked_fill(~allowed, -math.inf)


def causal_mask(
    t_query: int,
    t_key: int | None = None,
    *,
    past: int = 0,
    device: torch.device | str | None = None,
) -> Bool[Tensor, "t_query t_key"]:
    """Each position sees itself and what came before: no look into the future.

    Args:
        t_query: number of queries.
        t_key: number of keys, by default past + t_query.
        past: how many positions came before the first query, as with a cache of keys and values.
        device: where the mask lives.

    Returns:
        True where key j <= i + past of query i.

    Raises:
        ValueError: a negative number.

    Section: :ref:`sec-multi-head-attention`.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762, section 3.2.3.

    Example:
        >>> causal_mask(2, past=1).int()
        tensor([[1, 1, 0],
                [1, 1, 1]], dtype=torch.int32)

    In production: is_causal=True of torch.nn.functional.scaled_dot_product_attention.
    """
    return _offsets(t_query, past + t_query if t_key is None else t_key, past, device) >= 0


def local_attention_mask(
    t: int, window: int, *, causal: bool = False, device: torch.device | str | None = None
) -> Bool[Tensor, "t t"]:
    """Each position sees its neighbours only: the cost grows linearly with the length.

    Args:
        t: number of positions.
        window: how far a position sees to either side.
        causal: whether it sees to the left only.
        device: where the mask lives.

    Returns:
        True where the positions are at most `window` apart: t (2 w + 1) - w (w + 1) pairs if not
        causal and w < t.

    Raises:
        ValueError: a negative number.

    Section: :ref:`sec-attention-variants`.

    Source: Beltagy, Peters, Cohan (2020), Longformer: the long-document transformer,
    arXiv:2004.05150, section 3.1.

    Example:
        >>> local_attention_mask(4, 1).int()
        tensor([[1, 1, 0, 0],
                [1, 1, 1, 0],
                [0, 1, 1, 1],
                [0, 0, 1, 1]], dtype=torch.int32)

    In production: torch.nn.attention.flex_attention.
    """
    if window < 0:
        raise ValueError(f"window must be at least 0, got {window}")
    offsets = _offsets(t, t, 0, device)
    near = offsets.abs() <= window
    return near & (offsets >= 0) if causal else near


def strided_attention_mask(
    t: int, stride: int, *, device: torch.device | str | None = None
) -> Bool[Tensor, "t t"]:
    """Each position sees the last few, and every stride-th before: all past within two layers.

    Args:
        t: number of positions.
        stride: how many of the last positions are seen, and the step between those before; near
            the square root of t the fewest pairs are left.
        device: where the mask lives.

    Returns:
        True for keys j <= i of query i with i - j < stride or i - j a multiple of stride.

    Raises:
        ValueError: a stride below 1, or a negative length.

    Section: :ref:`sec-attention-variants`.

    Source: Child, Gray, Radford, Sutskever (2019), Generating long sequences with sparse
    transformers, arXiv:1904.10509, section 4.

    Example:
        >>> strided_attention_mask(5, 2)[4].int()
        tensor([1, 0, 1, 1, 1], dtype=torch.int32)

    In production: torch.nn.attention.flex_attention.
    """
    if stride < 1:
        raise ValueError(f"stride must be at least 1, got {stride}")
    offsets = _offsets(t, t, 0, device)
    return (offsets >= 0) & ((offsets < stride) | (offsets % stride == 0))
