"""Sequence to sequence with recurrent networks: encoder, decoders without and with attention."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from dlcore.nn import AdditiveAttention


class Memory(NamedTuple):
    """What an encoder made of its source.

    Attributes:
        states: one for each token, shape (n, t, d).
        final: the last state of each sequence, shape (n, d); of both directions side by side.
        mask: True for tokens that are no padding, shape (n, t).

    Section: :ref:`sec-encoder-decoder`.

    Example:
        >>> memory = Encoder(11, 4, 8)(torch.tensor([[5, 7, 0], [2, 3, 4]]))
        >>> memory.mask
        tensor([[ True,  True, False],
                [ True,  True,  True]])
    """

    states: Tensor
    final: Tensor
    mask: Tensor

    def expand(self, n: int) -> "Memory":
        """One source's memory for n sequences."""
        states, final, mask = self
        return Memory(states.expand(n, -1, -1), final.expand(n, -1), mask.expand(n, -1))


class Encoder(nn.Module):
    """A gated recurrent network that reads the source, in one direction or in both.

    Args:
        vocab_size: number of tokens.
        embedding_dim: features of a token.
        hidden_size: features of a state, of each direction.
        bidirectional: read it backwards as well.
        padding_idx: the token that fills sequences up, at their ends.

    Attributes:
        output_size: features of the states that come out.

    Raises:
        ValueError: a source without any token.

    Section: :ref:`sec-encoder-decoder`.

    Source: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder for
    statistical machine translation, arXiv:1406.1078.

    Example:
        >>> memory = Encoder(11, 4, 8, bidirectional=True)(torch.ones(5, 3, dtype=torch.long))
        >>> memory.states.shape, memory.final.shape
        (torch.Size([5, 3, 16]), torch.Size([5, 16]))

    In production: this; torch.nn.GRU does the work.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_dim: int,
        hidden_size: int,
        bidirectional: bool = False,
        padding_idx: int = 0,
    ) -> None:
        super().__init__()
        self.padding_idx = padding_idx
        self.output_size = hidden_size * (2 if bidirectional else 1)
        self.embedding = nn.Embedding(vocab_size, embedding_dim, padding_idx)
        self.rnn = nn.GRU(embedding_dim, hidden_size, batch_first=True, bidirectional=bidirectional)

    def forward(self, source: Int[Tensor, "n t"]) -> Memory:
        """States of all tokens and the last one; padding has no say."""
        mask = source != self.padding_idx
        lengths = mask.sum(1)
        if source.shape[1] == 0 or not (lengths > 0).all():
            raise ValueError("each source needs a token that is no padding")
        packed = pack_padded_sequence(
            self.embedding(source), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        states, last = self.rnn(packed)
        states, _ = pad_packed_sequence(states, batch_first=True, total_length=source.shape[1])
        return Memory(states, last.transpose(0, 1).flatten(1), mask)


class DecoderStep(NamedTuple):
    """What one step of a decoder gives.

    Attributes:
        logits: of the next token, shape (n, k).
        state: the decoder's new state, shape (n, h).
        weights: attention to the source's tokens, shape (n, t); uniform without attention.

    Section: :ref:`sec-encoder-decoder`.

    Example:
        >>> DecoderStep(torch.zeros(2, 5), torch.zeros(2, 8), torch.ones(2, 3) / 3).state.shape
        torch.Size([2, 8])
    """

    logits: Tensor
    state: Tensor
    weights: Tensor


class Decoder(nn.Module):
    """Writes the target token by token from one vector, the encoder's last state.

    The new state comes from the old one, the token before and the vector; the next token's
    distribution from the new state, the token before and the vector.

    Args:
        vocab_size: number of tokens.
        embedding_dim: features of a token.
        hidden_size: features of the decoder's state.
        memory_size: features of the encoder's states, `Encoder.output_size`.

    Raises:
        ValueError: a memory with other features.

    Equation: :eq:`eq-decoder-state`.
    Section: :ref:`sec-encoder-decoder`.

    Source: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder for
    statistical machine translation, arXiv:1406.1078.

    Example:
        >>> memory = Encoder(11, 4, 8)(torch.ones(5, 3, dtype=torch.long))
        >>> decoder = Decoder(13, 4, 8, memory_size=8)
        >>> step = decoder.step(torch.ones(5, dtype=torch.long), decoder.start(memory), memory)
        >>> step.logits.shape
        torch.Size([5, 13])

    In production: this; torch.nn.GRUCell does the work.
    """

    def __init__(
        self, vocab_size: int, embedding_dim: int, hidden_size: int, memory_size: int
    ) -> None:
        super().__init__()
        self.memory_size = memory_size
        self.embedding = nn.Embedding(vocab_size, embedding_dim)
        self.bridge = nn.Linear(memory_size, hidden_size)
        self.cell = nn.GRUCell(embedding_dim + memory_size, hidden_size)
        self.output = nn.Linear(hidden_size + embedding_dim + memory_size, vocab_size)

    def start(self, memory: Memory) -> Float[Tensor, "n h"]:
        """The state before the first step."""
        if memory.final.shape[-1] != self.memory_size:
            raise ValueError(
                f"expected a memory with {self.memory_size} features, got {memory.final.shape[-1]}"
            )
        return torch.tanh(self.bridge(memory.final))

    def context(self, state: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        """What the decoder sees of the source, shape (n, d), and its weights, shape (n, t)."""
        real = memory.mask.to(memory.states.dtype)
        return memory.final, real / real.sum(1, keepdim=True)

    def step(self, tokens: Int[Tensor, " n"], state: Tensor, memory: Memory) -> DecoderStep:
        """The next token's logits after these tokens, and the new state."""
        context, weights = self.context(state, memory)
        embedded = self.embedding(tokens)
        state = self.cell(torch.cat([embedded, context], -1), state)
        logits = self.output(torch.cat([state, embedded, context], -1))
        return DecoderStep(logits, state, weights)


class AttentionDecoder(Decoder):
    """A decoder that looks at the source anew at each step: c_t = sum_i alpha_ti h_i.

    Args:
        vocab_size: number of tokens.
        embedding_dim: features of a token.
        hidden_size: features of the decoder's state.
        memory_size: features of the encoder's states.
        attention: the module that compares the state before the step with the encoder's states,
            by default `dlcore.nn.AdditiveAttention`.

    Attributes:
        attention: that module.

    Raises:
        ValueError: a memory with other features.

    Equation: :eq:`eq-attention-context`.
    Section: :ref:`sec-attention`.

    Source: Bahdanau, Cho, Bengio (2015), Neural machine translation by jointly learning to align
    and translate, arXiv:1409.0473.

    Example:
        >>> memory = Encoder(11, 4, 8)(torch.ones(5, 3, dtype=torch.long))
        >>> decoder = AttentionDecoder(13, 4, 8, memory_size=8)
        >>> step = decoder.step(torch.ones(5, dtype=torch.long), decoder.start(memory), memory)
        >>> step.weights.shape
        torch.Size([5, 3])

    In production: this; current systems are Transformers.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_dim: int,
        hidden_size: int,
        memory_size: int,
        attention: nn.Module | None = None,
    ) -> None:
        super().__init__(vocab_size, embedding_dim, hidden_size, memory_size)
        self.attention = attention or AdditiveAttention(hidden_size, memory_size, hidden_size)

    def context(self, state: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        """The average of the encoder's states that the attention picks, and its weights."""
        context, weights = self.attention(
            state.unsqueeze(1), memory.states, mask=memory.mask.unsqueeze(1)
        )
        return context.squeeze(1), weights.squeeze(1)


class Seq2Seq(nn.Module):
    """Encoder and decoder as one model of target given source.

    Args:
        encoder: makes a `Memory` of the source.
        decoder: `Decoder` or `AttentionDecoder`.

    Attributes:
        encoder: the encoder.
        decoder: the decoder.

    Section: :ref:`sec-encoder-decoder`.

    Source: Sutskever, Vinyals, Le (2014), Sequence to sequence learning with neural networks,
    arXiv:1409.3215.

    Example:
        >>> encoder = Encoder(11, 4, 8)
        >>> model = Seq2Seq(encoder, AttentionDecoder(13, 4, 8, encoder.output_size))
        >>> source, target = torch.ones(2, 5, dtype=torch.long), torch.ones(2, 3, dtype=torch.long)
        >>> model(source, target).shape
        torch.Size([2, 3, 13])

    In production: this; current systems are Transformers.
    """

    def __init__(self, encoder: Encoder, decoder: Decoder) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def unroll(
        self,
        memory: Memory,
        target: Int[Tensor, "n t"],
        teacher_forcing_ratio: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> tuple[Float[Tensor, "n t k"], Float[Tensor, "n t t_source"]]:
        """Logits and attention weights of all steps, see `forward`."""
        if not 0 <= teacher_forcing_ratio <= 1:
            raise ValueError(
                f"teacher_forcing_ratio must lie between 0 and 1, got {teacher_forcing_ratio}"
            )
        if target.shape[1] == 0:
            raise ValueError("the target needs at least its first token")
        steps: list[DecoderStep] = []
        state, tokens = self.decoder.start(memory), target[:, 0]
        for t in range(target.shape[1]):
            if t > 0:
                tokens = target[:, t]
                if teacher_forcing_ratio < 1:
                    coins = torch.rand(len(target), generator=generator).to(tokens.device)
                    own = steps[-1].logits.argmax(-1)
                    tokens = torch.where(coins < teacher_forcing_ratio, tokens, own)
            steps.append(self.decoder.step(tokens, state, memory))
            state = steps[-1].state
        logits, _, weights = zip(*steps, strict=True)
        return torch.stack(logits, 1), torch.stack(weights, 1)

    def forward(
        self,
        source: Int[Tensor, "n t_source"],
        target: Int[Tensor, "n t"],
        teacher_forcing_ratio: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Float[Tensor, "n t k"]:
        """Logits of the token after each position of the target.

        Args:
            source: tokens, shape (n, t_source).
            target: tokens from the beginning mark on, shape (n, t).
            teacher_forcing_ratio: the probability that a step is fed the target's token rather
                than the model's own best guess at it; 1 is teacher forcing, 0 runs freely, which
                needs the target's first column only.
            generator: source of the coins, on the CPU.
        """
        return self.unroll(self.encoder(source), target, teacher_forcing_ratio, generator)[0]

    def attention_weights(
        self, source: Int[Tensor, "n t_source"], target: Int[Tensor, "n t"]
    ) -> Float[Tensor, "n t t_source"]:
        """How much the step after each token of the target attends to each of the source."""
        return self.unroll(self.encoder(source), target)[1]

    @torch.no_grad()
    def stepper(self, source: Int[Tensor, "n t_source"]) -> Callable[[Tensor], Tensor]:
        """What the decoders of `dlcore.models` call: from prefixes to the next token's logits.

        Of several sources row i of the prefixes belongs to source i; a single one is shared.
        """
        memory = self.encoder(source)

        @torch.no_grad()
        def step(prefixes: Tensor) -> Tensor:
            return self.unroll(memory.expand(len(prefixes)), prefixes)[0][:, -1]

        return step


def scheduled_sampling_prob(
    i: int,
    schedule: str = "inverse_sigmoid",
    *,
    k: float,
    slope: float = 0.0,
    minimum: float = 0.0,
) -> float:
    """The probability of feeding the truth at training step i, which falls as the model learns.

    Args:
        i: the training step, from 0.
        schedule: "linear" is max(minimum, k - slope i), "exponential" k^i, "inverse_sigmoid"
            k / (k + exp(i / k)).
        k: where a line starts, at most 1; the base of the exponential, below 1; the slowness of the
            sigmoid, at least 1.
        slope: how much a line falls a step.
        minimum: where a line ends.

    Returns:
        The probability, for `teacher_forcing_ratio` of `Seq2Seq`.

    Raises:
        ValueError: a negative step, an unknown schedule, or a k outside its range.

    Equation: :eq:`eq-scheduled-sampling`.
    Section: :ref:`sec-teacher-forcing`.

    Source: Bengio, Vinyals, Jaitly, Shazeer (2015), Scheduled sampling for sequence prediction
    with recurrent neural networks, arXiv:1506.03099.

    Example:
        >>> [round(scheduled_sampling_prob(i, k=10), 3) for i in (0, 10, 30, 50)]
        [0.909, 0.786, 0.332, 0.063]

    In production: this; torch has none.
    """
    if i < 0:
        raise ValueError(f"the step must be at least 0, got {i}")
    fits = {"linear": 0 <= k <= 1, "exponential": 0 < k < 1, "inverse_sigmoid": k >= 1}
    if schedule not in fits:
        raise ValueError(f"schedule must be one of {[*fits]}, got {schedule!r}")
    if not fits[schedule]:
        raise ValueError(f"k = {k} is out of range for the schedule {schedule}")
    if schedule == "linear":
        return max(minimum, k - slope * i)
    if schedule == "exponential":
        return k**i
    return k * math.exp(-i / k) / (1 + k * math.exp(-i / k))


def sequence_reinforce_loss(
    log_probs: Float[Tensor, "n t"],
    rewards: Float[Tensor, " n"],
    mask: Bool[Tensor, "n t"] | None = None,
    baseline: float | Float[Tensor, " n"] = 0.0,
) -> Float[Tensor, ""]:
    """A loss whose gradient is, on average, that of minus the expected reward of whole sequences.

    The sequences must be drawn from the model itself. The reward may be anything that can be
    computed from a finished sequence, such as BLEU.

    Args:
        log_probs: of the tokens drawn, under the model that drew them, shape (n, t).
        rewards: of the sequences, shape (n,); no gradient passes through them.
        mask: True for tokens that are no padding, shape (n, t).
        baseline: what is subtracted from the rewards, a number or one a sequence; what does not
            depend on the sequence drawn leaves the mean gradient as it is and lowers its variance.

    Returns:
        -mean_n (reward - baseline) sum_t log p.

    Raises:
        ValueError: other than one reward a sequence.

    Equation: :eq:`eq-sequence-reinforce`.
    Section: :ref:`sec-teacher-forcing`.

    Source: Ranzato, Chopra, Auli, Zaremba (2016), Sequence level training with recurrent neural
    networks, arXiv:1511.06732.

    Example:
        >>> log_probs = torch.tensor([[0.5, 0.5], [0.25, 1.0]]).log()
        >>> sequence_reinforce_loss(log_probs, torch.tensor([1.0, 0.0]))
        tensor(0.6931)

    In production: this; torch has none.
    """
    if log_probs.ndim != 2 or rewards.shape != log_probs.shape[:1]:
        raise ValueError(
            f"log_probs must have shape (n, t) and rewards (n,), got {tuple(log_probs.shape)} and "
            f"{tuple(rewards.shape)}"
        )
    kept = log_probs if mask is None else log_probs.masked_fill(~mask, 0.0)
    return -((rewards - baseline).detach() * kept.sum(1)).mean()
