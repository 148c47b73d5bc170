"""Names in a sentence: from spans to a tag for each word and back, and how many are found."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool
from torch import Tensor

Span = tuple[int, int, str]


def bio_encode(length: int, spans: Sequence[Span]) -> list[str]:
    """A tag for each word: B- at the beginning of a span, I- within it, O outside.

    Args:
        length: how many words there are.
        spans: first word, the word after the last, and kind, in any order.

    Returns:
        The tags.

    Raises:
        ValueError: a span that is empty, leaves the sentence or overlaps another.

    Section: :ref:`sec-named-entities`.

    Source: Ramshaw, Marcus (1995), Text chunking using transformation-based learning,
        arXiv:cmp-lg/9505040; Tjong Kim Sang, De Meulder (2003), CoNLL-2003, arXiv:cs/0306050.

    Example:
        >>> bio_encode(4, [(0, 2, "PER"), (3, 4, "LOC")])
        ['B-PER', 'I-PER', 'O', 'B-LOC']

    In production: seqeval, or the tokenizer's own alignment in transformers.
    """
    tags = ["O"] * length
    for start, end, kind in spans:
        if not 0 <= start < end <= length:
            raise ValueError(f"span ({start}, {end}) does not fit into {length} words")
        if any(tag != "O" for tag in tags[start:end]):
            raise ValueError(f"span ({start}, {end}, {kind!r}) overlaps another")
        tags[start:end] = [f"B-{kind}"] + [f"I-{kind}"] * (end - start - 1)
    return tags


def bio_decode(tags: Sequence[str]) -> list[Span]:
    """The spans that tags describe.

    An I- that continues nothing, or a span of another kind, begins a span of its own, as in the
    CoNLL evaluation.

    Args:
        tags: "O", or "B-" or "I-" and a kind, for each word.

    Returns:
        First word, the word after the last, and kind of each span.

    Raises:
        ValueError: another tag.

    Section: :ref:`sec-named-entities`.

    Source: Tjong Kim Sang, De Meulder (2003), CoNLL-2003, arXiv:cs/0306050.

    Example:
        >>> bio_decode(["B-PER", "I-PER", "O", "I-LOC"])
        [(0, 2, 'PER'), (3, 4, 'LOC')]

    In production: seqeval.metrics.sequence_labeling.get_entities.
    """
    spans: list[Span] = []
    before = None
    for i, tag in enumerate(tags):
        prefix, kind = tag[:2], tag[2:]
        if tag != "O" and (prefix not in ("B-", "I-") or not kind):
            raise ValueError(f"expected 'O', 'B-KIND' or 'I-KIND', got {tag!r}")
        if tag == "O":
            before = None
        elif prefix == "I-" and kind == before:
            spans[-1] = (spans[-1][0], i + 1, kind)
        else:
            spans.append((i, i + 1, kind))
            before = kind
    return spans


def bio_transitions(tags: Sequence[str]) -> tuple[Bool[Tensor, "k k"], Bool[Tensor, " k"]]:
    """Which tag may follow which, and which may come first: an I- only continues its own kind.

    Args:
        tags: all tags, each once.

    Returns:
        Row i: what may follow tag i, shape (k, k); and what may begin, shape (k,).

    Raises:
        ValueError: another tag than "O", "B-KIND" and "I-KIND".

    Section: :ref:`sec-named-entities`.

    Source: Ramshaw, Marcus (1995), Text chunking using transformation-based learning,
        arXiv:cmp-lg/9505040.

    Example:
        >>> bio_transitions(["O", "B-PER", "I-PER"])[0].int().tolist()
        [[1, 1, 0], [1, 1, 1], [1, 1, 1]]

    In production: allennlp's allowed_transitions.
    """
    bio_decode(tags)
    follows = [[not b.startswith("I-") or a[2:] == b[2:] for b in tags] for a in tags]
    return torch.tensor(follows), torch.tensor([not tag.startswith("I-") for tag in tags])


class SpanScores(NamedTuple):
    """How many spans are right.

    Attributes:
        precision: the share of the predicted spans that are there.
        recall: the share of the true spans that were predicted.
        f1: their harmonic mean.

    Section: :ref:`sec-named-entities`.

    Example:
        >>> SpanScores(1.0, 0.5, 2 / 3).recall
        0.5

    In production: the dictionary of seqeval.metrics.classification_report.
    """

    precision: float
    recall: float
    f1: float


def span_f1(predicted: Sequence[Sequence[Span]], truth: Sequence[Sequence[Span]]) -> SpanScores:
    """Precision, recall and F1 of whole spans: both ends and the kind must be right.

    Args:
        predicted: for each sentence its spans, as `bio_decode` gives them.
        truth: for each sentence the true ones.

    Returns:
        The scores over all sentences together; 0 where nothing was predicted or is there.

    Raises:
        ValueError: other numbers of sentences.

    Equation: :eq:`eq-span-f1`.
    Section: :ref:`sec-named-entities`.

    Source: Tjong Kim Sang, De Meulder (2003), CoNLL-2003, arXiv:cs/0306050.

    Example:
        >>> span_f1([[(0, 2, "PER")]], [[(0, 2, "PER"), (3, 4, "LOC")]]).precision
        1.0

    In production: seqeval.metrics.f1_score.
    """
    if len(predicted) != len(truth):
        raise ValueError(f"spans predicted for {len(predicted)} sentences, true for {len(truth)}")
    said = {(i, *span) for i, spans in enumerate(predicted) for span in spans}
    there = {(i, *span) for i, spans in enumerate(truth) for span in spans}
    right = len(said & there)
    precision = right / len(said) if said else 0.0
    recall = right / len(there) if there else 0.0
    f1 = 2 * right / (len(said) + len(there)) if right else 0.0
    return SpanScores(precision, recall, f1)
