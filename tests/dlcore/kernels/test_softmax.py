"""Softmax and log-softmax against torch's: values, gradients, shapes, transforms, memory."""

from importlib import import_module

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import kernels
from dlcore.kernels import _rows
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.error_model import assert_within_error_model
from tests.parity import assert_close, edge_grid

BOTH = [(kernels.softmax, torch.softmax), (kernels.log_softmax, torch.log_softmax)]
both = pytest.mark.parametrize(("ours", "reference"), BOTH, ids=["softmax", "log_softmax"])
SHAPES = [(7, 13), (1, 1), (1, 257), (0, 5), (3, 0), (5, 3, 11), (1025, 2), (13,)]
operators = import_module("dlcore.kernels.softmax")


@pytest.mark.reference("torch.softmax", of="dlcore.kernels.softmax")
@pytest.mark.reference("torch.log_softmax", of="dlcore.kernels.log_softmax")
@both
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_errs_little_more_than_torch(ours, reference, shape, device, assert_ran, generator):
    x = (3 * torch.randn(shape, generator=generator)).to(device).requires_grad_()
    assert_within_error_model(ours, reference, x, -1, terms=max(shape[-1], 1))
    assert_ran("softmax", "softmax_backward")


@both
@pytest.mark.parametrize("d", [32768, 40009])
def test_rows_too_long_for_one_program(ours, reference, d, device, generator):
    x = (3 * torch.randn(2, d, generator=generator)).to(device).requires_grad_()
    assert_within_error_model(ours, reference, x, -1, terms=d)


@both
@pytest.mark.parametrize("largest", [2, 32768])
def test_infinities_ties_and_signs_of_zero(ours, reference, largest, device, monkeypatch):
    monkeypatch.setattr(_rows, "LARGEST_ROW", largest)
    monkeypatch.setattr(_rows, "LOOP_BLOCK", 4)
    rows = torch.zeros(8, 13, dtype=torch.float64)
    rows[0] = edge_grid()
    rows[1, :6] = -torch.inf  # nothing else in the first block
    rows[2, 7:] = -torch.inf
    rows[3] = -torch.inf
    rows[4, 9] = torch.inf
    rows[5, 2] = torch.nan
    rows[6] = -0.0
    assert_within_error_model(
        ours, reference, rows.to(device), -1, dtypes=[torch.float32], terms=13
    )


@both
@pytest.mark.parametrize("dim", [0, 1, 2, -2])
def test_any_dimension_and_layout(ours, reference, dim, device, generator):
    x = torch.randn(5, 7, 6, generator=generator, dtype=torch.float64).to(device)
    layouts = [
        x,
        x.transpose(0, 2),
        x[:, ::2],
        x[..., ::3],
        x[..., :4],
        x[:, :, :1].expand(5, 7, 3),
    ]
    for view in layouts:
        before = view.clone()
        assert_close(ours(view, dim), reference(view, dim))
        assert torch.equal(view, before)


@both
def test_gradients_of_any_layout(ours, reference, device, generator):
    x = torch.randn(5, 7, generator=generator, dtype=torch.float64).to(device).requires_grad_()
    grads = torch.randn(7, 10, generator=generator, dtype=torch.float64).to(device)
    for grad in (grads[:, ::2].T, grads[:1, :1].expand(5, 7), grads.reshape(5, 14)[:, :7]):
        actual, expected = (torch.autograd.grad(f(x, -1), x, grad)[0] for f in (ours, reference))
        assert_close(actual, expected)


@both
def test_a_number_alone(ours, reference, device):
    x = torch.tensor(3.0, device=device)
    assert_close(ours(x, 0), reference(x, 0))


@both
def test_offsets_beyond_32_bits(ours, reference, device, far_rows, generator):
    x = far_rows(37, device, generator)
    expected = reference(x.double(), -1)
    assert_close(ours(x).double(), expected, rtol=2**-8)


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.integers(1, 40), st.floats(-50, 50))
def test_rows_sum_to_one_and_shifts_change_nothing(seed, d, shift):
    x = torch.randn(3, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    y = kernels.softmax(x)
    assert_close(y.sum(-1), torch.ones(3))
    assert_close(kernels.softmax(x + shift), y)
    order = torch.arange(d).flip(0)
    assert_close(kernels.softmax(x[:, order]), y[:, order])


@both
def test_what_torch_expects_of_an_operator(ours, reference, device, generator):
    x = torch.randn(3, 5, generator=generator, dtype=torch.float64).to(device).requires_grad_()
    contracts.assert_derivatives(ours, x)
    contracts.assert_no_graph_without_gradients(ours, x)
    contracts.assert_compiles(ours, x)
    contracts.assert_transforms(ours, x)
    for log in (False, True):
        contracts.assert_schema(operators._softmax, x, log)
        contracts.assert_schema(operators._softmax_backward, x.detach(), x.detach(), log)


@both
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_computes_in_float32(ours, reference, dtype, device, generator):
    x = torch.randn(3, 5, generator=generator).to(device, dtype)
    with torch.autocast(device, dtype):
        assert ours(x).dtype == torch.float32
    assert_close(ours(x), reference(x, -1), rtol=torch.finfo(dtype).eps)


@pytest.mark.bad_input
@both
def test_integers_are_refused(ours, reference):
    with pytest.raises(TypeError, match=r"must be floating, these are torch\.int64"):
        ours(torch.arange(3))
