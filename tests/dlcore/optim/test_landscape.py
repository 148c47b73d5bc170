"""Sharpness, spectra and critical points against full eigenvalues, sympy and exact shares."""

import math

import numpy as np
import pytest
import scipy.integrate
import sympy
import torch
from torch import nn

from dlcore.linalg import ConvergenceWarning
from dlcore.optim import (
    find_critical_points,
    flat_loss,
    hessian_spectrum,
    hessian_trace,
    positive_definite_fraction,
    sharpness,
    stability_limit,
    track_sharpness,
)
from tests.parity import assert_close


def vector(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def quadratic(H):
    return lambda x: x.flatten() @ H @ x.flatten() / 2


def rotated(eigenvalues, seed=0):
    Q = torch.linalg.qr(normal(len(eigenvalues), len(eigenvalues), seed=seed)).Q
    return Q @ torch.diag(eigenvalues) @ Q.T


def network_cost():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 2)).double()
    X = normal(30, 3)
    return model, X, X[:, :2].sin()


@pytest.mark.reference("numpy.linalg.eigvalsh", of="dlcore.optim.sharpness")
def test_the_sharpness_is_the_largest_eigenvalue():
    model, X, y = network_cost()
    f, theta = flat_loss(model, nn.functional.mse_loss, X, y)
    H = torch.autograd.functional.hessian(f, theta)
    expected = np.linalg.eigvalsh(H.numpy())[-1]
    for seed in range(3):
        generator = torch.Generator().manual_seed(seed)
        assert_close(sharpness(f, theta, generator=generator), expected, rtol=1e-5)


@pytest.mark.parametrize(
    "eigenvalues", [[-9.0, 1.0, 2.0], [-3.0, -2.0], [5.0], [0.0, 0.0], [*range(1, 41)]]
)
def test_the_largest_not_the_one_of_largest_magnitude(eigenvalues):
    H = rotated(vector(*eigenvalues))
    x = torch.ones(len(eigenvalues), dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    assert_close(sharpness(quadratic(H), x, generator=generator), max(eigenvalues), rtol=1e-5)


def test_a_close_second_eigenvalue_takes_more_products_and_is_said():
    H = rotated(torch.linspace(0.9, 1, 200, dtype=torch.float64))
    x, generator = torch.zeros(200, dtype=torch.float64), torch.Generator().manual_seed(0)
    with pytest.warns(ConvergenceWarning, match="sharpness: no convergence after 12 steps"):
        sharpness(quadratic(H), x, rtol=1e-6, max_products=12, generator=generator)
    value = sharpness(quadratic(H), x, rtol=1e-6, max_products=3000, generator=generator)
    assert_close(value, 1.0, rtol=1e-9)


def spectral_radius(lr, eigenvalue, momentum, nesterov):
    """Of the step (x, v) -> (x', v') that torch.optim.SGD takes on eigenvalue x² / 2."""
    step = []
    for state in ([1.0, 0.0], [0.0, 1.0]):
        x = torch.tensor(state[0], dtype=torch.float64, requires_grad=True)
        sgd = torch.optim.SGD([x], lr=lr, momentum=momentum, nesterov=nesterov)
        (eigenvalue * x**2 / 2).backward()
        sgd.state[x]["momentum_buffer"] = torch.tensor(state[1], dtype=torch.float64)
        sgd.step()
        step.append([x.item(), sgd.state[x]["momentum_buffer"].item()])
    return np.abs(np.linalg.eigvals(np.array(step).T)).max()


@pytest.mark.reference("spectral radius of torch.optim.SGD", of="dlcore.optim.stability_limit")
@pytest.mark.parametrize(
    ("momentum", "nesterov"), [(0.0, False), (0.5, False), (0.9, False), (0.9, True), (0.5, True)]
)
@pytest.mark.parametrize("eigenvalue", [2.0, 200.0])
def test_the_limit_is_where_a_step_no_longer_shrinks(momentum, nesterov, eigenvalue):
    limit = stability_limit(eigenvalue, momentum=momentum, nesterov=nesterov)
    if momentum == 0:
        assert abs(1 - limit * eigenvalue) == pytest.approx(1)
    else:
        assert spectral_radius(0.99 * limit, eigenvalue, momentum, nesterov) < 1
        assert spectral_radius(1.01 * limit, eigenvalue, momentum, nesterov) > 1


@pytest.mark.reference("numpy.linalg.eigvalsh", of="dlcore.optim.track_sharpness")
@pytest.mark.reference("numpy.linalg.eigvalsh", of="dlcore.optim.SharpnessHistory")
def test_the_tracker_sees_what_full_hessians_see():
    model, X, y = network_cost()
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    history = track_sharpness(
        model, nn.functional.mse_loss, X, y, sgd,
        steps=7, every=3, rtol=1e-4, generator=torch.Generator().manual_seed(0),
    )  # fmt: skip
    assert history.steps.tolist() == [0, 3, 6]
    model, X, y = network_cost()
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    for t in range(8):
        f, theta = flat_loss(model, nn.functional.mse_loss, X, y)
        assert_close(history.losses[t], f(theta))
        if t % 3 == 0:
            H = torch.autograd.functional.hessian(f, theta)
            expected = np.linalg.eigvalsh(H.numpy())[-1]
            assert_close(history.sharpness[t // 3], expected, rtol=1e-5)
        sgd.zero_grad()
        nn.functional.mse_loss(model(X), y).backward()
        sgd.step()


def test_training_goes_on_at_the_edge_of_stability():
    """The sharpness stays at 2/η, where a quadratic would neither shrink nor grow."""
    torch.manual_seed(0)
    layers = [nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 20), nn.Tanh(), nn.Linear(20, 1)]
    model = nn.Sequential(*layers).double()
    x = torch.linspace(-1, 1, 20, dtype=torch.float64)[:, None]
    history = track_sharpness(
        model, nn.functional.mse_loss, x, (6 * x).sin(),
        torch.optim.SGD(model.parameters(), lr=0.2),
        steps=1500, every=50, generator=torch.Generator().manual_seed(0),
    )  # fmt: skip
    late = history.sharpness[10:]
    assert late.median() == pytest.approx(10, rel=0.07)
    assert late.max() < 15
    assert history.losses.min() < 0.1 * history.losses[0]


@pytest.mark.reference("numpy.trace", of="dlcore.optim.hessian_trace")
@pytest.mark.reference("numpy.trace", of="dlcore.optim.TraceEstimate")
def test_the_trace_within_its_error():
    model, X, y = network_cost()
    f, theta = flat_loss(model, nn.functional.mse_loss, X, y)
    H = torch.autograd.functional.hessian(f, theta).numpy()
    estimate = hessian_trace(f, theta, samples=400, generator=torch.Generator().manual_seed(0))
    # 5 standard errors: false alarm below 1 in 10^6.
    assert abs(estimate.value - np.trace(H)) < 5 * estimate.standard_error
    off_diagonal = H - np.diag(np.diag(H))
    assert estimate.standard_error == pytest.approx(
        math.sqrt(2 * (off_diagonal**2).sum() / 400), rel=0.2
    )


def test_a_diagonal_hessian_has_no_error():
    curvatures = vector(1, -2, 5).reshape(3, 1)
    estimate = hessian_trace(lambda x: (curvatures * x**2).sum() / 2, torch.ones_like(curvatures))
    assert estimate == (4.0, 0.0)


@pytest.mark.reference("numpy.linalg.eigvalsh", of="dlcore.optim.hessian_spectrum")
@pytest.mark.reference("numpy.linalg.eigvalsh", of="dlcore.optim.Spectrum")
def test_the_spectrum_has_the_moments_of_the_eigenvalues():
    eigenvalues = vector(-2, *torch.linspace(0, 1, 30).tolist(), 5, 10)
    f = quadratic(rotated(eigenvalues))
    spectrum = hessian_spectrum(
        f, torch.zeros(len(eigenvalues), dtype=torch.float64),
        probes=200, iterations=20, generator=torch.Generator().manual_seed(0),
    )  # fmt: skip
    assert_close(spectrum.weights.sum(), 1.0)
    assert_close(spectrum.nodes.min(), -2, rtol=1e-6)
    assert_close(spectrum.nodes.max(), 10, rtol=1e-6)
    for power in (1, 2, 3):
        moment = (spectrum.weights * spectrum.nodes**power).sum()
        assert_close(moment, (eigenvalues**power).mean(), rtol=0.05)
    assert (spectrum.nodes.diff() >= 0).all()


def test_the_whole_krylov_space_gives_all_eigenvalues():
    eigenvalues = vector(-1, 0.5, 2, 7)
    spectrum = hessian_spectrum(
        quadratic(rotated(eigenvalues)), torch.zeros(2, 2).double(), probes=1
    )
    assert_close(spectrum.nodes, eigenvalues, rtol=1e-8)


@pytest.mark.reference("scipy.integrate.trapezoid", of="dlcore.optim.Spectrum")
def test_the_density_integrates_to_one():
    f = quadratic(torch.diag(vector(-1, 2, 7)))
    spectrum = hessian_spectrum(f, torch.zeros(3, dtype=torch.float64))
    grid = torch.linspace(-5, 12, 500, dtype=torch.float64)
    density = spectrum.density(grid, 0.3)
    assert scipy.integrate.trapezoid(density.numpy(), grid.numpy()) == pytest.approx(1, abs=1e-6)
    bells = torch.exp(-(((grid[:, None] - vector(-1, 2, 7)) / 0.3) ** 2) / 2).sum(1)
    assert_close(density / density.sum(), bells / bells.sum(), rtol=1e-6, atol=1e-9)


def grid(reach, n):
    axis = torch.linspace(-reach, reach, n, dtype=torch.float64)
    return torch.cartesian_prod(axis, axis)


@pytest.mark.reference("sympy.solve", of="dlcore.optim.find_critical_points")
@pytest.mark.reference("sympy.solve", of="dlcore.optim.StationaryPoint")
def test_the_double_well_has_its_saddle_between_the_minima():
    x, y = sympy.symbols("x y", real=True)
    f = x**4 - 2 * x**2 + y**2
    exact = {}
    for at in sympy.solve([f.diff(x), f.diff(y)], [x, y], dict=True):
        eigenvalues = sorted(float(v) for v in sympy.hessian(f, (x, y)).subs(at).eigenvals())
        exact[float(at[x]), float(at[y])] = float(f.subs(at)), eigenvalues
    found = find_critical_points(lambda v: v[0] ** 4 - 2 * v[0] ** 2 + v[1] ** 2, grid(2, 6))
    assert len(found) == len(exact) == 3
    for point in found:
        value, eigenvalues = exact[tuple(round(v) for v in point.x.tolist())]
        assert_close(point.value, value, atol=1e-9)
        assert_close(point.eigenvalues, eigenvalues, rtol=1e-6)
        assert point.kind == ("saddle" if value == 0 else "minimum")
    assert [round(point.value) for point in found] == [-1, -1, 0]


@pytest.mark.parametrize(
    ("f", "kinds"),
    [
        (lambda v: -(v[0] ** 2) - 2 * v[1] ** 2, ["maximum"]),
        (lambda v: v[0] ** 3 - 3 * v[0] * v[1] ** 2, ["inconclusive"]),
        (lambda v: v[0] ** 4 + v[1] ** 4, ["inconclusive"]),
        (lambda v: v[0] ** 2 + 0 * v[1], ["inconclusive"] * 3),
        (lambda v: v[0] + v[1] ** 2, []),
        (lambda v: (v[0] ** 3 + v[0]) + v[1] ** 2, []),
    ],
    ids=["hill", "monkey saddle", "flat bowl", "trough", "slope", "kink"],
)
def test_other_kinds_and_places_where_the_gradient_does_not_vanish(f, kinds):
    starts = torch.cartesian_prod(vector(-1, 0.7), vector(-1, 0.6, 1.3))
    assert [point.kind for point in find_critical_points(f, starts)] == kinds


@pytest.mark.reference(
    "exact: 1/2, (2 - √2)/4 and the inventory's table", of="dlcore.optim.positive_definite_fraction"
)
@pytest.mark.parametrize(
    ("n", "exact"),
    [(1, 0.5), (2, (2 - math.sqrt(2)) / 4), (3, 1 / 4 - 1 / (math.sqrt(2) * math.pi))],
)
def test_positive_definite_matrices_become_rare(n, exact):
    samples = 40_000
    share = positive_definite_fraction(
        n, samples=samples, generator=torch.Generator().manual_seed(0)
    )
    # 5 standard errors: false alarm below 1 in 10^6.
    assert abs(share - exact) < 5 * math.sqrt(exact * (1 - exact) / samples)


@pytest.mark.bad_input
def test_bad_input():
    x = vector(1, 2)
    with pytest.raises(ValueError, match="rtol and max_products must be positive"):
        sharpness(torch.sum, x, max_products=0)
    with pytest.raises(FloatingPointError, match="the Hessian is not finite here"):
        sharpness(lambda x: (x * x.sqrt()).sum(), 0 * x)
    with pytest.raises(ValueError, match="must return a single number"):
        sharpness(lambda x: x, x)
    with pytest.raises(ValueError, match="the sharpness must be positive and 0 <= momentum < 1"):
        stability_limit(-1.0)
    with pytest.raises(ValueError, match=r"got 1\.0 and 1\.0"):
        stability_limit(1.0, momentum=1.0)
    model, X, y = network_cost()
    sgd = torch.optim.SGD(model.parameters(), lr=1e9)
    with pytest.raises(ValueError, match="steps and every must be at least 1"):
        track_sharpness(model, nn.functional.mse_loss, X, y, sgd, steps=0)
    with pytest.raises(FloatingPointError, match="the loss is inf after"):
        track_sharpness(model, nn.functional.mse_loss, X, y, sgd, steps=100, every=1000)
    with pytest.raises(ValueError, match="samples must be at least 2"):
        hessian_trace(torch.sum, x, samples=1)
    with pytest.raises(ValueError, match="probes and iterations must be at least 1"):
        hessian_spectrum(torch.sum, x, probes=0)
    with pytest.raises(ValueError, match=r"starts \(s, n\), got \(2,\)"):
        find_critical_points(torch.sum, x)
    with pytest.raises(ValueError, match="n and samples must be at least 1"):
        positive_definite_fraction(0)
