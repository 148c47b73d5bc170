"""Nearest neighbours by trees that rule out regions."""

import math
from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.classical.neighbor_search import Neighbors, by_query, require_queries
from dlcore.linalg.shapes import require_one_matrix

CHUNK = 2**22  # coordinates of points that are looked at together


class _Tree(ABC):
    """A balanced binary tree of regions, stored level by level, queried by all queries at once.

    Every node of a level holds equally many points: the median of the widest coordinate parts them.
    Points at infinity fill the last gaps.
    """

    def __init__(self, X: Float[Tensor, "n d"], leaf_size: int = 32) -> None:
        require_one_matrix(type(self).__name__, X)
        if not len(X) or leaf_size < 1:
            raise ValueError(
                f"{type(self).__name__} needs points and leaf_size of at least 1, got shape "
                f"{tuple(X.shape)} and {leaf_size}"
            )
        self.X = X
        depth = max(math.ceil(math.log2(len(X) / leaf_size)), 0)
        size = -(-len(X) // 2**depth) * 2**depth
        padded = torch.nn.functional.pad(X, (0, 0, 0, size - len(X)), value=torch.inf)
        order = torch.arange(size, device=X.device)[None]
        self.levels = [self._regions(padded[order])]
        for _ in range(depth):
            points = padded[order]
            present = points.isfinite()
            low = points.where(present, torch.inf).amin(1)
            high = points.where(present, -torch.inf).amax(1)
            widest = (high - low).argmax(1)
            key = points.take_along_dim(widest[:, None, None], 2)[..., 0]
            order = order.gather(1, key.argsort(1)).reshape(2 * len(order), -1)
            self.levels.append(self._regions(padded[order]))
        self.leaves, self.members = padded[order], order

    @abstractmethod
    def _regions(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """What is kept of each node of a level: two tensors, one row a node."""

    @abstractmethod
    def _nearest(self, q: Tensor, regions: tuple[Tensor, Tensor]) -> Tensor:
        """At most the squared distance of any point of the region from q."""

    def query(self, Q: Float[Tensor, "m d"], k: int = 1) -> Neighbors:
        """The k nearest points of each query.

        Args:
            Q: queries as rows, shape (m, d).
            k: how many neighbours, from 1 to n.

        Returns:
            Distances and positions, each of shape (m, k), nearest first.

        Raises:
            ValueError: k out of range, or shapes that do not fit.
        """
        require_queries(type(self).__name__, self.X, Q, k)
        parts = [self._query(q, k) for q in Q.split(2048)] or [self._query(Q, k)]
        squares, indices = (torch.cat(column) for column in zip(*parts, strict=True))
        return Neighbors(squares.sqrt(), indices)

    def _query(self, Q: Tensor, k: int) -> tuple[Tensor, Tensor]:
        squares = Q.new_full((len(Q), k), torch.inf)
        indices = torch.zeros((len(Q), k), dtype=torch.long, device=Q.device)
        home = self._descend(Q)
        best = self._look(Q, home[:, None], squares, indices)
        query, leaf, bound = self._reachable(Q, best[0][:, -1])
        other = leaf != home[query]
        leaves, bounds = by_query(query[other], leaf[other], bound[other], len(Q))
        start, width = 0, 1
        while start < leaves.shape[1]:
            active = (bounds[:, start] < best[0][:, -1]).nonzero()[:, 0]
            if not len(active):
                break
            room = CHUNK // (len(active) * self.leaves[0].numel())
            width = max(min(width, room), 1)
            near = leaves[active, start : start + width]
            merged = self._look(Q[active], near, best[0][active], best[1][active])
            best[0][active], best[1][active] = merged
            start, width = start + width, 2 * width
        return best

    def _descend(self, Q: Tensor) -> Tensor:
        """The leaf that each query falls into, or the nearest one on the way."""
        node = torch.zeros(len(Q), dtype=torch.long, device=Q.device)
        for low, high in self.levels[1:]:
            left, right = (self._nearest(Q, (low[i], high[i])) for i in (2 * node, 2 * node + 1))
            node = 2 * node + (right < left)
        return node

    def _reachable(self, Q: Tensor, radius: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """All pairs of a query and a leaf that may hold a nearer point, with the bound."""
        query = torch.arange(len(Q), device=Q.device)
        node, bound = torch.zeros_like(query), torch.zeros_like(radius)
        for low, high in self.levels[1:]:
            query = query.repeat(2)
            node = torch.cat([2 * node, 2 * node + 1])
            bound = self._nearest(Q[query], (low[node], high[node]))
            near = bound < radius[query]
            query, node, bound = query[near], node[near], bound[near]
        return query, node, bound

    def _look(
        self, Q: Tensor, leaf: Tensor, squares: Tensor, indices: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Merge the points of these leaves, -1 for none, into the best so far."""
        found = (self.leaves[leaf] - Q[:, None, None]).square().sum(3)
        found = found.masked_fill((leaf < 0)[..., None], torch.inf).flatten(1)
        candidates = torch.cat([squares, found], 1)
        names = torch.cat([indices, self.members[leaf].flatten(1)], 1)
        nearest = candidates.topk(squares.shape[1], largest=False)
        return nearest.values, names.gather(1, nearest.indices)


class KDTree(_Tree):
    r"""A tree of boxes: whole boxes are skipped that lie farther away than what was found.

    In few dimensions a query looks at a handful of leaves; from about 20 on at nearly all of them.

    Args:
        X: points as rows, shape (n, d).
        leaf_size: the most points of a leaf.

    Raises:
        ValueError: no points, or leaves of none.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-nearest-neighbors`
    Section: :ref:`sec-neighbor-search`
    Source: Friedman, Bentley, Finkel (1977), An algorithm for finding best matches in logarithmic
        expected time, doi:10.1145/355744.355745.

    Example:
        >>> tree = KDTree(torch.tensor([[0.0], [1.0], [5.0]]), leaf_size=1)
        >>> tree.query(torch.tensor([[4.0]]), k=2)
        Neighbors(distances=tensor([[1., 3.]]), indices=tensor([[2, 1]]))

    In production: scipy.spatial.KDTree, sklearn.neighbors.KDTree.
    """

    def _regions(self, points: Tensor) -> tuple[Tensor, Tensor]:
        present = points.isfinite()
        low = points.where(present, torch.inf).amin(1)
        return low, points.where(present, -torch.inf).amax(1)

    def _nearest(self, q: Tensor, regions: tuple[Tensor, Tensor]) -> Tensor:
        low, high = regions
        return torch.maximum(low - q, q - high).clamp(min=0).square().sum(1)


class BallTree(_Tree):
    r"""A tree of balls: by the triangle inequality no point of one is nearer than $\|q - c\| - r$.

    Args:
        X: points as rows, shape (n, d).
        leaf_size: the most points of a leaf.

    Raises:
        ValueError: no points, or leaves of none.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-ball-bound`
    Section: :ref:`sec-neighbor-search`
    Source: Omohundro (1989), Five balltree construction algorithms, ICSI TR-89-063.

    Example:
        >>> tree = BallTree(torch.tensor([[0.0], [1.0], [5.0]]), leaf_size=1)
        >>> tree.query(torch.tensor([[4.0]]), k=2)
        Neighbors(distances=tensor([[1., 3.]]), indices=tensor([[2, 1]]))

    In production: sklearn.neighbors.BallTree.
    """

    def _regions(self, points: Tensor) -> tuple[Tensor, Tensor]:
        present = points.isfinite().all(2, keepdim=True)
        counts = present.sum(1).clamp(min=1)
        centre = points.where(present, 0).sum(1) / counts
        reach = torch.linalg.vector_norm(points.where(present, 0) - centre[:, None], dim=2)
        return centre, reach.where(present[..., 0], -torch.inf).amax(1)

    def _nearest(self, q: Tensor, regions: tuple[Tensor, Tensor]) -> Tensor:
        centre, radius = regions
        away = torch.linalg.vector_norm(q - centre, dim=1)
        rounding = 16 * torch.finfo(q.dtype).eps * away
        return (away - radius - rounding).clamp(min=0).square()
