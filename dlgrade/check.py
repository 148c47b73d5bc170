"""The public tests of a student's own notebook, run in a process apart from it."""

import os
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from dlgrade.notebook import read, run
from dlgrade.worker import Lost, run_each

SECONDS = 300.0


def check(path: Path) -> tuple[str, float, float]:
    """Run a notebook from top to bottom and collect what its tests say.

    Args:
        path: the student's notebook; hidden tests are not in it.

    Returns:
        The text to show, the points earned, and the points that the public tests can give.

    Raises:
        ValueError: the file is no notebook, has no tests, or its code ended the process.
    """
    if not any("dlgrade.kit" in c.source for c in read(path)):
        raise ValueError(f"{path} has no tests in it: is it one of the exercise notebooks?")
    [(_, result)] = run_each(_run, [str(path.resolve())], workers=1, seconds=SECONDS)
    if isinstance(result, Lost):
        raise ValueError(f"your notebook {result.reason}")
    return result["text"], result["earned"], result["points"]


def _run(path: str) -> dict[str, Any]:
    from dlgrade.kit import SESSION, Session

    cells, session, text = read(Path(path)), Session(), StringIO()
    os.chdir(Path(path).parent)
    with redirect_stdout(StringIO()):
        done = run(cells, {SESSION: session}, tables=text)
    roles = {c.name: c.role for c in cells}
    for name, error in done.errors.items():
        if roles[name] != "answer" or not error.startswith("NotImplementedError"):
            print(f"{name} raised {error}", file=text)
    outcomes = session.outcomes.values()
    return {
        "text": text.getvalue().rstrip(),
        "earned": sum(o.earned for o in outcomes),
        "points": sum(o.points for o in outcomes),
    }
