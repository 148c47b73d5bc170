"""The written derivatives against autograd on torch's own functions."""

import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, edge_grid

TORCH = {
    "identity": torch.nn.Identity(),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "selu": F.selu,
    "swish": F.silu,
    "silu": F.silu,
    "gelu": F.gelu,
    "softplus": lambda z: F.softplus(z, threshold=40),
}


def by_autograd(f, z, **options):
    z = z.clone().requires_grad_()
    return torch.autograd.grad(f(z, **options).sum(), z)[0]


@pytest.mark.reference("torch.nn.functional", of="dlcore.nn.as_activation")
@pytest.mark.reference("torch.autograd.grad", of="dlcore.nn.derivative")
@pytest.mark.parametrize("name", TORCH)
def test_every_activation_of_the_table(name):
    z = torch.cat([torch.linspace(-30, 30, 121, dtype=torch.float64), edge_grid()])
    assert_close(nn.as_activation(name).function(z), TORCH[name](z))
    assert_close(nn.derivative(name)(z), by_autograd(TORCH[name], z))
    assert nn.derivative(name)(z.float()).dtype == torch.float32


def test_the_table_is_complete():
    assert set(nn.ACTIVATIONS) == set(TORCH)


@pytest.mark.parametrize("alpha", [0.001, 0.2, 2.0])
def test_options(alpha):
    z = edge_grid()
    assert_close(
        nn.derivative("leaky_relu")(z, negative_slope=alpha),
        by_autograd(F.leaky_relu, z, negative_slope=alpha),
    )
    assert_close(nn.derivative("elu")(z, alpha=alpha), by_autograd(F.elu, z, alpha=alpha))
    z = torch.linspace(-9, 9, 37, dtype=torch.float64)
    assert_close(
        nn.derivative("swish")(z, alpha), by_autograd(lambda z: z * torch.sigmoid(alpha * z), z)
    )
    assert_close(nn.derivative("gelu")(z, "tanh"), by_autograd(F.gelu, z, approximate="tanh"))


def test_the_slope_at_0_is_torchs():
    z = torch.zeros(1)
    slopes = {name: nn.derivative(name)(z).item() for name in ("relu", "leaky_relu", "elu")}
    assert slopes == {"relu": 0, "leaky_relu": pytest.approx(0.01), "elu": 1}


def test_numbers_of_the_chapter():
    z = torch.tensor([0.0, 5.0, 10.0], dtype=torch.float64)
    assert nn.derivative("sigmoid")(z)[0] == 0.25
    assert nn.derivative("sigmoid")(z)[2].item() == pytest.approx(4.54e-5, rel=1e-3)
    assert nn.derivative("tanh")(z)[0] == 1
    assert nn.derivative("tanh")(z)[1].item() == pytest.approx(1.82e-4, rel=5e-3)
    chain = nn.derivative("sigmoid")(torch.zeros(20, dtype=torch.float64))
    assert chain[:10].prod().item() == pytest.approx(9.54e-7, rel=1e-3)
    assert chain.prod().item() == pytest.approx(9.09e-13, rel=1e-3)


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_the_right_tail_does_not_cancel(name):
    z = torch.linspace(0, 300, 61, dtype=torch.float64)
    assert_close(nn.derivative(name)(z), nn.derivative(name)(-z), rtol=1e-14, atol=0)
    exponent = {"sigmoid": -z, "tanh": math.log(4) - 2 * z}[name]
    assert_close(nn.derivative(name)(z)[10:], exponent.exp()[10:], rtol=1e-11, atol=0)


@pytest.mark.reference("torch.autograd.grad", of="dlcore.nn.Activation")
def test_a_pair_of_ones_own():
    cube = nn.Activation(lambda z: z**3, lambda z: 3 * z**2)
    z = torch.linspace(-2, 2, 11, dtype=torch.float64)
    assert nn.as_activation(cube) is cube
    assert_close(nn.derivative(cube)(z), by_autograd(lambda z: z**3, z))


@pytest.mark.bad_input
@pytest.mark.parametrize("f", [nn.derivative, nn.as_activation])
def test_an_unknown_name(f):
    with pytest.raises(ValueError, match="unknown activation 'rellu': choose from identity, sigm"):
        f("rellu")
