"""Nearest neighbours by computing all distances."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore import kernels
from dlcore.kernels.choice import MOST_NEIGHBORS, runs_kernel
from dlcore.linalg import pairwise_distances
from dlcore.linalg.shapes import require_one_matrix

CHUNK = 2**19  # distances that are held at once, so that they stay in the cache
SPARE = 4  # candidates beyond k, against rounding of the quick distances
BLOCK = 64


class Neighbors(NamedTuple):
    """The nearest points of each query, nearest first.

    Section: :ref:`sec-neighbor-search`

    Example:
        >>> Neighbors(torch.zeros(2, 3), torch.zeros(2, 3, dtype=torch.long)).indices.shape
        torch.Size([2, 3])

    In production: the pair that sklearn.neighbors.KDTree.query returns.
    """

    distances: Float[Tensor, "m k"]
    """Euclidean unless said otherwise, shape (m, k)."""
    indices: Int[Tensor, "m k"]
    """Positions among the points, shape (m, k)."""


def nearest_neighbors(
    X: Float[Tensor, "n d"], Q: Float[Tensor, "m d"], k: int, *, p: float = 2
) -> Neighbors:
    r"""The k nearest points of each query by computing all distances, in blocks.

    For p = 2 one matrix product gives $\|x\|^2 - 2q^\top x$, which ranks as the distance does. The
    k smallest entries lie in the k groups with the smallest minima, so only those are searched; the
    distances of what is found are then computed from the differences.

    Args:
        X: points as rows, shape (n, d).
        Q: queries as rows, shape (m, d).
        k: how many neighbours, from 1 to n.
        p: the norm, at least 1; infinity for the largest difference.

    Returns:
        Distances and positions, each of shape (m, k); of points equally far the first comes first,
        but for rounding.

    Raises:
        ValueError: k or p out of range, or shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-nearest-neighbors`
    Section: :ref:`sec-neighbor-search`
    Source: Fix, Hodges (1951), Discriminatory analysis, nonparametric discrimination,
        doi:10.2307/1403797.

    Example:
        >>> X = torch.tensor([[0.0], [1.0], [5.0]])
        >>> nearest_neighbors(X, torch.tensor([[4.0]]), k=2)
        Neighbors(distances=tensor([[1., 3.]]), indices=tensor([[2, 1]]))

    In production: sklearn.neighbors.NearestNeighbors(algorithm="brute"), faiss.
    """
    require_queries("nearest_neighbors", X, Q, k)
    if p != 2:
        rows = max(CHUNK // (len(X) * max(X.shape[1], 1)), 1)
        parts = [pairwise_distances(q, X, p).sort(dim=1, stable=True) for q in Q.split(rows)]
        return Neighbors(
            torch.cat([part.values[:, :k] for part in parts]),
            torch.cat([part.indices[:, :k] for part in parts]),
        )
    if k <= MOST_NEIGHBORS and len(Q) and runs_kernel(X, Q):
        squares, indices = kernels.nearest_neighbors(Q, X, k)
        same = squares == 0  # where the root has no slope
        return Neighbors(squares.masked_fill(same, 1).sqrt().masked_fill(same, 0), indices)
    centre = X.mean(0)
    A, B = X - centre, Q - centre
    groups = -(-len(X) // BLOCK)
    padded = torch.nn.functional.pad(A, (0, 0, 0, groups * BLOCK - len(X)))
    sizes = padded.square().sum(1)
    sizes[len(X) :] = torch.inf
    found = []
    for q in B.split(max(CHUNK // len(sizes), 1)):
        ranks = torch.addmm(sizes, q, padded.T, alpha=-2)
        candidates = _smallest(ranks, groups, min(k + SPARE, len(X))).sort(1).values
        distances = torch.linalg.vector_norm(padded[candidates] - q[:, None], dim=2)
        distances, order = distances.sort(dim=1, stable=True)
        found.append((distances[:, :k], candidates.gather(1, order[:, :k])))
    if not found:
        return Neighbors(Q.new_zeros(0, k), torch.zeros(0, k, dtype=torch.long, device=Q.device))
    return Neighbors(torch.cat([d for d, _ in found]), torch.cat([i for _, i in found]))


def _smallest(ranks: Tensor, groups: int, k: int) -> Tensor:
    """Positions of the k smallest entries of each row; group g has every groups-th entry from g."""
    if groups <= 2 * k:
        return ranks.topk(k, largest=False).indices
    table = ranks.view(len(ranks), BLOCK, groups)
    best = table.amin(1).topk(k, largest=False).indices
    inside = table.gather(2, best[:, None].expand(-1, BLOCK, -1))
    position = inside.flatten(1).topk(k, largest=False).indices
    return position // k * groups + best.gather(1, position % k)


def require_queries(name: str, X: Tensor, Q: Tensor, k: int) -> None:
    """Refuse queries that do not fit the points, and more neighbours than points."""
    require_one_matrix(name, X)
    require_one_matrix(name, Q)
    if X.shape[1] != Q.shape[1]:
        raise ValueError(
            f"{name} needs points with equally many coordinates, got shapes {tuple(X.shape)} and "
            f"{tuple(Q.shape)}"
        )
    if not 1 <= k <= len(X):
        raise ValueError(f"{name}: k must be from 1 to the {len(X)} points, got {k}")


def by_query(query: Tensor, leaf: Tensor, bound: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """One row for each query: its leaves by increasing bound, filled up with -1 and infinity."""
    order = bound.argsort()
    order = order[query[order].argsort(stable=True)]
    query, leaf, bound = query[order], leaf[order], bound[order]
    counts = query.bincount(minlength=n)
    rank = torch.arange(len(query), device=query.device) - (counts.cumsum(0) - counts)[query]
    width = int(counts.max()) if len(query) else 0
    leaves = leaf.new_full((n, width), -1)
    bounds = bound.new_full((n, width), torch.inf)
    leaves[query, rank], bounds[query, rank] = leaf, bound
    return leaves, bounds
