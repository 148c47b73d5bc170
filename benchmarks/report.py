"""The recorded results as a part of a page: what `python -m benchmarks --record` wrote.

Nothing is measured here, and nothing left out: of a comparison that was recorded several times the
last record counts, whoever won.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

from benchmarks.record import RESULTS

# Who the peer is, by how its name begins; the first that fits.
PEERS = {
    "scikit-learn": ("sklearn",),
    "torch.optim": ("torch.optim",),
    "SciPy": ("scipy", "SciPy"),
    "NumPy": ("numpy", "NumPy"),
    "hmmlearn": ("hmmlearn",),
    "PyTorch": ("torch", "F.", "aten.", "the same"),
}
EVEN = 1.05  # a ratio closer to one says nothing on a machine with other work


def rows(file: Path) -> list[dict[str, str]]:
    """The rows of a table of results."""
    with file.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def latest(table: Iterable[dict[str, str]], *key: str) -> list[dict[str, str]]:
    """The last row of each key."""
    return list({tuple(row[name] for name in key): row for row in table}.values())


def machine(file: Path, kind: str = "") -> str:
    """The device that a file is named after."""
    return (
        file.stem.removeprefix(kind)
        .replace("_", " ")
        .replace("x86 64", "x86-64")
        .replace("1 threads", "1 thread")
    )


def peer(name: str) -> str:
    """The library that a peer belongs to."""
    for library, beginnings in PEERS.items():
        if name.startswith(beginnings):
            return library
    return name.split()[0]


def verdict(ratio: float) -> str:
    """Who was how many times as fast."""
    if 1 / EVEN < ratio < EVEN:
        return "even"
    times = f"{max(ratio, 1 / ratio):.2g}" if 0.01 < ratio < 100 else f"{max(ratio, 1 / ratio):.0f}"
    return f"{times} times as {'fast' if ratio < 1 else 'slow'}"


def milliseconds(text: str) -> str:
    """A time as it is read: two or three figures."""
    value = float(text)
    return f"{value / 1e3:.3g}\u00a0s" if value >= 1e3 else f"{value:.3g}\u00a0ms"


def list_table(head: list[str], body: Iterable[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, [":--", *["--:"] * (len(head) - 1)], *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def speeds(file: Path) -> str:
    """Our time beside the peer's, by library."""
    by_library: dict[str, list[dict[str, str]]] = {}
    for row in latest(rows(file), "comparison"):
        by_library.setdefault(peer(row["peer"]), []).append(row)
    parts = []
    for library, compared in sorted(by_library.items(), key=lambda item: item[0].lower()):
        ratios = [float(row["ratio"]) for row in compared]
        wins, losses = sum(r <= 1 / EVEN for r in ratios), sum(r >= EVEN for r in ratios)
        versions = ", ".join(sorted({row["torch"].split("+")[0] for row in compared}))
        dates = sorted({row["date"] for row in compared})
        body = [
            [
                f"{row['comparison']}, beside {row['peer']}",
                milliseconds(row["ours_ms"]),
                milliseconds(row["peer_ms"]),
                verdict(float(row["ratio"])),
                agreement(row.get("difference", "")),
            ]
            for row in sorted(compared, key=lambda row: float(row["ratio"]))
        ]
        parts.append(
            f"### Beside {library}\n\n"
            f"{machine(file)}, PyTorch {versions}, {' and '.join(dates)}. "
            f"Faster in {wins}, slower in {losses}, even in {len(ratios) - wins - losses}.\n\n"
            + list_table(["Task", "dlcore", "peer", "dlcore is", "apart"], body)
        )
    return "\n".join(parts)


def agreement(text: str) -> str:
    """How far the answers were apart, a dash where it was not recorded."""
    if text in ("", "nan"):
        return "–"
    return f"{float(text):.0e}" if float(text) else "0"


def grading(file: Path) -> str:
    """The grader beside `nbgrader autograde`."""
    body = [
        [
            f"{row['exercise']}, {row['submissions']} submissions",
            f"{float(row['ours_cpu_s']):.3f}\u00a0s",
            f"{float(row['nbgrader_cpu_s']):.2f}\u00a0s",
            f"{float(row['times_nbgrader_per_core']):.0f} times as fast",
        ]
        for row in latest(rows(file), "exercise")
    ]
    dates = sorted({row["date"] for row in rows(file)})
    return (
        "### Grading, beside nbgrader\n\n"
        f"{machine(file, 'grading_')}, {dates[-1]}. Processor time for one "
        "submission; both give the same points.\n\n"
        + list_table(["Exercise", "dlgrade", "nbgrader", "dlgrade is"], body)
    )


def sampling(file: Path) -> str:
    """NUTS beside other implementations."""
    table = latest(rows(file), "target", "sampler", "chains")
    body = [
        [f"{row['target']}, {row['chains']} chains of {row['draws']} draws: {row['sampler']}",
         row["seconds"] + " s", row["ess_per_s"]]
        for row in table
    ]  # fmt: skip
    versions = ", ".join(sorted({row["torch"].split("+")[0] for row in table}))
    repeats = min(int(row["repeats"]) for row in table)
    return (
        f"### NUTS, beside its peers\n\n{machine(file, 'montecarlo_')}, PyTorch {versions}, "
        f"{max(row['date'] for row in table)}. Processor time, with as many draws before to adapt, "
        "and effective draws for each second of it, of the coordinate that has fewest: medians of "
        f"{repeats} runs, the same estimator for all.\n\n"
        + list_table(["Target and sampler", "time", "effective draws/s"], body)
    )


def markdown(results: Path = RESULTS) -> str:
    """All that was recorded, file by file."""
    parts = []
    for file in sorted(results.glob("*.csv")):
        columns = set(rows(file)[0])
        if "ratio" in columns:
            parts.insert(0, speeds(file))
        elif "times_nbgrader_per_core" in columns:
            parts.append(grading(file))
        elif "ess_per_s" in columns:
            parts.append(sampling(file))
    return "\n".join(parts)
