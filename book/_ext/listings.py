"""The contents beside a listing of source are the same on all listings of one folder depth.

Sphinx copies the whole table of contents for each page, which is most of what a listing costs.
"""

from functools import partial
from typing import Any

from sphinx.application import Sphinx


def share_contents(
    known: dict[tuple, str], app: Sphinx, pagename: str, template: str, context: dict, doctree: Any
) -> None:
    """Let listings render their contents only where none of the same depth did."""
    if not pagename.startswith("_modules/"):
        return
    render, depth = context["toctree"], pagename.count("/")

    def toctree(**options: object) -> str:
        key = (depth, *sorted(options.items()))
        if key not in known:
            known[key] = render(**options)
        return known[key]

    context["toctree"] = toctree


def setup(app: Sphinx) -> dict[str, bool]:
    """Run before the page is rendered."""
    app.connect("html-page-context", partial(share_contents, {}))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
