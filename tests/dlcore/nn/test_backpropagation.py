"""Forward and backward by hand against torch's modules and autograd."""

import itertools
import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close

HIDDEN = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "gelu": F.gelu}
OUTPUT = {
    "identity": lambda z: z,
    "sigmoid": torch.sigmoid,
    "softmax": lambda z: torch.softmax(z, 1),
    "tanh": torch.tanh,
    "relu": torch.relu,
}
FROM_LOGITS = {
    "binary_cross_entropy": F.binary_cross_entropy_with_logits,
    "cross_entropy": F.cross_entropy,
}
PAIRS = [
    *itertools.product(OUTPUT, ["mse"]),
    ("sigmoid", "binary_cross_entropy"),
    ("softmax", "cross_entropy"),
]
SIZES = {"rectangular": [5, 7, 11, 3], "square": [5, 5, 5, 5], "one layer": [5, 3]}


def network(sizes, generator, requires_grad=True):
    shapes = list(itertools.pairwise(sizes))
    draw = {"generator": generator, "dtype": torch.float64}
    weights = [torch.randn(d_out, d_in, **draw) for d_in, d_out in shapes]
    biases = [torch.randn(d_out, **draw) for _, d_out in shapes]
    for p in weights + biases:
        p.requires_grad_(requires_grad)
    return weights, biases


def targets_for(loss, n, k, generator):
    if loss == "cross_entropy":
        return torch.randint(k, (n,), generator=generator)
    return torch.rand(n, k, generator=generator, dtype=torch.float64)


def reference_forward(X, weights, biases, hidden, output):
    h, zs = X, []
    for l, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
        zs.append(F.linear(h, W, b))
        zs[-1].retain_grad()
        h = HIDDEN[hidden](zs[-1]) if l < len(weights) else OUTPUT[output](zs[-1])
    return h, zs


@pytest.mark.reference("torch.nn.Sequential", of="dlcore.nn.forward_propagation")
@pytest.mark.parametrize("name", ["relu", "tanh", "gelu"])
def test_forward_as_in_a_sequential(name, generator):
    f = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "gelu": torch.nn.GELU}[name]
    model = torch.nn.Sequential(
        torch.nn.Linear(5, 7), f(), torch.nn.Linear(7, 3), torch.nn.Softmax(dim=1)
    ).double()
    parameters = [p.detach() for p in model.parameters()]
    X = torch.randn(13, 5, generator=generator, dtype=torch.float64)
    cache = nn.forward_propagation(X, parameters[0::2], parameters[1::2], name, "softmax")
    for i, value in enumerate([cache.z[1], cache.h[1], cache.z[2], cache.h[2]], start=1):
        assert_close(value, model[:i](X))
    assert cache.h[0] is X
    assert cache.output is cache.h[2]
    assert cache.depth == 2


@pytest.mark.reference("torch.autograd", of="dlcore.nn.backpropagation")
@pytest.mark.reference("torch.autograd", of="dlcore.nn.ForwardCache")
@pytest.mark.reference("torch.autograd", of="dlcore.nn.Gradients")
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(("output", "loss"), PAIRS)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_gradients_and_deltas_as_autograds(hidden, output, loss, sizes, generator):
    weights, biases = network(SIZES[sizes], generator)
    X = torch.randn(13, 5, generator=generator, dtype=torch.float64)
    y = targets_for(loss, 13, SIZES[sizes][-1], generator)
    y_hat, zs = reference_forward(X, weights, biases, hidden, output)
    (F.mse_loss(y_hat, y) if loss == "mse" else FROM_LOGITS[loss](zs[-1], y)).backward()

    cache = nn.forward_propagation(X, weights, biases, hidden, output)
    gradients, deltas = nn.backpropagation(cache, y, loss)
    for (dW, db), W, b in zip(gradients, weights, biases, strict=True):
        assert_close(dW, W.grad)
        assert_close(db, b.grad)
        assert not dW.requires_grad
    for l, z in enumerate(zs, start=1):
        assert_close(deltas[l], z.grad)


def test_central_differences(generator):
    weights, biases = network([3, 5, 2], generator, requires_grad=False)
    X = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    y = targets_for("cross_entropy", 7, 2, generator)

    def cost():
        logits = nn.forward_propagation(X, weights, biases, "tanh").output
        return F.cross_entropy(logits, y).item()

    cache = nn.forward_propagation(X, weights, biases, "tanh", "softmax")
    gradients = nn.backpropagation(cache, y, "cross_entropy").parameters
    for parameter, gradient in zip(
        itertools.chain(*zip(weights, biases, strict=True)),
        itertools.chain(*gradients),
        strict=True,
    ):
        flat = parameter.view(-1)
        for i in range(flat.numel()):
            before, h = flat[i].item(), 1e-5
            flat[i] = before + h
            above = cost()
            flat[i] = before - h
            below = cost()
            flat[i] = before
            assert gradient.view(-1)[i].item() == pytest.approx((above - below) / (2 * h), abs=1e-9)


def test_example_of_the_chapter():
    X = torch.tensor([[1.0, 0.5]], dtype=torch.float64)
    weights = [torch.tensor([[0.5, -0.3], [0.8, 0.2]]), torch.tensor([[0.6, -0.4]])]
    biases = [torch.tensor([0.1, -0.2]), torch.tensor([0.1])]
    cache = nn.forward_propagation(
        X, [W.double() for W in weights], [b.double() for b in biases], "relu", "sigmoid"
    )
    assert_close(cache.z[1], [[0.45, 0.7]], rtol=1e-6)
    assert_close(cache.h[1], [[0.45, 0.7]], rtol=1e-6)
    assert cache.z[2].item() == pytest.approx(0.09, abs=1e-7)
    assert cache.output.item() == pytest.approx(0.522485, abs=5e-7)
    y = torch.ones(1, 1, dtype=torch.float64)
    assert nn.binary_cross_entropy(cache.output, y).item() == pytest.approx(0.649159, abs=5e-7)
    deltas = nn.backpropagation(cache, y, "binary_cross_entropy").deltas
    assert_close(deltas[2], cache.output - y)


def test_the_seed_form_of_the_output_delta_is_wrong_after_a_sigmoid(generator):
    """The gradient in the activation instead of the pre-activation, right only if linear."""
    weights, biases = network([3, 5, 2], generator)
    X, y = torch.randn(2, 7, 3, generator=generator, dtype=torch.float64)
    y = y[:, :2]
    for output, wrong in (("sigmoid", True), ("identity", False)):
        cache = nn.forward_propagation(X, weights, biases, "tanh", output)
        gradient_in_h = 2 * (cache.output - y) / y.numel()
        right = nn.backpropagation(cache, y, "mse").deltas[2]
        assert ((gradient_in_h - right).abs().max() > 0.01) == wrong


def test_the_softmax_delta_is_the_transposed_jacobian_times_the_gradient(generator):
    weights, biases = network([3, 5], generator, requires_grad=False)
    X = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    y = torch.eye(5, dtype=torch.float64)[torch.arange(7) % 5]
    cache = nn.forward_propagation(X, weights, biases, output_activation="softmax")
    p = cache.output
    J = torch.diag_embed(p) - p[:, :, None] * p[:, None, :]
    by_jacobian = torch.einsum("nij,ni->nj", J, -y / p) / 7
    assert_close(nn.backpropagation(cache, y, "cross_entropy").deltas[1], by_jacobian)
    elementwise = p * (1 - p) * (-y / p) / 7
    assert (elementwise - by_jacobian).abs().max() > 0.01


def test_two_layers_of_sigmoids_with_half_the_squared_error(generator):
    """The delta rules in the form of the course notes: the loss there carries a factor 1/2."""
    weights, biases = network([3, 5, 2], generator, requires_grad=False)
    x = torch.randn(1, 3, generator=generator, dtype=torch.float64)
    t = torch.rand(1, 2, generator=generator, dtype=torch.float64)
    cache = nn.forward_propagation(x, weights, biases, "sigmoid", "sigmoid")
    deltas = nn.backpropagation(cache, t, "mse").deltas
    y, h = cache.h[2], cache.h[1]
    delta_k = y * (1 - y) * (y - t)
    delta_j = h * (1 - h) * (delta_k @ weights[1])
    half = t.numel() / 2  # mean squared error over K outputs is 2 / K times half the sum
    assert_close(half * deltas[2], delta_k)
    assert_close(half * deltas[1], delta_j)


def test_one_hot_rows_and_labels_give_the_same(generator):
    weights, biases = network([3, 5], generator)
    X = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    labels = torch.randint(5, (7,), generator=generator)
    cache = nn.forward_propagation(X, weights, biases, output_activation="softmax")
    by_label = nn.backpropagation(cache, labels, "cross_entropy")
    by_rows = nn.backpropagation(cache, F.one_hot(labels, 5), "cross_entropy")
    assert torch.equal(by_label.deltas[1], by_rows.deltas[1])


def test_an_activation_of_ones_own(generator):
    sine = nn.Activation(torch.sin, torch.cos)
    weights, biases = network([3, 5, 2], generator)
    X, y = torch.randn(2, 7, 3, generator=generator, dtype=torch.float64)
    y = y[:, :2]
    cost = F.mse_loss(torch.sin(F.linear(torch.sin(F.linear(X, weights[0], biases[0])), weights[1], biases[1])), y)  # noqa: E501  # fmt: skip
    expected = torch.autograd.grad(cost, weights)
    cache = nn.forward_propagation(X, weights, biases, sine, sine)
    for (dW, _), reference in zip(
        nn.backpropagation(cache, y, "mse").parameters, expected, strict=True
    ):
        assert_close(dW, reference)


def test_a_batch_averages_its_examples(generator):
    weights, biases = network([3, 5, 2], generator, requires_grad=False)
    X = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    y = torch.randint(2, (7,), generator=generator)

    def gradient(rows):
        cache = nn.forward_propagation(X[rows], weights, biases, "tanh", "softmax")
        return nn.backpropagation(cache, y[rows], "cross_entropy").parameters[0][0]

    single = torch.stack([gradient(slice(i, i + 1)) for i in range(7)])
    assert_close(gradient(slice(None)), single.mean(dim=0))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_dtype_follows_the_inputs(dtype):
    weights, biases = [torch.ones(2, 3, dtype=dtype)], [torch.zeros(2, dtype=dtype)]
    X = torch.ones(5, 3, dtype=dtype)
    cache = nn.forward_propagation(X, weights, biases, output_activation="softmax")
    dW, db = nn.backpropagation(cache, torch.arange(5) % 2, "cross_entropy").parameters[0]
    assert cache.output.dtype == dW.dtype == db.dtype == dtype


def test_nothing_overflows_with_confident_mistakes():
    cache = nn.forward_propagation(
        torch.tensor([[1.0]]),
        [torch.tensor([[1e4], [-1e4]])],
        [torch.zeros(2)],
        output_activation="softmax",
    )
    deltas = nn.backpropagation(cache, torch.tensor([1]), "cross_entropy").deltas
    assert deltas[1].tolist() == [[1, -1]]
    assert math.isfinite(nn.cross_entropy(cache.z[1], torch.tensor([1])).item())


def ones(*shape):
    return torch.ones(*shape)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((ones(7), [ones(3, 5)], [ones(3)]), r"X must have shape \(n, d\), got \(7,\)"),
        ((ones(7, 5), [], []), "at least one: got 0 and 0"),
        ((ones(7, 5), [ones(3, 5)], []), "as many biases as weights, at least one: got 1 and 0"),
        (
            (ones(7, 5), [ones(5, 3)], [ones(5)]),
            r"W of layer 1 must have shape \(d_out, 5\) for 5 inputs, got \(5, 3\)",
        ),
        (
            (ones(7, 5), [ones(3, 5), ones(3, 2)], [ones(3), ones(3)]),
            r"W of layer 2 must have shape \(d_out, 3\) for 3 inputs, got \(3, 2\)",
        ),
        (
            (ones(7, 5), [ones(3, 5)], [ones(1, 3)]),
            r"b of layer 1 must have shape \(3,\), got \(1, 3\)",
        ),
        ((ones(7, 5), [ones(3, 5)], [ones(3)], "rellu"), "unknown activation 'rellu'"),
        ((ones(7, 5), [ones(3, 5)], [ones(3)], "softmax"), "unknown activation 'softmax'"),
    ],
)
def test_bad_networks(arguments, message):
    with pytest.raises(ValueError, match=message):
        nn.forward_propagation(*arguments)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("output", "targets", "loss", "message"),
    [
        ("identity", ones(7), "mse", r"output's shape \(7, 3\), got \(7,\)"),
        ("softmax", torch.arange(6) % 3, "cross_entropy", r"shape \(7, 3\), got \(6, 3\)"),
        ("softmax", torch.arange(7), "cross_entropy", "labels must be integers between 0 and 2"),
        ("softmax", ones(7), "cross_entropy", "labels must be integers between 0 and 2"),
        ("identity", ones(7, 3), "binary_cross_entropy", "after output 'identity': choose 'mse'"),
        ("sigmoid", ones(7, 3), "hinge", "loss 'hinge' after output 'sigmoid'"),
    ],
)
def test_bad_targets(output, targets, loss, message):
    cache = nn.forward_propagation(ones(7, 5), [ones(3, 5)], [ones(3)], "relu", output)
    with pytest.raises(ValueError, match=message):
        nn.backpropagation(cache, targets, loss)
