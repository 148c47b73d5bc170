"""Mass, mean and variance of one factor times a Gaussian: all that expectation propagation asks."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.inference.gauss_hermite import gauss_hermite
from dlcore.probability.distribution import LOG_2PI


class TiltedMoments(NamedTuple):
    r"""Of $t(u)\,\mathcal N(u; m, v)$, one entry a factor.

    Attributes:
        log_mass: the log of the integral, shape (s,).
        mean: shape (s,).
        variance: shape (s,).

    Equation: :eq:`eq-ep-tilted`.
    Section: :ref:`sec-expectation-propagation`.

    Example:
        >>> TiltedMoments(*torch.zeros(3, 1)).mean
        tensor([0.])

    In production: the moments of GPy's likelihoods.
    """

    log_mass: Float[Tensor, " s"]
    mean: Float[Tensor, " s"]
    variance: Float[Tensor, " s"]


# from means, variances and the numbers of the factors, each of shape (s,)
Tilted = Callable[[Tensor, Tensor, Tensor], TiltedMoments]


def probit_moments(
    mean: Float[Tensor, " s"], variance: Float[Tensor, " s"], sites: Tensor | None = None
) -> TiltedMoments:
    r"""The moments of $\Phi(u)\,\mathcal N(u; m, v)$, in closed form and stable in both tails.

    With $z = m/\sqrt{1+v}$ and $r = \mathcal N(z)/\Phi(z)$: mass $\Phi(z)$, mean
    $m + vr/\sqrt{1+v}$, variance $v - v^2 r(z + r)/(1+v)$.

    Args:
        mean: m, shape (s,).
        variance: v, positive, shape (s,).
        sites: not needed, all factors are the same; a label of -1 belongs into the sign of u.

    Returns:
        Log mass, mean and variance, shape (s,).

    Raises:
        ValueError: a variance that is not positive.

    Equation: :eq:`eq-probit-moments`.
    Section: :ref:`sec-ep-probit`.

    Source: Rasmussen, Williams (2006), Gaussian Processes for Machine Learning, section 3.9.

    Example:
        >>> probit_moments(torch.zeros(1), torch.ones(1))
        TiltedMoments(log_mass=tensor([-0.6931]), mean=tensor([0.5642]), variance=tensor([0.6817]))

    In production: GPy.likelihoods.Bernoulli.
    """
    _require_variance(variance)
    spread = (1 + variance).sqrt()
    z = mean / spread
    log_mass = torch.special.log_ndtr(z)
    ratio = (-z.square() / 2 - LOG_2PI / 2 - log_mass).exp()
    shrink = variance / (1 + variance) * ratio * (z + ratio)
    return TiltedMoments(log_mass, mean + variance / spread * ratio, variance * (1 - shrink))


def quadrature_moments(
    log_factor: Callable[[Float[Tensor, "s m"], Int[Tensor, " s"]], Float[Tensor, "s m"]],
    *,
    nodes: int = 64,
) -> Tilted:
    r"""Tilted moments of any factors of one number, by Gauss-Hermite quadrature.

    Args:
        log_factor: $\log t_i(u)$, from places (s, nodes) and the factors' numbers (s,) to
            (s, nodes).
        nodes: of the quadrature; more for factors that are sharp against the Gaussian.

    Returns:
        A function of means, variances and the factors' numbers, each of shape (s,), to moments.

    Raises:
        ValueError: fewer than 2 nodes; in use, a variance that is not positive, or another shape.

    Equation: :eq:`eq-ep-tilted`.
    Section: :ref:`sec-expectation-propagation`.

    Source: Zoeter, Heskes (2005), Gaussian quadrature based expectation propagation, AISTATS.

    Example:
        >>> tilted = quadrature_moments(lambda u, sites: torch.special.log_ndtr(u))
        >>> tilted(torch.zeros(1), torch.ones(1), torch.tensor([0])).mean
        tensor([0.5642])

    In production: numpy.polynomial.hermite_e.hermegauss.
    """
    if nodes < 2:
        raise ValueError(f"quadrature needs at least 2 nodes, got {nodes}")

    def tilted(mean: Tensor, variance: Tensor, sites: Tensor) -> TiltedMoments:
        _require_variance(variance)
        x, log_weights = gauss_hermite(nodes, mean)
        u = mean[:, None] + variance.sqrt()[:, None] * x
        values = log_factor(u, sites)
        if values.shape != u.shape:
            raise ValueError(f"log_factor must give {tuple(u.shape)}, got {tuple(values.shape)}")
        scores = values + log_weights
        w = scores.softmax(1)
        centre = (w * u).sum(1)
        spread = (w * (u - centre[:, None]).square()).sum(1)
        return TiltedMoments(scores.logsumexp(1), centre, spread)

    return tilted


def _require_variance(variance: Tensor) -> None:
    if not bool((variance > 0).all()):
        raise ValueError(f"a variance must be positive, got {float(variance.min()):.6g}")
