"""The copies to run: plain Markdown with the book's numbers, and the book's code cells."""

import importlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from book import contents, runner
from book.labels import Labels, glued
from book.macros import NoRuleError, macros_expanded
from book.plain import Plain, blocks

ROOT = Path(__file__).parents[2]
PAGE = "chapters/06_deep"
NUMBERS = {
    "chapter-6": ["section", "6"],
    "sec-loss": ["section", "6.3"],
    "equation-eq-softmax": ["displaymath", "6.2"],
    "fig-curve": ["figure", "6.1"],
    "tab-sizes": ["table", "6.4"],
    "alg-backprop": ["algorithm", "6.5"],
    "ex-relu": ["exercise", "6.7"],
}
BIB = r"""
@article{rumelhart1986, author={Rumelhart, David E. and Hinton, Geoffrey E. and Williams, R. J.},
  title={Learning {Representations}}, year={1986}, doi={10.1038/323533a0}}
@inproceedings{montufar2014, author={Mont{\'u}far, Guido and Bengio, Yoshua}, year={2014},
  title={Linear regions}, eprint={1402.1869}}
@book{minsky1969, author={Minsky, Marvin}, title={Perceptrons}, year={1969}}
"""
MACROS = {
    "\\E": "\\mathbb{E}",
    "\\KL": "D\\left(#1\\,\\middle\\|\\,#2\\right)",
    "\\T": "^{\\top}",
    "\\loss": "\\E\\ell",
    "\\loop": "\\loop",
}


@pytest.fixture
def root(tmp_path):
    """What a build leaves behind."""
    labels = {name: [PAGE, name, ""] for name in NUMBERS}
    labels["sec-loss"] = [PAGE, "sec-loss", "Losses"]
    labels["eq-softmax"] = [PAGE, "equation-eq-softmax", ""]
    formats = {"figure": "Figure %s", "algorithm": "algorithm %s", "section": "Section %s"}
    table = {"labels": labels, "numbers": {PAGE: NUMBERS}, "formats": formats, "pages": [PAGE]}
    (tmp_path / "_build/stage/book").mkdir(parents=True)
    (tmp_path / "_build/stage/book/references.bib").write_text(BIB)
    (tmp_path / "_build/labels.json").write_text(json.dumps(table))
    config = {"sphinx": {"config": {"math_macros": MACROS}}}
    (tmp_path / "_config.yml").write_text(json.dumps(config))
    return tmp_path


@pytest.fixture
def plain(root):
    """A converter that knows two computed values."""
    return Plain(Labels(root), {"accuracy": 0.97251, "name": "tanh", "n": 1797})


@pytest.mark.parametrize(
    ("myst", "expected"),
    [
        ("{eq}`eq-softmax`", "(6.2)"),
        ("{numref}`fig-curve`", "Figure 6.1"),
        ("{numref}`picture %s <fig-curve>`", "picture 6.1"),
        ("{numref}`picture {number} <fig-curve>`", "picture 6.1"),
        ("{prf:ref}`alg-backprop`", "Algorithm 6.5"),
        ("{ref}`sec-loss`", "Section 6.3, *Losses*"),
        ("{ref}`above <sec-loss>`", "above"),
        ("{ref}`ex-relu`", "Exercise 6.7"),
        ("{numref}`chapter-6`", "Chapter 6"),
        ("[](#fig-curve)", "Figure 6.1"),
        ("[the *curve*](#fig-curve)", "the *curve*"),
        ("{chapter}`9`", "Chapter 9"),
        ("{difficulty}`advanced`", "*★ Advanced*"),
        ("{term}`backpropagation`", "backpropagation"),
        ("{term}`it <backpropagation>`", "it"),
        ("{index}`ReLU <single: activation; ReLU>`", "ReLU"),
        ("{index}`single: activation; ReLU`", ""),
        ("{py:obj}`dlcore.nn.softmax`", "`dlcore.nn.softmax`"),
        ("{py:func}`~dlcore.nn.softmax`", "`softmax`"),
        ("{glue:text}`accuracy:.3f`", "0.973"),
        ("{glue:text}`accuracy:.1%`", "97.3%"),
        ("{glue:text}`name` of {glue:text}`n:,d`", "tanh of 1,797"),
        ("{math}`\\E x`", "$\\mathbb{E} x$"),
        ("{sub}`2` {kbd}`Tab` {abbr}`MLP (multilayer perceptron)`", "<sub>2</sub> `Tab` MLP"),
        (
            "{cite}`rumelhart1986,minsky1969`",
            "([Rumelhart et al., 1986](https://doi.org/10.1038/323533a0); Minsky, 1969)",
        ),
        (
            "{cite:t}`montufar2014`",
            "[Montúfar and Bengio (2014)](https://arxiv.org/abs/1402.1869)",
        ),
        ("in two\n{term}`words\nbroken`", "in two\nwords broken"),
        ("(sec-x)=\n## Title", "## Title"),
        ("% a comment\ntext", "text"),
        ("{#id .class}\ntext and [more]{.small}", "text and more"),
        ("$$\n\\E x\n$$ (eq-softmax)", "$$\n\\mathbb{E} x \\tag{6.2}\n$$"),
        ("$$x$$", "$$\nx\n$$"),
        ("costs \\$5 and $\\E$ or `{eq}` or ``{eq}`a` $x$``", None),
        ("```python\n{eq}`eq-softmax` $\\E$ (a-b)=\n```", None),
        ("```{index} single: x\n```\ntext", "text"),
        ("```{note}\nMind {eq}`eq-softmax`.\n```", "> **Note.**\n> \n> Mind (6.2)."),
        ("```{math}\n:label: eq-softmax\na\n```", "$$\na \\tag{6.2}\n$$"),
        (
            "````{prf:algorithm} Backpropagation\n:label: alg-backprop\n\n1. $\\E$\n````",
            "> **Algorithm 6.5** (Backpropagation).\n> \n> 1. $\\mathbb{E}$",
        ),
        ("```{prf:proof}\nClear.\n```", "> **Proof**.\n> \n> Clear."),
        (
            ":::{exercise} Why?\n:label: ex-relu\n\nSay why.\n:::",
            "> **Exercise 6.7** (Why?).\n> \n> Say why.",
        ),
        (
            "```{solution} ex-relu\n:class: dropdown\n\nSo.\n```",
            "<details>\n<summary>Solution to Exercise 6.7</summary>\n\nSo.\n\n</details>",
        ),
        (
            "::::{tab-set}\n:::{tab-item} One\nfirst\n:::\n:::{tab-item} Two\nsecond\n:::\n::::",
            "**One**\n\nfirst\n**Two**\n\nsecond",
        ),
        (
            "```{list-table} Sizes of $\\E$\n:name: tab-sizes\n:header-rows: 1\n\n"
            "* - a\n  - b\n* - {eq}`eq-softmax`\n  - long\n    text\n```",
            "**Table 6.4.** Sizes of $\\mathbb{E}$\n\n"
            "| a | b |\n| --- | --- |\n| (6.2) | long text |",
        ),
    ],
)
def test_markdown_becomes_plain(plain, myst, expected):
    if expected is None:
        expected = myst.replace("and $\\E$", "and $\\mathbb{E}$")
    assert plain.markdown(myst) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("\\E[x]", "\\mathbb{E}[x]"),
        ("\\Ex", "\\Ex"),
        ("\\KL{p}{q_{1}} + \\KL pq", None),
        ("a \\\\T", "a \\\\T"),
        ("W\\T x \\\\\\T", "W^{\\top} x \\\\^{\\top}"),
        ("\\loss x", "\\mathbb{E}\\ell  x"),
    ],
)
def test_macros_are_expanded(tex, expected):
    body = "D\\left({}\\,\\middle\\|\\,{}\\right)"
    expected = expected or f"{body.format('p', 'q_{1}')} + {body.format('p', 'q')}"
    assert macros_expanded(tex, MACROS) == expected


@pytest.mark.parametrize(
    ("myst", "message"),
    [
        ("{unknown}`x`", "role {unknown}`x` has no plain form"),
        ("```{unknown}\nx\n```", "directive {unknown} has no plain form"),
        ("{glue:text}`missing`", "no value 'missing' was handed over"),
        ("$\\loop$", "a macro that contains itself"),
        ("$\\KL{p$", "unbalanced braces"),
        ("{numref}`fig-missing`", "no label 'fig-missing'"),
        ("{cite}`nobody1900`", "no work 'nobody1900'"),
    ],
)
def test_what_has_no_rule_is_an_error(plain, myst, message):
    with pytest.raises((NoRuleError, KeyError)) as error:
        plain.markdown(myst)
    assert message in error.value.args[0]


def test_references_are_links_once_the_book_is_published(root):
    config = {"html": {"baseurl": "https://book.org/"}, "sphinx": {"config": {}}}
    (root / "_config.yml").write_text(json.dumps(config))
    published = Plain(Labels(root), {})
    address = "https://book.org/chapters/06_deep.html"
    assert published.markdown("{numref}`fig-curve`") == f"[Figure 6.1]({address}#fig-curve)"
    assert published.markdown("{chapter}`6`, {chapter}`9`") == f"[Chapter 6]({address}), Chapter 9"


def test_blocks_may_hold_blocks_with_shorter_fences():
    text = "before\n````{solution} a\n:class: dropdown\n```python\nx\n```\n````\nafter"
    before, solution, after = blocks(text)
    assert (before, after) == ("before", "after")
    assert (solution.name, solution.argument) == ("solution", "a")
    assert solution.options == {"class": "dropdown"}
    assert solution.content == "```python\nx\n```"


KERNEL = {"name": "python3", "display_name": "Python 3"}
SOURCE = """(sec-x)=
## Losses

See {eq}`eq-softmax`.

```{source} dlcore.nn.softmax dlcore.numerics.softmax
```

And {glue:text}`accuracy:.2f`."""


def executed():
    """A notebook as it is staged."""
    value = new_output(
        "display_data",
        data={"application/papermill.record/text/plain": "0.97251"},
        metadata={
            "scrapbook": {"name": "accuracy", "mime_prefix": "application/papermill.record/"}
        },
    )
    figure = {"caption": "A curve of $\\E$.", "name": "fig-curve"}
    cells = [
        new_code_cell("import torch", execution_count=1, metadata={"tags": ["remove-cell"]}),
        new_markdown_cell("# Deep Networks"),
        new_code_cell("plot()", metadata={"mystnb": {"figure": figure}, "tags": ["hide-input"]}),
        new_markdown_cell(SOURCE),
        new_code_cell("dlcore.glue(accuracy=a)", outputs=[value], execution_count=3),
    ]
    return new_notebook(cells=cells, metadata={"dlcore": {"key": 1}, "kernelspec": KERNEL})


def test_a_copy_has_the_code_of_the_book_and_text_without_directives(root):
    source = executed()
    copy = runner.runnable(source, root / "chapters/06_deep.ipynb", Labels(root))
    nbformat.validate(copy)
    assert runner.leftovers(copy) == []
    shown = "import dlcore.nn\nimport dlcore.numerics\n\n"
    shown += "dlcore.show_source(dlcore.nn.softmax, dlcore.numerics.softmax)"
    code = [cell for cell in copy.cells if cell.cell_type == "code"]
    own = [cell.source for cell in source.cells if cell.cell_type == "code"]
    assert [cell.source for cell in code] == [own[0], own[1], shown, own[2]]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert code[1].metadata == {"jupyter": {"source_hidden": True}}
    text = [cell.source for cell in copy.cells if cell.cell_type == "markdown"]
    assert text == [
        "# 6. Deep Networks",
        runner.NOTE,
        "**Figure 6.1.** A curve of $\\mathbb{E}$.",
        "## 6.1. Losses\n\nSee (6.2).",
        "And 0.97.",
    ]
    assert copy.metadata == {"kernelspec": KERNEL}


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("dlcore.device", "dlcore"),
        ("dlcore.models.UNet.forward", "dlcore.models"),
        ("dlcore.models.boxes._intersection_and_union", "dlcore.models.boxes"),
    ],
)
def test_a_source_is_shown_before_anything_else_of_its_module_was_used(name, module):
    assert runner.showing([name]) == f"import {module}\n\ndlcore.show_source({name})"


def sources_shown() -> list[list[str]]:
    """The names in each ``{source}`` of the chapters."""
    pages = [nbformat.read(page, 4) for page in contents.notebooks(ROOT)]
    texts = [cell.source for page in pages for cell in page.cells if cell.cell_type == "markdown"]
    parts = [part for text in texts if "{source}" in text for part in blocks(text)]
    return [part.argument.split() for part in parts if getattr(part, "name", "") == "source"]


def test_every_source_shown_is_reached_through_its_imports_alone():
    def offers(module: str, name: str) -> bool:
        found = importlib.import_module(module)
        return name in getattr(found, "__all__", [] if hasattr(found, "__path__") else vars(found))

    shown = sources_shown()
    assert len(shown) > 100
    for names in shown:
        modules = re.findall(r"^import (\S+)$", runner.showing(names), re.M)
        for name in names:
            ways = [(m, name.removeprefix(f"{m}.")) for m in modules if name.startswith(f"{m}.")]
            assert any(offers(module, rest.split(".")[0]) for module, rest in ways), name


def test_what_cannot_be_made_plain_names_notebook_and_cell(root):
    source = new_notebook(cells=[new_markdown_cell("# T"), new_markdown_cell("{odd}`x`")])
    with pytest.raises(SystemExit, match=r"06_deep.ipynb, cell 2: role \{odd\}"):
        runner.runnable(source, root / "chapters/06_deep.ipynb", Labels(root))


@pytest.mark.parametrize("text", ["{eq}`a`", "```{note}\nx\n```", ":::\n", "(a-b)=", "{{ x }}"])
def test_leftovers_are_seen_in_text_but_not_in_listings(text):
    seen = new_notebook(cells=[new_markdown_cell(f"text\n{text}")])
    listed = new_notebook(cells=[new_markdown_cell(f"`````text\n{text}\n`````")])
    assert runner.leftovers(seen) != []
    assert runner.leftovers(listed) == []


def test_colab_installs_the_wheel_first(root):
    copy = runner.runnable(executed(), root / "06_deep.ipynb", Labels(root))
    local = runner.for_colab(copy, "dlcore-1-py3-none-any.whl", "")
    published = runner.for_colab(copy, "dlcore-1-py3-none-any.whl", "https://book.org")
    nbformat.validate(local)
    assert local.cells[1:] == copy.cells
    hint, install = local.cells[0].source.splitlines()
    assert "Upload dlcore-1" in hint
    assert install == '%pip install --quiet "dlcore-1-py3-none-any.whl[notebooks]"'
    where = "https://book.org/downloads/dlcore-1-py3-none-any.whl"
    assert published.cells[0].source == f'%pip install --quiet "dlcore[notebooks] @ {where}"'


def test_pictures_travel_with_the_notebook(root):
    (root / "chapters").mkdir()
    (root / "chapters/cell.png").write_bytes(b"picture")
    source = new_notebook(cells=[new_markdown_cell("# T\n\n![an LSTM cell](cell.png)")])
    copy = runner.runnable(source, root / "chapters/06_deep.ipynb", Labels(root))
    assert "![an LSTM cell](attachment:cell.png)" in copy.cells[0].source
    assert copy.cells[0].attachments == {"cell.png": {"image/png": "cGljdHVyZQ=="}}


def test_values_are_read_as_they_were_glued():
    assert glued(executed()) == {"accuracy": 0.97251}


def test_nothing_built_yet(tmp_path):
    with pytest.raises(SystemExit, match="run make book first"):
        Labels(tmp_path)


def test_the_wheel_is_built_once_and_installs(tmp_path):
    (tmp_path / "dlcore").mkdir()
    (tmp_path / "dlcore/__init__.py").write_text("x = 7\n")
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "dlcore"\nversion = "0.3"\n'
    )
    target = tmp_path / "notebooks"
    target.mkdir()
    (target / "dlcore-0.2-py3-none-any.whl").write_text("the one before")
    wheel = runner.write_wheel(tmp_path, target)
    assert [path.name for path in target.glob("*.whl")] == ["dlcore-0.3-py3-none-any.whl"]
    assert "dlcore/__init__.py" in zipfile.ZipFile(wheel).namelist()
    before = wheel.stat().st_mtime_ns
    assert runner.write_wheel(tmp_path, target).stat().st_mtime_ns == before
    assert {p.name for p in tmp_path.iterdir()} == {"dlcore", "pyproject.toml", "notebooks"}
    code = f"import sys; sys.path.insert(0, {str(wheel)!r}); import dlcore; print(dlcore.x)"
    done = subprocess.run([sys.executable, "-Ic", code], capture_output=True, text=True, check=True)
    assert done.stdout == "7\n"
