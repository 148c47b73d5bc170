"""Independent components by maximum likelihood: the infomax rule with the natural gradient."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.factor.fast_ica import ICA, whitened
from dlcore.linalg.errors import warn_not_converged


def infomax_ica(
    X: Float[Tensor, "n d"],
    n_components: int | None = None,
    *,
    extended: bool = False,
    learning_rate: float = 0.3,
    tol: float = 1e-5,
    max_iter: int = 2000,
) -> ICA:
    r"""Climb the likelihood of mixtures: $W \leftarrow W + \eta(I - \mathbb E[\phi(y)y^\top])W$.

    The score $\phi(y) = -(\ln p)'(y)$ stands for what we believe of the sources. With $\tanh$ it is
    that of a density with tails longer than the Gaussian's; sources with short tails are missed,
    unless the rule is extended: each output then has $y + \tanh y$ or $y - \tanh y$, whichever
    makes a separating solution stable.

    Args:
        X: mixtures, one row for each moment, shape (n, d).
        n_components: k; default the rank of the centred X. Fewer keep the principal components.
        extended: whether each output may also have short tails.
        learning_rate: $\eta$, positive.
        tol: stop when no entry of $I - \mathbb E[\phi(y)y^\top]$ is larger.
        max_iter: the most steps, each over all of X. It starts at $W = I$ on the whitened data.

    Returns:
        The sources, scaled to variance 1, and what unmixes and mixes.

    Raises:
        ValueError: a learning rate that is not positive, or more components than the rank.
        TypeError: X is no floating-point tensor.

    Warns:
        ConvergenceWarning: `max_iter` steps were not enough.

    Equation: :eq:`eq-infomax`
    Section: :ref:`sec-ica`
    Source: Bell, Sejnowski (1995), An information-maximization approach to blind separation and
        blind deconvolution, doi:10.1162/neco.1995.7.6.1129; Amari, Cichocki, Yang (1996), A new
        learning algorithm for blind signal separation, NIPS 8; Lee, Girolami, Sejnowski (1999),
        Independent component analysis using an extended infomax algorithm for mixed subgaussian
        and supergaussian sources, doi:10.1162/089976699300016719.

    Example:
        >>> t = torch.linspace(0, 40, 1000)
        >>> sources = torch.stack([t.sin() ** 9, (1.7 * t).sin() ** 11], 1)
        >>> X = sources @ torch.tensor([[1.0, 0.5], [0.6, 1.0]]).T
        >>> found = infomax_ica(X).sources
        >>> torch.cat([found, sources], 1).T.corrcoef()[:2, 2:].abs().max(0).values > 0.99
        tensor([True, True])

    In production: sklearn.decomposition.FastICA; mne.preprocessing.infomax.
    """
    if not learning_rate > 0:
        raise ValueError(f"infomax_ica: learning_rate must be positive, got {learning_rate}")
    Z, K, mean = whitened("infomax_ica", X, n_components)
    I = torch.eye(Z.shape[1]).to(Z)
    W, largest, steps = I, torch.inf, 0
    while steps < max_iter:
        steps += 1
        Y = Z @ W.T
        gradient = I - _score(Y, extended).T @ Y / len(Y)
        largest = gradient.abs().max().item()
        if largest < tol:
            break
        W = W + learning_rate * gradient @ W
    if not largest < tol:
        warn_not_converged("infomax_ica", steps, largest, tol)
    W = W / (Z @ W.T).square().mean(0).sqrt()[:, None]
    return ICA(Z @ W.T, W @ K, torch.linalg.pinv(W @ K), mean, steps)


def _score(Y: Tensor, extended: bool) -> Tensor:
    """What the density assumed of each source makes of the outputs, shape (n, k)."""
    tanh = Y.tanh()
    if not extended:
        return tanh
    long_tails = (1 - tanh.square()).mean(0) * Y.square().mean(0) > (tanh * Y).mean(0)
    return Y + torch.where(long_tails, tanh, -tanh)
