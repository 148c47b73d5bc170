"""The multilayer perceptron: dense layers with an activation between them."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from dlcore.nn.activation_layers import ACTIVATION_LAYERS
from dlcore.nn.linear import Linear, are_sizes


def _layer(activation: str | Callable[[], nn.Module]) -> nn.Module:
    if not isinstance(activation, str):
        return activation()
    if activation not in ACTIVATION_LAYERS:
        known = ", ".join(ACTIVATION_LAYERS)
        raise ValueError(f"unknown activation {activation!r}: choose from {known}")
    return ACTIVATION_LAYERS[activation]()


def _check_sizes(sizes: Sequence[int]) -> None:
    if len(sizes) < 2 or not are_sizes(*sizes):
        raise ValueError(
            "sizes must name at least input and output, each a whole number of at least 1, got "
            f"{list(sizes)}"
        )


class MLP(nn.Sequential):
    """A feedforward network: dense layers, with the same activation after each but the last.

    It is a Sequential of `Linear` and activation layers, so `model[0]` is the first layer and its
    state loads into a torch.nn.Sequential of the same build, and back.

    Args:
        sizes: units of every layer from the input to the output, d_0, ..., d_L.
        activation: after the hidden layers: a name such as "relu", "tanh", "gelu", or a function
            without arguments that makes a module.
        output: after the last layer, likewise; by default nothing, so the model returns
            pre-activations (logits), which is what the losses want.
        bias: whether the layers have biases.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        sizes: as given, a tuple.

    Raises:
        ValueError: fewer than two sizes, a size below 1, or an unknown activation.

    Equation: :eq:`eq-layer`.
    Section: :ref:`sec-architecture`.

    Source: Rumelhart, Hinton, Williams (1986), Learning representations by back-propagating
    errors, doi:10.1038/323533a0.

    Example:
        >>> model = MLP([64, 32, 10])
        >>> model(torch.zeros(5, 64)).shape
        torch.Size([5, 10])
        >>> count_parameters(model)
        2410

    In production: torch.nn.Sequential, torchvision.ops.MLP.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Callable[[], nn.Module] = "relu",
        output: str | Callable[[], nn.Module] | None = None,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        _check_sizes(sizes)
        layers: list[nn.Module] = []
        for d_in, d_out in pairwise(sizes):
            layers += [Linear(d_in, d_out, bias, device, dtype), _layer(activation)]
        layers.pop()
        if output is not None:
            layers.append(_layer(output))
        super().__init__(*layers)
        self.to(device=device, dtype=dtype)
        self.sizes = tuple(sizes)

    def __getitem__(self, index: int | slice) -> Any:
        """One layer, or with a slice some of them as a plain Sequential."""
        if isinstance(index, slice):
            return nn.Sequential(*list(self)[index])
        return super().__getitem__(index)

    @property
    def linear_layers(self) -> list[Linear]:
        """The dense layers l = 1, ..., L in order."""
        return [layer for layer in self if isinstance(layer, Linear)]


def count_parameters(network: nn.Module | Sequence[int], bias: bool = True) -> int:
    """The number of weights and biases of a network.

    Args:
        network: a module, or the sizes d_0, ..., d_L of a multilayer perceptron.
        bias: whether the layers of given sizes have biases.

    Returns:
        The sum of d_l d_(l-1) + d_l over the layers; a shared parameter of a module counts once.

    Raises:
        ValueError: fewer than two sizes, or a size below 1.

    Equation: :eq:`eq-parameter-count`.
    Section: :ref:`sec-architecture`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 6.4.

    Example:
        >>> count_parameters([10, 20, 20, 3])
        703

    In production: sum(p.numel() for p in model.parameters()).
    """
    if isinstance(network, nn.Module):
        return sum(parameter.numel() for parameter in network.parameters())
    _check_sizes(network)
    return sum(d_out * (d_in + bias) for d_in, d_out in pairwise(network))
