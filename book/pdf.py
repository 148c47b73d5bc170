"""The book on paper: `python -m book.pdf`, or `make pdf`, writes `_build/deep-learning-101.pdf`.

Chromium prints the built pages as one document, twice: the first print tells on which pages the
chapters begin, the second has them in its contents. Then the file is checked: outline, links,
numbers of the equations, glyphs that no font has.
"""

import argparse
import html
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject, IndirectObject

from book import browser, contents
from book.volume import Leaf, Volume, bind, external

STYLE = Path(__file__).with_name("paper.css")
FILE = "deep-learning-101.pdf"
OURS = ("Source", "KaTeX", "DejaVu", "FontAwesome")
SHOWN = {b"Tj", b"TJ"}


def document(volume: Volume, pages: dict[str, int]) -> str:
    """The whole volume as one page, with the numbers of pages that are known already."""
    bodies, running = [], []
    for i, leaf in enumerate(volume.leaves):
        running.append(f'@page leaf{i} {{ @top-left {{ content: "{css_string(leaf.title)}" }} }}')
        bodies.append(f'<div class="leaf" id="{leaf.slug}" style="page: leaf{i}">')
        bodies.append(anchored(leaf) + "</div>")
    style = f"file://{quote(str(volume.html / '_static/style.css'))}"
    return f"""<!doctype html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"/>
<title>{html.escape(volume.title)}</title>
<meta name="author" content="{html.escape(volume.author)}"/>
<link rel="stylesheet" href="{style}"/>
<style>{STYLE.read_text("utf-8")}
{chr(10).join(running)}</style></head>
<body><div class="bd-content"><article class="bd-article">
{title_page(volume)}
{table_of_contents(volume, pages)}
{"".join(bodies)}
</article></div></body></html>"""


def css_string(text: str) -> str:
    """Text within a string of a style sheet."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def title_page(volume: Volume) -> str:
    """Title, authors, version and date."""
    logo = (volume.html / "_static" / "logo.svg").read_text("utf-8")
    return f"""<div class="title-page">{logo}<p class="title">{html.escape(volume.title)}</p>
<p class="author">{html.escape(volume.author)}</p><p>{html.escape(volume.edition)}</p>
<p>Words and figures under CC BY 4.0, code under the MIT licence.</p></div>"""


def table_of_contents(volume: Volume, pages: dict[str, int]) -> str:
    """Parts, pages and their sections, each with the number of its page."""
    lines, part = ['<nav class="toc-page"><h1>Contents</h1>'], ""

    def line(kind: str, anchor: str, title: str) -> str:
        number = pages.get(anchor, "")
        return (
            f'<p class="{kind}"><a href="#{anchor}"><span>{html.escape(title)}</span>'
            f"<span>{number}</span></a></p>"
        )

    for leaf in volume.leaves:
        if leaf.part != part:
            part = leaf.part
            lines.append(f'<p class="part">{html.escape(part)}</p>')
        lines.append(line("chapter", leaf.slug, leaf.title))
        if leaf.name.startswith("chapters/") and leaf.title[:1].isdecimal():
            lines += [line("section", f"{leaf.slug}.{a}", title) for a, title in leaf.sections()]
    return "\n".join([*lines, "</nav>"])


def anchored(leaf: Leaf) -> str:
    """The article with anchors of its own, links within the volume, pictures by their files."""
    for tag in leaf.article.find_all(id=True):
        if tag.find_parent("svg") is None:
            tag["id"] = f"{leaf.slug}.{tag['id'].removeprefix(f'{leaf.slug}.')}"
    for link in leaf.article.find_all("a", attrs={"data-page": True}):
        anchor = link["data-anchor"]
        link["href"] = f"#{link['data-page']}" + (f".{anchor}" if anchor else "")
    for picture in leaf.article.find_all("img"):
        if not picture["src"].startswith(("data:", "file:")):
            picture["src"] = f"file://{quote(str((leaf.folder / picture['src']).resolve()))}"
    return "".join(str(child) for child in leaf.article.children)


def print_to(path: Path, text: str) -> None:
    """Let Chromium print a document."""
    source = path.with_suffix(".html")
    source.write_text(text, "utf-8")
    with browser.chromium() as chromium:
        tab = chromium.new_page(java_script_enabled=False)
        tab.goto(f"file://{quote(str(source))}", wait_until="load", timeout=300_000)
        tab.emulate_media(media="print", color_scheme="light")
        tab.pdf(
            path=path, prefer_css_page_size=True, print_background=True, outline=True, tagged=True
        )
    source.unlink()


def destinations(reader: PdfReader) -> dict[str, int]:
    """On which page, counted from 1, each anchor stands."""
    found = reader.named_destinations.items()
    return {
        name.removeprefix("/"): number + 1
        for name, place in found
        if (number := reader.get_destination_page_number(place)) is not None
    }


def check(reader: PdfReader, root: Path, volume: Volume) -> Iterator[str]:
    """What is wrong with a print."""
    yield from check_links(reader)
    yield from check_glyphs(reader)
    titles = [title for title, _ in outline(reader.outline)]
    text = "".join(page.extract_text() for page in reader.pages)
    for leaf in volume.leaves:
        if not any(same_words(leaf.title, title) for title in titles):
            yield f"{leaf.name}: {leaf.title!r} is not in the outline"
    table = json.loads((root / "_build" / "labels.json").read_text("utf-8"))["numbers"]
    for leaf in volume.leaves:
        for anchor, (kind, number) in table.get(leaf.name, {}).items():
            if kind == "displaymath" and f"({number})" not in text:
                yield f"{leaf.name}: the number ({number}) of {anchor} is not on paper"


def same_words(one: str, other: str) -> bool:
    """Whether two headings agree in their letters."""
    return "".join(filter(str.isalnum, one)) == "".join(filter(str.isalnum, other))


def outline(nodes: list, depth: int = 0) -> Iterator[tuple[str, int]]:
    """Titles of the outline with their depth."""
    for node in nodes:
        if isinstance(node, list):
            yield from outline(node, depth + 1)
        else:
            yield node.title, depth


def check_links(reader: PdfReader) -> Iterator[str]:
    """Links that lead nowhere, or to this machine."""
    known = set(destinations(reader))
    for number, page in enumerate(reader.pages, 1):
        for reference in page.get("/Annots", []):
            note = reference.get_object()
            action = note.get("/A", DictionaryObject()).get_object()
            target = note.get("/Dest") or action.get("/D")
            if "/URI" in action:
                if not external(str(action["/URI"])):
                    yield f"page {number}: a link leads to {action['/URI']}"
            elif isinstance(target, str) and target.removeprefix("/") not in known:
                yield f"page {number}: a link leads to {target}, which is nowhere"


def check_glyphs(reader: PdfReader) -> Iterator[str]:
    """Characters that no font has, printed as empty boxes, and fonts that are not the book's."""
    foreign: dict[str, int] = {}
    for number, page in enumerate(reader.pages, 1):
        fonts = page["/Resources"].get("/Font", DictionaryObject()).get_object()
        name = ""
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator == b"Tf":
                name = str(operands[0])
                base = str(fonts[name].get_object().get("/BaseFont", "")).partition("+")[2]
                if base and not base.startswith(OURS):
                    foreign.setdefault(base, number)
            elif operator in SHOWN and is_wide(fonts[name]) and missing(operands):
                yield f"page {number}: a character that no font has"
    for base, number in foreign.items():
        yield f"page {number}: set in {base}, a font of this machine"


def is_wide(font: IndirectObject) -> bool:
    """Whether a font takes two bytes a glyph."""
    return font.get_object()["/Subtype"] == "/Type0"


def missing(operands: list) -> bool:
    """Whether a string shows the glyph 0, by which a font says that it has none."""
    pieces = operands[-1] if isinstance(operands[-1], list) else [operands[-1]]
    for piece in pieces:
        shown = getattr(piece, "original_bytes", b"")
        if any(shown[i : i + 2] == b"\0\0" for i in range(0, len(shown) - 1, 2)):
            return True
    return False


def make(root: Path) -> tuple[Path, list[str]]:
    """Print, and say what is wrong."""
    volume, path = bind(root), root / "_build" / FILE
    draft = path.with_name(f".{FILE}")
    print_to(draft, document(volume, {}))
    pages = destinations(PdfReader(draft))
    print_to(draft, document(volume, pages))
    reader = PdfReader(draft)
    found = list(check(reader, root, volume))
    if destinations(reader) != pages:
        found.append("the pages of the contents moved between the two prints")
    contents.write_atomically(path, draft.read_bytes())
    draft.unlink()
    print(f"{path}: {len(reader.pages)} pages, {path.stat().st_size / 1e6:.1f} MB")
    return path, found


def main() -> int:
    """The command line."""
    argparse.ArgumentParser(prog="python -m book.pdf", description=__doc__).parse_args()
    _, found = make(Path.cwd())
    print(*(f"FINDING {text}" for text in found), sep="\n", end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
