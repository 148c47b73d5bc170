"""Links into the repository, once _config.yml names it as ``repository_url``.

At the top of a page: edit it, and of a chapter open its notebook in Colab or Binder. At each
heading: report an error in this section. The notebooks opened are the runner's copies; they and the
wheel they install are published with the pages, on the branch ``published_branch``.
"""

import html
import re
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

HEADING = re.compile(
    r"(<h[123]>(?P<text>(?:(?!</h[123]>).)*?))"
    r'(?P<link><a class="headerlink" href="#(?P<id>[^"]*)")',
    re.S,
)
MARKUP = re.compile(r"<[^>]+>")


def check(app: Sphinx, config: Config) -> None:
    """An address that cannot be one stops the build."""
    parts = urlsplit(config.repository_url)
    path = [part for part in parts.path.split("/") if part]
    if config.repository_url and (parts.scheme != "https" or not parts.netloc or len(path) != 2):
        raise ConfigError(
            f"_config.yml: repository_url is {config.repository_url!r}: write it like "
            "https://github.com/owner/name, or leave it empty"
        )
    config.repository_url = config.repository_url.rstrip("/")


def buttons(config: Config, pagename: str, source: str) -> list[dict]:
    """What stands at the top of a page."""
    url = config.repository_url
    edit = f"{url}/edit/{config.repository_branch}/{quote(source)}"
    found = [button("Edit this page", "fas fa-pencil", edit, "edit")]
    if source.endswith(".ipynb") and urlsplit(url).netloc == "github.com":
        where = urlsplit(url).path.strip("/")
        copy, branch = f"{pagename.rsplit('/', 1)[-1]}.ipynb", config.published_branch
        colab = f"https://colab.research.google.com/github/{where}/blob/{branch}"
        binder = f"https://mybinder.org/v2/gh/{where}/{branch}?urlpath=lab/tree"
        found += [
            button("Open in Colab", "fas fa-cloud", f"{colab}/downloads/colab/{copy}", "colab"),
            button("Open in Binder", "fas fa-rocket", f"{binder}/downloads/{copy}", "binder"),
        ]
    return found


def button(tooltip: str, icon: str, url: str, name: str) -> dict:
    """A link in the header."""
    label = f"{name}-button"
    return {"type": "link", "url": url, "tooltip": tooltip, "icon": icon, "label": label}


def with_reports(body: str, config: Config, source: str) -> str:
    """The page with a link for reports at each heading."""

    def add(match: re.Match) -> str:
        heading = " ".join(html.unescape(MARKUP.sub("", match["text"])).split())
        place = f"{source}, section {heading} (#{match['id']})"
        issue = {"title": f"{heading}: ", "body": f"In {place}:\n\nIt says …\n\nIt should say …\n"}
        address = html.escape(f"{config.repository_url}/issues/new?{urlencode(issue)}")
        name = f"Report an error in section {html.escape(heading)}"
        link = (
            f'<a class="headerlink dl-report" href="{address}" aria-label="{name}"'
            ' title="Report an error in this section">\u2691</a>'
        )
        return f"{match[1]}{link}{match['link']}"

    return HEADING.sub(add, body)


def add_links(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """On pages written by hand."""
    if doctree is None or not app.config.repository_url:
        return
    source = Path(app.env.doc2path(pagename)).relative_to(app.srcdir).as_posix()
    if source.startswith(("api/", "genindex")):
        return
    found = buttons(app.config, pagename, source)
    context["header_buttons"] = [*found, *context.get("header_buttons", [])]
    context["body"] = with_reports(context["body"], app.config, source)


def setup(app: Sphinx) -> dict[str, bool]:
    """Run after the search has read the page."""
    app.add_config_value("repository_url", "", "html")
    app.add_config_value("repository_branch", "main", "html")
    app.add_config_value("published_branch", "gh-pages", "html")
    app.connect("config-inited", check)
    app.connect("html-page-context", add_links, priority=980)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
