"""What a student is told: every test with points and hint; of a hidden one never its inputs."""

from html import escape
from pathlib import Path

from dlgrade.grading.results import Record, write

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;"
    "border-bottom:1px solid #ccc;vertical-align:top}pre{white-space:pre-wrap;margin:0}"
)


def told(test: dict, hidden: bool = False) -> str:
    """The message and hint of a test; a hidden one's message only for its instructor."""
    if test["status"] == "passed":
        return ""
    lines = [test["message"]] if hidden or not test["hidden"] else []
    lines += [f"hint: {test['hint']}"] if test["hint"] else []
    return "\n".join(lines)


def text_of(record: Record, cell: str = "", *, hidden: bool = False) -> str:
    """The tests of a cell, or of all, as lines of text."""
    lines = []
    for t in record["tests"]:
        name = f"{t['task']}-{'hidden' if t['hidden'] else 'visible'}"
        if cell in ("", name):
            lines.append(
                f"{t['task']} / {t['test']}: {t['status']}, {t['earned']:g} of {t['points']:g}"
            )
            lines += [f"    {line}" for line in told(t, hidden).splitlines()]
    return "\n".join(lines)


def markdown(record: Record) -> str:
    """The feedback as Markdown."""
    earned = sum(record["scores"].values())
    head = [
        f"# {record['assignment']}: {earned:g} points",
        "",
        *(f"- {n}" for n in record["notes"]),
    ]
    return "\n".join([*head, "", "```", text_of(record), "```", ""])


def html(record: Record) -> str:
    """The feedback as a page of its own."""
    earned = sum(record["scores"].values())
    rows = "".join(
        f"<tr><td>{escape(t['task'])}<td>{escape(t['test'])}<td>{escape(t['status'])}"
        f"<td>{t['earned']:g} of {t['points']:g}<td><pre>{escape(told(t))}</pre>"
        for t in record["tests"]
    )
    notes = "".join(f"<li>{escape(n)}" for n in record["notes"])
    title = escape(f"{record['assignment']}: {earned:g} points")
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
        f"<style>{STYLE}</style><h1>{title}</h1><ul>{notes}</ul>"
        f"<table><tr><th>task<th>test<th>state<th>points<th>what to look at{rows}</table></html>\n"
    )


def write_feedback(folder: Path, assignment: str, student: str, record: Record) -> None:
    """Put it where nbgrader's `release_feedback` looks for it."""
    place = folder / student / assignment
    write(place / f"{assignment}.html", html(record))
    write(place / f"{assignment}.md", markdown(record))
