"""The kit that an exercise's test cells are written with.

A test cell registers named tests and ends in their score::

    from dlgrade.kit import close, score, test

    @test("softmax", points=2, hint="subtract the largest entry of each row first")
    def stable(student, rng):
        z = 1000 * torch.randn(3, 5, generator=rng)
        close(student.softmax(z), torch.softmax(z, dim=-1))

    float(score("softmax", globals()))

`student` shows what the answer cells define, read only; `rng` is a `torch.Generator`. A test fails
by an `AssertionError`, as `close`, `equal` and `raises` give it. The same cell runs in the
student's notebook, under plain nbgrader, and in a grader that keeps the student's code in another
process: a test therefore touches the student's things only by calling them, reading attributes,
and through the functions of this module.
"""

import inspect
import linecache
import math
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, cast

import torch
from torch import Tensor

from dlgrade.boundary import Handle, Observation, Student
from dlgrade.compare import close, equal, raises
from dlgrade.errors import StoppedError, StudentError, UnansweredError
from dlgrade.inspection import violations
from dlgrade.quiet import quiet

__all__ = [
    "close",
    "count_calls",
    "equal",
    "gradient",
    "observe",
    "raises",
    "score",
    "source",
    "state",
    "test",
]

Status = Literal[
    "passed",
    "failed",
    "error",
    "unanswered",
    "forbidden",
    "timed out",
    "crashed",
    "out of memory",
]
SESSION = "__dlgrade__"
HIDDEN = "### BEGIN HIDDEN TESTS"
MARKS: dict[Status, str] = {
    "passed": "✓",
    "failed": "✗",
    "error": "!",
    "unanswered": "·",
    "forbidden": "✗",
    "timed out": "!",
    "crashed": "!",
    "out of memory": "!",
}


@dataclass(frozen=True)
class Test:
    """One named test of a task."""

    __test__: ClassVar[bool] = False  # pytest collects what is called so
    task: str
    name: str
    points: float
    hint: str
    function: Callable[[Any, torch.Generator], None]


@dataclass(frozen=True)
class Outcome:
    """How one test ended; `message` says what was expected and what came."""

    task: str
    test: str
    points: float
    status: Status
    message: str
    hint: str
    hidden: bool
    printed: str = ""

    @property
    def earned(self) -> float:
        """The points of a passed test, 0 for any other."""
        return self.points if self.status == "passed" else 0.0


@dataclass
class Session:
    """The tests and outcomes of one notebook, kept in its namespace.

    Attributes:
        seed: of the `rng` that each test gets.
        student: what the tests see; by default a view of the namespace.
        cells: the tests by task and by the cell that defines them, so that running a cell again
            replaces its tests.
        outcomes: the latest outcome by task and test.
        held: where `score` puts the tests of its cell instead of running them.
        failed: of a name that is not defined, what the cell did that should have defined it.
    """

    seed: int = 0
    student: Any = None
    cells: dict[tuple[str, str], dict[str, Test]] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    held: "list[Held] | None" = None
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Held:
    """The tests of one cell, with what `score` was told about them."""

    tests: tuple[Test, ...]
    hidden: bool
    forbid: tuple[str, ...]


def session(namespace: dict[str, Any]) -> Session:
    """The session of a notebook's namespace, made at the first use."""
    if not isinstance(namespace.get(SESSION), Session):
        namespace[SESSION] = Session()
    return namespace[SESSION]


def test(task: str, *, points: float, hint: str = "") -> Callable[[Callable], Callable]:  # noqa: PT028 (it registers tests, it is none)
    """Register a function `(student, rng)` as a named test of a task.

    Args:
        task: the name that the task's cells have in common.
        points: what the test gives when it passes; there is no partial pass.
        hint: one line for a student who fails it. It is shown for hidden tests too.

    Raises:
        ValueError: the points are no positive number.
        TypeError: the function does not take `student` and `rng`.
    """
    if not (isinstance(points, int | float) and math.isfinite(points) and points > 0):
        raise ValueError(f"points must be a positive number, not {points!r}")

    def register(function: Callable) -> Callable:
        taken = list(inspect.signature(function).parameters)
        if taken != ["student", "rng"]:
            raise TypeError(f"a test takes (student, rng), {function.__name__} takes {taken}")
        tests = session(function.__globals__).cells
        cell = tests.setdefault((task, function.__code__.co_filename), {})
        cell[function.__name__] = Test(task, function.__name__, float(points), hint, function)
        return function

    return register


def score(task: str, namespace: dict[str, Any], *, forbid: Sequence[str] = ()) -> float:
    """Run the tests that this cell registered, print how they went, and add up their points.

    Nothing that the student's code raises, prints or warns about leaves this function.

    Args:
        task: the name given to `test`.
        namespace: the notebook's `globals()`.
        forbid: names that an answer may not use: `"torch.softmax"` is that function,
            `"torch.optim"` the module with all in it, `"softmax"` anything of that name from
            elsewhere, also the method. `dlcore` is always forbidden, except its data and plots.

    Returns:
        The points of the passed tests, a plain float of 0 or more.
    """
    cell = sys._getframe(1).f_code
    mine = session(namespace)
    tests = list(mine.cells.get((task, cell.co_filename), {}).values())
    if not tests:
        raise ValueError(f"this cell registers no test of the task {task!r}")
    hidden = HIDDEN in "".join(linecache.getlines(cell.co_filename))
    if mine.held is not None:
        mine.held.append(Held(tuple(tests), hidden, tuple(forbid)))
        return 0.0
    student = Student(namespace, mine.failed) if mine.student is None else mine.student
    student._touched.clear()
    outcomes = [run(t, student, mine.seed, hidden) for t in tests]
    with quiet():
        if mine.student is None:
            found = violations(sorted(student._touched), namespace, forbid)
        else:
            found = mine.student._violations(forbid)
    if found:
        outcomes = [forbidden(o, found) for o in outcomes]
    mine.outcomes |= {(o.task, o.test): o for o in outcomes}
    print(table(task, outcomes))
    return float(sum(o.earned for o in outcomes))


def forbidden(outcome: Outcome, found: Sequence[str]) -> Outcome:
    """The outcome of a test whose task does not permit what the answer uses."""
    text = f"your answer uses {', '.join(found)}, which this task asks you to write yourself"
    return Outcome(
        outcome.task, outcome.test, outcome.points, "forbidden", text, "", outcome.hidden
    )


def run(test: Test, student: Any, seed: int, hidden: bool) -> Outcome:
    """Run one test with everything that the student's code prints kept away."""
    status: Status = "passed"
    message = ""
    with quiet() as printed:
        torch.default_generator.manual_seed(seed)
        try:
            with getattr(student, "_process", _in_this_process)(seed):
                test.function(student, torch.Generator().manual_seed(seed))
        except KeyboardInterrupt:
            raise
        except StoppedError as stopped:
            status, message = cast(Status, stopped.status), str(stopped)
        except UnansweredError as nothing:
            status, message = "unanswered", str(nothing)
        except AssertionError as failure:
            status, message = "failed", str(failure) or "what this test checks does not hold"
        except StudentError as error:
            status, message = "error", f"your code raised {error}"
        except BaseException as error:
            status = "error"
            message = f"this test can not work with what came: {type(error).__name__}: {error}"
    said = printed.getvalue()
    return Outcome(test.task, test.name, test.points, status, message, test.hint, hidden, said)


def _in_this_process(_: int) -> AbstractContextManager:
    """A student in the notebook needs no process of its own."""
    return nullcontext()


def table(task: str, outcomes: Sequence[Outcome]) -> str:
    """The outcomes for the student to read; of a hidden test only name, points and hint."""
    total, earned = sum(o.points for o in outcomes), sum(o.earned for o in outcomes)
    width = max(len(o.test) for o in outcomes)
    lines = [f"{task}: {earned:g} of {total:g} points"]
    for o in outcomes:
        lines.append(
            f"  {MARKS[o.status]} {o.test:<{width}}  {o.earned:g}/{o.points:g}  {o.status}"
        )
        detail = [] if o.status == "passed" or o.hidden else [o.message]
        if o.status not in ("passed", "unanswered") and o.hint:
            detail.append(f"hint: {o.hint}")
        lines += [f"      {line}" for text in detail for line in text.splitlines()]
        if o.printed and not o.hidden:
            lines += ["      printed:", *(f"      | {x}" for x in o.printed[:1000].splitlines())]
    return "\n".join(lines)


def observe(function: Handle, /, *args: Any, **kwargs: Any) -> Observation:
    """Call it and report the value, prints, warnings, arguments afterwards, tensor operations."""
    return function._observe(args, kwargs)


def gradient(
    function: Handle,
    /,
    *args: Any,
    wrt: Sequence[int] | Literal["parameters"] | None = None,
    weights: Tensor | None = None,
    **kwargs: Any,
) -> Any:
    """The gradient of the sum of what it returns, found by autograd where the student's code runs.

    Args:
        function: a function or module of the student's that returns one tensor.
        *args: its arguments.
        wrt: the positions of the arguments to differentiate by; by default every floating tensor.
            "parameters" gives a dict with the gradient of each parameter of a module.
        weights: of the returned entries in the sum; ones by default.
        **kwargs: its keyword arguments.

    Returns:
        A tensor, or a tuple of them when there are several; None where there is no dependence.
    """
    return function._gradient(args, kwargs, wrt, weights)


def state(thing: Handle) -> dict[str, Any]:
    """What an object holds: a module's `state_dict()`, another object's attributes."""
    return thing._state()


def source(function: Handle) -> str:
    """The text of a function or class as the student wrote it."""
    return function._source()


def count_calls(function: Callable) -> Callable:
    """The function with an attribute `calls`, to pass to the student's code."""

    def counted(*args: Any, **kwargs: Any) -> Any:
        counter.calls += 1
        return function(*args, **kwargs)

    counter: Any = counted
    counter.calls = 0
    return counter
