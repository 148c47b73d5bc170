"""The public tests of a student's own notebook, run in a process apart from it."""

import os
from collections.abc import Callable, Sequence
from contextlib import closing, redirect_stdout
from dataclasses import astuple, dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dlgrade.notebook import UNANSWERED, Cell, defined, read, run

SECONDS = 300.0
CELL = 60.0  # seconds, after which a cell is stopped and the others go on


def check(path: Path, *, sandbox: bool = False) -> tuple[str, float, float]:
    """Run a notebook from top to bottom and collect what its tests say.

    Args:
        path: the student's notebook; hidden tests are not in it.
        sandbox: run it where it can do no harm, for a notebook of somebody else's. The tests are
            the notebook's own: what they say is worth as much as its author's word.

    Returns:
        The text to show, the points earned, and the points that the public tests can give.

    Raises:
        ValueError: the file is no notebook, or has no tests.
    """
    cells, left_out = read(path), dict[int, str]()
    if not any("dlgrade.kit" in c.source for c in cells):
        raise ValueError(f"{path} has no tests in it: is it one of the exercise notebooks?")
    attempt = _in_sandbox if sandbox else _here
    while isinstance(found := attempt(path, cells, left_out), Stopped):
        if not 0 <= found.at < len(cells) or found.at in left_out:
            raise ValueError(f"the notebook could not be checked: {found.reason}")
        left_out[found.at] = f"{cells[found.at].name} was left out: {found.reason}"
    return str(found["text"]), float(found["earned"]), float(found["points"])


@dataclass(frozen=True)
class Stopped:
    """A notebook did not come to its end: in which cell, where that is known (else -1), and why."""

    at: int
    reason: str


def _here(path: Path, cells: Sequence[Cell], left_out: dict[int, str]) -> dict[str, Any] | Stopped:
    from dlgrade.worker import Lost, run_each

    with TemporaryDirectory() as folder:
        place = Path(folder) / "cell"
        job = (path.resolve().parent, place, cells, left_out)
        [(_, result)] = run_each(_run, [job], workers=1, seconds=SECONDS)
        if isinstance(result, Lost):
            return Stopped(int(place.read_text()) if place.exists() else -1, result.reason)
        return result


def _in_sandbox(
    _: Path, cells: Sequence[Cell], left_out: dict[int, str]
) -> dict[str, Any] | Stopped:
    from dlgrade.errors import StoppedError
    from dlgrade.sandbox.bubblewrap import Limits, SandboxError
    from dlgrade.sandbox.remote import Nursery

    message = {"do": "check", "notebook": [list(astuple(c)) for c in cells]}
    message |= {"left_out": list(left_out.items())}
    try:
        with Nursery(Limits(seconds=SECONDS)) as nursery, closing(nursery.copy()) as process:
            try:
                return process.ask(message)
            except StoppedError as stopped:
                return Stopped(process.at, str(stopped))
    except SandboxError as error:
        return Stopped(-1, str(error))


def _run(job: tuple[Path, Path, Sequence[Cell], dict[int, str]]) -> dict[str, Any]:
    folder, place, cells, left_out = job
    os.chdir(folder)
    return outcomes(cells, left_out, lambda cell: place.write_text(str(cell.index)))


def outcomes(
    cells: Sequence[Cell], left_out: dict[int, str], begin: Callable[[Cell], object]
) -> dict[str, Any]:
    """Run the cells here.

    Args:
        cells: of a notebook.
        left_out: the numbers of those that do not run, and why.
        begin: is told of each cell before it runs.

    Returns:
        The tests' tables and what became of the cells as text; the points.
    """
    from dlgrade.kit import SESSION, Session

    session, text = Session(), StringIO()
    for number, why in left_out.items():
        session.failed |= dict.fromkeys(defined(cells[number].source), why)
        print(why, file=text)
    for cell in cells:
        if cell.changed:
            print(f"{cell.name} was changed: the original is what counts", file=text)
    with redirect_stdout(StringIO()):
        names = {SESSION: session}
        some = [c for c in cells if c.index not in left_out]
        done = run(some, names, text, begin, failed=session.failed, seconds=CELL)
    roles = {c.name: c.role for c in cells}
    for name, error in done.errors.items():
        if roles[name] != "answer" or not error.startswith(UNANSWERED):  # the tests say so
            print(f"{name} {error}", file=text)
    answers = {c.task for c in cells if c.role == "answer"}
    for task in dict.fromkeys(c.task for c in cells if c.role in ("visible", "hidden")):
        if task not in answers:
            print(f"{task}: the cell for its answer is not in the notebook", file=text)
    found = session.outcomes.values()
    return {
        "text": text.getvalue().rstrip(),
        "earned": float(sum(o.earned for o in found)),
        "points": float(sum(o.points for o in found)),
    }
