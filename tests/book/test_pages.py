"""The extensions on a miniature book: numbers, links, mathematics, and what must stop a build."""

import gzip
import re
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from docutils import nodes
from docutils.utils import new_document
from PIL import Image

from book import covers
from book._ext.chapter_numbers import renumber
from book._ext.numbered_targets import Outlines
from book._ext.sidebars import forget as forget_contents
from book._ext.sidebars import share_contents
from tests.book import miniature
from tests.book.conftest import build, build_again

CHAPTER = "chapters/06_small_networks"


def text(html: str) -> str:
    """The words of a page, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def article(book, name: str) -> str:
    """The HTML of a page's article."""
    return re.search(r'<article class="bd-article">.*?</article>', book.page(name), re.S)[0]


def test_the_book_builds_without_a_warning(book):
    assert book.status == 0, book.log


@pytest.mark.parametrize(
    "words",
    [
        "6 Small Networks",
        "6.1 First section",
        "Figure 6.1",
        "Algorithm 6.1",
        "Exercise 6.1",
        "(6.1)",
    ],
)
def test_the_only_chapter_is_number_6(book, words):
    assert words in text(article(book, CHAPTER)).replace("\u2002", " ").replace("  ", " ")


def test_the_sidebar_has_the_same_number(book):
    sidebar = book.page("chapters/glossary")
    assert re.search(r"06_small_networks.html\">6\W+Small Networks", sidebar)


def test_a_chapter_is_linked_once_it_exists(book):
    page = article(book, CHAPTER)
    assert re.search(r'<a[^>]*title="Small Networks"[^>]*><span[^>]*>Chapter 6</span></a>', page)
    assert "Chapter 9" in page
    assert not re.search(r"<a[^>]*>\s*<span[^>]*>Chapter 9", page)


def test_difficulty_is_said_in_words(book):
    assert "★ Advanced" in text(article(book, CHAPTER))


def test_formulas_are_set_at_build_time(book):
    page = article(book, CHAPTER)
    assert page.count('class="katex"') == 8
    assert "<math xmlns" in page
    assert "KaTeX_Main-Regular" in book.page(CHAPTER)
    assert "KaTeX_Main-Regular" not in book.page("chapters/glossary")


def test_library_source_has_no_docstring_and_leads_to_the_reference(book):
    listing = re.search(r'<div class="dl-source.*?</pre>', article(book, CHAPTER), re.S)[0]
    assert "api/dlcore.nn.html#dlcore.nn.soft" in listing
    assert "return z * dim" in text(listing)
    assert "Softness" not in listing


def test_api_entries_lead_back_to_equation_and_section(book):
    page = article(book, "api/dlcore.nn")
    assert page.count(f'href="../{CHAPTER}.html#equation-eq-small"') == 2
    assert re.search(
        r"Taught in.*?06_small_networks.html#sec-small.*?6.1 First section", page, re.S
    )
    by_equation = page[page.index('id="dlcore.nn.hard"') :]
    assert "6.1 First section" in text(by_equation[: by_equation.index("</dl>\n</dd>")])


def test_a_file_of_a_package_has_a_page_that_the_packages_page_leads_to(book):
    overview, page = article(book, "api/dlcore.nn"), article(book, "api/dlcore.nn/pairs")
    assert re.search(r'<h2><a [^>]*href="dlcore.nn/pairs.html"', overview)
    assert 'href="dlcore.nn/pairs.html#dlcore.nn.swap"' in overview
    assert "Pairs: what has two sides." in text(overview)
    assert 'id="dlcore.nn.swap"' not in overview
    assert 'id="dlcore.nn.swap"' in page
    assert "from dlcore.nn import SIDES, swap" in text(page)
    assert "Their names." in text(page)


def test_the_sidebar_of_a_file_names_its_package_and_no_files(book):
    whole = book.page("api/dlcore.nn/pairs")
    sidebar = whole[whole.index('class="bd-links') : whole.index('<article class="bd-article">')]
    assert re.search(
        r'<li class="[^"]*current active[^"]*"><a [^>]*href="../dlcore.nn.html"', sidebar
    )
    assert "pairs.html" not in sidebar


def test_signatures_keep_their_shapes(book):
    assert "Float[Tensor, 'n d']" in text(article(book, "api/dlcore.nn")).replace("[ ", "[")


def test_docstrings_may_be_written_as_people_write_them(book):
    entry = text(article(book, "api/dlcore.nn"))
    assert "as xavier_normal_ says" in entry
    assert "|z|" in entry
    assert "$" not in entry


def test_the_page_says_what_it_took_and_when_and_with_what_it_was_computed(book):
    page = text(article(book, CHAPTER))
    assert "Small Networks # Takes 2 s on one processor and 512 MB of memory. See" in page
    when = "Computed on 24 November 2026"
    assert f"{when} with PyTorch 2.13.0, Python 3.11.7 on Abacus" in page
    assert 'name="description" content="A vector' in book.page(CHAPTER)


@pytest.mark.parametrize("name", [CHAPTER, "chapters/index", "api/dlcore.nn", "search"])
def test_every_page_says_its_version_date_and_hardware(book, name):
    said = re.search(r'<p class="dl-edition">(.*?)</p>', book.page(name))[1]
    assert said == "Version 9.9, computed on 24 November 2026 on Abacus, 1 thread."


def test_the_first_page_shows_finished_chapters_only(book):
    page = article(book, "chapters/index")
    assert page.count('class="dl-card ') == 1
    assert "Not written" not in page
    assert 'alt="A rising line"' in page
    assert re.search(r"<a [^>]*06_small_networks.html[^>]*><span[^>]*>Small Networks", page)


def test_a_card_has_its_chapters_figure_as_pixels(book):
    card = re.search(r'<img[^>]*src="../_images/6.webp"[^>]*>', article(book, "chapters/index"))[0]
    assert "dl-plot" in card
    with Image.open(book.html / "_images" / "6.webp") as image:
        assert image.size == (600, 400)


def test_a_cover_is_computed_and_says_what_it_shows(book):
    page = article(book, "chapters/index")
    picture = re.search(r'<img[^>]*src="../_images/networks.svg"[^>]*>', page)[0]
    assert 'alt="Curves and dots."' in picture
    assert "A network <em>learns</em>." in page
    drawn = ElementTree.parse(book.html / "_images" / "networks.svg")
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}path"))) > 15


@pytest.mark.parametrize("name", covers.COVERS)
def test_covers_are_the_same_each_time_and_light(name):
    drawn = covers.svg(name)
    assert drawn == covers.svg(name)
    assert len(gzip.compress(drawn.encode())) < 40_000


def test_a_page_among_chapters_without_a_number_in_its_name_has_none():
    def numbered(*number):
        return nodes.reference("", "", secnumber=list(number))

    names = ("chapters/part_1", "chapters/06_networks", "chapters/A_kernels")
    env = SimpleNamespace(
        toc_secnumbers={name: {"": (k,), "#a": (k, 1)} for k, name in enumerate(names, 1)},
        titles={name: nodes.title("", "", secnumber=(1,)) for name in names},
        tocs={name: nodes.bullet_list("", numbered(k, 1)) for k, name in enumerate(names, 1)},
    )
    renumber(env)
    assert env.toc_secnumbers == {
        names[0]: {"": None, "#a": None},
        names[1]: {"": ("6",), "#a": ("6", 1)},
        names[2]: {"": ("A",), "#a": ("A", 1)},
    }
    assert "secnumber" not in env.titles[names[0]]
    found = [toc[0].get("secnumber") for toc in env.tocs.values()]
    assert found == [None, ["6", 1], ["A", 1]]


def test_a_page_is_read_once_for_all_references_to_it():
    caption = nodes.caption("", "", nodes.strong("", "A plot"))
    figure = nodes.figure("", nodes.image(), caption, ids=["fig"])
    page, read = new_document("page"), []
    page.ids["fig"] = figure
    env = SimpleNamespace(get_doctree=lambda name: read.append(name) or page, config="numbers")
    outlines = Outlines(env)
    for _ in range(3):
        found = outlines.get_doctree("page").ids["fig"]
        assert found["ids"] == ["fig"]
        assert [type(child) for child in found] == [nodes.image, nodes.caption]
    assert read == ["page"]
    assert outlines.config == "numbers"


def test_listings_of_one_depth_share_their_contents(tmp_path):
    app, rendered = SimpleNamespace(doctreedir=tmp_path), []
    shared = ("_modules/a/b", "_modules/a/c", "api/p/f", "api/p/g", "_modules/d")
    for name in (*shared, "chapters/e", "api/p", "api/q"):
        page = {}
        share_contents(app, name, "page.html", page, None)
        contents = page["shared"](lambda name=name, **options: rendered.append(name) or name)
        assert contents(maxdepth=2, collapse=True) == rendered[-1]
    firsts = ["_modules/a/b", "api/p/f", "_modules/d"]
    assert rendered == [*firsts, "chapters/e", "api/p", "api/q"]
    forget_contents(app)
    assert not list(tmp_path.iterdir())


def test_glossaries_are_merged_and_sorted(book):
    page = article(book, "chapters/glossary")
    assert page.index('id="term-bias"') < page.index('id="term-unit"')


def test_parts_far_from_the_view_tell_their_height(book):
    assert re.search(r'<section id="first-section" style="--tall:\d+px">', article(book, CHAPTER))
    page = article(book, "api/dlcore.nn")
    entries = re.findall(r'<dl class="py function"( style="--tall:\d+px")?>', page)
    assert entries
    assert all(entries)


def test_pictures_have_their_size(book):
    assert re.search(r'<img[^>]*width="120"[^>]*height="80"', article(book, CHAPTER))


def test_a_build_makes_anew_only_what_changed_and_any_process_can_stop_it(tmp_path):
    miniature.write(tmp_path)
    first = build(tmp_path)
    assert first.status == 0, first.log

    def times():
        files = [file for file in first.html.rglob("*") if file.is_file()]
        files.remove(first.html / "_static" / "pygments.css")  # by the theme, each time
        return {file.relative_to(first.html).as_posix(): file.stat().st_mtime_ns for file in files}

    before = times()
    second = build_again(tmp_path)
    assert second.status == 0, second.log
    assert times() == before

    # The page that comes first is written by the first process, this one by another.
    page = tmp_path / "chapters" / "measurements.md"
    page.write_text(page.read_text("utf8") + "\nA formula: $\\undefinedmacro$\n", "utf8")
    third = build_again(tmp_path)
    assert third.status != 0
    assert r"Undefined control sequence: \undefinedmacro" in third.log
    after = times()
    changed = {name for name in before if name.endswith(".html") and after[name] != before[name]}
    assert "chapters/measurements.html" in changed
    assert "chapters/06_small_networks.html" not in changed


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ("difficulty: expected one of", "faulty.md:3"),
        ("chapter: expected a number from 1 to 20", "faulty.md:3"),
        ("equation not found: eq-nowhere", "faulty.md:3"),
        ("term not in glossary: 'nothing'", "faulty.md:3"),
        ("target not found: dlcore.nn.typo", "faulty.md:3"),
        (r"Undefined control sequence: \undefinedmacro", "faulty.md"),
        ("one number an equation", "faulty.md"),
        ("source: cannot show 'dlcore.nn.missing'", "faulty.md:11"),
        ("part-cover: write one of foundation, networks, research", "faulty.md:14"),
        ("equation not found: eq-astray", "docstring of dlcore.nn.astray"),
        ("undefined label: 'sec-astray'", "docstring of dlcore.nn.astray"),
    ],
)
def test_each_fault_stops_the_build_and_says_where(faulty_book, message, place):
    assert faulty_book.status != 0
    found = [line for line in faulty_book.log.splitlines() if message in line]
    assert found, faulty_book.log
    assert place in found[0]


def test_what_is_kept_of_a_page_is_the_page(book):
    kept = (book.html.parent / ".doctrees" / "api" / "dlcore.nn.doctree").read_bytes()
    assert b"Softness of" in kept
    assert b"BuildEnvironment" not in kept


def test_the_list_of_listings_is_one_list(book):
    page = article(book, "_modules/index")
    assert page.count("<ul>") == page.count("</ul>") == 1
    assert 'href="dlcore/nn/pairs.html"' in page
