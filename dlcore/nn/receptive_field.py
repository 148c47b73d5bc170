"""How much of the image one unit sees, in principle and in fact."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.convolution import borders
from dlcore.nn.im2col import geometry

Layer = int | tuple[int, ...] | nn.Module


class ReceptiveField(NamedTuple):
    """What a unit of some layer sees, along one axis, in pixels of the input.

    Attributes:
        size: how many pixels lie between the first and the last that reach it, these included.
        jump: how far the fields of neighbouring units are apart.
        start: the middle of the first unit's field; 0 is the first pixel's middle, half numbers lie
            between two pixels, negative ones on the border.
    """

    size: int
    jump: int
    start: float


def _of_tuple(layer: int | tuple[int, ...]) -> tuple[int, int, int, int]:
    given = (layer,) if isinstance(layer, int) else tuple(layer)
    if not 1 <= len(given) <= 4:
        raise ValueError(f"a layer is (kernel, stride, padding, dilation), got {layer}")
    k, s, p, d = (*given, *(1, 1, 0, 1)[len(given) :])
    if min(k, s, d) < 1 or p < 0:
        raise ValueError(f"kernel, stride, dilation count from 1, padding from 0; got {layer}")
    return k, s, p, d


def _of_module(layer: nn.Module) -> Iterator[tuple[int, int, int, int]]:
    """The numbers of a convolution or pooling, of all layers of a Sequential, none of others."""
    if isinstance(layer, nn.Sequential):
        for each in layer:
            yield from _of_module(each)
        return
    named: Any = layer
    dense = any(p.ndim > 1 for p in layer.parameters(recurse=False))
    if not hasattr(layer, "kernel_size"):
        if any(layer.children()) or dense or hasattr(layer, "output_size"):
            raise ValueError(f"no receptive field is known of {type(layer).__name__}")
        return
    if getattr(layer, "transposed", False):
        raise ValueError("transposed convolutions enlarge: no receptive field is known of them")
    kernel = named.kernel_size
    axes = 2 if isinstance(kernel, int) else len(kernel)
    stride = named.stride if named.stride is not None else kernel
    moves = geometry(axes, kernel, stride, getattr(layer, "dilation", 1))
    sides = borders(getattr(layer, "padding", 0), moves)
    along = {
        (k, s, before, d) for k, s, (before, _), d in zip(*moves[:2], sides, moves[2], strict=True)
    }
    if len(along) > 1:
        raise ValueError(f"{layer} differs between axes: give the numbers of one")
    yield along.pop()


def receptive_fields(layers: Iterable[Layer] | nn.Module) -> list[ReceptiveField]:
    """The receptive field after each of some layers; see `receptive_field`.

    Args:
        layers: as there.

    Returns:
        One entry for each convolution or pooling.

    Raises:
        ValueError: numbers out of range, or a module of another kind.

    Equation: :eq:`eq-receptive-field`.
    Section: :ref:`sec-receptive-field`.

    Source: Araujo, Norris, Sim (2019), Computing receptive fields of convolutional neural networks,
    doi:10.23915/distill.00021.

    Example:
        >>> [field.size for field in receptive_fields([3, 3, 3])]
        [3, 5, 7]

    In production: torch.autograd of one output in the image; the others' gradients are 0.
    """
    size, jump, start, fields = 1, 1, 0.0, []
    for layer in [layers] if isinstance(layers, nn.Module) else layers:
        numbers = _of_module(layer) if isinstance(layer, nn.Module) else [_of_tuple(layer)]
        for k, s, p, d in numbers:
            reach = d * (k - 1)
            size, start, jump = size + reach * jump, start + (reach / 2 - p) * jump, jump * s
            fields.append(ReceptiveField(size, jump, start))
    return fields


def receptive_field(layers: Iterable[Layer] | nn.Module) -> ReceptiveField:
    """How many pixels a unit sees after some layers of convolution and pooling, along one axis.

    Each layer adds d (k - 1) steps, and a step is as long as all strides before it multiplied; a
    layer's own stride counts from the next layer on.

    Args:
        layers: for each layer (kernel, stride, padding, dilation), of which the last three may be
            left out, or a number, the kernel alone; or modules: convolutions and poolings, a
            Sequential of them, between which activations, normalization and dropout do not count.

    Returns:
        Size, jump and start after the last layer.

    Raises:
        ValueError: numbers out of range, modules of another kind, or none that counts.

    Equation: :eq:`eq-receptive-field`.
    Section: :ref:`sec-receptive-field`.

    Source: Araujo, Norris, Sim (2019), Computing receptive fields of convolutional neural networks,
    doi:10.23915/distill.00021.

    Example:
        >>> receptive_field([3, 3])
        ReceptiveField(size=5, jump=1, start=2.0)
        >>> receptive_field([(7, 2, 3), (3, 2), (3, 1, 1)])
        ReceptiveField(size=19, jump=4, start=2.0)

    In production: torch.autograd of one output in the image; the others' gradients are 0.
    """
    fields = receptive_fields(layers)
    if not fields:
        raise ValueError("no layer of convolution or pooling was given")
    return fields[-1]


def effective_receptive_field(
    f: Callable[[Tensor], Tensor], x: Float[Tensor, "n c h w"]
) -> Float[Tensor, "h w"]:
    """How much each pixel moves the middle unit of the output, on average.

    Args:
        f: a network, (n, c, h, w) to (n, c', h', w').
        x: images at which its gradients are taken, shape (n, c, h, w).

    Returns:
        Absolute gradients of the sum over channels of the unit at (h' // 2, w' // 2), summed over
        the channels of x, averaged over images, and divided so that they add up to 1.

    Raises:
        ValueError: inputs or outputs of other shapes, or all gradients are 0.

    Section: :ref:`sec-receptive-field`.

    Source: Luo, Li, Urtasun, Zemel (2016), Understanding the effective receptive field in deep
    convolutional neural networks, arXiv:1701.04128.

    Example:
        >>> from dlcore.nn import avg_pool2d
        >>> twice = lambda x: avg_pool2d(avg_pool2d(x, (1, 3), 1), (1, 3), 1)
        >>> 9 * effective_receptive_field(twice, torch.zeros(1, 1, 1, 5))
        tensor([[1., 2., 3., 2., 1.]])

    In production: torch.autograd.grad, as here.
    """
    if x.ndim != 4:
        raise ValueError(f"expected images of shape (n, c, h, w), got {tuple(x.shape)}")
    with torch.enable_grad():
        pixels = x.detach().clone().requires_grad_()
        y = f(pixels)
        if y.ndim != 4:
            raise ValueError(f"expected outputs of shape (n, c, h, w), got {tuple(y.shape)}")
        middle = y[..., y.shape[-2] // 2, y.shape[-1] // 2].sum()
        (gradient,) = torch.autograd.grad(middle, pixels)
    seen = gradient.abs().sum(dim=1).mean(dim=0)
    total = seen.sum()
    if not total > 0:
        raise ValueError("no pixel moves the middle unit: all its gradients are 0")
    return seen / total
