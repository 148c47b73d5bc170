"""Reading what a student handed in, whatever happened to it on the way."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dlgrade.grading.submissions import LARGEST
from dlgrade.notebook import Cell, stub
from dlgrade.sandbox.student import Program

CELLS = 2000


class UnreadableError(ValueError):
    """The file is no notebook that can be graded; the message says why, to the student."""


@dataclass
class Submission:
    """A submission matched with its exercise.

    Attributes:
        program: what runs in the sandbox.
        answers: the text of each task's answer cells.
        essays: the text of each hand-graded cell.
        missing: the tasks without an answer cell.
        titles: what a message calls a cell that answers a task, by its name.
        notes: what was repaired, in words for the student.
    """

    program: Program
    answers: dict[str, str] = field(default_factory=dict)
    essays: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def parse(data: bytes) -> list[dict[str, Any]]:
    """The cells of a notebook: type, source and nbgrader's name, each checked.

    Raises:
        UnreadableError: the bytes hold none.
    """
    if len(data) > LARGEST:
        raise UnreadableError(
            f"the file has {len(data) >> 20} MB, at most {LARGEST >> 20}: clear its outputs"
        )
    try:
        raw = json.loads(_text(data))
        cells = raw["worksheets"][0]["cells"] if "worksheets" in raw else raw["cells"]
        read = [_cell(c) for c in cells[:CELLS]]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise UnreadableError("the file is no readable Jupyter notebook") from None
    if len(cells) > CELLS:
        raise UnreadableError(f"the notebook has {len(cells)} cells, at most {CELLS} are read")
    return read


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _cell(raw: dict[str, Any]) -> dict[str, Any]:
    source = raw.get("source", raw.get("input", ""))
    text = source if isinstance(source, str) else "".join(str(s) for s in source)
    meta = raw.get("metadata")
    grading = meta.get("nbgrader") if isinstance(meta, dict) else None
    grading = grading if isinstance(grading, dict) else {}
    name = grading.get("grade_id", "")
    text = text.encode("utf-8", "replace").decode()
    return {"type": str(raw.get("cell_type")), "source": text, "id": str(name)}


def repair(data: bytes, exercise: Sequence[Cell]) -> Submission:
    """Match a submission with its exercise: copied, split, moved, retyped, nameless cells too.

    All cells of a task run in their order, so that the last definition of a name wins.

    Raises:
        UnreadableError: it is no notebook, or none of this exercise.
    """
    cells, own = parse(data), {c.grade_id: c for c in exercise if c.grade_id}
    theirs = {_bare(c.source) for c in exercise if c.type == "code" and c.role != "answer"}
    theirs |= {_bare(_visible(c.source)) for c in exercise if c.role == "visible"}
    stubs = {c.task: _bare(stub(c.source)) for c in exercise if c.role == "answer"}
    known = [c for c in cells if c["id"] in own or _bare(c["source"]) in theirs]
    if not known and not any(_bare(c["source"]) in stubs.values() for c in cells):
        raise UnreadableError(
            "this is not the notebook of this exercise: none of its cells is in it"
        )
    found: dict[str, list[str]] = {}
    notes, program, essays, titles = [], [], {}, {}
    for index, cell in enumerate(cells):
        name = f"cell {index + 1}"
        mine, text = own.get(cell["id"]), cell["source"]
        if mine is None:
            if cell["type"] == "code" and text.strip() and not _exercise_cell(text, theirs):
                program.append((index, text))
        elif mine.role == "essay":
            essays[mine.grade_id] = text
        elif mine.role == "answer":
            if cell["type"] != "code":
                notes.append(f"{name} ({mine.task}) was no code cell any more: read as code")
            found.setdefault(mine.task, []).append(text)
            program.append((index, text))
            titles[name] = f"{name} ({mine.task})"
        elif mine.type == "code" and not _unchanged(mine, text, theirs):
            notes.append(f"{name} ({mine.grade_id}) was changed: the original is used")
    unanswered = {(t, _bare(x)) for t, texts in found.items() for x in texts if len(texts) > 1}
    dropped = {stubs[t] for t, x in unanswered if x == stubs[t]}
    program = [(i, s) for i, s in program if _bare(s) not in dropped]
    for task, texts in found.items():
        if len(texts) > 1:
            notes.append(f"{task}: {len(texts)} answer cells, run in order: the last one counts")
    missing = [t for t in stubs if t not in found]
    if missing:
        notes.append(f"no answer cell by name for {', '.join(missing)}")
    given = tuple((i, c.source) for i, c in enumerate(exercise) if _is_given(c))
    answers = {t: "\n\n".join(texts) for t, texts in found.items()}
    return Submission(Program(given, tuple(program)), answers, essays, missing, titles, notes)


def _is_given(cell: Cell) -> bool:
    return cell.type == "code" and cell.role == "given"


def _unchanged(mine: Cell, text: str, theirs: set[str]) -> bool:
    """A cell as it was released: hidden tests are empty there."""
    return _bare(text) in theirs or (mine.role == "hidden" and not text.strip())


def _exercise_cell(text: str, theirs: set[str]) -> bool:
    """One of the exercise's own cells, or a test cell that lost its name."""
    return _bare(text) in theirs or ("from dlgrade.kit" in text and "score(" in text)


def _bare(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _visible(text: str) -> str:
    return re.sub(r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS", "", text, flags=re.DOTALL)
