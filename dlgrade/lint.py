"""What must hold of a source notebook before any of its code runs."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from dlgrade.course import Course
from dlgrade.notebook import (
    BEGIN_HIDDEN,
    BEGIN_SOLUTION,
    END_HIDDEN,
    END_SOLUTION,
    Cell,
    read,
)

KEYS = {"schema_version", "grade", "solution", "locked", "task", "grade_id"}
VISIBLE_SHARE = 0.3
LIBRARY = re.compile(r"\bfrom dlcore import|\bdlcore\.(?!data\b|plot\b|device\b)")


def lint(course: Course, assignment: str) -> list[str]:
    """Everything that is wrong with an assignment's source notebook and bank, one line each."""
    try:
        cells, bank = read(course.source(assignment)), course.bank(assignment)
    except ValueError as error:
        return [str(error)]
    problems = [p for c in cells for p in _cell(c)]
    counts = Counter(c.grade_id for c in cells if c.nbgrader)
    problems += [f"{i}: {n} cells have this grade_id" for i, n in counts.items() if n > 1]
    tasks = {c.task: [d for d in cells if d.task == c.task] for c in cells if _belongs(c)}
    for task, members in tasks.items():
        problems += [f"{task}: {p}" for p in _task(members)]
    strange = {a.task for a in bank} - tasks.keys()
    problems += [f"answers/{assignment}/{t}: there is no task of this name" for t in strange]
    defined = {c.task: _defined(c.source) for c in cells if c.role == "answer"}
    for a in bank:
        names = defined.get(a.task)
        if names and not names & _defined(a.source):
            problems.append(f"{a.task}/{a.name} answers none of {', '.join(sorted(names))}")
    for task in tasks:
        for kind in ("right", "wrong"):
            if not any(a.task == task and a.name.startswith(kind) for a in bank):
                problems.append(f"{task}: the bank has no {kind} answer to it")
    return problems


def _belongs(cell: Cell) -> bool:
    return cell.role in ("answer", "visible", "hidden")


def _cell(cell: Cell) -> Iterator[str]:
    meta = cell.nbgrader
    if cell.has_output:
        yield f"{cell.name}: outputs and execution counts do not belong into a source notebook"
    if not meta:
        if any(m in cell.source for m in (BEGIN_SOLUTION, BEGIN_HIDDEN, "dlgrade.kit")):
            yield f"{cell.name}: has a solution or tests, but no nbgrader metadata"
        return
    expected = KEYS | ({"points"} if meta.get("grade") else set())
    if meta.keys() != expected or meta.get("schema_version") != 3:
        differ = ", ".join(sorted(meta.keys() ^ expected)) or "schema_version"
        yield f"{cell.name}: nbgrader metadata (schema 3) differ from what is due in: {differ}"
    if not re.fullmatch(r"[a-zA-Z0-9_\-]+", cell.grade_id):
        yield f"{cell.name}: a grade_id has letters, digits, _ and - only"
    yield from (f"{cell.name}: {p}" for p in _by_role(cell))


def _by_role(cell: Cell) -> Iterator[str]:
    source, role = cell.source, cell.role
    if role != "essay" and cell.type == "code":
        try:
            ast.parse(source)
        except SyntaxError as error:
            yield f"no Python: {error}"
            return
    if role == "given" and cell.type == "code" and not source.lower().startswith("# given"):
        yield "a locked cell without tests starts with the line `# given`"
    if role == "answer":
        if not source.count(BEGIN_SOLUTION) == source.count(END_SOLUTION) > 0:
            yield f"an answer cell has its solution in {BEGIN_SOLUTION} … {END_SOLUTION}"
    elif BEGIN_SOLUTION in source or END_SOLUTION in source:
        yield "a solution stands outside the answer cells"
    if role == "hidden":
        lines = source.strip().splitlines()
        if not lines or lines[0].strip() != BEGIN_HIDDEN or lines[-1].strip() != END_HIDDEN:
            yield f"must lie wholly between {BEGIN_HIDDEN} and {END_HIDDEN}, score line included"
        if not cell.grade_id.endswith("-hidden"):
            yield "a test cell is called <task>-visible or <task>-hidden"
    elif BEGIN_HIDDEN in source or END_HIDDEN in source:
        yield "hidden tests stand outside a cell <task>-hidden"
    if role in ("visible", "hidden"):
        if not cell.nbgrader.get("locked"):
            yield "a test cell is locked"
        yield from _tests(cell)


def decorated(cell: Cell) -> dict[str, dict[str, Any]]:
    """The tests that a cell registers: name → its task, points, hint and syntax tree."""
    found: dict[str, dict[str, Any]] = {}
    for node in ast.parse(cell.source).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "test":
                given = {str(k.arg): _literal(k.value) for k in mark.keywords}
                task = _literal(mark.args[0]) if mark.args else None
                found[node.name] = {"hint": "", "points": None, "task": task, **given, "tree": node}
    return found


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def score_call(cell: Cell) -> ast.Call | None:
    """The call of `score` in a last line `float(score("task", globals()))`."""
    last = ast.parse(cell.source).body[-1:]
    match last:
        case [
            ast.Expr(
                ast.Call(
                    ast.Name("float"),
                    [ast.Call(ast.Name("score"), [ast.Constant(task), globals_]) as call],
                    [],
                )
            )
        ] if task == cell.task and ast.unparse(globals_) == "globals()":
            return call
    return None


def _tests(cell: Cell) -> Iterator[str]:
    tests, tree = decorated(cell), ast.parse(cell.source)
    if score_call(cell) is None:
        yield f'the last line must be float(score("{cell.task}", globals()))'
    first = tree.body[0] if tree.body else None
    if not (isinstance(first, ast.ImportFrom) and first.module == "dlgrade.kit"):
        yield "the first line must import from dlgrade.kit what the cell uses"
    for name, t in tests.items():
        if t["task"] != cell.task:
            yield f'{name} must be registered as @test("{cell.task}", …)'
        if not isinstance(t["points"], int | float) or not isinstance(t["hint"], str):
            yield f"{name}: points and hint must be written out as a number and a text"
        elif not t["hint"].strip():
            yield f"{name} has no hint"
        if "student" not in {n.id for n in ast.walk(t["tree"]) if isinstance(n, ast.Name)}:
            yield f"{name} does not look at the student's answer"
    total = sum(t["points"] or 0 for t in tests.values())
    if tests and total != cell.nbgrader.get("points"):
        yield f"the tests give {total:g} points, the metadata say {cell.nbgrader.get('points')}"
    if LIBRARY.search(ast.unparse(tree)):
        yield "expected values come from torch, SciPy or a closed form, not from dlcore"


def _task(cells: list[Cell]) -> Iterator[str]:
    roles = [c.role for c in cells]
    if roles not in (["answer", "visible", "hidden"], ["answer", "hidden"]):
        yield f"a task is an answer, visible tests (or none), hidden tests, in this order: {roles}"
        return
    try:
        tests = [decorated(c) for c in cells[1:]]
        calls = [score_call(c) for c in cells[1:]]
        defined = _defined(cells[0].source)
    except SyntaxError:
        return
    names = Counter(name for t in tests for name in t)
    yield from (f"two tests are called {n}" for n, k in names.items() if k > 1)
    points = [float(c.nbgrader.get("points", 0)) for c in cells[1:]]
    if len(points) == 2 and points[0] > VISIBLE_SHARE * sum(points) + 1e-9:
        yield f"visible tests give {points[0]:g} of {sum(points):g} points, at most 30 % are right"
    forbids = {ast.unparse(k.value) for c in calls if c for k in c.keywords if k.arg == "forbid"}
    if len(forbids) > 1 or (forbids and not all(c and c.keywords for c in calls)):
        yield "visible and hidden tests must forbid the same names"
    for t in (t for group in tests for t in group.values()):
        loaded = {n.id for n in ast.walk(t["tree"]) if isinstance(n, ast.Name)}
        if direct := sorted(loaded & defined):
            yield f"{t['tree'].name} uses {', '.join(direct)} directly: write student.{direct[0]}"


def _defined(source: str) -> set[str]:
    """The names that an answer defines at its top level; none where it is no Python."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return set()
    names = set()
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names |= {a.asname or a.name for a in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return names
