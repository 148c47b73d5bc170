"""The finishing of an HTML page: light, accessible, described, self-contained."""

import html
import math
import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from PIL import Image
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from book._ext.all_pages import when_written
from book._ext.photographs import holds_photograph

TAG = re.compile(r"<img\b[^>]*>")
PART = re.compile(
    r'(?:<section id="([^"]+)"|<dl class="py [^"]*"(?=>\s*<dt class="[^"]*" id="([^"]+)"))(?=>)'
)
SIGNATURE = re.compile(r'<dt class="sig .*?</dt>', re.S)
SPAN = re.compile(r'<span(?: class="([^"]*)")?[^>]*>|</span>')
UNSTYLED = {"pre", "n", "p", "w", "o", "s", "k", "m", "default_value", "sig-paren"}
THEBE = re.compile(
    r'<script type="text/x-thebe-config">.*?</script>\s*(<script>kernelName[^<]*</script>)?', re.S
)
POINTS = 4 / 3
TITLED = re.compile(r'(<a class="reference internal" href="[^"]*#[^"]+") title="[^"]*"')
LONG_WORD = re.compile(r'(?<=<span class="pre">)[^<]{16,}(?=</span>)')
SEAM = re.compile(r"(?<=[^\W_])[._/](?=[^\W\d_])|(?<=[a-z])(?=[A-Z])")
ARGUMENTS = re.compile(r"(?<=</code></a>)\([^<]*\)(?=</p></td>)")  # in a summary of names
WIDE = 600  # pixels: a wider picture scrolls in its frame on a phone, with letters to be read
TEXTS = (nodes.paragraph, nodes.title, nodes.caption, nodes.term, nodes.rubric, nodes.field_name)
TEXTS += (addnodes.desc_signature,)
ATTRIBUTE = re.compile(r'\s([\w-]+)="[^"]*"')
# What the theme gets wrong: 1.5 MB of icons as a script, beside the same icons as a font; names
# that a screen reader reads out in place of what is shown.
REPAIRS = [
    (r'role="doc-biblioentry"', 'role="listitem"'),
    (r'(<section class="[^"]*") id="(?:proof|exercise|solution)-content"', r"\1"),  # not unique
    (r'<script defer src="[^"]*/fontawesome\.js[^"]*"></script>', ""),
    (r'(<img [^>]*class="logo__image[^"]*")', r'\1 width="64" height="38"'),
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    (
        r'<summary><span class="toctree-toggle"',
        '<summary aria-label="Show or hide sections"><span class="toctree-toggle"',
    ),
    (r'(<button class="btn search-button-field[^>]*?) aria-label="Search"', r"\1"),
    # The colours are known before the page is styled, not when its script has run.
    (
        r'(dataset\.theme = )localStorage\.getItem\("theme"\) \|\| "auto";',
        r"""\1{light: "light", dark: "dark"}[document.documentElement.dataset.mode]
      ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");""",
    ),
    (
        r'<div class="sidebar-primary-item">(?=\s*<a class="navbar-brand)',
        '<div class="sidebar-primary-item" role="banner">',
    ),
]
# All that the theme wants of Bootstrap's 80 KB are tooltips, which browsers have.
TOOLTIPS = """window.bootstrap={Tooltip:class{show(){}hide(){}}};
document.querySelectorAll("[data-bs-title]").forEach(e=>{e.title=e.title||e.dataset.bsTitle});
"""
# The theme measures every listing at once, and so has the browser lay out the whole page.
MEASURED_AT_ONCE = re.compile(
    r"function I\(\)\{const e=\(\)=>\{document\.querySelectorAll.*?,e\(\)\}", re.S
)
# Sizes are told of what is laid out, and again when the window changes.
MEASURED_WHEN_SEEN = """function I(){
const seen=new ResizeObserver(all=>all.forEach(({target:e})=>{
e.tabIndex=e.scrollWidth>e.clientWidth||e.scrollHeight>e.clientHeight?0:-1}));
document.querySelectorAll("pre,.cell_output>.output,.pst-scrollable-table-container")
.forEach(e=>seen.observe(e))}"""
# 28 names of what may stand in a margin, looked for in one selector, take three times as long.
ONE_SELECTOR = re.compile(re.escape('document.querySelectorAll(n.join(", "))'))
NAME_BY_NAME = "n.flatMap(name=>[...document.getElementsByClassName(name.slice(1))])"
SCRIPTS = [
    ("pydata-sphinx-theme.js", MEASURED_AT_ONCE, MEASURED_WHEN_SEEN),
    ("sphinx-book-theme.js", ONE_SELECTOR, NAME_BY_NAME),
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
        if file and holds_photograph(file):
            tag, extra = classed(tag, "dl-photo"), extra | {"class": "dl-photo"}
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


def classed(tag: str, name: str) -> str:
    """A tag that has a class attribute with one more class in it."""
    return re.sub(r'(\sclass=")', rf"\1{name} ", tag, count=1)


def finish_signatures(body: str) -> str:
    """Signatures without the marks that nothing is styled by, and there are many of them.

    Sphinx puts the lines of a long one in a list of definitions without terms; they become blocks.
    """

    def finish(signature: re.Match) -> str:
        ends: list[str] = []

        def keep(tag: re.Match) -> str:
            if tag[0] == "</span>":
                return ends.pop()
            plain = tag[1] in UNSTYLED
            ends.append("" if plain else "</span>")
            return "" if plain else tag[0]

        return SPAN.sub(keep, re.sub(r"<(/?)d[ld]>", r"<\1div>", signature[0]))

    return SIGNATURE.sub(finish, body)


def finish_long_words(body: str) -> str:
    """Let long names in code break between their words, and lists of arguments between these.

    Nothing of it is copied.
    """
    body = ARGUMENTS.sub(lambda given: "<wbr>" + given[0].replace("\xa0", " "), body)
    return LONG_WORD.sub(lambda word: SEAM.sub(r"\g<0><wbr>", word[0]), body)


def height(part: nodes.Element) -> int:
    """About how many pixels a part of a page takes on a phone, rather too many than too few."""
    pixels = 0
    for node in part.findall():
        if isinstance(node, TEXTS):
            pixels += 20 + 28 * math.ceil(len(node.astext()) / 36)
        elif isinstance(node, nodes.literal_block):
            pixels += 50 + 20 * (node.astext().count("\n") + 1)
        elif isinstance(node, nodes.math_block | nodes.row | addnodes.desc):
            pixels += 90
        elif isinstance(node, nodes.image):
            pixels += 360
        elif isinstance(node, nodes.raw):
            pixels += 700
    return pixels


def finish_parts(body: str, doctree: nodes.document) -> str:
    """Tell the heights of sections and API entries, laid out when they come near the view."""
    heights = {}
    for section in doctree.findall(nodes.section):
        parents = [p for p in ancestors(section) if not isinstance(p, nodes.section)]
        if parents == [doctree] and section.parent is not doctree:
            heights[section["ids"][0]] = height(section)
    for entry in doctree.findall(addnodes.desc):
        if isinstance(entry.parent, nodes.section) and entry[0]["ids"]:
            heights[entry[0]["ids"][0]] = height(entry)

    def tell(part: re.Match) -> str:
        tall = heights.get(part[1] or part[2])
        return part[0] if tall is None else f'{part[0]} style="--tall:{tall}px"'

    return PART.sub(tell, body)


def ancestors(node: nodes.Node) -> Iterator[nodes.Node]:
    """The node's parent, and its parent, to the document."""
    while node.parent is not None:
        node = node.parent
        yield node


def description(doctree: nodes.document) -> str:
    """The first sentence or so of a page, without its mathematics."""
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if len(text) > 60 and not isinstance(paragraph.parent, nodes.list_item):
            return text if len(text) < 160 else text[:157].rsplit(" ", 1)[0] + " …"
    return ""


def scripts(files: list) -> Iterator:
    """The scripts a page needs, deferred; search needs one of them at once.

    Not Sphinx's marks of words searched for, which forget the place in a page that one comes from.
    """
    for file in files:
        name = str(getattr(file, "filename", "") or "")
        unwanted = ("thebe", "sphinx_highlight")
        if any(word in name for word in unwanted) or "THEBE_JS_URL" in str(file.attributes):
            continue
        if not name or "documentation_options" in name:
            yield file
            continue
        # A copy, since one object serves all pages.
        yield type(file)(name, priority=file.priority, **file.attributes | {"defer": "defer"})


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
            "classes": "pst-js-only",
            "tooltip": "Print this page",
            "icon": "fas fa-print",
            "label": "print-button",
        }
    )
    return found


def finish_page(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """Work on what the template will be filled with."""
    context["script_files"] = list(scripts(context.get("script_files", [])))
    body = context.get("body") or ""
    styles = context.get("css_files", [])
    context["css_files"] = [s for s in styles if "thebe" not in str(getattr(s, "filename", s))]
    if doctree is None:
        return
    context["header_buttons"] = buttons(context, pagename) + context.get("header_buttons", [])
    files = {name: Path(app.srcdir, path) for path, (_, name) in app.env.images.items()}
    body = finish_images(finish_parts(body, doctree), files)
    body = TITLED.sub(r"\1", body)  # the cards beside references say more
    context["body"] = THEBE.sub("", finish_long_words(finish_signatures(body)))
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


def repair_scripts(app: Sphinx) -> None:
    """Let the themes' scripts go over a page less often, and leave out Bootstrap."""
    scripts = Path(app.outdir) / "_static" / "scripts"
    (scripts / "bootstrap.js").write_text(TOOLTIPS, "utf8")
    for name, slow, quick in SCRIPTS:
        script = scripts / name
        text, changed = slow.subn(lambda _, quick=quick: quick, script.read_text("utf8"))
        if not changed:
            raise ExtensionError(f"{script} is another than the one book/_ext/page.py knows")
        script.write_text(text, "utf8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Run after the theme has filled the context."""
    app.connect("builder-inited", repair_templates)
    app.connect("html-page-context", finish_page, priority=950)
    when_written(app, repair_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
