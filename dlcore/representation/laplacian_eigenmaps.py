"""Laplacian eigenmaps: coordinates that change little along heavy edges."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import graph_laplacian
from dlcore.representation.neighborhoods import require_components


def spectral_embedding(W: Float[Tensor, "n n"], n_components: int = 2) -> Float[Tensor, "n k"]:
    r"""The slowest signals on a graph as coordinates of its nodes.

    The solutions of $Lf = \lambda Df$ with the smallest $\lambda$, but for the constant one: they
    minimize $\sum_{i<j} w_{ij}(f_i - f_j)^2$ among those with $f^\top Df = 1$. If the graph falls
    into parts, the first coordinates only say which part a node belongs to.

    Args:
        W: symmetric weights of the edges, none negative, shape (n, n).
        n_components: coordinates wanted, k.

    Returns:
        Shape (n, k), the slowest first; the entry of largest magnitude of each is positive.

    Raises:
        ValueError: W is not square, not symmetric, has a negative entry or a node without edges,
            or k is out of range.
        TypeError: W is no floating-point tensor.

    Equation: :eq:`eq-laplacian-eigenmaps`
    Section: :ref:`sec-laplacian-eigenmaps`
    Source: Belkin, Niyogi (2003), Laplacian eigenmaps for dimensionality reduction and data
        representation, doi:10.1162/089976603321780317.

    Example:
        >>> W = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
        >>> f = spectral_embedding(W, 1).flatten()
        >>> f.abs().round(decimals=3), (f[0] * f[2] < 0).item()
        (tensor([0.7070, 0.0000, 0.7070]), True)

    In production: sklearn.manifold.SpectralEmbedding(affinity="precomputed").
    """
    L = graph_laplacian(W, normalized=True)
    require_components("spectral_embedding", n_components, len(W))
    degrees = W.sum(1) - W.diagonal()
    if not (degrees > 0).all():
        raise ValueError("spectral_embedding: there is a node without edges")
    U = torch.linalg.eigh(L).eigenvectors[:, 1 : n_components + 1]
    f = U / degrees.sqrt()[:, None]
    return f * f.gather(0, f.abs().argmax(0, keepdim=True)).sign()
