"""The finishing of an HTML page: light, accessible, described, self-contained."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx

TAG = re.compile(r"<img\b[^>]*>")
SIGNATURE = re.compile(r'<dt class="sig .*?</dt>', re.S)
THEBE = re.compile(
    r'<script type="text/x-thebe-config">.*?</script>\s*(<script>kernelName[^<]*</script>)?', re.S
)
POINTS = 4 / 3
WIDE = 600  # pixels: a wider picture scrolls in its frame on a phone, with letters to be read
ATTRIBUTE = re.compile(r'\s([\w-]+)="[^"]*"')
# What the theme gets wrong: 1.5 MB of icons as a script, beside the same icons as a font; names
# that a screen reader reads out in place of what is shown.
REPAIRS = [
    (r'role="doc-biblioentry"', 'role="listitem"'),
    (r'<script defer src="[^"]*/fontawesome\.js[^"]*"></script>', ""),
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    (
        r'<summary><span class="toctree-toggle"',
        '<summary aria-label="Show or hide sections"><span class="toctree-toggle"',
    ),
    (r'(<button class="btn search-button-field[^>]*?) aria-label="Search"', r"\1"),
    (
        r'<div class="sidebar-primary-item">(?=\s*<a class="navbar-brand)',
        '<div class="sidebar-primary-item" role="banner">',
    ),
]


def size(path: Path) -> tuple[int, int] | None:
    """Width and height of a picture in CSS pixels."""
    if path.suffix == ".svg":
        start = path.read_text("utf8", "ignore")[:4000]
        box = re.search(r'<svg[^>]*viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', start)
        return (round(float(box[1]) * POINTS), round(float(box[2]) * POINTS)) if box else None
    with Image.open(path) as picture:
        return picture.size


def finish_images(body: str, files: dict[str, Path]) -> str:
    """Give each picture its size, and let all but the first load when they come into view."""
    seen = 0

    def finish(match: re.Match) -> str:
        nonlocal seen
        seen += 1
        tag = match[0]
        extra = {"decoding": "async"} if seen == 1 else {"decoding": "async", "loading": "lazy"}
        source = re.search(r'src="([^"]+)"', tag)
        file = files.get(source[1].rsplit("/", 1)[-1]) if source else None
        present = set(ATTRIBUTE.findall(tag))
        measured = size(file) if file and not {"width", "height"} & present else None
        if measured:
            extra |= {"width": str(measured[0]), "height": str(measured[1])}
        is_wide = bool(measured) and measured[0] > WIDE and "style" not in present
        if is_wide:
            extra["style"] = f"--width:{measured[0]}px"
        attributes = "".join(f' {k}="{v}"' for k, v in extra.items() if k not in present)
        image = f"<img{attributes}{tag[4:]}"
        return f'<span class="dl-wide">{image}</span>' if is_wide else image

    return TAG.sub(finish, body)


def finish_signatures(body: str) -> str:
    """Sphinx puts the lines of a long signature in a list of definitions without terms."""

    def finish(match: re.Match) -> str:
        return re.sub(r"<(/?)d[ld]>", r"<\1div>", match[0])

    return SIGNATURE.sub(finish, body)


def description(doctree: nodes.document) -> str:
    """The first sentence or so of a page, without its mathematics."""
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if len(text) > 60 and not isinstance(paragraph.parent, nodes.list_item):
            return text if len(text) < 160 else text[:157].rsplit(" ", 1)[0] + " …"
    return ""


def scripts(files: list, pagename: str) -> Iterator:
    """The scripts a page needs, deferred; search needs one of them at once."""
    for file in files:
        name = str(getattr(file, "filename", "") or "")
        if "thebe" in name or "THEBE_JS_URL" in str(getattr(file, "attributes", "")):
            continue
        if not name or pagename == "search" or "documentation_options" in name:
            yield file
            continue
        # A copy, since one object serves all pages.
        yield type(file)(name, priority=file.priority, **file.attributes | {"defer": "defer"})


def is_wanted(style: object, has_formulas: bool) -> bool:
    """Whether a page needs a style sheet."""
    name = str(getattr(style, "filename", style))
    return "thebe" not in name and (has_formulas or "katex" not in name)


def buttons(context: dict, pagename: str) -> list[dict]:
    """For a chapter its notebook to run (written by book/runner.py), for any page paper."""
    found = []
    if str(context.get("page_source_suffix")) == ".ipynb":
        file = context["pathto"](f"downloads/{pagename.rsplit('/', 1)[-1]}.ipynb", 1)
        found.append(
            {
                "type": "link",
                "url": file,
                "tooltip": "Download this chapter as a notebook to run",
                "icon": "fas fa-download",
                "label": "download-notebook-button",
            }
        )
    found.append(
        {
            "type": "javascript",
            "javascript": "window.print()",
            "tooltip": "Print this page",
            "icon": "fas fa-print",
            "label": "print-button",
        }
    )
    return found


def finish_page(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """Work on what the template will be filled with."""
    context["script_files"] = list(scripts(context.get("script_files", []), pagename))
    body = context.get("body") or ""
    has_formulas = 'class="katex' in body
    context["css_files"] = [s for s in context.get("css_files", []) if is_wanted(s, has_formulas)]
    if doctree is None:
        return
    context["header_buttons"] = buttons(context, pagename) + context.get("header_buttons", [])
    files = {name: Path(app.srcdir, path) for path, (_, name) in app.env.images.items()}
    context["body"] = THEBE.sub("", finish_signatures(finish_images(body, files)))
    text = description(doctree)
    if text and 'name="description"' not in context.get("metatags", ""):
        tag = f'\n<meta name="description" content="{html.escape(text, quote=True)}" />'
        context["metatags"] = context.get("metatags", "") + tag


def repair(text: str) -> str:
    """Replace what the theme's templates get wrong."""
    for wrong, right in REPAIRS:
        text = re.sub(wrong, right, text)
    return text


def repair_templates(app: Sphinx) -> None:
    """Let every rendered page, also search and index, pass through the repairs."""
    if app.builder.format == "html" and getattr(app.builder, "templates", None):
        render = app.builder.templates.render
        app.builder.templates.render = lambda template, context: repair(render(template, context))


def setup(app: Sphinx) -> dict[str, bool]:
    """Run after the theme has filled the context."""
    app.connect("builder-inited", repair_templates)
    app.connect("html-page-context", finish_page, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
