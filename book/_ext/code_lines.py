"""Each line of code in an element of its own, which knows its indentation.

On paper and on narrow screens the style sheet then wraps long lines under their own beginning.
"""

import re
from collections.abc import Iterator

from pygments.formatters import HtmlFormatter
from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge

MARKUP = re.compile(r"<[^>]+>")


def in_elements(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Pygments' lines of HTML, each wrapped."""
    for kind, line in lines:
        text = MARKUP.sub("", line)
        indent = len(text) - len(text.lstrip(" "))
        style = f' style="--in:{indent}"' if indent and text.strip() else ""
        content = line.removesuffix("\n")
        newline = line[len(content) :]
        yield kind, f'<span class="dl-line"{style}>{content}</span>{newline}' if kind else line


class LineFormatter(HtmlFormatter):
    """Pygments' HTML, line by line."""

    def wrap(self, source: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """Put the lines into their frame."""
        return super().wrap(in_elements(source))


def setup(app: Sphinx) -> dict[str, bool]:
    """Highlight all code so."""
    PygmentsBridge.html_formatter = LineFormatter
    return {"parallel_read_safe": True, "parallel_write_safe": True}
