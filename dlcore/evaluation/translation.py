"""How close a translation is to another one, letter by letter."""

from collections import Counter
from collections.abc import Sequence


def _ngrams(text: str, n: int) -> Counter:
    return Counter(text[i : i + n] for i in range(len(text) - n + 1))


def chrf(
    candidates: Sequence[str], references: Sequence[str], n: int = 6, beta: float = 2.0
) -> float:
    """How many short runs of letters translations share with references.

    Precision and recall of runs of 1 to n letters, all sentences taken together and white space
    left out, are averaged over the lengths and joined by an F score.

    Args:
        candidates: what was written.
        references: one translation for each candidate.
        n: the longest runs; lengths that do not occur in both are left out of the averages.
        beta: how many times as important recall is as precision.

    Returns:
        A number between 0 and 1.

    Raises:
        ValueError: other numbers of candidates and references, none, n below 1, beta not positive.

    Equation: :eq:`eq-chrf`.
    Section: :ref:`sec-machine-translation`.

    Source: Popović (2015), chrF: character n-gram F-score for automatic MT evaluation,
        doi:10.18653/v1/W15-3049.

    Example:
        >>> round(chrf(["the cats sat"], ["the cat sat"]), 3)
        0.748

    In production: sacrebleu.corpus_chrf, which counts from 0 to 100.
    """
    if len(candidates) != len(references) or not candidates:
        raise ValueError(
            f"expected as many references as candidates, at least 1, got {len(references)} "
            f"and {len(candidates)}"
        )
    if n < 1 or not beta > 0:
        raise ValueError(f"expected n >= 1 and beta > 0, got {n} and {beta}")
    pairs = [
        ("".join(c.split()), "".join(r.split()))
        for c, r in zip(candidates, references, strict=True)
    ]
    precisions, recalls = [], []
    for length in range(1, n + 1):
        grams = [(_ngrams(c, length), _ngrams(r, length)) for c, r in pairs]
        written = sum(c.total() for c, _ in grams)
        wanted = sum(r.total() for _, r in grams)
        if written and wanted:
            shared = sum((c & r).total() for c, r in grams)
            precisions.append(shared / written)
            recalls.append(shared / wanted)
    if not sum(precisions):
        return 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
