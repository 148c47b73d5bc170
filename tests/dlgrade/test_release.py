"""What students get, made only when needed; and the check of a student's own notebook."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dlgrade.__main__ import app
from dlgrade.course import Course
from dlgrade.notebook import read, stub
from dlgrade.release import release, up_to_date

NAME = "01_sample"
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """The sample course after a release."""
    root = tmp_path_factory.mktemp("course") / "course"
    shutil.copytree(Path(__file__).parent / "course", root)
    shutil.copy(Path(__file__).parents[2] / "exercises" / "nbgrader_config.py", root)
    assert release(Course(root), [NAME]) == [NAME]
    return root


@pytest.fixture
def released(template, tmp_path) -> Course:
    """A released course to be changed at will."""
    shutil.copytree(template, tmp_path / "released")
    return Course(tmp_path / "released")


def test_a_release_has_neither_solutions_nor_hidden_tests(released):
    made = released.release(NAME)
    assert [p.name for p in made.parent.iterdir()] == [made.name]
    by_source = {c.grade_id or c.source: c for c in read(released.source(NAME))}
    for cell in read(made):
        original = by_source[cell.grade_id or cell.source]
        assert "SOLUTION" not in cell.source
        assert "HIDDEN" not in cell.source
        if cell.role == "answer":
            assert cell.source.strip() == stub(original.source).strip()
        elif cell.role == "hidden":
            assert cell.source == ""
        elif cell.role != "essay":
            assert cell.source == original.source


def test_an_unchanged_assignment_is_not_made_again(released):
    made = released.release(NAME)
    before = made.stat().st_mtime_ns
    assert release(released, [NAME]) == []
    assert made.stat().st_mtime_ns == before


def test_a_change_of_source_release_settings_or_gradebook_is_noticed(released):
    made, source = released.release(NAME), released.source(NAME)
    settings, gradebook = released.root / "nbgrader_config.py", released.root / "gradebook.db"
    for path in (made, settings, gradebook, source):
        text = path.read_bytes()
        if path == gradebook:
            path.unlink()
        else:
            path.write_bytes(text.replace(b"last axis", b"final axis") + b"\n")
        assert not up_to_date(released, NAME)
        if path != source:
            path.write_bytes(text)
            assert up_to_date(released, NAME)
    assert release(released, [NAME]) == [NAME]
    assert up_to_date(released, NAME)
    assert "final axis" in made.read_text()


@pytest.mark.parametrize("moment", ["rename", "write_text", "replace"])
def test_an_interrupted_release_is_made_again(released, monkeypatch, moment):
    def interrupt(self, *args):
        raise KeyboardInterrupt

    source = released.source(NAME)
    source.write_bytes(source.read_bytes() + b"\n")
    with monkeypatch.context() as patch:
        patch.setattr(Path, moment, interrupt)
        with pytest.raises(KeyboardInterrupt):
            release(released, [NAME])
    assert not up_to_date(released, NAME)
    assert release(released, [NAME]) == [NAME]
    assert up_to_date(released, NAME)
    assert not (released.root / "release.partial").exists()


def test_a_notebook_that_nbgrader_refuses_leaves_the_old_release(released):
    old = released.release(NAME).read_text()
    source = released.source(NAME)
    source.write_text(source.read_text().replace("### END SOLUTION", ""))
    done = CliRunner().invoke(app, ["release", "--course", str(released.root)])
    assert done.exit_code == 2
    assert "nbgrader could not release 01_sample" in done.stderr
    assert released.release(NAME).read_text() == old


def answered(course, path: Path, answer: str) -> Path:
    """The sample as a student hands it in: hidden tests gone, one cell answered."""
    notebook = json.loads(course.source(NAME).read_text())
    for cell in notebook["cells"]:
        if cell["id"].endswith("-hidden"):
            cell["source"] = ""
        if cell["id"] == "softmax":
            cell["source"] = answer
    path.write_text(json.dumps(notebook))
    return path


RIGHT = "%matplotlib inline\ndef softmax(z): return z.exp() / z.exp().sum()"


@pytest.mark.parametrize(
    ("answer", "code", "text"),
    [
        (RIGHT, 0, "1 of 1 points of the public tests"),
        ("def softmax(z): return z", 1, "expected 0.5, got 0; 2 of 2 entries differ"),
        ("def softmax(z): raise NotImplementedError", 1, "· two_classes  0/1  unanswered"),
        ("def softmax(z", 1, "softmax raised SyntaxError"),
        ("import os; os._exit(0)", 1, "left out: ended the Python process (exit code 0)"),
        ("raise KeyboardInterrupt", 1, "softmax was left out: ended with KeyboardInterrupt"),
        ("import os; os._exit(0)\nsoftmax = 1", 1, "`softmax` is not defined: softmax was left"),
        ("while True: pass", 1, "softmax did not finish in 1 s"),
        ("1 / 0\nsoftmax = 1", 1, "`softmax` is not defined: softmax raised ZeroDivisionError"),
    ],
)
def test_check_runs_the_public_tests(course, tmp_path, capfd, monkeypatch, answer, code, text):
    monkeypatch.setattr("dlgrade.check.CELL", 1.0)
    path = answered(course, tmp_path / "mine.ipynb", answer)
    done = CliRunner().invoke(app, ["check", str(path)])
    assert text in done.output
    assert done.exit_code == code
    assert "Traceback" not in capfd.readouterr().err


def test_check_says_what_was_changed_or_lost(released, tmp_path):
    notebook, path = json.loads(released.release(NAME).read_text()), tmp_path / "mine.ipynb"
    named = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in notebook["cells"]}
    path.write_text(json.dumps(notebook))
    done = CliRunner().invoke(app, ["check", str(path)])
    assert not re.search("changed|not in the notebook", done.output)
    named["setup"]["source"] = ["import torch\n", "x = 1"]
    notebook["cells"].remove(named["softmax"])
    path.write_text(json.dumps(notebook))
    done = CliRunner().invoke(app, ["check", str(path)])
    assert "setup was changed: the original is what counts" in done.output
    assert "softmax: the cell for its answer is not in the notebook" in done.output


def test_check_says_what_is_no_exercise_notebook(tmp_path):
    done = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert done.exit_code == 2
    assert "can not be read: Is a directory" in done.stderr
    path = tmp_path / "x.ipynb"
    for content, message in (
        (None, "there is no notebook"),
        ("nonsense", "is no readable Jupyter notebook"),
        ('{"cells": []}', "has no tests in it"),
    ):
        if content:
            path.write_text(content)
        done = CliRunner().invoke(app, ["check", str(path)])
        assert done.exit_code == 2
        assert message in done.stderr
