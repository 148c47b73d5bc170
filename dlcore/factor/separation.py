"""How well sources were separated, whatever their order, sign and scale."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from dlcore.linalg.shapes import require_one_matrix


class Match(NamedTuple):
    """Which estimate belongs to which source.

    Attributes:
        order: for each true source the column of its estimate, shape (k,).
        signs: 1 or -1 for each, shape (k,): `estimated[:, order] * signs` lines up with the truth.
        correlations: of each source with its estimate, in absolute value, shape (k,).
    """

    order: Int[Tensor, " k"]
    signs: Float[Tensor, " k"]
    correlations: Float[Tensor, " k"]


def amari_index(W: Float[Tensor, "k d"], A: Float[Tensor, "d k"]) -> Float[Tensor, ""]:
    r"""How far $WA$ is from a permutation with scales: 0 if W separates what A mixed, at most 1.

    Args:
        W: the unmixing matrix that was found, shape (k, d).
        A: the true mixing matrix, shape (d, k), k at least 2.

    Returns:
        One number, 0 for every order, sign and scale of the right rows, and otherwise the same for
        every order and sign. To compare, scale sources to variance 1, as `fastica` does.

    Raises:
        ValueError: shapes that do not fit, one source only, or WA has a row or column of zeros.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-amari-index`
    Section: :ref:`sec-ica`
    Source: Amari, Cichocki, Yang (1996), A new learning algorithm for blind signal separation,
        NIPS 8.

    Example:
        >>> A = torch.tensor([[1.0, 0.5], [0.6, 1.0]])
        >>> swapped = torch.tensor([[0.0, -3.0], [2.0, 0.0]])
        >>> float(amari_index(swapped @ A.inverse(), A)) < 1e-6, amari_index(torch.eye(2), A)
        (True, tensor(0.5500))

    In production: the formula; the truth is known in simulations only.
    """
    require_one_matrix("amari_index", W)
    require_one_matrix("amari_index", A)
    if W.shape != A.T.shape or len(W) < 2:
        raise ValueError(
            f"amari_index needs W of shape (k, d) and A of shape (d, k) with k >= 2, got "
            f"{tuple(W.shape)} and {tuple(A.shape)}"
        )
    P = (W @ A).abs()
    if not ((P.amax(0) > 0).all() and (P.amax(1) > 0).all()):
        raise ValueError("amari_index: W A has a row or column of zeros, a source is lost")
    k = len(P)
    rows, columns = P.sum(1) / P.amax(1) - 1, P.sum(0) / P.amax(0) - 1
    return (rows.sum() + columns.sum()) / (2 * k * (k - 1))


def match_sources(estimated: Float[Tensor, "n m"], true: Float[Tensor, "n k"]) -> Match:
    """Pair true sources with estimates so that the sum of absolute correlations is largest.

    Args:
        estimated: shape (n, m), m at least k.
        true: shape (n, k), no column constant.

    Returns:
        Columns, signs and correlations of the estimates.

    Raises:
        ValueError: different numbers of rows, fewer estimates than sources, or a constant column.
        TypeError: no floating-point tensors.

    Section: :ref:`sec-ica`
    Source: Kuhn (1955), The Hungarian method for the assignment problem,
        doi:10.1002/nav.3800020109.

    Example:
        >>> true = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0], [0.0, 3.0]])
        >>> match_sources(-2 * true.flip(1), true)[:2]
        (tensor([1, 0]), tensor([-1., -1.]))

    In production: scipy.optimize.linear_sum_assignment.
    """
    require_one_matrix("match_sources", estimated)
    require_one_matrix("match_sources", true)
    (n, m), k = estimated.shape, true.shape[1]
    if n != len(true) or m < k:
        raise ValueError(
            f"match_sources needs as many rows and at least as many estimates, got "
            f"{tuple(estimated.shape)} for {tuple(true.shape)}"
        )
    parts = [S - S.mean(0) for S in (true, estimated)]
    if not all((S.norm(dim=0) > 0).all() for S in parts):
        raise ValueError("match_sources: a constant column has no correlation")
    true, estimated = (S / S.norm(dim=0) for S in parts)
    C = true.T @ estimated
    order = torch.from_numpy(linear_sum_assignment(-C.abs().cpu())[1]).to(C.device)
    chosen = C.gather(1, order[:, None])[:, 0]
    return Match(order, chosen.sign(), chosen.abs())
