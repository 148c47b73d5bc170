"""What nbgrader's pages show: to the student the feedback, to the instructor what came in."""

import re
from html import escape
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.preprocessors import ClearHiddenTests


class NamedTests(ClearHiddenTests):
    """Shows each test by name, state, points and hint; of a hidden test neither source nor message.

    It stands in `c.GenerateFeedback.preprocessors`, so formgrader's button does the same.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict]:
        """Tell of the repairs first, then of the tests in their places."""
        self.record = nb.metadata.pop("dlgrade", {})
        nb, resources = super().preprocess(nb, resources)
        if notes := self.record.get("notes"):
            text = without_markup("\n".join(f"- {escape(note)}" for note in notes))
            nb.cells.insert(0, new_markdown_cell(text))
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Put what the student may know in the place of what the instructor sees."""
        from dlgrade.grading.feedback import text_of

        cell, resources = super().preprocess_cell(cell, resources, index)
        grading = cell.metadata.get("nbgrader", {})
        if self.record and grading.get("grade") and not grading.get("solution"):
            told = text_of(self.record, grading["grade_id"]) or "no test could be run"
            cell.outputs = [new_output("stream", text=told)]
        return cell, resources


def without_markup(text: str) -> str:
    """Markdown with a space that takes the meaning from what begins a tag or a link.

    Formulas and code stay as they are read.
    """
    return re.sub(r"<(?=[a-zA-Z/!?])|\](?=[(:])", r"\g<0> ", text)


class NoMarkup(Preprocessor):
    """Shows a student's Markdown without HTML and links: formgrader would run a script in it.

    It stands in `c.HTMLExporter.preprocessors`. What grading puts into `autograded` is the exercise
    with the student's answers in it, and there all Markdown but these answers is locked.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Look at what students can write: Markdown that is not locked."""
        if cell.cell_type == "markdown" and not cell.metadata.get("nbgrader", {}).get("locked"):
            cell.source = without_markup(cell.source)
        return cell, resources
