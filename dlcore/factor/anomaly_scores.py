"""How strange an example is to a linear factor model: badly rebuilt, or unlikely."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.factor.linear_gaussian import centred, log_density, require_noise


def reconstruction_score(
    X: Float[Tensor, "n d"], W: Float[Tensor, "d k"], mean: Float[Tensor, " d"]
) -> Float[Tensor, " n"]:
    r"""The squared distance of each example from the plane that the loadings span through the mean.

    What is strange within the plane, far from the mean, goes unseen: see `nll_score`.

    Args:
        X: data, rows are examples, shape (n, d).
        W: loadings or directions of linear independent columns, shape (d, k).
        mean: $\mu$, shape (d,).

    Returns:
        $\lVert x - \mu - P(x - \mu) \rVert^2$ with P the projector onto the span of W; the larger,
        the stranger.

    Raises:
        ValueError: shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-reconstruction-score`
    Section: :ref:`sec-anomaly-factor-models`
    Source: Jackson, Mudholkar (1979), Control procedures for residuals associated with principal
        component analysis, doi:10.1080/00401706.1979.10489779.

    Example:
        >>> X, W = torch.tensor([[9.0, 9.0], [1.0, -1.0]]), torch.tensor([[2.0], [2.0]])
        >>> reconstruction_score(X, W, torch.zeros(2)).round(decimals=4)
        tensor([0., 2.])

    In production: the squared norm of `X - pca.inverse_transform(pca.transform(X))`.
    """
    A = centred("reconstruction_score", X, W, mean)
    Q = torch.linalg.qr(W).Q
    return (A - A @ Q @ Q.T).square().sum(1)


def nll_score(
    X: Float[Tensor, "n d"],
    W: Float[Tensor, "d k"],
    noise: float | Float[Tensor, "*d"],
    mean: Float[Tensor, " d"],
) -> Float[Tensor, " n"]:
    r"""The negative log-likelihood of each example: far off the plane, or too far out along it.

    Args:
        X: data, rows are examples, shape (n, d).
        W: the loadings, shape (d, k).
        noise: one variance for all features (probabilistic PCA) or one each, shape (d,) (factor
            analysis), positive.
        mean: $\mu$, shape (d,).

    Returns:
        $-\log \mathcal N(x; \mu, WW^\top + \Psi)$ in nats; the larger, the stranger.

    Raises:
        ValueError: shapes that do not fit, or noise that is not positive.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-nll-score`
    Section: :ref:`sec-anomaly-factor-models`
    Source: Bishop (1994), Novelty detection and neural network validation,
        doi:10.1049/ip-vis:19941330.

    Example:
        >>> X, W = torch.tensor([[9.0, 9.0], [1.0, -1.0]]), torch.tensor([[2.0], [2.0]])
        >>> nll_score(X, W, 1.0, torch.zeros(2)).round(decimals=2)
        tensor([11.9400,  3.9400])

    In production: minus the `score_samples` of sklearn.decomposition.PCA or FactorAnalysis.
    """
    A = centred("nll_score", X, W, mean)
    d = X.shape[1]
    one_each = isinstance(noise, Tensor) and noise.ndim > 0
    psi = require_noise("nll_score", noise, X, d if one_each else None)
    return -log_density(A, W, psi.expand(d))
