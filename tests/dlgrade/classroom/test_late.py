"""Being late: the policy, nbgrader's own arithmetic of time, and hostile times."""

import datetime

import pytest
from nbgrader.api import Gradebook

from dlgrade.classroom.late import LatePolicy
from tests.dlgrade.classroom.conftest import NAME, record

DUE = datetime.datetime(2026, 11, 1, 12, 0)
DAY = 86400


@pytest.mark.parametrize(
    ("seconds", "penalty"),
    [(1, None), (600, None), (601, 1.0), (DAY, 1.0), (DAY + 601, 2.0), (9 * DAY, 5.0)],
)
def test_a_part_of_the_points_for_each_day_begun(seconds, penalty):
    policy = LatePolicy(grace_minutes=10, percent_per_day=10, most_percent=50)
    assert policy.late_submission_penalty("ada", 10.0, seconds) == penalty


def test_nothing_by_default_and_everything_by_nbgraders_own_method():
    assert LatePolicy().late_submission_penalty("ada", 10.0, DAY) is None
    assert LatePolicy(penalty_method="zero").late_submission_penalty("ada", 10.0, 1) == 10.0


@pytest.fixture
def strict(course):
    """A course with a policy and a due date."""
    path = course.root / "nbgrader_config.py"
    path.write_text(path.read_text() + "\nc.LatePolicy.percent_per_day = 20\n")
    with Gradebook(course.gradebook) as book:
        book.update_or_create_assignment(NAME, duedate=DUE)
    return course


def came(submit, student: str, text: str) -> None:
    (submit(student).parent / "timestamp.txt").write_text(text)


def lost(course, student: str) -> float:
    with Gradebook(course.gradebook) as book:
        return book.find_submission(NAME, student).late_submission_penalty


def test_grading_takes_the_time_of_submission_and_penalises(strict, submit, graded, dlgrade):
    came(submit, "ada", "2026-11-01 11:59:00 UTC")
    came(submit, "ben", "2026-11-02 13:00:00 UTC")
    came(submit, "cleo", "2026-11-01 12:14:00 UTC")
    came(submit, "dan", "yesterday, I swear")
    graded(**{s: record(s) for s in ("ada", "ben", "cleo", "dan")})
    penalties = {s: lost(strict, s) for s in ("ada", "ben", "cleo")}
    assert penalties == {"ada": 0, "ben": pytest.approx(0.4 * 7), "cleo": 0}
    said = dlgrade("late")
    assert "ben: 25.0 hours late, 2.8 points off" in said
    assert "cleo: 0.2 hours late, 0 points off" in said
    assert "ada" not in said


def test_points_by_hand_and_extensions_count_when_it_is_applied_again(
    strict, submit, graded, dlgrade
):
    came(submit, "ben", "2026-11-02 13:00:00 UTC")
    graded(ben=record("ben"))
    with Gradebook(strict.gradebook) as book:
        book.find_grade("essay-stability", NAME, NAME, "ben").manual_score = 3
        book.db.commit()
    dlgrade("late")
    assert lost(strict, "ben") == pytest.approx(0.4 * 10)
    with Gradebook(strict.gradebook) as book:
        book.grant_extension(NAME, "ben", days=1)
    assert "20" not in dlgrade("late").partition("ben: ")[2].partition("hours")[0]
    assert lost(strict, "ben") == pytest.approx(0.2 * 10)


def test_a_linked_time_is_not_followed(strict, submit, graded, tmp_path):
    (tmp_path / "secret").write_text("2026-12-24 00:00:00 UTC")
    folder = submit("eve").parent
    (folder / "timestamp.txt").symlink_to(tmp_path / "secret")
    graded(eve=record("eve"))
    assert not (strict.root / "autograded" / "eve" / NAME / "timestamp.txt").exists()


def test_who_asks_for_an_assignment_that_is_not_there_is_told(course, dlgrade):
    assert "no source notebook for 99_no" in dlgrade("late", "99_no", code=2)
    (course.root / "gradebook.db").unlink()
    assert "01_sample is not in the gradebook: dlgrade release 01_sample" in dlgrade("late", code=2)
