"""Run every comparison, print one table, append it to results/<machine>.csv.

A comparison is a pair of calls that do the same work on the same input. They run in turns, so that
whatever else the machine does falls on both; the ratio of the medians is what is reported.
"""

import argparse
import csv
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import torch

import dlcore
from benchmarks.comparisons import COMPARISONS

RESULTS = Path(__file__).parent / "results"


def machine() -> str:
    """The name that the figures are recorded under."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name().replace(" ", "_")
    return f"{platform.machine()}_cpu_{torch.get_num_threads()}_threads"


def seconds(call: Callable[[], object]) -> float:
    """How long one call takes, work queued on a GPU included."""
    start = time.perf_counter()
    call()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - start


def compare(ours: Callable, peer: Callable, budget: float) -> dict[str, float]:
    """Medians of both, taken in turns for `budget` seconds, and the quartiles of the ratio."""
    seconds(ours), seconds(peer)
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
    }


def append(rows: Iterable[dict], path: Path) -> None:
    """Add rows to a table of results, with a header if it is new."""
    rows = list(rows)
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerows(rows)


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
