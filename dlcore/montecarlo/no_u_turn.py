"""The No-U-Turn sampler: Hamiltonian trajectories that end by themselves, many chains a step."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dlcore.montecarlo.chains import Chains, LogProb, start
from dlcore.montecarlo.mass_matrix import Mass
from dlcore.montecarlo.no_u_turn_program import Program, Step
from dlcore.montecarlo.no_u_turn_tree import (
    Finished,
    Tree,
    corner_tables,
    grow,
    plant,
    unit_mass_density,
)
from dlcore.montecarlo.step_size_adaptation import StepSize, dual_averaging

_STEPS_A_BLOCK = 8
_STEPS_A_COMPILED_BLOCK = 64
State = tuple[Tree, StepSize, Tensor]
"""Trees, step size, and the summed acceptance and number of trajectories it has yet to learn of."""


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


def _parts(state: State) -> list[Tensor]:
    tree, step_size, waiting = state
    return [*tree, *step_size, waiting]


def _state(parts: list[Tensor]) -> State:
    trees = len(Tree._fields)
    return Tree(*parts[:trees]), StepSize(*parts[trees:-1]), parts[-1]


def _step(
    log_prob: LogProb, target: float, parts: list[Tensor], inputs: list[Tensor]
) -> tuple[list[Tensor], Tensor]:
    """One step of all chains; while `learning`, the step size aims at the target."""
    tree, step_size, waiting = _state(parts)
    scale, writes, ends, learning, z, u = inputs
    density = unit_mass_density(log_prob, scale)
    tree, end = grow(density, tree, step_size.step_size, z, u, (writes, ends))
    step_size, waiting = _learn_step_size(step_size, waiting, end, target, learning)
    numbers = torch.stack([part.to(end.position.dtype) for part in (*end[2:], end.mask)], -1)
    return _parts((tree, step_size, waiting)), torch.cat([end.position, numbers], -1)


@lru_cache(maxsize=8)
def _program(log_prob: LogProb, target: float, *_shapes: object) -> Program:
    """Kept for the next run with the same density and shapes."""
    return Program(partial(_step, log_prob, target))


def _learn_step_size(
    step_size: StepSize, waiting: Tensor, end: Finished, target: float, learning: Tensor
) -> tuple[StepSize, Tensor]:
    """A move of dual averaging whenever as many trajectories have finished as there are chains.

    After fewer, the short ones would count for more: they finish first, and are those that fail.
    """
    acceptance = torch.where(end.mask, end.acceptance / end.leapfrogs, 0.0)
    waiting = waiting + torch.stack([acceptance.sum(), end.mask.sum().to(acceptance)])
    due = learning & (waiting[1] >= len(end.mask))
    learned = dual_averaging(step_size, waiting[0] / waiting[1].clamp(min=1), target=target)
    parts = zip(learned, step_size, strict=True)
    step_size = StepSize(*(torch.where(due, new, old) for new, old in parts))
    return step_size, torch.where(due, 0.0, waiting)


def _windows(burn_in: int) -> list[int]:
    """The lengths of the parts of the burn-in; the mass is learned after each but the last."""
    last = burn_in if burn_in < 20 else min(50, burn_in // 2)
    windows, left, size = [], burn_in - last, max(burn_in // 40, 5)
    while left:
        size = size if left >= 3 * size else left
        windows.append(size)
        left, size = left - size, 2 * size
    return [*windows, last]


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


class _Run:
    """All chains between adaptations of the mass."""

    def __init__(
        self,
        log_prob: LogProb,
        generator: torch.Generator | None,
        max_depth: int,
        target: float,
        compiled: bool,
        device: torch.device,
    ) -> None:
        self.log_prob, self.generator = log_prob, generator
        self.target, self.tables = target, corner_tables(max_depth, device)
        self.evaluations = 0
        self.compiled, self.trusted = compiled, set[Program]()
        self.steps = _STEPS_A_COMPILED_BLOCK if compiled else _STEPS_A_BLOCK

    def random(self, draw: Callable[..., Tensor], shape: tuple[int, ...], like: Tensor) -> Tensor:
        device = self.generator.device if self.generator else like.device
        numbers = draw(shape, generator=self.generator, device=device, dtype=like.dtype)
        return numbers.to(like.device)

    def first_step_size(self, x: Tensor, mass: Mass, step_size: Tensor) -> Tensor:
        """Doubled or halved until the mean acceptance of one step crosses 0.8."""
        density, q = unit_mass_density(self.log_prob, mass.unit()), mass.whiten(x)
        (value, gradient), z = density(q), self.random(torch.randn, q.shape, q)

        def acceptance(e: Tensor) -> float:
            p = z + e / 2 * gradient
            new_value, new_gradient = density(q + e * p)
            p = p + e / 2 * new_gradient
            self.evaluations += 1
            change = new_value - value + 0.5 * (z**2 - p**2).sum(-1)
            return float(change.nan_to_num(-torch.inf).clamp(max=0).exp().mean())

        self.evaluations += 1
        grows = acceptance(step_size) > 0.8
        for _ in range(60):
            longer = step_size * (2.0 if grows else 0.5)
            if (acceptance(longer) > 0.8) != grows:
                return step_size if grows else longer
            step_size = longer
        return step_size

    def plant(self, x: Tensor, mass: Mass, step_size: Tensor) -> State:
        """Trajectories that begin at x, to the left or right."""
        density, q = unit_mass_density(self.log_prob, mass.unit()), mass.whiten(x)
        z, u = self.random(torch.randn, q.shape, q), self.random(torch.rand, (len(q), 1), q)
        step = torch.where(u < 0.5, 1.0, -1.0).to(q) * step_size
        self.evaluations += 1
        tree = plant(q, *density(q), z, step, self.tables[0].shape[1])
        return tree, StepSize.start(step_size), q.new_zeros(2)

    def advance(self, state: State, mass: Mass, learns: bool) -> tuple[State, Tensor, Tensor]:
        """A block of steps: which chains finished in each, and with what, (chains, d + 5)."""
        chains, d = state[0].chosen.shape[1:]
        z = self.random(torch.randn, (self.steps, chains, d), state[2])
        u = self.random(torch.rand, (self.steps, 3, chains), state[2])
        parts, records = _parts(state), []
        fixed = [mass.unit().contiguous(), *self.tables, torch.tensor(learns).to(z.device)]
        step = self.step(parts, [*fixed, z[0], torch.zeros_like(u[0])])
        for numbers in zip(z, u, strict=True):
            parts, record = step(parts, [*fixed, *numbers])
            records.append(record)
        self.evaluations += self.steps
        kept = torch.stack(records)
        return _state(parts), kept[..., -1] > 0, kept[..., :-1]

    def step(self, parts: list[Tensor], inputs: list[Tensor]) -> Step:
        """One step; a compiled one anew where `log_prob` does not give the values that it gave."""
        if not self.compiled:
            return partial(_step, self.log_prob, self.target)
        shapes = ((part.shape, part.dtype, part.device) for part in (parts[0], *inputs[:2]))
        program = _program(self.log_prob, self.target, *shapes)
        if program not in self.trusted and program.run is not None:
            tree = _state(program([part.clone() for part in parts], inputs)[0])[0]
            value, _ = unit_mass_density(self.log_prob, inputs[0])(tree.new[0])
            close = torch.finfo(value.dtype).eps ** 0.5
            if not torch.allclose(value, tree.new_value, rtol=close, atol=close, equal_nan=True):
                program.run = None
        self.trusted.add(program)
        return program

    def explore(self, state: State, mass: Mass, draws: int) -> tuple[State, Tensor]:
        """Learn the step size until there are so many states a chain on average; all of them."""
        ended: list[Tensor] = []
        while sum(map(len, ended)) < draws * len(state[0].leaf):
            state, mask, record = self.advance(state, mass, learns=True)
            ended.append(record[mask])
        return state, mass.unwhiten(torch.cat(ended)[:, : state[0].here.shape[2]])

    def sample(self, state: State, mass: Mass, draws: int, learns: bool) -> tuple[State, Tensor]:
        """Records (chains, draws, d + 5)."""
        chains, d = state[0].here.shape[1:]
        kept = state[2].new_empty(chains, draws + 1, d + 5)
        counts = torch.zeros(chains, dtype=torch.int64, device=kept.device)
        row = torch.arange(chains, device=kept.device)
        while int(counts.min()) < draws:
            state, mask, record = self.advance(state, mass, learns)
            slot = (counts + mask.cumsum(0) - 1).clamp(max=draws)
            kept[row.expand_as(slot)[mask], slot[mask]] = record[mask]
            counts += mask.sum(0)
        kept = kept[:, :draws]
        return state, torch.cat([mass.unwhiten(kept[..., :d]), kept[..., d:]], -1)


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
        log_prob: the unnormalized log density, from (chains, d) to (chains,), differentiable.
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
        compiled: compile a step ahead of time: needs a C++ compiler, a `log_prob` of tensor
            operations alone, and half a minute at the first run with this `log_prob` and these
            shapes; then small models are many times faster.
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
    run = _Run(log_prob, generator, max_depth, target_acceptance, compiled, x.device)
    steps = torch.tensor(float(step_size)).to(x)
    *windows, last = _windows(burn_in) if adapt else [burn_in]
    for length in windows:
        steps = run.first_step_size(x, metric, steps)
        state, states = run.explore(run.plant(x, metric, steps), metric, length)
        x, steps = metric.unwhiten(state[0].chosen[0]), state[1].step_size
        metric = Mass(_learn_mass(states, dense), x)
    if last:
        steps = run.first_step_size(x, metric, steps) if adapt else steps
        state, kept = run.sample(run.plant(x, metric, steps), metric, last, adapt)
        x, steps = kept[:, -1, :d], state[1].averaged
    _, kept = run.sample(run.plant(x, metric, steps), metric, draws, learns=False)
    value, depth, leapfrogs, acceptance, divergent = kept[..., d:].unbind(-1)
    evaluations = torch.full((len(x),), run.evaluations, device=x.device)
    return NutsChains(
        kept[..., :d], value, acceptance.sum(1) / leapfrogs.sum(1), evaluations, evaluations,
        depth=depth.long(), leapfrogs=leapfrogs.long(), divergent=divergent > 0,
        step_size=float(steps), mass=metric.matrix,
    )  # fmt: skip
