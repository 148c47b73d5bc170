"""Removing what the course knows about one student."""

import csv
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dlgrade.classroom.late import RECEIPTS
from dlgrade.classroom.roster import NAME, on_roster, roster_file, write_roster
from dlgrade.course import Course
from dlgrade.grading.results import recorded, write
from dlgrade.release import open_gradebook, settings

STEPS = ("submitted", "autograded", "feedback")
ELSEWHERE = """\
Not in reach: backups, copies that people made (exports, zip files of a learning platform,
`downloaded/`), and what stands in the student's own account."""


@dataclass(frozen=True)
class Trace:
    """A place that knows the student, and how to remove it."""

    what: str
    remove: Callable[[], None]


def traces(course: Course, student: str) -> list[Trace]:
    """All that the course directory and its exchange hold of a student.

    Raises:
        ValueError: this can not be a student's id.
    """
    if not NAME.fullmatch(student):
        raise ValueError(f"{student!r} can not be a student's id")
    found = [*_results(course, student), *_exchange(course, student)]
    for step in STEPS:
        folder = course.root / step / student
        if folder.is_dir():
            files = sum(p.is_file() for p in folder.rglob("*"))
            found.append(_tree(folder, f"{folder}: {files} files"))
    if student in (known := on_roster(course)):
        strike = partial(write_roster, course, known - {student})
        found.append(Trace(f"{roster_file(course)}: the student's id", strike))
    return [*_gradebook(course, student), *found]


def _tree(folder: Path, what: str) -> Trace:
    return Trace(what, partial(shutil.rmtree, folder))


def _gradebook(course: Course, student: str) -> Iterator[Trace]:
    from nbgrader.api import MissingEntry
    from sqlalchemy import text

    database = course.root / "gradebook.db"

    def remove() -> None:
        with open_gradebook(course) as book:
            book.remove_student(student)
            book.db.execute(text("VACUUM"))

    if database.exists():
        with open_gradebook(course) as book:
            try:
                known = len(book.find_student(student).submissions)
            except MissingEntry:
                return
        yield Trace(f"{database}: the student and {known} submissions with all grades", remove)


def _results(course: Course, student: str) -> Iterator[Trace]:
    """Results of what the student handed in, but for those that another's equal file has too."""
    mine: set[str] = set()
    others: set[str] = set()
    for path in course.root.glob("submitted/*/*/*.ipynb"):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        (mine if path.parts[-3] == student else others).add(digest)
    keys = {_key(p) for p in course.root.glob(f"autograded/{student}/*/*.ipynb")}
    for path in sorted(course.root.glob("results/*/*.json")):
        record = recorded(path) or {}
        is_mine = record.get("submission") in mine or path.stem in keys
        if is_mine and record.get("submission") not in others:
            yield Trace(str(path), path.unlink)
    for path in sorted(course.root.glob("results/[!.]*.json")):
        rows = recorded(path) or {}
        if rows.pop(student, None):
            yield Trace(f"{path}: a result", partial(write, path, json.dumps(rows, indent=1)))
    for path in sorted(course.root.glob("results/*.csv")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [x for x in lines if next(csv.reader([x]))[0] != student]
        if kept != lines:
            yield Trace(f"{path}: a line", partial(write, path, "".join(kept)))


def _key(autograded: Path) -> str:
    try:
        return json.loads(autograded.read_text(encoding="utf-8"))["metadata"]["dlgrade"]["key"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _exchange(course: Course, student: str) -> Iterator[Trace]:
    """What the student put into the exchange, and the feedback that lies there for the student."""
    from nbgrader.exchange.default import Exchange
    from nbgrader.utils import notebook_hash

    config = settings(course)
    place = Path(Exchange(config=config).root) / str(config.CourseDirectory.course_id or "")
    inbound = sorted(place.glob(f"inbound/{student}+*"))
    for folder in inbound:
        yield _tree(folder, str(folder))
    own = [p.parent for p in course.root.glob(f"submitted/{student}/*/{RECEIPTS[1]}")]
    names = {
        notebook_hash(secret=secret.read_text(), notebook_id=notebook.stem)
        for folder in [*inbound, *own]
        for notebook in folder.glob("*.ipynb")
        if (secret := folder / RECEIPTS[1]).is_file()
    }
    for page in (place / "feedback" / f"{name}.html" for name in sorted(names)):
        if page.exists():
            yield Trace(str(page), page.unlink)
