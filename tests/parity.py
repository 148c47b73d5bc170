"""Comparing what we compute with an independent reference: value, shape, dtype, gradient.

The comparison is made in float64 first, where only rounding may differ. Low precision is then
judged by an error model, not by a hand-picked tolerance: against the float64 truth, our float32
result may err at most a few times as much as the reference's own float32 result does.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

EDGE_VALUES = (0.0, -0.0, 1.0, -1.0, 1.0, 1e-30, -1e-30, 88.0, -88.0, 1000.0, -1000.0, 1e30, -1e30)
INFINITIES = (float("inf"), float("-inf"))


def edge_grid(*, infinities: bool = False, dtype: torch.dtype = torch.float64) -> Tensor:
    """Zeros of both signs, ties, tiny and huge numbers, on request the infinities."""
    return torch.tensor(EDGE_VALUES + (INFINITIES if infinities else ()), dtype=dtype)


def layouts(x: Tensor) -> dict[str, Tensor]:
    """The same numbers, or parts of them, as a caller may pass them (x has 2 dimensions)."""
    return {
        "contiguous": x.contiguous(),
        "transposed": x.T.contiguous().T,
        "strided": torch.stack([x, x], dim=-1)[..., 0],
        "one row": x[:1],
        "empty batch": x[:0],
        "requires grad": x.clone().requires_grad_(),
    }


def as_tensor(value: Any) -> Tensor:
    """A reference's answer (numpy array, scalar, tensor) as a tensor on the CPU."""
    return value.detach().cpu() if isinstance(value, Tensor) else torch.as_tensor(np.asarray(value))


def assert_close(actual: Any, expected: Any, *, rtol: float = 1e-9, atol: float = 1e-12) -> None:
    """Equal in shape and, up to rounding, in value; NaN only where NaN is expected."""
    actual, expected = as_tensor(actual), as_tensor(expected)
    torch.testing.assert_close(
        actual, expected.to(actual.dtype), rtol=rtol, atol=atol, equal_nan=True
    )


def _cast(values: tuple, dtype: torch.dtype, grad: bool) -> list:
    return [
        v.detach().to(dtype).requires_grad_(grad)
        if isinstance(v, Tensor) and v.is_floating_point()
        else v
        for v in values
    ]


def _value_and_gradients(f: Callable, args: list, kwargs: dict, weights: Tensor | None) -> list:
    out = f(*args, **kwargs)
    wrt = [a for a in args if isinstance(a, Tensor) and a.requires_grad]
    if weights is None:
        return [out]
    return [out, *torch.autograd.grad((out * weights.to(out.dtype)).sum(), wrt, allow_unused=True)]


def _error(actual: Tensor, truth: Tensor) -> float:
    difference = (actual.double() - truth).abs()
    both_infinite = actual.double() == truth
    return difference.masked_fill(both_infinite, 0).max().item() if actual.numel() else 0.0


def assert_parity(
    ours: Callable,
    reference: Callable,
    *args: Any,
    gradient: bool = True,
    rtol: float = 1e-9,
    atol: float = 1e-12,
    factor: float = 3.0,
    **kwargs: Any,
) -> None:
    """Our function agrees with a torch reference on these arguments.

    Args:
        ours: the function under test, returning one tensor.
        reference: an independent implementation on torch tensors, called alike.
        *args: inputs; floating tensors are cast to float64 and then to float32.
        gradient: compare the gradients of a random weighting of the output as well.
        rtol: relative tolerance in float64.
        atol: absolute tolerance in float64.
        factor: how many times the reference's own float32 error ours may reach.
        **kwargs: passed to both.
    """
    results: dict[torch.dtype, tuple[list, list]] = {}
    for dtype in (torch.float64, torch.float32):
        mine, theirs = _cast(args, dtype, gradient), _cast(args, dtype, gradient)
        untouched = [a.detach().clone() if isinstance(a, Tensor) else a for a in mine]
        weights = None
        if gradient:
            with torch.no_grad():
                shape = reference(*theirs, **kwargs).shape
            weights = torch.randn(shape, generator=torch.Generator().manual_seed(1))
        results[dtype] = (
            _value_and_gradients(ours, mine, kwargs, weights),
            _value_and_gradients(reference, theirs, kwargs, weights),
        )
        for before, after in zip(untouched, mine, strict=True):
            if isinstance(before, Tensor):
                assert torch.equal(before.nan_to_num(), after.detach().nan_to_num()), (
                    "an argument was changed in place"
                )
    for actual, expected in zip(*results[torch.float64], strict=True):
        if expected is None:
            assert actual is None or not actual.any()
            continue
        assert actual.dtype == expected.dtype, f"dtype {actual.dtype}, expected {expected.dtype}"
        assert_close(actual, expected, rtol=rtol, atol=atol)
    for actual, expected, truth in zip(
        *results[torch.float32], results[torch.float64][1], strict=True
    ):
        if expected is None:
            continue
        assert actual.dtype == torch.float32, f"float32 input gave {actual.dtype}"
        truth = truth.detach()
        scale = truth[truth.isfinite()].abs().max().item() if truth.isfinite().any() else 0.0
        bound = factor * _error(expected.detach(), truth) + 8 * torch.finfo(torch.float32).eps * (
            scale + torch.finfo(torch.float32).tiny
        )
        assert not (actual.isnan() & ~truth.isnan()).any(), "NaN in float32 only"
        error = _error(actual.detach(), truth)
        assert not error > bound, f"float32 error {error:.3g} exceeds {bound:.3g}"
