"""When a stored result still holds: what a notebook's outputs depend on, and what changed since."""

import hashlib
import os
import platform
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

PACKAGES = ("dlcore", "dlgrade")
FIGURES = "benchmarks/results"
PINS = ("requirements.txt", "constraints.txt")
TAGS = {"raises-exception", "skip-execution"}


def digest(content: bytes) -> str:
    """Enough of the SHA-256 to tell versions of a file apart."""
    return hashlib.sha256(content).hexdigest()[:16]


def sources(root: Path) -> dict[str, str]:
    """Path and digest of each file of our packages, data and scripts included, and of figures."""
    files = (file for folder in (*PACKAGES, FIGURES) for file in (root / folder).rglob("*"))
    return {
        file.relative_to(root).as_posix(): digest(file.read_bytes())
        for file in sorted(files)
        if file.is_file() and "__pycache__" not in file.parts
    }


def related(
    files: dict[str, str], modules: Iterable[str], notebook: NotebookNode
) -> dict[str, str]:
    """What of the files a notebook depends on.

    That is the modules it loads, what else lies in the packages they make (stubs, data, scripts),
    and the measured figures that its code names.
    """
    modules = set(modules)
    rooms = {Path(path).parent.as_posix() for path in files if path.endswith("/__init__.py")}
    loaded = {Path(path).parent.as_posix() for path in modules if path.endswith("/__init__.py")}
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")

    def room(path: str) -> str:
        return next((p.as_posix() for p in Path(path).parents if p.as_posix() in rooms), "")

    return {
        path: value
        for path, value in files.items()
        if path in modules
        or (not path.endswith(".py") and room(path) in loaded)
        or (path.startswith(FIGURES) and Path(path).name in text)
    }


def surroundings(root: Path) -> dict[str, str]:
    """What every notebook depends on: pinned packages, Python, switches, kind of device."""
    import torch

    pins = b"".join((root / pin).read_bytes() for pin in PINS if (root / pin).is_file())
    return {
        "the pinned requirements": digest(pins),
        "Python": platform.python_version(),
        "DLCORE_FULL": os.environ.get("DLCORE_FULL", ""),
        "DLCORE_KERNELS": os.environ.get("DLCORE_KERNELS", ""),
        "the device": "cuda" if torch.cuda.is_available() else "cpu",
    }


def code(notebook: NotebookNode) -> str:
    """Digest of the code cells and of the tags that change how they run."""
    cells = [
        [cell.source, sorted(TAGS.intersection(cell.metadata.get("tags", [])))]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return digest(repr(cells).encode())


def stale(
    source: NotebookNode, result: NotebookNode, files: dict[str, str], around: dict[str, str]
) -> str:
    """Why the stored result no longer holds; empty while it does."""
    key = result.metadata.get("dlcore", {}).get("key")
    if key is None:
        return "no record of its run"
    if key["code"] != code(source):
        return "its code changed"
    for name, value in around.items():
        if key["around"].get(name) != value:
            return f"{name} changed"
    modules = [path for path in key["sources"] if path.endswith(".py")]
    now = related(files, modules, source)
    changed = set(dict(key["sources"]).items()) ^ set(now.items())
    return f"{min(changed)[0]} changed" if changed else ""


def stored(path: Path) -> NotebookNode | None:
    """The result of the last run, None where there is none that can be read."""
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.reader.NotJSONError):
        return None


def with_outputs(source: NotebookNode, result: NotebookNode) -> NotebookNode:
    """The prose of today's source with the outputs of the run."""
    merged = nbformat.from_dict(source)
    runs = [cell for cell in result.cells if cell.cell_type == "code"]
    cells = [cell for cell in merged.cells if cell.cell_type == "code"]
    for cell, run in zip(cells, runs, strict=True):
        cell.outputs, cell.execution_count = run.outputs, run.execution_count
    for name in ("dlcore", "language_info", "kernelspec", "widgets"):
        if name in result.metadata:
            merged.metadata[name] = result.metadata[name]
    return merged
