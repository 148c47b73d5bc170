"""A network reads the words, a conditional random field agrees on their tags."""

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from dlcore.graphical.linear_chain_crf import LinearChainCRF
from dlcore.models import SequenceTagger


class BiLSTMCRF(nn.Module):
    """Scores of tags from an LSTM in both directions, judged together by a random field.

    Args:
        vocab_size: how many different tokens there are.
        num_tags: k.
        embedding_dim: length of the tokens' vectors.
        hidden_size: size of each direction's state.
        dropout: share of inputs and states dropped while training.
        allowed: which tag may follow which, shape (k, k); by default any.
        allowed_first: which may come first, shape (k,); by default any.

    Attributes:
        tagger: embedding, LSTM and head, a `dlcore.models.SequenceTagger`.
        crf: a `LinearChainCRF`.

    Raises:
        ValueError: what `LinearChainCRF` rejects.

    Equation: :eq:`eq-neural-crf`.
    Section: :ref:`sec-neural-crf`.

    Source: Huang, Xu, Yu (2015), Bidirectional LSTM-CRF models for sequence tagging,
        arXiv:1508.01991.

    Example:
        >>> import torch
        >>> model = BiLSTMCRF(vocab_size=11, num_tags=3)
        >>> tokens = torch.zeros(2, 5, dtype=torch.long)
        >>> model(tokens, tokens).shape, model.predict(tokens).shape
        (torch.Size([]), torch.Size([2, 5]))

    In production: a pre-trained Transformer with torchcrf.CRF on top.
    """

    def __init__(
        self,
        vocab_size: int,
        num_tags: int,
        embedding_dim: int = 32,
        hidden_size: int = 32,
        *,
        dropout: float = 0.0,
        allowed: Bool[Tensor, "k k"] | None = None,
        allowed_first: Bool[Tensor, " k"] | None = None,
    ) -> None:
        super().__init__()
        self.crf = LinearChainCRF(num_tags, allowed, allowed_first)
        self.tagger = SequenceTagger(
            vocab_size,
            num_tags,
            hidden_size,
            embedding_dim=embedding_dim,
            bidirectional=True,
            dropout=dropout,
        )

    def scores(
        self, tokens: Int[Tensor, "b t"], lengths: Int[Tensor, " b"] | None = None
    ) -> Float[Tensor, "b t k"]:
        """The network's own score of each tag at each step, shape (b, t, k)."""
        return self.tagger(tokens, lengths)

    def forward(
        self,
        tokens: Int[Tensor, "b t"],
        tags: Int[Tensor, "b t"],
        lengths: Int[Tensor, " b"] | None = None,
    ) -> Float[Tensor, ""]:
        """The loss: the mean over the sequences of how surprising the tags are, in nats."""
        return self.crf(self.scores(tokens, lengths), tags, lengths)

    def predict(
        self, tokens: Int[Tensor, "b t"], lengths: Int[Tensor, " b"] | None = None
    ) -> Int[Tensor, "b t"]:
        """The most probable sequence of tags, shape (b, t), -1 beyond a length."""
        return self.crf.viterbi(self.scores(tokens, lengths), lengths)[0]
