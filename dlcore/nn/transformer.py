"""Layers and stacks of the Transformer: attention, a small network at each position, shortcuts."""

import copy
from collections.abc import Callable, Sequence
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.activations import gelu, relu
from dlcore.nn.dropout import Dropout
from dlcore.nn.linear import Linear
from dlcore.nn.multi_head_attention import KeyValueCache, MultiHeadAttention
from dlcore.nn.normalization import LayerNorm
from dlcore.nn.positional import RotaryEmbedding

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"relu": relu, "gelu": gelu}


def _activation(activation: str | Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    if not isinstance(activation, str):
        return activation
    if activation not in _ACTIVATIONS:
        raise ValueError(f"activation must be one of {[*_ACTIVATIONS]}, got {activation!r}")
    return _ACTIVATIONS[activation]


class _Layer(nn.Module):
    """Residual sub-layers, normalized before (pre-norm) or after the shortcut (post-norm)."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Tensor], Tensor] = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        *,
        rotary: RotaryEmbedding | None = None,
    ) -> None:
        super().__init__()
        self.norm_first = norm_first
        self.self_attn = MultiHeadAttention(d_model, nhead, dropout, bias, rotary=rotary)
        self.linear1 = Linear(d_model, dim_feedforward, bias)
        self.linear2 = Linear(dim_feedforward, d_model, bias)
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.dropout = Dropout(dropout)
        self.activation = _activation(activation)

    def residual(self, x: Tensor, norm: nn.Module, branch: Callable[[Tensor], Tensor]) -> Tensor:
        """X + branch(norm(x)), or norm(x + branch(x))."""
        if self.norm_first:
            return x + self.dropout(branch(norm(x)))
        return norm(x + self.dropout(branch(x)))

    def feed_forward(self, x: Float[Tensor, "*batch d"]) -> Float[Tensor, "*batch d"]:
        """The network with one hidden layer, the same at every position."""
        return self.linear2(self.dropout(self.activation(self.linear1(x))))

    def attend_to_self(
        self,
        x: Tensor,
        mask: Tensor | None,
        key_mask: Tensor | None,
        is_causal: bool,
        cache: KeyValueCache | None,
    ) -> Tensor:
        """Self-attention of the positions."""
        output, _ = self.self_attn(
            x, x, x, mask=mask, key_mask=key_mask, is_causal=is_causal, need_weights=False,
            cache=cache,
        )  # fmt: skip
        return output


class TransformerEncoderLayer(_Layer):
    """Self-attention, then a small network at each position, each with a shortcut around it.

    With `is_causal` it is the layer of a decoder-only language model. Batch first; masks are True
    where attending is allowed (torch's are True where it is not, and have other names).

    Args:
        d_model: number of features.
        nhead: number of heads, which share them.
        dim_feedforward: hidden units of the small network.
        dropout: the share dropped of attention weights, hidden units and what the shortcuts meet.
        activation: "relu", "gelu", or a function.
        layer_norm_eps: what is added to variances.
        norm_first: normalize before a sub-layer (pre-norm, stable without warm-up) instead of
            after its shortcut (post-norm, as first proposed).
        bias: whether maps and normalizations have biases.
        rotary: turns queries and keys by their positions.

    Attributes:
        self_attn: the attention.
        linear1: the first map of the small network; linear2: the second.
        norm1: the normalization of the attention; norm2: that of the network.

    Raises:
        ValueError: sizes, an activation or inputs that do not fit.

    Section: :ref:`sec-transformer`.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762; pre-norm: Xiong et
    al. (2020), On layer normalization in the transformer architecture, arXiv:2002.04745.

    Example:
        >>> import torch
        >>> TransformerEncoderLayer(8, 2, 16)(torch.zeros(5, 7, 8)).shape
        torch.Size([5, 7, 8])

    In production: torch.nn.TransformerEncoderLayer(batch_first=True).
    """

    def forward(
        self,
        src: Float[Tensor, "n t d"],
        *,
        mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        is_causal: bool = False,
        cache: KeyValueCache | None = None,
    ) -> Float[Tensor, "n t d"]:
        """The positions after one layer; masks and cache as in `MultiHeadAttention`."""

        def attend(x: Tensor) -> Tensor:
            return self.attend_to_self(x, mask, key_mask, is_causal, cache)

        x = self.residual(src, self.norm1, attend)
        return self.residual(x, self.norm2, self.feed_forward)


class DecoderCache(NamedTuple):
    """What a layer of a decoder need not compute again.

    Attributes:
        target: keys and values of the outputs so far.
        memory: those of the encoder's memory.

    Section: :ref:`sec-key-value-cache`.

    Example:
        >>> DecoderCache.empty().target.length
        0
    """

    target: KeyValueCache
    memory: KeyValueCache

    @classmethod
    def empty(cls) -> "DecoderCache":
        """A cache before the first step."""
        return cls(KeyValueCache(), KeyValueCache(static=True))

    def reorder(self, indices: Tensor) -> None:
        """Keep these sequences in this order."""
        self.target.reorder(indices)
        self.memory.reorder(indices)


class TransformerDecoderLayer(_Layer):
    """Causal self-attention, attention to the encoder's memory, a small network at each position.

    Batch first; masks are True where attending is allowed (torch's are True where it is not, and
    have other names).

    Args:
        d_model: number of features.
        nhead: number of heads, which share them.
        dim_feedforward: hidden units of the small network.
        dropout: the share dropped of attention weights, hidden units and what the shortcuts meet.
        activation: "relu", "gelu", or a function.
        layer_norm_eps: what is added to variances.
        norm_first: normalize before a sub-layer (pre-norm) instead of after its shortcut.
        bias: whether maps and normalizations have biases.
        rotary: turns queries and keys of the self-attention by their positions.

    Attributes:
        self_attn: the attention of the outputs to each other.
        multihead_attn: the attention to the memory.
        linear1: the first map of the small network; linear2: the second.
        norm1: the normalization of the self-attention; norm2: that of the attention to the memory;
            norm3: that of the network.

    Raises:
        ValueError: sizes, an activation or inputs that do not fit.

    Section: :ref:`sec-transformer`.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762.

    Example:
        >>> import torch
        >>> layer = TransformerDecoderLayer(8, 2, 16)
        >>> layer(torch.zeros(5, 7, 8), torch.zeros(5, 3, 8), is_causal=True).shape
        torch.Size([5, 7, 8])

    In production: torch.nn.TransformerDecoderLayer(batch_first=True).
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Tensor], Tensor] = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        *,
        rotary: RotaryEmbedding | None = None,
    ) -> None:
        super().__init__(
            d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, norm_first, bias,
            rotary=rotary,
        )  # fmt: skip
        self.multihead_attn = MultiHeadAttention(d_model, nhead, dropout, bias)
        self.norm3 = LayerNorm(d_model, layer_norm_eps, bias=bias)

    def forward(
        self,
        tgt: Float[Tensor, "n t d"],
        memory: Float[Tensor, "n t_memory d"],
        *,
        mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        memory_key_mask: Tensor | None = None,
        is_causal: bool = False,
        cache: DecoderCache | None = None,
    ) -> Float[Tensor, "n t d"]:
        """The positions after one layer.

        Args:
            tgt: the outputs so far; with a cache the new ones only.
            memory: what the encoder made of the input.
            mask: True where an output may see an output, as in `MultiHeadAttention`.
            key_mask: True for outputs that are no padding.
            memory_mask: True where an output may see a position of the memory.
            memory_key_mask: True for positions of the memory that are no padding.
            is_causal: let outputs see no later ones.
            cache: what earlier calls computed.
        """

        def attend(x: Tensor) -> Tensor:
            target = None if cache is None else cache.target
            return self.attend_to_self(x, mask, key_mask, is_causal, target)

        def attend_to_memory(x: Tensor) -> Tensor:
            output, _ = self.multihead_attn(
                x, memory, memory, mask=memory_mask, key_mask=memory_key_mask, need_weights=False,
                cache=None if cache is None else cache.memory,
            )  # fmt: skip
            return output

        x = self.residual(tgt, self.norm1, attend)
        x = self.residual(x, self.norm2, attend_to_memory)
        return self.residual(x, self.norm3, self.feed_forward)


class _Stack(nn.Module):
    def __init__(self, layer: nn.Module, num_layers: int, norm: nn.Module | None = None) -> None:
        super().__init__()
        if num_layers < 1:
            raise ValueError(f"number of layers must be at least 1, got {num_layers}")
        self.layers = nn.ModuleList(copy.deepcopy(layer) for _ in range(num_layers))
        for part in self.layers.modules():
            if callable(restart := getattr(part, "reset_parameters", None)):
                restart()
        self.norm = norm

    def apply_layers(
        self, x: Tensor, *memory: Tensor, caches: Sequence | None, **options
    ) -> Tensor:
        """The positions after all layers and the last normalization."""
        if caches is not None and len(caches) != len(self.layers):
            raise ValueError(f"{len(self.layers)} layers, {len(caches)} caches")
        for i, layer in enumerate(self.layers):
            x = layer(x, *memory, cache=None if caches is None else caches[i], **options)
        return x if self.norm is None else self.norm(x)


class TransformerEncoder(_Stack):
    """A stack of encoder layers.

    Args:
        encoder_layer: the layer to copy; unlike in torch each copy draws its own parameters.
        num_layers: number of copies.
        norm: what comes last; pre-norm layers need one.

    Attributes:
        layers: the copies.
        norm: what comes last, or None.

    Raises:
        ValueError: no layer, or inputs that do not fit.

    Section: :ref:`sec-transformer`.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762.

    Example:
        >>> import torch
        >>> encoder = TransformerEncoder(TransformerEncoderLayer(8, 2, 16), 3)
        >>> encoder(torch.zeros(5, 7, 8)).shape, len(encoder.layers)
        (torch.Size([5, 7, 8]), 3)

    In production: torch.nn.TransformerEncoder.
    """

    def __init__(
        self,
        encoder_layer: TransformerEncoderLayer,
        num_layers: int,
        norm: nn.Module | None = None,
    ) -> None:
        super().__init__(encoder_layer, num_layers, norm)

    def forward(
        self,
        src: Float[Tensor, "n t d"],
        *,
        mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        is_causal: bool = False,
        caches: Sequence[KeyValueCache] | None = None,
    ) -> Float[Tensor, "n t d"]:
        """The positions after all layers; there is one cache a layer."""
        return self.apply_layers(
            src, caches=caches, mask=mask, key_mask=key_mask, is_causal=is_causal
        )


class TransformerDecoder(_Stack):
    """A stack of decoder layers, each of which sees the whole memory.

    Args:
        decoder_layer: the layer to copy; unlike in torch each copy draws its own parameters.
        num_layers: number of copies.
        norm: what comes last; pre-norm layers need one.

    Attributes:
        layers: the copies.
        norm: what comes last, or None.

    Raises:
        ValueError: no layer, or inputs that do not fit.

    Section: :ref:`sec-transformer`.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762.

    Example:
        >>> import torch
        >>> decoder = TransformerDecoder(TransformerDecoderLayer(8, 2, 16), 3)
        >>> decoder(torch.zeros(5, 7, 8), torch.zeros(5, 3, 8)).shape
        torch.Size([5, 7, 8])

    In production: torch.nn.TransformerDecoder.
    """

    def __init__(
        self,
        decoder_layer: TransformerDecoderLayer,
        num_layers: int,
        norm: nn.Module | None = None,
    ) -> None:
        super().__init__(decoder_layer, num_layers, norm)

    def forward(
        self,
        tgt: Float[Tensor, "n t d"],
        memory: Float[Tensor, "n t_memory d"],
        *,
        mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        memory_key_mask: Tensor | None = None,
        is_causal: bool = False,
        caches: Sequence[DecoderCache] | None = None,
    ) -> Float[Tensor, "n t d"]:
        """The positions after all layers; masks as in the layer, one cache a layer."""
        return self.apply_layers(
            tgt, memory, caches=caches, mask=mask, key_mask=key_mask, memory_mask=memory_mask,
            memory_key_mask=memory_key_mask, is_causal=is_causal,
        )  # fmt: skip
