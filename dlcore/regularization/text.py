"""Sentences changed so that they should still say the same. A sentence is a list of words."""

from collections.abc import Mapping, Sequence

import torch

from dlcore.regularization.lexicon import ENGLISH_GERMAN, GERMAN_ENGLISH, SYNONYMS

Thesaurus = Mapping[str, Sequence[str]]


def synonym_replacement(
    words: Sequence[str],
    n: int = 1,
    *,
    synonyms: Thesaurus = SYNONYMS,
    generator: torch.Generator | None = None,
) -> list[str]:
    """Up to n words that the thesaurus knows, each replaced by one of their synonyms.

    Args:
        words: the sentence.
        n: how many different places change, at least 0; fewer if fewer words are known.
        synonyms: words with what can stand in their place; default a toy thesaurus.
        generator: source of the draws; by default torch's global one.

    Returns:
        As many words as before.

    Raises:
        ValueError: n is negative.

    Section: :ref:`sec-text-augmentation`
    Source: Wei, Zou (2019), EDA: easy data augmentation techniques for boosting performance on text
        classification tasks, arXiv:1901.11196.

    Example:
        >>> synonym_replacement(["a", "dull", "film"], synonyms={"dull": ["boring"]})
        ['a', 'boring', 'film']

    In production: nlpaug.augmenter.word.SynonymAug.
    """
    _require_count("synonym_replacement", n)
    changed = list(words)
    known = [place for place, word in enumerate(words) if synonyms.get(word)]
    for index in torch.randperm(len(known), generator=generator, device=_where(generator))[:n]:
        place = known[index]
        changed[place] = _one_of(synonyms[words[place]], generator)
    return changed


def random_insertion(
    words: Sequence[str],
    n: int = 1,
    *,
    synonyms: Thesaurus = SYNONYMS,
    generator: torch.Generator | None = None,
) -> list[str]:
    """Synonyms of words of the sentence put between them, n of them, each at any place.

    Args:
        words: the sentence.
        n: how many words come in, at least 0; none if the thesaurus knows none of the words.
        synonyms: words with what can stand in their place; default a toy thesaurus.
        generator: source of the draws; by default torch's global one.

    Returns:
        The words in their order, with those that came in between them.

    Raises:
        ValueError: n is negative.

    Section: :ref:`sec-text-augmentation`
    Source: Wei, Zou (2019), EDA: easy data augmentation techniques for boosting performance on text
        classification tasks, arXiv:1901.11196.

    Example:
        >>> len(random_insertion(["a", "dull", "film"], n=2))
        5

    In production: nlpaug.augmenter.word.ContextualWordEmbsAug(action="insert").
    """
    _require_count("random_insertion", n)
    longer = list(words)
    known = [word for word in words if synonyms.get(word)]
    for _ in range(n if known else 0):
        word = _one_of(synonyms[_one_of(known, generator)], generator)
        longer.insert(_below(len(longer) + 1, generator), word)
    return longer


def random_deletion(
    words: Sequence[str], p: float = 0.1, *, generator: torch.Generator | None = None
) -> list[str]:
    """Each word left out with probability p; if none remains, one of them, drawn evenly.

    Args:
        words: the sentence.
        p: probability of leaving out a word.
        generator: source of the draws; by default torch's global one.

    Returns:
        The words that stay, in their order.

    Raises:
        ValueError: p is no probability.

    Section: :ref:`sec-text-augmentation`
    Source: Wei, Zou (2019), EDA: easy data augmentation techniques for boosting performance on text
        classification tasks, arXiv:1901.11196.

    Example:
        >>> random_deletion(["film"], p=1.0)
        ['film']

    In production: nlpaug.augmenter.word.RandomWordAug(action="delete").
    """
    if not 0 <= p <= 1:
        raise ValueError(f"random_deletion: p must lie between 0 and 1, got {p}")
    if not words:
        return []
    stays = torch.rand(len(words), generator=generator, device=_where(generator)) >= p
    kept = [word for word, stay in zip(words, stays.tolist(), strict=True) if stay]
    return kept or [_one_of(words, generator)]


def random_swap(
    words: Sequence[str], n: int = 1, *, generator: torch.Generator | None = None
) -> list[str]:
    """Two words exchanged, n times, at two different places.

    Args:
        words: the sentence.
        n: how many exchanges, at least 0; none in a sentence of one word.
        generator: source of the draws; by default torch's global one.

    Returns:
        The same words in another order.

    Raises:
        ValueError: n is negative.

    Section: :ref:`sec-text-augmentation`
    Source: Wei, Zou (2019), EDA: easy data augmentation techniques for boosting performance on text
        classification tasks, arXiv:1901.11196.

    Example:
        >>> random_swap(["dull", "film"])
        ['film', 'dull']

    In production: nlpaug.augmenter.word.RandomWordAug(action="swap").
    """
    _require_count("random_swap", n)
    swapped = list(words)
    for _ in range(n if len(swapped) > 1 else 0):
        i = _below(len(swapped), generator)
        j = (i + 1 + _below(len(swapped) - 1, generator)) % len(swapped)
        swapped[i], swapped[j] = swapped[j], swapped[i]
    return swapped


def back_translate(
    words: Sequence[str],
    *,
    there: Mapping[str, str] = ENGLISH_GERMAN,
    back: Mapping[str, str] = GERMAN_ENGLISH,
) -> list[str]:
    """A sentence translated and back, word by word: what comes back may be said in other words.

    A toy that shows the idea. A real system sends whole sentences through two trained models, which
    also change the order and choose words by their context.

    Args:
        words: the sentence.
        there: a dictionary into the other language; unknown words stay as they are.
        back: the dictionary back.

    Returns:
        As many words as before.

    Section: :ref:`sec-text-augmentation`
    Source: Sennrich, Haddow, Birch (2016), Improving neural machine translation models with
        monolingual data, arXiv:1511.06709.

    Example:
        >>> back_translate("the movie was really dull".split())
        ['the', 'film', 'was', 'very', 'boring']

    In production: nlpaug.augmenter.word.BackTranslationAug.
    """
    foreign = [(word, there.get(word)) for word in words]
    return [word if other is None else back.get(other, word) for word, other in foreign]


def _where(generator: torch.Generator | None) -> torch.device | None:
    return generator.device if generator else None


def _below(limit: int, generator: torch.Generator | None) -> int:
    return int(torch.randint(limit, (), generator=generator, device=_where(generator)))


def _one_of(words: Sequence[str], generator: torch.Generator | None) -> str:
    return words[_below(len(words), generator)]


def _require_count(name: str, n: int) -> None:
    if n < 0:
        raise ValueError(f"{name}: n must be at least 0, got {n}")
