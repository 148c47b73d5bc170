"""Each thing that may be wrong with a built page is found, and a right page passes."""

from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from book import check
from book.page import Page

CAPTION = {"caption": "What one sees", "name": "fig-x"}
FIGURE = {"mystnb": {"figure": CAPTION, "image": {"alt": "A line"}}}
PICTURE = new_output("display_data", data={"image/svg+xml": "<svg/>", "text/plain": "<Figure>"})
PROSE = """# Chapter

$$
a = b
$$ (eq-a)

::::{prf:theorem} Name
:label: thm-a

$$ c $$

```python
price = "$$ not an equation $$"
```
::::

```{exercise}
:label: ex-a

Show it for $x$.
```

```{solution} ex-a
$$ d $$
```
"""
BODY = """<h1 id="chapter">Chapter</h1>
<div class="math" id="equation-eq-a"><span class="katex">a $ b</span></div>
<div class="proof theorem admonition" id="thm-a"><div class="math">c</div></div>
<div class="exercise admonition" id="ex-a">Show it</div>
<div class="solution admonition"><div class="math">d</div></div>
<figure id="fig-x"><img src="_images/x.svg" alt="A line"><figcaption>What</figcaption></figure>
"""


def html(body, head=""):
    """A page as the theme makes it."""
    return f"<html><head>{head}</head><body><article>{body}</article></body></html>"


@pytest.fixture
def root(tmp_path):
    """A book with a notebook and a text, staged and built."""
    (tmp_path / "_toc.yml").write_text("root: index\nchapters:\n- file: 06_x\n")
    stage, built = tmp_path / "_build/stage", tmp_path / "_build/html"
    (built / "_images").mkdir(parents=True)
    stage.mkdir()
    (built / "_images/x.svg").write_text("<svg/>")
    cells = [new_markdown_cell(PROSE), new_code_cell("f()", metadata=FIGURE, outputs=[PICTURE])]
    nbformat.write(new_notebook(cells=cells), stage / "06_x.ipynb")
    (stage / "index.md").write_text("# Title\n\n```{include} part.inc.md\n```\n")
    (stage / "part.inc.md").write_text("Included: $$ e $$\n")
    for name in ("index.md", "06_x.ipynb"):
        (tmp_path / name).write_bytes((stage / name).read_bytes())
    (built / "06_x.html").write_text(html(BODY))
    (built / "index.html").write_text(
        html('<div class="math">e</div><a href="06_x.html#thm-a">Theorem 1</a>')
    )
    return tmp_path


def findings(root, capsys):
    """What the check finds, and what it prints."""
    found = check.report(root)
    out, err = capsys.readouterr()
    assert found == bool(err)
    return err, out


def page_findings(tmp_path, body, head=""):
    """What is found on a single page."""
    path = tmp_path / "page.html"
    path.write_text(html(body, head))
    return list(check.check_page(Page(path)))


def test_a_right_book_passes_and_is_counted(root, capsys):
    err, out = findings(root, capsys)
    assert err == ""
    assert out.split("\n")[1].split() == ["page", "equations", "figures", "exercises", "boxes"]
    rows = [line.split() for line in out.splitlines()]
    assert ["06_x.html", "3", "1", "1", "1"] in rows
    assert ["2", "pages", "4", "1", "1", "1"] in rows


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('<div class="math">d</div>', "", "06_x.ipynb: 3 equations written, 2 on the page"),
        ("<figure", "<div", "06_x.ipynb: 1 figures written, 0 on the page"),
        ("exercise admonition", "admonition", "06_x.ipynb: 1 exercises written, 0 on the page"),
        ("proof theorem", "theorem", "06_x.ipynb: 1 boxes written, 0 on the page"),
        ('id="thm-a"', "", "index.html: link to 06_x.html#thm-a: there is no such anchor"),
        ("_images/x.svg", "_images/y.svg", "06_x.html: link to _images/y.svg: there is no such"),
        ("Show it", "Show $x", "06_x.html: a raw $: 'Show $x'"),
    ],
)
def test_a_page_that_lacks_something(root, capsys, old, new, message):
    path = root / "_build/html/06_x.html"
    path.write_text(path.read_text().replace(old, new))
    err, _ = findings(root, capsys)
    assert message in err


def test_only_pages_that_changed_are_read_again(root, monkeypatch):
    built, read = root / "_build/html", []

    class OneProcess(ThreadPoolExecutor):
        def map(self, reader, paths, **options):
            read.extend(paths)
            return map(reader, paths)

    monkeypatch.setattr(check, "ProcessPoolExecutor", OneProcess)
    pages = check.read(built)
    assert sorted(read) == sorted(pages)
    changed = built / "index.html"
    changed.write_text(html('<p id="new">New</p>'))
    assert "new" in check.read(built)[changed].anchors
    assert read[len(pages) :] == [changed]
    monkeypatch.setattr(check.inspect, "getfile", lambda of: changed)  # another reader
    assert check.read(built)[changed].anchors == {"new"}
    assert len(read) == 2 * len(pages) + 1


def test_a_page_that_was_not_built(root, capsys):
    (root / "_build/html/06_x.html").unlink()
    err, _ = findings(root, capsys)
    assert "06_x.ipynb: in _toc.yml, but no page was built of it" in err
    assert "index.html: link to 06_x.html#thm-a: there is no such file" in err


def test_an_empty_book_is_not_right(root, capsys):
    (root / "_toc.yml").write_text("root: index\n")
    assert "no notebook in the contents" in findings(root, capsys)[0]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("<p>costs $5</p>", "a raw $: 'costs $5'"),
        ("<p>see {numref}<code>fig-x</code></p>", "an unrendered role: 'see {numref}'"),
        ("<p>see {prf:ref}`alg-x`</p>", "an unrendered role"),
        ("<p>:::{note}</p>", "an unrendered directive"),
        ("<p>```{prf:theorem} Name</p>", "an unrendered directive"),
        ("<p>(sec-depth)=</p>", "an unrendered label"),
        ("<p>formula (eq-depth)</p>", None),
        ("<p>(eq-depth)</p>", "an unrendered label"),
        ("<p>{{ version }}</p>", "an unrendered substitution"),
        ("<p>[text](#fig-x)</p>", "an unrendered link"),
        ("<p>the set {a, b} of <code>x</code> in f(x)[0]</p>", None),
        ("<pre>${PATH} {numref}`x` :::{note} (a-b)=</pre>", None),
        ("<p>write <code>{eq}</code> and <code>$x$</code></p>", None),
        ("<script>let a = `${b}`</script><p>text</p>", None),
        ('<span class="math"><annotation>x $ y</annotation></span>', None),
    ],
)
def test_nothing_is_left_unrendered(tmp_path, body, what):
    found = page_findings(tmp_path, body)
    assert (found == []) if what is None else any(text.startswith(what) for text in found)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<link rel="stylesheet" href="https://cdn.org/a.css">', ""),
        ('<link rel="preload" as="font" href="//cdn.org/a.woff2">', ""),
        ("<style>@import 'https://cdn.org/a.css';</style>", ""),
        ("<style>p { background: url(http://cdn.org/a.png) }</style>", ""),
        ('<script>load("https://unpkg.com/thebe.js")</script>', ""),
        ("", '<script src="https://cdn.org/a.js"></script>'),
        ("", '<img src="http://cdn.org/a.png" alt="A line">'),
        ("", '<img srcset="https://cdn.org/a.png 2x" src="a.png" alt="A line">'),
        ("", '<iframe src="https://youtube.com/v"></iframe>'),
        ("", '<p style="background: url(//cdn.org/a.png)"></p>'),
    ],
)
def test_nothing_is_fetched_from_elsewhere(tmp_path, head, body):
    assert any("put the file into book/_static" in t for t in page_findings(tmp_path, body, head))


def test_links_to_elsewhere_are_allowed(tmp_path):
    head = '<link rel="canonical" href="https://book.org/page.html">'
    assert page_findings(tmp_path, '<a href="https://doi.org/10.1/x">paper</a>', head) == []


def test_style_sheets_fetch_nothing_either(tmp_path):
    (tmp_path / "a.css").write_text("@font-face { src: url('https://fonts.org/a.woff2') }")
    (tmp_path / "b.css").write_text("p { background: url(data:image/png;base64,AA==) }")
    assert list(check.check_styles(tmp_path)) == [
        "a.css: fetches https://fonts.org/a.woff2: put the file into book/_static"
    ]


@pytest.mark.parametrize("alt", ["", 'alt=""', 'alt="_images/x.png"', 'alt="../_images/x.png"'])
def test_every_picture_is_described(tmp_path, alt):
    found = page_findings(tmp_path, f'<img src="../_images/x.png" {alt}>')
    assert found == [
        "picture ../_images/x.png is not described: give it a text (alt) that says what one sees"
    ]


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("#here", True),
        ("#there", False),
        ("#", True),
        ("other.html", True),
        ("other.html#far", True),
        ("other.html#here", False),
        ("other.html?q=1#far", True),
        ("missing.html", False),
        ("sub/", True),
        ("sub/notebook%201.ipynb", True),
        ("sub/notebook2.ipynb", False),
        ("/other.html", False),
        ("mailto:a@b.org", True),
        ("https://missing.org/x.html#y", True),
    ],
)
def test_links_lead_somewhere(tmp_path, address, right):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/index.html").write_text(html(""))
    (tmp_path / "sub/notebook 1.ipynb").write_text("{}")
    (tmp_path / "other.html").write_text(html('<a name="far"></a>'))
    (tmp_path / "page.html").write_text(html(f'<p id="here"><a href="{address}">x</a>'))
    pages = {path: Page(path) for path in tmp_path.rglob("*.html")}
    path = tmp_path / "page.html"
    found = list(check.check_links(path, pages[path], pages))
    assert (found == []) == right


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({}, "figure without caption and name and alt: put {"),
        ({"mystnb": {"figure": {"caption": "What"}}}, "figure without name and alt: put {"),
        ({"mystnb": {"figure": CAPTION}}, "figure without alt: put {"),
        (FIGURE, None),
        ({"tags": ["remove-cell"]}, None),
        ({"tags": ["remove-output"]}, None),
    ],
)
def test_every_figure_of_a_cell_has_a_caption(root, metadata, message):
    path = root / "_build/stage/06_x.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells.append(new_code_cell("g()", metadata=metadata, outputs=[PICTURE]))
    nbformat.write(notebook, path)
    found = list(check.check_notebooks(root))
    assert found == [] if message is None else found[0].startswith(f"06_x.ipynb, cell 3: {message}")


def test_a_figure_is_shown_once(root):
    path = root / "_build/stage/06_x.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[1].outputs.append(new_output("execute_result", data={"text/plain": "<Axes>"}))
    nbformat.write(notebook, path)
    assert [text[:44] for text in check.check_notebooks(root)] == [
        "06_x.ipynb, cell 2: 2 outputs in one figure:"
    ]


@pytest.mark.parametrize("lines", [20, 21])
def test_long_values_do_not_reach_a_page(root, lines):
    path = root / "_build/stage/06_x.ipynb"
    notebook = nbformat.read(path, 4)
    value = new_output("execute_result", {"text/plain": "\n".join("1" * lines)})
    notebook.cells.append(new_code_cell("losses", outputs=[value]))
    nbformat.write(notebook, path)
    said = "06_x.ipynb, cell 3: a value of 21 lines: print what counts, or end with a semicolon"
    assert list(check.check_notebooks(root)) == [said] * (lines > 20)


@pytest.mark.parametrize("tags", [[], ["remove-stderr"]])
def test_warnings_do_not_reach_a_page(root, tags):
    path = root / "_build/stage/06_x.ipynb"
    notebook = nbformat.read(path, 4)
    warning = new_output("stream", name="stderr", text="a.py:3: FutureWarning: soon\n")
    notebook.cells.append(new_code_cell("g()", metadata={"tags": tags}, outputs=[warning]))
    nbformat.write(notebook, path)
    found = list(check.check_notebooks(root))
    assert found == (
        []
        if tags
        else [
            "06_x.ipynb, cell 3: standard error on the page, repair what causes "
            "'a.py:3: FutureWarning: soon'"
        ]
    )
