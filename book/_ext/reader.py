"""What answers the reader: scripts of our own, and on each page the name by which they know it."""

import html
from pathlib import Path

from sphinx.application import Sphinx

from book._ext.chapter_numbers import chapter_number

SCRIPTS = Path(__file__).parent.parent / "scripts"
HELP = {
    "type": "javascript",
    "javascript": "dlHelp()",
    "tooltip": "Keyboard shortcuts and your progress",
    "icon": "fas fa-circle-question",
    "label": "help-button",
    "classes": "pst-js-only",
}


def add_scripts(app: Sphinx) -> None:
    """Copy all scripts, put the one for every page on every page."""
    if app.builder.format == "html":
        app.config.html_static_path.append(str(SCRIPTS))
        app.add_js_file("reader.js", defer="defer")


def name_page(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """Tell the script which page this is, and of which chapter."""
    number = chapter_number(pagename)
    chapter = f' data-chapter="{number}"' if number is not None else ""
    tag = f'\n<meta name="dl-page" content="{html.escape(pagename)}"{chapter} />'
    context["metatags"] = (context.get("metatags") or "") + tag
    if doctree is not None:
        context["header_buttons"] = [*context.get("header_buttons", []), HELP]


def setup(app: Sphinx) -> dict[str, bool]:
    """Run after book/_ext/page.py."""
    app.connect("builder-inited", add_scripts)
    app.connect("html-page-context", name_page, priority=960)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
