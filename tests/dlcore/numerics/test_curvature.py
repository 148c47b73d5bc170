"""Slopes, Hessians, Taylor polynomials and critical points against torch.func and closed forms."""

import math

import pytest
import sympy
import torch

from dlcore.numerics import (
    classify_critical_point,
    directional_derivative,
    hessian,
    hvp,
    steepest_descent_direction,
    taylor_expand,
)
from tests.parity import assert_close

FUNCTIONS = {
    "rosenbrock": lambda x: (
        ((1 - x[..., :-1]) ** 2).sum() + 100 * ((x[..., 1:] - x[..., :-1] ** 2) ** 2).sum()
    ),
    "exponentials": lambda x: (x.exp() * x.sum()).sum(),
    "linear": lambda x: 3 * x.sum(),
    "constant": lambda x: torch.ones((), dtype=x.dtype) * 2,
}


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.reference("torch.func.hessian", of="dlcore.numerics.hessian")
@pytest.mark.reference("torch.func.jvp of torch.func.grad", of="dlcore.numerics.hvp")
@pytest.mark.reference("torch.func.jvp", of="dlcore.numerics.directional_derivative")
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("shape", [(3,), (2, 5)], ids=str)
def test_against_torch_func(name, shape):
    f, x, v = FUNCTIONS[name], random(*shape), random(*shape, seed=1)
    assert_close(hessian(f, x), torch.func.hessian(f)(x))
    if name != "constant":
        assert_close(hvp(f, x, v), torch.func.jvp(torch.func.grad(f), (x,), (v,))[1])
        slope = torch.func.jvp(f, (x,), (v / v.norm(),))[1]
        assert_close(directional_derivative(f, x, v), slope)
    assert not hessian(FUNCTIONS["constant"], x).any()


def test_a_number_without_dimensions():
    x = torch.tensor(2.0, dtype=torch.float64)
    assert hessian(lambda x: x**3, x) == 12
    assert hvp(lambda x: x**3, x, x) == 24


@pytest.mark.reference("closed form", of="dlcore.numerics.steepest_descent_direction")
def test_steepest_descent():
    f, x = FUNCTIONS["rosenbrock"], random(5)
    u = steepest_descent_direction(f, x)
    assert_close(u, -torch.nn.functional.normalize(torch.func.grad(f)(x), dim=0))
    steepest = directional_derivative(f, x, u)
    for seed in range(20):
        assert directional_derivative(f, x, random(5, seed=seed)) >= steepest
    assert not steepest_descent_direction(lambda x: (x**2).sum(), torch.zeros(3)).any()


@pytest.mark.reference("sum of x^k / k!", of="dlcore.numerics.taylor_expand")
def test_the_series_of_the_exponential():
    x = torch.linspace(-1, 1, 11, dtype=torch.float64)
    for order in range(7):
        p = taylor_expand(torch.exp, torch.tensor(0.0, dtype=torch.float64), order)
        assert_close(p(x), sum(x**k / math.factorial(k) for k in range(order + 1)))
        bound = math.e / math.factorial(order + 1)
        assert (p(x) - x.exp()).abs().max() <= bound


@pytest.mark.reference("sympy.series", of="dlcore.numerics.TaylorPolynomial")
def test_several_variables():
    def f(x):
        return (x[0] * x[1]).sin() + x[0] * x[1] ** 3

    x0, x = random(2), random(7, 2, seed=1)
    p, symbols = taylor_expand(f, x0, order=3), sympy.symbols("a b")
    a, b, t = *symbols, sympy.Symbol("t")
    expression = sympy.sin(a * b) + a * b**3
    for point, ours in zip(x, p(x), strict=True):
        d = (point - x0).tolist()
        line = expression.subs({a: x0[0].item() + t * d[0], b: x0[1].item() + t * d[1]})
        series = sympy.series(line, t, 0, 4).removeO().subs(t, 1)
        assert_close(ours.item(), float(series), rtol=1e-9)
    assert_close(p.derivatives[1], torch.func.grad(f)(x0))
    assert_close(p.derivatives[2], torch.func.hessian(f)(x0))
    assert [tuple(d.shape) for d in p.derivatives] == [(), (2,), (2, 2), (2, 2, 2)]
    assert p(x0).shape == ()


def test_a_quadratic_is_its_own_expansion():
    A = random(5, 5)
    f, x = (lambda x: x @ A @ x + x.sum()), random(5, seed=1)
    assert_close(taylor_expand(f, random(5, seed=2), order=2)(x), f(x))
    assert_close(
        taylor_expand(lambda X: (X @ X).trace(), random(3, 3), 2)(A[:3, :3]),
        (A[:3, :3] @ A[:3, :3]).trace(),
    )


@pytest.mark.reference("signs of known eigenvalues", of="dlcore.numerics.classify_critical_point")
@pytest.mark.parametrize(
    ("H", "kind"),
    [
        ([[1, 0], [0, -1]], "saddle"),
        ([[1, 2], [2, 1]], "saddle"),
        ([[-1, 0, 0], [0, -1, 0], [0, 0, 1]], "saddle"),
        ([[1, 0], [0, 0]], "inconclusive"),
        ([[0, 0], [0, 0]], "inconclusive"),
        ([[2, 1], [1, 2]], "minimum"),
        ([[-2, 1], [1, -2]], "maximum"),
        ([[1, 1], [1, 1]], "inconclusive"),
    ],
)
def test_critical_points(H, kind):
    assert classify_critical_point(torch.tensor(H, dtype=torch.float64)) == kind


def test_flat_directions_hide_a_minimum_and_a_saddle():
    origin = torch.zeros(2, dtype=torch.float64)
    for f in (lambda x: (x**4).sum(), lambda x: x[0] ** 3 - 3 * x[0] * x[1] ** 2):
        assert classify_critical_point(hessian(f, origin)) == "inconclusive"


@pytest.mark.bad_input
def test_bad_input():
    x = random(3)
    for f in (hessian, steepest_descent_direction, taylor_expand):
        with pytest.raises(ValueError, match="must return a single number"):
            f(torch.sin, x)
        with pytest.raises(TypeError, match=r"got torch\.int64"):
            f(torch.sum, torch.arange(3))
    with pytest.raises(ValueError, match=r"shape of x, \(3,\), got \(2,\)"):
        hvp(torch.sum, x, random(2))
    for u in (torch.zeros(3, dtype=torch.float64), random(2)):
        with pytest.raises(ValueError, match=r"shape of x, \(3,\), and not be zero"):
            directional_derivative(torch.sum, x, u)
    with pytest.raises(ValueError, match="order must be at least 0, got -1"):
        taylor_expand(torch.sum, x, -1)
    with pytest.raises(ValueError, match="symmetric matrix"):
        classify_critical_point(torch.tensor([[1.0, 2.0], [0.0, 1.0]]))
    with pytest.raises(ValueError, match="one matrix"):
        classify_critical_point(torch.ones(2, 3, 3))
