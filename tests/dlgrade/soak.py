"""A class that is graded while somebody kills what grades it, at random moments.

`python -m tests.dlgrade.soak` makes a class of right, wrong and hostile submissions, whose points
are known from the bank of answers, and starts `dlgrade grade`. Then it kills the grader, a worker,
a sandbox, or a student's process, again and again, and starts the grader anew where it is gone. In
the end every grade must be there once, and be the right one.
"""

import argparse
import csv
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from dlgrade.course import Course

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAME = "01_sample"
RIGHT = """def softmax(z):
    e = (z - z.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)"""
POINTS = {"two_classes": 1, "stable": 2, "rows": 1, "input_unchanged": 1}
VICTIMS = ("grader", "worker", "sandbox", "student")


def answers(count: int, loops: bool) -> Iterator[tuple[str, float | None]]:
    """Answers to softmax with the points due for the whole notebook; None for a hostile one.

    One in fifty is hostile; those that only the clock stops are there if `loops` are wanted.
    """
    bank = [a for a in Course(HERE / "course").bank(NAME) if a.task == "softmax"]
    wrong = [a for a in bank if not a.right]
    texts = [p.read_text(encoding="utf-8") for p in sorted((HERE / "hostile").glob("*.py"))]
    hostile = [t for t in texts if loops or not re.search("# states:.*timed out", t)]
    for i in range(count):
        if i % 50 == 7:
            yield hostile[i // 50 % len(hostile)], None
        elif i % 3:
            yield RIGHT, 7
        else:
            a = wrong[i // 3 % len(wrong)]
            fails = POINTS if a.fails == ("all",) else a.fails
            yield a.source, 7 - sum(POINTS[test] for test in fails)


def make_class(root: Path, count: int, loops: bool = False) -> dict[str, float | None]:
    """A course directory with submissions; gives the points due by student."""
    shutil.copytree(HERE / "course", root)
    shutil.copy(ROOT / "exercises" / "nbgrader_config.py", root)
    notebook = json.loads(Course(root).source(NAME).read_text(encoding="utf-8"))
    ids = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in notebook["cells"]}
    due = {}
    for number, (source, points) in enumerate(answers(count, loops)):
        student = f"student{number:05}"
        ids["softmax"]["source"] = f"{source}\n# {student}"
        place = root / "submitted" / student / NAME
        place.mkdir(parents=True)
        (place / f"{NAME}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        due[student] = points
    return due


def start(root: Path, workers: int, *more: str) -> subprocess.Popen:
    """Start the grader as a user does."""
    command = [sys.executable, "-m", "dlgrade", "grade", str(root / "submitted")]
    options = ["--course", str(root), "--workers", str(workers), *more]
    with (root / "log").open("ab") as log:
        return subprocess.Popen(
            [*command, *options],
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )


def family(session: int) -> dict[str, list[int]]:
    """The processes of a run, by what they are. The grader's session holds it and its workers."""
    parents, sessions = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if fields[0] != "Z":
                parents[int(stat.parent.name)], sessions[int(stat.parent.name)] = (
                    int(fields[1]), int(fields[3]),
                )  # fmt: skip
    own = [p for p in parents if sessions[p] == session]
    found: dict[str, list[int]] = {kind: [] for kind in VICTIMS}
    found["grader"] = [p for p in own if p == session]
    found["worker"] = [p for p in own if "dlgrade.grading.worker" in _command(p)]
    below = [p for p in parents if _above(p, parents) & set(found["worker"]) - {p}]
    for p in below:
        depth = len(_above(p, parents))
        is_bwrap = "bwrap" in _command(p).split("\0")[0]
        deepest = not any(parents.get(q) == p for q in below)
        kind = "sandbox" if is_bwrap or not deepest else "student"
        if depth > 2:
            found[kind].append(p)
    return found


def _above(process: int, parents: dict[int, int]) -> set[int]:
    found = {process}
    while (process := parents.get(process, 0)) > 1:
        found.add(process)
    return found


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def harass(root: Path, workers: int, kills: int, rng: random.Random) -> dict[str, int]:
    """Grade while killing; says how often what was killed. The run is finished afterwards."""
    done = dict.fromkeys(VICTIMS, 0)
    run, seed = start(root, workers), 0
    while sum(done.values()) < kills:
        end = time.monotonic() + rng.uniform(0.0, 4.0)
        while run.poll() is None and (time.monotonic() < end or not family(run.pid)["worker"]):
            time.sleep(0.01)
        if run.poll() is not None:
            assert run.returncode in (0, 1), (root / "log").read_text()
            seed += 1
            run = start(root, workers, "--seed", str(seed))
            continue
        kind = rng.choice(VICTIMS)
        if victims := family(run.pid)[kind]:
            with suppress(ProcessLookupError):
                os.kill(rng.choice(victims), signal.SIGKILL)
                done[kind] += 1
        if kind == "grader":
            run.wait()
            require_nothing_left(run.pid)
            run = start(root, workers, *(["--seed", str(seed)] if seed else []))
    assert run.wait() in (0, 1), (root / "log").read_text()
    require_nothing_left(run.pid)
    last = start(root, workers)
    assert last.wait() in (0, 1), (root / "log").read_text()
    return done


def require_nothing_left(session: int) -> None:
    """When the grader is gone, its workers and their sandboxes follow."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if not any(family(session).values()):
            return
        time.sleep(0.05)
    raise AssertionError(f"still running: {family(session)}")


def check(root: Path, due: dict[str, float | None]) -> None:
    """Every grade is there, once, and right; a hostile answer gets at most what is not attacked."""
    from nbgrader.api import Gradebook

    with (root / "results" / f"{NAME}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [r["student"] for r in rows] == sorted(due)
    assert {r["state"] for r in rows} == {"graded"}, [r for r in rows if r["state"] != "graded"]
    for r in rows:
        points = due[r["student"]]
        if points is not None:
            assert float(r["points"]) == points, r
    with Gradebook(Course(root).gradebook) as book:
        recorded = {s.student.id: s.score for s in book.assignment_submissions(NAME)}
    assert recorded == {r["student"]: float(r["points"]) for r in rows}
    for path in (root / "results" / NAME).glob("*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["key"] == path.stem


def class_of(root: Path, count: int, workers: int) -> dict[str, float]:
    """Grade a class to the end without any disturbance, and measure it."""
    due = make_class(root, count, loops=True)
    begun = time.monotonic()
    run = start(root, workers)
    assert run.wait() in (0, 1), (root / "log").read_text()
    took, used = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    check(root, due)
    pattern = re.compile(r"(\d+)/\d+ \[(\d+:)?(\d+):(\d+)<")
    last = pattern.findall((root / "log").read_text())[-1]
    grading = int(last[1].strip(":") or 0) * 3600 + int(last[2]) * 60 + int(last[3])
    return {
        "submissions": count, "workers": workers, "seconds": round(took, 1),
        "seconds_grading": grading, "per_second": round(count / max(grading, 1), 2),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
    }  # fmt: skip


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--count", type=int, default=10_000, help="submissions of the second class")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=Path("_build/soak"))
    parser.add_argument("--record", action="store_true", help="append to benchmarks/results/")
    options = parser.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    due = make_class(options.folder / "killed", 200)
    done = harass(
        options.folder / "killed", options.workers, options.kills, random.Random(options.seed)
    )
    check(options.folder / "killed", due)
    print(f"{sum(done.values())} kills, nothing lost, doubled or changed: {done}")
    row = class_of(options.folder / "class", options.count, options.workers)
    print(", ".join(f"{k} {v}" for k, v in row.items()))
    if options.record:
        from benchmarks.record import RESULTS, append, machine

        stamp = {"kills": sum(done.values()), "date": datetime.now(UTC).date().isoformat()}
        append([row | stamp], RESULTS / f"soak_{machine()}.csv")


if __name__ == "__main__":
    main()
