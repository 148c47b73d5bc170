"""What crosses between a test and a student's code: plain values, tensors, and handles.

A test never holds a student's object. It holds a `Handle`, and every value that comes back is
rebuilt here from exact built-in types and fresh tensors, so an object that claims to equal
everything, or a tensor subclass that lies about its numbers, never reaches a comparison. The same
rule works when the student's code lives in another process: `Handle`'s underscore methods are then
the whole protocol.
"""

import builtins
import math
import operator
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from types import EllipsisType, NoneType
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from dlgrade.errors import StudentError, UnansweredError

SCALARS = (NoneType, bool, int, float, complex, str, bytes, torch.dtype, torch.device)
SHARED = (torch, torch.nn, torch.nn.functional, torch.special, torch.linalg, math, operator, np)
DEPTH = 32


def from_student(value: Any, what: str = "the result", depth: int = 0) -> Any:
    """A student's value rebuilt from exact types; what is not a plain value becomes a handle."""
    kind = type(value)
    if depth > DEPTH:
        raise AssertionError(f"{what} is nested more than {DEPTH} deep")
    if kind in SCALARS:
        return value
    if kind in (Tensor, torch.nn.Parameter):
        return Tensor.cpu(Tensor.clone(Tensor.detach(value)))
    if issubclass(kind, Tensor):
        raise AssertionError(f"{what} is a {kind.__name__}, expected a plain torch.Tensor")
    if kind is np.ndarray and value.dtype.kind in "biufcSU":
        return value.copy()
    if issubclass(kind, np.generic):
        return value.item()
    if issubclass(kind, dict):
        items = [(from_student(k, what, depth + 1), v) for k, v in dict.items(value)]
        return {k: from_student(v, f"{what}[{k!r}]", depth + 1) for k, v in items}
    for plain in (tuple, list, set, frozenset):
        if issubclass(kind, plain):
            members = enumerate(plain.__iter__(value))
            return plain([from_student(v, f"{what}[{i}]", depth + 1) for i, v in members])
    return Handle(value, what)


def _shared(function: Callable) -> bool:
    """Does the student's side know this function by name: torch's, or one of a locked cell?"""
    name = getattr(function, "__name__", "")
    own = getattr(function, "__globals__", {})
    return own.get(name) is function or any(
        getattr(m, name, None) is function for m in (*SHARED, builtins)
    )


@dataclass
class Crossing:
    """The arguments of one call, copied for the student; a callback's failed assertions."""

    copies: dict[int, Any] = field(default_factory=dict)
    failures: list[AssertionError] = field(default_factory=list)

    def copy(self, value: Any) -> Any:
        """The value as the student gets it; one thing passed twice stays one thing."""
        if id(value) not in self.copies:
            self.copies[id(value)] = self._copy(value)
        return self.copies[id(value)]

    def _copy(self, value: Any) -> Any:
        match value:
            case Handle():
                return value._object
            case Tensor():
                return value.detach().clone().requires_grad_(value.requires_grad)
            case torch.Generator():
                return value.clone_state()
            case np.ndarray():
                return value.copy()
            case dict():
                return {k: self.copy(v) for k, v in value.items()}
            case tuple() | list() | set() | frozenset():
                return type(value)([self.copy(v) for v in value])
            case slice() | range() | EllipsisType():
                return value
        if type(value) in SCALARS:
            return value
        if callable(value) and not isinstance(value, torch.nn.Module):
            return value if _shared(value) else self._callback(value)
        raise TypeError(
            f"a test can pass numbers, text, tensors, containers of them, functions and handles, "
            f"not {type(value).__name__}: build it with a function of a locked cell, "
            f"student.make(…)"
        )

    def _callback(self, function: Callable) -> Callable:
        """The test's function as the student sees it: values in, values out, no gradient."""

        def callback(*args: Any, **kwargs: Any) -> Any:
            try:
                result = function(
                    *(from_student(a, "an argument") for a in args),
                    **{k: from_student(v, k) for k, v in kwargs.items()},
                )
            except AssertionError as failure:
                self.failures.append(failure)
                raise
            return Crossing().copy(result)

        return callback

    def run(self, function: Callable, *args: Any, **kwargs: Any) -> Any:
        """Call into the student's code; whatever it raises comes out as our own exception."""
        try:
            result = function(*args, **kwargs)
        except KeyboardInterrupt:
            raise
        except NotImplementedError:  # what an unanswered cell, as released, raises
            raise UnansweredError("not answered yet") from None
        except BaseException as error:
            if self.failures:
                raise self.failures[0] from None
            raise StudentError(error) from None
        if self.failures:
            raise self.failures[0]
        return result


@dataclass(frozen=True)
class Observation:
    """What one call did.

    Attributes:
        value: what it returned.
        printed: what it printed.
        warnings: its warnings, as "RuntimeWarning: overflow encountered in exp".
        arguments: the positional arguments as they were after the call.
        operations: how often each tensor operation ran, by torch's name ("mm", "exp", "_softmax").
    """

    value: Any
    printed: str
    warnings: list[str]
    arguments: tuple
    operations: Counter[str]


class _CountOperations(TorchDispatchMode):
    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Nothing is compiled here, and torch's guard against it would load for two seconds."""
        return False

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.counts[function._schema.name.removeprefix("aten::")] += 1
        return function(*args, **(kwargs or {}))


class Handle:
    """Something the student made: call it, read its attributes, compute with it."""

    _object: Any
    _what: str

    def __init__(self, thing: Any, what: str):
        object.__setattr__(self, "_object", thing)
        object.__setattr__(self, "_what", what)

    def __repr__(self) -> str:
        return f"<{self._what}, a {self._kind()}>"

    def _kind(self) -> str:
        """The name of its type."""
        return type(self._object).__name__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the student's function with copies of the arguments; the result is plain values."""
        crossing = Crossing()
        if not callable(self._object):
            raise AssertionError(f"{self._what} is a {type(self._object).__name__}, not callable")
        args, kwargs = crossing.copy(args), crossing.copy(kwargs)
        return from_student(crossing.run(self._object, *args, **kwargs))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return from_student(Crossing().run(getattr, self._object, name), f"{self._what}.{name}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a test reads what the student wrote, it does not change it")

    def __iter__(self) -> Iterator:
        iterator, end = Crossing().run(iter, self._object), object()
        while (item := Crossing().run(next, iterator, end)) is not end:
            yield from_student(item, f"an item of {self._what}")

    def __len__(self) -> int:
        return Crossing().run(len, self._object)

    def __bool__(self) -> bool:
        raise AssertionError(f"{self._what} is a {self._kind()}, not a truth value")

    def __eq__(self, other: object) -> bool:
        raise AssertionError(f"{self._what} is a {self._kind()}, expected a number or a tensor")

    __hash__ = object.__hash__

    def _observe(self, args: Sequence, kwargs: dict) -> Observation:
        crossing, printed, counter = Crossing(), StringIO(), _CountOperations()
        args, kwargs = crossing.copy(tuple(args)), crossing.copy(kwargs)
        with warnings.catch_warnings(record=True) as caught, redirect_stdout(printed), counter:
            warnings.simplefilter("always")
            value = crossing.run(self._object, *args, **kwargs)
        return Observation(
            from_student(value),
            printed.getvalue(),
            [f"{w.category.__name__}: {w.message}" for w in caught],
            from_student(args, "the arguments"),
            counter.counts,
        )

    def _gradient(
        self, args: Sequence, kwargs: dict, wrt: Sequence[int] | str | None, weights: Tensor | None
    ) -> Any:
        crossing = Crossing()
        args, kwargs = crossing.copy(tuple(args)), crossing.copy(kwargs)
        if wrt == "parameters":
            inputs = dict(self._object.named_parameters())
        else:
            chosen = range(len(args)) if wrt is None else [int(i) for i in wrt]
            inputs = {
                i: args[i].requires_grad_()
                for i in chosen
                if isinstance(args[i], Tensor) and args[i].is_floating_point()
            }
        out = crossing.run(self._object, *args, **kwargs)
        if type(out) is not Tensor or not out.requires_grad:
            raise AssertionError(
                f"{self._what} returned nothing that autograd can differentiate: was a tensor "
                "detached, changed to numpy or to a Python number?"
            )
        if weights is not None and weights.shape != out.shape:
            raise AssertionError(f"shape: expected {tuple(weights.shape)}, got {tuple(out.shape)}")
        total = out.sum() if weights is None else (out * weights).sum()
        found = crossing.run(torch.autograd.grad, total, list(inputs.values()), allow_unused=True)
        gradients = dict(zip(inputs, from_student(found, "the gradient"), strict=True))
        if wrt == "parameters":
            return gradients
        values = tuple(gradients.values())
        return values[0] if len(values) == 1 else values

    def _source(self) -> str:
        from dlgrade.inspection import source_of

        return source_of(self._object)

    def _state(self) -> dict[str, Any]:
        thing = self._object
        if isinstance(thing, torch.nn.Module):
            return from_student(Crossing().run(thing.state_dict), self._what)
        names = [*getattr(thing, "__dict__", ()), *getattr(type(thing), "__slots__", ())]
        return {n: self.__getattr__(n) for n in names if not n.startswith("__")}


def _forward(name: str) -> Callable:
    right = name in RIGHT
    operation = getattr(operator, name.replace("__r", "__") if right else name)

    def method(self: Handle, *args: Any) -> Any:
        mine, theirs = self._object, [Crossing().copy(a) for a in args]
        operands = [*theirs, mine] if right else [mine, *theirs]
        return from_student(Crossing().run(operation, *operands))

    return method


BINARY = ("add", "sub", "mul", "truediv", "pow", "matmul")
RIGHT = {f"__r{n}__" for n in BINARY}
for _name in (*(f"__{n}__" for n in (*BINARY, "neg", "abs", "getitem")), *RIGHT):
    setattr(Handle, _name, _forward(_name))


class Student:
    """A read-only view of the names that the notebook defines: `student.softmax(x)`.

    Args:
        namespace: the notebook's names.
        failed: of a name that is not defined, what the cell did that should have defined it.
    """

    def __init__(self, namespace: dict[str, Any], failed: dict[str, str] | None = None):
        object.__setattr__(self, "_namespace", namespace)
        object.__setattr__(self, "_failed", {} if failed is None else failed)
        object.__setattr__(self, "_touched", set())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        self._touched.add(name)
        if self._namespace.get(name) is None:
            if why := self._failed.get(name):
                text = f"NameError: `{name}` is not defined: {why}"
                raise StudentError.known(["NameError", "Exception"], text)
            raise UnansweredError(f"not answered yet: `{name}` is not defined")
        return from_student(self._namespace[name], name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a test reads what the student wrote, it does not change it")
