"""What an author forgot is told with its file, its cell or line, and what to write."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from book import lint

FIGURE = {
    "mystnb": {
        "figure": {"caption": "Of {term}`units <unit>`.", "name": "fig-x"},
        "image": {"alt": "A line"},
    }
}
SVG = {"image/svg+xml": "<svg/>"}
PROSE = """(sec-start)=
# Start

$$ a = b $$ (eq-a)

{eq}`eq-a`, {numref}`Figure %s <fig-x>`, {ref}`sec-start`, {ref}`genindex`, {prf:ref}`thm-x`,
{term}`Unit`, {cite}`one,two`, {cite:t}`one`. Write `{eq}`, or `<img src="https://a.org/b.png">`.
A [paper](https://doi.org/10.1/x) and ![A dot](dot.png).

:::{prf:theorem} Name
:label: thm-x

$$ c $$ (eq-c)

```{math}
:label: eq-d
d
```
:::

```python
"{eq}`eq-nowhere`"
```
"""
INDEX = """# Title

One {eq}`eq-d`.

Two {eq}`eq-c`.
"""


@pytest.fixture
def root(tmp_path):
    """A book without a fault."""
    for folder in ("_build/stage/chapters", "chapters", "book/_static", "dlcore"):
        (tmp_path / folder).mkdir(parents=True)
    for part in ("references", "glossary", "errata"):
        (tmp_path / "book" / part).mkdir()
    (tmp_path / "_toc.yml").write_text("root: chapters/index\nchapters:\n- file: chapters/06_x\n")
    (tmp_path / "book/glossary/06_x.md").write_text("unit\n  Part of a layer, {eq}`eq-a`.\n")
    (tmp_path / "book/references/06_x.bib").write_text(
        "@book{one, title={T}, isbn={0-262-13043-2}}\n@misc{two, title={U}, doi={10.1000/u}}"
    )
    (tmp_path / "book/_static/a.css").write_text("p {background: url(data:image/png;base64,AA)}")
    (tmp_path / "dlcore/a.js").write_text("const NS = 'http://www.w3.org/2000/svg';")
    write(tmp_path)
    return tmp_path


def write(root, prose=PROSE, figure=FIGURE, data=SVG, index=INDEX):
    """The chapter and the first page, as they are staged and as they are in the repository."""
    shown = new_output("display_data", data=data)
    cells = [new_markdown_cell(prose), new_code_cell("f()", metadata=figure, outputs=[shown])]
    for folder in (root / "chapters", root / "_build/stage/chapters"):
        nbformat.write(new_notebook(cells=cells), folder / "06_x.ipynb")
        (folder / "index.md").write_text(index)


def test_a_right_book_has_no_finding(root):
    assert lint.findings(root) == []


@pytest.mark.parametrize(
    ("prose", "finding"),
    [
        (
            "{eq}`eq-aa`",
            "{eq}`eq-aa` leads nowhere: write (eq-aa) behind the closing $$ of the equation that "
            "you mean (or did you mean eq-a?)",
        ),
        ("$$ z $$\n\n{eq}`eq-zzz`", "write (eq-zzz) behind the closing $$"),
        ("{numref}`fig-y`", "{numref}`fig-y` leads nowhere: give what you mean the label fig-y"),
        ("{prf:ref}`Theorem <thm-z>`", "(or did you mean thm-x?)"),
        ("{term}`unitt`", "put the term into book/glossary/NN_slug.md of its chapter"),
        ("{cite}`one, three`", "{cite}`three` leads nowhere: put the work into book/references/"),
        ("{eq}`eq-a is open", "{eq}`…: write the closing backtick of the role"),
        ("{kbd}`A and {eq}`eq-a`", "{eq}`…: write the closing backtick of the role"),
        ("![](dot.png)", "![](dot.png): write ![…](dot.png), say what one sees"),
        (":::{note}\n![ ](dot.png)\n:::", "![](dot.png): write"),
        ("```{image} a.png\n```", "{image} a.png: write :alt: …, say what one sees"),
        ("```{note} The `x`\nHere.\n```", "{note} The `x`: no backtick can stand here; put it"),
        ("```{figure} a.png\n:alt: A dot\n```", "{figure} a.png: write its caption into"),
        ("<img src='https://a.org/b.png' alt='A'>", "fetches https://a.org/b.png: put the file"),
        ("[](x) <script async src=//cdn.org/a.js></script>", "fetches //cdn.org/a.js: put"),
    ],
)
@pytest.mark.parametrize("page", ["notebook", "text"])
def test_each_fault_of_prose_is_told_with_its_place(root, prose, finding, page):
    if page == "notebook":
        write(root, prose=f"{PROSE}\n{prose}\n")
        place = "chapters/06_x.ipynb, cell 1: "
    else:
        write(root, index=f"{INDEX}\n\n{prose}\n")
        line = 10 if prose.startswith("$$ z") else 8
        place = f"chapters/index.md, line {line}: "
    (found,) = lint.findings(root)
    assert found.startswith(place)
    assert finding in found


@pytest.mark.parametrize(
    ("metadata", "absent"),
    [
        ({}, "caption and name and alt"),
        ({"mystnb": {"figure": {"name": "fig-x"}, "image": {"alt": "A"}}}, "caption"),
        ({"mystnb": {"figure": {"name": "fig-x", "caption": "A"}}}, "alt"),
        ({"mystnb": {"figure": {"name": "fig-x", "caption": "A"}, "image": {"alt": ""}}}, "alt"),
    ],
)
def test_a_figure_needs_caption_name_and_description(root, metadata, absent):
    write(root, prose=PROSE.replace("{numref}`Figure %s <fig-x>`, ", ""), figure=metadata)
    (found,) = lint.findings(root)
    assert found.startswith(f"chapters/06_x.ipynb, cell 2: figure without {absent}: put {{")


def test_a_caption_is_read_as_well(root):
    figure = {"mystnb": {**FIGURE["mystnb"], "figure": {"caption": "{term}`a`", "name": "fig-x"}}}
    write(root, figure=figure)
    (found,) = lint.findings(root)
    assert found.startswith("chapters/06_x.ipynb, cell 2: {term}`a` leads nowhere")


@pytest.mark.parametrize(
    ("again", "places"),
    [
        ("$$ z $$ (eq-a)", "chapters/index.md, line 8"),
        ("(sec-start)=\n## Again", "chapters/index.md, line 8"),
        (":::{prf:lemma}\n:label: thm-x\n\nThis.\n:::", "chapters/index.md, line 8"),
        ("```{math}\n:label: fig-x\nz\n```", "chapters/index.md, line 8"),
    ],
)
def test_a_label_given_twice_is_told_with_both_places(root, again, places):
    write(root, index=f"{INDEX}\n\n{again}\n")
    (found,) = lint.findings(root)
    assert found.startswith(f"{places} and chapters/06_x.ipynb, cell ")
    assert "both have the label" in found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("book/_static/b.css", "p {\nbackground: url('https://a.org/b.png')}"),
        ("book/_static/b.css", "\n@import '//a.org/b.css';"),
        ("book/_static/b.js", "\nfetch('https://a.org/b.json')"),
        ("dlcore/b.js", "\nimport x from 'https://a.org/b.js'"),
        ("chapters/b.svg", "<svg>\n<image href='http://a.org/b.png'/></svg>"),
    ],
)
def test_an_asset_that_fetches_from_elsewhere_is_told_with_its_line(root, name, text):
    (root / name).write_text(text)
    (found,) = lint.findings(root)
    assert found.startswith(f"{name}, line 2: fetches ")
    assert "put the file into book/_static" in found


def test_what_a_cell_puts_out_fetches_nothing_either(root):
    write(root, data={"text/html": "<script src='https://a.org/plotly.js'></script>"})
    (found,) = lint.findings(root)
    assert found.startswith("chapters/06_x.ipynb, cell 2: fetches https://a.org/plotly.js")


def test_the_command_fails_and_prints_all_findings(root, monkeypatch, capsys):
    write(root, prose=f"{PROSE}\n{{eq}}`eq-b` {{term}}`x`\n")
    monkeypatch.chdir(root)
    assert lint.main() == 1
    assert len(capsys.readouterr().out.splitlines()) == 2
