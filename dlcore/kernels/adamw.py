"""A step of AdamW for many tensors in one launch: each number is read and written once."""

from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._triton import jit, tl, triton
from dlcore.kernels.operators import operator, wide

BLOCK = 2048


@torch.no_grad()
def adamw(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    step: int,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
    maximize: bool = False,
) -> None:
    """Parameters and both their averages after one step of Adam with decoupled weight decay.

    Args:
        params: parameters, floating, changed in place.
        grads: their gradients, of the same shapes.
        exp_avgs: the running means of the gradients, changed in place.
        exp_avg_sqs: the running means of their squares, changed in place.
        step: how many steps there are with this one, at least 1.
        lr: the learning rate.
        beta1: how much of the running mean stays.
        beta2: how much of the running mean of the squares stays.
        eps: added to the root of the mean square.
        weight_decay: the share of a parameter, times lr, that is taken off.
        maximize: go up instead of down.

    Raises:
        ValueError: the lists or shapes do not fit, or a number is out of its range.
        TypeError: a tensor is not floating, or a parameter's companions have other types.

    Equation: :eq:`eq-kernel-adamw`.
    Section: :ref:`sec-kernel-many-tensors`.

    Source: Loshchilov, Hutter (2019), Decoupled weight decay regularization, arXiv:1711.05101.

    Example:
        >>> p, g = torch.tensor([1.0]), torch.tensor([3.0])
        >>> adamw([p], [g], [torch.zeros(1)], [torch.zeros(1)], 1, lr=0.1, weight_decay=0.0)
        >>> p
        tensor([0.9000])

    In production: torch.optim.AdamW with fused=True.
    """
    check(params, grads, exp_avgs, exp_avg_sqs)
    check_numbers(step, lr, beta1, beta2, eps, weight_decay)
    groups: dict[tuple[torch.device, torch.dtype], list[tuple[Tensor, ...]]] = {}
    for tensors in zip(params, grads, exp_avgs, exp_avg_sqs, strict=True):
        groups.setdefault((tensors[0].device, tensors[0].dtype), []).append(tensors)
    for group in groups.values():
        lists = [list(column) for column in zip(*group, strict=True)]
        _adamw(*lists, step, lr, beta1, beta2, eps, weight_decay, maximize)


def check(
    params: list[Tensor], grads: list[Tensor], exp_avgs: list[Tensor], exp_avg_sqs: list[Tensor]
) -> None:
    """Refuse lists that do not fit together."""
    lists = (params, grads, exp_avgs, exp_avg_sqs)
    if len({len(tensors) for tensors in lists}) != 1:
        raise ValueError(
            f"params, grads, exp_avgs and exp_avg_sqs have {', '.join(map(str, map(len, lists)))} "
            "tensors: they must have as many"
        )
    for tensors in zip(*lists, strict=True):
        if not tensors[0].is_floating_point() or len({t.dtype for t in tensors}) != 1:
            types = ", ".join(str(t.dtype) for t in tensors)
            raise TypeError(f"a parameter and its companions must be of one floating type: {types}")
        if len({t.shape for t in tensors}) != 1:
            shapes = ", ".join(str(tuple(t.shape)) for t in tensors)
            raise ValueError(f"a parameter and its companions must be of one shape: {shapes}")


def check_numbers(
    step: int, lr: float, beta1: float, beta2: float, eps: float, weight_decay: float
) -> None:
    """Refuse numbers out of their ranges."""
    if step < 1:
        raise ValueError(f"step must be at least 1, it is {step}")
    for name, value in {"lr": lr, "eps": eps, "weight_decay": weight_decay}.items():
        if value < 0:
            raise ValueError(f"{name} must not be negative, it is {value}")
    for name, value in {"beta1": beta1, "beta2": beta2}.items():
        if not 0 <= value < 1:
            raise ValueError(f"{name} must be in [0, 1), it is {value}")


# The definition of right


@operator("adamw", mutates=("params", "exp_avgs", "exp_avg_sqs"))
def _adamw(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    step: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> None:
    for p, g, m, v in zip(params, grads, exp_avgs, exp_avg_sqs, strict=True):
        z = -wide(g) if maximize else wide(g)
        mean = beta1 * wide(m) + (1 - beta1) * z
        square = beta2 * wide(v) + (1 - beta2) * z * z
        scale = (square / (1 - beta2**step)).sqrt() + eps
        p.copy_((1 - lr * weight_decay) * wide(p) - lr / (1 - beta1**step) * mean / scale)
        m.copy_(mean)
        v.copy_(square)


# The kernel: a table holds the addresses of all tensors, another which piece a program takes


@jit
def _adamw_kernel(
    addresses,
    lengths,
    pieces,
    numbers,
    count,
    TYPE: tl.constexpr,
    IS_ALIGNED: tl.constexpr,
    BLOCK: tl.constexpr,
):
    piece = tl.program_id(0).to(tl.int64)
    tensor = tl.load(pieces + 2 * piece)
    at = tl.load(pieces + 2 * piece + 1) * BLOCK + tl.arange(0, BLOCK)
    inside = at < tl.load(lengths + tensor)
    p = _pointer(addresses + tensor, TYPE, IS_ALIGNED) + at
    g = _pointer(addresses + count + tensor, TYPE, IS_ALIGNED) + at
    m = _pointer(addresses + 2 * count + tensor, TYPE, IS_ALIGNED) + at
    v = _pointer(addresses + 3 * count + tensor, TYPE, IS_ALIGNED) + at
    beta1 = tl.load(numbers)
    beta2 = tl.load(numbers + 1)
    z = tl.load(g, mask=inside, other=0.0).to(beta1.dtype) * tl.load(numbers + 6)
    mean = beta1 * tl.load(m, mask=inside, other=0.0).to(beta1.dtype) + tl.load(numbers + 7) * z
    square = beta2 * tl.load(v, mask=inside, other=0.0).to(beta1.dtype)
    square += tl.load(numbers + 8) * z * z
    scale = tl.sqrt(square * tl.load(numbers + 2)) + tl.load(numbers + 3)
    value = tl.load(numbers + 4) * tl.load(p, mask=inside, other=0.0).to(beta1.dtype)
    tl.store(p, value - tl.load(numbers + 5) * mean / scale, mask=inside)
    tl.store(m, mean, mask=inside)
    tl.store(v, square, mask=inside)


@jit
def _pointer(address, TYPE: tl.constexpr, IS_ALIGNED: tl.constexpr):
    pointer = tl.load(address).to(tl.pointer_type(TYPE))
    return tl.multiple_of(pointer, 16) if IS_ALIGNED else pointer


@_adamw.triton
def _launch(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    step: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> None:
    if not params:
        return
    lists = [params, grads, exp_avgs, exp_avg_sqs]
    dense = [[t.contiguous() for t in tensors] for tensors in lists]
    addresses = torch.tensor([[t.data_ptr() for t in tensors] for tensors in dense])
    pieces = [(i, j) for i, p in enumerate(params) for j in range(triton.cdiv(p.numel(), BLOCK))]
    sums = torch.float64 if params[0].dtype == torch.float64 else torch.float32
    numbers = (
        beta1, beta2, 1 / (1 - beta2**step), eps, 1 - lr * weight_decay, lr / (1 - beta1**step),
        -1.0 if maximize else 1.0, 1 - beta1, 1 - beta2,
    )  # fmt: skip
    device = params[0].device
    _adamw_kernel[(len(pieces),)](
        addresses.to(device),
        torch.tensor([p.numel() for p in params]).to(device),
        torch.tensor(pieces, dtype=torch.int64).to(device),
        torch.tensor(numbers, dtype=sums).to(device),
        len(params),
        triton_type(params[0].dtype),
        bool((addresses % 16 == 0).all()),
        BLOCK,
    )
    for tensors, copies in zip(lists, dense, strict=True):
        for tensor, copy in zip(tensors, copies, strict=True):
            if tensors is not grads and tensor.data_ptr() != copy.data_ptr():
                tensor.copy_(copy)


def triton_type(dtype: torch.dtype) -> Any:
    """Triton's name of a floating type."""
    names = {torch.float16: "float16", torch.bfloat16: "bfloat16", torch.float64: "float64"}
    return getattr(tl, names.get(dtype, "float32"))


@_adamw.fake
def _nothing(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    step: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> None:
    return None
