"""Annealed importance sampling of an RBM's partition function, forwards and back."""

import math
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from dlcore.energy.partition_estimates import (
    LogPartition,
    importance_log_partition,
    reciprocal_log_partition,
)
from dlcore.energy.rbm import RBM, draw_bits
from dlcore.montecarlo import annealed_importance_sampling


class RBMPath:
    r"""From independent units to an RBM: parameters grow with $\beta$.

    At $\beta$ the machine has weights $\beta W$, hidden biases $\beta c$ and visible biases
    $(1-\beta) a + \beta b$. Its hidden units are summed out, so that weights vary less, and Gibbs
    steps of the machine at $\beta$ are the moves.

    Args:
        rbm: of binary units.
        base_bias: a, the visible biases at 0, shape (d,); by default 0, fair coins. The logits of
            the data's means start closer to a trained machine.

    Attributes:
        rbm: as given.
        base_bias: as given.
        log_partition_base: $\log Z_0 = m\log 2 + \sum_i \log(1 + e^{a_i})$.

    Raises:
        ValueError: biases of another shape.
        TypeError: the visible units are not binary.

    Equation: :eq:`eq-ais-path`, an instance of :eq:`eq-annealed-path`.
    Section: :ref:`sec-annealed-importance`.

    Source: Salakhutdinov, Murray (2008), On the quantitative analysis of deep belief networks,
        doi:10.1145/1390156.1390266.

    Example:
        >>> path = RBMPath(RBM(3, 2))
        >>> round(path.log_partition_base, 4), round(5 * math.log(2), 4)
        (3.4657, 3.4657)

    In production: the arguments of dlcore.montecarlo.annealed_importance_sampling.
    """

    def __init__(self, rbm: RBM, base_bias: Float[Tensor, " d"] | None = None) -> None:
        if type(rbm) is not RBM:
            raise TypeError(f"binary visible units are needed, got {type(rbm).__name__}")
        self.rbm = rbm
        self.base_bias = torch.zeros_like(rbm.b).detach() if base_bias is None else base_bias
        if self.base_bias.shape != rbm.b.shape:
            raise ValueError(
                f"expected {len(rbm.b)} biases, got shape {tuple(self.base_bias.shape)}"
            )
        base = F.softplus(self.base_bias.double()).sum()
        self.log_partition_base = len(rbm.c) * math.log(2) + base.item()

    def initial(
        self, shape: tuple[int, ...], *, generator: torch.Generator | None = None
    ) -> Float[Tensor, "*shape d"]:
        """Exact draws at 0."""
        return draw_bits(self.base_bias.sigmoid().expand(*shape, -1), generator)

    def _bias(self, beta: float) -> Tensor:
        return (1 - beta) * self.base_bias + beta * self.rbm.b

    def log_score(self, v: Float[Tensor, "n d"], beta: float) -> Float[Tensor, " n"]:
        """Minus the free energy at beta."""
        return v @ self._bias(beta) + F.softplus(beta * self.rbm.hidden_input(v)).sum(1)

    def transition(
        self, v: Float[Tensor, "n d"], beta: float, generator: torch.Generator | None = None
    ) -> Float[Tensor, "n d"]:
        """A Gibbs step at beta."""
        with torch.no_grad():
            h = draw_bits((beta * self.rbm.hidden_input(v)).sigmoid(), generator)
            return draw_bits((self._bias(beta) + beta * h @ self.rbm.W.T).sigmoid(), generator)


class AnnealedPartition(NamedTuple):
    r"""What annealing says of $\log Z$.

    Attributes:
        samples: where the runs ended, at beta 1 forwards and at 0 backwards, shape (chains, d).
        log_weights: one a run, $\log Z_0$ included, shape (chains,), float64. Forwards and back
            they can be given to `bridge_sampling` together.
        estimate: of log Z, with interval.

    Section: :ref:`sec-annealed-importance`.

    Example:
        >>> runs = rbm_ais(RBM(3, 2, std=0.0), torch.linspace(0, 1, 3), chains=5)
        >>> round(runs.estimate.value, 4)
        3.4657

    In production: blackjax.smc.
    """

    samples: Float[Tensor, "c d"]
    log_weights: Float[Tensor, " c"]
    estimate: LogPartition


def rbm_ais(
    rbm: RBM,
    betas: Float[Tensor, " t"],
    chains: int = 100,
    *,
    base_bias: Float[Tensor, " d"] | None = None,
    level: float = 0.95,
    generator: torch.Generator | None = None,
) -> AnnealedPartition:
    r"""Estimate $\log Z$ by runs from independent units to the machine.

    $\hat Z$ is right on average, so $\log\hat Z$ is low on average.

    Args:
        rbm: of binary units.
        betas: inverse temperatures rising from 0 to 1, shape (t,).
        chains: runs, at least 2.
        base_bias: see `RBMPath`.
        level: of the interval.
        generator: source of the draws; by default torch's global one.

    Returns:
        Runs and estimate.

    Raises:
        ValueError: betas that do not rise from 0 to 1, fewer runs, biases of another shape.
        TypeError: the visible units are not binary.

    Equation: :eq:`eq-ais-weight`.
    Section: :ref:`sec-annealed-importance`.

    Source: Neal (2001), Annealed importance sampling, doi:10.1023/A:1008923215028;
        Salakhutdinov, Murray (2008), doi:10.1145/1390156.1390266.

    Example:
        >>> W = torch.tensor([[1.0, -0.5], [0.5, 0.8], [-1.0, 0.3]])
        >>> rbm = RBM.from_parameters(W, torch.tensor([0.1, -0.2, 0.3]), torch.tensor([0.2, -0.1]))
        >>> walk = torch.Generator().manual_seed(0)
        >>> runs = rbm_ais(rbm, torch.linspace(0, 1, 101), 200, generator=walk)
        >>> abs(runs.estimate.value - 4.0791) < 0.02
        True

    In production: dlcore.montecarlo.annealed_importance_sampling for any density.
    """
    path = RBMPath(rbm, base_bias)
    runs = annealed_importance_sampling(
        path.initial, path.log_score, path.transition, betas, chains=chains, generator=generator
    )
    log_weights = runs.log_weights + path.log_partition_base
    return AnnealedPartition(
        runs.samples, log_weights, importance_log_partition(log_weights, level=level)
    )


@torch.no_grad()
def reverse_ais(
    rbm: RBM,
    v: Float[Tensor, "n d"],
    betas: Float[Tensor, " t"],
    *,
    base_bias: Float[Tensor, " d"] | None = None,
    level: float = 0.95,
    generator: torch.Generator | None = None,
) -> AnnealedPartition:
    r"""Estimate $\log Z$ by runs that melt draws of the machine.

    The steps of `rbm_ais` taken backwards: first the move at the higher beta, then the weight.
    $1/\hat Z$ is right on average, so $\log\hat Z$ is high on average: together the two directions
    enclose $\log Z$.

    Args:
        rbm: of binary units.
        v: draws of the machine, exact ones for the bound to hold, one run each, shape (n, d).
        betas: inverse temperatures rising from 0 to 1, as for `rbm_ais`, shape (t,).
        base_bias: see `RBMPath`.
        level: of the interval.
        generator: source of the draws; by default torch's global one.

    Returns:
        Runs and estimate.

    Raises:
        ValueError: betas that do not rise from 0 to 1, fewer than two draws, shapes that do not
            fit.
        TypeError: the visible units are not binary.

    Equation: :eq:`eq-reverse-ais`.
    Section: :ref:`sec-reverse-ais`.

    Source: Burda, Grosse, Salakhutdinov (2015), Accurate and conservative estimates of MRF
        log-likelihood using reverse annealing, arXiv:1412.8566.

    Example:
        >>> melt = reverse_ais(RBM(3, 2, std=0.0), torch.zeros(4, 3), torch.linspace(0, 1, 3))
        >>> round(melt.estimate.value, 4)
        3.4657

    In production: beside `rbm_ais`, whenever samples can be trusted.
    """
    path = RBMPath(rbm, base_bias)
    rbm.check_visible(v)
    ladder = betas.double().tolist()
    rising = all(low < high for low, high in pairwise(ladder))
    if len(ladder) < 2 or ladder[0] != 0 or ladder[-1] != 1 or not rising:
        raise ValueError(f"betas must rise from 0 to 1, got {ladder}")
    log_weights = v.new_full((len(v),), path.log_partition_base, dtype=torch.float64)
    for low, high in reversed(list(pairwise(ladder))):
        v = path.transition(v, high, generator)
        log_weights += path.log_score(v, high).double() - path.log_score(v, low).double()
    return AnnealedPartition(v, log_weights, reciprocal_log_partition(log_weights, level=level))
