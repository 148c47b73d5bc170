"""Probabilistic PCA when entries of the data are missing (NaN)."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.factor.linear_gaussian import centred, require_noise
from dlcore.factor.ppca import require_components, require_noise_left
from dlcore.factor.ppca_em import PPCAFit, random_loadings, require_steps
from dlcore.linalg.errors import warn_not_converged


class ObservedPosterior(NamedTuple):
    """Means (n, k) and covariances (n, k, k) of z given what was seen, and its log-density (n,)."""

    mean: Tensor
    covariance: Tensor
    log_density: Tensor


def observed_posterior(X: Tensor, W: Tensor, sigma2: Tensor, mean: Tensor) -> ObservedPosterior:
    """Condition each row on the entries that it has; NaN marks the others."""
    k = W.shape[1]
    seen = ~X.isnan()
    A = torch.where(seen, X - mean, 0)
    eye = torch.eye(k, dtype=W.dtype, device=W.device)
    M = (seen.to(W) @ _outer(W).flatten(1)).unflatten(1, (k, k)) + sigma2 * eye
    L = torch.linalg.cholesky(M)
    z = torch.cholesky_solve((A @ W)[..., None], L)[..., 0]
    rest = torch.where(seen, A - z @ W.T, 0)
    count = seen.sum(1).to(W)
    log_det = (count - k) * sigma2.log() + 2 * L.diagonal(dim1=1, dim2=2).log().sum(1)
    distance = rest.square().sum(1) / sigma2 + z.square().sum(1)
    log_density = -0.5 * (count * math.log(2 * math.pi) + log_det + distance)
    return ObservedPosterior(z, sigma2 * torch.cholesky_inverse(L), log_density)


def ppca_observed_log_likelihood(
    X: Float[Tensor, "n d"],
    W: Float[Tensor, "d k"],
    sigma2: float | Float[Tensor, ""],
    mean: Float[Tensor, " d"],
) -> Float[Tensor, " n"]:
    r"""The log-density of the entries of each row that are there.

    They are a Gaussian as well, $\mathcal N(\mu_o, W_oW_o^\top + \sigma^2 I)$.

    Args:
        X: data with NaN where an entry is missing, shape (n, d).
        W: the loadings, shape (d, k).
        sigma2: the noise variance, positive.
        mean: $\mu$, shape (d,).

    Returns:
        One number a row, in nats; 0 for a row without entries.

    Raises:
        ValueError: shapes that do not fit, or noise that is not positive.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-ppca-missing`
    Section: :ref:`sec-ppca-em`
    Source: Ilin, Raiko (2010), Practical approaches to principal component analysis in the presence
        of missing values, JMLR 11.

    Example:
        >>> X, W = torch.tensor([[3.0, float("nan")]]), torch.tensor([[2.0], [1.0]])
        >>> ppca_observed_log_likelihood(X, W, 1.0, torch.zeros(2)).round(decimals=4)
        tensor([-2.6237])

    In production: `ProbabilisticPCA.score_samples`.
    """
    centred("ppca_observed_log_likelihood", X, W, mean)
    noise = require_noise("ppca_observed_log_likelihood", sigma2, X)
    return observed_posterior(X, W, noise, mean).log_density


def ppca_em_missing(
    X: Float[Tensor, "n d"],
    k: int,
    *,
    max_iter: int = 1000,
    tol: float = 1e-7,
    generator: torch.Generator | None = None,
) -> PPCAFit:
    r"""Probabilistic PCA of data with gaps, by EM on the entries that are there.

    The E-step conditions each row on what it has; the M-step regresses each feature on the
    expected latent coordinates of the rows that have it, which gives its loadings and its mean at
    once. No entry is made up. It is right if what is missing does not depend on the missing values.
    It computes in float64 and answers in the type of X.

    Args:
        X: data with NaN where an entry is missing, shape (n, d).
        k: how many latent coordinates, from 1 to d - 1.
        max_iter: the most steps, at least 1.
        tol: it stops when a step gains less than this in the log-likelihood of an example, in nats.
        generator: for the first loadings, on the CPU; default torch's global one.

    Returns:
        W, shape (d, k), the noise variance, the mean, and the log-likelihoods of all entries that
        are there, one before the first step and one after each.

    Raises:
        ValueError: k or max_iter is out of range, an infinite entry, a feature that no row has, or
            no noise is left.
        TypeError: X is no floating-point tensor.

    Warns:
        ConvergenceWarning: max_iter steps were not enough.

    Equation: :eq:`eq-ppca-missing`
    Section: :ref:`sec-ppca-em`
    Source: Ilin, Raiko (2010), Practical approaches to principal component analysis in the presence
        of missing values, JMLR 11.

    Example:
        >>> nan = float("nan")
        >>> X = torch.tensor([[3.0, 1.0], [-3.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [2.0, nan]])
        >>> fit = ppca_em_missing(X, k=1, generator=torch.Generator().manual_seed(0))
        >>> fit.mean.shape, fit.log_likelihoods[-1] > fit.log_likelihoods[0]
        (torch.Size([2]), True)

    In production: `ProbabilisticPCA(method="em")`.
    """
    require_components("ppca_em_missing", X, k)
    require_steps("ppca_em_missing", max_iter)
    seen = ~X.isnan()
    if X.isinf().any() or not seen.any(0).all():
        raise ValueError("ppca_em_missing: an entry is infinite, or a feature has no entry at all")
    shift = X.detach().double().nanmean(0)
    A = X.detach().double() - shift
    filled = A.nan_to_num(0)
    sigma2 = filled.square().sum() / seen.sum()
    require_noise_left("ppca_em_missing", sigma2, filled, k)
    W, mean = random_loadings(A, k, generator) * sigma2.sqrt(), torch.zeros_like(shift)
    posterior = observed_posterior(A, W, sigma2, mean)
    history = [float(posterior.log_density.sum())]
    for _ in range(max_iter):
        W, sigma2, mean = _regress(A, seen.double(), posterior)
        require_noise_left("ppca_em_missing", sigma2, filled, k)
        posterior = observed_posterior(A, W, sigma2, mean)
        history.append(float(posterior.log_density.sum()))
        if history[-1] - history[-2] < tol * len(A):
            break
    else:
        gain = (history[-1] - history[-2]) / len(A)
        warn_not_converged("ppca_em_missing", max_iter, gain, tol)
    return PPCAFit(W.to(X), sigma2.to(X), (mean + shift).to(X), history)


def _regress(A: Tensor, seen: Tensor, posterior: ObservedPosterior) -> tuple[Tensor, ...]:
    """The M-step: each feature on [z, 1], in expectation over z, in the rows that have it."""
    z, V, _ = posterior
    k = z.shape[1]
    z1 = torch.cat([z, torch.ones_like(z[:, :1])], 1)
    second = _outer(z1) + torch.nn.functional.pad(V, (0, 1, 0, 1))
    normal = (seen.T @ second.flatten(1)).unflatten(1, (k + 1, k + 1))
    right = A.nan_to_num(0).T @ z1
    coefficients = torch.linalg.solve(normal, right)
    W, mean = coefficients[:, :k], coefficients[:, k]
    rest = (A - mean - z @ W.T).nan_to_num(0).square().sum()
    spread = ((seen @ _outer(W).flatten(1)) * V.flatten(1)).sum()
    return W, (rest + spread) / seen.sum(), mean


def _outer(W: Tensor) -> Tensor:
    return W[:, :, None] * W[:, None, :]
