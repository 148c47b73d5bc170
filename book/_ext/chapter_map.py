"""Directive ``{chapter-map}``: which chapters build on which, beside paths through them.

Each paragraph of the content is a path: it leads through the chapters that it names. A chapter
builds on those before it that its text refers to and whose part of the library its code uses.
"""

import ast
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from itertools import groupby

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from book._ext.chapter_prose import Chapter, chapters

DEFINED = re.compile(r"^\(([\w-]+)\)=|^:(?:label|name):\s*([\w-]+)|\$\$\s*\((eq-[\w-]+)\)", re.M)
REFERENCE = re.compile(r"\{(?:ref|numref|eq|prf:ref)\}`(?:[^`<]*<)?([\w-]+)>?`")
NAMED = re.compile(r"\{chapter\}`(\w+)`")
# The chapters of packages of which others describe modules; data and drawing teach nothing.
OWNERS = {
    "dlcore.numerics": 4,
    "dlcore.autograd": 6,
    "dlcore.nn": 6,
    "dlcore.evaluation": 11,
    "dlcore.representation": 15,
    "dlcore.graphical": 16,
}
APART = {"dlcore.data", "dlcore.plot", "dlcore.explorables"}
MOST = 3  # arcs that end at a chapter: those from what it uses most
SIGNS = "●■◆▲"
LINE, STEP, TEXT, WIDTH = 31, 15, 244, 428


def labels(book: Mapping[str, Chapter]) -> dict[str, str]:
    """Label -> number of the chapter that gives it."""
    found = {}
    for number, chapter in book.items():
        for groups in DEFINED.findall(chapter.prose):
            found["".join(groups)] = number
        found |= dict.fromkeys(chapter.figures, number)
    return found


def used_names(cells: tuple[str, ...]) -> Iterator[str]:
    """Names of the library in code, such as ``dlcore.nn.softmax``, each time that they occur."""
    bound: dict[str, str] = {}
    for cell in cells:
        tree = ast.parse(cell)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dlcore"):
                for name in node.names:
                    bound[name.asname or name.name] = f"{node.module}.{name.name}"
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in bound:
                yield bound[node.id]
            elif isinstance(node, ast.Attribute) and getattr(node.value, "id", None) in bound:
                yield f"{bound[node.value.id]}.{node.attr}"


def taught_in(name: str, rooms: Mapping[str, int | str]) -> str:
    """The number of the chapter that teaches a name, empty for what belongs to none."""
    room = ".".join(name.split(".")[:2])
    if room in APART:
        return ""
    try:
        found = getattr(importlib.import_module(room), name.rpartition(".")[2], None)
    except ModuleNotFoundError:
        return ""
    if found is None or inspect.ismodule(found):
        return ""
    module = getattr(found, "__module__", None) or room
    return str(rooms.get(module) or OWNERS.get(room) or rooms.get(room, ""))


def dependencies(
    book: Mapping[str, Chapter], rooms: Mapping[str, int | str]
) -> dict[str, Counter[str]]:
    """Chapter -> how often it uses each of the chapters before it."""
    home, order = labels(book), list(book)
    found = {}
    for number, chapter in book.items():
        targets = [home.get(label, "") for label in REFERENCE.findall(chapter.prose)]
        targets += NAMED.findall(chapter.prose)
        targets += [taught_in(name, rooms) for name in dict.fromkeys(used_names(chapter.cells))]
        before = order[: order.index(number)]
        found[number] = Counter(target for target in targets if target in before)
    return found


def foundations(uses: Counter[str]) -> list[str]:
    """The chapters that another uses most, in the book's order."""
    order = sorted(uses, key=lambda number: (-uses[number], number))
    return sorted(order[:MOST], key=lambda number: (not number.isdecimal(), number.zfill(2)))


def drawing(
    book: Mapping[str, Chapter],
    uses: Mapping[str, Counter[str]],
    paths: list[set[str]],
    addresses: Mapping[str, str],
) -> str:
    """The map as SVG: a line for each chapter, signs of the paths, arcs from what it builds on."""
    at = {number: LINE * (i + 1) for i, number in enumerate(book)}
    left, height = STEP * len(paths) + 8, LINE * (len(book) + 1)
    parts = []
    for column, path in enumerate(paths):
        x, stops = STEP * column + 9, [at[number] for number in book if number in path]
        if stops:
            parts.append(f'<path d="M{x} {stops[0]}V{stops[-1]}" stroke-opacity=".4"/>')
        for y in stops:
            parts.append(f'<text x="{x}" y="{y + 4}" text-anchor="middle">{SIGNS[column]}</text>')
    for number in book:
        for before in foundations(uses[number]):
            top, bottom = at[before], at[number]
            x, weight = left + TEXT, min(3.0, 0.6 + 0.12 * uses[number][before])
            far = x + (WIDTH - 4 - x) / 0.75 * ((bottom - top) / height) ** 0.7
            parts.append(
                f'<path d="M{x} {top}C{far:.0f} {top} {far:.0f} {bottom} {x} {bottom}" '
                f'stroke-width="{weight:.1f}" stroke-opacity=".55"/>'
            )
    for number, chapter in book.items():
        said = f"{number} {chapter.title.partition(':')[0]}"
        on = foundations(uses[number])
        spoken = f"{said}, builds most on {', '.join(on)}" if on else said
        parts.append(
            f'<a href="{escape(addresses[number])}" aria-label="{escape(spoken)}">'
            f'<text x="{left}" y="{at[number] + 4}">{escape(said)}</text></a>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="group" '
        'aria-label="Map of the chapters: each is joined to those that it builds on most" '
        'style="display:block;width:100%;max-width:34rem;font:13px var(--dl-sans)">'
        '<g fill="none" stroke="currentColor">'
        + "".join(part for part in parts if part.startswith("<path"))
        + '</g><g fill="currentColor">'
        + "".join(part for part in parts if not part.startswith("<path"))
        + "</g></svg>"
    )


class ChapterMap(SphinxDirective):
    """The drawing, and below it the paths."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Drawn from the sources of all chapters when the page is read."""
        from book._ext.taught_in import CHAPTERS

        book = chapters(self.env.srcdir)
        for chapter in book.values():
            self.env.note_dependency(self.env.doc2path(chapter.page))
        words = [list(lines) for filled, lines in groupby(self.content, key=bool) if filled]
        if len(words) > len(SIGNS):
            raise self.error(f"{self.name}: at most {len(SIGNS)} paths, got {len(words)}")
        paths = [set(NAMED.findall("\n".join(lines))) & set(book) for lines in words]
        uri = self.env.app.builder.get_relative_uri
        addresses = {n: uri(self.env.docname, chapter.page) for n, chapter in book.items()}
        svg = drawing(book, dependencies(book, CHAPTERS), paths, addresses)
        box = nodes.container("", nodes.raw("", svg, format="html"), classes=["dl-map"])
        for sign, lines in zip(SIGNS, words, strict=False):
            text = StringList([f"{sign} {lines[0]}", *lines[1:], ""], source="")
            self.state.nested_parse(text, self.content_offset, box)
        return [box]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("chapter-map", ChapterMap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
