"""Probabilistic PCA and PCA by expectation and maximization in turn."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.factor.linear_gaussian import centred
from dlcore.factor.ppca import (
    PPCAParameters,
    ppca_log_likelihood,
    ppca_posterior,
    require_components,
    require_noise_left,
)
from dlcore.linalg.errors import warn_not_converged


class LatentMoments(NamedTuple):
    r"""$E z_n$ of each example, shape (n, k), and $\sum_n E z_n z_n^\top$, shape (k, k)."""

    first: Tensor
    second: Tensor


class PPCAFit(NamedTuple):
    """Loadings (d, k), noise variance, mean (d,), the log-likelihood before and after each step."""

    W: Tensor
    sigma2: Tensor
    mean: Tensor
    log_likelihoods: list[float]


class PrincipalSubspace(NamedTuple):
    """An orthonormal basis as columns (d, k), the mean (d,), and how many steps it took."""

    W: Tensor
    mean: Tensor
    steps: int


def ppca_e_step(
    X: Float[Tensor, "n d"],
    W: Float[Tensor, "d k"],
    sigma2: float | Float[Tensor, ""],
    mean: Float[Tensor, " d"],
) -> LatentMoments:
    r"""The expectations of the latent coordinates that the M-step of probabilistic PCA needs.

    Args:
        X: data, rows are examples, shape (n, d).
        W: the loadings, shape (d, k).
        sigma2: the noise variance, positive.
        mean: $\mu$, shape (d,).

    Returns:
        $E z_n$, shape (n, k), and $\sum_n E z_n z_n^\top$, shape (k, k), which holds the posterior
        covariance of each example besides the products of the means.

    Raises:
        ValueError: shapes that do not fit, or noise that is not positive.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-ppca-e-step`
    Section: :ref:`sec-ppca-em`
    Source: Tipping, Bishop (1999), Probabilistic principal component analysis,
        doi:10.1111/1467-9868.00196.

    Example:
        >>> X = torch.tensor([[3.0, 1.0], [-3.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
        >>> ppca_e_step(X, torch.ones(2, 1), 1.0, torch.zeros(2)).second.round(decimals=4)
        tensor([[4.8889]])

    In production: `ProbabilisticPCA(method="em")`.
    """
    z, covariance = ppca_posterior(X, W, sigma2, mean)
    return LatentMoments(z, len(X) * covariance + z.T @ z)


def ppca_m_step(
    X: Float[Tensor, "n d"], moments: LatentMoments, mean: Float[Tensor, " d"]
) -> PPCAParameters:
    r"""The loadings and the noise that suit the expected latent coordinates best.

    Args:
        X: data, rows are examples, shape (n, d).
        moments: what `ppca_e_step` found.
        mean: $\mu$, shape (d,); the sample mean is best whatever W is.

    Returns:
        W, shape (d, k), the noise variance, computed with this new W, and the mean.

    Raises:
        ValueError: shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-ppca-m-step`
    Section: :ref:`sec-ppca-em`
    Source: Tipping, Bishop (1999), Probabilistic principal component analysis,
        doi:10.1111/1467-9868.00196.

    Example:
        >>> X = torch.tensor([[3.0, 1.0], [-3.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
        >>> moments = ppca_e_step(X, torch.ones(2, 1), 1.0, torch.zeros(2))
        >>> W, sigma2, _ = ppca_m_step(X, moments, torch.zeros(2))
        >>> W.T.round(decimals=4), sigma2.round(decimals=4)
        (tensor([[1.6364, 0.5455]]), tensor(1.1818))

    In production: `ProbabilisticPCA(method="em")`.
    """
    z, second = moments
    if z.shape != (len(X), second.shape[-1]) or second.ndim != 2:
        raise ValueError(
            f"ppca_m_step: {len(X)} rows need moments of shape ({len(X)}, k) and (k, k), got "
            f"{tuple(z.shape)} and {tuple(second.shape)}"
        )
    W = torch.linalg.solve(second, z.T @ (X - mean)).T
    A = centred("ppca_m_step", X, W, mean)
    misfit = A.square().sum() - 2 * ((A @ W) * z).sum() + (second * (W.T @ W)).sum()
    return PPCAParameters(W, misfit / A.numel(), mean)


def ppca_em(
    X: Float[Tensor, "n d"],
    k: int,
    *,
    max_iter: int = 1000,
    tol: float = 1e-7,
    generator: torch.Generator | None = None,
) -> PPCAFit:
    r"""Probabilistic PCA by EM from random loadings; the log-likelihood never falls.

    A step takes $O(ndk)$ operations, where the closed form takes $O(nd\min(n, d))$. It computes in
    float64 and answers in the type of X.

    Args:
        X: data, rows are examples, shape (n, d).
        k: how many latent coordinates, from 1 to d - 1.
        max_iter: the most steps, at least 1.
        tol: it stops when a step gains less than this in the log-likelihood of an example, in nats.
        generator: for the first loadings, on the CPU; default torch's global one.

    Returns:
        W, shape (d, k), the noise variance, the mean, and the log-likelihoods of all rows, one
        before the first step and one after each.

    Raises:
        ValueError: k or max_iter is out of range, or no noise is left.
        TypeError: X is no floating-point tensor.

    Warns:
        ConvergenceWarning: max_iter steps were not enough.

    Equations: :eq:`eq-ppca-e-step`, :eq:`eq-ppca-m-step`
    Section: :ref:`sec-ppca-em`
    Source: Roweis (1998), EM algorithms for PCA and SPCA, NeurIPS 10.

    Example:
        >>> X = torch.tensor([[3.0, 1.0], [-3.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
        >>> fit = ppca_em(X, k=1, generator=torch.Generator().manual_seed(0))
        >>> fit.sigma2.round(decimals=3)
        tensor(0.7640)

    In production: sklearn.decomposition.PCA unless d is large or values are missing.
    """
    require_components("ppca_em", X, k)
    require_steps("ppca_em", max_iter)
    mean = X.detach().double().mean(0)
    A = X.detach().double() - mean
    zero = A.new_zeros(A.shape[1])
    sigma2 = A.square().mean()
    require_noise_left("ppca_em", sigma2, A, k)
    W = random_loadings(A, k, generator) * sigma2.sqrt()
    history = [float(ppca_log_likelihood(A, W, sigma2, zero))]
    for _ in range(max_iter):
        W, sigma2, _ = ppca_m_step(A, ppca_e_step(A, W, sigma2, zero), zero)
        require_noise_left("ppca_em", sigma2, A, k)
        history.append(float(ppca_log_likelihood(A, W, sigma2, zero)))
        if history[-1] - history[-2] < tol * len(A):
            break
    else:
        warn_not_converged("ppca_em", max_iter, (history[-1] - history[-2]) / len(A), tol)
    return PPCAFit(W.to(X), sigma2.to(X), mean.to(X), history)


def em_pca(
    X: Float[Tensor, "n d"],
    k: int,
    *,
    max_iter: int = 1000,
    tol: float = 1e-6,
    generator: torch.Generator | None = None,
) -> PrincipalSubspace:
    r"""The principal subspace by EM without noise: fit coordinates to directions, then back.

    The limit $\sigma^2 \to 0$ of EM for probabilistic PCA: both steps are least squares. Like power
    iteration, it gains a factor $\lambda_{k+1}/\lambda_k$ in accuracy a step. It computes in
    float64 and answers in the type of X.

    Args:
        X: data, rows are examples, shape (n, d).
        k: how many directions, from 1 to d - 1.
        max_iter: the most steps, at least 1.
        tol: it stops when a step turns the subspace by no more than this, the sine of the largest
            angle.
        generator: for the first directions, on the CPU; default torch's global one.

    Returns:
        An orthonormal basis of the subspace as columns, shape (d, k), the mean, and the steps made.

    Raises:
        ValueError: k or max_iter is out of range, or the data vary in fewer than k dimensions.
        TypeError: X is no floating-point tensor.

    Warns:
        ConvergenceWarning: max_iter steps were not enough.

    Equation: :eq:`eq-em-pca`
    Section: :ref:`sec-ppca-em`
    Source: Roweis (1998), EM algorithms for PCA and SPCA, NeurIPS 10.

    Example:
        >>> X = torch.tensor([[3.0, 3.0], [-3.0, -3.0], [1.0, -1.0], [-1.0, 1.0]])
        >>> em_pca(X, k=1, generator=torch.Generator().manual_seed(0)).W.abs().T
        tensor([[0.7071, 0.7071]])

    In production: sklearn.decomposition.PCA(svd_solver="randomized").
    """
    require_components("em_pca", X, k)
    require_steps("em_pca", max_iter)
    mean = X.detach().double().mean(0)
    A = X.detach().double() - mean
    Q = torch.linalg.qr(random_loadings(A, k, generator)).Q
    if torch.linalg.matrix_rank(A @ Q) < k:
        raise ValueError(f"em_pca: the data vary in fewer than {k} dimensions")
    turned = 1.0
    steps = 0
    while turned > tol and steps < max_iter:
        Z = A @ Q
        W = A.T @ torch.linalg.solve(Z.T @ Z, Z.T).T
        before, Q = Q, torch.linalg.qr(W).Q
        turned = float(torch.linalg.matrix_norm(Q - before @ (before.T @ Q), 2))
        steps += 1
    if turned > tol:
        warn_not_converged("em_pca", max_iter, turned, tol)
    return PrincipalSubspace(Q.to(X), mean.to(X), steps)


def random_loadings(A: Tensor, k: int, generator: torch.Generator | None) -> Tensor:
    """Standard normal numbers of shape (d, k), the same for float32 and float64."""
    return torch.randn(A.shape[1], k, generator=generator, dtype=torch.float64).to(A)


def require_steps(name: str, max_iter: int) -> None:
    """Refuse an iteration of no steps."""
    if max_iter < 1:
        raise ValueError(f"{name}: max_iter must be at least 1, got {max_iter}")
