"""Under each work of the bibliography: the sections that cite it."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode

from book._ext.all_pages import are_read
from book._ext.api_entries import titled
from book._ext.chapter_numbers import chapter_number


def sections(env: BuildEnvironment) -> dict[str, dict[str, tuple[str, str]]]:
    """Page -> citation in its text -> anchor and title of the section around it."""
    if not hasattr(env, "citing_sections"):
        env.citing_sections = {}
    return env.citing_sections


def remember(app: Sphinx, doctree: nodes.document) -> None:
    """Note in which sections a page cites."""
    found = {}
    for node in doctree.findall(nodes.Element):
        if node.get("refdomain") == "cite" and node["ids"]:
            section = node.parent
            while section is not None and not titled(section):
                section = section.parent
            if section is not None:
                found[node["ids"][0]] = (section["ids"][0], section[0].astext())
    sections(app.env)[app.env.docname] = found


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Of a page that is gone or read again."""
    sections(env).pop(docname, None)


def merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    """What another process has read."""
    sections(env).update({d: found for d, found in sections(other).items() if d in docnames})


def to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Pages that list works, to be written anew with every page read."""
    listing = {key.docname for key in env.get_domain("cite").bibliographies}
    return sorted(listing) if are_read(app) else []


def cited_in(app: Sphinx, key: str, docname: str) -> nodes.paragraph | None:
    """Links to the sections that cite a work, by number, else by title."""
    env, links = app.env, {}
    for ref in env.get_domain("cite").citation_refs:
        place = sections(env).get(ref.docname, {}).get(ref.citation_ref_id)
        if place is None or key not in {target.key for target in ref.targets}:
            continue
        anchor, title = place
        numbers = env.toc_secnumbers.get(ref.docname, {})
        number = numbers.get(f"#{anchor}") or numbers.get("") or ()
        words = nodes.inline("", ".".join(map(str, number)) or title)
        link = make_refnode(app.builder, docname, ref.docname, anchor, words, title)
        links[(ref.docname, tuple(number[1:]), anchor)] = link
    if not links:
        return None
    line = nodes.paragraph("", "Cited in ", classes=["dl-cited"])
    for i, place in enumerate(sorted(links)):
        line += [nodes.Text(", "), links[place]] if i else [links[place]]
    return line


def add_links(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Add the line to each work of a list outside the chapters."""
    if chapter_number(docname) is not None:
        return
    known = {
        citation.citation_id: citation.key
        for citation in app.env.get_domain("cite").citations
        if citation.bibliography_key.docname == docname
    }
    for work in list(doctree.findall(nodes.citation)):
        line = cited_in(app, known.get(work["ids"][0], ""), docname)
        if line is not None:
            work += line


def setup(app: Sphinx) -> dict[str, bool]:
    """Note citations when pages are read, write them when all are."""
    app.connect("doctree-read", remember)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", to_write)
    app.connect("doctree-resolved", add_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
