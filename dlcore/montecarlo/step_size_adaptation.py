"""A step size found while sampling, from how often its moves are accepted."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class StepSize(NamedTuple):
    """A step size on its way, see `dual_averaging`.

    Attributes:
        step_size: to use for the next move.
        averaged: to keep when adaptation ends: it varies less.
        error_sum: of target minus acceptance, over all moves.
        moves: how many there were.
        anchor: what the logarithm of the step size is drawn to.

    Section: :ref:`sec-hamiltonian-monte-carlo`.

    Example:
        >>> StepSize.start(torch.tensor(0.5)).step_size
        tensor(0.5000)

    In production: NumPyro's HMCAdaptState.
    """

    step_size: Float[Tensor, "*batch"]
    averaged: Float[Tensor, "*batch"]
    error_sum: Float[Tensor, "*batch"]
    moves: Float[Tensor, ""]
    anchor: Float[Tensor, "*batch"]

    @classmethod
    def start(cls, step_size: Float[Tensor, "*batch"]) -> "StepSize":
        """Before the first move; large steps are tried first, since they are cheap.

        Raises:
            ValueError: a step size that is not positive.
        """
        if not bool((step_size > 0).all()):
            raise ValueError(f"step sizes must be positive, got {step_size}")
        zero = torch.zeros_like(step_size)
        moves = step_size.new_zeros(())
        return cls(step_size, step_size.clone(), zero, moves, torch.log(10 * step_size))


def dual_averaging(
    state: StepSize,
    acceptance: Float[Tensor, "*batch"],
    *,
    target: float = 0.8,
    gamma: float = 0.05,
    delay: float = 10.0,
    decay: float = 0.75,
) -> StepSize:
    r"""Learn from one move: a longer step if more than the target was accepted, else a shorter one.

    With the error $H_t=\sum_{s\le t}(\delta-\alpha_s)$ the next step size is
    $\log\epsilon_{t+1}=\mu-\frac{\sqrt t}{\gamma}\frac{H_t}{t+t_0}$; the average over moves,
    to which move $t$ comes with weight $t^{-\kappa}$, converges.

    Args:
        state: from `StepSize.start`, or from the call before.
        acceptance: probability with which the move was accepted, in [0, 1], of the shape of the
            step size: one for all chains, or one a chain.
        target: the acceptance that is wanted; 0.8 is good for Hamiltonian Monte Carlo, 0.574 for
            MALA.
        gamma: how firmly the step size is drawn to its anchor.
        delay: damps the first moves.
        decay: of the weight of the past in the average, in (0.5, 1].

    Returns:
        The new state.

    Raises:
        ValueError: a target outside (0, 1).

    Equation: :eq:`eq-dual-averaging`.
    Section: :ref:`sec-hamiltonian-monte-carlo`.

    Source: Hoffman, Gelman (2014), The No-U-Turn sampler, JMLR 15, section 3.2; Nesterov (2009),
        Primal-dual subgradient methods for convex problems, doi:10.1007/s10107-007-0149-x.

    Example:
        >>> state = StepSize.start(torch.tensor(1.0))
        >>> for _ in range(2000):  # moves of size e are accepted with probability exp(-e)
        ...     state = dual_averaging(state, torch.exp(-state.step_size))
        >>> round(float(torch.exp(-state.averaged)), 2)
        0.8

    In production: built into Stan, NumPyro, BlackJAX, PyMC.
    """
    if not 0 < target < 1:
        raise ValueError(f"the target acceptance must lie in (0, 1), got {target}")
    t = state.moves + 1
    error_sum = state.error_sum + target - acceptance
    log_step = state.anchor - t.sqrt() / gamma * error_sum / (t + delay)
    weight = t**-decay
    averaged = weight * log_step + (1 - weight) * state.averaged.log()
    return StepSize(log_step.exp(), averaged.exp(), error_sum, t, state.anchor)
