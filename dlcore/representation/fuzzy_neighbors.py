"""UMAP's view of the data: a graph whose edges exist to a degree."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import pairwise_distances
from dlcore.representation.neighborhoods import require_neighbors

BISECTIONS = 64


def fuzzy_graph(X: Float[Tensor, "n d"], n_neighbors: int = 15) -> Float[Tensor, "n n"]:
    r"""To which degree two points are neighbours, each point having its own measure of length.

    $w_{j \mid i} = e^{-(d_{ij} - \rho_i) / \sigma_i}$ for the nearest k, where $\rho_i$ is the
    distance of the very nearest and $\sigma_i$ is found by bisection so that the degrees sum to
    $\log_2 k$. Two points are neighbours if either thinks so: $w = a + b - ab$.

    Args:
        X: points as rows, shape (n, d).
        n_neighbors: k, from 2 to n - 1.

    Returns:
        Symmetric degrees in [0, 1], zero on the diagonal, shape (n, n).

    Raises:
        ValueError: n_neighbors out of range, or X is no matrix.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-fuzzy-membership`
    Section: :ref:`sec-umap`
    Source: McInnes, Healy, Melville (2018), UMAP: uniform manifold approximation and projection
        for dimension reduction, arXiv:1802.03426, algorithms 2 and 3.

    Example:
        >>> W = fuzzy_graph(torch.tensor([[0.0], [1.0], [3.0], [4.0]]), 2)
        >>> W[0, 1].item(), W[0, 3].item()
        (1.0, 0.0)

    In production: umap.umap_.fuzzy_simplicial_set.
    """
    require_neighbors("fuzzy_graph", X, n_neighbors, least=2)
    distances = pairwise_distances(X.detach()).fill_diagonal_(torch.inf)
    nearest = distances.topk(n_neighbors, largest=False)
    beyond = nearest.values - nearest.values[:, :1]
    scale = beyond.mean(1, keepdim=True).clamp(min=torch.finfo(X.dtype).tiny)
    low, high = scale.new_full((len(X), 1), math.log(1e-3)), scale.new_full((len(X), 1), 10.0)
    for _ in range(BISECTIONS):
        log_sigma = (low + high) / 2
        total = (-beyond / scale / log_sigma.exp()).exp().sum(1, keepdim=True)
        too_wide = total > math.log2(n_neighbors)
        low, high = torch.where(too_wide, low, log_sigma), torch.where(too_wide, log_sigma, high)
    degrees = (-beyond / scale / low.exp()).exp()
    W = torch.zeros_like(distances).scatter(1, nearest.indices, degrees)
    return W + W.T - W * W.T
