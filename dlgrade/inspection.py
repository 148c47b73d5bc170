"""What an answer's source uses: a deterrent against calling the function that is asked for.

Names are followed through imports, aliases and the notebook's own functions. A determined student
can still hide a call; what an answer computes is judged by its values alone.
"""

import ast
import builtins
import linecache
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import Any

from dlgrade.boundary import SHARED

ALLOWED = ("data", "plot", "device")
EVASIVE = ("importlib", "__import__", "eval", "exec", "compile")


def _function(thing: Any) -> FunctionType | None:
    """A function itself, or the first method of a class or of an object's class."""
    for wrapper in ("func", "__wrapped__", "__func__"):
        thing = getattr(thing, wrapper, thing)
    if isinstance(thing, FunctionType):
        return thing
    members = vars(thing if isinstance(thing, type) else type(thing)).values()
    functions = (getattr(m, "__func__", m) for m in members)
    return next((f for f in functions if isinstance(f, FunctionType)), None)


def cell_of(thing: Any, namespace: dict[str, Any] | None = None) -> str:
    """The whole cell that defined this function, class or object; "" when a library did."""
    function = _function(thing)
    if function is None or (namespace is not None and function.__globals__ is not namespace):
        return ""
    return "".join(linecache.getlines(function.__code__.co_filename))


def source_of(thing: Any) -> str:
    """The source of a function or class that a cell defines, "" when there is none."""
    cell, name = cell_of(thing), getattr(thing, "__name__", type(thing).__name__)
    kinds = (ast.FunctionDef, ast.ClassDef)
    for node in ast.walk(ast.parse(cell)):
        if isinstance(node, kinds) and node.name == name:
            return ast.get_source_segment(cell, node) or ""
    return ""


def _origin(thing: Any) -> str | None:
    """The dotted name of a module, or of a library's function or class."""
    if isinstance(thing, ModuleType):
        return thing.__name__
    thing = getattr(thing, "func", thing)
    module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
    if isinstance(module, str) and isinstance(name, str) and module != "__main__":
        return f"{module}.{name}"
    for library in SHARED if callable(thing) else ():
        if getattr(library, name := getattr(thing, "__name__", ""), None) is thing:
            return f"{library.__name__}.{name}"
    return None


def imports_of(tree: ast.AST) -> dict[str, str]:
    """The names that a cell's imports bind, with what they stand for."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for a in node.names:
                names[a.asname or a.name.split(".")[0]] = (
                    a.name if a.asname else a.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for a in node.names:
                names[a.asname or a.name] = f"{node.module}.{a.name}"
    return names


def _chain(node: ast.AST) -> list[str]:
    """["torch", "nn", "Linear"] of `torch.nn.Linear`; "?" stands for what is no name."""
    if isinstance(node, ast.Attribute):
        return [*_chain(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else ["?"]


def names_used(cell: str, namespace: dict[str, Any]) -> Iterator[str]:
    """The dotted names that a cell uses from elsewhere: `x.softmax` is "?.softmax"."""
    tree = ast.parse(cell)
    imports = imports_of(tree)
    yield from imports.values()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield str(node.module)
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        base, *rest = _chain(node)
        if base in imports:
            base = imports[base]
        elif origin := _origin(namespace.get(base)):
            base = origin
        elif rest and base not in ("self", "cls"):
            base = "?"
        elif not (base in EVASIVE and hasattr(builtins, base)):
            continue
        yield ".".join([base, *rest])


def _matches(used: str, entry: str) -> bool:
    """Does the dotted name contain the entry as a run of whole parts?"""
    return f".{entry}." in f".{used}."


def forbidden(used: str, forbid: Iterable[str]) -> bool:
    """Is this name forbidden? `dlcore` always is, but for its data, plots and device."""
    parts = used.split(".")
    if parts[0] == "dlcore" and len(parts) > 1 and parts[1] not in ALLOWED:
        return True
    if parts[0] in EVASIVE:
        return True
    return any(_matches(used, entry) for entry in forbid)


class _Named:
    """Stands for what an import would bind, so that no text has to be run to be read."""

    def __init__(self, dotted: str) -> None:
        self.__module__, _, self.__qualname__ = dotted.rpartition(".")

    def __call__(self) -> None: ...


def violations_in(
    cells: Sequence[str], names: Iterable[str], namespace: dict[str, Any], forbid: Iterable[str]
) -> list[str]:
    """The forbidden names that answers use, found in their text alone.

    Args:
        cells: what the student wrote, in order.
        names: the answers that the tests touched.
        namespace: what the exercise's own cells define.
        forbid: as `dlgrade.kit.score` takes it.
    """
    read = {c: text for c in cells if (text := _read(c)) is not None}
    known = dict(namespace)
    for text in read.values():
        known |= {n: _Named(d) if "." in d else ModuleType(d) for n, d in text.imports.items()}
    found: dict[str, None] = {}
    todo, seen, forbid = list(names), set[str](), tuple(forbid)
    while todo:
        name = todo.pop()
        for cell, text in read.items():
            if cell in seen or name not in text.bound:
                continue
            seen.add(cell)
            found |= dict.fromkeys(n for n in names_used(cell, known) if forbidden(n, forbid))
            todo += sorted(text.names)
    return [n.replace("?.", ".") for n in found]


@dataclass(frozen=True)
class _Read:
    """What can be read from a cell: what it binds and imports, the notebook's names in it."""

    bound: frozenset[str]
    imports: dict[str, str]
    names: frozenset[str]


@lru_cache(maxsize=512)
def _read(cell: str) -> _Read | None:
    try:
        tree = ast.parse(cell)
        names = global_names(cell)
    except (SyntaxError, ValueError):
        return None
    return _Read(frozenset(bound_names(tree)), imports_of(tree), frozenset(names))


def global_names(source: str) -> set[str]:
    """The notebook's names that stand in a cell: not the variables of its functions.

    Raises:
        SyntaxError: it is no Python.
    """
    names, todo = set[str](), [symtable.symtable(source, "<cell>", "exec")]
    while todo:
        table = todo.pop()
        whole = table.get_type() != "function"
        names |= {s.get_name() for s in table.get_symbols() if whole or s.is_global()}
        todo += table.get_children()
    return names


def bound_names(tree: ast.AST) -> set[str]:
    """The notebook's names that a cell defines or assigns; what a function binds is its own."""
    names, todo = set[str](), [tree]
    while todo:
        node = todo.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
                names.update(
                    n for g in ast.walk(node) if isinstance(g, ast.Global) for n in g.names
                )
                continue
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                names.add(name)
        todo += ast.iter_child_nodes(node)
    return names


def violations(names: Iterable[str], namespace: dict[str, Any], forbid: Iterable[str]) -> list[str]:
    """The forbidden names that these answers use, themselves or through the notebook's functions.

    A cell whose first line is the comment `# given` is the exercise's own and is not inspected.
    """
    found: dict[str, None] = {}
    todo, seen, forbid = list(names), set[str](), tuple(forbid)
    while todo:
        thing = namespace.get(todo.pop())
        cell = cell_of(thing, namespace)
        origin = _origin(thing) if callable(thing) and not cell else None
        if origin and forbidden(origin, forbid):
            found[origin] = None
        if not cell or cell in seen or cell.lstrip().lower().startswith("# given"):
            continue
        seen.add(cell)
        found |= dict.fromkeys(n for n in names_used(cell, namespace) if forbidden(n, forbid))
        loaded = {n.id for n in ast.walk(ast.parse(cell)) if isinstance(n, ast.Name)}
        todo += sorted(n for n in loaded if n in namespace and not n.startswith("__"))
    return [n.replace("?.", ".") for n in found]
