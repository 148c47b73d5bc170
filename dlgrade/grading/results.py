"""What was found out, in files: each appears complete or not at all."""

import csv
import json
import os
import secrets
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

Record = dict[str, Any]
GIVEN_UP = "could not be graded"
UNCLEAR = "whose is it?"


def write(path: Path, text: str) -> None:
    """Write a file that appears complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with partial.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def recorded(path: Path) -> Record | None:
    """A result that an earlier run has written."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def table(rows: Iterable[tuple[str, Record]], path: Path) -> None:
    """The points of every student and test cell, as CSV."""
    rows = sorted(rows, key=lambda r: r[0])
    cells = sorted({c for _, r in rows for c in r["scores"]})
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["student", "state", "points", "maximum", *cells])
    for student, r in rows:
        totals = [sum(r[what].values()) for what in ("scores", "maximum")]
        writer.writerow([student, r["state"], *totals, *(r["scores"].get(c) for c in cells)])
    write(path, text.getvalue())
