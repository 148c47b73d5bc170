"""What the book consists of: the pages of `_toc.yml`, and files written so that nothing breaks."""

import os
from collections.abc import Iterator
from pathlib import Path

import yaml

SUFFIXES = (".ipynb", ".md", ".rst")


def pages(root: Path) -> list[Path]:
    """The source files of `_toc.yml`, in reading order."""
    toc = root / "_toc.yml"
    if not toc.is_file():
        raise SystemExit(f"{toc} not found: run this in the repository's root")
    return [_source(root, name) for name in _entries(yaml.safe_load(toc.read_text("utf-8")))]


def notebooks(root: Path) -> list[Path]:
    """The notebooks among the pages."""
    return [page for page in pages(root) if page.suffix == ".ipynb"]


def parts(root: Path, part: str) -> list[Path]:
    """What the chapters give to `book/<part>`; that of a chapter not in the contents waits."""
    names = {page.stem for page in pages(root)}
    return [path for path in sorted((root / "book" / part).glob("*")) if path.stem in names]


def _entries(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _entries(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("root", "file"):
                yield value
            else:
                yield from _entries(value)


def _source(root: Path, name: str) -> Path:
    for candidate in (root / name, *(root / f"{name}{suffix}" for suffix in SUFFIXES)):
        if candidate.is_file():
            return candidate
    raise SystemExit(f"_toc.yml lists {name!r}, but there is no {name}.ipynb or {name}.md")


def write_atomically(path: Path, content: bytes) -> None:
    """All of it or nothing: a reader never sees half a file, whatever kills this process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
