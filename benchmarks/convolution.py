"""Convolution and pooling beside torch.nn.functional, forward and backward.

Sizes are those of a middle layer of a small network of images; the gradients are those in the
input and, where there are weights, in them.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

import dlcore.nn as ours

Pair = tuple[Callable[[], object], Callable[[], object]]
IMAGES = (16, 32, 28, 28)


def _gradients(f: Callable[..., Tensor], inputs: list[Tensor]) -> Callable[[], object]:
    return lambda: torch.autograd.grad(f(*inputs).square().mean(), inputs)


def _with_weights(mine: Callable, peer: Callable, *weight: int, **options: Any) -> Callable:
    def make(device: torch.device) -> Pair:
        x = torch.randn(IMAGES, device=device, requires_grad=True)
        w = torch.randn(weight, device=device, requires_grad=True)
        return (
            _gradients(lambda x, w: mine(x, w, **options), [x, w]),
            _gradients(lambda x, w: peer(x, w, **options), [x, w]),
        )

    return make


def _pooling(mine: Callable, peer: Callable, **options: Any) -> Callable:
    def make(device: torch.device) -> Pair:
        x = torch.randn(IMAGES, device=device, requires_grad=True)
        return (
            _gradients(lambda x: mine(x, **options), [x]),
            _gradients(lambda x: peer(x, **options), [x]),
        )

    return make


def _backward(device: torch.device) -> Pair:
    x, weight = torch.randn(IMAGES, device=device), torch.randn(64, 32, 3, 3, device=device)
    grad = torch.randn(16, 64, 28, 28, device=device) / 100
    options = ([1, 1], [1, 1], [1, 1], False, [0, 0], 1, [True, True, True])
    return (
        lambda: ours.conv2d_backward(grad, x, weight, padding=1),
        lambda: torch.ops.aten.convolution_backward(grad, x, weight, [64], *options),
    )


def _winograd(x: Tensor, w: Tensor) -> Tensor:
    return ours.conv2d_winograd(x, w, padding=1)


def _fft(x: Tensor, w: Tensor) -> Tensor:
    return ours.conv2d_fft(x, w, padding=5)


CONVOLUTION: dict[str, tuple[str, Callable[[torch.device], Pair]]] = {
    "conv2d, 3 x 3": (
        "F.conv2d",
        _with_weights(ours.conv2d, F.conv2d, 64, 32, 3, 3, padding=1),
    ),
    "conv2d, 1 x 1": ("F.conv2d", _with_weights(ours.conv2d, F.conv2d, 64, 32, 1, 1)),
    "conv2d, depthwise 3 x 3": (
        "F.conv2d",
        _with_weights(ours.conv2d, F.conv2d, 32, 1, 3, 3, padding=1, groups=32),
    ),
    "conv2d backward, written out": ("aten.convolution_backward", _backward),
    "conv2d_winograd, 3 x 3": (
        "F.conv2d",
        _with_weights(_winograd, lambda x, w: F.conv2d(x, w, padding=1), 64, 32, 3, 3),
    ),
    "conv2d_fft, 11 x 11": (
        "F.conv2d",
        _with_weights(_fft, lambda x, w: F.conv2d(x, w, padding=5), 64, 32, 11, 11),
    ),
    "conv_transpose2d, doubling": (
        "F.conv_transpose2d",
        _with_weights(ours.conv_transpose2d, F.conv_transpose2d, 32, 16, 2, 2, stride=2),
    ),
    "max_pool2d, 3 x 3": (
        "F.max_pool2d",
        _pooling(ours.max_pool2d, F.max_pool2d, kernel_size=3, stride=2, padding=1),
    ),
    "avg_pool2d, 2 x 2": ("F.avg_pool2d", _pooling(ours.avg_pool2d, F.avg_pool2d, kernel_size=2)),
}
