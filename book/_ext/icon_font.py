"""Cuts the theme's icon fonts down to the icons that the built pages show (150 KB to 2 KB)."""

import logging
import re
from pathlib import Path

from fontTools import subset
from sphinx.application import Sphinx

logging.getLogger("fontTools").setLevel(logging.ERROR)
ICON = re.compile(r"\bfa-[a-z0-9-]+")
RULE = re.compile(r'((?:\.fa-[a-z0-9-]+::?before,?)+)\{content:"\\([0-9a-f]+)"')
VARIABLE_RULE = re.compile(r'((?:\.fa-[a-z0-9-]+,?)+)\{--fa:"\\([0-9a-f]+)"')
CODE_POINT = re.compile(r'"\\(f[0-9a-f]{3})"')


def texts(folder: Path, pattern: str) -> str:
    """All files of a kind, one after the other."""
    return "\n".join(f.read_text("utf8", "ignore") for f in sorted(folder.rglob(pattern)))


def used_code_points(out: Path) -> set[int]:
    """Icons named in a page or a script, and those that a style sheet uses by code point."""
    styles = texts(out / "_static", "*.css")
    shown = set(ICON.findall(texts(out, "*.html") + texts(out / "_static", "*.js")))
    named = RULE.findall(styles) + VARIABLE_RULE.findall(styles)
    by_name = {int(code, 16) for names, code in named if shown & set(ICON.findall(names))}
    without_names = re.sub(r"\.fa-[^{}]*\{[^}]*\}", "", styles)
    return by_name | {int(code, 16) for code in CODE_POINT.findall(without_names)}


def cut(font: Path, code_points: set[int]) -> None:
    """Keep these glyphs of a font, in place."""
    options = subset.Options(flavor="woff2")
    loaded = subset.load_font(str(font), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=code_points)
    subsetter.subset(loaded)
    subset.save_font(loaded, str(font), options)


def finish(app: Sphinx, error: Exception | None) -> None:
    """Cut the fonts; drop the icons as JavaScript and the maps of minified files."""
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    for superfluous in [*static.rglob("*.map"), *static.rglob("fontawesome*.js")]:
        superfluous.unlink()
    code_points = used_code_points(Path(app.outdir))
    for font in static.rglob("fa-*.woff2"):
        cut(font, code_points)
    for font in static.rglob("fa-*.ttf"):
        font.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Run when everything else has been written."""
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
