"""Listings of the library's source link back to the entry that describes a name in full.

``sphinx.ext.viewcode`` notes the page that mentioned a name last, and the package that mentioned it
first; for names that several packages offer these differ, and the links lead nowhere. In its list
of all listings it puts lists beside items, where HTML wants them within.
"""

import re

from sphinx.application import Sphinx


def link_home(app: Sphinx) -> list:
    """Before the listings are written: let each name point to its own package's page."""
    modules = getattr(app.env, "_viewcode_modules", {})
    described = app.env.get_domain("py").objects
    for module, entry in modules.items():
        if not entry:
            continue
        code, tags, used, first = entry
        room = ".".join(module.split(".")[:2])
        package = next(
            package
            for package in (room, module.split(".")[0], first)
            if package == first or any(f"{package}.{name}" in described for name in used)
        )
        homes = {name: described.get(f"{package}.{name}") for name in used}
        pages = {name: home.docname if home else used[name] for name, home in homes.items()}
        modules[module] = (code, tags, pages, package)
    return []


def flatten(app: Sphinx, pagename: str, template: str, context: dict, doctree: None) -> None:
    """Let all listings stand in one list."""
    if pagename == "_modules/index":
        heading, _, items = context["body"].partition("<ul>")
        context["body"] = f"{heading}<ul>{re.sub('</?ul>', '', items)}</ul>"


def setup(app: Sphinx) -> dict[str, bool]:
    """Run before viewcode writes its pages."""
    app.connect("html-collect-pages", link_home, priority=100)
    app.connect("html-page-context", flatten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
