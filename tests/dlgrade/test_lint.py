"""Each rule of a source notebook and of the bank, broken once in the sample course."""

import json
import re

import pytest

from dlgrade.lint import lint

NAME = "01_sample"


def edit(course, change):
    """Apply a change to the sample's cells, by grade_id."""
    path = course.source(NAME)
    notebook = json.loads(path.read_text())
    cells = {
        c["metadata"].get("nbgrader", {}).get("grade_id", c["id"]): c for c in notebook["cells"]
    }
    change(cells, notebook)
    path.write_text(json.dumps(notebook))


def replace(cell: str, old: str, new: str):
    def change(cells, _):
        source = "".join(cells[cell]["source"])
        assert old in source
        cells[cell]["source"] = source.replace(old, new)

    return change


def metadata(cell: str, **changed):
    def change(cells, _):
        cells[cell]["metadata"]["nbgrader"].update(changed)

    return change


def without(cell: str, key: str):
    return lambda cells, _: cells[cell]["metadata"]["nbgrader"].pop(key)


def ran(cells, _):
    cells["softmax"]["execution_count"] = 3


def bare(cells, _):
    cells["softmax"]["metadata"] = {}


def reordered(_, notebook):
    notebook["cells"].reverse()


def easy(cells, _):
    replace("softmax-visible", "points=1", "points=4")(cells, _)
    metadata("softmax-visible", points=4)(cells, _)


BROKEN = {
    "output": (ran, "softmax: outputs and execution counts do not belong"),
    "no metadata": (bare, "has a solution or tests, but no nbgrader metadata"),
    "missing key": (without("softmax", "locked"), "softmax: nbgrader metadata .* in: locked"),
    "no points": (without("softmax-hidden", "points"), "metadata .* in: points"),
    "old schema": (metadata("softmax", schema_version=1), "metadata .* in: schema_version"),
    "same id": (metadata("parameters", grade_id="softmax"), "softmax: 2 cells have this grade_id"),
    "bad id": (metadata("setup", grade_id="set up"), "set up: a grade_id has letters"),
    "no Python": (replace("softmax", "def softmax", "def def"), "softmax: no Python"),
    "given": (replace("setup", "# given", "# mine"), "setup: .* starts with the line `# given`"),
    "no solution": (
        replace("softmax", "### END SOLUTION", ""),
        "an answer cell has its solution in ### BEGIN",
    ),
    "stray solution": (
        replace("setup", "import torch", "### BEGIN SOLUTION"),
        "setup: a solution stands outside the answer cells",
    ),
    "score outside": (
        replace("softmax-hidden", "\n### END HIDDEN TESTS", "\n### END HIDDEN TESTS\n1"),
        "softmax-hidden: must lie wholly between",
    ),
    "stray hidden": (
        replace("softmax-visible", "@test", "### BEGIN HIDDEN TESTS\n@test"),
        "softmax-visible: hidden tests stand outside",
    ),
    "unlocked": (metadata("softmax-hidden", locked=False), "softmax-hidden: a test cell is locked"),
    "no score": (
        replace("softmax-visible", "float(score(", "print(score("),
        r'softmax-visible: the last line must be float\(score\("softmax", globals\(\)\)\)',
    ),
    "other score": (
        replace("softmax-visible", 'score("softmax"', 'score("x"'),
        "the last line must",
    ),
    "late import": (
        replace("softmax-visible", "from dlgrade", "x = 1\nfrom dlgrade"),
        "the first line must import from dlgrade.kit",
    ),
    "other task": (
        replace("softmax-visible", '@test("softmax"', '@test("x"'),
        r'two_classes must be registered as @test\("softmax"',
    ),
    "computed points": (replace("softmax-visible", "points=1", "points=P"), "must be written out"),
    "no hint": (
        replace("softmax-visible", ', hint="divide the exponentials by their sum"', ""),
        "two_classes has no hint",
    ),
    "no look": (
        replace("softmax-visible", "close(student.softmax(torch.zeros(2)), ", "print("),
        "two_classes does not look at the student's answer",
    ),
    "sum": (metadata("softmax-hidden", points=5), "the tests give 4 points, the metadata say 5"),
    "easy": (easy, "visible tests give 4 of 8 points, at most 30 %"),
    "dlcore": (
        replace("softmax-hidden", "@test", "from dlcore.numerics import softmax\n\n@test"),
        "expected values come from torch, SciPy or a closed form",
    ),
    "order": (reordered, "a task is an answer, visible tests"),
    "same test": (
        replace("softmax-hidden", "def rows(", "def two_classes("),
        "softmax: two tests are called two_classes",
    ),
    "forbid": (
        replace("softmax-hidden", ', forbid=("softmax",)', ""),
        "visible and hidden tests must forbid the same names",
    ),
    "direct": (
        replace("softmax-visible", "student.softmax(", "student and softmax("),
        "two_classes uses softmax directly: write student.softmax",
    ),
}


def test_the_sample_is_well_formed(course):
    assert lint(course, NAME) == []


@pytest.mark.parametrize(("change", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_told(course, change, message):
    edit(course, change)
    problems = lint(course, NAME)
    assert any(re.search(message, p) for p in problems), problems


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("softmax/good_x.py", '"""A."""', "is called right_<what>.py or wrong_<what>.py"),
        ("softmax/right_x.py", "x = 1", "its docstring must say"),
        ("softmax/right_x.py", "x = = 1", "is no Python"),
        ("softmax/wrong_x.py", '"""A."""', "every wrong answer has a line `# fails"),
        ("softmax/right_x.py", '"""A."""\n# fails: rows', "no right one has any"),
        ("softmax/right_x.py", '"""A."""\ndef sotfmax(z): ...', "right_x answers none of softmax"),
        ("other/right_x.py", '"""A."""', "there is no task of this name"),
    ],
)
def test_a_bad_file_of_the_bank_is_told(course, file, text, message):
    path = course.root / "answers" / NAME / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert message in "\n".join(lint(course, NAME))


def test_every_task_has_right_and_wrong_answers(course):
    for path in (course.root / "answers" / NAME / "parameters").glob("*.py"):
        path.unlink()
    assert lint(course, NAME) == [
        "parameters: the bank has no right answer to it",
        "parameters: the bank has no wrong answer to it",
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"cells": [{}]}'])
def test_what_is_no_notebook_is_told(course, text):
    course.source(NAME).write_text(text)
    (problem,) = lint(course, NAME)
    assert "is no readable Jupyter notebook" in problem
