"""Every exercise of the book: right answers pass, wrong ones fail, what is hidden stays hidden."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dlgrade.course import Course
from dlgrade.notebook import BEGIN_HIDDEN, BEGIN_SOLUTION, read
from dlgrade.release import release

ROOT = Path(__file__).parents[2]
COURSE = Course(ROOT / "exercises")
SAMPLE = () if os.environ.get("DL_ALL_MUTANTS") else ("--most", "60", "--seeds", "1")
every_assignment = pytest.mark.parametrize("assignment", COURSE.assignments())


@pytest.mark.timeout(1800)
@every_assignment
def test_the_tests_accept_right_answers_and_reject_wrong_ones(assignment):
    done = subprocess.run(
        [sys.executable, "-m", "dlgrade", "verify", assignment, "--jobs", "1", *SAMPLE],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@every_assignment
def test_a_release_contains_no_solution_and_no_hidden_test(assignment, tmp_path):
    course = Course(tmp_path)
    shutil.copytree(COURSE.source(assignment).parent, course.source(assignment).parent)
    shutil.copy(COURSE.root / "nbgrader_config.py", course.root)
    release(course, [assignment])
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
