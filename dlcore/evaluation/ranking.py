"""Measures of a ranking: whether what was looked for stands near the top.

Lists are the last axis, any axes before it are queries. Equal scores are put in the order that is
worst for the ranking, so that giving the same score to everything earns nothing. Shorter lists are
padded with scores of minus infinity and relevance 0.
"""

from typing import Literal

import torch
from jaxtyping import Bool, Float, Float64, Int
from torch import Tensor

Relevance = Float[Tensor, "*queries n"] | Int[Tensor, "*queries n"] | Bool[Tensor, "*queries n"]


def _ranked(
    scores: Float[Tensor, "*queries n"], relevance: Relevance, k: int | None
) -> tuple[Float64[Tensor, "*queries n"], int]:
    """The relevance in the order of falling scores, and how many of the top are looked at."""
    if scores.shape != relevance.shape or scores.ndim == 0 or scores.numel() == 0:
        raise ValueError(
            f"one relevance for each score is needed, at least one, got {tuple(scores.shape)} and "
            f"{tuple(relevance.shape)}"
        )
    if scores.isnan().any() or (scores == float("inf")).any():
        raise ValueError("scores must be finite, or minus infinity where a list has ended")
    relevance = relevance.double()
    if not ((relevance >= 0) & relevance.isfinite()).all():
        raise ValueError("relevance must be finite and not negative")
    n = scores.shape[-1]
    k = n if k is None else k
    if not 1 <= k <= n:
        raise ValueError(f"k must lie in 1..{n}, got {k}")
    rising, order = relevance.sort(dim=-1, stable=True)
    by_score = scores.gather(-1, order).argsort(dim=-1, descending=True, stable=True)
    return rising.gather(-1, by_score), k


def _ratio(part: Tensor, whole: Tensor, zero_division: float) -> Tensor:
    return torch.where(whole > 0, part / whole, zero_division)


def precision_at_k(
    scores: Float[Tensor, "*queries n"], relevance: Relevance, k: int
) -> Float64[Tensor, "*queries"]:
    """The share of the first k places that is relevant.

    Args:
        scores: the higher, the nearer to the top, shape (..., n).
        relevance: above 0 for what is relevant, of the same shape.
        k: how many places are looked at.

    Returns:
        A number in [0, 1] for each query.

    Raises:
        ValueError: shapes differ, no items, scores that are NaN or infinite, negative relevance,
            or k outside 1..n.

    Equation: :eq:`eq-precision-recall-at-k`.
    Section: :ref:`sec-ranking-metrics`.

    Source: Manning, Raghavan, Schütze (2008), Introduction to Information Retrieval, section 8.4.

    Example:
        >>> scores = torch.tensor([[0.9, 0.8, 0.1], [0.2, 0.6, 0.4]])
        >>> precision_at_k(scores, torch.tensor([[1, 0, 1], [0, 1, 1]]), 2)
        tensor([0.5000, 1.0000], dtype=torch.float64)

    In production: torchmetrics.retrieval.RetrievalPrecision.
    """
    ranked, k = _ranked(scores, relevance, k)
    return (ranked[..., :k] > 0).double().mean(dim=-1)


def recall_at_k(
    scores: Float[Tensor, "*queries n"],
    relevance: Relevance,
    k: int,
    *,
    zero_division: float = 0.0,
) -> Float64[Tensor, "*queries"]:
    """The share of what is relevant that stands in the first k places, in whatever order.

    Args:
        scores: the higher, the nearer to the top, shape (..., n).
        relevance: above 0 for what is relevant, of the same shape.
        k: how many places are looked at.
        zero_division: the value of a query for which nothing is relevant.

    Returns:
        A number in [0, 1] for each query.

    Raises:
        ValueError: as in `precision_at_k`.

    Equation: :eq:`eq-precision-recall-at-k`.
    Section: :ref:`sec-ranking-metrics`.

    Source: Manning, Raghavan, Schütze (2008), Introduction to Information Retrieval, section 8.4.

    Example:
        >>> scores = torch.tensor([[0.9, 0.8, 0.1], [0.2, 0.6, 0.4]])
        >>> recall_at_k(scores, torch.tensor([[1, 0, 1], [0, 1, 1]]), 2)
        tensor([0.5000, 1.0000], dtype=torch.float64)

    In production: torchmetrics.retrieval.RetrievalRecall.
    """
    ranked, k = _ranked(scores, relevance, k)
    relevant = (ranked > 0).double()
    return _ratio(relevant[..., :k].sum(dim=-1), relevant.sum(dim=-1), zero_division)


def mean_average_precision(
    scores: Float[Tensor, "*queries n"],
    relevance: Relevance,
    k: int | None = None,
    *,
    zero_division: float = 0.0,
) -> float:
    """The precision at the place of each relevant item, averaged over items, then over queries.

    Args:
        scores: the higher, the nearer to the top, shape (..., n).
        relevance: above 0 for what is relevant, of the same shape.
        k: how many places are looked at, by default all; the average of a query is then over the
            most relevant items that k places can hold.
        zero_division: the value of a query for which nothing is relevant; NaN leaves it out.

    Returns:
        A number in [0, 1]; of one query it is the average precision.

    Raises:
        ValueError: as in `precision_at_k`.

    Equation: :eq:`eq-average-precision-query`.
    Section: :ref:`sec-ranking-metrics`.

    Source: Manning, Raghavan, Schütze (2008), Introduction to Information Retrieval, section 8.4.

    Example:
        >>> scores = torch.tensor([5.0, 4.0, 3.0, 2.0, 1.0])
        >>> round(mean_average_precision(scores, torch.tensor([1, 0, 1, 0, 1])), 4)
        0.7556

    In production: torchmetrics.retrieval.RetrievalMAP.
    """
    ranked, k = _ranked(scores, relevance, k)
    relevant = (ranked > 0).double()
    places = torch.arange(1, k + 1, device=scores.device)
    top = relevant[..., :k]
    total = (top * top.cumsum(dim=-1) / places).sum(dim=-1)
    return _ratio(total, relevant.sum(dim=-1).clamp(max=k), zero_division).nanmean().item()


def mrr(
    scores: Float[Tensor, "*queries n"], relevance: Relevance, *, zero_division: float = 0.0
) -> float:
    """The mean over queries of one over the place of the first relevant item.

    Args:
        scores: the higher, the nearer to the top, shape (..., n).
        relevance: above 0 for what is relevant, of the same shape.
        zero_division: the value of a query for which nothing is relevant; NaN leaves it out.

    Returns:
        A number in [0, 1].

    Raises:
        ValueError: shapes differ, no items, scores that are NaN or infinite, or negative
            relevance.

    Equation: :eq:`eq-reciprocal-rank`.
    Section: :ref:`sec-ranking-metrics`.

    Source: Voorhees (1999), The TREC-8 question answering track report, NIST.

    Example:
        >>> scores = torch.tensor([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]])
        >>> mrr(scores, torch.tensor([[1, 0, 0], [0, 1, 1]]))
        0.75

    In production: torchmetrics.retrieval.RetrievalMRR.
    """
    relevant = (_ranked(scores, relevance, None)[0] > 0).double()
    first = relevant.argmax(dim=-1) + 1
    return torch.where(relevant.any(dim=-1), 1 / first.double(), zero_division).nanmean().item()


def _discounted(
    ranked: Float64[Tensor, "*queries n"], k: int, gain: str
) -> Float64[Tensor, "*queries"]:
    if gain not in ("linear", "exponential"):
        raise ValueError(f"gain must be 'linear' or 'exponential', got {gain!r}")
    gains = ranked[..., :k] if gain == "linear" else 2 ** ranked[..., :k] - 1
    places = torch.arange(1, k + 1, dtype=gains.dtype, device=gains.device)
    return (gains / (places + 1).log2()).sum(dim=-1)


def dcg(
    scores: Float[Tensor, "*queries n"],
    relevance: Relevance,
    k: int | None = None,
    *,
    gain: Literal["linear", "exponential"] = "linear",
) -> Float64[Tensor, "*queries"]:
    r"""The gain of what a ranking shows, discounted by place: $\sum_i g_i / \log_2(i + 1)$.

    Args:
        scores: the higher, the nearer to the top, shape (..., n).
        relevance: grades from 0 on, of the same shape.
        k: how many places are looked at, by default all.
        gain: "linear": the grade; "exponential": two to the power of the grade, less 1.

    Returns:
        A number from 0 on for each query.

    Raises:
        ValueError: as in `precision_at_k`, or an unknown gain.

    Equation: :eq:`eq-ndcg`.
    Section: :ref:`sec-ranking-metrics`.

    Source: Järvelin, Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques,
        doi:10.1145/582415.582418.

    Example:
        >>> scores = torch.tensor([6.0, 5.0, 4.0, 3.0, 2.0, 1.0])
        >>> dcg(scores, torch.tensor([3, 2, 3, 0, 1, 2]))
        tensor(6.8611, dtype=torch.float64)

    In production: sklearn.metrics.dcg_score, which averages over the orders of equal scores.
    """
    return _discounted(*_ranked(scores, relevance, k), gain)


def ndcg(
    scores: Float[Tensor, "*queries n"],
    relevance: Relevance,
    k: int | None = None,
    *,
    gain: Literal["linear", "exponential"] = "linear",
    zero_division: float = 0.0,
) -> Float64[Tensor, "*queries"]:
    """The discounted gain over that of the best order.

    Args:
        scores: the higher, the nearer to the top, shape (..., n).
        relevance: grades from 0 on, of the same shape.
        k: how many places are looked at, by default all.
        gain: "linear": the grade; "exponential": two to the power of the grade, less 1.
        zero_division: the value of a query for which nothing is relevant.

    Returns:
        A number in [0, 1] for each query, 1 for the best order.

    Raises:
        ValueError: as in `precision_at_k`, or an unknown gain.

    Equation: :eq:`eq-ndcg`.
    Section: :ref:`sec-ranking-metrics`.

    Source: Järvelin, Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques,
        doi:10.1145/582415.582418.

    Example:
        >>> scores = torch.tensor([6.0, 5.0, 4.0, 3.0, 2.0, 1.0])
        >>> ndcg(scores, torch.tensor([3, 2, 3, 0, 1, 2]))
        tensor(0.9608, dtype=torch.float64)

    In production: sklearn.metrics.ndcg_score, which averages over the orders of equal scores.
    """
    ranked, k = _ranked(scores, relevance, k)
    ideal = ranked.sort(dim=-1, descending=True).values
    return _ratio(_discounted(ranked, k, gain), _discounted(ideal, k, gain), zero_division)
