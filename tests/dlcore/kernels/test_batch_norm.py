"""Batch norm against torch's: values, gradients, running statistics, merged pieces."""

import math
from importlib import import_module

import pytest
import torch
from torch.nn import functional as F

from dlcore import kernels
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.error_model import assert_within_error_model, error, roundings
from tests.parity import assert_close

module = import_module("dlcore.kernels.batch_norm")
SHAPES = [(7, 3), (3, 1), (3, 5, 11), (2, 3, 5, 7), (1, 2, 13)]


def arguments(shape, generator, device, dtype=torch.float32):
    """Inputs away from mean 0, scale and shift, all of which gradients are taken by."""
    x = 2 + 3 * torch.randn(shape, generator=generator, dtype=dtype)
    rest = [torch.randn(shape[1], generator=generator, dtype=dtype) for _ in range(2)]
    return [v.to(device).requires_grad_() for v in (x, *rest)]


def ours(x, weight=None, bias=None, **options):
    return kernels.batch_norm(x, None, None, weight, bias, training=True, **options)


def reference(x, weight=None, bias=None, **options):
    return F.batch_norm(x, None, None, weight, bias, training=True, **options)


@pytest.mark.reference("torch.nn.functional.batch_norm", of="dlcore.kernels.batch_norm")
@pytest.mark.parametrize("block", [32, 4096])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_errs_little_more_than_torch(shape, block, device, assert_ran, monkeypatch, generator):
    monkeypatch.setattr(module, "BLOCK", block)
    given = arguments(shape, generator, device)
    low = [torch.float32, torch.bfloat16]
    each = math.prod(shape) // shape[1]  # numbers a channel, over which the sums run
    assert_within_error_model(ours, reference, *given, dtypes=low, terms=each)
    assert_within_error_model(ours, reference, given[0], dtypes=low, terms=each)
    assert_ran("batch_norm", "batch_norm_backward")


def test_two_numbers_a_channel_become_1_and_minus_1_and_leave_almost_no_gradient(device, generator):
    x, weight, bias = arguments((2, 3), generator, device, torch.float64)
    grad = torch.randn(2, 3, generator=generator).to(x)
    y, expected = ours(x, weight, bias), reference(x, weight, bias)
    assert_close(y, expected)
    found = torch.autograd.grad(y, [x, weight, bias], grad)
    for actual, theirs in zip(
        found, torch.autograd.grad(expected, [x, weight, bias], grad), strict=True
    ):
        assert_close(actual, theirs)
    assert found[0].abs().max() < 1e-3


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_running_statistics(dtype, device, generator):
    x, weight, bias = (v.detach() for v in arguments((5, 3, 7), generator, device, dtype))
    found, expected = ([torch.zeros_like(weight), torch.ones_like(bias)] for _ in range(2))
    for _ in range(2):
        y = kernels.batch_norm(x, *found, weight, bias, training=True, momentum=0.3)
        F.batch_norm(x, *expected, weight, bias, training=True, momentum=0.3)
    assert not y.requires_grad
    rtol = 1e-9 if dtype == torch.float64 else 1e-5
    for actual, theirs in zip(found, expected, strict=True):
        assert_close(actual, theirs, rtol=rtol)
    before = [v.clone() for v in found]
    assert_close(
        kernels.batch_norm(x, *found, weight, bias),
        F.batch_norm(x, *found, weight, bias),
        rtol=rtol,
        atol=1e-6,
    )
    assert all(map(torch.equal, before, found))


def test_outside_training_gradients_are_as_in_torch(device, generator):
    x, weight, bias = arguments((5, 3, 7), generator, device, torch.float64)
    mean, var = bias.detach() + 1, weight.detach().square() + 1
    pairs = [
        torch.autograd.grad(f(x, mean, var, weight, bias).square().sum(), [x, weight, bias])
        for f in (kernels.batch_norm, F.batch_norm)
    ]
    for actual, expected in zip(*pairs, strict=True):
        assert_close(actual, expected)


def test_a_large_mean_does_not_drown_the_variance(device, monkeypatch, generator):
    monkeypatch.setattr(module, "BLOCK", 8)
    x = (1e4 + torch.randn(64, 2, generator=generator)).to(device)
    truth = reference(x.double())
    # what their sum may lose shifts a channel; a sum of their squares would lose 1e4 times as much
    shift = roundings(torch.float32, 64) * x.max() / x.double().std(0).min()
    assert error(ours(x), truth) <= 2 * shift


def test_constant_channels_and_infinities(device, generator):
    x = arguments((5, 4, 3), generator, device, torch.float64)[0].detach()
    x[:, 0], x[:, 1], x[2, 2, 1] = 0.0, -2.5, torch.inf
    assert_close(ours(x), reference(x), atol=1e-9)


def test_any_layout(device, generator):
    x = torch.randn(5, 8, 6, generator=generator, dtype=torch.float64).to(device)
    for view in (x.transpose(0, 2), x[:, ::2], x[..., :4], x.transpose(1, 2)):
        leaf = view.detach().requires_grad_()
        grad = torch.randn(view.shape[::-1], generator=generator).to(x).permute(2, 1, 0)
        actual, expected = ours(leaf), reference(leaf)
        assert_close(actual, expected)
        assert_close(
            *(torch.autograd.grad(y, leaf, grad)[0] for y in (actual, expected)), atol=1e-10
        )


def test_what_torch_expects_of_an_operator(device, generator):
    given = arguments((4, 2, 3), generator, device, torch.float64)
    contracts.assert_derivatives(ours, *given)
    contracts.assert_no_graph_without_gradients(ours, *given)
    contracts.assert_compiles(ours, *given)
    contracts.assert_transforms(ours, *given)
    contracts.assert_schema(module._batch_norm, *given, 1e-5)
    x, weight, _ = (v.detach() for v in given)
    g, mean, var = torch.ones_like(x), x.mean((0, 2)), x.var((0, 2))
    for w in (weight, None):
        contracts.assert_schema(
            module._batch_norm_backward, g, mean.clone(), var.clone(), x, mean, var, w, 1e-5
        )


def test_gradients_through_the_statistics(device, generator):
    x = arguments((4, 2, 3), generator, device, torch.float64)[0]
    _, mean, var = module._batch_norm(x, None, None, 1e-5)
    found = torch.autograd.grad((mean.square() + 3 * var.square()).sum(), x)[0]
    moments = x.mean((0, 2)).square() + 3 * x.var((0, 2), correction=0).square()
    assert_close(found, torch.autograd.grad(moments.sum(), x)[0])


def test_offsets_beyond_32_bits(device, backend, far_rows, far_end, generator):
    if backend == "torch":
        return
    wide, d = module.tl.float32, 37
    x = far_rows(d, device, generator)  # two channels, an example each, so far apart
    truth, grid = x.double(), (2, 1)
    mean, squares, dots, sums = torch.empty(4, 2, device=device)
    sizes = d, 2, x.stride(0), wide, module.BLOCK
    module._statistics_kernel[grid](x, mean, squares, *sizes)
    assert_close(mean.double(), truth.mean(1), rtol=1e-5)
    assert_close(squares.double(), truth.var(1, correction=0) * d, rtol=1e-5)
    module._sums_kernel[grid](x, x, mean, dots, sums, *sizes)
    assert_close(dots.double(), truth.var(1, correction=0) * d, rtol=1e-5)
    assert_close(sums.double(), truth.sum(1), rtol=1e-5)

    x = far_end.make(torch.randn(d, generator=generator), device)
    y = far_end.make(torch.zeros(d), device)
    mean, a, b, shift = torch.randn(4, 5, generator=generator).to(device)
    numbers = mean, a, b, shift, y, len(x), 5, 3, wide
    far_end.launch(module._apply_kernel, module.ELEMENTS, x, x, *numbers)
    channel = torch.arange(len(x) - d, len(x), device=device) // 3 % 5
    end, of = x[-d:].double(), (v.double()[channel] for v in (mean, a, b, shift))
    centre, a, b, shift = of
    assert_close(y[-d:].double(), a * end + b * (end - centre) + shift, rtol=2**-7, atol=2**-8)


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_leaves_the_type_as_it_came(dtype, training, device, generator):
    x, weight, bias = (v.detach() for v in arguments((500, 3), generator, device))
    x, mean, var = x.to(dtype).requires_grad_(), weight.square(), bias.square()
    exact = [v.double() for v in (x, mean, var, weight, bias)]
    with torch.autocast(device, dtype):
        y = kernels.batch_norm(x, mean, var, weight, bias, training)
    truth = F.batch_norm(*exact, training)
    assert y.dtype == torch.autograd.grad(y.sum(), x)[0].dtype == dtype
    assert error(y, truth) <= roundings(dtype, 1) * truth.abs().max()
    for found, expected in zip((mean, var), exact[1:3], strict=True):
        assert_close(found, expected.float(), rtol=1e-5)


@pytest.mark.bad_input
def test_what_does_not_fit_is_refused():
    x = torch.zeros(3, 5)
    with pytest.raises(ValueError, match=r"expected weight \(5,\), got \(4,\)"):
        kernels.batch_norm(x, weight=torch.ones(4), training=True)
    with pytest.raises(ValueError, match="running_mean and running_var are needed"):
        kernels.batch_norm(x)
    with pytest.raises(ValueError, match=r"more than one number a channel, got \(1, 5\)"):
        kernels.batch_norm(x[:1], training=True)
    with pytest.raises(ValueError, match=r"expected x \(n, c, \.\.\.\), got \(5,\)"):
        kernels.batch_norm(x[0], training=True)
    with pytest.raises(TypeError, match=r"must be floating, this is torch\.int64"):
        kernels.batch_norm(x.long(), training=True)
