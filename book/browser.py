"""Built pages in Chromium: what fails, what is fetched from elsewhere, what axe-core finds."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Request, sync_playwright

from book.page import VOID

SCRIPT = Path(__file__).with_suffix(".js")
AXE = files("axe_playwright_python") / "axe.min.js"
SCHEMES = ("light", "dark")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
MADE_ALIKE = re.compile(r"_modules/|api/[^/]+/")
GIVEN_UP = "net::ERR_ABORTED"  # the page before was left while it still loaded a picture
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@dataclass
class Seen:
    """What was noted of one page."""

    trouble: list[str]
    violations: dict[str, list[str]]

    def findings(self) -> list[str]:
        """All of it, in words."""
        return self.trouble + [f"{s}: {text}" for s in SCHEMES for text in self.violations[s]]


def program() -> str | None:
    """Chromium, None where it is not installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium that reaches nothing but this machine."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program(), args=FLAGS)


def pages(html: Path) -> list[str]:
    """The built pages, listings of source and search included."""
    found = (path.relative_to(html) for path in html.rglob("*.html"))
    redirect = Path("index.html")
    return sorted(p.as_posix() for p in found if p.parts[0] != "_static" and p != redirect)


class Kinds(HTMLParser):
    """The kinds of elements on a page: name, classes and attributes, its own and its parent's."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()
        self._open = [""]
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        own = " ".join([tag, dict(attrs).get("class") or "", *sorted(name for name, _ in attrs)])
        self.found.add((self._open[-1], own))
        if tag not in VOID:
            self._open.append(own)

    def handle_endtag(self, tag: str) -> None:
        """Go back to the parent."""
        for i in range(len(self._open) - 1, 0, -1):
            if self._open[i].partition(" ")[0] == tag:
                del self._open[i:]
                break


@cache
def unlike(html: Path) -> set[str]:
    """Pages on which something may be found that is not found on the others.

    Listings of source and the API's pages of files, most pages of the book, are all made by one
    template: of these only such as have a kind of element that stands on none before. All others.
    """
    alike = sorted(
        (name for name in pages(html) if MADE_ALIKE.match(name)),
        key=lambda name: -(html / name).stat().st_size,
    )
    chosen, known = set(pages(html)).difference(alike), set[tuple[str, ...]]()
    for name in alike:
        kinds = Kinds(html / name).found
        if not kinds <= known:
            chosen.add(name)
        known |= kinds
    return chosen


def shares(html: Path, count: int) -> list[list[str]]:
    """The pages unlike each other, in parts that take about the same time."""
    heavy = sorted(unlike(html), key=lambda name: (-(html / name).stat().st_size, name))
    return [heavy[k::count] for k in range(count)]


@contextmanager
def noted(tab: Page, address: str) -> Iterator[list[str]]:
    """Collects errors, and requests that fail or leave the site."""
    trouble: list[str] = []
    own = ("data:", "blob:", address)

    def fetched(request: Request) -> None:
        if not request.url.startswith(own):
            trouble.append(f"fetches {request.url}")

    def failed(request: Request) -> None:
        if request.failure != GIVEN_UP:
            trouble.append(f"failed: {request.url}")

    listeners = {
        "console": lambda m: trouble.append(m.text) if m.type == "error" else None,
        "pageerror": lambda error: trouble.append(str(error)),
        "requestfailed": failed,
        "request": fetched,
    }
    for event, listener in listeners.items():
        tab.on(event, listener)
    yield trouble
    for event, listener in listeners.items():
        tab.remove_listener(event, listener)


def look_at(tab: Page, address: str, name: str, axe: str = "kinds") -> Seen:
    """Open a page in a tab, once, and look at it in the light, in the dark, and as on a phone.

    Args:
        tab: where.
        address: of the site.
        name: of the page.
        axe: "everything" runs all its rules on all elements in both schemes; "kinds" all rules on
            a page whose formulas and code are condensed, contrast where elements differ in looks.
    """

    def ask(question: str) -> Any:
        return tab.evaluate(f"audit.{question}()")

    def scheme_is(scheme: str) -> None:
        tab.emulate_media(color_scheme=scheme)
        tab.wait_for_function(f"document.documentElement.dataset.theme == '{scheme}'")

    with noted(tab, address) as trouble:
        tab.emulate_media(color_scheme="light")
        tab.set_viewport_size(DESK)
        response = tab.goto(f"{address}/{name}", wait_until="load")
        if response is None or not response.ok:
            trouble.append("cannot be opened")
        tab.evaluate(SCRIPT.read_text("utf-8"))
        ask("read")
        seen = Seen(trouble, {scheme: [] for scheme in SCHEMES})
        for scheme in SCHEMES:
            scheme_is(scheme)
            trouble += [f"{found} ({scheme})" for found in ask("faint")]
        trouble += ask("pictures") + ask("formulas")
        ask("measure")
        tab.set_viewport_size(PHONE)
        tab.wait_for_function(f"innerWidth == {PHONE['width']}")
        width = tab.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            trouble.append(f"{width} pixels wide on a phone of {PHONE['width']}")
        tab.evaluate(AXE.read_text("utf8"))
        if axe == "kinds":
            ask("condense")
        tab.set_viewport_size(DESK)
        tab.wait_for_function(f"innerWidth == {DESK['width']}")
        for scheme in reversed(SCHEMES):
            scheme_is(scheme)
            seen.violations[scheme] = ask("everything" if axe == "everything" else "contrasts")
        if axe == "kinds":
            seen.violations["light"] += ask("structure")
        tab.goto("about:blank")
    return seen
