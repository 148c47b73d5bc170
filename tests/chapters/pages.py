"""A chapter's notebook, run without its pictures, and what it says in numbers."""

import re
import warnings
from functools import cache
from pathlib import Path

import matplotlib as mpl
import nbformat
import pytest
import torch

import dlcore
from book._ext.generated_pages import CHAPTERS as TAUGHT_IN

CHAPTERS = Path(__file__).parents[2] / "chapters"
LIBRARY = Path(dlcore.__file__).parent


def taught_by(chapter: int, *packages: str) -> str:
    """The sources of packages, without the modules that a later chapter teaches."""
    return "\n".join(
        path.read_text("utf-8")
        for package in packages
        for path in sorted((LIBRARY / package).glob("*.py"))
        if TAUGHT_IN.get(f"dlcore.{package}.{path.stem}", chapter) <= chapter
    )


class Page:
    """The cells of a chapter by id, its prose, and after `run` the names that its cells define."""

    def __init__(self, slug: str):
        self.cells = {
            cell["id"]: cell for cell in nbformat.read(CHAPTERS / f"{slug}.ipynb", 4).cells
        }
        markdown = [cell.source for cell in self.cells.values() if cell.cell_type == "markdown"]
        self.prose = "\n".join(markdown)
        self.names: dict = {}
        self.glued: dict[str, object] = {}

    def run(self, *needed: str) -> "Page":
        """Execute the code cells but those whose id says that they draw; of these the needed."""
        dtype, state = torch.get_default_dtype(), torch.random.get_rng_state()
        with (
            pytest.MonkeyPatch.context() as patch,
            mpl.rc_context({"backend": "agg"}),
            warnings.catch_warnings(),
        ):
            warnings.filterwarnings("ignore", "__array", DeprecationWarning)
            mpl.use("agg")
            patch.setattr(dlcore, "glue", self.glued.update)
            try:
                for name, cell in self.cells.items():
                    drawn = name.endswith(("-figure", "-explorable")) and name not in needed
                    if cell.cell_type == "code" and not drawn:
                        exec(compile(cell.source, name, "exec"), self.names)
            finally:
                torch.set_default_dtype(dtype)
                torch.random.set_rng_state(state)
                mpl.pyplot.close("all")
        return self

    def number(self, name: str) -> float:
        """A number that the prose shows; of one with an interval its mean."""
        value = self.glued[name]
        if isinstance(value, str):
            value = value.split()[0].replace(",", "").replace("\N{MINUS SIGN}", "-")
        return float(value)

    def shown(self) -> set[str]:
        """The names of all numbers in the prose."""
        return set(re.findall(r"\{glue:text\}`(\w+)", self.prose))

    def labels(self) -> list[str]:
        """All labels that the page defines, with repetitions."""
        heads = re.findall(r"^\(([\w-]+)\)=$", self.prose, re.M)
        return heads + re.findall(r"^\$\$ \(([\w-]+)\)$", self.prose, re.M)


def cited_by(chapter: int, *packages: str) -> set[str]:
    """The labels that the docstrings of what a chapter teaches refer to."""
    return set(re.findall(r":(?:eq|ref):`([\w-]+)`", taught_by(chapter, *packages)))


@cache
def labels_of(slug: str) -> frozenset[str]:
    """The labels of a chapter: the tests of every later one ask for them."""
    return frozenset(Page(slug).labels())


def labels_elsewhere(chapter: int) -> set[str]:
    """The labels of all other chapters."""
    slugs = [path.stem for path in sorted(CHAPTERS.glob("[0-9]*.ipynb"))]
    return {label for slug in slugs if int(slug[:2]) != chapter for label in labels_of(slug)}
