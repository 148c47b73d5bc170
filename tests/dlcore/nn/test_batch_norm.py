"""Batch normalization against torch: values, gradients, running statistics, state, layouts."""

import copy
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity

SHAPES = {"BatchNorm1d": [(7, 5), (7, 5, 3)], "BatchNorm2d": [(7, 5, 3, 2)]}
CASES = [(name, shape) for name, shapes in SHAPES.items() for shape in shapes]
OPTIONS = [
    {},
    {"momentum": 0.3, "eps": 0.1},
    {"momentum": None},
    {"momentum": 0.0},
    {"affine": False},
    {"track_running_stats": False},
]


def pair(name, dtype=torch.float64, **options):
    ours, theirs = getattr(nn, name)(5, **options), getattr(torch.nn, name)(5, **options)
    ours, theirs = ours.to(dtype), theirs.to(dtype)
    for i, p in enumerate(theirs.parameters()):
        p.data = torch.linspace(0.5, 1.5, 5, dtype=dtype) - i
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def assert_same_state(ours, theirs, **tolerance):
    mine, expected = ours.state_dict(), theirs.state_dict()
    assert list(mine) == list(expected)
    for key in mine:
        assert mine[key].dtype == expected[key].dtype
        assert_close(mine[key], expected[key], **tolerance)


@pytest.mark.reference("torch.nn.BatchNorm1d", of="dlcore.nn.BatchNorm1d")
@pytest.mark.reference("torch.nn.BatchNorm2d", of="dlcore.nn.BatchNorm2d")
@pytest.mark.parametrize(("name", "shape"), CASES)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_training_and_evaluation_as_in_torch(name, shape, options, generator):
    ours, theirs = pair(name, **options)
    for mode in (False, True, True, True, False, True):
        x = 3 * torch.randn(*shape, generator=generator, dtype=torch.float64) + 1
        results = []
        for layer in (ours.train(mode), theirs.train(mode)):
            z = x.clone().requires_grad_()
            y = layer(z)
            wrt = [z, *layer.parameters()]
            results.append([y, *torch.autograd.grad((y**3).sum(), wrt)])
        for actual, expected in zip(*results, strict=True):
            assert_close(actual, expected)
        assert_same_state(ours, theirs)


@pytest.mark.reference("torch.nn.functional.batch_norm", of="dlcore.nn.batch_norm")
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3), (4, 5, 3, 2), (1, 5, 3, 2), (2, 5, 1, 2, 3)])
def test_function_in_both_precisions(shape, training, generator):
    draw = {"generator": generator, "dtype": torch.float64}
    x, weight, bias = torch.randn(*shape, **draw), torch.randn(5, **draw), torch.randn(5, **draw)
    mean, var = torch.randn(5, **draw), torch.rand(5, **draw) + 0.5

    def run(f):
        return lambda x, w, b: f(
            x, mean.to(x).detach(), var.to(x).detach(), w, b, training=training
        )

    assert_parity(run(nn.batch_norm), run(F.batch_norm), x, weight, bias)


def test_state_loads_both_ways():
    ours, theirs = pair("BatchNorm2d")
    ours(torch.randn(7, 5, 3, 2, dtype=torch.float64))
    theirs.load_state_dict(ours.state_dict())
    assert_same_state(ours, theirs)
    untouched = nn.BatchNorm1d(5)
    assert_same_state(untouched, torch.nn.BatchNorm1d(5))
    ours.reset_parameters()
    ours.reset_running_stats()
    assert_same_state(ours, untouched.double())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("parameters", ["same", "float32"])
def test_half_precision_as_good_as_torchs(dtype, parameters, generator):
    x = torch.randn(16, 5, 3, 2, generator=generator) + 10
    for training in (True, False):
        wanted = dtype if parameters == "same" else torch.float32
        ours, theirs = pair("BatchNorm2d", wanted)
        exact = nn.BatchNorm2d(5)
        exact.load_state_dict({k: v.float() for k, v in theirs.state_dict().items()})
        truth = exact.train(training)(x.to(dtype).float())
        y, reference = ours.train(training)(x.to(dtype)), theirs.train(training)(x.to(dtype))
        assert y.dtype == reference.dtype == dtype
        error, allowed = (y - truth).abs().max(), (reference - truth).abs().max()
        assert error <= 2 * allowed + torch.finfo(dtype).eps * truth.abs().max()
        assert_same_state(ours, theirs, rtol=4 * torch.finfo(dtype).eps)


def test_float32_far_from_zero(generator):
    x = torch.randn(100, 5, generator=generator) + 1e4
    y = nn.BatchNorm1d(5)(x)
    truth = (x.double() - x.double().mean(0)) / (x.double().var(0, correction=0) + 1e-5).sqrt()
    assert_close(y.double(), truth, rtol=0, atol=2e-3)


def test_layouts(generator):
    ours, theirs = pair("BatchNorm2d")
    x = torch.randn(7, 5, 3, 2, generator=generator, dtype=torch.float64)
    last = x.to(memory_format=torch.channels_last)
    assert ours(last).is_contiguous(memory_format=torch.channels_last)
    assert_close(ours(last), theirs(x))
    assert_close(ours(x[::2, :, :, 1:]), theirs(x[::2, :, :, 1:]))
    assert_close(ours(x[:1]), theirs(x[:1]))


@pytest.mark.parametrize(("name", "shape"), [(name, (0, *shape[1:])) for name, shape in CASES])
def test_an_empty_batch_moves_nothing(name, shape):
    ours, theirs = pair(name)
    for mode in (True, False):
        for layer in (ours, theirs):
            x = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
            y = layer.train(mode)(x)
            y.sum().backward()
            assert y.shape == x.grad.shape == shape
    assert ours.running_mean.tolist() == [0] * 5
    assert ours.running_var.tolist() == [1] * 5


def test_gradcheck(generator):
    x = torch.randn(4, 3, 2, generator=generator, dtype=torch.float64, requires_grad=True)
    weight, bias = torch.randn(2, 3, generator=generator, dtype=torch.float64)
    wrt = (x, weight.requires_grad_(), bias.requires_grad_())

    def f(x, weight, bias):
        return nn.batch_norm(x, weight=weight, bias=bias, training=True)

    assert torch.autograd.gradcheck(f, wrt)
    assert torch.autograd.gradgradcheck(f, wrt)


@pytest.mark.reference("torch.autograd.grad", of="dlcore.nn.batch_norm_backward")
@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3), (4, 5, 3, 2)])
@pytest.mark.parametrize("has_weight", [True, False])
def test_closed_backward_is_autograd_through_torchs_forward(shape, has_weight, generator):
    x, grad = torch.randn(2, *shape, generator=generator, dtype=torch.float64)
    weight = torch.linspace(-1, 2, 5, dtype=torch.float64) if has_weight else None
    w = torch.ones(5, dtype=torch.float64) if weight is None else weight.clone()
    wrt = (x.clone().requires_grad_(), w.requires_grad_(), torch.zeros_like(w).requires_grad_())
    y = F.batch_norm(wrt[0], None, None, *wrt[1:], training=True, eps=0.01)
    expected = torch.autograd.grad(y, wrt, grad)
    for mine, theirs in zip(
        nn.batch_norm_backward(grad, x, weight, eps=0.01), expected, strict=True
    ):
        assert_close(mine, theirs)


COMPILED = """
import torch
from dlcore import nn

x = torch.randn(6, 4, 3, 2)
model = torch.nn.Sequential(
    nn.BatchNorm2d(4, momentum=None), nn.GhostBatchNorm(4, 2), nn.GroupNorm(2, 4), nn.LayerNorm(2),
    nn.Dropout2d(), nn.AlphaDropout(), nn.StochasticDepth(0.5), nn.DropConnectLinear(2, 5),
)
compiled = torch.compile(model, backend="eager", fullgraph=True)
assert compiled(x).shape == (6, 4, 3, 5)
assert model[0].num_batches_tracked == 1
assert model[1].num_batches_tracked == 3
torch.testing.assert_close(model[0].running_mean, x.mean((0, 2, 3)))
"""


def test_compiles_to_one_graph():
    subprocess.run([sys.executable, "-c", COMPILED], check=True, capture_output=True)


def test_running_statistics_end_to_end_by_hand():
    layer = nn.BatchNorm1d(1, momentum=0.5, dtype=torch.float64)
    layer(torch.tensor([[1.0], [3.0]], dtype=torch.float64))
    layer(torch.tensor([[5.0], [7.0], [9.0]], dtype=torch.float64))
    assert_close(layer.running_mean, [0.5 * (0.5 * 0 + 0.5 * 2) + 0.5 * 7])
    assert_close(layer.running_var, [0.5 * (0.5 * 1 + 0.5 * 2) + 0.5 * 4])
    y = layer.eval()(torch.tensor([[4.0]], dtype=torch.float64))
    assert_close(y, [[0.0]])


def test_a_bias_before_it_is_cancelled(generator):
    x = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    layer = nn.BatchNorm1d(5, dtype=torch.float64)
    assert_close(layer(x + torch.arange(5)), layer(x))


@pytest.mark.reference("numpy.var", of="dlcore.nn.recalibrate_batch_norm")
@pytest.mark.parametrize("cuts", [[23], [7, 16], [1, 2, 20]])
def test_recalibration_pools_however_the_data_is_cut(cuts, generator):
    x = 3 * torch.randn(23, 5, 2, generator=generator, dtype=torch.float64) + 1
    for layer in pair("BatchNorm1d"):
        model = torch.nn.Sequential(layer, nn.Dropout(0.9), torch.nn.ReLU()).eval()
        nn.recalibrate_batch_norm(model, [x[:0], *x.split(cuts)])
        assert_close(layer.running_mean, np.mean(x.numpy(), axis=(0, 2)))
        assert_close(layer.running_var, np.var(x.numpy(), axis=(0, 2), ddof=1))
        assert not layer.training
        assert not layer._forward_pre_hooks


def test_recalibration_of_a_deep_model_sees_what_training_sees(generator):
    ours = torch.nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 5))
    ours = torch.nn.Sequential(ours, nn.Dropout(), nn.BatchNorm1d(5)).double()
    x = torch.randn(23, 3, generator=generator, dtype=torch.float64)
    nn.recalibrate_batch_norm(ours, [x])
    assert all(module.training for module in ours.modules())
    expected = copy.deepcopy(ours)
    expected[1].eval()
    y = expected(x)
    assert_close(ours.eval()(x), y, rtol=0.05, atol=0.05)
    assert_close(ours[2].running_mean, ours[0][3](F.relu(F.batch_norm(
        ours[0][0](x), None, None, *ours[0][1].parameters(), training=True))).mean(0))  # fmt: skip


@pytest.mark.reference("torch.nn.utils.fuse_linear_bn_eval", of="dlcore.nn.fold_batch_norm")
@pytest.mark.parametrize("kind", [nn, torch.nn])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_folded_layer_answers_the_same(kind, affine, bias, generator):
    for layer, norm, shape in (
        (kind.Linear(3, 5, bias), kind.BatchNorm1d(5, affine=affine), (7, 3)),
        (torch.nn.Conv2d(3, 5, 2, bias=bias), kind.BatchNorm2d(5, affine=affine), (7, 3, 4, 4)),
    ):
        layer, norm = layer.double(), norm.double()
        x = torch.randn(shape, generator=generator, dtype=torch.float64)
        norm(3 * layer(x))
        before = copy.deepcopy(layer.state_dict())
        folded = nn.fold_batch_norm(layer, norm)
        assert type(folded) is type(layer)
        assert_close(folded(x), norm.eval()(layer(x)))
        assert all(torch.equal(before[k], v) for k, v in layer.state_dict().items())
        assert folded.weight.requires_grad


@pytest.mark.bad_input
def test_bad_input():
    for x in (torch.ones(1, 5), torch.ones(1, 5, 1)):
        with pytest.raises(ValueError, match=r"one value per channel cannot be normalized"):
            nn.BatchNorm1d(5)(x)
    with pytest.raises(ValueError, match="one value per channel"):
        nn.BatchNorm1d(5, track_running_stats=False).eval()(torch.ones(1, 5))
    for x in (torch.ones(5), torch.ones(7, 4), torch.ones(7, 5, 3, 2)):
        with pytest.raises(ValueError, match=r"expected 2 or 3 dimensions \(n, 5, ...\), got"):
            nn.BatchNorm1d(5)(x)
    with pytest.raises(ValueError, match=r"expected 4 dimensions \(n, 5, ...\), got \(7, 5\)"):
        nn.BatchNorm2d(5)(torch.ones(7, 5))
    with pytest.raises(ValueError, match="num_features must be at least 1, got 0"):
        nn.BatchNorm1d(0)
    with pytest.raises(ValueError, match=r"momentum must lie between 0 and 1, got 1\.5"):
        nn.BatchNorm1d(5, momentum=1.5)
    with pytest.raises(ValueError, match="eps must be at least 0, got -1"):
        nn.BatchNorm1d(5, eps=-1)
    with pytest.raises(ValueError, match="running_mean and running_var are needed"):
        nn.batch_norm(torch.ones(7, 5))
    with pytest.raises(ValueError, match=r"5 channels need as many, got \(7,\)"):
        nn.batch_norm(torch.ones(7, 5), weight=torch.ones(7), training=True)
    with pytest.raises(ValueError, match=r"expected inputs of shape \(n, c, ...\), got \(7,\)"):
        nn.batch_norm(torch.ones(7), training=True)
    with pytest.raises(ValueError, match=r"differ in shape: \(7, 5\) and \(7, 4\)"):
        nn.batch_norm_backward(torch.ones(7, 5), torch.ones(7, 4))


@pytest.mark.bad_input
def test_bad_models():
    with pytest.raises(ValueError, match="no batch normalization"):
        nn.recalibrate_batch_norm(torch.nn.Linear(3, 5), [torch.ones(7, 3)])
    with pytest.raises(ValueError, match="at least 2 values per channel"):
        nn.recalibrate_batch_norm(nn.BatchNorm1d(5), [])
    norm = nn.BatchNorm1d(5).eval()
    with pytest.raises(ValueError, match="one value per channel"):
        nn.recalibrate_batch_norm(norm, [torch.ones(1, 5)])
    assert not norm.training
    with pytest.raises(ValueError, match="no running statistics to fold"):
        nn.fold_batch_norm(nn.Linear(3, 5), nn.BatchNorm1d(5, track_running_stats=False))
    with pytest.raises(ValueError, match="the layer has 5 outputs, the normalization 3"):
        nn.fold_batch_norm(nn.Linear(3, 5), nn.BatchNorm1d(3))
    for layer in (nn.ReLU(), torch.nn.ConvTranspose2d(5, 5, 2)):
        with pytest.raises(ValueError, match=f"cannot fold into {type(layer).__name__}"):
            nn.fold_batch_norm(layer, nn.BatchNorm2d(5))
