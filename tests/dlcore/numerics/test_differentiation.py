"""Jacobians and their products against torch.func and closed forms."""

import pytest
import torch

from dlcore.numerics import jacobian, jvp, vjp
from tests.parity import assert_close

FUNCTIONS = {
    "elementwise": lambda x: (x**2 + 1) ** 3,
    "number": lambda x: x.sin().sum(),
    "more outputs": lambda x: torch.stack([x.sum() * x, x.exp()]),
    "linear": lambda x: 3 * x + 1,
    "kinked": lambda x: x.relu() * x.abs(),
    "softmax": lambda x: torch.softmax(x.flatten(), dim=0),
}


def random(*shape, seed=0, dtype=torch.float64):
    return torch.randn(shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(), (3,), (2, 5), (0,)], ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.reference("torch.func.jacrev", of="dlcore.numerics.jacobian")
@pytest.mark.reference("torch.func.vjp", of="dlcore.numerics.vjp")
@pytest.mark.reference("torch.func.jvp", of="dlcore.numerics.jvp")
def test_against_torch_func(name, shape):
    f, x, v = FUNCTIONS[name], random(*shape), random(*shape, seed=1)
    assert_close(jacobian(f, x), torch.func.jacrev(f)(x))
    y, pull_back = torch.func.vjp(f, x)
    g = random(*y.shape, seed=2)
    value, gradient = vjp(f, x, g)
    assert_close(value, y)
    assert_close(gradient, pull_back(g)[0])
    value, tangent = jvp(f, x, v)
    assert_close(value, y)
    assert_close(tangent, torch.func.jvp(f, (x,), (v,))[1])


def test_worked_example():
    x = torch.tensor([1.0, 2.0])
    assert jacobian(FUNCTIONS["elementwise"], x).tolist() == [[24, 0], [0, 300]]


def test_chain_rule_of_jacobians():
    W, x = random(5, 3), random(3, seed=1)
    inner, outer = lambda x: torch.tanh(W @ x), lambda z: z[:2] * z.sum()
    product = jacobian(outer, inner(x)) @ jacobian(inner, x)
    assert_close(jacobian(lambda x: outer(inner(x)), x), product)


def test_products_are_products_with_the_jacobian():
    f, x = (lambda x: (x[:2] * x.prod()).sin()), random(3)
    J, v, g = jacobian(f, x), random(3, seed=1), random(2, seed=2)
    assert_close(jvp(f, x, v)[1], J @ v)
    assert_close(vjp(f, x, g)[1], g @ J)


@pytest.mark.parametrize("recording", [True, False])
def test_the_callers_tensors_are_left_alone(recording):
    x, v = random(3).requires_grad_(), random(3, seed=1)
    before = x.detach().clone()
    with torch.set_grad_enabled(recording):
        results = [*jvp(torch.sin, x, v), *vjp(torch.sin, x, v), jacobian(torch.sin, x)]
    assert not any(result.requires_grad for result in results)
    assert x.grad is None
    assert torch.equal(x, before)
    assert_close(results[1], x.cos().detach() * v)
    assert_close(results[3], x.cos().detach() * v)


def test_single_precision_stays_single():
    x = random(3, dtype=torch.float32)
    results = [*jvp(torch.sin, x, x), *vjp(torch.sin, x, x), jacobian(torch.sin, x)]
    assert {result.dtype for result in results} == {torch.float32}


def test_independent_output():
    c, x = random(2), random(3)
    assert jacobian(lambda x: c, x).tolist() == [[0, 0, 0]] * 2
    assert vjp(lambda x: c, x, c)[1].tolist() == [0, 0, 0]
    assert jvp(lambda x: c, x, x)[1].tolist() == [0, 0]


@pytest.mark.bad_input
def test_errors():
    x, whole = random(3), torch.arange(3)
    for call in (
        lambda x, f=torch.sin: jacobian(f, x),
        lambda x, f=torch.sin: vjp(f, x, x),
        lambda x, f=torch.sin: jvp(f, x, x),
    ):
        with pytest.raises(TypeError, match=r"needs a floating-point tensor, got torch\.int64"):
            call(whole)
        with pytest.raises(TypeError, match="needs a floating-point tensor, got list"):
            call([1.0, 2.0])
        with pytest.raises(TypeError, match="must return a floating-point tensor, got tuple"):
            call(x, lambda x: (x, x))
        with pytest.raises(TypeError, match=r"got torch\.int64"):
            call(x, lambda x: x.argmax())
    with pytest.raises(TypeError, match="vjp's g needs a floating-point tensor, got list"):
        vjp(torch.sin, x, [1.0, 2.0, 3.0])
    with pytest.raises(TypeError, match="jvp's v needs a floating-point tensor, got list"):
        jvp(torch.sin, x, [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"shape of the output, \(3,\), got \(2,\)"):
        vjp(torch.sin, x, random(2))
    with pytest.raises(ValueError, match=r"shape of x, \(3,\), got \(2,\)"):
        jvp(torch.sin, x, random(2))
