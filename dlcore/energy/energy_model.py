"""A density from any network: its output is an energy, and Langevin walks say what it dreams of."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from tqdm.auto import tqdm

from dlcore.energy.score_matching import score
from dlcore.montecarlo import langevin_dynamics


class EnergyModel(nn.Module):
    r"""$p(x) = e^{-E(x)} / Z$, where a network gives E.

    Args:
        network: (n, d) to (n, 1) or (n,).

    Attributes:
        network: as given.

    Equation: :eq:`eq-energy-model`.
    Section: :ref:`sec-unnormalized-models`.

    Source: LeCun, Chopra, Hadsell, Ranzato, Huang (2006), A tutorial on energy-based learning.

    Example:
        >>> from dlcore.nn import MLP
        >>> EnergyModel(MLP([2, 8, 1])).energy(torch.zeros(5, 2)).shape
        torch.Size([5])

    In production: the same few lines.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def energy(self, x: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """E of each row.

        Raises:
            ValueError: the network gives more than a number for each row.
        """
        E = self.network(x)
        if E.numel() != len(x):
            raise ValueError(f"expected a number for each row, got {tuple(E.shape)} for {len(x)}")
        return E.reshape(len(x))

    def log_score(self, x: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """The logarithm of the unnormalized density, -E."""
        return -self.energy(x)

    def score(self, x: Float[Tensor, "n d"], *, create_graph: bool = False) -> Tensor:
        """The slope of the log-density, shape (n, d); no Z in it."""
        return score(self.log_score, x, create_graph=create_graph)

    def langevin(
        self,
        x: Float[Tensor, "n d"],
        steps: int,
        step_size: float,
        *,
        generator: torch.Generator | None = None,
    ) -> Float[Tensor, "n d"]:
        """Where walks from these points are after some steps.

        Raises:
            ValueError: as dlcore.montecarlo.langevin_dynamics does.

        Equation: :eq:`eq-langevin-negatives`.
        """
        chains = langevin_dynamics(
            self.log_score, x, steps, step_size=step_size, generator=generator
        )
        return chains.samples[:, -1]


class EBMHistory(NamedTuple):
    """What training an energy model leaves behind.

    Attributes:
        energy_gap: mean energy of data minus that of the chains at each step, shape (steps,); near
            0 where the model fits, since its derivative is the gradient.
        chains: where the chains ended, shape (chains, d).

    Section: :ref:`sec-langevin-negatives`.

    Example:
        >>> from dlcore.nn import MLP
        >>> model = EnergyModel(MLP([2, 8, 1]))
        >>> history = train_ebm(model, torch.randn(50, 2), steps=3, chains=20, progress=False)
        >>> history.energy_gap.shape, history.chains.shape
        (torch.Size([3]), torch.Size([20, 2]))

    In production: a logger.
    """

    energy_gap: Float[Tensor, " t"]
    chains: Float[Tensor, "c d"]


def train_ebm(
    model: EnergyModel,
    X: Float[Tensor, "n d"],
    *,
    steps: int = 500,
    batch_size: int = 128,
    chains: int = 256,
    langevin_steps: int = 20,
    step_size: float = 0.05,
    restart: float = 0.05,
    alpha: float = 0.0,
    lr: float = 1e-3,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> EBMHistory:
    r"""Lower the energy of data, raise that of where Langevin walks go.

    At rest the walks look like the data. Their steps are not corrected, so large ones make the
    energy a little steeper than that of the likelihood.

    Args:
        model: trained in place.
        X: data, shape (n, d).
        steps: of Adam.
        batch_size: examples for each step, drawn with replacement.
        chains: walks that go on from step to step.
        langevin_steps: steps of the walks for each of Adam's.
        step_size: of the walks, in units of x squared.
        restart: share of the walks that begin anew each time, from a normal of the data's mean and
            of twice its spread.
        alpha: weight of $\langle E_+^2 + E_-^2\rangle$, which keeps energies from drifting.
        lr: Adam's step size.
        generator: source of all draws; by default torch's global one.
        progress: show a progress bar.

    Returns:
        The gap of energies, and the last chains.

    Raises:
        ValueError: counts below 1, a share outside [0, 1], fewer than two examples.

    Equation: :eq:`eq-ebm-loss`.
    Section: :ref:`sec-langevin-negatives`.

    Source: Du, Mordatch (2019), Implicit generation and modeling with energy-based models,
        arXiv:1903.08689; Nijkamp, Hill, Han, Zhu, Wu (2020), arXiv:1903.12370.

    Example:
        >>> from dlcore.nn import MLP
        >>> model, X = EnergyModel(MLP([1, 8, 1])), 3 + torch.randn(200, 1)
        >>> history = train_ebm(model, X, steps=50, lr=0.01, progress=False)
        >>> bool(model.energy(torch.tensor([[3.0]])) < model.energy(torch.tensor([[-3.0]])))
        True

    In production: score matching or noise-contrastive estimation, which need no walks.
    """
    if min(steps, batch_size, chains, langevin_steps) < 1 or not 0 <= restart <= 1 or len(X) < 2:
        raise ValueError(
            f"expected counts of at least 1, a share in [0, 1] and two examples, got {steps}, "
            f"{batch_size}, {chains}, {langevin_steps}, {restart} and {len(X)}"
        )
    device = generator.device if generator else X.device
    mean, spread = X.mean(0), 2 * X.std(0)

    def fresh() -> Tensor:
        shape = (chains, X.shape[1])
        z = torch.randn(shape, generator=generator, device=device, dtype=X.dtype)
        return mean + spread * z.to(X.device)

    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    walks, gaps = fresh(), []
    for _ in tqdm(range(steps), desc="energy", disable=not progress):
        anew = torch.rand(chains, 1, generator=generator, device=device).to(X.device) < restart
        walks = torch.where(anew, fresh(), walks)
        walks = model.langevin(walks, langevin_steps, step_size, generator=generator)
        rows = torch.randint(len(X), (batch_size,), generator=generator, device=device)
        data, dreams = model.energy(X[rows.to(X.device)]), model.energy(walks)
        gap = data.mean() - dreams.mean()
        optimizer.zero_grad()
        (gap + alpha * (data.square().mean() + dreams.square().mean())).backward()
        optimizer.step()
        gaps.append(gap.item())
    return EBMHistory(torch.tensor(gaps), walks)


@torch.no_grad()
def grid_log_partition(
    log_score: Callable[[Tensor], Tensor],
    low: Float[Tensor, " d"],
    high: Float[Tensor, " d"],
    points: int = 200,
) -> Float[Tensor, ""]:
    r"""$\log\int\tilde p(x)\,dx$ over a box, from the midpoints of a grid.

    Args:
        log_score: $\log\tilde p$, (n, d) to (n,).
        low: lower corner of the box, shape (d,), d at most 3.
        high: upper corner, shape (d,).
        points: cells along each axis.

    Returns:
        The logarithm of Z, as far as the box holds the mass.

    Raises:
        ValueError: more dimensions, corners that do not fit, or no cell.

    Equation: :eq:`eq-unnormalized`.
    Section: :ref:`sec-counting-states`.

    Source: the midpoint rule.

    Example:
        >>> low, high = torch.tensor([-9.0]), torch.tensor([9.0])
        >>> round(grid_log_partition(lambda x: -x[:, 0].square() / 2, low, high).exp().item(), 4)
        2.5066

    In production: scipy.integrate.nquad.
    """
    if low.shape != high.shape or low.ndim != 1 or not 1 <= len(low) <= 3 or points < 1:
        raise ValueError(
            f"expected corners (d,) with d from 1 to 3 and a cell, got {tuple(low.shape)}, "
            f"{tuple(high.shape)} and {points}"
        )
    if not (high > low).all():
        raise ValueError(f"the box {low.tolist()} to {high.tolist()} is empty")
    width = (high - low) / points
    middle = torch.arange(points, device=low.device, dtype=low.dtype) + 0.5
    axes = [a + w * middle for a, w in zip(low, width, strict=True)]
    x = torch.cartesian_prod(*axes).reshape(-1, len(low))
    blocks = [log_score(block).logsumexp(0) for block in x.split(2**16)]
    return torch.stack(blocks).logsumexp(0) + width.log().sum()
