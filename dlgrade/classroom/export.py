"""Points for learning platforms, as plugins of `nbgrader export`."""

import csv
from abc import ABCMeta, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.plugins import CsvExportPlugin, ExportPlugin
from traitlets import MetaHasTraits


class AbstractPlugin(MetaHasTraits, ABCMeta):
    """Of plugins, which are traitlets, with abstract methods."""


class PlatformExport(ExportPlugin, metaclass=AbstractPlugin):
    """A table with a row for each student and a column for each assignment.

    `nbgrader export --exporter=dlgrade.classroom.export.CanvasExport --to canvas.csv` uses it, and
    so does `dlgrade export`. Penalties for lateness are taken off; who did not submit has an empty
    field, which platforms read as "no grade", not as 0.
    """

    def export(self, gradebook: Any) -> None:
        """Write the table."""
        assignments = [
            a for a in gradebook.assignments if not self.assignment or a.name in self.assignment
        ]
        students = [s for s in gradebook.students if not self.student or s.id in self.student]
        with Path(self.to or self.default_name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerows(self.head(assignments))
            for student in sorted(students, key=lambda s: (s.last_name or "", s.id)):
                points = [_points(gradebook, a.name, student.id) for a in assignments]
                writer.writerow([*self.person(student), *points])

    default_name = "grades.csv"

    @abstractmethod
    def head(self, assignments: list[Any]) -> Iterator[list[Any]]:
        """The rows above the students."""

    @abstractmethod
    def person(self, student: Any) -> list[str]:
        """How the platform knows a student."""


class CanvasExport(PlatformExport):
    """For Canvas: Grades, Import. `lms_user_id` of the roster is Canvas' own ID."""

    default_name = "canvas.csv"

    def head(self, assignments: list[Any]) -> Iterator[list[Any]]:
        """Column names, and the points possible."""
        yield ["Student", "ID", "SIS Login ID", "Section", *(a.name for a in assignments)]
        yield ["Points Possible", "", "", "", *(a.max_score for a in assignments)]

    def person(self, student: Any) -> list[str]:
        """Canvas matches by ID, else by SIS Login ID."""
        name = ", ".join(n for n in (student.last_name, student.first_name) if n)
        return [name or student.id, student.lms_user_id or "", student.id, ""]


class MoodleExport(PlatformExport):
    """For Moodle: Grades, Import, CSV file; map the column `username` to itself."""

    default_name = "moodle.csv"

    def head(self, assignments: list[Any]) -> Iterator[list[Any]]:
        """Column names."""
        people = ["username", "idnumber", "firstname", "lastname", "email"]
        yield [*people, *(a.name for a in assignments)]

    def person(self, student: Any) -> list[str]:
        """Moodle can match by any of these."""
        fields = (student.lms_user_id, student.first_name, student.last_name, student.email)
        return [student.id, *(f or "" for f in fields)]


def _points(gradebook: Any, assignment: str, student: str) -> float | str:
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return ""
    return round(max(0.0, submission.score - submission.late_submission_penalty), 4)


FORMATS = {"canvas": CanvasExport, "moodle": MoodleExport, "csv": CsvExportPlugin}
