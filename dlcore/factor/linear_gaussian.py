"""A Gaussian whose covariance is a few directions plus a diagonal: checks, posterior, density."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from dlcore.linalg.shapes import require_floating, require_one_matrix


class FactorPosterior(NamedTuple):
    """The latent coordinates given each example: means (n, k), covariance (k, k)."""

    mean: Tensor
    covariance: Tensor


def centred(name: str, X: Tensor, W: Tensor, mean: Tensor) -> Tensor:
    """X less the mean, once data (n, d), loadings (d, k) and mean (d,) are seen to fit."""
    require_one_matrix(name, X)
    require_floating(name, W, mean)
    d = X.shape[1]
    if W.ndim != 2 or W.shape[0] != d or mean.shape != (d,):
        raise ValueError(
            f"{name}: X of shape {tuple(X.shape)} needs W of shape ({d}, k) and mean ({d},), got "
            f"{tuple(W.shape)} and {tuple(mean.shape)}"
        )
    return X - mean


def require_noise(name: str, noise: float | Tensor, like: Tensor, d: int | None = None) -> Tensor:
    """The noise variance as a tensor; refuses what is not positive or has another shape."""
    noise = torch.as_tensor(noise, dtype=like.dtype, device=like.device)
    expected = () if d is None else (d,)
    if noise.shape != expected:
        raise ValueError(f"{name}: noise of shape {expected} expected, got {tuple(noise.shape)}")
    if not (noise > 0).all():
        raise ValueError(f"{name}: the noise variance must be positive, got {float(noise.min())}")
    return noise


def latent_posterior(A: Tensor, W: Tensor, psi: Tensor) -> tuple[FactorPosterior, Tensor]:
    r"""Posterior of z for centred rows, and $\log\det(I + W^\top \Psi^{-1} W)$."""
    scaled = W.T / psi
    precision = scaled @ W + torch.eye(W.shape[1], dtype=W.dtype, device=W.device)
    L = torch.linalg.cholesky(precision)
    means = torch.cholesky_solve(scaled @ A.T, L).T
    covariance = torch.cholesky_inverse(L)
    return FactorPosterior(means, covariance), 2 * L.diagonal().log().sum()


def log_density(A: Tensor, W: Tensor, psi: Tensor) -> Tensor:
    r"""$\log \mathcal N(0, WW^\top + \Psi)$ at each centred row, in $O(dk)$ a row.

    With m the posterior mean of z, $a^\top C^{-1} a = (a - Wm)^\top \Psi^{-1} (a - Wm) + m^\top m$
    subtracts no large numbers, and $\det C = \det\Psi \det(I + W^\top \Psi^{-1} W)$.
    """
    (m, _), log_det = latent_posterior(A, W, psi)
    distance = ((A - m @ W.T).square() / psi).sum(1) + m.square().sum(1)
    d = W.shape[0]
    return -0.5 * (d * math.log(2 * math.pi) + psi.log().sum() + log_det + distance)
