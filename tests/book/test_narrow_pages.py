"""Code, pictures and formulas, prepared for narrow screens and for paper."""

import ast
import inspect
import re
import textwrap

import pytest
from docutils import nodes
from docutils.utils import new_document
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from book._ext import mathematics, page
from book._ext.code_lines import LineFormatter
from book._ext.library_source import COLUMNS, fitted

CODE = inspect.getsource(textwrap)


def test_lines_of_code_keep_their_text():
    ours, plain = (highlight(CODE, PythonLexer(), f()) for f in (LineFormatter, HtmlFormatter))
    assert re.sub(r"<[^>]+>", "", ours) == re.sub(r"<[^>]+>", "", plain)
    assert ours.count("\n") == plain.count("\n")
    assert ours.count('class="dl-line"') == len(CODE.splitlines())


def test_lines_of_code_know_their_indentation():
    html = highlight('if x:\n    y = """a\n  b"""\n\n        # c\n', PythonLexer(), LineFormatter())
    assert re.findall(r'dl-line"( style="--in:\d+")?>', html) == [
        "",
        ' style="--in:4"',
        ' style="--in:2"',
        "",
        ' style="--in:8"',
    ]


def test_library_code_is_fitted_into_the_column_and_stays_the_same():
    code = "def f(a: int, b: str) -> str:\n    return " + " + ".join(["b * a"] * 20) + "  # why\n"
    ours = fitted(code)
    assert max(map(len, ours.splitlines())) <= COLUMNS
    assert ast.dump(ast.parse(ours)) == ast.dump(ast.parse(code))
    assert "# why" in ours


@pytest.mark.parametrize(("points", "wide"), [(540, True), (400, False)])
def test_wide_pictures_can_scroll(tmp_path, points, wide):
    file = tmp_path / "a.svg"
    file.write_text(f'<svg viewBox="0 0 {points} 90"></svg>')
    alt = "triangles of the same height=large width"
    body = page.finish_images(f'<figure><img alt="{alt}" src="a.svg"></figure>', {"a.svg": file})
    assert ('<span class="dl-wide"><img' in body) == wide
    assert (f"--width:{points * 4 // 3}px" in body) == wide
    assert 'height="120"' in body


@pytest.mark.parametrize(
    ("after", "formula", "rest"),
    [
        (", then", r"x\mathpunct{\text{,}}", " then"),
        ("), if", r"x\mathpunct{\text{),}}", " if"),
        (" so", "x", " so"),
    ],
)
def test_punctuation_stays_with_its_formula(after, formula, rest):
    document = new_document("a page")
    document += nodes.paragraph("", "", nodes.math("x", "x"), nodes.Text(after))
    mathematics.keep_punctuation(None, document, "a")
    (node,) = document.findall(nodes.math)
    assert node.astext() == formula
    assert document[0][1].astext() == rest
