"""A language model small enough to show what a large vocabulary costs."""

import math
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from dlcore.data import iterate_minibatches
from dlcore.energy.noise_contrastive import nce_loss
from dlcore.energy.vocabulary_losses import sampled_softmax_loss, self_normalized_loss

Loss = Literal["softmax", "nce", "sampled_softmax", "self_normalized"]


class LogBilinearModel(nn.Module):
    r"""Scores of the next word, $s(w) = q_w^\top\sum_i (u_i \odot r_{w_i}) + a_w$.

    Args:
        vocab_size: V.
        dim: d, numbers for each word.
        context: words that are looked at.

    Attributes:
        words: vectors r of the context's words, an `nn.Embedding` with weight (V, d).
        position: u, shape (context, d), ones at first.
        target: vectors q of the words predicted, shape (V, d).
        bias: a, shape (V,), at first $-\log V$, so that a sum of exponentials starts near 1.

    Raises:
        ValueError: sizes below 1.

    Section: :ref:`sec-large-vocabulary`.

    Source: Mnih, Kavukcuoglu (2013), Learning word embeddings efficiently with noise-contrastive
        estimation, NeurIPS 26.

    Example:
        >>> LogBilinearModel(10, 4, context=2)(torch.tensor([[1, 2]])).shape
        torch.Size([1, 10])

    In production: dlcore.models.LanguageModel and its kind.
    """

    def __init__(self, vocab_size: int, dim: int, context: int) -> None:
        super().__init__()
        if min(vocab_size, dim, context) < 1:
            raise ValueError(f"sizes must be at least 1, got {vocab_size}, {dim}, {context}")
        self.words = nn.Embedding(vocab_size, dim)
        nn.init.normal_(self.words.weight, std=0.1)
        self.position = nn.Parameter(torch.ones(context, dim))
        self.target = nn.Parameter(0.1 * torch.randn(vocab_size, dim))
        self.bias = nn.Parameter(torch.full((vocab_size,), -math.log(vocab_size)))

    def predict(self, contexts: Int[Tensor, "n c"]) -> Float[Tensor, "n d"]:
        """The vector that the next word should resemble.

        Raises:
            ValueError: contexts of another length.
        """
        if contexts.ndim != 2 or contexts.shape[1] != len(self.position):
            raise ValueError(
                f"expected contexts (n, {len(self.position)}), got {tuple(contexts.shape)}"
            )
        return (self.position * self.words(contexts)).sum(1)

    def forward(self, contexts: Int[Tensor, "n c"]) -> Float[Tensor, "n v"]:
        """Scores of all words."""
        return torch.addmm(self.bias, self.predict(contexts), self.target.T)

    def log_partition(self, contexts: Int[Tensor, "n c"]) -> Float[Tensor, " n"]:
        """The logarithm of the sum of exponentials: 0 if scores are log-probabilities."""
        return self(contexts).logsumexp(1)

    def log_prob(self, contexts: Int[Tensor, "n c"], targets: Int[Tensor, " n"]) -> Tensor:
        """The exact logarithm of each next word's probability, shape (n,)."""
        return -F.cross_entropy(self(contexts), targets, reduction="none")


def train_word_predictor(
    model: LogBilinearModel,
    contexts: Int[Tensor, "n c"],
    targets: Int[Tensor, " n"],
    *,
    loss: Loss = "softmax",
    noise: Float[Tensor, " v"] | None = None,
    k: int = 25,
    alpha: float = 0.1,
    epochs: int = 1,
    batch_size: int = 256,
    lr: float = 0.01,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> Float[Tensor, " t"]:
    """Adam on one of four losses that fight over the same normalizer.

    Args:
        model: trained in place.
        contexts: words before, shape (n, c).
        targets: the words that followed, shape (n,).
        loss: "softmax" sums over all words, "self_normalized" also pulls the sum to 1; "nce" and
            "sampled_softmax" look at k drawn words, the same for a batch.
        noise: the distribution that words are drawn from, shape (V,); by default how often each is
            a target, plus 1.
        k: drawn words.
        alpha: weight of the penalty of "self_normalized".
        epochs: passes over the data.
        batch_size: examples in a batch.
        lr: Adam's step size.
        generator: source of order and draws; by default torch's global one.
        progress: show a progress bar.

    Returns:
        The loss of each batch, shape (t,); losses of different kinds cannot be compared.

    Raises:
        ValueError: an unknown loss, counts below 1, noise of another shape or with zeros.

    Equation: :eq:`eq-nce-loss`, :eq:`eq-sampled-softmax`, :eq:`eq-self-normalized-loss`.
    Section: :ref:`sec-large-vocabulary`.

    Source: Mnih, Teh (2012), A fast and simple algorithm for training neural probabilistic language
        models, arXiv:1206.6426.

    Example:
        >>> model, words = LogBilinearModel(4, 3, context=1), torch.tensor([0, 1, 2, 3] * 50)
        >>> losses = train_word_predictor(
        ...     model, words[:-1, None], words[1:], epochs=40, lr=0.05, progress=False
        ... )
        >>> model(torch.tensor([[2]])).argmax().item()
        3

    In production: the whole softmax, in one fused kernel.
    """
    if loss not in ("softmax", "nce", "sampled_softmax", "self_normalized"):
        raise ValueError(f"unknown loss {loss!r}")
    if min(k, epochs, batch_size) < 1:
        raise ValueError(
            f"counts must be at least 1, got k {k}, epochs {epochs}, batch_size {batch_size}"
        )
    vocab_size = len(model.bias)
    if noise is None:
        noise = torch.bincount(targets, minlength=vocab_size) + model.bias.new_ones(vocab_size)
    if noise.shape != (vocab_size,) or not (noise > 0).all():
        raise ValueError(f"expected positive noise ({vocab_size},), got {tuple(noise.shape)}")
    noise = noise / noise.sum()
    log_q, log_chance = noise.log(), (-torch.expm1(k * torch.log1p(-noise))).log()
    shares = noise.to(generator.device) if generator else noise
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)

    def batch_loss(contexts: Tensor, targets: Tensor) -> Tensor:
        if loss == "softmax":
            return F.cross_entropy(model(contexts), targets)
        if loss == "self_normalized":
            return self_normalized_loss(model(contexts), targets, alpha)
        drawn = torch.multinomial(shares, k, replacement=True, generator=generator)
        drawn, hidden = drawn.to(targets.device), model.predict(contexts)
        if loss == "sampled_softmax":
            return sampled_softmax_loss(
                hidden, model.target, targets, drawn, log_chance, bias=model.bias
            )
        right = (hidden * model.target[targets]).sum(1) + model.bias[targets]
        wrong = torch.addmm(model.bias[drawn], hidden, model.target[drawn].T)
        return nce_loss(right, log_q[targets], wrong, log_q[drawn].expand_as(wrong))

    losses = []
    for _ in tqdm(range(epochs), desc=loss, disable=not progress):
        for x, y in iterate_minibatches(contexts, targets, batch_size, generator=generator):
            optimizer.zero_grad()
            value = batch_loss(x, y)
            value.backward()
            optimizer.step()
            losses.append(value.item())
    return torch.tensor(losses)
