"""A step of AdamW for many tensors in one launch: each number is read and written once."""

import torch
from torch import Tensor

from dlcore.kernels._triton import jit, tl
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


# The kernel: a table of integers says where each tensor is, how long, and what each program takes


@jit
def _adamw_kernel(
    table,  # addresses, lengths of the tensors; for each program its tensor and its piece of it
    numbers,
    tensors,
    programs,
    TYPE: tl.constexpr,
    IS_ALIGNED: tl.constexpr,
    BLOCK: tl.constexpr,
):
    program = tl.program_id(0).to(tl.int64)
    tensor = tl.load(table + 5 * tensors + program)
    first = tl.load(table + 5 * tensors + programs + program) * BLOCK
    length = tl.load(table + 4 * tensors + tensor)
    at = first + tl.arange(0, BLOCK)
    p = _pointer(table + tensor, TYPE, IS_ALIGNED) + at
    g = _pointer(table + tensors + tensor, TYPE, IS_ALIGNED) + at
    m = _pointer(table + 2 * tensors + tensor, TYPE, IS_ALIGNED) + at
    v = _pointer(table + 3 * tensors + tensor, TYPE, IS_ALIGNED) + at
    if first + BLOCK <= length:  # no number of the piece is missing: 16 bytes are read at a time
        _update(p, g, m, v, numbers, tl.full((BLOCK,), True, tl.int1))
    else:
        _update(p, g, m, v, numbers, at < length)


@jit
def _update(p, g, m, v, numbers, inside):
    sign, beta1, new1 = tl.load(numbers), tl.load(numbers + 1), tl.load(numbers + 2)
    beta2, new2, correction = tl.load(numbers + 3), tl.load(numbers + 4), tl.load(numbers + 5)
    eps, decay, rate = tl.load(numbers + 6), tl.load(numbers + 7), tl.load(numbers + 8)
    z = sign * tl.load(g, mask=inside, other=0.0).to(sign.dtype)
    mean = beta1 * tl.load(m, mask=inside, other=0.0).to(sign.dtype) + new1 * z
    square = beta2 * tl.load(v, mask=inside, other=0.0).to(sign.dtype) + new2 * z * z
    value = decay * tl.load(p, mask=inside, other=0.0).to(sign.dtype)
    value -= rate * mean / (tl.sqrt(square * correction) + eps)
    tl.store(p, value, mask=inside)
    tl.store(m, mean, mask=inside)
    tl.store(v, square, mask=inside)


@jit
def _pointer(address, TYPE: tl.constexpr, IS_ALIGNED: tl.constexpr):
    pointer = tl.load(address).to(tl.pointer_type(TYPE))
    return tl.multiple_of(pointer, 16) if IS_ALIGNED else pointer


# Tables and launch


def table_of(addresses: Tensor, lengths: Tensor) -> tuple[Tensor, int]:
    """The kernel's table, and how many programs there are: one for each block of each tensor.

    Args:
        addresses: of shape (4, n), int64.
        lengths: of shape (n,), int64.
    """
    blocks = (lengths + BLOCK - 1) // BLOCK
    tensor = torch.arange(len(lengths)).repeat_interleave(blocks)
    piece = torch.arange(len(tensor)) - (blocks.cumsum(0) - blocks)[tensor]
    return torch.cat([addresses.flatten(), lengths, tensor, piece]), len(tensor)


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
    lists = [params, grads, exp_avgs, exp_avg_sqs]
    dense = [[t.contiguous() for t in tensors] for tensors in lists]
    addresses = torch.tensor([[t.data_ptr() for t in tensors] for tensors in dense])
    table, programs = table_of(addresses, torch.tensor([p.numel() for p in params]))
    numbers = [
        -1.0 if maximize else 1.0, beta1, 1 - beta1, beta2, 1 - beta2, 1 / (1 - beta2**step),
        eps, 1 - lr * weight_decay, lr / (1 - beta1**step),
    ]  # fmt: skip
    device, sums = params[0].device, wide(params[0].new_empty(0)).dtype
    _adamw_kernel[(programs,)](
        table.to(device),
        torch.tensor(numbers, dtype=sums).to(device),
        len(params),
        programs,
        getattr(tl, str(params[0].dtype).removeprefix("torch.")),
        bool((addresses % 16 == 0).all()),
        BLOCK,
    )
    for tensors, copies in zip(lists, dense, strict=True):
        for tensor, copy in zip(tensors, copies, strict=True):
            if tensors is not grads and tensor is not copy:
                tensor.copy_(copy)


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
