"""Which targets the rows of a run of `python -m benchmarks.kernels` meet."""

from collections.abc import Iterator

Row = dict[str, str]
HALF = {"bfloat16", "float16"}


def verdicts(rows: list[Row]) -> list[str]:
    """A line for each target and work that the rows tell of, and the count of those met."""
    lines, met = [], 0
    for work, hands in by_work(rows).items():
        for what, found, needed in targets(work, hands):
            good = found >= needed
            met += good
            lines.append(
                f"{'met' if good else 'missed':<7}{' '.join(work)}: {found:.4g} {what}, "
                f"at least {needed:.4g}"
            )
    return [*lines, f"{met} of {len(lines)} targets are met."]


def by_work(rows: list[Row]) -> dict[tuple[str, ...], dict[str, Row]]:
    """Kernel, size, type and mode, and for each of these its rows by provider."""
    found: dict[tuple[str, ...], dict[str, Row]] = {}
    for row in rows:
        if row["median_ms"]:
            work = tuple(row[k] for k in ("kernel", "size", "dtype", "mode"))
            found.setdefault(work, {})[row["provider"]] = row
    return found


def targets(work: tuple[str, ...], hands: dict[str, Row]) -> Iterator[tuple[str, float, float]]:
    """What is judged, what was found, and what it must be at least."""
    kernel, size, kind, mode = work
    ours, eager, compiled = (hands.get(name) for name in ("dlcore", "eager", "compiled"))
    if ours is None:
        return
    if not float(ours["flops"]):
        yield "of a copy", float(ours["of_copy"]), 0.85
        if compiled and float(ours["bytes"]) >= 64e6:
            yield "times the speed of torch.compile", faster(ours, compiled), 1.0
    elif kernel == "matmul" and mode == "forward" and eager:
        sides = size.split("x")
        if sides[:2] == ["8192", "8192"] and int(sides[2]) >= 2048:
            yield "times the speed of cuBLAS", faster(ours, eager), 0.95
    elif kernel == "scaled_dot_product_attention" and mode == "forward" and kind in HALF:
        if size.split("x")[3:5] == ["16384", "128"]:
            rate = float(ours["flops"]) / float(ours["median_ms"]) / 1e9
            yield "TFLOP/s on an H200 (395 is a pass)", rate, 477.0
    elif kernel == "linear_cross_entropy" and mode == "step" and eager:
        yield "times the speed of eager torch", faster(ours, eager), 1 / 1.15
        if float(ours["memory_bytes"]):
            saved = float(eager["memory_bytes"]) / float(ours["memory_bytes"])
            yield "times less memory than eager torch", saved, 4.0


def faster(ours: Row, other: Row) -> float:
    """How many times as fast as the other we are."""
    return float(other["median_ms"]) / float(ours["median_ms"])
