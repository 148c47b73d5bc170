"""Recurrent networks with a head for a task: the next character, a class, a tag for each token."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn

_CELLS: dict[str, Callable[..., nn.Module]] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def _recurrent(
    cell: str, input_size: int, hidden_size: int, num_layers: int, dropout: float, both: bool
) -> nn.Module:
    if cell not in _CELLS:
        raise ValueError(f"unknown cell {cell!r}: choose from {', '.join(_CELLS)}")
    if num_layers < 1:
        raise ValueError(f"num_layers must be at least 1, got {num_layers}")
    between = dropout if num_layers > 1 else 0.0
    return _CELLS[cell](
        input_size, hidden_size, num_layers, batch_first=True, dropout=between, bidirectional=both
    )


def _stack(states: Sequence[Any]) -> Any:
    """Several sequences' states as one batch's."""
    if isinstance(states[0], Tensor):
        return torch.cat(list(states), dim=1)
    return tuple(torch.cat(parts, dim=1) for parts in zip(*states, strict=True))


def _pick(state: Any, row: int) -> Any:
    """One sequence's state out of a batch's."""
    if isinstance(state, Tensor):
        return state[:, row : row + 1]
    return tuple(part[:, row : row + 1] for part in state)


class CharLM(nn.Module):
    """A language model: from the tokens so far, scores for the next one.

    Args:
        vocab_size: how many tokens there are, V.
        embedding_dim: length of their vectors.
        hidden_size: size of the state.
        num_layers: how many recurrent layers.
        cell: "rnn", "gru" or "lstm".
        dropout: share of the vectors and outputs dropped while training.

    Attributes:
        embedding: vectors of the tokens.
        rnn: the recurrent layers, of torch.nn.
        head: scores from the state.

    Raises:
        ValueError: an unknown cell or no layer.

    Section: :ref:`sec-language-model`.

    Source: Mikolov, Karafiát, Burget, Černocký, Khudanpur (2010), Recurrent neural network based
        language model, Interspeech; Graves (2013), Generating sequences with recurrent neural
        networks, arXiv:1308.0850.

    Example:
        >>> logits, state = CharLM(11)(torch.zeros(2, 7, dtype=torch.int64))
        >>> logits.shape
        torch.Size([2, 7, 11])

    In production: a Transformer, see `TransformerLM`.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_dim: int = 32,
        hidden_size: int = 128,
        num_layers: int = 1,
        cell: str = "lstm",
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_dim)
        self.rnn = _recurrent(cell, embedding_dim, hidden_size, num_layers, dropout, False)
        self.head = nn.Linear(hidden_size, vocab_size)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, tokens: Int[Tensor, "n t"], state: Any = None
    ) -> tuple[Float[Tensor, "n t k"], Any]:
        """Scores of the next token after each, shape (n, t, V), and the state to go on from.

        Args:
            tokens: shape (n, t).
            state: what a call before returned, to continue its sequences; by default 0.

        Returns:
            Logits and the last state; detach it before the next chunk of truncated backpropagation.
        """
        outputs, state = self.rnn(self.dropout(self.embedding(tokens)), state)
        return self.head(self.dropout(outputs)), state

    def stepper(self) -> Callable[[Tensor], Tensor]:
        """A step for `greedy_decode`, `sample_sequence` and `beam_search`.

        It remembers the state after every prefix it has seen, so that a prefix with one token more
        costs one step. Make a new one for every search.
        """
        states: dict[tuple[int, ...], Any] = {}

        @torch.no_grad()
        def step(prefixes: Tensor) -> Tensor:
            keys = [tuple(row) for row in prefixes.tolist()]
            if all(key[:-1] in states for key in keys):
                before = _stack([states[key[:-1]] for key in keys])
                logits, after = self(prefixes[:, -1:], before)
            else:
                logits, after = self(prefixes)
            states.update((key, _pick(after, row)) for row, key in enumerate(keys))
            return logits[:, -1]

        return step


class _SequenceReader(nn.Module):
    """Vectors or embedded tokens, read by recurrent layers."""

    def __init__(
        self,
        input_size: int,
        num_classes: int,
        hidden_size: int = 64,
        *,
        embedding_dim: int | None = None,
        cell: str = "lstm",
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.embedding = None if embedding_dim is None else nn.Embedding(input_size, embedding_dim)
        width = input_size if embedding_dim is None else embedding_dim
        self.rnn = _recurrent(cell, width, hidden_size, num_layers, dropout, bidirectional)
        self.head = nn.Linear(hidden_size * (2 if bidirectional else 1), num_classes)
        self.dropout = nn.Dropout(dropout)

    def _read(self, X: Tensor, lengths: Tensor | None) -> tuple[Tensor, Any]:
        if self.embedding is not None:
            if X.ndim != 2 or X.is_floating_point():
                raise ValueError(f"expected tokens of shape (n, t), got {tuple(X.shape)}")
            X = self.embedding(X)
        elif X.ndim != 3 or X.shape[2] != self.input_size:
            raise ValueError(f"expected shape (n, t, {self.input_size}), got {tuple(X.shape)}")
        X = self.dropout(X)
        if lengths is None:
            return self.rnn(X)
        packed = nn.utils.rnn.pack_padded_sequence(
            X, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        outputs, state = self.rnn(packed)
        padded, _ = nn.utils.rnn.pad_packed_sequence(
            outputs, batch_first=True, total_length=X.shape[1]
        )
        return padded, state


class SequenceClassifier(_SequenceReader):
    """Many to one: a sequence is read to its end, then judged by the last state.

    Args:
        input_size: number of features a step, or of different tokens.
        num_classes: number of outputs, k; 1 for a regression.
        hidden_size: size of each direction's state.
        embedding_dim: length of the tokens' vectors; None if the inputs are vectors themselves.
        cell: "rnn", "gru" or "lstm".
        num_layers: how many recurrent layers.
        bidirectional: whether a second network reads from the end.
        dropout: share of inputs and states dropped while training.

    Attributes:
        rnn: the recurrent layers, of torch.nn.
        head: outputs from the last states of the top layer.

    Raises:
        ValueError: an unknown cell, no layer, inputs of another shape.

    Section: :ref:`sec-sequence-types`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 10.2.

    Example:
        >>> SequenceClassifier(2, 3)(torch.zeros(5, 7, 2)).shape
        torch.Size([5, 3])

    In production: a pre-trained Transformer for text; this for short series.
    """

    def forward(
        self, X: Shaped[Tensor, "n t ..."], lengths: Int[Tensor, " n"] | None = None
    ) -> Float[Tensor, "n k"]:
        """Outputs (n, k) of tokens (n, t) or vectors (n, t, d), of which `lengths` are real."""
        _, state = self._read(X, lengths)
        last = state if isinstance(state, Tensor) else state[0]
        directions = 2 if self.rnn.bidirectional else 1
        return self.head(self.dropout(torch.cat(list(last[-directions:]), dim=-1)))


class SequenceTagger(_SequenceReader):
    """Many to many, step by step: an output for every input.

    Args:
        input_size: number of features a step, or of different tokens.
        num_classes: number of outputs a step, k.
        hidden_size: size of each direction's state.
        embedding_dim: length of the tokens' vectors; None if the inputs are vectors themselves.
        cell: "rnn", "gru" or "lstm".
        num_layers: how many recurrent layers.
        bidirectional: whether a second network reads from the end.
        dropout: share of inputs and states dropped while training.

    Attributes:
        rnn: the recurrent layers, of torch.nn.
        head: outputs from the states of the top layer.

    Raises:
        ValueError: an unknown cell, no layer, inputs of another shape.

    Section: :ref:`sec-sequence-types`.

    Source: Huang, Xu, Yu (2015), Bidirectional LSTM-CRF models for sequence tagging,
        arXiv:1508.01991.

    Example:
        >>> SequenceTagger(11, 3, embedding_dim=4)(torch.zeros(5, 7, dtype=torch.int64)).shape
        torch.Size([5, 7, 3])

    In production: a pre-trained Transformer for text; this for short series.
    """

    def forward(
        self, X: Shaped[Tensor, "n t ..."], lengths: Int[Tensor, " n"] | None = None
    ) -> Float[Tensor, "n t k"]:
        """Outputs (n, t, k) of tokens (n, t) or vectors (n, t, d), of which `lengths` are real."""
        outputs, _ = self._read(X, lengths)
        return self.head(self.dropout(outputs))
