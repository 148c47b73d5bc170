"""The sandbox holds, and a student behind it looks to a test like one in the notebook."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from dlgrade.check import check
from dlgrade.errors import StoppedError, StudentError, UnansweredError
from dlgrade.kit import close, count_calls, equal, gradient, observe, raises, source, state
from dlgrade.sandbox.bubblewrap import Limits
from dlgrade.sandbox.remote import Clock, Nursery
from dlgrade.sandbox.selftest import selftest
from dlgrade.sandbox.student import Program, RemoteStudent
from dlgrade.sandbox.wire import BrokenError, Decoder, Encoder, LateError

pytestmark = pytest.mark.alone

GIVEN = "import torch\ndef double(x): return 2 * x\n"
CELLS = """
class Value:
    def __init__(self, data): self.data = data
    def __add__(self, other): return Value(self.data + getattr(other, "data", other))
    def __getitem__(self, i): return self.data
    def __len__(self): return 3
    def __iter__(self): return iter([Value(1.0), Value(2.0)])
class Net(torch.nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layer = torch.nn.Linear(n, 2)
    def forward(self, x): return self.layer(x).sum(-1)
def square(x):
    return x * x
def say(x):
    print("hi")
    return x
def write(x):
    x += 1
    return x
def apply(f, *args): return f(*args)
def same(a, b): return a is b
def everything(x): return x
def widen(x): return x.float()
def bad(x): raise ValueError("negative")
answer = 703
"""
KERNEL = """
import triton
import triton.language as tl
@triton.jit
def share_kernel(x, y, n, BLOCK: tl.constexpr):
    i = tl.arange(0, BLOCK)
    z = tl.load(x + i, mask=i < n, other=0.0)
    tl.store(y + i, z / tl.sum(z, 0), mask=i < n)
def share(x):
    y = torch.empty_like(x)
    share_kernel[(1,)](x, y, len(x), triton.next_power_of_2(len(x)))
    return y
"""


@pytest.fixture(scope="module")
def nursery():
    with Nursery(Limits(seconds=30.0)) as nursery:
        yield nursery


@pytest.fixture(scope="module")
def student(nursery):
    given: dict = {}
    exec(GIVEN, given)
    student = RemoteStudent(nursery, Program(((0, GIVEN),), ((1, CELLS),)), given)
    with student._process(0):
        yield student


def test_the_sandbox_holds():
    assert [what for what, holds in selftest() if not holds] == []


def test_plain_values_come_as_they_are(student):
    equal(student.answer, 703)
    for value in (1, 1.5, True, None, "é", b"x", 1j, float("inf"), (1, [2, {"a": {3}}]), ...):
        got = student.everything(value) if value is not ... else ...
        assert got == value
        assert type(got) is type(value)
    for dtype in (torch.float64, torch.float32, torch.bfloat16, torch.bool, torch.int8):
        close(student.everything(torch.ones(2, 3, dtype=dtype)), torch.ones(2, 3, dtype=dtype))
    assert student.everything(torch.ones(0, 3)).shape == (0, 3)
    np.testing.assert_array_equal(
        student.everything(np.arange(6).reshape(2, 3)), np.arange(6).reshape(2, 3)
    )
    assert student.same(x := torch.ones(2), x)


def test_objects_and_modules_work_from_afar(student):
    v = student.Value(2.0)
    equal((v + v).data, 4.0)
    equal((v + 1.0).data, 3.0)
    equal([w.data for w in v], [1.0, 2.0])
    assert len(v) == 3
    equal(state(v), {"data": 2.0})
    net = student.Net(3)
    net.load_state_dict({"layer.weight": torch.ones(2, 3), "layer.bias": torch.zeros(2)})
    close(net(torch.ones(5, 3)), torch.full((5,), 6.0))
    close(gradient(net, torch.ones(1, 3), wrt="parameters")["layer.bias"], torch.ones(2))
    with pytest.raises(AssertionError, match="a Value, expected a number"):
        assert v == 2.0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_converted_from_afar(student, dtype):
    close(student.widen(torch.tensor([0.5, -2.0], dtype=dtype)), torch.tensor([0.5, -2.0]))


def test_a_kernel_of_tritons_runs_in_its_interpreter(nursery):
    pytest.importorskip("triton")
    author = RemoteStudent(nursery, Program(((0, GIVEN),), ((1, KERNEL),)), {})
    with author._process(0):
        close(author.share(torch.tensor([1.0, 2.0, 5.0])), torch.tensor([1.0, 2.0, 5.0]) / 8)


def test_the_kit_works_from_afar(student):
    x = torch.tensor([3.0, 5.0])
    close(gradient(student.square, x), 2 * x)
    seen = observe(student.say, x)
    assert (seen.printed, seen.warnings) == ("hi\n", [])
    assert observe(student.square, x).operations["mul"] == 1
    close(observe(student.write, x).arguments[0], x + 1)
    close(x, torch.tensor([3.0, 5.0]))
    assert source(student.square).startswith("def square(x):")
    with raises(ValueError):
        student.bad(1)
    with pytest.raises(StudentError, match="ValueError: negative"):
        student.bad(1)
    with pytest.raises(UnansweredError):
        student.nothing()


def test_functions_go_by_name_or_call_back(student):
    close(student.apply(torch.sigmoid, torch.zeros(2)), torch.full((2,), 0.5))
    equal(student.apply(student._state.now.given["double"], 2), 4)
    counted = count_calls(lambda x: x + 1)
    equal(student.apply(counted, 2), 3)
    assert counted.calls == 1

    def check(x):
        raise AssertionError("not this x")

    with pytest.raises(AssertionError, match="not this x"):
        student.apply(check, 1)


@pytest.mark.parametrize(
    "message",
    [
        {"tensor": ["float32", [9], False, 4]},
        {"tensor": ["float32", [-1], False, 4]},
        {"array": ["|O", [1], 8]},
        {"same": 0},
        {"handle": ["x", "y", "z"]},
        {"eval": "1"},
        [1, 2],
        {"a": 1, "b": 2},
    ],
)
def test_a_message_of_another_form_is_refused(message):
    def special(tag, content):
        raise BrokenError(tag)

    with pytest.raises(BrokenError):
        Decoder(memoryview(b"12345678"), special)(message)


def test_what_may_not_cross_is_said():
    with pytest.raises(TypeError, match="can not cross"):
        Encoder(lambda value: None)(object())


def test_a_single_entry_of_a_column_crosses():
    column = torch.arange(6.0).reshape(3, 2)[:1, 1]
    assert column.stride() == (2,)
    encode = Encoder(lambda value: None)
    message = encode(column)
    decode = Decoder(memoryview(b"".join(encode.blobs)), lambda tag, content: None)
    torch.testing.assert_close(decode(message), column)


def test_somebody_elses_notebook_is_checked_without_harm(tmp_path):
    sample = Path(__file__).parent / "course" / "source" / "01_sample" / "01_sample.ipynb"
    notebook, mark = json.loads(sample.read_text()), tmp_path / "pwned"
    notebook["cells"][1]["source"] += f"\nopen({str(mark)!r}, 'w')"
    path = tmp_path / "01_sample.ipynb"
    path.write_text(json.dumps(notebook))
    text, earned, points = check(path, sandbox=True)
    assert (earned, points) == (7, 7)
    assert "setup raised FileNotFoundError" in text
    assert not mark.exists()
    notebook["cells"][1]["source"] = "import os\nos._exit(0)"
    path.write_text(json.dumps(notebook))
    text, earned, points = check(path, sandbox=True)
    assert "setup was left out: your code ended the Python process" in text
    assert earned < points == 7


def test_a_busy_machine_costs_no_time_and_waiting_does(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("dlgrade.sandbox.remote.time", SimpleNamespace(monotonic=lambda: now[0]))
    clock = Clock(lambda: now[0] / 4)
    clock.allow(2.0)
    while now[0] < 7:
        now[0] += clock.left()
    now[0] += 2
    with pytest.raises(LateError):
        clock.left()
    used = [1.0]
    clock = Clock(lambda: used[0])
    clock.allow(2.0, before=1.0)
    now[0] += 100  # the grader computes
    for worked in (1.0, 0.0):
        used[0] += worked
        with clock.running():
            now[0] += clock.left()
    with clock.running(), pytest.raises(LateError):
        clock.left()


def test_what_a_process_and_its_children_used_is_known(nursery):
    busy = """
import os, time
def work(seconds):
    child = os.fork()
    while time.process_time() < seconds: pass
    if not child: os._exit(0)
    os.waitpid(child, 0)
def wait(): time.sleep(0.3)
"""
    author = RemoteStudent(nursery, Program((), ((0, busy),)), {})
    with author._process(0):
        process = author._state.now
        before = process._used()
        author.wait()
        waited = process._used()
        author.work(0.5)
        assert waited - before < 0.15
        assert 0.6 < process._used() - waited < 1.3


def test_a_cell_that_ends_the_process_or_never_ends_is_left_out(nursery, monkeypatch):
    monkeypatch.setattr(nursery, "limits", replace(nursery.limits, start=1.0))
    cells = ("x = 1", "y = 2\nwhile True: pass", "import os\nos._exit(0)\nz = 3", "late = x + 1")
    author = RemoteStudent(nursery, Program((), tuple(enumerate(cells))), {})
    for _ in range(2):
        with author._process(0):
            assert author.late == 2
            with pytest.raises(StoppedError, match=r"`y` is not .* cell 2 .* not finish in 1 s"):
                author.y  # noqa: B018 (an attribute is asked for)
            with pytest.raises(StoppedError, match=r"`z` is not .* cell 3 .* ended the Python"):
                author.z  # noqa: B018 (an attribute is asked for)
    assert list(author._state.errors) == ["cell 2", "cell 3"]
    assert 1 <= author._state.wasted < 4


def test_a_name_that_a_broken_cell_should_define_says_what_broke_it(nursery):
    cells = ((0, "1 / 0\ndef f(x): pass"), (1, "class Net(:"), (2, "raise NotImplementedError()"))
    author = RemoteStudent(nursery, Program((), cells), {})
    with author._process(0):
        with pytest.raises(StudentError, match="`f` is not defined: cell 1 raised ZeroDivision"):
            author.f(1)
        with pytest.raises(StudentError, match="`Net` is not defined: cell 2 raised SyntaxError"):
            author.Net()
        with pytest.raises(UnansweredError):
            author.g()
