"""Explorables get their script and their state when they come near the view, not with the page.

Each becomes ``_static/explorables/<hash>.js``, which book/scripts/reader.js puts beside the still
picture; from a disk, too. Without scripts and on paper the still picture is all there is.
"""

import hashlib
import html
import json
import re
from pathlib import Path

from sphinx.application import Sphinx

EXPLORABLE = re.compile(
    r"""(<div class="dlx"[^>]*?) data-state='([^']*)'>(.*?)<script>(\(\(\) => \{\n.*?)</script>""",
    re.S,
)
STATE = "document.currentScript.parentNode.querySelector('[data-later]').dataset.state"


def put_aside(body: str, folder: Path) -> str:
    """The page without the scripts of its explorables, which are written to the folder."""

    def write(match: re.Match) -> str:
        opening, state, still, script = match.groups()
        text = f"{STATE} = {json.dumps(html.unescape(state))};\n{script}"
        name = hashlib.sha256(text.encode()).hexdigest()[:16]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.js").write_text(text, "utf8")
        return f'{opening} data-later="{name}">{still}'

    return EXPLORABLE.sub(write, body)


def put_scripts_aside(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """Do so with a page."""
    if doctree is not None and "data-explorable" in context["body"]:
        context["body"] = put_aside(context["body"], Path(app.outdir) / "_static" / "explorables")


def setup(app: Sphinx) -> dict[str, bool]:
    """Run before others read the page."""
    app.connect("html-page-context", put_scripts_aside, priority=940)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
