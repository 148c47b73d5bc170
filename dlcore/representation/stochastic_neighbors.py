"""t-SNE: draw a map on which neighbours are neighbours."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import PCA, pairwise_distances
from dlcore.linalg.shapes import require_one_matrix
from dlcore.representation.neighborhoods import require_components

BISECTIONS = 64
EXAGGERATED = 250  # steps, at most


class TSNE(NamedTuple):
    """A map and how it came about.

    Attributes:
        embedding: shape (n, k).
        loss: Kullback-Leibler divergence at the end, in nats.
        frames: maps after every `record_every` steps, the start first; empty by default.

    Section: :ref:`sec-tsne`
    """

    embedding: Tensor
    loss: float
    frames: list[Tensor]


def tsne_affinities(X: Float[Tensor, "n d"], perplexity: float = 30.0) -> Float[Tensor, "n n"]:
    r"""How likely two points are to be drawn as neighbours: the distribution P of t-SNE.

    $p_{j \mid i} \propto e^{-\beta_i \lVert x_i - x_j \rVert^2}$, with $\beta_i$ found by bisection
    so that the entropy is the logarithm of the perplexity, about the number of neighbours that
    count; then $p_{ij} = (p_{j \mid i} + p_{i \mid j}) / 2n$.

    Args:
        X: points as rows, shape (n, d).
        perplexity: between 1 and n - 1.

    Returns:
        Symmetric, zero on the diagonal, sums to 1, shape (n, n).

    Raises:
        ValueError: perplexity out of range, or X is no matrix.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-tsne-affinity`
    Section: :ref:`sec-tsne`
    Source: van der Maaten, Hinton (2008), Visualizing data using t-SNE, JMLR 9:2579-2605.

    Example:
        >>> P = tsne_affinities(torch.tensor([[0.0], [1.0], [5.0], [6.0]]), perplexity=1.5)
        >>> (P[0, 1] > 10 * P[0, 2]).item(), round(P.sum().item(), 3)
        (True, 1.0)

    In production: inside of sklearn.manifold.TSNE.
    """
    require_one_matrix("tsne_affinities", X)
    n = len(X)
    if not 1 < perplexity < n - 1:
        raise ValueError(
            f"tsne_affinities: perplexity must be between 1 and {n - 1}, for {n} points, got "
            f"{perplexity}"
        )
    squares = pairwise_distances(X.detach()).square().fill_diagonal_(torch.inf)
    squares = squares - squares.amin(1, keepdim=True)
    scale = squares.fill_diagonal_(0).mean(1, keepdim=True).clamp(min=torch.finfo(X.dtype).tiny)
    squares = (squares / scale).fill_diagonal_(torch.inf)
    low, high = scale.new_full((n, 1), -30.0), scale.new_full((n, 1), 30.0)
    for _ in range(BISECTIONS):
        log_beta = (low + high) / 2
        p = (-log_beta.exp() * squares).softmax(1)
        too_wide = torch.special.entr(p).sum(1, keepdim=True) > math.log(perplexity)
        low, high = torch.where(too_wide, log_beta, low), torch.where(too_wide, high, log_beta)
    p = (-low.exp() * squares).softmax(1)
    return (p + p.T) / (2 * n)


def tsne_loss(P: Float[Tensor, "n n"], Y: Float[Tensor, "n k"]) -> Float[Tensor, ""]:
    r"""How badly a map tells who is whose neighbour, $\sum_{i \ne j} p_{ij} \log(p_{ij} / q_{ij})$.

    On the map $q_{ij} \propto (1 + \lVert y_i - y_j \rVert^2)^{-1}$. A pair of neighbours drawn far
    apart is dear, strangers drawn close are cheap: distances between clusters mean little.

    Args:
        P: affinities of the data, shape (n, n).
        Y: the map, shape (n, k).

    Returns:
        The Kullback-Leibler divergence in nats.

    Raises:
        ValueError: shapes that do not fit.

    Equation: :eq:`eq-tsne-loss`
    Section: :ref:`sec-tsne`
    Source: van der Maaten, Hinton (2008), Visualizing data using t-SNE, JMLR 9:2579-2605.

    Example:
        >>> P = (torch.ones(3, 3) - torch.eye(3)) / 6
        >>> triangle = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]])
        >>> round(abs(tsne_loss(P, triangle).item()), 4)
        0.0

    In production: `kl_divergence_` of sklearn.manifold.TSNE.
    """
    _, Q = _kernel(P, Y)
    tiny = torch.finfo(P.dtype).tiny
    return torch.xlogy(P, P.clamp(min=tiny) / Q.clamp(min=tiny)).sum()


def tsne_gradient(P: Float[Tensor, "n n"], Y: Float[Tensor, "n k"]) -> Float[Tensor, "n k"]:
    r"""Springs between all points: $4 \sum_j (p_{ij} - q_{ij})(y_i - y_j)(1 + d_{ij}^2)^{-1}$.

    Args:
        P: affinities of the data, shape (n, n).
        Y: the map, shape (n, k).

    Returns:
        The gradient of `tsne_loss` by Y, shape (n, k).

    Raises:
        ValueError: shapes that do not fit.

    Equation: :eq:`eq-tsne-gradient`
    Section: :ref:`sec-tsne`
    Source: van der Maaten, Hinton (2008), Visualizing data using t-SNE, JMLR 9:2579-2605.

    Example:
        >>> P = torch.tensor([[0.0, 0.5], [0.5, 0.0]])
        >>> tsne_gradient(P, torch.tensor([[0.0], [2.0]])).abs().max()
        tensor(0.)

    In production: sklearn.manifold.TSNE, which adds the forces of far points by groups.
    """
    kernel, Q = _kernel(P, Y)
    forces = (P - Q) * kernel
    return 4 * (forces.sum(1, keepdim=True) * Y - forces @ Y)


def tsne(
    X: Float[Tensor, "n d"],
    n_components: int = 2,
    *,
    perplexity: float = 30.0,
    early_exaggeration: float = 12.0,
    lr: float | None = None,
    steps: int = 1000,
    init: Float[Tensor, "n k"] | None = None,
    record_every: int = 0,
) -> TSNE:
    """A map of the data by gradient descent on `tsne_loss`, with all pairs.

    Momentum is 0.5, then 0.8, and each coordinate's step grows by 0.2 while its gradient keeps
    its sign and shrinks by a fifth when it changes. In the first quarter of the steps, at most 250,
    the affinities are exaggerated, so that clusters form while there is room to move.

    Args:
        X: points as rows, shape (n, d).
        n_components: coordinates wanted, k.
        perplexity: about how many neighbours count.
        early_exaggeration: factor of the affinities in the beginning.
        lr: step size; default n / early_exaggeration / 4, at least 50.
        steps: how many steps.
        init: where to start, shape (n, k); default the principal components, tiny.
        record_every: after how many steps to keep a frame; 0 keeps none.

    Returns:
        The map, its loss, and the frames.

    Raises:
        ValueError: numbers or shapes out of range.
        TypeError: X is no floating-point tensor.

    Equations: :eq:`eq-tsne-affinity`, :eq:`eq-tsne-loss`
    Section: :ref:`sec-tsne`
    Source: van der Maaten, Hinton (2008), Visualizing data using t-SNE, JMLR 9:2579-2605; start and
        step size: Kobak, Berens (2019), The art of using t-SNE for single-cell transcriptomics,
        doi:10.1038/s41467-019-13056-x.

    Example:
        >>> two = torch.arange(40)[:, None] // 20
        >>> X = 10 * two + torch.randn(40, 5, generator=torch.Generator().manual_seed(0))
        >>> Y = tsne(X, perplexity=10, steps=200).embedding
        >>> nearest = torch.cdist(Y, Y).fill_diagonal_(torch.inf).argmin(dim=1)
        >>> (nearest // 20 == two[:, 0]).all().item()
        True

    In production: sklearn.manifold.TSNE, openTSNE.
    """
    P = tsne_affinities(X, perplexity)
    n = len(X)
    require_components("tsne", n_components, n)
    if steps < 1 or record_every < 0 or not early_exaggeration >= 1:
        raise ValueError(
            f"tsne: steps and early_exaggeration must be at least 1, record_every at least 0, got "
            f"{steps}, {early_exaggeration} and {record_every}"
        )
    if init is None:
        Y = PCA(n_components).fit_transform(X.detach())
        Y = Y * (1e-4 / Y[:, 0].std(correction=0).clamp(min=torch.finfo(X.dtype).tiny))
    elif init.shape == (n, n_components):
        Y = init.detach().to(X)
    else:
        raise ValueError(f"tsne: init must have shape ({n}, {n_components}), {tuple(init.shape)}")
    lr = max(n / early_exaggeration / 4, 50.0) if lr is None else lr
    exaggerated = min(steps // 4, EXAGGERATED)
    velocity, gains = torch.zeros_like(Y), torch.ones_like(Y)
    frames = [Y] if record_every else []
    for step in range(steps):
        early = step < exaggerated
        gradient = tsne_gradient(P * early_exaggeration if early else P, Y)
        same_way = velocity * gradient < 0
        gains = torch.where(same_way, gains + 0.2, gains * 0.8).clamp(min=0.01)
        velocity = (0.5 if early else 0.8) * velocity - lr * gains * gradient
        Y = Y + velocity
        if record_every and (step + 1) % record_every == 0:
            frames.append(Y)
    return TSNE(Y, float(tsne_loss(P, Y)), frames)


def _kernel(P: Tensor, Y: Tensor) -> tuple[Tensor, Tensor]:
    """Student's kernel of all pairs on the map, and the distribution that it makes."""
    if Y.ndim != 2 or P.shape != (len(Y), len(Y)):
        raise ValueError(f"expected P (n, n) and Y (n, k), got {tuple(P.shape)}, {tuple(Y.shape)}")
    sizes = Y.square().sum(1)
    squares = (sizes[:, None] + sizes - 2 * Y @ Y.T).clamp(min=0)
    kernel = (1 - torch.eye(len(Y), dtype=Y.dtype, device=Y.device)) / (1 + squares)
    return kernel, kernel / kernel.sum()
