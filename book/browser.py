"""Built pages in Chromium: what fails, what is fetched from elsewhere, what axe-core finds."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Browser, Page, Request, sync_playwright

AXE = files("axe_playwright_python") / "axe.min.js"
SCHEMES = ("light", "dark")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
GIVEN_UP = "net::ERR_ABORTED"  # the page before was left while it still loaded a picture
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
# In the dark nothing but the colours is another.
RULES = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
# Lay out all of the page, and scroll through it as a reader would.
READ = """async () => {
  const style = document.createElement('style');
  style.textContent =
    'section {content-visibility: visible !important} * {transition: none !important}';
  document.head.append(style);
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo(0, y);
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
  }
}"""
# Formulas are announced as MathML; what is painted of them is hidden from a screen reader.
RUN = """async options => (await axe.run({exclude: ['.katex-html']},
  {...options, resultTypes: ['violations']}))
  .violations.map(v => `${v.id}: ${v.nodes.length} × ${v.nodes[0].html.slice(0, 160)}`)"""


@dataclass
class Seen:
    """What was noted of one page."""

    trouble: list[str] = field(default_factory=list)
    violations: dict[str, list[str]] = field(default_factory=dict)


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


def look_at(tab: Page, address: str, name: str, rules: dict[str, dict] = RULES) -> Seen:
    """Open a page in a tab: errors, requests that leave the site, its width, axe's findings."""
    seen = Seen()
    own = ("data:", "blob:", address)

    def fetched(request: Request) -> None:
        if not request.url.startswith(own):
            seen.trouble.append(f"fetches {request.url}")

    def failed(request: Request) -> None:
        if request.failure != GIVEN_UP:
            seen.trouble.append(f"failed: {request.url}")

    listeners = {
        "console": lambda m: seen.trouble.append(m.text) if m.type == "error" else None,
        "pageerror": lambda error: seen.trouble.append(str(error)),
        "requestfailed": failed,
        "request": fetched,
    }
    for event, listener in listeners.items():
        tab.on(event, listener)
    tab.emulate_media(color_scheme="light")
    response = tab.goto(f"{address}/{name}", wait_until="load")
    if response is None or not response.ok:
        seen.trouble.append("cannot be opened")
    tab.evaluate(READ)
    tab.evaluate(AXE.read_text("utf8"))
    for scheme in SCHEMES:
        tab.emulate_media(color_scheme=scheme)
        tab.wait_for_function(f"document.documentElement.dataset.theme == '{scheme}'")
        seen.violations[scheme] = tab.evaluate(RUN, rules[scheme])
    tab.set_viewport_size(PHONE)
    tab.wait_for_function(f"innerWidth == {PHONE['width']}")
    width = tab.evaluate("document.documentElement.scrollWidth")
    if width > PHONE["width"]:
        seen.trouble.append(f"{width} pixels wide on a phone of {PHONE['width']}")
    tab.set_viewport_size(DESK)
    for event, listener in listeners.items():
        tab.remove_listener(event, listener)
    return seen
