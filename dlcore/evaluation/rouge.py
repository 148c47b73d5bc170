"""Overlap of a summary with a reference: runs of words, and the longest common subsequence."""

from collections.abc import Sequence
from typing import NamedTuple

from dlcore.evaluation.language import Tokens, _ngrams, _paired


class Rouge(NamedTuple):
    """How much of what was written is in the reference, and how much of the reference was written.

    Attributes:
        precision: overlap over what was written, the mean over pairs.
        recall: overlap over the reference, which gave the measure its name.
        f1: the mean over pairs of their harmonic mean.
    """

    precision: float
    recall: float
    f1: float


def _mean(overlaps: Sequence[tuple[int, int, int]]) -> Rouge:
    """Of overlap, length written and length wanted of each pair; 0 where nothing overlaps."""
    scores = [(o / c, o / r, 2 * o / (c + r)) if o else (0.0, 0.0, 0.0) for o, c, r in overlaps]
    return Rouge(*(sum(column) / len(scores) for column in zip(*scores, strict=True)))


def rouge_n(candidates: Sequence[Tokens], references: Sequence[Tokens], n: int = 1) -> Rouge:
    """How many runs of n words a text shares with its reference, each as often as in both.

    Args:
        candidates: what was written, each a sequence of tokens.
        references: what was wanted, one a candidate.
        n: the length of the runs.

    Returns:
        Precision, recall and F1, means over the pairs; a pair without overlap counts 0.

    Raises:
        ValueError: other numbers of candidates and references, none, or n below 1.

    Equation: :eq:`eq-rouge-n`.
    Section: :ref:`sec-overlap-metrics`.

    Source: Lin (2004), ROUGE: a package for automatic evaluation of summaries, ACL workshop Text
        Summarization Branches Out.

    Example:
        >>> written, wanted = "the cat sat on the mat".split(), "the cat is on the mat".split()
        >>> round(rouge_n([written], [wanted]).recall, 3), rouge_n([written], [wanted], 2).recall
        (0.833, 0.6)

    In production: rouge_score.rouge_scorer.
    """
    _paired(candidates, references)
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    overlaps = []
    for candidate, reference in zip(candidates, references, strict=True):
        written, wanted = _ngrams(candidate, n), _ngrams(reference, n)
        overlaps.append(((written & wanted).total(), written.total(), wanted.total()))
    return _mean(overlaps)


def rouge_l(candidates: Sequence[Tokens], references: Sequence[Tokens]) -> Rouge:
    """How long the longest common subsequence of a text and its reference is.

    Args:
        candidates: what was written, each a sequence of tokens.
        references: what was wanted, one a candidate.

    Returns:
        Precision, recall and F1, means over the pairs: the order of words counts, gaps do not.

    Raises:
        ValueError: other numbers of candidates and references, or none.

    Equation: :eq:`eq-rouge-l`.
    Section: :ref:`sec-overlap-metrics`.

    Source: Lin (2004), ROUGE: a package for automatic evaluation of summaries, ACL workshop Text
        Summarization Branches Out.

    Example:
        >>> rouge_l(["a b c d".split()], ["a x c b d".split()])
        Rouge(precision=0.75, recall=0.6, f1=0.6666666666666666)

    In production: rouge_score.rouge_scorer.
    """
    _paired(candidates, references)
    return _mean(
        [
            (longest_common_subsequence(c, r), len(c), len(r))
            for c, r in zip(candidates, references, strict=True)
        ]
    )


def longest_common_subsequence(a: Tokens, b: Tokens) -> int:
    """The most tokens that stand in both sequences in the same order.

    Args:
        a: a sequence of tokens.
        b: another.

    Returns:
        Their number.

    Equation: :eq:`eq-rouge-l`.
    Section: :ref:`sec-overlap-metrics`.

    Source: Hirschberg (1975), A linear space algorithm for computing maximal common subsequences,
        doi:10.1145/360825.360861.

    Example:
        >>> longest_common_subsequence("the cat sat", "the cap")
        6

    In production: rapidfuzz.distance.LCSseq.similarity.
    """
    row = [0] * (len(b) + 1)
    for x in a:
        diagonal = 0
        for j, y in enumerate(b, start=1):
            diagonal, row[j] = row[j], diagonal + 1 if x == y else max(row[j], row[j - 1])
    return row[-1]
