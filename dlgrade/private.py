"""Tests and tasks of one's own beside the book's: `--private DIR`."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from dlgrade.course import Course
from dlgrade.notebook import read

COMBINED = "combined"


def combine(course: Course, private: Path) -> Course:
    """The course with the exercises of another folder laid over its own.

    The folder has `source/` and `answers/` as the course has. A cell that has the name of one of
    the book's takes its place, any other is added at the end; an answer replaces the one of its
    name; an assignment that the book has not is added whole. The combination is written into the
    course's `combined/`, where nbgrader's own commands find it, and only when something changed.

    Args:
        course: the course directory.
        private: the folder; nothing is written to it.

    Raises:
        ValueError: the folder has no assignment, or one that is no notebook.
    """
    own = Course(private)
    if not own.assignments():
        raise ValueError(f"no exercise in {private}: it needs source/<name>/<name>.ipynb")
    for assignment in own.assignments():
        read(own.source(assignment))
    made, stamp = course.root / COMBINED, course.root / COMBINED / ".key"
    key = _key(course.root, private)
    if not (stamp.exists() and stamp.read_text() == key):
        partial = course.root / f"{COMBINED}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        for part in ("source", "answers"):
            for root in (course.root, private):
                if (root / part).is_dir():
                    shutil.copytree(root / part, partial / part, dirs_exist_ok=True)
        both = Course(partial)
        for assignment in set(course.assignments()) & set(own.assignments()):
            text = _merge(course.source(assignment), own.source(assignment))
            both.source(assignment).write_text(text, encoding="utf-8")
        (partial / ".key").write_text(key)
        shutil.rmtree(made, ignore_errors=True)
        partial.rename(made)
    return Course(course.root, combined=True)


def _key(*roots: Path) -> str:
    """Hash of all that a combination is made of."""
    digest = hashlib.sha256()
    for root in roots:
        for path in sorted(p for part in ("source", "answers") for p in (root / part).rglob("*")):
            if path.is_file():
                name, content = str(path.relative_to(root)), path.read_bytes()
                digest.update(json.dumps([name, hashlib.sha256(content).hexdigest()]).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _merge(book: Path, own: Path) -> str:
    """The book's notebook with one's own cells in it."""
    notebook, mine = (json.loads(p.read_text(encoding="utf-8")) for p in (book, own))
    cells = {_name(c) or i: c for i, c in enumerate(notebook["cells"])}
    for i, cell in enumerate(mine["cells"], start=len(cells)):
        cells[_name(cell) or i] = cell
    return json.dumps({**notebook, "cells": list(cells.values())}, indent=1)


def _name(cell: dict[str, Any]) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id") or cell.get("id", "")
