"""Questions about texts whose answers the texts hold themselves."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from dlcore.models.text_encoder import IGNORED


class SentencePair(NamedTuple):
    """Two sentences, and whether the second one follows the first in its document.

    Attributes:
        first: a sentence.
        second: another one.
        follows: whether it is the next.

    Section: :ref:`sec-text-pretext-tasks`.

    Example:
        >>> SentencePair("It rains.", "We stay.", True).follows
        True

    In production: transformers' next_sentence_label.
    """

    first: str
    second: str
    follows: bool


def nsp_pairs(
    documents: Sequence[Sequence[str]], *, generator: torch.Generator | None = None
) -> list[SentencePair]:
    """Does the second sentence follow the first? A fair coin decides which kind of pair is made.

    Args:
        documents: the sentences of each document, in order.
        generator: source of the draws; by default torch's global one.

    Returns:
        A pair for each sentence that has a next one. In a pair that does not follow, the second
        sentence is drawn from all sentences of all other documents.

    Raises:
        ValueError: fewer than two documents with sentences, or no sentence that has a next one.

    Section: :ref:`sec-text-pretext-tasks`.

    Source: Devlin, Chang, Lee, Toutanova (2019), BERT, arXiv:1810.04805, section 3.1; Liu et al.
        (2019), RoBERTa, arXiv:1907.11692, do without this task.

    Example:
        >>> pairs = nsp_pairs([["a", "b", "c"], ["u", "v"]])
        >>> [pair.first for pair in pairs]
        ['a', 'b', 'u']

    In production: transformers.BertForNextSentencePrediction.
    """
    sentences = [sentence for document in documents for sentence in document]
    if sum(len(document) > 0 for document in documents) < 2:
        raise ValueError("nsp_pairs needs sentences of at least two documents")
    n = sum(max(len(document) - 1, 0) for document in documents)
    if n == 0:
        raise ValueError("nsp_pairs: no document has two sentences")
    where = generator.device if generator else torch.device("cpu")
    draws = iter(torch.rand(n, 2, generator=generator, device=where).tolist())
    pairs, start = [], 0
    for document in documents:
        elsewhere = len(sentences) - len(document)
        for first, following in pairwise(document):
            coin, share = next(draws)
            place = min(int(share * elsewhere), elsewhere - 1)
            other = sentences[place if place < start else place + len(document)]
            pairs.append(SentencePair(first, following if coin < 0.5 else other, coin < 0.5))
        start += len(document)
    return pairs


def causal_lm_pairs(
    tokens: Int[Tensor, "n t"], padding: int | None = None
) -> tuple[Int[Tensor, "n s"], Int[Tensor, "n s"]]:
    """Which token comes next? The text, and the same text one place further.

    Args:
        tokens: shape (n, t), t at least 2.
        padding: the token that fills texts up; it is no target.

    Returns:
        Inputs and targets, both of shape (n, t - 1); a target is -100 where padding stands, which
        `torch.nn.functional.cross_entropy` ignores.

    Raises:
        ValueError: texts of fewer than two tokens, or another number of axes.

    Section: :ref:`sec-text-pretext-tasks`.

    Source: Radford, Narasimhan, Salimans, Sutskever (2018), Improving language understanding by
        generative pre-training; Bengio, Ducharme, Vincent, Jauvin (2003), A neural probabilistic
        language model, JMLR 3.

    Example:
        >>> causal_lm_pairs(torch.tensor([[5, 6, 7, 0]]), padding=0)
        (tensor([[5, 6, 7]]), tensor([[   6,    7, -100]]))

    In production: transformers.DataCollatorForLanguageModeling(mlm=False), whose model shifts.
    """
    if tokens.ndim != 2 or tokens.shape[1] < 2:
        raise ValueError(f"expected tokens (n, t) with t at least 2, got {tuple(tokens.shape)}")
    targets = tokens[:, 1:]
    if padding is not None:
        targets = targets.masked_fill(targets == padding, IGNORED)
    return tokens[:, :-1], targets
