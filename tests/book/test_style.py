"""One style sheet without what nothing uses, fonts with the characters that the pages show."""

import re

import pytest
from fontTools.ttLib import TTFont

from book._ext import font_subsets, one_style
from tests.book.conftest import ROOT

CHAPTER = "chapters/06_small_networks"


class Used(one_style.Used):
    """What a page of two elements and a script of one word use."""

    def __init__(self):
        self.words, self.variables = {"a", "b", "open"}, {"--read-by-script"}


@pytest.mark.parametrize(
    ("css", "wanted"),
    [
        (".a{color:red}.c{color:red}", ".a{color:red}"),
        ("#c,.a .b > p,.a.c{color:red}", ".a .b > p{color:red}"),
        (".a:not(.c, .d) p,.a:is(.c,:hover){top:0}", ".a:not(.c, .d) p,.a:is(.c,:hover){top:0}"),
        ("p[class*=c]{top:0}", "p[class*=c]{top:0}"),
        ("@media print{.a{top:0}.c{top:0}}@media screen{.c{top:0}}", "@media print{.a{top:0}}"),
        ("@supports (top:0){@media print{.c{top:0}}}", ""),
        ("/* x */@charset 'utf-8';p{ /* y */ top : 0; }", "p{top: 0}"),
        (
            ".a{--x:1;--y:var(--z);--z:2;--w:var(--v);--v:3;--read-by-script:4;top:var(--y)}",
            ".a{--y:var(--z);--z:2;--read-by-script:4;top:var(--y)}",
        ),
        ("@font-face{src:url(a;b)}", "@font-face{src:url(a;b)}"),
        (r".a\:c{top:0}", r".a\:c{top:0}"),
        (".a{background:url('data:image/svg+xml;utf8,<svg/>')}", None),
        (".a{& .c{top:0}}", None),
    ],
)
def test_rules_that_nothing_matches_go(css, wanted):
    assert one_style.pruned(css, Used()) == (css if wanted is None else wanted)


def test_a_broken_sheet_is_an_error():
    with pytest.raises(Exception, match="style sheet"):
        one_style.pruned(".a{top:0} }", Used())


def test_addresses_and_imports_keep_their_meaning(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "base.css").write_text("p{background:url(dot.png)}")
    (tmp_path / "sub/a.css").write_text(
        '@import "../base.css?v=1";p{src:url("../f/x.woff2") url(data:a) url(#b) url(y.png)}'
    )
    assert one_style.read(tmp_path, "sub/a.css") == (
        'p{background:url("dot.png")}p{src:url("f/x.woff2") url(data:a) url(#b) url("sub/y.png")}'
    )


@pytest.mark.parametrize("page", [CHAPTER, "chapters/index", "search", "genindex"])
def test_a_page_asks_for_one_sheet(book, page):
    assert len(re.findall(r"<link[^>]*stylesheet", book.page(page))) == 1
    preloaded = re.findall(r'<link rel="preload" as="font"[^>]*href="([^"]*)"', book.page(page))
    assert preloaded
    assert all((book.html / page).parent.joinpath(font).resolve().is_file() for font in preloaded)


def test_the_sheet_is_a_small_part_of_what_it_was_made_of(book):
    sheet = book.html / "_static" / "style.css"
    assert sheet.stat().st_size < 160_000
    text = sheet.read_text("utf8")
    assert all(word in text for word in (".katex", ".dl-difficulty", "data-theme=dark", "@page"))
    for address in set(re.findall(r'url\("([^":]+\.woff2)', text)):
        assert (sheet.parent / address).is_file(), address


def characters(font):
    """The characters of a font."""
    return set(TTFont(font).getBestCmap())


def test_fonts_have_what_the_pages_show_and_little_else(book):
    pages = font_subsets.texts(book.html, "*.html")
    shown = set(map(ord, font_subsets.TAG.sub("", pages)))
    for whole in (ROOT / "book" / "_static" / "fonts").glob("*.woff2"):
        cut = book.html / "_static" / "fonts" / whole.name
        assert characters(whole) & (shown | font_subsets.ASCII) <= characters(cut)
        assert cut.stat().st_size < 0.6 * whole.stat().st_size


def test_formulas_keep_each_character_in_its_face(book):
    fonts = book.html / "_static" / "katex" / "fonts"
    assert ord("R") in characters(fonts / "KaTeX_AMS-Regular.woff2")
    assert characters(fonts / "KaTeX_Main-Bold.woff2") >= set(map(ord, "abcdefgh"))
    assert characters(fonts / "KaTeX_Math-Italic.woff2") >= set(map(ord, "ejkzd"))
    assert characters(fonts / "KaTeX_Size1-Regular.woff2") >= {ord("∑")}
    assert ord("Z") not in characters(fonts / "KaTeX_Main-Bold.woff2")


def test_formulas_are_told_by_face():
    page = '<span class="mord mathbf">x</span><span><span>⎛</span></span><span class="a">&lt;<b>'
    found = font_subsets.used_in_formulas(page)
    assert found["mathbf"] == {ord("x")}
    assert found[""] == {ord("x"), ord("⎛"), ord("<")}
