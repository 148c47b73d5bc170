"""Dual numbers and the two modes against torch.func and closed forms."""

import pytest
import torch

from dlcore.autograd import (
    Dual,
    Value,
    forward_mode,
    jacobian_by_forward_mode,
    jacobian_by_reverse_mode,
    reverse_mode,
)
from tests.dlcore.autograd.same_text import random
from tests.parity import assert_close

W = random(5, 3)


def layer(x):
    return (x @ W.T).tanh() * x.sum()


@pytest.mark.reference("closed form: (x² + 1)³ and its derivative", of="dlcore.autograd.Dual")
def test_dual_numbers():
    x = Dual(2.0, tangent=1.0)
    y = (x**2 + 1) ** 3
    assert (y.data.item(), y.tangent.item()) == (125, 300)
    assert repr(y) == "Dual(125.0 + 300.0 ε)"
    assert repr(Dual(torch.zeros(3, 4))) == "Dual(shape [3, 4])"
    epsilon = Dual(0.0, 1.0)
    assert (epsilon * epsilon).data.item() == (epsilon * epsilon).tangent.item() == 0
    assert (Dual(3.0) * 2).tangent.item() == 0


def test_second_derivative_of_a_plane_curve_is_seen_by_the_difference_of_tangents():
    x, h = torch.tensor(0.7, dtype=torch.float64), 1e-6
    slope = [Dual(x + step, 1.0).sin().tangent for step in (h, -h)]
    assert_close((slope[0] - slope[1]) / (2 * h), -x.sin(), rtol=1e-8)


@pytest.mark.reference("torch.func.jvp", of="dlcore.autograd.forward_mode")
def test_forward_mode():
    x, v = random(7, 3), random(7, 3, seed=1)
    value, tangent = forward_mode(layer, x, v)
    expected = torch.func.jvp(layer, (x,), (v,))
    assert_close(value, expected[0])
    assert_close(tangent, expected[1])


@pytest.mark.reference("torch.func.vjp", of="dlcore.autograd.reverse_mode")
def test_reverse_mode():
    x, g = random(7, 3), random(7, 5, seed=1)
    value, gradient = reverse_mode(layer, x, g)
    expected, pull_back = torch.func.vjp(layer, x)
    assert_close(value, expected)
    assert_close(gradient, pull_back(g)[0])


def test_forward_and_reverse_mode_are_adjoint():
    x, v, g = random(7, 3), random(7, 3, seed=1), random(7, 5, seed=2)
    pushed, pulled = forward_mode(layer, x, v)[1], reverse_mode(layer, x, g)[1]
    assert_close((g * pushed).sum(), (pulled * v).sum())


@pytest.mark.reference("torch.func.jacfwd", of="dlcore.autograd.jacobian_by_forward_mode")
@pytest.mark.reference("torch.func.jacrev", of="dlcore.autograd.jacobian_by_reverse_mode")
@pytest.mark.reference("closed form: input and output counts", of="dlcore.autograd.JacobianAndCost")
def test_jacobians_and_their_cost():
    x, calls = random(3), []

    def f(x):
        calls.append(type(x))
        return layer(x)

    forward, reverse = jacobian_by_forward_mode(f, x), jacobian_by_reverse_mode(f, x)
    assert_close(forward.jacobian, torch.func.jacfwd(layer, randomness="error")(x))
    assert_close(reverse.jacobian, torch.func.jacrev(layer)(x))
    assert (forward.forward_passes, forward.backward_passes) == (3, 0)
    assert (reverse.forward_passes, reverse.backward_passes) == (1, 5)
    assert calls == [Dual] * 3 + [Value]


@pytest.mark.parametrize("jacobian", [jacobian_by_forward_mode, jacobian_by_reverse_mode])
@pytest.mark.parametrize("shape", [(), (2, 3), (0,), (2, 0)])
def test_jacobian_shapes(jacobian, shape):
    x = random(*shape)
    for f in (lambda x: x.sin(), lambda x: x.sum(), lambda x: x.reshape(-1, 1) * torch.ones(2)):
        assert_close(jacobian(f, x).jacobian, torch.func.jacrev(f)(x))


def test_a_function_that_does_not_depend_on_its_input():
    c, x = random(2), random(3)
    assert forward_mode(lambda x: c, x, x)[1].tolist() == [0, 0]
    assert reverse_mode(lambda x: c, x, c)[1].tolist() == [0, 0, 0]
    assert jacobian_by_forward_mode(lambda x: c, x).jacobian.tolist() == [[0.0] * 3] * 2
    assert jacobian_by_reverse_mode(lambda x: c, x).jacobian.tolist() == [[0.0] * 3] * 2


@pytest.mark.bad_input
def test_errors():
    with pytest.raises(ValueError, match=r"shape of the data, \(3,\), got \(2,\)"):
        Dual(random(3), random(2))
    with pytest.raises(TypeError, match="Dual: derivatives need real floating-point"):
        Dual(torch.arange(3))
    with pytest.raises(TypeError, match="must return a Dual or a tensor, got float"):
        forward_mode(float, random(), random())
    with pytest.raises(TypeError, match="must return a Value or a tensor, got tuple"):
        reverse_mode(lambda x: (x, x), random())
    with pytest.raises(ValueError, match="single number"):
        reverse_mode(lambda x: x, random(3))
    with pytest.raises(TypeError, match=r"torch\.int64"):
        jacobian_by_forward_mode(lambda x: x, torch.arange(3))
    with pytest.raises(TypeError, match=r"torch\.int64"):
        jacobian_by_reverse_mode(lambda x: x, torch.arange(3))
