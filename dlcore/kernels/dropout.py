"""Dropout whose mask is a function of seed and position: it is never stored, but made again."""

from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._triton import jit, tl, triton, wide_type
from dlcore.kernels.operators import operator, wide

GROUP = 1024  # so many counters give four times as many numbers, one quarter after another
ROUNDS = 10
LOW = 0xFFFFFFFF  # 32 ones
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)


def dropout(
    x: Tensor, p: float = 0.5, training: bool = True, generator: torch.Generator | None = None
) -> Tensor:
    """Each number set to 0 with probability p, the others scaled so that the mean stays.

    The mask comes from Philox, a bijection of 128 bits that turns a counter into random bits: the
    kernel and its PyTorch twin make the same one, bit for bit, on any device.

    Args:
        x: any shape, floating.
        p: the probability of a zero; what is kept is divided by 1 - p.
        training: if not, x itself is returned.
        generator: where the seed is drawn from; None for torch's own of the device of x.

    Returns:
        Values of the shape and type of x; a dropped infinity gives NaN, as in torch.

    Raises:
        ValueError: p is not in [0, 1].
        TypeError: x is not floating.

    Equation: :eq:`eq-kernel-philox`.
    Section: :ref:`sec-kernel-random-numbers`.

    Source: Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3,
    doi:10.1145/2063384.2063405.

    Example:
        >>> dropout(torch.ones(6), 0.5, generator=torch.Generator().manual_seed(1))
        tensor([0., 2., 0., 0., 0., 2.])

    In production: torch.nn.functional.dropout, which uses Philox on a GPU as well.
    """
    if not x.is_floating_point():
        raise TypeError(f"x must be floating, this is {x.dtype}")
    if not 0 <= p <= 1:
        raise ValueError(f"p must be in [0, 1], it is {p}")
    if not training:
        return x
    device = x.device if generator is None else generator.device
    seed = torch.randint(2**62, (1,), generator=generator, device=device)
    y: Tensor = _dropout(x, seed.to(x.device), p)
    return y


# The definition of right


def product(a: int, b: Tensor) -> tuple[Tensor, Tensor]:
    """The upper and the lower 32 bits of the product of two numbers of 32 bits, held in int64."""
    upper = (b * (a >> 16) + (b * (a & 0xFFFF) >> 16)) >> 16
    return upper, (b * a) & LOW


def philox(counter: list[Tensor], key: list[Tensor]) -> list[Tensor]:
    """Philox4x32-10: four words of 32 bits, in int64, from a counter of four and a key of two."""
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for _ in range(ROUNDS):
        upper0, lower0 = product(MULTIPLIERS[0], c0)
        upper1, lower1 = product(MULTIPLIERS[1], c2)
        c0, c1, c2, c3 = upper1 ^ c1 ^ k0, lower1, upper0 ^ c3 ^ k1, lower0
        k0, k1 = (k0 + KEY_STEPS[0]) & LOW, (k1 + KEY_STEPS[1]) & LOW
    return [c0, c1, c2, c3]


def threshold(p: float) -> int:
    """Words of 32 bits below this number, a share p of all, mean a zero."""
    return round(p * 2**32)


def kept(n: int, seed: Tensor, p: float) -> Tensor:
    """Which of n numbers are kept."""
    counter = torch.arange(-(-n // (4 * GROUP)) * GROUP, device=seed.device)
    zero = torch.zeros_like(counter)
    words = philox([counter & LOW, counter >> 32, zero, zero], [seed & LOW, seed >> 32])
    in_order = torch.stack([w.view(-1, GROUP) for w in words], dim=1)
    return in_order.reshape(-1)[:n] >= threshold(p)


def scale(p: float) -> float:
    """What the numbers that are kept are multiplied by."""
    return 1 / (1 - p) if p < 1 else 0.0


@operator("dropout")
def _dropout(x: Tensor, seed: Tensor, p: float) -> Tensor:
    mask = kept(x.numel(), seed, p).view(x.shape)
    return (wide(x) * scale(p) * mask).to(x.dtype).contiguous()


# The kernel: x is contiguous


@jit
def _dropout_kernel(
    x, seed, y, n, threshold, SCALE: tl.constexpr, WIDE: tl.constexpr, GROUP: tl.constexpr
):
    program = tl.program_id(0).to(tl.int64)
    counter = program * GROUP + tl.arange(0, GROUP)
    lower = (counter & 0xFFFFFFFF).to(tl.uint32)
    upper = (counter >> 32).to(tl.uint32)
    zero = lower * 0
    r0, r1, r2, r3 = tl.philox(tl.load(seed), lower, upper, zero, zero)
    at = program * (4 * GROUP) + tl.arange(0, GROUP)
    _one_quarter(x, y, at, n, r0, threshold, SCALE, WIDE)
    _one_quarter(x, y, at + GROUP, n, r1, threshold, SCALE, WIDE)
    _one_quarter(x, y, at + 2 * GROUP, n, r2, threshold, SCALE, WIDE)
    _one_quarter(x, y, at + 3 * GROUP, n, r3, threshold, SCALE, WIDE)


@jit
def _one_quarter(x, y, at, n, word, threshold, SCALE: tl.constexpr, WIDE: tl.constexpr):
    z = tl.load(x + at, mask=at < n, other=0.0).to(WIDE)
    kept = tl.where(word.to(tl.int64) >= threshold, z * SCALE, z * 0.0)
    tl.store(y + at, kept, mask=at < n)


@_dropout.triton
def _launch(x: Tensor, seed: Tensor, p: float) -> Tensor:
    y, x, n = torch.empty(x.shape, dtype=x.dtype, device=x.device), x.contiguous(), x.numel()
    _dropout_kernel[(triton.cdiv(n, 4 * GROUP),)](
        x, seed, y, n, threshold(p), scale(p), wide_type(x), GROUP
    )
    return y


# Registration: the gradient is dropout with the same seed


@_dropout.fake
def _like_x(x: Tensor, seed: Tensor, p: float) -> Tensor:
    return x.new_empty(x.shape)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    _, seed, ctx.p = inputs
    ctx.save_for_backward(seed)


def _gradients(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
    (seed,) = ctx.saved_tensors
    return _dropout(grad, seed, ctx.p), None, None


_dropout.autograd(_keep, _gradients)
