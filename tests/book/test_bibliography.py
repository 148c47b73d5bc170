"""Identifiers of works: their form, and that a work stands under one key."""

from pathlib import Path

import pytest

from book import bibliography

ROOT = Path(__file__).parents[2]
WORK = "@article{{{key}, author={{Small, Ada}}, title={{{title}}}, year={{1901}}, {field}}}\n"


def findings(root, *works):
    """Of a book of one chapter with these works: key, title, field."""
    (root / "chapters").mkdir()
    (root / "chapters/06_x.md").write_text("# X\n")
    (root / "_toc.yml").write_text("root: chapters/06_x\n")
    (root / "book/references").mkdir(parents=True)
    text = "".join(WORK.format(key=key, title=title, field=field) for key, title, field in works)
    (root / "book/references/06_x.bib").write_text(text)
    return list(bibliography.findings(root))


def test_every_work_of_the_book_has_an_identifier_or_is_known_to_have_none():
    assert list(bibliography.findings(ROOT)) == []


@pytest.mark.parametrize(
    "field",
    [
        "doi={10.1016/0041-5553(64)90137-5}",
        "eprint={1706.03762}, archiveprefix={arXiv}",
        "eprint={physics/0004057}, archiveprefix={arXiv}",
        "isbn={0-262-13043-2}",
        "isbn={978-0-387-31073-2}",
        "url={https://people.eecs.berkeley.edu/~wkahan/Mindless.pdf}",
    ],
)
def test_identifiers_in_their_usual_forms(tmp_path, field):
    assert findings(tmp_path, ("small1901", "On", field)) == []


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("doi={https://doi.org/10.1038/nature14539}", "without address"),
        ("doi={10.1038/nature14539.}", "without address"),
        ("eprint={1706.3762}, archiveprefix={arXiv}", "write 1706.03762"),
        ("eprint={1706.03762}", "archiveprefix = {arXiv}"),
        ("isbn={0-262-13043-3}", "last digit"),
        ("isbn={978-0-387-31073-3}", "last digit"),
        ("url={people.eecs.berkeley.edu}", "no address"),
        ("volume={1}", "doi, eprint, isbn or url: write one"),
    ],
)
def test_a_missing_or_wrong_identifier_is_told_with_file_and_key(tmp_path, field, told):
    (found,) = findings(tmp_path, ("small1901", "On", field))
    assert found.startswith("book/references/06_x.bib: small1901: ")
    assert told in found


def test_one_work_under_two_keys_is_told(tmp_path):
    works = [("a", "On Things", "doi={10.1000/A}"), ("b", "Of Things", "doi={10.1000/a}")]
    (found,) = findings(tmp_path, *works)
    assert "a (06_x.bib) and b (06_x.bib) have the same doi '10.1000/a'" in found


def test_the_same_title_with_two_identifiers_is_told(tmp_path):
    works = [("a", "On Things", "doi={10.1000/a}"), ("b", "{On} things", "doi={10.1000/b}")]
    (found,) = findings(tmp_path, *works)
    assert "have the same title" in found


def test_a_work_known_to_be_on_paper_only_may_not_have_an_identifier(tmp_path):
    (found,) = findings(tmp_path, ("bellman1957", "On", "doi={10.1000/a}"))
    assert "has one of them" in found
