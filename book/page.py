"""One built page, read for what book/check.py and book/runner.py want to know."""

import re
from html.parser import HTMLParser
from pathlib import Path

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"}
VOID |= {"source", "track", "wbr"}  # elements that have no end tag
VERBATIM = {"script", "style", "pre", "code", "textarea", "samp", "kbd"}
FETCHED = {"stylesheet", "preload", "prefetch", "modulepreload", "icon", "manifest", "preconnect"}
SOURCES = {"src", "srcset", "poster", "data"}
ROLE_BEFORE_CODE = re.compile(r"\{[A-Za-z][\w:+.-]*\}$")
RAW = {
    "a raw $": re.compile(r"[^$]{0,20}\$+[^$]{0,30}"),
    "an unrendered role": re.compile(r"\{[A-Za-z][\w:+.-]*\}`.{0,30}"),
    "an unrendered directive": re.compile(r"(?:`{3,}|:{3,})\s*\{?.{0,30}"),
    "an unrendered label": re.compile(r"^\s*\([a-z]+-[\w-]+\)=?\s*$"),
    "an unrendered substitution": re.compile(r"\{\{.{0,30}\}\}"),
    "an unrendered link": re.compile(r"\]\([^)\s]+\).{0,20}"),
}


class Page(HTMLParser):
    """Anchors, links, pictures, fetched files, counts, and text that was not rendered."""

    COUNTED = ("equations", "figures", "exercises", "boxes")

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.images: list[tuple[str, str | None]] = []
        self.fetched: list[tuple[str, str]] = []
        self.raw: list[tuple[str, str]] = []
        self.styles: list[str] = []
        self.scripts: list[str] = []
        self.counts = dict.fromkeys(self.COUNTED, 0)
        self._open: list[tuple[str, set[str]]] = []
        self._text = ""
        self.feed(path.read_text("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the element says about itself."""
        values = {name: value or "" for name, value in attrs}
        classes = set(values.get("class", "").split())
        if tag == "code" and not self._verbatim() and ROLE_BEFORE_CODE.search(self._text):
            self.raw.append(("an unrendered role", self._text[-30:]))
        self._text = ""
        self.anchors |= {values[name] for name in ("id", "name") if values.get(name)}
        self._note_addresses(tag, values)
        if tag == "img" and self.inside("article"):
            self.images.append((values.get("src", ""), values.get("alt")))
        self._count(tag, classes)
        if tag not in VOID:
            self._open.append((tag, classes))

    def _note_addresses(self, tag: str, values: dict[str, str]) -> None:
        if tag == "a":
            self.links += [values["href"]] if "href" in values else []
        elif tag == "link":
            if FETCHED & set(values.get("rel", "").split()):
                self.fetched.append((tag, values.get("href", "")))
        else:
            self.fetched += [(tag, values[name]) for name in SOURCES & set(values)]
        if "style" in values:
            self.styles.append(values["style"])

    def _count(self, tag: str, classes: set[str]) -> None:
        self.counts["equations"] += tag == "div" and "math" in classes
        self.counts["figures"] += tag == "figure"
        self.counts["exercises"] += tag == "div" and {"exercise", "admonition"} <= classes
        self.counts["boxes"] += tag == "div" and {"proof", "admonition"} <= classes

    def handle_endtag(self, tag: str) -> None:
        """Close the element, and those in it that were left open."""
        for i in range(len(self._open) - 1, -1, -1):
            if self._open[i][0] == tag:
                del self._open[i:]
                break
        self._text = ""

    def handle_data(self, data: str) -> None:
        """Look for what a reader must not see."""
        tag = self._open[-1][0] if self._open else ""
        if tag == "style":
            self.styles.append(data)
        elif tag == "script":
            self.scripts.append(data)
        if self._verbatim():
            return
        self._text += data
        for what, pattern in RAW.items():
            self.raw += [(what, " ".join(found[0].split())) for found in pattern.finditer(data)]

    def inside(self, tag: str) -> bool:
        """Whether an element of this name is open."""
        return any(name == tag for name, _ in self._open)

    def _verbatim(self) -> bool:
        return any(name in VERBATIM or classes & {"math", "katex"} for name, classes in self._open)
