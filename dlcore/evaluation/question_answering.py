"""Is an answer right? Compared after what does not matter is taken out."""

import re
import string
from collections import Counter
from collections.abc import Sequence

_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalize_answer(text: str) -> str:
    """Lower case, without punctuation, without the articles a, an, the, with single spaces.

    Args:
        text: an answer.

    Returns:
        What two answers are compared by.

    Section: :ref:`sec-question-answering`.

    Source: Rajpurkar, Zhang, Lopyrev, Liang (2016), SQuAD, arXiv:1606.05250; the rule is that of
        its evaluation script.

    Example:
        >>> normalize_answer("The  Cat!")
        'cat'

    In production: evaluate.load("squad").
    """
    bare = text.lower().translate(_PUNCTUATION)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def _truths(truths: str | Sequence[str]) -> list[str]:
    listed = [truths] if isinstance(truths, str) else list(truths)
    if not listed:
        raise ValueError("at least one right answer is needed")
    return [normalize_answer(truth) for truth in listed]


def answer_exact_match(answer: str, truths: str | Sequence[str]) -> bool:
    """Whether an answer says exactly what one of the right ones says.

    Args:
        answer: what was answered.
        truths: a right answer, or several.

    Returns:
        Whether they are equal once normalized.

    Raises:
        ValueError: no right answer.

    Section: :ref:`sec-question-answering`.

    Source: Rajpurkar, Zhang, Lopyrev, Liang (2016), SQuAD, arXiv:1606.05250, section 5.

    Example:
        >>> answer_exact_match("Paris.", ["the Paris", "Lutetia"])
        True

    In production: evaluate.load("squad").
    """
    return normalize_answer(answer) in _truths(truths)


def qa_f1(answer: str, truths: str | Sequence[str]) -> float:
    """How many words an answer shares with a right one: harmonic mean of precision and recall.

    Args:
        answer: what was answered.
        truths: a right answer, or several, of which the closest counts.

    Returns:
        A number between 0 and 1; with nothing left after normalization, 1 if both are empty.

    Raises:
        ValueError: no right answer.

    Equation: :eq:`eq-qa-f1`.
    Section: :ref:`sec-question-answering`.

    Source: Rajpurkar, Zhang, Lopyrev, Liang (2016), SQuAD, arXiv:1606.05250, section 5.

    Example:
        >>> qa_f1("the city of Paris", "Paris")
        0.5

    In production: evaluate.load("squad").
    """
    words = normalize_answer(answer).split()
    return max(_word_f1(words, truth.split()) for truth in _truths(truths))


def _word_f1(answer: list[str], truth: list[str]) -> float:
    if not answer or not truth:
        return float(answer == truth)
    shared = (Counter(answer) & Counter(truth)).total()
    return 2 * shared / (len(answer) + len(truth))
