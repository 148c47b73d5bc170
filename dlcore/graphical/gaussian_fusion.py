"""One quantity measured several times: each measurement counts as much as it is sure."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.graphical.kalman_filter import GaussianState


def fuse_gaussians(means: Float[Tensor, "..."], covariances: Float[Tensor, "..."]) -> GaussianState:
    r"""The product of Gaussian densities, normalized: precisions add, means are weighted by them.

    Args:
        means: what each source says, shape (s, d), or (s,) for numbers.
        covariances: how surely, shape (s, d, d); for numbers their variances, shape (s,).

    Returns:
        Mean (d,) and covariance (d, d); for numbers d = 1. Right if the sources err independently
        and nothing else is known.

    Raises:
        ValueError: no source, shapes that do not fit, or a covariance not positive definite.

    Equation: :eq:`eq-gaussian-fusion`.
    Section: :ref:`sec-sensor-fusion`.

    Source: Bar-Shalom, Li, Kirubarajan (2001), Estimation with Applications to Tracking and
        Navigation, chapter 3.

    Example:
        >>> fused = fuse_gaussians(torch.tensor([10.0, 12.0]), torch.tensor([4.0, 1.0]))
        >>> round(fused.mean.item(), 4), round(fused.covariance.item(), 4)
        (11.6, 0.8)

    In production: a Kalman filter's update, `KalmanFilter`.
    """
    if means.ndim == covariances.ndim == 1:
        means, covariances = means[:, None], covariances[:, None, None]
    if not len(means) or covariances.shape != (*means.shape, means.shape[-1]) or means.ndim != 2:
        raise ValueError(
            "expected means (s, d) and covariances (s, d, d), or (s,) and (s,), "
            f"got {tuple(means.shape)} and {tuple(covariances.shape)}"
        )
    factors, failed = torch.linalg.cholesky_ex(covariances)
    if bool(failed.any()):
        raise ValueError("a covariance is not positive definite")
    precisions = torch.cholesky_inverse(factors)
    weighted = (precisions @ means[..., None]).sum(0)
    total = torch.linalg.cholesky(precisions.sum(0))
    return GaussianState(torch.cholesky_solve(weighted, total)[:, 0], torch.cholesky_inverse(total))
