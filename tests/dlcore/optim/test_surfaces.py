"""Test surfaces against SciPy, hand-derived gradients and their known lowest points."""

import math

import pytest
import scipy.optimize
import torch

from dlcore.optim import beale, double_well, plateau, ravine, rosenbrock
from tests.parity import assert_close

TERMS = ((1, 1.5), (2, 2.25), (3, 2.625))
SURFACES = {
    ravine: lambda x, y: (200 * x, 2 * y),
    rosenbrock: lambda x, y: (-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)),
    beale: lambda x, y: (
        sum(2 * (c - x + x * y**k) * (y**k - 1) for k, c in TERMS),
        sum(2 * (c - x + x * y**k) * k * x * y ** (k - 1) for k, c in TERMS),
    ),
    double_well: lambda x, y: (4 * x**3 - 4 * x, 2 * y),
    plateau: lambda x, y: (
        x * math.exp(-(x**2 + y**2) / 2),
        y * math.exp(-(x**2 + y**2) / 2),
    ),
}  # fmt: skip
LOWEST = {
    ravine: ((0.0, 0.0), 0.0),
    rosenbrock: ((1.0, 1.0), 0.0),
    beale: ((3.0, 0.5), 0.0),
    double_well: ((-1.0, 0.0), -1.0),
    plateau: ((0.0, 0.0), 0.0),
}


@pytest.mark.reference("hand-derived gradient", of="dlcore.optim.ravine")
@pytest.mark.reference("hand-derived gradient", of="dlcore.optim.beale")
@pytest.mark.reference("hand-derived gradient", of="dlcore.optim.double_well")
@pytest.mark.reference("hand-derived gradient", of="dlcore.optim.plateau")
@pytest.mark.parametrize("surface", SURFACES)
def test_gradients_and_shapes(surface, generator):
    theta = torch.randn(2, 3, 2, generator=generator, dtype=torch.float64).requires_grad_()
    heights = surface(theta)
    assert heights.shape == (2, 3)
    (g,) = torch.autograd.grad(heights.sum(), theta)
    for place, slope in zip(theta.detach().reshape(-1, 2), g.reshape(-1, 2), strict=True):
        assert_close(slope, torch.tensor(SURFACES[surface](*place.tolist())).double(), rtol=1e-6)
        assert surface(place) > LOWEST[surface][1]


@pytest.mark.parametrize("surface", SURFACES)
def test_the_lowest_point(surface):
    place, height = LOWEST[surface]
    theta = torch.tensor(place, dtype=torch.float64, requires_grad=True)
    value = surface(theta)
    assert value.item() == pytest.approx(height, abs=1e-12)
    assert_close(torch.autograd.grad(value, theta)[0], [0.0, 0.0])
    H = torch.func.hessian(surface)(theta.detach())
    assert (torch.linalg.eigvalsh(H) > 0).all()


@pytest.mark.reference("scipy.optimize.rosen", of="dlcore.optim.rosenbrock")
def test_rosenbrock_is_that_of_scipy(generator):
    theta = torch.randn(20, 2, generator=generator, dtype=torch.float64)
    assert_close(rosenbrock(theta), scipy.optimize.rosen(theta.T.numpy()))
    assert_close(rosenbrock(torch.tensor([2.0, 4.0]), a=2.0, b=5.0), 0.0)


@pytest.mark.parametrize("angle", [0.0, 0.3, math.pi / 4])
def test_a_turned_ravine_has_the_same_eigenvalues(angle):
    H = torch.func.hessian(lambda x: ravine(x, angle=angle))(torch.zeros(2).double())
    values, V = torch.linalg.eigh(H)
    assert_close(values, [2.0, 200.0])
    steep = torch.tensor([math.cos(angle), math.sin(angle)], dtype=torch.float64)
    assert abs(V[:, 1] @ steep).item() == pytest.approx(1)


@pytest.mark.parametrize("width", [1.0, 3.0])
def test_the_plateau_is_steepest_at_its_width(width):
    r = torch.linspace(0.01, 6 * width, 1000, dtype=torch.float64)
    theta = torch.stack([r, torch.zeros_like(r)], 1).requires_grad_()
    slopes = torch.autograd.grad(plateau(theta, width=width).sum(), theta)[0][:, 0]
    assert r[slopes.argmax()].item() == pytest.approx(width, rel=0.01)
    assert slopes[-1] < 1.1e-7 / width


@pytest.mark.bad_input
def test_a_plateau_needs_a_width():
    with pytest.raises(ValueError, match="width must be positive, got 0"):
        plateau(torch.zeros(2), width=0)
