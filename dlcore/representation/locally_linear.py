"""Locally linear embedding: keep how each point is a mean of its neighbours."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import pairwise_distances
from dlcore.representation.neighborhoods import require_components, require_neighbors


def reconstruction_weights(
    X: Float[Tensor, "n d"], n_neighbors: int = 10, *, reg: float = 1e-3
) -> Float[Tensor, "n n"]:
    r"""The weighted mean of its neighbours that comes nearest to each point.

    With $G$ the inner products of the neighbours as seen from the point, solve $Gw = 1$ and divide
    by the sum. Moving, turning and scaling the data does not change the weights.

    Args:
        X: points as rows, shape (n, d).
        n_neighbors: how many nearest points take part, from 1 to n - 1.
        reg: share of the trace of G that is added to its diagonal; needed where there are more
            neighbours than features.

    Returns:
        Row i has the weights for point i, 0 beyond its neighbours; rows sum to 1, shape (n, n).
        Weights may be negative.

    Raises:
        ValueError: n_neighbors out of range, a negative reg, or X is no matrix.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-lle-weights`
    Section: :ref:`sec-locally-linear-embedding`
    Source: Roweis, Saul (2000), Nonlinear dimensionality reduction by locally linear embedding,
        doi:10.1126/science.290.5500.2323.

    Example:
        >>> line = torch.tensor([[0.0], [1.0], [3.0]])
        >>> reconstruction_weights(line, 2, reg=1e-6)[1].round(decimals=2)
        tensor([0.6700, 0.0000, 0.3300])

    In production: sklearn.manifold.LocallyLinearEmbedding, which has them inside.
    """
    require_neighbors("reconstruction_weights", X, n_neighbors)
    if not reg >= 0:
        raise ValueError(f"reconstruction_weights: reg must be at least 0, got {reg}")
    distances = pairwise_distances(X).fill_diagonal_(torch.inf)
    neighbors = distances.topk(n_neighbors, largest=False).indices
    steps = X[neighbors] - X[:, None]
    G = steps @ steps.mT
    trace = G.diagonal(dim1=1, dim2=2).sum(1)
    ridge = torch.where(trace > 0, reg * trace, 1)
    G = G + ridge[:, None, None] * torch.eye(n_neighbors, dtype=X.dtype, device=X.device)
    w = torch.linalg.solve(G, torch.ones_like(G[:, 0]))
    return torch.zeros_like(distances).scatter(1, neighbors, w / w.sum(1, keepdim=True))


def locally_linear_embedding(
    X: Float[Tensor, "n d"], n_components: int = 2, *, n_neighbors: int = 10, reg: float = 1e-3
) -> Float[Tensor, "n k"]:
    r"""Coordinates in which each point is the same mean of its neighbours as in the data.

    The eigenvectors of $(I - W)^\top (I - W)$ with the smallest eigenvalues, but for the constant
    one. It computes in float64, since these eigenvalues are tiny, and answers in the type of X.

    Args:
        X: points as rows, shape (n, d).
        n_components: coordinates wanted, k.
        n_neighbors: how many nearest points take part.
        reg: as in `reconstruction_weights`.

    Returns:
        Shape (n, k), uncorrelated, mean 0 and variance 1: lengths say nothing. Signs are
        arbitrary.

    Raises:
        ValueError: numbers out of range.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-lle-embedding`
    Section: :ref:`sec-locally-linear-embedding`
    Source: Roweis, Saul (2000), Nonlinear dimensionality reduction by locally linear embedding,
        doi:10.1126/science.290.5500.2323.

    Example:
        >>> t = torch.linspace(0, 3, 50)
        >>> Y = locally_linear_embedding(torch.stack([t.cos(), t.sin()], 1), 1, n_neighbors=4)
        >>> torch.stack([Y[:, 0], t]).corrcoef()[0, 1].abs() > 0.99
        tensor(True)

    In production: sklearn.manifold.LocallyLinearEmbedding.
    """
    require_components("locally_linear_embedding", n_components, len(X))
    W = reconstruction_weights(X.detach().double(), n_neighbors, reg=reg)
    A = torch.eye(len(W), dtype=W.dtype, device=W.device) - W
    vectors = torch.linalg.eigh(A.T @ A).eigenvectors
    return (vectors[:, 1 : n_components + 1] * len(W) ** 0.5).to(X.dtype)
