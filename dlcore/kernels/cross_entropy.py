"""Cross-entropy of logits: loss and gradient read them once each and keep one number a row."""

from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._rows import as_rows, power_of_2
from dlcore.kernels._triton import jit, tl, triton, wide_type
from dlcore.kernels.operators import operator, wide

BLOCK = 8192  # classes that one program looks at in one go
REDUCTIONS = ("none", "sum", "mean")


def cross_entropy(
    x: Tensor,
    target: Tensor,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The negative log-probability of the right classes, from logits that are read once.

    Args:
        x: logits, shape (n, k), floating.
        target: the right classes, shape (n,), integer.
        ignore_index: examples with this target count nothing, their gradient is 0.
        reduction: "none", "sum" or "mean", the mean over the examples that count.
        label_smoothing: the share of the target that is spread evenly over all classes.

    Returns:
        Losses of shape (n,) for "none", else a number; in the type of x, sums in float32 at least.
        The mean over no example is NaN, as in torch; so is the loss of a class that is not one
        of the k, since to ask a GPU would mean to wait for it.

    Raises:
        ValueError: shapes, classes, reduction or label_smoothing are not as above.
        TypeError: x is not floating or target not integer.

    Equation: :eq:`eq-kernel-cross-entropy`.
    Section: :ref:`sec-kernel-cross-entropy`.

    Source: Milakov, Gimelshein (2018), Online normalizer calculation for softmax,
    arXiv:1805.02867; Szegedy et al. (2016), Rethinking the inception architecture,
    arXiv:1512.00567.

    Example:
        >>> cross_entropy(torch.tensor([[2.0, 1.0], [0.0, 0.0]]), torch.tensor([0, 1]))
        tensor(0.5032)

    In production: torch.nn.functional.cross_entropy.
    """
    check(x, target, ignore_index, reduction, label_smoothing)
    losses: Tensor
    losses, _ = _cross_entropy(x, target, ignore_index, label_smoothing)
    if reduction == "mean":
        losses = losses.sum() / (target != ignore_index).sum()
    elif reduction == "sum":
        losses = losses.sum()
    return losses.to(x.dtype) if not torch.is_autocast_enabled(x.device.type) else losses


def check(
    x: Tensor, target: Tensor, ignore_index: int, reduction: str, label_smoothing: float
) -> None:
    """Refuse what does not fit together."""
    if not x.is_floating_point():
        raise TypeError(f"logits must be floating, these are {x.dtype}")
    if target.is_floating_point() or target.dtype == torch.bool:
        raise TypeError(f"target must hold classes as integers, it is {target.dtype}")
    if x.ndim != 2 or target.shape != x.shape[:1]:
        raise ValueError(
            f"expected logits (n, k) and targets (n,), got {tuple(x.shape)} and "
            f"{tuple(target.shape)}"
        )
    if reduction not in REDUCTIONS:
        raise ValueError(f"reduction is {reduction!r}, expected one of {', '.join(REDUCTIONS)}")
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must be in [0, 1], it is {label_smoothing}")


# The definition of right


@operator("cross_entropy")
def _cross_entropy(
    x: Tensor, target: Tensor, ignore_index: int, smoothing: float
) -> tuple[Tensor, Tensor]:
    """Losses, and the logarithm of each row's sum of exponentials, in the type of the sums."""
    z = wide(x)
    lse = z.logsumexp(-1)
    is_class = (target >= 0) & (target < x.shape[-1])
    right = z.gather(-1, target.where(is_class, 0).long()[:, None])[:, 0].where(is_class, torch.nan)
    losses = lse - (1 - smoothing) * right - (smoothing * z.mean(-1) if smoothing else 0)
    return losses.where(target != ignore_index, 0), lse


@operator("cross_entropy_backward")
def _cross_entropy_backward(
    grad: Tensor,
    grad_lse: Tensor,
    x: Tensor,
    target: Tensor,
    lse: Tensor,
    ignore_index: int,
    smoothing: float,
) -> Tensor:
    g = grad.where(target != ignore_index, 0)[:, None]
    p = (wide(x) - lse[:, None]).exp()
    k = x.shape[-1]
    is_right = torch.arange(k, device=x.device) == target[:, None]
    right = is_right.to(p.dtype) * (1 - smoothing) + smoothing / k
    return (p * (g + grad_lse[:, None]) - right * g).to(x.dtype).contiguous()


# The kernels: logits are rows a stride apart


@jit
def _forward_kernel(
    x,
    target,
    losses,
    lses,
    k,
    x_stride,
    IGNORE: tl.constexpr,
    SMOOTHING: tl.constexpr,
    WIDE: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    x += row * x_stride
    m = tl.full((1,), -float("inf"), WIDE)
    s = tl.zeros((1,), WIDE)
    total = tl.zeros((1,), WIDE)
    for start in range(0, k, COLUMNS):
        column = start + tl.arange(0, COLUMNS)
        z = tl.load(x + column, mask=column < k, other=-float("inf")).to(WIDE)
        m_new = tl.maximum(m, tl.max(z, 0))
        shift = tl.where(tl.abs(m_new) == float("inf"), 0.0, m_new)
        s = s * tl.exp(m - shift) + tl.sum(tl.exp(z - shift), 0)
        m = m_new
        if SMOOTHING > 0:
            total += tl.sum(tl.where(column < k, z, 0.0), 0)
    lse = tl.where(tl.abs(m) == float("inf"), m, m + tl.log(s))
    t = tl.load(target + row)
    counts = t != IGNORE
    right = tl.load(x + t, mask=(t >= 0) & (t < k), other=float("nan")).to(WIDE)
    loss = lse - (1 - SMOOTHING) * right
    if SMOOTHING > 0:
        loss -= SMOOTHING * total / k
    one = tl.arange(0, 1)
    tl.store(losses + row + one, tl.where(counts, loss, 0.0))
    tl.store(lses + row + one, lse)


@jit
def _backward_kernel(
    grad,
    grad_lse,
    x,
    target,
    lses,
    dx,
    k,
    x_stride,
    IGNORE: tl.constexpr,
    SMOOTHING: tl.constexpr,
    WIDE: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * COLUMNS + tl.arange(0, COLUMNS)
    inside = column < k
    t = tl.load(target + row)
    z = tl.load(x + row * x_stride + column, mask=inside, other=0.0).to(WIDE)
    p = tl.exp(z - tl.load(lses + row))
    even = (tl.zeros((COLUMNS,), WIDE) + SMOOTHING) / k
    right = (column == t).to(WIDE) * (1 - SMOOTHING) + even
    g = tl.where(t != IGNORE, tl.load(grad + row), 0.0)
    value = p * (g + tl.load(grad_lse + row)) - right * g
    tl.store(dx + row * k + column, value, mask=inside)


# Allocation and launch


def columns(k: int) -> tuple[int, int]:
    """How many classes a program looks at in one go, and its warps."""
    block = min(power_of_2(k), BLOCK)
    return block, min(max(block // 512, 4), 16)


@_cross_entropy.triton
def _launch_forward(
    x: Tensor, target: Tensor, ignore_index: int, smoothing: float
) -> tuple[Tensor, Tensor]:
    n, k = x.shape
    x = as_rows(x)
    sums = torch.float64 if x.dtype == torch.float64 else torch.float32
    losses = torch.empty(n, dtype=sums, device=x.device)
    lses = torch.empty(n, dtype=sums, device=x.device)
    block, warps = columns(k)
    _forward_kernel[(n,)](
        x, target.contiguous(), losses, lses, k, x.stride(0),
        ignore_index, smoothing, wide_type(x), block, num_warps=warps,
    )  # fmt: skip
    return losses, lses


@_cross_entropy_backward.triton
def _launch_backward(
    grad: Tensor,
    grad_lse: Tensor,
    x: Tensor,
    target: Tensor,
    lse: Tensor,
    ignore_index: int,
    smoothing: float,
) -> Tensor:
    n, k = x.shape
    dx = torch.empty(x.shape, dtype=x.dtype, device=x.device)
    x = as_rows(x)
    block, warps = columns(k)
    _backward_kernel[(n, triton.cdiv(k, block))](
        grad.contiguous(), grad_lse.contiguous(), x, target.contiguous(), lse.contiguous(), dx,
        k, x.stride(0), ignore_index, smoothing, wide_type(x), block, num_warps=warps,
    )  # fmt: skip
    return dx


# Registration


@_cross_entropy.fake
def _one_each(
    x: Tensor, target: Tensor, ignore_index: int, smoothing: float
) -> tuple[Tensor, Tensor]:
    sums = torch.float64 if x.dtype == torch.float64 else torch.float32
    return x.new_empty(x.shape[:1], dtype=sums), x.new_empty(x.shape[:1], dtype=sums)


@_cross_entropy_backward.fake
def _like_x(
    grad: Tensor,
    grad_lse: Tensor,
    x: Tensor,
    target: Tensor,
    lse: Tensor,
    ignore_index: int,
    smoothing: float,
) -> Tensor:
    return x.new_empty(x.shape)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    x, target, ctx.ignore_index, ctx.smoothing = inputs
    ctx.save_for_backward(x, target, output[1])


def _gradients(ctx: Any, grad: Tensor, grad_lse: Tensor) -> tuple[Tensor | None, ...]:
    x, target, lse = ctx.saved_tensors
    dx = _cross_entropy_backward(grad, grad_lse, x, target, lse, ctx.ignore_index, ctx.smoothing)
    return dx, None, None, None


_cross_entropy.autograd(_keep, _gradients)
_cross_entropy.autocast(torch.float32)
