"""A finished page is parsed once: for the search, then for the cards, which take it apart.

A listing is not: it is found by its names alone. Nor are formulas, which are most of a chapter.
"""

import re

from bs4 import BeautifulSoup
from sphinx.application import Sphinx

from book._ext.hover_cards import cards, write_cards
from book._ext.search_index import SOURCE, Records, kind_of, listed, note_page

FORMULA = '<span class="katex">'
SPAN = re.compile(r"<(/?)span\b[^>]*>")
UNSEEN = re.compile(r"<math\b.*?</math>", re.S)
TAG = re.compile(r"<[^>]*>")
STAND_IN = re.compile(r'<span data-formula="(\d+)">[^<]*</span>')


def set_aside(body: str) -> tuple[str, list[str]]:
    """The page with a stand-in for each formula, which has its words only; the formulas."""
    parts, formulas, end = [], [], 0
    while (start := body.find(FORMULA, end)) >= 0:
        parts.append(body[end:start])
        end = end_of_span(body, start)
        formula = body[start:end]
        words = TAG.sub("", UNSEEN.sub("", formula))
        parts.append(f'<span data-formula="{len(formulas)}">{words}</span>')
        formulas.append(formula)
    return "".join([*parts, body[end:]]), formulas


def end_of_span(body: str, start: int) -> int:
    """Where the span that opens here has closed."""
    depth = 0
    for tag in SPAN.finditer(body, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    raise ValueError(f"a formula has no end: {body[start : start + 80]}")


def put_back(text: str, formulas: list[str]) -> str:
    """A piece of the page with its formulas."""
    return STAND_IN.sub(lambda found: formulas[int(found[1])], text)


def read(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """Note what of a page can be found, and what can be shown beside references to it."""
    if app.builder.format != "html" or not context.get("body"):
        return
    if kind_of(pagename) == SOURCE:
        note_page(app, pagename, listed(context["body"]))
        return
    text, formulas = set_aside(context["body"])
    body = BeautifulSoup(text, "html.parser")
    note_page(app, pagename, Records(body).found)
    if doctree is not None:
        found = {anchor: put_back(card, formulas) for anchor, card in cards(body, pagename)}
        write_cards(app, pagename, found)


def setup(app: Sphinx) -> dict[str, bool]:
    """Run when a page's body is complete."""
    app.connect("html-page-context", read, priority=970)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
