"""Which packages have a page in the API."""

import pytest

from book._ext.generated_pages import CHAPTERS, write_api_pages


@pytest.mark.parametrize("is_listed", [False, True])
def test_a_package_waits_for_the_chapter_that_defines_its_labels(tmp_path, is_listed):
    chapters = ["chapters/06_networks"] + ["chapters/02_linear_algebra"] * is_listed
    (tmp_path / "_toc.yml").write_text("".join(f"- file: {name}\n" for name in chapters))
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "dlcore.linalg.md").write_text("an earlier build's")
    write_api_pages(tmp_path)
    assert (tmp_path / "api" / "dlcore.linalg.md").exists() == is_listed
    assert ("dlcore.linalg" in (tmp_path / "book" / "api.inc.md").read_text()) == is_listed
    assert (tmp_path / "api" / "dlcore.nn.md").exists()


def test_every_chapter_waited_for_is_one_of_the_book():
    assert all(1 <= chapter <= 20 for chapter in CHAPTERS.values())
