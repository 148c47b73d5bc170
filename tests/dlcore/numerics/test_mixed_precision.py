"""Loss scaling, master weights, clipping and integers against torch's own."""

import math

import pytest
import torch
from torch import nn

from dlcore.numerics import (
    LossScaler,
    clip_grad_norm_,
    dequantize,
    grad_norm,
    mixed_precision_step,
    quantize_int4,
    quantize_int8,
)
from tests.parity import assert_close


def parameters(seed=0, scale=1.0, dtype=torch.float64):
    g = torch.Generator().manual_seed(seed)
    tensors = [nn.Parameter(torch.zeros(shape, dtype=dtype)) for shape in ((3, 5), (7,), ())]
    for p in tensors:
        p.grad = (scale * torch.randn(p.shape, generator=g, dtype=torch.float64)).to(dtype)
    return [*tensors, nn.Parameter(torch.zeros(2))]


@pytest.mark.reference("torch.nn.utils.get_total_norm", of="dlcore.numerics.grad_norm")
@pytest.mark.reference("torch.nn.utils.clip_grad_norm_", of="dlcore.numerics.clip_grad_norm_")
@pytest.mark.parametrize("max_norm", [0.0, 0.5, 1e3, math.inf])
def test_clipping(max_norm):
    ours, theirs = parameters(), parameters()
    before = clip_grad_norm_(ours, max_norm)
    assert_close(before, torch.nn.utils.clip_grad_norm_(theirs, max_norm))
    for mine, other in zip(ours[:3], theirs[:3], strict=True):
        assert_close(mine.grad, other.grad, rtol=1e-5)
    assert ours[3].grad is None
    assert_close(grad_norm(ours), min(before.item(), max_norm), rtol=1e-9)


def test_norms_at_the_edge_of_the_range():
    assert grad_norm(parameters(scale=1e200)) > 1e200
    assert grad_norm(parameters(scale=1e-200)) > 1e-200
    assert grad_norm([]) == 0
    assert clip_grad_norm_(parameters(scale=0.0), 1.0) == 0
    half = parameters(scale=1e4, dtype=torch.float16)
    assert clip_grad_norm_(half, 1.0).isfinite()
    assert grad_norm(half).item() == pytest.approx(1, rel=1e-2)
    broken = parameters()
    broken[1].grad[2] = math.nan
    with pytest.raises(RuntimeError, match="norm of the gradients is nan"):
        clip_grad_norm_(broken, 1.0, error_if_nonfinite=True)


@pytest.mark.reference("torch.amp.GradScaler", of="dlcore.numerics.LossScaler")
def test_the_scale_moves_as_torch_moves_it():
    options = {
        "init_scale": 64.0,
        "growth_factor": 4.0,
        "backoff_factor": 0.25,
        "growth_interval": 3,
    }
    ours, theirs = LossScaler(**options), torch.amp.GradScaler("cpu", **options)
    for finite in [1, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1]:
        w = torch.zeros(1, requires_grad=True)
        sgd = torch.optim.SGD([w], lr=1.0)
        theirs.scale((w * (1.0 if finite else math.inf)).sum()).backward()
        _, overflowed = ours.unscale([w.grad.clone()])
        theirs.step(sgd)
        theirs.update()
        ours.update(overflowed)
        assert ours.scale == theirs.get_scale()
        assert overflowed == (w.item() == 0)
    assert ours.skipped == 3


def regression(seed=0):
    g = torch.Generator().manual_seed(seed)
    X = torch.randn(23, 5, generator=g)
    y = X @ torch.randn(5, 1, generator=g)
    model = nn.Linear(5, 1)
    with torch.no_grad():
        model.weight.copy_(torch.randn(1, 5, generator=g))
        model.bias.zero_()
    return model, X, y


@pytest.mark.reference("torch.optim.SGD in float64", of="dlcore.numerics.mixed_precision_step")
def test_in_wide_numbers_it_is_the_plain_step():
    (model, X, y), (plain, _, _) = regression(), regression()
    for m in (model, plain):
        m.double()
    X, y = X.double(), y.double()
    ours = torch.optim.SGD(model.parameters(), lr=0.1)
    theirs = torch.optim.SGD(plain.parameters(), lr=0.1)
    scaler = LossScaler(1024.0)
    for _ in range(5):
        value = mixed_precision_step(
            model,
            lambda p: ((torch.func.functional_call(model, p, (X,)) - y) ** 2).mean(),
            ours,
            dtype=torch.float64,
            scaler=scaler,
            max_norm=1.0,
        )
        theirs.zero_grad()
        loss = ((plain(X) - y) ** 2).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(plain.parameters(), 1.0)
        theirs.step()
        assert value == pytest.approx(loss.item(), rel=1e-5)
    assert_close(model.weight, plain.weight, rtol=1e-5)


def test_tiny_gradients_need_the_scale():
    moved = {}
    for name, scaler in (("none", None), ("scaled", LossScaler(2.0**15))):
        model, X, y = regression()
        sgd = torch.optim.SGD(model.parameters(), lr=1e9)
        before = model.weight.detach().clone()

        def loss(p, model=model, X=X, y=y):
            error = torch.func.functional_call(model, p, (X.half(),)) - y.half()
            return error.float().square().mean() * 1e-10

        mixed_precision_step(model, loss, sgd, scaler=scaler)
        moved[name] = (model.weight - before).norm().item()
    assert moved["none"] == 0
    assert moved["scaled"] > 0.1


def test_an_overflow_leaves_the_step_out():
    model, X, y = regression()
    sgd, scaler = torch.optim.SGD(model.parameters(), lr=0.1), LossScaler(2.0**24)
    before = model.weight.detach().clone()

    def loss(p):
        return ((torch.func.functional_call(model, p, (X.half(),)) - y.half()).float() ** 2).mean()

    assert mixed_precision_step(model, loss, sgd, scaler=scaler) is None
    assert torch.equal(model.weight, before)
    assert (scaler.scale, scaler.skipped) == (2.0**23, 1)
    assert model.weight.dtype == torch.float32
    losses = [mixed_precision_step(model, loss, sgd, scaler=scaler) for _ in range(60)]
    assert losses[-1] is not None
    assert losses[-1] < 1e-2
    with pytest.raises(RuntimeError, match=r"overflowed torch\.float16: give"):
        mixed_precision_step(model, lambda p: loss(p) * 1e30, sgd)


@pytest.mark.reference("torch.fake_quantize_per_tensor_affine", of="dlcore.numerics.quantize_int8")
@pytest.mark.reference("torch.fake_quantize_per_tensor_affine", of="dlcore.numerics.quantize_int4")
@pytest.mark.reference("torch.fake_quantize_per_tensor_affine", of="dlcore.numerics.dequantize")
@pytest.mark.reference("torch.fake_quantize_per_tensor_affine", of="dlcore.numerics.Quantized")
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize(("quantize", "bits"), [(quantize_int8, 8), (quantize_int4, 4)])
def test_integers(quantize, bits, symmetric):
    x = torch.randn(97, 5, generator=torch.Generator().manual_seed(0)) + 0.5
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    result = quantize(x, symmetric=symmetric)
    assert result.q.dtype == torch.int8
    expected = torch.fake_quantize_per_tensor_affine(
        x, result.scale.item(), int(result.zero_point.item()), low, high
    )
    assert_close(dequantize(*result), expected, rtol=1e-5, atol=1e-6)
    assert (dequantize(*result) - x).abs().max() <= result.scale.item() / 2 * (1 + 1e-5)
    assert dequantize(*quantize(torch.zeros(3), symmetric=symmetric)).tolist() == [0, 0, 0]
    by_column = quantize(x * torch.tensor([1, 10, 100, 0.1, 0.01]), dim=1, symmetric=symmetric)
    assert by_column.scale.shape == (1, 5)
    for j in range(5):
        column = quantize(x[:, j] * [1, 10, 100, 0.1, 0.01][j], symmetric=symmetric)
        assert (by_column.q[:, j].int() - column.q.int()).abs().max() <= 1


def test_extremes_of_the_range_are_kept():
    x = torch.tensor([-3e38, 0.0, 3e38])
    result = quantize_int8(x)
    assert dequantize(*result)[1] == 0
    assert_close(dequantize(*result), x, rtol=0.01)
    positive = quantize_int8(torch.tensor([5.0, 6.0]))
    assert dequantize(*positive).tolist() == pytest.approx([5, 6], abs=6 / 255 / 2)


@pytest.mark.bad_input
def test_bad_input():
    for options in (
        {"init_scale": 0.0},
        {"growth_factor": 1.0},
        {"backoff_factor": 1.0},
        {"growth_interval": 0},
    ):
        with pytest.raises(ValueError, match="LossScaler needs init_scale > 0"):
            LossScaler(**options)
    with pytest.raises(ValueError, match="max_norm must be at least 0, got -1"):
        clip_grad_norm_(parameters(), -1.0)
    model, _, _ = regression()
    with pytest.raises(TypeError, match=r"floating-point dtype, got torch\.int32"):
        mixed_precision_step(
            model,
            lambda p: p["weight"].sum(),
            torch.optim.SGD(model.parameters(), lr=1.0),
            dtype=torch.int32,
        )
    for f in (quantize_int8, quantize_int4):
        for bad in (torch.zeros(0), torch.tensor([1.0, math.nan])):
            with pytest.raises(ValueError, match="needs finite entries"):
                f(bad)
        with pytest.raises(TypeError, match=r"got torch\.int64"):
            f(torch.arange(3))
