"""Running the tests on answers of our own: the bank's, and references with a fault put in.

What a submission goes through, made cheap for the thousands of runs that prove an exercise: the
answers' cells run once in the sandbox, every test gets a copy of that process, and the tests that
are not wanted are left out.
"""

import json
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

from dlgrade.grading.identity import TESTS
from dlgrade.inspection import violations_in
from dlgrade.kit import SESSION, Held, Outcome, Session, Test, forbidden, run
from dlgrade.notebook import Cell, read, with_answers
from dlgrade.notebook import run as run_cells
from dlgrade.sandbox.bubblewrap import SandboxError
from dlgrade.sandbox.remote import Nursery
from dlgrade.sandbox.student import KeptStudent, Program

TRIES = 2


@dataclass(frozen=True)
class Attempt:
    """Answers to try.

    Attributes:
        exercise: the source notebook.
        answers: the text of an answer cell by its task; the reference's for any other task.
        runs: a seed, and the tasks whose tests run with it: all when none is named.
        until_failed: are the tests after one that fails left out?
        first: the names of tests that run before the others, in this order.
        seconds: for one test; the sandbox's own limit by default.
    """

    exercise: str
    answers: dict[str, str]
    runs: tuple[tuple[int, tuple[str, ...]], ...]
    until_failed: bool = False
    first: tuple[str, ...] = ()
    seconds: float | None = None

    def message(self) -> bytes:
        """As it goes to a worker: a line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"


def attempt(trial: Attempt, nursery: Nursery) -> dict[str, Any]:
    """The outcomes of the tests by seed, and what the cells of the answers raised.

    Raises:
        SandboxError: the sandbox ended under the tests, twice.
    """
    path = Path(trial.exercise)
    cells = with_answers(_cells(path, path.stat().st_mtime_ns), trial.answers)
    given = run_cells([c for c in cells if c.type == "code" and c.role == "given"], {}).namespace
    for _ in range(TRIES):
        student = _student(cells, given, nursery, trial.seconds)
        try:
            outcomes = list(_outcomes(trial, cells, given, student))
        finally:
            student._close()
        state = student._state
        if not state.faults:
            break
    if "lost" in state.faults:
        raise SandboxError("the sandbox ended under the tests")
    tests = [[seed, {**asdict(o), "seconds": round(took, 4)}] for seed, o, took in outcomes]
    return {"tests": tests, "errors": dict(state.errors)}


@lru_cache(maxsize=4)
def _cells(exercise: Path, changed: int) -> tuple[Cell, ...]:
    """The notebook as it was when it was changed last."""
    return tuple(read(exercise))


def _student(
    cells: Sequence[Cell], given: dict[str, Any], nursery: Nursery, seconds: float | None
) -> KeptStudent:
    code = [c for c in cells if c.type == "code" and c.source.strip()]
    program = Program(
        tuple((c.index, c.source) for c in code if c.role == "given"),
        tuple((c.index, c.source) for c in code if c.role in ("answer", "free")),
    )
    own = {k: v for k, v in given.items() if callable(v) and not k.startswith("__")}
    return KeptStudent(nursery, program, own, seconds)


def _outcomes(
    trial: Attempt, cells: Sequence[Cell], given: dict[str, Any], student: KeptStudent
) -> Iterator[tuple[int, Outcome, float]]:
    named = {t for _, tasks in trial.runs for t in tasks}
    held = _held(cells, given, named if all(tasks for _, tasks in trial.runs) else ())
    if trial.until_failed:
        yield from _until_failed(trial, held, student)
        return
    texts = [source for _, source in student._program.cells]
    for h in held:
        student._touched.clear()
        done = [(seed, *_run(t, h, seed, student)) for t in h.tests for seed in _seeds(trial, t)]
        found = violations_in(texts, sorted(student._touched), given, h.forbid)
        yield from ((seed, forbidden(o, found) if found else o, took) for seed, o, took in done)


def _seeds(trial: Attempt, test: Test) -> list[int]:
    return [seed for seed, tasks in trial.runs if not tasks or test.task in tasks]


def _until_failed(
    trial: Attempt, held: Sequence[Held], student: KeptStudent
) -> Iterator[tuple[int, Outcome, float]]:
    """A reference with a fault in it uses nothing that the reference does not: not inspected."""
    rank = {name: place for place, name in enumerate(trial.first)}
    tests = [(t, h) for h in held for t in h.tests]
    for test, h in sorted(tests, key=lambda pair: rank.get(pair[0].name, len(rank))):
        for seed in _seeds(trial, test):
            outcome, took = _run(test, h, seed, student)
            yield seed, outcome, took
            if outcome.status != "passed":
                return


def _run(test: Test, held: Held, seed: int, student: KeptStudent) -> tuple[Outcome, float]:
    begun = time.perf_counter()
    student._choose((test.task, test.name))
    with redirect_stdout(StringIO()):
        outcome = run(test, student, seed, held.hidden)
    return outcome, time.perf_counter() - begun


def _held(cells: Sequence[Cell], given: dict[str, Any], tasks: Collection[str]) -> list[Held]:
    """The tests of these tasks; a later cell's helper of the same name is not an earlier one's."""
    session, namespace = Session(held=[]), given
    for cell in cells:
        if cell.role in TESTS and (not tasks or cell.task in tasks):
            done = run_cells([cell], {**namespace, SESSION: session})
            if done.errors:
                raise ValueError(f"{cell.name} {done.errors[cell.name]}")
            namespace = done.namespace
    return session.held or []
