"""The graph that joins each point with its nearest."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import pairwise_distances
from dlcore.linalg.shapes import require_one_matrix


def neighbor_graph(X: Float[Tensor, "n d"], n_neighbors: int = 10) -> Float[Tensor, "n n"]:
    """Distances between points of which one is among the nearest of the other.

    Args:
        X: points as rows, shape (n, d).
        n_neighbors: how many nearest points each is joined with, from 1 to n - 1.

    Returns:
        Symmetric, shape (n, n): the length of each edge, infinity where there is none, 0 on the
        diagonal.

    Raises:
        ValueError: n_neighbors out of range, or X is no matrix.
        TypeError: X is no floating-point tensor.

    Section: :ref:`sec-isomap`
    Source: Tenenbaum, de Silva, Langford (2000), A global geometric framework for nonlinear
        dimensionality reduction, doi:10.1126/science.290.5500.2319.

    Example:
        >>> neighbor_graph(torch.tensor([[0.0], [1.0], [3.0]]), 1)
        tensor([[0., 1., inf],
                [1., 0., 2.],
                [inf, 2., 0.]])

    In production: sklearn.neighbors.kneighbors_graph(mode="distance").
    """
    require_neighbors("neighbor_graph", X, n_neighbors)
    distances = pairwise_distances(X.detach()).fill_diagonal_(torch.inf)
    nearest = distances.topk(n_neighbors, largest=False)
    graph = torch.full_like(distances, torch.inf).scatter(1, nearest.indices, nearest.values)
    return torch.minimum(graph, graph.T).fill_diagonal_(0)


def require_neighbors(name: str, X: Tensor, n_neighbors: int, least: int = 1) -> None:
    """Refuse what is no matrix with enough rows for that many neighbours."""
    require_one_matrix(name, X)
    if not least <= n_neighbors < len(X):
        raise ValueError(
            f"{name}: n_neighbors must be from {least} to {len(X) - 1} for {len(X)} points, got "
            f"{n_neighbors}"
        )


def require_components(name: str, n_components: int, n: int) -> None:
    """Refuse more coordinates than there are points, less one."""
    if not 1 <= n_components < n:
        raise ValueError(
            f"{name}: n_components must be from 1 to {n - 1} for {n} points, got {n_components}"
        )
