"""Every exercise of the book: right answers pass, wrong ones fail, what is hidden stays hidden.

To show it takes minutes, so what was shown is on record in `proved.txt`, by a digest of all that it
depends on: exercise, bank, grader, the library that answers may use, Python and torch. Another
exercise or another grader has no record and is tried; once a week all are. After a run of these
tests, `python -m tests.exercises.test_bank` writes the record anew.
"""

import os
import shutil
from pathlib import Path

import pytest

from dlgrade.course import Course
from dlgrade.grading.worker import Crew
from dlgrade.notebook import BEGIN_HIDDEN, BEGIN_SOLUTION, read
from dlgrade.proofs import proof, prove
from dlgrade.release import release
from dlgrade.verify import LIMITS, SEEDS

ROOT = Path(__file__).parents[2]
COURSE = Course(ROOT / "exercises")
ALL = {"seeds": len(SEEDS), "most": None}
SAMPLE = {"seeds": 1, "most": 60}
SETTINGS = ALL if os.environ.get("DL_ALL_MUTANTS") else SAMPLE
PROVED = Path(__file__).with_name("proved.txt")
every_assignment = pytest.mark.parametrize("assignment", COURSE.assignments())


def place(assignment: str) -> Path:
    """Where the report of an exercise is once it holds."""
    return proof(COURSE, assignment, SETTINGS["seeds"], True, SETTINGS["most"])


def record() -> None:
    """Put all exercises on record whose report is there."""
    reports = (place(assignment) for assignment in COURSE.assignments())
    PROVED.write_text("".join(f"{path.stem}\n" for path in reports if path.exists()), "utf-8")


@pytest.fixture(scope="module")
def crew():
    """One worker with its sandbox for all assignments: to start it takes as long as some banks."""
    with Crew(1, LIMITS) as crew:
        yield crew


@pytest.mark.timeout(1800)
@every_assignment
def test_the_tests_accept_right_answers_and_reject_wrong_ones(assignment, crew):
    if place(assignment).stem not in PROVED.read_text("utf-8").split():
        holds, report = prove(COURSE, assignment, crew=crew, **SETTINGS)
        assert holds, report


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """A course without assignments, for all releases: to make its gradebook takes the longest."""
    course = Course(tmp_path_factory.mktemp("course"))
    shutil.copy(COURSE.root / "nbgrader_config.py", course.root)
    return course


@every_assignment
def test_a_release_contains_no_solution_and_no_hidden_test(assignment, course):
    shutil.copytree(COURSE.source(assignment).parent, course.source(assignment).parent)
    assert release(course, [assignment]) == [assignment]
    source = {c.grade_id: c for c in read(course.source(assignment)) if c.grade_id}
    released = {c.grade_id: c for c in read(course.release(assignment)) if c.grade_id}
    assert released.keys() == source.keys()
    text = course.release(assignment).read_text()
    assert BEGIN_HIDDEN not in text
    assert BEGIN_SOLUTION not in text
    for name, cell in released.items():
        if cell.role == "hidden":
            assert cell.source == "", name
        elif cell.role == "answer":
            assert "raise NotImplementedError()" in cell.source, name
        elif cell.role == "essay":
            assert cell.source != source[name].source, name
        else:
            assert cell.source == source[name].source, name


if __name__ == "__main__":
    record()
