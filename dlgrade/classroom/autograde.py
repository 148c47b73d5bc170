"""What `nbgrader autograde` and formgrader's button do in this course: grade in the sandbox."""

from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from dlgrade.course import Course


class InSandbox(NbGraderPreprocessor):
    """Stands in `c.Autograde.autograde_preprocessors` where nbgrader's own would run the notebook.

    `dlgrade grade` does the same for a whole class, in a fraction of the time.
    """

    unsafe = Bool(False, help="Grade although the self-test fails.").tag(config=True)

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: dict[str, Any]
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Grade the notebook as it was handed in, record its points, and give what is shown."""
        from dlgrade.grading.batch import grade_all
        from dlgrade.grading.course import require_sandbox
        from dlgrade.grading.gradebook import record_points
        from dlgrade.grading.submissions import Entry

        where = resources["nbgrader"]
        student, assignment = where["student"], where["assignment"]
        root = Path.cwd()  # nbgrader converts in the course directory
        course = Course(root, combined=(root / "combined").is_dir())
        results = root / "results"
        require_sandbox(results, self.unsafe, self.log.warning)
        entry = Entry(student, root / "submitted" / student / assignment / f"{assignment}.ipynb")
        rows = [
            (student, record)
            for _, record in grade_all(
                [entry], course.source(assignment), results / assignment, workers=1
            )
        ]
        record_points(course, assignment, rows)
        shown = root / "autograded" / student / assignment / f"{assignment}.ipynb"
        return nbformat.read(shown, as_version=4), resources
