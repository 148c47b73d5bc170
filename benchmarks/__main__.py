"""Run every comparison, print one table, append it to results/<machine>.csv.

A comparison is a pair of calls that do the same work on the same input. They run in turns, so that
whatever else the machine does falls on both; the ratio of the medians is what is reported.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import torch
from torch import Tensor

import dlcore
from benchmarks.comparisons import COMPARISONS
from benchmarks.record import RESULTS, append, machine


def seconds(call: Callable[[], object]) -> float:
    """How long one call takes, work queued on a GPU included."""
    start = time.perf_counter()
    call()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - start


def numbers(returned: object) -> list[Tensor]:
    """The tensors that a call returned."""
    found = returned if isinstance(returned, tuple | list) else [returned]
    return [each for each in found if isinstance(each, Tensor)]


def difference(mine: object, theirs: object) -> float:
    """How far apart two answers are: the largest difference, relative to entries above one."""
    pairs = [
        (a.detach().double(), b.detach().double())
        for a, b in zip(numbers(mine), numbers(theirs), strict=True)
    ]
    return max(
        (float((a - b).abs().max() / b.abs().max().clamp(min=1)) for a, b in pairs),
        default=math.nan,
    )


def compare(ours: Callable, peer: Callable, budget: float) -> dict[str, float]:
    """Medians of both, taken in turns for `budget` seconds, quartiles of the ratio, accuracy."""
    apart = difference(ours(), peer())
    pairs: list[tuple[float, float]] = []
    end = time.perf_counter() + budget
    while len(pairs) < 5 or time.perf_counter() < end:
        pairs.append((seconds(ours), seconds(peer)))
    ratios = statistics.quantiles([a / b for a, b in pairs], n=4)
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    return {
        "ours_ms": 1e3 * mine,
        "peer_ms": 1e3 * theirs,
        "ratio": ratios[1],
        "ratio_p25": ratios[0],
        "ratio_p75": ratios[2],
        "runs": len(pairs),
        "difference": apart,
    }


def main() -> None:
    """Command line: `python -m benchmarks [--only NAME] [--budget SECONDS] [--record]`."""
    parser = argparse.ArgumentParser(description="dlcore beside its peers, as ratios")
    parser.add_argument("--only", choices=sorted(COMPARISONS), action="append")
    parser.add_argument("--budget", type=float, default=2.0, help="seconds for each comparison")
    parser.add_argument("--record", action="store_true", help="append to benchmarks/results/")
    options = parser.parse_args()
    rows = []
    print(f"{machine()}, torch {torch.__version__}\n")
    print(f"{'comparison':<38}{'peer':<26}{'ours ms':>9}{'peer ms':>9}{'ratio':>9}  (quartiles)")
    for name in options.only or COMPARISONS:
        peer, make = COMPARISONS[name]
        row = compare(*make(dlcore.device()), options.budget)
        print(
            f"{name:<38}{peer:<26}{row['ours_ms']:>9.3f}{row['peer_ms']:>9.3f}{row['ratio']:>9.2f}"
            f"  ({row['ratio_p25']:.2f} to {row['ratio_p75']:.2f})"
        )
        rows.append(
            {"comparison": name, "peer": peer}
            | {k: f"{v:.4g}" for k, v in row.items()}
            | {"torch": torch.__version__, "date": datetime.now(UTC).date().isoformat()}
        )
    if options.record:
        append(rows, RESULTS / f"{machine()}.csv")


if __name__ == "__main__":
    main()
