"""The staged copy of the book, and what a build keeps, forgets and refuses."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import ClassVar

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from book import build, freshness, lint, stage

CONFIG = "sphinx: {config: {math_macros: {}}}\n"
CHAPTER = """(sec-start)=
# Start

$$ a = b $$ (eq-a)

{glue:text}`seven:.1f` is in {eq}`eq-a` of {cite}`one`."""


def notebook(path, prose=CHAPTER, code="import dlcore\nx = dlcore.x"):
    """A chapter as it is written."""
    cells = [new_markdown_cell(prose), new_code_cell(code)]
    nbformat.write(new_notebook(cells=cells), path)


def execute(root):
    """Store results, as `book.execute` does, without a kernel."""
    files, around = freshness.sources(root), freshness.surroundings(root)
    for path in sorted((root / "chapters").glob("*.ipynb")):
        result = nbformat.read(path, 4)
        value = {"application/papermill.record/text/plain": "7.04"}
        meta = {"scrapbook": {"name": "seven", "mime_prefix": "application/papermill.record/"}}
        output = nbformat.v4.new_output("display_data", data=value, metadata=meta)
        result.cells[1].outputs = [output]
        key = {
            "code": freshness.code(result),
            "around": around,
            "sources": freshness.related(files, ["dlcore/__init__.py"], result),
        }
        result.metadata["dlcore"] = {"key": key, "execution": {"seconds": 1.0}}
        target = root / "_build/executed/chapters" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(result, target)
        target.with_suffix(".names.pickle").touch()


@pytest.fixture
def root(tmp_path):
    """A miniature book: a text, a chapter, parts of two chapters, an exercise."""
    for folder in ("chapters", "dlcore", "exercises/release/06_x", "book/_static", "book/_ext"):
        (tmp_path / folder).mkdir(parents=True)
    for part in ("references", "glossary", "errata"):
        (tmp_path / "book" / part).mkdir()
    (tmp_path / "dlcore/__init__.py").write_text("x = 7\n")
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: chapters/index\n"
        "chapters:\n- file: chapters/06_x\n- file: chapters/09_y\n"
    )
    (tmp_path / "chapters/09_y.md").write_text("# Second\n")
    (tmp_path / "chapters/index.md").write_text("# Title\n")
    (tmp_path / "book/references/06_x.bib").write_text(
        "@book{one, author={Person, A.}, title={T}, year={1}, isbn={0-262-13043-2}}\n"
    )
    (tmp_path / "book/references/09_y.bib").write_text(
        "@book{two, title={U}, year={2}, isbn={978-0-262-03924-6}}"
    )
    (tmp_path / "book/build.py").write_text("not needed there")
    (tmp_path / "book/_static/a.css").write_text("p {}")
    (tmp_path / "exercises/release/06_x/06_x.ipynb").write_text("{}")
    notebook(tmp_path / "chapters/06_x.ipynb")
    notebook(tmp_path / "chapters/07_draft.ipynb")
    execute(tmp_path)
    return tmp_path


def staged(root):
    """The files of the staged copy."""
    folder = root / "_build/stage"
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != stage.LISTED)
    return {path.relative_to(folder).as_posix(): path for path in files}


def test_the_staged_copy_has_what_sphinx_needs_and_nothing_else(root):
    stage.stage(root)
    files = staged(root)
    assert set(files) == {
        "_config.yml",
        "_toc.yml",
        "book/_static/a.css",
        "book/references.bib",
        "book/references/06_x.bib",
        "book/references/09_y.bib",
        "chapters/06_x.ipynb",
        "chapters/09_y.md",
        "chapters/index.md",
        "exercises/release/06_x/06_x.ipynb",
    }
    chapter = nbformat.read(files["chapters/06_x.ipynb"], 4)
    assert chapter.cells[1].outputs[0].metadata.scrapbook.name == "seven"
    keys = re.findall(r"@book\{(\w+),", files["book/references.bib"].read_text())
    assert keys == ["one", "two"]


def test_what_cannot_run_here_is_not_in_the_contents_nor_are_its_parts(root):
    (root / "_toc.yml").write_text(
        "root: chapters/index\nparts:\n"
        "- chapters:\n  - file: chapters/06_x\n  - file: chapters/07_draft\n"
        "- caption: Gone\n  chapters:\n  - file: chapters/08_z\n"
    )
    for name in ("07_draft", "08_z"):
        made = nbformat.v4.new_notebook(metadata={"needs": ["absent"]})
        nbformat.write(made, root / f"chapters/{name}.ipynb")
        (root / f"book/glossary/{name}.md").write_text("term\n  Words.\n")
    stage.stage(root)
    files = staged(root)
    assert not [name for name in files if "07_draft" in name or "08_z" in name]
    assert yaml.safe_load(files["_toc.yml"].read_text()) == {
        "root": "chapters/index",
        "parts": [{"chapters": [{"file": "chapters/06_x"}]}],
    }


def test_only_changed_files_are_written_and_removed_ones_go(root):
    picture = root / "chapters/old.svg"
    picture.write_text("<svg/>")
    stage.stage(root)
    generated = root / "_build/stage/api.md"
    generated.write_text("made by an extension")
    for path in staged(root).values():
        os.utime(path, (1, 1))
    picture.unlink()
    notebook(root / "chapters/06_x.ipynb", prose="# Other words")
    stage.stage(root)
    changed = {name for name, path in staged(root).items() if path.stat().st_mtime != 1}
    assert changed == {"chapters/06_x.ipynb"}
    assert "chapters/old.svg" not in staged(root)
    assert generated.exists()


@pytest.mark.parametrize(
    ("part", "first", "second", "message"),
    [
        ("references", "@book{one,", "@Article{ One,", "'One' in {}06_x.bib and {}09_y.bib"),
        ("glossary", "unit\n  Text.", "Unit\n  Text.", "'Unit' in {}06_x.md and {}09_y.md"),
        ("errata", "(err-a)=\n## A", "(err-a)=\n## B", "'err-a' in {}06_x.md and {}09_y.md"),
    ],
)
def test_what_two_chapters_define_is_an_error_that_names_both(root, part, first, second, message):
    suffix = "bib" if part == "references" else "md"
    (root / f"book/{part}/06_x.{suffix}").write_text(first)
    (root / f"book/{part}/09_y.{suffix}").write_text(second)
    with pytest.raises(SystemExit) as error:
        stage.stage(root)
    assert message.replace("{}", f"book/{part}/") in str(error.value)


@pytest.mark.parametrize(
    ("part", "first", "second"),
    [
        ("references", "@comment{one, x}", "@comment{one, x}\n@book{two,"),
        ("glossary", "unit\n  A definition.\n\n  unit again", "layer\n  A definition."),
        ("errata", "## Chapter 6", "## Chapter 6"),
    ],
)
def test_what_only_looks_alike_is_none(root, part, first, second):
    suffix = "bib" if part == "references" else "md"
    (root / f"book/{part}/06_x.{suffix}").write_text(first)
    (root / f"book/{part}/09_y.{suffix}").write_text(second)
    stage.stage(root)


def test_parts_of_a_chapter_that_is_not_in_the_contents_wait(root):
    for name in ("references/07_draft.bib", "glossary/07_draft.md", "errata/07_draft.md"):
        (root / "book" / name).write_text("@book{one,\n}\nunit\n  {eq}`eq-not-there`\n")
    (root / "book/glossary/06_x.md").write_text("unit\n  Text.")
    stage.stage(root)
    assert not [name for name in staged(root) if "07_draft" in name]
    assert (
        b"one" not in (root / "_build/stage/book/references.bib").read_bytes().split(b"@book")[-1]
    )
    assert lint.findings(root) == []
    toc = root / "_toc.yml"
    toc.write_text(toc.read_text() + "- file: chapters/07_draft\n")
    with pytest.raises(SystemExit, match=r"'one' in .*06_x.bib and .*07_draft.bib"):
        stage.stage(root)


def test_a_stale_notebook_is_refused_with_its_reason(root):
    (root / "dlcore/__init__.py").write_text("x = 8\n")
    with pytest.raises(SystemExit) as error:
        stage.stage(root)
    assert "chapters/06_x.ipynb: dlcore/__init__.py changed" in str(error.value)
    assert "run make book" in str(error.value)
    assert "07_draft" not in str(error.value)


@pytest.fixture
def sphinx(root, monkeypatch):
    """Stands in for Jupyter Book (tests/book/test_pages.py runs it): writes pages, notes calls."""

    class Sphinx:
        status = 0
        findings = False
        calls: ClassVar[list[bool]] = []

        def __call__(self, staged, where):
            html = where / "_build/html"
            self.calls.append(html.exists())
            (html / "chapters").mkdir(parents=True, exist_ok=True)
            (html / "index.html").touch()
            place = ["chapters/06_x", "equation-eq-a", ""]
            numbers = {"chapters/06_x": {"equation-eq-a": ["displaymath", "6.1"]}}
            table = {"labels": {"eq-a": place}, "numbers": numbers, "formats": {}, "pages": []}
            (where / "_build/labels.json").write_text(json.dumps(table))
            return self.status

    sphinx = Sphinx()
    sphinx.calls.clear()
    monkeypatch.setattr(build, "jupyter_book", sphinx)
    monkeypatch.setattr(build.check, "report", lambda where: sphinx.findings)
    monkeypatch.setattr(build.runner, "write_wheel", lambda where, target: Path("dlcore.whl"))
    return sphinx


def test_a_build_ends_with_the_copies_to_run_among_the_pages(root, sphinx):
    assert build.build(root) == root / "_build/html/index.html"
    downloads = root / "_build/html/downloads"
    names = {path.relative_to(downloads).as_posix() for path in downloads.rglob("*.*")}
    assert names == {"06_x.ipynb", "colab/06_x.ipynb"}
    copy = nbformat.read(downloads / "06_x.ipynb", 4)
    assert "7.0 is in (6.1) of (Person, 1)." in copy.cells[0].source


def test_binder_installs_the_wheel_with_the_versions_of_the_book(root):
    pins = {
        "requirements.txt": "# The library\n-c constraints.txt\ntorch==9.1\n",
        "constraints.txt": "numpy==9.2\n",
    }
    for name, text in pins.items():
        (root / name).write_text(text)
    build.for_binder("dlcore-9-py3-none-any.whl", root, root / "binder")
    *options, wheel = (root / "binder/requirements.txt").read_text().splitlines()
    assert wheel == "./downloads/dlcore-9-py3-none-any.whl[notebooks]"
    assert "--constraint constraints.txt" in options
    assert (root / "binder/constraints.txt").read_text() == "numpy==9.2\ntorch==9.1\n"


def test_what_an_author_forgot_stops_the_build_before_sphinx(root, sphinx):
    notebook(root / "chapters/06_x.ipynb", prose="# Start\n\n{eq}`eq-a`")
    with pytest.raises(SystemExit, match=r"06_x.ipynb, cell 1: .*write \(eq-a\)"):
        build.build(root)
    assert sphinx.calls == []


def test_pages_are_kept_from_one_build_to_the_next(root, sphinx):
    for _ in range(2):
        build.build(root)
    assert sphinx.calls == [False, True]


def test_after_a_failed_build_the_next_starts_anew(root, sphinx):
    """Sphinx repeats no warning of a page that it has read: the second build would be green."""
    build.build(root)
    sphinx.status = 1
    for _ in range(2):
        with pytest.raises(SystemExit, match="the book was not built"):
            build.build(root)
    assert sphinx.calls == [False, True, False]


def test_after_an_interrupted_build_the_next_starts_anew(root, sphinx, monkeypatch):
    build.build(root)

    def interrupted(staged, where):
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "jupyter_book", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build.build(root)
    monkeypatch.setattr(build, "jupyter_book", sphinx)
    build.build(root)
    assert sphinx.calls == [False, False]


def test_findings_fail_the_build_but_keep_the_pages(root, sphinx):
    sphinx.findings = True
    with pytest.raises(SystemExit, match="not right: see the findings"):
        build.build(root)
    sphinx.findings = False
    build.build(root)
    assert sphinx.calls == [False, True]


def test_jupyter_book_is_strict_and_sees_the_library(root, monkeypatch):
    seen = {}

    def run(command, **options):
        seen.update(options, command=command)
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.setattr(subprocess, "run", run)
    assert build.jupyter_book(root / "_build/stage", root) == 3
    assert {"-W", "-n", "--keep-going"} <= set(seen["command"])
    assert Path(seen["command"][0]).name == "jupyter-book"
    assert seen["env"]["PYTHONPATH"].split(os.pathsep)[0] == str(root)


def test_a_change_of_what_every_page_depends_on_starts_anew(root):
    stage.stage(root)
    folder = root / "_build/stage"
    before = build.fingerprint(folder, root)
    for name in ("_toc.yml", "book/_static/a.css", "book/_ext/new.py"):
        path = root / name
        path.write_text((path.read_text() if path.exists() else "") + "\ntitle: changed\n")
        stage.stage(root)
        after = build.fingerprint(folder, root)
        assert after != before
        before = after
    (root / "chapters/index.md").write_text("# Other\n")
    stage.stage(root)
    assert build.fingerprint(folder, root) == before


def test_starting_anew_keeps_the_set_formulas(tmp_path):
    for name in ("html/old.html", ".doctrees/a.doctree", ".doctrees/x/b", ".doctrees/katex/abc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    build.start_anew(tmp_path)
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"abc"}
    shutil.rmtree(tmp_path / ".doctrees")
    build.start_anew(tmp_path)
