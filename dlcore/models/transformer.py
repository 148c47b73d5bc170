"""The Transformer: encoder and decoder for transduction, decoder alone for language modelling."""

import math
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from dlcore.nn import (
    DecoderCache,
    KeyValueCache,
    LearnedPositionalEncoding,
    RotaryEmbedding,
    SinusoidalPositionalEncoding,
    TransformerDecoder,
    TransformerDecoderLayer,
    TransformerEncoder,
    TransformerEncoderLayer,
)


class _Cache(Protocol):
    def reorder(self, indices: Tensor) -> None: ...


C = TypeVar("C", bound=_Cache)


class CachedStep(Generic[C]):
    """The next token's logits for prefixes that grow by a token a call, each computed once.

    A prefix that extends one of the last call takes over what the cache holds of it, so that
    beams may be dropped, copied and reordered; anything else is computed from the start.
    """

    def __init__(
        self,
        advance: Callable[[Tensor, Sequence[C]], Tensor],
        new_caches: Callable[[], Sequence[C]],
        sources: int = 1,
    ) -> None:
        self.advance, self.new_caches, self.sources = advance, new_caches, sources
        self.caches: Sequence[C] = []
        self.seen: Tensor | None = None

    def _parents(self, prefixes: Tensor) -> Tensor | None:
        """The rows of the last call that these extend, if all do."""
        seen = self.seen
        if seen is None or prefixes.shape[1] != seen.shape[1] + 1:
            return None
        rows = torch.arange(len(prefixes), device=prefixes.device)
        if len(prefixes) == len(seen) and torch.equal(prefixes[:, :-1], seen):
            return rows
        same = (prefixes[:, None, :-1] == seen).all(-1)
        return same.int().argmax(1) if self.sources == 1 and same.any(1).all() else None

    @torch.no_grad()
    def __call__(self, prefixes: Int[Tensor, "b t"]) -> Float[Tensor, "b k"]:
        """The logits, shape (b, k)."""
        parents = self._parents(prefixes)
        if parents is None:
            self.caches, new = self.new_caches(), prefixes
        else:
            new = prefixes[:, -1:]
            for cache in self.caches:
                cache.reorder(parents)
        logits = self.advance(new, self.caches)[:, -1]
        self.seen = prefixes
        return logits


class Transformer(nn.Module):
    """Encoder and decoder of attention: from a sequence of tokens to another.

    Embeddings are multiplied by sqrt(d) and get sinusoidal positions; the encoder sees the whole
    source, the decoder the source and its own outputs so far.

    Args:
        source_size: number of tokens of the source.
        target_size: number of tokens of the target.
        d_model: number of features.
        nhead: number of heads, which share them.
        num_encoder_layers: layers of the encoder.
        num_decoder_layers: layers of the decoder.
        dim_feedforward: hidden units of the small networks.
        dropout: the share dropped, see `dlcore.nn.TransformerEncoderLayer`.
        norm_first: normalize before a sub-layer (pre-norm) or after its shortcut (post-norm).
        padding_idx: the token that fills sources up.

    Attributes:
        encoder: the stack of `dlcore.nn.TransformerEncoder`.
        decoder: the stack of `dlcore.nn.TransformerDecoder`.

    Raises:
        ValueError: sizes that do not fit.

    Section: :ref:`sec-transformer`.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762.

    Example:
        >>> model = Transformer(11, 13, d_model=8, nhead=2, dim_feedforward=16)
        >>> source, target = torch.ones(2, 5, dtype=torch.long), torch.ones(2, 3, dtype=torch.long)
        >>> model(source, target).shape
        torch.Size([2, 3, 13])

    In production: torch.nn.Transformer, which has neither embeddings nor positions.
    """

    def __init__(
        self,
        source_size: int,
        target_size: int,
        d_model: int = 128,
        nhead: int = 4,
        num_encoder_layers: int = 2,
        num_decoder_layers: int = 2,
        dim_feedforward: int = 512,
        dropout: float = 0.1,
        norm_first: bool = True,
        padding_idx: int = 0,
    ) -> None:
        super().__init__()
        sizes = (d_model, nhead, dim_feedforward, dropout)
        self.padding_idx, self.d_model = padding_idx, d_model
        self.source_embedding = nn.Embedding(source_size, d_model)
        self.target_embedding = nn.Embedding(target_size, d_model)
        for embedding in (self.source_embedding, self.target_embedding):
            nn.init.normal_(embedding.weight, std=d_model**-0.5)
        self.positions = SinusoidalPositionalEncoding(d_model, dropout)
        self.encoder = TransformerEncoder(
            TransformerEncoderLayer(*sizes, norm_first=norm_first),
            num_encoder_layers,
            nn.LayerNorm(d_model),
        )
        self.decoder = TransformerDecoder(
            TransformerDecoderLayer(*sizes, norm_first=norm_first),
            num_decoder_layers,
            nn.LayerNorm(d_model),
        )
        self.output = nn.Linear(d_model, target_size)

    def _embed(self, embedding: nn.Embedding, tokens: Tensor, start: int = 0) -> Tensor:
        return self.positions(math.sqrt(self.d_model) * embedding(tokens), start)

    def source_mask(self, source: Int[Tensor, "n t_source"]) -> Bool[Tensor, "n t_source"]:
        """True for tokens that are no padding."""
        return source != self.padding_idx

    def encode(self, source: Int[Tensor, "n t_source"]) -> Float[Tensor, "n t_source d"]:
        """The memory that the decoder attends to."""
        embedded = self._embed(self.source_embedding, source)
        return self.encoder(embedded, key_mask=self.source_mask(source))

    def decode(
        self,
        target: Int[Tensor, "n t"],
        memory: Float[Tensor, "n t_source d"],
        source_mask: Bool[Tensor, "n t_source"],
        caches: Sequence[DecoderCache] | None = None,
    ) -> Float[Tensor, "n t k"]:
        """Logits of the token after each position; with caches the target holds new tokens only."""
        start = caches[0].target.length if caches else 0
        embedded = self._embed(self.target_embedding, target, start)
        states = self.decoder(
            embedded, memory, memory_key_mask=source_mask, is_causal=True, caches=caches
        )
        return self.output(states)

    def forward(
        self, source: Int[Tensor, "n t_source"], target: Int[Tensor, "n t"]
    ) -> Float[Tensor, "n t k"]:
        """Logits of the token after each position of the target, which sees none that follow."""
        return self.decode(target, self.encode(source), self.source_mask(source))

    def new_caches(self) -> list[DecoderCache]:
        """An empty cache for each layer of the decoder."""
        return [DecoderCache.empty() for _ in self.decoder.layers]

    @torch.no_grad()
    def stepper(self, source: Int[Tensor, "n t_source"]) -> CachedStep[DecoderCache]:
        """What the decoders of `dlcore.models` call: from prefixes to the next token's logits.

        Of several sources row i of the prefixes belongs to source i; a single one is shared.
        """
        memory, mask = self.encode(source), self.source_mask(source)

        def advance(target: Tensor, caches: Sequence[DecoderCache]) -> Tensor:
            n = len(target)
            return self.decode(target, memory.expand(n, -1, -1), mask.expand(n, -1), caches)

        return CachedStep(advance, self.new_caches, len(source))


class TransformerLM(nn.Module):
    """A decoder-only language model: causal self-attention over one sequence, pre-norm, GELU.

    Args:
        vocab_size: number of tokens.
        d_model: number of features.
        nhead: number of heads, which share them.
        num_layers: number of layers.
        dim_feedforward: hidden units of the small networks, by default 4 d.
        max_len: the longest sequence, with learned positions.
        dropout: the share dropped, see `dlcore.nn.TransformerEncoderLayer`.
        position: "learned" adds a vector for each position, "rotary" turns queries and keys,
            "none" leaves the order to what the causal mask gives away.
        tie_weights: whether the output map is the embedding, transposed.

    Raises:
        ValueError: sizes that do not fit, an unknown kind of position, or a sequence longer than
            the learned positions.

    Section: :ref:`sec-transformer`.

    Source: Radford, Wu, Child, Luan, Amodei, Sutskever (2019), Language models are unsupervised
    multitask learners.

    Example:
        >>> model = TransformerLM(11, d_model=8, nhead=2)
        >>> model(torch.zeros(2, 5, dtype=torch.long)).shape
        torch.Size([2, 5, 11])

    In production: transformers.GPT2LMHeadModel.
    """

    def __init__(
        self,
        vocab_size: int,
        d_model: int = 128,
        nhead: int = 4,
        num_layers: int = 2,
        dim_feedforward: int | None = None,
        max_len: int = 256,
        dropout: float = 0.1,
        position: str = "learned",
        tie_weights: bool = True,
    ) -> None:
        super().__init__()
        if position not in ("learned", "rotary", "none"):
            raise ValueError(f"position must be learned, rotary or none, got {position!r}")
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.positions = (
            LearnedPositionalEncoding(max_len, d_model) if position == "learned" else None
        )
        self.dropout = nn.Dropout(dropout)
        rotary = RotaryEmbedding(d_model // nhead) if position == "rotary" else None
        layer = TransformerEncoderLayer(
            d_model, nhead, dim_feedforward or 4 * d_model, dropout, "gelu", norm_first=True,
            rotary=rotary,
        )  # fmt: skip
        self.blocks = TransformerEncoder(layer, num_layers, nn.LayerNorm(d_model))
        self.output = nn.Linear(d_model, vocab_size, bias=False)
        if tie_weights:
            self.output.weight = self.embedding.weight

    def forward(
        self, tokens: Int[Tensor, "n t"], caches: Sequence[KeyValueCache] | None = None
    ) -> Float[Tensor, "n t k"]:
        """Logits of the token after each position, which sees none that follow.

        With caches, one a layer, `tokens` holds new tokens only.
        """
        x = self.embedding(tokens)
        if self.positions is not None:
            x = self.positions(x, start=caches[0].length if caches else 0)
        return self.output(self.blocks(self.dropout(x), is_causal=True, caches=caches))

    def new_caches(self) -> list[KeyValueCache]:
        """An empty cache for each layer."""
        return [KeyValueCache() for _ in self.blocks.layers]

    def stepper(self) -> CachedStep[KeyValueCache]:
        """What the decoders of `dlcore.models` call: from prefixes to the next token's logits."""
        return CachedStep(self.forward, self.new_caches)
