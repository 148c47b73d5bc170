"""Hamilton's equations in steps of time: momentum carries over the landscape of the log density."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.chains import LogProb
from dlcore.montecarlo.mass_matrix import Mass

WithGradient = Callable[[Tensor], tuple[Tensor, Tensor]]
Phase = tuple[Tensor, Tensor, Tensor, Tensor]
"""Position, momentum, log density and its gradient."""


class Trajectory(NamedTuple):
    """States along a path, the first one included.

    Attributes:
        x: positions.
        momentum: momenta.
        energy: $H = -log p(x) + p^T M^{-1} p / 2$ at each.

    Section: :ref:`sec-hamiltonian-monte-carlo`.

    Example:
        >>> one = torch.ones(1, 1)
        >>> path = leapfrog(lambda x: -(x**2).sum(1) / 2, one, one, 0.1, 3)
        >>> path.x.shape, path.energy.shape
        (torch.Size([4, 1, 1]), torch.Size([4, 1]))

    In production: arrays.
    """

    x: Float[Tensor, "states chains d"]
    momentum: Float[Tensor, "states chains d"]
    energy: Float[Tensor, "states chains"]


def with_gradient(log_prob: LogProb) -> WithGradient:
    """The log density of each chain and its gradient, by one call and one backward pass."""

    def evaluate(x: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            value = log_prob(x)
            (gradient,) = torch.autograd.grad(value.sum(), x)
        return value.detach(), gradient

    return evaluate


def leapfrog_step(evaluate: WithGradient, phase: Phase, step_size: Tensor, mass: Mass) -> Phase:
    """Half a kick, a drift, half a kick; one gradient."""
    x, p, _, gradient = phase
    p = p + step_size / 2 * gradient
    x = x + step_size * mass.velocity(p)
    value, gradient = evaluate(x)
    return x, p + step_size / 2 * gradient, value, gradient


def _euler_step(evaluate: WithGradient, phase: Phase, step_size: Tensor, mass: Mass) -> Phase:
    x, p, _, gradient = phase
    x, p = x + step_size * mass.velocity(p), p + step_size * gradient
    return x, p, *evaluate(x)


def column(step_size: float | Tensor, like: Tensor) -> Tensor:
    """Step sizes as a column, one for all chains or one for each."""
    steps = torch.as_tensor(step_size, dtype=like.dtype, device=like.device)
    if steps.ndim > 1 or (steps.ndim == 1 and len(steps) != len(like)):
        raise ValueError(f"expected one step size, or {len(like)}, got shape {tuple(steps.shape)}")
    if not bool((steps > 0).all()):
        raise ValueError(f"step_size must be positive, got {step_size}")
    return steps.reshape(-1, 1)


def _integrate(
    method: Callable[[WithGradient, Phase, Tensor, Mass], Phase],
    log_prob: LogProb,
    x: Tensor,
    momentum: Tensor,
    step_size: float | Tensor,
    steps: int,
    mass: Tensor | None,
) -> Trajectory:
    if x.ndim != 2 or x.shape != momentum.shape or not x.is_floating_point():
        raise ValueError(
            f"x and momentum must be floating point of one shape (chains, d), got "
            f"{tuple(x.shape)} and {tuple(momentum.shape)}"
        )
    if steps < 0:
        raise ValueError(f"steps must be at least 0, got {steps}")
    evaluate, metric = with_gradient(log_prob), Mass(mass, x)
    path, epsilon = [(x.detach(), momentum, *evaluate(x))], column(step_size, x)
    for _ in range(steps):
        path.append(method(evaluate, path[-1], epsilon, metric))
    xs, ps, values, _ = (torch.stack(parts) for parts in zip(*path, strict=True))
    return Trajectory(xs, ps, metric.kinetic(ps.flatten(0, 1)).view_as(values) - values)


def leapfrog(
    log_prob: LogProb,
    x: Float[Tensor, "chains d"],
    momentum: Float[Tensor, "chains d"],
    step_size: float | Float[Tensor, " chains"],
    steps: int,
    *,
    mass: Tensor | None = None,
) -> Trajectory:
    """Follow Hamilton's equations by half a kick, a drift and half a kick a step.

    The map is reversible (with the momentum turned round it comes back) and keeps volume. Its error
    of energy is of the order of the squared step size and does not grow with time; for a Gaussian
    of unit variance it is stable below a step size of 2.

    Args:
        log_prob: the unnormalized log density, from (chains, d) to (chains,).
        x: first positions.
        momentum: first momenta.
        step_size: of time, positive; one number, or one a chain.
        steps: how many, at least 0.
        mass: M: None for the identity, its diagonal (d,) or the matrix (d, d).

    Returns:
        All steps + 1 states and their energies.

    Raises:
        ValueError: shapes that do not fit, a step size that is not positive, a negative number of
            steps, or a mass that is not positive definite.

    Equation: :eq:`eq-leapfrog`.
    Section: :ref:`sec-hamiltonian-monte-carlo`.

    Source: Neal (2011), MCMC using Hamiltonian dynamics, arXiv:1206.1901, section 2.3; Duane,
        Kennedy, Pendleton, Roweth (1987), doi:10.1016/0370-2693(87)91197-X.

    Example:
        >>> x, p = torch.tensor([[1.0]]).double(), torch.tensor([[0.5]]).double()
        >>> path = leapfrog(lambda x: -(x**2).sum(1) / 2, x, p, 0.4, 4)
        >>> round(float(path.energy[-1] - path.energy[0]), 6)
        -0.015585

    In production: blackjax.mcmc.integrators.velocity_verlet.
    """
    return _integrate(leapfrog_step, log_prob, x, momentum, step_size, steps, mass)


def explicit_euler(
    log_prob: LogProb,
    x: Float[Tensor, "chains d"],
    momentum: Float[Tensor, "chains d"],
    step_size: float | Float[Tensor, " chains"],
    steps: int,
    *,
    mass: Tensor | None = None,
) -> Trajectory:
    """Follow Hamilton's equations by Euler's steps, which spiral outwards: for comparison only.

    Position and momentum both move by their rates at the old state. For a Gaussian of unit variance
    a step multiplies volume, and the energy, by 1 + step_size^2.

    Args:
        log_prob: the unnormalized log density, from (chains, d) to (chains,).
        x: first positions.
        momentum: first momenta.
        step_size: of time, positive; one number, or one a chain.
        steps: how many, at least 0.
        mass: M: None for the identity, its diagonal (d,) or the matrix (d, d).

    Returns:
        All steps + 1 states and their energies.

    Raises:
        ValueError: as `leapfrog`.

    Equation: :eq:`eq-hamilton-equations`.
    Section: :ref:`sec-hamiltonian-monte-carlo`.

    Source: Neal (2011), MCMC using Hamiltonian dynamics, arXiv:1206.1901, section 2.3.

    Example:
        >>> one = torch.ones(1, 1)
        >>> path = explicit_euler(lambda x: -(x**2).sum(1) / 2, one, one, 0.5, 1)
        >>> path.energy[:, 0]
        tensor([1.0000, 1.2500])

    In production: `leapfrog`.
    """
    return _integrate(_euler_step, log_prob, x, momentum, step_size, steps, mass)
