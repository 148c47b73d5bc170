"""Every built page in Chromium: nothing fails or is fetched from elsewhere, all can read it.

Of the miniature book, and of the real one where it has been built.
"""

from pathlib import Path

import pytest

from book import audit, browser

REAL = Path(__file__).parents[2] / "_build" / "html"
SHARES = 8  # of the real book, so that processes divide its pages
FAULTY = """<!doctype html><html lang=en data-theme=light><title>T</title><main><h1>A</h1>
<p style="color:#999;background:#fff;width:500px">faint</p><img src=missing.png>
<div class=cell_output><img src=plot.svg alt="A line"><img src=photo.png alt="A cat"
style="filter: invert(1)"></div>
<div class=math id=equation-wide style="width:90px;overflow-x:auto"><span
style="display:inline-block;width:100px"></span></div>
<script>nothing()</script>
<script>
const dark = matchMedia('(prefers-color-scheme: dark)');
dark.onchange = () => document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light';
fetch('http://a.invalid/x.json').catch(() => {});
</script></main>"""


def findings(chromium, html: Path, names: list[str]) -> dict[str, list[str]]:
    """What is wrong, by page."""
    with audit.served(html) as address:
        tab = chromium.new_page()
        seen = {name: browser.look_at(tab, address, name) for name in names}
        tab.close()
    return {name: page.findings() for name, page in seen.items() if page.findings()}


def test_nothing_is_wrong_with_a_page_of_the_miniature(chromium, book):
    names = browser.pages(book.html)
    assert {"chapters/06_small_networks.html", "api/dlcore.nn.html"} <= set(names)
    assert findings(chromium, book.html, names) == {}


@pytest.mark.skipif(not (REAL / "index.html").is_file(), reason="no book: run make book")
@pytest.mark.parametrize("share", range(SHARES))
def test_nothing_is_wrong_with_a_page(chromium, share):
    assert findings(chromium, REAL, browser.shares(REAL, SHARES)[share]) == {}


def test_shares_are_all_pages_unlike_each_other_once(book):
    parts = browser.shares(book.html, 3)
    assert sorted(name for part in parts for name in part) == sorted(browser.unlike(book.html))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("axe", ["kinds", "everything"])
def test_what_is_wrong_with_a_page_is_seen(chromium, tmp_path, axe):
    (tmp_path / "page.html").write_text(FAULTY)
    (tmp_path / "plot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    tab = chromium.new_page()
    with audit.served(tmp_path) as address:
        seen = browser.look_at(tab, address, "page.html", axe)
    tab.close()
    trouble = " ".join(seen.trouble)
    assert "nothing is not defined" in trouble
    assert "fetches http://a.invalid/x.json" in trouble
    assert "404" in trouble
    assert "pixels wide on a phone of 390" in trouble
    assert "contrast 2.85: faint (light)" in trouble
    assert "contrast 2.85: faint (dark)" in trouble
    assert "a plot not inverted: plot.svg" in trouble
    assert "a photograph inverted: photo.png" in trouble
    assert "a formula wider than its column: equation-wide" in trouble
    rules = {
        s: sorted(text.split(":")[0] for text in found) for s, found in seen.violations.items()
    }
    due = {"light": ["color-contrast", "image-alt"], "dark": ["color-contrast"]}
    due["dark"] += ["image-alt"] * (axe == "everything")
    assert rules == due


CROWDED = """<!doctype html><html lang=en data-theme=light><title>T</title><main><h1>A</h1>
<p>Here is <span class=katex><span class=katex-html style="display:inline-block;width:90px">x
</span></span></p><p style="opacity: 0.4">pale</p>
<pre tabindex=0><span class=k>def</span> <span class=k>for</span> <span class=n>x</span>
<span class=k style="color:#aaa">if</span></pre>
<div style="width:90px;overflow:auto;white-space:nowrap">As <span class=katex><span class=katex-html
style="display:inline-block;width:900px;height:20px">x</span></span></div></main>"""


def test_a_condensed_page_keeps_what_axe_looks_for(chromium, tmp_path):
    (tmp_path / "page.html").write_text(CROWDED)
    tab = chromium.new_page()
    with audit.served(tmp_path) as address:
        tab.goto(f"{address}/page.html")
    tab.evaluate(browser.SCRIPT.read_text("utf-8"))
    tab.evaluate(browser.AXE.read_text("utf-8"))
    whole = tab.evaluate("audit.everything()")
    tab.evaluate("audit.measure()")
    tab.evaluate("audit.condense()")
    assert tab.locator(".katex").count() == 0
    assert tab.locator("pre span").count() == 3
    condensed = tab.evaluate("audit.structure()") + tab.evaluate("audit.contrasts()")
    tab.close()
    rules = sorted(text.split(" ×")[0] for text in condensed)
    assert rules == sorted(text.split(" ×")[0] for text in whole)
    assert [rule.split(":")[0] for rule in rules] == [
        "color-contrast",
        "scrollable-region-focusable",
    ]


PAGES = {
    "_modules/a.html": "<h1>a</h1><pre>long, long</pre>",
    "_modules/b.html": "<h1>b</h1><pre>x</pre>",
    "_modules/c.html": "<h1><b>c</b></h1>",
    "api/a.html": "<h1>a</h1>",
    "api/b.html": "<h1>b</h1>",
    "api/a/f.html": "<h1>f</h1><p>long, long</p>",
    "api/a/g.html": "<h1>g</h1><p>x</p>",
}


def test_pages_made_alike_are_looked_at_once_all_others_always(tmp_path):
    for name, text in PAGES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(text)
    assert browser.unlike(tmp_path) == PAGES.keys() - {"_modules/b.html", "api/a/g.html"}


@pytest.mark.parametrize("site", ["miniature", "real"])
def test_search_finds_a_page(request, chromium, serve, site):
    if site == "real" and not (REAL / "index.html").is_file():
        pytest.skip("no book: run make book")
    html = REAL if site == "real" else request.getfixturevalue("book").html
    page = chromium.new_page()
    page.goto(f"{serve(html)}/search.html?q=softmax")
    page.wait_for_selector(".dl-results li a", timeout=60000)
    page.close()
