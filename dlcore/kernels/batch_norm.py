"""Batch norm: statistics of each channel in pieces that are merged, then one pass over all."""

from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._triton import jit, tl, triton, wide_type
from dlcore.kernels.operators import operator, wide

BLOCK = 4096  # numbers of one channel whose mean and squares one program finds
ELEMENTS = 2048  # numbers that one program standardizes


def batch_norm(
    x: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float | Tensor = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel brought to mean 0 and variance 1 over the batch, scaled and shifted.

    Args:
        x: shape (n, c, ...), floating.
        running_mean: shape (c,), moved towards the batch's mean in training, used otherwise.
        running_var: shape (c,), the same for the variance, with m - 1 in the denominator.
        weight: scale, shape (c,); None for 1.
        bias: shift, shape (c,); None for 0.
        training: whether statistics are those of the batch.
        momentum: how far the running statistics move.
        eps: added to the variance.

    Returns:
        Values of the shape and type of x, under autocast too; sums are kept in float32 at least.

    Raises:
        ValueError: shapes do not fit, there is one number a channel in training, or no running
            statistics outside it.
        TypeError: x is not floating.

    Equation: :eq:`eq-kernel-batch-norm`.
    Section: :ref:`sec-kernel-batch-norm`.

    Source: Ioffe, Szegedy (2015), Batch normalization, arXiv:1502.03167; Chan, Golub, LeVeque
    (1983), Algorithms for computing the sample variance, doi:10.1080/00031305.1983.10483115.

    Example:
        >>> batch_norm(torch.tensor([[1.0], [3.0]]), training=True)
        tensor([[-1.0000],
                [ 1.0000]])

    In production: torch.nn.functional.batch_norm, which is cuDNN's on a GPU.
    """
    check(x, running_mean, running_var, weight, bias, training)
    y: Tensor
    if not training:
        if running_mean is None or running_var is None:
            raise ValueError("outside training, running_mean and running_var are needed")
        return _affine(x, running_mean, running_var, weight, bias, eps)
    with torch.autocast(x.device.type, enabled=False):  # under which sums would lose their digits
        y, mean, var = _batch_norm(x, weight, bias, eps)
    m = x.numel() // x.shape[1]
    with torch.no_grad():
        if running_mean is not None:
            running_mean.lerp_(mean.to(running_mean.dtype), momentum)
        if running_var is not None:
            running_var.lerp_((var * (m / (m - 1))).to(running_var.dtype), momentum)
    return y


def check(
    x: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    training: bool,
) -> None:
    """Refuse what does not fit together."""
    if not x.is_floating_point():
        raise TypeError(f"x must be floating, this is {x.dtype}")
    if x.ndim < 2:
        raise ValueError(f"expected x (n, c, ...), got {tuple(x.shape)}")
    given = {
        "running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias
    }  # fmt: skip
    for name, value in given.items():
        if value is not None and value.shape != x.shape[1:2]:
            raise ValueError(f"expected {name} ({x.shape[1]},), got {tuple(value.shape)}")
    if training and x.numel() <= x.shape[1]:
        raise ValueError(f"expected more than one number a channel, got {tuple(x.shape)}")


# The definition of right


def over_channels(values: Tensor, x: Tensor) -> Tensor:
    """One number a channel, in a shape that goes with x."""
    return values.view(1, -1, *[1] * (x.ndim - 2))


def _affine(
    x: Tensor,
    mean: Tensor,
    var: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    eps: float,
) -> Tensor:
    scale = (wide(var) + eps).rsqrt() * (1 if weight is None else weight)
    y = (wide(x) - over_channels(mean, x)) * over_channels(scale, x)
    return (y if bias is None else y + over_channels(bias, x)).to(x.dtype).contiguous()


@operator("batch_norm")
def _batch_norm(
    x: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Values, and mean and variance of the channels, through which gradients flow as well."""
    axes = [0, *range(2, x.ndim)]
    z = wide(x)
    mean = z.mean(axes)
    var = (z - over_channels(mean, x)).square().mean(axes)
    return _affine(x, mean, var, weight, bias, eps), mean, var


@operator("batch_norm_backward")
def _batch_norm_backward(
    grad: Tensor,
    grad_mean: Tensor,
    grad_var: Tensor,
    x: Tensor,
    mean: Tensor,
    var: Tensor,
    weight: Tensor | None,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients by x, weight and bias."""
    axes, m = [0, *range(2, x.ndim)], x.numel() // x.shape[1]
    r = (var + eps).rsqrt()
    g, c = wide(grad), wide(x) - over_channels(mean, x)
    h = c * over_channels(r, x)
    dw, db = (g * h).sum(axes), g.sum(axes)
    scale = r if weight is None else r * weight
    along, level = 2 * grad_var / m - scale * r * dw / m, grad_mean / m - scale * db / m
    dx = over_channels(scale, x) * g + over_channels(along, x) * c + over_channels(level, x)
    dtype = x.dtype if weight is None else weight.dtype
    return dx.to(x.dtype).contiguous(), dw.to(dtype), db.to(dtype)


# The kernels: x and grad are contiguous; s is how many numbers an example has a channel


@jit
def _place(m, c, s, BLOCK: tl.constexpr):
    """Where the numbers are of which this program, by channel and piece, finds the sums."""
    channel = tl.program_id(0).to(tl.int64)
    at = tl.program_id(1).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    return (at // s) * c * s + channel * s + at % s, at < m


@jit
def _statistics_kernel(x, means, squares, m, c, s, WIDE: tl.constexpr, BLOCK: tl.constexpr):
    """The mean of a piece, and its sum of squared distances from this mean."""
    place, inside = _place(m, c, s, BLOCK)
    z = tl.load(x + place, mask=inside, other=0.0).to(WIDE)
    mean = tl.sum(z, 0) / tl.sum(inside.to(WIDE), 0)
    z = tl.where(inside, z - mean, 0.0)
    out = tl.program_id(0).to(tl.int64) * tl.num_programs(1) + tl.program_id(1)
    tl.store(means + out, mean)
    tl.store(squares + out, tl.sum(z * z, 0))


@jit
def _sums_kernel(grad, x, mean, dots, sums, m, c, s, WIDE: tl.constexpr, BLOCK: tl.constexpr):
    """Of a piece, the sum of the gradients, and of their products with x - mean."""
    place, inside = _place(m, c, s, BLOCK)
    g = tl.load(grad + place, mask=inside, other=0.0).to(WIDE)
    z = tl.load(x + place, mask=inside, other=0.0).to(WIDE) - tl.load(mean + tl.program_id(0))
    out = tl.program_id(0).to(tl.int64) * tl.num_programs(1) + tl.program_id(1)
    tl.store(dots + out, tl.sum(g * z, 0))
    tl.store(sums + out, tl.sum(g, 0))


@jit
def _apply_kernel(grad, x, mean, a, b, shift, y, n, c, s, WIDE: tl.constexpr, BLOCK: tl.constexpr):
    """The sum a * grad + b * (x - mean) + shift; all but grad and x have one number a channel."""
    at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    channel = (at // s) % c
    inside = at < n
    z = tl.load(x + at, mask=inside, other=0.0).to(WIDE)
    value = (z - tl.load(mean + channel)) * tl.load(b + channel) + tl.load(shift + channel)
    if grad is not None:
        value += tl.load(a + channel) * tl.load(grad + at, mask=inside, other=0.0).to(WIDE)
    tl.store(y + at, value, mask=inside)


# Allocation and launch


def _sizes(x: Tensor) -> tuple[int, int, int, int]:
    """Numbers a channel, channels, numbers a channel of an example, pieces of a channel."""
    c = x.shape[1]
    m = x.numel() // c
    return m, c, m // x.shape[0], triton.cdiv(m, BLOCK)


def _apply(grad: Tensor | None, x: Tensor, *numbers: Tensor | None) -> Tensor:
    y = torch.empty(x.shape, dtype=x.dtype, device=x.device)
    _, c, s, _ = _sizes(x)
    _apply_kernel[(triton.cdiv(x.numel(), ELEMENTS),)](
        grad, x, *numbers, y, x.numel(), c, s, wide_type(x), ELEMENTS
    )
    return y


@_batch_norm.triton
def _launch(
    x: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    x = x.contiguous()
    m, c, s, pieces = _sizes(x)
    sums = torch.float64 if x.dtype == torch.float64 else torch.float32
    means, squares = torch.empty((2, c, pieces), dtype=sums, device=x.device)
    _statistics_kernel[(c, pieces)](x, means, squares, m, c, s, wide_type(x), BLOCK)
    share = torch.full((pieces,), BLOCK / m, dtype=sums, device=x.device)
    share[-1] = (m - (pieces - 1) * BLOCK) / m
    mean = means @ share
    var = squares.sum(1) / m + (means - mean[:, None]).square() @ share
    scale = (var + eps).rsqrt()
    scale = scale if weight is None else scale * weight
    shift = torch.zeros_like(mean) if bias is None else bias.to(sums)
    return _apply(None, x, mean, None, scale, shift), mean, var


@_batch_norm_backward.triton
def _launch_backward(
    grad: Tensor,
    grad_mean: Tensor,
    grad_var: Tensor,
    x: Tensor,
    mean: Tensor,
    var: Tensor,
    weight: Tensor | None,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    grad, x, mean = grad.contiguous(), x.contiguous(), mean.contiguous()
    m, c, s, pieces = _sizes(x)
    dots, totals = torch.empty((2, c, pieces), dtype=mean.dtype, device=x.device)
    _sums_kernel[(c, pieces)](grad, x, mean, dots, totals, m, c, s, wide_type(x), BLOCK)
    r = (var + eps).rsqrt()
    dw, db = dots.sum(1) * r, totals.sum(1)
    scale = r if weight is None else r * weight
    along, level = 2 * grad_var / m - scale * r * dw / m, grad_mean / m - scale * db / m
    dx = _apply(grad, x, mean, scale.to(mean.dtype), along, level)
    dtype = x.dtype if weight is None else weight.dtype
    return dx, dw.to(dtype), db.to(dtype)


# Registration


@_batch_norm.fake
def _like_x(
    x: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    sums = torch.float64 if x.dtype == torch.float64 else torch.float32
    mean, var = (x.new_empty(x.shape[1], dtype=sums) for _ in range(2))
    return x.new_empty(x.shape), mean, var


@_batch_norm_backward.fake
def _like_all(
    grad: Tensor,
    grad_mean: Tensor,
    grad_var: Tensor,
    x: Tensor,
    mean: Tensor,
    var: Tensor,
    weight: Tensor | None,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    w = x if weight is None else weight
    return x.new_empty(x.shape), w.new_empty(x.shape[1]), w.new_empty(x.shape[1])


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    x, weight, _, ctx.eps = inputs
    ctx.save_for_backward(x, weight, *output[1:])


def _gradients(
    ctx: Any, grad: Tensor, grad_mean: Tensor, grad_var: Tensor
) -> tuple[Tensor | None, ...]:
    x, weight, mean, var = ctx.saved_tensors
    dx, dw, db = _batch_norm_backward(grad, grad_mean, grad_var, x, mean, var, weight, ctx.eps)
    _, needs_weight, needs_bias, _ = ctx.needs_input_grad
    return dx, dw if needs_weight else None, db if needs_bias else None, None


_batch_norm.autograd(_keep, _gradients)
