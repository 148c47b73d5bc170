"""Codes against exhaustive search, Kraft's inequality and the entropy of real text."""

import itertools
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.probability import ArithmeticCoder, huffman_code

LICENCE = (Path(__file__).parents[3] / "LICENSE").read_text("utf8")


def mean_length(code, weights):
    return sum(weights[s] * len(word) for s, word in code.items())


def best_length(weights):
    """The least mean length of all sets of lengths that Kraft's inequality permits."""
    k = len(weights)
    return min(
        sum(w * n for w, n in zip(weights, lengths, strict=True))
        for lengths in itertools.product(range(1, k), repeat=k)
        if sum(Fraction(1, 2**n) for n in lengths) <= 1
    )


@pytest.mark.reference("itertools.product", of="dlcore.probability.huffman_code")
@given(st.lists(st.integers(1, 30), min_size=2, max_size=5))
def test_no_prefix_code_is_shorter(weights):
    code = huffman_code(dict(enumerate(weights)))
    for a, b in itertools.permutations(code.values(), 2):
        assert not b.startswith(a)
    assert sum(Fraction(1, 2 ** len(word)) for word in code.values()) == 1
    assert mean_length(code, weights) == best_length(weights)


def test_text_is_coded_within_a_bit_of_its_entropy():
    counts = Counter(LICENCE)
    n = len(LICENCE)
    H = scipy.stats.entropy(list(counts.values()), base=2)
    assert H <= mean_length(huffman_code(counts), counts) / n < H + 1
    assert huffman_code({"a": 1}) == {"a": "0"}


@pytest.mark.reference("scipy.stats.entropy", of="dlcore.probability.ArithmeticCoder")
def test_arithmetic_coding_reaches_the_entropy_of_text():
    counts = Counter(LICENCE)
    symbols = {s: i for i, s in enumerate(counts)}
    coder = ArithmeticCoder(torch.tensor(list(counts.values())))
    message = [symbols[s] for s in LICENCE]
    bits = coder.encode(message)
    ideal = len(message) * scipy.stats.entropy(list(counts.values()), base=2)
    assert ideal <= len(bits) <= ideal + 2 + 1e-4 * ideal
    assert coder.decode(bits, len(message)) == message


@given(
    st.lists(st.integers(1, 1000), min_size=1, max_size=9).flatmap(
        lambda f: st.tuples(st.just(f), st.lists(st.integers(0, len(f) - 1), max_size=60))
    )
)
def test_every_message_comes_back(case):
    frequencies, message = case
    coder = ArithmeticCoder(torch.tensor(frequencies))
    assert coder.decode(coder.encode(message), len(message)) == message


def test_a_probable_symbol_costs_less_than_a_bit():
    coder = ArithmeticCoder(torch.tensor([999, 1]))
    assert len(coder.encode([0] * 1000)) <= 4
    assert len(coder.encode([0, 1])) >= 9


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: huffman_code({}), "at least one symbol"),
        (lambda: huffman_code({"a": 0}), "weight of 'a'"),
        (lambda: ArithmeticCoder(torch.tensor([1, 0])), "frequencies from 1"),
        (lambda: ArithmeticCoder(torch.tensor([2**30])), "less than"),
        (lambda: ArithmeticCoder(torch.tensor([1, 1])).encode([2]), "0..1"),
        (lambda: ArithmeticCoder(torch.tensor([1, 1])).decode("012", 1), "0 and 1"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
