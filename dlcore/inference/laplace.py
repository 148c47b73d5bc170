"""Laplace's approximation: a Gaussian at the mode, as wide as the curvature there says."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import NotPositiveDefiniteError, cholesky
from dlcore.numerics import hessian
from dlcore.probability import MultivariateNormal, map_estimate


class LaplaceFit(NamedTuple):
    r"""A Gaussian at the mode of a posterior.

    Attributes:
        mean: the mode, shape (d,).
        covariance: the inverse of minus the Hessian, shape (d, d).
        log_evidence: the log of the integral under the Gaussian through the top.

    Equation: :eq:`eq-laplace-approximation`.
    Section: :ref:`sec-laplace-method`.

    Example:
        >>> LaplaceFit(torch.zeros(1), torch.eye(1), torch.tensor(0.0)).distribution.mean
        tensor([0.])

    In production: the posterior of the package laplace-torch.
    """

    mean: Float[Tensor, " d"]
    covariance: Float[Tensor, "d d"]
    log_evidence: Float[Tensor, ""]

    @property
    def distribution(self) -> MultivariateNormal:
        """The Gaussian, to sample from and to evaluate."""
        return MultivariateNormal(self.mean, self.covariance)


def laplace_approximation(
    log_joint: Callable[[Tensor], Tensor], start: Float[Tensor, " d"], *, max_iter: int = 200
) -> LaplaceFit:
    r"""A Gaussian at the mode, $\mathcal N(\hat\theta, A^{-1})$ with $A = -\nabla^2\log p$ there.

    Args:
        log_joint: $\log p(x, \theta)$, from parameters (d,) to a scalar, twice differentiable; up
            to a constant if the evidence is not wanted.
        start: where the search for the mode begins, shape (d,).
        max_iter: the most steps of L-BFGS.

    Returns:
        The Gaussian, and $\log p(x) \approx \log p(x, \hat\theta) + \frac d2\log 2\pi
        - \frac12\log\lvert A\rvert$.

    Raises:
        ValueError: a start that is no vector, or no finite scalar there.
        NotPositiveDefiniteError: the curvature where the search ended is not that of a mode.

    Equation: :eq:`eq-laplace-approximation`.
    Section: :ref:`sec-laplace-method`.

    Source: Laplace (1774), translated by Stigler (1986), doi:10.1214/ss/1177013621; MacKay (1992),
        Bayesian interpolation, doi:10.1162/neco.1992.4.3.415.

    Example:
        >>> def beta(logit):
        ...     p = logit.sigmoid()
        ...     return (7 * p.log() + 3 * (1 - p).log()).sum()
        >>> fit = laplace_approximation(beta, torch.zeros(1, dtype=torch.float64))
        >>> fit.mean.sigmoid().round(decimals=4)
        tensor([0.7000], dtype=torch.float64)

    In production: the package laplace-torch; scipy.optimize.minimize for small problems.
    """
    if not isinstance(start, Tensor) or start.ndim != 1 or not start.is_floating_point():
        raise ValueError(
            f"laplace_approximation needs a floating-point vector to start from, got {start!r}"
        )
    mode = map_estimate(log_joint, start, max_iter=max_iter)
    precision = -hessian(log_joint, mode)
    try:
        L = cholesky((precision + precision.mT) / 2)
    except NotPositiveDefiniteError as error:
        raise NotPositiveDefiniteError(
            f"laplace_approximation: {mode.tolist()} is no mode: {error}"
        ) from error
    volume = len(mode) / 2 * math.log(2 * math.pi) - L.diagonal().log().sum()
    value = log_joint(mode).detach()
    return LaplaceFit(mode, torch.cholesky_inverse(L), value + volume)
