"""Ways along the data, and Isomap, which unrolls a surface by keeping their lengths."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import classical_mds
from dlcore.representation.neighborhoods import neighbor_graph, require_components


def geodesic_distances(X: Float[Tensor, "n d"], n_neighbors: int = 10) -> Float[Tensor, "n n"]:
    r"""Lengths of the shortest ways from neighbour to neighbour, by Floyd and Warshall.

    One point after the other is admitted as a stop: $D_{ij} \leftarrow \min(D_{ij}, D_{ik} +
    D_{kj})$, in all $n^3$ steps. Near a surface such a way follows it, where the straight line
    would leave it.

    Args:
        X: points as rows, shape (n, d).
        n_neighbors: how many nearest points each is joined with, from 1 to n - 1.

    Returns:
        Shape (n, n).

    Raises:
        ValueError: the graph falls into parts, n_neighbors out of range, or X is no matrix.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-geodesic-distance`
    Section: :ref:`sec-isomap`
    Source: Tenenbaum, de Silva, Langford (2000), A global geometric framework for nonlinear
        dimensionality reduction, doi:10.1126/science.290.5500.2319.

    Example:
        >>> geodesic_distances(torch.tensor([[0.0], [1.0], [3.0]]), 1)
        tensor([[0., 1., 3.],
                [1., 0., 2.],
                [3., 2., 0.]])

    In production: scipy.sparse.csgraph.shortest_path.
    """
    D = neighbor_graph(X, n_neighbors)
    for k in range(len(D)):
        torch.minimum(D, D[:, k, None] + D[k], out=D)
    if D.isinf().any():
        parts = len(D.isfinite().unique(dim=0))
        raise ValueError(
            f"the graph of {n_neighbors} neighbours falls into {parts} parts: raise n_neighbors"
        )
    return D


def isomap(
    X: Float[Tensor, "n d"], n_components: int = 2, *, n_neighbors: int = 10
) -> Float[Tensor, "n k"]:
    """Coordinates whose straight distances are as near as can be to the ways along the data.

    One edge through the air, from one layer of a roll to the next, shortens many ways at once: too
    many neighbours spoil the map as too few do.

    Args:
        X: points as rows, shape (n, d).
        n_components: coordinates wanted, k.
        n_neighbors: how many nearest points each is joined with.

    Returns:
        Shape (n, k), mean 0, the widest coordinate first; signs are arbitrary.

    Raises:
        ValueError: the graph falls into parts, or numbers out of range.
        TypeError: X is no floating-point tensor.

    Equations: :eq:`eq-geodesic-distance`, :eq:`eq-classical-mds`
    Section: :ref:`sec-isomap`
    Source: Tenenbaum, de Silva, Langford (2000), A global geometric framework for nonlinear
        dimensionality reduction, doi:10.1126/science.290.5500.2319.

    Example:
        >>> corner = torch.tensor([[0.0, 0.0], [0.0, 1.0], [0.0, 2.0], [1.0, 2.0], [2.0, 2.0]])
        >>> isomap(corner, 1, n_neighbors=2).diff(dim=0).abs().round(decimals=3).flatten()
        tensor([1., 1., 1., 1.])

    In production: sklearn.manifold.Isomap.
    """
    require_components("isomap", n_components, len(X))
    return classical_mds(geodesic_distances(X, n_neighbors), n_components)
