"""What the benchmark of the kernels times: the work of each, by our hands, torch's and others'."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from dlcore import kernels

Hand = Callable[..., Any]  # returns a tensor or several
Size = tuple[Any, ...]  # numbers, and words for what else there is to choose
TYPES = {
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
    "tf32": torch.float32,  # the same numbers, of which products take the leading bits
    "float32": torch.float32,
}


def tensors(values: Tensor | Sequence[Tensor]) -> list[Tensor]:
    return [values] if isinstance(values, Tensor) else list(values)


def error(found: Any, expected: Any) -> float:
    """The largest distance between results, relative to the largest number."""
    return max(
        float((a - b).abs().max() / b.abs().max().clamp(min=1e-30))
        for a, b in (
            (a.detach().float(), b.detach().float())
            for a, b in zip(tensors(found), tensors(expected), strict=True)
        )
    )


def error_of_the_kept(found: Any, expected: Any) -> float:
    """The same where neither has a zero, for what falls to zero by chance."""
    pairs = list(zip(tensors(found), tensors(expected), strict=True))
    kept = [(a != 0) & (b != 0) for a, b in pairs]
    return error(
        [a * both for (a, _), both in zip(pairs, kept, strict=True)],
        [b * both for (_, b), both in zip(pairs, kept, strict=True)],
    )


@dataclass
class Work:
    """The same work by several hands: functions of the same inputs."""

    ours: Hand
    eager: Hand
    inputs: list[Tensor]  # those that require gradients are differentiated by
    peers: dict[str, Hand] = field(default_factory=dict)
    flops: float = 0.0  # of a forward pass, if it multiplies matrices
    backward: float = 2.0  # how many times as many a backward pass has
    moved: dict[str, float] = field(default_factory=dict)  # bytes by mode, if not of all tensors
    distance: Callable[[Any, Any], float] = error  # of results from those of eager torch


def numbers(*shape: int, like: tuple[torch.dtype, str], grad: bool = True) -> Tensor:
    dtype, device = like
    return torch.randn(shape, dtype=dtype, device=device).requires_grad_(grad)


def classes(n: int, k: int, device: str) -> Tensor:
    return torch.randint(k, (n,), device=device)


def nbytes(*values: Tensor) -> int:
    return sum(v.numel() * v.element_size() for v in values)


# Rows


def softmax(size: Size, *like: Any) -> Work:
    return Work(kernels.softmax, lambda x: torch.softmax(x, -1), [numbers(*size, like=like)])


def log_softmax(size: Size, *like: Any) -> Work:
    x = numbers(*size, like=like)
    return Work(kernels.log_softmax, lambda x: torch.log_softmax(x, -1), [x])


def layer_norm(size: Size, *like: Any) -> Work:
    d = size[-1:]
    inputs = [numbers(*shape, like=like) for shape in (size, d, d)]
    return Work(
        lambda x, w, b: kernels.layer_norm(x, d, w, b),
        lambda x, w, b: F.layer_norm(x, d, w, b),
        inputs,
    )


def rms_norm(size: Size, *like: Any) -> Work:
    d = size[-1:]
    return Work(
        lambda x, w: kernels.rms_norm(x, d, w),
        lambda x, w: F.rms_norm(x, d, w),
        [numbers(*shape, like=like) for shape in (size, d)],
    )


def batch_norm(size: Size, dtype: torch.dtype, device: str) -> Work:
    n, c, side = size
    x = numbers(n, c, side, side, like=(dtype, device))
    w, b = (numbers(c, like=(torch.float32, device)) for _ in range(2))

    def cudnn(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return torch.cudnn_batch_norm(x, w, b, None, None, True, 0.1, 1e-5)[0]

    return Work(
        lambda x, w, b: kernels.batch_norm(x, None, None, w, b, training=True),
        lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True),
        [x, w, b],
        {"cuDNN": cudnn} if device == "cuda" else {},
        # no output without the statistics of all inputs: these are read twice
        moved={"forward": 3 * nbytes(x), "backward": 5 * nbytes(x)},
    )


def cross_entropy(size: Size, dtype: torch.dtype, device: str) -> Work:
    inputs = [numbers(*size, like=(dtype, device)), classes(*size, device)]
    return Work(kernels.cross_entropy, F.cross_entropy, inputs)


def linear_cross_entropy(size: Size, dtype: torch.dtype, device: str) -> Work:
    n, k, d = size
    x, w = numbers(n, d, like=(dtype, device)), numbers(k, d, like=(dtype, device), grad=False)
    w = w.mul_(d**-0.5).requires_grad_()
    return Work(
        kernels.linear_cross_entropy,
        lambda x, w, target: F.cross_entropy(F.linear(x, w), target),
        [x, w, classes(n, k, device)],
        flops=2.0 * n * k * d,
    )


# Number by number


def bias_activation(size: Size, *like: Any) -> Work:
    inputs = [numbers(*size, like=like), numbers(size[-1], like=like)]
    return Work(kernels.bias_activation, lambda x, b: F.gelu(x + b), inputs)


def swiglu(size: Size, *like: Any) -> Work:
    inputs = [numbers(*size, like=like) for _ in range(2)]
    return Work(kernels.swiglu, lambda x, gate: F.silu(gate) * x, inputs)


def dropout(size: Size, *like: Any) -> Work:
    x = numbers(*size, like=like)
    return Work(
        lambda x: kernels.dropout(x, 0.1),
        lambda x: F.dropout(x, 0.1),
        [x],
        moved={"backward": 2 * nbytes(x)},
        distance=error_of_the_kept,
    )


def embedding(size: Size, dtype: torch.dtype, device: str) -> Work:
    n, k, d = size
    index, table = classes(n, k, device), numbers(k, d, like=(dtype, device))
    grad = n * d * table.element_size()
    moved = {"backward": float(nbytes(index, table) + grad)}
    return Work(kernels.embedding, F.embedding, [index, table], moved=moved)


def adamw(size: Size, dtype: torch.dtype, device: str) -> Work:
    """Each hand has parameters and averages of its own, and changes them at every call."""
    count, n = size
    values, grads = ([numbers(n, like=(dtype, device), grad=False) for _ in range(count)]
                     for _ in range(2))  # fmt: skip

    def torchs(**how: bool) -> Hand:
        params = [v.clone().requires_grad_() for v in values]
        for p, g in zip(params, grads, strict=True):
            p.grad = g
        optimizer = torch.optim.AdamW(params, **how)

        def step() -> list[Tensor]:
            optimizer.step()
            return params

        return step

    params = [v.clone() for v in values]
    averages, squares = ([torch.zeros_like(v) for v in values] for _ in range(2))
    steps = 0

    def ours() -> list[Tensor]:
        nonlocal steps
        steps += 1
        kernels.adamw(params, grads, averages, squares, steps)
        return params

    moved = {"step": 7.0 * nbytes(*values)}  # four are read, three written
    return Work(ours, torchs(foreach=True), [], {"fused": torchs(fused=True)}, moved=moved)


# Steps of time


def lstm_cell(size: Size, dtype: torch.dtype, device: str) -> Work:
    n, d = size
    gates, recurrent = (numbers(n, 4 * d, like=(dtype, device)) for _ in range(2))
    c = numbers(n, d, like=(dtype, device))

    def eager(gates: Tensor, recurrent: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        i, f, g, o = (gates + recurrent).chunk(4, -1)
        cy = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * cy.tanh(), cy

    def fused(gates: Tensor, recurrent: Tensor, c: Tensor) -> Any:
        return torch.ops.aten._thnn_fused_lstm_cell(gates, recurrent, c)[:2]

    return Work(
        kernels.lstm_cell,
        eager,
        [gates, recurrent, c],
        {"fused": fused} if device == "cuda" else {},
        moved={"backward": 16.0 * nbytes(c)},  # the gradient of both products is one tensor
    )


def gru_cell(size: Size, dtype: torch.dtype, device: str) -> Work:
    n, d = size
    gates, recurrent = (numbers(n, 3 * d, like=(dtype, device)) for _ in range(2))

    def eager(gates: Tensor, recurrent: Tensor, h: Tensor) -> Tensor:
        (ir, iz, i_n), (hr, hz, hn) = gates.chunk(3, -1), recurrent.chunk(3, -1)
        new = (i_n + (ir + hr).sigmoid() * hn).tanh()
        return new + (iz + hz).sigmoid() * (h - new)

    def fused(gates: Tensor, recurrent: Tensor, h: Tensor) -> Any:
        return torch.ops.aten._thnn_fused_gru_cell(gates, recurrent, h)[0]

    inputs = [gates, recurrent, numbers(n, d, like=(dtype, device))]
    return Work(kernels.gru_cell, eager, inputs, {"fused": fused} if device == "cuda" else {})


def linear_recurrence(size: Size, *like: Any) -> Work:
    a = numbers(*size, like=like, grad=False).sigmoid().requires_grad_()

    def doubling(a: Tensor, x: Tensor) -> Tensor:
        done = 1
        while done < x.shape[1]:
            x = torch.cat([x[:, :done], x[:, done:] + a[:, done:] * x[:, :-done]], 1)
            a = torch.cat([a[:, :done], a[:, done:] * a[:, :-done]], 1)
            done *= 2
        return x

    def loop(a: Tensor, x: Tensor) -> Tensor:
        h = [x[:, 0]]
        for a_t, x_t in zip(a.unbind(1)[1:], x.unbind(1)[1:], strict=True):
            h.append(a_t * h[-1] + x_t)
        return torch.stack(h, 1)

    return Work(
        lambda a, x: kernels.linear_recurrence(a, x, 1),
        doubling,
        [a, numbers(*size, like=like)],
        {"loop": loop},
    )


# Products


def matmul(size: Size, *like: Any) -> Work:
    m, n, k, activation = size
    bend = {"plain": lambda z: z, "gelu": F.gelu}[activation]
    return Work(
        lambda a, b, bias: kernels.matmul(a, b, bias, None if activation == "plain" else "gelu"),
        lambda a, b, bias: bend(torch.addmm(bias, a, b)),
        [numbers(*shape, like=like) for shape in ((m, k), (k, n), (n,))],
        flops=2.0 * m * n * k,
    )


def conv2d(size: Size, *like: Any) -> Work:
    n, c, side, c_out, kernel, stride = size
    x, w = numbers(n, c, side, side, like=like), numbers(c_out, c, kernel, kernel, like=like)
    last = [v.detach().to(memory_format=torch.channels_last).requires_grad_() for v in (x, w)]
    how = {"stride": stride, "padding": kernel // 2}
    places = n * ((side - 1) // stride + 1) ** 2
    return Work(
        lambda x, w: kernels.conv2d(x, w, **how),
        lambda x, w: F.conv2d(x, w, **how),
        last,
        flops=2.0 * places * c_out * c * kernel**2,
    )


def nearest_neighbors(size: Size, *like: Any) -> Work:
    n, m, d, k = size
    inputs = [numbers(n, d, like=like), numbers(m, d, like=like)]
    return Work(
        lambda q, p: kernels.nearest_neighbors(q, p, k)[0],
        lambda q, p: torch.cdist(q, p).square().topk(k, largest=False)[0],
        inputs,
        flops=3.0 * n * m * d,
    )


def attention(size: Size, dtype: torch.dtype, device: str) -> Work:
    n, heads, shared, t, d, sees = size
    how = {"is_causal": sees == "causal", "enable_gqa": heads != shared}

    def by(backend: SDPBackend) -> Hand:
        def attend(*qkv: Tensor) -> Tensor:
            with sdpa_kernel(backend):
                return F.scaled_dot_product_attention(*qkv, **how)

        return attend

    peers = {"flash": by(SDPBackend.FLASH_ATTENTION)}
    if device == "cuda":
        peers["cuDNN"] = by(SDPBackend.CUDNN_ATTENTION)
    return Work(
        lambda *qkv: kernels.scaled_dot_product_attention(*qkv, **how),
        lambda *qkv: F.scaled_dot_product_attention(*qkv, **how),
        [numbers(n, h, t, d, like=(dtype, device)) for h in (heads, shared, shared)],
        peers,
        flops=4.0 * n * heads * t * t * d / (2 if how["is_causal"] else 1),
        backward=2.5,  # scores are computed again
    )


def packed_attention(size: Size, dtype: torch.dtype, device: str) -> Work:
    count, heads, longest, d, sees = size
    how = {"is_causal": sees == "causal"}
    lengths = [longest * (i + 1) // count for i in range(count)]
    places = [0, *accumulate(lengths)]
    ends = torch.tensor(places, dtype=torch.int32, device=device)

    def one_by_one(*qkv: Tensor) -> Tensor:
        parts = (
            F.scaled_dot_product_attention(*(x[i:j].transpose(0, 1)[None] for x in qkv), **how)
            for i, j in pairwise(places)
        )
        return torch.cat([part[0].transpose(0, 1) for part in parts])

    def flash(*qkv: Tensor) -> Tensor:
        from torch.nn.attention.varlen import varlen_attn

        window = (-1, 0) if how["is_causal"] else (-1, -1)
        return varlen_attn(*qkv, ends, ends, longest, longest, window_size=window)

    return Work(
        lambda *qkv: kernels.variable_length_attention(*qkv, ends, ends, **how),
        one_by_one,
        [numbers(places[-1], heads, d, like=(dtype, device)) for _ in range(3)],
        {"flash": flash} if device == "cuda" else {},
        flops=sum(4.0 * heads * t * t * d for t in lengths) / (2 if how["is_causal"] else 1),
        backward=2.5,
    )
