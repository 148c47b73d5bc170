"""The layers' forward and parameters against torch.nn's, state loaded both ways."""

import copy

import pytest
import torch

from dlcore import nn
from tests.parity import assert_close

PAIRS = {
    "Sigmoid": (nn.Sigmoid(), torch.nn.Sigmoid()),
    "Softmax": (nn.Softmax(), torch.nn.Softmax(dim=-1)),
    "Softplus": (nn.Softplus(), torch.nn.Softplus(threshold=40)),
    "Tanh": (nn.Tanh(), torch.nn.Tanh()),
    "ReLU": (nn.ReLU(), torch.nn.ReLU()),
    "LeakyReLU": (nn.LeakyReLU(), torch.nn.LeakyReLU()),
    "LeakyReLU(0.3)": (nn.LeakyReLU(0.3), torch.nn.LeakyReLU(0.3)),
    "PReLU": (nn.PReLU(), torch.nn.PReLU()),
    "PReLU(5, 1.5)": (nn.PReLU(5, 1.5), torch.nn.PReLU(5, 1.5)),
    "ELU": (nn.ELU(), torch.nn.ELU()),
    "ELU(0.5)": (nn.ELU(0.5), torch.nn.ELU(0.5)),
    "SELU": (nn.SELU(), torch.nn.SELU()),
    "SiLU": (nn.SiLU(), torch.nn.SiLU()),
    "GELU": (nn.GELU(), torch.nn.GELU()),
    "GELU(tanh)": (nn.GELU("tanh"), torch.nn.GELU("tanh")),
    "Swish": (nn.Swish(), torch.nn.SiLU()),
}


@pytest.mark.reference("torch.nn.Sigmoid", of="dlcore.nn.Sigmoid")
@pytest.mark.reference("torch.nn.Softmax", of="dlcore.nn.Softmax")
@pytest.mark.reference("torch.nn.Softplus", of="dlcore.nn.Softplus")
@pytest.mark.reference("torch.nn.Tanh", of="dlcore.nn.Tanh")
@pytest.mark.reference("torch.nn.ReLU", of="dlcore.nn.ReLU")
@pytest.mark.reference("torch.nn.LeakyReLU", of="dlcore.nn.LeakyReLU")
@pytest.mark.reference("torch.nn.PReLU", of="dlcore.nn.PReLU")
@pytest.mark.reference("torch.nn.ELU", of="dlcore.nn.ELU")
@pytest.mark.reference("torch.nn.SELU", of="dlcore.nn.SELU")
@pytest.mark.reference("torch.nn.SiLU", of="dlcore.nn.SiLU")
@pytest.mark.reference("torch.nn.SiLU", of="dlcore.nn.Swish")
@pytest.mark.reference("torch.nn.GELU", of="dlcore.nn.GELU")
@pytest.mark.parametrize("name", PAIRS)
def test_same_as_torch(name, generator):
    ours, theirs = (copy.deepcopy(layer).double() for layer in PAIRS[name])
    z = 4 * torch.randn(7, 5, generator=generator, dtype=torch.float64)
    weights = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    results = []
    for layer in (ours, theirs):
        x = z.clone().requires_grad_()
        h = layer(x)
        h.backward(weights)
        results.append([h, x.grad, *(p.grad for p in layer.parameters())])
    for actual, expected in zip(*results, strict=name != "Swish"):
        assert_close(actual, expected)


@pytest.mark.parametrize("name", sorted(PAIRS.keys() - {"Swish"}))
def test_state_loads_both_ways(name):
    ours, theirs = (copy.deepcopy(layer) for layer in PAIRS[name])
    for p in theirs.parameters():
        p.data.fill_(0.7)
    ours.load_state_dict(theirs.state_dict())
    theirs.load_state_dict(ours.state_dict())
    assert [p.tolist() for p in ours.parameters()] == [p.tolist() for p in theirs.parameters()]


def test_swish_learns_its_sharpness(generator):
    layer = nn.Swish(beta=0.7).double()
    z = torch.randn(7, dtype=torch.float64, generator=generator)
    layer(z).sum().backward()
    s = torch.sigmoid(0.7 * z)
    assert_close(layer.beta.grad, (z**2 * s * (1 - s)).sum(), rtol=1e-6)


@pytest.mark.reference("torch.nn.Linear", of="dlcore.nn.Maxout")
@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_maxout_is_the_largest_of_separate_linear_layers(pieces, generator):
    layer = nn.Maxout(5, 7, pieces).double()
    X = torch.randn(11, 5, generator=generator, dtype=torch.float64)
    parts = []
    for j in range(pieces):
        part = torch.nn.Linear(5, 7).double()
        part.weight.data, part.bias.data = (
            layer.linear.weight.data[j::pieces],
            layer.linear.bias.data[j::pieces],
        )
        parts.append(part(X))
    assert_close(layer(X), torch.stack(parts).max(dim=0).values)
    assert nn.count_parameters(layer) == pieces * 7 * (5 + 1)


def test_maxout_is_convex_in_its_input(generator):
    layer = nn.Maxout(3, 5, pieces=4).double()
    a, b = torch.randn(2, 101, 3, generator=generator, dtype=torch.float64)
    assert (layer((a + b) / 2) <= (layer(a) + layer(b)) / 2 + 1e-12).all()


@pytest.mark.bad_input
def test_bad_sizes():
    with pytest.raises(ValueError, match="num_parameters must be at least 1, got 0"):
        nn.PReLU(0)
    with pytest.raises(ValueError, match="at least 1, got 3 and 0"):
        nn.Maxout(3, 5, pieces=0)
    with pytest.raises(ValueError, match=r"expected inputs of shape \(..., 3\), got \(7, 5\)"):
        nn.Maxout(3, 5)(torch.zeros(7, 5))
