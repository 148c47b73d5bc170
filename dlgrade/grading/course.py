"""One run of `dlgrade grade`: sandbox tested, submissions graded, points and feedback written."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from tqdm import tqdm

from dlgrade.classroom.roster import strangers
from dlgrade.course import Course
from dlgrade.grading.batch import Record, grade_all
from dlgrade.grading.feedback import write_feedback
from dlgrade.grading.identity import grader_version
from dlgrade.grading.results import UNCLEAR, table, write
from dlgrade.grading.submissions import Entry, find, take_shard


def grade_course(
    course: Course,
    assignment: str,
    place: Path,
    *,
    workers: int = 1,
    scheduler: str = "",
    shard: str = "",
    seed: int | None = None,
    gradebook: bool = True,
    unsafe: bool = False,
    say: Callable[[str], None] = print,
) -> list[tuple[str, Record]]:
    """Grade all submissions of a place.

    Returns:
        Every student with the result; a file of whom it is not clear whose it is goes by a name of
        its own, and is not recorded.

    Raises:
        ValueError: there is none, the sandbox does not hold, or something can not be written; what
            was graded until then is kept.
    """
    try:
        entries = take_shard(find(place, assignment), shard)
        results, exercise = course.root / "results", course.source(assignment)
        require_sandbox(results, unsafe, say)
        run = None
        if scheduler:
            from dlgrade.grading.cluster import share

            run = partial(share, scheduler=scheduler, unsafe=unsafe)
        graded = grade_all(
            entries, exercise, results / assignment, workers=workers, seed=seed, run=run
        )
        rows = in_order(graded, entries, assignment)
        name = f"{assignment}{'.' + shard.replace('/', '-') if shard else ''}"
        table(rows, results / f"{name}.csv")
        write(results / f"{name}.json", json.dumps(dict(rows), indent=1))
        known = [r for r in rows if r[1]["state"] != UNCLEAR]
        for student, record in known:
            write_feedback(course.root / "feedback", assignment, student, record)
    except OSError as error:
        raise ValueError(f"{error}; what was graded is kept: run it again") from None
    for remark in remarks(course, entries):
        say(remark)
    if gradebook:
        from dlgrade.grading.gradebook import record_points

        record_points(course, assignment, known)
        for remark in unreleasable(course, assignment, [student for student, _ in known]):
            say(remark)
    return rows


def in_order(
    graded: Iterable[tuple[Entry, Record]], entries: list[Entry], assignment: str
) -> list[tuple[str, Record]]:
    """The results by student, with a bar that shows how far it is."""
    pace = 0.2 if sys.stderr.isatty() else 10.0
    bar = tqdm(graded, assignment, len(entries), mininterval=pace)
    return sorted(((entry.student, record) for entry, record in bar), key=lambda row: row[0])


def remarks(course: Course, entries: list[Entry]) -> Iterator[str]:
    """What a person should look at before the grades go out."""
    problems = (f"{e.student}: {e.problem}" if e.whose else e.problem for e in entries if e.problem)
    yield from (f"NOT GRADED: {problem}" for problem in dict.fromkeys(problems))
    yield from (f"{e.student}: {e.note}" for e in entries if e.note)
    strange = strangers(course, [e.student for e in entries if e.whose])
    if strange:
        yield f"NOT ON THE ROSTER, graded all the same: {', '.join(strange)}"


def unreleasable(course: Course, assignment: str, students: list[str]) -> Iterator[str]:
    """Whose feedback nbgrader can not hand out, since it knows no secret of the submission."""
    from dlgrade.classroom.late import RECEIPTS

    place = course.root / "feedback"
    without = [s for s in students if not (place / s / assignment / RECEIPTS[1]).exists()]
    if without:
        names = "all of these" if len(without) == len(students) else ", ".join(without)
        yield (
            f"nbgrader release_feedback stops at what did not come through its exchange: {names}. "
            f"Their feedback is {place}/STUDENT/{assignment}/{assignment}.html"
        )


def require_sandbox(results: Path, unsafe: bool, say: Callable[[str], None]) -> None:
    """The self-test, once for each start of the machine, version and account.

    Raises:
        ValueError: the sandbox does not hold, and nobody said `unsafe`.
    """
    boot = Path("/proc/sys/kernel/random/boot_id")
    now = [boot.read_text().strip() if boot.exists() else "", grader_version(), os.geteuid()]
    stamp = results / ".selftest.json"
    if stamp.exists() and stamp.read_text() == json.dumps(now):
        return
    from dlgrade.sandbox.selftest import selftest

    broken = [what for what, holds in selftest() if not holds]
    if not broken:
        write(stamp, json.dumps(now))
    elif unsafe:
        say(f"WARNING: GRADING WITH A SANDBOX THAT DOES NOT HOLD: {'; '.join(broken)}")
    else:
        raise ValueError(
            f"the sandbox does not hold here ({'; '.join(broken)}): see dlgrade doctor"
        )
