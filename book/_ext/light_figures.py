"""Figures in their lightest form: pixels where a drawing is heavier, pictures in drawings as WebP.

A cloud of thousands of points weighs more as a drawing than as an image with two pixels for each
that a page shows; matplotlib puts pictures into drawings as PNG of four channels.
"""

import base64
import gzip
import re
from functools import cache
from io import BytesIO
from pathlib import Path

import resvg_py
from PIL import Image
from sphinx.application import Sphinx

from book._ext.all_pages import when_written
from book._ext.page import size
from book._ext.photographs import is_photograph

HEAVY = 40 * 1024  # bytes sent, from which on it is worth looking for another form
WORTH = 0.75  # of a drawing's weight: what pixels may have at most, since letters are sharper drawn
PICTURE = re.compile(rb"data:image/png;base64,([^\"]+)")
FIGURE = re.compile(r'<img\b[^>]*\bsrc="[^"]*_images/([^"/]+\.svg)"[^>]*>')


def webp(picture: Image.Image, may_lose: bool = True) -> bytes:
    """A picture as WebP, exact or nearly, whichever is less."""
    exact, near = BytesIO(), BytesIO()
    picture.save(exact, "WEBP", lossless=True)
    if may_lose:
        picture.save(near, "WEBP", quality=85)
    return min((form.getvalue() for form in (exact, near) if form.tell()), key=len)


def pixels(file: Path, width: int) -> bytes:
    """A drawing as an image, which a browser need not lay out."""
    drawn = resvg_py.svg_to_bytes(svg_path=str(file), width=width, dpi=96)
    with Image.open(BytesIO(drawn)) as image:
        return webp(image)


def repacked(found: re.Match[bytes]) -> bytes:
    """A picture within a drawing; only photographs may lose what nobody sees."""
    png = base64.b64decode(found[1])
    with Image.open(BytesIO(png)) as picture:
        packed = webp(picture, may_lose=is_photograph(picture))
    if len(packed) >= len(png):
        return found[0]
    return b"data:image/webp;base64," + base64.b64encode(packed)


def sent(content: bytes) -> int:
    """The bytes that are sent of a drawing."""
    return len(gzip.compress(content, 6))


@cache
def lightest(file: Path) -> tuple[str, bytes] | None:
    """Suffix and content of a drawing's lighter form, None where it is light or there is none."""
    drawing = file.read_bytes()
    shown = size(file)
    if sent(drawing) < HEAVY or shown is None:
        return None
    drawn = PICTURE.sub(repacked, drawing)
    image = pixels(file, 2 * shown[0])
    if len(image) < WORTH * sent(drawn):
        return ".webp", image
    return (".svg", drawn) if drawn != drawing else None


def lighten(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """Let a page show the lighter forms of its figures."""
    body = context.get("body") or ""
    if doctree is None or app.builder.format != "html" or "_images/" not in body:
        return
    files = {name: Path(app.srcdir, path) for path, (_, name) in app.env.images.items()}

    def finish(tag: re.Match[str]) -> str:
        file = files.get(tag[1])
        if file is None or (form := lightest(file)) is None:
            return tag[0]
        suffix, content = form
        name = f"{file.stem}-light{suffix}"
        place = Path(app.outdir, "_images", name)
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
        lighter = tag[0].replace(tag[1], name)
        is_plot = suffix == ".webp" and "dl-photo" not in tag[0]
        return lighter.replace("<img", '<img class="dl-plot"', 1) if is_plot else lighter

    context["body"] = FIGURE.sub(finish, body)


def remove_heavy(app: Sphinx) -> None:
    """Leave out the drawings that no page shows any longer."""
    for light in Path(app.outdir, "_images").glob("*-light.*"):
        light.with_name(f"{light.stem.removesuffix('-light')}.svg").unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Run when sizes are known, before the search and the cards read the page."""
    app.connect("html-page-context", lighten, priority=960)
    when_written(app, remove_heavy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
