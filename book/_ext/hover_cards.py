"""What a reference leads to, shown beside it: equations, figures, boxes, terms, works, functions.

For each page the pieces of HTML stand in a script of their own, ``_static/cards/<page>.js``, which
book/scripts/reader.js loads at the first hover or focus of a link there, also from a disk.
"""

import json
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from sphinx.application import Sphinx

SHOWN = "div.math[id], figure[id], table[id], div.proof[id], div.exercise[id], div.citation[id]"
ROOT = "{root}"


def cards(body: str, pagename: str) -> Iterator[tuple[str, str]]:
    """Anchor and HTML of what can be shown."""
    soup = BeautifulSoup(body, "html.parser")
    for tag in soup.select(".headerlink, .dl-tex, .viewcode-link, .dl-cited"):
        tag.decompose()
    for tag in soup.select("[href], [src]"):
        for name in {"href", "src"} & set(tag.attrs):
            tag[name] = from_root(tag[name], pagename)
    for tag in soup.select(SHOWN):
        yield tag["id"], bare(tag)
    for term in soup.select("dt[id]"):
        if term["id"].startswith("term-"):
            meaning = term.find_next_sibling("dd")
            yield term["id"], f"<p><strong>{inner(term)}</strong></p>{inner(meaning)}"
        elif "sig" in term.get("class", []):
            yield term["id"], entry(term)


def entry(signature: Tag) -> str:
    """Name and first paragraph of an API entry."""
    text = signature.find_next_sibling("dd").find("p", recursive=False)
    what = f"<p>{inner(text)}</p>" if text else ""
    return f"<p><code>{signature['id']}</code></p>{what}"


def inner(tag: Tag | None) -> str:
    """The HTML inside a tag."""
    return tag.decode_contents().strip() if tag else ""


def bare(tag: Tag) -> str:
    """A tag without anchors, for they stand on the page already."""
    copy = BeautifulSoup(str(tag), "html.parser")
    for inside in copy.select("[id]"):
        del inside["id"]
    for inside in copy.select("[loading]"):
        del inside["loading"]
    return str(copy)


def from_root(address: str, pagename: str) -> str:
    """An address of a page as seen from the root of the book."""
    if re.match(r"[a-z]+:", address):
        return address
    path, _, anchor = address.partition("#")
    folder = posixpath.dirname(pagename)
    full = posixpath.normpath(posixpath.join(folder, path)) if path else f"{pagename}.html"
    return f"{ROOT}{full}#{anchor}" if anchor else f"{ROOT}{full}"


def write_cards(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """Write the cards of a page."""
    if app.builder.format != "html" or doctree is None:
        return
    found = dict(cards(context.get("body") or "", pagename))
    if not found:
        return
    file = Path(app.outdir, "_static", "cards", f"{pagename.replace('/', '.')}.js")
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, ensure_ascii=False)
    file.write_text(f"dlCards({json.dumps(pagename)},{text});\n", "utf8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Run when a page's body is complete."""
    app.connect("html-page-context", write_cards, priority=970)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
