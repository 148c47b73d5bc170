"""Which pictures keep their colours in the dark: a negative of a photograph shows another thing.

Plots are turned into their negatives there (book/_static/book.css). An SVG that holds a photograph,
a digit, or another grey image gets the class ``dl-photo``, stays as it is, and has a light ground.
Colour maps have few colours, photographs many.
"""

import base64
import re
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image

EMBEDDED = re.compile(rb'<image\b[^>]*?href="data:image/\w+;base64,([^"]+)"', re.S)
OF_A_MAP = 512  # colours that a colour map has at most, edges of what is drawn above it included


def is_photograph(picture: Image.Image) -> bool:
    """Whether an image is opaque, and grey or of very many colours."""
    picture = picture.convert("RGBA")
    if picture.getextrema()[3][0] < 255:
        return False
    colours = picture.convert("RGB").getcolors(picture.width * picture.height)
    is_grey = len(colours) > 2 and all(r == g == b for _, (r, g, b) in colours)
    return is_grey or len(colours) > OF_A_MAP


@cache
def holds_photograph(path: Path) -> bool:
    """Whether an SVG has a photograph in it."""
    if path.suffix != ".svg":
        return False
    images = (base64.b64decode(data) for data in EMBEDDED.findall(path.read_bytes()))
    return any(is_photograph(Image.open(BytesIO(image))) for image in images)
