"""A linear layer and cross-entropy as one: the logits exist for a few rows at a time.

The loss is a number, so the gradient of each part of the rows is known, up to that number's own
gradient, as soon as its logits are: it is computed at once and the logits are forgotten.
"""

from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._rows import power_of_2
from dlcore.kernels.cross_entropy import _cross_entropy, _cross_entropy_backward, check
from dlcore.kernels.operators import operator, wide


def linear_cross_entropy(
    x: Tensor,
    weight: Tensor,
    target: Tensor,
    bias: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Cross-entropy of the logits x W^T + b, of which never more than a part are in memory.

    Args:
        x: what the last layer gets, shape (n, d), floating.
        weight: W, shape (k, d).
        target: the right classes, shape (n,), integer.
        bias: b, shape (k,), or None for 0.
        ignore_index: examples with this target count nothing.
        reduction: "sum" or "mean", the mean over the examples that count.
        label_smoothing: the share of the target that is spread evenly over all classes.

    Returns:
        A number of the type of x. NaN for the mean over no example and for classes not in [0, k).

    Raises:
        ValueError: shapes, reduction or label_smoothing are not as above.
        TypeError: x is not floating or target not integer.

    Equation: :eq:`eq-kernel-linear-cross-entropy`.
    Section: :ref:`sec-kernel-linear-cross-entropy`.

    Source: Hsu et al. (2024), Liger kernel: efficient Triton kernels for LLM training,
    arXiv:2410.10989.

    Example:
        >>> x, weight = torch.tensor([[1.0, 0.0]]), torch.tensor([[2.0, 0.0], [1.0, 0.0]])
        >>> linear_cross_entropy(x, weight, torch.tensor([0]))
        tensor(0.3133)

    In production: the logits, if they fit; else a fused loss such as Liger's.
    """
    if torch.is_autocast_enabled(x.device.type):
        dtype = torch.get_autocast_dtype(x.device.type)
        x, weight = x.to(dtype), weight.to(dtype)
        bias = bias if bias is None else bias.to(dtype)
    check_layer(x, weight, target, bias)
    check(x, target, ignore_index, reduction, label_smoothing)
    if reduction == "none":
        raise ValueError("reduction is 'none', expected sum or mean: the loss must be a number")
    given = [v for v in (x, weight, bias) if v is not None]
    gradients = torch.is_grad_enabled() and any(v.requires_grad for v in given)
    total: Tensor = _linear_cross_entropy(
        x, weight, target, bias, ignore_index, label_smoothing, gradients
    )[0]
    total = total / (target != ignore_index).sum() if reduction == "mean" else total
    return total.to(x.dtype)


def check_layer(x: Tensor, weight: Tensor, target: Tensor, bias: Tensor | None) -> None:
    """Refuse shapes that no linear layer takes, and targets for other rows."""
    if x.ndim != 2 or weight.ndim != 2 or x.shape[1] != weight.shape[1]:
        raise ValueError(
            f"expected x (n, d) and weight (k, d), got {tuple(x.shape)} and {tuple(weight.shape)}"
        )
    if target.shape != x.shape[:1]:
        raise ValueError(f"expected target ({len(x)},), got {tuple(target.shape)}")
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ValueError(f"expected bias ({len(weight)},), got {tuple(bias.shape)}")


# The definition of right


def _gradients_of_sum(
    grad: Tensor,
    x: Tensor,
    weight: Tensor,
    target: Tensor,
    bias: Tensor | None,
    ignore_index: int,
    smoothing: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients by x, weight and bias, from all logits at once."""
    logits = torch.nn.functional.linear(x, weight, bias)
    g = grad.expand(len(x))
    lse = wide(logits).logsumexp(-1)
    zero = torch.zeros_like(g)
    dz = _cross_entropy_backward.twin(g, zero, logits, target, lse, ignore_index, smoothing)
    return dz @ weight, dz.T @ x, dz.sum(0)


@operator("linear_cross_entropy")
def _linear_cross_entropy(
    x: Tensor,
    weight: Tensor,
    target: Tensor,
    bias: Tensor | None,
    ignore_index: int,
    smoothing: float,
    gradients: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The sum of the losses, and if wanted its gradients by x, weight and bias."""
    logits = torch.nn.functional.linear(x, weight, bias)
    total = _cross_entropy.twin(logits, target, ignore_index, smoothing)[0].sum()
    if not gradients:
        return total, x.new_empty(0), x.new_empty(0), x.new_empty(0)
    one = torch.ones_like(total)
    return total, *_gradients_of_sum(one, x, weight, target, bias, ignore_index, smoothing)


# Launch: matrix products are the vendor's, what lies between them is ours


def rows_at_once(n: int, k: int, d: int) -> int:
    """So few rows that their logits take about the memory of x."""
    return min(n, power_of_2(max(1, n * d // max(k, 1))))


@_linear_cross_entropy.triton
def _launch(
    x: Tensor,
    weight: Tensor,
    target: Tensor,
    bias: Tensor | None,
    ignore_index: int,
    smoothing: float,
    gradients: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    (n, d), k = x.shape, len(weight)
    sums = torch.float64 if x.dtype == torch.float64 else torch.float32
    total = torch.zeros((), dtype=sums, device=x.device)
    dx = torch.empty((n, d) if gradients else 0, dtype=x.dtype, device=x.device)
    dw = torch.zeros((k, d) if gradients else 0, dtype=sums, device=x.device)
    db = torch.zeros(k if gradients else 0, dtype=sums, device=x.device)
    step = rows_at_once(n, k, d)
    for i in range(0, n, max(step, 1)):
        part, right = x[i : i + step], target[i : i + step]
        logits = torch.nn.functional.linear(part, weight, bias)
        losses, lse = _cross_entropy(logits, right, ignore_index, smoothing)
        total += losses.sum()
        if gradients:
            one, zero = torch.ones_like(lse), torch.zeros_like(lse)
            dz = _cross_entropy_backward(one, zero, logits, right, lse, ignore_index, smoothing)
            torch.mm(dz, weight, out=dx[i : i + step])
            dw += dz.T @ part
            db += dz.sum(0, dtype=sums)
    return total, dx, dw.to(weight.dtype), db.to(weight.dtype)


# Registration


@_linear_cross_entropy.fake
def _shapes(
    x: Tensor,
    weight: Tensor,
    target: Tensor,
    bias: Tensor | None,
    ignore_index: int,
    smoothing: float,
    gradients: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    sums = torch.float64 if x.dtype == torch.float64 else torch.float32
    total = x.new_empty((), dtype=sums)
    if not gradients:
        return total, x.new_empty(0), x.new_empty(0), x.new_empty(0)
    return total, x.new_empty(x.shape), x.new_empty(weight.shape), x.new_empty(len(weight))


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    x, weight, target, bias, ctx.ignore_index, ctx.smoothing, _ = inputs
    ctx.save_for_backward(x, weight, target, bias, *output[1:])


def _gradients(ctx: Any, grad: Tensor, *_: Tensor) -> tuple[Tensor | None, ...]:
    x, weight, target, bias, *unscaled = ctx.saved_tensors
    if torch.is_grad_enabled():
        found = list(
            _gradients_of_sum(grad, x, weight, target, bias, ctx.ignore_index, ctx.smoothing)
        )
    else:
        found = [(v * grad).to(v.dtype) for v in unscaled]
    dx, dw, db = found
    return dx, dw, None, None if bias is None else db, None, None, None


_linear_cross_entropy.autograd(_keep, _gradients)
