"""A test is mended: what changes is listed, what was given by hand stays. In the real sandbox."""

import pytest
from nbgrader.api import Gradebook

from dlgrade.sandbox.bubblewrap import SandboxError
from dlgrade.sandbox.remote import Nursery
from tests.dlgrade.classroom.conftest import NAME

RIGHT = "def softmax(z):\n    return (z - z.logsumexp(-1, keepdim=True)).exp()"
IN_PLACE = "def softmax(z):\n    z -= z.amax(-1, keepdim=True)\n    " + (
    "e = z.exp()\n    return e / e.sum(-1, keepdim=True)"
)


@pytest.fixture
def sandbox(monkeypatch):
    """A sandbox that holds; the self-test has tests of its own."""
    try:
        with Nursery():
            pass
    except SandboxError as error:
        pytest.skip(str(error))
    monkeypatch.setattr("dlgrade.sandbox.selftest.selftest", lambda: [("holds", True)])


def points(course) -> dict[str, float]:
    with Gradebook(course.gradebook) as book:
        return {s.student.id: s.score for s in book.assignment_submissions(NAME)}


def test_changed_grades_are_listed_and_points_by_hand_stay(sandbox, course, submit, dlgrade):
    for student, answer in (("ada", RIGHT), ("ben", IN_PLACE), ("cleo", IN_PLACE)):
        submit(student, softmax=answer, parameters="parameters = 703")
    said = dlgrade("grade", str(course.root / "submitted"))
    assert "ada: 7 of 10 points, graded" in said
    assert "through its exchange: all of these" in said
    with Gradebook(course.gradebook) as book:
        book.find_grade("softmax-hidden", NAME, NAME, "cleo").manual_score = 4
        book.find_grade("essay-stability", NAME, NAME, "ben").manual_score = 2
        book.db.commit()
    assert points(course) == {"ada": 7, "ben": 8, "cleo": 7}
    assert "0 scores of 0 students changed" in dlgrade("regrade")

    source = course.source(NAME)
    lenient = source.read_text().replace("close(observe(student.softmax, z).arguments[0], z, ", "(")
    source.write_text(
        lenient.replace('what=\\"z after the call\\")', "observe(student.softmax, z))")
    )
    page = course.root / "feedback" / "ben" / NAME / f"{NAME}.html"
    before, told = points(course), page.read_text()
    dry = dlgrade("regrade", "--dry-run")
    assert f"{NAME}, 3 submissions would be graded again: ada, ben, cleo" in dry
    assert "ben  softmax-hidden  3 → 4 of 4" in dry
    assert "2 scores of 2 students would change" in dry
    assert points(course) == before
    assert page.read_text() == told
    said = dlgrade("regrade")
    assert page.read_text() != told
    assert "ben  softmax-hidden  3 → 4" in said
    assert "cleo  softmax-hidden  3 → 4 of 4; 4 given by hand stays" in said
    assert "2 scores of 2 students changed" in said
    assert points(course) == {"ada": 7, "ben": 9, "cleo": 7}


def test_cells_that_come_or_go_are_refused(sandbox, course, submit, dlgrade):
    submit("ada", softmax=RIGHT)
    dlgrade("grade", str(course.root / "submitted"))
    source = course.source(NAME)
    source.write_text(source.read_text().replace("parameters-hidden", "parameter-hidden"))
    before = points(course)
    said = dlgrade("regrade", code=2)
    assert "parameter-hidden, parameters-hidden came or went" in said
    assert points(course) == before
