"""Every operator and method against the same text in torch, in both modes."""

import numpy as np
import pytest
import torch

from dlcore.autograd import Dual, Value, concatenate, operation, stack, unbroadcast
from tests.dlcore.autograd.same_text import assert_both_modes, assert_reverse, random
from tests.parity import assert_close

ELEMENTWISE = {
    "neg": lambda x: -x,
    "power": lambda x: x**3,
    "power 0": lambda x: x**0,
    "power -1.5": lambda x: (1 + x * x) ** -1.5,
    "tensor power": lambda x: 2**x + 1.5**-x,
    "exp": lambda x: x.exp(),
    "log": lambda x: (1 + x.square()).log(),
    "sqrt": lambda x: (1 + x.square()).sqrt(),
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tanh": lambda x: x.tanh(),
    "sigmoid": lambda x: x.sigmoid(),
    "erf": lambda x: x.erf(),
    "relu": lambda x: x.relu(),
    "abs": lambda x: x.abs(),
    "leaky": lambda x: x.where(x > 0, 0.1 * x) + x.where(x < 1, torch.tensor(0.1, dtype=x.dtype)),
    "constants": lambda x: 3 - (2.5 * x + 1) / 7 + 2 / (x * x + 1) - x / 3,
}
EDGES = torch.tensor([0.0, -0.0, 1.0, -1.0, 1.0, 1e-30, 40.0, -40.0], dtype=torch.float64)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("shape", [(3, 5), (), (2, 0), None], ids=str)
def test_elementwise(name, shape):
    assert_both_modes(ELEMENTWISE[name], EDGES if shape is None else random(*shape))


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "erf", "softmax"])
def test_saturation_is_finite(name):
    x = Value(torch.tensor([-1e4, -800.0, 800.0, 1e4], dtype=torch.float64))
    y = x.softmax(dim=0) if name == "softmax" else getattr(x, name)()
    y.backward(torch.ones(4))
    assert y.data.isfinite().all()
    assert x.grad.isfinite().all()


SHAPES = [((3, 5), (3, 5)), ((3, 5), (5,)), ((3, 1), (1, 5)), ((), (2, 3)), ((2, 1, 5), (3, 1))]


@pytest.mark.parametrize(("a", "b"), [*SHAPES, ((0, 3), (3,)), ((0, 3), (1, 1)), ((1,), (0,))])
@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: x + y,
        lambda x, y: x - y,
        lambda x, y: x * y,
        lambda x, y: x / (1 + y * y),
        lambda x, y: (1 + x * x) ** y,
        lambda x, y: x.maximum(y),
        lambda x, y: x.minimum(y),
        lambda x, y: x.where(x > y, y),
        lambda x, y: y.where(x <= y, x * 2),
    ],
    ids=["add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "where", "where2"],
)
def test_binary_broadcasts(f, a, b):
    assert_both_modes(f, random(*a), random(*b, seed=9))
    assert_both_modes(lambda y, x: f(x, y), random(*a), random(*b, seed=9))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((3, 5), (5, 2)),
        ((5,), (5, 2)),
        ((3, 5), (5,)),
        ((5,), (5,)),
        ((7, 3, 5), (7, 5, 2)),
        ((7, 3, 5), (5, 2)),
        ((3, 5), (7, 5, 2)),
        ((2, 1, 3, 5), (7, 5, 2)),
        ((5,), (7, 5, 2)),
        ((7, 3, 5), (5,)),
        ((0, 5), (5, 2)),
        ((3, 0), (0, 2)),
    ],
)
def test_matmul(a, b):
    assert_both_modes(lambda x, y: x @ y, random(*a), random(*b, seed=9))


DIMS = [{}, {"dim": 0}, {"dim": -1, "keepdim": True}, {"dim": (0, 2)}, {"dim": (-1, 1)}]


@pytest.mark.parametrize("options", DIMS, ids=str)
@pytest.mark.parametrize("name", ["sum", "mean", "amax", "amin", "logsumexp"])
def test_reductions(name, options):
    if name == "logsumexp" and not options:
        options = {"dim": (0, 1, 2)}
    assert_both_modes(lambda x: getattr(x, name)(**options), random(2, 3, 5))


def test_reductions_of_a_number():
    for name in ("sum", "mean", "amax", "amin"):
        assert_both_modes(lambda x, name=name: getattr(x, name)(), random())
        assert_both_modes(lambda x, name=name: getattr(x, name)(dim=0), random())


def test_sum_and_matmul_of_nothing():
    assert_both_modes(lambda x: x.sum(), random(0, 3))
    assert_both_modes(lambda x: x.sum(dim=0, keepdim=True), random(0, 3))
    assert_both_modes(lambda x: x.mean(dim=1), random(0, 3))
    assert_both_modes(lambda x: x.reshape(3, 0)[1:].tanh(), random(0, 3))


def test_equal_maxima_share_the_gradient():
    x = torch.tensor([[2.0, 2.0, 1.0], [0.0, 0.0, 0.0]], dtype=torch.float64)
    assert_both_modes(lambda x: x.max(), x)
    assert_both_modes(lambda x: x.amax(dim=1), x)
    value = Value(x)
    value.max(dim=1).sum().backward()
    assert value.grad.tolist() == [[0.5, 0.5, 0.0], [1 / 3, 1 / 3, 1 / 3]]


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_softmax(scale):
    x = scale * random(3, 5)
    assert_both_modes(lambda x: x.log_softmax(dim=1), x)
    assert_reverse(lambda x: x.softmax(dim=0), x)
    assert_both_modes(lambda x: x.logsumexp(dim=1, keepdim=True), x)


def test_logsumexp_of_minus_infinity():
    x = torch.tensor([[-float("inf"), 0.0, 1.0]], dtype=torch.float64)
    assert_both_modes(lambda x: x.logsumexp(dim=1), x)
    with pytest.warns(RuntimeWarning, match="NaN"):
        Value(x - float("inf")).logsumexp(dim=1).sum().backward()


KEYS = {
    "integer": 1,
    "slice": (slice(None), slice(0, 5, 2)),
    "new axis": (None, ..., 0),
    "pairs": (torch.tensor([0, 2, 2]), torch.tensor([1, 3, 3])),
    "repeats": torch.tensor([[2, 2], [0, 2]]),
    "list": [0, 0, 1],
    "mask": torch.arange(15).reshape(3, 5) % 2 == 0,
    "nothing": slice(2, 2),
}


@pytest.mark.parametrize("name", KEYS)
def test_indexing(name):
    assert_both_modes(lambda x: x[KEYS[name]], random(3, 5))


def test_iteration_and_unpacking():
    assert_both_modes(lambda x: sum(i * row for i, row in enumerate(x)), random(3, 5))
    with pytest.raises(TypeError):
        list(Value(1.0))


def test_shapes():
    x = random(2, 3, 5)
    assert_both_modes(lambda x: x.reshape(6, 5).T @ x.reshape((6, -1)), x)
    assert_both_modes(lambda x: x.transpose(0, 2).mT, x)


@pytest.mark.reference("torch.cat", of="dlcore.autograd.concatenate")
def test_concatenate():
    x, y = random(2, 3), random(2, 5, seed=9)
    ours = concatenate([Value(x), y], dim=-1)
    assert_close(ours.data, torch.cat([x, y], dim=-1))
    assert_both_modes(lambda x, y: concatenate([x, y, 2 * x], dim=1), x, y)
    assert_both_modes(lambda x, y: concatenate((x.T, y.T)), x, y)


@pytest.mark.reference("torch.stack", of="dlcore.autograd.stack")
@pytest.mark.parametrize("dim", [0, 1, 2, -1, -3])
def test_stack(dim):
    x, y = random(2, 3), random(2, 3, seed=9)
    assert_close(stack([Value(x), Value(y)], dim).data, torch.stack([x, y], dim))
    assert_both_modes(lambda x, y: stack([x, y, x], dim), x, y)


@pytest.mark.reference("torch.Tensor.sum_to_size", of="dlcore.autograd.unbroadcast")
@pytest.mark.parametrize("shape", [(3, 5), (5,), (3, 1), (1, 1), (1,), ()])
def test_unbroadcast(shape):
    g = random(2, 3, 5)
    assert_close(unbroadcast(g, shape), g.sum_to_size(shape))


@pytest.mark.parametrize("kind", [Value, Dual])
def test_tensors_arrays_and_numbers_meet_values_from_either_side(kind):
    x, array = kind(random(3)), np.arange(3.0)
    for other in (array, torch.from_numpy(array), [0.0, 1.0, 2.0], 2, np.float64(2), True):
        number = torch.as_tensor(other, dtype=torch.float64)
        for y, expected in (
            (x + other, x.data + number),
            (other + x, x.data + number),
            (other - x, number - x.data),
            (other * x, number * x.data),
            (other / x, number / x.data),
        ):
            assert type(y) is kind
            assert_close(y.data, expected)
    for y in (array @ x, torch.from_numpy(array) @ x, x @ array):
        assert type(y) is kind
        assert_close(y.data, torch.from_numpy(array) @ x.data)


def test_a_number_keeps_its_precision_beside_a_condition():
    x = Value(random(3))
    assert_close(x.maximum(-0.7).minimum(0.1).data, x.data.clamp(-0.7, 0.1))
    assert x.where(x > 9, 0.1).data.tolist() == [0.1, 0.1, 0.1]
    assert (x * 0 + [0.1, 0.1, 0.1]).data.tolist() == [0.1, 0.1, 0.1]


def test_single_precision_stays_single():
    f = lambda x: (2.0 * x.tanh() + x @ x.T @ x).logsumexp(dim=1) / 3 + x.mean()  # noqa: E731
    x = random(3, 5, dtype=torch.float32)
    y = f(value := Value(x))
    y.sum().backward()
    assert (y.dtype, value.grad.dtype) == (torch.float32, torch.float32)
    reference = x.double().requires_grad_()
    f(reference).sum().backward()
    assert_close(value.grad, reference.grad, rtol=1e-4, atol=1e-5)


def test_mixed_precision_gives_every_operand_its_own():
    x, y = Value(random(3)), Value(random(3, dtype=torch.float32))
    (x * y).sum().backward()
    assert (x.grad.dtype, y.grad.dtype) == (torch.float64, torch.float32)


@operation
def softplus(x):
    """The example of the documentation: an operation of one's own."""
    slope = torch.sigmoid(x)
    return torch.nn.functional.softplus(x), lambda g: g * slope, lambda dx: dx * slope


@pytest.mark.reference("torch.autograd.Function", of="dlcore.autograd.operation")
def test_own_operation():
    class Softplus(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.nn.functional.softplus(x)

        @staticmethod
        def backward(ctx, g):
            return g * torch.sigmoid(ctx.saved_tensors[0])

    x, g = random(3, 5), random(3, 5, seed=4)
    value, leaf = Value(x), x.clone().requires_grad_()
    (3 * softplus(value * 2)).backward(g)
    (3 * Softplus.apply(leaf * 2)).backward(g)
    assert_close(value.grad, leaf.grad)
    assert_both_modes(lambda x: softplus(x) * x, x)
    assert softplus.__name__ == "softplus"
    assert_close(softplus(0.0), torch.tensor(2.0).log())


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (lambda x: x, r"mine must return \(output, vjp\) or \(output, vjp, jvp\).*Tensor"),
        (lambda x: (x, x), r"tensor and functions, it returned \(Tensor, Tensor\)"),
        (lambda x: (x, lambda g: g, None), "NoneType"),
        (lambda x: (1.0, lambda g: g), "float"),
    ],
)
def test_a_rule_that_returns_something_else(returned, message):
    def mine(x):
        return returned(x)

    with pytest.raises(TypeError, match=message):
        operation(mine)(Value(2.0))


@pytest.mark.bad_input
def test_a_wrong_vjp_or_jvp_is_named():
    @operation
    def mine(x, *, vjp, jvp=lambda dx: dx):
        return x, vjp, jvp

    x = Value(random(3))
    with pytest.raises(ValueError, match=r"vjp of mine .* \(\) for operand 0 of shape \(3,\)"):
        mine(x, vjp=lambda g: g.sum()).sum().backward()
    with pytest.raises(ValueError, match="vjp of mine returned 2 gradients for 1 operands"):
        mine(x, vjp=lambda g: (g, g)).sum().backward()
    with pytest.raises(ValueError, match=r"jvp of mine .* \(\) for an output of shape \(3,\)"):
        mine(Dual(random(3)), vjp=lambda g: g, jvp=lambda dx: dx.sum())


@pytest.mark.bad_input
def test_forward_mode_needs_a_jvp():
    @operation
    def halve(x):
        return x / 2, lambda g: g / 2

    value = Value(3.0)
    halve(value).backward()
    assert value.grad.item() == 0.5
    with pytest.raises(TypeError, match="halve has no forward mode"):
        halve(Dual(3.0, 1.0))


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: x @ random(4, 2), r"matmul of operands \(3, 5\).*\(4, 2\)"),
        (lambda x: x + random(4), r"add of operands \(3, 5\).*\(4,\)"),
        (lambda x: x.reshape(7), r"reshape of operands \(3, 5\)"),
        (lambda x: concatenate([x, random(2, 2)]), r"join of operands \(3, 5\).*\(2, 2\)"),
        (lambda x: concatenate([]), "at least one operand"),
        (lambda x: stack([]), "at least one operand"),
        (lambda x: stack([x, x[0]]), r"one shape, got \[\(3, 5\), \(5,\)\]"),
        (lambda x: x[0].T, r"\.T is for matrices, this has shape \(5,\)"),
        (lambda x: unbroadcast(x.data, (4,)), r"\(4,\) does not broadcast to \(3, 5\)"),
        (lambda x: unbroadcast(x.data, (2, 3, 5)), r"\(2, 3, 5\) does not broadcast"),
    ],
)
@pytest.mark.parametrize("kind", [Value, Dual])
def test_shapes_that_do_not_fit(kind, f, message):
    with pytest.raises(ValueError, match=message):
        f(kind(random(3, 5)))


@pytest.mark.bad_input
def test_operands_of_the_wrong_kind():
    with pytest.raises(TypeError, match="multiply: Dual and Value cannot meet"):
        Value(1.0) * Dual(1.0)
    with pytest.raises(TypeError, match="add: expected a tensor or numbers, got str"):
        Value(1.0) + "one"
    with pytest.raises(IndexError):
        Value(random(3))[5]
    with pytest.raises(IndexError):
        Value(random(3)).sum(dim=2)


def test_nan_is_announced_where_it_arises():
    with pytest.warns(RuntimeWarning, match="log gives NaN") as caught:
        Value(-1.0).log() + 1
    assert len(caught) == 1
    x = Value(0.0)
    with pytest.warns(RuntimeWarning, match="gradient through power is NaN"):
        (x.sqrt() * 0).backward()


def test_plain_tensors_stay_with_torch():
    x = random(3).requires_grad_()
    softplus(x).sum().backward()
    assert_close(x.grad, torch.sigmoid(x))
