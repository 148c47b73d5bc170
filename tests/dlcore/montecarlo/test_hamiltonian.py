"""Leapfrog and HMC: closed forms, and invariance at a false-alarm rate of 1e-4."""

import math

import pytest
import torch
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.stats import chi2

from dlcore.montecarlo import (
    HamiltonianChains,
    StepSize,
    Trajectory,
    banana,
    correlated_gaussian,
    dual_averaging,
    explicit_euler,
    hamiltonian_monte_carlo,
    invariance_test,
    leapfrog,
    simulation_based_calibration,
)
from tests.dlcore.montecarlo.targets import log_posterior, prior, simulate
from tests.parity import assert_close

PLACE = torch.tensor([[1.0]], dtype=torch.float64)


def unit(x):
    return -(x**2).sum(1) / 2


@pytest.mark.reference("closed form", of="dlcore.montecarlo.leapfrog")
def test_energy_error_of_the_oscillator_falls_with_the_square_of_the_step():
    known = {0.4: -0.0155849, 0.2: -0.00389368, 0.1: -0.000973245, 0.05: -0.000243300}
    for step, error in known.items():
        path = leapfrog(unit, PLACE, PLACE / 2, step, round(1.6 / step))
        assert math.isclose(path.energy[-1] - path.energy[0], error, rel_tol=2e-5)
        A = torch.tensor([[1 - step**2 / 2, step], [-step + step**3 / 4, 1 - step**2 / 2]])
        end = (
            torch.linalg.matrix_power(A.double(), round(1.6 / step))
            @ torch.tensor([1, 0.5]).double()
        )
        assert_close(torch.cat([path.x[-1, 0], path.momentum[-1, 0]]), end, rtol=1e-6)


@pytest.mark.reference("scipy.integrate.solve_ivp", of="dlcore.montecarlo.Trajectory")
def test_path_of_a_banana_follows_the_equations():
    target, mass = banana(), torch.tensor([[2.0, 0.5], [0.5, 1.0]], dtype=torch.float64)
    x, p = torch.tensor([[1.0, -0.5]]).double(), torch.tensor([[0.7, 0.3]]).double()

    def right_side(_, state):
        q = torch.tensor(state[None, :2], requires_grad=True)
        (force,) = torch.autograd.grad(target(q).sum(), q)
        return [*torch.linalg.solve(mass, torch.tensor(state[2:])), *force[0]]

    exact = solve_ivp(right_side, (0, 1), [*x[0], *p[0]], rtol=1e-9, atol=1e-11).y[:, -1]
    path = leapfrog(target, x, p, 0.005, 200, mass=mass)
    assert isinstance(path, Trajectory)
    found = torch.cat([path.x[-1, 0], path.momentum[-1, 0]])
    assert_close(found, torch.tensor(exact), rtol=1e-3)
    H = -target(x) + 0.5 * (p @ torch.linalg.inv(mass) * p).sum()
    assert_close(path.energy[0], H)


@pytest.mark.parametrize("mass", [None, torch.tensor([2.0, 0.5]), torch.tensor([[2.0, 1], [1, 3]])])
def test_leapfrog_is_reversible_and_keeps_volume(mass, generator):
    target = banana()
    x, p = torch.randn(2, 5, 2, generator=generator, dtype=torch.float64)
    path = leapfrog(target, x, p, 0.1, 10, mass=mass)
    back = leapfrog(target, path.x[-1], -path.momentum[-1], 0.1, 10, mass=mass)
    assert_close(back.x[-1], x, rtol=1e-10, atol=1e-12)

    def end(state):
        path = leapfrog(target, state[None, :2], state[None, 2:], 0.1, 10, mass=mass)
        return torch.cat([path.x[-1, 0], path.momentum[-1, 0]])

    state, h = torch.cat([x[0], p[0]]), 1e-5
    columns = [(end(state + h * e) - end(state - h * e)) / (2 * h) for e in torch.eye(4).double()]
    assert abs(torch.linalg.det(torch.stack(columns)) - 1) < 1e-7


@pytest.mark.reference("closed form", of="dlcore.montecarlo.explicit_euler")
def test_euler_multiplies_the_energy():
    path = explicit_euler(unit, PLACE, PLACE / 2, 0.3, 20)
    assert_close(path.energy[:, 0], path.energy[0] * (1 + 0.3**2) ** torch.arange(21).double())
    exact = torch.as_tensor(expm([[0, 0.3], [-0.3, 0]])) @ torch.tensor([1, 0.5]).double()
    small = explicit_euler(unit, PLACE, PLACE / 2, 3e-4, 1000)
    assert_close(torch.stack([small.x[-1, 0, 0], small.momentum[-1, 0, 0]]), exact, rtol=1e-3)


def test_beyond_two_the_leapfrog_runs_away():
    ends = [leapfrog(unit, PLACE, PLACE / 2, e, 200).energy[-1] for e in (1.9, 2.1)]
    assert ends[0] < 20 < 1e6 < ends[1]


@pytest.mark.bad_input
def test_bad_phase():
    with pytest.raises(ValueError, match="one shape"):
        leapfrog(unit, PLACE, torch.zeros(1, 2).double(), 0.1, 1)
    with pytest.raises(ValueError, match="positive"):
        leapfrog(unit, PLACE, PLACE, 0.0, 1)
    with pytest.raises(ValueError, match="steps"):
        leapfrog(unit, PLACE, PLACE, 0.1, -1)
    with pytest.raises(ValueError, match="mass must have"):
        leapfrog(unit, PLACE, PLACE, 0.1, 1, mass=torch.ones(2))
    with pytest.raises(ValueError, match="positive definite"):
        explicit_euler(unit, PLACE, PLACE, 0.1, 1, mass=torch.tensor([-1.0]))
    with pytest.raises(ValueError, match="expected one step size, or 1"):
        leapfrog(unit, PLACE, PLACE, torch.ones(3), 1)


DENSE = torch.tensor([[0.5, 0.2], [0.2, 1.0]])


@pytest.mark.reference("exact draws", of="dlcore.montecarlo.hamiltonian_monte_carlo")
@pytest.mark.parametrize(
    ("mass", "jitter"), [(None, 0.0), (torch.tensor([0.3, 2.0]), 0.5), (DENSE, 0.2)]
)
def test_hmc_keeps_a_banana(mass, jitter, generator):
    target = banana()
    exact = target.sample(8000, generator=generator).double()

    assert invariance_test(
        exact,
        lambda x: hamiltonian_monte_carlo(
            target, x, 4, step_size=0.6, steps=2, mass=mass, jitter=jitter, generator=generator
        ).samples[:, -1],
    ).passed


@pytest.mark.parametrize("adjusted", [True, False])
def test_without_the_acceptance_step_it_is_found_out(adjusted, generator):
    target = correlated_gaussian(0.8)
    found = invariance_test(
        target.sample(8000, generator=generator).double(),
        lambda x: hamiltonian_monte_carlo(
            target, x, 4, step_size=0.8, steps=2, adjusted=adjusted, generator=generator
        ).samples[:, -1],
    )
    assert found.passed == adjusted


def test_hmc_is_calibrated(generator):
    def posterior(y, g):
        run = hamiltonian_monte_carlo(
            log_posterior(y), torch.zeros(len(y), 2).double(), 19 * 4, step_size=0.35, steps=4,
            jitter=0.3, burn_in=20, generator=g,
        )  # fmt: skip
        return run.thin(4).samples

    found = simulation_based_calibration(
        prior, simulate, posterior, simulations=1000, bins=20, generator=generator
    )
    assert found.passed


@pytest.mark.parametrize("step", [0.2, 1.5])
def test_variance_without_the_acceptance_step(step, generator):
    variance = 1 / (1 - step**2 / 4)
    x = variance**0.5 * torch.randn(20_000, 1, generator=generator, dtype=torch.float64)
    run = hamiltonian_monte_carlo(
        unit, x, 2, step_size=step, steps=3, adjusted=False, generator=generator
    )
    total = float((run.samples[:, -1] ** 2).sum()) / variance
    low, high = chi2.ppf([5e-5, 1 - 5e-5], len(x))
    assert low < total < high
    assert bool((run.acceptance_rate < 1).any())


@pytest.mark.reference(
    "energies of leapfrog, closed form", of="dlcore.montecarlo.HamiltonianChains"
)
def test_errors_of_energy_are_those_of_the_path(generator):
    run = hamiltonian_monte_carlo(
        unit, torch.randn(4000, 1, generator=generator).double(), 3, step_size=0.9, steps=1,
        generator=generator,
    )  # fmt: skip
    assert isinstance(run, HamiltonianChains)
    # E exp(-Delta H) = 1 on draws of the target: Jarzynski's equality
    assert abs((-run.energy_error).exp().mean() - 1) < 0.03
    assert_close(run.acceptance_rate, (-run.energy_error).exp().clamp(max=1).mean(1))
    assert run.drop(1).energy_error.shape == (4000, 2)
    assert_close(run.log_prob, unit(run.flat).view(4000, 3))


def test_step_size_learns_the_acceptance_in_every_chain(generator):
    scales = torch.tensor([0.1, 1.0, 10.0]).repeat(30)[:, None]
    run = hamiltonian_monte_carlo(
        lambda x: -((x / scales) ** 2).sum(1) / 2, scales * torch.randn(90, 5, generator=generator),
        100, step_size=0.5, steps=3, burn_in=150, adapt=True, generator=generator,
    )  # fmt: skip
    assert 0.75 < run.acceptance_rate.mean() < 0.97
    per_scale = run.step_size.view(30, 3).mean(0)
    assert_close(per_scale / per_scale[1], torch.tensor([0.1, 1.0, 10.0]), rtol=0.15)


@pytest.mark.bad_input
def test_bad_trajectories():
    x = torch.zeros(2, 1)
    with pytest.raises(ValueError, match="steps >= 1"):
        hamiltonian_monte_carlo(unit, x, 1, step_size=0.1, steps=0)
    with pytest.raises(ValueError, match="jitter"):
        hamiltonian_monte_carlo(unit, x, 1, step_size=0.1, steps=1, jitter=1.0)
    with pytest.raises(ValueError, match="draws"):
        hamiltonian_monte_carlo(unit, x, 0, step_size=0.1, steps=1)


@pytest.mark.reference("closed form", of="dlcore.montecarlo.dual_averaging")
@pytest.mark.parametrize("target", [0.574, 0.8, 0.95])
def test_dual_averaging_finds_the_acceptance(target):
    rates = torch.tensor([0.2, 1.0, 5.0], dtype=torch.float64)
    state = StepSize.start(torch.ones(3).double())
    for _ in range(3000):
        state = dual_averaging(state, torch.exp(-rates * state.step_size), target=target)
    assert (torch.exp(-rates * state.averaged) - target).abs().max() < 0.01


@pytest.mark.reference("hand calculation", of="dlcore.montecarlo.StepSize")
def test_first_moves_of_dual_averaging():
    state = dual_averaging(
        StepSize.start(torch.tensor(0.5).double()), torch.tensor(0.3, dtype=torch.float64)
    )
    first = math.log(5) - 20 * 0.5 / 11
    assert math.isclose(state.step_size, math.exp(first))
    assert math.isclose(state.averaged, math.exp(first))
    state = dual_averaging(state, torch.tensor(1.0).double())
    second = math.log(5) - 20 * math.sqrt(2) * 0.3 / 12
    assert math.isclose(state.step_size, math.exp(second))
    assert math.isclose(state.averaged.log(), 2**-0.75 * second + (1 - 2**-0.75) * first)


@pytest.mark.bad_input
def test_bad_step_sizes():
    with pytest.raises(ValueError, match="positive"):
        StepSize.start(torch.tensor(0.0))
    with pytest.raises(ValueError, match="target"):
        dual_averaging(StepSize.start(torch.tensor(1.0)), torch.tensor(1.0), target=1.0)
