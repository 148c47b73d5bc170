"""Zeros and integrals against SciPy and closed forms."""

import math

import pytest
import scipy.integrate
import scipy.optimize
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.linalg import ConvergenceWarning
from dlcore.numerics import bisect, newton_root, simpson, trapezoid
from tests.parity import assert_close

FUNCTIONS = {
    "square": (lambda x: x**2 - 2, 0.0, 2.0),
    "cosine": (lambda x: x.cos() - x, 0.0, 1.0),
    "cubic": (lambda x: x**3 - x - 2, 1.0, 2.0),
    "falling": (lambda x: (-x).exp() - 0.5, 0.0, 3.0),
}


@pytest.mark.reference("scipy.optimize.brentq", of="dlcore.numerics.bisect")
@pytest.mark.reference("scipy.optimize.brentq", of="dlcore.numerics.newton_root")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_roots(name):
    f, a, b = FUNCTIONS[name]
    exact = scipy.optimize.brentq(
        lambda x: f(torch.tensor(x, dtype=torch.float64)).item(), a, b, xtol=1e-14
    )
    for root in (bisect(f, a, b), bisect(f, b, a), newton_root(f, (a + b) / 2)):
        assert root.converged
        assert root.x == pytest.approx(exact, abs=2e-12)


@pytest.mark.reference("error bounds (b − a) / 2^k and e² / 2x", of="dlcore.numerics.Root")
def test_speed():
    f, root2 = FUNCTIONS["square"][0], math.sqrt(2)
    halves = bisect(f, 0.0, 2.0, xtol=1e-10).path
    assert all(abs(x - root2) <= 2.0**-k for k, x in enumerate(halves))
    errors = [abs(x - root2) for x in newton_root(f, 1.5).path]
    assert errors[3] < 1e-11 < errors[2]
    assert errors[1] == pytest.approx(errors[0] ** 2 / 3, rel=1e-6)


@given(st.floats(-1e3, 1e3))
def test_any_zero_of_a_line(zero):
    assert bisect(lambda x: x - zero, -1.1e3, 1.3e3).x == pytest.approx(zero, abs=1e-9)


def test_ends_and_exact_hits():
    assert bisect(lambda x: x, 0.0, 1.0).x == 0
    assert bisect(lambda x: x - 1, 0.0, 1.0).x == 1
    assert bisect(lambda x: x, -1.0, 1.0).path == [0]
    assert newton_root(lambda x: x**2, 0.0).path == [0]
    assert bisect(lambda x: x.cos(), 1e15, 1e15 + 3.0, xtol=0.0).converged


def test_newton_may_fail():
    with pytest.raises(ZeroDivisionError, match="tangent at 0 is level, f is -2"):
        newton_root(FUNCTIONS["square"][0], 0.0)
    with pytest.warns(ConvergenceWarning, match="newton_root: no convergence"):
        assert not newton_root(torch.atan, 1.5, max_steps=4).converged
    with pytest.warns(ConvergenceWarning, match="bisect: no convergence after 3 steps"):
        assert len(bisect(torch.sin, 3.0, 4.0, max_steps=3).path) == 3


@pytest.mark.reference("scipy.integrate.trapezoid", of="dlcore.numerics.trapezoid")
@pytest.mark.reference("scipy.integrate.simpson", of="dlcore.numerics.simpson")
@pytest.mark.parametrize("f", [torch.exp, torch.sin, lambda x: (-(x**2)).exp()])
@pytest.mark.parametrize("n", [2, 10, 64])
def test_rules(f, n):
    x = torch.linspace(-1, 2, n + 1, dtype=torch.float64).numpy()
    y = f(torch.from_numpy(x)).numpy()
    assert_close(trapezoid(f, -1.0, 2.0, n).item(), scipy.integrate.trapezoid(y, x))
    assert_close(simpson(f, -1.0, 2.0, n).item(), scipy.integrate.simpson(y, x=x))


def test_order_of_the_errors():
    exact = math.sqrt(math.pi) / 2 * math.erf(1)
    for rule, order in ((trapezoid, 2), (simpson, 4)):
        errors = [
            abs(rule(lambda x: (-(x**2)).exp(), 0.0, 1.0, n).item() - exact) for n in (16, 32)
        ]
        assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.02)
    assert simpson(lambda x: x**3, 0.0, 1.0, 2).item() == pytest.approx(1 / 4, rel=1e-14)


def test_several_functions_at_once():
    y = simpson(lambda x: torch.stack([x, x**2]), 0.0, 3.0, 4)
    assert_close(y, torch.tensor([4.5, 9.0]))


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"different signs at the ends, got f\(1\.0\) = 1"):
        bisect(lambda x: x**2, 1.0, 2.0)
    with pytest.raises(ValueError, match="different signs"):
        bisect(lambda x: x * math.nan, 1.0, 2.0)
    with pytest.raises(ValueError, match="even number of intervals, at least 2, got 3"):
        simpson(torch.sin, 0.0, 1.0, 3)
    with pytest.raises(ValueError, match="at least 1 interval, got 0"):
        trapezoid(torch.sin, 0.0, 1.0, 0)
    with pytest.raises(ValueError, match=r"must return 5 values, got shape \(\)"):
        trapezoid(torch.sum, 0.0, 1.0, 4)
