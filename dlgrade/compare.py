"""Comparisons that say what was expected and what came."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dlgrade.boundary import Handle
from dlgrade.errors import StudentError

TOLERANCE = {
    torch.float64: (1e-7, 1e-9),
    torch.complex128: (1e-7, 1e-9),
    torch.float32: (1e-4, 1e-6),
    torch.complex64: (1e-4, 1e-6),
    torch.float16: (1e-2, 1e-3),
    torch.bfloat16: (2e-2, 1e-3),
}
NUMBER = (bool, int, float, complex)


def show(value: Any, limit: int = 120) -> str:
    """A value in one short line."""
    if isinstance(value, Tensor) and value.numel() > 8:
        text = f"a tensor of shape {tuple(value.shape)} and {value.dtype}"
    elif isinstance(value, Tensor):
        text = f"{value.tolist()}"
    else:
        text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def close(
    actual: Any,
    expected: Any,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    dtype: bool = True,
    what: str = "the result",
) -> None:
    """The student's value equals the expected one up to rounding; NaN equals nothing but NaN.

    Args:
        actual: what came from the student: a number, a tensor, an array, or a tuple, list or dict
            of such.
        expected: the same structure. A Python number also accepts a tensor of one element
            without dimensions.
        rtol: relative tolerance; by default 1e-4 in float32 and 1e-7 in float64.
        atol: absolute tolerance; by default 1e-6 in float32 and 1e-9 in float64.
        dtype: tensors must have the expected dtype as well.
        what: how the message names the value.

    Raises:
        AssertionError: says what differs: kind, shape, dtype, or where the largest difference is.
    """
    if isinstance(expected, dict | list | tuple):
        _same_structure(actual, expected, what)
        keys = expected if isinstance(expected, dict) else range(len(expected))
        for k in keys:
            close(actual[k], expected[k], rtol=rtol, atol=atol, dtype=dtype, what=f"{what}[{k!r}]")
        return
    if isinstance(expected, np.ndarray | np.generic):
        expected = torch.as_tensor(expected)
        actual = torch.as_tensor(actual) if type(actual) is np.ndarray else actual
    if type(expected) in NUMBER:
        _close_numbers(actual, expected, rtol, atol, what)
    else:
        _close_tensors(actual, expected, rtol, atol, dtype, what)


def _same_structure(actual: Any, expected: Any, what: str) -> None:
    kind = next(k for k in (dict, list, tuple) if isinstance(expected, k))
    assert isinstance(actual, kind), f"{what}: expected a {kind.__name__}, got {show(actual)}"
    assert len(actual) == len(expected), (
        f"{what}: expected {len(expected)} items, got {len(actual)}"
    )
    if isinstance(expected, dict) and isinstance(actual, dict):
        missing, there = (sorted(map(str, k)) for k in (expected.keys() - actual.keys(), actual))
        assert not missing, f"{what}: the keys {missing} are missing, got {there}"


def _close_numbers(
    actual: Any, expected: Any, rtol: float | None, atol: float | None, what: str
) -> None:
    if type(actual) in (Tensor, np.ndarray):
        assert actual.ndim == 0, f"{what}: expected a number, got shape {tuple(actual.shape)}"
        default = 1e-7 if actual.dtype in (torch.float64, np.float64) else 1e-4
        actual = actual.item()
    else:
        default = 1e-7
    assert type(actual) in NUMBER, f"{what}: expected the number {expected}, got {show(actual)}"
    rtol, atol = default if rtol is None else rtol, default / 100 if atol is None else atol
    same = actual == expected or (actual != actual and expected != expected)
    if isinstance(actual, complex) or isinstance(expected, complex):
        near = abs(actual - expected) <= atol + rtol * abs(expected)
    else:
        finite = math.isfinite(actual) and math.isfinite(expected)
        near = finite and abs(actual - expected) <= atol + rtol * abs(expected)
    assert same or near, f"{what}: expected {expected}, got {actual}"


def _close_tensors(
    actual: Any, expected: Tensor, rtol: float | None, atol: float | None, dtype: bool, what: str
) -> None:
    assert type(actual) is Tensor, f"{what}: expected a tensor, got {show(actual)}"
    assert actual.shape == expected.shape, (
        f"{what}: expected shape {tuple(expected.shape)}, got {tuple(actual.shape)}"
    )
    assert not dtype or actual.dtype == expected.dtype, (
        f"{what}: expected {expected.dtype}, got {actual.dtype}"
    )
    default = TOLERANCE.get(actual.dtype) or TOLERANCE.get(expected.dtype, (0.0, 0.0))
    rtol, atol = default[0] if rtol is None else rtol, default[1] if atol is None else atol
    wide = torch.complex128 if actual.is_complex() or expected.is_complex() else torch.float64
    a, e = actual.detach().to(wide), expected.detach().cpu().to(wide)
    wrong = ~torch.isclose(a, e, rtol=rtol, atol=atol, equal_nan=True)
    if not wrong.any():
        return
    size = (a - e).abs().nan_to_num(math.inf, math.inf).where(wrong, torch.tensor(-1.0).double())
    place = tuple(int(i) for i in np.unravel_index(int(size.argmax()), e.shape)) if e.ndim else ()
    where = f" at {list(place)}" if place else ""
    many = f"; {int(wrong.sum())} of {e.numel()} entries differ" if e.numel() > 1 else ""
    raise AssertionError(
        f"{what}{where}: expected {e[place].item():.6g}, got {a[place].item():.6g}{many}"
    )


def equal(actual: Any, expected: Any, *, what: str = "the result") -> None:
    """The student's value is exactly this one, of exactly this type (counts, words, truth values).

    Raises:
        AssertionError: says what was expected and what came.
    """
    assert not isinstance(actual, Handle), f"{what}: expected {show(expected)}, got {actual!r}"
    if isinstance(expected, Tensor):
        close(actual, expected, rtol=0.0, atol=0.0, what=what)
        return
    if isinstance(expected, dict | list | tuple):
        _same_structure(actual, expected, what)
        for k in expected if isinstance(expected, dict) else range(len(expected)):
            equal(actual[k], expected[k], what=f"{what}[{k!r}]")
        return
    same = type(actual) is type(expected) and actual == expected
    assert same, f"{what}: expected {show(expected)}, got {show(actual)}"


@contextmanager
def raises(error: type[Exception], *, what: str = "this input") -> Iterator[None]:
    """The student's code must raise this built-in exception inside the block.

    Raises:
        AssertionError: it raised another one, or none.
    """
    try:
        yield
    except StudentError as raised:
        if error.__name__ not in raised.names:
            raise AssertionError(f"{what}: expected a {error.__name__}, got {raised}") from None
    else:
        raise AssertionError(f"{what}: expected a {error.__name__}, but nothing was raised")
