"""Draws of a distribution from uniform numbers, and from draws of another one."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Shaped
from torch import Tensor

from dlcore.montecarlo.chains import LogProb
from dlcore.probability import Distribution


def inverse_transform_sample(
    icdf: Callable[[Tensor], Tensor],
    shape: tuple[int, ...],
    *,
    dtype: torch.dtype = torch.float64,
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""Draw a number whose distribution function can be inverted, $x = F^{-1}(u)$ with uniform u.

    Args:
        icdf: the quantile function $F^{-1}$, elementwise.
        shape: how many draws.
        dtype: of the uniform numbers; float32 has only $2^{24}$ of them, which shows in the tails.
        generator: source of randomness.

    Returns:
        Draws, `shape`. The uniform numbers lie inside (0, 1), so that no end of an unbounded
        distribution is hit.

    Raises:
        ValueError: the quantile function changes the shape.

    Equation: :eq:`eq-inverse-transform`
    Section: :ref:`sec-random-variates`
    Source: Devroye (1986), Non-uniform random variate generation, chapter II.2.

    Example:
        >>> x = inverse_transform_sample(lambda u: -torch.log1p(-u), (3, 2))
        >>> x.shape, bool((x > 0).all())
        (torch.Size([3, 2]), True)

    In production: the `sample` of torch.distributions.
    """
    device = generator.device if generator else None
    u = torch.rand(shape, dtype=dtype, generator=generator, device=device)
    x = icdf(u.clamp_min(torch.finfo(dtype).eps / 4))
    if x.shape != u.shape:
        raise ValueError(f"icdf must keep the shape {tuple(u.shape)}, it gave {tuple(x.shape)}")
    return x


@dataclass(frozen=True)
class Rejected:
    """Draws that were accepted, and what they cost.

    Attributes:
        samples: independent draws of the target, shape (n, ...).
        proposals: how many draws of the proposal were judged for them.

    Equation: :eq:`eq-rejection`
    Section: :ref:`sec-random-variates`

    Example:
        >>> Rejected(torch.zeros(50), 100).acceptance_rate
        0.5

    In production: scipy.stats.sampling.RatioUniforms.
    """

    samples: Shaped[Tensor, "n ..."]
    proposals: int

    @property
    def acceptance_rate(self) -> float:
        """The share of proposals that was accepted; 1/M on average for normalized densities."""
        return len(self.samples) / self.proposals


@torch.no_grad()
def rejection_sample(
    log_prob: LogProb,
    proposal: Distribution,
    log_bound: float,
    n: int,
    *,
    most_proposals: int = 10**7,
    generator: torch.Generator | None = None,
) -> Rejected:
    r"""Draw from a density that lies below M times another one, by keeping a share of its draws.

    A draw x of the proposal q is kept with probability $p(x) / (M q(x))$.

    Args:
        log_prob: $\log p$ up to a constant, from (m, ...) to (m,).
        proposal: q, whose `sample` and `log_prob` are used.
        log_bound: $\log M$, so that $p \le M q$ everywhere, for the p that was given.
        n: how many draws, at least 1.
        most_proposals: after how many draws of q to give up; the last batch may exceed it.
        generator: source of randomness.

    Returns:
        Independent draws of p, however unlike q it is: only the cost depends on that.

    Raises:
        ValueError: no draw is asked for, p exceeds M q at a draw, or log_prob gives another shape.
        RuntimeError: too many proposals were rejected.

    Equation: :eq:`eq-rejection`
    Section: :ref:`sec-random-variates`
    Source: von Neumann (1951), Various techniques used in connection with random digits.

    Example:
        >>> import math
        >>> from dlcore.probability import Uniform
        >>> unit, seeded = Uniform(0.0, 1.0), torch.Generator().manual_seed(0)
        >>> def arch(x):
        ...     return (x * (1 - x)).log()
        >>> found = rejection_sample(arch, unit, math.log(0.25), 6000, generator=seeded)
        >>> bool(abs(found.acceptance_rate - 2 / 3) < 0.03)
        True

    In production: scipy.stats.sampling for one dimension; chains for many.
    """
    if n < 1:
        raise ValueError(f"rejection_sample needs at least 1 draw, got {n}")
    kept: list[Tensor] = []
    found = proposals = 0
    while found < n:
        if proposals >= most_proposals:
            raise RuntimeError(f"only {found} of {proposals} proposals were accepted")
        rate = max(found, 1) / proposals if proposals else 1.0
        m = min(int(1.1 * (n - found) / rate) + 16, most_proposals, 2**20)
        x = proposal.sample((m,), generator=generator)
        log_ratio = log_prob(x) - proposal.log_prob(x) - log_bound
        if log_ratio.shape != (m,):
            raise ValueError(
                f"log_prob must give ({m},) for {tuple(x.shape)}, got {tuple(log_ratio.shape)}"
            )
        if not bool((log_ratio <= 1e-5).all()):
            excess = log_ratio.max().item()
            raise ValueError(f"the target exceeds its bound: log p - log Mq reaches {excess:.3g}")
        device = generator.device if generator else log_ratio.device
        u = torch.rand(m, generator=generator, dtype=log_ratio.dtype, device=device).to(log_ratio)
        where = (u.log() < log_ratio).nonzero()[: n - found, 0]
        kept.append(x[where])
        found += len(where)
        proposals += int(where[-1]) + 1 if found == n else m
    return Rejected(torch.cat(kept), proposals)
