"""The PDF and the EPUB of the miniature book: numbers, links, outline, and what is found wrong."""

import shutil
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from book import browser, epub, pdf
from book import volume as volumes
from book.volume import bind

CHAPTER = "chapters-06_small_networks"


def arrange(folder, book):
    """The built miniature book in a folder of its own."""
    built = book.html.parents[1]
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(built / name, folder)
    shutil.copytree(built / "_build" / "html", folder / "_build" / "html")
    shutil.copy(built / "_build" / "labels.json", folder / "_build")
    (folder / "_build" / "executed" / "chapters").mkdir(parents=True)
    shutil.copy(built / "chapters/06_small_networks.ipynb", folder / "_build/executed/chapters")
    return str(folder)


@pytest.fixture(scope="module")
def root(book, once):
    """Where it is."""
    return Path(once("volume", lambda folder: arrange(folder, book)))


def test_leaves_are_bound_in_the_order_of_the_contents(root):
    volume = bind(root)
    names = [leaf.name for leaf in volume.leaves]
    assert (names[0], names[1], names[-1]) == (
        "chapters/06_small_networks",
        "chapters/glossary",
        "chapters/errata",
    )
    first = volume.leaves[0]
    assert (first.part, first.title) == ("Practical Deep Networks", "6 Small Networks")
    assert list(first.sections()) == [
        ("first-section", "6.1 First section"),
        ("second-section", "6.2 Second section"),
        ("answers-to-the-questions", "Answers to the questions"),
    ]
    assert volume.edition.endswith("computed on 24 November 2026")


def test_leaves_have_nothing_that_only_a_screen_can_use(root):
    for leaf in bind(root).leaves:
        assert leaf.article.select("script, button, .headerlink, .toggle, [tabindex]") == []
    chapter = bind(root).leaves[0].article
    assert "Because." in chapter.get_text()
    links = {link.get_text(): link for link in chapter.find_all("a")}
    assert (links["unit"]["data-page"], links["unit"]["data-anchor"]) == (
        "chapters-glossary",
        "term-unit",
    )
    assert "dlcore.nn.soft" in chapter.get_text()
    assert "dlcore.nn.soft" not in links  # the API is on the pages only


def test_answers_to_questions_stand_at_the_end_of_the_chapter(root):
    (chapter,) = (leaf.article for leaf in bind(root).leaves if "06_small" in leaf.name)
    asked = " ".join(chapter.select_one("#chk-slope").get_text().split())
    assert asked.startswith("Question 1")
    assert "left of zero" not in asked
    end = chapter.select("section")[-1]
    assert end.h2.get_text() == "Answers to the questions"
    assert "That is the slope left of zero." in end.get_text()
    assert "The entropy of a fair coin." in end.get_text()
    assert not chapter.select("form, input, label, fieldset, .dl-verdict")


def test_a_script_of_a_formula_takes_one_element(tmp_path):
    """KaTeX writes three into <msub> for an operator's name, which no reader accepts."""
    operator = "<mi>max</mi><mo>\u2061</mo>"
    formula = f"<math><msub><mi>s</mi>{operator}</msub>{operator}<mo><mtext>.</mtext></mo></math>"
    (tmp_path / "a.html").write_text(f'<article class="bd-article">{formula}</article>')
    found = volumes.leaf(tmp_path, "a", "").article
    assert [len(script.find_all(True)) for script in found.find_all("msub")] == [2]
    assert [sign.decode_contents() for sign in found.find_all("mo")] == ["\u2061", "."]


def test_links_to_what_is_not_bound_lead_to_the_published_pages(root, tmp_path):
    shutil.copytree(root, tmp_path / "book")
    config = tmp_path / "book" / "_config.yml"
    config.write_text(config.read_text().replace('baseurl: ""', "baseurl: https://b.org/x/"))
    chapter = bind(tmp_path / "book").leaves[0].article
    addresses = {link.get("href") for link in chapter.find_all("a")}
    assert "https://b.org/x/api/dlcore.nn.html#dlcore.nn.soft" in addresses


def test_without_pages_there_is_no_volume(tmp_path):
    with pytest.raises(SystemExit, match="run make book first"):
        bind(tmp_path)


@pytest.fixture(scope="module")
def printed(root, once):
    """The print and what was found wrong with it."""
    if browser.program() is None:
        pytest.skip("needs Chromium: apt-get install chromium")

    def make(folder):
        path, found = pdf.make(root)
        return [str(path), found]

    path, found = once("print", make)
    return PdfReader(path), found


def test_a_right_print_has_no_finding(printed):
    assert printed[1] == []


def test_the_print_has_outline_contents_and_numbers(printed):
    reader, _ = printed
    titles = [title for title, _ in pdf.outline(reader.outline)]
    assert any(pdf.same_words(title, "6.1 First section") for title in titles)
    places = pdf.destinations(reader)
    pages = [page.extract_text() for page in reader.pages]
    assert "computed on 24 November 2026" in pages[0]
    for name, words in ((CHAPTER, "Small Networks"), ("chapters-glossary", "Glossary")):
        assert words in pages[places[name] - 1]
        assert f"{places[name]}" in pages[1]
    chapter = "".join(pages[places[CHAPTER] - 1 : places["chapters-glossary"] - 1])
    for number in ("(6.1)", "Figure 6.1", "Algorithm 6.1", "Exercise 6.1", "Because."):
        assert number in chapter


def test_references_lead_to_their_page(printed):
    reader, _ = printed
    places = pdf.destinations(reader)
    assert places[f"{CHAPTER}.equation-eq-small"] == places[CHAPTER]
    assert places["chapters-glossary.term-unit"] == places["chapters-glossary"]


def test_what_is_wrong_with_a_print_is_found(tmp_path):
    if browser.program() is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    path = tmp_path / "a.pdf"
    pdf.print_to(path, "<h1>A</h1><p>box: \ue123 <a href='b.html'>b</a> <a href='#c'>c</a></p>")
    found = [*pdf.check_links(PdfReader(path)), *pdf.check_glyphs(PdfReader(path))]
    assert any("a link leads to file://" in text for text in found)
    assert "page 1: a character that no font has" in found
    assert any("a font of this machine" in text for text in found)


@pytest.fixture
def files(root):
    """The files of the EPUB."""
    return epub.bound(bind(root))


def test_a_right_epub_has_no_finding(files):
    assert list(epub.check(files)) == []
    assert {f"{CHAPTER}.xhtml", "nav.xhtml", "title.xhtml", "package.opf"} <= set(files)


def test_the_epub_has_mathematics_numbers_and_pictures(files):
    page = files[f"{CHAPTER}.xhtml"].decode()
    tree = ElementTree.fromstring(page)
    assert len(list(tree.iter("{http://www.w3.org/1998/Math/MathML}math"))) >= 3
    text = "".join(tree.itertext())
    assert all(words in text for words in ("(6.1)", "Figure 6.1", "Algorithm 6.1", "Because."))
    assert 'alt="A rising line"' in page
    package = ElementTree.fromstring(files["package.opf"])
    items = {i.get("href"): i for i in package.iter("{http://www.idpf.org/2007/opf}item")}
    assert set(items) == set(files) - {"package.opf"}
    assert "mathml" in items[f"{CHAPTER}.xhtml"].get("properties")
    assert items["images/cover.svg"].get("properties") == "cover-image"


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("</body>", "", "not well-formed"),
        ('href="chapters-glossary.xhtml', 'href="lost.xhtml', "is not in the EPUB"),
        ('#fig-small"', '#fig-lost"', "there is no such anchor"),
        ('src="images/', 'src="lost/', "is not in the EPUB"),
    ],
)
def test_what_is_wrong_with_an_epub_is_found(files, old, new, finding):
    name = f"{CHAPTER}.xhtml"
    assert old.encode() in files[name]
    files[name] = files[name].replace(old.encode(), new.encode())
    assert any(text.startswith(name) and finding in text for text in epub.check(files))


def test_equal_pictures_of_a_drawing_do_not_share_a_name():
    drawing = b'<image id="image1"/><image id="image2"/><image id="image1"/><g id="image"/>'
    unique = b'<image id="image1"/><image id="image2"/><image/><g id="image"/>'
    assert epub.once_each(drawing) == unique


def test_an_address_with_signs_that_none_may_have_is_written_as_one(root):
    volume = bind(root)
    link = volume.leaves[0].article.find("p")
    link.name, link["href"] = "a", "https://doi.org/10.1175/15(1950)078<01:V>2.0.CO;2?a=%20b"
    page = epub.page(volume.leaves[0], {})
    assert 'href="https://doi.org/10.1175/15(1950)078%3C01:V%3E2.0.CO;2?a=%20b"' in page


def test_the_archive_is_the_same_each_time(files, root, tmp_path):
    date = bind(root).date
    for name in ("a.epub", "b.epub"):
        epub.write(tmp_path / name, files, date)
    assert (tmp_path / "a.epub").read_bytes() == (tmp_path / "b.epub").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.epub") as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == b"application/epub+zip"
