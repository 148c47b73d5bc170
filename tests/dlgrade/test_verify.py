"""The proof fails when a test is too weak, too strict, or unfair to another task."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dlgrade.verify import Trial, attempt
from dlgrade.worker import Lost, run_each

ROOT = Path(__file__).parents[2]
NAME = "01_sample"


def dlgrade(*args: object) -> subprocess.CompletedProcess[str]:
    """The command line, in a process without the tests' threads."""
    command = [sys.executable, "-m", "dlgrade", *map(str, args)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    )


def judge(course, trial: Trial) -> list[str]:
    """What verify says of one trial of the sample, run in this process."""
    from dlgrade.notebook import read
    from dlgrade.verify import Report, _judge, _points

    points = _points(read(course.source(NAME)))
    return list(_judge(trial, attempt(trial), Report(NAME, points, {t: {} for t in points})))


def trial(course, kind, source, fails=(), task="softmax") -> Trial:
    answers = ((task, source),)
    return Trial(str(course.source(NAME)), kind, 0, task, f"{kind}_x", answers, fails)


OVERFLOW = "def softmax(z): return z.exp() / z.exp().sum(-1, keepdim=True)"
SIDE_EFFECT = f"""import dlgrade.kit
def equal(*args): raise AssertionError("spoilt")
dlgrade.kit.equal = equal
{OVERFLOW}"""
FORBIDDEN = "import torch\nsoftmax = torch.softmax"
MISSING = ["names tests that do not exist: x", "passes rows"]
TOO_GOOD = ["passes input_unchanged, rows, two_classes, which it should"]


@pytest.mark.parametrize(
    ("kind", "source", "fails", "problems"),
    [
        ("wrong", OVERFLOW, ("stable",), []),
        ("wrong", OVERFLOW, ("stable", "rows"), ["passes rows, which it should fail"]),
        ("wrong", OVERFLOW, ("rows", "stable", "x"), MISSING),
        ("wrong", OVERFLOW, ("all",), TOO_GOOD),
        ("wrong", "def softmax(z): return z", ("two_classes",), ["fails rows", "fails stable"]),
        (
            "wrong",
            SIDE_EFFECT,
            ("stable",),
            ["parameters/counted should be passed, is failed: spoilt"],
        ),
        ("right", OVERFLOW, (), ["softmax/stable should be passed, is failed"]),
        ("right", FORBIDDEN, (), ["should be passed, is forbidden"] * 4),
        ("stub", OVERFLOW, (), ["passes, though nothing is answered"] * 4),
    ],
)
def test_what_does_not_hold_is_a_problem(course, monkeypatch, kind, source, fails, problems):
    import dlgrade.kit

    monkeypatch.setattr(dlgrade.kit, "equal", dlgrade.kit.equal)
    found = judge(course, trial(course, kind, source, fails))
    for due, came in zip(problems, found, strict=True):
        assert due in came


def test_verify_proves_the_sample_and_names_redundant_answers(course):
    again = course.root / "answers" / NAME / "softmax" / "wrong_overflow_too.py"
    again.write_text('"""As well.\n\n# fails: stable\n"""\n' + OVERFLOW)
    done = dlgrade("verify", "--course", course.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "01_sample: 7 points in 2 tasks",
        "  softmax        5 points  1 right and 5 wrong answers",
        "  parameters     2 points  1 right and 1 wrong answers",
        "  note: softmax/wrong_overflow_too is redundant: "
        "it fails the same tests as wrong_overflow",
        "  verified",
    ]


def test_verify_fails_with_the_reasons(course):
    bank = course.root / "answers" / NAME / "softmax"
    (bank / "wrong_dead.py").write_text(
        '"""Dies."""\n# fails: all\nimport os\nsoftmax = os._exit(7)'
    )
    (bank / "right_slow.py").write_text('"""Not right."""\n' + OVERFLOW)
    done = dlgrade("verify", NAME, "--course", course.root, "--seeds", 1, "--jobs", 2)
    assert done.returncode == 1
    problems = [x for x in done.stdout.splitlines() if "PROBLEM" in x]
    assert len(problems) == 2
    assert "softmax/right_slow: softmax/stable should be passed, is failed" in problems[0]
    assert "wrong_dead: ended the Python process (exit code 7)" in problems[1]


def test_commands_refuse_what_is_not_there(course, tmp_path):
    unknown = dlgrade("verify", "99_none", "--course", course.root)
    assert unknown.returncode == 2
    assert "no source notebook for 99_none; there are: 01_sample" in unknown.stderr
    nowhere = dlgrade("release", "--course", tmp_path / "none")
    assert nowhere.returncode == 2
    assert "no course directory" in nowhere.stderr


def _square(x: int) -> int:
    if x < 0:
        time.sleep(60)
    return x * x


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_job_that_hangs_is_ended_and_the_others_go_on():
    start = time.monotonic()
    results = dict(run_each(_square, [3, -1, 5], workers=2, seconds=0.5, preload=()))
    assert results == {3: 9, -1: Lost("did not finish in 0.5 s"), 5: 25}
    assert time.monotonic() - start < 20
