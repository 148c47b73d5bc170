"""Positions for attention, which by itself does not see order: added, rotated in, or as a bias."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore.nn.dropout import Dropout
from dlcore.nn.linear import are_sizes


def _require_even(d: int) -> None:
    if not are_sizes(d) or d % 2:
        raise ValueError(f"features come in pairs: expected an even number, got {d!r}")


def _frequencies(d: int, base: float, device: torch.device | None) -> Tensor:
    """The angles per position base^(-2i / d) of the d / 2 pairs, in double precision."""
    return base ** (-torch.arange(0, d, 2, dtype=torch.float64, device=device) / d)


def sinusoidal_positional_encoding(
    t: int, d: int, base: float = 10000.0, *, device: torch.device | None = None
) -> Float[Tensor, "t d"]:
    """Position p as sines and cosines of d / 2 wavelengths, from 2 pi to 2 pi base.

    A shift by s rotates every pair by an angle that depends on s only, so that it is a linear map
    of the encoding.

    Args:
        t: number of positions.
        d: number of features, even.
        base: what the wavelengths grow towards, over 2 pi.
        device: where the encoding lives.

    Returns:
        Features 2i are sin(p base^(-2i/d)), features 2i + 1 the cosines; row 0 is 0, 1, 0, 1, ...

    Raises:
        ValueError: a negative t, or an odd d.

    Equation: :eq:`eq-sinusoidal-encoding`.
    Section: :ref:`sec-positional-encoding`.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762, section 3.5.

    Example:
        >>> sinusoidal_positional_encoding(2, 4)
        tensor([[0.0000, 1.0000, 0.0000, 1.0000],
                [0.8415, 0.5403, 0.0100, 0.9999]])

    In production: this; torch.nn has none.
    """
    return _encode(_positions(0, t, device), d, base).to(torch.get_default_dtype())


def _positions(start: int, t: int, device: torch.device | None) -> Tensor:
    if start < 0 or t < 0:
        raise ValueError(f"positions must be at least 0, got {t} from {start}")
    return torch.arange(start, start + t, device=device)


def _encode(positions: Tensor, d: int, base: float) -> Tensor:
    _require_even(d)
    angles = positions[..., None] * _frequencies(d, base, positions.device)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)


class SinusoidalPositionalEncoding(nn.Module):
    """Adds `sinusoidal_positional_encoding` to embeddings; nothing learned, no longest length.

    Args:
        d_model: number of features, even.
        dropout: the share of features dropped in training.
        base: what the wavelengths grow towards, over 2 pi.

    Raises:
        ValueError: an odd number of features, or an input with others.

    Equation: :eq:`eq-sinusoidal-encoding`.
    Section: :ref:`sec-positional-encoding`.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762, section 3.5.

    Example:
        >>> SinusoidalPositionalEncoding(2)(torch.zeros(1, 2, 2))
        tensor([[[0.0000, 1.0000],
                 [0.8415, 0.5403]]])

    In production: this; torch.nn has none.
    """

    def __init__(self, d_model: int, dropout: float = 0.0, base: float = 10000.0) -> None:
        super().__init__()
        _require_even(d_model)
        self.d_model, self.base = d_model, base
        self.dropout = Dropout(dropout)

    def forward(
        self, x: Float[Tensor, "*batch t d"], start: int = 0
    ) -> Float[Tensor, "*batch t d"]:
        """The embeddings of positions start, start + 1, ... with their encoding added."""
        _require_features(x, self.d_model)
        encoding = _encode(_positions(start, x.shape[-2], x.device), self.d_model, self.base)
        return self.dropout(x + encoding.to(x.dtype))


def _require_features(x: Tensor, d: int) -> None:
    if x.ndim < 2 or x.shape[-1] != d:
        raise ValueError(f"expected inputs of shape (..., t, {d}), got {tuple(x.shape)}")


class LearnedPositionalEncoding(nn.Module):
    """Adds a learned vector for each position, up to a longest length.

    Args:
        max_len: the number of positions.
        d_model: number of features.
        dropout: the share of features dropped in training.

    Attributes:
        weight: one row a position, shape (max_len, d_model), started from N(0, 0.02^2).

    Raises:
        ValueError: a size below 1, or an input with other features or beyond the last position.

    Section: :ref:`sec-positional-encoding`.

    Source: Gehring, Auli, Grangier, Yarats, Dauphin (2017), Convolutional sequence to sequence
    learning, arXiv:1705.03122.

    Example:
        >>> LearnedPositionalEncoding(7, 2)(torch.zeros(3, 5, 2)).shape
        torch.Size([3, 5, 2])

    In production: torch.nn.Embedding of the positions.
    """

    def __init__(self, max_len: int, d_model: int, dropout: float = 0.0) -> None:
        super().__init__()
        if not are_sizes(max_len, d_model):
            raise ValueError(
                f"sizes must be whole numbers of at least 1, got {max_len!r} and {d_model!r}"
            )
        self.weight = nn.Parameter(0.02 * torch.randn(max_len, d_model))
        self.dropout = Dropout(dropout)

    def forward(
        self, x: Float[Tensor, "*batch t d"], start: int = 0
    ) -> Float[Tensor, "*batch t d"]:
        """The embeddings of positions start, start + 1, ... with their vectors added."""
        max_len, d_model = self.weight.shape
        _require_features(x, d_model)
        end = start + x.shape[-2]
        if start < 0 or end > max_len:
            raise ValueError(f"positions go from 0 to {max_len - 1}, got {start} to {end - 1}")
        return self.dropout(x + self.weight[start:end])


def rotary_embedding(
    x: Float[Tensor, "*batch t d"],
    positions: Int[Tensor, " t"] | None = None,
    base: float = 10000.0,
) -> Float[Tensor, "*batch t d"]:
    """Turn each pair of features by an angle proportional to the position.

    The inner product of a rotated query and a rotated key depends on their distance only.

    Args:
        x: queries or keys, an even number of features.
        positions: of the rows of x, by default 0, 1, ...
        base: pair i turns by base^(-2i/d) a position.

    Returns:
        The same shape; lengths of vectors stay.

    Raises:
        ValueError: an odd number of features, or other than one position a row.

    Equation: :eq:`eq-rotary-embedding`.
    Section: :ref:`sec-positional-encoding`.

    Source: Su, Lu, Pan, Murtadha, Wen, Liu (2021), RoFormer: enhanced transformer with rotary
    position embedding, arXiv:2104.09864.

    Example:
        >>> rotary_embedding(torch.tensor([[1.0, 0.0], [1.0, 0.0]]))
        tensor([[1.0000, 0.0000],
                [0.5403, 0.8415]])

    In production: this; torch.nn has none.
    """
    _require_even(x.shape[-1])
    positions = _positions(0, x.shape[-2], x.device) if positions is None else positions
    if positions.shape != (x.shape[-2],):
        raise ValueError(f"{x.shape[-2]} rows, positions of shape {tuple(positions.shape)}")
    sin, cos = _encode(positions, x.shape[-1], base).to(x.dtype).unflatten(-1, (-1, 2)).unbind(-1)
    first, second = x.unflatten(-1, (-1, 2)).unbind(-1)
    turned = [first * cos - second * sin, first * sin + second * cos]
    return torch.stack(turned, dim=-1).flatten(-2)


class RotaryEmbedding(nn.Module):
    """The layer of `rotary_embedding`, for the queries and keys of a head.

    Args:
        dim: number of features of a head, even.
        base: pair i turns by base^(-2i/d) a position.

    Raises:
        ValueError: an odd number of features, or an input with others.

    Equation: :eq:`eq-rotary-embedding`.
    Section: :ref:`sec-positional-encoding`.

    Source: Su, Lu, Pan, Murtadha, Wen, Liu (2021), RoFormer: enhanced transformer with rotary
    position embedding, arXiv:2104.09864.

    Example:
        >>> RotaryEmbedding(2)(torch.tensor([[1.0, 0.0]]), start=1)
        tensor([[0.5403, 0.8415]])

    In production: this; torch.nn has none.
    """

    def __init__(self, dim: int, base: float = 10000.0) -> None:
        super().__init__()
        _require_even(dim)
        self.dim, self.base = dim, base

    def forward(
        self, x: Float[Tensor, "*batch t d"], start: int = 0
    ) -> Float[Tensor, "*batch t d"]:
        """The rows, turned as befits positions start, start + 1, ..."""
        _require_features(x, self.dim)
        return rotary_embedding(x, _positions(start, x.shape[-2], x.device), self.base)


def alibi_slopes(num_heads: int) -> Float[Tensor, " heads"]:
    """How fast each head's attention fades with distance: a geometric sequence down to 2^-8.

    Args:
        num_heads: number of heads.

    Returns:
        2^(-8/heads), 2^(-16/heads), ..., 2^-8.

    Raises:
        ValueError: a number below 1.

    Section: :ref:`sec-positional-encoding`.

    Source: Press, Smith, Lewis (2022), Train short, test long: attention with linear biases,
    arXiv:2108.12409; for numbers of heads that are no powers of 2 they take other slopes.

    Example:
        >>> alibi_slopes(4)
        tensor([0.2500, 0.0625, 0.0156, 0.0039])

    In production: this; torch.nn has none.
    """
    if not are_sizes(num_heads):
        raise ValueError(f"heads must be a whole number of at least 1, got {num_heads!r}")
    return 2.0 ** (-8 * torch.arange(1, num_heads + 1) / num_heads)


def alibi_bias(
    num_heads: int, t_query: int, t_key: int | None = None, *, device: torch.device | None = None
) -> Float[Tensor, "heads t_query t_key"]:
    """What is added to the scores so that far keys weigh less: minus slope times distance.

    It sees distances only, so that it goes on beyond the lengths met in training. The future is
    forbidden, as with a causal mask.

    Args:
        num_heads: number of heads, each with its slope.
        t_query: number of queries, the last positions.
        t_key: number of keys, by default t_query.
        device: where the bias lives.

    Returns:
        -m_head (i - j) for keys j <= i, -inf for later ones.

    Raises:
        ValueError: no head, or fewer keys than queries.

    Section: :ref:`sec-positional-encoding`.

    Source: Press, Smith, Lewis (2022), Train short, test long: attention with linear biases,
    arXiv:2108.12409.

    Example:
        >>> alibi_bias(8, 3)[0]
        tensor([[ 0.0000,    -inf,    -inf],
                [-0.5000,  0.0000,    -inf],
                [-1.0000, -0.5000,  0.0000]])

    In production: torch.nn.attention.flex_attention.
    """
    t_key = t_query if t_key is None else t_key
    if t_key < t_query:
        raise ValueError(f"{t_query} queries among {t_key} keys")
    queries = _positions(t_key - t_query, t_query, device)
    distance = queries[:, None] - _positions(0, t_key, device)
    bias = alibi_slopes(num_heads).to(distance.device)[:, None, None] * -distance
    return bias.masked_fill(distance < 0, -math.inf)
