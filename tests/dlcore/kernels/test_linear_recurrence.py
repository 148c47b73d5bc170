"""Linear recurrences against a loop and SciPy's filter: in blocks, along dimensions, backward."""

from importlib import import_module

import numpy as np
import pytest
import torch
from scipy.signal import lfilter

from dlcore import kernels
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.error_model import assert_within_error_model
from tests.parity import assert_close

module = import_module("dlcore.kernels.linear_recurrence")


def loop(a, x, dim=-1):
    """The definition, by torch's operations in the type of the arguments."""
    a, x = torch.broadcast_tensors(a, x)
    h, states = torch.zeros_like(x.select(dim, 0)), []
    for t in range(x.shape[dim]):
        h = a.select(dim, t) * h + x.select(dim, t)
        states.append(h)
    return torch.stack(states, dim)


@pytest.fixture
def small_blocks(monkeypatch):
    """Few steps at a time, so that short sequences are many blocks."""
    monkeypatch.setattr(module, "TILE", 16)
    monkeypatch.setattr(module, "LONGEST_BLOCK", 4)
    monkeypatch.setattr(module, "SIDE_BY_SIDE", 4)


def gates(shape, generator):
    return torch.rand(shape, generator=generator) * 2 - 1


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("shape", [(3, 13), (1, 1), (5, 2), (17,), (2, 1, 8)], ids=str)
def test_errs_little_more_than_a_loop(shape, device, assert_ran, generator):
    a = gates(shape, generator).to(device).requires_grad_()
    x = torch.randn(shape, generator=generator).to(device).requires_grad_()
    assert_within_error_model(kernels.linear_recurrence, loop, a, x, terms=shape[-1])
    assert_ran("linear_recurrence", "linear_recurrence_backward")


def test_a_sequence_longer_than_a_block(device, assert_ran, generator):
    a = gates((1027,), generator).double().to(device).requires_grad_()
    x = torch.randn(1027, generator=generator).double().to(device).requires_grad_()
    weights = torch.randn(1027, generator=generator).double().to(device)
    mine, theirs = (f(a, x) for f in (kernels.linear_recurrence, loop))
    assert_close(mine.detach(), theirs.detach())
    for actual, expected in zip(
        *(torch.autograd.grad(h, (a, x), weights) for h in (mine, theirs)), strict=True
    ):
        assert_close(actual, expected)
    assert_ran("linear_recurrence", "linear_recurrence_backward")


@pytest.mark.reference("scipy.signal.lfilter", of="dlcore.kernels.linear_recurrence")
@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("factor", [0.0, 0.9, -0.5, 1.0])
def test_a_constant_factor_is_a_filter_of_first_order(factor, device, generator):
    x = torch.randn(3, 11, generator=generator, dtype=torch.float64)
    expected = lfilter([1.0], [1.0, -factor], x.numpy())
    factors = torch.tensor(factor, dtype=torch.float64, device=device)
    assert_close(kernels.linear_recurrence(factors, x.to(device)), expected)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("dim", [0, 1, 2, -2])
def test_any_dimension_and_layout(dim, device, generator):
    a = gates((5, 7, 6), generator).double().to(device)
    x = torch.randn(5, 7, 6, generator=generator, dtype=torch.float64).to(device)
    for cut in (
        lambda v: v,
        lambda v: v.transpose(0, 2),
        lambda v: v[:, ::3, ::2],
        lambda v: v[:2, :, :1].expand(2, 7, 3),
    ):
        before = cut(a).clone()
        leaves = [cut(v).detach().requires_grad_() for v in (a, x)]
        mine, theirs = (f(*leaves, dim) for f in (kernels.linear_recurrence, loop))
        assert_close(mine.detach(), theirs.detach())
        grad = mine.detach().flip(0)
        for actual, expected in zip(
            *(torch.autograd.grad(h, leaves, grad) for h in (mine, theirs)), strict=True
        ):
            assert_close(actual, expected)
        assert torch.equal(cut(a), before)


@pytest.mark.usefixtures("small_blocks")
def test_factors_broadcast_and_types_are_promoted(device, generator):
    a = gates((7, 1), generator).to(device).requires_grad_()
    x = torch.randn(3, 7, 2, generator=generator, dtype=torch.float64).to(device)
    mine, theirs = (f(a, x, 1) for f in (kernels.linear_recurrence, loop))
    assert mine.dtype == torch.float64
    assert_close(mine.detach(), theirs.detach())
    actual, expected = (torch.autograd.grad(h.sin().sum(), a)[0] for h in (mine, theirs))
    assert actual.shape == a.shape
    assert_close(actual, expected, rtol=1e-6)


@pytest.mark.parametrize("shape", [(0, 5), (3, 0), (2, 0, 3)], ids=str)
def test_nothing_to_do(shape, device):
    a, x = (torch.zeros(shape, device=device, requires_grad=True) for _ in range(2))
    h = kernels.linear_recurrence(a, x, 1)
    h.sum().backward()
    assert h.shape == a.grad.shape == x.grad.shape == shape


@pytest.mark.usefixtures("small_blocks")
def test_infinities_and_signs_of_zero(device):
    a = torch.full((6, 11), 0.5)
    x = torch.ones(6, 11)
    x[0, 3] = torch.inf
    x[1, 5] = torch.nan
    a[2, 0] = torch.inf  # meets h_0, which is 0 whatever it is multiplied by
    a[3, 2:9:3] = 0.0  # segments
    a[4], x[4] = 0.0, -0.0
    x[5, 1], x[5, 8] = torch.inf, -torch.inf
    h = kernels.linear_recurrence(a.to(device), x.to(device)).cpu()
    a[2, 0] = 0.0
    assert torch.equal(h.isnan(), loop(a, x).isnan())
    assert_close(h, loop(a, x), rtol=1e-6)


def test_offsets_beyond_32_bits(device, backend, far_rows, generator):
    a, x, h = (far_rows(5, device, generator) for _ in range(3))
    expected = torch.stack([x[0].double(), a[1].double() * x[0].double() + x[1].double()])
    assert_close(kernels.linear_recurrence(a, x, 0).double(), expected, rtol=2**-8)
    if backend == "triton":  # two steps so far apart; the function made dense copies
        module._forward_kernel[(1,)](a, x, h, 5, 2, x.stride(0), module.tl.float32, 8, 2)
        assert_close(h.double(), expected, rtol=2**-8)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize(("steps", "cut"), [(2, 1), (9, 4), (9, 8), (13, 5)])
def test_segments_know_nothing_of_each_other(steps, cut, device, generator):
    a, x = (torch.randn(2, steps, generator=generator).double().to(device) for _ in range(2))
    a[:, cut] = 0.0
    h = kernels.linear_recurrence(a, x)
    assert_close(h[:, :cut], kernels.linear_recurrence(a[:, :cut], x[:, :cut]))
    assert_close(h[:, cut:], kernels.linear_recurrence(a[:, cut:], x[:, cut:]))
    sums = kernels.linear_recurrence(torch.ones_like(x), x)
    assert_close(sums, np.cumsum(x.cpu().numpy(), axis=1), atol=1e-12)


@pytest.mark.usefixtures("small_blocks")
def test_what_torch_expects_of_an_operator(device, generator):
    a, x = (
        v.double().to(device).requires_grad_()
        for v in (gates((3, 5), generator), torch.randn(3, 5, generator=generator))
    )
    contracts.assert_derivatives(kernels.linear_recurrence, a, x)
    contracts.assert_no_graph_without_gradients(kernels.linear_recurrence, a, x)
    contracts.assert_compiles(kernels.linear_recurrence, a, x)
    contracts.assert_transforms(kernels.linear_recurrence, a, x)
    contracts.assert_schema(module._scan, a, x, -1)
    flat = a.detach(), x.detach()
    contracts.assert_schema(module._scan_backward, *flat, flat[1], -2)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.usefixtures("small_blocks")
def test_autocast_computes_in_float32(dtype, device, generator):
    a = gates((3, 5), generator).to(device, dtype)
    x = torch.randn(3, 5, generator=generator).to(device, dtype)
    with torch.autocast(device, dtype):
        h = kernels.linear_recurrence(a, x)
    assert h.dtype == torch.float32
    assert_close(h, loop(a.float(), x.float()), rtol=1e-6)


@pytest.mark.bad_input
def test_what_does_not_fit_is_refused():
    with pytest.raises(TypeError, match=r"floating, they are torch\.int64 and torch\.float32"):
        kernels.linear_recurrence(torch.arange(3), torch.zeros(3))
    with pytest.raises(ValueError, match=r"must broadcast, their shapes are \(2,\) and \(3,\)"):
        kernels.linear_recurrence(torch.zeros(2), torch.zeros(3))
    with pytest.raises(ValueError, match="no dimension of time"):
        kernels.linear_recurrence(torch.tensor(1.0), torch.tensor(1.0))
    with pytest.raises(ValueError, match="dim is 2, but there are 2 dimensions"):
        kernels.linear_recurrence(torch.zeros(2, 3), torch.zeros(2, 3), dim=2)
