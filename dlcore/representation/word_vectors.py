"""Word vectors from the company words keep: skip-gram with negative sampling."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from dlcore.autoencoder.training import Objective
from dlcore.training import fit


def skip_gram_pairs(tokens: Int[Tensor, " t"], window: int = 2) -> Int[Tensor, "m 2"]:
    """All pairs of a word and another one near it, in both orders.

    Args:
        tokens: the text, shape (t,).
        window: the largest distance of two words of a pair.

    Returns:
        Pairs (centre, context), shape (m, 2), by distance.

    Raises:
        ValueError: a window below 1, or another number of axes.

    Equation: :eq:`eq-skip-gram`.
    Section: :ref:`sec-word-vectors`.

    Source: Mikolov, Chen, Corrado, Dean (2013), Efficient estimation of word representations in
        vector space, arXiv:1301.3781.

    Example:
        >>> skip_gram_pairs(torch.tensor([4, 5, 6]), window=1).tolist()
        [[4, 5], [5, 6], [5, 4], [6, 5]]

    In production: gensim.models.Word2Vec(sg=1), which also shrinks the window at random.
    """
    if tokens.ndim != 1 or window < 1:
        raise ValueError(
            f"expected tokens (t,) and a window of at least 1, got {tuple(tokens.shape)} and "
            f"{window}"
        )
    pairs = []
    for k in range(1, min(window, len(tokens) - 1) + 1):
        after = torch.stack([tokens[:-k], tokens[k:]], dim=1)
        pairs += [after, after.flip(1)]
    return torch.cat(pairs) if pairs else tokens.new_empty(0, 2)


def noise_distribution(
    counts: Int[Tensor, " v"] | Float[Tensor, " v"], power: float = 0.75
) -> Float[Tensor, " v"]:
    r"""How often a word serves as a wrong answer: as $\text{count}^{3/4}$.

    Args:
        counts: how often each word stands in the text, shape (v,).
        power: 1 for the words' own shares, 0 for all words alike.

    Returns:
        Probabilities, shape (v,).

    Raises:
        ValueError: a negative count, or nothing counted.

    Equation: :eq:`eq-noise-distribution`.
    Section: :ref:`sec-word-vectors`.

    Source: Mikolov, Sutskever, Chen, Corrado, Dean (2013), Distributed representations of words and
        phrases and their compositionality, arXiv:1310.4546, section 2.2.

    Example:
        >>> noise_distribution(torch.tensor([16, 1]))
        tensor([0.8889, 0.1111])

    In production: gensim.models.Word2Vec(ns_exponent=0.75).
    """
    if counts.ndim != 1 or not (counts >= 0).all() or not counts.any():
        raise ValueError("expected counts of words, not negative, of which one is positive")
    counts = counts if counts.is_floating_point() else counts.to(torch.get_default_dtype())
    weights = counts.pow(power) * (counts > 0)
    return weights / weights.sum()


def negative_sampling_loss(
    centre: Float[Tensor, "n d"], context: Float[Tensor, "n d"], noise: Float[Tensor, "n k d"]
) -> Float[Tensor, ""]:
    r"""Tell the word that stood near from k that were drawn: logistic regression on products.

    $-\log \sigma(v^\top u) - \sum_{i=1}^k \log \sigma(-v^\top u_i)$. With vectors long enough it is
    smallest at $v^\top u = \log \frac{p(w, c)}{p(w) q(c)} - \log k$, where q draws the noise.

    Args:
        centre: vectors v of the words, shape (n, d).
        context: vectors u of their neighbours, shape (n, d).
        noise: vectors of drawn words, k for each pair, shape (n, k, d).

    Returns:
        The mean over the pairs.

    Raises:
        ValueError: shapes that do not fit.

    Equation: :eq:`eq-negative-sampling`.
    Section: :ref:`sec-word-vectors`.

    Source: Mikolov, Sutskever, Chen, Corrado, Dean (2013), arXiv:1310.4546, equation 4; the
        minimum: Levy, Goldberg (2014), Neural word embedding as implicit matrix factorization.

    Example:
        >>> negative_sampling_loss(torch.zeros(1, 4), torch.zeros(1, 4), torch.zeros(1, 5, 4))
        tensor(4.1589)

    In production: torch.nn.functional.binary_cross_entropy_with_logits.
    """
    n, d = centre.shape[:1], centre.shape[-1:]
    fits = centre.ndim == 2 and context.shape == centre.shape and noise.ndim == 3
    if not fits or noise.shape[:1] != n or noise.shape[-1:] != d:
        raise ValueError(
            f"expected shapes (n, d), (n, d) and (n, k, d), got {tuple(centre.shape)}, "
            f"{tuple(context.shape)} and {tuple(noise.shape)}"
        )
    right = F.logsigmoid((centre * context).sum(dim=1))
    wrong = F.logsigmoid(-torch.einsum("nd,nkd->nk", centre, noise)).sum(dim=1)
    return -(right + wrong).mean()


class SkipGram(nn.Module):
    """Two vectors for each word: one as a centre, one as a neighbour.

    Args:
        vocab_size: V.
        dim: d.

    Attributes:
        centres: the vectors that are used afterwards, an `nn.Embedding` with weight (V, d).
        contexts: those of the neighbours, zero at first.

    Raises:
        ValueError: sizes below 1.

    Equation: :eq:`eq-negative-sampling`.
    Section: :ref:`sec-word-vectors`.

    Source: Mikolov, Sutskever, Chen, Corrado, Dean (2013), arXiv:1310.4546.

    Example:
        >>> model = SkipGram(10, 4)
        >>> loss = model(torch.tensor([1]), torch.tensor([2]), torch.tensor([[3, 4, 5]]))
        >>> round(loss.item(), 4)
        2.7726

    In production: gensim.models.Word2Vec(sg=1).
    """

    def __init__(self, vocab_size: int, dim: int) -> None:
        super().__init__()
        if vocab_size < 1 or dim < 1:
            raise ValueError(f"sizes must be at least 1, got {vocab_size} and {dim}")
        self.centres, self.contexts = nn.Embedding(vocab_size, dim), nn.Embedding(vocab_size, dim)
        nn.init.uniform_(self.centres.weight, -0.5 / dim, 0.5 / dim)
        nn.init.zeros_(self.contexts.weight)

    def forward(
        self, centres: Int[Tensor, " n"], contexts: Int[Tensor, " n"], noise: Int[Tensor, "n k"]
    ) -> Float[Tensor, ""]:
        """The loss of pairs and of the words drawn against them."""
        return negative_sampling_loss(
            self.centres(centres), self.contexts(contexts), self.contexts(noise)
        )


def train_skip_gram(
    tokens: Int[Tensor, " t"],
    vocab_size: int,
    dim: int = 32,
    *,
    window: int = 2,
    negatives: int = 5,
    epochs: int = 5,
    batch_size: int = 512,
    lr: float = 0.01,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> SkipGram:
    """Learn word vectors from a text.

    Args:
        tokens: the text, shape (t,), numbers in 0..V - 1.
        vocab_size: V.
        dim: d.
        window: the largest distance of two words of a pair.
        negatives: k, words drawn against each pair.
        epochs: passes over all pairs.
        batch_size: pairs in a minibatch.
        lr: Adam's step size.
        generator: source of the order and of the noise; by default torch's global one, from which
            the first vectors come in any case.
        progress: show a progress bar.

    Returns:
        The trained model.

    Raises:
        ValueError: a text without pairs, words outside the vocabulary, numbers below 1.

    Equation: :eq:`eq-negative-sampling`.
    Section: :ref:`sec-word-vectors`.

    Source: Mikolov, Sutskever, Chen, Corrado, Dean (2013), arXiv:1310.4546.

    Example:
        >>> text = torch.tensor([0, 1, 2, 3] * 20)
        >>> train_skip_gram(text, 4, dim=3, epochs=1).centres.weight.shape
        torch.Size([4, 3])

    In production: gensim.models.Word2Vec(sg=1, negative=5).
    """
    pairs = skip_gram_pairs(tokens, window)
    if not len(pairs) or negatives < 1:
        raise ValueError(f"{len(pairs)} pairs and {negatives} negatives: both must be at least 1")
    if not 0 <= int(tokens.min()) <= int(tokens.max()) < vocab_size:
        raise ValueError(f"tokens must lie in 0..{vocab_size - 1}")
    model = SkipGram(vocab_size, dim).to(tokens.device)
    shares = noise_distribution(tokens.bincount(minlength=vocab_size))
    shares = shares.to(generator.device) if generator else shares

    def loss(model: nn.Module, batch: Tensor) -> Tensor:
        if not model.training:
            noise = batch[:, 1:].expand(-1, negatives)
        else:
            n = len(batch) * negatives
            noise = shares.multinomial(n, replacement=True, generator=generator)
            noise = noise.reshape(len(batch), negatives).to(batch.device)
        return model(batch[:, 0], batch[:, 1], noise)

    fit(
        Objective(model, loss),
        pairs,
        torch.zeros(len(pairs), device=tokens.device),
        loss=lambda losses, _: losses.mean(),
        optimizer=torch.optim.Adam(model.parameters(), lr=lr),
        epochs=epochs,
        batch_size=batch_size,
        generator=generator,
        progress=progress,
    )
    return model


def nearest_words(
    vectors: Float[Tensor, "v d"],
    query: Float[Tensor, " d"],
    k: int = 5,
    exclude: Sequence[int] = (),
) -> Int[Tensor, " k"]:
    """The words whose vectors point most in a direction: neighbours, or answers to analogies.

    Args:
        vectors: of all words, shape (v, d).
        query: the direction, shape (d,); for "a is to b as c is to ?" the sum b - a + c.
        k: how many.
        exclude: words that do not count, such as those of the question.

    Returns:
        Their numbers by falling cosine, shape (k,).

    Raises:
        ValueError: shapes that do not fit, or fewer than k words left.

    Section: :ref:`sec-word-vectors`.

    Source: Mikolov, Yih, Zweig (2013), Linguistic regularities in continuous space word
        representations, NAACL.

    Example:
        >>> vectors = torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]])
        >>> nearest_words(vectors, vectors[0], k=1, exclude=[0])
        tensor([1])

    In production: gensim.models.KeyedVectors.most_similar.
    """
    if vectors.ndim != 2 or query.shape != vectors.shape[1:]:
        raise ValueError(
            f"expected vectors (v, d) and a query (d,), got {tuple(vectors.shape)} and "
            f"{tuple(query.shape)}"
        )
    left = torch.ones(len(vectors), dtype=torch.bool, device=vectors.device)
    left[list(exclude)] = False
    if not 1 <= k <= int(left.sum()):
        raise ValueError(f"k must lie in 1..{int(left.sum())}, got {k}")
    cosines = F.cosine_similarity(vectors, query[None])
    return cosines.masked_fill(~left, -torch.inf).topk(k).indices
