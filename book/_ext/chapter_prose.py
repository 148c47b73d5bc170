"""What the chapters say and what their code uses, read from their sources."""

import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from book._ext.chapter_numbers import chapter_number


class Chapter(NamedTuple):
    """A chapter without the outputs of its run."""

    page: str
    title: str
    prose: str
    cells: tuple[str, ...]
    figures: tuple[str, ...]


def chapters(source: Path) -> dict[str, Chapter]:
    """The chapters of the staged book by number, in its order: digits before letters."""
    numbered = {
        number: path
        for path in (source / "chapters").glob("*.ipynb")
        if (number := chapter_number(f"chapters/{path.stem}"))
    }
    return {
        number: read(path, path.stat().st_mtime_ns)
        for number, path in sorted(numbered.items(), key=lambda item: item[1].name)
    }


@lru_cache(maxsize=64)
def read(path: Path, changed: int) -> Chapter:
    """A notebook, read once as long as it does not change."""
    cells = json.loads(path.read_text("utf8"))["cells"]
    prose = [text(cell) for cell in cells if cell["cell_type"] == "markdown"]
    figures = [cell["metadata"].get("mystnb", {}).get("figure", {}) for cell in cells]
    captions = [figure.get("caption", "") for figure in figures]
    return Chapter(
        f"chapters/{path.stem}",
        "\n".join(prose).partition("\n")[0].lstrip("# "),
        "\n\n".join([*prose, *captions]),
        tuple(text(cell) for cell in cells if cell["cell_type"] == "code"),
        tuple(figure["name"] for figure in figures if "name" in figure),
    )


def text(cell: dict) -> str:
    """The source of a cell."""
    return "".join(cell["source"])
