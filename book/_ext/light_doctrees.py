"""What Sphinx keeps of a page that it has read is the page.

MyST leaves with every node of an ``eval-rst`` the document that it was read in, and with that the
whole environment: megabytes of each page of the API, written once and read twice.
"""

from docutils import nodes
from sphinx.application import Sphinx


def forget_where_it_was_read(app: Sphinx, doctree: nodes.document) -> None:
    """Let every node belong to the page."""
    for node in doctree.findall():
        node._document = doctree


def setup(app: Sphinx) -> dict[str, bool]:
    """Run when all else has read the page."""
    app.connect("doctree-read", forget_where_it_was_read, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
