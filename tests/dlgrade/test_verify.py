"""The proof fails when a test is too weak, too strict, or unfair to another task."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from dlgrade.grading.trial import Attempt
from dlgrade.grading.worker import Crew
from dlgrade.mutants import Mutant, mutants
from dlgrade.notebook import read
from dlgrade.proofs import proof
from dlgrade.verify import LIMITS, THRESHOLD, Report, Trial, _deciding, _sample, _try, verify
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


@pytest.fixture(scope="module")
def crew():
    with Crew(1, LIMITS) as crew:
        yield crew


OVERFLOW = "def softmax(z): return z.exp() / z.exp().sum(-1, keepdim=True)"
ENDS_ALL = "import os\nos._exit(7)"
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
        ("wrong", ENDS_ALL, ("all",), []),
        ("right", OVERFLOW, (), ["softmax/stable should be passed, is failed"]),
        ("right", FORBIDDEN, (), ["should be passed, is forbidden"] * 4),
        ("stub", OVERFLOW, (), ["passes, though nothing is answered"] * 4),
    ],
)
def test_what_does_not_hold_is_a_problem(course, crew, kind, source, fails, problems):
    answers = (("softmax", source),)
    trial = Trial(kind, ((0, ()),), "softmax", f"{kind}_x", answers, fails)
    found = _try(crew, str(course.source(NAME)), [trial], Report(NAME, answers={"softmax": {}}))
    for due, came in zip(problems, found, strict=True):
        assert due in came


def test_verify_proves_the_sample_and_names_redundant_answers(course):
    again = course.root / "answers" / NAME / "softmax" / "wrong_overflow_too.py"
    again.write_text('"""As well.\n\n# fails: stable\n"""\n' + OVERFLOW)
    done = dlgrade("verify", "--course", course.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "01_sample: 7 points in 2 tasks",
        "  softmax        5 points  1 right and 5 wrong answers, 10 of 10 mutants killed",
        "  parameters     2 points  1 right and 1 wrong answers, 2 of 2 mutants killed",
        "  note: softmax/wrong_overflow_too is redundant: "
        "it fails the same tests as wrong_overflow",
        "  verified",
    ]


def test_what_is_verified_is_run_again_only_when_something_changes(course):
    first = dlgrade("verify", "--course", course.root, "--seeds", 1, "--no-mutants")
    assert first.stdout.endswith("  verified\n")
    again = dlgrade("verify", "--course", course.root, "--seeds", 1, "--no-mutants")
    assert again.stdout == first.stdout.replace("  verified\n", "  verified, as before\n")
    now = proof(course, NAME, 1, False, None)
    assert now.exists()
    assert not proof(course, NAME, 2, False, None).exists()
    change(course, "parameters = 703", "parameters = 704")
    assert not proof(course, NAME, 1, False, None).exists()
    change(course, "parameters = 704", "parameters = 703")
    assert proof(course, NAME, 1, False, None) == now
    wrong = course.root / "answers" / NAME / "softmax" / "wrong_overflow.py"
    wrong.write_text(wrong.read_text().replace("# fails: stable", "# fails: rows"))
    assert not proof(course, NAME, 1, False, None).exists()


def test_a_sample_of_the_mutants_is_the_same_every_time(course):
    source = next(c.source for c in read(course.source(NAME)) if c.grade_id == "softmax")
    made = mutants("softmax", source)
    sample = _sample(made, 3)
    assert sample == _sample(made, 3)
    assert len(sample) == 3 < len(made)
    assert set(sample) < set(made)
    assert _sample(made, 99) == made == _sample(made, None)


def test_a_sample_has_as_many_of_each_task_as_it_can():
    made = [Mutant("abc"[i % 3], str(i), "") for i in range(9)] + [Mutant("d", "9", "")]
    assert Counter(m.task for m in _sample(made, 7)) == {"a": 2, "b": 2, "c": 2, "d": 1}


def sampled(lives: set[int], drawn: int = 6, of: int = 30, equal: tuple = ()) -> list[int]:
    """Which of a sample are tried, one after the other, when these live."""
    everything = [Mutant("a", str(i), "") for i in range(of)]
    known, killed, tried = {"a": {str(i): "why" for i in equal}}, Counter(), []
    for m in _deciding(everything[:drawn], everything, known, killed):
        tried.append(int(m.change))
        killed["a"] += int(m.change) not in lives
    return tried


@pytest.mark.parametrize(
    ("lives", "tried"),
    [
        (set(), [0, 1, 2]),  # three may live among 30, so three that are killed decide it
        ({1, 3}, [0, 1, 2, 3, 4]),
        ({0, 1, 2, 3}, [0, 1, 2, 3, 4, 5]),
        ({2, 3, 4, 5}, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_a_sample_goes_on_until_its_task_is_decided(lives, tried):
    assert sampled(lives) == tried


def test_of_a_sample_too_small_to_decide_only_equivalent_mutants_are_tried():
    assert sampled(set(), drawn=3) == []
    assert sampled({1}, drawn=3, equal=(1,)) == [1]


def test_all_mutants_are_tried_when_none_is_left_out():
    assert sampled(set(), drawn=30) == list(range(30))


@pytest.mark.parametrize("seed", range(20))
def test_what_is_left_out_of_a_sample_changes_no_verdict(seed):
    draw = random.Random(seed)
    of = draw.randint(1, 60)
    drawn = draw.randint(1, of)
    lives = {i for i in range(of) if draw.random() < seed / 20}
    too_few = sum(i in lives for i in range(drawn)) > of - THRESHOLD * of
    tried = sampled(lives, drawn, of)
    assert (sum(i in lives for i in tried) > of - THRESHOLD * of) == too_few


COUNTING = """
CALLS = []


def softmax(z):
    CALLS.append(1)
    assert len(CALLS) == 1
    e = torch.exp(z - z.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
"""
ENDING = """
import os, signal
DONE = []


def softmax(z):
    if z.shape == (2,):
        os.kill(os.getpid(), signal.SIGKILL) if KIND == "killed" else os._exit(7)
    if z.shape == (3, 5):
        while KIND == "late":
            pass
    return z.softmax(-1)
"""


def outcomes(crew, course, source: str, runs=((0, ("softmax",)),), **options) -> list[str]:
    trial = Attempt(str(course.source(NAME)), {"softmax": source}, runs, **options)
    [(_, result)] = crew.share([(None, trial)])
    return [f"{seed} {t['test']} {t['status']}" for seed, t in result["tests"]]


def test_every_test_gets_the_answer_as_its_cells_left_it(course, crew):
    assert outcomes(crew, course, COUNTING) == [
        "0 two_classes passed",
        "0 stable passed",
        "0 rows passed",
        "0 input_unchanged passed",
    ]


@pytest.mark.parametrize(("kind", "first"), [("killed", "out of memory"), ("exited", "crashed")])
def test_a_test_that_ends_its_process_leaves_the_next_one_alone(course, crew, kind, first):
    source = f"KIND = {kind!r}\n{ENDING}".replace("z.softmax(-1)", "z.exp() / z.exp().sum(-1)")
    assert outcomes(crew, course, source)[0] == f"0 two_classes {first}"
    assert outcomes(crew, course, "softmax = double")[-1] == "0 input_unchanged passed"


def test_a_mutant_is_tried_until_a_test_notices_the_likely_one_first(course, crew):
    late = f"KIND = 'late'\n{ENDING}"
    options = {"until_failed": True, "first": ("rows", "stable"), "seconds": 3.0}
    assert outcomes(crew, course, late, **options) == ["0 rows passed", "0 stable timed out"]


def change(course, old: str, new: str) -> None:
    """Change a text of the sample's source notebook."""
    path = course.source(NAME)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_reference_that_fails_stops_everything_with_one_message(course, crew):
    change(course, "parameters = 703", "parameters = 704")
    assert verify(course, NAME, seeds=(0,), crew=crew).problems == [
        "the reference itself does not pass: nothing else was tried",
        "the reference: parameters/counted should be passed, is failed: "
        "the result: expected 703, got 704",
    ]


def test_weak_tests_let_mutants_live_and_a_reason_must_fit(course, crew):
    change(course, "equal(student.parameters, 703)", "assert student.parameters > 700")
    known = course.root / "answers" / NAME / "equivalent.toml"
    known.write_text('[softmax]\n"softmax: a → b" = "why"\n[other]\n')
    report = verify(course, NAME, seeds=(0,), crew=crew)
    assert "SURVIVES parameters: cell: parameters = 703 → parameters = 704" in str(report)
    assert report.problems == [
        "equivalent.toml, [softmax]: no such mutant survives: softmax: a → b",
        "parameters: 50% of the mutants are killed, not 90 %",
        "equivalent.toml: there is no task other",
    ]
    known.write_text('[parameters]\n"cell: parameters = 703 → parameters = 704" = "why not"\n')
    report = verify(course, NAME, seeds=(0,), crew=crew)
    assert report.problems == []
    assert "1 of 1 mutants killed, 1 equivalent" in str(report)
    assert "because why not" in str(report)


def test_a_sample_fails_only_where_all_mutants_would(course, crew):
    change(course, "equal(student.parameters, 703)", "assert student.parameters > 700")
    change(
        course,
        "parameters = 703",
        "\\n".join(f"x{i} = {i}" for i in range(20)) + "\\nparameters = 703",
    )
    tried = verify(course, NAME, seeds=(0,), most=3, crew=crew)
    assert tried.problems == []
    assert tried.killed["parameters"] < 3
    assert "parameters" in verify(course, NAME, seeds=(0,), crew=crew).problems[0]


def test_a_known_mutant_outside_the_sample_is_no_problem(course, crew):
    change(course, "equal(student.parameters, 703)", "assert student.parameters > 700")
    known = course.root / "answers" / NAME / "equivalent.toml"
    known.write_text('[parameters]\n"cell: parameters = 703 → parameters = 704" = "why not"\n')
    report = verify(course, NAME, seeds=(0,), most=1, crew=crew)
    assert report.problems == []
    assert report.notes[0] == "0 of 12 mutants were tried"


def test_commands_refuse_what_is_not_there(course, tmp_path):
    unknown = dlgrade("verify", "99_none", "--course", course.root)
    assert unknown.returncode == 2
    assert "no source notebook for 99_none; there are: 01_sample" in unknown.stderr
    nowhere = dlgrade("release", "--course", tmp_path / "none")
    assert nowhere.returncode == 2
    assert "no course directory" in nowhere.stderr


def _square(x: int) -> int:
    if x < 0:
        time.sleep(600)
    return x * x


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_job_that_hangs_is_ended_and_the_others_go_on():
    start = time.monotonic()
    results = dict(run_each(_square, [3, -1, 5], workers=2, seconds=4.0, preload=()))
    assert results == {3: 9, -1: Lost("did not finish in 4 s"), 5: 25}
    assert time.monotonic() - start < 300
