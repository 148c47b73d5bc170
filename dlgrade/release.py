"""Making the notebooks that students get, by nbgrader's own converter."""

import hashlib
import json
import logging
import os
import shutil
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dlgrade.course import Course
from dlgrade.notebook import read

PARTIAL = "release.partial"


def release(course: Course, assignments: Iterable[str], *, force: bool = False) -> list[str]:
    """Generate the release of each assignment whose source has changed.

    A release appears complete or not at all, so an interrupted run is simply run again.

    Args:
        course: the course directory.
        assignments: names among `course.assignments()`.
        force: generate again what has not changed.

    Returns:
        The assignments that were generated.

    Raises:
        ValueError: nbgrader could not convert a notebook; its message says why.
    """
    due = [a for a in assignments if force or not up_to_date(course, a)]
    if not due:
        return []
    config = settings(course)
    config.CourseDirectory.release_directory = PARTIAL
    for assignment in due:
        _generate(course, assignment, config)
    return due


def up_to_date(course: Course, assignment: str) -> bool:
    """Does the release belong to the present source, and does the gradebook know it?"""
    made, database = course.release(assignment), course.root / "gradebook.db"
    if not (made.exists() and database.exists() and _stamp(course, assignment).exists()):
        return False
    return _stamp(course, assignment).read_text() == _key(course, assignment)


def _stamp(course: Course, assignment: str) -> Path:
    """Where the key of a finished release is kept: out of the folder that students get."""
    return course.root / "release" / f".{assignment}.key"


def _key(course: Course, assignment: str) -> str:
    """Hash of all that a release is made of."""
    folder = course.source(assignment).parent
    files = sorted(p for p in folder.rglob("*") if p.is_file() and "checkpoints" not in p.parts)
    files += [p for p in (course.root / "nbgrader_config.py",) if p.exists()]
    digest = hashlib.sha256(version("nbgrader").encode())
    for path in [*files, course.release(assignment)]:
        digest.update(json.dumps([str(path.relative_to(course.root))]).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def settings(course: Course) -> Any:
    """The course's own configuration of nbgrader."""
    from traitlets.config import Config
    from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

    try:
        config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    except ConfigFileNotFound:
        config = Config()
    config.CourseDirectory.root = str(course.root.resolve())
    config.CourseDirectory.source_directory = str(
        course.material.relative_to(course.root) / "source"
    )
    return config


def open_gradebook(course: Course) -> Any:
    """Nbgrader's gradebook; a new one is made with `alembic`, which lies beside this Python."""
    here = str(Path(sys.executable).parent)
    if here not in (paths := os.environ.get("PATH", "").split(os.pathsep)):
        os.environ["PATH"] = os.pathsep.join([here, *paths])
    from nbgrader.api import Gradebook

    return Gradebook(course.gradebook)


def require_same_cells(course: Course, assignment: str) -> None:
    """Once there are submissions, nbgrader can change an exercise's cells, but not their number.

    Raises:
        ValueError: cells were added or taken away.
    """
    from nbgrader.api import MissingEntry

    with open_gradebook(course) as book:
        try:
            known = book.find_notebook(assignment, assignment)
        except MissingEntry:
            return
        cells = read(course.source(assignment))
        now = {c.grade_id for c in cells if c.nbgrader}
        if known.submissions and (differ := now ^ {c.name for c in known.source_cells}):
            raise ValueError(
                f"{assignment}: {', '.join(sorted(differ))} came or went, but nbgrader can only "
                f"change cells while there are submissions: keep the cells, change what is in them"
            )


def _generate(course: Course, assignment: str, config: Any) -> None:
    require_same_cells(course, assignment)
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    config.CourseDirectory.assignment_id = assignment
    partial, log = course.root / PARTIAL / assignment, logging.getLogger("dlgrade.release")
    log.setLevel(logging.ERROR)
    shutil.rmtree(partial, ignore_errors=True)
    directory = CourseDirectory(config=config, log=log)
    try:
        GenerateAssignment(coursedir=directory, config=config, log=log).start()
    except NbGraderException as error:
        raise ValueError(f"nbgrader could not release {assignment}: {error}") from None
    made = course.release(assignment).parent
    _stamp(course, assignment).unlink(missing_ok=True)
    shutil.rmtree(made, ignore_errors=True)
    made.parent.mkdir(exist_ok=True)
    partial.rename(made)
    shutil.rmtree(partial.parent, ignore_errors=True)
    fresh = _stamp(course, assignment).with_suffix(".new")
    fresh.write_text(_key(course, assignment))
    fresh.replace(_stamp(course, assignment))
