"""Every built page in Chromium: axe-core, errors, requests; and what the audit calls a miss."""

import gzip
import urllib.request

import pytest

from book import audit, browser
from tests.book.test_browser import REAL

GOOD = {"performance": 95, "accessibility": 100, "practices": 100, "seo": 95}
GOOD |= {"shift": 0.009, "kb": 400, "figures_kb": 600, "formulas": 150}


SHARES = 8  # of the book's pages, so that processes divide them


@pytest.mark.parametrize("share", ["miniature", *range(SHARES)])
def test_no_page_has_a_violation_an_error_or_a_request_elsewhere(request, share):
    if share == "miniature":
        html = request.getfixturevalue("book").html
        names = browser.pages(html)
        assert len(names) > 5
    elif not (REAL / "index.html").is_file():
        pytest.skip("there is no book: run make book")
    else:
        html, names = REAL, browser.pages(REAL)[share::SHARES]
        assert names
    if browser.program() is None:
        pytest.skip("Chromium is not installed")
    with audit.served(html) as address, browser.chromium() as chromium:
        tab = chromium.new_page(viewport=browser.DESK)
        seen = {name: browser.look_at(tab, address, name) for name in names}
    assert {name: page.trouble for name, page in seen.items() if page.trouble} == {}
    found = {name: page.violations for name, page in seen.items() if any(page.violations.values())}
    assert found == {}


FAULTY = """<!doctype html><html lang=en data-theme=light><title>T</title><main><h1>A</h1>
<p style="color:#999;background:#fff;width:500px">faint</p><img src=missing.png>
<script>nothing()</script>
<script>
const dark = matchMedia('(prefers-color-scheme: dark)');
dark.onchange = () => document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light';
fetch('http://a.invalid/x.json').catch(() => {});
</script></main>"""


def test_what_is_wrong_with_a_page_is_seen(tmp_path):
    if browser.program() is None:
        pytest.skip("Chromium is not installed")
    (tmp_path / "page.html").write_text(FAULTY)
    with audit.served(tmp_path) as address, browser.chromium() as chromium:
        seen = browser.look_at(chromium.new_page(), address, "page.html")
    trouble = " ".join(seen.trouble)
    assert "nothing is not defined" in trouble
    assert "fetches http://a.invalid/x.json" in trouble
    assert "404" in trouble
    assert "pixels wide on a phone of 390" in trouble
    rules = {
        scheme: [text.split(":")[0] for text in seen.violations[scheme]]
        for scheme in seen.violations
    }
    assert rules == {"light": ["color-contrast", "image-alt"], "dark": ["color-contrast"]}


@pytest.mark.parametrize(
    ("page", "changed", "missed"),
    [
        ("chapters/06_x.html", {}, None),
        ("chapters/06_x.html", {"performance": 89}, "performance 89, wanted 90"),
        ("chapters/06_x.html", {"performance": 50, "formulas": 151}, None),
        ("chapters/06_x.html", {"kb": 401}, "first load 401 KB without figures"),
        ("chapters/06_x.html", {"figures_kb": 625}, "1025 KB with figures"),
        ("chapters/index.html", {"performance": 94}, "performance 94, wanted 95"),
        ("chapters/index.html", {"accessibility": 99}, "accessibility 99, wanted 100"),
        ("chapters/index.html", {"practices": 99}, "practices 99, wanted 100"),
        ("chapters/index.html", {"seo": 94}, "seo 94, wanted 95"),
        ("chapters/index.html", {"shift": 0.01}, "layout shift 0.010"),
        (audit.SEARCH, {"seo": 60}, None),
    ],
)
def test_targets(page, changed, missed):
    found = list(audit.Measured(page, **(GOOD | changed)).misses())
    assert found == [] if missed is None else missed in found[0]


def test_pages_are_served_compressed(tmp_path):
    (tmp_path / "a.html").write_text("word " * 1000)
    with audit.served(tmp_path) as address:
        with urllib.request.urlopen(f"{address}/a.html?q=x") as answer:
            content = answer.read()
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(content).decode() == "word " * 1000
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{address}/b.html")


def test_figures_are_weighed_as_they_are_sent(tmp_path):
    (tmp_path / "a.svg").write_text("<svg/>" * 1000)
    (tmp_path / "b.png").write_bytes(b"0" * 700)
    page = tmp_path / "page.html"
    page.write_text("<article><img src=a.svg><img src=b.png><img src=a.svg></article>")
    assert 700 < audit.figures(page) < 900
