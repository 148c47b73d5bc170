"""Approximate nearest neighbours by hashing."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.classical.neighbor_search import Neighbors, by_query, require_queries
from dlcore.linalg.shapes import require_one_matrix


class RandomProjectionLSH:
    r"""Approximate neighbours: only points on the same sides of random hyperplanes are compared.

    Two points at the angle $\theta$, seen from the mean of the data, share a bit with probability
    $1 - \theta/\pi$. More bits make the buckets smaller, more tables give neighbours more chances.

    Args:
        X: points as rows, shape (n, d).
        n_tables: tables, each with hyperplanes of its own.
        n_bits: hyperplanes of a table, from 1 to 60.
        generator: source of the hyperplanes; by default torch's global one.

    Raises:
        ValueError: no points, or a number out of range.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-hash-collision`
    Section: :ref:`sec-neighbor-search`
    Source: Charikar (2002), Similarity estimation techniques from rounding algorithms,
        doi:10.1145/509907.509965.

    Example:
        >>> X = torch.tensor([[1.0, 1.0], [-1.0, -1.0]])
        >>> index = RandomProjectionLSH(X, generator=torch.Generator().manual_seed(0))
        >>> index.query(X, k=1).indices.flatten()
        tensor([0, 1])

    In production: faiss.IndexLSH.
    """

    def __init__(
        self,
        X: Float[Tensor, "n d"],
        *,
        n_tables: int = 8,
        n_bits: int = 10,
        generator: torch.Generator | None = None,
    ) -> None:
        require_one_matrix("RandomProjectionLSH", X)
        if not len(X) or n_tables < 1 or not 1 <= n_bits <= 60:
            raise ValueError(
                "RandomProjectionLSH needs points, n_tables of at least 1 and n_bits from 1 to 60, "
                f"got shape {tuple(X.shape)}, {n_tables} and {n_bits}"
            )
        where = generator.device if generator else X.device
        shape = (n_tables, X.shape[1], n_bits)
        self.X, self.centre = X, X.mean(0)
        self.normals = torch.randn(shape, generator=generator, device=where).to(X)
        self.codes, self.order = self._hash(X).sort(1)

    def _hash(self, points: Tensor) -> Tensor:
        """The bucket of each point in each table, shape (n_tables, n)."""
        bits = (points - self.centre) @ self.normals > 0
        return (bits << torch.arange(bits.shape[2], device=points.device)).sum(2)

    def candidates(self, Q: Float[Tensor, "m d"]) -> tuple[Int[Tensor, " c"], Int[Tensor, " c"]]:
        """Each query with each point that shares a bucket with it.

        Args:
            Q: queries as rows, shape (m, d).

        Returns:
            Positions of queries and points, each of shape (c,), sorted; their number is the cost.
        """
        require_one_matrix("RandomProjectionLSH", Q)
        codes = self._hash(Q)
        first = torch.searchsorted(self.codes, codes)
        counts = (torch.searchsorted(self.codes, codes, right=True) - first).flatten()
        query = torch.arange(len(Q), device=Q.device).repeat(len(codes))
        table = torch.arange(len(codes), device=Q.device).repeat_interleave(len(Q))
        steps = torch.arange(int(counts.sum()), device=Q.device)
        steps -= (counts.cumsum(0) - counts).repeat_interleave(counts)
        position = first.flatten().repeat_interleave(counts) + steps
        point = self.order[table.repeat_interleave(counts), position]
        pairs = (query.repeat_interleave(counts) * len(self.X) + point).unique()
        return pairs // len(self.X), pairs % len(self.X)

    def query(self, Q: Float[Tensor, "m d"], k: int = 1) -> Neighbors:
        """The k nearest of the candidates of each query.

        Args:
            Q: queries as rows, shape (m, d).
            k: how many neighbours, from 1 to n.

        Returns:
            Distances and positions, each of shape (m, k), nearest first; where a query has fewer
            candidates the distance is infinite and the position -1.

        Raises:
            ValueError: k out of range, or shapes that do not fit.
        """
        require_queries("RandomProjectionLSH", self.X, Q, k)
        query, point = self.candidates(Q)
        squares = (self.X[point] - Q[query]).square().sum(1)
        points, squares = by_query(query, point, squares, len(Q))
        missing = max(k - points.shape[1], 0)
        points = torch.nn.functional.pad(points, (0, missing), value=-1)[:, :k]
        squares = torch.nn.functional.pad(squares, (0, missing), value=torch.inf)[:, :k]
        return Neighbors(squares.sqrt(), points)
