"""Parallel tempering: copies of a chain on flattened targets, which exchange their states."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.chains import Chains, LogProb, normal, start, uniform


@dataclass(frozen=True)
class TemperedChains(Chains):
    """The chains of the target itself, and how well the flattened ones served them.

    Attributes:
        swap_rate: share of exchanges that were accepted between neighbouring temperatures,
            shape (k - 1,).
        acceptance_rate: of the moves of the target's own chains.

    Section: :ref:`sec-tempering`.

    Example:
        >>> betas = torch.tensor([1.0, 0.5])
        >>> run = parallel_tempering(lambda x: -x[:, 0] ** 2, torch.zeros(3, 1), 9, betas=betas)
        >>> run.samples.shape, run.swap_rate.shape
        (torch.Size([3, 9, 1]), torch.Size([1]))

    In production: arviz.from_dict.
    """

    swap_rate: Float[Tensor, " swaps"] | None = None


@torch.no_grad()
def parallel_tempering(
    log_prob: LogProb,
    initial: Float[Tensor, "chains d"],
    draws: int,
    *,
    betas: Float[Tensor, " k"],
    step_size: float = 1.0,
    burn_in: int = 0,
    generator: torch.Generator | None = None,
) -> TemperedChains:
    r"""Sample a target with separate modes by exchanging states with chains on $p^\beta$.

    Each step moves every copy by random-walk Metropolis, with steps $\beta^{-1/2}$ times as long,
    then offers an exchange between neighbours i, j, accepted with probability
    $\min\bigl(1, e^{(\beta_i-\beta_j)(\log p(x_j)-\log p(x_i))}\bigr)$; even and odd pairs take
    turns. All copies of all chains are evaluated in one batch.

    Args:
        log_prob: the logarithm of the target up to a constant, from states (n, d) to numbers (n,).
        initial: where each chain and its copies start.
        draws: steps that are kept.
        betas: inverse temperatures, from 1 downwards, all positive; at least 2.
        step_size: standard deviation of a step at $\beta=1$.
        burn_in: steps before, which are thrown away.
        generator: source of randomness.

    Returns:
        The states at $\beta = 1$, and how often exchanges were accepted.

    Raises:
        ValueError: no step, a step size that is not positive, betas that do not fall from 1, or a
            start of another shape or where the target is 0.

    Equation: :eq:`eq-tempered-target`, :eq:`eq-swap-acceptance`.
    Section: :ref:`sec-tempering`.

    Source: Swendsen, Wang (1986), doi:10.1103/PhysRevLett.57.2607; Geyer (1991), Markov chain Monte
        Carlo maximum likelihood; Earl, Deem (2005), doi:10.1039/b509983h.

    Example:
        >>> def two_modes(x):
        ...     return torch.logaddexp(-(x[:, 0] - 5) ** 2 / 2, -(x[:, 0] + 5) ** 2 / 2)
        >>> walk = torch.Generator().manual_seed(0)
        >>> run = parallel_tempering(two_modes, torch.full((50, 1), 5.0), 500, burn_in=500,
        ...     betas=torch.tensor([1.0, 0.3, 0.1, 0.03]), generator=walk)
        >>> round((run.samples > 0).float().mean().item(), 1)
        0.5

    In production: blackjax.tempered_smc, ptemcee.
    """
    ladder = torch.as_tensor(betas).to(initial)
    falls = ladder.ndim == 1 and len(ladder) > 1 and bool((ladder.diff() < 0).all())
    if not falls or ladder[0] != 1 or not ladder[-1] > 0:
        raise ValueError(f"betas must fall from 1 and stay positive, got {ladder.tolist()}")
    if not step_size > 0:
        raise ValueError(f"step_size must be positive, got {step_size}")
    here = start(log_prob, initial, draws=draws, burn_in=burn_in).repeat(len(ladder), 1)
    x = initial.repeat(len(ladder), 1, 1)
    scale = step_size / ladder.sqrt()[:, None, None]
    gaps = -ladder.diff()[:, None]
    states, values, accepted = [], [], torch.zeros_like(here[0])
    swaps, offers = torch.zeros_like(gaps[:, 0]), torch.zeros_like(gaps[:, 0])
    for step in range(burn_in + draws):
        y = x + scale * normal(x, generator)
        there = log_prob(y.flatten(0, 1)).view_as(here)
        accept = uniform(here, generator).log() < ladder[:, None] * (there - here)
        x, here = torch.where(accept[..., None], y, x), torch.where(accept, there, here)
        swap = uniform(here[1:], generator).log() < gaps * (here[1:] - here[:-1])
        swap[(step + 1) % 2 :: 2] = False
        order = _exchange(swap)
        x, here = x.gather(0, order[..., None].expand_as(x)), here.gather(0, order)
        if step >= burn_in:
            states.append(x[0])
            values.append(here[0])
            accepted += accept[0]
            swaps += swap.to(swaps).mean(1)
            offers[step % 2 :: 2] += 1
    evaluations = torch.full((len(initial),), 1 + len(ladder) * (burn_in + draws), device=x.device)
    return TemperedChains(
        torch.stack(states, 1),
        torch.stack(values, 1),
        accepted / draws,
        evaluations,
        None,
        swaps / offers.clamp(min=1),
    )


def _exchange(swap: Tensor) -> Tensor:
    order = torch.arange(len(swap) + 1, device=swap.device)[:, None].repeat(1, swap.shape[1])
    order[:-1] += swap.long()
    order[1:] -= swap.long()
    return order
