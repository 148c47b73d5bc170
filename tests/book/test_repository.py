"""Links into the repository."""

from types import SimpleNamespace

import pytest
from sphinx.errors import ConfigError

from book._ext import repository

SOURCE = "chapters/06_deep.ipynb"
HEADING = '<h2><span class="section-number">6.1 </span>A &amp; B<a class="headerlink" href="#a-b">'


def config(url: str) -> SimpleNamespace:
    """The values of _config.yml."""
    return SimpleNamespace(
        repository_url=url, repository_branch="main", published_branch="gh-pages"
    )


def test_a_chapter_on_github_can_be_edited_and_opened_elsewhere():
    found = repository.buttons(config("https://github.com/o/r"), "chapters/06_deep", SOURCE)
    assert [button["url"] for button in found] == [
        f"https://github.com/o/r/edit/main/{SOURCE}",
        "https://colab.research.google.com/github/o/r/blob/gh-pages/downloads/colab/06_deep.ipynb",
        "https://mybinder.org/v2/gh/o/r/gh-pages?urlpath=lab/tree/downloads/06_deep.ipynb",
    ]


def test_a_page_and_another_host_get_the_edit_link_only():
    page = repository.buttons(config("https://github.com/o/r"), "chapters/p", "chapters/p.md")
    other = repository.buttons(config("https://codeberg.org/o/r"), "chapters/06_deep", SOURCE)
    assert len(page) == len(other) == 1


def test_each_heading_gets_a_report_that_names_it():
    body = repository.with_reports(HEADING, config("https://github.com/o/r"), SOURCE)
    assert "https://github.com/o/r/issues/new?title=6.1+A+%26+B" in body
    assert "06_deep.ipynb%2C+section+6.1+A+%26+B+%28%23a-b%29" in body
    assert 'aria-label="Report an error in section 6.1 A &amp; B"' in body


def test_without_repository_there_are_no_links(book):
    page = book.page("chapters/06_small_networks")
    assert "dl-report" not in page
    assert "colab" not in page


@pytest.mark.bad_input
@pytest.mark.parametrize("url", ["github.com/o/r", "http://github.com/o/r", "https://github.com/o"])
def test_an_address_that_is_none_says_how_to_write_it(url):
    with pytest.raises(ConfigError, match="write it like https://github"):
        repository.check(None, config(url))
