"""Bias and activation, and the gated SwiGLU, as one elementwise kernel each way."""

import math
from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._triton import jit, tl, triton, wide_type
from dlcore.kernels.operators import operator, wide

ACTIVATIONS = ("gelu", "gelu_tanh", "silu", "relu")
BLOCK = 2048
ROOT_HALF = math.sqrt(0.5)
DENSITY = 1 / math.sqrt(2 * math.pi)  # of the standard normal distribution at 0
TANH_SCALE = math.sqrt(2 / math.pi)
CUBIC = 0.044715


def bias_activation(x: Tensor, bias: Tensor | None = None, activation: str = "gelu") -> Tensor:
    """What comes out of a matrix product, shifted and bent in one reading and one writing.

    Args:
        x: pre-activations without their bias, shape (..., d), floating.
        bias: shape (d,), or None for 0.
        activation: "gelu", "gelu_tanh" (its approximation by tanh), "silu" or "relu".

    Returns:
        Activations of the shape and type of x, computed in float32 at least.

    Raises:
        ValueError: the activation is none of these, or the bias does not fit.
        TypeError: x is not floating.

    Equation: :eq:`eq-kernel-bias-activation`.
    Section: :ref:`sec-kernel-fusion`.

    Source: Hendrycks, Gimpel (2016), Gaussian error linear units (GELUs), arXiv:1606.08415.

    Example:
        >>> bias_activation(torch.tensor([[-1.0, 2.0]]), torch.tensor([0.5, 0.5]), "relu")
        tensor([[0.0000, 2.5000]])

    In production: torch.compile fuses bias and activation in the same way.
    """
    if not x.is_floating_point():
        raise TypeError(f"x must be floating, this is {x.dtype}")
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation is {activation!r}, expected one of {', '.join(ACTIVATIONS)}")
    if bias is not None and (x.ndim == 0 or bias.shape != x.shape[-1:]):
        raise ValueError(f"expected bias {tuple(x.shape[-1:])}, got {tuple(bias.shape)}")
    y: Tensor = _bias_activation(x, bias, activation)
    return y


def swiglu(x: Tensor, gate: Tensor) -> Tensor:
    """Values times the SiLU of their gates, without the SiLU in memory.

    Args:
        x: values, any shape, floating.
        gate: pre-activations of the gates, the shape and type of x.

    Returns:
        silu(gate) * x, of the same shape and type, computed in float32 at least.

    Raises:
        ValueError: shapes or types differ.
        TypeError: x is not floating.

    Equation: :eq:`eq-kernel-swiglu`.
    Section: :ref:`sec-kernel-fusion`.

    Source: Shazeer (2020), GLU variants improve transformer, arXiv:2002.05202.

    Example:
        >>> swiglu(torch.tensor([2.0, 2.0]), torch.tensor([0.0, 1.0]))
        tensor([0.0000, 1.4621])

    In production: torch.compile on `silu(gate) * x`.
    """
    if not x.is_floating_point():
        raise TypeError(f"x must be floating, this is {x.dtype}")
    if x.shape != gate.shape or x.dtype != gate.dtype:
        raise ValueError(
            f"x is {tuple(x.shape)} {x.dtype}, gate {tuple(gate.shape)} {gate.dtype}: "
            "they must be alike"
        )
    y: Tensor = _swiglu(x, gate)
    return y


# The definition of right


def _bend(z: Tensor, activation: str) -> tuple[Tensor, Tensor]:
    """Value and slope of an activation."""
    if activation == "relu":
        return z.clamp(min=0), (z > 0).to(z.dtype)
    if activation == "silu":
        p, q = torch.sigmoid(z), torch.sigmoid(-z)  # 1 - p would lose what q keeps
        return z * p, p * (1 + z * q)
    if activation == "gelu":
        p = 0.5 * torch.special.erfc(-ROOT_HALF * z)
        return z * p, p + z * DENSITY * (-0.5 * z * z).exp()
    u = 2 * TANH_SCALE * (z + CUBIC * z**3)
    p, q = torch.sigmoid(u), torch.sigmoid(-u)  # (1 + tanh(u / 2)) / 2 is sigmoid(u)
    return z * p, p + z * p * q * 2 * TANH_SCALE * (1 + 3 * CUBIC * z * z)


@operator("bias_activation")
def _bias_activation(x: Tensor, bias: Tensor | None, activation: str) -> Tensor:
    z = wide(x) if bias is None else wide(x) + bias
    return _bend(z, activation)[0].to(x.dtype).contiguous()


@operator("bias_activation_backward")
def _bias_activation_backward(
    grad: Tensor, x: Tensor, bias: Tensor | None, activation: str
) -> Tensor:
    z = wide(x) if bias is None else wide(x) + bias
    return (wide(grad) * _bend(z, activation)[1]).to(x.dtype).contiguous()


@operator("swiglu")
def _swiglu(x: Tensor, gate: Tensor) -> Tensor:
    return (_bend(wide(gate), "silu")[0] * wide(x)).to(x.dtype).contiguous()


@operator("swiglu_backward")
def _swiglu_backward(grad: Tensor, x: Tensor, gate: Tensor) -> tuple[Tensor, Tensor]:
    value, slope = _bend(wide(gate), "silu")
    dx, dgate = wide(grad) * value, wide(grad) * wide(x) * slope
    return dx.to(x.dtype).contiguous(), dgate.to(x.dtype).contiguous()


# The kernels: all tensors are contiguous


@jit
def _sigmoids(z):
    """The sigmoid of z and of -z, the smaller without cancellation."""
    e = tl.exp(-tl.abs(z))
    larger = 1 / (1 + e)
    return tl.where(z < 0, e * larger, larger), tl.where(z < 0, larger, e * larger)


@jit
def _value_and_slope(z, ACTIVATION: tl.constexpr):
    if ACTIVATION == "relu":
        value = tl.where(z <= 0, 0.0, z)  # NaN stays NaN
        slope = tl.where(z > 0, 1.0, 0.0)
    elif ACTIVATION == "silu":
        p, q = _sigmoids(z)
        value = z * p
        slope = p * (1 + z * q)
    elif ACTIVATION == "gelu":
        p = 0.5 * (1 + tl.erf(z * 0.7071067811865476))
        value = z * p
        slope = p + z * 0.3989422804014327 * tl.exp(-0.5 * z * z)
    else:
        p, q = _sigmoids(1.5957691216057308 * (z + 0.044715 * z * z * z))
        value = z * p
        slope = p + z * p * q * 1.5957691216057308 * (1 + 0.134145 * z * z)
    return value, slope


@jit
def _pre_activation(x, bias, at, inside, d, WIDE: tl.constexpr):
    z = tl.load(x + at, mask=inside, other=0.0).to(WIDE)
    if bias is not None:
        z += tl.load(bias + at % d, mask=inside, other=0.0).to(WIDE)
    return z


@jit
def _forward_kernel(
    x, bias, y, n, d, ACTIVATION: tl.constexpr, WIDE: tl.constexpr, BLOCK: tl.constexpr
):
    at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    z = _pre_activation(x, bias, at, at < n, d, WIDE)
    value, _ = _value_and_slope(z, ACTIVATION)
    tl.store(y + at, value, mask=at < n)


@jit
def _backward_kernel(
    grad, x, bias, dx, n, d, ACTIVATION: tl.constexpr, WIDE: tl.constexpr, BLOCK: tl.constexpr
):
    at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    z = _pre_activation(x, bias, at, at < n, d, WIDE)
    _, slope = _value_and_slope(z, ACTIVATION)
    g = tl.load(grad + at, mask=at < n, other=0.0).to(WIDE)
    tl.store(dx + at, g * slope, mask=at < n)


@jit
def _swiglu_kernel(x, gate, y, n, WIDE: tl.constexpr, BLOCK: tl.constexpr):
    at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    value, _ = _value_and_slope(tl.load(gate + at, mask=at < n, other=0.0).to(WIDE), "silu")
    value *= tl.load(x + at, mask=at < n, other=0.0).to(WIDE)
    tl.store(y + at, value, mask=at < n)


@jit
def _swiglu_backward_kernel(grad, x, gate, dx, dgate, n, WIDE: tl.constexpr, BLOCK: tl.constexpr):
    at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    value, slope = _value_and_slope(tl.load(gate + at, mask=at < n, other=0.0).to(WIDE), "silu")
    g = tl.load(grad + at, mask=at < n, other=0.0).to(WIDE)
    z = tl.load(x + at, mask=at < n, other=0.0).to(WIDE)
    tl.store(dx + at, g * value, mask=at < n)
    tl.store(dgate + at, g * z * slope, mask=at < n)


# Allocation and launch


def _empty(x: Tensor) -> Tensor:
    return torch.empty(x.shape, dtype=x.dtype, device=x.device)


@_bias_activation.triton
def _launch(x: Tensor, bias: Tensor | None, activation: str) -> Tensor:
    x, y, n = x.contiguous(), _empty(x), x.numel()
    bias, d = (None, 1) if bias is None else (bias.contiguous(), len(bias))
    _forward_kernel[(triton.cdiv(n, BLOCK),)](x, bias, y, n, d, activation, wide_type(x), BLOCK)
    return y


@_bias_activation_backward.triton
def _launch_backward(grad: Tensor, x: Tensor, bias: Tensor | None, activation: str) -> Tensor:
    x, grad, dx, n = x.contiguous(), grad.contiguous(), _empty(x), x.numel()
    bias, d = (None, 1) if bias is None else (bias.contiguous(), len(bias))
    _backward_kernel[(triton.cdiv(n, BLOCK),)](
        grad, x, bias, dx, n, d, activation, wide_type(x), BLOCK
    )
    return dx


@_swiglu.triton
def _launch_swiglu(x: Tensor, gate: Tensor) -> Tensor:
    x, gate, y, n = x.contiguous(), gate.contiguous(), _empty(x), x.numel()
    _swiglu_kernel[(triton.cdiv(n, BLOCK),)](x, gate, y, n, wide_type(x), BLOCK)
    return y


@_swiglu_backward.triton
def _launch_swiglu_backward(grad: Tensor, x: Tensor, gate: Tensor) -> tuple[Tensor, Tensor]:
    grad, x, gate, n = grad.contiguous(), x.contiguous(), gate.contiguous(), x.numel()
    dx, dgate = _empty(x), _empty(x)
    _swiglu_backward_kernel[(triton.cdiv(n, BLOCK),)](
        grad, x, gate, dx, dgate, n, wide_type(x), BLOCK
    )
    return dx, dgate


# Registration


@_bias_activation.fake
def _like_x(x: Tensor, bias: Tensor | None, activation: str) -> Tensor:
    return x.new_empty(x.shape)


@_bias_activation_backward.fake
def _like_x_again(grad: Tensor, x: Tensor, bias: Tensor | None, activation: str) -> Tensor:
    return x.new_empty(x.shape)


@_swiglu.fake
def _like_values(x: Tensor, gate: Tensor) -> Tensor:
    return x.new_empty(x.shape)


@_swiglu_backward.fake
def _like_both(grad: Tensor, x: Tensor, gate: Tensor) -> tuple[Tensor, Tensor]:
    return x.new_empty(x.shape), x.new_empty(x.shape)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    ctx.save_for_backward(*inputs[:2])
    ctx.activation = inputs[2]


def _gradients(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
    x, bias = ctx.saved_tensors
    dx = _bias_activation_backward(grad, x, bias, ctx.activation)
    db = None
    if ctx.needs_input_grad[1]:
        rows = (-1, x.shape[-1]) if x.numel() else (0, x.shape[-1])
        db = wide(dx).reshape(rows).sum(0).to(bias.dtype)
    return dx, db, None


def _keep_both(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    ctx.save_for_backward(*inputs)


def _swiglu_gradients(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor]:
    dx, dgate = _swiglu_backward(grad, *ctx.saved_tensors)
    return dx, dgate


_bias_activation.autograd(_keep, _gradients)
_bias_activation.vmap_over_rows(0)
_bias_activation_backward.vmap_over_rows(0, 1)
_swiglu.autograd(_keep_both, _swiglu_gradients)
_swiglu.vmap_over_rows(0, 1)
_swiglu_backward.vmap_over_rows(0, 1, 2)
