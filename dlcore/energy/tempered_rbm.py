"""Gibbs chains of an RBM at several temperatures that trade places."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.energy.rbm import RBM, draw_bits


class TemperedRBM:
    r"""Chains that walk under $\beta_r E$: the hot ones cross where the cold one cannot.

    After each Gibbs step neighbours r and s swap their states with probability
    $\min(1, e^{(\beta_r - \beta_s)(E_r - E_s)})$, even pairs and odd pairs in turn.

    Args:
        rbm: of binary units; its parameters are read at each step, so it may learn meanwhile.
        betas: inverse temperatures, falling from 1, shape (r,).
        chains: sets of tempered chains side by side.
        generator: source of the first states, coin flips; by default torch's global one.

    Attributes:
        betas: as given.
        states: visible units, shape (r, chains, d); row 0 walks at beta 1.
        swap_rates: share of swaps accepted so far between neighbours, shape (r - 1,).

    Raises:
        ValueError: betas that do not fall from 1 to 0 or more, or no chain.
        TypeError: the visible units are not binary.

    Equation: :eq:`eq-tempered-energies`.
    Section: :ref:`sec-tempered-chains`.

    Source: Desjardins, Courville, Bengio, Vincent, Delalleau (2010), Tempered Markov chain Monte
        Carlo for training of restricted Boltzmann machines, AISTATS.

    Example:
        >>> tempered = TemperedRBM(RBM(6, 3), torch.tensor([1.0, 0.5, 0.0]), chains=4)
        >>> tempered.step(2).shape
        torch.Size([4, 6])

    In production: dlcore.montecarlo.parallel_tempering for other densities.
    """

    def __init__(
        self,
        rbm: RBM,
        betas: Float[Tensor, " r"],
        chains: int = 1,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        if type(rbm) is not RBM:
            raise TypeError(f"binary visible units are needed, got {type(rbm).__name__}")
        falls = betas.ndim == 1 and len(betas) > 1 and bool((betas[1:] < betas[:-1]).all())
        if not falls or betas[0] != 1 or betas[-1] < 0 or chains < 1:
            raise ValueError(
                f"expected inverse temperatures that fall from 1 to 0 or more and a chain, got "
                f"{betas.tolist()} and {chains}"
            )
        self.rbm, self.generator = rbm, generator
        self.betas = betas.to(rbm.b)
        half = rbm.b.detach().new_full((len(betas), chains, len(rbm.b)), 0.5)
        self.states = draw_bits(half, generator)
        self._accepted, self._tried = torch.zeros(2, len(betas) - 1, dtype=torch.float64)
        self._turn = 0

    @property
    def swap_rates(self) -> Float[Tensor, " r"]:
        """The share of swaps accepted so far between neighbours, NaN before the first."""
        return self._accepted / self._tried

    @torch.no_grad()
    def step(self, steps: int = 1) -> Float[Tensor, "c d"]:
        """Walk and swap; returns the visible units at beta 1."""
        beta = self.betas[:, None, None]
        for _ in range(steps):
            rbm = self.rbm
            h = draw_bits((beta * (rbm.c + self.states @ rbm.W)).sigmoid(), self.generator)
            v = draw_bits((beta * (rbm.b + h @ rbm.W.T)).sigmoid(), self.generator)
            energy = -(v @ rbm.b) - h @ rbm.c - (v @ rbm.W * h).sum(2)
            self.states = self._swap(v, energy)
        return self.states[0]

    def _swap(self, v: Tensor, energy: Tensor) -> Tensor:
        cold = torch.arange(self._turn, len(self.betas) - 1, 2)
        self._turn = 1 - self._turn
        if not len(cold):
            return v
        gap = (self.betas[cold] - self.betas[cold + 1])[:, None]
        accept = draw_bits(
            (gap * (energy[cold] - energy[cold + 1])).clamp(max=0).exp(), self.generator
        )
        self._accepted[cold] += accept.mean(1).double().cpu()
        self._tried[cold] += 1
        swapped = v.clone()
        swapped[cold] = torch.where(accept[..., None] == 1, v[cold + 1], v[cold])
        swapped[cold + 1] = torch.where(accept[..., None] == 1, v[cold], v[cold + 1])
        return swapped
