"""Finite differences against SciPy and closed forms; the gradient check against wrong gradients."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from dlcore.numerics import complex_step, gradient_check, numerical_gradient
from tests.parity import assert_close, layouts

METHODS = ["central", "forward", "backward"]


def random(*shape, seed=0, dtype=torch.float64):
    return torch.randn(shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def cube(x):
    return (x**3).sum()


@pytest.mark.reference("scipy.optimize.approx_fprime", of="dlcore.numerics.numerical_gradient")
def test_forward_differences_are_those_of_scipy():
    x, h = random(5), 1e-6
    expected = approx_fprime(x.numpy(), lambda x: rosenbrock(torch.from_numpy(x)).item(), h)
    ours = numerical_gradient(rosenbrock, x, h, method="forward")
    assert_close(ours, expected, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize(
    ("method", "slope"), [("forward", 3.31), ("backward", 2.71), ("central", 3.01)]
)
def test_worked_example_of_a_cube(method, slope):
    x = torch.tensor([1.0], dtype=torch.float64)
    assert_close(
        numerical_gradient(cube, x, 0.1, method), torch.tensor([slope]).double(), rtol=1e-7
    )


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.sampled_from([(), (1,), (7,), (2, 3), (0,), (2, 1, 3)]))
def test_closed_form_of_a_quadratic(seed, shape):
    x, c = random(*shape, seed=seed), random(*shape, seed=seed + 1)
    gradient = numerical_gradient(lambda x: (c * x * x + x).sum(), x)
    assert_close(gradient, 2 * c * x + 1, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(("method", "order"), [("central", 2), ("forward", 1), ("backward", 1)])
def test_order_of_the_error(method, order):
    x, steps = torch.tensor(0.7, dtype=torch.float64), [0.1 / 2**k for k in range(6)]
    errors = [abs(numerical_gradient(torch.exp, x, h, method) - x.exp()).item() for h in steps]
    measured = [math.log2(a / b) for a, b in pairwise(errors)]
    assert measured[-1] == pytest.approx(order, abs=0.02)


def test_rounding_takes_over_for_small_steps():
    x = torch.tensor(1.0, dtype=torch.float64)
    error = {
        h: abs(numerical_gradient(torch.exp, x, h) - math.e).item() for h in (1e-2, 1e-5, 1e-13)
    }
    assert error[1e-5] < 1e-9 < 1e-5 < min(error[1e-2], error[1e-13])


@pytest.mark.parametrize(
    ("dtype", "bounds"),
    [(torch.float64, (1e-9, 1e-6, 1e-6)), (torch.float32, (2e-3, 1e-2, 1e-2))],
)
@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_default_step(dtype, bounds, scale):
    x = torch.tensor(0.7 * scale, dtype=dtype)
    for method, bound in zip(METHODS, bounds, strict=True):
        slope = numerical_gradient(lambda x: scale * (x / scale).exp(), x, method=method)
        assert slope.dtype == dtype
        assert abs(slope.item() - math.exp(0.7)) < bound


@pytest.mark.parametrize(("method", "calls"), [("central", 26), ("forward", 14), ("backward", 14)])
def test_number_of_evaluations(method, calls):
    counted = []
    numerical_gradient(lambda x: counted.append(1) or x.sum(), random(13), method=method)
    assert len(counted) == calls


@pytest.mark.parametrize("method", METHODS)
def test_input_is_untouched_even_by_a_function_that_changes_its_own(method):
    def f(x):
        result = (x**2).sum().item()
        x.zero_()
        return result

    for x in layouts(random(5, 3)).values():
        before = x.detach().clone()
        assert_close(numerical_gradient(f, x, method=method), 2 * before, rtol=1e-6, atol=1e-6)
        assert torch.equal(x, before)


def test_functions_that_return_floats_and_arrays():
    x = random(3)
    for f in (lambda x: float(cube(x)), lambda x: np.sum(x.numpy() ** 3), lambda x: cube(x)[None]):
        assert_close(numerical_gradient(f, x), 3 * x**2, rtol=1e-7, atol=1e-8)


@pytest.mark.bad_input
def test_bad_input():
    x = random(3)
    with pytest.raises(TypeError, match=r"needs a floating-point tensor, got torch\.int64"):
        numerical_gradient(cube, torch.arange(3))
    with pytest.raises(TypeError, match="got list"):
        numerical_gradient(cube, [1.0, 2.0])
    with pytest.raises(ValueError, match=r"single number, got a tensor of shape \(3,\)"):
        numerical_gradient(lambda x: x, x)
    for h in (0.0, -1e-3, math.inf, math.nan):
        with pytest.raises(ValueError, match="step h must be positive and finite"):
            numerical_gradient(cube, x, h)
    with pytest.raises(ValueError, match="'central', 'forward' or 'backward', got 'complex'"):
        numerical_gradient(cube, x, method="complex")
    with pytest.raises(ValueError, match="f is nan near x"):
        numerical_gradient(lambda x: x.log().sum(), torch.tensor([-1.0]))
    with pytest.warns(RuntimeWarning, match="step 1e-20 is too small"):
        assert numerical_gradient(cube, x, 1e-20).tolist() == [0, 0, 0]


@pytest.mark.reference("torch.autograd.gradcheck", of="dlcore.numerics.gradient_check")
def test_gradient_check_agrees_with_torch():
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.sin().sum()

        @staticmethod
        def backward(ctx, g):
            return g * torch.ones(3, dtype=torch.float64)

    x = random(3)
    for f, right in ((rosenbrock, True), (cube, True), (Wrong.apply, False)):
        leaf = x.clone().requires_grad_()
        assert torch.autograd.gradcheck(f, leaf, raise_exception=False) is right
        assert bool(gradient_check(f, x)) is right


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_typical_mistakes_are_found_at_any_scale(scale):
    x = random(2, 5).abs() + 0.5
    f, g = (lambda x: scale * (x**3).sum()), scale * 3 * x**2
    one_off = g.clone()
    one_off[1, 3] *= -1
    assert gradient_check(f, x, g).passed
    for wrong in (-g, 2 * g, 0.999 * g, 0 * g, g.flip(0), one_off):
        assert not gradient_check(f, x, wrong)
    assert gradient_check(f, x, one_off).worst == (1, 3)


@pytest.mark.reference("closed form: ‖g − ĝ‖ / (‖g‖ + ‖ĝ‖)", of="dlcore.numerics.GradientCheck")
def test_what_the_result_says():
    x = torch.tensor([[3.0, 0.0], [0.0, 4.0]], dtype=torch.float64)
    result = gradient_check(lambda x: (x**2).sum() / 2, x, 3 * x)
    assert result.relative_error == pytest.approx(10 / 20)
    assert_close(result.error, 2 * x, rtol=1e-7, atol=1e-8)
    assert_close(result.numerical, x, rtol=1e-7, atol=1e-8)
    assert torch.equal(result.gradient, 3 * x)
    assert not result.passed
    assert repr(result) == "GradientCheck(FAILED: relative error 0.5 > 6.1e-06)"
    assert repr(gradient_check(cube, x)).startswith("GradientCheck(passed: relative error")
    assert gradient_check(lambda x: 0.0 * x.sum(), x, 0 * x).relative_error == 0
    assert gradient_check(lambda x: (x**2).sum() / 2, x, 3 * x, tolerance=0.6)


def test_a_gradient_that_is_not_finite_fails():
    x = random(3)
    for bad in (math.nan, math.inf):
        g = 3 * x**2
        g[1] = bad
        result = gradient_check(cube, x, g)
        assert not result.passed
        assert result.worst == (1,)


def test_single_precision_has_a_tolerance_of_its_own():
    x = random(7, dtype=torch.float32)
    assert gradient_check(rosenbrock, x)
    assert not gradient_check(rosenbrock, x, 1.1 * torch.func.grad(rosenbrock)(x))


@pytest.mark.bad_input
def test_bad_gradients():
    with pytest.raises(TypeError, match="gradient_check needs a floating-point tensor"):
        gradient_check(cube, torch.arange(3))
    with pytest.raises(ValueError, match=r"shape of x, \(3,\), got \(3, 1\)"):
        gradient_check(cube, random(3), random(3, 1))
    with pytest.raises(TypeError, match="gradient needs a floating-point tensor, got list"):
        gradient_check(cube, random(3), [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="single number"):
        gradient_check(torch.sin, random(3))
    with pytest.raises(TypeError, match="must return a floating-point tensor, got float"):
        gradient_check(lambda x: cube(x).item(), random(3))


@pytest.mark.reference("torch.func.grad in float64", of="dlcore.numerics.complex_step")
def test_the_complex_step_is_right_to_the_last_digits():
    def f(x):
        return (x.exp() / (x.sin() ** 3 + x.cos() ** 3)).sum() + (x[0] * x[-1]).sqrt()

    x = random(5).abs() + 0.5
    assert_close(complex_step(f, x), torch.func.grad(f)(x), rtol=1e-13)
    assert_close(complex_step(cube, random(2, 3)), 3 * random(2, 3) ** 2, rtol=1e-14)
    assert complex_step(cube, random(3, dtype=torch.float32)).dtype == torch.float32
    assert_close(complex_step(cube, x, h=1e-200), 3 * x**2, rtol=1e-14)


@pytest.mark.bad_input
def test_complex_steps_into_nowhere():
    x = random(3)
    with pytest.raises(TypeError, match="must keep the imaginary part"):
        complex_step(lambda z: z.abs().sum(), x)
    with pytest.raises(ValueError, match=r"single number, got shape \(3,\)"):
        complex_step(torch.exp, x)
    with pytest.raises(ValueError, match="step h must be positive and finite, got 0"):
        complex_step(cube, x, h=0.0)
    with pytest.raises(TypeError, match="complex_step needs a floating-point tensor"):
        complex_step(cube, torch.arange(3))
