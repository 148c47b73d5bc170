"""An answer's reach: whatever changes another task's result must be found in the text."""

import pytest

from dlgrade.kit import SESSION, Session
from dlgrade.notebook import Cell, run
from dlgrade.reach import Reach

GIVEN = """# given
import math
from math import ceil

CONFIG = {"k": 1}
MARKS = []


def shift(x):
    return x + CONFIG["k"]


def doubled(x):
    return 2 * scaled(x)


def scaled(x):
    return x


def register(function):
    CONFIG["k"] = 2
    return function


def ask(student, x):
    return student.shift(x)


class Counter:
    def __add__(self, other):
        CONFIG["k"] = 2
        return other

    def __getitem__(self, index):
        CONFIG["k"] = 2

    @property
    def value(self):
        CONFIG["k"] = 2


class Watched:
    def __init_subclass__(cls):
        CONFIG["k"] = 2


COUNTER = Counter()
"""
G = "def g(x):\n    return x + 1"
BY_SHIFT = "def g(x):\n    return shift(x)"
TEST = """from dlgrade.kit import equal, score, test

@test("b", points=1, hint="h")
def works(student, rng):
    equal(student.g(3), 4)

float(score("b", globals()))"""
F = "def f(x):\n    return x"


def notebook(a: str, b: str, test: str, *more: str) -> list[Cell]:
    """Two tasks, and further answer cells between them."""
    answer = {"grade": False, "solution": True, "locked": False}
    tests = {"grade": True, "solution": False, "locked": True}
    parts = [
        (GIVEN, {"grade": False, "solution": False, "locked": True, "grade_id": "given"}),
        (a, {**answer, "grade_id": "a"}),
        *((text, {**answer, "grade_id": f"c{i}"}) for i, text in enumerate(more)),
        (b, {**answer, "grade_id": "b"}),
        (TEST.replace('"b"', '"a"').replace("student.g(3), 4", "student.f(3), 3"),
         {**tests, "grade_id": "a-visible"}),
        (test, {**tests, "grade_id": "b-visible"}),
    ]  # fmt: skip
    return [Cell(i, "code", source, meta) for i, (source, meta) in enumerate(parts)]


def passes(cells: list[Cell]) -> bool:
    """Does the other task get its point, where its tests have a process of their own?"""
    cells = [c for c in cells if c.grade_id != "a-visible"]
    return run(cells, {SESSION: Session()}).scores.get("b-visible") == 1.0


HARM = 'CONFIG["k"] = 2'
EFFECT = "CONFIG.update(k=2)"
ASKED = TEST.replace("student.g(3)", 'getattr(student, "sh" + "ift")(3)')
ONE_MORE = TEST.replace("equal(student.g(3), 4)", "equal(student.g(3), ceil(3.5))")


@pytest.mark.parametrize(
    ("answer", "b", "test", "more"),
    [
        pytest.param("def shift(x):\n    return 0", BY_SHIFT, TEST, (), id="a helper"),
        pytest.param("shift = math.floor", BY_SHIFT, TEST, (), id="another name for a function"),
        pytest.param("CONFIG = {'k': 2}", BY_SHIFT, TEST, (), id="what a helper uses"),
        pytest.param("def scaled(x):\n    return 0", "def g(x):\n    return doubled(x) - 2", TEST,
                     (), id="a helper's helper"),
        pytest.param("class shift(int):\n    pass", BY_SHIFT, TEST, (), id="a class"),
        pytest.param("import cmath as math", "def g(x):\n    return math.floor(x) + 1", TEST, (),
                     id="a module"),
        pytest.param("from math import floor as ceil", "def g(x):\n    return ceil(x - 0.5) + 1",
                     TEST, (), id="an imported function"),
        pytest.param("from cmath import *\nfrom math import *\nshift = exp", BY_SHIFT, TEST, (),
                     id="everything of a module"),
        pytest.param(HARM, BY_SHIFT, TEST, (), id="an entry"),
        pytest.param(EFFECT, BY_SHIFT, TEST, (), id="a method"),
        pytest.param(f"x = {EFFECT}", BY_SHIFT, TEST, (), id="a method's value"),
        pytest.param("c = CONFIG\nx = c.update(k=2)", BY_SHIFT, TEST, (), id="through an alias"),
        pytest.param("c = [CONFIG]\nx = c[0].update(k=2)", BY_SHIFT, TEST, (), id="in a list"),
        pytest.param("c, d = CONFIG, 1\nx = c.update(k=2)", BY_SHIFT, TEST, (), id="in a tuple"),
        pytest.param("h = CONFIG.update\nx = h(k=2)", BY_SHIFT, TEST, (), id="a bound method"),
        pytest.param("x = sorted([1, 2], key=lambda v: CONFIG.update(k=2) or v)", BY_SHIFT, TEST,
                     (), id="a key"),
        pytest.param("x = COUNTER + 1", BY_SHIFT, TEST, (), id="an operator"),
        pytest.param("x = COUNTER[0]", BY_SHIFT, TEST, (), id="an index"),
        pytest.param("x = COUNTER.value", BY_SHIFT, TEST, (), id="a property"),
        pytest.param("x = [CONFIG.update(k=2) for _ in [1]]", BY_SHIFT, TEST, (), id="in a loop"),
        pytest.param("x = (shift := abs)", BY_SHIFT, TEST, (), id="within an expression"),
        pytest.param("x = f'{CONFIG.update(k=2)}'", BY_SHIFT, TEST, (), id="in a text"),
        pytest.param(f"@register\n{F}", BY_SHIFT, TEST, (), id="a decorator"),
        pytest.param(f"def f(x, y={EFFECT}):\n    return x", BY_SHIFT, TEST, (), id="a default"),
        pytest.param(f"def f(x, *, y={EFFECT}):\n    return x", BY_SHIFT, TEST, (), id="a keyword"),
        pytest.param(f"def f(x: {EFFECT}):\n    return x", BY_SHIFT, TEST, (), id="an annotation"),
        pytest.param(f"def f(x) -> {EFFECT}:\n    return x", BY_SHIFT, TEST, (), id="a result"),
        pytest.param(f"x: {EFFECT} = 1", BY_SHIFT, TEST, (), id="an annotated name"),
        pytest.param(f"class A:\n    x = {EFFECT}", BY_SHIFT, TEST, (), id="a class's body"),
        pytest.param("class A(Watched):\n    pass", BY_SHIFT, TEST, (), id="a base class"),
        pytest.param(f"{F}\nf(1)\nif True:\n    {HARM}", BY_SHIFT, TEST, (), id="a condition"),
        pytest.param("for CONFIG['k'] in [2]:\n    pass", BY_SHIFT, TEST, (), id="a loop"),
        pytest.param(f"try:\n    1 / 0\nexcept ZeroDivisionError:\n    {HARM}", BY_SHIFT, TEST, (),
                     id="an exception"),
        pytest.param("try:\n    1 / 0\nexcept ZeroDivisionError as shift:\n    pass", BY_SHIFT,
                     TEST, (), id="an exception's name"),
        pytest.param("del shift", BY_SHIFT, TEST, (), id="a name deleted"),
        pytest.param("MARKS += [1]", "def g(x):\n    return x + 1 - len(MARKS)", TEST, (),
                     id="in place"),
        pytest.param("def f(x):\n    global shift\n    shift = abs\n    return x\n\n\ny = f(1)",
                     BY_SHIFT, TEST, (), id="a global name"),
        pytest.param("exec('shift = abs')", BY_SHIFT, TEST, (), id="exec"),
        pytest.param("globals()['shift'] = abs", BY_SHIFT, TEST, (), id="globals"),
        pytest.param("math.floor = lambda x: 0", "def g(x):\n    return math.floor(x) + 1", TEST,
                     (), id="a patched module"),
        pytest.param("def shift(x):\n    return 0",
                     "def g(x):\n    return globals()['sh' + 'ift'](x)", TEST, (),
                     id="globals in the other"),
        pytest.param("def shift(x):\n    return 0", G, ASKED, (), id="a name made up by the test"),
        pytest.param("def shift(x):\n    return 0", G,
                     TEST.replace("student.g(3)", 'getattr(student, "shift")(3)'), (),
                     id="a name in a text"),
        pytest.param("def shift(x):\n    return 0", G,
                     TEST.replace("student.g(3)", "ask(student, 3)"), (),
                     id="a given function that asks"),
        pytest.param("def f(x):\n    return 2 * x", BY_SHIFT, TEST, ("CONFIG['k'] = f(1)",),
                     id="a third cell that acts"),
        pytest.param("def f(x):\n    return 2 * x", "def g(x):\n    return x + OTHER", TEST,
                     ("OTHER = f(1)",), id="a third cell's value"),
    ],
)  # fmt: skip
def test_whatever_changes_another_task_is_found(answer, b, test, more, monkeypatch):
    import math

    monkeypatch.setattr(math, "floor", math.floor)
    cells = notebook(F, b, test, *more)
    assert passes(cells)
    tried = notebook(f"{F}\n\n\n{answer}", b, test, *more)
    assert not passes(tried)
    assert "b" in Reach(cells).touched("a", answer)


@pytest.mark.parametrize(
    "answer",
    [
        "def f(x):\n    return 0",
        "def f(x, factor=2.0):\n    g = 3\n    return g * x",
        "import math\n\n\ndef f(x):\n    return math.sqrt(x)",
        "from dlcore.nn import f",
        "import torch\n\nf = torch.tensor([1.0, 2.0], dtype=torch.float64)",
        "f = {'x': [1, -2.5, 'g'], 'y': (None, True)}",
        "from functools import cache\n\n@cache\ndef f(x: int | None = 1) -> int:\n    return 1",
        "class f:\n    size = 3\n\n    def __init__(self):\n        self.g = CONFIG",
        "x = 2 * math.pi\ny = math.sqrt(x)\nf = [x, y, max(1, 2)]",
        "f = lambda x: CONFIG",
        "def f(x):\n    CONFIG['k'] = 2\n    return shift(x)",
    ],
)
def test_definitions_of_its_own_touch_no_other_task(answer):
    cells = notebook(F, BY_SHIFT, ONE_MORE)
    assert Reach(cells).touched("a", answer) == {"a"}
    assert passes(notebook(f"{F}\n\n\n{answer}", BY_SHIFT, ONE_MORE))


CLASS = "class f:\n    size = 1"
LISTENING = "class f:\n    def __init_subclass__(cls):\n        CONFIG['k'] = 2"


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        (CLASS, "class f(f):\n    def g(self):\n        return shift(self.size)"),
        (CLASS, "class h(f):\n    pass\n\n\nclass f(h):\n    size = 2"),
        (CLASS, "class f(f, object):\n    @property\n    def size(self):\n        return 2"),
        ("f = {'x': 1}", "f = {**f, 'x': f['x'] + 1}"),
        ("f = {'x': 1}", "f = dict(zip(('x', 'y'), (1, 2)))"),
    ],
)
def test_an_answer_may_start_from_what_its_reference_defines(reference, answer):
    cells = notebook(reference, BY_SHIFT, ONE_MORE)
    assert Reach(cells).touched("a", answer) == {"a"}
    assert passes(notebook(f"{reference}\n\n\n{answer}", BY_SHIFT, ONE_MORE))


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        (LISTENING, "class h(f):\n    pass"),
        (CLASS, "f = Watched\n\n\nclass h(f):\n    pass"),
        (CLASS, f"{LISTENING}\n\n\nclass h(f):\n    pass"),
        ("f = COUNTER", "h = f[0]"),
        ("f = [COUNTER]", "h = f[0] + 1"),
        ("f = {'x': COUNTER}", "h = dict(zip('x', f))['x'] + f['x'][0]"),
    ],
)
def test_what_a_reference_defines_may_still_act(reference, answer):
    cells = notebook(reference, BY_SHIFT, TEST)
    assert passes(cells)
    assert not passes(notebook(f"{reference}\n\n\n{answer}", BY_SHIFT, TEST))
    assert "b" in Reach(cells).touched("a", answer)


@pytest.mark.parametrize(("call", "reaches"), [("eval()", False), ("eval('shift')", True)])
def test_a_mode_of_evaluation_is_no_text_that_is_evaluated(call, reaches):
    test = TEST.replace("equal(student.g(3), 4)", f"equal(torch.nn.Linear(1, 1).{call}.x, 4)")
    touched = Reach(notebook(F, G, test)).touched("a", "def shift(x):\n    return 0")
    assert ("b" in touched) == reaches
