"""Only plain values and fresh tensors reach a test; arguments are copies; handles do the rest."""

import numpy as np
import pytest
import torch

from dlgrade.boundary import DEPTH, Handle, Student, from_student
from dlgrade.errors import StudentError, UnansweredError
from dlgrade.kit import close, count_calls, equal, gradient, observe, raises, source, state


def define(code: str, **names) -> Student:
    namespace = {"__name__": "__main__", "torch": torch, **names}
    exec(code, namespace)
    return Student(namespace)


class AlwaysEqual:
    """Claims to equal everything, and to be a number."""

    __class__ = float  # type: ignore[assignment]

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __sub__(self, other):
        return 0.0

    def __abs__(self):
        return 0.0


class LyingTensor(torch.Tensor):
    """Every function on it gives what the test hopes for."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True


@pytest.mark.parametrize("expected", [1.0, 1, "a", True, torch.ones(2), [1.0], {"a": 1}])
def test_an_object_equal_to_everything_equals_nothing(expected):
    thing = from_student(AlwaysEqual())
    assert type(thing) is Handle
    for compare in (close, equal):
        with pytest.raises(AssertionError, match="expected"):
            compare(thing, expected)
    with pytest.raises(AssertionError, match="a AlwaysEqual, expected a number or a tensor"):
        assert thing == expected
    with pytest.raises(AssertionError, match="not a truth value"):
        assert thing


def test_a_tensor_subclass_is_refused_and_a_parameter_is_a_tensor():
    with pytest.raises(AssertionError, match=r"a LyingTensor, expected a plain torch\.Tensor"):
        from_student(torch.zeros(2).as_subclass(LyingTensor))
    value = from_student(torch.nn.Parameter(torch.ones(2)))
    assert type(value) is torch.Tensor
    assert not value.requires_grad


def test_what_a_tensor_instance_overrides_is_left_behind():
    x = torch.zeros(2)
    x.detach = lambda: torch.ones(2)  # type: ignore[method-assign]
    close(from_student(x), torch.zeros(2))


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float64(1.5), 1.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (torch.return_types.max((torch.ones(2), torch.zeros(2))), (torch.ones(2), torch.zeros(2))),
        (type("Text", (dict,), {})(a=1), {"a": 1}),
        ([1, (2.0, None)], [1, (2.0, None)]),
        (torch.Size([2, 3]), (2, 3)),
    ],
)
def test_values_are_rebuilt_from_exact_types(value, plain):
    equal(from_student(value), plain)


@pytest.mark.parametrize("base", [int, float, str])
def test_a_subclass_of_a_number_is_no_number(base):
    assert type(from_student(type("Fake", (base,), {"__eq__": lambda s, o: True})())) is Handle


def test_endless_nesting_is_a_failure():
    x: list = []
    x.append(x)
    with pytest.raises(AssertionError, match=f"more than {DEPTH} deep"):
        from_student(x)


def test_arguments_are_copies_and_observe_shows_what_became_of_them():
    student = define("def f(x, y):\n    x += 1\n    y.append(3)\n    return x is y[0]")
    x = torch.zeros(2)
    y = [x]
    assert student.f(x, y) is True
    assert len(y) == 1
    close(x, torch.zeros(2))
    after = observe(student.f, x, y).arguments
    close(after, (torch.ones(2), [torch.ones(2), 3]))


def test_observe_reports_prints_warnings_and_operations():
    student = define(
        "import warnings\n"
        "def f(x, n=2):\n"
        "    print('hello')\n    warnings.warn('careful', RuntimeWarning)\n"
        "    for _ in range(n): x = x @ x\n    return x.softmax(-1)"
    )
    seen = observe(student.f, torch.eye(3), n=5)
    assert seen.printed == "hello\n"
    assert seen.warnings == ["RuntimeWarning: careful"]
    assert seen.operations["mm"] == 5
    assert seen.operations["_softmax"] == 1
    assert seen.value.shape == (3, 3)


def test_a_generator_crosses_with_its_state():
    student = define("def f(g): return torch.rand(3, generator=g)")
    rng = torch.Generator().manual_seed(4)
    equal(student.f(rng), torch.rand(3, generator=rng))


def test_gradient_by_inputs_and_by_parameters():
    student = define(
        "def f(x, y, k): return (x * y) ** k\n"
        "class Net(torch.nn.Linear):\n    pass\n"
        "def stuck(x): return torch.tensor(x.tolist())"
    )
    x, y, w = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 5.0]), torch.tensor([1.0, 10.0])
    dx, dy = gradient(student.f, x, y, 2)
    close(dx, 2 * x * y**2)
    close(dy, 2 * y * x**2)
    close(gradient(student.f, x, y, 2, wrt=[0], weights=w), w * 2 * x * y**2)
    net = student.Net(2, 3)
    close(gradient(net, x, wrt="parameters"), {"weight": x.expand(3, 2), "bias": torch.ones(3)})
    with pytest.raises(AssertionError, match="nothing that autograd can differentiate"):
        gradient(student.stuck, x)
    with pytest.raises(AssertionError, match=r"expected \(3,\), got \(2,\)"):
        gradient(student.f, x, y, 2, weights=torch.ones(3))


def test_objects_are_reached_through_handles():
    student = define(
        "class V:\n"
        "    def __init__(self, x): self.x, self.seen = x, []\n"
        "    def __add__(self, o): return V(self.x + (o.x if isinstance(o, V) else o))\n"
        "    __radd__ = __add__\n"
        "    def __neg__(self): return V(-self.x)\n"
        "    def __getitem__(self, i): return self.x[i]\n"
        "    def __len__(self): return 7\n"
        "    def __iter__(self): return iter([self, 1])\n"
        "    def see(self, o): self.seen.append(o is self)\n"
    )
    v = student.V(2.0)
    assert (v + v).x == (v + 2).x == (2 + v).x == 4.0
    assert (-v).x == -2.0
    assert len(v) == 7
    first, second = v
    assert (first.x, second) == (2.0, 1)
    close(student.V(torch.arange(3))[1:], torch.tensor([1, 2]))
    v.see(v)
    assert state(v) == {"x": 2.0, "seen": [True]}
    with pytest.raises(StudentError, match="AttributeError"):
        v.missing  # noqa: B018
    assert repr(v) == "<the result, a V>"


def test_a_module_is_built_on_the_students_side():
    student = define("Net = torch.nn.Linear")
    net = student.Net(3, 2)
    weights = {"weight": torch.ones(2, 3), "bias": torch.zeros(2)}
    net.load_state_dict(weights)
    close(state(net), weights)
    close(net(torch.ones(5, 3)), torch.full((5, 2), 3.0))
    with pytest.raises(TypeError, match=r"not Linear: build it with a function of a locked cell"):
        student.Net(torch.nn.Linear(2, 2))


def test_functions_of_the_test_are_callbacks_and_their_calls_are_counted():
    student = define("def twice(f, x): return f(x) + f(x + 1)")
    f = count_calls(lambda x: x**2)
    close(student.twice(f, torch.tensor(2.0)), torch.tensor(13.0))
    assert f.calls == 2
    close(student.twice(torch.exp, torch.zeros(1)), 1 + torch.ones(1).exp())


def test_gradients_flow_through_functions_that_both_sides_know():
    student = define("def given(x): return x.sin()\ndef f(g, x): return g(g(x))")
    given = student._namespace["given"]
    x = torch.linspace(-1, 1, 5)
    close(gradient(student.f, given, x), x.sin().cos() * x.cos())
    close(gradient(student.f, torch.tanh, x).shape, (5,))
    with pytest.raises(AssertionError, match="autograd"):
        gradient(student.f, lambda v: v.sin(), x)


def test_a_failed_check_in_a_callback_counts_even_when_it_is_swallowed():
    student = define("def f(g):\n    try: g(-1)\n    except Exception: pass\n    return 1")

    def g(x):
        assert x > 0, f"g was called with {x}"

    with pytest.raises(AssertionError, match="g was called with -1"):
        student.f(g)


def test_raises_wants_that_exception_from_the_student():
    student = define(
        "class Mine(ValueError): pass\n"
        "def f(kind):\n    if kind: raise kind('no')\n"
        "def g(): raise Mine('no')\ndef stub(): raise NotImplementedError"
    )
    with raises(ValueError):
        student.f(ValueError)
    with raises(ValueError):
        student.g()
    wrong = pytest.raises(AssertionError, match="expected a ValueError, got TypeError: no")
    with wrong, raises(ValueError):
        student.f(TypeError)
    none = pytest.raises(AssertionError, match="a bad size: expected a ValueError, but nothing")
    with none, raises(ValueError, what="a bad size"):
        student.f(None)
    with pytest.raises(UnansweredError), raises(Exception):
        student.stub()


def test_source_is_the_functions_own_text(play):
    run = play("import torch\n\ndef f(x):\n    return x + 1\n\ny = 3")
    assert source(Student(run.namespace).f) == "def f(x):\n    return x + 1"
