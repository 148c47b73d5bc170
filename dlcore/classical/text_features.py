"""Texts as rows of numbers: how often each word occurs, and how much that says."""

import re
from collections import Counter
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

WORD = r"\b\w\w+\b"


class CountVectorizer:
    """How often each word of a vocabulary occurs in each text.

    Args:
        min_df: how many texts a word must occur in, to be counted.
        token_pattern: regular expression of a word; by default two letters or digits and more.
        lowercase: whether capitals are read as small letters.

    Attributes:
        vocabulary_: the column of each word, in the order of the alphabet.

    Raises:
        ValueError: min_df below 1, or no word left; `transform` before `fit`.
        TypeError: one string instead of several.

    Section: :ref:`sec-text-classification`.

    Source: Salton, Wong, Yang (1975), A vector space model for automatic indexing,
        doi:10.1145/361219.361220.

    Example:
        >>> counts = CountVectorizer()
        >>> counts.fit_transform(["the cat the dog", "a cat"])
        tensor([[1., 1., 2.],
                [1., 0., 0.]], dtype=torch.float64)
        >>> list(counts.vocabulary_)
        ['cat', 'dog', 'the']

    In production: sklearn.feature_extraction.text.CountVectorizer, whose rows are sparse.
    """

    def __init__(
        self, *, min_df: int = 1, token_pattern: str = WORD, lowercase: bool = True
    ) -> None:
        self.min_df, self.token_pattern, self.lowercase = min_df, token_pattern, lowercase

    def _words(self, texts: Sequence[str]) -> list[list[str]]:
        if isinstance(texts, str):
            raise TypeError("expected several texts, got one string")
        read = (text.lower() if self.lowercase else text for text in texts)
        return [re.findall(self.token_pattern, text) for text in read]

    def fit(self, texts: Sequence[str], y: object = None) -> "CountVectorizer":
        """Collect the vocabulary."""
        if self.min_df < 1:
            raise ValueError(f"min_df must be at least 1, got {self.min_df}")
        occurs = Counter(word for words in self._words(texts) for word in set(words))
        kept = sorted(word for word, count in occurs.items() if count >= self.min_df)
        if not kept:
            raise ValueError(f"no word occurs in {self.min_df} of {len(texts)} texts")
        self.vocabulary_ = {word: column for column, word in enumerate(kept)}
        return self

    def transform(self, texts: Sequence[str]) -> Float[Tensor, "n v"]:
        """The counts, shape (n, v), float64; words outside the vocabulary are left out."""
        if not hasattr(self, "vocabulary_"):
            raise ValueError("call fit before transform")
        counts = torch.zeros(len(texts), len(self.vocabulary_), dtype=torch.float64)
        for row, words in zip(counts, self._words(texts), strict=True):
            known = [self.vocabulary_[word] for word in words if word in self.vocabulary_]
            row += torch.tensor(known, dtype=torch.long).bincount(minlength=len(row))
        return counts

    def fit_transform(self, texts: Sequence[str], y: object = None) -> Float[Tensor, "n v"]:
        """`fit`, then `transform` of the same texts."""
        return self.fit(texts).transform(texts)

    def get_feature_names_out(self) -> list[str]:
        """The words in the order of the columns."""
        return list(self.vocabulary_)


class TfidfVectorizer(CountVectorizer):
    r"""Counts of words, weighted by how rare the word is among the texts.

    A count $n_{tw}$ is multiplied by $\log\frac{1+N}{1+N_w} + 1$, where $N_w$ of the $N$ texts have
    the word; then each row is brought to length 1.

    Args:
        min_df: how many texts a word must occur in, to be counted.
        token_pattern: regular expression of a word; by default two letters or digits and more.
        lowercase: whether capitals are read as small letters.
        sublinear_tf: whether counts enter as 1 + log n.

    Attributes:
        vocabulary_: the column of each word.
        idf_: the weight of each word, shape (v,).

    Raises:
        ValueError: what `CountVectorizer` rejects.
        TypeError: one string instead of several.

    Equation: :eq:`eq-tf-idf`.
    Section: :ref:`sec-text-classification`.

    Source: Spärck Jones (1972), A statistical interpretation of term specificity,
        doi:10.1108/eb026526; in scikit-learn's form.

    Example:
        >>> tfidf = TfidfVectorizer().fit(["the cat", "the dog"])
        >>> tfidf.get_feature_names_out(), (tfidf.idf_ * 100).round() / 100
        (['cat', 'dog', 'the'], tensor([1.4100, 1.4100, 1.0000], dtype=torch.float64))

    In production: sklearn.feature_extraction.text.TfidfVectorizer, whose rows are sparse.
    """

    def __init__(
        self,
        *,
        min_df: int = 1,
        token_pattern: str = WORD,
        lowercase: bool = True,
        sublinear_tf: bool = False,
    ) -> None:
        super().__init__(min_df=min_df, token_pattern=token_pattern, lowercase=lowercase)
        self.sublinear_tf = sublinear_tf

    def fit(self, texts: Sequence[str], y: object = None) -> "TfidfVectorizer":
        """Collect the vocabulary and in how many texts each word occurs."""
        super().fit(texts)
        has = (super().transform(texts) > 0).sum(dim=0)
        self.idf_ = ((1 + len(texts)) / (1 + has.double())).log() + 1
        return self

    def transform(self, texts: Sequence[str]) -> Float[Tensor, "n v"]:
        """The weighted rows of length 1, shape (n, v), float64; a row without words is 0."""
        counts = super().transform(texts)
        if self.sublinear_tf:
            counts = torch.where(counts > 0, 1 + counts.clamp(min=1).log(), counts)
        return torch.nn.functional.normalize(counts * self.idf_)
