"""A small course, and notebooks written as a list of cells."""

import shutil
from pathlib import Path

import pytest

from dlgrade.course import Course
from dlgrade.notebook import Cell, Run, run

ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).parent / "course"


@pytest.fixture
def course(tmp_path) -> Course:
    """The sample course, to be changed at will."""
    root = tmp_path / "course"
    shutil.copytree(SAMPLE, root)
    shutil.copy(ROOT / "exercises" / "nbgrader_config.py", root)
    return Course(root)


@pytest.fixture
def play():
    """Run sources as the cells of a notebook; a source that scores is a test cell."""

    def play(*sources: str, namespace: dict | None = None) -> Run:
        cells = []
        for i, source in enumerate(sources):
            test = "score(" in source
            meta = {"grade": test, "solution": False, "grade_id": f"cell{i}-hidden"}
            cells.append(Cell(i, "code", source, meta if test else {}))
        return run(cells, namespace)

    return play
