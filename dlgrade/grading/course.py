"""One run of `dlgrade grade`: sandbox tested, submissions graded, points and feedback written."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

from dlgrade.course import Course
from dlgrade.grading.batch import Entry, Record, find, grade_all, progress, table, write
from dlgrade.grading.feedback import write_feedback
from dlgrade.grading.grade import grader_version
from dlgrade.sandbox.selftest import selftest


def grade_course(
    course: Course,
    assignment: str,
    place: Path,
    *,
    workers: int = 1,
    shard: str = "",
    seed: int | None = None,
    gradebook: bool = True,
    unsafe: bool = False,
    say: Callable[[str], None] = print,
) -> list[tuple[str, Record]]:
    """Grade all submissions of a place.

    Raises:
        ValueError: there is none, the sandbox does not hold, or the gradebook can not be written.
    """
    entries = take_shard(find(place, assignment), shard)
    results = course.root / "results"
    require_sandbox(results, unsafe, say)
    step, rows = progress(len(entries), say), []
    exercise = course.source(assignment)
    for entry, record in grade_all(
        entries, exercise, results / assignment, workers=workers, seed=seed
    ):
        rows.append((entry.student, record))
        step()
    rows.sort(key=lambda r: r[0])
    for student, record in rows:
        write_feedback(course.root / "feedback", assignment, student, record)
    table(rows, results / f"{assignment}{'.' + shard.replace('/', '-') if shard else ''}.csv")
    if gradebook:
        from dlgrade.grading.gradebook import record_points

        record_points(course, assignment, rows)
    return rows


def take_shard(entries: list[Entry], shard: str) -> list[Entry]:
    """The i-th of n equal parts, for "i/n"."""
    if not shard:
        return entries
    match = re.fullmatch(r"(\d+)/(\d+)", shard)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise ValueError(f"a shard is i/n with i from 1 to n, not {shard!r}")
    return entries[int(match[1]) - 1 :: int(match[2])]


def require_sandbox(results: Path, unsafe: bool, say: Callable[[str], None]) -> None:
    """The self-test, once for each start of the machine, version and account."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    now = [boot.read_text().strip() if boot.exists() else "", grader_version(), os.geteuid()]
    stamp = results / ".selftest.json"
    if stamp.exists() and stamp.read_text() == json.dumps(now):
        return
    broken = [what for what, holds in selftest() if not holds]
    if not broken:
        write(stamp, json.dumps(now))
    elif unsafe:
        say(f"WARNING: GRADING WITH A SANDBOX THAT DOES NOT HOLD: {'; '.join(broken)}")
    else:
        raise ValueError(
            f"the sandbox does not hold here ({'; '.join(broken)}): see dlgrade doctor"
        )
