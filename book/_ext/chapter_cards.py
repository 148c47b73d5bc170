"""The book's contents on its first page: the directive ``{chapter-cards}``.

A line per chapter: its number and a sentence. Shown are the finished ones, each with a picture out
of its executed notebook (the output of the cell tagged ``cover``, else the first figure).
"""

import base64
import json
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from book import contents
from book._ext.chapter_numbers import chapter_name, chapter_pages
from book._ext.light_figures import pixels
from book._ext.photographs import holds_photograph

PICTURES = {"image/svg+xml": "svg", "image/png": "png"}
WIDTH = 600  # pixels, for a card of about 340


def picture(cell: dict) -> tuple[str, bytes] | None:
    """Suffix and content of the first picture a cell put out."""
    for output in cell.get("outputs", []):
        for kind, suffix in PICTURES.items():
            if kind in output.get("data", {}):
                content = "".join(output["data"][kind])
                return suffix, content.encode() if suffix == "svg" else base64.b64decode(content)
    return None


def cover(notebook: Path) -> tuple[str, bytes, str] | None:
    """The picture that stands for a notebook, with its text alternative."""
    if notebook.suffix != ".ipynb":
        return None
    cells = json.loads(notebook.read_text("utf8"))["cells"]
    tagged = [c for c in cells if "cover" in c["metadata"].get("tags", [])]
    figures = [c for c in cells if "figure" in c["metadata"].get("mystnb", {})]
    for cell in tagged + figures:
        found = picture(cell)
        if found:
            alt = cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "")
            return *found, alt
    return None


class ChapterCards(SphinxDirective):
    """A card for each finished chapter."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Cards in the order of the lines."""
        pages = chapter_pages(self.env)
        cards = nodes.container(classes=["dl-cards"])
        for number, sentence in self.lines():
            if number in pages:
                cards += self.card(number, sentence, pages[number])
        return [cards] if cards.children else [nodes.paragraph("", "No chapter of these yet.")]

    def lines(self) -> list[tuple[str, str]]:
        """Number and the rest of each line."""
        pairs = [line.strip().partition(" ") for line in self.content if line.strip()]
        for number, _, rest in pairs:
            if not (number.isdecimal() or number.isupper()) or not rest:
                raise self.error(f"{self.name}: expected number and text, got {number} {rest}")
        return [(number, rest.strip()) for number, _, rest in pairs]

    def card(self, number: str, sentence: str, page: str) -> nodes.Node:
        """Picture, title and sentence; the title is the link."""
        notebook = Path(self.env.doc2path(page))
        self.env.note_dependency(str(notebook))
        title = nodes.paragraph(classes=["dl-card-title"])
        title += nodes.inline("", f"{number}\u2002", classes=["section-number"])
        title += self.link(f"/{page}", nodes.inline("", chapter_name(number)))
        text = nodes.container("", title, nodes.paragraph("", sentence), classes=["dl-card-text"])
        card = nodes.container("", text, classes=["dl-card"])
        found = cover(notebook)
        if found:
            suffix, content, alt = found
            file = Path(self.env.srcdir) / "covers" / f"{number}.{suffix}"
            contents.update(file, content)
            kind = "dl-plot" if suffix == "svg" and not holds_photograph(file) else "dl-photo"
            if suffix == "svg":
                contents.update(file.with_suffix(".webp"), pixels(file, WIDTH))
                suffix = "webp"
            uri = f"/covers/{number}.{suffix}"
            card.insert(0, nodes.image("", uri=uri, alt=alt, classes=[kind]))
        return card

    def link(self, page: str, text: nodes.Node) -> pending_xref:
        """A reference to a page, resolved when all are known."""
        node = pending_xref("", text, refdomain="std", reftype="doc", reftarget=page)
        node.attributes |= {"refdoc": self.env.docname, "refwarn": True, "refexplicit": False}
        self.set_source_info(node)
        return node


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("chapter-cards", ChapterCards)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
