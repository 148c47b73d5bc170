"""Grading many submissions: what has a result is not graded again, what has none gets one."""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from dlgrade.grading.identity import key, scores, seed_of
from dlgrade.grading.results import GIVEN_UP, UNCLEAR, Record, recorded, write
from dlgrade.grading.submissions import Entry, find
from dlgrade.grading.worker import TRIES, Crew, Job
from dlgrade.notebook import STUB, Cell, read, stub

__all__ = ["Entry", "Record", "find", "grade_all", "recorded", "write"]
ESSAY = "YOUR ANSWER HERE"  # nbgrader's own text
Share = Callable[[Iterable[tuple[Entry, Job]]], Iterator[tuple[Entry, Record | str]]]


def grade_all(
    entries: Iterable[Entry],
    exercise: Path,
    results: Path,
    *,
    workers: int = 1,
    seed: int | None = None,
    run: Share | None = None,
) -> Iterator[tuple[Entry, Record]]:
    """Grade what has no result yet; a result is written before it is given.

    Args:
        entries: the submissions.
        exercise: the source notebook.
        results: the folder of results, one file each, named by the hash of what it depends on.
        workers: processes at the same time, each with a warm sandbox.
        seed: of all random inputs; by default each submission has its own.
        run: does the jobs; by default a crew of workers.

    Yields:
        Every entry with its result, in the order they are finished; what `completed` adds to a
        result is in no file.
    """
    done: deque[tuple[Entry, Record]] = deque()
    cells = read(exercise)

    def jobs() -> Iterator[tuple[Entry, Job]]:
        for entry in entries:
            data = entry.data()
            job = Job(data, exercise, seed_of(data) if seed is None else seed)
            if entry.problem:
                state = GIVEN_UP if entry.whose else UNCLEAR
                done.append((entry, completed(_ungraded(job, state, entry.problem), entry, cells)))
                continue
            found = recorded(_place(job, results))
            if found and found["state"] != GIVEN_UP:
                done.append((entry, completed(found, entry, cells)))
            else:
                keys[entry] = job
                yield entry, job

    keys: dict[Entry, Job] = {}
    with ExitStack() as stack:
        share = run or stack.enter_context(Crew(workers)).share
        for entry, result in share(jobs()):
            job = keys.pop(entry)
            if isinstance(result, str):
                note = f"could not be graded, in {TRIES} tries: {result}"
                result = _ungraded(job, GIVEN_UP, note)
            write(_place(job, results), json.dumps(result, indent=1))
            yield entry, completed(result, entry, cells)
            while done:
                yield done.popleft()
        yield from done


def completed(record: Record, entry: Entry, cells: Sequence[Cell]) -> Record:
    """A result with what the tests do not know.

    Args:
        record: the result.
        entry: the submission; its note goes before the others.
        cells: the exercise.

    Returns:
        The record with `maximum`, the points that each cell can give, and `unanswered`, the essays
        that were left as they were released.
    """
    maximum = {c.grade_id: float(c.nbgrader["points"]) for c in cells if c.nbgrader.get("grade")}
    unanswered = []
    for cell in cells:
        text = record["essays"].get(cell.grade_id) if cell.role == "essay" else None
        released = stub(cell.source).replace(STUB, ESSAY)
        if text is not None and text.split() in ([], released.split()):
            unanswered.append(cell.grade_id)
    notes = [entry.note] if entry.note else []
    notes += [
        *record["notes"],
        *(f"{e}: unanswered, 0 of {maximum[e]:g} points" for e in unanswered),
    ]
    return {**record, "maximum": maximum, "unanswered": unanswered, "notes": notes}


def _place(job: Job, results: Path) -> Path:
    return results / f"{key(job.data, job.exercise, job.seed)}.json"


def _ungraded(job: Job, state: str, note: str) -> Record:
    return {
        "assignment": job.exercise.stem,
        "key": key(job.data, job.exercise, job.seed),
        "seed": job.seed,
        "state": state,
        "tests": [],
        "scores": scores([], read(job.exercise)),
        "essays": {},
        "answers": {},
        "notes": [note],
    }
