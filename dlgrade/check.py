"""The public tests of a student's own notebook, run in a process apart from it."""

import os
from collections.abc import Sequence
from contextlib import closing, redirect_stdout
from dataclasses import astuple
from io import StringIO
from pathlib import Path
from typing import Any

from dlgrade.notebook import Cell, read, run

SECONDS = 300.0


def check(path: Path, *, sandbox: bool = False) -> tuple[str, float, float]:
    """Run a notebook from top to bottom and collect what its tests say.

    Args:
        path: the student's notebook; hidden tests are not in it.
        sandbox: run it where it can do no harm, for a notebook of somebody else's. The tests are
            the notebook's own: what they say is worth as much as its author's word.

    Returns:
        The text to show, the points earned, and the points that the public tests can give.

    Raises:
        ValueError: the file is no notebook, has no tests, or its code ended the process.
    """
    if not any("dlgrade.kit" in c.source for c in read(path)):
        raise ValueError(f"{path} has no tests in it: is it one of the exercise notebooks?")
    result = _in_sandbox(path) if sandbox else _here(path)
    return result["text"], result["earned"], result["points"]


def _here(path: Path) -> dict[str, Any]:
    from dlgrade.worker import Lost, run_each

    [(_, result)] = run_each(_run, [str(path.resolve())], workers=1, seconds=SECONDS)
    if isinstance(result, Lost):
        raise ValueError(f"your notebook {result.reason}")
    return result


def _in_sandbox(path: Path) -> dict[str, Any]:
    from dlgrade.errors import StoppedError
    from dlgrade.sandbox.bubblewrap import Limits, SandboxError
    from dlgrade.sandbox.remote import Nursery

    try:
        cells = [list(astuple(c)) for c in read(path)]
        with Nursery(Limits(seconds=SECONDS)) as nursery, closing(nursery.copy()) as process:
            found = process.ask({"do": "check", "notebook": cells})
    except (SandboxError, StoppedError) as error:
        raise ValueError(f"the notebook could not be checked: {error}") from None
    return {"text": str(found["text"])} | {k: float(found[k]) for k in ("earned", "points")}


def _run(path: str) -> dict[str, Any]:
    os.chdir(Path(path).parent)
    return outcomes(read(Path(path)))


def outcomes(cells: Sequence[Cell]) -> dict[str, Any]:
    """Run all cells here, and give the tests' tables and the points."""
    from dlgrade.kit import SESSION, Session

    session, text = Session(), StringIO()
    with redirect_stdout(StringIO()):
        done = run(cells, {SESSION: session}, tables=text)
    roles = {c.name: c.role for c in cells}
    for name, error in done.errors.items():
        unanswered = error.startswith("NotImplementedError")  # as released; the tests say so
        if roles[name] != "answer" or not unanswered:
            print(f"{name} raised {error}", file=text)
    found = session.outcomes.values()
    return {
        "text": text.getvalue().rstrip(),
        "earned": float(sum(o.earned for o in found)),
        "points": float(sum(o.points for o in found)),
    }
