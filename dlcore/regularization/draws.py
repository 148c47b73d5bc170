"""Random numbers for a batch, drawn where the generator lives and moved to where the batch is."""

import torch
from torch import Tensor


def uniform(
    shape: tuple[int, ...],
    like: Tensor,
    generator: torch.Generator | None,
    low: float = 0.0,
    high: float = 1.0,
) -> Tensor:
    """Numbers between low and high, of the device and type of `like`."""
    return low + (high - low) * _room(shape, like, generator).uniform_(generator=generator).to(like)


def normal(shape: tuple[int, ...], like: Tensor, generator: torch.Generator | None) -> Tensor:
    """Standard normal numbers, of the device and type of `like`."""
    return _room(shape, like, generator).normal_(generator=generator).to(like)


def integers_below(limits: Tensor, generator: torch.Generator | None) -> Tensor:
    """One integer for each limit, uniform from 0 to the limit less 1, on the limits' device."""
    share = _room(tuple(limits.shape), limits.double(), generator).uniform_(generator=generator)
    return torch.minimum((share.to(limits.device) * limits).long(), limits - 1)


def permutation(like: Tensor, generator: torch.Generator | None) -> Tensor:
    """A random order of the batch, on its device."""
    where = generator.device if generator else like.device
    return torch.randperm(len(like), generator=generator, device=where).to(like.device)


def _room(shape: tuple[int, ...], like: Tensor, generator: torch.Generator | None) -> Tensor:
    return torch.empty(
        shape, dtype=like.dtype, device=generator.device if generator else like.device
    )
