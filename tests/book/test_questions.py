"""Self-check questions: what authors may write, what they are told, what runners read."""

import math
import re
import statistics
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest

from book.plain import Plain
from book.questions import QuestionError, parsed

ROOT = Path(__file__).parents[2]
CHOICE = """Which one?

It has **two** parts.

- [ ] the first,
  continued

  No.

- [x] the second

  Yes, $x$.

  Really.
"""


def test_a_choice_is_read_with_its_reasons():
    question = parsed(CHOICE, "choice")
    assert question.text == "Which one?\n\nIt has **two** parts."
    assert [(a.text, a.right, a.reason) for a in question.answers] == [
        ("the first, continued", False, "No."),
        ("the second", True, "Yes, $x$.\n\nReally."),
    ]


@pytest.mark.parametrize(
    ("written", "value", "accepted", "refused"),
    [
        ("0.693 +- 0.001", 0.693, [0.6925, 0.6935], [0.69, 0.695]),
        ("-3", -3.0, [-3.0], [3.0, -3.1]),
        ("1e-3 ± 1e-4", 0.001, [0.00105], [0.0012]),
    ],
)
def test_a_number_is_read_with_its_tolerance(written, value, accepted, refused):
    answer = parsed(f"How much?\n\n- [x] {written}\n\n  So.", "number").answers[0]
    assert answer.value == value
    assert all(answer.covers(number) for number in accepted)
    assert not any(answer.covers(number) for number in refused)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("kind", "source", "told"),
    [
        ("choice", "Which?", r"no answers: begin each with '- \[x\] right'"),
        ("choice", "- [x] a\n\n  So.\n- [ ] b\n\n  No.", "no question: write it above"),
        ("choice", "Q\n\n- [ ] a\n\n  No.\n- [ ] b\n\n  No.", "no right answers: mark exactly one"),
        ("choice", "Q\n\n- [x] a\n\n  A.\n- [x] b\n\n  B.", "2 right answers: mark exactly one"),
        ("choice", "Q\n\n- [x] a\n\n  A.\n- [ ] b", "no reason for 'b': under it"),
        ("choice", "Q\n\n- [x] a\n\n  A.\n- [ ]\n\n  B.", "an answer without text"),
        ("choice", "Q\n\n- [x] a\n\n  A.", "a single answer is no choice"),
        ("choice", "Q\n\n- [x] a\n\n  A.\n- [ ] a\n\n  B.", "'a' twice: leave one"),
        ("choice", "Q\n\n- [x] a\n\nA.\n- [ ] b\n\n  B.", "'A.' belongs to no answer: indent"),
        ("number", "Q\n\n- [x] half\n\n  A.", "'half' is no number: write '- .x. 0.25"),
        ("number", "Q\n\n- [x] nan\n\n  A.", "'nan' is no number"),
        ("number", "Q\n\n- [x] 1 +- x\n\n  A.", "is no number"),
        ("number", "Q\n\n- [x] 0.5\n\n  A.", "accepts no rounding: add a tolerance"),
        ("number", "Q\n\n- [x] 1 +- -1\n\n  A.", "cannot be negative"),
        ("number", "Q\n\n- [x] 1 +- 0.1\n\n  A.\n- [ ] 1.1 +- 0.1\n\n  B.", "overlap: narrow"),
    ],
)
def test_what_cannot_be_asked_says_what_to_write(kind, source, told):
    with pytest.raises(QuestionError, match=told):
        parsed(source, kind)


@pytest.mark.bad_input
def test_a_bad_question_stops_the_build_with_file_and_cell(faulty_book):
    assert faulty_book.status != 0
    for told in (
        "cell 1: choice-question chk-slope: no right answers: mark exactly one with [x]",
        "cell 1: number-question chk-sum: 'two' is no number: write '- [x] 0.25 +- 0.01'",
    ):
        found = re.search(rf".*{re.escape(told)}", faulty_book.log)
        assert found, faulty_book.log
        assert "06_small_networks.ipynb" in found[0]


def test_without_script_each_answer_unfolds_with_its_reason(book):
    page = book.page("chapters/06_small_networks")
    form = re.search(r'<form[^>]*id="chk-slope".*?</form>', page, re.S)[0]
    folded = re.search(r'<details class="dl-answers">.*?</details>', form, re.S)[0]
    assert "That is the slope <strong>left</strong> of zero." in folded
    assert folded.count("<li") == 2
    assert folded.count('data-right="yes"') == 1
    assert form.count('<input type="radio" name="chk-slope"') == 2


NO_LABELS = SimpleNamespace(macros={})


def test_a_runner_reads_choices_in_letters_and_unfolds_the_answer():
    text = f"```{{choice-question}} chk-x\n:hint: Think.\n\n{CHOICE}```"
    plain = Plain(NO_LABELS, {}).markdown(text)
    asked, hint, answer = re.split(r"<details>", plain)
    assert "> - **A.** the first, continued\n> - **B.** the second" in asked
    assert "right" not in asked
    assert "Think." in hint
    assert "**A**, wrong: No." in answer
    assert "**B**, right: Yes, $x$.\n\nReally." in answer


def test_a_runner_finds_the_number_and_its_unit_folded():
    text = "```{number-question} chk-y\n:unit: nats\n\nHow?\n\n- [x] 2 +- 0.1\n\n  So.\n```"
    plain = Plain(NO_LABELS, {}).markdown(text)
    asked, answer = plain.split("<details>")
    assert "2 ±" not in asked
    assert "**2 ± 0.1 nats**, right: So." in answer


def slope(x: float) -> float:
    """Of log(1 + exp(-3 x)), by central differences."""
    low, high = (math.log(1 + math.exp(-3 * (x + step))) for step in (-1e-5, 1e-5))
    return (high - low) / 2e-5


def variance_of_the_mean() -> float:
    """Of four copies, over all sixteen outcomes."""
    return statistics.pvariance([statistics.mean(four) for four in product((0, 2), repeat=4)])


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("chain-rule", slope(0)),
        ("bayes", 90 / (90 + 45)),
        ("variance", variance_of_the_mean()),
        ("python", sum(x * y for x, y in zip([1, 2, 3], [4, 5, 6], strict=True))),
    ],
)
def test_the_right_number_of_the_self_test_is_right(name, right):
    page = (ROOT / "chapters" / "learning_paths.md").read_text("utf-8")
    opening = rf"```\{{number-question\}} chk-self-test-{name}\n(?::.*\n)*\n"
    source = re.split(opening, page)[1].partition("\n```")[0]
    told = next(answer for answer in parsed(source, "number").answers if answer.right)
    assert told.covers(right)
