"""The No-U-Turn sampler: Hamiltonian trajectories that end by themselves, many chains a step."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dlcore.montecarlo.chains import Chains, LogProb, start
from dlcore.montecarlo.mass_matrix import Mass
from dlcore.montecarlo.no_u_turn_tree import (
    Density,
    Tree,
    corner_tables,
    grow,
    plant,
    unit_mass_density,
)
from dlcore.montecarlo.step_size_adaptation import StepSize, dual_averaging

_STEPS_A_BLOCK = 8
_STEPS_A_COMPILED_BLOCK = 4
Block = Callable[..., tuple[Tree, Tensor, Tensor]]


@dataclass(frozen=True)
class NutsChains(Chains):
    """Chains of `nuts` and how their trajectories went; acceptance is the mean probability.

    Attributes:
        depth: doublings of each trajectory.
        leapfrogs: steps of each trajectory.
        divergent: whether the energy of the trajectory ran away: the step is too long there, and
            what the chain does not reach may be missing from the samples.
        step_size: after adaptation, in coordinates of unit mass.
        mass: the diagonal (d,) or the whole (d, d) of the mass matrix.

    Section: :ref:`sec-nuts`.

    Example:
        >>> g = torch.Generator().manual_seed(0)
        >>> run = nuts(lambda x: -(x**2).sum(1) / 2, torch.zeros(8, 2), 20, burn_in=50, generator=g)
        >>> run.depth.shape, int(run.divergent.sum())
        (torch.Size([8, 20]), 0)

    In production: the group sample_stats of arviz.InferenceData.
    """

    depth: Int[Tensor, "chains draws"] = dataclasses.field(kw_only=True)
    leapfrogs: Int[Tensor, "chains draws"] = dataclasses.field(kw_only=True)
    divergent: Bool[Tensor, "chains draws"] = dataclasses.field(kw_only=True)
    step_size: float = dataclasses.field(kw_only=True)
    mass: Tensor = dataclasses.field(kw_only=True)

    def _of(self, kept: slice) -> "NutsChains":
        return dataclasses.replace(
            self,
            samples=self.samples[:, kept],
            log_prob=None if self.log_prob is None else self.log_prob[:, kept],
            depth=self.depth[:, kept],
            leapfrogs=self.leapfrogs[:, kept],
            divergent=self.divergent[:, kept],
        )


def _block(
    log_prob: LogProb,
    scale: Tensor,
    tree: Tree,
    step_size: Tensor,
    z: Tensor,
    u: Tensor,
    tables: tuple[Tensor, Tensor],
) -> tuple[Tree, Tensor, Tensor]:
    """Several steps; which chains finished in each, and one record a chain and step."""
    density = unit_mass_density(log_prob, scale)
    ends = []
    for momenta, uniforms in zip(z, u, strict=True):
        tree, end = grow(density, tree, step_size, momenta, uniforms, tables)
        ends.append(end)
    mask, position, *numbers = (torch.stack(parts) for parts in zip(*ends, strict=True))
    record = torch.cat([position, torch.stack(numbers, -1).to(position.dtype)], -1)
    return tree, mask, record


def _windows(burn_in: int) -> list[tuple[int, bool]]:
    """Lengths of the parts of the burn-in, and whether the mass is learned at the end of each."""
    last = burn_in if burn_in < 20 else min(50, burn_in // 2)
    windows, left, size = [], burn_in - last, max(burn_in // 40, 5)
    while left:
        size = size if left >= 3 * size else left
        windows.append((size, True))
        left, size = left - size, 2 * size
    return [*windows, (last, False)] if burn_in else []


def _learn_mass(x: Tensor, dense: bool) -> Tensor:
    """The inverse of the covariance of all chains' states, shrunk a little towards 1000."""
    x = x.double()
    n, d = x.shape
    variance = (n * x.var(0) + 5e-3) / (n + 5)
    if not dense:
        return 1 / variance
    if n < 2 * d:
        return torch.diag(1 / variance)
    covariance = (n * torch.cov(x.mT).reshape(d, d) + 5e-3 * torch.eye(d).to(x)) / (n + 5)
    mass = torch.cholesky_inverse(torch.linalg.cholesky(covariance))
    return (mass + mass.mT) / 2


def _first_step_size(density: Density, q: Tensor, z: Tensor, step_size: float) -> float:
    """Doubled or halved until the mean acceptance of one step crosses 0.8."""
    value, gradient = density(q)

    def acceptance(e: float) -> float:
        p = z + e / 2 * gradient
        new_value, new_gradient = density(q + e * p)
        p = p + e / 2 * new_gradient
        change = new_value - value + 0.5 * (z**2 - p**2).sum(-1)
        return float(change.nan_to_num(-torch.inf).clamp(max=0).exp().mean())

    grows = acceptance(step_size) > 0.8
    for _ in range(60):
        longer = step_size * (2.0 if grows else 0.5)
        if (acceptance(longer) > 0.8) != grows:
            return step_size if grows else longer
        step_size = longer
    return step_size


class _Run:
    """All chains between adaptations of the mass."""

    def __init__(
        self, log_prob: LogProb, generator: torch.Generator | None, max_depth: int, compiled: bool
    ) -> None:
        self.log_prob, self.generator, self.max_depth = log_prob, generator, max_depth
        self.steps = _STEPS_A_COMPILED_BLOCK if compiled else _STEPS_A_BLOCK
        self.block: Block = torch.compile(_block, dynamic=False) if compiled else _block
        self.evaluations = 0

    def random(self, draw: Callable[..., Tensor], shape: tuple[int, ...], like: Tensor) -> Tensor:
        device = self.generator.device if self.generator else like.device
        numbers = draw(shape, generator=self.generator, device=device, dtype=like.dtype)
        return numbers.to(like.device)

    def begin(self, x: Tensor, mass: Mass) -> tuple[Tensor, Density, Tensor]:
        self.evaluations += 1
        scale = mass.unit()
        return scale, unit_mass_density(self.log_prob, scale), mass.whiten(x)

    def sample(
        self, x: Tensor, draws: int, mass: Mass, step_size: StepSize, target: float | None
    ) -> tuple[Tensor, StepSize]:
        """Records (chains, draws, d + 5); the step size learns if there is a target."""
        scale, density, q = self.begin(x, mass)
        chains, d = q.shape
        tables = corner_tables(self.max_depth, q.device)
        z, u = self.random(torch.randn, q.shape, q), self.random(torch.rand, (chains, 1), q)
        side = torch.where(u < 0.5, 1.0, -1.0).to(q)
        tree = plant(q, *density(q), z, side * step_size.step_size, tables[0].shape[1])
        kept = q.new_empty(chains, draws + 1, d + 5)
        counts = torch.zeros(chains, dtype=torch.int64, device=q.device)
        row = torch.arange(chains, device=q.device)
        while int(counts.min()) < draws:
            z = self.random(torch.randn, (self.steps, chains, d), q)
            u = self.random(torch.rand, (self.steps, 3, chains), q)
            tree, mask, record = self.block(
                self.log_prob, scale, tree, step_size.step_size, z, u, tables
            )
            self.evaluations += self.steps
            slot = (counts + mask.cumsum(0) - 1).clamp(max=draws)
            ended = record[mask]
            kept[row.expand_as(slot)[mask], slot[mask]] = ended
            counts += mask.sum(0)
            if target is not None and len(ended):
                acceptance = (ended[:, -2] / ended[:, -3]).mean()
                step_size = dual_averaging(step_size, acceptance, target=target)
        kept = kept[:, :draws]
        positions = kept[..., :d] @ scale.mT if scale.ndim == 2 else kept[..., :d] * scale
        return torch.cat([positions, kept[..., d:]], -1), step_size


@torch.no_grad()
def nuts(
    log_prob: LogProb,
    initial: Float[Tensor, "chains d"],
    draws: int,
    *,
    burn_in: int = 500,
    step_size: float = 1.0,
    adapt: bool = True,
    target_acceptance: float = 0.8,
    mass: Tensor | str = "diagonal",
    max_depth: int = 10,
    compiled: bool = False,
    generator: torch.Generator | None = None,
) -> NutsChains:
    """Sample by Hamiltonian trajectories that double until they turn back: no length to tune.

    A trajectory grows to the left or right by as many leapfrog steps as it has, until its ends, or
    those of a subtree, approach each other; the next state is drawn from it with weights exp(-H),
    preferring the newer half. All chains step together and call `log_prob` once a step. A chain
    that ends a trajectory begins the next one at once, so that none waits for the longest tree.
    Only the corners of unfinished subtrees are kept: memory grows with the depth of a tree, not
    with its length.

    During burn-in the step size learns by dual averaging and, in windows of doubling length, the
    mass from the variance, both from all chains together: they should explore the same region.
    With many chains a short burn-in is enough.

    Args:
        log_prob: the unnormalised log density, from (chains, d) to (chains,), differentiable.
        initial: first states, floating point.
        draws: states kept of each chain.
        burn_in: states before these, for adaptation.
        step_size: the first guess, in coordinates of unit mass.
        adapt: False keeps step size and mass as given.
        target_acceptance: mean acceptance along trajectories that the step size aims at; nearer to
            1 for narrow targets.
        mass: "diagonal" or "dense" to learn it, or the mass (d,) or (d, d) to begin with; that
            shape is then learned.
        max_depth: a trajectory has at most 2^max_depth states.
        compiled: compile the steps by `torch.compile`: needs a C++ compiler, a `log_prob` of tensor
            operations alone, and about a minute; then small models are several times faster.
        generator: source of randomness.

    Returns:
        The states with depths, steps and divergences; `acceptance_rate` is the mean probability.
        Each step costs one gradient a chain, which is what `gradient_evaluations` counts.

    Raises:
        ValueError: counts or parameters out of range, or a chain that starts where the target is 0.

    Equation: :eq:`eq-u-turn`, :eq:`eq-nuts-weights`.
    Section: :ref:`sec-nuts`.

    Source: Hoffman, Gelman (2014), The No-U-Turn sampler, JMLR 15; Betancourt (2017), A conceptual
        introduction to Hamiltonian Monte Carlo, arXiv:1701.02434; Phan, Pradhan, Jankowiak (2019),
        Composable effects for flexible and accelerated probabilistic programming in NumPyro,
        arXiv:1912.11554 (the iterative tree).

    Example:
        >>> g = torch.Generator().manual_seed(0)
        >>> run = nuts(lambda x: -(x**2).sum(1) / 2, torch.zeros(16, 3), 100, generator=g)
        >>> run.samples.shape, bool((run.flat.var(0) - 1).abs().max() < 0.2)
        (torch.Size([16, 100, 3]), True)

    In production: NumPyro, BlackJAX, PyMC, Stan.
    """
    if not 1 <= max_depth <= 20:
        raise ValueError(f"max_depth must lie between 1 and 20, got {max_depth}")
    if isinstance(mass, str) and mass not in ("diagonal", "dense"):
        raise ValueError(f'mass must be "diagonal", "dense" or a tensor, got {mass!r}')
    if not 0 < target_acceptance < 1 or step_size <= 0:
        raise ValueError(
            f"expected a target acceptance in (0, 1) and a positive step size, got "
            f"{target_acceptance} and {step_size}"
        )
    start(log_prob, initial, draws=draws, burn_in=burn_in)
    d, x = initial.shape[1], initial.detach()
    metric = Mass(None if isinstance(mass, str) else mass, x)
    dense = metric.is_dense or mass == "dense"
    run = _Run(log_prob, generator, max_depth, compiled)
    steps = StepSize.start(torch.tensor(float(step_size)).to(x))
    target = target_acceptance if adapt else None
    for length, learns_mass in _windows(burn_in) if adapt else [(burn_in, False)] * (burn_in > 0):
        if adapt:
            _, density, q = run.begin(x, metric)
            guess = _first_step_size(
                density, q, run.random(torch.randn, q.shape, q), float(steps.step_size)
            )
            steps = StepSize.start(torch.tensor(guess).to(x))
        kept, steps = run.sample(x, length, metric, steps, target)
        x = kept[:, -1, :d]
        if learns_mass:
            metric = Mass(_learn_mass(kept[..., :d].flatten(0, 1), dense), x)
    if adapt and burn_in:
        steps = StepSize.start(steps.averaged)
    kept, _ = run.sample(x, draws, metric, steps, None)
    value, depth, leapfrogs, acceptance, divergent = kept[..., d:].unbind(-1)
    evaluations = torch.full((len(x),), run.evaluations, device=x.device)
    return NutsChains(
        kept[..., :d], value, acceptance.sum(1) / leapfrogs.sum(1), evaluations, evaluations,
        depth=depth.long(), leapfrogs=leapfrogs.long(), divergent=divergent > 0,
        step_size=float(steps.step_size), mass=metric.matrix,
    )  # fmt: skip
