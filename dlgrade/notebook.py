"""Reading an exercise notebook and running its cells as a kernel would, without a kernel."""

import ast
import hashlib
import json
import linecache
import math
import os
import re
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TextIO

from dlgrade.errors import StoppedError

Role = Literal["answer", "visible", "hidden", "given", "essay", "free"]
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"  # nbgrader's own text
MAGIC = re.compile(r"^(\s*)([%!?].*)$", re.MULTILINE)
UNANSWERED = "raised NotImplementedError"  # what a cell did that is as it was released
DEFINITION = re.compile(
    r"^(?:(?:async\s+)?def|class)\s+(\w+)|^(\w+)\s*(?::[^=\n]+)?=(?!=)", re.MULTILINE
)


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
    def changed(self) -> bool:
        """A locked cell is not as it was released: nbgrader's checksum says so."""
        checksum, locked = self.nbgrader.get("checksum"), self.nbgrader.get("locked")
        if not (locked and checksum):
            return False
        grade, solution = self.nbgrader.get("grade"), self.nbgrader.get("solution")
        parts = [self.source, self.type, bool(grade), bool(solution), True, self.grade_id]
        parts += [float(self.nbgrader["points"])] if grade else []
        found = hashlib.md5("".join(map(str, parts)).encode(), usedforsecurity=False)
        return found.hexdigest() != checksum

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
    except OSError as error:
        raise ValueError(f"{path} can not be read: {error.strerror}") from None
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
        errors: what a cell did instead of coming to its end, by its name: "raised ValueError: …".
    """

    namespace: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})
    scores: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def run(
    cells: Iterable[Cell],
    namespace: dict[str, Any] | None = None,
    tables: TextIO | None = None,
    begin: Callable[[Cell], object] = lambda cell: None,
    failed: dict[str, str] | None = None,
    seconds: float = math.inf,
) -> Run:
    """Run the code cells in order; a cell that raises does not stop the others.

    Args:
        cells: of a notebook.
        namespace: names that are defined before the first cell.
        tables: where what test cells print goes, instead of standard output.
        begin: is told of each cell before it runs.
        failed: is told what the cell did that should have defined a name.
        seconds: after which a cell is stopped, where the system can do that.

    Returns:
        The names, scores and errors.
    """
    result = Run() if namespace is None else Run({"__name__": "__main__", **namespace})
    for cell in cells:
        if cell.type != "code" or not cell.source.strip():
            continue
        is_test = cell.role in ("visible", "hidden")
        begin(cell)
        try:
            with redirect_stdout(tables) if is_test and tables else nullcontext(), alarm(seconds):
                value = _execute(cell, result.namespace)
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:
            stopped = isinstance(error, StoppedError)
            what = str(error) if stopped else f"raised {type(error).__name__}: {error}"
            result.errors[cell.name] = what
            if failed is not None and not what.startswith(UNANSWERED):
                failed |= dict.fromkeys(defined(cell.source), f"{cell.name} {what}")
            continue
        if is_test:
            result.scores[cell.grade_id] = value
    return result


def defined(source: str) -> set[str]:
    """The names that a cell defines at its top level, also where it is no Python."""
    return {function or value for function, value in DEFINITION.findall(source)}


@contextmanager
def alarm(seconds: float, *, processor: bool = False) -> Iterator[None]:
    """Stop the block after so many seconds, or so many of the processor's.

    Only a process's main thread can be stopped, and not on Windows: there it goes on.

    Raises:
        StoppedError: the time is over.
    """

    def ring(*_: object) -> None:
        raise StoppedError("timed out", f"did not finish in {seconds:g} s")

    main = threading.current_thread() is threading.main_thread()
    if not main or os.name != "posix" or seconds == math.inf:
        yield
        return
    kind = signal.SIGPROF if processor else signal.SIGALRM
    timer = signal.ITIMER_PROF if processor else signal.ITIMER_REAL
    before = signal.signal(kind, ring)
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(kind, before)


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
