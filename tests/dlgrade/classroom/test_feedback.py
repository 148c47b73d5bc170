"""No script of a student reaches the instructor's browser, formulas survive; what students read."""

import json
from html.parser import HTMLParser

import nbformat
import pytest
from nbconvert.filters import markdown2html
from nbformat.v4 import new_markdown_cell, new_notebook

from dlgrade.classroom.feedback import NamedTests, NoMarkup
from dlgrade.grading.feedback import html, markdown, text_of
from tests.dlgrade.classroom.conftest import NAME, record

ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a\n\n<svg/onload=alert(1)>",
    "[a](javascript:alert(1))", "[a](&#106;avascript:alert(1))", "[a]\n\n[a]: javascript:alert(1)",
    "![a](x \"t\" onerror=alert(1))", "![a](data:text/html,<script>alert(1)</script>)",
    "<!-- --><iframe srcdoc='<script>alert(1)</script>'>", "| a |\n|--|\n| <b onclick=x> |",
    "<javascript:alert(1)>", "<?x <script>?>", "$\\text{<img src=x onerror=alert(1)>}$",
    "`<img src=x onerror=alert(1)>`", "<<script>", "<\nscript>", "</p><script src=//x>",
]  # fmt: skip


class Elements(HTMLParser):
    """The elements of a page, with their attributes, as a browser sees them."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[str, list]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, attrs))


def shown(text: str) -> str:
    cell, _ = NoMarkup().preprocess_cell(new_markdown_cell(text), {}, 0)
    return markdown2html(cell.source)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_element_of_the_students_own_is_made(attack):
    tags = {"p", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"}
    for tag, attributes in Elements(shown(attack)).found:
        assert tag in tags
        assert not attributes


def test_most_of_these_attacks_work_without_it():
    worked = [
        a for a in ATTACKS if {t for t, _ in Elements(markdown2html(a)).found} - {"p", "code"}
    ]
    assert len(worked) >= 11


@pytest.mark.parametrize(
    "text", ["$a < b$ and $x_{< t}$, $f[i]$", "*important*: `x < y`", "# Title\n\n- one\n- two"]
)
def test_formulas_code_and_emphasis_stay(text):
    assert shown(text) == markdown2html(text)


def test_of_a_graded_notebook_only_the_students_own_markdown_is_altered(
    course, graded, monkeypatch
):
    monkeypatch.setattr("dlgrade.grading.gradebook.release", lambda *_: [])
    notebook = json.loads(course.source(NAME).read_text())
    notebook["cells"][2]["source"] = "<details><summary>Hint</summary>[see](x)</details>"
    course.source(NAME).write_text(json.dumps(notebook))
    attack = "<details><img src=x onerror=alert(1)></details>"
    answers = {"softmax": attack, "parameters": attack}
    graded(ada={**record("k"), "essays": {"essay-stability": attack}, "answers": answers})
    path = course.root / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    shown = NoMarkup().preprocess(nbformat.read(path, as_version=4), {})[0].cells
    assert shown[2].source == notebook["cells"][2]["source"]
    assert [c.source for c in shown if c.cell_type == "markdown" and "onerror" in c.source] == [
        "< details>< img src=x onerror=alert(1)>< /details>"
    ]


def test_a_note_about_a_students_error_has_no_markup():
    note = "cell 3 raised ValueError: <img src=x> [a](javascript:alert(1))"
    notebook = new_notebook(metadata={"dlgrade": {"notes": [note]}})
    [cell] = NamedTests().preprocess(notebook, {})[0].cells
    assert {tag for tag, _ in Elements(markdown2html(cell.source)).found} == {"ul", "li"}


def outcome(status: str, message: str, *, hidden: bool = True) -> dict:
    return {
        "task": "softmax", "test": "stable", "status": status, "message": message, "hidden": hidden,
        "points": 2.0, "earned": 0.0, "hint": "subtract",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("your code raised ValueError: z has 1000.7", "your code raised ValueError"),
        ("your code raised ValueError", "your code raised ValueError"),
        ("your code raised Z1000: 7", "an exception was raised"),
        ("your code raised print: 1000", "an exception was raised"),
        ("this test can not work with what came: TypeError: 1000", "what came: TypeError"),
        ("1000", "an exception was raised"),
    ],
)
def test_of_an_error_in_a_hidden_test_only_a_built_in_name_is_told(message, told):
    result = {**record("k"), "tests": [outcome("error", message)]}
    for page in (html(result), markdown(result), text_of(result)):
        assert told in page
        assert "1000" not in page
    assert message in text_of(result, hidden=True)
    failed = {**result, "tests": [outcome("failed", "expected 1000")]}
    assert "1000" not in text_of(failed)
    assert "raised" not in text_of(failed)


def test_what_was_not_answered_is_called_as_in_the_notebook():
    result = {**record("k"), "tests": [outcome("missing", "not answered yet", hidden=False)]}
    for page in (html(result), markdown(result), text_of(result)):
        assert "unanswered" in page
        assert "missing" not in page
