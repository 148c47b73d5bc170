"""When a submission came in, and what being late costs."""

import math
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from traitlets import Float

from dlgrade.course import Course
from dlgrade.release import settings

RECEIPTS = ("timestamp.txt", "submission_secret.txt")
DAY = 86400.0


class LatePolicy(LateSubmissionPlugin):
    """A part of the points for each day begun after the due date; `nbgrader_config.py` sets it."""

    grace_minutes = Float(0.0, min=0.0, help="So late is not late yet.").tag(config=True)
    percent_per_day = Float(
        0.0, min=0.0, max=100.0, help="Of the points earned, for each day begun."
    ).tag(config=True)
    most_percent = Float(100.0, min=0.0, max=100.0, help="Never more than this.").tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """The points that a submission loses, None when it loses none."""
        late = total_seconds_late - 60 * self.grace_minutes
        if late <= 0:
            return None
        if self.penalty_method == "zero":
            return score
        percent = min(self.percent_per_day * math.ceil(late / DAY), self.most_percent)
        return score * percent / 100 or None


def receive(course: Course, assignment: str, book: Any) -> None:
    """Take over when each submission came in, as nbgrader's `autograde` does; then penalise.

    nbgrader's `submit` leaves the time, and the secret that names a student's feedback, in two
    files beside the notebook; `release_feedback` wants them beside the feedback.
    """
    for submission in book.assignment_submissions(assignment):
        came = course.root / "submitted" / submission.student.id / assignment
        for step in ("autograded", "feedback"):
            place = course.root / step / submission.student.id / assignment
            for name in RECEIPTS:
                if place.is_dir() and _plain(came / name):
                    shutil.copyfile(came / name, place / name)
        if _plain(came / RECEIPTS[0]):
            with suppress(ValueError, OverflowError):
                submission.timestamp = parse_utc((came / RECEIPTS[0]).read_text().strip())
    penalise(course, assignment, book)


def _plain(path: Path) -> bool:
    """A small file of its own: a link could lead to what its writer may not read."""
    return path.is_file() and not path.is_symlink() and path.stat().st_size < 1000


def penalise(course: Course, assignment: str, book: Any) -> list[tuple[str, float, float]]:
    """Apply the policy in force to every submission, by its points as they are now.

    Returns:
        Student, seconds late and points lost of each that came in late.
    """
    policy = AssignLatePenalties(config=settings(course))
    policy.init_plugin()
    late = []
    for submission in book.assignment_submissions(assignment):
        seconds = submission.total_seconds_late if submission.assignment.duedate else 0
        lost = 0.0
        for notebook in submission.notebooks:
            penalty = seconds and policy.plugin_inst.late_submission_penalty(
                submission.student.id, notebook.score, seconds
            )
            lost += (penalty := min(max(penalty or 0.0, 0.0), notebook.score))
            notebook.late_submission_penalty = penalty or None
        if seconds:
            late.append((submission.student.id, seconds, lost))
    book.db.commit()
    return late
