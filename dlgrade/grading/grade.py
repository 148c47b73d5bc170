"""Grading one submission: a pure function of its bytes, the exercise, and the seed."""

import hashlib
import math
import time
from contextlib import redirect_stdout
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any

from dlgrade.grading.identity import (
    TESTS,
    exercise_version,
    grader_version,
    key,
    scores,
    seed_of,
)  # fmt: skip
from dlgrade.grading.submission import Submission, UnreadableError, repair
from dlgrade.kit import SESSION, Session
from dlgrade.notebook import UNANSWERED, Cell, read, run
from dlgrade.sandbox.bubblewrap import SandboxError
from dlgrade.sandbox.remote import Nursery
from dlgrade.sandbox.student import RemoteStudent


def grade(
    data: bytes,
    exercise: Path,
    nursery: Nursery,
    seed: int | None = None,
) -> dict[str, Any]:
    """Grade a submission.

    Args:
        data: the notebook's bytes as they came.
        exercise: the source notebook, with its hidden tests.
        nursery: the sandbox.
        seed: of the tests' random inputs; made from the submission by default.

    Returns:
        What JSON can hold: state and points of every test, notes, and what it was made from.

    Raises:
        SandboxError: the sandbox ended under the tests, twice.
    """
    seed, begun = seed_of(data) if seed is None else seed, time.perf_counter()
    cells = read(exercise)
    record: dict[str, Any] = {
        "assignment": exercise.stem,
        "submission": hashlib.sha256(data).hexdigest(),
        "exercise": exercise_version(exercise),
        "grader": grader_version(),
        "seed": seed,
        "key": key(data, exercise, seed),
    }
    try:
        submission = repair(data, cells)
    except UnreadableError as error:
        blank = {"tests": [], "scores": scores([], cells), "essays": {}, "notes": [str(error)]}
        return {**record, "state": "unreadable", **blank, "seconds": time.perf_counter() - begun}
    tests, errors, broken, faults = _run_tests(submission, cells, nursery, seed)
    if faults:
        tests, errors, broken, faults = _run_tests(submission, cells, nursery, seed)
    if "lost" in faults:
        raise SandboxError("the sandbox ended under the tests")
    titles = submission.titles
    told = {c: e for c, e in errors.items() if c not in titles or not e.startswith(UNANSWERED)}
    notes = submission.notes + [f"{titles.get(c, c)} {e}" for c, e in told.items()]
    return {
        **record,
        "state": "grader error" if broken else "graded",
        "broken": broken,
        "tests": tests,
        "scores": scores(tests, cells),
        "essays": submission.essays,
        "answers": submission.answers,
        "notes": notes,
        "seconds": round(time.perf_counter() - begun, 4),
    }


def _run_tests(
    submission: Submission, cells: list[Cell], nursery: Nursery, seed: int
) -> tuple[list[dict[str, Any]], dict[str, str], list[str], set[str]]:
    """Run the exercise's own test cells here, against the student in the sandbox.

    Returns:
        The tests; what became of the student's cells; what is wrong with the exercise; the faults
        that need not be the student's, so that it is worth trying again.
    """
    given = [c for c in cells if c.type == "code" and c.role == "given"]
    namespace = run(given, {}).namespace
    own = {k: v for k, v in namespace.items() if callable(v) and not k.startswith("__")}
    student = RemoteStudent(nursery, submission.program, own)
    session = Session(seed=seed, student=student)
    tests = [c for c in cells if c.role in TESTS]
    try:
        with redirect_stdout(StringIO()):
            done = run(tests, {**namespace, SESSION: session})
    finally:
        student._close()
    outcomes = list(session.outcomes.values())
    broken = [f"{c} {e}" for c, e in done.errors.items()]
    for cell in tests:
        value = done.scores.get(cell.grade_id)
        earned = sum(o.earned for o in outcomes if _cell_of(o) == cell.grade_id)
        if cell.grade_id not in done.errors and not _is_score(value, earned, cell):
            broken.append(f"{cell.grade_id} ends in {value!r}, its passed tests give {earned}")
    state = student._state
    return [_state(asdict(o)) for o in outcomes], dict(state.errors), broken, state.faults


def _is_score(value: Any, earned: float, cell: Cell) -> bool:
    """A score is a plain finite float, the points of the passed tests, and not too many."""
    most = float(cell.nbgrader["points"])
    return type(value) is float and math.isfinite(value) and value == earned and 0 <= value <= most


def _cell_of(outcome: Any) -> str:
    return f"{outcome.task}-{'hidden' if outcome.hidden else 'visible'}"


def _state(outcome: dict[str, Any]) -> dict[str, Any]:
    outcome["status"] = "missing" if outcome["status"] == "unanswered" else outcome["status"]
    outcome["earned"] = outcome["points"] if outcome["status"] == "passed" else 0.0
    return outcome
