"""What an author forgot, found in the sources before Sphinx reads them: `python -m book.lint`.

Each finding names the file, the cell or line, and what to write.
"""

import difflib
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from book import bibliography, check, contents
from book.plain import EXPLICIT, SPAN, Block, blocks
from book.stage import BIB_KEY, TERM

ANCHOR = re.compile(r"^\(([\w-]+)\)=", re.M)
KINDS = "eq|fig|tab|alg|def|thm|lem|cor|prop|rem|exm|ex|sec"
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.S)
UNCLOSED = re.compile(r"\{[A-Za-z][\w:.+-]*\}(?:`|\Z)")
LABEL = re.compile(rf"(?:{KINDS})-[\w-]+$")
REFERENCES = {"ref", "numref", "prf:ref"}
CITATIONS = re.compile(r"cite(?::\w+)?$")
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*?\s(?:src|srcset|poster|data)="""
    r"""["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|<link\b[^>]*\shref=["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|\b(?:fetch|import|importScripts|Worker|from)\b\s*\(?\s*["'`]((?:https?:)?//[^"'`\s]+)"""
    r"""|\b(?:url\(\s*|@import\s+)["']?((?:https?:)?//[^"')\s;]+)"""
    r"""|<(?:image|use)\b[^>]*\shref=["']((?:https?:)?//[^"']+)""",
    re.I,
)
ASSETS = {".css", ".js", ".mjs", ".svg", ".html"}
KEEP_HERE = "put the file into book/_static and name it from there: the book is read offline"
ALT = "say what one sees, for those who do not"


@dataclass
class Book:
    """What the sources define and what they refer to, with the places."""

    labels: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    equations: set[str] = field(default_factory=set)
    references: list[tuple[str, str, str]] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def define(self, label: str, place: str) -> None:
        """Note where a label is given."""
        self.labels[label].append(place)

    def read(self, text: str, place: str) -> None:
        """Take in a piece of Markdown, with what stands in its directives."""
        for part in blocks(text):
            if isinstance(part, str):
                self.read_prose(part, place)
            else:
                self.read_block(part, place)

    def read_prose(self, text: str, place: str) -> None:
        """Take in text without fenced blocks."""
        for label in ANCHOR.findall(text):
            self.define(label, place)
        self.look_for_open_roles(text, place)
        for found in SPAN.finditer(text):
            if found["label"]:
                self.equations.add(found["label"])
                self.define(found["label"], place)
            elif found["role"]:
                self.refer(found["role"], found["text"], place)
            elif found["picture"] and not found["alt"].strip():
                picture = found["picture"]
                self.findings.append(f"{place}: ![]({picture}): write ![…]({picture}), {ALT}")
        self.look_for_addresses(CODE.sub("", text), place)

    def read_block(self, block: Block, place: str) -> None:
        """Take in a directive."""
        for option in ("label", "name"):
            if option in block.options:
                self.define(block.options[option], place)
                if block.name == "math":
                    self.equations.add(block.options[option])
        if "`" in block.argument and block.source.lstrip().startswith("`"):
            text = f"{{{block.name}}} {block.argument}: no backtick can stand here; put it below"
            self.findings.append(f"{place}: {text}")
        if block.name in ("figure", "image") and not block.options.get("alt"):
            text = f"{{{block.name}}} {block.argument}: write :alt: …, {ALT}"
            self.findings.append(f"{place}: {text}")
        if block.name == "figure" and not block.content.strip():
            text = f"{{figure}} {block.argument}: write its caption into the directive"
            self.findings.append(f"{place}: {text}")
        if block.name not in ("", "math", "code", "code-block", "code-cell", "source", "eval-rst"):
            self.read(f"{block.argument}\n\n{block.content}", place)

    def refer(self, role: str, text: str, place: str) -> None:
        """Note a reference."""
        explicit = EXPLICIT.match(text)
        target = " ".join((explicit["target"] if explicit else text).split())
        for each in target.split(",") if CITATIONS.match(role) else [target]:
            self.references.append((role, each.strip(), place))

    def look_for_open_roles(self, text: str, place: str) -> None:
        """Find roles without their closing backtick, which take in what follows."""
        roles = [found["text"] for found in SPAN.finditer(text) if found["role"]]
        for part in (SPAN.sub("", text), *roles):
            for found in UNCLOSED.findall(part):
                role = found.strip("`")
                self.findings.append(f"{place}: {role}`…: write the closing backtick of the role")

    def look_for_addresses(self, text: str, place: str) -> None:
        """Find what a page would fetch from elsewhere."""
        for found in FETCHED.finditer(text):
            address = next(filter(None, found.groups()))
            self.findings.append(f"{place}: fetches {address}: {KEEP_HERE}")


def read(root: Path) -> Book:
    """The staged sources, told by their names in the repository."""
    book, staged = Book(), root / "_build" / "stage"
    for page in contents.pages(root):
        name = page.relative_to(root)
        if page.suffix == ".ipynb":
            read_notebook(book, staged / name, name.as_posix())
        else:
            read_text(book, staged / name, name.as_posix())
    for part in ("glossary", "errata"):
        for path in contents.parts(root, part):
            read_text(book, path, path.relative_to(root).as_posix())
    for folder in ("book/_static", "chapters", "dlcore"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in ASSETS and path.is_file():
                for i, line in enumerate(path.read_text("utf-8", "ignore").split("\n"), 1):
                    book.look_for_addresses(line, f"{path.relative_to(root).as_posix()}, line {i}")
    return book


def read_text(book: Book, path: Path, name: str) -> None:
    """A page in Markdown, paragraph by paragraph, so that a finding can name the line."""
    line = 1
    for part in blocks(path.read_text("utf-8")):
        source = part if isinstance(part, str) else part.source
        if isinstance(part, str):
            for i, paragraph in paragraphs(part):
                book.read_prose(paragraph, f"{name}, line {line + i}")
        else:
            book.read_block(part, f"{name}, line {line}")
        line += source.count("\n") + 1


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """The paragraphs of a text, each with the number of lines before it."""
    before = 0
    for paragraph in re.split(r"(?<=\n)[ \t]*\n", text):
        yield before + len(paragraph) - len(paragraph.lstrip("\n")), paragraph
        before += paragraph.count("\n") + 1


def read_notebook(book: Book, path: Path, name: str) -> None:
    """A chapter with the outputs of its run."""
    for number, cell in enumerate(nbformat.read(path, 4).cells, 1):
        place = f"{name}, cell {number}"
        if cell.cell_type == "markdown":
            book.read(cell.source, place)
        elif cell.cell_type == "code":
            figure = cell.metadata.get("mystnb", {}).get("figure", {})
            if figure.get("name"):
                book.define(figure["name"], place)
            if figure.get("caption"):
                book.read(figure["caption"], place)
            for output in cell.outputs:
                book.look_for_addresses(output.get("data", {}).get("text/html", ""), place)


def unresolved(book: Book, terms: set[str], works: set[str]) -> Iterator[str]:
    """References that lead nowhere."""
    known_terms = {term.lower() for term in terms}
    for role, target, place in book.references:
        if role == "eq" and target not in book.equations:
            write = f"write ({target}) behind the closing $$ of the equation that you mean"
            near = book.equations
        elif role in REFERENCES and LABEL.match(target) and target not in book.labels:
            write, near = f"give what you mean the label {target}", set(book.labels)
        elif role == "term" and target.lower() not in known_terms:
            write, near = "put the term into book/glossary/NN_slug.md of its chapter", terms
        elif CITATIONS.match(role) and target not in works:
            write, near = "put the work into book/references/NN_slug.bib of its chapter", works
        else:
            continue
        like = difflib.get_close_matches(target, sorted(near), n=1)
        meant = f" (or did you mean {like[0]}?)" if like else ""
        yield f"{place}: {{{role}}}`{target}` leads nowhere: {write}{meant}"


def findings(root: Path) -> list[str]:
    """All that is to be written, or written otherwise."""
    book = read(root)
    glossary = [path.read_text("utf-8") for path in contents.parts(root, "glossary")]
    works = [path.read_text("utf-8") for path in contents.parts(root, "references")]
    terms = {term.strip() for text in glossary for term in TERM.findall(text)}
    found = [*book.findings, *check.check_notebooks(root), *bibliography.findings(root)]
    for label, places in book.labels.items():
        if len(places) > 1:
            where = " and ".join(places)
            found.append(f"{where}: both have the label {label}: name one of them otherwise")
    return [*found, *unresolved(book, terms, {k for text in works for k in BIB_KEY.findall(text)})]


def main() -> int:
    """The command line."""
    found = findings(Path.cwd())
    print(*found, sep="\n", end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
