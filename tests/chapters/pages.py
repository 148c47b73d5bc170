"""A chapter's notebook, what its run computed, and what it says in numbers."""

import asyncio
import pickle
import re
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

import dlcore
from book import execute, labels
from book._ext.taught_in import CHAPTERS as TAUGHT_IN

ROOT = Path(__file__).parents[2]
CHAPTERS = ROOT / "chapters"
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
    """The cells of a chapter by id, its prose, and of its run (`computed`) names and numbers."""

    def __init__(self, slug: str):
        self.path = CHAPTERS / f"{slug}.ipynb"
        self.cells = {cell["id"]: cell for cell in nbformat.read(self.path, 4).cells}
        markdown = [cell.source for cell in self.cells.values() if cell.cell_type == "markdown"]
        self.prose = "\n".join(markdown)
        self.names: dict[str, Any] = {}
        self.glued: dict[str, object] = {}

    def computed(self) -> "Page":
        """The page with what its latest run computed; it runs first where that is out of date."""
        (run,) = asyncio.run(execute.run_all([self.path], ROOT, jobs=1, timeout=900))
        assert run.status != "failed", run.report
        shelf = execute.Shelf(ROOT)
        self.names = pickle.loads(shelf.names(self.path).read_bytes())
        self.glued = labels.glued(nbformat.read(shelf.place(self.path), 4))
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
