"""An answer as a part of a text: the best pair of first and last word."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor


class AnswerSpan(NamedTuple):
    """Where the answer stands.

    Attributes:
        start: the first word, shape (n,).
        end: the last word, shape (n,).
        score: the sum of both scores, shape (n,).

    Section: :ref:`sec-question-answering`.

    Example:
        >>> AnswerSpan(torch.tensor([1]), torch.tensor([2]), torch.tensor([0.5])).end
        tensor([2])

    In production: the output of a transformers question-answering pipeline.
    """

    start: Int[Tensor, " n"]
    end: Int[Tensor, " n"]
    score: Float[Tensor, " n"]


def best_span(
    start_scores: Float[Tensor, "n t"],
    end_scores: Float[Tensor, "n t"],
    max_length: int | None = None,
) -> AnswerSpan:
    r"""The span that begins and ends best: not the best beginning beside the best end.

    Args:
        start_scores: of each word as the first, shape (n, t); minus infinity forbids.
        end_scores: of each word as the last, shape (n, t).
        max_length: how many words it may have; by default any number.

    Returns:
        $\arg\max_{i \le j < i + L} s_i + e_j$ and its score; among equal ones the first.

    Raises:
        ValueError: shapes that differ, no word, a length below 1, or no span that is allowed.

    Equation: :eq:`eq-best-span`.
    Section: :ref:`sec-question-answering`.

    Source: Devlin, Chang, Lee, Toutanova (2019), BERT, arXiv:1810.04805, section 4.2.

    Example:
        >>> start, end = torch.tensor([[0.0, 3.0, 1.0]]), torch.tensor([[4.0, 0.0, 2.0]])
        >>> span = best_span(start, end)
        >>> span.start.item(), span.end.item(), span.score.item()
        (1, 2, 5.0)

    In production: transformers.pipeline("question-answering").
    """
    if start_scores.shape != end_scores.shape or start_scores.ndim != 2:
        raise ValueError(
            f"expected scores of one shape (n, t), got {tuple(start_scores.shape)} and "
            f"{tuple(end_scores.shape)}"
        )
    t = start_scores.shape[1]
    longest = t if max_length is None else max_length
    if t < 1 or longest < 1:
        raise ValueError(f"at least one word is needed, got t = {t}, max_length = {max_length}")
    place = torch.arange(t, device=start_scores.device)
    length = place - place[:, None] + 1
    allowed = (length >= 1) & (length <= longest)
    pairs = start_scores[:, :, None] + end_scores[:, None, :]
    score, where = pairs.masked_fill(~allowed, -torch.inf).flatten(1).max(dim=1)
    if (score == -torch.inf).any() or score.isnan().any():
        raise ValueError("a text has no span that is allowed")
    return AnswerSpan(where // t, where % t, score)
