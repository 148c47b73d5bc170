"""How well a model knows a language, and how close what it writes is to what was wanted."""

import math
from collections import Counter
from collections.abc import Hashable, Sequence

from jaxtyping import Float
from torch import Tensor

Tokens = Sequence[Hashable]


def perplexity(cross_entropy: float | Float[Tensor, "*shape"]) -> float | Float[Tensor, "*shape"]:
    """How many equally likely tokens would be as hard to guess.

    Args:
        cross_entropy: mean surprise at the true token, in nats.

    Returns:
        Its exponential: 1 for a model that knows, V for one that spreads over V tokens evenly.

    Raises:
        ValueError: a cross-entropy below 0.

    Equation: :eq:`eq-perplexity`.
    Section: :ref:`sec-language-model`.

    Source: Jelinek, Mercer, Bahl, Baker (1977), Perplexity: a measure of the difficulty of speech
        recognition tasks, doi:10.1121/1.2016299.

    Example:
        >>> round(perplexity(math.log(50)), 3)
        50.0

    In production: torch.exp of the loss.
    """
    if isinstance(cross_entropy, Tensor):
        _not_negative(bool((cross_entropy < 0).any()), cross_entropy)
        return cross_entropy.exp()
    _not_negative(cross_entropy < 0, cross_entropy)
    return math.exp(cross_entropy)


def bits_per_character(
    cross_entropy: float | Float[Tensor, "*shape"],
) -> float | Float[Tensor, "*shape"]:
    """Mean surprise at the true character in bits: what an ideal compressor would need for it.

    Args:
        cross_entropy: the same in nats.

    Returns:
        The cross-entropy divided by log 2.

    Raises:
        ValueError: a cross-entropy below 0.

    Equation: :eq:`eq-perplexity`.
    Section: :ref:`sec-language-model`.

    Source: Shannon (1951), Prediction and entropy of printed English,
        doi:10.1002/j.1538-7305.1951.tb01366.x.

    Example:
        >>> round(bits_per_character(math.log(8)), 3)
        3.0

    In production: loss / math.log(2).
    """
    negative = cross_entropy < 0
    _not_negative(bool(negative.any()) if isinstance(negative, Tensor) else negative, cross_entropy)
    return cross_entropy / math.log(2)


def _not_negative(negative: bool, value: object) -> None:
    if negative:
        raise ValueError(f"a cross-entropy cannot be below 0, got {value}")


def _paired(candidates: Sequence, references: Sequence) -> None:
    if len(candidates) != len(references) or not candidates:
        raise ValueError(
            f"expected as many references as candidates, at least 1, got {len(references)} "
            f"and {len(candidates)}"
        )


def _ngrams(tokens: Tokens, n: int) -> Counter:
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def bleu(
    candidates: Sequence[Tokens],
    references: Sequence[Sequence[Tokens]],
    max_n: int = 4,
    smoothing: float = 0.0,
) -> float:
    """How many short runs of words translations share with references; short ones pay for it.

    The geometric mean of the precisions of runs of 1 to max_n words, all sentences taken together,
    times exp(1 - r / c) if the candidates' length c is below that of the closest references, r.

    Args:
        candidates: what was written, each a sequence of tokens.
        references: for each candidate one reference or more, each a sequence of tokens.
        max_n: the longest runs.
        smoothing: what is added to numerator and denominator of the precisions above n = 1.

    Returns:
        A number between 0 and 1; 0 if runs of some length are never right and smoothing is 0.

    Raises:
        ValueError: other numbers of candidates and references, none, a candidate without
            reference, max_n below 1, negative smoothing.

    Equation: :eq:`eq-bleu`.
    Section: :ref:`sec-beam-search`.

    Source: Papineni, Roukos, Ward, Zhu (2002), BLEU: a method for automatic evaluation of machine
        translation, doi:10.3115/1073083.1073135; smoothing: Lin, Och (2004), ORANGE, COLING.

    Example:
        >>> cat = "the cat sat on the mat".split()
        >>> bleu([cat], [[cat]])
        1.0
        >>> round(bleu(["the the the".split()], [[cat]], max_n=1), 4)
        0.2453

    In production: sacrebleu.corpus_bleu, which also fixes how words are told apart.
    """
    _paired(candidates, references)
    if max_n < 1 or smoothing < 0 or not all(references):
        raise ValueError("expected max_n >= 1, smoothing >= 0 and a reference for each candidate")
    written = sum(map(len, candidates))
    closest = sum(
        min((abs(len(r) - len(c)), len(r)) for r in rs)[1]
        for c, rs in zip(candidates, references, strict=True)
    )
    logs = 0.0
    for n in range(1, max_n + 1):
        right = total = smoothing if n > 1 else 0.0
        for candidate, rs in zip(candidates, references, strict=True):
            grams = _ngrams(candidate, n)
            allowed: Counter = Counter()
            for r in rs:
                allowed |= _ngrams(r, n)
            right += (grams & allowed).total()
            total += grams.total()
        if right == 0:
            return 0.0
        logs += math.log(right / total) / max_n
    return math.exp(logs + min(0.0, 1 - closest / written))


def exact_match(candidates: Sequence[Tokens], references: Sequence[Tokens]) -> float:
    """The share of candidates that are right from the first token to the last.

    Args:
        candidates: what was written, each a sequence of tokens.
        references: what was wanted.

    Returns:
        A number between 0 and 1.

    Raises:
        ValueError: other numbers of candidates and references, or none.

    Section: :ref:`sec-encoder-decoder`.

    Source: Rajpurkar, Zhang, Lopyrev, Liang (2016), SQuAD, arXiv:1606.05250.

    Example:
        >>> exact_match(["cat", "dog"], ["cat", "dot"])
        0.5

    In production: numpy.mean of the comparison.
    """
    _paired(candidates, references)
    pairs = zip(candidates, references, strict=True)
    return sum(list(c) == list(r) for c, r in pairs) / len(candidates)


def edit_distance(a: Tokens, b: Tokens) -> int:
    """The fewest insertions, deletions and replacements that turn one sequence into another.

    Args:
        a: a sequence of tokens.
        b: another.

    Returns:
        Their number, 0 for equal sequences.

    Section: :ref:`sec-encoder-decoder`.

    Source: Levenshtein (1966), Binary codes capable of correcting deletions, insertions, and
        reversals, Soviet Physics Doklady 10.

    Example:
        >>> edit_distance("kitten", "sitting")
        3

    In production: rapidfuzz.distance.Levenshtein.distance.
    """
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            changed = diagonal + (x != y)
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, changed)
    return row[-1]


def error_rate(candidates: Sequence[Tokens], references: Sequence[Tokens]) -> float:
    """Edits needed for each token that was wanted: of words the WER, of characters the CER.

    Args:
        candidates: what was written, each a sequence of tokens.
        references: what was wanted.

    Returns:
        The sum of edit distances over the sum of the references' lengths; it can exceed 1.

    Raises:
        ValueError: other numbers of candidates and references, none, or only empty references.

    Section: :ref:`sec-encoder-decoder`.

    Source: Levenshtein (1966), Binary codes capable of correcting deletions, insertions, and
        reversals, Soviet Physics Doklady 10.

    Example:
        >>> error_rate(["the cat".split()], ["the cat sat".split()])
        0.3333333333333333

    In production: jiwer.wer.
    """
    _paired(candidates, references)
    wanted = sum(map(len, references))
    if wanted == 0:
        raise ValueError("all references are empty")
    edits = sum(edit_distance(c, r) for c, r in zip(candidates, references, strict=True))
    return edits / wanted
