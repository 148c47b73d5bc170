"""What attention weights say, taken together: alignments, coverage, the flow through layers."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def _require_shares(name: str, p: Tensor) -> None:
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"{name} must lie between 0 and 1")


def monotonic_alignment(
    p: Float[Tensor, "*batch t_query t_key"],
) -> Float[Tensor, "*batch t_query t_key"]:
    """Expected alignment of a reader that only moves forward and stops by chance.

    For each output it starts at the position where it stopped last (at first the beginning), stops
    at position j with probability p_ij, else goes on to j + 1. Because it never goes back, it can
    work while the input still comes in.

    Args:
        p: probability of stopping at each position, shape (..., t_query, t_key).

    Returns:
        The probability that output i reads position j. A row sums to less than 1 by the chance of
        running past the end.

    Raises:
        ValueError: numbers that are no probabilities.

    Equation: :eq:`eq-monotonic-alignment`.
    Section: :ref:`sec-attention-variants`.

    Source: Raffel, Luong, Liu, Weiss, Eck (2017), Online and linear-time attention by enforcing
    monotonic alignments, arXiv:1704.00784, equation 8.

    Example:
        >>> monotonic_alignment(torch.tensor([[0.5, 0.5], [0.5, 1.0]]))
        tensor([[0.5000, 0.2500],
                [0.2500, 0.5000]])

    In production: this; torch.nn has none.
    """
    _require_shares("probabilities", p)
    *batch, _, t_key = p.shape
    last = torch.cat(
        [p.new_ones(*batch, min(t_key, 1)), p.new_zeros(*batch, max(t_key - 1, 0))], -1
    )
    rows = []
    for stop in p.unbind(-2):
        arriving, row = p.new_zeros(batch), []
        for j in range(t_key):
            arriving = arriving + last[..., j]
            row.append(stop[..., j] * arriving)
            arriving = (1 - stop[..., j]) * arriving
        last = torch.stack(row, -1) if row else stop
        rows.append(last)
    return torch.stack(rows, -2) if rows else p


def attention_rollout(
    weights: Sequence[Float[Tensor, "*batch t t"]], residual: float = 0.5
) -> Float[Tensor, "*batch t t"]:
    """How much each input reaches each output of a stack, if only attention moved information.

    Args:
        weights: of each layer from first to last, averaged over heads.
        residual: the share that goes past the attention, along the shortcut.

    Returns:
        The product of residual I + (1 - residual) A over the layers, the last on the left; rows sum
        to 1 if those of the weights do. It is a bound on nothing: values may cancel.

    Raises:
        ValueError: no layer, weights that are not square, or a share outside [0, 1].

    Equation: :eq:`eq-attention-rollout`.
    Section: :ref:`sec-transformer`.

    Source: Abnar, Zuidema (2020), Quantifying attention flow in transformers, arXiv:2005.00928.

    Example:
        >>> attention_rollout([torch.tensor([[1.0, 0.0], [1.0, 0.0]])] * 2)
        tensor([[1.0000, 0.0000],
                [0.7500, 0.2500]])

    In production: this; torch has none.
    """
    if not 0 <= residual <= 1:
        raise ValueError(f"residual must lie between 0 and 1, got {residual}")
    if not weights or any(A.ndim < 2 or A.shape[-1] != A.shape[-2] for A in weights):
        raise ValueError(f"expected square weights, got {[tuple(A.shape) for A in weights]}")
    identity = torch.eye(weights[0].shape[-1], dtype=weights[0].dtype, device=weights[0].device)
    rollout = identity
    for A in weights:
        rollout = (residual * identity + (1 - residual) * A) @ rollout
    return rollout


def coverage_penalty(
    weights: Float[Tensor, "*batch t_query t_key"],
    beta: float = 1.0,
    key_mask: Bool[Tensor, "*batch t_key"] | None = None,
) -> Float[Tensor, "*batch"]:
    """A term of a hypothesis' score, below 0 where the output neglects parts of the input.

    Args:
        weights: attention of each output to each input, shape (..., t_query, t_key).
        beta: its strength.
        key_mask: True for inputs that are no padding, shape (..., t_key).

    Returns:
        beta sum_i log min(sum_t weights_ti, 1), shape (...): 0 if every input got at least 1, -inf
        if one got nothing.

    Raises:
        ValueError: a mask that does not fit.

    Equation: :eq:`eq-coverage-penalty`.
    Section: :ref:`sec-attention-variants`.

    Source: Wu et al. (2016), Google's neural machine translation system, arXiv:1609.08144, section
    7.

    Example:
        >>> coverage_penalty(torch.tensor([[0.9, 0.1, 0.0], [0.8, 0.1, 0.1]]))
        tensor(-3.9120)

    In production: the option coverage_penalty of OpenNMT's beam search.
    """
    covered = weights.sum(-2).clamp(max=1)
    if key_mask is not None:
        if key_mask.shape != covered.shape:
            raise ValueError(
                f"key_mask must have shape {tuple(covered.shape)}, got {tuple(key_mask.shape)}"
            )
        covered = covered.masked_fill(~key_mask, 1.0)
    return beta * covered.log().sum(-1)
