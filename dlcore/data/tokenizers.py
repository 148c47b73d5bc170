"""Words cut into pieces that were learned from a text: byte-pair encoding and WordPiece."""

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

Pair = tuple[str, str]
UNREADABLE = "\ufffd"


class Subwords(ABC):
    """What all tokenizers of words share: counting words, numbers for pieces and back."""

    def __init__(self, vocab_size: int, specials: Sequence[str]) -> None:
        if vocab_size < 1 or not specials or len(set(specials)) < len(specials):
            raise ValueError(
                f"vocab_size must be at least 1 and specials must be one token or more, each "
                f"once, got {vocab_size} and {tuple(specials)}"
            )
        self.vocab_size = vocab_size
        self.specials = tuple(specials)
        self.vocab_: list[str] = []
        self._numbers: dict[str, int] = {}
        self._known: dict[str, list[str]] = {}

    @abstractmethod
    def split(self, text: str) -> list[str]:
        """The words of a text, each of which is cut by itself."""

    @abstractmethod
    def _cut(self, word: str) -> list[str]:
        """The pieces of one word."""

    def _count(self, texts: Iterable[str] | Mapping[str, int]) -> dict[str, int]:
        """How often each word occurs."""
        if isinstance(texts, str):
            raise TypeError("expected several texts or counts of words, got one string")
        if isinstance(texts, Mapping):
            counts = dict(texts)
        else:
            counts = Counter(word for text in texts for word in self.split(text))
        if not counts or not all(word and count > 0 for word, count in counts.items()):
            raise ValueError("expected at least one word, none empty, and positive counts")
        return counts

    def _finish(self, pieces: Iterable[str]) -> None:
        self.vocab_ = [*self.specials, *pieces]
        self._numbers = {piece: number for number, piece in enumerate(self.vocab_)}
        self._known = {}

    def __len__(self) -> int:
        return len(self.vocab_)

    def __getitem__(self, token: str) -> int:
        """The number of a token."""
        if token not in self._numbers:
            raise KeyError(f"{token!r} is not in the vocabulary")
        return self._numbers[token]

    def tokenize(self, text: str) -> list[str]:
        """The pieces of a text; for what cannot be cut the first of `specials`."""
        if not self.vocab_:
            raise ValueError("call fit before tokenize, encode or decode")
        pieces = []
        for word in self.split(text):
            if word not in self._known:
                self._known[word] = self._cut(word)
            pieces += self._known[word]
        return pieces

    def encode(self, text: str) -> list[int]:
        """The numbers of a text's pieces."""
        return [self._numbers[piece] for piece in self.tokenize(text)]

    def _readable(self, numbers: Iterable[int]) -> list[str]:
        """The pieces of these numbers, without special ones; unknown ones as a question mark."""
        if not self.vocab_:
            raise ValueError("call fit before tokenize, encode or decode")
        shown = {self.specials[0]: UNREADABLE} | dict.fromkeys(self.specials[1:], "")
        pieces = (self.vocab_[number] for number in numbers)
        return [piece for piece in (shown.get(p, p) for p in pieces) if piece]


def merge(pieces: Sequence[str], pair: Pair, whole: str) -> list[str]:
    """The pieces with each occurrence of the pair, from the left, replaced by the whole."""
    merged: list[str] = []
    i = 0
    while i < len(pieces):
        found = tuple(pieces[i : i + 2]) == pair
        merged.append(whole if found else pieces[i])
        i += 1 + found
    return merged


class _PairCounts:
    """Words in pieces, and how often each piece and each pair of neighbours occurs."""

    def __init__(self, words: Sequence[list[str]], counts: Sequence[int]) -> None:
        self.words, self.counts = list(words), counts
        self.pieces: Counter[str] = Counter()
        self.pairs: Counter[Pair] = Counter()
        self.holders: dict[Pair, set[int]] = {}
        for i in range(len(words)):
            self._add(i, 1)

    def _add(self, i: int, sign: int) -> None:
        count, pieces = sign * self.counts[i], self.words[i]
        for piece in pieces:
            self.pieces[piece] += count
        for pair in pairwise(pieces):
            self.pairs[pair] += count
            if sign > 0:
                self.holders.setdefault(pair, set()).add(i)
            if not self.pairs[pair]:
                del self.pairs[pair]

    def merge(self, pair: Pair, whole: str) -> None:
        """Join the pair wherever it occurs."""
        for i in self.holders.pop(pair):
            self._add(i, -1)
            self.words[i] = merge(self.words[i], pair, whole)
            self._add(i, 1)


class BPETokenizer(Subwords):
    """Byte-pair encoding: the most frequent pair of neighbours becomes one piece, again and again.

    Pieces never cross a word; the space before a word belongs to it, so that decoding gives the
    text back. Of equally frequent pairs the first in the order of the alphabet is joined.

    Args:
        vocab_size: how many tokens to have at most, special ones and single characters included.
        specials: the first stands for characters that were not seen in `fit`.

    Attributes:
        vocab_: the tokens by their numbers: special ones, characters, joined pieces.
        merges_: the joined pairs in their order.

    Raises:
        ValueError: no special token or one twice, nothing to fit; using it before `fit`.
        TypeError: a single string to fit.

    Section: :ref:`sec-tokenization`.

    Source: Sennrich, Haddow, Birch (2016), Neural machine translation of rare words with subword
        units, arXiv:1508.07909.

    Example:
        >>> corpus = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}
        >>> bpe = BPETokenizer(vocab_size=11).fit(corpus)
        >>> bpe.merges_
        [('u', 'g'), ('u', 'n'), ('h', 'ug')]
        >>> bpe.tokenize("bug")
        ['b', 'ug']

    In production: tokenizers.models.BPE, tiktoken; both start from bytes, so that none is unknown.
    """

    def __init__(self, vocab_size: int = 1000, specials: Sequence[str] = ("<unk>",)) -> None:
        super().__init__(vocab_size, specials)
        self.merges_: list[Pair] = []

    def split(self, text: str) -> list[str]:
        """Words and punctuation, each with one space before it, and what other space there is."""
        return re.findall(r" ?\w+| ?[^\w\s]+|\s", text)

    def fit(self, texts: Iterable[str] | Mapping[str, int]) -> "BPETokenizer":
        """Learn the pieces.

        Args:
            texts: several texts, or how often each word occurs.

        Returns:
            The tokenizer.
        """
        counts = self._count(texts)
        state = _PairCounts([list(word) for word in counts], list(counts.values()))
        alphabet, self.merges_ = sorted(state.pieces), []
        room = self.vocab_size - len(self.specials) - len(alphabet)
        while len(self.merges_) < room and state.pairs:
            pair = min(state.pairs, key=lambda pair: (-state.pairs[pair], pair))
            state.merge(pair, "".join(pair))
            self.merges_.append(pair)
        self._ranks = {pair: rank for rank, pair in enumerate(self.merges_)}
        self._finish(dict.fromkeys([*alphabet, *map("".join, self.merges_)]))
        return self

    def _cut(self, word: str) -> list[str]:
        pieces = [c if c in self._numbers else self.specials[0] for c in word]
        while len(pieces) > 1:
            pair = min(pairwise(pieces), key=lambda pair: self._ranks.get(pair, len(self._ranks)))
            if pair not in self._ranks:
                break
            pieces = merge(pieces, pair, "".join(pair))
        return pieces

    def decode(self, numbers: Iterable[int]) -> str:
        """The text; special tokens are left out, unknown characters become U+FFFD."""
        return "".join(self._readable(numbers))


class WordPieceTokenizer(Subwords):
    """WordPiece: join the pair that occurs most often for how often its parts occur.

    A piece within a word begins with ``##``. A word is cut from the left, each time at the longest
    piece in the vocabulary; a word that cannot be cut to its end is unknown as a whole.

    Args:
        vocab_size: how many tokens to have at most, special ones and single characters included.
        specials: the first stands for unknown words.

    Attributes:
        vocab_: the tokens by their numbers: special ones, characters, joined pieces.
        merges_: the joined pairs in their order.
        scores_: the score of each when it was joined.

    Raises:
        ValueError: no special token or one twice, nothing to fit; using it before `fit`.
        TypeError: a single string to fit.

    Equation: :eq:`eq-wordpiece-score`.
    Section: :ref:`sec-tokenization`.

    Source: Schuster, Nakajima (2012), Japanese and Korean voice search,
        doi:10.1109/ICASSP.2012.6289079; Devlin, Chang, Lee, Toutanova (2019), BERT,
        arXiv:1810.04805.

    Example:
        >>> corpus = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}
        >>> tokenizer = WordPieceTokenizer(vocab_size=9).fit(corpus)
        >>> tokenizer.merges_, tokenizer.scores_
        ([('##g', '##s')], [0.05])
        >>> tokenizer.tokenize("hugs bum")
        ['h', '##u', '##gs', '[UNK]']

    In production: tokenizers.models.WordPiece.
    """

    def __init__(self, vocab_size: int = 1000, specials: Sequence[str] = ("[UNK]",)) -> None:
        super().__init__(vocab_size, specials)
        self.merges_: list[Pair] = []
        self.scores_: list[float] = []

    def split(self, text: str) -> list[str]:
        """Words and single marks of punctuation."""
        return re.findall(r"\w+|[^\w\s]", text)

    def fit(self, texts: Iterable[str] | Mapping[str, int]) -> "WordPieceTokenizer":
        """Learn the pieces.

        Args:
            texts: several texts, or how often each word occurs.

        Returns:
            The tokenizer.
        """
        counts = self._count(texts)
        words = [[word[0], *(f"##{c}" for c in word[1:])] for word in counts]
        state = _PairCounts(words, list(counts.values()))

        def score(pair: Pair) -> float:
            a, b = pair
            return state.pairs[pair] / (state.pieces[a] * state.pieces[b])

        pieces = dict.fromkeys(sorted(state.pieces))
        self.merges_, self.scores_ = [], []
        while len(self.specials) + len(pieces) < self.vocab_size and state.pairs:
            pair = min(state.pairs, key=lambda pair: (-score(pair), pair))
            self.merges_.append(pair)
            self.scores_.append(score(pair))
            whole = pair[0] + pair[1].removeprefix("##")
            state.merge(pair, whole)
            pieces[whole] = None
        self._finish(pieces)
        return self

    def _cut(self, word: str) -> list[str]:
        pieces: list[str] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((e for e in ends if prefix + word[start:e] in self._numbers), None)
            if end is None:
                return [self.specials[0]]
            pieces.append(prefix + word[start:end])
            start = end
        return pieces

    def decode(self, numbers: Iterable[int]) -> str:
        """The words with single spaces between; special tokens are left out."""
        return " ".join(self._readable(numbers)).replace(" ##", "")
