"""Reverse mode as a whole: random graphs against torch.autograd, and what a user may get wrong."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import config

from dlcore.autograd import Value, concatenate
from tests.dlcore.autograd.same_text import assert_both_modes, assert_reverse, random
from tests.parity import assert_close

SHAPES = [(), (1,), (3,), (2, 3), (1, 3), (2, 1), (5, 2, 3), (5, 1, 1), (0, 3)]
UNARY = [
    lambda x: -x.tanh(),
    lambda x: x.sin().exp(),
    lambda x: x.sigmoid() * 3,
    lambda x: x.relu() + 1,
    lambda x: x.cos().square(),
    lambda x: (x.abs() + 1).log(),
    lambda x: 2 / (x.erf() + 2),
    lambda x: x.sum(),
    lambda x: x.sum(dim=-1, keepdim=True),
    lambda x: x.mean(dim=0) if len_or_one(x) else x,
    lambda x: x.amax(dim=-1) if x.shape[-1:] != (0,) and 0 not in x.shape else x,
    lambda x: x.logsumexp(dim=-1, keepdim=True) if 0 not in x.shape else x,
    lambda x: x.log_softmax(dim=-1) if x.ndim else x,
    lambda x: x.reshape(-1),
    lambda x: x.mT @ x if x.ndim > 1 else (x @ x if x.ndim else x),
    lambda x: x[[0, -1, 0]] if x.ndim and x.shape[0] else x,
    lambda x: x[..., 0] if x.ndim and x.shape[-1] else x,
    lambda x: x.transpose(0, -1) if x.ndim else x,
]
BINARY = [
    lambda x, y: x + y,
    lambda x, y: x - 2 * y,
    lambda x, y: x.tanh() * y,
    lambda x, y: x / (1 + y.abs()),
    lambda x, y: x.maximum(y),
    lambda x, y: x.minimum(y),
    lambda x, y: x.where(x > y, y.sin()),
    lambda x, y: concatenate([x.reshape(-1), y.reshape(-1)]),
]


def len_or_one(x):
    return x.shape[0] if x.ndim else 1


def broadcast(x, y):
    try:
        return torch.broadcast_shapes(x.shape, y.shape) is not None
    except RuntimeError:
        return False


def compute(program, leaves):
    """Run the steps, each on earlier results; the last three results enter the outcome."""
    pool = list(leaves)
    for operation, first, second in program:
        x, y = pool[first % len(pool)], pool[second % len(pool)]
        if operation < len(UNARY):
            pool.append(UNARY[operation](x))
        elif operation == len(UNARY) + len(BINARY) - 1 or broadcast(x, y):
            pool.append(BINARY[operation - len(UNARY)](x, y))
    return sum((result.sin().sum() for result in pool[-3:]), 0.0 * leaves[0].sum())


steps = st.tuples(
    st.integers(0, len(UNARY) + len(BINARY) - 1), st.integers(0, 30), st.integers(0, 30)
)
# whole numbers, so that ties in maxima and zeros in relu do occur
leaf = st.tuples(st.sampled_from(SHAPES), st.integers(0, 10**6)).map(
    lambda s: random(*s[0], seed=s[1]).mul(2).round()
)


@pytest.mark.reference("torch.autograd.grad", of="dlcore.autograd.Value")
@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(leaf, min_size=1, max_size=3), st.lists(steps, min_size=1, max_size=12))
def test_random_graphs(leaves, program):
    assert_both_modes(lambda *xs: compute(program, xs), *leaves)


def test_worked_examples():
    x = Value(2.0)
    ((x**2 + 1) ** 3).backward()
    assert x.grad.item() == 300
    x, y = Value(2), Value(3)
    ((x**2 + y**2) ** 2).backward()
    assert (x.grad.item(), y.grad.item()) == (104, 156)


def test_reused_values_add_up_their_gradients():
    assert_both_modes(lambda x: x * x * x + x, random(3))
    assert_both_modes(lambda x: (x + x) @ x, random(3))


def test_a_ladder_of_reuse_takes_linear_time():
    x = Value(1.0)
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad.item() == 2.0**60
    assert len(y.topological_order()) == 61


@pytest.fixture
def unchecked():
    """The shape checker off for this test, whose many small operations it would slow tenfold."""
    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", False)


@pytest.mark.usefixtures("unchecked")
def test_deep_chain():
    x = Value(torch.tensor(0.5, dtype=torch.float64))
    y = x
    for _ in range(5_000):
        y = y * 1.0001 + x
    y.backward()
    factor = 1.0001**5_000
    assert len(y.topological_order()) == 10_001
    assert_close(x.grad, torch.tensor(factor + (factor - 1) / 0.0001, dtype=torch.float64))


def test_gradients_of_several_calls_add_up_but_are_not_passed_on_twice():
    def both(x):
        h = x.tanh()
        return h, (h * h).sum(), h.exp().sum()

    x, leaf = Value(random(3)), random(3).requires_grad_()
    h, first, second = both(x)
    _, a, b = both(leaf)
    for ours, theirs in ((first, a), (second, b), (first, a)):
        ours.backward()
        theirs.backward(retain_graph=True)
        assert_close(x.grad, leaf.grad)
    assert_close(h.grad, 4 * h.data + h.data.exp())
    x.zero_grad()
    assert x.grad is None
    first.backward()
    assert_close(x.grad, 2 * x.data.tanh() * (1 - x.data.tanh() ** 2))


def test_topological_order_puts_operands_first():
    x, y = Value(1.0), Value(2.0)
    z = (x * y + x).exp() * y
    order = z.topological_order()
    place = {id(node): i for i, node in enumerate(order)}
    assert len(place) == len(order) == 6
    assert order[-1] is z
    for node in order:
        assert all(place[id(parent)] < place[id(node)] for parent in node.parents)


def test_constants_and_bystanders_get_no_gradient():
    c = torch.ones(3, requires_grad=True)
    x, other = Value(random(3)), Value(random(3))
    y = (c * x).sum()
    (other * x).sum()
    y.backward()
    assert other.grad is None
    assert c.grad is None
    assert not x.grad.requires_grad


def test_numbers_are_copied_and_inputs_untouched():
    W = random(3, 5)
    before = W.clone()
    value = Value(W)
    (value * value).sum().backward()
    value.data -= 0.1 * value.grad
    assert torch.equal(W, before)


def test_gradients_do_not_share_memory():
    x, y = Value(random(3)), Value(random(3))
    z = x + y
    z.sum().backward()
    x.grad *= 7
    assert y.grad.tolist() == z.grad.tolist() == [1, 1, 1]


def test_noncontiguous_and_whole_numbers():
    assert_reverse(lambda x: (x @ x.mT).tanh(), random(5, 3).T)
    assert Value([1, 2]).dtype == torch.get_default_dtype()
    assert Value(2).data.item() == 2.0


def test_python_protocols():
    x = Value(torch.tensor([1.0, 3.0]), name="x")
    assert len(x) == 2
    assert float(x[1]) == x[1].item() == 3.0
    assert (x > 2).tolist() == [False, True]
    assert (x >= 1).tolist() == [True, True]
    assert (x < x + 1).all()
    assert (x <= 1).tolist() == [True, False]
    assert bool(x[0] > 0)
    assert bool(x[0])
    assert repr(x) == "Value([1.0, 3.0], name='x')"
    assert repr(x.sum()) == "Value(4.0, by sum)"
    assert repr(Value(torch.zeros(3, 4))) == "Value(shape [3, 4])"


@pytest.mark.bad_input
def test_backward_needs_a_number_or_a_gradient_of_its_shape():
    x = Value(random(3, 2))
    with pytest.raises(ValueError, match=r"single number, this value has shape \(3, 2\)"):
        (x * 2).backward()
    with pytest.raises(ValueError, match=r"shape \(3, 2\), got \(2, 3\)"):
        (x * 2).backward(torch.ones(2, 3))
    assert x.grad is None
    (x[:1, :1] * 2).backward()
    assert x.grad[0, 0] == 2


@pytest.mark.bad_input
def test_changes_in_place_are_noticed():
    x = Value(random(3))
    y = x.exp().sum()
    x.data += 1
    with pytest.raises(RuntimeError, match="exp used were changed in place"):
        y.backward()
    h = x.exp()
    z = h.sum()
    h.data.zero_()
    with pytest.raises(RuntimeError, match="changed in place"):
        z.backward()
    w = x * x
    x.data = x.data + 1  # new numbers, the old ones are still there
    w.sum().backward()
    assert_close(x.grad, 2 * (x.data - 1))


@pytest.mark.bad_input
def test_values_are_not_assigned_to():
    with pytest.raises(TypeError, match="cannot be changed in place"):
        Value(random(3))[0] = 1.0


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (torch.tensor([1, 2]), r"torch.int64: convert the tensor with .float\(\)"),
        (torch.tensor([True]), "torch.bool"),
        (1j, "complex"),
        ("two", "expected a tensor or numbers, got str"),
        (None, "got NoneType"),
        ([[1.0], [1.0, 2.0]], "got list"),
    ],
)
def test_data_that_cannot_be_differentiated(data, message):
    with pytest.raises(TypeError, match=message):
        Value(data)
