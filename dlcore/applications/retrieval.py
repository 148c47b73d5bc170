"""Find the passages that may hold an answer, then let a reader answer from them."""

import math
import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Retrieved(NamedTuple):
    """A document that was found.

    Attributes:
        document: its number.
        score: how well it fits.
        text: what it says.

    Section: :ref:`sec-retrieval`.

    Example:
        >>> Retrieved(3, 0.5, "a cat").document
        3

    In production: the hit of a search engine.
    """

    document: int
    score: float
    text: str


class Retriever(ABC):
    """Anything that scores documents for a query.

    Args:
        documents: what to search.

    Raises:
        ValueError: no document.

    Section: :ref:`sec-retrieval`.

    Example:
        >>> issubclass(BM25, Retriever)
        True

    In production: a search engine's client.
    """

    def __init__(self, documents: Sequence[str]) -> None:
        if not documents:
            raise ValueError("at least one document is needed")
        self.documents = list(documents)

    @abstractmethod
    def scores(self, query: str) -> Float[Tensor, " n"]:
        """How well each document fits, shape (n,)."""

    def retrieve(self, query: str, k: int = 3) -> list[Retrieved]:
        """The k documents that fit best, from the best; among equal ones the first.

        Args:
            query: what is sought.
            k: how many; all if there are fewer.

        Returns:
            The documents.

        Raises:
            ValueError: k below 1.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        scores = self.scores(query)
        order = scores.argsort(descending=True, stable=True)[:k].tolist()
        return [Retrieved(i, scores[i].item(), self.documents[i]) for i in order]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


class BM25(Retriever):
    r"""Documents that hold the query's rare words often, long ones discounted.

    The score of a document is the sum over the query's words of
    $\mathrm{idf}_w \frac{n_w (k_1 + 1)}{n_w + k_1 (1 - b + b \ell / \bar\ell)}$. There $n_w$
    counts the word in the document, whose length is $\ell$, on the mean $\bar\ell$; and
    $\mathrm{idf}_w = \log(1 + \frac{N - N_w + 1/2}{N_w + 1/2})$ if $N_w$ of $N$ documents have it.

    Args:
        documents: what to search.
        k1: how soon more of a word says no more.
        b: how much length is discounted, between 0 and 1.

    Raises:
        ValueError: no document, a negative k1, a b outside [0, 1].

    Equation: :eq:`eq-bm25`.
    Section: :ref:`sec-retrieval`.

    Source: Robertson, Zaragoza (2009), The probabilistic relevance framework: BM25 and beyond,
        doi:10.1561/1500000019; with the idf of Lucene, which is never negative.

    Example:
        >>> search = BM25(["the cat sat", "the dog ran", "a cat and a dog"])
        >>> [found.document for found in search.retrieve("cat sat", k=2)]
        [0, 2]

    In production: rank_bm25, bm25s, Elasticsearch.
    """

    def __init__(self, documents: Sequence[str], k1: float = 1.5, b: float = 0.75) -> None:
        super().__init__(documents)
        if k1 < 0 or not 0 <= b <= 1:
            raise ValueError(f"expected k1 >= 0 and b in [0, 1], got {k1} and {b}")
        counts = [Counter(_words(text)) for text in self.documents]
        lengths = torch.tensor([c.total() for c in counts], dtype=torch.float64)
        self.k1 = k1
        self._offset = k1 * (1 - b + b * lengths / lengths.mean().clamp(min=1e-12))
        self._places: dict[str, tuple[list[int], list[int]]] = {}
        for i, count in enumerate(counts):
            for word, n in count.items():
                where, how_often = self._places.setdefault(word, ([], []))
                where.append(i)
                how_often.append(n)

    def scores(self, query: str) -> Float[Tensor, " n"]:
        """The score of each document, shape (n,), float64; 0 for one without any of the words."""
        total = torch.zeros(len(self.documents), dtype=torch.float64)
        for word in _words(query):
            if word in self._places:
                where, how_often = self._places[word]
                n = torch.tensor(how_often, dtype=torch.float64)
                rest = len(self.documents) - len(where)
                idf = math.log(1 + (rest + 0.5) / (len(where) + 0.5))
                total[where] += idf * n * (self.k1 + 1) / (n + self._offset[where])
        return total


class DenseRetriever(Retriever):
    """Documents whose vectors point where the query's does: by meaning, if the encoder knows it.

    Args:
        documents: what to search.
        encode: from texts to vectors, shape (n, d).
        normalize: whether vectors are brought to length 1, so that scores are cosines.

    Raises:
        ValueError: no document, or vectors of another shape.

    Section: :ref:`sec-retrieval`.

    Source: Karpukhin et al. (2020), Dense passage retrieval for open-domain question answering,
        arXiv:2004.04906.

    Example:
        >>> def lengths(texts):
        ...     return torch.tensor([[1.0, len(text)] for text in texts])
        >>> DenseRetriever(["a", "abcdef"], lengths).retrieve("xyzuvw", k=1)[0].document
        1

    In production: sentence-transformers with an index, such as faiss.
    """

    def __init__(
        self,
        documents: Sequence[str],
        encode: Callable[[Sequence[str]], Tensor],
        *,
        normalize: bool = True,
    ) -> None:
        super().__init__(documents)
        self.encode, self.normalize = encode, normalize
        self.vectors = self._vectors(self.documents)

    @torch.no_grad()
    def _vectors(self, texts: Sequence[str]) -> Tensor:
        vectors = self.encode(texts)
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise ValueError(
                f"encode must give vectors ({len(texts)}, d), got {tuple(vectors.shape)}"
            )
        return torch.nn.functional.normalize(vectors) if self.normalize else vectors

    def scores(self, query: str) -> Float[Tensor, " n"]:
        """The dot product of each document's vector with the query's, shape (n,)."""
        return self.vectors @ self._vectors([query])[0]


class RAGAnswer(NamedTuple):
    """An answer and what it rests on.

    Attributes:
        answer: what the reader said.
        passages: what it was given.

    Section: :ref:`sec-retrieval`.

    Example:
        >>> RAGAnswer("Paris", []).answer
        'Paris'

    In production: the response of a question-answering service, with its sources.
    """

    answer: str
    passages: list[Retrieved]


class RAGPipeline:
    """Retrieval-augmented answers: find passages, read them, answer, and show what was read.

    Args:
        retriever: finds passages.
        read: from question and passages to an answer; a span reader, or a language model with the
            passages in its prompt.
        k: how many passages it gets.
        min_score: passages below are not shown to the reader.
        unknown: the answer if no passage is left.

    Raises:
        ValueError: k below 1.

    Section: :ref:`sec-retrieval`.

    Source: Lewis et al. (2020), Retrieval-augmented generation for knowledge-intensive NLP tasks,
        arXiv:2005.11401; here without training the parts together.

    Example:
        >>> facts = BM25(["The capital of France is Paris.", "Oslo lies in Norway."])
        >>> rag = RAGPipeline(facts, lambda question, passages: passages[0].split()[-1], k=1)
        >>> rag.answer("capital of France?").answer
        'Paris.'

    In production: LangChain, LlamaIndex, Haystack.
    """

    def __init__(
        self,
        retriever: Retriever,
        read: Callable[[str, list[str]], str],
        k: int = 3,
        *,
        min_score: float = -math.inf,
        unknown: str = "",
    ) -> None:
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        self.retriever, self.read, self.k = retriever, read, k
        self.min_score, self.unknown = min_score, unknown

    def answer(self, question: str) -> RAGAnswer:
        """The answer and the passages that it rests on."""
        found = self.retriever.retrieve(question, self.k)
        passages = [passage for passage in found if passage.score >= self.min_score]
        if not passages:
            return RAGAnswer(self.unknown, [])
        return RAGAnswer(self.read(question, [p.text for p in passages]), passages)
