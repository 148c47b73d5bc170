"""A hidden state followed by many guesses: move them, weigh them, copy the good ones."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.estimators import Sampler
from dlcore.montecarlo.importance_weights import importance_ess
from dlcore.montecarlo.resampling import systematic_resample

Move = Callable[[Tensor, torch.Generator | None], Tensor]
Observation = Callable[[Tensor, Tensor], Tensor]


class ParticleRun(NamedTuple):
    """What is believed after each measurement, and the particles at the end.

    Attributes:
        means: of the state, shape (t, d).
        covariances: of the state, shape (t, d, d).
        log_likelihood: the estimate of the log-likelihood of all measurements, in nats; its
            exponential is unbiased.
        ess: how many equal particles the weights were worth at each step, before resampling; (t,).
        particles: at the end, shape (n, d).
        log_weights: of these, up to a constant, shape (n,).

    Section: :ref:`sec-sequential-monte-carlo`

    Example:
        >>> run = ParticleRun(*[torch.zeros(1, 1)] * 2, 0.0, *[torch.zeros(1)] * 3)
        >>> run.means.shape
        torch.Size([1, 1])

    In production: the arrays of the package particles.
    """

    means: Float[Tensor, "t d"]
    covariances: Float[Tensor, "t d d"]
    log_likelihood: float
    ess: Float[Tensor, " t"]
    particles: Float[Tensor, "n d"]
    log_weights: Float[Tensor, " n"]


@torch.no_grad()
def particle_filter(
    initial: Sampler,
    transition: Move,
    log_likelihood: Observation,
    observations: Float[Tensor, "t m"],
    *,
    particles: int = 1000,
    threshold: float = 0.5,
    resample: Callable[..., Tensor] = systematic_resample,
    generator: torch.Generator | None = None,
) -> ParticleRun:
    r"""The bootstrap filter: a state of any dynamics and noise, from measurements one by one.

    At each step the particles move by the dynamics, are weighted by the likelihood of the
    measurement, and are resampled when their weights are worth too few.

    Args:
        initial: draws of the state before the first movement, called as
            `initial((n,), generator=generator)`, shape (n, d).
        transition: moves each particle at random, called as `transition(x, generator)`.
        log_likelihood: $\log p(y \mid x)$, called as `log_likelihood(x, y)` with x of shape (n, d)
            and y of shape (m,); shape (n,). It must keep its constants if the evidence is wanted.
        observations: one measurement a row, shape (t, m); a row with NaN is missing and the state
            is only predicted.
        particles: n; the error of the evidence shrinks like $1 / \sqrt n$ and grows with t.
        threshold: resample when the effective sample size falls below this share of n; 1 at each
            step, 0 never.
        resample: called as `resample(weights, generator=generator)`.
        generator: source of randomness.

    Returns:
        Means and covariances after each measurement, the estimate of the log-likelihood, effective
        sample sizes, and the last particles.

    Raises:
        ValueError: a count or threshold out of range, shapes that do not fit, or a measurement that
            no particle explains.

    Equations: :eq:`eq-particle-weights`, :eq:`eq-particle-evidence`
    Section: :ref:`sec-sequential-monte-carlo`
    Source: Gordon, Salmond, Smith (1993), Novel approach to nonlinear/non-Gaussian Bayesian state
        estimation, doi:10.1049/ip-f-2.1993.0015.

    Example:
        >>> from dlcore.probability import Normal
        >>> start = lambda shape, generator: torch.randn(*shape, 1, generator=generator)
        >>> run = particle_filter(
        ...     start,
        ...     lambda x, generator: x,
        ...     lambda x, y: Normal(x[:, 0], 1.0).log_prob(y),
        ...     torch.tensor([[1.0], [2.0]]),
        ...     generator=torch.Generator().manual_seed(0),
        ... )
        >>> bool((run.means[-1, 0] - 1).abs() < 0.1)
        True

    In production: the package particles; KalmanFilter where everything is linear and Gaussian.
    """
    if particles < 1 or not 0 <= threshold <= 1 or observations.ndim != 2:
        raise ValueError(
            f"particle_filter needs particles >= 1, a threshold in [0, 1] and measurements (t, m), "
            f"got {particles}, {threshold}, {tuple(observations.shape)}"
        )
    x = initial((particles,), generator=generator)
    if x.ndim != 2 or len(x) != particles:
        raise ValueError(f"expected particles ({particles}, d), got {tuple(x.shape)}")
    log_weights = x.new_full((particles,), -math.log(particles))
    means, covariances, sizes, evidence = [], [], [], 0.0
    for step, y in enumerate(observations):
        x = transition(x, generator)
        if not bool(y.isnan().any()):
            found = log_likelihood(x, y)
            if found.shape != (particles,):
                raise ValueError(
                    f"log_likelihood must give ({particles},), got {tuple(found.shape)}"
                )
            log_weights = log_weights + found
            total = log_weights.logsumexp(0)
            if not bool(total.isfinite()):
                raise ValueError(f"no particle explains measurement {step}: {y.tolist()}")
            evidence += float(total)
            log_weights = log_weights - total
        weights = log_weights.exp()
        mean = weights @ x
        means.append(mean)
        covariances.append((weights[:, None] * (x - mean)).mT @ (x - mean))
        sizes.append(importance_ess(log_weights))
        if threshold == 1 or sizes[-1] < threshold * particles:
            x = x[resample(weights, generator=generator)]
            log_weights = torch.full_like(log_weights, -math.log(particles))
    d = x.shape[1]
    return ParticleRun(
        torch.stack(means) if means else x.new_zeros(0, d),
        torch.stack(covariances) if means else x.new_zeros(0, d, d),
        evidence,
        torch.stack(sizes) if means else x.new_zeros(0),
        x,
        log_weights,
    )
