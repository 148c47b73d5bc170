"""``robots.txt`` and, once _config.yml says where the pages are published, ``sitemap.xml``.

A map of the site needs full addresses: ``html: {baseurl: …}``. It lists the pages that people read;
listings of source, the search and the index are reached from there.
"""

from pathlib import Path
from urllib.parse import quote, urljoin
from xml.sax.saxutils import escape

from sphinx.application import Sphinx

from book._ext.all_pages import when_written

LEFT_OUT = {"genindex", "search"}


def robots(base: str) -> str:
    """Everything may be read, and where the map is."""
    welcome = "User-agent: *\nDisallow:\n"
    return f"{welcome}Sitemap: {urljoin(base, 'sitemap.xml')}\n" if base else welcome


def sitemap(base: str, pages: list[str]) -> str:
    """The addresses of the pages."""
    lines = [f"<url><loc>{escape(urljoin(base, quote(page)))}.html</loc></url>" for page in pages]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "\n".join(lines)
        + "\n</urlset>\n"
    )


def write(app: Sphinx) -> None:
    """Write both beside the pages."""
    base, out = app.config.html_baseurl, Path(app.outdir)
    base = f"{base.rstrip('/')}/" if base else ""
    (out / "robots.txt").write_text(robots(base), "utf8")
    if base:
        pages = sorted(set(app.env.found_docs) - LEFT_OUT)
        (out / "sitemap.xml").write_text(sitemap(base, pages), "utf8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Run when the pages are written."""
    when_written(app, write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
