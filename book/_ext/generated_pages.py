"""Pages and parts of pages that are made from others, written into the source folder at each build.

- ``api/``: the pages of the API, put into ``_toc.yml`` too;
- ``book/glossary.inc.md``, ``book/errata.inc.md``: the chapters' glossaries and errata, merged;
- ``book/api.inc.md``: the list of the API's pages;
- ``book/names.inc.md``: every public name with one line;
- ``book/abbreviations.inc.md``: what they stand for, and the chapters that use them;
- ``book/costs.inc.md``, ``book/benchmarks.inc.md``: what was measured of chapters and library;
- ``genindex.md``: the place of the index in the contents.

The source folder is the staged copy of the book; a file is touched only if its text changed.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from benchmarks import report
from book import abbreviations, contents
from book._ext import api_pages, taught_in
from book._ext.chapter_prose import chapters
from book._ext.computed_line import table_of_costs

INDEX = "# Index\n"
EMPTY_GLOSSARY = "*No chapter has put a term here yet.*\n"


def write(path: Path, text: str) -> None:
    """Write a text."""
    contents.update(path, text.encode())


def merged_glossary(folder: Path) -> str:
    """All chapters' terms as one glossary in alphabetical order."""
    files = sorted(folder.glob("*.md"))
    terms = "\n\n".join(file.read_text("utf8").strip() for file in files)
    return f"````{{glossary}}\n:sorted:\n\n{terms}\n````\n" if terms else EMPTY_GLOSSARY


def merged_errata(folder: Path) -> str:
    """The chapters' errata in the order of the chapters."""
    return "\n\n".join(f.read_text("utf8").strip() for f in sorted(folder.glob("*.md"))) + "\n"


def write_pages(app: Sphinx, config: Config) -> None:
    """Write everything, before the table of contents is read."""
    source = Path(app.srcdir)
    if (source / ".git").exists():
        raise ExtensionError(f"build a staged copy, not the repository itself ({source})")
    write(source / "genindex.md", INDEX)
    write(source / "book" / "glossary.inc.md", merged_glossary(source / "book" / "glossary"))
    write(source / "book" / "errata.inc.md", merged_errata(source / "book" / "errata"))
    write(
        source / "book" / "abbreviations.inc.md",
        abbreviations.listed(source / "book" / "abbreviations.txt", chapters(source)),
    )
    write(source / "book" / "costs.inc.md", table_of_costs(source))
    write(source / "book" / "benchmarks.inc.md", report.markdown())
    write_api_pages(source)


def write_api_pages(source: Path) -> None:
    """The pages of what the chapters in the contents teach; other pages go."""
    files = api_pages.written((source / "_toc.yml").read_text("utf8"))
    for name, text in files.items():
        write(source / name, text)
    for page in (source / "api").rglob("*.md"):
        if page.relative_to(source).as_posix() not in files:
            page.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before sphinx-external-toc looks for them."""
    app.connect("config-inited", write_pages, priority=100)
    app.connect("missing-reference", taught_in.name_of_a_later_chapter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
