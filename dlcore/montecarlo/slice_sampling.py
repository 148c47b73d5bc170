"""Slice sampling: uniform under the graph of the density, one coordinate after the other."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.chains import Chains, LogProb, start, uniform


@torch.no_grad()
def slice_sample(
    log_prob: LogProb,
    initial: Float[Tensor, "chains d"],
    draws: int,
    *,
    width: float = 1.0,
    most: int = 64,
    burn_in: int = 0,
    generator: torch.Generator | None = None,
) -> Chains:
    r"""Sample any density without a step size to tune: draw a height, then a point of that slice.

    For each coordinate: a height below the density at x; an interval of length `width` placed at
    random around x, whose ends step out until they leave the slice; then uniform points of it, each
    point outside the slice becoming its new end, until one lies inside. All chains go side by side.

    Args:
        log_prob: the logarithm of the target up to a constant, from states (chains, d) to numbers
            (chains,).
        initial: where each chain starts; the target is positive there.
        draws: sweeps over all coordinates that are kept.
        width: the first guess of a slice's length, in the units of the states. A bad guess costs
            evaluations, not correctness.
        most: an interval is at most this many widths long.
        burn_in: sweeps before, which are thrown away.
        generator: source of randomness.

    Returns:
        The state after each sweep, and how often each chain evaluated the target, which differs.

    Raises:
        ValueError: no sweep, a width that is not positive, `most` below 1, or a start of another
            shape or where the target is 0.

    Equation: :eq:`eq-slice`, :eq:`eq-stepping-out`.
    Section: :ref:`sec-slice-sampling`.

    Source: Neal (2003), Slice sampling, doi:10.1214/aos/1056562461.

    Example:
        >>> walk = torch.Generator().manual_seed(0)
        >>> chains = slice_sample(lambda x: -x[:, 0].abs(), torch.ones(200, 1), 200, generator=walk)
        >>> round(chains.samples.abs().mean().item(), 1)
        1.0

    In production: pymc.Slice, blackjax.elliptical_slice where the prior is Gaussian.
    """
    if not width > 0 or most < 1:
        raise ValueError(f"width must be positive, most at least 1, got {width} and {most}")
    x, here = initial, start(log_prob, initial, draws=draws, burn_in=burn_in)
    states, values = [], []
    count = torch.ones(len(x), dtype=torch.long, device=x.device)
    for sweep in range(burn_in + draws):
        for i in range(x.shape[1]):
            x, here, used = _move(log_prob, x, here, i, width, most, generator)
            count += used
        if sweep >= burn_in:
            states.append(x)
            values.append(here)
    ones = torch.ones_like(here)
    return Chains(torch.stack(states, 1), torch.stack(values, 1), ones, count)


def _move(
    log_prob: LogProb,
    x: Tensor,
    here: Tensor,
    i: int,
    width: float,
    most: int,
    generator: torch.Generator | None,
) -> tuple[Tensor, Tensor, Tensor]:
    height = here + uniform(here, generator).log()
    left = x[:, i] - width * uniform(here, generator)
    steps = (most * uniform(here, generator)).floor()
    ends = torch.stack([left, left + width])
    room = torch.stack([steps, most - 1 - steps])
    used = torch.zeros_like(here, dtype=torch.long)

    def at(points: Tensor) -> tuple[Tensor, Tensor]:
        y = x.clone()
        y[:, i] = points
        return y, log_prob(y)

    for side, sign in enumerate((-1, 1)):
        growing = room[side] > 0
        while bool(growing.any()):
            used += growing
            growing &= at(ends[side])[1] > height
            ends[side] += torch.where(growing, sign * width, 0.0)
            room[side] -= growing.to(room)
            growing &= room[side] > 0
    searching = torch.ones_like(here, dtype=torch.bool)
    y, there = x, here
    while bool(searching.any()):
        points = ends[0] + (ends[1] - ends[0]) * uniform(here, generator)
        tried, value = at(points)
        used += searching
        inside = searching & ((value > height) | (points == x[:, i]))
        y = torch.where(inside[:, None], tried, y)
        there = torch.where(inside, value, there)
        searching &= ~inside
        ends[0] = torch.where(searching & (points < x[:, i]), points, ends[0])
        ends[1] = torch.where(searching & (points >= x[:, i]), points, ends[1])
    return y, there, used
