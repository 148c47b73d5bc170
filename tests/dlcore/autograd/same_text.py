"""The same expression, computed by `Value` and `Dual` and by torch, must agree."""

import torch

from dlcore.autograd import Dual, Value
from tests.parity import assert_close


def random(*shape, seed=0, dtype=torch.float64):
    return torch.randn(shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def assert_reverse(f, *leaves):
    """Value and gradients of a randomly weighted output agree with torch.autograd."""
    ours = [Value(x) for x in leaves]
    theirs = [x.clone().requires_grad_() for x in leaves]
    y, expected = f(*ours), f(*theirs)
    assert not y.data.requires_grad
    assert y.dtype == expected.dtype
    assert_close(y.data, expected)
    g = random(*expected.shape, seed=1, dtype=expected.dtype)
    y.backward(g)
    gradients = torch.autograd.grad(expected, theirs, g, allow_unused=True)
    for mine, gradient in zip(ours, gradients, strict=True):
        assert (mine.grad is None) == (gradient is None)
        if gradient is not None:
            assert mine.grad.dtype == gradient.dtype
            assert_close(mine.grad, gradient)


def assert_forward(f, *leaves):
    """Value and directional derivative agree with torch.func.jvp."""
    tangents = tuple(random(*x.shape, seed=i + 2) for i, x in enumerate(leaves))
    value, tangent = torch.func.jvp(f, leaves, tangents)
    dual = f(*(Dual(x, v) for x, v in zip(leaves, tangents, strict=True)))
    assert_close(dual.data, value)
    assert_close(dual.tangent, tangent)


def assert_both_modes(f, *leaves):
    assert_reverse(f, *leaves)
    assert_forward(f, *leaves)
