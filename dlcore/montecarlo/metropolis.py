"""Metropolis-Hastings: propose a move, accept it by the ratio of densities, else stay."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.chains import Chains, LogProb, normal, start, uniform
from dlcore.montecarlo.markov_chains import require_transitions
from dlcore.probability.tables import require_pmf

Propose = Callable[[Tensor, torch.Generator | None], Tensor]
LogProposal = Callable[[Tensor, Tensor], Tensor]
ONE_DIMENSION, MANY_DIMENSIONS = 0.44, 0.234


@torch.no_grad()
def metropolis_hastings(
    log_prob: LogProb,
    initial: Float[Tensor, "chains d"],
    propose: Propose,
    draws: int,
    *,
    log_q: LogProposal | None = None,
    burn_in: int = 0,
    generator: torch.Generator | None = None,
) -> Chains:
    r"""Sample any density: propose a move, accept it by the ratio of densities, else stay.

    The proposal x' is accepted with probability
    $\min\bigl(1, \frac{p(x')\,q(x \mid x')}{p(x)\,q(x' \mid x)}\bigr)$, computed in logarithms.

    Args:
        log_prob: the logarithm of the target up to a constant, from states (chains, d) to numbers
            (chains,); $-\infty$ where it is 0. Where it is not a number, the proposal is rejected.
        initial: where each chain starts; the target is positive there.
        propose: (states, generator) to proposed states.
        draws: steps that are kept.
        log_q: (to, given) to $\log q(\text{to} \mid \text{given})$, numbers (chains,); by default
            the proposal is symmetric and cancels.
        burn_in: steps before, which are thrown away.
        generator: source of randomness; each step draws the proposal, then a uniform number for
            each chain.

    Returns:
        All states, and the share of the kept moves that were accepted.

    Raises:
        ValueError: no step, or a start of another shape or where the target is 0.

    Equation: :eq:`eq-metropolis-acceptance`.
    Section: :ref:`sec-metropolis-hastings`.

    Source: Metropolis et al. (1953), doi:10.1063/1.1699114; Hastings (1970),
        doi:10.1093/biomet/57.1.97.

    Example:
        >>> walk = torch.Generator().manual_seed(0)
        >>> chains = metropolis_hastings(
        ...     lambda x: -x[:, 0],  # exponential on the positive half line
        ...     torch.ones(100, 1),
        ...     lambda x, g: x * torch.randn(x.shape, generator=g).exp(),
        ...     500,
        ...     log_q=lambda to, given: -to[:, 0].log() - (to / given)[:, 0].log() ** 2 / 2,
        ...     generator=walk)
        >>> round(chains.samples.mean().item(), 1)
        1.0

    In production: blackjax.rmh, tensorflow_probability.mcmc.MetropolisHastings.
    """
    x, here = initial, start(log_prob, initial, draws=draws, burn_in=burn_in)
    states, values, accepted = [], [], torch.zeros_like(here)
    for step in range(burn_in + draws):
        x, here, accept = _step(log_prob, x, here, propose, log_q, generator)
        if step >= burn_in:
            states.append(x)
            values.append(here)
            accepted += accept
    evaluations = torch.full((len(x),), 1 + burn_in + draws, device=x.device)
    return Chains(torch.stack(states, 1), torch.stack(values, 1), accepted / draws, evaluations)


def _step(
    log_prob: LogProb,
    x: Tensor,
    here: Tensor,
    propose: Propose,
    log_q: LogProposal | None,
    generator: torch.Generator | None,
) -> tuple[Tensor, Tensor, Tensor]:
    y = propose(x, generator)
    there = log_prob(y)
    log_ratio = there - here
    if log_q is not None:
        log_ratio = log_ratio + log_q(x, y) - log_q(y, x)
    accept = uniform(here, generator).log() < log_ratio
    return torch.where(accept[:, None], y, x), torch.where(accept, there, here), accept


@dataclass(frozen=True)
class RandomWalk(Chains):
    """Chains of `random_walk_metropolis`.

    Attributes:
        step_size: standard deviation of the proposal of each chain, after adaptation if any.

    Section: :ref:`sec-metropolis-hastings`.

    Example:
        >>> run = random_walk_metropolis(lambda x: -x.square().sum(1), torch.zeros(2, 3), 5)
        >>> run.step_size
        tensor([1., 1.])

    In production: arviz.from_dict.
    """

    step_size: Float[Tensor, " chains"] | None = None


@torch.no_grad()
def random_walk_metropolis(
    log_prob: LogProb,
    initial: Float[Tensor, "chains d"],
    draws: int,
    *,
    step_size: float = 1.0,
    scale: Float[Tensor, " d"] | None = None,
    burn_in: int = 0,
    adapt: bool = False,
    target: float | None = None,
    generator: torch.Generator | None = None,
) -> RandomWalk:
    """Sample any density by steps of Gaussian length, the target alone deciding on acceptance.

    Args:
        log_prob: see `metropolis_hastings`.
        initial: where each chain starts.
        draws: steps that are kept.
        step_size: standard deviation of a step, in the units of the states.
        scale: what each coordinate's step is multiplied by; by default 1.
        burn_in: steps before, which are thrown away.
        adapt: tune each chain's step size during burn-in; afterwards it stays, since a walk
            that goes on learning from its past need not keep the target.
        target: the acceptance rate to tune to; by default 0.44 for one coordinate, 0.234 for more.
        generator: source of randomness; each step draws d normal numbers, then a uniform one a
            chain.

    Returns:
        All states, the acceptance rates, and the step sizes.

    Raises:
        ValueError: no step, a step size or scale that is not positive, or a start as in
            `metropolis_hastings`.

    Equation: :eq:`eq-metropolis-acceptance`.
    Section: :ref:`sec-metropolis-hastings`.

    Source: Metropolis et al. (1953), doi:10.1063/1.1699114; Roberts, Gelman, Gilks (1997),
        doi:10.1214/aoap/1034625254.

    Example:
        >>> walk = torch.Generator().manual_seed(0)
        >>> run = random_walk_metropolis(
        ...     lambda x: -x[:, 0] ** 2 / 2, torch.zeros(200, 1), 500, burn_in=50, generator=walk)
        >>> round(run.acceptance_rate.mean().item(), 1)  # 2/π arctan 2 = 0.705
        0.7

    In production: blackjax.additive_step_random_walk.
    """
    scale = initial.new_ones(initial.shape[-1]) if scale is None else scale
    if not step_size > 0 or not bool((scale > 0).all()):
        raise ValueError(f"steps must be positive, got step_size {step_size} and scale {scale}")
    here = start(log_prob, initial, draws=draws, burn_in=burn_in)
    if target is None:
        target = ONE_DIMENSION if initial.shape[1] == 1 else MANY_DIMENSIONS
    sizes = torch.full_like(here, step_size)

    def propose(x: Tensor, generator: torch.Generator | None) -> Tensor:
        return x + sizes[:, None] * scale * normal(x, generator)

    x, tuned = initial, burn_in if adapt else 0
    for step in range(tuned):
        x, here, accept = _step(log_prob, x, here, propose, None, generator)
        sizes = adapt_step_size(sizes, accept.to(sizes), step, target=target)
    run = metropolis_hastings(
        log_prob, x, propose, draws, burn_in=burn_in - tuned, generator=generator
    )
    evaluations = torch.full((len(x),), 2 + burn_in + draws, device=x.device)
    return RandomWalk(run.samples, run.log_prob, run.acceptance_rate, evaluations, None, sizes)


def adapt_step_size(
    step_size: Float[Tensor, "..."],
    acceptance: Float[Tensor, "..."],
    step: int,
    *,
    target: float = ONE_DIMENSION,
    decay: float = 0.6,
) -> Float[Tensor, "..."]:
    r"""One move towards a wanted acceptance rate: $\log s \leftarrow \log s + (n+1)^{-c}(a - a^*)$.

    Args:
        step_size: s, positive.
        acceptance: a, the last move's acceptance probability or whether it was accepted.
        step: n = 0, 1, …; later moves count less.
        target: $a^*$, in (0, 1).
        decay: c, in (1/2, 1]: small enough to reach the target, large enough to settle there.

    Returns:
        The new step size: larger when too much is accepted.

    Raises:
        ValueError: a step size that is not positive, a target or decay outside its range, or a
            negative step.

    Equation: :eq:`eq-step-adaptation`.
    Section: :ref:`sec-step-adaptation`.

    Source: Robbins, Monro (1951), doi:10.1214/aoms/1177729586; Andrieu, Thoms (2008),
        doi:10.1007/s11222-008-9110-y.

    Example:
        >>> adapt_step_size(torch.tensor([1.0, 1.0]), torch.tensor([0.0, 1.0]), 0, target=0.5)
        tensor([0.6065, 1.6487])

    In production: dual averaging, as in Stan.
    """
    if not 0 < target < 1 or not 0.5 < decay <= 1 or step < 0:
        raise ValueError(
            f"expected target in (0, 1), decay in (1/2, 1], step >= 0, got {target}, "
            f"{decay}, {step}"
        )
    if not bool((step_size > 0).all()):
        raise ValueError("a step size must be positive")
    return step_size * ((acceptance - target) * (step + 1) ** -decay).exp()


def mh_transition_matrix(pi: Float[Tensor, " k"], Q: Float[Tensor, "k k"]) -> Float[Tensor, "k k"]:
    r"""The Metropolis-Hastings chain on finitely many states: $P_{ij} = Q_{ij} A_{ij}$, $i \ne j$.

    Args:
        pi: the target, positive everywhere.
        Q: proposal, entry (i, j) the probability of proposing j from i.

    Returns:
        Its transition matrix; what is rejected stays on the diagonal.

    Raises:
        ValueError: Q's rows or pi are no distributions, pi is 0 somewhere, or shapes differ.

    Equation: :eq:`eq-metropolis-kernel`.
    Section: :ref:`sec-metropolis-hastings`.

    Source: Hastings (1970), doi:10.1093/biomet/57.1.97.

    Example:
        >>> uniform = (1 - torch.eye(3)) / 2
        >>> mh_transition_matrix(torch.tensor([0.2, 0.3, 0.5]), uniform)
        tensor([[0.0000, 0.5000, 0.5000],
                [0.3333, 0.1667, 0.5000],
                [0.2000, 0.3000, 0.5000]])

    In production: `metropolis_hastings`, which needs no matrix.
    """
    require_transitions(Q)
    require_pmf("mh_transition_matrix", pi)
    if pi.shape != Q.shape[:1] or not bool((pi > 0).all()):
        raise ValueError(f"expected {len(Q)} positive probabilities, got {pi.tolist()}")
    flow = pi[:, None] * Q
    accept = torch.where(flow > 0, flow.mT / flow, 0).clamp(max=1)
    P = Q * accept
    return P + torch.diag((1 - P.sum(1)).clamp(min=0))
