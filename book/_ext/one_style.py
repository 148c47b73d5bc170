"""One style sheet for all pages: what a page asks for, without the rules that none can use.

The theme and its extensions bring a dozen sheets, 100 KB compressed, that a browser must read
before it shows a word. Here they become ``_static/style.css``; a rule stays if each class and id of
its selector occurs in a page or a script.
"""

import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import tinycss2
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from tinycss2.ast import Node

from book._ext.all_pages import when_written

SHEET = re.compile(r'\s*<link\b[^>]*\bhref="((?:\.\./)*)_static/([^"?]+\.css)[^"]*"[^>]*/>')
ADDRESS = re.compile(r"""url\(\s*(["']?)(?!data:|#|[a-z]+:|/)([^"')]+)\1\s*\)""")
IMPORTED = re.compile(r"""@import\s+(?:url\()?["']?([^"')\s;]+)["']?\)?\s*;""")
GIVEN = re.compile(r"""\b(?:class|id)="([^"]*)\"""")
SCRIPT = re.compile(r"<script.*?</script>", re.S)
WORD = re.compile(r"[A-Za-z_][\w-]*")
ARGUMENTS = re.compile(r"\([^()]*\)|\[[^\]]*\]")
NAMED = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")
VARIABLE = re.compile(r"--[\w-]+")
READ = re.compile(r"var\(\s*(--[\w-]+)")
NEITHER = (True, True)  # comments nor blanks
GROUPS = {"media", "supports", "layer", "container"}
TEXT_FONTS = (
    "fonts/source-serif-4-latin-wght-normal",
    "fonts/source-serif-4-latin-wght-italic",
    "fonts/source-sans-3-latin-wght-normal",
    "fonts/source-code-pro-latin-wght-normal",
    "vendor/fontawesome/webfonts/fa-solid-900",
)
FORMULA_FONTS = ("katex/fonts/KaTeX_Main-Regular", "katex/fonts/KaTeX_Math-Italic")
PRELOAD = '<link rel="preload" as="font" type="font/woff2" crossorigin href="{}" />'


class Sheets:
    """The style sheets that pages asked for, in a file, since processes share the pages."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.known = file.read_text("utf8").split() if file.exists() else []

    def note(self, names: list[str]) -> None:
        """Add those that are new."""
        if new := [name for name in names if name not in self.known]:
            self.known += new
            with self.file.open("a", encoding="utf8") as file:
                file.write("".join(f"{name}\n" for name in new))

    def all(self) -> list[str]:
        """In the order in which they were first asked for, each once."""
        return list(dict.fromkeys(self.file.read_text("utf8").split()))


def one_link(text: str, sheets: Sheets) -> str:
    """Replace a page's links to style sheets by one, noting what they were."""
    found = list(SHEET.finditer(text))
    if not found:
        return text
    sheets.note([match[2] for match in found])
    up = found[0][1]
    fonts = TEXT_FONTS + FORMULA_FONTS * ('class="katex' in text)
    links = [PRELOAD.format(f"{up}_static/{font}.woff2") for font in fonts]
    links.append(f'<link rel="stylesheet" type="text/css" href="{up}_static/style.css" />')
    before, after = text[: found[0].start()], text[found[0].start() :]
    return before + "\n" + "\n".join(links) + SHEET.sub("", after)


def read(static: Path, name: str) -> str:
    """A sheet with those it imports, its addresses relative to the folder of all sheets."""
    path = Path(os.path.normpath(static / name))

    def address(match: re.Match) -> str:
        """Where the file is, seen from there."""
        where = os.path.normpath(path.parent.relative_to(static) / match[2])
        return f'url("{Path(where).as_posix()}")'

    def imported(match: re.Match) -> str:
        """The sheet in place of its name."""
        return read(static, str((path.parent / match[1].partition("?")[0]).relative_to(static)))

    return IMPORTED.sub(imported, ADDRESS.sub(address, path.read_text("utf8")))


class Used:
    """What pages and scripts name: classes, ids, custom properties."""

    def __init__(self, out: Path) -> None:
        self.words: set[str] = set()
        self.variables: set[str] = set()
        for page in out.rglob("*.html"):
            text = page.read_text("utf8")
            self.words.update(*(given.split() for given in set(GIVEN.findall(text))))
            self.variables |= set(VARIABLE.findall(text))
            self.add_script(" ".join(SCRIPT.findall(text)))
        for script in (out / "_static").rglob("*.js"):
            self.add_script(script.read_text("utf8", "ignore"))

    def add_script(self, text: str) -> None:
        """Any word of a script may be a class that it sets."""
        self.words |= set(WORD.findall(text))
        self.variables |= set(VARIABLE.findall(text))

    def matches(self, selector: str) -> bool:
        """Whether something may carry every class and id of a selector."""
        while (shorter := ARGUMENTS.sub("", selector)) != selector:
            selector = shorter
        return "\\" in selector or all(name in self.words for name in NAMED.findall(selector))


def selectors(prelude: list[Node]) -> list[str]:
    """The members of a list of selectors."""
    parts: list[list[Node]] = [[]]
    for node in prelude:
        if node == ",":
            parts.append([])
        else:
            parts[-1].append(node)
    return [tinycss2.serialize(part).strip() for part in parts]


def kept(rules: list[Node], used: Used, read_by_rules: set[str]) -> Iterator[str]:
    """The rules that can match, as text."""
    for rule in rules:
        if rule.type == "error":
            raise ExtensionError(f"style sheet: {rule.message} in line {rule.source_line}")
        if rule.type == "qualified-rule":
            wanted = [each for each in selectors(rule.prelude) if used.matches(each)]
            declared = declarations(rule.content, used.variables | read_by_rules) if wanted else ""
            yield f"{','.join(wanted)}{{{declared}}}" if declared else ""
        elif rule.lower_at_keyword in GROUPS and rule.content:
            inside = tinycss2.parse_rule_list(rule.content, *NEITHER)
            text = "".join(kept(inside, used, read_by_rules))
            condition = tinycss2.serialize(rule.prelude).strip()
            yield f"@{rule.lower_at_keyword} {condition}{{{text}}}" if text else ""
        elif rule.lower_at_keyword != "charset":
            yield rule.serialize()


def declarations(content: list[Node], variables: set[str]) -> str:
    """The declarations of a rule without custom properties that nothing reads."""
    inside = tinycss2.parse_blocks_contents(content, *NEITHER)
    wanted = [
        node
        for node in inside
        if node.type != "declaration" or not node.name.startswith("--") or node.name in variables
    ]
    return ";".join(re.sub(r"\s*\n\s*", " ", node.serialize()) for node in wanted)


def pruned(css: str, used: Used) -> str:
    """A style sheet without what nothing uses."""
    while True:
        rules = tinycss2.parse_stylesheet(css, *NEITHER)
        shorter = "".join(kept(rules, used, set(READ.findall(css))))
        if len(shorter) == len(css):
            return css
        css = shorter


def collect_links(app: Sphinx) -> None:
    """Let every page pass through ``one_link`` when it is rendered."""
    if app.builder.format == "html" and getattr(app.builder, "templates", None):
        sheets = Sheets(Path(app.doctreedir) / "style-sheets")
        render = app.builder.templates.render
        app.builder.templates.render = lambda template, context: one_link(
            render(template, context), sheets
        )
        when_written(app, partial(write_style, sheets), priority=950)


def write_style(sheets: Sheets, app: Sphinx) -> None:
    """Write the one sheet."""
    static = Path(app.outdir) / "_static"
    css = "\n".join(read(static, name) for name in sheets.all())
    (static / "style.css").write_text(pruned(css, Used(Path(app.outdir))), "utf8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Run when pages and scripts have been written."""
    app.connect("builder-inited", collect_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
