"""How far generated samples are from real ones, by features of both."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.classical import polynomial_kernel


def _require_sets(name: str, X: Tensor, Y: Tensor) -> None:
    fits = X.ndim == 2 and Y.ndim == 2 and X.shape[1:] == Y.shape[1:] and min(len(X), len(Y)) > 1
    if not fits:
        raise ValueError(
            f"{name} needs features (n, d) and (m, d) of at least 2 examples, got "
            f"{tuple(X.shape)} and {tuple(Y.shape)}"
        )


def _root(S: Tensor) -> Tensor:
    """The symmetric square root of a positive semi-definite matrix."""
    values, vectors = torch.linalg.eigh(S)
    return (vectors * values.clamp(min=0).sqrt()) @ vectors.mT


def gaussian_frechet_distance(
    mean_1: Float[Tensor, " d"],
    covariance_1: Float[Tensor, "d d"],
    mean_2: Float[Tensor, " d"],
    covariance_2: Float[Tensor, "d d"],
) -> Float[Tensor, ""]:
    r"""The squared distance of two Gaussians, by the cheapest way to move one onto the other.

    $\lVert\mu_1-\mu_2\rVert^2 + \operatorname{tr}(\Sigma_1 + \Sigma_2 -
    2(\Sigma_1^{1/2}\Sigma_2\Sigma_1^{1/2})^{1/2})$. The last trace is the sum of the singular
    values of $\Sigma_1^{1/2}\Sigma_2^{1/2}$: real, and sound for singular covariances.

    Args:
        mean_1: $\mu_1$, shape (d,).
        covariance_1: $\Sigma_1$, symmetric and positive semi-definite, shape (d, d).
        mean_2: $\mu_2$, shape (d,).
        covariance_2: $\Sigma_2$, likewise.

    Returns:
        A number, at least 0 up to rounding.

    Raises:
        ValueError: shapes that do not fit.

    Equation: :eq:`eq-frechet-distance`.
    Section: :ref:`sec-generative-evaluation`.

    Source: Dowson, Landau (1982), The Fréchet distance between multivariate normal distributions,
        doi:10.1016/0047-259X(82)90077-X.

    Example:
        >>> mean, identity = torch.zeros(2), torch.eye(2)
        >>> gaussian_frechet_distance(mean, identity, mean + 1, 4 * identity)
        tensor(4.)

    In production: torchmetrics.image.fid.FrechetInceptionDistance, with its network.
    """
    d = len(mean_1) if mean_1.ndim == 1 else -1
    if mean_2.shape != (d,) or covariance_1.shape != (d, d) or covariance_2.shape != (d, d):
        shapes = [tuple(x.shape) for x in (mean_1, covariance_1, mean_2, covariance_2)]
        raise ValueError(f"expected means (d,) and covariances (d, d), got {shapes}")
    both = torch.linalg.svdvals(_root(covariance_1) @ _root(covariance_2)).sum()
    return (mean_1 - mean_2).square().sum() + covariance_1.trace() + covariance_2.trace() - 2 * both


def frechet_distance(X: Float[Tensor, "n d"], Y: Float[Tensor, "m d"]) -> Float[Tensor, ""]:
    """The squared Fréchet distance of the Gaussians with the means and covariances of two sets.

    With the features of an Inception network it is the FID. It is too large for small sets, by an
    amount that depends on the model: compare only numbers from as many samples. Nothing in it
    tells samples from copies of training examples.

    Args:
        X: features as rows, shape (n, d).
        Y: features as rows, shape (m, d).

    Returns:
        A number, 0 for equal moments.

    Raises:
        ValueError: shapes that do not fit, or fewer than 2 examples in a set.

    Equation: :eq:`eq-frechet-distance`.
    Section: :ref:`sec-generative-evaluation`.

    Source: Heusel, Ramsauer, Unterthiner, Nessler, Hochreiter (2017), GANs trained by a two
        time-scale update rule converge to a local Nash equilibrium, arXiv:1706.08500.

    Example:
        >>> X = torch.tensor([[-1.0], [1.0]])
        >>> frechet_distance(X, X + 3)
        tensor(9.)

    In production: torchmetrics.image.fid.FrechetInceptionDistance.
    """
    _require_sets("frechet_distance", X, Y)
    moments = []
    for Z in (X, Y):
        centred = Z - Z.mean(0)
        moments += [Z.mean(0), centred.mT @ centred / (len(Z) - 1)]
    return gaussian_frechet_distance(*moments)


def kernel_inception_distance(
    X: Float[Tensor, "n d"], Y: Float[Tensor, "m d"]
) -> Float[Tensor, ""]:
    r"""The unbiased squared mean discrepancy of two sets of features, kernel $(x^\top y/d + 1)^3$.

    Right on average for sets of any size, unlike the Fréchet distance; so it may be negative.

    Args:
        X: features as rows, shape (n, d).
        Y: features as rows, shape (m, d).

    Returns:
        A number.

    Raises:
        ValueError: shapes that do not fit, or fewer than 2 examples in a set.

    Equation: :eq:`eq-kernel-inception-distance`.
    Section: :ref:`sec-generative-evaluation`.

    Source: Bińkowski, Sutherland, Arbel, Gretton (2018), Demystifying MMD GANs, arXiv:1801.01401.

    Example:
        >>> X = torch.tensor([[-1.0], [1.0]])
        >>> kernel_inception_distance(X, X)
        tensor(-8.)

    In production: torchmetrics.image.kid.KernelInceptionDistance.
    """
    _require_sets("kernel_inception_distance", X, Y)
    gamma = 1 / X.shape[1]
    within = [polynomial_kernel(Z, Z, gamma=gamma) for Z in (X, Y)]
    means = [(K.sum() - K.diagonal().sum()) / (len(K) * (len(K) - 1)) for K in within]
    return means[0] + means[1] - 2 * polynomial_kernel(X, Y, gamma=gamma).mean()


def inception_score(probs: Float[Tensor, "n k"]) -> Float[Tensor, ""]:
    r"""Is each sample surely of some class, and are all classes there?

    $\exp\langle D_{KL}(p(y \mid x) \Vert \bar p(y))\rangle$, between 1 and K. One perfect example
    of each class, repeated, gets K: it does not look at real data, nor inside a class.

    Args:
        probs: a classifier's probabilities of each sample, rows that sum to 1, shape (n, K).

    Returns:
        A number.

    Raises:
        ValueError: no rows, or rows that are no probabilities.

    Equation: :eq:`eq-inception-score`.
    Section: :ref:`sec-generative-evaluation`.

    Source: Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved techniques for
        training GANs, arXiv:1606.03498; Barratt, Sharma (2018), A note on the inception score,
        arXiv:1801.01973.

    Example:
        >>> inception_score(torch.eye(4)), inception_score(torch.full((3, 4), 0.25))
        (tensor(4.), tensor(1.))

    In production: torchmetrics.image.inception.InceptionScore.
    """
    if probs.ndim != 2 or len(probs) == 0 or not bool((probs >= 0).all()):
        raise ValueError(f"expected probabilities (n, k), got {tuple(probs.shape)}")
    if not bool(((probs.sum(1) - 1).abs() < 1e-4).all()):
        raise ValueError("each row of probabilities must sum to 1")
    return torch.special.xlogy(probs, probs / probs.mean(0).clamp(min=1e-38)).sum(1).mean().exp()
