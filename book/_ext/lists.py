"""Directive ``{list-of} figures``: all of a kind in the chapters, by number, each with its title.

Kinds are algorithms, figures and tables. The title of a figure or table is its caption's first
sentence, or one for each of its parts.
"""

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import ReferencesResolver, SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from book._ext.all_pages import are_read
from book._ext.chapter_numbers import chapter_name, chapter_number, chapter_pages

KINDS = {"algorithms": "algorithm", "figures": "figure", "tables": "table"}
SENTENCES = re.compile(r"(?<=[.?!])\s+")
PART = re.compile(r"(?:Left|Middle|Right|Above|Below|Top|Bottom)\b")
KEPT = nodes.math | nodes.emphasis | nodes.strong | nodes.literal | addnodes.pending_xref
Entries = list[tuple[str, str, list[nodes.Node]]]


class ListPlace(nodes.General, nodes.Element):
    """The place of a list, until all pages are known."""


class ListOf(SphinxDirective):
    """A place for the list."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave it to be filled."""
        (name,) = self.arguments
        if name not in KINDS:
            raise self.error(f"list-of: expected one of {', '.join(KINDS)}, got {name}")
        listing_pages(self.env).add(self.env.docname)
        return [ListPlace(kind=KINDS[name])]


def listing_pages(env: BuildEnvironment) -> set[str]:
    """The pages with a list, to be written anew with every page read."""
    if not hasattr(env, "listing_pages"):
        env.listing_pages = set()
    return env.listing_pages


def titled_things(env: BuildEnvironment) -> dict[str, Entries]:
    """Page -> kind, anchor and title of each thing on it."""
    if not hasattr(env, "titled_things"):
        env.titled_things = {}
    return env.titled_things


def remember(app: Sphinx, doctree: nodes.document) -> None:
    """Note what a chapter has."""
    if chapter_number(app.env.docname):
        titled_things(app.env)[app.env.docname] = list(things(doctree))


def things(doctree: nodes.document) -> Iterator[tuple[str, str, list[nodes.Node]]]:
    """Kind, anchor and title of everything that is listed."""
    for node in doctree.findall(nodes.Element):
        if not node["ids"]:
            continue
        if isinstance(node, nodes.figure):
            yield "figure", node["ids"][0], title(node, nodes.caption)
        elif isinstance(node, nodes.table):
            yield "table", node["ids"][0], title(node, nodes.title)
        elif node.get("realtype") == "algorithm":
            words = re.sub(r"^\s*\((.*)\)$", r"\1", node.get("title", ""))
            yield "algorithm", node["ids"][0], with_formulas(words)


def with_formulas(words: str) -> list[nodes.Node]:
    """The words and the formulas of a title in Markdown."""
    parts = enumerate(words.split("$"))
    return [nodes.math("", text) if k % 2 else nodes.Text(text) for k, text in parts if text]


def title(thing: nodes.Element, kind: type[nodes.Element]) -> list[nodes.Node]:
    """The beginning of a caption: words, formulas, emphasis and references."""
    caption = next(iter(thing.findall(kind)), None)
    first, *others = sentences(caption) if caption is not None else [[]]
    parts = [first] + [other for other in others if is_of_part(first) and is_of_part(other)]
    found = [part for sentence in parts for part in [*sentence, nodes.Text(" ")]][:-1]
    if found and isinstance(found[-1], nodes.Text):
        found[-1] = nodes.Text(found[-1].removesuffix("."))
    return found


def sentences(caption: nodes.Element) -> list[list[nodes.Node]]:
    """The pieces of each sentence."""
    found: list[list[nodes.Node]] = [[]]
    for part in caption.children:
        if isinstance(part, nodes.Text):
            here, *later = SENTENCES.split(part)
            found[-1].append(nodes.Text(here))
            found += [[nodes.Text(text)] for text in later]
        elif isinstance(part, KEPT):
            found[-1].append(alone(part))
        else:
            found[-1].append(nodes.Text(part.astext()))
    return found


def alone(node: nodes.Element) -> nodes.Element:
    """A copy that does not bring the page where it was read."""
    copy = node.deepcopy()
    for part in copy.findall(nodes.Element):
        part._document = None
    return copy


def is_of_part(sentence: list[nodes.Node]) -> bool:
    """Whether a sentence says what one part of a figure shows."""
    return bool(sentence) and bool(PART.match(sentence[0].astext()))


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Of a page that is gone or read again."""
    titled_things(env).pop(docname, None)
    listing_pages(env).discard(docname)


def merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    """What another process has read."""
    known = titled_things(other)
    titled_things(env).update({page: known[page] for page in docnames if page in known})
    listing_pages(env).update(listing_pages(other) & set(docnames))


def to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Pages with lists, to be written anew with every page read."""
    return sorted(listing_pages(env)) if are_read(app) else []


class Fill(SphinxPostTransform):
    """Put the lists in their places, before the references in their titles are resolved."""

    default_priority = ReferencesResolver.default_priority - 1

    def run(self) -> None:
        """Fill the places of one page."""
        for place in list(self.document.findall(ListPlace)):
            lists = [
                part
                for number, page in chapter_pages(self.env).items()
                for part in list_of_chapter(self.app, number, page, place["kind"])
            ]
            place.replace_self(lists or [nodes.paragraph("", "None yet.")])


def list_of_chapter(app: Sphinx, number: str, page: str, kind: str) -> Iterator[nodes.Element]:
    """The chapter's name, and its things in their order."""
    numbers = app.env.toc_fignumbers.get(page, {}).get(kind, {})
    lines = nodes.bullet_list(classes=["simple"])
    for each, anchor, words in titled_things(app.env).get(page, []):
        if each == kind and anchor in numbers:
            shown = nodes.inline("", ".".join(map(str, numbers[anchor])))
            link = make_refnode(app.builder, app.env.docname, page, anchor, shown)
            said = [part.deepcopy() for part in words]
            for reference in (part for part in said if isinstance(part, addnodes.pending_xref)):
                reference["refdoc"] = app.env.docname
            line = nodes.paragraph("", "", link, nodes.Text("\u2002"), *said)
            lines += nodes.list_item("", line)
    if lines.children:
        name = f"{chapter_name(number)}, {app.env.titles[page].astext()}"
        yield nodes.paragraph("", "", nodes.strong("", name))
        yield lines


def setup(app: Sphinx) -> dict[str, bool]:
    """Note things when pages are read, list them when all are."""
    app.add_node(ListPlace)
    app.add_directive("list-of", ListOf)
    app.connect("doctree-read", remember)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", to_write)
    app.add_post_transform(Fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
