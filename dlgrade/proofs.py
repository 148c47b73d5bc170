"""What has been verified already: an assignment's report, by all that it depends on."""

import hashlib
import json
import platform
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from dlgrade.course import Course
from dlgrade.grading.identity import grader_version
from dlgrade.grading.results import write
from dlgrade.grading.worker import Crew
from dlgrade.sandbox.bubblewrap import shared_library


def prove(
    course: Course,
    assignment: str,
    *,
    seeds: int,
    mutants: bool = True,
    most: int | None = None,
    jobs: int | None = None,
    crew: Crew | None = None,
    fresh: bool = False,
) -> tuple[bool, str]:
    """Verify an assignment, unless that was done and nothing has changed since.

    Args:
        course: the course directory.
        assignment: a name among `course.assignments()`.
        seeds: how many of the tests' random inputs.
        mutants: also try the mutants.
        most: how many mutants are drawn; all by default.
        jobs: processes at the same time; by default one a processor.
        crew: workers that are there already.
        fresh: also what is verified already.

    Returns:
        Whether it holds, and the report.
    """
    place = proof(course, assignment, seeds, mutants, most)
    if known := "" if fresh else remembered(place):
        return True, f"{known}, as before"
    from dlgrade.verify import verify  # loads torch

    report = verify(
        course,
        assignment,
        jobs=jobs,
        seeds=range(seeds),
        mutate=mutants,
        most=most,
        crew=crew,
    )
    if not report.problems:
        remember(place, str(report))
    return not report.problems, str(report)


def proof(course: Course, assignment: str, *settings: object) -> Path:
    """Where the report of an assignment is when it holds, in the course's `_build/verify/`.

    Its name changes with the exercise, its bank, the grader, Python and torch, the parts of the
    library that answers may use, and the settings.
    """
    digest = hashlib.sha256(
        json.dumps([assignment, grader_version(), platform.python_version(), *settings]).encode()
    )
    for path in _files(course, assignment):
        content = path.read_bytes()
        digest.update(f"\n{path.parent.name}/{path.name} {len(content)}\n".encode() + content)
    name = f"{assignment}-{digest.hexdigest()[:16]}.txt"
    return course.root / "_build" / "verify" / name


def _files(course: Course, assignment: str) -> Iterator[Path]:
    yield course.source(assignment)
    bank = course.material / "answers" / assignment
    yield from sorted([*bank.glob("*/*.py"), *bank.glob("*.toml")])
    for place in shared_library():
        yield from sorted(place.rglob("*.py")) if place.is_dir() else [place]


def remembered(path: Path) -> str:
    """The report that is there, "" where there is none."""
    with suppress(OSError, UnicodeDecodeError):
        return path.read_text(encoding="utf-8")
    return ""


def remember(path: Path, report: str) -> None:
    """Keep a report in the place of older ones; where nothing can be written, go on without."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(f"{path.name.rpartition('-')[0]}-*.txt"):
            old.unlink(missing_ok=True)
        write(path, report)
