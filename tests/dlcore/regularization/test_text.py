"""Changed sentences: what is in them, how often, and what can never happen."""

import itertools
import math
from collections import Counter

import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.regularization import (
    ENGLISH_GERMAN,
    GERMAN_ENGLISH,
    SYNONYMS,
    back_translate,
    random_deletion,
    random_insertion,
    random_swap,
    synonym_replacement,
)

SENTENCE = ["the", "film", "was", "good", "but", "the", "story", "was", "dull"]
WORDS = st.lists(st.sampled_from([*SENTENCE, "xyz", "happy"]), max_size=9)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.reference("comparison word by word", of="dlcore.regularization.synonym_replacement")
@given(WORDS, st.integers(0, 5), st.integers(0, 99))
def test_as_many_words_change_as_asked_for_and_known(words, n, seed):
    changed = synonym_replacement(words, n, generator=seeded(seed))
    pairs = [(old, new) for old, new in zip(words, changed, strict=True) if old != new]
    assert len(pairs) == min(n, sum(word in SYNONYMS for word in words))
    assert all(new in SYNONYMS[old] for old, new in pairs)


def test_each_known_word_and_each_synonym_is_as_likely():
    synonyms = {"good": ["fine", "decent"], "dull": ["boring", "tedious"], "film": []}
    generator = seeded()
    seen = Counter(
        tuple(synonym_replacement(SENTENCE, synonyms=synonyms, generator=generator))
        for _ in range(2000)
    )
    assert len(seen) == 4
    assert scipy.stats.chisquare(list(seen.values())).pvalue > 1e-3


@pytest.mark.reference("subsequence and multiset", of="dlcore.regularization.random_insertion")
@given(WORDS, st.integers(0, 4), st.integers(0, 99))
def test_what_comes_in_says_something_that_was_there(words, n, seed):
    longer = random_insertion(words, n, generator=seeded(seed))
    known = [word for word in words if word in SYNONYMS]
    assert len(longer) == len(words) + (n if known else 0)
    rest = iter(longer)
    assert all(word in rest for word in words)
    new = Counter(longer) - Counter(words)
    assert all(any(word in SYNONYMS[old] for old in known) for word in new)


def test_insertion_at_any_place():
    generator = seeded()
    places = Counter(
        random_insertion(["a", "b", "c"], synonyms={"b": ["new"]}, generator=generator).index("new")
        for _ in range(2000)
    )
    assert sorted(places) == [0, 1, 2, 3]
    assert scipy.stats.chisquare(list(places.values())).pvalue > 1e-3


@pytest.mark.reference("scipy.stats.chisquare", of="dlcore.regularization.random_deletion")
def test_deletion_keeps_each_word_with_its_probability():
    words, p, n, generator = ["a", "b", "c"], 0.4, 5000, seeded()
    seen = Counter(tuple(random_deletion(words, p, generator=generator)) for _ in range(n))
    expected = {}
    for stays in itertools.product([False, True], repeat=3):
        chance = math.prod(1 - p if stay else p for stay in stays)
        kept = tuple(word for word, stay in zip(words, stays, strict=True) if stay)
        for result in [kept] if kept else [(word,) for word in words]:
            expected[result] = expected.get(result, 0) + n * chance / (1 if kept else 3)
    observed = [seen[result] for result in expected]
    assert sum(observed) == n
    assert scipy.stats.chisquare(observed, list(expected.values())).pvalue > 1e-3


@given(WORDS, st.floats(0, 1), st.integers(0, 99))
def test_deletion_never_empties_a_sentence_and_keeps_the_order(words, p, seed):
    kept = random_deletion(words, p, generator=seeded(seed))
    assert bool(kept) == bool(words)
    rest = iter(words)
    assert all(word in rest for word in kept)
    assert random_deletion(words, 0.0) == words


@pytest.mark.reference("enumeration of all exchanges", of="dlcore.regularization.random_swap")
def test_each_exchange_is_as_likely():
    generator = seeded()
    seen = Counter("".join(random_swap(list("abcd"), generator=generator)) for _ in range(3000))
    expected = set()
    for i, j in itertools.combinations(range(4), 2):
        letters = list("abcd")
        letters[i], letters[j] = letters[j], letters[i]
        expected.add("".join(letters))
    assert set(seen) == expected
    assert scipy.stats.chisquare(list(seen.values())).pvalue > 1e-3


@given(WORDS, st.integers(0, 4), st.integers(0, 99))
def test_an_exchange_keeps_all_words(words, n, seed):
    assert Counter(random_swap(words, n, generator=seeded(seed))) == Counter(words)


@pytest.mark.reference("a sentence worked by hand", of="dlcore.regularization.back_translate")
def test_back_translation():
    said = ["the", "movie", "was", "really", "dull", "but", "the", "performer", "was", "decent"]
    back = ["the", "film", "was", "very", "boring", "but", "the", "actor", "was", "good"]
    assert back_translate(said) == back
    assert back_translate(back) == back
    assert back_translate(["xyz"]) == ["xyz"]
    there, back = {"hi": "salut", "bye": "salut"}, {"salut": "hello"}
    assert back_translate(["hi", "bye", "you"], there=there, back=back) == ["hello", "hello", "you"]
    assert back_translate(["hi"], there=there, back={}) == ["hi"]


def test_the_toy_dictionaries_hang_together():
    for word, others in SYNONYMS.items():
        assert word not in others
        assert len(set(others)) == len(others) >= 1
        assert all(word in SYNONYMS[other] for other in others)
    assert set(ENGLISH_GERMAN.values()) == set(GERMAN_ENGLISH)
    assert all(ENGLISH_GERMAN[english] == german for german, english in GERMAN_ENGLISH.items())


def test_the_generator_decides_and_the_sentence_is_not_changed():
    before = list(SENTENCE)
    for f in (synonym_replacement, random_insertion, random_swap):
        results = [f(SENTENCE, 2, generator=seeded(seed)) for seed in (1, 1, 2, 3, 4)]
        assert results[0] == results[1]
        assert any(results[0] != other for other in results[2:])
    assert before == SENTENCE


@pytest.mark.bad_input
def test_bad_input():
    for f in (synonym_replacement, random_insertion, random_swap):
        with pytest.raises(ValueError, match=f"{f.__name__}: n must be at least 0, got -1"):
            f(SENTENCE, -1)
    with pytest.raises(ValueError, match=r"p must lie between 0 and 1, got 1\.5"):
        random_deletion(SENTENCE, 1.5)
