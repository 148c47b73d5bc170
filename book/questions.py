"""A self-check question as its author writes it: the question, then a list of answers.

::

    Which activation is zero for half of its inputs?

    - [ ] The sigmoid

      It is never zero: its values lie strictly between 0 and 1.

    - [x] ReLU

      For every negative input, and flat there.

Of a question for a number the answers are numbers, ``- [x] 0.693 +- 0.001``; the wrong ones are
mistakes whose reason is worth telling. One answer is right, each has its reason.
"""

import math
import re
import textwrap
from dataclasses import dataclass, field

KINDS = {"choice-question": "choice", "number-question": "number"}
LABEL = re.compile(r"chk-[a-z0-9]+(?:-[a-z0-9]+)*")
ITEM = re.compile(r"[-*] \[([ xX])\](?:\s+(.*))?$")
NUMBER = re.compile(r"(\S+)(?:\s*(?:\+-|±)\s*(\S+))?$")


class QuestionError(ValueError):
    """A question that cannot be asked; says what to write."""


@dataclass
class Answer:
    """One answer with its reason; of a number also how far off is still right."""

    text: str
    right: bool
    reason: str
    value: float = math.nan
    tolerance: float = 0.0

    def covers(self, value: float) -> bool:
        """Whether a number counts as this answer."""
        return abs(value - self.value) <= self.tolerance


@dataclass
class Question:
    """A question with its answers in the order of the source."""

    text: str
    answers: list[Answer] = field(default_factory=list)


def parsed(source: str, kind: str) -> Question:
    """Read a question of a kind, "choice" or "number"."""
    lines = source.strip("\n").split("\n")
    starts = [i for i, line in enumerate(lines) if ITEM.match(line)]
    mark = "- [x] 0.25 +- 0.01" if kind == "number" else "- [x] right"
    if not starts:
        raise QuestionError(f"no answers: begin each with {mark!r} or '- [ ] wrong'")
    question = Question("\n".join(lines[: starts[0]]).strip())
    if not question.text:
        raise QuestionError("no question: write it above the answers")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        question.answers.append(answer(lines[start:end]))
    right = sum(found.right for found in question.answers)
    if right != 1:
        raise QuestionError(f"{right or 'no'} right answers: mark exactly one with [x]")
    (check_numbers if kind == "number" else check_choices)(question)
    return question


def answer(lines: list[str]) -> Answer:
    """The answer that begins in the first of the lines."""
    head = ITEM.match(lines[0])
    assert head is not None
    for line in lines[1:]:
        if line.strip() and not line.startswith("  "):
            raise QuestionError(f"{line.strip()!r} belongs to no answer: indent it by two spaces")
    body = textwrap.dedent("\n".join(lines[1:]))
    rest, _, reason = body.partition("\n\n") if body[:1].strip() else ("", "", body)
    text = " ".join(f"{head[2] or ''} {rest}".split())
    if not text:
        raise QuestionError("an answer without text: write it after the mark, '- [ ] text'")
    if not reason.strip():
        raise QuestionError(
            f"no reason for {text!r}: under it, after an empty line and indented by two spaces, "
            "say why it is right or wrong"
        )
    return Answer(text, head[1] != " ", reason.strip())


def check_choices(question: Question) -> None:
    """At least two different answers."""
    texts = [found.text for found in question.answers]
    if len(texts) < 2:
        raise QuestionError("a single answer is no choice: add a wrong one, '- [ ] text'")
    twice = next((text for text in texts if texts.count(text) > 1), None)
    if twice is not None:
        raise QuestionError(f"{twice!r} twice: leave one")


def check_numbers(question: Question) -> None:
    """Read the numbers; each must lead to one answer."""
    for found in question.answers:
        match = NUMBER.match(found.text)
        values = [number(part) for part in match.groups("0")] if match else [None]
        if None in values:
            raise QuestionError(f"{found.text!r} is no number: write '- [x] 0.25 +- 0.01'")
        found.value, found.tolerance = values
        if found.tolerance < 0:
            raise QuestionError(f"{found.text!r}: the tolerance after +- cannot be negative")
        if not found.tolerance and found.value != round(found.value):
            raise QuestionError(
                f"{found.text!r} accepts no rounding: add a tolerance, '{found.text} +- 0.01'"
            )
        found.text = f"{match[1]} ± {match[2]}" if match[2] else match[1]
    for i, one in enumerate(question.answers):
        for other in question.answers[:i]:
            if abs(one.value - other.value) <= one.tolerance + other.tolerance:
                raise QuestionError(f"{other.text!r} and {one.text!r} overlap: narrow them")


def number(text: str) -> float | None:
    """A finite number, None if the text is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
