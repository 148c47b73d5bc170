"""Deleting a student: listed first, then gone from every file of the course, others untouched."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from dlgrade.grading.feedback import write_feedback
from dlgrade.grading.results import table
from tests.dlgrade.classroom.conftest import NAME, record


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def class_of_three(course, submit, graded, tmp_path):
    """xenia and ben differ, cleo handed in the bytes of xenia; all by an exchange."""
    for student in ("xenia", "ben", "cleo"):
        who = "xenia" if student == "cleo" else student
        submit(student, **{"essay-stability": f"my name is {who}-lovelace"})
    rows = {s: record(f"key-{s}", digest(notebook(course, s))) for s in ("xenia", "ben")}
    rows["cleo"] = rows["xenia"]
    graded(**rows)
    results = course.root / "results" / NAME
    results.mkdir(parents=True)
    for student in ("xenia", "ben"):
        (results / f"key-{student}.json").write_text(json.dumps(rows[student]))
    (results / "key-old.json").write_text(json.dumps(record("key-old", "of an earlier upload")))
    table(rows.items(), results.parent / f"{NAME}.csv")
    (results.parent / f"{NAME}.json").write_text(json.dumps(rows))
    settings = course.root / "nbgrader_config.py"
    settings.write_text(settings.read_text() + f"\nc.Exchange.root = {str(tmp_path / 'x')!r}\n")
    for student, row in rows.items():
        write_feedback(course.root / "feedback", NAME, student, row)
        inbound = tmp_path / "x/deep_learning_101/inbound" / f"{student}+{NAME}+2026-11-01+x"
        inbound.mkdir(parents=True)
        (inbound / f"{NAME}.ipynb").write_text(student)
        (inbound / "submission_secret.txt").write_text(f"secret of {student}")
        page = tmp_path / "x/deep_learning_101/feedback" / f"{checksum(student)}.html"
        page.parent.mkdir(exist_ok=True)
        page.write_text(student)
    return course


def checksum(student: str) -> str:
    """nbgrader's name of the page: md5 of the notebook's name and the secret (utils.py)."""
    unique = hashlib.md5(usedforsecurity=False)
    unique.update(f"secret of {student}".encode())
    unique.update(NAME.encode())
    return unique.hexdigest()


def notebook(course, student: str) -> Path:
    return course.root / "submitted" / student / NAME / f"{NAME}.ipynb"


def holding(root: Path, word: bytes) -> set[str]:
    """The files below that have the word in their name or content."""
    files = [p for p in root.rglob("*") if p.is_file()]
    return {
        str(p.relative_to(root))
        for p in files
        if word in os.fsencode(p.relative_to(root)) or word in p.read_bytes()
    }


def test_it_only_lists_until_told(class_of_three, dlgrade, tmp_path):
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    said = dlgrade("delete", "ben")
    for text in ("the student and 1 submissions", "submitted/ben", "key-ben.json", "csv: a line",
                 "json: a result",
                 "ben+01_sample", "nothing is deleted yet: say --yes"):  # fmt: skip
        assert text in said
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()} == before


def test_nothing_is_left_and_others_keep_all(class_of_three, dlgrade, tmp_path):
    kept = {n for w in (b"xenia", b"cleo") for n in holding(tmp_path, w)}
    assert len(holding(tmp_path, b"ben")) >= 8
    said = dlgrade("delete", "ben", "--yes")
    assert "deleted" in said
    assert "Not in reach: backups" in said
    assert holding(tmp_path, b"ben") == set()
    assert {n for w in (b"xenia", b"cleo") for n in holding(tmp_path, w)} == kept
    assert "knows nothing of ben" in dlgrade("delete", "ben", code=1)


def test_a_result_that_another_student_has_too_is_kept(class_of_three, dlgrade):
    result = class_of_three.root / "results" / NAME / "key-xenia.json"
    dlgrade("delete", "cleo", "--yes")
    assert result.exists()
    dlgrade("delete", "xenia", "--yes")
    assert not result.exists()
    assert result.with_name("key-old.json").exists()


@pytest.mark.parametrize("name", ["..", ".", "*", "a/b", ""])
def test_no_path_can_be_smuggled_in(class_of_three, dlgrade, name):
    assert "can not be a student's id" in dlgrade("delete", name, "--yes", code=2)
    assert notebook(class_of_three, "xenia").exists()
