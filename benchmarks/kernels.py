"""The GPU kernels beside eager torch, torch.compile and the vendor's library, on one GPU.

Each kernel is timed over sizes and types, forward and backward, by `triton.testing.do_bench`, which
empties the cache before each call; what a call costs on the CPU counts where that is more. Bytes
and operations are the fewest that the task allows; their rates stand as shares of what the same GPU
did in the same run when it copied a large tensor and multiplied large matrices. A row is kept as
soon as it is measured; a later call goes on from there. Eager torch on a GPU is the vendor's
library where that has the operation: cuBLAS, cuDNN.
"""

import argparse
import csv
import gc
import itertools
import math
import os
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from benchmarks import kernel_cases as cases
from benchmarks.kernel_cases import TYPES, Hand, Size, Work, nbytes, tensors
from benchmarks.kernel_targets import verdicts
from benchmarks.record import RESULTS, append, machine
from dlcore import kernels

VERSIONS = ("device", "torch", "triton", "cuda", "cudnn", "driver")
KEY = ("kernel", "size", "dtype", "mode", "provider", *VERSIONS)
FOUND = ("median_ms", "p20_ms", "p80_ms", "error", "bytes", "flops", "memory_bytes")


class Entry(NamedTuple):
    """A kernel of the table: what makes its work, and for which sizes, types and modes.

    A mode is "forward", "backward" (alone) or "step": both, or a step of an optimizer.
    """

    make: Callable[[Size, torch.dtype, str], Work]
    sizes: tuple[Size, ...]
    tiny: Size
    types: tuple[str, ...] = ("bfloat16", "float32")
    modes: tuple[str, ...] = ("forward", "backward")
    operators: tuple[str, ...] = ()  # by mode; else the kernel's name, also with "_backward"


HALVES = ("bfloat16", "float16")
ROWS = ((32768, 1024), (8192, 8192), (2048, 65536))
LONG = 16384  # tokens
KERNELS: dict[str, Entry] = {
    "matmul": Entry(
        cases.matmul,
        ((8192, 8192, 2048, "plain"), (8192, 8192, 8192, "plain"), (8192, 8192, 2048, "gelu"),
         (1000, 3000, 700, "gelu")),
        (3, 5, 7, "gelu"),
        (*HALVES, "tf32", "float32"),
        operators=("matmul", "matmul"),
    ),
    "scaled_dot_product_attention": Entry(
        cases.attention,
        ((1, 16, 16, LONG, 128, "full"), (1, 16, 16, LONG, 128, "causal"),
         (1, 16, 4, LONG, 128, "causal"), (1, 32, 32, LONG, 64, "full"),
         (1, 32, 32, LONG, 64, "causal"), (4, 16, 16, 4096, 128, "causal"),
         (32, 16, 16, 512, 128, "full")),
        (1, 2, 1, 5, 4, "causal"),
        HALVES,
        operators=("attention", "attention_backward"),
    ),
    "linear_cross_entropy": Entry(
        cases.linear_cross_entropy,
        ((8192, 131072, 4096), (32768, 131072, 4096)),
        (3, 7, 5),
        ("bfloat16",),
        ("forward", "step"),
        ("linear_cross_entropy", "linear_cross_entropy"),
    ),
    "softmax": Entry(cases.softmax, ROWS, (3, 5)),
    "log_softmax": Entry(
        cases.log_softmax, ROWS, (3, 5), operators=("softmax", "softmax_backward")
    ),
    "layer_norm": Entry(cases.layer_norm, ((32768, 1024), (4096, 16384)), (3, 5)),
    "rms_norm": Entry(cases.rms_norm, ((32768, 1024), (4096, 16384)), (3, 5)),
    "batch_norm": Entry(cases.batch_norm, ((64, 256, 56), (256, 512, 28)), (3, 2, 3)),
    "cross_entropy": Entry(cases.cross_entropy, ((8192, 32768), (8192, 131072)), (3, 5)),
    "bias_activation": Entry(cases.bias_activation, ((8192, 4096), (8192, 32768)), (3, 5)),
    "swiglu": Entry(cases.swiglu, ((8192, 4096), (8192, 32768)), (3, 5)),
    "dropout": Entry(
        cases.dropout, ((8192, 4096), (8192, 32768)), (3, 5), operators=("dropout", "dropout")
    ),
    "embedding": Entry(cases.embedding, ((65536, 32768, 4096),), (5, 3, 2)),
    "adamw": Entry(
        cases.adamw, ((256, 1 << 16), (32, 1 << 23)), (2, 3), modes=("step",),
        operators=("adamw",),
    ),
    "lstm_cell": Entry(cases.lstm_cell, ((4096, 1024), (16384, 2048)), (3, 5)),
    "gru_cell": Entry(cases.gru_cell, ((4096, 1024), (16384, 2048)), (3, 5)),
    "linear_recurrence": Entry(
        cases.linear_recurrence, ((8, 4096, 2048), (4096, 8192, 1)), (2, 5, 3)
    ),
    "conv2d": Entry(
        cases.conv2d,
        ((64, 64, 56, 64, 3, 1), (64, 256, 28, 512, 1, 1), (64, 256, 28, 512, 3, 2)),
        (1, 2, 4, 3, 3, 2),
        ("bfloat16", "tf32"),
        operators=("conv2d", "conv2d_by_weight"),
    ),
    "variable_length_attention": Entry(
        cases.packed_attention,
        ((16, 16, 4096, 128, "full"), (16, 16, 4096, 128, "causal")),
        (2, 2, 5, 4, "causal"),
        HALVES,
        operators=("packed_attention", "packed_attention_backward"),
    ),
    "nearest_neighbors": Entry(
        cases.nearest_neighbors,
        ((100_000, 256, 64, 1), (10_000, 100_000, 32, 10)),
        (3, 7, 2, 2),
        ("float32",),
    ),
}  # fmt: skip


# How it is timed


def quantiles(call: Callable[[], object], tiny: bool) -> list[float]:
    """Median, 20 % and 80 % of the milliseconds that a call takes."""
    if not tiny:
        from triton.testing import do_bench

        return do_bench(call, warmup=50, rep=200, quantiles=[0.5, 0.2, 0.8])
    start = time.perf_counter()
    call()
    return 3 * [1e3 * (time.perf_counter() - start)]


def arithmetic(kind: str) -> None:
    """How float32 numbers are multiplied from now on, by ours and by the vendor's libraries."""
    torch.set_float32_matmul_precision("high" if kind == "tf32" else "highest")
    torch.backends.cudnn.allow_tf32 = kind == "tf32"


def ceilings(device: str, tiny: bool) -> tuple[float, dict[str, float]]:
    """Bytes a second of a copy, and operations a second of a matrix product in each type."""
    source = torch.empty(1 << (10 if tiny else 30), dtype=torch.uint8, device=device).fill_(1)
    target = torch.empty_like(source)
    copied = 2e3 * source.numel() / quantiles(lambda: target.copy_(source), tiny)[0]
    side, rates = 16 if tiny else 8192, {}
    for kind, dtype in TYPES.items():
        arithmetic(kind)
        a, b = torch.randn(2, side, side, dtype=dtype, device=device)
        rates[kind] = 2e3 * side**3 / quantiles(lambda a=a, b=b: a @ b, tiny)[0]
    return copied, rates


def seeds(values: list[Tensor]) -> list[Tensor]:
    """What backward passes begin with, the same for all providers."""
    seeded = torch.Generator(values[0].device).manual_seed(1)
    return [torch.randn(y.shape, generator=seeded, dtype=y.dtype, device=y.device) for y in values]


def passes(f: Hand, work: Work, mode: str) -> Callable[[], Any]:
    """The call that is timed: a forward pass, a backward pass alone, or a step."""
    wrt = [x for x in work.inputs if x.requires_grad]
    plain = [x.detach() for x in work.inputs]
    if mode == "forward" or not wrt:
        return lambda: f(*plain)
    if mode == "backward":
        kept = tensors(f(*work.inputs))
        first = seeds(kept)
        return lambda: torch.autograd.grad(kept, wrt, first, retain_graph=True)
    first = seeds(tensors(f(*plain)))

    def step() -> list[Tensor]:
        values = tensors(f(*work.inputs))
        return [*values, *torch.autograd.grad(values, wrt, first)]

    return step


def peak(call: Callable[[], object], tiny: bool) -> float:
    """The most bytes that a call takes on the GPU beside what was there before."""
    if tiny:
        return 0.0
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    call()
    return float(torch.cuda.max_memory_allocated() - before)


def moved(work: Work, f: Hand, mode: str, results: list[Tensor]) -> float:
    """Bytes read and written at least: inputs, results and in a backward pass the gradients."""
    gradients = tensors(f(*work.inputs)) if mode == "backward" else []
    return work.moved.get(mode) or nbytes(*work.inputs, *results, *gradients)


def distance(work: Work, mode: str, results: list[Tensor]) -> float:
    """How far results are from those of eager torch; unknown if its memory does not suffice."""
    try:
        return work.distance(results, passes(work.eager, work, mode)())
    except torch.OutOfMemoryError:
        return math.nan


def measured(name: str, work: Work, mode: str, provider: str, tiny: bool) -> dict[str, float]:
    """Times, memory, and how far the result is from that of eager torch."""
    f = hands(work, tiny)[provider]
    call = passes(f, work, mode)
    results = tensors(call())
    if provider == "dlcore":
        entry = KERNELS[name]
        operator = (entry.operators or (name, f"{name}_backward"))[entry.modes.index(mode)]
        if kernels.last_backend(operator) != "triton":
            raise RuntimeError(f"{operator} ran on {kernels.last_backend(operator)}, not on Triton")
    forwards = {"forward": 1, "backward": work.backward, "step": 1 + work.backward}[mode]
    found = {
        "error": 0.0 if provider == "eager" else distance(work, mode, results),
        "bytes": moved(work, f, mode, results),
        "flops": work.flops * forwards,
    }
    del results
    median, p20, p80 = quantiles(call, tiny)
    times = {"median_ms": median, "p20_ms": p20, "p80_ms": p80}
    return times | found | {"memory_bytes": peak(call, tiny)}


def hands(work: Work, tiny: bool) -> dict[str, Hand]:
    """Who does the work. Tiny sizes prove the path through the compiler, not its code."""
    compiled = torch.compile(work.eager, dynamic=False, backend="eager" if tiny else "inductor")
    return {"dlcore": work.ours, "eager": work.eager, **work.peers, "compiled": compiled}


def driver() -> str:
    """The version of NVIDIA's driver."""
    if shutil.which("nvidia-smi"):
        command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
        if said:
            return said[0]
    loaded = Path("/sys/module/nvidia/version")
    return loaded.read_text().strip() if loaded.exists() else "none"


def versions(tiny: bool) -> dict[str, str]:
    import triton

    device = f"{machine()}_interpreter" if tiny else machine()
    values = (device, torch.__version__, triton.__version__, torch.version.cuda,
              torch.backends.cudnn.version(), driver())  # fmt: skip
    return dict(zip(VERSIONS, map(str, values), strict=True))


def recorded(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def trials(only: list[str], tiny: bool) -> Iterator[tuple[str, Size, str, str]]:
    """Kernels with their sizes, types and modes."""
    for name in only:
        entry = KERNELS[name]
        sizes = (entry.tiny,) if tiny else entry.sizes
        types = ("float32",) if tiny else entry.types
        yield from itertools.product([name], sizes, types, entry.modes)


class Run:
    """One call of the script: what was measured before is left out, what is measured is kept."""

    def __init__(self, path: Path, minutes: float, tiny: bool) -> None:
        self.path, self.tiny = path, tiny
        self.device = "cpu" if tiny else "cuda"
        self.end = time.monotonic() + 60 * minutes
        self.about = versions(tiny)
        self.done = {tuple(row[k] for k in KEY) for row in recorded(path)}
        self.failed: list[str] = []
        self.copied, self.rates = ceilings(self.device, tiny)
        rates = ", ".join(f"{r / 1e12:.1f} TFLOP/s in {k}" for k, r in self.rates.items())
        print(f"{self.about}\ncopies {self.copied / 1e9:.0f} GB/s, multiplies {rates}")

    def work(self, name: str, size: Size, kind: str) -> Work:
        """New inputs, the same each time."""
        arithmetic(kind)
        torch.manual_seed(0)
        return KERNELS[name].make(size, TYPES[kind], self.device)

    def go_through(self, only: list[str], without: list[str]) -> bool:
        """Whether all is measured before the time is over."""
        for name, size, kind, mode in trials(only, self.tiny):
            for provider in list(hands(self.work(name, size, kind), self.tiny)):
                labels = {
                    "kernel": name, "size": "x".join(map(str, size)), "dtype": kind, "mode": mode,
                    "provider": provider,
                }  # fmt: skip
                known = tuple((labels | self.about)[k] for k in KEY) in self.done
                if known or provider in without:
                    continue
                if time.monotonic() > self.end:
                    return False
                self.record(labels, self.attempt(size, labels), self.rates[kind])
        return True

    def attempt(self, size: Size, labels: dict[str, str]) -> dict[str, Any]:
        """What is found, or a note why a peer does nothing; our own faults are not kept."""
        name, kind, mode, provider = (labels[k] for k in ("kernel", "dtype", "mode", "provider"))
        torch.compiler.reset()  # or it gives up after some sizes, silently
        try:
            found: dict[str, Any] = measured(
                name, self.work(name, size, kind), mode, provider, self.tiny
            )
        except torch.OutOfMemoryError:
            found = {"note": "out of memory"}
        except Exception as error:
            if not self.tiny:
                torch.cuda.synchronize()  # raises again if the device is lost for this process
            found = {"note": str(error).strip().split("\n")[0][:200]}
            if provider == "dlcore":
                traceback.print_exc()
                self.failed.append(" ".join(labels.values()))
        if not self.tiny:
            gc.collect()
            torch.cuda.empty_cache()
        return found

    def record(self, labels: dict[str, str], found: dict[str, Any], rate: float) -> None:
        """Print what was found, and keep it in the file unless it is a fault of our own."""
        text = " ".join(
            f"{v:<{w}}" for v, w in zip(labels.values(), (28, 26, 8, 8, 8), strict=True)
        )
        row = labels | dict.fromkeys((*FOUND, "of_copy", "of_matmul"), "") | {"note": ""}
        if "note" in found:
            print(text, found["note"])
            if labels["provider"] == "dlcore" and found["note"] != "out of memory":
                return
        else:
            seconds = found["median_ms"] / 1e3
            of_copy = found["bytes"] / seconds / self.copied
            of_matmul = found["flops"] / seconds / rate
            print(f"{text}{found['median_ms']:>10.4f} ms {found['flops'] / seconds / 1e12:>7.1f} "
                  f"TFLOP/s {of_copy:>7.1%} of a copy {of_matmul:>7.1%} of a product")  # fmt: skip
            found = {k: f"{v:.6g}" for k, v in found.items()}
            found |= {"of_copy": f"{of_copy:.4f}", "of_matmul": f"{of_matmul:.4f}"}
        limits = {"copy_bytes_s": f"{self.copied:.4g}", "matmul_flops_s": f"{rate:.4g}"}
        date = {"date": datetime.now(UTC).date().isoformat()}
        append([row | found | limits | self.about | date], self.path)


def main() -> None:
    """Command line: `python -m benchmarks.kernels [--only KERNEL] [--tiny --to FILE]`."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", choices=sorted(KERNELS), action="append")
    parser.add_argument("--without", action="append", default=[], help="a provider to leave out")
    parser.add_argument("--minutes", type=float, default=8.0, help="begin nothing after these")
    parser.add_argument("--tiny", action="store_true", help="tiny sizes, with TRITON_INTERPRET=1")
    parser.add_argument("--to", type=Path, help="with --tiny: the file that rows are appended to")
    options = parser.parse_args()
    if options.tiny != (options.to is not None):
        parser.error("--tiny needs --to FILE, and only --tiny takes it")
    results = RESULTS / "kernels.csv"
    if options.tiny and options.to.resolve() == results.resolve():
        parser.error(f"{results} holds what GPUs did, not the interpreter")
    if options.tiny != (os.environ.get("TRITON_INTERPRET") == "1"):
        parser.error("--tiny and TRITON_INTERPRET=1 (from the start of the process) go together")
    if options.tiny:
        os.environ["DLCORE_KERNELS"] = "triton"
    elif not torch.cuda.is_available():
        sys.exit("There is no CUDA GPU here, and the kernels are measured on nothing else; "
                 "TRITON_INTERPRET=1 and --tiny --to FILE try the script itself.")  # fmt: skip
    torch.backends.cudnn.benchmark = True
    run = Run(options.to or results, options.minutes, options.tiny)
    whole = run.go_through(options.only or list(KERNELS), options.without)
    if not options.tiny:
        rows = recorded(run.path)
        here = [row for row in rows if all(row[k] == run.about[k] for k in VERSIONS)]
        print("\n".join(verdicts(here)))
    print(f"All is measured: {run.path}" if whole else
          "The time is over; the same call again goes on from here.")  # fmt: skip
    if run.failed:
        sys.exit("These failed:\n" + "\n".join(run.failed))


if __name__ == "__main__":
    main()
