"""Says at the end of a notebook's page when and with what its numbers were computed."""

import datetime
import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

NAMES = {"torch": "PyTorch", "numpy": "NumPy", "matplotlib": "Matplotlib", "python": "Python"}


def sentence(run: dict) -> str:
    """The record of a run in words."""
    date = datetime.date.fromisoformat(run["date"])
    versions = run["versions"]
    with_what = [f"{word} {versions[name]}" for name, word in NAMES.items() if name in versions]
    switch = ", with DLCORE_FULL=1" if run.get("full") else ""
    return (
        f"Computed on {date.day} {date:%B %Y} in {run['seconds']:.0f} s with "
        f"{', '.join(with_what)} on {run['hardware']}{switch}."
    )


def add_line(app: Sphinx, doctree: nodes.document) -> None:
    """Append the line to pages whose notebook carries the record of its run."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    run = json.loads(path.read_text("utf8"))["metadata"].get("dlcore", {}).get("execution")
    if run:
        last = next(iter(doctree.findall(nodes.section)), doctree)
        last += nodes.paragraph("", sentence(run), classes=["dl-computed"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the line when a page has been read."""
    app.connect("doctree-read", add_line)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
