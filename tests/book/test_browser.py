"""Built pages in Chromium: nothing fails or is fetched from elsewhere, all can be read.

Of the miniature book, and of the real one where it has been built.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

pytestmark = pytest.mark.timeout(1800)  # all pages of the book, on a busy machine
REAL = Path(__file__).parents[2] / "_build" / "html"
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
CHAPTERS = [f"chapters/{page.name}" for page in sorted((REAL / "chapters").glob("*.html"))]
# tests/book/test_audit.py looks at every page, here are those that differ in kind
PAGES = {
    "miniature": ["chapters/06_small_networks.html", "chapters/index.html", "api/dlcore.nn.html"],
    "real": [*CHAPTERS, "api/dlcore.nn.html", "genindex.html", "search.html"],
}
# Contrast of each word with what is painted behind it, worst first: WCAG's formula.
CONTRAST = """() => {
  const rgba = colour => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return a ? [r, g, b, a / 255] : [0, 0, 0, 0];
  };
  const light = c => c.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const c = rgba(getComputedStyle(e).backgroundColor);
      if (c[3] > 0.95) return c;
    }
    return [255, 255, 255, 1];
  };
  const all = document.querySelector('.bd-container');
  const words = document.createTreeWalker(all, NodeFilter.SHOW_TEXT);
  const seen = new Map();
  for (let node; node = words.nextNode();) {
    const element = node.parentElement, style = getComputedStyle(element);
    if (!node.data.trim() || !element.checkVisibility({visibilityProperty: true})) continue;
    if (element.closest('.katex-mathml, svg, .headerlink, script, style, noscript')) continue;
    const back = behind(element), key = style.color + back;
    if (seen.has(key)) continue;
    const [high, low] = [light(rgba(style.color)), light(back)].sort((a, b) => b - a);
    seen.set(key, [(high + 0.05) / (low + 0.05), node.data.trim().slice(0, 40), style.color, back]);
  }
  return [...seen.values()].sort((a, b) => a[0] - b[0]).slice(0, 3);
}"""


@pytest.fixture(scope="module")
def browser():
    """Chromium that reaches nothing but this machine."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=flags)


@pytest.fixture(scope="module", params=["miniature", "real"] if CHAPTERS else ["miniature"])
def site(request, serve):
    """Address of a built book and the pages to look at."""
    real = request.param == "real"
    folder = REAL if real else request.getfixturevalue("book").html
    return serve(folder), PAGES[request.param]


FILTERS = "all => all.map(e => getComputedStyle(e).filter)"


@dataclass
class Seen:
    """What was noted of one page: opened at a desk, made as narrow as a phone, then dark."""

    trouble: list[str]
    width: int
    faint: dict[str, list]
    plots: list[str]
    photographs: list[str]


def look_at(page, address: str, name: str) -> Seen:
    """Open a page once and look at it in every way."""
    trouble: list[str] = []
    page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("requestfailed", lambda request: trouble.append(f"failed: {request.url}"))
    page.on("request", lambda request: trouble.append(request.url))
    assert page.goto(f"{address}/{name}", wait_until="load").ok, name
    page.add_style_tag(content="* {transition: none !important}")
    faint = {"light": page.evaluate(CONTRAST)}
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("innerWidth == 390")
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1280, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.documentElement.dataset.theme == 'dark'")
    faint["dark"] = page.evaluate(CONTRAST)
    plots = page.locator("div.cell_output img[src$='.svg']:not(.dl-photo)").evaluate_all(FILTERS)
    photographs = page.locator("div.cell_output img:is([src$='.png'], .dl-photo)")
    photographs = photographs.evaluate_all(FILTERS)
    own = ("data:", "blob:", address)
    trouble = [text for text in trouble if not text.startswith(own)]
    return Seen(trouble, width, faint, plots, photographs)


@pytest.fixture(scope="module")
def seen(browser, site) -> dict[str, Seen]:
    """What was noted of every page."""
    address, names = site
    found = {}
    for name in names:
        page = browser.new_page(viewport={"width": 1280, "height": 844}, color_scheme="light")
        found[name] = look_at(page, address, name)
        page.close()
    return found


def test_nothing_fails_and_nothing_is_fetched_from_elsewhere(seen):
    assert {name: page.trouble for name, page in seen.items() if page.trouble} == {}


def test_a_phone_never_scrolls_sideways(seen):
    assert {name: page.width for name, page in seen.items() if page.width > 390} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_background(seen, scheme):
    worst = {name: [f for f in page.faint[scheme] if f[0] < 4.5] for name, page in seen.items()}
    assert {name: found for name, found in worst.items() if found} == {}


def test_plots_are_inverted_in_the_dark_and_photographs_are_not(seen):
    assert any(page.plots for page in seen.values())
    for name, page in seen.items():
        assert all("invert" in each for each in page.plots), name
        assert all(each == "none" for each in page.photographs), name


def test_search_finds_a_page(browser, site):
    address, _ = site
    page = browser.new_page()
    page.goto(f"{address}/search.html?q=softmax")
    page.wait_for_selector(".dl-results li a", timeout=60000)
    page.close()
