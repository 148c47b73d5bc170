"""Multi-head attention, and the cache that spares computing keys and values again."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore import kernels
from dlcore.kernels.choice import LARGEST_HEAD, runs_kernel
from dlcore.nn.attention import attention_weights, require_same_length
from dlcore.nn.attention_masks import both_masks, causal_mask
from dlcore.nn.dropout import dropout as drop
from dlcore.nn.dropout import require_probability
from dlcore.nn.init import xavier_uniform_
from dlcore.nn.linear import Linear
from dlcore.nn.positional import RotaryEmbedding


class KeyValueCache:
    """Keys and values of the positions so far, so that a new one costs one row, not all.

    Memory grows by 2 heads d_head numbers a position, layer and example.

    Args:
        static: hold what the first call gives and add nothing, as for an encoder's memory.

    Attributes:
        keys: shape (n, heads, t, d_head), or None before the first call.
        values: the same.

    Section: :ref:`sec-key-value-cache`.

    Source: Shazeer (2019), Fast transformer decoding: one write-head is all you need,
    arXiv:1911.02150, section 2.4.

    Example:
        >>> cache = KeyValueCache()
        >>> keys, values = cache.append(torch.zeros(1, 2, 3, 4), torch.zeros(1, 2, 3, 4))
        >>> cache.append(keys[:, :, :1], values[:, :, :1])[0].shape, cache.length
        (torch.Size([1, 2, 4, 4]), 4)

    In production: transformers.DynamicCache.
    """

    def __init__(self, *, static: bool = False) -> None:
        self.static = static
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    @property
    def length(self) -> int:
        """Number of positions held."""
        return 0 if self.keys is None else self.keys.shape[-2]

    def append(
        self, keys: Float[Tensor, "n heads t d_head"], values: Float[Tensor, "n heads t d_head"]
    ) -> tuple[Tensor, Tensor]:
        """All keys and values, the new ones last."""
        if self.keys is not None and self.values is not None:
            if keys.shape[0] != self.keys.shape[0]:
                raise ValueError(
                    f"the cache holds {self.keys.shape[0]} sequences, got {keys.shape[0]}"
                )
            keys, values = torch.cat([self.keys, keys], -2), torch.cat([self.values, values], -2)
        self.keys, self.values = keys, values
        return keys, values

    def reorder(self, indices: Int[Tensor, " m"]) -> None:
        """Keep these sequences in this order, as a beam search does with its prefixes."""
        if self.keys is not None and self.values is not None:
            self.keys, self.values = self.keys[indices], self.values[indices]


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each on its own projection of queries, keys and values.

    Batch first, unlike torch's default. In masks True means "may be attended to", the opposite of
    torch.nn.MultiheadAttention, for which reason they have other names.

    Args:
        embed_dim: d, the features of inputs and output.
        num_heads: number of heads, which share d among them.
        dropout: the share of weights dropped in training.
        bias: whether the projections have biases.
        rotary: turns queries and keys of each head by their positions.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        in_proj_weight: the projections of queries, keys and values, shape (3 d, d).
        in_proj_bias: their biases, shape (3 d,), or None.
        out_proj: the map of the heads' outputs, side by side, to the output.

    Raises:
        ValueError: heads that do not divide d, or inputs or masks that do not fit.

    Equation: :eq:`eq-multi-head-attention`.
    Section: :ref:`sec-multi-head-attention`.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762, section 3.2.2.

    Example:
        >>> x = torch.zeros(5, 7, 8)
        >>> output, weights = MultiHeadAttention(8, 2)(x, x, x, is_causal=True)
        >>> output.shape, weights.shape
        (torch.Size([5, 7, 8]), torch.Size([5, 7, 7]))

    In production: torch.nn.MultiheadAttention(batch_first=True).
    """

    in_proj_bias: nn.Parameter | None

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        *,
        rotary: RotaryEmbedding | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        require_probability(dropout, "dropout")
        if num_heads < 1 or embed_dim < 1 or embed_dim % num_heads:
            raise ValueError(f"{num_heads} heads cannot share {embed_dim} features")
        self.embed_dim, self.num_heads, self.dropout = embed_dim, num_heads, dropout
        self.in_proj_weight = nn.Parameter(
            torch.empty(3 * embed_dim, embed_dim, device=device, dtype=dtype)
        )
        self.register_parameter(
            "in_proj_bias",
            nn.Parameter(torch.empty(3 * embed_dim, device=device, dtype=dtype)) if bias else None,
        )
        self.out_proj = Linear(embed_dim, embed_dim, bias, device, dtype)
        self.rotary = rotary
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start again: Xavier for the projections, 0 for the biases, as in torch."""
        xavier_uniform_(self.in_proj_weight)
        if self.in_proj_bias is not None and self.out_proj.bias is not None:
            nn.init.zeros_(self.in_proj_bias)
            nn.init.zeros_(self.out_proj.bias)

    def _heads(self, x: Tensor, part: int) -> Tensor:
        """Projection 0 (queries), 1 (keys) or 2 (values), shape (n, heads, t, d_head)."""
        rows = slice(part * self.embed_dim, (part + 1) * self.embed_dim)
        projected = x @ self.in_proj_weight[rows].T
        if self.in_proj_bias is not None:
            projected = projected + self.in_proj_bias[rows]
        return projected.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def _keys_and_values(
        self, key: Tensor, value: Tensor, cache: KeyValueCache | None
    ) -> tuple[Tensor, Tensor]:
        if cache is not None and cache.static and cache.keys is not None:
            assert cache.values is not None
            return cache.keys, cache.values
        keys, values = self._heads(key, 1), self._heads(value, 2)
        if self.rotary is not None:
            keys = self.rotary(keys, start=0 if cache is None else cache.length)
        return (keys, values) if cache is None else cache.append(keys, values)

    def _runs_kernel(self, queries: Tensor, keys: Tensor, hidden_after: int) -> bool:
        """Whether the kernel can do it: it drops no weights, and is causal from the first key."""
        if (self.training and self.dropout) or not runs_kernel(queries, keys):
            return False
        sees_all = hidden_after == 0 or hidden_after + 1 == keys.shape[-2]
        return sees_all and queries.shape[-1] <= LARGEST_HEAD

    def forward(
        self,
        query: Float[Tensor, "n t_query d"],
        key: Float[Tensor, "n t_new d"],
        value: Float[Tensor, "n t_new d"],
        *,
        mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        is_causal: bool = False,
        need_weights: bool = True,
        average_attn_weights: bool = True,
        cache: KeyValueCache | None = None,
    ) -> tuple[Float[Tensor, "n t_query d"], Tensor | None]:
        """The output, and the weights unless they are not wanted.

        Args:
            query: what asks, shape (n, t_query, d).
            key: what is compared, shape (n, t_key, d); with a cache the new positions only.
            value: what is averaged, shape (n, t_key, d).
            mask: True where a query may see a key, or numbers to add to the scores, shape
                (t_query, t_key), (n, t_query, t_key) or (n, heads, t_query, t_key).
            key_mask: True for keys that are no padding, shape (n, t_key).
            is_causal: let queries see no later keys; with a cache, they are the last positions.
            need_weights: whether to return them.
            average_attn_weights: return their mean over the heads, shape (n, t_query, t_key),
                instead of all, shape (n, heads, t_query, t_key).
            cache: keys and values of earlier calls, which this call adds to.
        """
        for name, x in (("query", query), ("key", key), ("value", value)):
            if x.ndim != 3 or x.shape[-1] != self.embed_dim:
                raise ValueError(
                    f"expected {name} of shape (n, t, {self.embed_dim}), got {tuple(x.shape)}"
                )
        require_same_length(key, value)
        past = 0 if cache is None or cache.static else cache.length
        queries = self._heads(query, 0)
        if self.rotary is not None:
            queries = self.rotary(queries, start=past)
        keys, values = self._keys_and_values(key, value, cache)
        plain = not need_weights and mask is None and key_mask is None
        if plain and self._runs_kernel(queries, keys, past if is_causal else 0):
            causal = is_causal and past == 0
            heads = kernels.scaled_dot_product_attention(queries, keys, values, is_causal=causal)
            return self.out_proj(heads.transpose(1, 2).flatten(-2)), None
        allowed = _combine(mask, key_mask, queries, keys, past if is_causal else None)
        weights = attention_weights(queries, keys, allowed)
        kept = drop(weights, self.dropout, self.training) if self.dropout else weights
        output = self.out_proj((kept @ values).transpose(1, 2).flatten(-2))
        if not need_weights:
            return output, None
        return output, weights.mean(1) if average_attn_weights else weights

    def extra_repr(self) -> str:
        """Sizes and options, as printing the layer shows them."""
        return f"embed_dim={self.embed_dim}, num_heads={self.num_heads}, dropout={self.dropout}"


def _combine(
    mask: Tensor | None,
    key_mask: Tensor | None,
    queries: Tensor,
    keys: Tensor,
    past: int | None,
) -> Tensor | None:
    """One mask, which broadcasts to (n, heads, t_query, t_key), from all that is forbidden."""
    n, (t_query, t_key) = len(queries), (queries.shape[-2], keys.shape[-2])
    if mask is not None and mask.ndim == 3:
        mask = mask.unsqueeze(1)
    if key_mask is not None:
        if key_mask.dtype != torch.bool or key_mask.shape != (n, t_key):
            raise ValueError(
                f"key_mask must be boolean of shape ({n}, {t_key}), got {key_mask.dtype} of shape "
                f"{tuple(key_mask.shape)}"
            )
        mask = both_masks(mask, key_mask[:, None, None, :])
    if past is not None:
        mask = both_masks(mask, causal_mask(t_query, t_key, past=past, device=keys.device))
    return mask


def attention_maps(
    model: nn.Module, *inputs: Any, **options: Any
) -> dict[str, Float[Tensor, "n heads t_query t_key"]]:
    """Run a model and return the weights of every head of every `MultiHeadAttention` in it.

    Args:
        model: any model that has such layers.
        *inputs: what it is called with.
        **options: what it is called with by name.

    Returns:
        Weights of shape (n, heads, t_query, t_key) under the layer's name in the model, in the
        order of computing; the last ones of a layer that is called more than once. The gradient
        passes through them.

    Section: :ref:`sec-transformer`.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762, figures 3 to 5.

    Example:
        >>> layer, x = MultiHeadAttention(8, 2), torch.zeros(1, 3, 8)
        >>> attention_maps(layer, x, x, x)[""].shape
        torch.Size([1, 2, 3, 3])

    In production: output_attentions=True of models of transformers.
    """
    maps: dict[str, Tensor] = {}
    hooks = []

    def all_heads(layer: nn.Module, args: tuple, options: dict) -> tuple[tuple, dict]:
        return args, options | {"need_weights": True, "average_attn_weights": False}

    for name, layer in model.named_modules():
        if isinstance(layer, MultiHeadAttention):
            hooks.append(layer.register_forward_pre_hook(all_heads, with_kwargs=True))
            hooks.append(
                layer.register_forward_hook(
                    lambda layer, args, output, name=name: maps.update({name: output[1]})
                )
            )
    try:
        model(*inputs, **options)
    finally:
        for hook in hooks:
            hook.remove()
    return maps
