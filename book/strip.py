"""Remove outputs from the notebooks before a commit: `python -m book.strip [--check]`.

Outputs of cells that nbval compares (tags `nbval-check-output` and `keep_output`) stay with their
count, but never a picture. `--check` changes nothing and fails if something were to be removed.
Either fails on a cell to compare that has no output to compare with.
"""

import argparse
import copy
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbstripout import strip_output

from book.contents import write_atomically

FOLDERS = ("chapters", "exercises/source")
COMPARED, KEPT = "nbval-check-output", "keep_output"
LEFT_BEHIND = [
    "metadata.dlcore",
    "metadata.widgets",
    "metadata.language_info.version",
    "metadata.vscode",
    "cell.metadata.execution",
    "cell.metadata.ExecuteTime",
    "cell.metadata.collapsed",
    "cell.metadata.scrolled",
    "cell.metadata.vscode",
]


def stripped(notebook: NotebookNode) -> NotebookNode:
    """A copy without outputs, but those to compare."""
    clean = strip_output(
        copy.deepcopy(notebook),
        keep_output=False,
        keep_count=True,
        keep_id=True,
        extra_keys=LEFT_BEHIND,
    )
    for cell in clean.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not has_picture(output)]
            if not cell.outputs:
                cell.execution_count = None
    return clean


def has_picture(output: NotebookNode) -> bool:
    """Whether an output holds a picture in any of its forms."""
    data = output.get("data", {})
    html = "".join(data.get("text/html", ""))
    return any(mime.startswith("image/") for mime in data) or "<img" in html or "<svg" in html


def untested(notebook: NotebookNode) -> Iterator[str]:
    """Cells whose tags promise a comparison that cannot take place."""
    for number, cell in enumerate(notebook.cells, 1):
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type != "code" or not tags & {COMPARED, KEPT}:
            continue
        if not {COMPARED, KEPT} <= tags:
            yield f"cell {number} has one of the tags {COMPARED} and {KEPT}: it needs both"
        elif not cell.outputs:
            yield f"cell {number} is tagged {COMPARED} but has no stored output: run and save it"


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m book.strip", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, only report")
    check = parser.parse_args(arguments).check
    found = []
    for path in sorted(path for folder in FOLDERS for path in Path(folder).rglob("*.ipynb")):
        if ".ipynb_checkpoints" in path.parts:
            continue
        notebook = nbformat.read(path, 4)
        clean = stripped(notebook)
        if clean != notebook:
            if check:
                found.append(f"{path}: has outputs: run python -m book.strip")
            else:
                write_atomically(path, (nbformat.writes(clean) + "\n").encode())
        found += [f"{path}: {text}" for text in untested(clean)]
    print(*found, sep="\n", end="\n" if found else "", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
