"""The book for e-readers: `python -m book.epub`, or `make epub`.

Writes `_build/deep-learning-101.epub`, EPUB 3 of the built pages, formulas as there (MathML for
those who listen). It is checked: well-formed, every link and file within it there; then by the
checker that book/node pins.
"""

import argparse
import datetime
import html
import mimetypes
import re
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urldefrag
from xml.etree import ElementTree

from bs4 import Tag
from bs4.element import Comment

from book import contents, javascript
from book.volume import Leaf, Volume, bind, external

FILE = "deep-learning-101.epub"
STYLE = Path(__file__).with_name("epub.css")
MATHS = Path(__file__).parent / "vendor" / "katex" / "katex.min.css"
# What HTML parsers make lower case though SVG is written otherwise.
MIXED = {name.lower(): name for name in ("viewBox", "preserveAspectRatio", "gradientUnits")}
MIXED |= {name.lower(): name for name in ("clipPathUnits", "gradientTransform", "textLength")}
MIXED_TAGS = {name.lower(): name for name in ("clipPath", "linearGradient", "radialGradient")}
NOT_XHTML = ("align", "valign", "border", "scope", "name", "data-page", "data-anchor", "open")
TYPES = {".woff2": "font/woff2", ".css": "text/css", ".svg": "image/svg+xml"}
TYPES |= {".png": "image/png", ".webp": "image/webp"}
PICTURE_NAME = re.compile(rb' id="image\w+"')
IN_ADDRESSES = "%/:?#[]@!$&'()*+,;=~"  # all signs that an address may have, but < and > in a DOI
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles><rootfile full-path="EPUB/package.opf"
media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
lang="en" xml:lang="en">
<head><title>{title}</title>
<link rel="stylesheet" href="styles/katex.css"/>
<link rel="stylesheet" href="styles/book.css"/></head>
<body>{body}</body></html>
"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>
<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:language>en</dc:language>
<dc:date>{date}</dc:date><dc:description>{edition}</dc:description>
<dc:rights>Words and figures CC BY 4.0, code MIT</dc:rights>
<meta property="dcterms:modified">{date}T00:00:00Z</meta>
<meta property="schema:accessMode">textual</meta><meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""


def page(leaf: Leaf, files: dict[str, bytes]) -> str:
    """A leaf as XHTML; the pictures it shows are added to the files."""
    for link in leaf.article.find_all("a", attrs={"data-page": True}):
        anchor = link["data-anchor"]
        link["href"] = f"{link['data-page']}.xhtml" + (f"#{anchor}" if anchor else "")
    for link in leaf.article.find_all("a", href=external):
        link["href"] = quote(link["href"], safe=IN_ADDRESSES)
    for picture in leaf.article.find_all("img"):
        if not picture["src"].startswith("data:"):
            path = (leaf.folder / picture["src"]).resolve()
            content = path.read_bytes()
            is_drawing = path.suffix == ".svg"
            files[f"images/{path.name}"] = once_each(content) if is_drawing else content
            picture["src"] = f"images/{path.name}"
    for tag in leaf.article.find_all(True):
        as_xhtml(tag)
    for comment in leaf.article.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    body = "".join(child.decode(formatter="minimal") for child in tags(leaf.article))
    return PAGE.format(title=html.escape(leaf.title), body=body)


def once_each(drawing: bytes) -> bytes:
    """A drawing whose equal pictures do not share the name that matplotlib gave them."""
    seen: set[bytes] = set()

    def first(name: re.Match[bytes]) -> bytes:
        again = name[0] in seen
        seen.add(name[0])
        return b"" if again else name[0]

    return PICTURE_NAME.sub(first, drawing)


def tags(article: Tag) -> list[Tag]:
    """The elements of an article."""
    return [child for child in article.children if isinstance(child, Tag)]


def as_xhtml(tag: Tag) -> None:
    """What HTML allows and XHTML does not."""
    tag.name = MIXED_TAGS.get(tag.name, tag.name)
    if tag.find_parent("svg") or tag.name == "svg":
        tag.attrs = {MIXED.get(name, name): value for name, value in tag.attrs.items()}
        if tag.name == "svg":
            tag["xmlns"] = "http://www.w3.org/2000/svg"
        return
    if tag.name == "math" or tag.find_parent("math"):
        return
    for name in NOT_XHTML:
        tag.attrs.pop(name, None)
    if tag.name in ("p", "span") and tag.find(["div", "p", "ul", "ol", "table", "figure"]):
        tag.name = "div"


def cover(volume: Volume) -> bytes:
    """The logo with the title under it."""
    logo = (volume.html / "_static" / "logo.svg").read_text("utf-8")
    title, edition = html.escape(volume.title), html.escape(volume.edition)
    drawing = logo[logo.index(">") + 1 : logo.rindex("</svg>")]
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 800"
width="1200" height="1600" font-family="sans-serif" text-anchor="middle">
<rect width="600" height="800" fill="#fff"/>
<g transform="translate(90 170) scale(3.5)">{drawing}</g>
<text x="300" y="540" font-weight="bold" font-size="52" fill="#1b222c">{title}</text>
<text x="300" y="590" font-size="22" fill="#566171">{edition}</text></svg>""".encode()


def title_page(volume: Volume) -> str:
    """Cover, title, authors, edition."""
    title = html.escape(volume.title)
    words = [f"<h1>{title}</h1>", f"<p>{html.escape(volume.author)}</p>"]
    words += [f"<p>{html.escape(volume.edition)}. Words and figures CC BY 4.0, code MIT.</p>"]
    picture = (
        f'<img src="images/cover.svg" alt="The cover: a small network over the words {title}"/>'
    )
    return PAGE.format(title=title, body="".join([picture, *words]))


def navigation(volume: Volume) -> str:
    """Parts, pages, sections."""
    parts: dict[str, list[Leaf]] = {}
    for leaf in volume.leaves:
        parts.setdefault(leaf.part, []).append(leaf)
    lines = []
    for part, leaves in parts.items():
        inside = "".join(map(entry, leaves))
        lines.append(
            f"<li><span>{html.escape(part)}</span><ol>{inside}</ol></li>" if part else inside
        )
    body = f'<nav epub:type="toc"><h1>Contents</h1><ol>{"".join(lines)}</ol></nav>'
    return PAGE.format(title="Contents", body=body)


def entry(leaf: Leaf) -> str:
    """A page with its sections."""
    file, sections = f"{leaf.slug}.xhtml", ""
    if leaf.title[:1].isdecimal():
        lines = [
            f'<li><a href="{file}#{html.escape(anchor)}">{html.escape(title)}</a></li>'
            for anchor, title in leaf.sections()
        ]
        sections = f"<ol>{''.join(lines)}</ol>" if lines else ""
    return f'<li><a href="{file}">{html.escape(leaf.title)}</a>{sections}</li>'


def bound(volume: Volume) -> dict[str, bytes]:
    """The files of the EPUB below EPUB/, the package document last."""
    files = {"images/cover.svg": cover(volume)}
    pages = {"title.xhtml": title_page(volume)}
    pages |= {f"{leaf.slug}.xhtml": page(leaf, files) for leaf in volume.leaves}
    pages["nav.xhtml"] = navigation(volume)
    fonts = volume.html / "_static" / "katex" / "fonts"
    maths = MATHS.read_text("utf-8")
    used = sorted(set(re.findall(r"fonts/([\w-]+\.woff2)", maths)))
    files |= {f"styles/fonts/{name}": (fonts / name).read_bytes() for name in used}
    files["styles/katex.css"] = maths.encode()
    files["styles/book.css"] = STYLE.read_bytes()
    files |= {name: text.encode() for name, text in pages.items()}
    files["package.opf"] = package(volume, files, list(pages)).encode()
    return files


def package(volume: Volume, files: dict[str, bytes], pages: list[str]) -> str:
    """What is in the EPUB, and in which order it is read."""
    items, names = [], {}
    for i, (name, content) in enumerate(files.items()):
        names[name] = f"i{i}"
        kind = TYPES.get(PurePosixPath(name).suffix) or mimetypes.guess_type(name)[0]
        kind = "application/xhtml+xml" if name.endswith(".xhtml") else kind
        properties = {"nav.xhtml": ["nav"], "images/cover.svg": ["cover-image"]}.get(name, [])
        if name.endswith(".xhtml"):
            properties += ["mathml"] * (b"<math" in content) + ["svg"] * (b"<svg" in content)
        told = f' properties="{" ".join(properties)}"' if properties else ""
        items.append(f'<item id="i{i}" href="{name}" media-type="{kind}"{told}/>')
    order = [
        "title.xhtml",
        "nav.xhtml",
        *(p for p in pages if p not in ("title.xhtml", "nav.xhtml")),
    ]
    spine = [f'<itemref idref="{names[name]}"/>' for name in order]
    return PACKAGE.format(
        identifier=uuid.uuid5(uuid.NAMESPACE_URL, f"{volume.title} {volume.edition}"),
        title=html.escape(volume.title),
        author=html.escape(volume.author),
        edition=html.escape(volume.edition),
        date=volume.date.isoformat(),
        manifest="\n".join(items),
        spine="\n".join(spine),
    )


def check(files: dict[str, bytes]) -> Iterator[str]:
    """Pages that are not well-formed, links and files that are not there."""
    trees: dict[str, ElementTree.Element] = {}
    for name, content in files.items():
        if name.endswith((".xhtml", ".opf", ".svg")):
            try:
                trees[name] = ElementTree.fromstring(content)
            except ElementTree.ParseError as error:
                yield f"{name}: not well-formed: {error}"
    anchors = {name: {e.get("id") for e in tree.iter()} for name, tree in trees.items()}
    for name, tree in trees.items():
        for element in tree.iter():
            for address in filter(None, (element.get("href"), element.get("src"))):
                if external(address) or address.startswith("data:") or name.endswith(".svg"):
                    continue
                file, anchor = urldefrag(address)
                if (file or name) not in files:
                    yield f"{name}: {address} is not in the EPUB"
                elif anchor and anchor not in anchors.get(file or name, set()):
                    yield f"{name}: {address}: there is no such anchor"


def write(path: Path, files: dict[str, bytes], date: datetime.date) -> None:
    """The EPUB as an archive that is the same for the same book."""
    draft = path.with_name(f".{path.name}")
    when = (date.year, date.month, date.day, 0, 0, 0)
    with zipfile.ZipFile(draft, "w") as archive:
        kind = zipfile.ZipInfo("mimetype", when)
        archive.writestr(kind, "application/epub+zip", zipfile.ZIP_STORED)
        inside = {"META-INF/container.xml": CONTAINER.encode()}
        inside |= {f"EPUB/{name}": content for name, content in files.items()}
        for name, content in inside.items():
            archive.writestr(zipfile.ZipInfo(name, when), content, zipfile.ZIP_DEFLATED)
    contents.write_atomically(path, draft.read_bytes())
    draft.unlink()


def validated(root: Path, path: Path) -> list[str]:
    """What the pinned checker of EPUBs says."""
    command = javascript.program(root, "@likecoin/epubcheck-ts/bin/epubcheck.js")
    told = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    return (told.stdout + told.stderr).strip().splitlines() if told.returncode else []


def main() -> int:
    """The command line."""
    argparse.ArgumentParser(prog="python -m book.epub", description=__doc__).parse_args()
    root = Path.cwd()
    volume, path = bind(root), root / "_build" / FILE
    files = bound(volume)
    found = list(check(files))
    write(path, files, volume.date)
    print(f"{path}: {len(volume.leaves)} pages, {path.stat().st_size / 1e6:.1f} MB")
    found += validated(root, path)
    print(*(f"FINDING {text}" for text in found), sep="\n", end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
