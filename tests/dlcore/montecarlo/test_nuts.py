"""NUTS: its tree by enumeration, and invariance and calibration at a false-alarm rate of 1e-4."""

import pytest
import torch

import dlcore.montecarlo.no_u_turn as module
import dlcore.montecarlo.no_u_turn_program as no_u_turn_program
from dlcore.montecarlo import (
    NutsChains,
    banana,
    correlated_gaussian,
    invariance_test,
    neals_funnel,
    nuts,
    rhat,
    simulation_based_calibration,
)
from dlcore.montecarlo.no_u_turn_tree import corner_tables, grow
from tests.dlcore.montecarlo.targets import log_posterior, prior, simulate


def unit(x):
    return -(x**2).sum(1) / 2


@pytest.mark.parametrize("depth", [1, 2, 3, 7])
def test_corners_are_those_of_the_subtrees(depth):
    writes, ends = corner_tables(depth, torch.device("cpu"))
    assert len(writes) == 2 ** (depth - 1)
    corners = torch.full(writes.shape[1:], -1)
    for leaf, (write, end) in enumerate(zip(writes, ends, strict=True)):
        corners[write] = leaf
        subtrees = {leaf + 1 - 2**k for k in range(1, depth) if (leaf + 1) % 2**k == 0}
        assert set(corners[end].tolist()) == subtrees
        assert int(write.sum()) == (leaf % 2 == 0)


@pytest.mark.reference("exact draws", of="dlcore.montecarlo.nuts")
@pytest.mark.parametrize(
    ("target", "step", "mass", "max_depth"),
    [
        (banana(), 0.7, "diagonal", 4),
        (banana(), 0.35, torch.tensor([[0.6, 0.2], [0.2, 1.5]]), 5),
        (correlated_gaussian(0.8, 3), 0.5, torch.tensor([1.0, 0.5, 2.0]), 2),
        (neals_funnel(2), 0.8, "diagonal", 5),
    ],
)
def test_nuts_keeps_its_target(target, step, mass, max_depth, generator):
    exact = target.sample(6000, generator=generator).double()
    found = invariance_test(
        exact,
        lambda x: nuts(
            target, x, 3, burn_in=0, adapt=False, step_size=step, mass=mass, max_depth=max_depth,
            generator=generator,
        ).samples[:, -1],
    )  # fmt: skip
    assert found.passed


@pytest.mark.parametrize("ignored", [0, 1], ids=["weights of leaves", "weights of halves"])
def test_a_sampler_that_ignores_weights_is_found_out(ignored, generator, monkeypatch):
    def wrong(density, tree, step_size, z, u, tables):
        u = u.clone()
        u[ignored] = 0
        return grow(density, tree, step_size, z, u, tables)

    monkeypatch.setattr(module, "grow", wrong)
    target = banana()
    exact = target.sample(12_000, generator=generator).double()
    found = invariance_test(
        exact,
        lambda x: nuts(
            target, x, 6, burn_in=0, adapt=False, step_size=1.0, max_depth=4, generator=generator
        ).samples[:, -1],
    )
    assert not found.passed


def test_nuts_is_calibrated(generator):
    def posterior(y, g):
        start = torch.zeros(len(y), 2).double()
        return nuts(log_posterior(y), start, 2 * 19, burn_in=30, generator=g).thin(2).samples

    found = simulation_based_calibration(
        prior, simulate, posterior, simulations=1000, bins=20, generator=generator
    )
    assert found.passed


@pytest.mark.parametrize("mass", ["diagonal", "dense"])
def test_burn_in_learns_step_size_and_mass(mass, generator):
    scales = torch.tensor([0.1, 1.0, 10.0])
    base = correlated_gaussian(0.5, 3)
    start = scales * (5 + torch.randn(16, 3, generator=generator))
    run = nuts(lambda x: base(x / scales), start, 80, burn_in=100, mass=mass, generator=generator)
    covariance = torch.full((3, 3), 0.5).fill_diagonal_(1) * scales * scales[:, None]
    precision = torch.linalg.inv(covariance.double()).float()
    expected = precision if mass == "dense" else 1 / covariance.diag()
    deviation = scales * (scales[:, None] if mass == "dense" else scales) * (run.mass - expected)
    assert deviation.abs().max() < 0.25 * (2 if mass == "dense" else 1)
    assert 0.7 < run.acceptance_rate.mean() < 0.98
    assert int(run.divergent.sum()) == 0
    assert bool((rhat(run.samples) < 1.05).all())
    assert ((run.flat / scales).var(0) - 1).abs().max() < 0.2


@pytest.mark.reference("closed form", of="dlcore.montecarlo.NutsChains")
def test_a_trajectory_ends_when_it_turns(generator):
    # in high dimension all oscillators turn after half a period, between steps 31 and 63
    run = nuts(
        unit, torch.randn(20, 300, generator=generator), 8, burn_in=0, adapt=False, step_size=0.06,
        generator=generator,
    )  # fmt: skip
    assert isinstance(run, NutsChains)
    assert bool((run.leapfrogs == 63).all())
    assert bool((run.depth == 6).all())
    assert run.step_size == pytest.approx(0.06)
    assert bool((run.gradient_evaluations > run.leapfrogs.sum(1)).all())
    assert torch.equal(run.drop(5).depth, run.depth[:, 5:])
    torch.testing.assert_close(run.log_prob, unit(run.flat).view(20, 8))
    shallow = nuts(unit, torch.zeros(4, 1), 5, burn_in=0, adapt=False, step_size=0.01, max_depth=3)
    assert bool((shallow.leapfrogs == 7).all())


def test_divergences_are_reported_and_never_chosen(generator):
    walls = lambda x: torch.where(x[:, 0].abs() < 1, -(x[:, 0] ** 2), torch.nan)  # noqa: E731
    run = nuts(
        walls, torch.zeros(8, 1), 50, burn_in=0, adapt=False, step_size=0.5, generator=generator
    )
    assert bool(run.divergent.any())
    assert bool((run.samples.abs() < 1).all())


def test_chains_hang_on_the_seed_alone():
    target, runs = correlated_gaussian(), []
    for noise in (0, 1):
        torch.manual_seed(noise)
        g = torch.Generator().manual_seed(7)
        runs.append(nuts(target, torch.ones(4, 2), 5, burn_in=12, generator=g))
    assert torch.equal(runs[0].samples, runs[1].samples)
    assert runs[0].step_size == runs[1].step_size


@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch", "ignore::FutureWarning:copyreg")
@pytest.mark.parametrize("how", ["traced", pytest.param("compiled", marks=pytest.mark.slow)])
def test_compiled_steps_are_the_same_steps(how, monkeypatch):
    made = []

    def interpreted(graph, parts):
        made.append(graph)
        return lambda parts: graph(*parts)

    if how == "traced":
        monkeypatch.setattr(no_u_turn_program, "compiled", interpreted)
    monkeypatch.setattr(module, "_STEPS_A_BLOCK", 4)
    monkeypatch.setattr(module, "_STEPS_A_COMPILED_BLOCK", 4)
    X = torch.randn(30, 2, generator=torch.Generator().manual_seed(0)).double()
    labels = [X[:, 0] > 0]

    def log_prob(w):
        signs = 2.0 * labels[-1] - 1
        return torch.nn.functional.logsigmoid(w @ (X * signs[:, None]).T).sum(1) - w.pow(2).sum(1)

    def run(burn_in, compiled):
        return nuts(
            log_prob, torch.ones(4, 2).double(), 3, burn_in=burn_in, compiled=compiled,
            step_size=0.3, adapt=burn_in > 0, generator=torch.Generator().manual_seed(3),
        )  # fmt: skip

    for burn_in in (20, 0):
        plain, compiled = run(burn_in, False), run(burn_in, True)
        torch.testing.assert_close(plain.step_size, compiled.step_size)
        torch.testing.assert_close(plain.samples, compiled.samples)
        assert torch.equal(plain.leapfrogs, compiled.leapfrogs)
        labels.append(X[:, 1] > 0)  # the program holds the old ones
    assert how == "compiled" or len(made) == 2


@pytest.mark.bad_input
def test_bad_settings():
    x = torch.zeros(2, 1)
    with pytest.raises(ValueError, match="max_depth"):
        nuts(unit, x, 1, max_depth=0)
    with pytest.raises(ValueError, match='"diagonal", "dense"'):
        nuts(unit, x, 1, mass="full")
    with pytest.raises(ValueError, match="target acceptance"):
        nuts(unit, x, 1, target_acceptance=1.0)
    with pytest.raises(ValueError, match="positive step size"):
        nuts(unit, x, 1, step_size=0.0)
    with pytest.raises(ValueError, match="draws"):
        nuts(unit, x, 0)
