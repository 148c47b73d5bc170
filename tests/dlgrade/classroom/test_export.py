"""Points for Canvas and Moodle."""

import csv

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp

from dlgrade.classroom.export import PlatformExport
from tests.dlgrade.classroom.conftest import NAME, record

ESSAY = "essay-stability"


@pytest.fixture
def class_of_three(course, graded):
    """One with a penalty, one with a name that needs quotes, one who did not submit."""
    graded(ada=record("a"), ben=record("b", softmax_hidden=1.0))
    with Gradebook(course.gradebook) as book:
        book.update_or_create_student(
            "ada", first_name="Ada", last_name='King, "Countess"', email="a@x.org", lms_user_id="70"
        )
        book.update_or_create_student("cleo", last_name="Çelik")
        notebook = book.find_submission_notebook(NAME, NAME, "ben")
        grade = book.find_grade(ESSAY, NAME, NAME, "ben")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        notebook.late_submission_penalty = 9.9
        book.db.commit()


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_canvas(class_of_three, dlgrade, tmp_path):
    said = dlgrade("export", "--format", "canvas", "--to", str(tmp_path / "c.csv"))
    assert "1 submissions wait for a grade by hand" in said
    assert rows(tmp_path / "c.csv") == [
        ["Student", "ID", "SIS Login ID", "Section", NAME],
        ["Points Possible", "", "", "", "10.0"],
        ["ben", "", "ben", "", "6.5"],
        ['King, "Countess", Ada', "70", "ada", "", "7.0"],
        ["Çelik", "", "cleo", "", ""],
    ]


def test_moodle(class_of_three, dlgrade, tmp_path):
    dlgrade("export", NAME, "--format", "moodle", "--to", str(tmp_path / "m.csv"))
    assert rows(tmp_path / "m.csv") == [
        ["username", "idnumber", "firstname", "lastname", "email", NAME],
        ["ben", "", "", "", "", "6.5"],
        ["ada", "70", "Ada", 'King, "Countess"', "a@x.org", "7.0"],
        ["cleo", "", "", "Çelik", "", ""],
    ]


def test_nbgraders_own_export_takes_the_plugin(class_of_three, course, tmp_path, monkeypatch):
    monkeypatch.chdir(course.root)
    monkeypatch.setenv("HOME", str(tmp_path))
    NbGraderApp.clear_instance()
    plugin = "--exporter=dlgrade.classroom.export.MoodleExport"
    NbGraderApp.launch_instance(["export", plugin, "--to", "m.csv"])
    NbGraderApp.clear_instance()
    assert [r[0] for r in rows(course.root / "m.csv")] == ["username", "ben", "ada", "cleo"]


def test_what_can_not_be_exported_is_said(course, dlgrade, tmp_path):
    assert "no format 'excel': canvas, moodle, csv" in dlgrade(
        "export", "--format", "excel", code=2
    )
    assert "not in the gradebook: 99" in dlgrade("export", "99", "--format", "canvas", code=2)
    nowhere = ["--to", str(tmp_path / "no" / "c.csv")]
    assert "No such file" in dlgrade("export", "--format", "canvas", *nowhere, code=2)
    (course.root / "gradebook.db").unlink()
    assert "nothing was graded yet" in dlgrade("export", "--format", "canvas", code=2)


def test_a_platform_says_what_its_table_holds():
    class Unfinished(PlatformExport):
        """Lacks both."""

    with pytest.raises(TypeError, match=r"abstract.*head"):
        Unfinished()
