"""A finished page is parsed once: for the search, then for the cards, which take it apart.

A listing is not: it is found by its names alone.
"""

from bs4 import BeautifulSoup
from sphinx.application import Sphinx

from book._ext.hover_cards import write_cards
from book._ext.search_index import SOURCE, Records, kind_of, listed, note_page


def read(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """Note what of a page can be found, and what can be shown beside references to it."""
    if app.builder.format != "html" or not context.get("body"):
        return
    if kind_of(pagename) == SOURCE:
        note_page(app, pagename, listed(context["body"]))
        return
    body = BeautifulSoup(context["body"], "html.parser")
    note_page(app, pagename, Records(body).found)
    if doctree is not None:
        write_cards(app, pagename, body)


def setup(app: Sphinx) -> dict[str, bool]:
    """Run when a page's body is complete."""
    app.connect("html-page-context", read, priority=970)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
