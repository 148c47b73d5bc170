"""Named tests, partial credit, and nothing of a student's code that changes a score wrongly."""

import sys
import warnings

import pytest
import torch

from dlgrade.kit import SESSION, Session, test

KIT = "from dlgrade.kit import *\nimport torch\n"
SQUARE = """
@test("square", points=1, hint="multiply")
def of_three(student, rng):
    close(student.square(3.0), 9.0)

@test("square", points=2.5, hint="keep the sign in mind")
def of_minus_two(student, rng):
    close(student.square(-2.0), 4.0)

float(score("square", globals()))
"""


def outcomes(run):
    return {o.test: o for o in run.namespace[SESSION].outcomes.values()}


def only(run):
    (outcome,) = outcomes(run).values()
    return outcome


def one_test(body: str, score: str = 'score("t", globals())') -> str:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    head = f"{KIT}\n@test('t', points=2, hint='h')\ndef it(student, rng):\n"
    return f"{head}{lines}\n\nfloat({score})"


@pytest.mark.parametrize(
    ("answer", "points", "status"),
    [
        ("def square(x): return x * x", 3.5, "passed"),
        ("def square(x): return 3 * x", 1.0, "failed"),
        ("def square(x): return x * abs(x)", 1.0, "failed"),
        ("def square(x): raise NotImplementedError()", 0.0, "unanswered"),
        ("square = None", 0.0, "unanswered"),
        ("", 0.0, "unanswered"),
        ("square = 9.0", 0.0, "error"),
        ("def square(x): return 1 / 0", 0.0, "error"),
        ("import sys\ndef square(x): sys.exit(0)", 0.0, "error"),
        ("def square(x): return square(x)", 0.0, "error"),
        ("def square(x): raise AssertionError('no')", 0.0, "error"),
        (
            "def square(x):\n    raise type('E', (Exception,), {'__str__': lambda s: 1})()",
            0.0,
            "error",
        ),
        ("def square(): pass", 0.0, "error"),
    ],
)
def test_points_are_those_of_the_passed_tests(play, capsys, answer, points, status):
    run = play(answer, KIT + SQUARE)
    assert run.errors == {}
    assert run.scores == {"cell1-hidden": points}
    assert type(run.scores["cell1-hidden"]) is float
    assert outcomes(run)["of_minus_two"].status == status
    assert f"square: {points:g} of 3.5 points" in capsys.readouterr().out


def test_the_table_names_tests_points_hints_and_what_came(play, capsys):
    play("def square(x):\n    print('x is', x)\n    return 3 * x", KIT + SQUARE)
    assert capsys.readouterr().out.splitlines() == [
        "square: 1 of 3.5 points",
        "  ✓ of_three      1/1  passed",
        "      printed:",
        "      | x is 3.0",
        "  ✗ of_minus_two  0/2.5  failed",
        "      the result: expected 4.0, got -6.0",
        "      hint: keep the sign in mind",
        "      printed:",
        "      | x is -2.0",
    ]


def test_an_error_says_in_which_line_of_the_answer_it_arose(play):
    run = play("def square(x):\n    y = x\n    return y / 0", KIT + SQUARE)
    assert outcomes(run)["of_three"].message == (
        "your code raised ZeroDivisionError: float division by zero "
        "(line 3 of your cell: return y / 0)"
    )


def test_of_a_hidden_test_only_name_points_and_hint_are_shown(play, capsys):
    hidden = f"### BEGIN HIDDEN TESTS\n{KIT}{SQUARE}### END HIDDEN TESTS"
    run = play("def square(x):\n    print('secret', x)\n    return 3 * x", hidden)
    out = capsys.readouterr().out
    assert "hint: keep the sign in mind" in out
    assert "secret" not in out
    assert "expected" not in out
    assert run.scores == {"cell1-hidden": 1.0}


NOISE = {
    "warning": "import warnings\ndef square(x):\n    warnings.warn('careful')\n    return x * x",
    "print": "import sys\ndef square(x):\n    print('hm', file=sys.stderr)\n    return x * x",
    "lines": "import sys\ndef square(x):\n    sys.stderr.writelines(['hm'])\n    return x * x",
    "kept stream": "from sys import stderr\n"
    "def square(x):\n    stderr.write('hm')\n    return x * x",
    "log": "import logging\nlog = logging.getLogger('s')\nlog.addHandler(logging.StreamHandler())\n"
    "def square(x):\n    log.error('hm')\n    return x * x",
    "descriptor": "import os\ndef square(x):\n    os.write(2, b'hm')\n    return x * x",
    "warnings as errors": "import warnings\nwarnings.simplefilter('error')\n"
    "def square(x):\n    warnings.warn('careful')\n    return x * x",
}


@pytest.mark.parametrize("answer", NOISE.values(), ids=NOISE)
def test_noise_costs_nothing_and_reaches_no_stderr(play, capfd, answer):
    before = sys.stderr.write
    run = play(answer, KIT + SQUARE)
    assert run.scores == {"cell1-hidden": 3.5}
    assert capfd.readouterr().err == ""
    assert sys.stderr.write == before


def test_a_score_leaves_the_warning_filters_as_they_were(play):
    before = list(warnings.filters)
    play("def square(x): return x * x", KIT + SQUARE)
    assert warnings.filters == before


def test_running_a_cell_again_replaces_its_tests(play):
    again = KIT + SQUARE
    run = play("def square(x): return x * x", again, again, again.replace("points=1", "points=3"))
    assert list(run.scores.values()) == [3.5, 3.5, 5.5]


def test_visible_and_hidden_tests_of_a_task_are_scored_each_in_its_cell(play):
    more = one_test("close(student.square(1.0), 1.0)").replace("'t'", "'square'")
    run = play("def square(x): return x * x", KIT + SQUARE, more.replace('"t"', '"square"'))
    assert list(run.scores.values()) == [3.5, 2.0]


def test_a_cell_that_broke_before_its_score_leaves_nothing_behind(play):
    broken = (KIT + SQUARE).replace("float(score", "1 / 0; float(score")
    run = play("def square(x): return x * x", broken, KIT + SQUARE)
    assert run.scores == {"cell2-hidden": 3.5}


def test_inputs_follow_the_session_seed_and_the_global_generator_is_left_alone(play):
    body = "student.seen.append(float(torch.rand(1, generator=rng)))"
    answer = "class Seen:\n    x = ()\n    def append(self, v): self.x += (v,)\nseen = Seen()"
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    seen = [
        play(answer, one_test(body), namespace={SESSION: Session(seed=s)}).namespace["seen"].x
        for s in (0, 0, 5)
    ]
    assert seen[0] == seen[1] != seen[2]
    assert seen[2] == (float(torch.rand(1, generator=torch.Generator().manual_seed(5))),)
    assert torch.rand(1) == expected


def test_a_default_dtype_or_no_grad_set_by_the_student_does_not_reach_the_tests(play):
    answer = (
        "import torch\ntorch.set_default_dtype(torch.float64)\n"
        "torch.set_grad_enabled(False)\ndef f(x): return x"
    )
    try:
        run = play(answer, one_test("equal(gradient(student.f, torch.zeros(3)), torch.ones(3))"))
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
    assert only(run).status == "passed", only(run).message


def test_a_value_that_the_test_can_not_use_costs_that_test_alone(play):
    run = play("def f(): return 1", one_test("student.f() + 'a'"))
    assert only(run).status == "error"
    assert only(run).message.startswith("this test can not work with what came: TypeError")


def test_interrupting_stops_the_cell(play):
    with pytest.raises(KeyboardInterrupt):
        play("def f(): raise KeyboardInterrupt", one_test("student.f()"))


@pytest.mark.parametrize("body", ["student.f = 3", "student.f.g = 3"])
def test_the_student_is_read_only(play, body):
    run = play("def f(): return 1", one_test(body))
    assert "it does not change it" in only(run).message


FORBIDDEN = {
    "import": "from torch import softmax as s\ndef f(x): return s(x, 0)",
    "attribute": "import torch\ndef f(x): return torch.softmax(x, 0)",
    "alias of a module": "import torch.nn.functional as F\ndef f(x): return F.softmax(x, 0)",
    "method": "def f(x): return x.softmax(0)",
    "alias of the function": "import torch\nf = torch.softmax",
    "own function in the same cell": "def g(x): return x.softmax(0)\ndef f(x): return g(x)",
    "partial": "import functools, torch\nf = functools.partial(torch.softmax, dim=0)",
    "method of a class": "class F:\n    def __call__(self, x): return x.softmax(0)\nf = F()",
    "by name": "import importlib\nt = importlib.import_module('torch')\n"
    "def f(x): return getattr(t, 'soft' + 'max')(x, 0)",
    "eval": "def f(x): return eval('x.soft' + 'max(0)')",
    "the library of the book": "def f(x):\n    from dlcore.numerics import softmax as s\n"
    "    return s(x)",
}
SOFTMAX = one_test(
    "x = torch.randn(5, generator=rng)\nclose(student.f(x), torch.softmax(x, 0))",
    'score("t", globals(), forbid=("softmax",))',
)


@pytest.mark.parametrize("answer", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_forbidden_name_gives_nothing(play, answer):
    run = play(answer, SOFTMAX)
    assert only(run).status == "forbidden"
    assert run.scores == {"cell1-hidden": 0.0}


def test_a_forbidden_name_in_another_cell_is_followed(play):
    run = play("def g(x): return x.softmax(0)", "def f(x): return g(x)", SOFTMAX)
    assert only(run).message == (
        "your answer uses .softmax, which this task asks you to write yourself"
    )


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        ("", "def softmax(x): return x.exp() / x.exp().sum(0)\nf = softmax"),
        ("# given\ndef g(x): return x.softmax(0)", "def f(x): return g(x)"),
        (
            "def g(x): return x.softmax(0)",
            "import torch\ndef f(x): return torch.exp(x) / x.exp().sum()",
        ),
    ],
)
def test_own_names_given_cells_and_unused_cells_are_allowed(play, first, answer):
    run = play(first, answer, SOFTMAX)
    assert only(run).status == "passed", only(run).message


def test_a_dotted_name_forbids_that_function_or_module_only(play):
    answer = "import torch\ndef f(x): return torch.optim.SGD and torch.exp(x) / x.exp().sum()"
    assert only(play(answer, SOFTMAX)).status == "passed"
    exact = SOFTMAX.replace('("softmax",)', '("torch.optim", "torch.softmax")')
    assert "torch.optim.SGD" in only(play(answer, exact)).message
    assert only(play("def f(x): return x.softmax(0)", exact)).status == "passed"


@pytest.mark.parametrize("points", [0, -1, float("nan"), float("inf"), "2", None])
def test_points_must_be_a_positive_number(points):
    with pytest.raises(ValueError, match="points must be a positive number"):
        test("t", points=points)


def test_a_test_takes_student_and_rng():
    with pytest.raises(TypeError, match=r"a test takes \(student, rng\), f takes \['rng'\]"):
        exec("def f(rng): pass\nregister(f)", {"register": test("t", points=1)})


def test_a_score_without_tests_is_the_writers_mistake(play):
    run = play("from dlgrade.kit import score\nfloat(score('t', globals()))")
    told = "raised ValueError: this cell registers no test of the task 't'"
    assert run.errors == {"cell0-hidden": told}
