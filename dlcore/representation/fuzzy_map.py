"""A map in the manner of UMAP: neighbours attract, random others repel."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.optimize import curve_fit
from torch import Tensor

from dlcore.representation.fuzzy_neighbors import fuzzy_graph
from dlcore.representation.laplacian_eigenmaps import spectral_embedding
from dlcore.representation.neighborhoods import require_components

SOFTENING = 1e-3  # added to squared distances, so that points that meet do not fly apart


def umap_curve(min_dist: float = 0.1, spread: float = 1.0) -> tuple[float, float]:
    r"""The numbers a and b with which $(1 + a d^{2b})^{-1}$ is near the wanted closeness.

    Wanted is 1 up to `min_dist` and from there $e^{-(d - \text{min\_dist}) / \text{spread}}$.

    Args:
        min_dist: how close neighbours may be drawn, not negative.
        spread: how fast closeness fades, positive.

    Returns:
        a and b, by least squares at 300 distances from 0 to 3 spreads.

    Raises:
        ValueError: numbers out of range.

    Equation: :eq:`eq-umap-loss`
    Section: :ref:`sec-umap`
    Source: McInnes, Healy, Melville (2018), UMAP: uniform manifold approximation and projection
        for dimension reduction, arXiv:1802.03426.

    Example:
        >>> [round(number, 2) for number in umap_curve()]
        [1.58, 0.9]

    In production: umap.umap_.find_ab_params.
    """
    if not (min_dist >= 0 and spread > 0):
        raise ValueError(
            f"min_dist must be at least 0 and spread positive, got {min_dist} and {spread}"
        )
    d = np.linspace(0, 3 * spread, 300)
    wanted = np.where(d < min_dist, 1.0, np.exp(-(d - min_dist) / spread))
    (a, b), _ = curve_fit(lambda d, a, b: 1 / (1 + a * d ** (2 * b)), d, wanted)
    return float(a), float(b)


def umap_loss(
    W: Float[Tensor, "n n"], Y: Float[Tensor, "n k"], a: float, b: float, *, negatives: int = 5
) -> Float[Tensor, ""]:
    r"""What UMAP minimizes on average: an edge attracts, and each brings random repelling points.

    With closeness $q_{ij} = (1 + a d_{ij}^{2b})^{-1}$ on the map,
    $-\sum_{ij} w_{ij} \big(\log q_{ij} + \frac{m}{n} \sum_k \log(1 - q_{ik})\big)$, over the sum of
    the weights. UMAP draws edges and m random points for each; here all are taken, with the
    weight that they have on average.

    Args:
        W: degrees of the edges, shape (n, n).
        Y: the map, shape (n, k).
        a: of the closeness.
        b: of the closeness.
        negatives: m.

    Returns:
        The loss of an edge.

    Raises:
        ValueError: shapes that do not fit.

    Equation: :eq:`eq-umap-loss`
    Section: :ref:`sec-umap`
    Source: Damrich, Hamprecht (2021), On UMAP's true loss function, arXiv:2103.14608.

    Example:
        >>> W = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
        >>> near, far = torch.tensor([[[0.0], [1.0], [9.0]], [[0.0], [9.0], [1.0]]])
        >>> (umap_loss(W, near, 1.0, 1.0) < umap_loss(W, far, 1.0, 1.0)).item()
        True

    In production: umap.UMAP, which draws edges at random.
    """
    n = len(Y)
    if Y.ndim != 2 or W.shape != (n, n):
        raise ValueError(f"expected W (n, n) and Y (n, k), got {tuple(W.shape)}, {tuple(Y.shape)}")
    sizes = Y.square().sum(1)
    squares = (sizes[:, None] + sizes - 2 * Y @ Y.T).clamp(min=0) + SOFTENING
    far = a * squares**b
    attraction = W * torch.log1p(far)
    others = 1 - torch.eye(n, dtype=Y.dtype, device=Y.device)
    repulsion = others * W.sum(1, keepdim=True) * torch.log1p(1 / far) * (negatives / n)
    return (attraction + repulsion).sum() / W.sum()


def umap(
    X: Float[Tensor, "n d"],
    n_components: int = 2,
    *,
    n_neighbors: int = 15,
    min_dist: float = 0.1,
    negatives: int = 5,
    steps: int = 300,
    lr: float = 0.3,
) -> Float[Tensor, "n k"]:
    """A map of the data by Adam on `umap_loss`, from the spectral embedding of the fuzzy graph.

    The step size falls linearly to 0.

    Args:
        X: points as rows, shape (n, d).
        n_components: coordinates wanted, k.
        n_neighbors: how many neighbours each point has.
        min_dist: how close neighbours may be drawn.
        negatives: repelling points an edge.
        steps: how many steps.
        lr: Adam's first step size.

    Returns:
        Shape (n, k).

    Raises:
        ValueError: numbers out of range.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-umap-loss`
    Section: :ref:`sec-umap`
    Source: McInnes, Healy, Melville (2018), UMAP: uniform manifold approximation and projection
        for dimension reduction, arXiv:1802.03426.

    Example:
        >>> X = torch.arange(12.0)[:, None] + 100 * (torch.arange(12) > 5)[:, None]
        >>> umap(X, 2, n_neighbors=3, steps=10).shape
        torch.Size([12, 2])

    In production: umap.UMAP.
    """
    require_components("umap", n_components, len(X))
    if steps < 1 or negatives < 0 or not lr > 0:
        raise ValueError(
            f"umap: steps and lr must be positive, negatives not negative, got {steps}, {lr} and "
            f"{negatives}"
        )
    W = fuzzy_graph(X, n_neighbors)
    a, b = umap_curve(min_dist)
    Y = spectral_embedding(W, n_components)
    Y = (10 * Y / Y.abs().max()).requires_grad_()
    optimizer = torch.optim.Adam([Y], lr=lr)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=steps)
    for _ in range(steps):
        optimizer.zero_grad()
        umap_loss(W, Y, a, b, negatives=negatives).backward()
        optimizer.step()
        schedule.step()
    return Y.detach()
