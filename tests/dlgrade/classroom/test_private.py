"""Tests and tasks of one's own: laid over the book's, verified, released and graded like them."""

import json
from pathlib import Path

import pytest

from dlgrade.course import Course
from dlgrade.notebook import read
from dlgrade.private import combine
from dlgrade.verify import verify
from tests.dlgrade.classroom.conftest import NAME

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
HIDDEN = '''### BEGIN HIDDEN TESTS
from dlgrade.kit import close, score, test

@test("{task}", points={points}, hint="{hint}")
def {name}(student, rng):
    close(student.{task}({argument}), {expected})

float(score("{task}", globals()))
### END HIDDEN TESTS
'''  # fmt: skip


def cell(name: str, source: str, *, points: float | None = None) -> dict:
    meta = {
        "grade": points is not None, "solution": points is None, "locked": points is not None,
        "task": False, "grade_id": name, "schema_version": 3,
    }  # fmt: skip
    if points is not None:
        meta["points"] = points
    return {
        "cell_type": "code", "id": name, "metadata": {"nbgrader": meta}, "source": source,
        "outputs": [], "execution_count": None,
    }  # fmt: skip


@pytest.fixture
def private(course, tmp_path) -> Path:
    """A mended `parameters-hidden`, a task `double`, and an assignment that the book has not."""
    book = json.loads(course.source(NAME).read_text())
    by_id = {c["id"]: c for c in book["cells"]}
    mended = by_id["parameters-hidden"]
    mended["source"] = "".join(mended["source"]).replace('hint="weights', 'hint="all weights')
    task = "### BEGIN SOLUTION\ndef halve(x):\n    return x / 2\n### END SOLUTION"
    tests = HIDDEN.format(
        task="halve", points=3, hint="half of it", name="halved", argument="3.0", expected="1.5"
    )
    text = {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": "## Halve"}
    new = [text, cell("halve", task), cell("halve-hidden", tests, points=3)]
    root = tmp_path / "private"
    for name, cells in (
        (NAME, [by_id["cell-0"], mended, *new]),
        ("50_own", [by_id["setup"], *new]),
    ):
        path = root / "source" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({**book, "cells": cells}))
        bank = root / "answers" / name / "halve"
        bank.mkdir(parents=True)
        (bank / "right_multiplied.py").write_text(
            '"""By a factor."""\ndef halve(x): return 0.5 * x\n'
        )
        (bank / "wrong_floor.py").write_text(
            '"""Rounds down."""\n# fails: halved\ndef halve(x): return x // 2\n'
        )
    return root


def test_named_cells_take_their_place_and_others_come_last(course, private):
    combined = combine(course, private)
    assert combined.assignments() == [NAME, "50_own"]
    before, after = (read(c.source(NAME)) for c in (course, combined))
    names = [c.name for c in before]
    assert [c.name for c in after][: len(names)] == names
    assert after[len(names)].source == "## Halve"
    assert [c.grade_id for c in after[len(names) :]] == ["", "halve", "halve-hidden"]
    changed = [a.name for a, b in zip(after, before, strict=False) if a.source != b.source]
    assert changed == ["parameters-hidden"]
    assert course.source(NAME).read_text() == Course(course.root).source(NAME).read_text()
    made = combined.source(NAME).stat().st_mtime_ns
    combine(course, private)
    assert combined.source(NAME).stat().st_mtime_ns == made
    own = private / "answers" / NAME / "halve" / "right_multiplied.py"
    own.write_text(own.read_text() + "# more\n")
    assert {a.name for a in combine(course, private).bank(NAME) if "# more" in a.source}


def test_the_same_verify_proves_them(course, private):
    combined = combine(course, private)
    for name in (NAME, "50_own"):
        report = verify(combined, name, jobs=2, seeds=[0])
        assert not report.problems, str(report)
        assert report.tasks["halve"] == 3
    wrong = private / "answers" / NAME / "halve" / "wrong_floor.py"
    wrong.write_text(wrong.read_text().replace("x // 2", "x / 2"))
    problems = verify(combine(course, private), NAME, jobs=2, seeds=[0]).problems
    assert any("wrong_floor: passes halved" in p for p in problems)


def test_release_and_gradebook_have_them(course, private, dlgrade):
    from nbgrader.api import Gradebook

    dlgrade("release", "--private", str(private))
    released = {c.grade_id: c.source for c in read(course.release(NAME))}
    assert "raise NotImplementedError" in released["halve"]
    assert released["halve-hidden"] == ""
    assert course.release("50_own").exists()
    with Gradebook(course.gradebook) as book:
        assert book.find_assignment(NAME).max_score == 13
        assert book.find_assignment("50_own").max_score == 3


def test_it_is_never_forgotten_silently(course, private, dlgrade, monkeypatch):
    monkeypatch.setenv("DLGRADE_PRIVATE", str(private))
    assert "2 assignments are well formed" in dlgrade("lint")
    monkeypatch.delenv("DLGRADE_PRIVATE")
    assert "is combined with exercises of your own: give --private again" in dlgrade("lint", code=2)
    assert "knows nothing of ada" in dlgrade("delete", "ada", code=1)


def test_a_folder_without_exercises_is_refused(course, tmp_path, dlgrade):
    assert "no exercise in" in dlgrade("lint", "--private", str(tmp_path), code=2)
    path = tmp_path / "source" / "x" / "x.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("nonsense")
    assert "no readable Jupyter notebook" in dlgrade("lint", "--private", str(tmp_path), code=2)
    assert not (course.root / "combined").exists()
