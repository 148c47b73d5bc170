"""What every explorable is: a question, a still picture, and a script that makes it move."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from html import escape
from pathlib import Path
from typing import ParamSpec, TypeVar

import torch

from dlcore.explorables.panel import Still, arrange

P = ParamSpec("P")
T = TypeVar("T")
_SPACE = re.compile(r"""("[^"]*"|'[^']*'|`[^`]*`)|[ \n]*([][(){},;:=<>?&|*%])[ \n]*""")


@cache
def source(file: str) -> str:
    """A script or style sheet of this package, a script without comments and needless space.

    Strings and templates stay as they are, and so does the space around + and -. Comments must be
    lines of their own, statements end in semicolons, and no template stands within a template.
    """
    text = (Path(__file__).parent / file).read_text(encoding="utf-8")
    if not file.endswith(".js"):
        return text
    text = re.sub(r"^ *(//.*\n)?", "", text, flags=re.MULTILINE)
    return _SPACE.sub(lambda match: match[1] or match[2], text)


def in_single_precision(draw: Callable[P, T]) -> Callable[P, T]:
    """The same figure whatever default a notebook has set: other digits would draw other points."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> T:
        default = torch.get_default_dtype()
        torch.set_default_dtype(torch.float32)
        try:
            return draw(*args, **kwargs)
        finally:
            torch.set_default_dtype(default)

    return drawn


class Explorable:
    """A figure to play with: shown by a notebook as HTML, elsewhere as an SVG picture or words.

    The script takes over the panels of the still picture (`view.panel(0)` in `explorable.js`) and
    redraws their named parts; without JavaScript, on paper and where scripts are not trusted, the
    picture stays. Nothing is loaded from anywhere, and no global name or id is left in the page.

    Args:
        scripts: names of scripts of this package, the last one is the explorable's own and its
            name in the page: `("activations", "activation_stack")`.
        question: what the reader can find out.
        prediction: what most expect, to be committed to before playing.
        finding: what comes out, to unfold.
        alt: the still picture in words.
        panels: the still picture.
        state: what the script is given, as JSON.

    Raises:
        ValueError: no panel, no script, or empty words.

    Source: Victor (2011), Explorable explanations, worrydream.com.

    Example:
        >>> from dlcore.explorables import Panel
        >>> panel = Panel("A line", (0, 1), (0, 1)).line("line", [0, 1], [0, 1], "blue")
        >>> figure = Explorable(("explorable",), "Why?", "So.", "No.", "A line.", [panel], {})
        >>> sorted(figure._repr_mimebundle_())
        ['image/svg+xml', 'text/html', 'text/plain']

    In production: ipywidgets where a kernel runs, Observable Plot in a page of your own.
    """

    def __init__(
        self,
        scripts: Sequence[str],
        question: str,
        prediction: str,
        finding: str,
        alt: str,
        panels: Sequence[Still],
        state: Mapping[str, object],
    ) -> None:
        if not (scripts and panels and question and prediction and finding and alt):
            raise ValueError("an explorable needs scripts, panels, and all four texts")
        self.scripts, self.panels, self.state = tuple(scripts), list(panels), dict(state)
        self.question, self.prediction, self.finding = question, prediction, finding
        self.alt = alt

    @property
    def name(self) -> str:
        """The name of its script."""
        return self.scripts[-1]

    def svg(self) -> str:
        """The still picture as one SVG."""
        return arrange(self.panels, self.alt)

    def html(self) -> str:
        """The figure for a page: words, still picture, style and script."""
        state = escape(json.dumps(self.state, separators=(",", ":")), quote=False)
        panels = "".join(panel.svg() for panel in self.panels)
        script = "".join(map(source, ["explorable.js", *(f"{name}.js" for name in self.scripts)]))
        return (
            f'<div class="dlx" role="group" aria-label="{escape(self.question)}" '
            'data-lm-suppress-shortcuts="true" '  # JupyterLab leaves the keys to us
            f"data-explorable=\"{self.name}\" data-state='{state.replace(chr(39), '&#39;')}'>"
            f"<p><strong>{escape(self.question)}</strong></p>"
            f"<p><em>Predict first:</em> {escape(self.prediction)}</p>"
            f'<div class="dlx-still dlx-figure" role="img" aria-label="{escape(self.alt)}">'
            f"{panels}</div>"
            f"<details><summary>What comes out</summary><p>{escape(self.finding)}</p></details>"
            f"</div><style>{source('explorable.css')}</style>"
            f"<script>(() => {{\n{script}}})();</script>"
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        words = f"{self.question} {self.alt}"
        return {"text/html": self.html(), "image/svg+xml": self.svg(), "text/plain": words}
