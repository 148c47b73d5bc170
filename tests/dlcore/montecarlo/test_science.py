"""A chaotic forecast, the energy of atoms and the power of a trial against SciPy and paper."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from dlcore.montecarlo import ensemble_forecast, lennard_jones_energy, lorenz63, simulate_power
from tests.parity import assert_close

F64 = torch.float64
START = torch.tensor([1.0, 2.0, 20.0], dtype=F64)


@pytest.mark.reference("closed form", of="dlcore.montecarlo.lorenz63")
def test_lorenz_at_rest(generator):
    root = math.sqrt(8 / 3 * 27)
    rest = torch.tensor([[0.0, 0.0, 0.0], [root, root, 27.0], [-root, -root, 27.0]], dtype=F64)
    assert_close(lorenz63(rest), torch.zeros(3, 3), atol=1e-12)
    state = torch.randn(2, 5, 3, generator=generator, dtype=F64)
    jacobian = torch.func.jacrev(lorenz63)(state[0, 0])
    # volumes shrink at the same rate everywhere
    assert_close(jacobian.trace(), -(10 + 1 + 8 / 3))
    assert lorenz63(state).shape == (2, 5, 3)


@pytest.mark.reference("scipy.integrate.solve_ivp", of="dlcore.montecarlo.ensemble_forecast")
def test_forecast_against_scipy(generator):
    states = ensemble_forecast(
        lorenz63, START, members=3, spread=0.5, steps=100, generator=generator
    )
    assert states.shape == (101, 3, 3)
    assert_close(states[0, 0], START)
    for member in range(3):
        exact = integrate.solve_ivp(
            lambda t, y: (
                10 * (y[1] - y[0]),
                y[0] * (28 - y[2]) - y[1],
                y[0] * y[1] - 8 / 3 * y[2],
            ),
            (0, 1),
            states[0, member].numpy(),
            method="DOP853",
            rtol=1e-9,
            atol=1e-9,
        )
        assert_close(states[-1, member], exact.y[:, -1], rtol=0, atol=2e-4)


def test_the_method_has_order_four():
    def turn(x):
        return torch.stack([x[:, 1], -x[:, 0]], -1)

    start = torch.tensor([1.0, 0.0], dtype=F64)
    errors = []
    for steps in (10, 20):
        states = ensemble_forecast(turn, start, members=1, steps=steps, dt=1 / steps)
        exact = torch.tensor([math.cos(1), -math.sin(1)], dtype=F64)
        errors.append(float((states[-1, 0] - exact).norm()))
    assert errors[0] / errors[1] == pytest.approx(16, rel=0.1)


def test_starts_spread_as_told_and_part(generator):
    states = ensemble_forecast(
        lorenz63, START, members=2000, spread=0.01, steps=1, generator=generator
    )
    z = (states[0, 1:] - START).flatten() / 0.01
    assert stats.kstest(z.numpy(), stats.norm.cdf).pvalue > 1e-4


@pytest.mark.reference("scipy.integrate.quad", of="dlcore.montecarlo.lennard_jones_energy")
def test_mean_energy_of_a_pair():
    """The Boltzmann mean over the distance, once by our energies on a grid, once by quadrature."""

    def energy(r):
        return 4 * (r**-12 - r**-6)

    def boltzmann(r):
        return r**2 * math.exp(-energy(r) / 0.5)

    low, high = 0.7, 3.0
    above = integrate.quad(lambda r: energy(r) * boltzmann(r), low, high)[0]
    expected = above / integrate.quad(boltzmann, low, high)[0]
    r = torch.linspace(low, high, 4001, dtype=F64)
    pairs = torch.stack(
        [torch.zeros(4001, 3, dtype=F64), r[:, None] * torch.tensor([0.6, 0, 0.8])], 1
    )
    energies = lennard_jones_energy(pairs)
    weights = r.square() * (-energies / 0.5).exp()
    mean = torch.trapezoid(weights * energies, r) / torch.trapezoid(weights, r)
    assert_close(mean, expected, rtol=1e-5)


@pytest.mark.parametrize(("n", "pairs"), [(2, 1), (3, 3), (4, 6)])
def test_a_simplex_has_all_pairs_at_the_bottom(n, pairs):
    """Up to four atoms can all lie at the best distance of each other."""
    corners = torch.eye(n, dtype=F64) * 2 ** (1 / 6) / math.sqrt(2)
    assert_close(lennard_jones_energy(corners), -pairs)
    assert_close(lennard_jones_energy(3 * corners, epsilon=2.0, sigma=3.0), -2 * pairs)
    moved = corners.clone().requires_grad_()
    lennard_jones_energy(moved).backward()
    assert_close(moved.grad, torch.zeros(n, n), atol=1e-9)


def test_a_periodic_box(generator):
    x = 5 * torch.rand(3, 4, 3, generator=generator, dtype=F64)
    energies = lennard_jones_energy(x, box=5.0)
    shifts = torch.randint(-3, 4, (3, 4, 3), generator=generator)
    assert_close(lennard_jones_energy(x + 5.0 * shifts, box=5.0), energies, rtol=1e-6)
    near = torch.tensor([[0.1], [4.9]], dtype=F64)
    assert_close(lennard_jones_energy(near, box=5.0), 4 * (0.2**-12 - 0.2**-6), rtol=1e-9)


def test_atoms_that_coincide_or_are_alone():
    assert lennard_jones_energy(torch.zeros(2, 3)) == torch.inf
    assert lennard_jones_energy(torch.zeros(1, 3)) == 0


@pytest.mark.reference("scipy.stats.nct", of="dlcore.montecarlo.simulate_power")
@pytest.mark.parametrize(
    ("test", "effect", "n"), [("t", 0.5, 64), ("z", 0.5, 64), ("t", -1.0, 5), ("t", 0.0, 4)]
)
def test_power_against_the_noncentral_t(generator, test, effect, n):
    found = simulate_power(effect, n, test=test, trials=20_000, generator=generator)
    shift = effect * math.sqrt(n / 2)
    if test == "t":
        dof = 2 * n - 2
        critical = stats.t.ppf(0.975, dof)
        # at 0 shift the noncentral distribution is Student's own
        law = stats.nct(dof, shift) if shift else stats.t(dof)
    else:
        critical, law = stats.norm.ppf(0.975), stats.norm(shift)
    expected = law.sf(critical) + law.cdf(-critical)
    # four standard errors: a right simulation fails with probability 6e-5
    assert float(found.estimate) == pytest.approx(expected, abs=4 * float(found.standard_error))


def test_the_checked_trial():
    critical = stats.t.ppf(0.975, 126)
    law = stats.nct(126, 0.5 * math.sqrt(32))
    assert law.sf(critical) + law.cdf(-critical) == pytest.approx(0.801460, abs=1e-6)
    shift = 0.5 * math.sqrt(32)
    z = np.array([shift - stats.norm.ppf(0.975), -shift - stats.norm.ppf(0.975)])
    assert stats.norm.cdf(z).sum() == pytest.approx(0.807430, abs=1e-6)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lorenz63(torch.zeros(4)), r"\(..., 3\), got \(4,\)"),
        (lambda: ensemble_forecast(lorenz63, START, members=0), "got 0, 1000, 0.001, 0.01"),
        (lambda: ensemble_forecast(lorenz63, START, dt=0.0), "got 50, 1000, 0.001, 0.0"),
        (lambda: lennard_jones_energy(torch.zeros(3)), r"got \(3,\), 1.0, None"),
        (lambda: lennard_jones_energy(torch.zeros(3, 3), box=0.0), "1.0, 0.0"),
        (lambda: simulate_power(0.5, 1), "got 1, 0.05, 't'"),
        (lambda: simulate_power(0.5, 9, test="u"), "got 9, 0.05, 'u'"),
        (lambda: simulate_power(0.5, 9, trials=1), "at least 2 draws, got 1"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.bad_input
def test_a_forecast_that_explodes():
    with pytest.raises(ArithmeticError, match="not finite after 20 steps"):
        ensemble_forecast(lambda x: x**9, START, steps=20, dt=1.0)
