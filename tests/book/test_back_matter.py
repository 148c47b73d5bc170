"""Pages made from what the chapters, the library and the records of runs hold."""

import csv
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docutils import nodes

from benchmarks import report
from book import abbreviations
from book._ext import chapter_map, computed_line, lists
from book._ext.chapter_prose import Chapter, chapters

ROOT = Path(__file__).parents[2]
CHAPTER = "chapters/06_small_networks"
BOOK = {
    "2": Chapter("chapters/02_a", "Algebra", "(sec-norms)=\n# Norms\n\n$$ a $$ (eq-a)", (), ()),
    "6": Chapter(
        "chapters/06_b",
        "Networks: all",
        "{eq}`eq-a`, {ref}`here <sec-norms>`, {numref}`fig-c`, {chapter}`10`",
        ("from dlcore import nn as n\nfrom dlcore.linalg import lu\nn.relu(lu(x))",),
        ("fig-b",),
    ),
    "10": Chapter(
        "chapters/10_c",
        "Sequences",
        "{numref}`fig-b` {chapter}`2`",
        ("import torch\nfrom dlcore.nn import relu, sigmoid\nrelu(x), relu(y)",),
        ("fig-c",),
    ),
}
ROOMS = {"dlcore.linalg": 2}


def text(html: str) -> str:
    """The words of a page, without tags and formulas."""
    words = re.sub(r"<math.*?</math>|<[^>]+>", " ", html)
    return " ".join(words.split())


def test_a_chapter_builds_on_what_it_refers_to_and_imports():
    uses = chapter_map.dependencies(BOOK, ROOMS)
    assert uses == {"2": {}, "6": {"2": 3}, "10": {"6": 2, "2": 1}}


def test_the_most_used_come_first_into_the_map_and_stand_in_order():
    uses = {"2": 9, "10": 4, "6": 5, "1": 1, "A": 8}
    assert chapter_map.foundations(uses) == ["2", "6", "A"]


def test_the_map_leads_to_the_chapters_and_says_what_each_builds_on():
    uses = chapter_map.dependencies(BOOK, ROOMS)
    addresses = {number: f"{number}.html" for number in BOOK}
    svg = ElementTree.fromstring(chapter_map.drawing(BOOK, uses, [{"2", "10"}], addresses))
    links = svg.findall(".//{*}a")
    assert [link.get("href") for link in links] == ["2.html", "6.html", "10.html"]
    assert links[2].get("aria-label") == "10 Sequences, builds most on 2, 6"
    assert all(link.get("aria-label").startswith(link[0].text) for link in links)
    assert svg.get("aria-label")
    assert len(svg.findall(".//{*}path")) == 3 + 1
    assert [each.text for each in svg.findall(".//{*}text")].count("●") == 2


def test_the_map_on_the_page(book):
    page = book.page("chapters/index")
    assert re.search(r'<a href="06_small_networks.html" aria-label="6 Small Networks">', page)
    assert "● All. Chapter 5 , Chapter 6" in text(page)


def test_lists_have_number_title_and_link(book):
    page = book.page("chapters/lists")
    assert "Chapter 6, Small Networks" in text(page)
    assert re.search(rf'<a [^>]*href="[^"]*{Path(CHAPTER).name}.html#fig-small">', page)
    entry = re.search(r"<li><p><a [^>]*#fig-small.*?</li>", page, re.S)[0]
    assert text(entry) == "6.1 A line of (6.1)"
    assert text(re.search(r"<li><p><a [^>]*#alg-small.*?</li>", page, re.S)[0]) == "6.1 Nothing"
    assert "None yet." in text(page)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("As in ", " e.g.x. So", "As in Figure 2. e.g.x"),
        ("Does ", " say it? So", "Does Figure 2. say it?"),
        ("Left, a. Right, ", ". Both. Below: b.", "Left, a. Right, Figure 2.. Below: b"),
        ("A digit. Left, ", ", it moves.", "A digit"),
    ],
)
def test_a_title_is_one_sentence_or_one_for_each_part(before, after, said):
    inside = nodes.reference("", "", nodes.Text("Figure 2."))
    caption = nodes.caption("", "", nodes.Text(before), inside, nodes.Text(after))
    title = lists.title(nodes.figure("", caption), nodes.caption)
    assert "".join(part.astext() for part in title) == said
    assert not any(isinstance(part, nodes.reference) for part in title)


def test_names_have_a_line_and_a_link(book):
    page = book.page("chapters/lists")
    assert re.search(r'<a [^>]*href="../api/dlcore.nn.html#dlcore.nn.hard"', page)
    assert "hard : Named by its equation only." in text(page)


def test_only_abbreviations_in_use_are_listed(book):
    page = text(book.page("chapters/lists"))
    assert "CNN convolutional neural network ( Chapter 6 )" in page
    assert "RNN" not in page


def test_abbreviations_of_the_book_are_used_and_complete():
    listed = ROOT / "book" / "abbreviations.txt"
    assert list(abbreviations.findings(listed, chapters(ROOT))) == []


@pytest.mark.parametrize(
    ("prose", "told"),
    [
        ("`CNN` and $CNN$", "no chapter uses CNN"),
        ("CNNs and a generative network (GAN)", "chapter 2 introduces GAN"),
    ],
)
def test_an_abbreviation_that_is_missing_or_unused_is_told(tmp_path, prose, told):
    (tmp_path / "a.txt").write_text("CNN convolutional network\n")
    (found,) = abbreviations.findings(tmp_path / "a.txt", {"2": BOOK["2"]._replace(prose=prose)})
    assert told in found


def test_the_table_of_costs_has_time_and_memory(book):
    assert "Chapter 6 2 s 2 s 512 MB" in text(book.page("chapters/measurements"))
    assert computed_line.table_of_costs(ROOT / "no-such-folder") == "*No chapter was run yet.*\n"


def record(folder, **columns):
    """A table of results with one row."""
    with (folder / "x86_64_cpu_1_threads.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(columns))
        writer.writeheader()
        writer.writerow(columns)


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        ("0.5", "2 times as fast | 0 |"),
        ("3.14", "3.1 times as slow | 0 |"),
        ("1.04", "even"),
        ("730.2", "730 times as slow"),
    ],
)
def test_wins_and_losses_are_told_alike(tmp_path, ratio, said):
    numbers = {"ours_ms": "1500", "peer_ms": "3", "ratio": ratio, "difference": "0"}
    record(
        tmp_path, comparison="a", peer="F.conv2d", **numbers, torch="2.13.0+cpu", date="2026-1-1"
    )
    page = report.markdown(tmp_path)
    assert "### Beside PyTorch" in page
    assert "x86-64 cpu 1 thread, PyTorch 2.13.0, 2026-1-1" in page
    assert "| 1.5\u00a0s | 3\u00a0ms |" in page
    assert said in page


def test_every_recorded_comparison_is_on_the_page():
    page = report.markdown()
    for file in report.RESULTS.glob("*.csv"):
        for row in report.rows(file):
            name = row.get("comparison") or row.get("exercise") or row.get("target")
            assert name is None or f"| {name}, " in page


def test_of_several_records_the_last_counts():
    table = [{"a": "1", "b": "1"}, {"a": "2", "b": "2"}, {"a": "1", "b": "3"}]
    assert [row["b"] for row in report.latest(table, "a")] == ["3", "2"]
