"""Code, pictures and formulas, prepared for narrow screens and for paper."""

import ast
import base64
import inspect
import json
import re
import textwrap
from io import BytesIO

import numpy as np
import pytest
from docutils import nodes
from docutils.utils import new_document
from PIL import Image
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from book._ext import later, mathematics, page
from book._ext.code_lines import LineFormatter
from book._ext.library_source import COLUMNS, fitted
from dlcore.explorables import beam_search_steps

CODE = inspect.getsource(textwrap)


def test_lines_of_code_keep_their_text():
    ours, plain = (highlight(CODE, PythonLexer(), f()) for f in (LineFormatter, HtmlFormatter))
    assert re.sub(r"<[^>]+>", "", ours) == re.sub(r"<[^>]+>", "", plain)
    assert ours.count("\n") == plain.count("\n")
    assert ours.count('class="dl-line"') == len(CODE.splitlines())


def test_only_coloured_code_has_elements():
    html = highlight("def f(x): return g(x) + 1", PythonLexer(), LineFormatter())
    spans = dict(reversed(pair) for pair in re.findall(r'<span class="(\w+)">([^<]+)</span>', html))
    assert spans == {"def": "k", "f": "nf", "return": "k", "1": "mi"}


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
    ("word", "broken"),
    [
        ("dlcore.nn.binary_cross_entropy", "dlcore.|nn.|binary_|cross_|entropy"),
        ("VariationalLogisticRegression", "Variational|Logistic|Regression"),
        ("short.name_of", "short.name_of"),
        ("0.12345678901234567", "0.12345678901234567"),
        ("__private_and_long__", "__private_|and_|long__"),
    ],
)
def test_long_names_break_at_their_seams(word, broken):
    html = '<code><span class="pre">{}</span></code>'
    body = page.finish_long_words(html.format(word))
    assert body == html.format(broken.replace("|", "<wbr>"))


def test_arguments_in_a_summary_break_between_them():
    row = "<td><p><a><code>f</code></a>{}</p></td>"
    body = page.finish_long_words(row.format("(a,\N{NO-BREAK SPACE}b)"))
    assert body == row.format("<wbr>(a, b)")


def picture(path, pixels):
    """An SVG with an image in it, as matplotlib writes them."""
    file = BytesIO()
    Image.fromarray(pixels.astype("uint8")).save(file, "png")
    data = base64.b64encode(file.getvalue()).decode()
    path.write_text(
        f'<svg viewBox="0 0 9 9"><image xlink:href="data:image/png;base64,{data}"/></svg>'
    )


RAMP = np.linspace(0, 255, 40 * 40).reshape(40, 40)


@pytest.mark.parametrize(
    ("pixels", "kept"),
    [
        (RAMP, True),
        (np.dstack([RAMP, RAMP.T, 255 - RAMP]), True),
        (np.dstack([RAMP, 0 * RAMP, 255 - RAMP]) // 16 * 16, False),
        (255 * (RAMP > 99), False),
        (np.dstack([RAMP, RAMP, RAMP, 255 * (RAMP > 99)]), False),
    ],
    ids=["grey", "colours", "map", "black and white", "over a plot"],
)
def test_a_photograph_is_told_from_a_plot(tmp_path, pixels, kept):
    file = tmp_path / "a.svg"
    picture(file, pixels)
    plain = page.finish_images('<img alt="x" src="a.svg">', {"a.svg": file})
    assert ('class="dl-photo"' in plain) == kept
    classed = page.finish_images('<img alt="x" class="b" src="a.svg">', {"a.svg": file})
    assert ('class="dl-photo b"' in classed) == kept


def test_scripts_and_states_of_explorables_are_put_aside(tmp_path):
    figure = beam_search_steps().html()
    body = later.put_aside(f"<p>Before</p>{figure}<p>After</p>", tmp_path)
    (file,) = tmp_path.iterdir()
    assert f'data-later="{file.stem}"' in body
    assert "<script" not in body
    assert "data-state" not in body
    assert body.startswith("<p>Before</p>")
    assert body.endswith("<p>After</p>")
    script = re.search("<script>(.*)</script>", figure, re.S)[1]
    assert file.read_text().endswith(script)
    state = json.loads(re.match(r".*?\.state = (.*);\n", file.read_text())[1])
    assert json.loads(state) == beam_search_steps().state


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
