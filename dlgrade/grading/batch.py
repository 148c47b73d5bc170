"""Grading many submissions: found, shared among workers, recorded, and resumed."""

import csv
import json
import multiprocessing
import os
import re
import time
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from dlgrade.grading.grade import grade, key, scores, seed_of
from dlgrade.grading.submission import LARGEST
from dlgrade.notebook import read
from dlgrade.sandbox.remote import Nursery

TRIES = 2
Record = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One notebook that came in: whose, and where its bytes are."""

    student: str
    path: Path
    member: str = ""

    def data(self) -> bytes:
        """Its bytes, a little more than may be read at most; a link is never followed."""
        if self.member:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as file:
                return file.read(LARGEST + 1)
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(descriptor, "rb") as file:  # noqa: PTH123
                return file.read(LARGEST + 1)
        except OSError:
            return b""


def find(place: Path, assignment: str) -> list[Entry]:
    """The submissions in a notebook, a folder, a zip, or nbgrader's `submitted`.

    A file in a folder or zip belongs to the student that its name starts with, up to "_".

    Raises:
        ValueError: there is none.
    """
    if place.suffix == ".zip":
        try:
            with zipfile.ZipFile(place) as archive:
                names = [n for n in archive.namelist() if n.endswith(".ipynb")]
        except (zipfile.BadZipFile, OSError):
            raise ValueError(f"{place} is no readable zip") from None
        entries = [Entry(_student(Path(n).name, assignment), place, n) for n in names]
    elif place.is_dir():
        tree = sorted(place.glob(f"*/{assignment}/{assignment}.ipynb"))
        entries = [Entry(p.parts[-3], p) for p in tree if not _linked(p, place)]
        flat = [] if tree else sorted(place.glob("*.ipynb"))
        entries += [Entry(_student(p.name, assignment), p) for p in flat]
    else:
        entries = [Entry(_student(place.name, assignment), place)] if place.exists() else []
    if not entries:
        raise ValueError(f"no submission of {assignment} in {place}")
    return entries


def _linked(path: Path, root: Path) -> bool:
    return any(p.is_symlink() for p in path.parents if p != root and root in p.parents)


def _student(name: str, assignment: str) -> str:
    stem = name.removesuffix(".ipynb")
    bare = stem.replace(assignment, "").strip("_- ") or stem
    return re.sub(r"[^\w.@-]", "-", bare.split("_")[0] or bare)[:100]


def write(path: Path, text: str) -> None:
    """Write a file that appears complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def recorded(path: Path) -> Record | None:
    """A result that an earlier run has written."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def grade_all(
    entries: Iterable[Entry],
    exercise: Path,
    results: Path,
    *,
    workers: int,
    seed: int | None = None,
    seconds: float = 600.0,
) -> Iterator[tuple[Entry, Record]]:
    """Grade what has no result yet; a result is written before it is given.

    Args:
        entries: the submissions.
        exercise: the source notebook.
        results: the folder of results, one file each, named by the hash of what it depends on.
        workers: processes at the same time, each with a warm sandbox.
        seed: of all random inputs; by default each submission has its own.
        seconds: after which a submission is given up.

    Yields:
        Every entry with its result, in the order they are finished.
    """
    todo: deque[tuple[Entry, bytes, Path, int]] = deque()
    for entry in entries:
        data = entry.data()
        path = results / f"{key(data, exercise, seed_of(data) if seed is None else seed)}.json"
        done = recorded(path)
        if done:
            yield entry, done
        else:
            todo.append((entry, data, path, 0))
    crew = [_Worker(exercise, seed) for _ in range(min(workers, len(todo)))]
    busy: dict[_Worker, tuple[Entry, bytes, Path, int]] = {}
    try:
        while todo or busy:
            for worker in crew:
                if worker not in busy and todo:
                    busy[worker] = todo.popleft()
                    worker.begin(busy[worker][1], seconds)
            ready = wait([w.pipe for w in busy], timeout=1.0)
            for worker in [w for w in busy if w.pipe in ready or w.late()]:
                entry, data, path, tries = busy.pop(worker)
                record = worker.result()
                if record is None and tries + 1 < TRIES:
                    todo.append((entry, data, path, tries + 1))
                    continue
                record = record or _given_up(data, exercise, path.stem, seed)
                write(path, json.dumps(record, indent=1))
                yield entry, record
    finally:
        for worker in crew:
            worker.end()


def _given_up(data: bytes, exercise: Path, name: str, seed: int | None) -> Record:
    note = f"could not be graded: the grader's process ended or took too long, {TRIES} times"
    return {
        "assignment": exercise.stem,
        "key": name,
        "seed": seed_of(data) if seed is None else seed,
        "state": "could not be graded",
        "tests": [],
        "scores": scores([], read(exercise)),
        "essays": {},
        "notes": [note],
    }


class _Worker:
    """A process that grades one submission after another; a new one takes the place of a dead."""

    def __init__(self, exercise: Path, seed: int | None) -> None:
        self.exercise, self.seed, self.deadline = exercise, seed, 0.0
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("fork")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(
            target=_work, args=(theirs, self.exercise, self.seed), daemon=True
        )
        self.process.start()
        theirs.close()

    def begin(self, data: bytes, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
        try:
            self.pipe.send_bytes(data or b" ")
        except OSError:
            self._restart()
            self.pipe.send_bytes(data or b" ")

    def late(self) -> bool:
        return time.monotonic() > self.deadline

    def result(self) -> Record | None:
        """What it found; None when it ended or was too late, and another one is there now."""
        try:
            if self.pipe.poll():
                return json.loads(self.pipe.recv_bytes())
        except (EOFError, OSError, ValueError):
            pass
        self._restart()
        return None

    def _restart(self) -> None:
        self.end()
        self._start()

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _work(pipe: Connection, exercise: Path, seed: int | None) -> None:
    with Nursery() as nursery:
        while True:
            try:
                data = pipe.recv_bytes()
            except EOFError:
                return
            pipe.send_bytes(json.dumps(grade(data, exercise, nursery, seed)).encode())


def table(rows: Iterable[tuple[str, Record]], path: Path) -> None:
    """The points of every student and test cell, as CSV."""
    rows = sorted(rows, key=lambda r: r[0])
    cells = sorted({c for _, r in rows for c in r["scores"]})
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["student", "state", "points", *cells])
        for student, r in rows:
            total = sum(r["scores"].values())
            writer.writerow([student, r["state"], total, *(r["scores"].get(c) for c in cells)])
    partial.replace(path)


def progress(total: int, say: Callable[[str], None]) -> Callable[[], None]:
    """A line now and then: how many, how fast, how long still."""
    begun, done, last = time.monotonic(), 0, 0.0

    def step() -> None:
        nonlocal done, last
        done, now = done + 1, time.monotonic()
        if now - last < 1 and done < total:
            return
        rate, last = done / max(now - begun, 1e-9), now
        say(f"{done} of {total}, {rate:.1f} a second, {(total - done) / rate:.0f} s left")

    return step
