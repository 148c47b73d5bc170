"""What the audit serves, weighs and calls a miss."""

import gzip
import urllib.request

import pytest

from book import audit

GOOD = {"performance": 95, "accessibility": 100, "practices": 100, "seo": 95}
GOOD |= {"shift": 0.009, "kb": 400, "figures_kb": 600, "formulas": 150, "machine": 1500}


@pytest.mark.parametrize(
    ("page", "changed", "missed"),
    [
        ("chapters/06_x.html", {}, None),
        ("chapters/06_x.html", {"performance": 89}, "performance 89, wanted 90"),
        ("chapters/06_x.html", {"performance": 50, "formulas": 151}, None),
        ("chapters/A_x.html", {"performance": 90}, None),
        ("chapters/preface.html", {"performance": 94}, "performance 94, wanted 95"),
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


def test_explorables_standing_still_are_figures_and_formulas_are_not(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<p>words</p><svg width='400em'><path/></svg>")
    assert audit.stills(page) == 0
    drawn = "".join(f"<path d='M{i * i}'/>" for i in range(1000))
    page.write_text(
        f"<p>words</p><svg viewBox='0 0 9 9' font-family='Sans'>{drawn}</svg><p>more</p>"
    )
    assert 1000 < audit.stills(page) < 9000


def test_of_the_api_the_largest_page_of_a_package_and_of_a_file_are_measured(tmp_path):
    (tmp_path / "_toc.yml").write_text("root: chapters/index\n")
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "index.md").touch()
    for name, size in {"p": 9, "q": 10, "p/f": 30, "p/g": 20}.items():
        page = tmp_path / "api" / f"{name}.html"
        page.parent.mkdir(exist_ok=True, parents=True)
        page.write_text("x" * size)
    assert audit.chosen(tmp_path, tmp_path) == ["api/q.html", "api/p/f.html"]
