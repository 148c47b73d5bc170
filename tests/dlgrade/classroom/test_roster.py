"""A class list as it comes from a registrar, Canvas, Moodle or Excel; and what is wrong with it."""

import pytest
from nbgrader.api import Gradebook

from dlgrade.grading.course import remarks
from dlgrade.grading.submissions import Entry
from tests.dlgrade.classroom.conftest import record

GOOD = "id,first_name,last_name,email,lms_user_id\n"


def students(course):
    with Gradebook(course.gradebook) as book:
        return {s.id: (s.first_name, s.last_name, s.email, s.lms_user_id) for s in book.students}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ((GOOD + "ada,Ada,Lovelace,a@x.org,7\n").encode(), ("Ada", "Lovelace", "a@x.org", "7")),
        ("\ufeffSurname;First name;Username\r\nÖz;A;ada\r\n".encode(), ("A", "Öz", None, None)),
        ("SIS Login ID\tEmail\nada\ta@x.org\n\n".encode("utf-16"), (None, None, "a@x.org", None)),
        (b'id,last_name\nada,"King,\nCountess"\n', (None, "King,\nCountess", None, None)),
    ],
    ids=["nbgrader", "moodle, excel", "canvas, utf-16", "quoted"],
)  # fmt: skip
def test_names_reach_the_gradebook(course, dlgrade, tmp_path, data, expected):
    (tmp_path / "class.csv").write_bytes(data)
    said = dlgrade("roster", str(tmp_path / "class.csv"))
    assert "1 new: ada" in said
    assert students(course) == {"ada": expected}


def test_a_second_import_changes_what_differs_and_loses_nothing(course, dlgrade, tmp_path):
    path = tmp_path / "class.csv"
    path.write_text(GOOD + "ada,Ada,Byron,a@x.org,7\nben,Ben,,,\ncleo,,,,\n")
    dlgrade("roster", str(path))
    path.write_text("id,last_name,email\nada,Lovelace,\nben,,\ndan,,\n")
    for dry in (["--dry-run"], []):
        said = dlgrade("roster", str(path), *dry)
        for line in ("1 new: dan", "1 changed: ada", "1 unchanged", "1 not in the file: cleo"):
            assert line in said
    assert students(course) == {
        "ada": ("Ada", "Lovelace", "a@x.org", "7"),
        "ben": ("Ben", None, None, None),
        "cleo": (None, None, None, None),
        "dan": (None, None, None, None),
    }


def test_every_wrong_line_is_named_and_nothing_is_imported(course, dlgrade, tmp_path):
    lines = ["ada,A,B,a@x.org,1", "ben,A,B,b@x.org,2", "ada,A,B,c@x.org,3", ",A,B,d@x.org,4"]
    lines += ["../etc,A,B,e@x.org,5", "fay,A,B,f at x,6", "gil,A", "hal,A,B,B@x.org,8", ""]
    (tmp_path / "class.csv").write_text(GOOD + "\n".join(lines))
    said = dlgrade("roster", str(tmp_path / "class.csv"), code=1)
    for text in (
        "line 4: ada stands in line 2 already",
        "line 5: no id",
        "line 6: '../etc' names folders",
        "line 7: 'f at x' is no e-mail address",
        "line 8: 2 columns, 5 are needed",
        "line 9: b@x.org stands in line 3 already",
        "nothing was imported",
    ):
        assert text in said
    assert len(said.splitlines()) == 7
    assert students(course) == {}


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (b"name,email\nada,a@x.org\n", [], "line 1: no column with the students' ids"),
        (b"", [], "is empty"),
        ("id,last_name\nada,Lovelace\nben,Müller\n".encode("cp1252"), [], "line 3: byte 0xfc"),
        (b"id\nada\n", ["--encoding", "klingon"], "Python knows no encoding 'klingon'"),
        (None, [], "can not be read"),
    ],
)
def test_a_file_that_can_not_be_read_says_why(dlgrade, tmp_path, data, options, message):
    if data is not None:
        (tmp_path / "class.csv").write_bytes(data)
    assert message in dlgrade("roster", str(tmp_path / "class.csv"), *options, code=2)


def test_another_encoding_can_be_named(course, dlgrade, tmp_path):
    (tmp_path / "class.csv").write_bytes("id,last_name\nben,Müller\n".encode("cp1252"))
    dlgrade("roster", str(tmp_path / "class.csv"), "--encoding", "cp1252")
    assert students(course)["ben"][1] == "Müller"


def test_who_is_not_on_the_roster_is_told_and_forgotten_when_deleted(
    course, dlgrade, graded, tmp_path
):
    entries = [Entry(s, tmp_path) for s in ("zoe", "ada", "ben")]
    graded(ada=record("a"), zoe=record("z"))
    assert list(remarks(course, entries)) == []
    for ids in ("ada", "ben"):
        (tmp_path / "class.csv").write_text(f"id\n{ids}\n")
        dlgrade("roster", str(tmp_path / "class.csv"), "--dry-run")
        dlgrade("roster", str(tmp_path / "class.csv"))
    assert list(remarks(course, entries)) == ["NOT ON THE ROSTER, graded all the same: zoe"]
    assert "roster.json: the student's id" in dlgrade("delete", "ada", "--yes")
    assert list(remarks(course, entries)) == ["NOT ON THE ROSTER, graded all the same: ada, zoe"]
