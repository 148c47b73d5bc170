"""Slow features: what changes least from one moment to the next."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.factor.fast_ica import whitened


class SlowFeatures(NamedTuple):
    r"""The slowest combinations of features.

    Attributes:
        features: with mean 0 and variance 1, uncorrelated, slowest first, shape (t, k).
        weights: one column for each, shape (d, k); those of new data are `(X - mean) @ weights`.
        slowness: $\Delta$, the mean square of a feature's change in one step, ascending,
            shape (k,).
        mean: of the data, shape (d,).

    Equation: :eq:`eq-slow-features`
    Section: :ref:`sec-slow-features`
    """

    features: Float[Tensor, "t k"]
    weights: Float[Tensor, "d k"]
    slowness: Float[Tensor, " k"]
    mean: Float[Tensor, " d"]


def slow_feature_analysis(X: Float[Tensor, "t d"], n_components: int | None = None) -> SlowFeatures:
    r"""Find uncorrelated projections with variance 1 that change least in time.

    After whitening, they are the eigenvectors of the covariance of the changes with the smallest
    eigenvalues. Functions other than linear ones are found in the products of features: see
    `dlcore.classical.polynomial_features`.

    Args:
        X: a series, one row for each moment, shape (t, d).
        n_components: k; default the rank of the centred X.

    Returns:
        Features, weights and slowness. A feature's sign is chosen so that its largest weight is
        positive. White noise has slowness 2.

    Raises:
        ValueError: more components than the rank, or fewer than 2 moments.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-slow-features`
    Section: :ref:`sec-slow-features`
    Source: Wiskott, Sejnowski (2002), Slow feature analysis: unsupervised learning of invariances,
        doi:10.1162/089976602317318938.

    Example:
        >>> t = torch.linspace(0, 2 * torch.pi, 400)
        >>> X = torch.stack([t.sin() + (29 * t).sin(), t.sin() - (29 * t).sin()], 1)
        >>> slow = slow_feature_analysis(X, 1)
        >>> torch.stack([slow.features[:, 0], t.sin()]).corrcoef()[0, 1].abs() > 0.999
        tensor(True)

    In production: scipy.linalg.eigh of both covariances; sksfa.SFA.
    """
    Z, K, mean = whitened("slow_feature_analysis", X, None)
    k = Z.shape[1] if n_components is None else n_components
    if not 1 <= k <= Z.shape[1]:
        raise ValueError(
            f"slow_feature_analysis: n_components must be from 1 to the rank {Z.shape[1]} of X, "
            f"got {k}"
        )
    changes = Z.diff(dim=0)
    slowness, V = torch.linalg.eigh(changes.T @ changes / len(changes))
    weights = K.T @ V[:, :k]
    largest = weights.gather(0, weights.abs().argmax(0, keepdim=True))
    weights = weights * largest.sign()
    return SlowFeatures((X - mean) @ weights, weights, slowness[:k], mean)
