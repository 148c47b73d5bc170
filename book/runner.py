"""Copies of the notebooks to run: `python -m book.runner` writes `_build/notebooks/`.

The text is plain Markdown with the numbers of the built book; the library's sources are shown by
`dlcore.show_source`; the code cells are those of the book. `colab/` holds the same with a first
cell that installs the library from the wheel beside the copies.
"""

import argparse
import base64
import copy
import mimetypes
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from book import contents, freshness
from book._ext.chapter_numbers import chapter_number
from book.labels import Labels, glued
from book.macros import NoRuleError
from book.plain import Block, Plain, blocks

LEFT_OVER = re.compile(
    r"\{[A-Za-z][\w:.+-]*\}`|^[ \t]*(?:`{3,}|:{3,})\s*\{|^:{3,}|^\([\w-]+\)=|\{\{.+?\}\}", re.M
)
LISTING = re.compile(r"^(`{3,})[^{\n]*\n.*?^\1\s*$|(?<!\})(`+)[^`\n]+\2(?!`)", re.M | re.S)
WHEEL_FILES = ("pyproject.toml", "README.md", "LICENSE", "NOTICE", *freshness.PACKAGES)
NOTE = "*A copy to run of a chapter of Deep Learning 101. Text: CC BY 4.0. Code: MIT.*"


def write_copies(root: Path) -> list[Path]:
    """Write the copies of all notebooks, and the wheel that Colab installs."""
    labels, target = Labels(root), root / "_build" / "notebooks"
    wheel, written = write_wheel(root, target), []
    for page in contents.notebooks(root):
        staged = root / "_build" / "stage" / page.relative_to(root)
        notebook = runnable(nbformat.read(staged, 4), page, labels)
        for path, content in (
            (target / page.name, notebook),
            (target / "colab" / page.name, for_colab(notebook, wheel.name, labels.base)),
        ):
            contents.write_atomically(path, (nbformat.writes(content) + "\n").encode())
            written.append(path)
    return written


def runnable(executed: NotebookNode, page: Path, labels: Labels) -> NotebookNode:
    """The notebook in plain Markdown, without outputs."""
    plain = Plain(labels, glued(executed))
    notebook = nbformat.v4.new_notebook(metadata=copy.deepcopy(executed.metadata))
    notebook.metadata.pop("dlcore", None)
    for number, cell in enumerate(executed.cells, 1):
        try:
            notebook.cells += cells_of(cell, plain, page)
        except (NoRuleError, KeyError) as error:
            raise SystemExit(f"{page.name}, cell {number}: {error.args[0]}") from None
    number_headings(notebook, page.stem)
    title = [cell.source.startswith("# ") for cell in notebook.cells].index(True)
    notebook.cells.insert(title + 1, new_markdown_cell(NOTE))
    for index, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{index}"
    found = leftovers(notebook)
    if found:
        raise SystemExit("\n".join(f"{page.name}: not plain: {text!r}" for text in found))
    return notebook


def cells_of(cell: NotebookNode, plain: Plain, page: Path) -> Iterator[NotebookNode]:
    """What a cell becomes: itself without outputs, or plain text with sources to show."""
    if cell.cell_type != "code":
        yield from text_cells(cell, plain, page)
        return
    hidden = "hide-input" in cell.metadata.get("tags", [])
    metadata = {"jupyter": {"source_hidden": True}} if hidden else {}
    yield new_code_cell(cell.source, metadata=metadata)
    figure = cell.metadata.get("mystnb", {}).get("figure")
    if figure:
        yield new_markdown_cell(plain.caption(figure.get("name"), figure.get("caption", "")))


def text_cells(cell: NotebookNode, plain: Plain, page: Path) -> Iterator[NotebookNode]:
    """Plain text, with a code cell wherever the page shows the library's source."""
    pending: list[str] = []
    for part in [*blocks(cell.source), None]:
        shows = isinstance(part, Block) and part.name == "source"
        if part is not None and not shows:
            pending.append(part if isinstance(part, str) else part.source)
            continue
        text = plain.markdown("\n".join(pending))
        pending = []
        if text:
            yield with_pictures(new_markdown_cell(text), plain, page)
        if isinstance(part, Block):
            yield new_code_cell(showing(part.argument.split()))


def showing(names: list[str]) -> str:
    """Code that shows the source of objects of the library."""
    imports = [f"import {module}" for module in sorted(set(map(module_of, names)))]
    return "\n".join([*imports, "", f"dlcore.show_source({', '.join(names)})"])


def module_of(name: str) -> str:
    """The innermost module in an object's full name: a package doesn't load all of its modules."""
    module = name.rpartition(".")[0]
    return module if find_spec(module) else module_of(module)


def with_pictures(cell: NotebookNode, plain: Plain, page: Path) -> NotebookNode:
    """The cell with the pictures that its text shows."""
    for name, path in plain.pictures.items():
        mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
        content = base64.b64encode((page.parent / path).read_bytes()).decode()
        cell.setdefault("attachments", {})[name] = {mime: content}
    plain.pictures.clear()
    return cell


def number_headings(notebook: NotebookNode, name: str) -> None:
    """Number the headings as the book does: 6, 6.1, 6.1.1."""
    chapter = chapter_number(name)
    if chapter is None:
        return
    counts: list[int | str] = [chapter, 0, 0]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(
                r"^(#{1,3}) (?=\S)", lambda m: numbered(m[1], counts), cell.source, flags=re.M
            )


def numbered(marks: str, counts: list[int | str]) -> str:
    """A heading's marks and its number."""
    level = len(marks)
    if level > 1:
        counts[level - 1] = int(counts[level - 1]) + 1
        counts[level:] = [0] * (3 - level)
    return f"{marks} {'.'.join(map(str, counts[:level]))}. "


def leftovers(notebook: NotebookNode) -> list[str]:
    """Directives, roles and labels that are still there."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return [found[0] for text in texts for found in LEFT_OVER.finditer(LISTING.sub("", text))]


def for_colab(notebook: NotebookNode, wheel: str, base: str) -> NotebookNode:
    """The notebook with a first cell that installs the library."""
    colab = copy.deepcopy(notebook)
    hint = f"# Upload {wheel}, which lies beside the copies of the notebooks, to Colab first.\n"
    what = f"dlcore[notebooks] @ {base}/downloads/{wheel}" if base else f"{wheel}[notebooks]"
    install = f'{"" if base else hint}%pip install --quiet "{what}"'
    colab.cells.insert(0, new_code_cell(install, id="install"))
    return colab


def write_wheel(root: Path, target: Path) -> Path:
    """Build the library's wheel, if its sources changed since."""
    mark = target / ".wheel"
    digest = freshness.digest(
        repr(freshness.sources(root)).encode() + (root / "pyproject.toml").read_bytes()
    )
    wheels = sorted(target.glob("*.whl"))
    if len(wheels) == 1 and mark.exists() and mark.read_text("utf-8") == digest:
        return wheels[0]
    with tempfile.TemporaryDirectory() as scratch:
        ignore, copied = shutil.ignore_patterns("__pycache__"), Path(scratch, "source")
        copied.mkdir()
        for path in (root / name for name in WHEEL_FILES):
            if path.is_dir():
                shutil.copytree(path, copied / path.name, ignore=ignore)
            elif path.exists():
                shutil.copy(path, copied)
        command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "../out"]
        done = subprocess.run(command, cwd=copied, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"the wheel was not built:\n{done.stdout}\n{done.stderr}")
        built = next(Path(scratch, "out").glob("*.whl"))
        for old in wheels:
            old.unlink()
        contents.write_atomically(target / built.name, built.read_bytes())
    contents.write_atomically(mark, digest.encode())
    return target / built.name


def main() -> int:
    """The command line."""
    argparse.ArgumentParser(prog="python -m book.runner", description=__doc__).parse_args()
    for path in write_copies(Path.cwd()):
        print(path.relative_to(Path.cwd()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
