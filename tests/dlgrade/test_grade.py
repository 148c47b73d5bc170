"""A batch from submitted notebooks to gradebook and feedback; results are kept and resumed."""

import csv
import functools
import json
import operator
import shutil

import pytest

from dlgrade.grading.batch import Entry, find, grade_all
from dlgrade.grading.course import grade_course, remarks
from dlgrade.grading.feedback import html, markdown
from dlgrade.grading.grade import grade
from dlgrade.grading.submissions import take_shard
from dlgrade.notebook import STUB
from dlgrade.sandbox.remote import Nursery

WRONG = "def softmax(z):\n    e = torch.exp(z)\n    return e / e.sum(-1, keepdim=True)"


@pytest.fixture
def submitted(course):
    """A right, a wrong, and a broken submission."""
    source = course.source("01_sample")
    for student in ("ann", "bob", "cyd"):
        place = course.root / "submitted" / student / "01_sample"
        place.mkdir(parents=True)
        shutil.copy(source, place)
    path = course.root / "submitted" / "bob" / "01_sample" / "01_sample.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][3]["source"] = WRONG
    path.write_text(json.dumps(notebook))
    (course.root / "submitted" / "cyd" / "01_sample" / "01_sample.ipynb").write_bytes(b"\xff{")
    return course.root / "submitted"


def test_points_reach_the_gradebook_and_feedback_hides_what_is_hidden(
    course, submitted, monkeypatch
):
    from nbgrader.api import Gradebook

    monkeypatch.setattr("dlgrade.sandbox.selftest.selftest", lambda: [("holds", True)])
    rows = dict(grade_course(course, "01_sample", submitted, say=lambda _: None))
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as book:
        points = {s: book.find_submission("01_sample", s).score for s in ("ann", "bob", "cyd")}
    assert points == {"ann": 7, "bob": 5, "cyd": 0}
    assert [rows[s]["state"] for s in ("ann", "bob", "cyd")] == ["graded", "graded", "unreadable"]
    [failed] = [t for t in rows["bob"]["tests"] if t["status"] != "passed"]
    assert (failed["test"], failed["hidden"], failed["status"]) == ("stable", True, "failed")
    for page in (html(rows["bob"]), markdown(rows["bob"])):
        assert "stable" in page
        assert failed["hint"] in page
        assert failed["message"] not in page
        assert "torch.randn" not in page
        assert "01_sample: 5 of 10 points" in page
        assert "essay-stability: up to 3 points more, given by a person" in page
    with (course.root / "results" / "01_sample.csv").open() as file:
        table = {row["student"]: (row["points"], row["maximum"]) for row in csv.DictReader(file)}
    assert table == {"ann": ("7.0", "10.0"), "bob": ("5.0", "10.0"), "cyd": ("0.0", "10.0")}
    assert (course.root / "feedback" / "bob" / "01_sample" / "01_sample.html").exists()
    again = dict(grade_course(course, "01_sample", submitted, gradebook=False, say=lambda _: None))
    assert again == rows


def test_what_has_a_result_is_not_graded_again_and_a_seed_decides_the_inputs(
    course, submitted, tmp_path
):
    entries, exercise = find(submitted, "01_sample")[:1], course.source("01_sample")
    [(_, first)] = grade_all(entries, exercise, tmp_path, workers=1, seed=3)
    assert first["seed"] == 3
    nobody = functools.partial(
        grade_all, entries, exercise, tmp_path, run=lambda jobs: map(0, jobs)
    )
    with pytest.raises(TypeError):
        list(nobody(seed=4))
    assert list(nobody(seed=3)) == [(entries[0], first)]
    [path] = tmp_path.glob("*.json")
    path.write_text(path.read_text()[:100])
    [(_, again)] = grade_all(entries, exercise, tmp_path, workers=1, seed=3)
    assert {**again, "seconds": 0} == {**first, "seconds": 0}


def test_a_problem_is_told_by_the_students_name_and_stands_in_the_results(course, tmp_path):
    source = course.source("01_sample")
    entries = [
        Entry("ann", source, note="it had another name"),
        Entry("bob", source, problem="there is no notebook"),
        Entry("x-1-of-2", source, problem="2 files give the student x", whose=False),
        Entry("x-2-of-2", source, problem="2 files give the student x", whose=False),
    ]
    result = {"state": "graded", "notes": ["repaired"], "essays": {}, "scores": {}}
    rows = {
        e.student: (r["state"], r["notes"])
        for e, r in grade_all(
            entries, source, tmp_path, run=lambda jobs: ((e, dict(result)) for e, _ in jobs)
        )
    }
    assert rows == {
        "ann": ("graded", ["it had another name", "repaired"]),
        "bob": ("could not be graded", ["there is no notebook"]),
        **{f"x-{i}-of-2": ("whose is it?", ["2 files give the student x"]) for i in (1, 2)},
    }
    [kept] = tmp_path.glob("*.json")
    assert json.loads(kept.read_text()) == result
    assert list(remarks(course, entries)) == [
        "NOT GRADED: bob: there is no notebook",
        "NOT GRADED: 2 files give the student x",
        "ann: it had another name",
    ]


def test_shards_share_everything_once():
    entries = list(range(7))
    parts = [take_shard(entries, f"{i}/3") for i in (1, 2, 3)]
    assert sorted(functools.reduce(operator.iadd, parts, [])) == entries
    with pytest.raises(ValueError, match="a shard is i/n"):
        take_shard(entries, "4/3")


def test_a_sandbox_that_does_not_hold_is_refused_unless_told(course, submitted, monkeypatch):
    from dlgrade.grading import course as module

    monkeypatch.setattr("dlgrade.sandbox.selftest.selftest", lambda: [("has no network", False)])
    said: list[str] = []
    with pytest.raises(ValueError, match="has no network"):
        grade_course(course, "01_sample", submitted, gradebook=False, say=said.append)
    monkeypatch.setattr(module, "grade_all", lambda *a, **k: iter(()))
    grade_course(course, "01_sample", submitted, gradebook=False, unsafe=True, say=said.append)
    assert any("DOES NOT HOLD" in text for text in said)


def test_on_another_system_grading_says_that_it_needs_linux(course, submitted, monkeypatch):
    monkeypatch.setattr("dlgrade.sandbox.bubblewrap.platform.system", lambda: "Darwin")
    with pytest.raises(ValueError, match=r"does not hold here .*the sandbox needs Linux: WSL 2"):
        grade_course(course, "01_sample", submitted, gradebook=False)


def test_what_became_of_a_cell_is_told_by_its_number_and_task(course):
    exercise = course.source("01_sample")
    notebook = json.loads(exercise.read_text())
    with Nursery() as nursery:
        notebook["cells"][3]["source"] = "raise ValueError('no')\nsoftmax = 1"
        broken = grade(json.dumps(notebook).encode(), exercise, nursery)
        notebook["cells"][3]["source"] = STUB
        untouched = grade(json.dumps(notebook).encode(), exercise, nursery)
    assert broken["notes"] == ["cell 4 (softmax) raised ValueError: no"]
    assert {t["status"] for t in broken["tests"] if t["task"] == "softmax"} == {"error"}
    assert sum(broken["scores"].values()) == 2
    assert untouched["notes"] == []
    assert {t["status"] for t in untouched["tests"] if t["task"] == "softmax"} == {"missing"}
