"""Small faults put into a reference, one at a time: would the tests notice?

Source: Jia, Harman (2011), An analysis and survey of the development of mutation testing,
doi:10.1109/TSE.2010.62.
"""

import ast
import copy
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dlgrade.notebook import BEGIN_SOLUTION, END_SOLUTION

COMPARISONS: dict[type, tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
ARITHMETIC: dict[type, type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}
SIMPLE = (
    ast.Assign, ast.AugAssign, ast.Expr, ast.Return, ast.Raise, ast.Assert, ast.Delete, ast.Break,
    ast.Continue,
)  # fmt: skip
Change = Callable[[], None]


@dataclass(frozen=True)
class Mutant:
    """A reference with one fault.

    Attributes:
        task: whose reference it is.
        change: the statement before and after, with the function that it is in.
        source: the answer cell.
    """

    task: str
    change: str
    source: str


def mutants(task: str, source: str) -> list[Mutant]:
    """All mutants of a reference; what is outside of its solution stays as it is."""
    tree, lines = ast.parse(source), _solution_lines(source)
    original, made, names = ast.unparse(tree), {}, Counter[str]()
    for index, (function, statement, node) in enumerate(_places(tree)):
        if statement.lineno not in lines or not hasattr(node, "lineno"):
            continue
        for number in range(len(list(_changes(node)))):
            mutated = copy.deepcopy(tree)
            _, own, place = list(_places(mutated))[index]
            list(_changes(place))[number]()
            text = ast.unparse(ast.fix_missing_locations(mutated))
            if text == original or text in made:
                continue
            before, after = _line(statement), _line(own)
            change = f"{function or 'cell'}: {before} → {after}"
            names[change] += 1
            change += f" ({names[change]})" if names[change] > 1 else ""
            made[text] = Mutant(task, change, text)
    return list(made.values())


def _solution_lines(source: str) -> set[int]:
    """The numbers of the lines between the marks; all lines where there are none."""
    lines, inside, found = source.splitlines(), False, set()
    for number, line in enumerate(lines, start=1):
        if BEGIN_SOLUTION in line:
            inside = True
        elif END_SOLUTION in line:
            inside = False
        elif inside:
            found.add(number)
    return found if BEGIN_SOLUTION in source else set(range(1, len(lines) + 1))


def _places(tree: ast.Module) -> Iterator[tuple[str, ast.stmt, ast.AST]]:
    """Every node that may be changed, with its function and statement; no types, no messages."""

    def walk(node: ast.AST, function: str, statement: ast.stmt) -> Iterator:
        if isinstance(node, ast.stmt):
            statement = node
        yield function, statement, node
        if isinstance(node, ast.Raise | ast.JoinedStr):
            return
        inner = function
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            inner = f"{function}.{node.name}".lstrip(".")
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "bases"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from walk(child, inner, statement)

    for top in tree.body:
        yield from walk(top, "", top)


def _line(statement: ast.stmt) -> str:
    """A statement in one line, a compound one by its head."""
    return "(removed)" if isinstance(statement, ast.Pass) else ast.unparse(statement).split("\n")[0]


def _changes(node: ast.AST) -> Iterator[Change]:
    """What can be done to a node, each in place."""
    match node:
        case ast.Compare():
            for i, op in enumerate(node.ops):
                for other in COMPARISONS[type(op)]:
                    yield partial(node.ops.__setitem__, i, other())
        case ast.BinOp(op=ast.MatMult()):
            yield lambda: _set(node, left=node.right, right=node.left)
        case ast.BinOp() if type(node.op) in ARITHMETIC:
            yield lambda: _set(node, op=ARITHMETIC[type(node.op)]())
        case ast.AugAssign() if type(node.op) in ARITHMETIC:
            yield lambda: _set(node, op=ARITHMETIC[type(node.op)]())
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield lambda: _become(node, node.operand)
        case ast.BoolOp():
            yield lambda: _set(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.IfExp():
            yield lambda: _set(node, body=node.orelse, orelse=node.body)
        case ast.Constant():
            yield from _constants(node)
        case ast.Call(args=[first, second, *rest]):
            if not any(isinstance(a, ast.Starred) for a in (first, second)):
                yield lambda: _set(node, args=[second, first, *rest])
    if isinstance(node, SIMPLE):
        yield from _removed(node)


def _constants(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield lambda: _set(node, value=not value)
    elif isinstance(value, int):
        yield lambda: _set(node, value=value + 1)
    elif isinstance(value, float):
        yield lambda: _set(node, value=2 * value if value else 1.0)


def _removed(node: ast.stmt) -> Iterator[Change]:
    if isinstance(node, ast.Return):
        if node.value is not None:
            yield lambda: _set(node, value=None)
    elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        yield lambda: _become(node, ast.Pass())


def _set(node: ast.AST, **fields: object) -> None:
    for name, value in fields.items():
        setattr(node, name, value)


def _become(node: ast.AST, other: ast.AST) -> None:
    """Turn a node into another one where it stands."""
    place = {n: getattr(node, n) for n in node._attributes if hasattr(node, n)}
    node.__class__ = type(other)
    node.__dict__ = {**vars(other), **place}


def equivalent(path: Path) -> dict[str, dict[str, str]]:
    """By task, the mutants that do the same as the reference, and why.

    Raises:
        ValueError: the file is no TOML, or not of this form.
    """
    if not path.exists():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from None
    for task, reasons in found.items():
        if not (isinstance(reasons, dict) and all(isinstance(r, str) for r in reasons.values())):
            raise ValueError(f'{path}: [{task}] has lines "mutant" = "reason"')
    return found
