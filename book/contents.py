"""What the book consists of: the pages of `_toc.yml`, and files written so that nothing breaks."""

import json
import os
from collections.abc import Container, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

SUFFIXES = (".ipynb", ".md", ".rst")


def pages(root: Path) -> list[Path]:
    """The source files of the contents, in reading order."""
    return [_source(root, name) for name in _entries(toc(root))]


def toc(root: Path) -> dict:
    """What `_toc.yml` says, without the notebooks that cannot run on this machine."""
    return _without(skipped(root), _listed(root))


def skipped(root: Path) -> dict[str, str]:
    """The notebooks of `_toc.yml` that cannot run on this machine, and why."""
    reasons = {name: lacking(root / f"{name}.ipynb") for name in _entries(_listed(root))}
    return {name: why for name, why in reasons.items() if why}


def lacking(notebook: Path) -> str:
    """Why a notebook cannot run here; empty if it can, or is no notebook.

    Its metadata names the packages without which it cannot, such as `"needs": ["triton"]`.
    """
    if not notebook.is_file():
        return ""
    needs = json.loads(notebook.read_text("utf-8"))["metadata"].get("needs", [])
    missing = [name for name in needs if find_spec(name) is None]
    return f"it needs {', '.join(missing)}, which this machine has not" if missing else ""


def notebooks(root: Path) -> list[Path]:
    """The notebooks among the pages."""
    return [page for page in pages(root) if page.suffix == ".ipynb"]


def parts(root: Path, part: str) -> list[Path]:
    """What the chapters give to `book/<part>`; that of a chapter not in the contents waits."""
    names = {page.stem for page in pages(root)}
    return [path for path in sorted((root / "book" / part).glob("*")) if path.stem in names]


def _listed(root: Path) -> dict:
    file = root / "_toc.yml"
    if not file.is_file():
        raise SystemExit(f"{file} not found: run this in the repository's root")
    return yaml.safe_load(file.read_text("utf-8"))


def _without(left_out: Container[str], node: Any) -> Any:
    """A piece of the contents without these pages, None if nothing is left of it."""
    if isinstance(node, list):
        return [kept for item in node if (kept := _without(left_out, item)) is not None] or None
    if isinstance(node, dict):
        kept = {key: _without(left_out, value) for key, value in node.items()}
        return None if node.get("file") in left_out or None in kept.values() else kept
    return node


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


def update(path: Path, content: bytes) -> None:
    """Write a file unless it holds this already, so that only what changed is read again."""
    if not path.is_file() or path.read_bytes() != content:
        write_atomically(path, content)
