"""Which tasks an answer can touch, read from the text alone.

An answer redefines names. A task whose tests, and whose cells, can not come to one of these names
gives the same result as with the reference, so its tests need not run. Where the text does not
tell, because something is done and not only defined when the cell runs, or because names are made
up while it runs, every task is taken to be touched.
"""

import ast
import builtins
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeGuard

from dlgrade.inspection import bound_names, global_names, imports_of
from dlgrade.lint import score_call
from dlgrade.notebook import Cell

DYNAMIC = {
    "eval", "exec", "compile", "globals", "locals", "vars", "dir", "delattr", "setattr", "sys",
    "inspect", "gc", "builtins", "importlib", "ctypes", "pickle", "attrgetter", "methodcaller",
}  # fmt: skip
LIBRARIES = {*sys.stdlib_module_names, "torch", "numpy", "scipy", "sklearn", "dlcore", "jaxtyping"}
DECORATORS = {
    "staticmethod", "classmethod", "property", "functools.cache", "functools.lru_cache",
    "torch.no_grad", "dataclasses.dataclass",
}  # fmt: skip
BUILTINS = {
    "abs", "bool", "complex", "dict", "float", "frozenset", "int", "len", "list", "max", "min",
    "range", "round", "set", "sorted", "str", "sum", "tuple", "zip",
}  # fmt: skip
NUMBERS = {"math.e", "math.inf", "math.nan", "math.pi", "math.tau", "torch.inf", "torch.pi"}
ARRAYS = {"torch", "np", "math"}
MAKERS = {
    f"torch.{n}"
    for n in ("arange", "diag", "eye", "full", "linspace", "ones", "stack", "tensor", "zeros")
}
Kind = Literal["own", "library", "foreign"]


class UnclearError(Exception):
    """What a text does when it runs can not be told from reading it."""


@dataclass
class Text:
    """What can be read from a cell.

    Attributes:
        tree: its syntax.
        bound: the names of the notebook that it binds, and those of any import in it.
        imports: what the imported names stand for, at whatever depth.
        known: the names that are there when it has run.
        rebound: names that something else than an import gives a value, at whatever depth.
        names: the names of the notebook that stand in it.
        attributes: those after a dot, but not after an imported module.
        dynamic: can it come to names that do not stand in it?
    """

    source: str
    tree: ast.Module
    bound: set[str]
    imports: dict[str, str]
    known: set[str]
    rebound: set[str]
    names: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    dynamic: bool = False

    @classmethod
    def of(cls, source: str, modules: Iterable[str] = ()) -> "Text":
        """Read a cell; what stands after the dot of one of these modules is no student's."""
        tree = ast.parse(source)
        imports = imports_of(tree)
        body: list[ast.stmt] = [s for s in tree.body if isinstance(s, ast.Import | ast.ImportFrom)]
        known = bound_names(tree) | imports_of(ast.Module(body, [])).keys()
        rebound = _rebound(tree)
        text = cls(source, tree, known | imports.keys(), imports, known, rebound)
        modules = (set(modules) | imports.keys()) - rebound
        modes = {n.func for n in ast.walk(tree) if _sets_mode(n)}
        for node in ast.walk(tree):
            text._read(node, modules, modes)
        text.names = global_names(source)
        text.dynamic |= bool((text.names | set(imports.values())) & (DYNAMIC | {"__main__"}))
        return text

    def _read(self, node: ast.AST, modules: set[str], modes: set[ast.expr]) -> None:
        match node:
            case ast.Name():
                self.dynamic |= node.id.startswith("__")
            case ast.Attribute():
                if _root(node) not in modules and _caller(node.value) not in modules & ARRAYS:
                    self.attributes.add(node.attr)
                self.dynamic |= (node.attr in DYNAMIC and node not in modes) or (
                    node.attr.startswith("__") and node.attr not in ("__init__", "__name__")
                )
            case ast.ImportFrom(names=names) if any(a.name == "*" for a in names):
                self.dynamic = True
            case ast.Call(func=ast.Name("getattr"), args=[_, ast.Constant(str(name)), *_]):
                self.attributes.add(name)
        if isinstance(node, ast.Call) and not (
            len(node.args) > 1 and isinstance(node.args[1], ast.Constant)
        ):
            self.dynamic |= _is(node.func, "getattr")
        for child in ast.iter_child_nodes(node):
            if _is(child, "getattr") and not (isinstance(node, ast.Call) and child is node.func):
                self.dynamic = True


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _sets_mode(node: ast.AST) -> TypeGuard[ast.Call]:
    """A network's `.eval()`: without arguments it can not be the function that runs a text."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "eval"
        and not (node.args or node.keywords)
    )


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _caller(node: ast.expr) -> str:
    """The module whose function gave this."""
    return _root(node.func) if isinstance(node, ast.Call) else ""


def _rebound(tree: ast.AST) -> set[str]:
    """Names that something else than an import gives a value, at whatever depth."""
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                names.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                names.add(name)
    return names


class Reach:
    """What the tasks of a notebook can come to.

    Args:
        cells: of the source notebook, with its references.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        code = [c for c in cells if c.type == "code" and c.source.strip()]
        given = [Text.of(c.source) for c in code if c.role == "given"]
        modules = {n for t in given for n in t.imports}
        modules -= {n for t in given for n in t.rebound}
        self.given = [Text.of(t.source, modules) for t in given]
        self.answers = {c.task: Text.of(c.source) for c in code if c.role == "answer"}
        self.free = [Text.of(c.source) for c in code if c.role == "free"]
        self.tests: dict[str, list[Text]] = {}
        for c in code:
            if c.role in ("visible", "hidden"):
                source = c.source
                if score_call(c) is not None:
                    source = ast.unparse(ast.Module(ast.parse(source).body[:-1], []))
                self.tests.setdefault(c.task, []).append(Text.of(source, modules))

    def touched(self, task: str, source: str) -> set[str]:
        """The tasks whose tests may end otherwise when this runs after the task's reference."""
        everything = set(self.tests)
        try:
            answer = Text.of(source)
            changed = self._changed(task, answer)
        except (UnclearError, SyntaxError):
            return everything
        both = Text.of(f"{self.answers[task].source}\n\n\n{source}")
        program = [*self.given, *self.free, both]
        program += [t for name, t in self.answers.items() if name != task]
        acting = list(self._acting(task))
        if any(t.dynamic for t in acting):
            return everything
        always = {n for t in acting for n in t.names}
        return {task} | {u for u in everything if self._comes_to(u, changed, program, always)}

    def _changed(self, task: str, answer: Text) -> set[str]:
        """The names that are not what they are with the references alone.

        Raises:
            UnclearError: running the answer may change more than names.
        """
        reference = self.answers[task]
        known = {n for t in [*self.given, reference] for n in t.known}
        imports = {n: d for t in self.given for n, d in t.imports.items()} | reference.imports
        reader = _Definitions(known, imports, self._rebound_anywhere())
        try:
            reader.read(reference.tree.body)
        except UnclearError:
            reader = _Definitions(known, imports, self._rebound_anywhere())
        reader.read(answer.tree.body)
        everywhere = [*self.given, *self.free, *self.answers.values(), answer]
        return {n for n in reference.bound | answer.bound if not _same_import(n, everywhere)}

    def _rebound_anywhere(self) -> set[str]:
        texts = [*self.given, *self.free, *self.answers.values()]
        return {n for t in texts for n in bound_names(t.tree)}

    def _acting(self, task: str) -> Iterator[Text]:
        """The students' cells of other tasks that do something when they run."""
        rebound = self._rebound_anywhere()
        imports = {n: d for t in self.given for n, d in t.imports.items()}
        known = {n for t in self.given for n in t.known}
        for text in [*self.free, *(t for u, t in self.answers.items() if u != task)]:
            try:
                definitions = _Definitions(known, imports | text.imports, rebound)
                definitions.read(text.tree.body)
            except UnclearError:
                yield text

    def _comes_to(
        self, task: str, changed: set[str], program: Sequence[Text], always: set[str]
    ) -> bool:
        names, own = set(always), {id(t) for t in self.given}
        shared = {n for t in self.given for n in t.bound}
        for text in self.tests[task]:
            if text.dynamic:
                return True
            names |= (text.names & shared) | text.attributes
        seen = set[int]()
        while True:
            if names & changed:
                return True
            known = names - {n for n in names if _same_import(n, program)}
            new = [t for t in program if id(t) not in seen and known & t.bound]
            if not new:
                return False
            for text in new:
                if text.dynamic:
                    return True
                seen.add(id(text))
                names |= text.names | (text.attributes if id(text) in own else set())


def _same_import(name: str, texts: Iterable[Text]) -> bool:
    """Is this name, wherever it is bound, the same import?"""
    binding = [t for t in texts if name in t.bound]
    same = {t.imports.get(name) for t in binding}
    return len(same) == 1 and None not in same and len(binding) > 1 and not any(
        name in t.rebound for t in binding
    )  # fmt: skip


class _Definitions:
    """Reads statements that define and do nothing else.

    Args:
        known: names that are there before.
        imports: those of them that are imported, and what they stand for.
        rebound: names that are not only imported somewhere.
    """

    def __init__(self, known: set[str], imports: dict[str, str], rebound: set[str]) -> None:
        self.known, self.own, self.classes = set(known), set[str](), set[str]()
        self.imports = {n: d for n, d in imports.items() if n not in rebound}
        self.rebound = rebound

    def read(self, body: Sequence[ast.stmt]) -> None:
        """Go through statements in their order.

        Raises:
            UnclearError: one of them may do something else.
        """
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Pass() | ast.Expr(ast.Constant()):
                return
            case ast.Import(names):
                for a in names:
                    self._import(a.name, a.asname or a.name.split(".")[0], a.name)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                for a in names:
                    self._import(module, a.asname or a.name, f"{module}.{a.name}")
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node)
            case ast.ClassDef(keywords=[]):
                self._class(node)
            case ast.Assign(targets=[*targets], value=value):
                kind = self._value(value)
                for target in targets:
                    self._bind(target, kind)
            case ast.AnnAssign(target=ast.Name() as target, value=value, annotation=annotation):
                self._value(annotation)
                if value is not None:
                    self._bind(target, self._value(value))
            case _:
                raise UnclearError

    def _import(self, module: str, name: str, dotted: str) -> None:
        if module.split(".")[0] not in LIBRARIES or name == "*":
            raise UnclearError
        self.known.add(name)
        self.own.discard(name)
        self.classes.discard(name)
        if name not in self.rebound:
            self.imports[name] = dotted

    def _bind(self, target: ast.expr, kind: Kind) -> None:
        names = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        if len(names) > 1 and kind != "own":
            raise UnclearError
        for n in names:
            if not isinstance(n, ast.Name):
                raise UnclearError
            self._define(n.id)
            if kind == "own":
                self.own.add(n.id)

    def _define(self, name: str) -> None:
        self.known.add(name)
        self.own.discard(name)
        self.classes.discard(name)
        self.imports.pop(name, None)
        self.rebound = self.rebound | {name}

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._decorators(node)
        given = node.args
        arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        arguments += [a for a in (given.vararg, given.kwarg) if a]
        values = [*given.defaults, *given.kw_defaults, *(a.annotation for a in arguments)]
        for value in [*values, node.returns]:
            if value is not None:
                self._value(value)
        self._define(node.name)

    def _class(self, node: ast.ClassDef) -> None:
        self._decorators(node)
        for base in node.bases:
            own = isinstance(base, ast.Name) and base.id in self.classes
            if not own and self._value(base) != "library" and not _is(base, "object"):
                raise UnclearError
        inside = _Definitions(self.known, self.imports, self.rebound)
        inside.read(node.body)
        self._define(node.name)
        if "__init_subclass__" not in inside.known:
            self.classes.add(node.name)

    def _decorators(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        for mark in node.decorator_list:
            call = mark if isinstance(mark, ast.Call) else None
            if self._dotted(call.func if call else mark) not in DECORATORS:
                raise UnclearError
            for value in [*call.args, *(k.value for k in call.keywords)] if call else []:
                self._value(value)

    def _dotted(self, node: ast.expr) -> str:
        """What a name of a library or of Python stands for; "" for any other."""
        root = _root(node)
        rest = ast.unparse(node)[len(root) :] if root else ""
        if root in self.imports:
            return self.imports[root] + rest
        python = root and not rest and root not in self.known | self.rebound
        return root if python and hasattr(builtins, root) else ""

    def _value(self, node: ast.expr) -> Kind:
        """Whose object an expression gives: one of its own, a library's, or another cell's."""
        match node:
            case ast.Constant():
                return "own"
            case ast.Name() | ast.Attribute():
                return self._name(node)
            case ast.Lambda(args=arguments):
                for value in [*arguments.defaults, *arguments.kw_defaults]:
                    if value is not None:
                        self._value(value)
                return "foreign"
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                return self._all(parts)
            case ast.Dict(keys=keys, values=values):
                return self._all([k for k in keys if k is not None] + values)
            case ast.Subscript(value=value, slice=index):
                return self._computed([value, index])
            case ast.Slice():
                parts = [p for p in (node.lower, node.upper, node.step) if p is not None]
                return self._computed(parts)
            case ast.UnaryOp(operand=operand):
                return self._computed([operand])
            case ast.BinOp(left=left, right=right):
                return self._computed([left, right])
            case ast.Call(func=function, args=arguments, keywords=keywords):
                return self._call(function, [*arguments, *(k.value for k in keywords)])
        raise UnclearError

    def _name(self, node: ast.Name | ast.Attribute) -> Kind:
        if dotted := self._dotted(node):
            return "own" if dotted in NUMBERS else "library"
        root = _root(node)
        if isinstance(node, ast.Attribute):
            return self._computed([node.value])
        if root not in self.known:
            raise UnclearError
        return "own" if root in self.own else "foreign"

    def _all(self, parts: Sequence[ast.expr]) -> Kind:
        """A collection is as its parts are."""
        kinds = {self._value(p) for p in parts}
        return next((k for k in ("foreign", "library") if k in kinds), "own")

    def _computed(self, parts: Sequence[ast.expr]) -> Kind:
        """An operator runs code of its operands: not of those that other cells made."""
        kinds = {self._value(p) for p in parts}
        if "foreign" in kinds:
            raise UnclearError
        return "library" if "library" in kinds else "own"

    def _call(self, function: ast.expr, arguments: Sequence[ast.expr]) -> Kind:
        kind, dotted = self._computed(arguments), self._dotted(function)
        if dotted in MAKERS or dotted.startswith("math."):
            return "own"
        if dotted in BUILTINS and kind == "own":
            return "own"
        match function:
            case ast.Attribute(value=value, attr=attr) if not attr.endswith("_"):
                if self._value(value) == "own":
                    return "own"
        raise UnclearError
