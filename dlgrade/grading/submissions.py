"""Finding what was handed in: a notebook, a folder, a zip, or nbgrader's `submitted`."""

import os
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

LARGEST = 20 << 20


@dataclass(frozen=True)
class Entry:
    """One notebook that came in.

    Attributes:
        student: whose.
        path: where its bytes are; a zip's `member`.
        problem: why it can not be graded.
        whose: is it clear whose it is?
        note: what is unusual about the file, in words for the student.
    """

    student: str
    path: Path
    member: str = ""
    problem: str = ""
    whose: bool = True
    note: str = ""

    @property
    def name(self) -> str:
        """The file's name, as a person looks for it."""
        return self.member or str(self.path)

    def data(self) -> bytes:
        """Its bytes, a little more than may be read at most; a link is never followed."""
        try:
            if self.member:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as file:
                    return file.read(LARGEST + 1)
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                return file.read(LARGEST + 1)
        except (OSError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error):
            return b""


def find(place: Path, assignment: str) -> list[Entry]:
    """The submissions in a place.

    In nbgrader's tree a notebook belongs to the student whose folder it is in, also the only one
    there under another name; elsewhere to the one that its name starts with, up to "_", or its
    folder's name if it is called as the assignment. Where that gives two files to one student,
    both have a `problem`; so has a folder in which no notebook is the one.

    Raises:
        ValueError: there is none.
    """
    if place.suffix == ".zip":
        try:
            with zipfile.ZipFile(place) as archive:
                names = [n for n in archive.namelist() if _is_notebook(n)]
        except (zipfile.BadZipFile, OSError):
            raise ValueError(f"{place} is no readable zip") from None
        entries = [Entry(_student(n, assignment), place, n) for n in names]
    elif place.is_dir():
        tree = _folders(place, assignment)
        entries = [_handed_in(folder, assignment) for folder in tree]
        flat = [] if tree else sorted(p for p in place.glob("*.ipynb") if _is_notebook(p.name))
        entries += [Entry(_student(p.name, assignment), p) for p in flat]
    else:
        entries = [Entry(_student(place.name, assignment), place)] if place.exists() else []
    if not entries:
        raise ValueError(f"no submission of {assignment} in {place}")
    return _told_apart(entries)


def present(place: Path, names: list[str]) -> list[str]:
    """Of which of these assignments there are submissions in a place.

    Raises:
        ValueError: it can not be said, or there is none.
    """
    if len(names) == 1:
        return names
    tree = [n for n in names if _folders(place, n)]
    found = tree or [n for n in names if n in place.name]
    if not tree and len(found) != 1:
        raise ValueError(f"say which with --assignment: {', '.join(names) or 'there is none yet'}")
    return found


def _folders(place: Path, assignment: str) -> list[Path]:
    """Where students' submissions lie in nbgrader's tree, but for those that a link leads to."""
    found = sorted(p for p in place.glob(f"*/{assignment}") if p.is_dir())
    return [p for p in found if not _linked(p / assignment, place)]


def _handed_in(folder: Path, assignment: str) -> Entry:
    """The notebook in a student's folder: the one with the right name, or the only one."""
    student, due = folder.parent.name, folder / f"{assignment}.ipynb"
    if os.path.lexists(due):
        return Entry(student, due)
    match sorted(p for p in folder.glob("*.ipynb") if _is_notebook(p.name)):
        case [only]:
            return Entry(student, only, note=f"{only.name!r} was graded: there is no {due.name}")
        case []:
            return Entry(student, due, problem="there is no notebook")
        case several:
            names = ", ".join(repr(p.name) for p in several)
            problem = f"{len(several)} notebooks ({names}), and none is called {due.name}"
            return Entry(student, due, problem=problem)


def _is_notebook(name: str) -> bool:
    return name.endswith(".ipynb") and not PurePosixPath(name).name.startswith(".")


def _linked(path: Path, root: Path) -> bool:
    return any(p.is_symlink() for p in path.parents if p != root and root in p.parents)


def _student(name: str, assignment: str) -> str:
    *folders, file = PurePosixPath(name).parts
    stem = file.removesuffix(".ipynb")
    bare = stem.replace(assignment, "").strip("_- ")
    for folder in reversed(folders):
        bare = bare or folder.replace(assignment, "").strip("_- ./")
    return _as_name(bare.split("_")[0] or bare or stem)


def _as_name(text: str) -> str:
    return re.sub(r"[^\w.@-]", "-", text)[:100]


def _told_apart(entries: Iterable[Entry]) -> list[Entry]:
    """Entries that give the same student are named by their files, and say so."""
    whose: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        whose[entry.student].append(entry)
    found = []
    for student, own in whose.items():
        if len(own) == 1:
            found += own
            continue
        files = ", ".join(e.name for e in own)
        problem = f"{len(own)} files give the student {student} ({files}): rename them"
        for number, e in enumerate(own, start=1):
            name = f"{student}-{number}-of-{len(own)}"
            found.append(replace(e, student=name, problem=problem, whose=False))
    return found


def take_shard(entries: list[Entry], shard: str) -> list[Entry]:
    """The i-th of n equal parts, for "i/n".

    Raises:
        ValueError: it is none.
    """
    if not shard:
        return entries
    match = re.fullmatch(r"(\d+)/(\d+)", shard)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise ValueError(f"a shard is i/n with i from 1 to n, not {shard!r}")
    return entries[int(match[1]) - 1 :: int(match[2])]
