"""The Gaussian nearest to a density of one or two variables, in either direction, by quadrature."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.probability import MultivariateNormal

LogDensity = Callable[[Tensor], Tensor]
BOX_NODES = {1: 4001, 2: 241}
GAUSSIAN_NODES = {1: 2001, 2: 97}


class GaussianProjection(NamedTuple):
    r"""The nearest Gaussian and how near it is.

    Attributes:
        mean: shape (d,).
        covariance: shape (d, d), diagonal if that was asked for.
        divergence: in nats, in the direction that was minimized.
        log_normalizer: the log of the integral of the density that was given.

    Equation: :eq:`eq-kl-projections`.
    Section: :ref:`sec-two-divergences`.

    Example:
        >>> GaussianProjection(torch.zeros(2), torch.eye(2), 0.0, 0.0).distribution.mean
        tensor([0., 0.])

    In production: torch.distributions.MultivariateNormal.
    """

    mean: Float[Tensor, " d"]
    covariance: Float[Tensor, "d d"]
    divergence: float
    log_normalizer: float

    @property
    def distribution(self) -> MultivariateNormal:
        """The Gaussian, to sample from and to evaluate."""
        return MultivariateNormal(self.mean, self.covariance)


def _lattice(sides: list[Tensor]) -> Tensor:
    return torch.cartesian_prod(*sides).reshape(-1, len(sides))


class _Lattice(NamedTuple):
    """A density on the nodes of a box: places, log-masses that sum to 1, log of a node's volume."""

    x: Tensor
    log_mass: Tensor
    log_cell: float
    log_normalizer: float


def _on_box(log_density: LogDensity, low: Tensor, high: Tensor) -> _Lattice:
    d = len(low) if low.ndim == 1 else 0
    if d not in BOX_NODES or low.shape != high.shape or not bool((low < high).all()):
        raise ValueError(
            f"expected corners low < high of shape (1,) or (2,), got {low.tolist()} and "
            f"{high.tolist()}"
        )
    low, high = low.double(), high.double()
    n = BOX_NODES[d]
    sides = [torch.linspace(a, b, n, dtype=torch.float64) for a, b in zip(low, high, strict=True)]
    x = _lattice(sides)
    cell = float(((high - low) / (n - 1)).log().sum())
    values = log_density(x)
    if values.shape != x.shape[:1]:
        raise ValueError(f"the log-density must give ({len(x)},), got {tuple(values.shape)}")
    total = values.logsumexp(0)
    edge = ((x == low) | (x == high)).any(1)
    if not bool(total.isfinite()) or bool((values[edge].logsumexp(0) - total) > math.log(1e-3)):
        raise ValueError("the density is not normalizable on this box, or the box cuts it off")
    return _Lattice(x, values - total, cell, float(total) + cell)


def fit_forward_kl(
    log_density: LogDensity,
    low: Float[Tensor, " d"],
    high: Float[Tensor, " d"],
    *,
    diagonal: bool = False,
) -> GaussianProjection:
    r"""The Gaussian q that minimizes $D_{KL}(p \Vert q)$: the one with the moments of p.

    It covers all of p, with the density it then must also give to what lies between the modes.

    Args:
        log_density: of p up to a constant, from (n, d) to (n,) in float64; d is 1 or 2.
        low: lower corner of a box that holds p, shape (d,).
        high: upper corner.
        diagonal: whether q has independent variables; their variances are the marginal ones.

    Returns:
        Mean, covariance and divergence, from sums over a fine lattice in the box, in float64.

    Raises:
        ValueError: another number of variables, or a box that cuts p off.

    Equation: :eq:`eq-kl-projections`.
    Section: :ref:`sec-two-divergences`.

    Source: Minka (2005), Divergence measures and message passing, MSR-TR-2005-173.

    Example:
        >>> def two_humps(x):
        ...     return torch.logaddexp(-((x[:, 0] - 3) ** 2) / 2, -((x[:, 0] + 3) ** 2) / 2)
        >>> box = torch.tensor([12.0])
        >>> fit_forward_kl(two_humps, -box, box).covariance.round(decimals=4)
        tensor([[10.]], dtype=torch.float64)

    In production: the sample mean and covariance of draws of p.
    """
    x, log_mass, log_cell, log_normalizer = _on_box(log_density, low, high)
    p = log_mass.exp()
    mean = p @ x
    covariance = (p[:, None] * (x - mean)).mT @ (x - mean)
    if diagonal:
        covariance = covariance.diagonal().diag()
    log_ratio = log_mass - log_cell - MultivariateNormal(mean, covariance).log_prob(x)
    divergence = float((p * log_ratio)[p > 0].sum())
    return GaussianProjection(mean, covariance, divergence, log_normalizer)


def fit_reverse_kl(
    log_density: LogDensity,
    low: Float[Tensor, " d"],
    high: Float[Tensor, " d"],
    *,
    start: Float[Tensor, " d"] | None = None,
    diagonal: bool = False,
    max_iter: int = 200,
) -> GaussianProjection:
    r"""The Gaussian q that minimizes $D_{KL}(q \Vert p)$: what variational inference looks for.

    It avoids where p is small, and so settles on one mode or, from halfway, between two.

    Args:
        log_density: of p up to a constant, from (n, d) to (n,) in float64; d is 1 or 2.
        low: lower corner of a box that holds p, shape (d,).
        high: upper corner.
        start: where the mean begins, with unit variances; by default the centre of the box.
        diagonal: whether q has independent variables.
        max_iter: the most steps of L-BFGS.

    Returns:
        Mean, covariance and divergence of a local minimum, from sums over a fine lattice round q.

    Raises:
        ValueError: another number of variables, a box that cuts p off, or no finite log-density
            round the start.

    Equation: :eq:`eq-kl-projections`.
    Section: :ref:`sec-two-divergences`.

    Source: Minka (2005), Divergence measures and message passing, MSR-TR-2005-173.

    Example:
        >>> def two_humps(x):
        ...     return torch.logaddexp(-((x[:, 0] - 3) ** 2) / 2, -((x[:, 0] + 3) ** 2) / 2)
        >>> box = torch.tensor([12.0])
        >>> fit_reverse_kl(two_humps, -box, box, start=torch.tensor([3.0])).mean.round(decimals=3)
        tensor([2.9840], dtype=torch.float64)

    In production: `dlcore.inference.advi`, which needs no box and no lattice.
    """
    target = _on_box(log_density, low, high)
    d = len(low)
    side = torch.linspace(-8, 8, GAUSSIAN_NODES[d], dtype=torch.float64)
    nodes = _lattice([side] * d)
    weights = (-nodes.square().sum(1) / 2).softmax(0)
    mean = ((low + high).double() / 2 if start is None else start.double()).clone()
    log_scale, below = mean.new_zeros(d), mean.new_zeros(d, d)
    parameters = [mean, log_scale] if diagonal else [mean, log_scale, below]
    for parameter in parameters:
        parameter.requires_grad_()

    def scale_tril() -> Tensor:
        return log_scale.exp().diag() + below.tril(-1)

    def divergence() -> Tensor:
        expected = weights @ log_density(mean + nodes @ scale_tril().mT)
        entropy = log_scale.sum() + d / 2 * math.log(2 * math.pi * math.e)
        return target.log_normalizer - entropy - expected

    if not bool(divergence().isfinite()):
        raise ValueError(f"the log-density is not finite round the start {mean.tolist()}")
    optimizer = torch.optim.LBFGS(
        parameters,
        max_iter=max_iter,
        tolerance_grad=1e-9,
        tolerance_change=0.0,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = divergence()
        loss.backward()
        return loss

    optimizer.step(closure)
    with torch.no_grad():
        L = scale_tril()
        return GaussianProjection(
            mean.detach(), L @ L.mT, float(divergence()), target.log_normalizer
        )
