"""What draws of an approximation say about it, without the posterior being known."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from dlcore.autoencoder import iwae_bound
from dlcore.montecarlo import importance_ess, pareto_smoothed_weights
from dlcore.probability import Distribution


class VariationalDiagnostics(NamedTuple):
    r"""How good an approximation looks from its own draws.

    Attributes:
        elbo: the bound, in nats.
        elbo_error: its standard error.
        log_evidence: the importance-weighted estimate of $\log p(x)$; on average a tighter bound.
        khat: shape of the weights' tail; above 0.7 neither the approximation nor the estimate is to
            be trusted.
        ess: how many equal draws the weights are worth.
        mean: of the posterior, by smoothed weights, shape (d,).
        variance: of each parameter, by smoothed weights, shape (d,).

    Section: :ref:`sec-inference-diagnostics`.

    Example:
        >>> VariationalDiagnostics(-1.0, 0.1, -0.9, 0.2, 90.0, torch.zeros(1), torch.ones(1)).khat
        0.2

    In production: arviz.psislw on the log-weights.
    """

    elbo: float
    elbo_error: float
    log_evidence: float
    khat: float
    ess: float
    mean: Tensor
    variance: Tensor


@torch.no_grad()
def variational_diagnostics(
    log_joint: Callable[[Tensor], Tensor],
    q: Distribution,
    draws: int = 2000,
    *,
    generator: torch.Generator | None = None,
) -> VariationalDiagnostics:
    r"""Judge q by the weights $p(x, z) / q(z)$ of its draws.

    Their mean logarithm is the bound, the logarithm of their mean estimates the evidence, and the
    heaviness of their tail says whether q misses a part of the posterior that its draws saw.

    Args:
        log_joint: $\log p(x, z)$, from draws (n, d) to (n,).
        q: the approximation, with vectors of shape (d,) as events.
        draws: n, at least 25.
        generator: source of randomness.

    Returns:
        The bound, the evidence, the shape of the tail, and moments corrected by smoothed weights.

    Raises:
        ValueError: too few draws, log_joint gives another shape, weights that are all equal: q is
            the posterior.

    Equations: :eq:`eq-evidence-split`, :eq:`eq-iwae`, :eq:`eq-pareto-smoothing`.
    Section: :ref:`sec-inference-diagnostics`.

    Source: Yao et al. (2018), Yes, but did it work? Evaluating variational inference,
        arXiv:1802.02538.

    Example:
        >>> from dlcore.probability import MultivariateNormal
        >>> narrow = MultivariateNormal(torch.zeros(2), 0.2 * torch.eye(2))
        >>> found = variational_diagnostics(
        ...     lambda z: -z.square().sum(1) / 2, narrow, generator=torch.Generator().manual_seed(0)
        ... )
        >>> found.log_evidence > found.elbo + 1
        True

    In production: arviz.psislw, numpyro's log_likelihood.
    """
    z = q.sample((draws,), generator=generator)
    values = log_joint(z)
    if values.shape != (draws,):
        raise ValueError(f"log_joint must give ({draws},), got {tuple(values.shape)}")
    log_weights = values - q.log_prob(z)
    smoothed = pareto_smoothed_weights(log_weights)
    w = smoothed.log_weights.exp()
    mean = w @ z
    return VariationalDiagnostics(
        float(log_weights.mean()),
        float(log_weights.std() / draws**0.5),
        float(iwae_bound(log_weights)),
        float(smoothed.khat),
        float(importance_ess(log_weights)),
        mean,
        w @ (z - mean).square(),
    )
