"""One run of `dlgrade grade`: sandbox tested, submissions graded, points and feedback written."""

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tqdm import tqdm

from dlgrade.course import Course
from dlgrade.grading.batch import Record, grade_all
from dlgrade.grading.feedback import write_feedback
from dlgrade.grading.identity import grader_version
from dlgrade.grading.results import table, write
from dlgrade.grading.submissions import find, take_shard


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
        rows, unclear = [], {e.student: e.problem for e in entries if e.problem}
        pace = 0.2 if sys.stderr.isatty() else 10.0
        for entry, record in tqdm(graded, assignment, len(entries), mininterval=pace):
            rows.append((entry.student, record))
        rows.sort(key=lambda r: r[0])
        name = f"{assignment}{'.' + shard.replace('/', '-') if shard else ''}"
        table(rows, results / f"{name}.csv")
        write(results / f"{name}.json", json.dumps(dict(rows), indent=1))
        known = [r for r in rows if r[0] not in unclear]
        for student, record in known:
            write_feedback(course.root / "feedback", assignment, student, record)
    except OSError as error:
        raise ValueError(f"{error}; what was graded is kept: run it again") from None
    for problem in dict.fromkeys(unclear.values()):
        say(f"NOT GRADED: {problem}")
    if gradebook:
        from dlgrade.grading.gradebook import record_points

        record_points(course, assignment, known)
    return rows


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
