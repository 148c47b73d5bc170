"""The search: every section, API entry, term and listing of the built pages, indexed by MiniSearch.

The index is a script, ``_static/search-index.js``, so that it can be loaded also from a disk; it is
loaded when a reader first searches. The texts in which results show what was found are scripts of
their own, one a page, in ``_static/search/``. Listings are found by their names alone: what they
say in words stands in the API too. What ranks above what: book/scripts/search.js.
"""

import json
import re
import shutil
import string
import subprocess
from collections.abc import Iterable
from pathlib import Path

from bs4 import NavigableString, Tag
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from book._ext.all_pages import when_written
from book._ext.chapter_numbers import chapter_number
from book._ext.mathematics import VENDORED, node_program

CHAPTER, PAGE, API, SOURCE = range(4)
LEFT_OUT = {
    "dl-difficulty",
    "headerlink",
    "katex-mathml",
    "cell_input",
    "text_plain",
    "dl-source",
    "viewcode-link",
}
LEFT_OUT |= {"toctree-wrapper", "eqno", "dl-computed", "linenos", "dl-choices"}
LEFT_OUT |= {"dl-answers", "dl-question-head", "dl-entry", "dl-hint", "dl-cost"}
NAMES_ONLY = {"script", "style", "summary", "button", "svg", "select", "math"}
# Tables of what stands elsewhere, which would hide the place itself.
LISTS = {"_modules/index", "chapters/lists", "chapters/api_names", "chapters/measurements"}
HEADINGS = {"h1", "h2", "h3", "h4"}
OPTIONS = {"idField": "id", "fields": ["title", "text"]}
PROGRAM = """
const MiniSearch = require(process.argv[1]);
let text = "";
process.stdin.on("data", part => text += part).on("end", () => {
  const {options, records} = JSON.parse(text), search = new MiniSearch(options);
  search.addAll(records.map(([title, text], id) => ({id, title, text})));
  process.stdout.write(JSON.stringify(search));
});
"""
HEADING = re.compile(r"<h1>([^<]*)")
LISTED = re.compile(r'<div class="viewcode-block" id="([^"]+)"')
DIGITS = string.digits + string.ascii_lowercase


def kind_of(pagename: str) -> int:
    """What a page is, in the order in which results are ranked."""
    if chapter_number(pagename) is not None:
        return CHAPTER
    if pagename.startswith("_modules/"):
        return SOURCE
    return API if pagename.startswith("api/") else PAGE


def anchor_of(tag: Tag) -> str | None:
    """The anchor of what is found as a thing of its own."""
    classes = set(tag.get("class", []))
    if tag.name == "section" and tag.find(HEADINGS, recursive=False):
        return str(tag["id"])
    if tag.name == "dt" and (tag.get("id") or "").strip() and ("sig" in classes or is_term(tag)):
        return str(tag["id"])
    return None


def is_term(tag: Tag) -> bool:
    """Whether it is a term of the glossary."""
    return str(tag["id"]).startswith("term-")


class Records:
    """The records of one page, [anchor, title, text] each."""

    def __init__(self, body: Tag) -> None:
        self.found: list[list[str]] = [["", "", ""]]
        self.walk(body, 0)

    def walk(self, tag: Tag, current: int) -> None:
        """Add the text below a tag to the thing in which it stands."""
        for child in tag.children:
            if isinstance(child, Tag):
                current = self.enter(child, current)
            elif type(child) is NavigableString:
                self.found[current][2] += str(child)

    def enter(self, tag: Tag, current: int) -> int:
        """Read a tag; what stands after it belongs to the returned thing."""
        classes = set(tag.get("class", []))
        if tag.name in NAMES_ONLY or LEFT_OUT & classes:
            return current
        if tag.name == "div" and "math" in classes:
            return current
        anchor = anchor_of(tag)
        if anchor is not None:
            inner = len(self.found)
            self.found.append([anchor, "", ""])
            if tag.name == "dt":  # its text follows, in the dd
                self.found[inner][1] = title(tag)
                return inner
            self.walk(tag, inner)
            return current
        if tag.name in HEADINGS and not self.found[current][1]:
            self.found[current][1] = words(tag.get_text().removesuffix("#"))
        else:
            self.walk(tag, current)
            if tag.name in {"p", "li", "dd", "td", "th", "div", "pre"}:
                self.found[current][2] += " "
        return current


def title(term: Tag) -> str:
    """A term, or the name of an API entry without its arguments."""
    name = term.select_one(".sig-name")
    if name is not None and term.get("id"):
        return str(term["id"])
    return words(term.get_text().removesuffix("#"))


def words(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.replace("\u200b", "").split())


def folder(app: Sphinx) -> Path:
    """Where the records of pages are kept between builds."""
    return Path(app.doctreedir) / "search"


def listed(body: str) -> list[list[str]]:
    """The records of a listing: what it lists, by name."""
    heading = HEADING.search(body)
    names = ([name, name, ""] for name in LISTED.findall(body))
    return [["", heading[1] if heading else "", ""], *names]


def note_page(app: Sphinx, pagename: str, found: list[list[str]]) -> None:
    """Keep what of a page can be found."""
    if pagename in LISTS:
        return
    found = [[a, words(t), words(x)] for a, t, x in found]
    file = folder(app) / f"{pagename}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([r for r in found if r[1]], ensure_ascii=False), "utf8")


def read_pages(app: Sphinx) -> dict[str, list[list[str]]]:
    """The records of every page that was written, by its name."""
    files = {
        file.relative_to(folder(app)).as_posix().removesuffix(".json"): file
        for file in sorted(folder(app).rglob("*.json"))
    }
    found = {
        name: json.loads(file.read_text("utf8"))
        for name, file in files.items()
        if Path(app.outdir, f"{name}.html").exists()
    }
    return {name: records for name, records in found.items() if records}


def write_index(app: Sphinx) -> None:
    """Let MiniSearch index the records, and write the index and the texts."""
    pages = read_pages(app)
    index = indexed([title, text] for records in pages.values() for _, title, text in records)
    data = {
        "options": OPTIONS,
        "pages": [
            [name, kind_of(name), [record[:2] for record in records]]
            for name, records in pages.items()
        ],
        "terms": "\n".join(postings(*term) for term in sorted(index.pop("index"))),
        "rest": {key: value for key, value in index.items() if key != "documentIds"},
    }
    static = Path(app.outdir) / "_static"
    shutil.rmtree(static / "search", ignore_errors=True)
    (static / "search").mkdir()
    write_call(static / "search-index.js", "dlSearchIndex", data)
    for number, (name, records) in enumerate(pages.items()):
        if kind_of(name) != SOURCE:
            texts = [text for *_, text in records]
            write_call(static / "search" / f"{number}.js", "dlSearchTexts", number, texts)


def indexed(records: Iterable[list[str]]) -> dict:
    """What MiniSearch makes of titles and texts."""
    done = subprocess.run(
        [node_program(), "-e", PROGRAM, str(VENDORED / "minisearch" / "minisearch.min.js")],
        input=json.dumps({"options": OPTIONS, "records": list(records)}),
        capture_output=True,
        text=True,
        encoding="utf8",
    )
    if done.returncode:
        raise ExtensionError(f"the search index was not built: {done.stderr}")
    return json.loads(done.stdout)


def postings(term: str, fields: dict[str, dict[str, int]]) -> str:
    """A word and where it stands: for each field the gaps between records, with counts above 1.

    >>> postings("unit", {"0": {"2": 1}, "1": {"2": 1, "40": 3}})
    'unit 2|2,12*3'
    """
    lists = []
    for field in range(len(OPTIONS["fields"])):
        last, gaps = 0, []
        for record, count in sorted((int(r), n) for r, n in fields.get(str(field), {}).items()):
            gaps.append(base36(record - last) + (f"*{base36(count)}" if count > 1 else ""))
            last = record
        lists.append(",".join(gaps))
    return f"{term} {'|'.join(lists)}"


def base36(number: int) -> str:
    """The number as JavaScript's ``parseInt(…, 36)`` reads it."""
    high, low = divmod(number, 36)
    return (base36(high) if high else "") + DIGITS[low]


def write_call(file: Path, function: str, *arguments: object) -> None:
    """Write a script that hands values to a function of the page."""
    values = ",".join(json.dumps(a, ensure_ascii=False) for a in arguments)
    file.write_text(f"{function}({values});\n", "utf8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Index at the end the pages that book/_ext/written_pages.py noted."""
    when_written(app, write_index)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
