"""API entries: signatures as the source writes them, and links back to the book.

A docstring names the equation and the section it implements by their labels::

    Equation: :eq:`eq-softmax`
    Section: :ref:`sec-softmax`
    Source: Bridle (1990)
    In production: torch.softmax

These lines become a table under the entry, with "Taught in" for the section; where only an equation
is named, the section in which it stands. A label that no page defines is an error of the build.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Hashable, Iterator
from copy import copy
from functools import cache

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxRole
from sphinx.util.nodes import make_refnode

FIELD = re.compile(r"^(Equations?|Sections?|Sources?|In production):\s*(.*)$")
NEXT_FIELD = re.compile(r"\.\s+(?=(?:Equations?|Sections?|Sources?|In production):\s)")
EQUATION = re.compile(r":eq:`([^`<]+)`")
DOTTED = re.compile(
    r"(?<![^\s(])((?:torch|numpy|scipy|sklearn|math)(?:\.\w+)+)(?=[\s,;:)]|\.(?!\w)|$)"
)
GLUED = re.compile(r"(?<![`:\w])(`[^`\n]+`)(?=\w)")
CODE = re.compile(r"`[^`]*`")
DOLLARS = re.compile(r"(?<![\w`$])\$([^$`\n]+)\$(?![\w$])")
BOX = re.compile(r":ref:(?=`(?:alg|def|thm|lem|cor|prop|rem)-)")
STAR = re.compile(r"(?<![\w*`])\*(?=\w)(?![^*\n]*\*)")
IN_PLACE = re.compile(r"(?<![\w.`:])([A-Za-z][\w.]*)_(?![\w`])")
BARS = re.compile(r"\|(\w+)\|(?!`)")
SECTION = re.compile(r":ref:`([^`<]+)`")
FOREIGN_MAKERS = {"torch.nn.modules.module": "()", "typing": ""}  # of modules, of protocols


def source_tree(found: object) -> ast.AST | None:
    """The syntax tree of a function or class, None where there is no Python source."""
    return parsed(found) if callable(found) and isinstance(found, Hashable) else None


@cache
def parsed(found: Hashable) -> ast.AST | None:
    """The same, read once for the tables and the entry in which it stands."""
    try:
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(found)))
        return ast.parse(source).body[0]
    except (TypeError, OSError, SyntaxError, IndentationError):
        return None


def fields_of(tree: ast.ClassDef) -> str | None:
    """The arguments of a dataclass or named tuple, from its annotated fields."""
    fields = [node for node in tree.body if isinstance(node, ast.AnnAssign)]
    return f"({', '.join(ast.unparse(node) for node in fields)})" if fields else None


def arguments(function: ast.FunctionDef, is_method: bool) -> str:
    """The arguments as written, without ``self``."""
    written = copy(function.args)
    static = "staticmethod" in map(ast.unparse, function.decorator_list)
    if is_method and not static:
        first = "posonlyargs" if written.posonlyargs else "args"
        setattr(written, first, getattr(written, first)[1:])
    return f"({ast.unparse(written)})"


def arguments_of(found: object) -> str:
    """The arguments of a function, empty where its source is not at hand."""
    tree = source_tree(found)
    return arguments(tree, is_method=False) if isinstance(tree, ast.FunctionDef) else ""


def written_signature(app, what, name, found, options, signature, returns):
    """The signature as the source writes it: shapes stay readable."""
    tree = source_tree(found)
    if isinstance(tree, ast.ClassDef):
        maker = getattr(found.__init__, "__module__", "")
        if maker in FOREIGN_MAKERS:
            return FOREIGN_MAKERS[maker], None
        made_by = source_tree(found.__init__)
        if maker.startswith("dlcore") and isinstance(made_by, ast.FunctionDef):
            return arguments(made_by, is_method=True), None
        generated = any("dataclass" in ast.unparse(d) for d in tree.decorator_list)
        named = any(ast.unparse(base).endswith("NamedTuple") for base in tree.bases)
        return (fields_of(tree), None) if generated or named else None
    if isinstance(tree, ast.FunctionDef):
        result = ast.unparse(tree.returns) if tree.returns else None
        return arguments(tree, is_method=what == "method"), result
    return None


def as_fields(lines: list[str]) -> Iterator[str]:
    """Docstring lines with the provenance lines turned into a field list."""
    fields: list[str] = []
    inside = False
    one_a_line = (part for line in lines for part in NEXT_FIELD.split(line))
    for line in one_a_line:
        match = FIELD.match(line)
        if match:
            inside = True
            fields.append(f":{match[1]}: " + DOTTED.sub(r"``\1``", match[2]))
        elif inside and line.strip():
            fields[-1] += " " + line.strip()
        else:
            inside = False
            yield line
    text = "\n".join(fields)
    text = re.sub(r"^:Sections?:(.*)$", taught_in, text, flags=re.M)
    if "Taught in" not in text and EQUATION.search(text):
        text += f"\n:Taught in: :section-of:`{EQUATION.search(text)[1]}`"
    yield from ["", *text.splitlines(), ""] if fields else []


def taught_in(match: re.Match) -> str:
    """The section's number before its title."""
    return ":Taught in:" + SECTION.sub(r":numref:`{number} {name} <\1>`", match[1])


def link_docstring(app, what, name, found, options, lines: list[str]) -> None:
    """Rewrite a docstring in place, after napoleon has read it."""
    lines[:] = [plain(line) for line in whole_formulas(as_fields(lines))]


def whole_formulas(lines: list[str]) -> list[str]:
    """Put a formula that a line's end breaks on one line."""
    whole: list[str] = []
    for line in lines:
        if whole and line.strip() and breaks_off(whole[-1]):
            whole[-1] += " " + line.strip()
        else:
            whole.append(line)
    return whole


def breaks_off(line: str) -> bool:
    """Whether a line ends within a formula."""
    return not is_code(line) and CODE.sub("", line).count("$") % 2 == 1


def is_code(line: str) -> bool:
    """Whether a line of a docstring is typed at the prompt of Python."""
    return line.lstrip().startswith((">>>", "..."))


def plain(line: str) -> str:
    """Read "$x$" as a formula and keep reST from what is none of its markup."""
    if is_code(line):
        return line
    pieces = DOLLARS.split(line)
    pieces[::2] = [escaped(text) for text in pieces[::2]]
    pieces[1::2] = [f":math:`{formula}`" for formula in pieces[1::2]]
    return "".join(pieces)


def escaped(text: str) -> str:
    """Keep reST from "`Value`s", "|x|", "*batch", "xavier_normal_"."""
    text = STAR.sub(r"\\*", IN_PLACE.sub(r"\1\\_", text))
    text = BARS.sub(r"\|\1\|", GLUED.sub(r"\1\\ ", text))
    return BOX.sub(":prf:ref:", text)


def skip_member(app, what, name, found, skip, options) -> bool | None:
    """Leave out what another library puts into our classes.

    These are the fields of named tuples, which stand under "Attributes", and scikit-learn's methods
    for routing metadata.
    """
    foreign = getattr(found, "__module__", None) == "sklearn.utils._metadata_requests"
    return True if foreign or type(found).__name__ == "_tuplegetter" else None


def foreign_bases(app, name, found, options, bases: list) -> None:
    """Of the base classes, name those of other libraries; our own are not public."""
    bases[:] = [base for base in bases if not base.__module__.startswith("dlcore")]


class SectionOfEquation(SphinxRole):
    """A link to the section in which a labelled equation stands."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Leave the link to be resolved when every page has been read."""
        reference = addnodes.pending_xref(
            "",
            nodes.inline("", self.text),
            refdomain="",
            reftype="section-of",
            reftarget=self.text,
            refdoc=self.env.docname,
        )
        self.set_source_info(reference)
        return [reference], []


def section_of_equation(env: BuildEnvironment, label: str) -> tuple[str, nodes.section] | None:
    """The page and section of an equation, None if no page defines the label."""
    equations = env.get_domain("math").equations
    if label not in equations:
        return None
    page = equations[label][0]
    for block in env.get_doctree(page).findall(nodes.math_block):
        if block.get("label") == label:
            section = block.parent
            while section is not None and not titled(section):
                section = section.parent
            return (page, section) if section is not None else None
    return None


def titled(node: nodes.Element) -> bool:
    """Whether a node is a section with a heading (boxes hold sections without one)."""
    return isinstance(node, nodes.section) and bool(node) and isinstance(node[0], nodes.title)


def resolve(app: Sphinx, env: BuildEnvironment, node, text) -> nodes.Node | None:
    """Link equations to their sections; leave types of other libraries in signatures as text."""
    if node["reftype"] == "section-of":
        found = section_of_equation(env, node["reftarget"])
        if found is None:
            return text  # the :eq: beside it has already been reported
        page, section = found
        title = section[0].astext()
        anchor = section["ids"][0]
        numbers = env.toc_secnumbers.get(page, {})
        number = numbers.get(f"#{anchor}") or numbers.get("") or ()
        words = nodes.inline("", f"{'.'.join(map(str, number))} {title}".strip())
        return make_refnode(app.builder, node["refdoc"], page, anchor, words)
    if node.get("refdomain") == "py" and within_signature(node):
        return text
    return None


def within_signature(node: nodes.Node) -> bool:
    """Whether a reference is part of a signature."""
    while node is not None:
        if isinstance(node, addnodes.desc_signature):
            return True
        node = node.parent
    return False


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to autodoc."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_role("section-of", SectionOfEquation())
    app.connect("autodoc-process-signature", written_signature)
    app.connect("autodoc-process-docstring", link_docstring, priority=900)
    app.connect("autodoc-skip-member", skip_member)
    app.connect("autodoc-process-bases", foreign_bases)
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
