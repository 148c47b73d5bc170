"""No script of a student reaches the instructor's browser, and formulas survive."""

from html.parser import HTMLParser

import pytest
from nbconvert.filters import markdown2html
from nbformat.v4 import new_markdown_cell

from dlgrade.classroom.feedback import NoMarkup

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


def test_what_the_exercise_itself_says_stays():
    cell = new_markdown_cell("<b>bold</b>", metadata={"nbgrader": {"locked": True}})
    assert NoMarkup().preprocess_cell(cell, {}, 0)[0].source == "<b>bold</b>"
