"""The GPU kernels beside eager torch, torch.compile and the vendor's library, on one GPU.

Each kernel is timed over sizes and types, forward and backward, by `triton.testing.do_bench`, which
empties the cache before each call. Bytes and operations are the fewest that the task allows; their
rates stand as shares of what the same GPU did in the same run when it copied a large tensor and
multiplied large matrices. A row is kept as soon as it is measured; a later call goes on from there.
"""

import argparse
import csv
import gc
import itertools
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks.__main__ import RESULTS, append, machine
from dlcore import kernels

HALF, SINGLE = torch.bfloat16, torch.float32
KEY = ("kernel", "size", "dtype", "mode", "provider", "device", "torch", "triton")
Size = tuple[int, ...]


class Work(NamedTuple):
    """The same work by several hands: functions of the same inputs."""

    ours: Callable[..., Tensor]
    eager: Callable[..., Tensor]
    inputs: list[Tensor]  # those that require gradients are differentiated by
    vendor: tuple[str, Callable[..., Tensor]] | None = None
    flops: float = 0.0  # of a forward pass, if it multiplies matrices; a backward pass has twice


class Entry(NamedTuple):
    """A kernel of the table: what makes its work, and for which sizes."""

    make: Callable[[Size, torch.dtype, str], Work]
    sizes: tuple[Size, ...]
    tiny: Size
    dtypes: tuple[torch.dtype, ...] = (HALF, SINGLE)


def numbers(*shape: int, like: tuple[torch.dtype, str], grad: bool = True) -> Tensor:
    dtype, device = like
    return torch.randn(shape, dtype=dtype, device=device).requires_grad_(grad)


def classes(n: int, k: int, device: str) -> Tensor:
    return torch.randint(k, (n,), device=device)


# What is timed


def _softmax(size: Size, *like: Any) -> Work:
    return Work(kernels.softmax, lambda x: torch.softmax(x, -1), [numbers(*size, like=like)])


def _log_softmax(size: Size, *like: Any) -> Work:
    x = numbers(*size, like=like)
    return Work(kernels.log_softmax, lambda x: torch.log_softmax(x, -1), [x])


def _layer_norm(size: Size, *like: Any) -> Work:
    d = size[-1:]
    inputs = [numbers(*shape, like=like) for shape in (size, d, d)]
    return Work(
        lambda x, w, b: kernels.layer_norm(x, d, w, b),
        lambda x, w, b: F.layer_norm(x, d, w, b),
        inputs,
    )


def _rms_norm(size: Size, *like: Any) -> Work:
    d = size[-1:]
    return Work(
        lambda x, w: kernels.rms_norm(x, d, w),
        lambda x, w: F.rms_norm(x, d, w),
        [numbers(*shape, like=like) for shape in (size, d)],
    )


def _cross_entropy(size: Size, dtype: torch.dtype, device: str) -> Work:
    inputs = [numbers(*size, like=(dtype, device)), classes(*size, device)]
    return Work(kernels.cross_entropy, F.cross_entropy, inputs)


def _bias_activation(size: Size, *like: Any) -> Work:
    inputs = [numbers(*size, like=like), numbers(size[-1], like=like)]
    return Work(kernels.bias_activation, lambda x, b: F.gelu(x + b), inputs)


def _swiglu(size: Size, *like: Any) -> Work:
    inputs = [numbers(*size, like=like) for _ in range(2)]
    return Work(kernels.swiglu, lambda x, gate: F.silu(gate) * x, inputs)


def _embedding(size: Size, dtype: torch.dtype, device: str) -> Work:
    n, k, d = size
    inputs = [classes(n, k, device), numbers(k, d, like=(dtype, device))]
    return Work(kernels.embedding, F.embedding, inputs)


def _conv2d(size: Size, *like: Any) -> Work:
    n, c, side, c_out, kernel, stride = size
    x, w = numbers(n, c, side, side, like=like), numbers(c_out, c, kernel, kernel, like=like)
    last = [v.detach().to(memory_format=torch.channels_last).requires_grad_() for v in (x, w)]
    how = {"stride": stride, "padding": kernel // 2}

    def tried(x: Tensor, w: Tensor) -> Tensor:
        with torch.backends.cudnn.flags(benchmark=True, allow_tf32=True):
            return F.conv2d(x, w, **how)

    places = n * ((side - 1) // stride + 1) ** 2
    return Work(
        lambda x, w: kernels.conv2d(x, w, **how),
        lambda x, w: F.conv2d(x, w, **how),
        last,
        ("cuDNN", tried),
        2.0 * places * c_out * c * kernel**2,
    )


def _nearest_neighbors(size: Size, *like: Any) -> Work:
    n, m, d, k = size
    inputs = [numbers(n, d, like=like), numbers(m, d, like=like)]
    return Work(
        lambda q, p: kernels.nearest_neighbors(q, p, k)[0],
        lambda q, p: torch.cdist(q, p).square().topk(k, largest=False)[0],
        inputs,
        flops=3.0 * n * m * d,
    )


ROWS = ((32768, 1024), (8192, 8192), (2048, 65536))
KERNELS: dict[str, Entry] = {
    "softmax": Entry(_softmax, ROWS, (3, 5)),
    "log_softmax": Entry(_log_softmax, ROWS, (3, 5)),
    "layer_norm": Entry(_layer_norm, ((32768, 1024), (4096, 16384)), (3, 5)),
    "rms_norm": Entry(_rms_norm, ((32768, 1024), (4096, 16384)), (3, 5)),
    "cross_entropy": Entry(_cross_entropy, ((8192, 32768), (8192, 131072)), (3, 5)),
    "bias_activation": Entry(_bias_activation, ((8192, 4096), (8192, 32768)), (3, 5)),
    "swiglu": Entry(_swiglu, ((8192, 4096), (8192, 32768)), (3, 5)),
    "embedding": Entry(_embedding, ((65536, 32768, 4096),), (5, 3, 2)),
    "conv2d": Entry(
        _conv2d,
        ((64, 64, 56, 64, 3, 1), (64, 256, 28, 512, 1, 1), (64, 256, 28, 512, 3, 2)),
        (1, 2, 4, 3, 3, 2),
    ),
    "nearest_neighbors": Entry(
        _nearest_neighbors,
        ((100_000, 256, 64, 1), (10_000, 100_000, 32, 10)),
        (3, 7, 2, 2),
        (SINGLE,),
    ),
}


# How it is timed


def quantiles(call: Callable[[], object], tiny: bool) -> list[float]:
    """Median, 20 % and 80 % of the milliseconds that a call takes."""
    if not tiny:
        from triton.testing import do_bench

        return do_bench(call, warmup=50, rep=200, quantiles=[0.5, 0.2, 0.8])
    times = []
    for _ in range(3):
        start = time.perf_counter()
        call()
        times.append(1e3 * (time.perf_counter() - start))
    return [statistics.median(times), min(times), max(times)]


def ceilings(device: str, tiny: bool) -> tuple[float, dict[torch.dtype, float]]:
    """Bytes a second of a copy, and operations a second of a matrix product in each type."""
    source = torch.empty(1 << (10 if tiny else 30), dtype=torch.uint8, device=device).fill_(1)
    target = torch.empty_like(source)
    copied = 2e3 * source.numel() / quantiles(lambda: target.copy_(source), tiny)[0]
    side, rates = 16 if tiny else 8192, {}
    for dtype in (HALF, SINGLE):
        a, b = torch.randn(2, side, side, dtype=dtype, device=device)
        rates[dtype] = 2e3 * side**3 / quantiles(lambda a=a, b=b: a @ b, tiny)[0]
    return copied, rates


def passes(f: Callable[..., Tensor], inputs: list[Tensor], mode: str) -> Callable[[], Any]:
    """The call that is timed: a forward pass, or a backward pass alone."""
    wrt = [x for x in inputs if x.requires_grad]
    if mode == "forward":
        plain = [x.detach() for x in inputs]
        return lambda: f(*plain)
    y = f(*inputs)
    seeded = torch.Generator(y.device).manual_seed(1)  # the same for all
    grad = torch.randn(y.shape, generator=seeded, dtype=y.dtype, device=y.device)
    return lambda: torch.autograd.grad(y, wrt, grad, retain_graph=True)


def size_of(values: Any) -> int:
    values = [values] if isinstance(values, Tensor) else values
    return sum(x.numel() * x.element_size() for x in values)


def error(found: Any, expected: Any) -> float:
    """The largest distance between results, relative to the largest number."""
    pairs = zip(*([v] if isinstance(v, Tensor) else v for v in (found, expected)), strict=True)
    return max(
        float((a.double() - b.double()).abs().max() / b.double().abs().max().clamp(min=1e-30))
        for a, b in pairs
    )


def versions(tiny: bool) -> dict[str, str]:
    import triton

    return {
        "device": f"{machine()}_interpreter" if tiny else machine(),
        "torch": torch.__version__,
        "triton": triton.__version__,
        "cuda": str(torch.version.cuda),
        "cudnn": str(torch.backends.cudnn.version()),
    }


def providers(work: Work, tiny: bool) -> Iterator[tuple[str, Callable[..., Tensor]]]:
    """Who does the work. Tiny sizes prove the path through the compiler, not its code."""
    yield "dlcore", work.ours
    yield "eager", work.eager
    backend = "eager" if tiny else "inductor"
    yield "compiled", torch.compile(work.eager, dynamic=False, backend=backend)
    if work.vendor:
        yield work.vendor


def measured(
    name: str, work: Work, mode: str, provider: str, f: Callable[..., Tensor], tiny: bool
) -> dict[str, Any]:
    """Times, and how far the result is from that of eager torch; memory may run out."""
    try:
        call = passes(f, work.inputs, mode)
        result = call()
        if provider == "dlcore" and kernels.last_backend(name) != "triton":
            raise RuntimeError(f"{name} ran on {kernels.last_backend(name)}, not as a kernel")
        expected = result if provider == "eager" else passes(work.eager, work.inputs, mode)()
        moved = size_of(work.inputs) + size_of(result)
        moved += size_of(f(*work.inputs)) if mode == "backward" else 0
        distance = error(result, expected)
        del result, expected
        median, p20, p80 = quantiles(call, tiny)
    except torch.OutOfMemoryError:
        return dict.fromkeys(("median_ms", "p20_ms", "p80_ms"), math.inf)
    return {
        "median_ms": median,
        "p20_ms": p20,
        "p80_ms": p80,
        "error": distance,
        "bytes": moved,
        "flops": work.flops * (2 if mode == "backward" else 1),
    }


def trials(only: list[str], tiny: bool) -> Iterator[tuple[str, Size, torch.dtype]]:
    for name in only:
        entry = KERNELS[name]
        sizes = (entry.tiny,) if tiny else entry.sizes
        for size, dtype in itertools.product(sizes, (SINGLE,) if tiny else entry.dtypes):
            yield name, size, dtype


def run(only: list[str], path: Path, minutes: float, tiny: bool) -> None:
    """Measure what the file does not hold yet, until the time is over."""
    device = "cpu" if tiny else "cuda"
    about = versions(tiny)
    end = time.monotonic() + 60 * minutes
    done = set()
    if path.exists():
        with path.open(newline="") as file:
            done = {tuple(row[k] for k in KEY) for row in csv.DictReader(file)}
    copied, rates = ceilings(device, tiny)
    print(f"{about['device']}: copies {copied / 1e9:.0f} GB/s, multiplies "
          + ", ".join(f"{r / 1e12:.1f} TFLOP/s in {d}" for d, r in rates.items()))  # fmt: skip
    for name, size, dtype in trials(only, tiny):
        torch.manual_seed(0)
        work = KERNELS[name].make(size, dtype, device)
        differentiable = any(x.requires_grad for x in work.inputs)
        for mode in ("forward", "backward") if differentiable else ("forward",):
            for provider, f in providers(work, tiny):
                labels = {
                    "kernel": name, "size": "x".join(map(str, size)),
                    "dtype": str(dtype).removeprefix("torch."), "mode": mode, "provider": provider,
                }  # fmt: skip
                row = labels | about
                if tuple(row[k] for k in KEY) in done:
                    continue
                if time.monotonic() > end:
                    print("The time is over; the same call again goes on from here.")
                    return
                found = measured(name, work, mode, provider, f, tiny)
                seconds = found["median_ms"] / 1e3
                of_copy = found.get("bytes", 0) / seconds / copied
                of_matmul = found.get("flops", 0) / seconds / rates[dtype]
                print(f"{name:<20}{labels['size']:<20}{labels['dtype']:<10}{mode:<10}"
                      f"{provider:<10}{found['median_ms']:>10.4f} ms {of_copy:>7.1%} of a copy"
                      f"{of_matmul:>7.1%} of a product")  # fmt: skip
                blank = dict.fromkeys(("median_ms", "p20_ms", "p80_ms", "error", "bytes", "flops"))
                values = {k: "" if v is None else f"{v:.6g}" for k, v in (blank | found).items()}
                shares = {"of_copy": f"{of_copy:.4f}", "of_matmul": f"{of_matmul:.4f}"}
                limits = {"copy_bytes_s": f"{copied:.4g}", "matmul_flops_s": f"{rates[dtype]:.4g}"}
                date = {"date": datetime.now(UTC).date().isoformat()}
                append([labels | values | shares | limits | about | date], path)
        del work
        gc.collect()
        if not tiny:
            torch.cuda.empty_cache()
    print(f"All is measured: {path}")


def main() -> None:
    """Command line: `python -m benchmarks.kernels [--only KERNEL] [--tiny --to FILE]`."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", choices=sorted(KERNELS), action="append")
    parser.add_argument("--minutes", type=float, default=8.0, help="begin nothing after these")
    parser.add_argument("--tiny", action="store_true", help="tiny sizes in Triton's interpreter")
    parser.add_argument("--to", type=Path, help="with --tiny: the file that rows are appended to")
    options = parser.parse_args()
    if options.tiny != (options.to is not None):
        parser.error("--tiny needs --to FILE, and only --tiny takes it")
    results = RESULTS / "kernels.csv"
    if options.tiny and options.to.resolve() == results.resolve():
        parser.error(f"{results} holds what GPUs did, not the interpreter")
    if options.tiny:  # read when the kernels are imported, which happens at the first use of one
        os.environ |= {"TRITON_INTERPRET": "1", "DLCORE_KERNELS": "triton"}
    elif not torch.cuda.is_available():
        sys.exit("There is no CUDA GPU here, and the kernels are measured on nothing else; "
                 "--tiny --to FILE tries the script itself in Triton's interpreter.")  # fmt: skip
    run(options.only or list(KERNELS), options.to or results, options.minutes, options.tiny)


if __name__ == "__main__":
    main()
