"""Attention: weights from comparing queries with keys, and the average of values they give."""

import math
from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.activations import probabilities
from dlcore.nn.attention_masks import both_masks, causal_mask
from dlcore.nn.dropout import dropout, require_probability
from dlcore.nn.linear import Linear


def masked_softmax(
    scores: Float[Tensor, "*shape"], mask: Tensor | None = None, dim: int = -1
) -> Float[Tensor, "*shape"]:
    """Softmax over the entries that a mask allows; the others get exactly 0.

    The mask comes before the softmax: zeros put in afterwards would leave weights that do not sum
    to 1.

    Args:
        scores: logits, any shape.
        mask: booleans that broadcast to it, True where an entry takes part; or numbers to be added
            to the scores. By default all take part.
        dim: the dimension that sums to 1.

    Returns:
        Weights of the same shape; all 0 where the mask allows nothing.

    Raises:
        ValueError: the mask does not fit, or is neither boolean nor floating.

    Equation: :eq:`eq-attention-weights`.
    Section: :ref:`sec-attention`.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762, section 3.2.3.

    Example:
        >>> scores = torch.tensor([2.0, 1.0, 0.0, 5.0])
        >>> masked_softmax(scores, torch.tensor([True, True, True, False]))
        tensor([0.6652, 0.2447, 0.0900, 0.0000])

    In production: torch.softmax of scores filled with -inf.
    """
    if scores.ndim and scores.shape[dim] == 0:
        return scores
    if mask is None:
        return probabilities(scores, dim)
    _require_mask(mask, scores)
    if mask.dtype != torch.bool:
        scores, mask = scores + mask, mask > -math.inf
    lowest = torch.finfo(scores.dtype).min
    return probabilities(scores.masked_fill(~mask, lowest), dim).masked_fill(~mask, 0.0)


def _require_mask(mask: Tensor, scores: Tensor) -> None:
    if mask.dtype != torch.bool and not mask.is_floating_point():
        raise ValueError(f"a mask holds booleans or numbers to add, got {mask.dtype}")
    sizes = zip(reversed(mask.shape), reversed(scores.shape), strict=False)
    if mask.ndim > scores.ndim or any(size not in (1, whole) for size, whole in sizes):
        raise ValueError(
            f"a mask of shape {tuple(mask.shape)} does not fit scores of shape "
            f"{tuple(scores.shape)}"
        )


def attention_weights(
    query: Float[Tensor, "*batch t_query d"],
    key: Float[Tensor, "*batch t_key d"],
    attn_mask: Tensor | None = None,
    is_causal: bool = False,
    scale: float | None = None,
) -> Float[Tensor, "*batch t_query t_key"]:
    """How much each query attends to each key: the softmax of their scaled inner products.

    Inner products of d independent entries of variance 1 have variance d; dividing by sqrt(d)
    keeps the softmax from saturating.

    Args:
        query: shape (..., t_query, d).
        key: shape (..., t_key, d).
        attn_mask: booleans, True where a query may see a key, or numbers to add to the scores;
            broadcasts to (..., t_query, t_key).
        is_causal: let query i see keys up to i only.
        scale: the factor on the inner products, by default 1 / sqrt(d).

    Returns:
        Weights, rows sum to 1; a row without any allowed key is 0.

    Raises:
        ValueError: sizes or masks that do not fit.

    Equation: :eq:`eq-scaled-dot-product-attention`.
    Section: :ref:`sec-attention`.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762, section 3.2.1.

    Example:
        >>> q, k = torch.eye(2), 3 * torch.eye(2)
        >>> attention_weights(q, k)
        tensor([[0.8930, 0.1070],
                [0.1070, 0.8930]])

    In production: torch.nn.functional.scaled_dot_product_attention, which returns no weights.
    """
    require_same_features(query, key)
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = scale * query @ key.mT
    if is_causal:
        causal = causal_mask(*scores.shape[-2:], device=scores.device)
        attn_mask = both_masks(attn_mask, causal)
    return masked_softmax(scores, attn_mask)


def require_same_features(query: Tensor, key: Tensor) -> None:
    """Raise ValueError unless queries and keys can be multiplied."""
    if query.ndim < 2 or key.ndim < 2 or query.shape[-1] != key.shape[-1]:
        raise ValueError(
            "queries (..., t_query, d) and keys (..., t_key, d) must have the same features, got "
            f"{tuple(query.shape)} and {tuple(key.shape)}"
        )


def scaled_dot_product_attention(
    query: Float[Tensor, "*batch t_query d"],
    key: Float[Tensor, "*batch t_key d"],
    value: Float[Tensor, "*batch t_key d_v"],
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> Float[Tensor, "*batch t_query d_v"]:
    """The average of the values, weighted by how well each key matches the query.

    Args:
        query: shape (..., t_query, d).
        key: shape (..., t_key, d).
        value: shape (..., t_key, d_v).
        attn_mask: booleans, True where a query may see a key, or numbers to add to the scores;
            broadcasts to (..., t_query, t_key).
        dropout_p: the share of weights dropped; as in torch also outside training.
        is_causal: let query i see keys up to i only.
        scale: the factor on the inner products, by default 1 / sqrt(d).

    Returns:
        Contexts, shape (..., t_query, d_v). Time and memory grow with t_query t_key.

    Raises:
        ValueError: sizes or masks that do not fit.

    Equation: :eq:`eq-scaled-dot-product-attention`.
    Section: :ref:`sec-attention`.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762, section 3.2.1.

    Example:
        >>> q, k, v = torch.zeros(1, 2), torch.ones(3, 2), torch.tensor([[0.0], [3.0], [6.0]])
        >>> scaled_dot_product_attention(q, k, v)
        tensor([[3.]])

    In production: torch.nn.functional.scaled_dot_product_attention.
    """
    require_same_length(key, value)
    weights = attention_weights(query, key, attn_mask, is_causal, scale)
    return (dropout(weights, dropout_p) if dropout_p else weights) @ value


def require_same_length(key: Tensor, value: Tensor) -> None:
    """Raise ValueError unless there is one value per key."""
    if value.ndim < 2 or key.shape[-2] != value.shape[-2]:
        raise ValueError(f"one value per key: keys {tuple(key.shape)}, values {tuple(value.shape)}")


class _Attention(nn.Module, ABC):
    """Scores, their softmax, the average of the values; subclasses say what the scores are."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        require_probability(dropout, "dropout")
        self.dropout = dropout

    @abstractmethod
    def scores(
        self, query: Float[Tensor, "*batch t_query d_q"], key: Float[Tensor, "*batch t_key d_k"]
    ) -> Float[Tensor, "*batch t_query t_key"]:
        """How well each query matches each key, any real number."""

    def forward(
        self,
        query: Float[Tensor, "*batch t_query d_q"],
        key: Float[Tensor, "*batch t_key d_k"],
        value: Float[Tensor, "*batch t_key d_v"] | None = None,
        mask: Tensor | None = None,
    ) -> tuple[Float[Tensor, "*batch t_query d_v"], Float[Tensor, "*batch t_query t_key"]]:
        """Contexts and weights; without values the keys are averaged.

        The mask broadcasts to the weights and is True where a query may see a key.
        """
        value = key if value is None else value
        require_same_length(key, value)
        weights = masked_softmax(self.scores(query, key), mask)
        return dropout(weights, self.dropout, self.training) @ value, weights


class AdditiveAttention(_Attention):
    """Scores from a small network with one hidden layer: v^T tanh(W s + U h).

    Args:
        query_size: features of a query s, as of a decoder's state.
        key_size: features of a key h, as of an encoder's state.
        hidden_size: hidden units.
        dropout: the share of weights dropped in training.

    Attributes:
        W: the map of queries, without bias.
        U: the map of keys, with bias.
        v: from hidden units to the score, without bias.

    Raises:
        ValueError: a size below 1, or inputs that do not fit.

    Equation: :eq:`eq-additive-score`.
    Section: :ref:`sec-attention-variants`.

    Source: Bahdanau, Cho, Bengio (2015), Neural machine translation by jointly learning to align
    and translate, arXiv:1409.0473.

    Example:
        >>> context, weights = AdditiveAttention(2, 3, 4)(torch.zeros(5, 1, 2), torch.ones(5, 7, 3))
        >>> context.shape, weights.shape
        (torch.Size([5, 1, 3]), torch.Size([5, 1, 7]))

    In production: keras.layers.AdditiveAttention; torch.nn has none.
    """

    def __init__(
        self, query_size: int, key_size: int, hidden_size: int, dropout: float = 0.0
    ) -> None:
        super().__init__(dropout)
        self.W = Linear(query_size, hidden_size, bias=False)
        self.U = Linear(key_size, hidden_size)
        self.v = Linear(hidden_size, 1, bias=False)

    def scores(
        self, query: Float[Tensor, "*batch t_query d_q"], key: Float[Tensor, "*batch t_key d_k"]
    ) -> Float[Tensor, "*batch t_query t_key"]:
        """v^T tanh(W s + U h) of every pair."""
        hidden = torch.tanh(self.W(query).unsqueeze(-2) + self.U(key).unsqueeze(-3))
        return self.v(hidden).squeeze(-1)


BahdanauAttention = AdditiveAttention
"""The name after the first author of `AdditiveAttention`."""


class DotProductAttention(_Attention):
    """Scores are inner products of query and key, which need equally many features.

    Args:
        scaled: divide them by sqrt(d).
        dropout: the share of weights dropped in training.

    Raises:
        ValueError: inputs that do not fit.

    Equation: :eq:`eq-scaled-dot-product-attention`.
    Section: :ref:`sec-attention-variants`.

    Source: Luong, Pham, Manning (2015), Effective approaches to attention-based neural machine
    translation, arXiv:1508.04025.

    Example:
        >>> _, weights = DotProductAttention()(torch.zeros(1, 2), torch.ones(4, 2))
        >>> weights
        tensor([[0.2500, 0.2500, 0.2500, 0.2500]])

    In production: torch.nn.functional.scaled_dot_product_attention.
    """

    def __init__(self, scaled: bool = True, dropout: float = 0.0) -> None:
        super().__init__(dropout)
        self.scaled = scaled

    def scores(
        self, query: Float[Tensor, "*batch t_query d_q"], key: Float[Tensor, "*batch t_key d_k"]
    ) -> Float[Tensor, "*batch t_query t_key"]:
        """s^T h of every pair, over sqrt(d) if scaled."""
        require_same_features(query, key)
        products = query @ key.mT
        return products / math.sqrt(query.shape[-1]) if self.scaled else products


class MultiplicativeAttention(_Attention):
    """Scores s^T W h with a learned matrix, so that sizes of query and key may differ.

    Args:
        query_size: features of a query s.
        key_size: features of a key h.
        dropout: the share of weights dropped in training.

    Attributes:
        W: the map of keys to the space of queries, without bias.

    Raises:
        ValueError: a size below 1, or inputs that do not fit.

    Section: :ref:`sec-attention-variants`.

    Source: Luong, Pham, Manning (2015), Effective approaches to attention-based neural machine
    translation, arXiv:1508.04025: the score called general.

    Example:
        >>> context, _ = MultiplicativeAttention(2, 3)(torch.zeros(1, 2), torch.ones(4, 3))
        >>> context.detach()
        tensor([[1., 1., 1.]])

    In production: keras.layers.Attention after a Dense layer.
    """

    def __init__(self, query_size: int, key_size: int, dropout: float = 0.0) -> None:
        super().__init__(dropout)
        self.W = Linear(key_size, query_size, bias=False)

    def scores(
        self, query: Float[Tensor, "*batch t_query d_q"], key: Float[Tensor, "*batch t_key d_k"]
    ) -> Float[Tensor, "*batch t_query t_key"]:
        """s^T W h of every pair."""
        mapped = self.W(key)
        require_same_features(query, mapped)
        return query @ mapped.mT
