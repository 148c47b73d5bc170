"""Small charts as SVG text: the still picture of an explorable, which its script takes over."""

import base64
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import accumulate
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Shaped
from PIL import Image

from dlcore.plot.style import COLORS

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340, 260, 44, 324, 44, 219
TIP = 9
_XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
_FONT = 'font-family="DejaVu Sans, sans-serif" font-size="12"'


@runtime_checkable
class Still(Protocol):
    """What may stand in a still picture: a `Panel`, or a `Picture` made by matplotlib."""

    title: str
    height: int

    def svg(self, place: str = "") -> str:
        """The drawing as an SVG element; `place` are further attributes, such as x and y."""


class Panel:
    """One chart 340 units wide: axes with ticks, and named parts that a script can redraw.

    Colours are names of `dlcore.plot.COLORS`; a page may shift them for its dark mode. What leaves
    the axes is cut off.

    Args:
        title: what the chart shows; also read aloud.
        x: the data's range from left to right.
        y: the data's range from bottom to top.
        xticks: labels by position.
        yticks: labels by position.
        xlabel: under the axis.
        height: of the whole chart in units; 85 of them go to title, legend and tick labels.
        grid: draw a faint line at every label of y.
        frame: draw the two axes.

    Raises:
        ValueError: a range is empty, or the height leaves no room for the axes.

    Source: Bostock, Ogievetsky, Heer (2011), D3 data-driven documents,
    doi:10.1109/TVCG.2011.185.

    Example:
        >>> panel = Panel("A square", (0, 2), (0, 4)).line("square", [0, 1, 2], [0, 1, 4], "blue")
        >>> 'data-part="square"' in panel.svg()
        True

    In production: matplotlib, where the picture need not move.
    """

    def __init__(
        self,
        title: str,
        x: tuple[float, float],
        y: tuple[float, float],
        *,
        xticks: Mapping[float, str] | None = None,
        yticks: Mapping[float, str] | None = None,
        xlabel: str = "",
        height: int = HEIGHT,
        grid: bool = True,
        frame: bool = True,
    ) -> None:
        for name, (low, high) in (("x", x), ("y", y)):
            if not low < high:
                raise ValueError(f"{name} must be a range (low, high), got {(low, high)}")
        if height < 100:
            raise ValueError(f"height must be at least 100, got {height}")
        self.title, self.x, self.y, self.height = title, x, y, height
        self.bottom = height - HEIGHT + BOTTOM
        self._frame = f"M{LEFT},{TOP}V{self.bottom}H{RIGHT}" if frame else ""
        self._axes = [self._x_tick(v, text) for v, text in (xticks or {}).items()]
        self._axes += [self._y_tick(v, text, grid) for v, text in (yticks or {}).items()]
        self._axes += [
            _text(LEFT, 15, title, "start").replace("<text", '<text data-part="title"'),
            _text((LEFT + RIGHT) / 2, height - 6, xlabel, "middle"),
        ]
        self._parts: list[str] = []

    def X(self, x: float) -> float:
        """The horizontal place of a value, in units of the picture."""
        return LEFT + (x - self.x[0]) / (self.x[1] - self.x[0]) * (RIGHT - LEFT)

    def Y(self, y: float) -> float:
        """The vertical place of a value, counted from the top."""
        return self.bottom - (y - self.y[0]) / (self.y[1] - self.y[0]) * (self.bottom - TOP)

    def points(self, xs: Iterable[float], ys: Iterable[float]) -> list[str]:
        """Places as text, to one tenth of a unit."""
        return [f"{self.X(x):.1f},{self.Y(y):.1f}" for x, y in zip(xs, ys, strict=True)]

    def line(
        self,
        part: str,
        xs: Sequence[float],
        ys: Sequence[float],
        color: str,
        *,
        width: float = 2,
        dash: str = "none",
    ) -> "Panel":
        """Add a line through points."""
        d = "M" + "L".join(self.points(xs, ys)) if len(xs) else ""
        return self.path(part, d, color, width=width, dash=dash)

    def path(
        self,
        part: str,
        d: str,
        color: str,
        *,
        width: float = 0,
        dash: str = "none",
        opacity: float = 0,
    ) -> "Panel":
        """Add any path, in the picture's units: a stroke of some width, a fill of some opacity.

        Of overlapping translucent shapes only the odd layers are filled, so that holes stay open.
        """
        stroke = f'stroke="currentColor" stroke-width="{width:g}"'
        dashes = "" if dash == "none" else f' stroke-dasharray="{dash}"'
        rule = ' fill-rule="evenodd"' if opacity < 1 else ""
        fill = f'fill="currentColor" fill-opacity="{opacity:g}"{rule}' if opacity else 'fill="none"'
        self._parts.append(
            f'<path data-part="{part}" class="dlx-{color}" color="{COLORS[color]}" {fill}'
            f'{" " + stroke if width else ""}{dashes} d="{d}"/>'
        )
        return self

    def arrows(
        self,
        part: str,
        start: tuple[float, float],
        ends: Sequence[tuple[float, float]],
        color: str,
        *,
        width: float = 2,
    ) -> "Panel":
        """Add arrows from one place; a script redraws them by `arrows` in `arrows.js`."""
        return self.path(part, "".join(self._arrow(start, e) for e in ends), color, width=width)

    def _arrow(self, start: tuple[float, float], end: tuple[float, float]) -> str:
        (x0, y0), (x1, y1) = ((self.X(x), self.Y(y)) for x, y in (start, end))
        heading = math.atan2(y0 - y1, x0 - x1)
        left, right = (
            f"{x1 + TIP * math.cos(angle):.1f},{y1 + TIP * math.sin(angle):.1f}"
            for angle in (heading - 0.4, heading + 0.4)
        )
        head = f"M{left}L{x1:.1f},{y1:.1f}L{right}" if math.hypot(x1 - x0, y1 - y0) > 1 else ""
        return f"M{x0:.1f},{y0:.1f}L{x1:.1f},{y1:.1f}{head}"

    def dot(self, part: str, x: float, y: float, color: str, *, width: float = 12) -> "Panel":
        """Add a round mark, which `handle` in `handles.js` makes movable."""
        return self.path(part, f"M{self.X(x):.1f},{self.Y(y):.1f}h0", color, width=width)

    def label(self, part: str, x: float, y: float, text: str, color: str) -> "Panel":
        """Add words whose middle stands at a place."""
        self._parts.append(
            f'<text data-part="{part}" class="dlx-{color}" color="{COLORS[color]}" '
            f'fill="currentColor" text-anchor="middle" x="{self.X(x):.1f}" y="{self.Y(y) + 4:.1f}">'
            f"{escape(text)}</text>"
        )
        return self

    def image(self, part: str, pixels: Shaped[np.ndarray, "h w"]) -> "Panel":
        """Add a grey image of values in [0, 1], as large as fits between the axes."""
        h, w = pixels.shape
        scale = min((RIGHT - LEFT) / w, (self.bottom - TOP) / h)
        x, y = (LEFT + RIGHT - w * scale) / 2, (TOP + self.bottom - h * scale) / 2
        self._parts.append(
            f'<image data-part="{part}" x="{x:.4g}" y="{y:.4g}" width="{w * scale:.4g}" '
            f'height="{h * scale:.4g}" href="{png(pixels)}"/>'
        )
        return self

    def legend(self, **words: tuple[str, str]) -> "Panel":
        """Say under the title what the colours mean: by colour, a mark and what it stands for."""
        entries = (
            f'<tspan class="dlx-{color}" color="{COLORS[color]}" fill="currentColor">'
            f"{escape(mark)}</tspan> {escape(text)}"
            for color, (mark, text) in words.items()
        )
        spans = (3 * "\N{NO-BREAK SPACE}").join(entries)
        self._axes.append(f'<text x="{LEFT}" y="{TOP - 11}" fill="currentColor">{spans}</text>')
        return self

    def svg(self, place: str = "") -> str:
        """The chart as an SVG element; `place` are further attributes, such as x and y."""
        box = f'x="{LEFT}" y="{TOP}" width="{RIGHT - LEFT}" height="{self.bottom - TOP}"'
        view = f'viewBox="{LEFT} {TOP} {RIGHT - LEFT} {self.bottom - TOP}"'
        return (
            f'<svg {_XMLNS}{place} viewBox="0 0 {WIDTH} {self.height}" {_FONT} role="img" '
            f'aria-label="{escape(self.title)}" '
            f'data-range="{self.x[0]:g} {self.x[1]:g} {self.y[0]:g} {self.y[1]:g}">'
            f'{"".join(self._axes)}<path d="{self._frame}" fill="none" stroke="currentColor" '
            f'stroke-opacity=".5"/>'
            f'<svg {box} {view} stroke-linejoin="round" stroke-linecap="round">'
            f"{''.join(self._parts)}</svg></svg>"
        )

    def _x_tick(self, v: float, text: str) -> str:
        return _text(self.X(v), self.bottom + 16, text, "middle")

    def _y_tick(self, v: float, text: str, grid: bool) -> str:
        line = f'<path d="M{LEFT},{self.Y(v):.1f}H{RIGHT}" stroke="currentColor"'
        label = _text(LEFT - 5, self.Y(v) + 4, text, "end")
        return f'{line} stroke-opacity=".13"/>{label}' if grid else label


def _text(x: float, y: float, text: str, anchor: str) -> str:
    if not text:
        return ""
    return (
        f'<text x="{x:.4g}" y="{y:.4g}" text-anchor="{anchor}" fill="currentColor">'
        f"{escape(text)}</text>"
    )


def png(pixels: Shaped[np.ndarray, "h w"]) -> str:
    """Values in [0, 1] as an address that holds the image itself."""
    grey = Image.fromarray(np.rint(255 * np.clip(pixels, 0, 1)).astype(np.uint8))
    buffer = io.BytesIO()
    grey.save(buffer, format="png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


def arrange(panels: Sequence[Still], alt: str) -> str:
    """All panels as one SVG picture, two in a row."""
    columns = min(2, len(panels))
    rows = [panels[k : k + columns] for k in range(0, len(panels), columns)]
    tops = [0, *accumulate(max(panel.height for panel in row) for row in rows)]
    inner = "".join(
        panel.svg(f' x="{k * WIDTH}" y="{top}" width="{WIDTH}" height="{panel.height}"')
        for row, top in zip(rows, tops, strict=False)
        for k, panel in enumerate(row)
    )
    return (
        f'<svg {_XMLNS} viewBox="0 0 {columns * WIDTH} {tops[-1]}" '
        f'width="{columns * WIDTH}" height="{tops[-1]}" role="img" '
        f'aria-label="{escape(alt)}">{inner}</svg>'
    )
