"""Activation functions against torch, NumPy and SciPy; their known extrema."""

import math

import numpy as np
import pytest
import scipy.optimize
import scipy.special
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity, edge_grid, layouts

TORCH = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "selu": F.selu,
    "swish": F.silu,
    "silu": F.silu,
    "gelu": F.gelu,
    "identity": torch.nn.Identity(),
}
KINKED = {"relu", "leaky_relu", "selu"}


@pytest.fixture
def z(generator):
    return 5 * torch.randn(7, 5, generator=generator, dtype=torch.float64)


@pytest.mark.reference("torch.tanh", of="dlcore.nn.tanh")
@pytest.mark.reference("torch.relu", of="dlcore.nn.relu")
@pytest.mark.reference("torch.nn.functional.leaky_relu", of="dlcore.nn.leaky_relu")
@pytest.mark.reference("torch.nn.functional.elu", of="dlcore.nn.elu")
@pytest.mark.reference("torch.nn.functional.selu", of="dlcore.nn.selu")
@pytest.mark.reference("torch.nn.functional.silu", of="dlcore.nn.swish")
@pytest.mark.reference("torch.nn.functional.silu", of="dlcore.nn.silu")
@pytest.mark.reference("torch.nn.functional.gelu", of="dlcore.nn.gelu")
@pytest.mark.reference("torch.nn.Identity", of="dlcore.nn.identity")
@pytest.mark.parametrize("name", TORCH)
def test_same_values_and_gradients_as_torch(name, z):
    for part in [*layouts(z).values(), edge_grid(), torch.tensor(0.5)]:
        assert_parity(getattr(nn, name), TORCH[name], part)


@pytest.mark.parametrize("name", TORCH)
def test_infinities_and_nan_as_torch(name):
    z = torch.tensor([math.inf, -math.inf, math.nan], dtype=torch.float64)
    assert_close(getattr(nn, name)(z), TORCH[name](z))


@pytest.mark.parametrize("alpha", [0.001, 0.01, 0.2, 1.0, 2.0, -0.5])
def test_options(alpha, z):
    assert_parity(nn.leaky_relu, F.leaky_relu, z, negative_slope=alpha)
    assert_parity(nn.elu, F.elu, z, alpha=alpha)


def test_gelu_tanh_form(z):
    for part in (z, edge_grid()):
        assert_parity(nn.gelu, F.gelu, part, approximate="tanh", gradient=part is z)


def test_gelu_and_tanh_against_scipy():
    z = np.linspace(-35, 35, 1401)
    x = torch.from_numpy(z)
    assert_close(nn.gelu(x), z * scipy.stats.norm.cdf(z), rtol=1e-12, atol=0)
    assert_close(nn.tanh(x), np.tanh(z), rtol=1e-15, atol=0)
    assert_close(nn.elu(x), np.where(z > 0, z, scipy.special.expm1(z)), rtol=1e-15, atol=0)


def test_tanh_keeps_tiny_numbers_and_the_sign_of_zero():
    z = torch.tensor([1e-300, -1e-300, 0.0, -0.0], dtype=torch.float64)
    assert_close(nn.tanh(z), z, rtol=0, atol=0)
    assert torch.equal(nn.tanh(z).signbit(), z.signbit())


@pytest.mark.parametrize(
    ("shape", "slopes"),
    [((), 1), ((5,), 1), ((7, 5), 1), ((7, 5), 5), ((3, 5, 2), 5), ((0, 5), 5)],
)
@pytest.mark.reference("torch.nn.functional.prelu", of="dlcore.nn.prelu")
def test_prelu_has_the_gradient_in_its_slopes_too(shape, slopes, generator):
    z = torch.randn(shape, generator=generator)
    z = torch.where(z.abs() < 0.3, 0, z)
    weight = torch.randn(slopes, generator=generator) * 2
    assert_parity(nn.prelu, F.prelu, z, weight)


def test_prelu_with_a_slope_above_1_is_not_a_maximum():
    z, alpha = torch.tensor([-1.0, 1.0]), torch.tensor([2.0])
    assert nn.prelu(z, alpha).tolist() == F.prelu(z, alpha).tolist() == [-2, 1]
    assert torch.maximum(alpha * z, z).tolist() == [-1, 2]
    assert_parity(nn.prelu, F.prelu, edge_grid(), alpha)


def test_swish_with_beta(z):
    def reference(z, beta):
        return z * torch.special.expit(beta * z)

    assert_parity(nn.swish, reference, z, torch.tensor(1.7))
    assert_close(nn.swish(z, 0.0), z / 2)
    assert_close(nn.swish(z, 1e6), torch.relu(z))


@pytest.mark.parametrize(
    ("f", "argmin", "minimum"), [(nn.swish, -1.278465, -0.278465), (nn.gelu, -0.751792, -0.169971)]
)
def test_minima(f, argmin, minimum):
    found = scipy.optimize.minimize_scalar(
        lambda z: f(torch.tensor(z, dtype=torch.float64)).item(), bracket=(-3, -1, 0), tol=1e-12
    )
    assert found.x == pytest.approx(argmin, abs=1e-6)
    assert found.fun == pytest.approx(minimum, abs=1e-6)


def test_how_far_the_forms_of_gelu_lie_apart():
    z = torch.linspace(-8, 8, 160_001, dtype=torch.float64)
    distance = (nn.gelu(z) - nn.gelu(z, "tanh")).abs()
    assert distance.max().item() == pytest.approx(4.73e-4, abs=1e-6)
    assert z[distance.argmax()].abs().item() == pytest.approx(2.70, abs=0.01)
    by_sigmoid = (nn.gelu(z) - nn.swish(z, 1.702)).abs().max().item()
    assert by_sigmoid == pytest.approx(0.0203, abs=1e-4)


def test_gelu_tanh_form_has_a_finite_gradient_where_the_cube_overflows():
    z = torch.tensor([6e4, -6e4, 100.0, -100.0], dtype=torch.float16, requires_grad=True)
    (gradient,) = torch.autograd.grad(nn.gelu(z, "tanh").sum(), z)
    assert gradient.tolist() == [1, 0, 1, 0]


def test_selu_keeps_mean_0_and_variance_1():
    z = torch.linspace(-12, 12, 200_001, dtype=torch.float64)
    density = torch.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    h = nn.selu(z)
    assert torch.trapezoid(h * density, z).item() == pytest.approx(0, abs=1e-9)
    assert torch.trapezoid(h**2 * density, z).item() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("name", sorted(set(TORCH) - KINKED - {"elu"}))
def test_smooth_ones_have_right_second_derivatives(name):
    z = torch.tensor([0.0, -0.0, 1.5, -2.5, 20.0, -20.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(getattr(nn, name), z)
    assert torch.autograd.gradgradcheck(getattr(nn, name), z)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("name", TORCH)
def test_half_precision(name, dtype):
    z = torch.linspace(-9, 9, 73).to(dtype)
    actual, truth = getattr(nn, name)(z), TORCH[name](z.double())
    assert actual.dtype == dtype
    error = (actual.double() - truth).abs()
    assert (error <= 4 * torch.finfo(dtype).eps * (truth.abs() + z.double().abs() / 16)).all()


@given(st.floats(-100, 100), st.floats(-100, 100))
def test_monotone_ones_keep_the_order(a, b):
    low, high = torch.tensor(sorted([a, b]), dtype=torch.float64)
    for name in set(TORCH) - {"swish", "silu", "gelu"}:
        assert getattr(nn, name)(low) <= getattr(nn, name)(high)


@pytest.mark.reference("numpy.max", of="dlcore.nn.maxout")
def test_maxout_is_the_largest_piece(generator):
    z = torch.randn(7, 5, 3, generator=generator, dtype=torch.float64)
    assert_close(nn.maxout(z), np.max(z.numpy(), axis=-1), rtol=0, atol=0)
    assert_parity(nn.maxout, lambda z: z.max(dim=-1).values, z)
    assert torch.autograd.gradcheck(nn.maxout, z.requires_grad_())


def test_maxout_of_no_units_is_empty():
    assert nn.maxout(torch.zeros(7, 0, 3)).shape == (7, 0)


def test_maxout_of_z_and_0_is_relu_and_of_z_and_minus_z_the_absolute_value(z):
    assert_close(nn.maxout(torch.stack([z, torch.zeros_like(z)], dim=-1)), torch.relu(z))
    assert_close(nn.maxout(torch.stack([z, -z], dim=-1)), z.abs())


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="approximate must be 'none' or 'tanh', got 'erf'"):
        nn.gelu(torch.zeros(3), approximate="erf")
    with pytest.raises(ValueError, match=r"weight has shape \(3,\), z \(7, 5\)"):
        nn.prelu(torch.zeros(7, 5), torch.zeros(3))
    with pytest.raises(ValueError, match=r"weight has shape \(0,\)"):
        nn.prelu(torch.zeros(7, 5), torch.zeros(0))
    for shape in ((), (0,), (7, 5, 0)):
        with pytest.raises(ValueError, match=r"pieces along the last dimension, got \("):
            nn.maxout(torch.zeros(shape))
