"""Variational inference where all is known: independent blocks for a correlated Gaussian."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import cholesky
from dlcore.linalg.errors import warn_not_converged


class FactorizedGaussian(NamedTuple):
    r"""Independent Gaussian blocks, fitted to a Gaussian by reverse KL.

    Attributes:
        mean: shape (d,).
        covariance: 0 between blocks, shape (d, d).
        gap: $D_{KL}(q \Vert p)$ in nats.
        path: the means before the first update and after that of each block, shape (t, d).
        gaps: the divergences along the path, shape (t,); they never rise.

    Equation: :eq:`eq-mean-field-gaussian`.
    Section: :ref:`sec-variational-families`.

    Example:
        >>> fit = mean_field_gaussian(torch.zeros(2), torch.tensor([[1.0, 0.5], [0.5, 1.0]]))
        >>> fit.covariance.diagonal()
        tensor([0.7500, 0.7500])

    In production: torch.distributions.Independent.
    """

    mean: Float[Tensor, " d"]
    covariance: Float[Tensor, "d d"]
    gap: Float[Tensor, ""]
    path: Float[Tensor, "t d"]
    gaps: Float[Tensor, " t"]


def mean_field_gaussian(
    mean: Float[Tensor, " d"],
    covariance: Float[Tensor, "d d"],
    *,
    start: Float[Tensor, " d"] | None = None,
    sweeps: int = 1000,
    tol: float = 1e-10,
) -> FactorizedGaussian:
    r"""The best product of one-dimensional Gaussians for a correlated one, by coordinate ascent.

    The means are found exactly; each variance is $1/\Lambda_{ii}$, that of a variable once all
    others are known, and so never above the marginal one.

    Args:
        mean: of the target, shape (d,).
        covariance: of the target, positive definite, shape (d, d).
        start: the means before the first update; by default the target's, where nothing is left
            to do.
        sweeps: the most rounds over all variables.
        tol: rounds end when no mean moves by more.

    Returns:
        The factors, their divergence from the target, and the path of the means.

    Raises:
        ValueError: shapes that do not fit, or no sweep.
        NotPositiveDefiniteError: the covariance is not positive definite.

    Equation: :eq:`eq-mean-field-gaussian`.
    Section: :ref:`sec-variational-families`.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 10.1.2.

    Example:
        >>> narrow = torch.tensor([[1.0, 0.9], [0.9, 1.0]])
        >>> fit = mean_field_gaussian(torch.zeros(2), narrow)
        >>> round(fit.covariance[0, 0].item(), 2), round(fit.gap.item(), 3)
        (0.19, 0.83)

    In production: the target itself; this shows what mean field does to it.
    """
    blocks = [[i] for i in range(mean.numel())]
    return block_mean_field(mean, covariance, blocks, start=start, sweeps=sweeps, tol=tol)


def block_mean_field(
    mean: Float[Tensor, " d"],
    covariance: Float[Tensor, "d d"],
    blocks: Sequence[Sequence[int]],
    *,
    start: Float[Tensor, " d"] | None = None,
    sweeps: int = 1000,
    tol: float = 1e-10,
) -> FactorizedGaussian:
    r"""Structured variational inference for a Gaussian: dependence is kept within blocks.

    Block B has covariance $(\Lambda_{BB})^{-1}$ at once; its mean becomes
    $\mu_B - \Lambda_{BB}^{-1} \Lambda_{B\bar B} (m_{\bar B} - \mu_{\bar B})$, round after round.

    Args:
        mean: of the target, shape (d,).
        covariance: of the target, positive definite, shape (d, d).
        blocks: the indices 0, …, d - 1, each in exactly one block.
        start: the means before the first update; by default the target's.
        sweeps: the most rounds over all blocks.
        tol: rounds end when no mean moves by more.

    Returns:
        The blocks, their divergence from the target, and the path of the means; one block of all
        variables is the target itself.

    Raises:
        ValueError: shapes that do not fit, blocks that overlap or leave a variable out, no sweep.
        NotPositiveDefiniteError: the covariance is not positive definite.

    Equations: :eq:`eq-block-family`, :eq:`eq-mean-field-gaussian`.
    Section: :ref:`sec-variational-families`.

    Source: Saul, Jordan (1996), Exploiting tractable substructures in intractable networks, NeurIPS
        8; Bishop (2006), section 10.1.2.

    Example:
        >>> covariance = 0.5 * torch.eye(3) + 0.5
        >>> fit = block_mean_field(torch.zeros(3), covariance, [[0, 1], [2]])
        >>> fit.covariance
        tensor([[0.7500, 0.2500, 0.0000],
                [0.2500, 0.7500, 0.0000],
                [0.0000, 0.0000, 0.6667]])

    In production: the block-structured guides of Pyro and NumPyro.
    """
    d = len(mean) if mean.ndim == 1 else -1
    if covariance.shape != (d, d) or (start is not None and start.shape != mean.shape):
        raise ValueError(
            f"expected mean (d,), covariance (d, d), start (d,), got {tuple(mean.shape)}, "
            f"{tuple(covariance.shape)}, {None if start is None else tuple(start.shape)}"
        )
    if sorted(i for block in blocks for i in block) != list(range(d)) or not all(blocks):
        raise ValueError(f"expected blocks of 0..{d - 1}, each once, got {blocks}")
    if sweeps < 1:
        raise ValueError(f"expected sweeps >= 1, got {sweeps}")
    L = cholesky(covariance)
    precision = torch.cholesky_inverse(L)
    m = (mean if start is None else start).clone()
    spread = torch.zeros_like(covariance)
    log_dets = 2 * L.diagonal().log().sum()
    for block in blocks:
        inner = cholesky(precision[block][:, block])
        spread[torch.meshgrid(*[torch.tensor(block)] * 2, indexing="ij")] = torch.cholesky_inverse(
            inner
        )
        log_dets = log_dets + 2 * inner.diagonal().log().sum()
    path, moved = [m.clone()], torch.inf
    for _ in range(sweeps):
        before = m.clone()
        for block in blocks:
            pull = (precision @ (m - mean))[block]
            m[block] = m[block] - spread[block][:, block] @ pull
            path.append(m.clone())
        moved = float((m - before).abs().max())
        if moved <= tol:
            break
    else:
        warn_not_converged("block_mean_field", sweeps, moved, tol)
    steps = torch.stack(path)
    away = steps - mean
    gaps = ((away @ precision * away).sum(1) + log_dets) / 2
    return FactorizedGaussian(m, spread, gaps[-1], steps, gaps)
