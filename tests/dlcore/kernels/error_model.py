"""How far a kernel may err: as far as torch does in the same type, times two, gradients three.

Errors are distances to torch's result in float64, the largest over a whole tensor. Torch's own may
be 0 or small by luck, above all where the result is one number; so the yardstick is never less than
the a-priori bound of what any careful computation may lose: with unit roundoff u, n terms that are
added pairwise err by at most ceil(log2(n)) u times the sum of their sizes (Higham, 1993, The
accuracy of floating point summation), and the result is rounded once more. The largest number of
the result stands for the sum of sizes, which is never smaller: no more is granted than the analysis
grants. In half precision only the last rounding counts, since sums are kept in float32.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

LOW = (torch.float32, torch.bfloat16, torch.float16)


def cast(values: Sequence[Any], dtype: torch.dtype) -> list[Any]:
    """Floating tensors in another type, as leaves that gather gradients if they did before."""
    return [
        v.detach().to(dtype).requires_grad_(v.requires_grad)
        if isinstance(v, Tensor) and v.is_floating_point()
        else v
        for v in values
    ]


def results(f: Callable[..., Tensor], arguments: Sequence[Any], weights: Tensor) -> list[Tensor]:
    """The value, and the gradients of its weighted sum by what requires them."""
    out = f(*arguments)
    wrt = [a for a in arguments if isinstance(a, Tensor) and a.requires_grad]
    found = [out.detach()]
    if wrt:
        found += torch.autograd.grad(out, wrt, weights.to(out.dtype).view(out.shape))
    return found


def assert_within_error_model(
    ours: Callable[..., Tensor],
    reference: Callable[..., Tensor],
    *arguments: Any,
    dtypes: Sequence[torch.dtype] = LOW,
    accuracy: float = 1e-12,
    terms: int,
) -> None:
    """In float64 ours is torch's but for rounding; in low precision it errs little more.

    Args:
        ours: the function under test.
        reference: torch's own, called alike.
        *arguments: floating tensors are rounded to each type; those with requires_grad are
            differentiated by.
        dtypes: the low precisions.
        accuracy: what rounding may cost in float64, relative to the largest number.
        terms: the length of the sums.
    """
    for dtype in (torch.float64, *dtypes):
        rounded = cast(arguments, dtype)
        exact = cast(rounded, torch.float64)
        shape = reference(*exact).shape
        weights = torch.randn(shape, generator=torch.Generator().manual_seed(1))
        weights = weights.to(next(a.device for a in rounded if isinstance(a, Tensor)), dtype)
        truths = results(reference, exact, weights)
        mine = results(ours, rounded, weights)
        theirs = results(reference, rounded, weights)
        for i, (truth, actual, expected) in enumerate(zip(truths, mine, theirs, strict=True)):
            what = f"{dtype}, {'value' if i == 0 else f'gradient {i}'}"
            assert actual.shape == expected.shape, what
            assert actual.dtype == expected.dtype, what
            assert torch.equal(actual.isnan(), expected.isnan()), f"{what}: NaN elsewhere"
            if truth.numel():
                unit = accuracy if dtype == torch.float64 else roundings(dtype, terms)
                scale = truth[truth.isfinite()].abs().amax() if truth.isfinite().any() else 0.0
                bound = (2 if i == 0 else 3) * max(error(expected, truth), unit * float(scale))
                assert error(actual, truth) <= bound, f"{what}: {error(actual, truth)} > {bound}"


def roundings(dtype: torch.dtype, terms: int) -> float:
    """The a-priori bound of a sum of so many terms, relative to the largest result."""
    levels = 1 + math.ceil(math.log2(terms)) if dtype == torch.float32 else 1
    return levels * torch.finfo(dtype).eps / 2


def error(actual: Tensor, truth: Tensor) -> float:
    """The largest distance; equal infinities and NaNs are at distance 0."""
    distance = (actual.double() - truth).abs()
    same = (actual.double() == truth) | (actual.isnan() & truth.isnan())
    return distance.masked_fill(same, 0).amax().item()
