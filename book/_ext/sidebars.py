"""The contents in the sidebar, made once for pages that have the same.

These are the listings of one folder depth, and the pages of one package's files. Sphinx copies the
whole table of contents for each page, which is most of what a listing costs.
"""

import re
from functools import partial
from typing import Any

from sphinx.application import Sphinx


def group_of(pagename: str) -> str:
    """What pages with the same sidebar have in common; empty where each has its own."""
    folder = pagename.rpartition("/")[0]
    if folder.startswith("api/"):
        return folder
    return re.sub(r"[^/]+", "-", folder) if pagename.startswith("_modules/") else ""


def share_contents(
    known: dict[tuple, str], app: Sphinx, pagename: str, template: str, context: dict, doctree: Any
) -> None:
    """Let such a page render its contents only where none before it did."""
    if not (group := group_of(pagename)):
        return
    render = context["toctree"]

    def toctree(**options: object) -> str:
        key = (group, *sorted(options.items()))
        if key not in known:
            known[key] = render(**options)
        return known[key]

    context["toctree"] = toctree


def setup(app: Sphinx) -> dict[str, bool]:
    """Run before the page is rendered."""
    app.connect("html-page-context", partial(share_contents, {}))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
