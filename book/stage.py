"""The staged copy of the book, `_build/stage`: what Sphinx reads.

Notebooks come with the outputs of their run, per-chapter parts are checked and merged, files that
did not change keep their time, so that Sphinx reads again only what did.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import yaml

from book import contents
from book.execute import Shelf
from book.freshness import with_outputs

BIB_KEY = re.compile(r"^[ \t]*@(?!comment|string|preamble)\w+\s*\{\s*([^,\s]+)\s*,", re.M | re.I)
TERM = re.compile(r"^(?![:`%#(\s]|\.\.)(\S.*)$", re.M)
ANCHOR = re.compile(r"^\(([\w-]+)\)=", re.M)
PARTS = {"references": BIB_KEY, "glossary": TERM, "errata": ANCHOR}
LISTED = ".staged"


def stage(root: Path) -> Path:
    """Bring the staged copy up to date."""
    for part, defined in PARTS.items():
        refuse_duplicates(contents.parts(root, part), defined, root)
    target = root / "_build" / "stage"
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in [root / "_config.yml", *copied(root)]
    }
    files["_toc.yml"] = yaml.safe_dump(contents.toc(root), sort_keys=False).encode()
    files["book/references.bib"] = merged(contents.parts(root, "references"))
    files |= executed(root)
    before = target / LISTED
    for name in set(before.read_text("utf-8").split("\n") if before.exists() else ()) - set(files):
        (target / name).unlink(missing_ok=True)
    contents.write_atomically(before, "\n".join(sorted(files)).encode())
    for name, content in files.items():
        contents.update(target / name, content)
    return target


def copied(root: Path) -> Iterator[Path]:
    """The files that are staged as they are."""
    given = {path for part in PARTS for path in contents.parts(root, part)}
    for folder in ("book", "chapters", "exercises/release"):
        for path in sorted((root / folder).rglob("*")):
            inside = path.relative_to(root / folder)
            hidden = any(part.startswith((".", "__pycache__")) for part in inside.parts)
            pipeline = folder == "book" and len(inside.parts) == 1 and path.suffix == ".py"
            notebook = folder == "chapters" and path.suffix == ".ipynb"
            waits = folder == "book" and inside.parts[0] in PARTS and path not in given
            if path.is_file() and not (hidden or pipeline or notebook or waits):
                yield path


def executed(root: Path) -> dict[str, bytes]:
    """The notebooks of the contents with their outputs."""
    shelf, pages = Shelf(root), contents.notebooks(root)
    stale = [f"{page.relative_to(root)}: {why}" for page in pages if (why := shelf.why(page))]
    if stale:
        raise SystemExit("\n".join([*stale, "these must be executed first: run make book"]))
    merged = {}
    for page in pages:
        result = shelf.stored(page)
        assert result is not None
        notebook = with_outputs(nbformat.read(page, 4), result)
        merged[page.relative_to(root).as_posix()] = nbformat.writes(notebook).encode()
    return merged


def merged(files: list[Path]) -> bytes:
    """The chapters' parts in one piece, in the order of the chapters."""
    return b"\n".join(path.read_bytes().strip() + b"\n" for path in files)


def refuse_duplicates(files: list[Path], defined: re.Pattern[str], root: Path) -> None:
    """Two chapters that define the same thing must agree on one of them."""
    owner: dict[str, Path] = {}
    twice = []
    for file in files:
        for found in defined.findall(file.read_text("utf-8")):
            key = found.strip().lower()
            if key in owner:
                first, second = owner[key].relative_to(root), file.relative_to(root)
                twice.append(f"{found.strip()!r} in {first} and {second}")
            owner[key] = file
    if twice:
        raise SystemExit("\n".join(["defined twice, keep one of each:", *twice]))
