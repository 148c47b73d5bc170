"""Tokenizers: a worked corpus, plain recounting, and all ways to cut a word."""

import itertools
import math
from collections import Counter

import pytest

from dlcore import data

CORPUS = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}
TEXT = ["the cat sat on the mat, the cat!", "a  bat and\na rat; aaaaa banana", "ÄÖ café → 10%"]
KINDS = [data.BPETokenizer, data.WordPieceTokenizer, data.UnigramTokenizer]


def words(texts, tokenizer):
    return Counter(word for text in texts for word in tokenizer.split(text))


def recounted_bpe(counts, steps):
    """Every pair counted anew at each step."""
    pieces, merges = {word: list(word) for word in counts}, []
    for _ in range(steps):
        pairs = Counter()
        for word, parts in pieces.items():
            for pair in itertools.pairwise(parts):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = sorted(pairs, key=lambda p: (-pairs[p], p))[0]
        merges.append(best)
        for word, parts in pieces.items():
            joined, rest = [], parts
            while rest:
                both = tuple(rest[:2]) == best
                joined, rest = [*joined, "".join(rest[: 1 + both])], rest[1 + both :]
            pieces[word] = joined
    return merges, pieces


@pytest.mark.reference("pairs counted anew", of="dlcore.data.BPETokenizer")
def test_bpe_against_recounting():
    bpe = data.BPETokenizer(vocab_size=60).fit(TEXT)
    counts = words(TEXT, bpe)
    merges, pieces = recounted_bpe(counts, len(bpe.merges_))
    assert bpe.merges_ == merges
    assert {word: bpe.tokenize(word) for word in counts} == pieces
    assert len(bpe) <= 60


def test_bpe_on_the_worked_corpus():
    bpe = data.BPETokenizer(vocab_size=10).fit(CORPUS)
    assert bpe.merges_[0] == ("u", "g")
    assert bpe.vocab_ == ["<unk>", "b", "g", "h", "n", "p", "s", "u", "ug", "un"]
    assert bpe.tokenize("bugs") == ["b", "ug", "s"]
    assert bpe.tokenize("mug") == ["<unk>", "ug"]
    assert bpe.decode(bpe.encode("mug")) == "\ufffdug"


def test_overlapping_pairs_are_joined_from_the_left():
    bpe = data.BPETokenizer(vocab_size=3).fit({"aaaaa": 3})
    assert bpe.merges_ == [("a", "a")]
    assert bpe.tokenize("aaaaa") == ["aa", "aa", "a"]


@pytest.mark.parametrize("kind", [data.BPETokenizer, data.UnigramTokenizer])
def test_nothing_is_lost(kind):
    tokenizer = kind(50).fit(TEXT)
    for text in (*TEXT, "a cat  that\n\nran"):
        assert tokenizer.decode(tokenizer.encode(text)) == text
        assert all(0 <= number < len(tokenizer) for number in tokenizer.encode(text))


# HF's course shows this corpus: the first merge is (##g, ##s) with a score of 1/20
@pytest.mark.reference("by hand", of="dlcore.data.WordPieceTokenizer")
def test_wordpiece_on_the_worked_corpus():
    tokenizer = data.WordPieceTokenizer(vocab_size=10).fit(CORPUS)
    assert tokenizer.merges_[0] == ("##g", "##s")
    assert tokenizer.scores_[0] == 5 / (20 * 5)
    assert tokenizer.merges_[1] == ("##u", "##g")
    assert tokenizer.scores_[1] == pytest.approx(1 / 36)
    assert tokenizer.tokenize("hugs, bum") == ["h", "##ug", "##s", "[UNK]", "[UNK]"]
    assert tokenizer.decode(tokenizer.encode("pun hugs bum")) == "pun hugs \ufffd"
    assert tokenizer["##ug"] == len(tokenizer) - 1


def test_wordpiece_takes_the_longest_piece_first():
    tokenizer = data.WordPieceTokenizer(vocab_size=40).fit(TEXT)
    for word in words(TEXT, tokenizer):
        left = word
        for i, piece in enumerate(tokenizer.tokenize(word)):
            bare = piece.removeprefix("##") if i else piece
            longer = [left[:k] for k in range(len(bare) + 1, len(left) + 1)]
            assert left.startswith(bare)
            assert not any(("##" * bool(i)) + part in tokenizer.vocab_ for part in longer)
            left = left[len(bare) :]
        assert left == ""


def cuts(word):
    """All ways to cut a word."""
    for bars in itertools.product([False, True], repeat=len(word) - 1):
        ends = [i + 1 for i, bar in enumerate(bars) if bar] + [len(word)]
        yield [word[a:b] for a, b in itertools.pairwise([0, *ends])]


@pytest.mark.reference("all ways to cut a word", of="dlcore.data.UnigramTokenizer")
def test_unigram_against_enumeration():
    tokenizer = data.UnigramTokenizer(vocab_size=14, em_steps=4).fit(CORPUS)
    p = {piece: math.exp(v) for piece, v in tokenizer.log_probabilities_.items()}
    assert sum(p.values()) == pytest.approx(1)
    for word in (*CORPUS, "pughug", "hunsbug"):
        chances = {tuple(cut): math.prod(p.get(piece, 0.0) for piece in cut) for cut in cuts(word)}
        assert tuple(tokenizer.tokenize(word)) == max(chances, key=chances.get)
    before = {piece: 1 / len(p) for piece in p}
    used, likelihood = Counter(), 0.0
    for word, count in CORPUS.items():
        chances = [(cut, math.prod(before.get(piece, 0.0) for piece in cut)) for cut in cuts(word)]
        total = sum(chance for _, chance in chances)
        likelihood += count * math.log(total)
        for cut, chance in chances:
            for piece in cut:
                used[piece] += count * chance / total
    mine, mine_likelihood = tokenizer._expect(CORPUS, before)
    assert mine_likelihood == pytest.approx(likelihood)
    assert mine == pytest.approx({piece: used[piece] for piece in p}, abs=1e-9)


def test_expectation_maximization_never_lowers_the_likelihood():
    tokenizer = data.UnigramTokenizer(vocab_size=30, em_steps=5).fit(TEXT)
    assert len(tokenizer.log_likelihoods_) > 2
    for steps in tokenizer.log_likelihoods_:
        assert all(b >= a - 1e-9 for a, b in itertools.pairwise(steps))
    assert len(tokenizer) <= max(30, 1 + len(set("".join(TEXT))))


@pytest.mark.bad_input
@pytest.mark.parametrize("kind", KINDS)
def test_bad_input(kind):
    for arguments in ((0,), (10, ()), (10, ("<unk>", "<unk>"))):
        with pytest.raises(ValueError, match="specials must be one token or more"):
            kind(*arguments)
    with pytest.raises(TypeError, match="one string"):
        kind(10).fit("text")
    for nothing in ([], {"a": 0}, {"": 1}):
        with pytest.raises(ValueError, match="at least one word"):
            kind(10).fit(nothing)
    with pytest.raises(ValueError, match="call fit before"):
        kind(10).encode("a")
    with pytest.raises(ValueError, match="call fit before"):
        kind(10).decode([0])
    with pytest.raises(KeyError, match="'zz' is not in the vocabulary"):
        kind(10).fit(CORPUS)["zz"]


@pytest.mark.bad_input
def test_bad_input_of_the_unigram_model():
    with pytest.raises(ValueError, match="at least 1, got 0 and 2"):
        data.UnigramTokenizer(10, max_length=0)
    with pytest.raises(ValueError, match="400 characters vanishes"):
        data.UnigramTokenizer(10, max_length=1).fit({"abcdefgh" * 50: 1})
