"""Particles led from an easy density to the target, with temperatures that suit them."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from dlcore.montecarlo.annealed_importance import Path, Transition, log_ratio_of
from dlcore.montecarlo.estimators import Sampler
from dlcore.montecarlo.importance_weights import importance_ess
from dlcore.montecarlo.resampling import systematic_resample


@dataclass(frozen=True)
class TemperedParticles:
    r"""Equally weighted particles of the target.

    Attributes:
        samples: shape (particles, ...); copies of one particle moved apart only by the last moves.
        betas: the inverse temperatures that were chosen, from 0 to 1, shape (steps + 1,).
        log_ratio: the estimate of $\log(Z_1 / Z_0)$; its exponential is unbiased if the
            temperatures are fixed, and nearly so here.
        ess: of the weights at each step, before resampling, shape (steps,).

    Section: :ref:`sec-sequential-monte-carlo`

    Example:
        >>> one = torch.ones(1)
        >>> TemperedParticles(one, torch.tensor([0.0, 1.0]), torch.tensor(0.5), one).log_ratio
        tensor(0.5000)

    In production: the state of blackjax.adaptive_tempered_smc.
    """

    samples: Shaped[Tensor, "particles ..."]
    betas: Float[Tensor, " k"]
    log_ratio: Float[Tensor, ""]
    ess: Float[Tensor, " steps"]


@torch.no_grad()
def tempered_smc(
    initial: Sampler,
    path: Path,
    transition: Transition,
    *,
    particles: int = 1000,
    ess_threshold: float = 0.5,
    most_steps: int = 1000,
    generator: torch.Generator | None = None,
) -> TemperedParticles:
    r"""Sequential Monte Carlo along a path of densities, from a base to a target.

    Each step raises the inverse temperature until the weights
    $p_{\beta'}(x) / p_\beta(x)$ are worth a given share of the particles, resamples by them, and
    moves all particles by a transition that keeps $p_{\beta'}$.

    Args:
        initial: exact draws of the base, called as `initial((n,), generator=generator)`, shape
            (n, ...).
        path: $\log p_\beta(x)$ up to a constant that does not hang on $\beta$ between the ends,
            called as `path(x, beta)`, shape (n,): see `geometric_path`.
        transition: called as `transition(x, beta, generator)`, gives the moved particles; it must
            move them far enough to part the copies.
        particles: n, at least 2.
        ess_threshold: the share of n, in (0, 1); nearer to 1 the steps are smaller.
        most_steps: after how many temperatures to give up.
        generator: source of randomness.

    Returns:
        The particles, the temperatures and the estimate of the constant.

    Raises:
        ValueError: a count or threshold out of range, no particle of finite weight, or a path that
            does not give one number a particle.
        RuntimeError: the target is not reached in the given steps.

    Equations: :eq:`eq-annealed-path`, :eq:`eq-resampling`
    Section: :ref:`sec-sequential-monte-carlo`
    Source: Del Moral, Doucet, Jasra (2006), Sequential Monte Carlo samplers,
        doi:10.1111/j.1467-9868.2006.00553.x.

    Example:
        >>> from dlcore.montecarlo import geometric_path
        >>> from dlcore.probability import Normal
        >>> base = Normal(0.0, 1.0)
        >>> path = geometric_path(base.log_prob, lambda x: -50 * x.square())
        >>> def exact(x, beta, generator):
        ...     return Normal(0.0, (1 + 99 * beta) ** -0.5).sample((len(x),), generator=generator)
        >>> seeded = torch.Generator().manual_seed(0)
        >>> run = tempered_smc(base.sample, path, exact, generator=seeded)
        >>> bool((run.log_ratio - math.log(math.pi / 50) / 2).abs() < 0.2)
        True

    In production: blackjax.adaptive_tempered_smc.
    """
    if particles < 2 or not 0 < ess_threshold < 1 or most_steps < 1:
        raise ValueError(
            f"tempered_smc needs particles >= 2, a threshold in (0, 1) and a step, got "
            f"{particles}, {ess_threshold}, {most_steps}"
        )
    x = initial((particles,), generator=generator)
    betas, sizes, log_ratio = [0.0], [], torch.zeros((), dtype=torch.float64)
    while betas[-1] < 1:
        if len(betas) > most_steps:
            raise RuntimeError(f"after {most_steps} steps beta is only {betas[-1]:.3g}")
        beta = _next_beta(path, x, betas[-1], ess_threshold * particles)
        log_weights = log_ratio_of(path, x, betas[-1], beta)
        sizes.append(importance_ess(log_weights))
        log_ratio = log_ratio + log_weights.logsumexp(0).cpu() - math.log(particles)
        x = x[systematic_resample(log_weights.softmax(0), generator=generator)]
        x = transition(x, beta, generator)
        betas.append(beta)
    return TemperedParticles(
        x, torch.tensor(betas, dtype=torch.float64), log_ratio, torch.stack(sizes)
    )


def _next_beta(path: Path, x: Tensor, beta: float, wanted: float) -> float:
    """The highest inverse temperature at which the weights are still worth `wanted`."""

    def worth(candidate: float) -> float:
        return float(importance_ess(log_ratio_of(path, x, beta, candidate)))

    if worth(1.0) >= wanted:
        return 1.0
    low, high = beta, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if worth(middle) >= wanted else (low, middle)
    # where a step of any size costs more than wanted, the smallest one is taken
    return low if low > beta else high
