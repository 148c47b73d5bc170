"""A walk through the joint states: each variable drawn anew given the present state of the rest."""

from collections.abc import Hashable, Iterable
from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from dlcore.graphical.factors import Evidence, Factor, cardinalities
from dlcore.graphical.mean_field import positive_factors


class GibbsRun(NamedTuple):
    """States along several walks.

    Attributes:
        variables: those that were not seen, one a column.
        states: after each sweep, shape (steps, chains, v).

    Section: :ref:`sec-approximate-inference`.

    Example:
        >>> gibbs_sample([Factor(["x"], torch.zeros(2))], 3, chains=5).states.shape
        torch.Size([3, 5, 1])

    In production: the arrays of ArviZ.
    """

    variables: tuple[Hashable, ...]
    states: Int[Tensor, "t c v"]


def gibbs_sample(
    factors: Iterable[Factor],
    steps: int,
    *,
    chains: int = 1,
    burn_in: int = 0,
    evidence: Evidence = None,
    generator: torch.Generator | None = None,
) -> GibbsRun:
    """Sample a discrete model by redrawing one variable at a time from its full conditional.

    Args:
        factors: positive everywhere, so that a walk can reach every state.
        steps: sweeps over all variables that are kept.
        chains: walks side by side, each from a uniformly random start.
        burn_in: sweeps before, which are thrown away.
        evidence: states of variables that were seen.
        generator: source of randomness.

    Returns:
        All states. Those of one walk depend on each other: see how fast before trusting them.

    Raises:
        ValueError: no step or chain, or a factor that is 0 somewhere.

    Equation: :eq:`eq-gibbs-conditional`.
    Section: :ref:`sec-approximate-inference`.

    Source: Geman, Geman (1984), Stochastic relaxation, Gibbs distributions, and the Bayesian
        restoration of images, doi:10.1109/TPAMI.1984.4767596.

    Example:
        >>> from dlcore.graphical import IsingModel
        >>> walk = torch.Generator().manual_seed(0)
        >>> run = gibbs_sample(IsingModel.chain(3, 0.5, 1.0).factors, 20, chains=50, generator=walk)
        >>> bool(run.states.double().mean() > 0.8)
        True

    In production: NumPyro's DiscreteHMCGibbs, BlackJAX.
    """
    if steps < 1 or chains < 1 or burn_in < 0:
        raise ValueError(
            f"expected steps, chains >= 1, burn_in >= 0, got {steps}, {chains}, {burn_in}"
        )
    factors = positive_factors(factors, evidence)
    sizes = cardinalities(factors)
    around = {
        v: [f.permute(*(u for u in f.variables if u != v), v) for f in factors if v in f.variables]
        for v in sizes
    }
    source = generator.device if generator else None
    state = {
        v: torch.randint(k, (chains,), generator=generator, device=source) for v, k in sizes.items()
    }
    kept = []
    for step in range(burn_in + steps):
        for v, near in around.items():
            rows = [f.log_table[tuple(state[u] for u in f.variables[:-1])] for f in near]
            logits = torch.stack([row.expand(chains, -1) for row in rows]).sum(0)
            p = logits.softmax(-1).to(source or logits.device)
            state[v] = torch.multinomial(p, 1, generator=generator)[:, 0]
        if step >= burn_in:
            kept.append(torch.stack(list(state.values()), -1))
    return GibbsRun(tuple(sizes), torch.stack(kept))
