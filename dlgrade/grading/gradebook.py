"""Points into nbgrader's gradebook, so that its formgrader, feedback and export go on working."""

import json
import warnings
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from filelock import FileLock

from dlgrade.course import Course
from dlgrade.grading.feedback import text_of
from dlgrade.grading.results import GIVEN_UP, Record, write
from dlgrade.release import open_gradebook, release


def record_points(course: Course, assignment: str, rows: Iterable[tuple[str, Record]]) -> int:
    """Write the points of every student's submission; one failure leaves the others written.

    Args:
        course: the course directory; the assignment is released first if it is not.
        assignment: its name.
        rows: students and their results.

    Returns:
        How many submissions were written.

    Raises:
        ValueError: the gradebook can not be written.
    """
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with warnings.catch_warnings(), FileLock(course.root / ".gradebook.lock"):
            warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader
            release(course, [assignment])
            return _record_all(course, assignment, rows)
    except (SQLAlchemyError, OSError) as error:
        raise ValueError(f"the gradebook can not be written: {error}; results are kept") from None


def _record_all(course: Course, assignment: str, rows: Iterable[tuple[str, Record]]) -> int:
    from dlgrade.classroom.late import receive

    with open_gradebook(course) as book:
        count = 0
        for student, record in rows:
            _record(book, assignment, student, record)
            _autograded(course, assignment, student, record)
            count += 1
        receive(course, assignment, book)
        return count


def _record(book: Any, assignment: str, student: str, record: Record) -> None:
    book.update_or_create_student(student)
    submission = book.update_or_create_submission(assignment, student)
    if submission.timestamp is None:
        submission.timestamp = datetime.now(UTC).replace(tzinfo=None)
    [notebook] = [n for n in submission.notebooks if n.name == assignment]
    for grade in notebook.grades:
        if grade.name in record["scores"]:
            grade.auto_score = record["scores"][grade.name]
            grade.needs_manual_grade = record["state"] in ("grader error", GIVEN_UP)
        elif grade.manual_score is None:
            unanswered = grade.name in record["unanswered"]
            grade.auto_score = 0.0 if unanswered else None
            grade.needs_manual_grade = not unanswered
    book.db.commit()


def _autograded(course: Course, assignment: str, student: str, record: Record) -> None:
    """The notebook that formgrader shows: the exercise with this student's answers."""
    notebook = json.loads(course.source(assignment).read_text(encoding="utf-8"))
    notebook["metadata"]["dlgrade"] = {k: record[k] for k in ("key", "tests", "notes")}
    for cell in notebook["cells"]:
        meta = cell["metadata"].get("nbgrader", {})
        name = meta.get("grade_id", "")
        if meta.get("solution") and not meta.get("grade"):
            cell["source"] = record.get("answers", {}).get(name, "# no answer")
        elif meta.get("solution"):
            cell["source"] = record["essays"].get(name, "")
        elif meta.get("grade"):
            told = text_of(record, name, hidden=True)
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": told}]
        elif cell["cell_type"] == "markdown":  # the exercise's own, which `NoMarkup` leaves alone
            cell["metadata"]["nbgrader"] = {**meta, "locked": True}
    folder = course.root / "autograded" / student / assignment
    write(folder / f"{assignment}.ipynb", json.dumps(notebook, indent=1))
