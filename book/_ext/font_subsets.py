"""Cuts the fonts down to the characters that the built pages show (650 KB to 200 KB).

Icons by name, the faces of formulas by what is set in each, text by every character of a page and
all of ASCII, for scripts write text as well.
"""

import hashlib
import html
import logging
import re
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from sphinx.application import Sphinx

from book._ext.all_pages import when_written

logging.getLogger("fontTools").setLevel(logging.ERROR)
ICON = re.compile(r"\bfa-[a-z0-9-]+")
RULE = re.compile(r'((?:\.fa-[a-z0-9-]+::?before,?)+)\{content:"\\([0-9a-f]+)"')
VARIABLE_RULE = re.compile(r'((?:\.fa-[a-z0-9-]+,?)+)\{--fa:"\\([0-9a-f]+)"')
CODE_POINT = re.compile(r'"\\(f[0-9a-f]{3})"')
TAG = re.compile(r"<[^>]*>")
SET = re.compile(r'<span(?: class="([^"]*)")?[^>]*>([^<]+)<')  # a piece of a formula in one face
FACES = {  # the faces that a class of KaTeX asks for; any other takes what any formula shows
    "KaTeX_Math-Italic": "mathnormal",
    "KaTeX_Math-BoldItalic": "boldsymbol",
    "KaTeX_Main-Bold": "mathbf textbf",
    "KaTeX_Main-Italic": "textit mathit",
    "KaTeX_Caligraphic-Regular": "mathcal",
    "KaTeX_AMS-Regular": "mathbb amsrm textbb",
}
ASCII = set(range(32, 127))
WEIGHTS, ITALIC_WEIGHT = (400, 700), 400
FEATURES = ["kern", "liga", "ccmp", "locl", "mark", "mkmk", "lnum", "tnum"]


def texts(folder: Path, pattern: str) -> str:
    """All files of a kind, one after the other."""
    return "\n".join(f.read_text("utf8", "ignore") for f in sorted(folder.rglob(pattern)))


def used_icons(out: Path, pages: str) -> set[int]:
    """Icons named in a page or a script, and those that a style sheet uses by code point."""
    styles = texts(out / "_static", "*.css")
    shown = set(ICON.findall(pages + texts(out / "_static", "*.js")))
    named = RULE.findall(styles) + VARIABLE_RULE.findall(styles)
    by_name = {int(code, 16) for names, code in named if shown & set(ICON.findall(names))}
    without_names = re.sub(r"\.fa-[^{}]*\{[^}]*\}", "", styles)
    return by_name | {int(code, 16) for code in CODE_POINT.findall(without_names)}


def used_in_formulas(pages: str) -> dict[str, set[int]]:
    """What formulas show, by the class that chooses the face, and in all under ''."""
    found: dict[str, set[int]] = {"": set()}
    for classes, text in set(SET.findall(pages)):
        code_points = set(map(ord, html.unescape(text)))
        for name in ["", *classes.split()]:
            found.setdefault(name, set()).update(code_points)
    return found


def cut(font: Path, code_points: set[int], kept: Path) -> None:
    """Keep these glyphs of a font, in place; results are kept, each named by what went in."""
    asked = font.read_bytes() + repr(sorted(code_points)).encode()
    result = kept / hashlib.sha256(asked).hexdigest()
    if not result.exists():
        kept.mkdir(parents=True, exist_ok=True)
        draft = result.with_suffix(".unfinished")
        draft.write_bytes(subset_of(font, code_points))
        draft.replace(result)
    font.write_bytes(result.read_bytes())


def subset_of(font: Path, code_points: set[int]) -> bytes:
    """A font with these glyphs only, and of its weights those that the book uses.

    Without hints for coarse screens, a fifth of what formulas weigh.
    """
    options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False)
    loaded = subset.load_font(str(font), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=code_points)
    subsetter.subset(loaded)
    content = BytesIO()
    subset.save_font(loaded, content, options)
    if "fvar" in loaded:
        content.seek(0)
        whole = TTFont(content)
        content = BytesIO()
        weights = ITALIC_WEIGHT if font.stem.endswith("italic") else WEIGHTS
        instancer.instantiateVariableFont(whole, {"wght": weights}, inplace=True).save(content)
    return content.getvalue()


def finish(app: Sphinx) -> None:
    """Cut the fonts; drop the icons as JavaScript and the maps of minified files."""
    static, kept = Path(app.outdir) / "_static", Path(app.doctreedir) / "fonts"
    for superfluous in [*static.rglob("*.map"), *static.rglob("fontawesome*.js")]:
        superfluous.unlink()
    for font in static.rglob("fa-*.ttf"):
        font.unlink()
    pages = texts(Path(app.outdir), "*.html")
    icons, formulas = used_icons(Path(app.outdir), pages), used_in_formulas(pages)
    shown = ASCII | set(map(ord, html.unescape(TAG.sub("", pages))))
    for font in static.rglob("*.woff2"):
        if font.stem.startswith("fa-"):
            cut(font, icons, kept)
        elif font.stem.startswith("KaTeX_"):
            classes = FACES.get(font.stem, "").split() or [""]
            cut(font, set().union(*(formulas.get(name, set()) for name in classes)) | {32}, kept)
        else:
            cut(font, shown, kept)


def setup(app: Sphinx) -> dict[str, bool]:
    """Run when everything else has been written."""
    when_written(app, finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
