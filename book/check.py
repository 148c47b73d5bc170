"""What must hold of the built pages, whatever Sphinx thought of them.

Pages, equations, figures, exercises are as many as the sources have; nothing is left unrendered;
nothing is fetched from elsewhere; every link and anchor leads somewhere; every picture has a
description, every figure a caption. Each finding says what to write.
"""

import argparse
import inspect
import os
import pickle
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import nbformat
from nbformat import NotebookNode

from book import contents, freshness
from book.page import Page
from book.plain import blocks

EXTERNAL = re.compile(r"^\s*(?:https?:)?//", re.I)
IN_STYLE = re.compile(r"(?:url\(\s*|@import\s+)[\"']?\s*((?:https?:)?//[^\"')\s;]+)", re.I)
IN_SCRIPT = re.compile(
    r"[\"'`]((?:https?:)?//[^\"'`\s]+\.(?:m?js|css|wasm|json|woff2?))[\"'`]", re.I
)
ROWS = re.compile(r"^\\begin\{(?:equation|align|gather)\*?\}", re.M)
COUNTED_AS = {"math": "equations", "figure": "figures", "exercise": "exercises"}
COUNTED_AS |= {"exercise-start": "exercises"}
UNSEEN = {"remove-cell", "remove-output", "remove_cell", "remove_output"}
CAPTION = '{"mystnb": {"figure": {"caption": "…", "name": "fig-…"}, "image": {"alt": "…"}}}'
VALUE_LINES = 20


def report(root: Path) -> bool:
    """Print the counts and the findings; whether there were findings."""
    built = root / "_build" / "html"
    pages = read(built)
    found = [*missing(root), *check_counts(root, pages), *check_notebooks(root)]
    for path, page in pages.items():
        name = path.relative_to(built).as_posix()
        found += [f"{name}: {text}" for text in check_page(page)]
        found += [f"{name}: {text}" for text in check_links(path, page, pages)]
    found += check_styles(built)
    print(f"\n{table(root, pages)}")
    print(
        *(f"FINDING {text}" for text in found), sep="\n", file=sys.stderr, end="\n" if found else ""
    )
    return bool(found)


def read(built: Path) -> dict[Path, Page]:
    """The pages; those that are as they were when they were last read are not read again."""
    file = built.parent / ".pages"
    reader = freshness.digest(Path(inspect.getfile(Page)).read_bytes())
    kept = recalled(file, reader)
    paths = sorted(path for path in built.rglob("*.html") if "_static" not in path.parts)
    digests = {path: freshness.digest(path.read_bytes()) for path in paths}
    new = [path for path in paths if digests[path] not in kept]
    with ProcessPoolExecutor() as pool:
        kept |= zip((digests[path] for path in new), pool.map(Page, new, chunksize=8), strict=True)
    pages = {path: kept[digests[path]] for path in paths}
    remembered = {digests[path]: pages[path] for path in paths}
    contents.write_atomically(file, pickle.dumps(reader) + pickle.dumps(remembered))
    return pages


def recalled(file: Path, reader: str) -> dict[str, Page]:
    """Pages by what they contain, as far as the same reader has read them."""
    if not file.is_file():
        return {}
    with file.open("rb") as stream:
        return pickle.load(stream) if pickle.load(stream) == reader else {}


def built_page(root: Path, source: Path) -> Path:
    """Where a page of the contents is built."""
    return root / "_build" / "html" / source.relative_to(root).with_suffix(".html")


def missing(root: Path) -> Iterator[str]:
    """Pages of the contents that were not built."""
    for source in contents.pages(root):
        if not built_page(root, source).is_file():
            yield f"{source.relative_to(root)}: in _toc.yml, but no page was built of it"
    if not contents.notebooks(root):
        yield "_toc.yml: no notebook in the contents, so no chapter"


def expected(path: Path) -> dict[str, int]:
    """How many equations, figures, exercises, boxes a source has."""
    counts = dict.fromkeys(Page.COUNTED, 0)
    if path.suffix != ".ipynb":
        count(path.read_text("utf-8"), path.parent, counts)
        return counts
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "markdown":
            count(cell.source, path.parent, counts)
        else:
            counts["figures"] += "figure" in cell.metadata.get("mystnb", {})
    return counts


def count(text: str, folder: Path, counts: dict[str, int]) -> None:
    """Add what a piece of Markdown has, in directives and included files as well."""
    for part in blocks(text):
        if isinstance(part, str):
            counts["equations"] += part.count("$$") // 2 + len(ROWS.findall(part))
            continue
        kind = "boxes" if part.name.startswith("prf:") else COUNTED_AS.get(part.name)
        if kind:
            counts[kind] += 1
        if part.name == "include":
            count((folder / part.argument).read_text("utf-8"), folder, counts)
        elif part.name not in ("", "math", "code", "code-block"):
            count(part.content, folder, counts)


def check_counts(root: Path, pages: dict[Path, Page]) -> Iterator[str]:
    """Pages that show more or less than their sources have."""
    for source in contents.pages(root):
        page = pages.get(built_page(root, source))
        wanted = expected(root / "_build" / "stage" / source.relative_to(root))
        for name, count in wanted.items():
            if page is not None and page.counts[name] != count:
                shown = page.counts[name]
                yield f"{source.relative_to(root)}: {count} {name} written, {shown} on the page"


def check_notebooks(root: Path) -> Iterator[str]:
    """Figures without caption, and warnings that a reader would see."""
    for source in contents.notebooks(root):
        staged = root / "_build" / "stage" / source.relative_to(root)
        for number, cell in enumerate(nbformat.read(staged, 4).cells, 1):
            if cell.cell_type == "code" and not UNSEEN & set(cell.metadata.get("tags", [])):
                for text in check_cell(cell):
                    yield f"{source.relative_to(root)}, cell {number}: {text}"


def check_cell(cell: NotebookNode) -> Iterator[str]:
    """A figure needs caption, name and description; standard error is no part of a page."""
    tags = cell.metadata.get("tags", [])
    figure = cell.metadata.get("mystnb", {}).get("figure", {})
    mimes = {mime for out in cell.outputs for mime in out.get("data", {})}
    if any(mime.startswith("image/") for mime in mimes):
        absent = [key for key in ("caption", "name") if not figure.get(key)]
        absent += ["alt"] * (not cell.metadata.get("mystnb", {}).get("image", {}).get("alt"))
        if absent:
            yield f"figure without {' and '.join(absent)}: put {CAPTION} into the cell's metadata"
    shown = [out for out in cell.outputs if "scrapbook" not in out.get("metadata", {})]
    if figure and len(shown) > 1:
        yield f"{len(shown)} outputs in one figure: leave one (end the last line with a semicolon?)"
    for value in (out.data for out in cell.outputs if out.output_type == "execute_result"):
        lines = value.get("text/plain", "").count("\n") + 1
        if lines > VALUE_LINES:
            yield f"a value of {lines} lines: print what counts, or end with a semicolon"
    spoken = "".join(out.text for out in cell.outputs if out.get("name") == "stderr")
    if spoken.strip() and "remove-stderr" not in tags:
        last = spoken.strip().splitlines()[-1]
        yield f"standard error on the page, repair what causes {last[:100]!r}"


def check_page(page: Page) -> Iterator[str]:
    """What is not rendered, fetched from elsewhere, or not described."""
    for what, text in page.raw:
        yield f"{what}: {text!r}; correct spelling or blank lines there (write USD for a dollar)"
    for tag, address in page.fetched:
        if EXTERNAL.match(address):
            yield f"<{tag}> fetches {address}: put the file into book/_static"
    inline = [found for style in page.styles for found in IN_STYLE.findall(style)]
    inline += [found for script in page.scripts for found in IN_SCRIPT.findall(script)]
    for address in inline:
        yield f"a style or script fetches {address}: put the file into book/_static"
    for source, alt in page.images:
        if not (alt or "").strip() or Path(alt or "").name == Path(source).name:
            yield f"picture {source} is not described: give it a text (alt) that says what one sees"


def check_styles(built: Path) -> Iterator[str]:
    """Style sheets that fetch from elsewhere."""
    for path in sorted(built.rglob("*.css")):
        for address in IN_STYLE.findall(path.read_text("utf-8", "ignore")):
            yield f"{path.relative_to(built)}: fetches {address}: put the file into book/_static"


def check_links(path: Path, page: Page, pages: dict[Path, Page]) -> Iterator[str]:
    """Links and fetched files of our own that lead nowhere."""
    for address in dict.fromkeys([*page.links, *(address for _, address in page.fetched)]):
        if urlsplit(address).scheme or EXTERNAL.match(address):
            continue
        name, anchor = urldefrag(address)
        name = unquote(urlsplit(name).path)
        if name.startswith("/"):
            yield f"link to {address}: make it relative, for the book is read from any folder"
            continue
        target = Path(os.path.normpath(path.parent / name)) if name else path
        target = target / "index.html" if target.is_dir() else target
        if not target.is_file():
            yield f"link to {address}: there is no such file"
        elif anchor and target in pages and unquote(anchor) not in pages[target].anchors:
            yield f"link to {address}: there is no such anchor on that page"


def table(root: Path, pages: dict[Path, Page]) -> str:
    """What the pages hold, by page, with the sum."""
    built = root / "_build" / "html"
    rows = {path.relative_to(built).as_posix(): page.counts for path, page in pages.items()}
    rows = {name: counts for name, counts in rows.items() if any(counts.values())}
    names = list(Page.COUNTED)
    rows[f"{len(pages)} pages"] = {n: sum(p.counts[n] for p in pages.values()) for n in names}
    width = max(map(len, rows))
    lines = [f"{'page':<{width}}" + "".join(f"{name:>11}" for name in names)]
    lines += [f"{r:<{width}}" + "".join(f"{c[n]:>11}" for n in names) for r, c in rows.items()]
    return "\n".join(lines)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m book.check", description=__doc__)
    parser.parse_args()
    root = Path.cwd()
    if not (root / "_build" / "html").is_dir():
        parser.error("there is no _build/html: run make book first")
    return int(report(root))


if __name__ == "__main__":
    sys.exit(main())
