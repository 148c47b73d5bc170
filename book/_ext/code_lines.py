"""Each line of code in an element of its own, which knows its indentation.

On paper and on narrow screens the style sheet then wraps long lines under their own beginning.
Names, operators and punctuation have the colour of the text and no elements: half of the weight.
"""

import re
from collections.abc import Iterator

from pygments.formatters import HtmlFormatter
from pygments.token import Name, Operator, Punctuation, Text, _TokenType
from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge

MARKUP = re.compile(r"<[^>]+>")
PLAIN = {Name, Name.Namespace, Name.Other, Operator, Punctuation, Text.Whitespace}


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
    """Pygments' HTML, line by line, with elements only for what has a colour."""

    def _get_css_classes(self, ttype: _TokenType) -> str:
        """Pygments asks this for each kind of token."""
        return "" if ttype in PLAIN else super()._get_css_classes(ttype)

    def wrap(self, source: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """Put the lines into their frame."""
        return super().wrap(in_elements(source))


def setup(app: Sphinx) -> dict[str, bool]:
    """Highlight all code so."""
    PygmentsBridge.html_formatter = LineFormatter
    return {"parallel_read_safe": True, "parallel_write_safe": True}
