"""What a student is told: every test with points and hint; of a hidden one never its inputs."""

import builtins
import re
from html import escape
from pathlib import Path

from dlgrade.grading.results import Record, write

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;"
    "border-bottom:1px solid #ccc;vertical-align:top}pre{white-space:pre-wrap;margin:0}"
)
RAISED = re.compile(r"(your code raised|this test can not work with what came:) (\w+)")


def points_of(record: Record) -> str:
    """The points as a person reads them: "12 of 20 points"."""
    earned, most = (sum(record[what].values()) for what in ("scores", "maximum"))
    return f"{earned:g} of {most:g} points"


def by_hand(record: Record) -> dict[str, float]:
    """The points that only a person can give, by cell."""
    decided = {*record["scores"], *record["unanswered"]}
    return {cell: most for cell, most in record["maximum"].items() if cell not in decided}


def notes_of(record: Record) -> list[str]:
    """What there is to say besides the tests."""
    waiting = [
        f"{c}: up to {p:g} points more, given by a person" for c, p in by_hand(record).items()
    ]
    return [*record["notes"], *waiting]


def state_of(test: dict) -> str:
    """How a test ended, in the words of the notebook's own tables."""
    return "unanswered" if test["status"] == "missing" else test["status"]


def kind_of_error(message: str) -> str:
    """What a student may know of an error in a hidden test: the name of a built-in exception.

    Any other name may be one that the student's code made of the test's inputs.
    """
    found = RAISED.match(message)
    kind = getattr(builtins, found[2], None) if found else None
    known = isinstance(kind, type) and issubclass(kind, BaseException)
    return f"{found[1]} {found[2]}" if found and known else "an exception was raised"


def told(test: dict, hidden: bool = False) -> str:
    """The message and hint of a test; a hidden one's message only for its instructor."""
    if test["status"] == "passed":
        return ""
    lines = []
    if hidden or not test["hidden"]:
        lines = [test["message"]]
    elif test["status"] == "error":
        lines = [kind_of_error(test["message"])]
    lines += [f"hint: {test['hint']}"] if test["hint"] else []
    return "\n".join(lines)


def text_of(record: Record, cell: str = "", *, hidden: bool = False) -> str:
    """The tests of a cell, or of all, as lines of text."""
    lines = []
    for t in record["tests"]:
        name = f"{t['task']}-{'hidden' if t['hidden'] else 'visible'}"
        if cell in ("", name):
            lines.append(
                f"{t['task']} / {t['test']}: {state_of(t)}, {t['earned']:g} of {t['points']:g}"
            )
            lines += [f"    {line}" for line in told(t, hidden).splitlines()]
    return "\n".join(lines)


def markdown(record: Record) -> str:
    """The feedback as Markdown."""
    head = [
        f"# {record['assignment']}: {points_of(record)}",
        "",
        *(f"- {n}" for n in notes_of(record)),
    ]
    return "\n".join([*head, "", "```", text_of(record), "```", ""])


def html(record: Record) -> str:
    """The feedback as a page of its own."""
    rows = "".join(
        f"<tr><td>{escape(t['task'])}<td>{escape(t['test'])}<td>{escape(state_of(t))}"
        f"<td>{t['earned']:g} of {t['points']:g}<td><pre>{escape(told(t))}</pre>"
        for t in record["tests"]
    )
    notes = "".join(f"<li>{escape(n)}" for n in notes_of(record))
    title = escape(f"{record['assignment']}: {points_of(record)}")
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
