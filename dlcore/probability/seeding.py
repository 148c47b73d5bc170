"""Where clustering starts: examples that are spread out."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.shapes import require_one_matrix


def kmeans_plus_plus(
    X: Float[Tensor, "n d"],
    k: int,
    *,
    trials: int = 1,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "k d"]:
    r"""First centres for clustering: examples, each drawn in proportion to its squared distance.

    The first centre is any example; each further one is drawn with probability
    $D(x)^2 / \sum D^2$, where D is the distance from the nearest centre so far. The expected sum of
    squares is at most $8(\ln k + 2)$ times the best.

    Args:
        X: examples as rows, shape (n, d).
        k: how many centres, at most n.
        trials: how many candidates are drawn for each further centre, of which the one that lowers
            the sum of squares most is taken.
        generator: source of the draws; by default torch's global one.

    Returns:
        The centres, shape (k, d); an example is drawn twice only if fewer than k differ.

    Raises:
        ValueError: k is out of range, no trial, or X is no matrix.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-k-means-plus-plus`
    Section: :ref:`sec-k-means`
    Source: Arthur, Vassilvitskii (2007), k-means++: the advantages of careful seeding, SODA.

    Example:
        >>> X = torch.tensor([[0.0], [0.0], [5.0]])
        >>> kmeans_plus_plus(X, 2, generator=torch.Generator().manual_seed(0)).sum()
        tensor(5.)

    In production: sklearn.cluster.kmeans_plusplus.
    """
    require_one_matrix("kmeans_plus_plus", X)
    if not 1 <= k <= len(X) or trials < 1:
        raise ValueError(
            f"kmeans_plus_plus needs k from 1 to {len(X)} and a trial, got {k} and {trials}"
        )
    device = generator.device if generator else X.device
    A = X - X.mean(0)
    sizes = A.square().sum(1)
    chosen = torch.randint(len(X), (1,), generator=generator, device=device).to(X.device)
    squares = (A - A[chosen]).square().sum(1)
    while len(chosen) < k:
        share = squares if squares.any() else torch.ones_like(squares)
        draws = torch.multinomial(share.to(device), trials, replacement=True, generator=generator)
        draws = draws.to(X.device)
        left = torch.addmm(sizes + sizes[draws, None], A[draws], A.T, alpha=-2)
        left = left.clamp(min=0).minimum(squares).scatter(1, draws[:, None], 0)
        best = left.sum(1).argmin()
        squares, chosen = left[best], torch.cat([chosen, draws[best, None]])
    return X[chosen]
