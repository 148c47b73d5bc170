"""A course that was released, with points in its gradebook as the grader leaves them there."""

import json
import shutil
import warnings
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dlgrade.__main__ import app
from dlgrade.course import Course
from dlgrade.grading.grade import scores
from dlgrade.grading.gradebook import record_points
from dlgrade.notebook import read
from dlgrade.release import release

NAME = "01_sample"
TESTS = Path(__file__).parents[1]
POINTS = {"softmax-visible": 1.0, "softmax-hidden": 4.0, "parameters-hidden": 2.0}
ESSAY = {"essay-stability": 3.0}


def record(key: str, submission: str = "", **points: float) -> dict:
    """A result as the grader makes it."""
    given = {name: points.get(name.replace("-", "_"), most) for name, most in POINTS.items()}
    return {
        "key": key, "assignment": NAME, "submission": submission, "state": "graded", "tests": [],
        "notes": [], "scores": given, "essays": {"essay-stability": "When it overflows."},
        "maximum": POINTS | ESSAY, "unanswered": [],
    }  # fmt: skip


@pytest.fixture(scope="session")
def released(tmp_path_factory) -> Path:
    """The sample course after a release."""
    root = tmp_path_factory.mktemp("released") / "course"
    shutil.copytree(TESTS / "course", root)
    shutil.copy(TESTS.parents[1] / "exercises" / "nbgrader_config.py", root)
    release(Course(root), [NAME])
    assert scores([], read(Course(root).source(NAME))).keys() == POINTS.keys()
    return root


@pytest.fixture
def course(released, tmp_path) -> Course:
    """That course, to be changed at will."""
    return Course(Path(shutil.copytree(released, tmp_path / "course")))


@pytest.fixture
def submit(course):
    """Put a notebook with these answers into `submitted`."""

    def submit(student: str, **answers: str) -> Path:
        notebook = json.loads(course.release(NAME).read_text())
        for cell in notebook["cells"]:
            if cell["id"] in answers:
                cell["source"] = answers[cell["id"]]
        path = course.root / "submitted" / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook))
        return path

    return submit


@pytest.fixture
def graded(course):
    """Write results into the gradebook."""

    def graded(**records: dict) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            record_points(course, NAME, records.items())

    return graded


@pytest.fixture
def dlgrade(course):
    """Run a command on the course; give its exit code and what it said."""

    def dlgrade(*command: str, code: int = 0, stdin: str = "") -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            done = CliRunner().invoke(
                app, [*command, "--course", str(course.root)], input=stdin, catch_exceptions=False
            )
        assert done.exit_code == code, done.output
        return done.output

    return dlgrade
