"""The contents in the sidebar, made once for pages that have the same.

These are the listings of one folder depth, and the pages of one package's files. Sphinx copies the
whole table of contents for each page, and the theme reads it anew, which is most of what a listing
costs. What was made waits in a file, since processes share the pages.
"""

import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from book import contents

Make = Callable[..., object]


def group_of(pagename: str) -> str:
    """What pages with the same sidebar have in common; empty where each has its own."""
    folder = pagename.rpartition("/")[0]
    if folder.startswith("api/"):
        return folder
    return re.sub(r"[^/]+", "-", folder) if pagename.startswith("_modules/") else ""


def known_or_made(file: Path, make: Make, **options: object) -> str:
    """The contents that another page of the group left, else newly made."""
    if not file.exists():
        contents.write_atomically(file, str(make(**options)).encode())
    return file.read_text("utf-8")


def share_contents(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the page's template (book/_templates/shared-contents.html) what shares contents."""

    def shared(make: Make) -> Make:
        group = group_of(pagename).replace("/", ".")
        return partial(known_or_made, folder(app) / group, make) if group else make

    context["shared"] = shared


def folder(app: Sphinx) -> Path:
    """Where contents wait during a build."""
    return Path(app.doctreedir) / "sidebars"


def forget(app: Sphinx, *_: object) -> None:
    """Contents change with the pages."""
    shutil.rmtree(folder(app), ignore_errors=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Run before the page is rendered."""
    app.connect("builder-inited", forget)
    app.connect("html-page-context", share_contents)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
