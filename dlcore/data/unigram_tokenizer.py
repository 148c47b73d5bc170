"""Words cut where a model of single pieces finds it most probable."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from dlcore.data.tokenizers import Subwords


class UnigramTokenizer(Subwords):
    """The unigram model: pieces are drawn independently; words are cut at their most probable way.

    It starts with all frequent parts of words. Their probabilities are fitted by expectation
    maximisation over all ways to cut; then those whose loss costs the likelihood least are taken
    out, a fifth at a time, until few enough are left. Single characters stay.

    Args:
        vocab_size: how many tokens to have at most, special ones and single characters included;
            the characters stay even where they are more.
        specials: the first stands for characters that were not seen in `fit`.
        max_length: the longest pieces in characters.
        em_steps: steps of expectation maximisation before each pruning.

    Attributes:
        vocab_: the tokens by their numbers: special ones, then pieces from the most probable.
        log_probabilities_: of each piece.
        log_likelihoods_: of the words, for each size of the vocabulary a list over the steps.

    Raises:
        ValueError: no special token or one twice, nothing to fit, numbers below 1, a word so long
            that its probability is 0 in floating point; using it before `fit`.
        TypeError: a single string to fit.

    Equation: :eq:`eq-unigram`.
    Section: :ref:`sec-tokenization`.

    Source: Kudo (2018), Subword regularization, arXiv:1804.10959, section 3.2.

    Example:
        >>> corpus = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}
        >>> tokenizer = UnigramTokenizer(vocab_size=11).fit(corpus)
        >>> tokenizer.tokenize("hugs")
        ['hug', 's']

    In production: tokenizers.models.Unigram, sentencepiece.
    """

    def __init__(
        self,
        vocab_size: int = 1000,
        specials: Sequence[str] = ("<unk>",),
        *,
        max_length: int = 8,
        em_steps: int = 2,
    ) -> None:
        super().__init__(vocab_size, specials)
        if max_length < 1 or em_steps < 1:
            raise ValueError(
                f"max_length and em_steps must be at least 1, got {max_length} and {em_steps}"
            )
        self.max_length, self.em_steps = max_length, em_steps
        self.log_probabilities_: dict[str, float] = {}
        self.log_likelihoods_: list[list[float]] = []

    def split(self, text: str) -> list[str]:
        """Words and punctuation, each with one space before it, and what other space there is."""
        return re.findall(r" ?\w+| ?[^\w\s]+|\s", text)

    def _parts(self, word: str, start: int) -> Iterable[tuple[int, str]]:
        """The parts of a word that begin here, and where they end."""
        for end in range(start + 1, min(start + self.max_length, len(word)) + 1):
            yield end, word[start:end]

    def fit(self, texts: Iterable[str] | Mapping[str, int]) -> "UnigramTokenizer":
        """Learn the pieces.

        Args:
            texts: several texts, or how often each word occurs.

        Returns:
            The tokenizer.
        """
        counts = self._count(texts)
        seen: Counter[str] = Counter()
        for word, count in counts.items():
            for start in range(len(word)):
                for _, part in self._parts(word, start):
                    seen[part] += count
        weights: dict[str, float] = {p: c for p, c in seen.items() if c > 1 or len(p) == 1}
        self.log_likelihoods_ = []
        while True:
            self.log_likelihoods_.append([])
            for _ in range(self.em_steps):
                total = sum(weights.values())
                probabilities = {piece: weight / total for piece, weight in weights.items()}
                weights, likelihood = self._expect(counts, probabilities)
                self.log_likelihoods_[-1].append(likelihood)
            if not (surplus := self._surplus(weights)):
                break
            for piece in surplus:
                del weights[piece]
        total = sum(weights.values())
        ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        self.log_probabilities_ = {p: math.log(w / total) for p, w in ranked}
        self._finish(self.log_probabilities_)
        return self

    def _expect(
        self, counts: Mapping[str, int], probabilities: Mapping[str, float]
    ) -> tuple[dict[str, float], float]:
        """How often each piece is expected to be used, and the words' log-likelihood."""
        used = dict.fromkeys(probabilities, 1e-12)
        likelihood = 0.0
        for word, count in counts.items():
            n = len(word)
            before, after = [1.0] + [0.0] * n, [0.0] * n + [1.0]
            for start in range(n):
                for end, part in self._parts(word, start):
                    before[end] += before[start] * probabilities.get(part, 0.0)
            if before[n] == 0:
                raise ValueError(f"the probability of a word of {n} characters vanishes")
            for start in reversed(range(n)):
                for end, part in self._parts(word, start):
                    p = probabilities.get(part, 0.0) * after[end]
                    after[start] += p
                    if p:
                        used[part] += count * before[start] * p / before[n]
            likelihood += count * math.log(before[n])
        return used, likelihood

    def _surplus(self, weights: Mapping[str, float]) -> list[str]:
        """Which pieces to take out: those that are best replaced by smaller ones."""
        excess = len(weights) + len(self.specials) - self.vocab_size
        longer = [piece for piece in weights if len(piece) > 1]
        if excess <= 0 or not longer:
            return []
        total = sum(weights.values())
        logs = {piece: math.log(weight / total) for piece, weight in weights.items()}

        def cost(piece: str) -> float:
            _, apart = self._best(piece, {p: v for p, v in parts(piece) if p != piece})
            return weights[piece] * (logs[piece] - apart)

        def parts(piece: str) -> Iterable[tuple[str, float]]:
            for start in range(len(piece)):
                for _, part in self._parts(piece, start):
                    if part in logs:
                        yield part, logs[part]

        cheapest = sorted(longer, key=lambda piece: (cost(piece), piece))
        return cheapest[: min(excess, max(1, len(longer) // 5))]

    def _best(self, word: str, logs: Mapping[str, float]) -> tuple[list[str], float]:
        """The most probable cut and its log-probability; unknown characters are very improbable."""
        best: list[tuple[float, list[str]]] = [(0.0, [])]
        best += [(-math.inf, [])] * len(word)
        for start in range(len(word)):
            score, pieces = best[start]
            for end, part in self._parts(word, start):
                known = part in logs
                if not known and end > start + 1:
                    continue
                reached = score + (logs[part] if known else -1e3)
                if reached > best[end][0]:
                    best[end] = reached, [*pieces, part if known else self.specials[0]]
        return best[-1][1], best[-1][0]

    def _cut(self, word: str) -> list[str]:
        return self._best(word, self.log_probabilities_)[0]

    def decode(self, numbers: Iterable[int]) -> str:
        """The text; special tokens are left out, unknown characters become U+FFFD."""
        return "".join(self._readable(numbers))
