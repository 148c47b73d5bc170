"""Chapters carry the numbers of their file names.

``chapters/06_deep_feedforward_networks`` is chapter 6, its sections, equations, figures and boxes
are 6.x, however few of the other chapters are finished; ``chapters/A_inside_the_kernels`` is
appendix A. A page among them without a number in its name, such as the first page of a part, has
none.
"""

import functools
import re

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles

CHAPTER_PAGE = re.compile(r"(?:^|/)(?:0(\d)|(\d\d)|([A-Z]))_\w+$")


def chapter_number(docname: str) -> str | None:
    """The number in a chapter's file name, an appendix's letter, None for any other page."""
    match = CHAPTER_PAGE.search(docname)
    return match[match.lastindex] if match else None


def chapter_name(number: str) -> str:
    """What a chapter or an appendix is called in a text."""
    return f"{'Chapter' if number.isdecimal() else 'Appendix'} {number}"


def chapter_pages(env: BuildEnvironment) -> dict[str, str]:
    """The finished chapters: number to page."""
    pages = {chapter_number(docname): docname for docname in sorted(env.found_docs)}
    return {number: docname for number, docname in pages.items() if number is not None}


def renumber(env: BuildEnvironment) -> None:
    """Replace the first component of every section number by the chapter's."""
    for docname, sections in env.toc_secnumbers.items():
        chapter = chapter_number(docname)
        for anchor, number in sections.items():
            if number:
                sections[anchor] = None if chapter is None else (chapter, *number[1:])
        titled = [env.titles[docname], *env.tocs[docname].findall(lambda n: "secnumber" in n)]
        for node in titled:
            if chapter is None:
                node.attributes.pop("secnumber", None)
            elif node.get("secnumber"):
                node["secnumber"] = [chapter, *node["secnumber"][1:]]


def numbered_by_file_name(assign):
    """Wrap ``assign_section_numbers``, which tells the pages whose numbers changed."""

    @functools.wraps(assign)
    def assign_section_numbers(self, env):
        before = env.toc_secnumbers
        assign(self, env)
        renumber(env)
        return [page for page, now in env.toc_secnumbers.items() if now != before.get(page)]

    return assign_section_numbers


def setup(app: Sphinx) -> dict[str, bool]:
    """Wrap the collector that numbers the sections of an external table of contents."""
    assign = TocTreeCollectorWithStyles.assign_section_numbers
    if not hasattr(assign, "__wrapped__"):
        TocTreeCollectorWithStyles.assign_section_numbers = numbered_by_file_name(assign)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
