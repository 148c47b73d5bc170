"""The multilayer perceptron against torch.nn.Sequential."""

import copy
import itertools

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close

TORCH = {
    "relu": torch.nn.ReLU,
    "tanh": torch.nn.Tanh,
    "sigmoid": torch.nn.Sigmoid,
    "leaky_relu": torch.nn.LeakyReLU,
    "prelu": torch.nn.PReLU,
    "elu": torch.nn.ELU,
    "selu": torch.nn.SELU,
    "silu": torch.nn.SiLU,
    "gelu": torch.nn.GELU,
    "identity": torch.nn.Identity,
}


@pytest.mark.reference("torch.nn.Sequential", of="dlcore.nn.MLP")
@pytest.mark.parametrize("activation", TORCH)
def test_values_gradients_and_state_as_in_a_sequential(activation, generator):
    f = TORCH[activation]
    theirs = torch.nn.Sequential(
        torch.nn.Linear(5, 7), f(), torch.nn.Linear(7, 11), f(), torch.nn.Linear(11, 3)
    ).double()
    ours = nn.MLP([5, 7, 11, 3], activation, dtype=torch.float64)
    ours.load_state_dict(theirs.state_dict())
    X = torch.randn(13, 5, generator=generator, dtype=torch.float64)
    y = torch.arange(13) % 3
    F.cross_entropy(theirs(X), y).backward()
    nn.cross_entropy(ours(X), y).backward()
    assert_close(ours(X), theirs(X))
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert_close(p.grad, q.grad)
    theirs.load_state_dict(nn.MLP([5, 7, 11, 3], activation).state_dict())


def test_starts_with_torchs_numbers():
    torch.manual_seed(1)
    ours = nn.MLP([5, 7, 3])
    torch.manual_seed(1)
    theirs = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.ReLU(), torch.nn.Linear(7, 3))
    X = torch.ones(2, 5)
    assert_close(ours(X), theirs(X), rtol=1e-6)


@pytest.mark.parametrize(
    ("output", "f"),
    [("softmax", lambda z: F.softmax(z, 1)), ("sigmoid", torch.sigmoid), (nn.Tanh, torch.tanh)],
)
def test_an_output_activation_follows_the_last_layer(output, f, generator):
    model = nn.MLP([5, 7, 3], output=output)
    X = torch.randn(11, 5, generator=generator)
    assert_close(model(X), f(model[:-1](X)), rtol=1e-5)


def test_layers_are_ordinary_ones():
    model = nn.MLP([5, 7, 11, 3], activation=lambda: nn.LeakyReLU(0.3), bias=False)
    assert [type(layer).__name__ for layer in model] == [
        "Linear", "LeakyReLU", "Linear", "LeakyReLU", "Linear",
    ]  # fmt: skip
    assert model[1].negative_slope == 0.3
    assert [tuple(layer.weight.shape) for layer in model.linear_layers] == [
        (7, 5),
        (11, 7),
        (3, 11),
    ]
    assert all(layer.bias is None for layer in model.linear_layers)
    assert model.sizes == (5, 7, 11, 3)
    assert type(model[:2]) is torch.nn.Sequential
    assert model[:2][0] is model[0]
    assert_close(copy.deepcopy(model)(torch.ones(2, 5)), model(torch.ones(2, 5)))


def test_without_hidden_layers_it_is_linear():
    model = nn.MLP([5, 3])
    assert len(model) == 1


def test_every_module_is_of_the_dtype_asked_for():
    for activation in ("prelu", "swish"):
        model = nn.MLP([5, 7, 3], activation, dtype=torch.float64)
        assert {p.dtype for p in model.parameters()} == {torch.float64}


@pytest.mark.reference("sum(p.numel())", of="dlcore.nn.count_parameters")
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("sizes", [[10, 20, 20, 3], [784, 128, 10], [5, 1], [2, 3, 5, 7, 11]])
def test_count(sizes, bias):
    layers = [torch.nn.Linear(a, b, bias) for a, b in itertools.pairwise(sizes)]
    expected = sum(p.numel() for p in torch.nn.Sequential(*layers).parameters())
    assert nn.count_parameters(sizes, bias=bias) == expected
    assert nn.count_parameters(nn.MLP(sizes, bias=bias)) == expected


def test_counts_of_the_chapter():
    assert nn.count_parameters([10, 20, 20, 3]) == 220 + 420 + 63 == 703
    assert nn.count_parameters([10, 20, 20, 3], bias=False) == 660
    assert nn.count_parameters([784, 128, 10]) == 101_770
    assert nn.count_parameters([16, 1, 1]) == 19
    assert nn.count_parameters([3072, 10]) == 30_730


def test_a_shared_parameter_counts_once():
    layer = nn.Linear(5, 5)
    assert nn.count_parameters(torch.nn.Sequential(layer, layer)) == 30


@pytest.mark.bad_input
@pytest.mark.parametrize("sizes", [[5], [], [5, 0, 3], [5, "32"], [5, 3.0]])
def test_bad_sizes(sizes):
    for call in (nn.MLP, nn.count_parameters):
        with pytest.raises(ValueError, match="at least input and output, each a whole number"):
            call(sizes)


@pytest.mark.bad_input
def test_unknown_activations():
    for keywords in ({"activation": "maxout"}, {"output": "maxout"}):
        with pytest.raises(ValueError, match="unknown activation 'maxout': choose from identity"):
            nn.MLP([2, 3, 2], **keywords)
