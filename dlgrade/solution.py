"""The reference solution of a task, for someone who learns alone."""

from collections.abc import Iterable
from difflib import get_close_matches

from dlgrade.course import Course
from dlgrade.notebook import BEGIN_SOLUTION, END_SOLUTION, Cell, read


def solution(course: Course, task: str) -> str:
    """What the book answers.

    Args:
        course: the course directory.
        task: its name, or `<assignment>/<task>` where two assignments have one of this name.

    Raises:
        ValueError: there is no such task, or there are several.
    """
    assignment, _, name = task.rpartition("/")
    found = {
        f"{a}/{c.grade_id}": c
        for a in course.choose([assignment] if assignment else [])
        for c in read(course.source(a))
        if c.role in ("answer", "essay")
    }
    matches = {full: c for full, c in found.items() if c.grade_id == name}
    if not matches:
        raise ValueError(f"there is no task {task!r}; {_advice(name, found.values())}")
    if len(matches) > 1:
        raise ValueError(f"{len(matches)} tasks have this name; say {' or '.join(matches)}")
    [cell] = matches.values()
    markers = (BEGIN_SOLUTION, END_SOLUTION)
    lines = [x for x in cell.source.splitlines() if not any(m in x for m in markers)]
    return "\n".join(lines)


def _advice(name: str, cells: Iterable[Cell]) -> str:
    names = [c.grade_id for c in cells]
    if close := get_close_matches(name, names, n=3):
        return f"do you mean {' or '.join(close)}?"
    return f"there are: {', '.join(names) or 'none yet'}"
