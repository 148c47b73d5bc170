"""Renormalized, ghost and instance normalization: their limits are torch's layers."""

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close


def assert_same_statistics(ours, theirs):
    for key in ("running_mean", "running_var", "num_batches_tracked"):
        assert_close(getattr(ours, key), getattr(theirs, key))


@pytest.fixture
def batches(generator):
    return 3 * torch.randn(4, 12, 5, generator=generator, dtype=torch.float64) + 1


@pytest.mark.reference("torch.nn.BatchNorm1d", of="dlcore.nn.BatchRenorm1d")
@pytest.mark.parametrize("momentum", [0.1, None])
def test_renorm_without_correction_is_batch_norm(batches, momentum):
    ours = nn.BatchRenorm1d(5, momentum=momentum, r_max=1, d_max=0).double()
    theirs = torch.nn.BatchNorm1d(5, momentum=momentum).double()
    ours.load_state_dict(theirs.state_dict())
    for x in (*batches, batches.movedim(0, 2)):
        results = []
        for layer in (ours, theirs):
            z = x.clone().requires_grad_()
            y = layer(z)
            results.append([y, *torch.autograd.grad((y**3).sum(), [z, *layer.parameters()])])
        for actual, expected in zip(*results, strict=True):
            assert_close(actual, expected)
        assert_same_statistics(ours, theirs)
    assert_close(ours.eval()(x), theirs.eval()(x))


def test_renorm_with_full_correction_answers_as_in_evaluation(batches):
    layer = nn.BatchRenorm1d(5, r_max=1e9, d_max=1e9).double()
    layer.running_mean += torch.arange(5)
    layer.running_var += torch.arange(5)
    expected = F.batch_norm(batches[0], layer.running_mean.clone(), layer.running_var.clone())
    assert_close(layer(batches[0]), expected)


def test_renorm_cuts_off_and_takes_its_correction_for_constant():
    layer = nn.BatchRenorm1d(1, eps=0, r_max=1.5, d_max=0.5, affine=False).double()
    x = torch.tensor([[1.0], [5.0]], dtype=torch.float64, requires_grad=True)
    y = layer(x)
    assert_close(y, [[-1.5 + 0.5], [1.5 + 0.5]])
    (gradient,) = torch.autograd.grad(y[0, 0] + 3 * y[1, 0], x)
    assert_close(gradient, torch.zeros(2, 1))


@pytest.mark.reference("torch.nn.BatchNorm1d", of="dlcore.nn.GhostBatchNorm")
@pytest.mark.parametrize("momentum", [0.1, None])
@pytest.mark.parametrize(("size", "parts"), [(12, [12]), (99, [12]), (4, [4] * 3), (5, [4] * 3)])
def test_ghosts_are_torchs_layer_on_the_parts(batches, momentum, size, parts):
    ours = nn.GhostBatchNorm(5, size, momentum=momentum).double()
    theirs = torch.nn.BatchNorm1d(5, momentum=momentum).double()
    ours.load_state_dict(theirs.state_dict())
    for x in batches:
        expected = torch.cat([theirs(part) for part in x.split(parts)])
        assert_close(ours(x), expected)
        assert_same_statistics(ours, theirs)
    assert_close(ours.eval()(x), theirs.eval()(x))


def test_ghosts_of_images_and_of_nothing(generator):
    layer = nn.GhostBatchNorm(3, 2)
    x = torch.randn(4, 3, 5, 2, generator=generator)
    assert_close(layer(x)[:2], F.batch_norm(x[:2], None, None, training=True), rtol=1e-4, atol=1e-5)
    assert layer(x[:0]).shape == (0, 3, 5, 2)


@pytest.mark.reference("torch.nn.InstanceNorm2d", of="dlcore.nn.InstanceNorm2d")
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("tracked", [True, False])
@pytest.mark.parametrize("momentum", [0.1, None])
def test_instance_norm_as_in_torch(affine, tracked, momentum, generator):
    options = {"affine": affine, "track_running_stats": tracked, "momentum": momentum}
    ours = nn.InstanceNorm2d(5, **options).double()
    theirs = torch.nn.InstanceNorm2d(5, **options).double()
    for i, p in enumerate(theirs.parameters()):
        p.data = torch.linspace(0.5, 1.5, 5, dtype=torch.float64) - i
    ours.load_state_dict(theirs.state_dict())
    for mode in (False, True, True, False):
        x = 3 * torch.randn(7, 5, 3, 2, generator=generator, dtype=torch.float64) + 1
        results = []
        for layer in (ours.train(mode), theirs.train(mode)):
            z = x.clone().requires_grad_()
            y = layer(z)
            results.append([y, *torch.autograd.grad((y**3).sum(), [z, *layer.parameters()])])
        for actual, expected in zip(*results, strict=True):
            assert_close(actual, expected)
        if tracked:
            assert_same_statistics(ours, theirs)
    theirs.load_state_dict(ours.state_dict())


def test_instance_norm_defaults_layouts_and_types(generator):
    assert dict(nn.InstanceNorm2d(5).state_dict()) == {}
    x = torch.randn(7, 5, 3, 2, generator=generator).to(memory_format=torch.channels_last)
    y = nn.InstanceNorm2d(5)(x)
    assert y.is_contiguous(memory_format=torch.channels_last)
    assert_close(y, F.instance_norm(x), rtol=1e-4, atol=1e-5)
    for dtype in (torch.float16, torch.bfloat16):
        assert nn.InstanceNorm2d(5, dtype=dtype)(x.to(dtype)).dtype == dtype
    layer = nn.InstanceNorm2d(5, track_running_stats=True)
    assert layer(x[:0]).shape == (0, 5, 3, 2)
    assert layer.running_var.tolist() == [1] * 5


@pytest.mark.bad_input
def test_bad_input():
    for bounds in ((0.5, 1), (2, -1)):
        with pytest.raises(ValueError, match="r_max must be at least 1 and d_max 0, got"):
            nn.BatchRenorm1d(5, r_max=bounds[0], d_max=bounds[1])
    with pytest.raises(ValueError, match="one value per channel"):
        nn.BatchRenorm1d(5)(torch.ones(1, 5))
    with pytest.raises(ValueError, match="ghost_size must be at least 1, got 0"):
        nn.GhostBatchNorm(5, 0)
    with pytest.raises(ValueError, match="one value per channel"):
        nn.GhostBatchNorm(5, 1)(torch.ones(2, 5))
    with pytest.raises(ValueError, match=r"expected 2 or 3 or 4 dimensions \(n, 5, ...\)"):
        nn.GhostBatchNorm(5)(torch.ones(2, 4))
    with pytest.raises(ValueError, match=r"expected 4 dimensions \(n, 5, ...\), got \(7, 5\)"):
        nn.InstanceNorm2d(5)(torch.ones(7, 5))
    with pytest.raises(ValueError, match="one pixel per image"):
        nn.InstanceNorm2d(5)(torch.ones(7, 5, 1, 1))
