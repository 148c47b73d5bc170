"""Writes ``_build/labels.json``: where each label leads, with its number and title.

The runner's copies (book/runner.py) say "Figure 6.1" where the page has a link.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from book._ext.all_pages import when_written


def numbers(app: Sphinx) -> dict[str, dict[str, list[str]]]:
    """Page -> anchor -> kind of thing and its number, as the page shows it."""
    env = app.env
    table: dict[str, dict[str, list[str]]] = {}
    for page, kinds in env.toc_fignumbers.items():
        for kind, anchors in kinds.items():
            for anchor, number in anchors.items():
                table.setdefault(page, {})[anchor] = [kind, ".".join(map(str, number))]
    for page in env.toc_secnumbers:
        table.setdefault(page, {}).update(section_numbers(app, page))
    return table


def section_numbers(app: Sphinx, page: str) -> dict[str, list[str]]:
    """Every anchor of a numbered section of a page; Sphinx itself keeps the first of each."""
    known, found = app.env.toc_secnumbers[page], {}
    for i, section in enumerate(app.env.get_doctree(page).findall(nodes.section)):
        number = known.get(f"#{section['ids'][0]}" if i else "")
        if number:
            text = ".".join(map(str, number))
            found |= {anchor: ["section", text] for anchor in section["ids"]}
    return found


def labels(app: Sphinx) -> dict[str, list[str]]:
    """Label -> page, anchor, title."""
    std, math = app.env.get_domain("std"), app.env.get_domain("math")
    found = {name: [page, anchor, ""] for name, (page, anchor) in std.anonlabels.items()}
    found |= {
        name: [page, anchor, str(title)] for name, (page, anchor, title) in std.labels.items()
    }
    for name, (page, _) in math.equations.items():
        found[name] = [page, f"equation-{name}", ""]
    return found


def write_table(app: Sphinx) -> None:
    """Write the table."""
    formats = {**app.config.numfig_format, "equation": app.config.math_eqref_format}
    pages = sorted(app.env.found_docs)
    table = {"formats": formats, "numbers": numbers(app), "labels": labels(app), "pages": pages}
    target = Path(app.outdir).parent / "labels.json"
    target.write_text(json.dumps(table, indent=1, sort_keys=True, default=str), "utf8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Run after everything else."""
    when_written(app, write_table)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
