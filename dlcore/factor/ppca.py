"""Probabilistic PCA: likelihood, posterior, evidence bound and closed-form fit."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.factor.linear_gaussian import FactorPosterior, centred, log_density, require_noise
from dlcore.linalg import PCA
from dlcore.linalg.shapes import require_one_matrix


class PPCAParameters(NamedTuple):
    """Loadings (d, k), noise variance and mean (d,)."""

    W: Tensor
    sigma2: Tensor
    mean: Tensor


def ppca_log_likelihood(
    X: Float[Tensor, "n d"],
    W: Float[Tensor, "d k"],
    sigma2: float | Float[Tensor, ""],
    mean: Float[Tensor, " d"],
) -> Float[Tensor, ""]:
    r"""The log-likelihood of all rows under $\mathcal N(\mu, WW^\top + \sigma^2 I)$.

    The d by d covariance is never formed: with $M = W^\top W + \sigma^2 I$, k by k,
    $\det C = \sigma^{2(d-k)}\det M$ and $C^{-1} = \sigma^{-2}(I - WM^{-1}W^\top)$.

    Args:
        X: data, rows are examples, shape (n, d).
        W: the loadings, shape (d, k).
        sigma2: the noise variance, positive.
        mean: $\mu$, shape (d,).

    Returns:
        The sum over the rows, in nats.

    Raises:
        ValueError: shapes that do not fit, or noise that is not positive.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-ppca-log-likelihood`
    Section: :ref:`sec-probabilistic-pca`
    Source: Tipping, Bishop (1999), Probabilistic principal component analysis,
        doi:10.1111/1467-9868.00196.

    Example:
        >>> X, W = torch.tensor([[3.0, 1.0]]), torch.tensor([[2.0], [1.0]])
        >>> ppca_log_likelihood(X, W, 1.0, torch.zeros(2)).round(decimals=4)
        tensor(-3.6504)

    In production: torch.distributions.LowRankMultivariateNormal.
    """
    A = centred("ppca_log_likelihood", X, W, mean)
    noise = require_noise("ppca_log_likelihood", sigma2, X)
    return log_density(A, W, noise.expand(W.shape[0])).sum()


def ppca_posterior(
    X: Float[Tensor, "n d"],
    W: Float[Tensor, "d k"],
    sigma2: float | Float[Tensor, ""],
    mean: Float[Tensor, " d"],
) -> FactorPosterior:
    r"""What each example tells about its latent coordinates.

    They are $\mathcal N(M^{-1}W^\top(x-\mu), \sigma^2 M^{-1})$ with $M = W^\top W + \sigma^2 I$.

    Args:
        X: data, rows are examples, shape (n, d).
        W: the loadings, shape (d, k).
        sigma2: the noise variance, positive.
        mean: $\mu$, shape (d,).

    Returns:
        The posterior means, shape (n, k), and the covariance all examples share, shape (k, k).

    Raises:
        ValueError: shapes that do not fit, or noise that is not positive.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-ppca-posterior`
    Section: :ref:`sec-probabilistic-pca`
    Source: Tipping, Bishop (1999), Probabilistic principal component analysis,
        doi:10.1111/1467-9868.00196.

    Example:
        >>> X, W = torch.tensor([[3.0, 1.0]]), torch.tensor([[2.0], [1.0]])
        >>> m, S = ppca_posterior(X, W, 1.0, torch.zeros(2))
        >>> m.round(decimals=4), S.round(decimals=4)
        (tensor([[1.1667]]), tensor([[0.1667]]))

    In production: the `transform` of sklearn.decomposition.FactorAnalysis.
    """
    A = centred("ppca_posterior", X, W, mean)
    sigma2 = require_noise("ppca_posterior", sigma2, X)
    M = W.T @ W + sigma2 * torch.eye(W.shape[1], dtype=W.dtype, device=W.device)
    L = torch.linalg.cholesky(M)
    return FactorPosterior(torch.cholesky_solve(W.T @ A.T, L).T, sigma2 * torch.cholesky_inverse(L))


def ppca_elbo(
    X: Float[Tensor, "n d"],
    W: Float[Tensor, "d k"],
    sigma2: float | Float[Tensor, ""],
    mean: Float[Tensor, " d"],
    q_mean: Float[Tensor, "n k"],
    q_covariance: Float[Tensor, "*batch k k"],
) -> Float[Tensor, ""]:
    r"""The evidence lower bound of probabilistic PCA for any Gaussian guess q of z.

    It is the log-likelihood less the divergence of the guess from the posterior: EM raises it in q
    (E-step) and in the parameters (M-step) in turn, a linear variational autoencoder in all at
    once.

    Args:
        X: data, rows are examples, shape (n, d).
        W: the loadings, shape (d, k).
        sigma2: the noise variance, positive.
        mean: $\mu$, shape (d,).
        q_mean: means of the guesses, shape (n, k).
        q_covariance: one covariance for all rows, shape (k, k), or one each, shape (n, k, k).

    Returns:
        The sum over the rows, in nats.

    Raises:
        ValueError: shapes that do not fit, or noise that is not positive.
        torch.linalg.LinAlgError: a covariance is not positive definite.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-ppca-elbo`
    Section: :ref:`sec-ppca-em`
    Source: Lucas, Tucker, Grosse, Norouzi (2019), Don't blame the ELBO! A linear VAE perspective on
        posterior collapse, arXiv:1911.02469.

    Example:
        >>> X, W, mean = torch.tensor([[3.0, 1.0]]), torch.tensor([[2.0], [1.0]]), torch.zeros(2)
        >>> ppca_elbo(X, W, 1.0, mean, torch.zeros(1, 1), torch.eye(1)).round(decimals=4)
        tensor(-9.3379)
        >>> ppca_elbo(X, W, 1.0, mean, *ppca_posterior(X, W, 1.0, mean)).round(decimals=4)
        tensor(-3.6504)

    In production: the training loss of a variational autoencoder.
    """
    A = centred("ppca_elbo", X, W, mean)
    sigma2 = require_noise("ppca_elbo", sigma2, X)
    (n, d), k = X.shape, W.shape[1]
    if q_mean.shape != (n, k) or q_covariance.shape not in ((k, k), (n, k, k)):
        raise ValueError(
            f"ppca_elbo needs q_mean ({n}, {k}) and q_covariance ({k}, {k}) or ({n}, {k}, {k}), "
            f"got {tuple(q_mean.shape)} and {tuple(q_covariance.shape)}"
        )
    S = q_covariance.expand(n, k, k)
    log_det = 2 * torch.linalg.cholesky(S).diagonal(dim1=1, dim2=2).log().sum()
    misfit = (A - q_mean @ W.T).square().sum() + (S * (W.T @ W)).sum()
    reconstruction = -0.5 * (n * d * (2 * math.pi * sigma2).log() + misfit / sigma2)
    trace = S.diagonal(dim1=1, dim2=2).sum()
    divergence = 0.5 * (trace + q_mean.square().sum() - n * k - log_det)
    return reconstruction - divergence


def ppca_maximum_likelihood(X: Float[Tensor, "n d"], k: int) -> PPCAParameters:
    r"""The parameters of probabilistic PCA under which the data are likeliest, in closed form.

    Args:
        X: data, rows are examples, shape (n, d), n above k + 1.
        k: how many latent coordinates, from 1 to d - 1.

    Returns:
        $W = U_k(\Lambda_k - \sigma^2 I)^{1/2}$, shape (d, k), whose columns are orthogonal and the
        longest first; $\sigma^2$, the mean of the other d - k eigenvalues of the covariance
        (divisor N); the sample mean. Any WR with orthogonal R does as well.

    Raises:
        ValueError: k is out of range, or the rows lie in k dimensions, so that no noise is left.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-ppca-ml`
    Section: :ref:`sec-probabilistic-pca`
    Source: Tipping, Bishop (1999), Probabilistic principal component analysis,
        doi:10.1111/1467-9868.00196.

    Example:
        >>> X = torch.tensor([[3.0, 1.0], [-3.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
        >>> W, sigma2, mean = ppca_maximum_likelihood(X, k=1)
        >>> W.square().sum().round(decimals=4), sigma2.round(decimals=4)
        (tensor(4.4721), tensor(0.7639))

    In production: sklearn.decomposition.PCA, whose `score` is this model's if n exceeds d; with
    fewer rows its noise is the mean of the n - k eigenvalues it has, not of all d - k.
    """
    require_components("ppca_maximum_likelihood", X, k)
    n, d = X.shape
    pca = PCA(k).fit(X)
    U, A = pca.components_.T, X - pca.mean_
    sigma2 = (A - A @ U @ U.T).square().sum() / (n * (d - k))
    require_noise_left("ppca_maximum_likelihood", sigma2, A, k)
    variance = pca.explained_variance_ * ((n - 1) / n)
    return PPCAParameters(U * (variance - sigma2).clamp(min=0).sqrt(), sigma2, pca.mean_)


def require_components(name: str, X: Tensor, k: int) -> None:
    """Refuse a number of latent coordinates that the data cannot have."""
    require_one_matrix(name, X)
    n, d = X.shape
    if d < 2:
        raise ValueError(f"{name} needs at least 2 features, got {d} feature(s)")
    if n < 2:
        raise ValueError(f"{name} needs at least 2 examples, got {n} sample(s)")
    if not isinstance(k, int) or not 1 <= k <= min(n, d - 1):
        raise ValueError(
            f"{name}: the number of components must be from 1 to {min(n, d - 1)}, got {k!r}"
        )


def require_noise_left(name: str, sigma2: Tensor, A: Tensor, k: int) -> None:
    """Refuse a fit whose noise is nothing but rounding: its density would be infinite."""
    rounding = 10 * torch.finfo(A.dtype).eps
    if not sigma2 > rounding**2 * len(A) * A.square().mean():
        raise ValueError(
            f"{name}: {len(A)} centred rows lie in {k} dimensions, no noise is left: "
            "take fewer components or more examples"
        )
