"""An encoder of text as in BERT: what stands on both sides of a word tells what it means."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from dlcore.nn import LearnedPositionalEncoding, TransformerEncoder, TransformerEncoderLayer

IGNORED = -100


class TextEncoder(nn.Module):
    """Tokens to vectors that know their surroundings: embeddings, positions, pre-norm attention.

    Args:
        vocab_size: number of tokens, V.
        d_model: number of features.
        nhead: number of heads, which share them.
        num_layers: number of layers.
        dim_feedforward: hidden units of the small networks, by default 4 d.
        max_len: the longest text.
        dropout: the share dropped, see `dlcore.nn.TransformerEncoderLayer`.
        padding_idx: the token that fills texts up; none attends to it.
        segments: how many parts of a text are told apart, such as question and passage.

    Attributes:
        embedding: vectors of the tokens.
        encoder: the stack of `dlcore.nn.TransformerEncoder`.

    Raises:
        ValueError: sizes that do not fit; in `forward`, texts that are too long or have another
            shape.

    Section: :ref:`sec-pretraining`.

    Source: Devlin, Chang, Lee, Toutanova (2019), BERT, arXiv:1810.04805; pre-norm instead of its
        post-norm.

    Example:
        >>> TextEncoder(11, d_model=8, nhead=2)(torch.ones(3, 5, dtype=torch.long)).shape
        torch.Size([3, 5, 8])

    In production: transformers.AutoModel.from_pretrained.
    """

    def __init__(
        self,
        vocab_size: int,
        *,
        d_model: int = 64,
        nhead: int = 4,
        num_layers: int = 2,
        dim_feedforward: int | None = None,
        max_len: int = 64,
        dropout: float = 0.1,
        padding_idx: int = 0,
        segments: int = 1,
    ) -> None:
        super().__init__()
        if vocab_size < 1 or segments < 1:
            raise ValueError(f"sizes must be at least 1, got {vocab_size} and {segments}")
        self.d_model, self.padding_idx, self.max_len = d_model, padding_idx, max_len
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.segments = nn.Embedding(segments, d_model)
        for table in (self.embedding, self.segments):
            nn.init.normal_(table.weight, std=0.02)
        self.positions = LearnedPositionalEncoding(max_len, d_model, dropout)
        layer = TransformerEncoderLayer(
            d_model, nhead, dim_feedforward or 4 * d_model, dropout, "gelu", norm_first=True
        )
        self.encoder = TransformerEncoder(layer, num_layers, nn.LayerNorm(d_model))

    def real(self, tokens: Int[Tensor, "n t"]) -> Bool[Tensor, "n t"]:
        """True for tokens that are no padding."""
        return tokens != self.padding_idx

    def forward(
        self, tokens: Int[Tensor, "n t"], segments: Int[Tensor, "n t"] | None = None
    ) -> Float[Tensor, "n t d"]:
        """The vectors of all positions; those of padding mean nothing."""
        if tokens.ndim != 2 or not 1 <= tokens.shape[1] <= self.max_len:
            raise ValueError(
                f"expected tokens (n, t) with t in 1..{self.max_len}, got {tuple(tokens.shape)}"
            )
        if segments is None:
            segments = torch.zeros_like(tokens)
        x = self.positions(self.embedding(tokens) + self.segments(segments))
        return self.encoder(x, key_mask=self.real(tokens))


class TextClassifier(nn.Module):
    """The mean vector of a text's real tokens, and a linear map to classes.

    Args:
        encoder: which reads the text; fresh or pre-trained.
        num_classes: K.

    Raises:
        ValueError: fewer than one class; in `forward`, what the encoder rejects.

    Section: :ref:`sec-text-classification`.

    Source: Devlin, Chang, Lee, Toutanova (2019), BERT, arXiv:1810.04805, which takes the first
        token's vector instead of the mean.

    Example:
        >>> TextClassifier(TextEncoder(11), 3)(torch.ones(2, 5, dtype=torch.long)).shape
        torch.Size([2, 3])

    In production: transformers.AutoModelForSequenceClassification.
    """

    def __init__(self, encoder: TextEncoder, num_classes: int) -> None:
        super().__init__()
        if num_classes < 1:
            raise ValueError(f"num_classes must be at least 1, got {num_classes}")
        self.encoder = encoder
        self.head = nn.Linear(encoder.d_model, num_classes)

    def forward(self, tokens: Int[Tensor, "n t"]) -> Float[Tensor, "n k"]:
        """Logits of the classes; a text of nothing but padding gets those of the vector 0."""
        weight = self.encoder.real(tokens).to(self.head.weight)[..., None]
        total = (weight * self.encoder(tokens)).sum(dim=1)
        return self.head(total / weight.sum(dim=1).clamp(min=1))


class MaskedLM(nn.Module):
    """Which token stands behind a mask? The encoder's vectors against all embeddings.

    Args:
        encoder: which reads the text.

    Section: :ref:`sec-pretraining`.

    Source: Devlin, Chang, Lee, Toutanova (2019), BERT, arXiv:1810.04805, section 3.1.

    Example:
        >>> MaskedLM(TextEncoder(11))(torch.ones(2, 5, dtype=torch.long)).shape
        torch.Size([2, 5, 11])

    In production: transformers.AutoModelForMaskedLM.
    """

    def __init__(self, encoder: TextEncoder) -> None:
        super().__init__()
        d = encoder.d_model
        self.encoder = encoder
        self.transform = nn.Sequential(nn.Linear(d, d), nn.GELU(), nn.LayerNorm(d))
        self.bias = nn.Parameter(torch.zeros(encoder.embedding.num_embeddings))

    def forward(self, tokens: Int[Tensor, "n t"]) -> Float[Tensor, "n t k"]:
        """Logits of the tokens at every position."""
        return self.transform(self.encoder(tokens)) @ self.encoder.embedding.weight.T + self.bias


class SpanReader(nn.Module):
    """Where in a text does the answer begin, and where does it end?

    Args:
        encoder: which reads question and passage as two segments.

    Raises:
        ValueError: in `forward`, shapes that differ.

    Section: :ref:`sec-question-answering`.

    Source: Devlin, Chang, Lee, Toutanova (2019), BERT, arXiv:1810.04805, section 4.2.

    Example:
        >>> reader = SpanReader(TextEncoder(11, segments=2))
        >>> start, end = reader(torch.ones(2, 5, dtype=torch.long), torch.ones(2, 5).long())
        >>> start.shape, end.shape
        (torch.Size([2, 5]), torch.Size([2, 5]))

    In production: transformers.AutoModelForQuestionAnswering.
    """

    def __init__(self, encoder: TextEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(encoder.d_model, 2)

    def forward(
        self, tokens: Int[Tensor, "n t"], segments: Int[Tensor, "n t"]
    ) -> tuple[Float[Tensor, "n t"], Float[Tensor, "n t"]]:
        """Logits of first and last word: minus infinity but in the passage, segment 1."""
        if tokens.shape != segments.shape:
            raise ValueError(
                f"expected a segment for each token, got {tuple(tokens.shape)} and "
                f"{tuple(segments.shape)}"
            )
        passage = (segments == 1) & self.encoder.real(tokens)
        scores = self.head(self.encoder(tokens, segments))
        start, end = scores.masked_fill(~passage[..., None], -torch.inf).unbind(dim=-1)
        return start, end


def mask_tokens(
    tokens: Int[Tensor, "n t"],
    mask_token: int,
    vocab_size: int,
    *,
    probability: float = 0.15,
    protected: Sequence[int] = (0,),
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, "n t"], Int[Tensor, "n t"]]:
    """Hide some tokens, to be guessed: most behind a mask, some behind another token, some not.

    Args:
        tokens: shape (n, t).
        mask_token: what hides.
        vocab_size: V; another token is drawn from all that are neither protected nor the mask.
        probability: the share of tokens to be guessed, of which 80 % become the mask, 10 % another
            token and 10 % stay as they are.
        protected: tokens that are never chosen, such as padding.
        generator: source of the draws; by default torch's global one.

    Returns:
        The changed tokens; and the targets: the old token where it is to be guessed, elsewhere
        -100, which `torch.nn.functional.cross_entropy` ignores.

    Raises:
        ValueError: a probability outside [0, 1], tokens outside 0..V - 1, nothing to draw from.

    Equation: :eq:`eq-masked-lm`.
    Section: :ref:`sec-pretraining`.

    Source: Devlin, Chang, Lee, Toutanova (2019), BERT, arXiv:1810.04805, section 3.1.

    Example:
        >>> tokens = torch.tensor([[5, 6, 7, 0]])
        >>> inputs, targets = mask_tokens(tokens, mask_token=1, vocab_size=9, probability=1.0)
        >>> targets
        tensor([[   5,    6,    7, -100]])

    In production: transformers.DataCollatorForLanguageModeling.
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"probability must lie in [0, 1], got {probability}")
    if tokens.numel() and not 0 <= int(tokens.min()) <= int(tokens.max()) < vocab_size:
        raise ValueError(f"tokens must lie in 0..{vocab_size - 1}")
    others = [i for i in range(vocab_size) if i not in {*protected, mask_token}]
    if not others:
        raise ValueError("every token is protected")
    device = tokens.device

    def draw() -> Tensor:
        return torch.rand(tokens.shape, generator=generator, device=device)

    chosen = draw() < probability
    for token in protected:
        chosen &= tokens != token
    fate = draw()
    picks = torch.tensor(others, device=device)
    random = picks[(draw() * len(others)).long().clamp(max=len(others) - 1)]
    inputs = tokens.where(~(chosen & (fate < 0.8)), torch.full_like(tokens, mask_token))
    inputs = inputs.where(~(chosen & (fate >= 0.8) & (fate < 0.9)), random.to(tokens.dtype))
    return inputs, tokens.where(chosen, torch.full_like(tokens, IGNORED))
