"""Says what the numbers took to compute, and when and with what it was done.

Under the title of a notebook's page time and memory, at its end the rest; in the foot of every page
the same for the whole book, with its version.
"""

import datetime
import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

import dlcore
from book._ext.chapter_numbers import chapter_number

NAMES = {"dlcore": "dlcore", "torch": "PyTorch", "numpy": "NumPy", "matplotlib": "Matplotlib"}
NAMES |= {"python": "Python"}


def sentence(run: dict) -> str:
    """The record of a run in words."""
    date = datetime.date.fromisoformat(run["date"])
    versions = run["versions"]
    with_what = [f"{word} {versions[name]}" for name, word in NAMES.items() if name in versions]
    switch = ", with DLCORE_FULL=1" if run.get("full") else ""
    return (
        f"Computed on {date.day} {date:%B %Y} with {', '.join(with_what)} on "
        f"{run['hardware']}{switch}."
    )


def cost(run: dict) -> str:
    """The processor's time, which a busy machine does not stretch; the most memory at a time."""
    return f"Takes {run['cpu_seconds']:.0f} s on one processor and {run['peak_mb']} MB of memory."


def table_of_costs(source: Path) -> str:
    """What each notebook takes, as the run measured it that made its pages."""
    lines = [
        "| Chapter | time | on the processor | memory |\n| :-- | --: | --: | --: |\n",
        *(
            f"| {{chapter}}`{number}` | {run['seconds']:.0f} s | {run['cpu_seconds']:.0f} s "
            f"| {run['peak_mb']} MB |\n"
            for number, run in runs(source).items()
        ),
    ]
    return "".join(lines) if len(lines) > 1 else "*No chapter was run yet.*\n"


def runs(source: Path) -> dict[str, dict]:
    """The records of the runs of all chapters, by number."""
    found = {}
    for path in sorted(source.glob("chapters/*.ipynb")):
        run = json.loads(path.read_text("utf8"))["metadata"].get("dlcore", {}).get("execution")
        number = chapter_number(f"chapters/{path.stem}")
        if run and number:
            found[number] = run
    return found


def add_edition(app: Sphinx, config: Config) -> None:
    """Hand version, date and hardware to the template of the foot."""
    known = runs(Path(app.srcdir)).values()
    said = f"Version {dlcore.__version__}"
    if known:
        last = max(datetime.date.fromisoformat(run["date"]) for run in known)
        where = " and ".join(sorted({run["hardware"] for run in known}))
        said += f", computed on {last.day} {last:%B %Y} on {where}"
    config.html_context["edition"] = f"{said}."


def add_lines(app: Sphinx, doctree: nodes.document) -> None:
    """Put the lines on pages whose notebook carries the record of its run."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    run = json.loads(path.read_text("utf8"))["metadata"].get("dlcore", {}).get("execution")
    if run:
        chapter = next(doctree.findall(nodes.section))
        chapter.insert(1, nodes.paragraph("", cost(run), classes=["dl-cost"]))
        chapter += nodes.paragraph("", sentence(run), classes=["dl-computed"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the lines when a page has been read."""
    app.connect("config-inited", add_edition)
    app.connect("doctree-read", add_lines)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
