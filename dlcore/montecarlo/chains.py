"""What every sampler returns: the states of many chains, and what they cost."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

LogProb = Callable[[Tensor], Tensor]
C = TypeVar("C", bound="Chains")


@dataclass(frozen=True)
class Chains:
    """States of several chains, run side by side.

    Attributes:
        samples: the state after each step, a rejected move repeats the last one; shape
            (chains, draws, d).
        log_prob: the logarithm of the unnormalized target at each state; None where the sampler
            does not need it.
        acceptance_rate: for each chain the share of moves that were accepted, in [0, 1].
        evaluations: for each chain, how often the target was evaluated, burn-in included; None
            where the sampler does not use it.
        gradient_evaluations: how many of these gave a gradient too; None for samplers without.

    Section: :ref:`sec-markov-chains`.

    Example:
        >>> chains = Chains(torch.zeros(4, 10, 2), None, torch.ones(4))
        >>> chains.drop(5).flat.shape
        torch.Size([20, 2])

    In production: arviz.from_dict.
    """

    samples: Float[Tensor, "chains draws d"]
    log_prob: Float[Tensor, "chains draws"] | None
    acceptance_rate: Float[Tensor, " chains"]
    evaluations: Int[Tensor, " chains"] | None = None
    gradient_evaluations: Int[Tensor, " chains"] | None = None

    @property
    def flat(self) -> Float[Tensor, "n d"]:
        """The states of all chains, one below the other."""
        return self.samples.flatten(0, 1)

    def drop(self: C, burn_in: int) -> C:
        """Without the first `burn_in` draws of each chain; the costs stay.

        Raises:
            ValueError: not at least one draw is left, or a negative number.
        """
        if not 0 <= burn_in < self.samples.shape[1]:
            raise ValueError(f"cannot drop {burn_in} of {self.samples.shape[1]} draws")
        return self._of(slice(burn_in, None))

    def thin(self: C, every: int) -> C:
        """Only each `every`-th draw, the last one of each group; the costs stay.

        Raises:
            ValueError: `every` is below 1 or above the number of draws.
        """
        if not 1 <= every <= self.samples.shape[1]:
            raise ValueError(f"cannot keep each {every}-th of {self.samples.shape[1]} draws")
        return self._of(slice(every - 1, None, every))

    def _of(self: C, kept: slice) -> C:
        log_prob = None if self.log_prob is None else self.log_prob[:, kept]
        return dataclasses.replace(self, samples=self.samples[:, kept], log_prob=log_prob)


def start(log_prob: LogProb, initial: Tensor, **counts: int) -> Tensor:
    """The target at the first states; what a sampler cannot start from is an error."""
    for name, count in counts.items():
        if count < (name != "burn_in"):
            raise ValueError(f"{name} must be at least {int(name != 'burn_in')}, got {count}")
    if initial.ndim != 2 or not initial.is_floating_point():
        raise ValueError(
            f"initial states must be floating point of shape (chains, d), got "
            f"{initial.dtype} {tuple(initial.shape)}"
        )
    value = log_prob(initial)
    if value.shape != initial.shape[:1]:
        raise ValueError(
            f"log_prob must give one number a chain: {tuple(initial.shape)} gave "
            f"{tuple(value.shape)}"
        )
    if not bool(value.isfinite().all()):
        raise ValueError("a chain starts where the target is 0 or not a number")
    return value


def normal(like: Tensor, generator: torch.Generator | None) -> Tensor:
    """Standard normal numbers of a tensor's shape, drawn on the generator's device."""
    device = generator.device if generator else like.device
    z = torch.randn(like.shape, generator=generator, device=device, dtype=like.dtype)
    return z.to(like.device)


def uniform(like: Tensor, generator: torch.Generator | None) -> Tensor:
    """Numbers uniform in [0, 1) of a tensor's shape, drawn on the generator's device."""
    device = generator.device if generator else like.device
    u = torch.rand(like.shape, generator=generator, device=device, dtype=like.dtype)
    return u.to(like.device)
