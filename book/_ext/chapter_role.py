"""Role ``{chapter}`9```: "Chapter 9", with `A` "Appendix A", a link as soon as that page exists."""

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxRole
from sphinx.util.nodes import make_refnode

from book._ext.chapter_numbers import chapter_name, chapter_pages

NUMBERS = [*map(str, range(1, 21)), "A"]


class ChapterRole(SphinxRole):
    """A reference to a chapter by its number."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Leave the link to be decided when all pages are known."""
        if self.text not in NUMBERS:
            message = f"chapter: expected a number from 1 to 20 or A, got {self.text!r}"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        text = nodes.inline("", chapter_name(self.text), classes=["dl-chapter"])
        reference = pending_xref(
            "", text, refdomain="", reftype="chapter", reftarget=self.text, refdoc=self.env.docname
        )
        self.set_source_info(reference)
        return [reference], []


def link_to_chapter(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, text: nodes.Element
) -> nodes.Element | None:
    """Link to the chapter's page, or plain text while there is none."""
    if node["reftype"] != "chapter":
        return None
    page = chapter_pages(env).get(node["reftarget"])
    if page is None:
        return text
    title = env.titles[page].astext()
    return make_refnode(app.builder, node["refdoc"], page, "", text, title)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the role and what resolves it."""
    app.add_role("chapter", ChapterRole())
    app.connect("missing-reference", link_to_chapter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
