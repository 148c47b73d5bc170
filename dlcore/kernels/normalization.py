"""Layer norm and RMS norm, one kernel each way."""

import math
from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._normalization_kernels import launch, launch_backward
from dlcore.kernels.operators import operator, wide


def layer_norm(
    x: Tensor,
    normalized_shape: list[int] | tuple[int, ...],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Each example brought to mean 0 and variance 1 over its last dimensions, scaled and shifted.

    Args:
        x: any shape that ends in normalized_shape, floating.
        normalized_shape: the last dimensions.
        weight: scale, shape normalized_shape; None for 1.
        bias: shift, shape normalized_shape; None for 0.
        eps: added to the variance.

    Returns:
        Values of the shape and type of x; sums are kept in float32 at least.

    Raises:
        ValueError: the shapes do not fit, or eps is negative.
        TypeError: x is not floating.

    Equation: :eq:`eq-kernel-layer-norm`.
    Section: :ref:`sec-kernel-normalization`.

    Source: Ba, Kiros, Hinton (2016), Layer normalization, arXiv:1607.06450.

    Example:
        >>> layer_norm(torch.tensor([[1.0, 2.0, 3.0]]), [3])
        tensor([[-1.2247,  0.0000,  1.2247]])

    In production: torch.nn.functional.layer_norm.
    """
    check(x, normalized_shape, eps, weight=weight, bias=bias)
    flat = x.reshape(*x.shape[: x.ndim - len(normalized_shape)], math.prod(normalized_shape))
    y: Tensor = _layer_norm(flat, flattened(weight), flattened(bias), eps)
    return y.view(x.shape)


def rms_norm(
    x: Tensor,
    normalized_shape: list[int] | tuple[int, ...],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """Each example divided by the root of its mean square over its last dimensions, and scaled.

    Args:
        x: any shape that ends in normalized_shape, floating.
        normalized_shape: the last dimensions.
        weight: scale, shape normalized_shape; None for 1.
        eps: added to the mean square; None for the machine epsilon of the type of the sums.

    Returns:
        Values of the shape and type of x; sums are kept in float32 at least.

    Raises:
        ValueError: the shapes do not fit, or eps is negative.
        TypeError: x is not floating.

    Equation: :eq:`eq-kernel-rms-norm`.
    Section: :ref:`sec-kernel-normalization`.

    Source: Zhang, Sennrich (2019), Root mean square layer normalization, arXiv:1910.07467.

    Example:
        >>> rms_norm(torch.tensor([[3.0, 4.0]]), [2])
        tensor([[0.8485, 1.1314]])

    In production: torch.nn.functional.rms_norm.
    """
    check(x, normalized_shape, eps or 0.0, weight=weight)
    eps = torch.finfo(wide(x.new_empty(0)).dtype).eps if eps is None else eps
    flat = x.reshape(*x.shape[: x.ndim - len(normalized_shape)], math.prod(normalized_shape))
    y: Tensor = _rms_norm(flat, flattened(weight), eps)
    return y.view(x.shape)


def check(
    x: Tensor, shape: list[int] | tuple[int, ...], eps: float, **parameters: Tensor | None
) -> None:
    """Refuse what does not fit together."""
    if not x.is_floating_point():
        raise TypeError(f"x must be floating, this is {x.dtype}")
    if len(shape) == 0 or tuple(x.shape[-len(shape) :]) != tuple(shape):
        raise ValueError(
            f"x has shape {tuple(x.shape)}, which does not end in normalized_shape {tuple(shape)}"
        )
    if eps < 0:
        raise ValueError(f"eps must not be negative, this is {eps}")
    for name, value in parameters.items():
        if value is not None and tuple(value.shape) != tuple(shape):
            raise ValueError(
                f"{name} has shape {tuple(value.shape)}, expected normalized_shape {tuple(shape)}"
            )


def flattened(parameter: Tensor | None) -> Tensor | None:
    """A parameter as one row."""
    return None if parameter is None else parameter.reshape(-1)


# The definition of right


def _standardized(x: Tensor, eps: float, centred: bool) -> tuple[Tensor, Tensor]:
    """The row relative to its mean (if centred) and scale, and one over the scale."""
    z = wide(x)
    z = z - z.mean(-1, keepdim=True) if centred else z
    r = (z.square().mean(-1, keepdim=True) + eps).rsqrt()
    return z * r, r


def _backward(
    grad: Tensor, x: Tensor, weight: Tensor | None, eps: float, centred: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients by x, weight and bias."""
    h, r = _standardized(x, eps, centred)
    g = wide(grad)
    wg = g if weight is None else g * weight
    dx = wg - h * (wg * h).mean(-1, keepdim=True)
    dx = r * (dx - wg.mean(-1, keepdim=True) if centred else dx)
    rows = (-1, x.shape[-1]) if x.numel() else (0, x.shape[-1])
    dw, db = (v.reshape(rows).sum(0) for v in (g * h, g))
    dtype = x.dtype if weight is None else weight.dtype
    return dx.to(x.dtype).contiguous(), dw.to(dtype), db.to(dtype)


@operator("layer_norm")
def _layer_norm(x: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float) -> Tensor:
    y, _ = _standardized(x, eps, centred=True)
    y = y if weight is None else y * weight
    y = y if bias is None else y + bias
    return y.to(x.dtype).contiguous()


@operator("layer_norm_backward")
def _layer_norm_backward(
    grad: Tensor, x: Tensor, weight: Tensor | None, eps: float, parameters: bool
) -> tuple[Tensor, Tensor, Tensor]:
    dx, dw, db = _backward(grad, x, weight, eps, centred=True)
    return (dx, dw, db) if parameters else (dx, dw.new_empty(0), db.new_empty(0))


@operator("rms_norm")
def _rms_norm(x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
    y, _ = _standardized(x, eps, centred=False)
    return (y if weight is None else y * weight).to(x.dtype).contiguous()


@operator("rms_norm_backward")
def _rms_norm_backward(
    grad: Tensor, x: Tensor, weight: Tensor | None, eps: float, parameters: bool
) -> tuple[Tensor, Tensor]:
    dx, dw, _ = _backward(grad, x, weight, eps, centred=False)
    return (dx, dw) if parameters else (dx, dw.new_empty(0))


# The kernels are launched


@_layer_norm.triton
def _launch_layer_norm(x: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float) -> Tensor:
    return launch(x, weight, bias, eps, centred=True)


@_layer_norm_backward.triton
def _launch_layer_norm_backward(
    grad: Tensor, x: Tensor, weight: Tensor | None, eps: float, parameters: bool
) -> tuple[Tensor, Tensor, Tensor]:
    return launch_backward(grad, x, weight, eps, centred=True, parameters=parameters)


@_rms_norm.triton
def _launch_rms_norm(x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
    return launch(x, weight, None, eps, centred=False)


@_rms_norm_backward.triton
def _launch_rms_norm_backward(
    grad: Tensor, x: Tensor, weight: Tensor | None, eps: float, parameters: bool
) -> tuple[Tensor, Tensor]:
    return launch_backward(grad, x, weight, eps, centred=False, parameters=parameters)[:2]


# Registration


@_layer_norm.fake
def _like_x(x: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float) -> Tensor:
    return x.new_empty(x.shape)


@_rms_norm.fake
def _like_x_alone(x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
    return x.new_empty(x.shape)


@_layer_norm_backward.fake
def _like_all(
    grad: Tensor, x: Tensor, weight: Tensor | None, eps: float, parameters: bool
) -> tuple[Tensor, Tensor, Tensor]:
    w = x if weight is None else weight
    d = x.shape[-1] if parameters else 0
    return x.new_empty(x.shape), w.new_empty(d), w.new_empty(d)


@_rms_norm_backward.fake
def _like_both(
    grad: Tensor, x: Tensor, weight: Tensor | None, eps: float, parameters: bool
) -> tuple[Tensor, Tensor]:
    return _like_all(grad, x, weight, eps, parameters)[:2]


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    ctx.save_for_backward(*inputs[:2])
    ctx.eps = inputs[-1]


def _layer_norm_gradients(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
    x, weight = ctx.saved_tensors
    parameters = any(ctx.needs_input_grad[1:3])
    dx, dw, db = _layer_norm_backward(grad, x, weight, ctx.eps, parameters)
    _, needs_weight, needs_bias, _ = ctx.needs_input_grad
    return dx, dw if needs_weight else None, db if needs_bias else None, None


def _rms_norm_gradients(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
    x, weight = ctx.saved_tensors
    parameters = ctx.needs_input_grad[1]
    dx, dw = _rms_norm_backward(grad, x, weight, ctx.eps, parameters)
    return dx, dw if parameters else None, None


_layer_norm.autograd(_keep, _layer_norm_gradients)
_rms_norm.autograd(_keep, _rms_norm_gradients)
for _operator in (_layer_norm, _rms_norm):
    _operator.autocast(torch.float32)
    _operator.vmap_over_rows(0)
