"""Grading everything again after a test has changed, and what that changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlgrade.course import Course
from dlgrade.grading.batch import grade_all
from dlgrade.grading.course import grade_course, in_order, remarks, require_sandbox
from dlgrade.grading.results import GIVEN_UP, UNCLEAR
from dlgrade.grading.submissions import find
from dlgrade.release import open_gradebook, require_same_cells


@dataclass(frozen=True)
class Change:
    """The points of one student for one test cell, before and after.

    Attributes:
        by_hand: what a person gave instead, and still counts.
    """

    student: str
    cell: str
    before: float | None
    after: float
    most: float
    by_hand: float | None

    def __str__(self) -> str:
        before = "nothing yet" if self.before is None else f"{self.before:g}"
        kept = "" if self.by_hand is None else f"; {self.by_hand:g} given by hand stays"
        points = f"{before} → {self.after:g} of {self.most:g}"
        return f"{self.student}  {self.cell}  {points}{kept}"


def regrade(
    course: Course,
    assignment: str,
    place: Path,
    *,
    workers: int = 1,
    seed: int | None = None,
    dry: bool = False,
    **options: Any,
) -> tuple[list[str], list[Change]]:
    """Grade all submissions; what a person gave by hand stays as it is.

    Args:
        course: the course directory.
        assignment: its name.
        place: the submissions.
        workers: processes at the same time.
        seed: as it was given to `grade`.
        dry: grade, but write neither points nor feedback.
        **options: `unsafe` and `say` of `grade_course`.

    Returns:
        Whose submissions were graded, and what that changes.

    Raises:
        ValueError: nothing can be graded, or cells were added to the notebook or taken away.
    """
    require_same_cells(course, assignment)
    before = dict(_points(course, assignment))
    if dry:
        results = course.root / "results"
        require_sandbox(results, **options)
        todo, exercise = find(place, assignment), course.source(assignment)
        graded = grade_all(todo, exercise, results / assignment, workers=workers, seed=seed)
        rows = in_order(graded, todo, assignment)
        for remark in remarks(course, todo):
            options["say"](remark)
    else:
        rows = grade_course(course, assignment, place, workers=workers, seed=seed, **options)
    rows = [row for row in rows if row[1]["state"] != UNCLEAR]
    changes = []
    for student, record in rows:
        for cell, after in record["scores"].items():
            auto, by_hand = before.get((student, cell), (None, None))
            if auto != after:
                changes.append(Change(student, cell, auto, after, record["maximum"][cell], by_hand))
    return [student for student, r in rows if r["state"] != GIVEN_UP], changes


def _points(
    course: Course, assignment: str
) -> Iterator[tuple[tuple[str, str], tuple[float | None, float | None]]]:
    """The points in the gradebook: those of the tests, and those given by hand."""
    from nbgrader.api import MissingEntry

    with open_gradebook(course) as book:
        try:
            submissions = book.assignment_submissions(assignment)
        except MissingEntry:
            return
        for submission in submissions:
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    where = (submission.student.id, grade.name)
                    yield where, (grade.auto_score, grade.manual_score)
