"""Coordinates from distances."""

import torch
from jaxtyping import Float
from torch import Tensor


def classical_mds(distances: Float[Tensor, "n n"], dim: int = 3) -> Float[Tensor, "n dim"]:
    r"""Points with the given distances: eigenvectors of $-\frac12 J D^{(2)} J$, scaled.

    J takes the mean off rows and columns of the squared distances, which leaves the inner products
    of centred points. Exact if the distances are those of points in `dim` dimensions.

    Args:
        distances: symmetric, zero on the diagonal, shape (n, n).
        dim: coordinates wanted.

    Returns:
        Centred points, shape (n, dim), the widest coordinate first; rotation and mirror image are
        arbitrary, distances do not tell them.

    Raises:
        ValueError: no square symmetric matrix of distances, or dim outside 1..n.

    Equation: :eq:`eq-classical-mds`.
    Section: :ref:`sec-drug-discovery`.

    Source: Torgerson (1952), Multidimensional scaling: I. Theory and method,
        doi:10.1007/BF02288916.

    Example:
        >>> points = torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]])
        >>> found = classical_mds(torch.cdist(points, points), dim=2)
        >>> torch.dist(found[1], found[2]).round(decimals=3)
        tensor(5.)

    In production: sklearn.manifold.ClassicalMDS.
    """
    n = len(distances)
    if distances.shape != (n, n) or not 1 <= dim <= n:
        raise ValueError(f"expected shape (n, n) and 1 <= dim <= n, got {tuple(distances.shape)}")
    scale = distances.abs().max().clamp(min=torch.finfo(distances.dtype).tiny)
    skew = (distances - distances.T).abs().max()
    if skew > 1e-4 * scale or distances.diagonal().abs().max() > 1e-4 * scale:
        raise ValueError("distances must be symmetric and 0 on the diagonal")
    squared = distances**2
    centered = squared - squared.mean(0) - squared.mean(1, keepdim=True) + squared.mean()
    values, vectors = torch.linalg.eigh(-(centered + centered.T) / 4)
    return vectors.flip(1)[:, :dim] * values.flip(0)[:dim].clamp(min=0).sqrt()
