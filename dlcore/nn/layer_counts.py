"""What each layer of a network holds and costs, from shapes alone."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd

from dlcore.nn.convolution_layers import ConvolutionLayer
from dlcore.nn.linear import Linear


class LayerSummary(NamedTuple):
    """One layer in a network's forward pass.

    Attributes:
        name: its name within the network.
        kind: the name of its class.
        output_size: the shape of what it returns for one example.
        parameters: how many numbers it holds; 0 where it is called again.
        macs: its multiply-accumulates for one example: those of weights with activations, without
            biases, normalization, activations and pooling.
    """

    name: str
    kind: str
    output_size: tuple[int, ...]
    parameters: int
    macs: int


def _macs(layer: nn.Module, x: Tensor, y: Tensor) -> int:
    """A convolution uses every weight once at each place, a dense layer in each row."""
    if isinstance(layer, ConvolutionLayer | _ConvNd):
        places = (x if layer.transposed else y).shape[2:]
        return math.prod(places) * layer.weight.numel()
    if isinstance(layer, Linear | nn.Linear):
        return math.prod(y.shape[1:-1]) * layer.weight.numel()
    return 0


def summarize_layers(model: nn.Module, input_size: Sequence[int]) -> list[LayerSummary]:
    """The layers that a network calls, in order, with their output sizes, parameters and costs.

    The forward pass runs on device "meta", where tensors have shapes and no values: it is quick
    at any size, and the network stays as it is.

    Args:
        model: a module, of our layers or torch's, that takes one tensor.
        input_size: the shape of one example, (c, h, w) for images.

    Returns:
        One entry for each call of a module that has no modules in it, or parameters of its own.
        What a forward pass computes with plain functions is not seen.

    Raises:
        ValueError: a size below 1, or what the layers raise for inputs that do not fit.

    Equation: :eq:`eq-conv-macs`.
    Section: :ref:`sec-multi-channel-convolution`.

    Source: Canziani, Paszke, Culurciello (2016), An analysis of deep neural network models for
    practical applications, arXiv:1605.07678.

    Example:
        >>> from dlcore.nn import Conv2d, MaxPool2d
        >>> network = nn.Sequential(Conv2d(3, 64, 7, stride=2, padding=3), MaxPool2d(3, stride=2))
        >>> for layer in summarize_layers(network, (3, 224, 224)):
        ...     print(*layer)
        0 Conv2d (64, 112, 112) 9472 118013952
        1 MaxPool2d (64, 55, 55) 0 0

    In production: torchinfo.summary.
    """
    if not input_size or min(input_size) < 1:
        raise ValueError(f"input_size must hold numbers of at least 1, got {tuple(input_size)}")
    summaries: list[LayerSummary] = []
    seen: set[nn.Module] = set()
    names = {module: name for name, module in model.named_modules()}

    def note(layer: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        parameters = sum(p.numel() for p in layer.parameters(recurse=False))
        y = output[0] if isinstance(output, tuple) else output
        macs = _macs(layer, inputs[0], y)
        held = 0 if layer in seen else parameters
        seen.add(layer)
        kind = type(layer).__name__
        summaries.append(LayerSummary(names[layer], kind, tuple(y.shape[1:]), held, macs))

    hooks = [
        module.register_forward_hook(note)
        for module in names
        if not any(module.children()) or any(module.parameters(recurse=False))
    ]
    modes = {module: module.training for module in names}
    state = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    dtype = next((p.dtype for p in model.parameters() if p.is_floating_point()), None)
    try:
        model.eval()
        with torch.no_grad():
            shapes = {name: tensor.to("meta") for name, tensor in state.items()}
            x = torch.empty((1, *input_size), device="meta", dtype=dtype)
            torch.func.functional_call(model, shapes, (x,))
    finally:
        for hook in hooks:
            hook.remove()
        for module, mode in modes.items():
            module.training = mode
    return summaries


def count_macs(model: nn.Module, input_size: Sequence[int]) -> int:
    """The multiply-accumulates of a network's forward pass for one example.

    Args:
        model: a module, of our layers or torch's, that takes one tensor.
        input_size: the shape of one example, (c, h, w) for images.

    Returns:
        The sum over its convolutions and dense layers, without biases; each is two floating-point
        operations. See `summarize_layers` for the single layers.

    Raises:
        ValueError: a size below 1, or what the layers raise for inputs that do not fit.

    Equation: :eq:`eq-conv-macs`.
    Section: :ref:`sec-multi-channel-convolution`.

    Source: Canziani, Paszke, Culurciello (2016), An analysis of deep neural network models for
    practical applications, arXiv:1605.07678.

    Example:
        >>> from dlcore.nn import Conv2d
        >>> count_macs(Conv2d(64, 128, kernel_size=3, padding=1), (64, 32, 32))
        75497472

    In production: torch.utils.flop_counter.FlopCounterMode, which counts two for each.
    """
    return sum(layer.macs for layer in summarize_layers(model, input_size))
