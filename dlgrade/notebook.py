"""Reading an exercise notebook and running its cells as a kernel would, without a kernel."""

import ast
import json
import linecache
import re
from collections.abc import Iterable
from contextlib import nullcontext, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TextIO

Role = Literal["answer", "visible", "hidden", "given", "essay", "free"]
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"  # nbgrader's own text
MAGIC = re.compile(r"^(\s*)([%!?].*)$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """One cell with its nbgrader metadata."""

    index: int
    type: str
    source: str
    nbgrader: dict[str, Any]
    has_output: bool = False

    @property
    def grade_id(self) -> str:
        """Nbgrader's name of the cell, "" where it has none."""
        return str(self.nbgrader.get("grade_id", ""))

    @property
    def role(self) -> Role:
        """What the cell is in the exercise."""
        grade, solution = self.nbgrader.get("grade"), self.nbgrader.get("solution")
        if grade and not solution:
            return "visible" if self.grade_id.endswith("-visible") else "hidden"
        if solution:
            return "essay" if grade else "answer"
        return "given" if self.nbgrader.get("locked") else "free"

    @property
    def task(self) -> str:
        """The task that an answer or test cell belongs to."""
        return re.sub(r"-(visible|hidden)$", "", self.grade_id)

    @property
    def name(self) -> str:
        """How a message calls the cell."""
        return self.grade_id or f"cell {self.index + 1}"


def read(path: Path) -> list[Cell]:
    """The cells of a notebook.

    Raises:
        ValueError: the file is no notebook.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [
            Cell(
                i,
                c["cell_type"],
                "".join(c["source"]),
                dict(c["metadata"].get("nbgrader", {})),
                bool(c.get("outputs")) or c.get("execution_count") is not None,
            )
            for i, c in enumerate(raw)
        ]
    except FileNotFoundError:
        raise ValueError(f"there is no notebook {path}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is no readable Jupyter notebook: {error!r}") from None


def stub(source: str) -> str:
    """An answer cell as students get it: `raise NotImplementedError()` for the solution."""
    region = re.compile(rf"^([ \t]*){BEGIN_SOLUTION}.*?{END_SOLUTION}", re.DOTALL | re.MULTILINE)

    def blank(match: re.Match[str]) -> str:
        return "\n".join(match[1] + line for line in STUB.splitlines())

    return region.sub(blank, source) if region.search(source) else STUB


def with_answers(cells: Iterable[Cell], answers: dict[str, str]) -> list[Cell]:
    """The notebook with the answer cells of these tasks replaced."""
    return [
        replace(c, source=answers[c.task]) if c.role == "answer" and c.task in answers else c
        for c in cells
    ]


@dataclass
class Run:
    """What running a notebook gave.

    Attributes:
        namespace: the names it defined.
        scores: the value of each test cell, by its name.
        errors: what a cell raised, by its name.
    """

    namespace: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})
    scores: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def run(
    cells: Iterable[Cell], namespace: dict[str, Any] | None = None, tables: TextIO | None = None
) -> Run:
    """Run the code cells in order; a cell that raises does not stop the others.

    Args:
        cells: of a notebook.
        namespace: names that are defined before the first cell.
        tables: where what test cells print goes, instead of standard output.

    Returns:
        The names, scores and errors.
    """
    result = Run() if namespace is None else Run({"__name__": "__main__", **namespace})
    for cell in cells:
        if cell.type != "code" or not cell.source.strip():
            continue
        is_test = cell.role in ("visible", "hidden")
        try:
            with redirect_stdout(tables) if is_test and tables else nullcontext():
                value = _execute(cell, result.namespace)
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:
            result.errors[cell.name] = f"{type(error).__name__}: {error}"
            continue
        if is_test:
            result.scores[cell.grade_id] = value
    return result


def _execute(cell: Cell, namespace: dict[str, Any]) -> Any:
    """Run one cell and give its last expression's value; IPython's magic lines are left out."""
    filename, source = f"<cell {cell.index + 1}>", MAGIC.sub(r"\1pass  # \2", cell.source)
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    tree = ast.parse(source, filename)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, filename, "exec"), namespace)
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), filename, "eval"), namespace)
