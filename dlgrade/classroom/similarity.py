"""Which answers to one assignment are alike: winnowing (Schleimer, Wilkerson, Aiken, SIGMOD 2003).

An answer becomes the sequence of its syntax tree's nodes, without names of its own, comments,
docstrings and layout, so that renaming and reformatting change nothing. Of all runs of `RUN` tokens
a few are kept as fingerprints, chosen so that two answers which share `RUN + WINDOW - 1` tokens in
a row share one. What the exercise itself gives, and what many answers have, counts for nobody.
"""

import ast
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from dlgrade.course import Course
from dlgrade.grading.submission import UnreadableError, repair
from dlgrade.grading.submissions import find
from dlgrade.notebook import Cell, read, stub

RUN, WINDOW = 12, 6
SHORT = (
    "could not be compared, since these answers are so short, or so close to the course's own, "
    "that being alike would mean nothing"
)
LIMITS = """\
What this can not show: that anybody copied. Short tasks have few right answers; two students may
have read the same page, or worked together where that is allowed. It does not see an idea that was
rewritten, answers from outside the class, essays, code that is no Python, or a passage that more
than {common} answers have. Read the two answers before you say a word."""


@dataclass(frozen=True)
class Pair:
    """Two students, the part of the smaller one's fingerprints that both have, and where."""

    share: float
    fingerprints: int
    students: tuple[str, str]
    tasks: tuple[str, ...]


def tokens(source: str) -> list[str]:
    """The nodes of an answer's syntax tree; none where it is no Python."""
    try:
        return list(_tokens(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _tokens(node: ast.AST) -> Iterator[str]:
    kind = type(node).__name__
    match node:
        case ast.Attribute() | ast.keyword():
            yield f"{kind} {node.attr if isinstance(node, ast.Attribute) else node.arg}"
        case ast.Constant():
            yield f"{kind} {'text' if isinstance(node.value, str) else node.value!r}"
        case ast.expr_context() | ast.Load():
            return
        case _:
            yield kind
    for child in ast.iter_child_nodes(node):
        told = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        annotation = child in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if not told and not annotation:
            yield from _tokens(child)


def fingerprints(words: list[str]) -> set[int]:
    """The least hash of each window of hashed runs."""
    runs = (" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1))
    hashes = [zlib.crc32(run.encode("utf-8", "replace")) for run in runs]
    last = max(1, len(hashes) - WINDOW + 1)
    return {min(hashes[i : i + WINDOW]) for i in range(last)} if hashes else set()


def similarity(
    course: Course,
    assignment: str,
    place: Path,
    *,
    share: float = 0.5,
    least: int = 8,
    common: int = 10,
) -> tuple[list[Pair], list[str], list[str]]:
    """Compare all submissions of an assignment with each other.

    Args:
        course: the course directory.
        assignment: its name.
        place: the submissions, as `dlgrade grade` takes them.
        share: pairs below it are not reported.
        least: how many fingerprints a pair must share at least.
        common: what more answers than these have counts for nobody.

    Returns:
        The pairs, the most alike first; the students who have no code; those who have too little of
        their own to be in a pair.

    Raises:
        ValueError: there is no submission.
    """
    cells = read(course.source(assignment))
    given = _given(course, assignment, cells)
    own: dict[str, dict[str, set[int]]] = {}
    without = set()
    for entry in find(place, assignment):
        try:
            answers = repair(entry.data(), cells).answers
        except UnreadableError:
            answers = {}
        words = {task: tokens(answer) for task, answer in answers.items()}
        own[entry.student] = {task: fingerprints(w) - given for task, w in words.items()}
        if not any(w[1:] for w in words.values()):  # an empty cell is one token, its module
            without.add(entry.student)
    holders: dict[tuple[str, int], set[str]] = defaultdict(set)
    for student, tasks in own.items():
        for task, marks in tasks.items():
            for mark in marks:
                holders[task, mark].add(student)
    telling = {key: who for key, who in holders.items() if len(who) <= common}
    counts = Counter(student for who in telling.values() for student in who)
    shared: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for (task, _), who in telling.items():
        for pair in combinations(sorted(who), 2):
            shared[pair][task] += 1
    pairs = []
    for (a, b), by_task in shared.items():
        together = by_task.total()
        part = together / min(counts[a], counts[b])
        if part >= share and together >= least:
            pairs.append(Pair(part, together, (a, b), tuple(t for t, _ in by_task.most_common())))
    pairs.sort(key=lambda p: (-p.share * p.fingerprints, p.students))
    short = {s for s, tasks in own.items() if sum(map(len, tasks.values())) < least}
    return pairs, sorted(without), sorted(short - without)


def _given(course: Course, assignment: str, cells: Iterable[Cell]) -> set[int]:
    """The fingerprints of what everybody was given, and of the answers that the course knows."""
    known = [a.source for a in course.bank(assignment)]
    for cell in cells:
        if cell.role in ("given", "visible", "answer"):
            known += [cell.source, stub(cell.source)]
    return {mark for source in known for mark in fingerprints(tokens(source))}
