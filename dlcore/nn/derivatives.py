"""The derivatives of the activation functions, and the table that pairs the two.

`ACTIVATIONS` maps a name to the pair; `derivative(name)` is the second of it. PReLU is missing:
its derivative is that of the leaky ReLU with the learned slope.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.activations import (
    GELU_CUBIC,
    SELU_ALPHA,
    SELU_SCALE,
    elu,
    gelu,
    gelu_argument,
    identity,
    leaky_relu,
    normal_cdf,
    relu,
    selu,
    swish,
    tanh,
)
from dlcore.numerics.stable import sigmoid, softplus


def identity_derivative(z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """1 everywhere."""
    return torch.ones_like(z)


def sigmoid_derivative(z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """sigmoid(z) (1 - sigmoid(z)), at most 1/4; the second factor is sigmoid(-z)."""
    return sigmoid(z) * sigmoid(-z)


def tanh_derivative(z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """1 - tanh(z)^2, at most 1; as tanh(z) = 2 sigmoid(2z) - 1 it is 4 sigmoid'(2z)."""
    return 4 * sigmoid_derivative(2 * z)


def relu_derivative(z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """1 where z > 0, else 0."""
    return (z > 0).to(z.dtype)


def leaky_relu_derivative(
    z: Float[Tensor, "*shape"], negative_slope: float = 0.01
) -> Float[Tensor, "*shape"]:
    """1 where z > 0, else alpha."""
    return torch.ones_like(z).where(z > 0, negative_slope)


def elu_derivative(z: Float[Tensor, "*shape"], alpha: float = 1.0) -> Float[Tensor, "*shape"]:
    """1 where z > 0, else alpha exp(z)."""
    return torch.where(z > 0, 1, alpha * torch.exp(z.clamp(max=0)))


def selu_derivative(z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The scaled derivative of ELU."""
    return SELU_SCALE * elu_derivative(z, SELU_ALPHA)


def swish_derivative(
    z: Float[Tensor, "*shape"], beta: float | Tensor = 1.0
) -> Float[Tensor, "*shape"]:
    """sigmoid(beta z) + beta z sigmoid'(beta z), by the product rule."""
    return sigmoid(beta * z) + beta * z * sigmoid_derivative(beta * z)


def gelu_derivative(
    z: Float[Tensor, "*shape"], approximate: str = "none"
) -> Float[Tensor, "*shape"]:
    """Phi(z) + z phi(z), by the product rule, phi the normal density."""
    if approximate == "none":
        density = torch.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    else:
        slope = math.sqrt(2 / math.pi) * (1 + 3 * GELU_CUBIC * z.clamp(-30, 30) ** 2)
        density = 2 * slope * sigmoid_derivative(2 * gelu_argument(z))
    return normal_cdf(z, approximate) + z * density


class Activation(NamedTuple):
    """An elementwise function and its derivative, both on tensors of any shape.

    Section: :ref:`sec-activations`.

    Example:
        >>> square = Activation(lambda z: z**2, lambda z: 2 * z)
        >>> square.derivative(torch.tensor([3.0]))
        tensor([6.])

    In production: torch.autograd finds the derivative.
    """

    function: Callable[..., Tensor]
    derivative: Callable[..., Tensor]


ACTIVATIONS = {
    "identity": Activation(identity, identity_derivative),
    "sigmoid": Activation(sigmoid, sigmoid_derivative),
    "tanh": Activation(tanh, tanh_derivative),
    "relu": Activation(relu, relu_derivative),
    "leaky_relu": Activation(leaky_relu, leaky_relu_derivative),
    "elu": Activation(elu, elu_derivative),
    "selu": Activation(selu, selu_derivative),
    "swish": Activation(swish, swish_derivative),
    "silu": Activation(swish, swish_derivative),
    "gelu": Activation(gelu, gelu_derivative),
    "softplus": Activation(softplus, sigmoid),
}


def as_activation(activation: str | Activation) -> Activation:
    """The pair of function and derivative that a name stands for; a pair is returned as it is.

    Args:
        activation: a key of `ACTIVATIONS`, or a pair of your own.

    Returns:
        The function with its derivative.

    Raises:
        ValueError: the name is unknown.

    Section: :ref:`sec-activations`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 6.3.

    Example:
        >>> as_activation("relu").function(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])

    In production: the functions of torch.nn.functional.
    """
    if isinstance(activation, Activation):
        return activation
    if activation not in ACTIVATIONS:
        raise ValueError(f"unknown activation {activation!r}: choose from {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[activation]


def derivative(activation: str | Activation) -> Callable[..., Tensor]:
    """The derivative of an activation, as a function of the pre-activation z.

    Args:
        activation: a key of `ACTIVATIONS` or a pair; options of the function, like
            `negative_slope`, are passed to the derivative likewise.

    Returns:
        A function on tensors of any shape.

    Raises:
        ValueError: the name is unknown.

    Section: :ref:`sec-activations`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 6.3.

    Example:
        >>> derivative("sigmoid")(torch.tensor([0.0]))
        tensor([0.2500])
        >>> derivative("leaky_relu")(torch.tensor([-3.0, 3.0]), negative_slope=0.1)
        tensor([0.1000, 1.0000])

    In production: torch.autograd.grad.
    """
    return as_activation(activation).derivative
