"""A matrix product that adds the bias and bends the sums before they leave the registers."""

from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._triton import jit, tl, triton, tuned, wide_type
from dlcore.kernels.activations import (
    ACTIVATIONS,
    _bend,
    _bias_activation_backward,
    _value_and_slope,
)
from dlcore.kernels.choice import interpreted
from dlcore.kernels.operators import operator, wide

SHARED_MEMORY = 220 * 1024  # bytes of a Hopper multiprocessor that one program may fill
SUMS = 512  # bytes of sums in the registers of one thread, at most
BLOCKS = {"BLOCK_M": 16, "BLOCK_N": 16, "BLOCK_K": 16, "GROUP": 2}  # in the interpreter


def matmul(
    a: Tensor, b: Tensor, bias: Tensor | None = None, activation: str | None = None
) -> Tensor:
    """The product of rows with a matrix, shifted and bent, in one kernel.

    Args:
        a: rows, shape (..., k), floating, any strides.
        b: shape (k, n), the type of a, any strides.
        bias: added to each row, shape (n,), the type of a; None for 0.
        activation: "gelu", "gelu_tanh" (its approximation by tanh), "silu", "relu", or None.

    Returns:
        Shape (..., n), the type of a. Sums, bias and activation are computed in float32 at least.
        Of float32 numbers only the leading bits are multiplied ("tf32") where torch's setting
        `torch.backends.cuda.matmul.fp32_precision` says so. Under `torch.autocast` all that is not
        float64 is cast to its type first.

    Raises:
        ValueError: the shapes do not fit, or the activation is none of these.
        TypeError: a is not floating, or types differ.

    Equation: :eq:`eq-kernel-matmul`.
    Section: :ref:`sec-kernel-matmul`.

    Source: Tillet, Kung, Cox (2019), Triton: an intermediate language and compiler for tiled neural
    network computations, https://doi.org/10.1145/3315508.3329973.

    Example:
        >>> a = torch.tensor([[1.0, 2.0]])
        >>> matmul(a, torch.tensor([[1.0], [-1.0]]), torch.tensor([0.5]), "relu")
        tensor([[0.]])

    In production: torch.nn.functional.linear, or torch.compile with mode="max-autotune".
    """
    a, b, bias = autocast(a, b, bias)
    check(a, b, bias, activation)
    given = [x for x in (a, b, bias) if x is not None]
    keep = activation is not None and any(x.requires_grad for x in given)
    with torch.autocast(a.device.type, enabled=False):
        y: Tensor = _matmul(a, b, bias, activation, keep and torch.is_grad_enabled())[0]
    return y


def autocast(*tensors: Tensor | None) -> tuple[Any, ...]:
    """The tensors in the type that `torch.autocast` wants products in; float64 as it is."""
    device = next(x.device.type for x in tensors if x is not None)
    if not torch.is_autocast_enabled(device):
        return tensors
    dtype = torch.get_autocast_dtype(device)
    return tuple(
        x.to(dtype) if x is not None and x.is_floating_point() and x.dtype != torch.float64 else x
        for x in tensors
    )


def check(a: Tensor, b: Tensor, bias: Tensor | None, activation: str | None) -> None:
    """Refuse what does not fit together."""
    if not a.is_floating_point():
        raise TypeError(f"a must be floating, this is {a.dtype}")
    for name, x in (("b", b), ("bias", bias)):
        if x is not None and x.dtype != a.dtype:
            raise TypeError(f"a is {a.dtype}, {name} {x.dtype}: they must be alike")
    if a.ndim == 0 or b.ndim != 2 or a.shape[-1] != b.shape[0]:
        raise ValueError(
            f"a has shape {tuple(a.shape)}, b {tuple(b.shape)}: expected (..., k) and (k, n)"
        )
    if bias is not None and bias.shape != b.shape[1:]:
        raise ValueError(f"expected bias {tuple(b.shape[1:])}, got {tuple(bias.shape)}")
    if activation not in (None, *ACTIVATIONS):
        raise ValueError(f"activation is {activation!r}, expected one of {', '.join(ACTIVATIONS)}")


# The definition of right


@operator("matmul")
def _matmul(
    a: Tensor, b: Tensor, bias: Tensor | None, activation: str | None, keep: bool
) -> tuple[Tensor, Tensor]:
    """The activations and, if they are to be kept, what went into the activation function."""
    z = wide(a) @ wide(b)
    z = z if bias is None else z + wide(bias)
    y = z if activation is None else _bend(z, activation)[0]
    kept = z.clone() if keep else z.new_empty(0)
    return y.to(a.dtype).contiguous(), kept.to(a.dtype).contiguous()


# The kernel: a and b have any strides, y and z are contiguous


def _fits(choice: dict[str, Any], arguments: dict[str, Any]) -> bool:
    """Whether the blocks on their way and the sums have room on a multiprocessor."""
    size, m = arguments["a"].element_size(), arguments["m"]
    rows, columns, inner = (choice[name] for name in ("BLOCK_M", "BLOCK_N", "BLOCK_K"))
    on_the_way = choice["num_stages"] * (rows + columns) * inner * size
    sums = rows * columns * max(size, 4) // (32 * choice["num_warps"])
    return on_the_way <= SHARED_MEMORY and sums <= SUMS and (rows <= 16 or rows < 2 * m)


def _choice(m: int, n: int, k: int, warps: int, stages: int) -> dict[str, int]:
    sides = {"BLOCK_M": m, "BLOCK_N": n, "BLOCK_K": k, "GROUP": 8}
    return {**sides, "num_warps": warps, "num_stages": stages}


CHOICES = [
    _choice(128, 256, 64, 8, 3),
    _choice(256, 128, 64, 8, 3),
    _choice(128, 128, 64, 8, 3),
    _choice(128, 128, 64, 4, 4),
    _choice(128, 128, 32, 8, 3),
    _choice(64, 128, 64, 4, 4),
    _choice(64, 64, 32, 4, 4),
    _choice(16, 64, 128, 4, 4),
    _choice(16, 32, 64, 4, 3),
]


@tuned(["magnitudes", "PRECISION"], CHOICES, _fits)
@jit
def _kernel(
    a,
    b,
    bias,
    y,
    z,
    m,
    n,
    k,
    a_row,
    a_column,
    b_row,
    b_column,
    magnitudes,
    ACTIVATION: tl.constexpr,
    PRECISION: tl.constexpr,
    WIDE: tl.constexpr,
    BLOCK_M: tl.constexpr,
    BLOCK_N: tl.constexpr,
    BLOCK_K: tl.constexpr,
    GROUP: tl.constexpr,
):
    """A program computes one block of y; programs that run together share rows and columns.

    The order goes down GROUP blocks before it moves to the next column of blocks, so that what they
    read stays in the second-level cache.
    """
    program = tl.program_id(0)
    group = GROUP * tl.cdiv(n, BLOCK_N)
    first = program // group * GROUP
    height = tl.minimum(tl.cdiv(m, BLOCK_M) - first, GROUP)
    row = (first + program % group % height).to(tl.int64) * BLOCK_M + tl.arange(0, BLOCK_M)
    column = (program % group // height).to(tl.int64) * BLOCK_N + tl.arange(0, BLOCK_N)
    inner = tl.arange(0, BLOCK_K).to(tl.int64)
    a += row[:, None] * a_row + inner[None, :] * a_column
    b += inner[:, None] * b_row + column[None, :] * b_column
    sums = tl.zeros((BLOCK_M, BLOCK_N), WIDE)
    for start in range(0, k, BLOCK_K):
        inside = start + inner < k
        block_a = tl.load(a, mask=(row < m)[:, None] & inside[None, :], other=0.0)
        block_b = tl.load(b, mask=inside[:, None] & (column < n)[None, :], other=0.0)
        sums = tl.dot(block_a, block_b, sums, input_precision=PRECISION, out_dtype=WIDE)
        a += BLOCK_K * tl.cast(a_column, tl.int64)
        b += BLOCK_K * tl.cast(b_row, tl.int64)
    at = row[:, None] * n + column[None, :]
    inside = (row < m)[:, None] & (column < n)[None, :]
    if bias is not None:
        sums += tl.load(bias + column, mask=column < n, other=0.0).to(WIDE)[None, :]
    if z is not None:
        tl.store(z + at, sums, mask=inside)
    if ACTIVATION is not None:
        sums, _ = _value_and_slope(sums, ACTIVATION)
    tl.store(y + at, sums, mask=inside)


# Allocation and launch


def as_matrix(x: Tensor) -> Tensor:
    """All leading dimensions as one: a view where the layout allows it, else a copy."""
    return x.flatten(0, -2) if x.ndim > 1 else x[None]


def precision(x: Tensor) -> str:
    """Which bits of float32 numbers are multiplied, by torch's own setting."""
    is_tf32 = x.dtype == torch.float32 and torch.backends.cuda.matmul.fp32_precision == "tf32"
    return "tf32" if is_tf32 else "ieee"


def magnitudes(*sizes: int) -> int:
    """The sizes to a factor of two, as one number: for what is tuned."""
    return sum(size.bit_length() << 8 * i for i, size in enumerate(sizes))


@_matmul.triton
def _launch(
    a: Tensor, b: Tensor, bias: Tensor | None, activation: str | None, keep: bool
) -> tuple[Tensor, Tensor]:
    y, z = _shapes(a, b, bias, activation, keep)
    if y.numel():
        rows = as_matrix(a)
        m, k, n = *rows.shape, b.shape[1]
        bias = bias if bias is None else bias.contiguous()

        def grid(blocks: dict[str, Any]) -> tuple[int]:
            return (triton.cdiv(m, blocks["BLOCK_M"]) * triton.cdiv(n, blocks["BLOCK_N"]),)

        _kernel[grid](
            rows, b, bias, y, z if keep else None, m, n, k, *rows.stride(), *b.stride(),
            magnitudes(m, n, k), activation, precision(a), wide_type(a),
            **(BLOCKS if interpreted else {}),
        )  # fmt: skip
    return y, z


# Registration


@_matmul.fake
def _shapes(
    a: Tensor, b: Tensor, bias: Tensor | None, activation: str | None, keep: bool
) -> tuple[Tensor, Tensor]:
    y = a.new_empty(*a.shape[:-1], b.shape[1])
    return y, torch.empty_like(y) if keep else a.new_empty(0)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    a, b, bias, ctx.activation, ctx.keep = inputs
    ctx.save_for_backward(a, b, bias, output[1])
    ctx.set_materialize_grads(False)


def _gradients(ctx: Any, dy: Tensor | None, dz: Tensor | None) -> tuple[Tensor | None, ...]:
    a, b, bias, z = ctx.saved_tensors
    dz = dz if ctx.keep else None
    if dy is not None:
        if ctx.activation is not None:
            z = z if ctx.keep else _matmul(a, b, bias, None, False)[0]
            dy = _bias_activation_backward(dy, z, None, ctx.activation)
        dz = dy if dz is None else dz + dy
    if dz is None:
        return None, None, None, None, None
    needs_a, needs_b, needs_bias, *_ = ctx.needs_input_grad
    rows = as_matrix(dz)
    return (
        _matmul(dz, b.T, None, None, False)[0] if needs_a else None,
        _matmul(as_matrix(a).T, rows, None, None, False)[0] if needs_b else None,
        rows.sum(0) if needs_bias else None,
        None,
        None,
    )


_matmul.autograd(_keep, _gradients)
_matmul.vmap_over_rows(0)
