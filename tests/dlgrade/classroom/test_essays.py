"""An essay that was left as it was released gives 0 points and waits for nobody."""

import json

from nbgrader.api import Gradebook

from dlgrade.grading.batch import completed
from dlgrade.grading.feedback import by_hand, html, markdown
from dlgrade.grading.submission import repair
from dlgrade.grading.submissions import Entry
from dlgrade.notebook import read
from tests.dlgrade.classroom.conftest import ESSAY, NAME, record

[NAME_OF_ESSAY] = ESSAY


def result(course, path) -> dict:
    cells = read(course.source(NAME))
    raw = {**record("k"), "essays": repair(path.read_bytes(), cells).essays}
    return completed({k: v for k, v in raw.items() if k != "unanswered"}, Entry("ada", path), cells)


def essay(course) -> tuple[float | None, float | None, bool]:
    with Gradebook(course.gradebook) as book:
        grade = book.find_grade(NAME_OF_ESSAY, NAME, NAME, "ada")
        return grade.auto_score, grade.manual_score, grade.needs_manual_grade


def test_the_released_text_and_an_empty_one_are_no_answer(course, submit):
    for text, unanswered in (
        ("YOUR ANSWER HERE", [NAME_OF_ESSAY]), ("\n  YOUR ANSWER  HERE", [NAME_OF_ESSAY]),
        (" \n", [NAME_OF_ESSAY]), ("YOUR ANSWER HERE: when z is large", []),
    ):  # fmt: skip
        assert result(course, submit("ada", **{NAME_OF_ESSAY: text}))["unanswered"] == unanswered
    released = result(course, submit("ben"))
    assert released["unanswered"] == [NAME_OF_ESSAY]
    assert by_hand(released) == {}
    for page in (html(released), markdown(released)):
        assert f"{NAME_OF_ESSAY}: unanswered, 0 of 3 points" in page
        assert "7 of 10 points" in page


def test_an_essay_that_is_not_in_the_notebook_by_name_waits_for_a_person(course, submit):
    path = submit("ada")
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["id"] == NAME_OF_ESSAY:
            cell["metadata"] = {}
    path.write_text(json.dumps(notebook))
    found = result(course, path)
    assert found["unanswered"] == []
    assert by_hand(found) == ESSAY


def test_nobody_waits_for_it_until_it_is_written_and_a_persons_grade_stays(course, graded):
    blank = {**record("k"), "unanswered": [NAME_OF_ESSAY]}
    graded(ada=blank)
    assert essay(course) == (0, None, False)
    graded(ada=record("k"))
    assert essay(course) == (None, None, True)
    with Gradebook(course.gradebook) as book:
        grade = book.find_grade(NAME_OF_ESSAY, NAME, NAME, "ada")
        grade.manual_score, grade.needs_manual_grade = 2.0, False
        book.db.commit()
    graded(ada=blank)
    assert essay(course) == (None, 2, False)
