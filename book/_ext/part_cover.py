"""Directive ``{part-cover} name``: a cover of book/covers.py, with its caption as content."""

from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from book import contents, covers


class PartCover(SphinxDirective):
    """The picture, computed when the page is read, with its caption."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Picture and caption, without a number."""
        (name,) = self.arguments
        if name not in covers.COVERS or not self.options.get("alt") or not self.content:
            known = ", ".join(covers.COVERS)
            raise self.error(f"part-cover: write one of {known}, :alt: …, and a caption")
        self.env.note_dependency(covers.__file__)
        file = Path(self.env.srcdir) / "covers" / f"{name}.svg"
        contents.update(file, covers.svg(name).encode())
        uri, alt = f"/covers/{name}.svg", self.options["alt"]
        picture = nodes.image("", uri=uri, alt=alt, classes=["dl-plot"])
        caption = nodes.container("", classes=["dl-cover-caption"])
        self.state.nested_parse(self.content, self.content_offset, caption)
        return [nodes.container("", picture, caption, classes=["dl-cover"])]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("part-cover", PartCover)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
