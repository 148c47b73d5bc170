"""Tensors of three and more axes: unfolding, and sums of outer products (CP)."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import warn_not_converged
from dlcore.linalg.least_squares import pinv
from dlcore.linalg.shapes import require_floating, require_one_matrix


def unfold(T: Float[Tensor, "*shape"], mode: int) -> Float[Tensor, "n rest"]:
    """A tensor as a matrix whose rows are the slices of one axis, the other axes in their order.

    Args:
        T: tensor with at least one axis.
        mode: which axis becomes the rows, from 0.

    Returns:
        The matrix; of the other axes, the last runs fastest (row-major order).

    Raises:
        ValueError: there is no such axis.
        TypeError: T is no floating-point tensor.

    Section: :ref:`sec-tensor-decomposition`
    Source: Kolda, Bader (2009), Tensor decompositions and applications, doi:10.1137/07070111X
        (whose first axis runs fastest).

    Example:
        >>> unfold(torch.arange(8.0).reshape(2, 2, 2), mode=1)
        tensor([[0., 1., 4., 5.],
                [2., 3., 6., 7.]])

    In production: tensorly.unfold.
    """
    require_floating("unfold", T)
    _require_mode("unfold", T.ndim, mode)
    return T.movedim(mode, 0).flatten(1) if T.ndim > 1 else T[:, None]


def fold(M: Float[Tensor, "n rest"], mode: int, shape: Sequence[int]) -> Float[Tensor, "*shape"]:
    """The tensor whose unfolding is M.

    Args:
        M: matrix made by `unfold`.
        mode: which axis the rows are, from 0.
        shape: the shape of the tensor.

    Returns:
        The tensor.

    Raises:
        ValueError: there is no such axis, or M has another number of entries.
        TypeError: M is no floating-point tensor.

    Section: :ref:`sec-tensor-decomposition`

    Example:
        >>> T = torch.arange(8.0).reshape(2, 2, 2)
        >>> torch.equal(fold(unfold(T, 1), 1, (2, 2, 2)), T)
        True

    In production: tensorly.fold.
    """
    require_one_matrix("fold", M)
    _require_mode("fold", len(shape), mode)
    moved = [shape[mode], *shape[:mode], *shape[mode + 1 :]]
    if M.shape[0] != shape[mode] or M.numel() != math.prod(shape):
        raise ValueError(f"a matrix of shape {tuple(M.shape)} can't fold to {tuple(shape)}")
    return M.reshape(moved).movedim(0, mode)


def _require_mode(name: str, axes: int, mode: int) -> None:
    if not 0 <= mode < axes:
        raise ValueError(f"{name}: mode must be from 0 to {axes - 1}, got {mode}")


def khatri_rao(A: Float[Tensor, "m r"], B: Float[Tensor, "n r"]) -> Float[Tensor, "mn r"]:
    """Column r of A times column r of B, all pairs of entries, those of B running fastest.

    Args:
        A: shape (m, r).
        B: shape (n, r).

    Returns:
        The product, shape (m n, r).

    Raises:
        ValueError: the numbers of columns differ.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-khatri-rao`
    Section: :ref:`sec-tensor-decomposition`
    Source: Khatri, Rao (1968), Solutions to some functional equations and their applications to
        characterization of probability distributions, Sankhya A 30.

    Example:
        >>> khatri_rao(torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0], [4.0]])).flatten()
        tensor([3., 4., 6., 8.])

    In production: scipy.linalg.khatri_rao.
    """
    require_one_matrix("khatri_rao", A)
    require_one_matrix("khatri_rao", B)
    if A.shape[1] != B.shape[1]:
        shapes = f"{tuple(A.shape)} and {tuple(B.shape)}"
        raise ValueError(f"khatri_rao needs equally many columns, got {shapes}")
    return (A[:, None] * B[None]).flatten(0, 1)


def cp_to_tensor(
    factors: Sequence[Tensor], weights: Float[Tensor, " r"] | None = None
) -> Float[Tensor, "*shape"]:
    """The sum of outer products of the columns of some factors.

    Args:
        factors: one matrix an axis, shapes (n_1, r), (n_2, r), …
        weights: a factor for each term, shape (r,); default 1.

    Returns:
        The tensor, shape (n_1, n_2, …).

    Raises:
        ValueError: no factors, or numbers of columns that differ.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-cp`
    Section: :ref:`sec-tensor-decomposition`

    Example:
        >>> a = torch.tensor([[1.0], [2.0]])
        >>> cp_to_tensor([a, a, a]).flatten()
        tensor([1., 2., 2., 4., 2., 4., 4., 8.])

    In production: tensorly.cp_to_tensor.
    """
    if not factors:
        raise ValueError("cp_to_tensor needs at least one factor")
    product = factors[0] if weights is None else factors[0] * weights
    for factor in factors[1:]:
        product = khatri_rao(product, factor)
    return product.sum(1).reshape([len(factor) for factor in factors])


class CP(NamedTuple):
    """A tensor as a weighted sum of outer products of unit vectors.

    Attributes:
        weights: sizes of the terms in descending order, shape (r,).
        factors: one matrix an axis with columns of length 1, shapes (n_1, r), (n_2, r), …
        errors: relative error in the Frobenius norm after each round.
    """

    weights: Tensor
    factors: list[Tensor]
    errors: list[float]


def cp_als(
    T: Float[Tensor, "*shape"],
    rank: int,
    *,
    rtol: float = 1e-8,
    max_iterations: int = 500,
    generator: torch.Generator | None = None,
) -> CP:
    r"""Canonical polyadic decomposition by alternating least squares, one factor after the other.

    With all factors but one held fixed the problem is an ordinary least-squares problem, so that
    the error never rises. It may still crawl, or stop at a local minimum: try several starts. No
    gradient is recorded.

    Args:
        T: tensor with at least two axes.
        rank: number of terms, at least 1.
        rtol: stop when a round lowers the relative error by less than this, or it is below this.
        max_iterations: stop after so many rounds in any case.
        generator: for the random start.

    Returns:
        Weights, factors and the errors of all rounds.

    Raises:
        ValueError: fewer than two axes, or a rank below 1.
        TypeError: T is no floating-point tensor.

    Warns:
        ConvergenceWarning: the error was still falling.

    Equation: :eq:`eq-cp-als`
    Section: :ref:`sec-tensor-decomposition`
    Source: Carroll, Chang (1970), Analysis of individual differences in multidimensional
        scaling via an N-way generalization of Eckart-Young decomposition, doi:10.1007/BF02310791.

    Example:
        >>> a = torch.tensor([[0.6], [0.8]])
        >>> cp = cp_als(10 * cp_to_tensor([a, a, a]), rank=1)
        >>> cp.weights.round(decimals=4)
        tensor([10.])

    In production: tensorly.decomposition.parafac.
    """
    require_floating("cp_als", T)
    if T.ndim < 2 or rank < 1:
        raise ValueError(f"cp_als needs two axes and a rank of 1, got {T.ndim} and {rank}")
    T = T.detach()
    factors = [
        torch.randn(n, rank, generator=generator, dtype=T.dtype, device=T.device) for n in T.shape
    ]
    weights = T.new_ones(rank)
    size = T.norm().clamp(min=torch.finfo(T.dtype).tiny)
    errors: list[float] = []
    floor = max(rtol, 10 * torch.finfo(T.dtype).eps)
    while len(errors) < max_iterations:
        for mode in range(T.ndim):
            factors[mode] = _best_factor(T, factors, mode)
            weights = torch.linalg.vector_norm(factors[mode], dim=0)
            factors[mode] = factors[mode] / torch.where(weights > 0, weights, 1)
        errors.append(((T - cp_to_tensor(factors, weights)).norm() / size).item())
        if errors[-1] <= floor or (len(errors) > 1 and errors[-2] - errors[-1] <= floor):
            break
    else:
        warn_not_converged("cp_als", max_iterations, errors[-1], floor)
    order = weights.argsort(descending=True)
    return CP(weights[order], [factor[:, order] for factor in factors], errors)


def _best_factor(T: Tensor, factors: list[Tensor], mode: int) -> Tensor:
    """The least-squares factor of one axis, given the others."""
    others = factors[:mode] + factors[mode + 1 :]
    product, gram = others[0], others[0].T @ others[0]
    for factor in others[1:]:
        product, gram = khatri_rao(product, factor), gram * (factor.T @ factor)
    return unfold(T, mode) @ product @ pinv(gram)
