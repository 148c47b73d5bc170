"""The names of a class, from a CSV file into the gradebook."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from dlgrade.course import Course
from dlgrade.grading.results import recorded, write
from dlgrade.release import open_gradebook

HEADERS = {
    "id": ("id", "student_id", "username", "user name", "login", "sis login id", "sis user id"),
    "first_name": ("first_name", "first name", "firstname", "given name"),
    "last_name": ("last_name", "last name", "lastname", "surname", "family name"),
    "email": ("email", "e-mail", "email address", "mail"),
    "lms_user_id": ("lms_user_id", "lms id", "canvas id", "id number"),
}
BYTE_ORDER = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb": "utf-8-sig"}
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,99}")
Student = dict[str, str]


def read_roster(path: Path, encoding: str = "") -> tuple[list[Student], list[str]]:
    """The students of a CSV file with a header, and what is wrong with it, line by line.

    Columns are known by nbgrader's names and by those of Canvas and Moodle, in any order; commas,
    semicolons and tabs part them. Only the id is needed.

    Raises:
        ValueError: the file cannot be read at all.
    """
    lines = _decode(path, encoding).splitlines(keepends=True)
    if not lines:
        raise ValueError(f"{path} is empty")
    delimiter = max(",;\t", key=lines[0].count)
    rows = csv.reader(io.StringIO("".join(lines)), delimiter=delimiter)
    columns = _columns(next(rows), path)
    students: dict[str, tuple[int, Student]] = {}
    mails: dict[str, int] = {}
    problems = []
    for row in rows:
        line = rows.line_num
        if not any(field.strip() for field in row):
            continue
        student = {name: row[i].strip() for name, i in columns.items() if i < len(row)}
        problems += [f"line {line}: {p}" for p in _wrong(student, len(row), columns)]
        for what, seen in (
            (student.get("id", ""), {k: v[0] for k, v in students.items()}),
            (student.get("email", "").lower(), mails),
        ):
            if what and what in seen:
                problems.append(f"line {line}: {what} stands in line {seen[what]} already")
        students.setdefault(student.get("id", ""), (line, student))
        mails.setdefault(student.get("email", "").lower(), line)
    return [student for _, student in students.values()], problems


def _decode(path: Path, encoding: str) -> str:
    try:
        data = path.read_bytes()
        return data.decode(encoding or BYTE_ORDER.get(data[:2], "utf-8"))
    except OSError as error:
        raise ValueError(f"{path} can not be read: {error.strerror}") from None
    except LookupError:
        raise ValueError(f"Python knows no encoding {encoding!r}; try cp1252 or latin-1") from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{path}, line {line}: byte {data[error.start]:#04x} is no {error.encoding}: save the "
            f"file as UTF-8, or name its encoding, say --encoding cp1252"
        ) from None


def _columns(header: list[str], path: Path) -> dict[str, int]:
    """Where each column is that we know."""
    there = [h.strip().lower() for h in header]
    found = {
        name: next(there.index(alias) for alias in aliases if alias in there)
        for name, aliases in HEADERS.items()
        if any(alias in there for alias in aliases)
    }
    if "id" not in found:
        raise ValueError(
            f"{path}, line 1: no column with the students' ids: {', '.join(HEADERS['id'])}; "
            f"there are: {', '.join(header)}"
        )
    return found


def _wrong(student: Student, width: int, columns: dict[str, int]) -> Iterator[str]:
    if width <= max(columns.values()):
        yield f"{width} columns, {max(columns.values()) + 1} are needed"
    identity = student.get("id", "")
    if not identity:
        yield "no id"
    elif not NAME.fullmatch(identity):
        yield f"{identity!r} names folders, so it may have letters, digits and _ . @ - only"
    mail = student.get("email", "")
    if mail and not re.fullmatch(r"[^@\s]+@[^@\s]+", mail):
        yield f"{mail!r} is no e-mail address"


def import_roster(course: Course, students: list[Student], *, dry: bool) -> dict[str, list[str]]:
    """Write the students into the gradebook; nobody is removed, no empty field replaces a full one.

    Returns:
        The ids that are new, changed, unchanged, and in the gradebook but not in the file.
    """
    with open_gradebook(course) as book:
        known = {s.id: s for s in book.students}
        found: dict[str, list[str]] = {"new": [], "changed": [], "unchanged": []}
        for student in students:
            identity = student["id"]
            given = {k: v for k, v in student.items() if v and k != "id"}
            old = known.pop(identity, None)
            same = old is not None and all(getattr(old, k) == v for k, v in given.items())
            found["new" if old is None else "unchanged" if same else "changed"].append(identity)
            if not dry and not same:
                book.update_or_create_student(identity, **given)
    if not dry:
        write_roster(course, on_roster(course) | {student["id"] for student in students})
    return {**found, "not in the file": sorted(known)}


def roster_file(course: Course) -> Path:
    """Who was imported; the gradebook also has those who were only graded."""
    return course.root / "roster.json"


def on_roster(course: Course) -> set[str]:
    """The ids that were imported."""
    return set(recorded(roster_file(course)) or ())


def write_roster(course: Course, ids: Iterable[str]) -> None:
    """Keep these ids as the imported ones."""
    write(roster_file(course), json.dumps(dict.fromkeys(sorted(ids)), indent=1))


def strangers(course: Course, students: Iterable[str]) -> list[str]:
    """Those of the students who were not imported; nobody where no roster ever was."""
    known = on_roster(course)
    return sorted(set(students) - known) if known else []
