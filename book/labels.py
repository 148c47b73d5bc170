"""What a reference says in words: numbers, titles, authors, computed values."""

import json
import re
from ast import literal_eval
from pathlib import Path

import yaml
from nbformat import NotebookNode
from pybtex.database import Entry, Person, parse_string
from pybtex.richtext import Text

from book._ext.chapter_numbers import chapter_name, chapter_number

GLUED = "application/papermill.record/"


class Labels:
    """The labels of the built book, and the address of its pages if it is published."""

    def __init__(self, root: Path) -> None:
        try:
            table = json.loads((root / "_build" / "labels.json").read_text("utf-8"))
        except OSError:
            raise SystemExit("there is no _build/labels.json: run make book first") from None
        config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
        self.base = (config.get("html") or {}).get("baseurl", "").rstrip("/")
        self.macros: dict[str, str] = config["sphinx"]["config"].get("math_macros", {})
        self.formats: dict[str, str] = table["formats"]
        self.numbers: dict[str, dict[str, list[str]]] = table["numbers"]
        self.labels: dict[str, list[str]] = table["labels"]
        self.chapters = {chapter_number(page): page for page in table["pages"]}
        bibliography = root / "_build" / "stage" / "book" / "references.bib"
        text = bibliography.read_text("utf-8") if bibliography.exists() else ""
        self.works = parse_string(text, "bibtex").entries

    def place(self, label: str) -> tuple[str, str, str]:
        """Page, anchor and title of a label."""
        if label in self.labels:
            page, anchor, title = self.labels[label]
            return page, anchor, title
        anchor = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
        for page, anchors in self.numbers.items():
            if anchor in anchors:
                return page, anchor, ""
        raise KeyError(f"no label {label!r} in the built book")

    def number(self, label: str) -> tuple[str, str]:
        """Kind and number of what a label names, such as ("figure", "6.1")."""
        page, anchor, _ = self.place(label)
        numbers = self.numbers.get(page, {})
        if anchor not in numbers:
            raise KeyError(f"{label!r} has no number")
        kind, number = numbers[anchor]
        return kind, number

    def name(self, label: str) -> str:
        """What a reference says: Figure 6.1, Section 6.3, Chapter 6; linked if published."""
        kind, number = self.number(label)
        if kind == "displaymath":
            return self.link(f"({number})", label)
        pattern = self.formats.get(kind, f"{kind} %s")
        if kind == "section" and "." not in number:
            return self.link(chapter_name(number), label)
        return self.link(pattern[0].upper() + pattern[1:] % number, label)

    def title(self, label: str) -> str:
        """The title of a section after its number: Section 6.3, *Losses*."""
        _, _, title = self.place(label)
        try:
            name = self.name(label)
        except KeyError:  # a page without number
            return self.link(f"*{title}*", label)
        return f"{name}, *{title}*" if title else name

    def link(self, text: str, label: str) -> str:
        """The text, as a link to the published page if there is one."""
        page, anchor, _ = self.place(label)
        return f"[{text}]({self.base}/{page}.html#{anchor})" if self.base else text

    def chapter(self, number: str) -> str:
        """Chapter 9 or Appendix A, linked once its page exists and the book is published."""
        page = self.chapters.get(number)
        published = self.base and page
        name = chapter_name(number)
        return f"[{name}]({self.base}/{page}.html)" if published else name

    def citation(self, key: str, in_sentence: bool = False) -> str:
        """Authors and year of a work, linked to it if it has an address."""
        if key not in self.works:
            raise KeyError(f"no work {key!r} in the bibliography")
        work = self.works[key]
        people = work.persons.get("author") or work.persons.get("editor") or []
        year = work.fields.get("year", "no year")
        text = surnames(people) + (f" ({year})" if in_sentence else f", {year}")
        return f"[{text}]({address(work)})" if address(work) else text

    def work(self, key: str) -> str:
        """A work as a list of references shows it."""
        return f"{self.citation(key)}. {words(self.works[key].fields.get('title', ''))}."


def words(latex: str) -> str:
    """A field of a bibliography without braces and commands."""
    return str(Text.from_latex(latex))


def address(work: Entry) -> str:
    """Where a work can be read."""
    if "doi" in work.fields:
        return f"https://doi.org/{work.fields['doi']}"
    if "eprint" in work.fields:
        return f"https://arxiv.org/abs/{work.fields['eprint']}"
    return work.fields.get("url", "")


def surnames(people: list[Person]) -> str:
    """One or two surnames, or the first "et al."."""
    names = [words(" ".join([*person.prelast_names, *person.last_names])) for person in people]
    if len(names) > 2:
        return f"{names[0]} et al."
    return " and ".join(names)


def glued(executed: NotebookNode) -> dict[str, object]:
    """The values that the notebook handed over with `dlcore.glue`."""
    values: dict[str, object] = {}
    outputs = [out for cell in executed.cells for out in cell.get("outputs", [])]
    for output in outputs:
        name = output.get("metadata", {}).get("scrapbook", {}).get("name")
        if name:
            data = output["data"]
            text = data.get(f"{GLUED}text/plain", data.get("text/plain", ""))
            try:
                values[name] = literal_eval(text)
            except (SyntaxError, ValueError):
                values[name] = text
    return values
