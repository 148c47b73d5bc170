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

BOXES = {"math", "proof", "exercise", "citation"}
LEFT_OUT = {"headerlink", "dl-tex", "viewcode-link", "dl-cited"}
ROOT = "{root}"


def cards(body: BeautifulSoup, pagename: str) -> Iterator[tuple[str, str]]:
    """Anchor and HTML of what can be shown; nothing of the page is of use afterwards."""
    found, left_out = [], []
    for tag in body.find_all(True):
        if anchor := tag.attrs.pop("id", None):  # the page itself has it
            found.append((anchor, tag))
        if LEFT_OUT & set(tag.get("class", [])):
            left_out.append(tag)
        tag.attrs.pop("loading", None)
        for name in {"href", "src"} & tag.attrs.keys():
            tag[name] = from_root(tag[name], pagename)
    for tag in left_out:
        tag.decompose()
    for anchor, tag in found:
        if not tag.decomposed and (content := card(anchor, tag)):
            yield anchor, content


def card(anchor: str, tag: Tag) -> str:
    """What is shown of a place, "" if it is none of those that have a card."""
    classes = set(tag.get("class", []))
    if tag.name in {"figure", "table"} or (tag.name == "div" and BOXES & classes):
        return str(tag)
    if tag.name == "dt" and anchor.startswith("term-"):
        meaning = tag.find_next_sibling("dd")
        return f"<p><strong>{inner(tag)}</strong></p>{inner(meaning)}"
    return entry(anchor, tag) if tag.name == "dt" and "sig" in classes else ""


def entry(name: str, signature: Tag) -> str:
    """Name and first paragraph of an API entry."""
    text = signature.find_next_sibling("dd").find("p", recursive=False)
    what = f"<p>{inner(text)}</p>" if text else ""
    return f"<p><code>{name}</code></p>{what}"


def inner(tag: Tag | None) -> str:
    """The HTML inside a tag."""
    return tag.decode_contents().strip() if tag else ""


def from_root(address: str, pagename: str) -> str:
    """An address of a page as seen from the root of the book."""
    if re.match(r"[a-z]+:", address):
        return address
    path, _, anchor = address.partition("#")
    folder = posixpath.dirname(pagename)
    full = posixpath.normpath(posixpath.join(folder, path)) if path else f"{pagename}.html"
    return f"{ROOT}{full}#{anchor}" if anchor else f"{ROOT}{full}"


def write_cards(app: Sphinx, pagename: str, found: dict[str, str]) -> None:
    """Write the cards of a page."""
    if not found:
        return
    file = Path(app.outdir, "_static", "cards", f"{pagename.replace('/', '.')}.js")
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, ensure_ascii=False)
    file.write_text(f"dlCards({json.dumps(pagename)},{text});\n", "utf8")
