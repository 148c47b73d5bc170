"""A matplotlib figure as a still of an explorable."""

import io
import re
from html import escape

from matplotlib import rc_context
from matplotlib.figure import Figure

from dlcore.explorables.panel import HEIGHT
from dlcore.plot.style import COLORS


class Picture:
    """A matplotlib figure in an explorable's still picture; its black follows the page's colour.

    Args:
        title: what the figure shows, read aloud.
        figure: drawn at once; it may be closed afterwards.

    Source: Hunter (2007), Matplotlib: a 2D graphics environment, doi:10.1109/MCSE.2007.55.

    Example:
        >>> figure = Figure(figsize=(3.4, 2.6))
        >>> _ = figure.subplots().plot([0, 1])
        >>> Picture("A line", figure).svg().startswith("<svg")
        True

    In production: Figure.savefig.
    """

    height = HEIGHT

    def __init__(self, title: str, figure: Figure) -> None:
        buffer = io.StringIO()
        with rc_context({"svg.fonttype": "none", "svg.hashsalt": "dlcore"}):
            figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
        self.title = title
        found = re.search(r'(viewBox="[^"]*").*?>(.*)</svg>', buffer.getvalue(), re.DOTALL)
        assert found is not None
        drawing = re.sub(r"<metadata>.*?</metadata>", "", found[2], flags=re.DOTALL)
        black = "|".join((COLORS["black"], "#000000"))
        self._box, self._drawing = found[1], re.sub(black, "currentColor", drawing)

    def svg(self, place: str = "") -> str:
        """The figure as an SVG element; `place` are further attributes, such as x and y."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
            f'{place} {self._box} role="img" aria-label="{escape(self.title)}">'
            f"{self._drawing}</svg>"
        )
