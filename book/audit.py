"""Measure the built book as a reader's phone meets it: `python -m book.audit`, or `make audit`.

Lighthouse (mobile, throttled) on the first page, each chapter, the largest pages of the API and the
search, the median of five runs; axe-core, light and dark, on all of every page, unless pages are
named. One table, a line as soon as it is measured; a target missed is an exit status of 1. The last
column is Lighthouse's index of the machine: 1500 and more is a desktop computer, for which its
throttling is made. `make test` has the cheap part: no Lighthouse, nothing of one kind twice.
"""

import argparse
import gzip
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

from book import browser, contents, javascript
from book.page import Page

PACKED = {".html", ".css", ".js", ".svg", ".json", ".xml", ".txt"}
CHROME = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic"]
CHROME += ["--disable-background-networking", "--remote-debugging-port=0"]
FIRST, SEARCH = "chapters/index.html", "search.html"
API = ("api/*.html", "api/*/*.html")  # of packages, of their files
HEADER = ("performance", "access.", "practices", "SEO", "shift", "KB", "+ figures", "formulas")
SPEED_ONLY = ("--only-categories=performance", "--disable-full-page-screenshot")
CHAPTER = re.compile(r"chapters/(?:\d\d|[A-Z])_")  # or an appendix
STILL = re.compile(rb"<svg\b[^>]*font-family=.*?</svg>", re.S)
MANY = 150  # more formulas than these, and the performance is told but not required
KB = 1024


class Handler(SimpleHTTPRequestHandler):
    """Files compressed, as servers of static pages send them."""

    protocol_version = "HTTP/1.1"

    def send_head(self) -> BytesIO | None:
        """Answer with the header and give the content."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return None
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in PACKED:
            content = packed(content)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return BytesIO(content)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on the loopback interface."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Measured:
    """What Lighthouse measured on one page, medians."""

    page: str
    performance: float
    accessibility: float
    practices: float
    seo: float
    shift: float
    kb: float  # the first load without figures
    figures_kb: float  # every figure of the page
    formulas: int
    machine: float  # Lighthouse's index of the machine's speed

    def misses(self) -> Iterator[str]:
        """Targets that the page does not meet."""
        chapter = CHAPTER.match(self.page) is not None
        wanted = {
            "performance": 90 if chapter else 95,
            "accessibility": 100,
            "practices": 100,
            "seo": 0 if self.page == SEARCH else 95,
        }
        if chapter and self.formulas > MANY:
            del wanted["performance"]
        for name, least in wanted.items():
            if getattr(self, name) < least:
                yield f"{self.page}: {name} {getattr(self, name):.0f}, wanted {least}"
        if self.shift >= 0.01:
            yield f"{self.page}: layout shift {self.shift:.3f}, wanted less than 0.01"
        if chapter and self.kb > 400:
            yield f"{self.page}: first load {self.kb:.0f} KB without figures, wanted 400"
        if chapter and self.kb + self.figures_kb > KB:
            yield f"{self.page}: {self.kb + self.figures_kb:.0f} KB with figures, wanted {KB}"


@contextmanager
def running() -> Iterator[str]:
    """The port of a browser that has painted before: its start is no matter of the pages."""
    program = browser.program() or ""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = [*CHROME, f"--user-data-dir={profile}", "about:blank"]
        chromium = subprocess.Popen([program, *options], stderr=subprocess.DEVNULL)
        try:
            port = Path(profile, "DevToolsActivePort")
            while not (port.is_file() and port.read_text()):
                if chromium.poll() is not None:
                    raise SystemExit(f"{program} ended with status {chromium.returncode}")
                time.sleep(0.1)
            yield port.read_text().split()[0]
        finally:
            chromium.terminate()
            chromium.wait()


def run(command: list[str], address: str, *more: str) -> dict:
    """One report of Lighthouse."""
    told = subprocess.run(
        [*command, address, "--output=json", "--quiet", *more],
        capture_output=True,
        text=True,
        timeout=300,
    )
    if told.returncode:
        raise SystemExit(f"Lighthouse failed on {address}:\n{told.stderr}")
    report = json.loads(told.stdout)
    if "runtimeError" in report:
        raise SystemExit(f"Lighthouse failed on {address}: {report['runtimeError']['message']}")
    return report


def measure(command: list[str], html: Path, address: str, page: str, runs: int) -> Measured:
    """What holds for the page in every run, and of what varies the medians."""
    whole = run(command, f"{address}/{page}")
    reports = [whole, *(run(command, f"{address}/{page}", *SPEED_ONLY) for _ in range(runs - 1))]

    def score(report: dict, name: str) -> float:
        return 100 * (report["categories"][name]["score"] or 0)

    sent = whole["audits"]["network-requests"]["details"]["items"]
    file = html / page
    loaded = sum(each["transferSize"] for each in sent if "/_images/" not in each["url"])
    shifts = (report["audits"]["cumulative-layout-shift"]["numericValue"] for report in reports)
    return Measured(
        page,
        performance=statistics.median(score(report, "performance") for report in reports),
        accessibility=score(whole, "accessibility"),
        practices=score(whole, "best-practices"),
        seo=score(whole, "seo"),
        shift=statistics.median(shifts),
        kb=(loaded - stills(file)) / KB,
        figures_kb=(figures(file) + stills(file)) / KB,
        formulas=file.read_text("utf-8").count('class="katex"'),
        machine=statistics.median(report["environment"]["benchmarkIndex"] for report in reports),
    )


def packed(content: bytes) -> bytes:
    """What is sent of a file."""
    return gzip.compress(content, 6)


def figures(file: Path) -> int:
    """The bytes of a page's pictures, as they are sent."""
    paths = {(file.parent / source).resolve() for source, _ in Page(file).images}
    return sum(
        len(packed(path.read_bytes())) if path.suffix in PACKED else path.stat().st_size
        for path in paths
    )


def stills(file: Path) -> int:
    """The bytes of the figures that stand in the page itself, those of explorables."""
    page = file.read_bytes()
    return len(packed(page)) - len(packed(STILL.sub(b"", page)))


def chosen(root: Path, html: Path) -> list[str]:
    """The pages that Lighthouse measures."""
    chapters = [page.relative_to(root).with_suffix(".html") for page in contents.notebooks(root)]
    kinds = filter(None, (list(html.glob(kind)) for kind in API))
    largest = [max(kind, key=lambda page: page.stat().st_size) for kind in kinds]
    api = [page.relative_to(html).as_posix() for page in largest]
    wanted = [FIRST, *(page.as_posix() for page in chapters), *api, SEARCH]
    return [page for page in wanted if (html / page).is_file()]


def measure_all(
    root: Path, html: Path, address: str, pages: list[str], runs: int
) -> list[Measured]:
    """What Lighthouse says of the named pages, else of the chosen ones; a line for each."""
    if runs < 1:
        return []
    lighthouse, measured = javascript.program(root, "lighthouse/cli/index.js"), []
    print(row("page", (*HEADER, "machine")))
    with running() as port:
        command = [*lighthouse, f"--port={port}"]
        run(command, f"{address}/{FIRST}", *SPEED_ONLY)
        for page in pages or chosen(root, html):
            measured.append(measure(command, html, address, page, runs))
            print(row(page, cells(measured[-1])), flush=True)
    return measured


def look_at_all(html: Path, address: str) -> dict[str, browser.Seen]:
    """Errors and axe's findings of every page, with all its rules in both schemes."""
    with browser.chromium() as chromium:
        tab, names = chromium.new_page(), browser.pages(html)
        return {name: browser.look_at(tab, address, name, axe="everything") for name in names}


def row(page: str, cells: Iterable[str]) -> str:
    """A line of the table."""
    return f"{page:<48}" + "".join(f"{cell:>12}" for cell in cells)


def cells(m: Measured) -> Iterator[str]:
    """What stands in a page's line, under `HEADER`, and the machine's speed."""
    yield from (f"{v:.0f}" for v in (m.performance, m.accessibility, m.practices, m.seo))
    yield f"{m.shift:.3f}"
    yield from (f"{v:.0f}" for v in (m.kb, m.kb + m.figures_kb, m.formulas, m.machine))


def summary(seen: dict[str, browser.Seen]) -> str:
    """The last line of the table, of all pages."""
    axe = {s: sum(len(page.violations[s]) for page in seen.values()) for s in browser.SCHEMES}
    trouble = sum(len(page.trouble) for page in seen.values())
    return (
        f"all {len(seen)} pages: axe-core {axe['light']} violations light, {axe['dark']} dark; "
        f"{trouble} errors and requests elsewhere"
    )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m book.audit", description=__doc__)
    parser.add_argument("pages", nargs="*", help="for Lighthouse, such as chapters/index.html")
    told = "of which the median counts; 0: only axe-core"
    parser.add_argument("--runs", type=int, default=5, help=told)
    options = parser.parse_args()
    root = Path.cwd()
    html = root / "_build" / "html"
    if not html.is_dir():
        parser.error("there is no _build/html: run make book first")
    if browser.program() is None:
        parser.error("Chromium is not installed: apt-get install chromium")
    with served(html) as address:
        measured = measure_all(root, html, address, options.pages, options.runs)
        seen = {} if options.pages else look_at_all(html, address)
    if seen:
        print(summary(seen))
    missed = [text for each in measured for text in each.misses()]
    for name, page in seen.items():
        missed += [f"{name}: {text}" for text in page.findings()]
    print(*(f"MISSED {text}" for text in missed), sep="\n", end="\n" if missed else "")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
