"""MyST Markdown as plain Markdown: what Jupyter and Colab can show.

Roles become text with its number, directives quoted blocks, labels go, macros are expanded. What
there is no rule for is an error, so that nothing reaches a reader unrendered.
"""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

from book.labels import Labels
from book.macros import NoRuleError, macros_expanded
from book.questions import KINDS, QuestionError, parsed

FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|:{3,}|~{3,})(?P<info>.*)$")
DIRECTIVE = re.compile(r"^\s*\{(?P<name>[\w:.-]+)\}\s*(?P<argument>.*)$")
OPTION = re.compile(r"^:([\w-]+):[ \t]*(.*)$")
NOT_SHOWN = re.compile(r"^(?:\([\w-]+\)=|%.*|\+\+\+.*|\{[.#][^}\n]*\})[ \t]*(?:\n|\Z)", re.M)
SPAN = re.compile(
    r"\$\$(?P<display>.+?)\$\$(?:[ \t]*\((?P<label>[\w-]+)\))?"
    r"|(?P<rows>\\begin\{(?P<env>(?:align|gather|equation)\*?)\}.+?\\end\{(?P=env)\})"
    r"|\{(?P<role>[A-Za-z][\w:.+-]*)\}(?P<ticks>`+)(?P<text>.+?)(?P=ticks)"
    r"|(?P<code>(?P<fence>`+)(?!`).+?(?<!`)(?P=fence)(?!`))"
    r"|(?<![\\$])\$(?P<inline>[^$\s](?:(?:(?!\n\n)[^$])*[^$\s\\])?)\$"
    r"|!\[(?P<alt>[^\]]*)\]\((?P<picture>(?!https?:|data:|attachment:)[^)\s]+)\)"
    r"|\[(?P<shown>[^\]\n]*)\]\((?P<target>#[^)\s]*)\)"
    r"|\[(?P<spanned>[^\]\n]*)\]\{[.#][^}\n]*\}",
    re.S,
)
EXPLICIT = re.compile(r"^(?P<text>.*?)\s*<(?P<target>[^<>]+)>$", re.S)
MARKS = {"beginner": "● Beginner", "intermediate": "◆ Intermediate", "advanced": "★ Advanced"}
NOTES = {"note", "tip", "hint", "important", "warning", "caution", "attention", "danger", "seealso"}
BARE = {"div", "container", "grid", "tab-set", "glossary"}
TITLED = {"tab-item", "grid-item-card", "card", "rubric", "topic", "sidebar"}
QUOTED = {"margin", "epigraph", "pull-quote", "admonition"}
LEFT_OUT = {"index", "contents", "tableofcontents", "exercise-end", "solution-end"}
CODE_ROLES = {"code", "file", "command", "samp", "kbd", "program", "option", "envvar"}
CITED = {"cite", "cite:p", "cite:t", "cite:ps", "cite:ts"}


@dataclass
class Block:
    """A fenced block: a directive, or a listing if it has no name."""

    name: str
    argument: str
    content: str
    indent: str
    source: str
    options: dict[str, str] = field(default_factory=dict)


def blocks(text: str) -> Iterator[str | Block]:
    """The prose and the fenced blocks of a text, in order."""
    lines, prose, i = text.split("\n"), [], 0
    while i < len(lines):
        start, opening = i, FENCE.match(lines[i])
        i += 1
        if opening is None:
            prose.append(lines[start])
            continue
        if prose:
            yield "\n".join(prose)
            prose = []
        closing = re.compile(rf"^\s*{re.escape(opening['fence'])}{opening['fence'][0]}*\s*$")
        while i < len(lines) and not closing.match(lines[i]):
            i += 1
        inner = textwrap.dedent("\n".join(lines[start + 1 : i]))
        i += 1
        yield block(opening, inner, "\n".join(lines[start:i]))
    if prose:
        yield "\n".join(prose)


def block(opening: re.Match[str], inner: str, source: str) -> Block:
    """A fenced block with its options taken from its first lines."""
    found = DIRECTIVE.match(opening["info"])
    if found is None:
        return Block("", opening["info"], inner, opening["indent"], source)
    lines, options = inner.split("\n"), {}
    while lines and (option := OPTION.match(lines[0])):
        options[option[1]] = option[2].strip()
        lines.pop(0)
    content = "\n".join(lines).strip("\n")
    return Block(found["name"], found["argument"], content, opening["indent"], source, options)


class Plain:
    """Makes the text of one notebook plain."""

    def __init__(self, labels: Labels, glued: dict[str, float | str]) -> None:
        self.labels = labels
        self.glued = glued
        self.cited: list[str] = []
        self.pictures: dict[str, str] = {}

    def markdown(self, text: str) -> str:
        """The whole text of a cell."""
        parts = [
            self.prose(part)
            if isinstance(part, str)
            else textwrap.indent(self.directive(part), part.indent)
            for part in blocks(text)
        ]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).strip("\n")

    def prose(self, text: str) -> str:
        """Text without fenced blocks."""
        return SPAN.sub(self.span, NOT_SHOWN.sub("", text))

    def span(self, found: re.Match[str]) -> str:
        """One formula, role, piece of code, or reference."""
        part = found.groupdict()
        if part["display"] is not None:
            return self.formula(part["display"], part["label"])
        if part["rows"] is not None:
            return f"$$\n{self.tex(part['rows'])}\n$$"
        if part["inline"] is not None:
            return f"${self.tex(part['inline'])}$"
        if part["role"] is not None:
            return self.role(part["role"], " ".join(part["text"].split()))
        if part["picture"] is not None:
            return self.picture(part["picture"], part["alt"])
        if part["target"] is not None:
            return self.reference(part["target"].lstrip("#"), self.prose(part["shown"]))
        return self.prose(part["spanned"]) if part["spanned"] is not None else found[0]

    def tex(self, tex: str) -> str:
        """A formula without the book's macros."""
        return macros_expanded(tex, self.labels.macros)

    def formula(self, tex: str, label: str | None) -> str:
        """A displayed formula with its number."""
        number = rf" \tag{{{self.labels.number(label)[1]}}}" if label else ""
        return f"$$\n{self.tex(tex).strip()}{number}\n$$"

    def picture(self, path: str, alt: str) -> str:
        """A picture, which travels inside of the notebook."""
        name = path.rsplit("/", 1)[-1]
        self.pictures[name] = path
        return f"![{alt}](attachment:{name})"

    def reference(self, label: str, text: str) -> str:
        """The given text, or what the label says, as a link if the book is published."""
        return self.labels.link(text, label) if text else self.labels.name(label)

    def role(self, name: str, text: str) -> str:
        """What a role says in plain words."""
        explicit = EXPLICIT.match(text)
        shown = explicit["text"] if explicit else ""
        target = explicit["target"] if explicit else text
        if name in ("eq", "numref", "prf:ref"):
            return self.numbered(target, shown)
        if name in ("ref", "std:ref"):
            return self.reference(target, shown) if shown else self.labels.title(target)
        if name in CITED:
            return self.citations(name, text)
        if name.split(":")[0] == "glue":
            return self.value(text)
        if name.startswith("py:"):
            last = target.rsplit(".", 1)[-1] if target.startswith("~") else target
            return f"`{shown or last}`"
        if name == "math":
            return f"${self.tex(text)}$"
        return self.simple_role(name, shown or target, target)

    def simple_role(self, name: str, shown: str, target: str) -> str:
        """Roles that are text already, or a mark around it."""
        if name in ("term", "doc", "download", "abbr", "std:doc"):
            return self.prose(shown.split(" (")[0] if name == "abbr" else shown)
        if name == "index":
            entry = re.match(r"(?:single|pair|triple|see|seealso):", shown)
            return "" if entry else shown
        if name == "chapter":
            return self.labels.chapter(target)
        if name == "difficulty":
            return f"*{MARKS[target.strip().lower()]}*"
        if name in ("sub", "sup"):
            return f"<{name}>{shown}</{name}>"
        if name in CODE_ROLES:
            return f"`{shown}`"
        raise NoRuleError(f"role {{{name}}}`{target}` has no plain form: add one to book/plain.py")

    def numbered(self, label: str, shown: str) -> str:
        """A number, in the words around it if there are any."""
        _, number = self.labels.number(label)
        pattern = shown.replace("{number}", "%s")
        if "%s" in pattern:
            return self.labels.link(pattern.replace("%s", number), label)
        return self.labels.link(shown, label) if shown else self.labels.name(label)

    def citations(self, role: str, text: str) -> str:
        """One or more works: in parentheses, or named in the sentence."""
        keys = [key.strip() for key in text.split(",")]
        self.cited += [key for key in keys if key not in self.cited]
        if role in ("cite:t", "cite:ts"):
            return ", ".join(self.labels.citation(key, in_sentence=True) for key in keys)
        return f"({'; '.join(self.labels.citation(key) for key in keys)})"

    def value(self, text: str) -> str:
        """A computed value in the given format."""
        name, _, form = text.partition(":")
        if name not in self.glued:
            raise NoRuleError(f"no value {name!r} was handed over with dlcore.glue")
        value = self.glued[name]
        if form[-1:] in tuple("eEfFgGn%") and not isinstance(value, str):
            value = float(value)
        return format(value, form)

    def directive(self, block: Block) -> str:
        """What a directive says in plain Markdown."""
        name, argument = block.name, self.prose(block.argument)
        if name in ("", "code", "code-block", "code-cell"):
            return block.source if not name else f"```{argument}\n{block.content}\n```"
        if name in LEFT_OUT:
            return ""
        if name == "math":
            return self.formula(block.content or block.argument, block.options.get("label"))
        if name in ("figure", "image"):
            return self.figure(block)
        if name == "bibliography":
            return "\n".join(f"- {self.labels.work(key)}" for key in self.cited)
        if name in ("list-table", "table"):
            return self.table(block, argument)
        if name in KINDS:
            return self.question(block)
        content = self.markdown(block.content)
        if name.startswith(("exercise", "prf:")):
            return quoted(self.heading(block, argument), content)
        if name.startswith("solution"):
            return folded(f"Solution to {self.labels.name(block.argument)}", content)
        return self.box(block, argument, content)

    def question(self, block: Block) -> str:
        """A question with its answers in letters; hint and reasons folded."""
        kind = KINDS[block.name]
        try:
            found = parsed(block.content, kind)
        except QuestionError as error:
            raise NoRuleError(f"{block.name} {block.argument}: {error}") from None
        names = [
            answer.text if kind == "number" else chr(ord("A") + i)
            for i, answer in enumerate(found.answers)
        ]
        parts = [self.markdown(found.text)]
        if kind == "choice":
            pairs = zip(names, found.answers, strict=True)
            parts.append("\n".join(f"- **{n}.** {self.prose(a.text)}" for n, a in pairs))
        unit = self.prose(block.options.get("unit", ""))
        reasons = "\n\n".join(
            f"**{f'{name} {unit}'.strip()}**, {'right' if answer.right else 'wrong'}: "
            f"{self.markdown(answer.reason)}"
            for name, answer in zip(names, found.answers, strict=True)
        )
        hint = self.prose(block.options.get("hint", ""))
        return (
            quoted("**Check yourself.**", "\n\n".join(parts))
            + (folded("Hint", hint) if hint else "")
            + folded("Answer", reasons)
        )

    def box(self, block: Block, argument: str, content: str) -> str:
        """Notes, margins, cards, tabs."""
        name = block.name
        if name == "dropdown" or "dropdown" in block.options.get("class", ""):
            return folded(argument or name.capitalize(), content)
        if name in NOTES:
            head = "See also" if name == "seealso" else name.capitalize()
            return quoted(f"**{head}.**", "\n\n".join(filter(None, [argument, content])))
        if name in QUOTED:
            return quoted(f"**{argument}**" if argument else "", content)
        if name in BARE:
            return content
        if name in TITLED:
            return "\n\n".join(filter(None, [f"**{argument}**" if argument else "", content]))
        raise NoRuleError(f"directive {{{name}}} has no plain form: add one to book/plain.py")

    def heading(self, block: Block, title: str) -> str:
        """Algorithm 6.1 (Backpropagation), for a numbered box."""
        label = block.options.get("label")
        kind = block.name.removeprefix("prf:").removesuffix("-start").capitalize()
        try:
            head = self.labels.name(label) if label else kind
        except KeyError:  # a box without number
            head = kind
        return f"**{head}**{f' ({title})' if title else ''}."

    def figure(self, block: Block) -> str:
        """A picture with number and caption."""
        picture = self.picture(block.argument, block.options.get("alt", ""))
        if block.name == "image":
            return picture
        return f"{picture}\n\n{self.caption(block.options.get('name'), block.content)}"

    def caption(self, label: str | None, text: str) -> str:
        """Figure 6.1. What one sees."""
        head = f"**{self.labels.name(label)}.** " if label else ""
        return f"{head}{self.markdown(text)}"

    def table(self, block: Block, title: str) -> str:
        """A table in pipes under its number and caption."""
        rows = block.content
        if block.name == "list-table":
            rows = piped(block.content)
        label = block.options.get("name")
        head = f"**{self.labels.name(label)}.** " if label else ""
        return f"{head}{title}\n\n{self.prose(rows)}" if head or title else self.prose(rows)


def quoted(head: str, content: str) -> str:
    """A block quote with a head."""
    text = "\n\n".join(filter(None, [head, content]))
    return "\n" + textwrap.indent(text, "> ", lambda line: True) + "\n"


def folded(head: str, content: str) -> str:
    """Content that unfolds at a click."""
    return f"\n<details>\n<summary>{head}</summary>\n\n{content}\n\n</details>\n"


def piped(content: str) -> str:
    """The rows of a list table as a table in pipes; the first row is its head."""
    rows: list[list[str]] = []
    for line in content.split("\n"):
        if re.match(r"\*\s+-", line):
            rows.append([])
        cell = re.match(r"(?:\*|\s)\s*-\s?(.*)$", line)
        if cell:
            rows[-1].append(cell[1].strip())
        elif line.strip():
            rows[-1][-1] += " " + line.strip()
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])
