"""Langevin dynamics: downhill in energy plus noise, uncorrected, corrected, or on minibatches."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.chains import Chains, LogProb, normal, start, uniform
from dlcore.montecarlo.hamiltonian_dynamics import column, with_gradient
from dlcore.montecarlo.step_size_adaptation import StepSize, dual_averaging


@torch.no_grad()
def langevin_dynamics(
    log_prob: LogProb,
    initial: Float[Tensor, "chains d"],
    draws: int,
    *,
    step_size: float | Float[Tensor, " chains"],
    burn_in: int = 0,
    generator: torch.Generator | None = None,
) -> Chains:
    r"""Step along the gradient and add noise: $x+\frac\epsilon2\nabla\log p(x)+\sqrt\epsilon\,z$.

    No step is rejected, so that the chain keeps a distribution that is wrong by the order of
    $\epsilon$: from a Gaussian of unit variance it makes one of variance $1/(1-\epsilon/4)$.

    Args:
        log_prob: the unnormalized log density, from (chains, d) to (chains,), differentiable.
        initial: first states, floating point.
        draws: states kept of each chain.
        step_size: $\epsilon$, in units of the squared state; one number, or one a chain.
        burn_in: steps before the first that is kept.
        generator: source of randomness.

    Returns:
        The states; their acceptance rate is 1, their `log_prob` the target at each.

    Raises:
        ValueError: counts or step size out of range, or a chain that starts where the target is 0.
        FloatingPointError: a chain ran away to infinity: the step size is too large.

    Equation: :eq:`eq-unadjusted-langevin`.
    Section: :ref:`sec-langevin`.

    Source: Roberts, Tweedie (1996), Exponential convergence of Langevin distributions and their
        discrete approximations, doi:10.2307/3318418.

    Example:
        >>> g = torch.Generator().manual_seed(0)
        >>> run = langevin_dynamics(
        ...     lambda x: -(x**2).sum(1) / 2, torch.randn(9000, 1, generator=g), 20, step_size=2.0,
        ...     generator=g,
        ... )
        >>> bool((run.samples[:, -1].var() - 2).abs() < 0.15)
        True

    In production: `mala`; blackjax.sgld.
    """
    start(log_prob, initial, draws=draws, burn_in=burn_in)
    evaluate, epsilon = with_gradient(log_prob), column(step_size, initial)
    x = initial.detach()
    value, gradient = evaluate(x)
    samples, values = [], []
    for step in range(burn_in + draws):
        x = x + epsilon / 2 * gradient + epsilon.sqrt() * normal(x, generator)
        value, gradient = evaluate(x)
        if step >= burn_in:
            samples.append(x)
            values.append(value)
    _require_finite(x)
    cost = torch.full((len(x),), 1 + burn_in + draws, device=x.device)
    return Chains(
        torch.stack(samples, 1), torch.stack(values, 1), torch.ones_like(value), cost, cost
    )


def _require_finite(x: Tensor) -> None:
    if not bool(x.isfinite().all()):
        gone = int((~x.isfinite()).any(1).sum())
        raise FloatingPointError(f"{gone} of {len(x)} chains ran away: use a smaller step_size")


@dataclass(frozen=True)
class LangevinChains(Chains):
    """Chains of `mala`.

    Attributes:
        step_size: of each chain, after adaptation.

    Section: :ref:`sec-langevin`.

    Example:
        >>> run = mala(lambda x: -(x**2).sum(1) / 2, torch.zeros(4, 1), 10, step_size=0.5)
        >>> run.step_size
        tensor([0.5000, 0.5000, 0.5000, 0.5000])

    In production: the group sample_stats of arviz.InferenceData.
    """

    step_size: Float[Tensor, " chains"] = dataclasses.field(kw_only=True)


@torch.no_grad()
def mala(
    log_prob: LogProb,
    initial: Float[Tensor, "chains d"],
    draws: int,
    *,
    step_size: float | Float[Tensor, " chains"],
    burn_in: int = 0,
    adapt: bool = False,
    target_acceptance: float = 0.574,
    generator: torch.Generator | None = None,
) -> LangevinChains:
    """Propose a step of Langevin dynamics and accept it as Metropolis and Hastings do.

    Args:
        log_prob: the unnormalized log density, from (chains, d) to (chains,), differentiable.
        initial: first states, floating point.
        draws: states kept of each chain.
        step_size: in units of the squared state; one number, or one a chain.
        burn_in: steps before the first that is kept.
        adapt: whether each chain learns its step size in the burn-in by dual averaging.
        target_acceptance: what that aims at; 0.574 is best in high dimension.
        generator: source of randomness.

    Returns:
        The states; a rejected move repeats the last one.

    Raises:
        ValueError: counts or step size out of range, or a chain that starts where the target is 0.

    Equation: :eq:`eq-mala`.
    Section: :ref:`sec-langevin`.

    Source: Besag (1994), comment on Grenander and Miller, J. R. Stat. Soc. B 56; Roberts, Rosenthal
        (1998), Optimal scaling of discrete approximations to Langevin diffusions,
        doi:10.1111/1467-9868.00123.

    Example:
        >>> g = torch.Generator().manual_seed(0)
        >>> run = mala(
        ...     lambda x: -(x**2).sum(1) / 2, torch.randn(9000, 1, generator=g), 20, step_size=2.0,
        ...     generator=g,
        ... )
        >>> bool((run.samples[:, -1].var() - 1).abs() < 0.1)
        True

    In production: blackjax.mala.
    """
    start(log_prob, initial, draws=draws, burn_in=burn_in)
    evaluate, x = with_gradient(log_prob), initial.detach()
    size = StepSize.start(column(step_size, x)[:, 0].expand(len(x)))
    value, gradient = evaluate(x)
    samples, values, accepts = [], [], []
    for step in range(burn_in + draws):
        epsilon = size.step_size[:, None]
        z = normal(x, generator)
        new = x + epsilon / 2 * gradient + epsilon.sqrt() * z
        new_value, new_gradient = evaluate(new)
        back = (x - new - epsilon / 2 * new_gradient) / epsilon.sqrt()
        log_ratio = new_value - value + 0.5 * (z**2 - back**2).sum(-1)
        acceptance = log_ratio.nan_to_num(-torch.inf).clamp(max=0).exp()
        accepted = uniform(value, generator) < acceptance
        x = torch.where(accepted[:, None], new, x)
        gradient = torch.where(accepted[:, None], new_gradient, gradient)
        value = torch.where(accepted, new_value, value)
        if step < burn_in and adapt:
            size = dual_averaging(size, acceptance, target=target_acceptance)
            if step == burn_in - 1:
                size = StepSize.start(size.averaged)
        if step >= burn_in:
            samples.append(x)
            values.append(value)
            accepts.append(accepted)
    rate = torch.stack(accepts).to(x.dtype).mean(0)
    cost = torch.full((len(x),), 1 + burn_in + draws, device=x.device)
    return LangevinChains(
        torch.stack(samples, 1), torch.stack(values, 1), rate, cost, cost,
        step_size=size.step_size.clone(),
    )  # fmt: skip


@dataclass(frozen=True)
class StochasticGradientChains(Chains):
    """Chains of `sgld`; `log_prob` is None, since no step looks at all data.

    Attributes:
        step_sizes: of each draw: the weights of an average over draws.

    Section: :ref:`sec-langevin`.

    Example:
        >>> run = sgld(
        ...     lambda x: -(x**2).sum(1) / 2, lambda x, y: -((y - x) ** 2).sum(1) / 2,
        ...     [torch.zeros(8)], torch.zeros(4, 1), 3, batch_size=2, step_size=0.1, decay=0.0,
        ... )
        >>> run.step_sizes
        tensor([0.1000, 0.1000, 0.1000])

    In production: nothing to import.
    """

    step_sizes: Float[Tensor, " draws"] = dataclasses.field(kw_only=True)

    def _of(self, kept: slice) -> "StochasticGradientChains":
        return dataclasses.replace(
            self, samples=self.samples[:, kept], step_sizes=self.step_sizes[kept]
        )


@torch.no_grad()
def sgld(
    log_prior: LogProb,
    log_likelihood: Callable[..., Tensor],
    data: Sequence[Tensor],
    initial: Float[Tensor, "chains d"],
    draws: int,
    *,
    batch_size: int,
    step_size: float,
    decay: float = 0.55,
    offset: float = 1.0,
    burn_in: int = 0,
    generator: torch.Generator | None = None,
) -> StochasticGradientChains:
    r"""Langevin steps with the gradient of a minibatch instead of that of all data.

    Step t has the size $\epsilon_t = a(b + t)^{-\gamma}$. Noise of the minibatch falls like
    $\epsilon^2$, injected noise like $\epsilon$: in the limit the draws, weighted by $\epsilon_t$,
    are those of the posterior. With a constant step size they stay too wide.

    Args:
        log_prior: from (chains, d) to (chains,).
        log_likelihood: of the states (chains, d) and a minibatch, each of its tensors
            (chains, batch_size, ...); the sum over its examples, (chains,).
        data: tensors with the N examples in their first axis.
        initial: first states, floating point.
        draws: states kept of each chain.
        batch_size: examples a step, drawn anew with replacement for each chain.
        step_size: a.
        decay: $\gamma$ in (0.5, 1]; 0 for a constant step size.
        offset: b > 0.
        burn_in: steps before the first that is kept.
        generator: source of randomness.

    Returns:
        The states and the step size of each draw.

    Raises:
        ValueError: counts or parameters out of range, or data of different lengths.
        FloatingPointError: a chain ran away to infinity: the step size is too large.

    Equation: :eq:`eq-sgld`.
    Section: :ref:`sec-langevin`.

    Source: Welling, Teh (2011), Bayesian learning via stochastic gradient Langevin dynamics, ICML.

    Example:
        >>> g = torch.Generator().manual_seed(0)
        >>> y = 3 + torch.randn(200, generator=g)
        >>> run = sgld(
        ...     lambda x: -(x**2).sum(1) / 200, lambda x, y: -((y - x) ** 2).sum(1) / 2, [y],
        ...     torch.zeros(50, 1), 200, batch_size=20, step_size=1e-3, decay=0.0, burn_in=100,
        ...     generator=g,
        ... )
        >>> bool((run.flat.mean() - y.mean()).abs() < 0.03)
        True

    In production: blackjax.sgld.
    """
    lengths = {len(part) for part in data}
    if len(lengths) != 1 or min(lengths) < 1:
        raise ValueError(f"data must be tensors of one length, got lengths {sorted(lengths)}")
    (n,) = lengths
    if batch_size < 1 or step_size <= 0 or offset <= 0 or decay < 0:
        raise ValueError(
            f"expected batch_size >= 1, step_size, offset > 0 and decay >= 0, got {batch_size}, "
            f"{step_size}, {offset}, {decay}"
        )
    start(log_prior, initial, draws=draws, burn_in=burn_in)
    x, samples, sizes = initial.detach(), [], []
    device = generator.device if generator else x.device
    shape = (len(x), batch_size)
    for step in range(burn_in + draws):
        index = torch.randint(n, shape, generator=generator, device=device).to(data[0].device)
        batch = [part[index] for part in data]

        def posterior(x: Tensor, batch: list[Tensor] = batch) -> Tensor:
            return log_prior(x) + n / batch_size * log_likelihood(x, *batch)

        epsilon = step_size * (offset + step) ** -decay
        _, gradient = with_gradient(posterior)(x)
        x = x + epsilon / 2 * gradient + epsilon**0.5 * normal(x, generator)
        if step >= burn_in:
            samples.append(x)
            sizes.append(epsilon)
    _require_finite(x)
    return StochasticGradientChains(
        torch.stack(samples, 1), None, torch.ones_like(x[:, 0]),
        step_sizes=torch.tensor(sizes, dtype=x.dtype, device=x.device),
    )  # fmt: skip
