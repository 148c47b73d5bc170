"""Hamiltonian Monte Carlo: proposals far away that are still accepted."""

import dataclasses
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.chains import Chains, LogProb, start, uniform
from dlcore.montecarlo.hamiltonian_dynamics import column, leapfrog_step, with_gradient
from dlcore.montecarlo.mass_matrix import Mass
from dlcore.montecarlo.step_size_adaptation import StepSize, dual_averaging


@dataclass(frozen=True)
class HamiltonianChains(Chains):
    """Chains of `hamiltonian_monte_carlo`; the acceptance rate is the mean probability.

    Attributes:
        energy_error: final minus first energy of each trajectory, accepted or not.
        step_size: of each chain, after adaptation.

    Section: :ref:`sec-hamiltonian-monte-carlo`.

    Example:
        >>> run = hamiltonian_monte_carlo(
        ...     lambda x: -(x**2).sum(1) / 2, torch.zeros(4, 1), 10, step_size=0.1, steps=3
        ... )
        >>> run.energy_error.shape, run.step_size
        (torch.Size([4, 10]), tensor([0.1000, 0.1000, 0.1000, 0.1000]))

    In production: the group sample_stats of arviz.InferenceData.
    """

    energy_error: Float[Tensor, "chains draws"] = dataclasses.field(kw_only=True)
    step_size: Float[Tensor, " chains"] = dataclasses.field(kw_only=True)

    def _of(self, kept: slice) -> "HamiltonianChains":
        return dataclasses.replace(
            self,
            samples=self.samples[:, kept],
            log_prob=None if self.log_prob is None else self.log_prob[:, kept],
            energy_error=self.energy_error[:, kept],
        )


@torch.no_grad()
def hamiltonian_monte_carlo(
    log_prob: LogProb,
    initial: Float[Tensor, "chains d"],
    draws: int,
    *,
    step_size: float | Float[Tensor, " chains"],
    steps: int,
    mass: Tensor | None = None,
    jitter: float = 0.0,
    adjusted: bool = True,
    burn_in: int = 0,
    adapt: bool = False,
    target_acceptance: float = 0.8,
    generator: torch.Generator | None = None,
) -> HamiltonianChains:
    """Draw a momentum, follow Hamilton's equations for some steps, accept by the error of energy.

    Args:
        log_prob: the unnormalized log density, from (chains, d) to (chains,), differentiable.
        initial: first states, floating point.
        draws: states kept of each chain.
        step_size: of time; one number, or one a chain.
        steps: leapfrog steps of a trajectory, at least 1.
        mass: M: None for the identity, its diagonal (d,) or the matrix (d, d); best is the inverse
            of the target's covariance.
        jitter: each trajectory's step size is multiplied by a number uniform in 1 ± jitter, against
            trajectories that return to where they began; in [0, 1).
        adjusted: False accepts every move: a Gaussian of unit variance then gets the variance
            1 / (1 - step_size^2 / 4).
        burn_in: trajectories before the first that is kept.
        adapt: whether each chain learns its step size in the burn-in by dual averaging.
        target_acceptance: what that aims at.
        generator: source of randomness.

    Returns:
        The states; a rejected move repeats the last one. Gradients per chain are 1 + steps a draw.

    Raises:
        ValueError: counts or parameters out of range, a mass that is not positive definite, or a
            chain that starts where the target is 0.

    Equation: :eq:`eq-hmc-acceptance`.
    Section: :ref:`sec-hamiltonian-monte-carlo`.

    Source: Neal (2011), MCMC using Hamiltonian dynamics, arXiv:1206.1901; Duane, Kennedy,
        Pendleton, Roweth (1987), Hybrid Monte Carlo, doi:10.1016/0370-2693(87)91197-X.

    Example:
        >>> g = torch.Generator().manual_seed(0)
        >>> run = hamiltonian_monte_carlo(
        ...     lambda x: -(x**2).sum(1) / 2, torch.zeros(500, 2), 20, step_size=0.5, steps=3,
        ...     generator=g,
        ... )
        >>> bool((run.flat.var(0) - 1).abs().max() < 0.1), bool(run.acceptance_rate.mean() > 0.9)
        (True, True)

    In production: `nuts`; blackjax.hmc, numpyro.infer.HMC.
    """
    if steps < 1 or not 0 <= jitter < 1:
        raise ValueError(f"expected steps >= 1 and jitter in [0, 1), got {steps} and {jitter}")
    start(log_prob, initial, draws=draws, burn_in=burn_in)
    metric, evaluate = Mass(mass, initial), with_gradient(log_prob)
    x = initial.detach()
    size = StepSize.start(column(step_size, x)[:, 0].expand(len(x)))
    value, gradient = evaluate(x)
    record: tuple[list[Tensor], ...] = ([], [], [], [])
    for step in range(burn_in + draws):
        p = metric.draw(x, generator)
        epsilon = size.step_size
        if jitter:
            epsilon = epsilon * (1 + jitter * (2 * uniform(value, generator) - 1))
        energy = metric.kinetic(p) - value
        end = x, p, value, gradient
        for _ in range(steps):
            end = leapfrog_step(evaluate, end, epsilon[:, None], metric)
        new_x, new_p, new_value, new_gradient = end
        error = metric.kinetic(new_p) - new_value - energy
        error = error.nan_to_num(torch.inf, torch.inf, torch.inf)
        acceptance = (-error).clamp(max=0).exp()
        accepted = uniform(value, generator) < acceptance
        if not adjusted:
            accepted = torch.ones_like(accepted)
        x = torch.where(accepted[:, None], new_x, x)
        gradient = torch.where(accepted[:, None], new_gradient, gradient)
        value = torch.where(accepted, new_value, value)
        if step < burn_in and adapt:
            size = dual_averaging(size, acceptance, target=target_acceptance)
            if step == burn_in - 1:
                size = StepSize.start(size.averaged)
        if step >= burn_in:
            for kept, now in zip(record, (x, value, error, acceptance), strict=True):
                kept.append(now)
    evaluations = torch.full((len(x),), 1 + steps * (burn_in + draws), device=x.device)
    samples, values, errors, rates = (torch.stack(kept, 1) for kept in record)
    return HamiltonianChains(
        samples, values, rates.mean(1), evaluations, evaluations,
        energy_error=errors, step_size=size.step_size.clone(),
    )  # fmt: skip
