"""Losses without negatives that forbid collapse by what the features of a batch have in common."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.representation.contrastive_losses import require_pairs


def _off_diagonal(C: Tensor) -> Tensor:
    return C - C.diagonal().diag()


def barlow_twins_loss(
    z1: Float[Tensor, "n d"], z2: Float[Tensor, "n d"], weight: float = 0.005, eps: float = 1e-5
) -> Float[Tensor, ""]:
    r"""Each feature shall agree with itself across the views and with no other feature.

    $\sum_i (1 - C_{ii})^2 + \lambda \sum_{i \ne j} C_{ij}^2$ with the correlations C between the
    features of the first and of the second views, over the batch.

    Args:
        z1: first views, shape (n, d).
        z2: second views, shape (n, d).
        weight: lambda, at least 0.
        eps: added to the variances, so that a constant feature has correlation 0.

    Returns:
        The loss; 0 for equal views with uncorrelated features.

    Raises:
        ValueError: shapes that differ, fewer than 2 rows, a negative weight.

    Equation: :eq:`eq-barlow-twins`.
    Section: :ref:`sec-collapse`.

    Source: Zbontar, Jing, Misra, LeCun, Deny (2021), Barlow Twins, arXiv:2103.03230.

    Example:
        >>> z = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
        >>> round(barlow_twins_loss(z, z).item(), 6), round(barlow_twins_loss(z, -z).item(), 3)
        (0.0, 8.0)

    In production: lightly.loss.BarlowTwinsLoss.
    """
    require_pairs("barlow_twins_loss", z1, z2, least=2)
    if not weight >= 0:
        raise ValueError(f"the weight must be at least 0, got {weight}")
    u1, u2 = ((z - z.mean(dim=0)) / (z.var(dim=0, correction=0) + eps).sqrt() for z in (z1, z2))
    C = u1.T @ u2 / len(z1)
    return (1 - C.diagonal()).square().sum() + weight * _off_diagonal(C).square().sum()


def vicreg_loss(
    z1: Float[Tensor, "n d"],
    z2: Float[Tensor, "n d"],
    *,
    invariance: float = 25.0,
    variance: float = 25.0,
    covariance: float = 1.0,
    eps: float = 1e-4,
) -> Float[Tensor, ""]:
    r"""Views shall agree, features keep a standard deviation of 1, and not repeat each other.

    $\lambda\, s(Z, Z') + \mu\, [v(Z) + v(Z')] + \nu\, [c(Z) + c(Z')]$ with the mean squared
    distance s of the views, the mean shortfall
    $v = \tfrac1d \sum_j \max(0, 1 - \sqrt{\mathrm{Var}_j + \epsilon})$, and
    $c = \tfrac1d \sum_{i \ne j} C_{ij}^2$ of the covariances C.

    Args:
        z1: first views Z, shape (n, d).
        z2: second views Z', shape (n, d).
        invariance: lambda, at least 0.
        variance: mu, at least 0.
        covariance: nu, at least 0.
        eps: epsilon, which keeps the root's slope finite.

    Returns:
        The loss.

    Raises:
        ValueError: shapes that differ, fewer than 2 rows, a negative weight.

    Equation: :eq:`eq-vicreg`.
    Section: :ref:`sec-collapse`.

    Source: Bardes, Ponce, LeCun (2022), VICReg, arXiv:2105.04906, equations 1 to 6; the authors'
        program divides s by d and halves v.

    Example:
        >>> z = 2 * torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
        >>> vicreg_loss(z, z), round(vicreg_loss(0 * z, 0 * z).item(), 2)
        (tensor(0.), 49.5)

    In production: lightly.loss.VICRegLoss.
    """
    require_pairs("vicreg_loss", z1, z2, least=2)
    if not min(invariance, variance, covariance) >= 0:
        raise ValueError(
            f"weights must be at least 0, got {invariance}, {variance} and {covariance}"
        )
    loss = invariance * (z1 - z2).square().sum(dim=1).mean()
    for z in (z1, z2):
        C = torch.cov(z.T).reshape(z.shape[1], z.shape[1])
        shortfall = (1 - (C.diagonal() + eps).sqrt()).clamp(min=0).mean()
        common = _off_diagonal(C).square().sum() / z.shape[1]
        loss = loss + variance * shortfall + covariance * common
    return loss
