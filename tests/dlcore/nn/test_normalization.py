"""Layer, group, root-mean-square normalization against torch; how they are related."""

import re

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity


def filled(layer):
    for i, p in enumerate(layer.parameters()):
        p.data = torch.linspace(0.5, 1.5, p.numel(), dtype=p.dtype).reshape(p.shape) - i
    return layer


PAIRS = {
    "LayerNorm(5)": (nn.LayerNorm, torch.nn.LayerNorm, (5,), {}, (7, 3, 5)),
    "LayerNorm((3, 5))": (nn.LayerNorm, torch.nn.LayerNorm, ((3, 5),), {"eps": 0.1}, (7, 3, 5)),
    "LayerNorm plain": (
        nn.LayerNorm, torch.nn.LayerNorm, (5,), {"elementwise_affine": False}, (7, 5),
    ),
    "LayerNorm without bias": (nn.LayerNorm, torch.nn.LayerNorm, (5,), {"bias": False}, (5,)),
    "RMSNorm(5)": (nn.RMSNorm, torch.nn.RMSNorm, (5,), {}, (7, 3, 5)),
    "RMSNorm((3, 5))": (nn.RMSNorm, torch.nn.RMSNorm, ((3, 5),), {"eps": 0.1}, (7, 3, 5)),
    "RMSNorm plain": (nn.RMSNorm, torch.nn.RMSNorm, (5,), {"elementwise_affine": False}, (7, 5)),
    "GroupNorm(2, 6)": (nn.GroupNorm, torch.nn.GroupNorm, (2, 6), {}, (7, 6, 3, 2)),
    "GroupNorm of vectors": (nn.GroupNorm, torch.nn.GroupNorm, (3, 6), {"eps": 0.1}, (7, 6)),
    "GroupNorm plain": (nn.GroupNorm, torch.nn.GroupNorm, (6, 6), {"affine": False}, (7, 6, 5)),
}  # fmt: skip


@pytest.mark.reference("torch.nn.LayerNorm", of="dlcore.nn.LayerNorm")
@pytest.mark.reference("torch.nn.RMSNorm", of="dlcore.nn.RMSNorm")
@pytest.mark.reference("torch.nn.GroupNorm", of="dlcore.nn.GroupNorm")
@pytest.mark.parametrize("name", PAIRS)
def test_layers_as_in_torch(name, generator):
    ours, theirs, sizes, options, shape = PAIRS[name]
    theirs = filled(theirs(*sizes, **options)).double()
    ours = ours(*sizes, **options).double()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    theirs.load_state_dict(ours.state_dict())
    x = 3 * torch.randn(shape, generator=generator, dtype=torch.float64) + 1
    for mode in (True, False):
        results = []
        for layer in (ours.train(mode), theirs.train(mode)):
            z = x.clone().requires_grad_()
            y = layer(z)
            results.append([y, *torch.autograd.grad((y**3).sum(), [z, *layer.parameters()])])
        for actual, expected in zip(*results, strict=True):
            assert_close(actual, expected)
    for p, start in zip(ours.parameters(), (1, 0), strict=False):
        ours.reset_parameters()
        assert (p == start).all()


@pytest.mark.reference("torch.nn.functional.layer_norm", of="dlcore.nn.layer_norm")
@pytest.mark.reference("torch.nn.functional.rms_norm", of="dlcore.nn.rms_norm")
@pytest.mark.reference("torch.nn.functional.group_norm", of="dlcore.nn.group_norm")
def test_functions_in_both_precisions(generator):
    draw = {"generator": generator, "dtype": torch.float64}
    x, w, b = torch.randn(7, 6, 5, **draw), torch.randn(6, 5, **draw), torch.randn(6, 5, **draw)

    def over(f, *size):
        return lambda x, *affine: f(x, *size, *affine)

    assert_parity(over(nn.layer_norm, (6, 5)), over(F.layer_norm, (6, 5)), x, w, b)
    assert_parity(over(nn.layer_norm, [5]), over(F.layer_norm, [5]), x)
    assert_parity(over(nn.rms_norm, (6, 5)), over(F.rms_norm, (6, 5)), x, w)
    assert_parity(over(nn.group_norm, 3), over(F.group_norm, 3), x, w[:, 0], b[:, 0])


@pytest.mark.reference("torch.nn.functional.batch_norm", of="dlcore.nn.normalize_over")
def test_the_axes_are_all_that_differs(generator):
    x = torch.randn(7, 6, 3, 2, generator=generator, dtype=torch.float64)
    for axes, expected in (
        ((0, 2, 3), F.batch_norm(x, None, None, training=True)),
        ((1, 2, 3), F.layer_norm(x, x.shape[1:])),
        ((2, 3), F.instance_norm(x)),
        (1, F.layer_norm(x.movedim(1, -1), (6,)).movedim(-1, 1)),
    ):
        assert_close(nn.normalize_over(x, axes), expected)
    assert_close(nn.group_norm(x, 1), F.layer_norm(x, x.shape[1:]))
    assert_close(nn.group_norm(x, 6), F.instance_norm(x))


def test_companions_have_no_say(generator):
    x = torch.randn(7, 6, 3, 2, generator=generator, dtype=torch.float64)
    for layer in (nn.LayerNorm((6, 3, 2)), nn.GroupNorm(3, 6), nn.RMSNorm(2)):
        layer = layer.double()
        assert_close(layer(x[:1]), layer(x)[:1])
        assert layer(x[:0]).shape == (0, 6, 3, 2)


def test_layouts(generator):
    x = torch.randn(7, 6, 3, 2, generator=generator, dtype=torch.float64)
    last = x.to(memory_format=torch.channels_last)
    for layer in (nn.LayerNorm((6, 3, 2)), nn.GroupNorm(3, 6)):
        layer = layer.double()
        assert layer(last).is_contiguous(memory_format=torch.channels_last)
        assert_close(layer(last), layer(x))
        assert_close(layer(last[::2]), layer(x[::2]))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("name", [n for n in PAIRS if "vectors" not in n])
def test_half_precision_as_good_as_torchs(name, dtype, generator):
    ours, theirs, sizes, options, shape = PAIRS[name]
    theirs = filled(theirs(*sizes, **options)).to(dtype)
    ours, exact = (ours(*sizes, **options).to(t) for t in (dtype, torch.float32))
    ours.load_state_dict(theirs.state_dict())
    exact.load_state_dict({k: v.float() for k, v in theirs.state_dict().items()})
    x = (torch.randn(shape, generator=generator) + 10).to(dtype)
    y, reference, truth = ours(x), theirs(x), exact(x.float())
    assert y.dtype == dtype
    error, allowed = (y - truth).abs().max(), (reference - truth).abs().max()
    assert error <= 2 * allowed + torch.finfo(dtype).eps * truth.abs().max()


def test_gradcheck(generator):
    x = torch.randn(3, 4, 2, generator=generator, dtype=torch.float64, requires_grad=True)
    w = torch.randn(4, generator=generator, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, w: nn.group_norm(x, 2, w, w), (x, w))
    v = torch.randn(2, generator=generator, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, w: nn.layer_norm(x, (2,), w, w, 0.1), (x, v))
    assert torch.autograd.gradgradcheck(lambda x, w: nn.rms_norm(x, (2,), w), (x, v))


def test_printed_as_made():
    assert repr(nn.GroupNorm(2, 6)) == "GroupNorm(2, 6, eps=1e-05, affine=True)"
    assert repr(nn.RMSNorm(5)) == "RMSNorm((5,), eps=None, elementwise_affine=True)"
    assert repr(nn.LayerNorm(5, bias=False)).endswith("elementwise_affine=True, bias=False)")


def test_a_constant_example_gives_the_bias():
    layer = filled(nn.LayerNorm(5))
    assert_close(layer(torch.full((2, 5), 7.0)), layer.bias.expand(2, 5))


@pytest.mark.bad_input
def test_bad_input():
    for f in (nn.layer_norm, nn.rms_norm):
        with pytest.raises(ValueError, match=r"shape \(..., 3, 5\), got \(7, 5, 3\)"):
            f(torch.ones(7, 5, 3), (3, 5))
        with pytest.raises(ValueError, match=r"got \(7, 5\)"):
            f(torch.ones(7, 5), ())
    with pytest.raises(ValueError, match="6 channels cannot be divided into 4 groups"):
        nn.GroupNorm(4, 6)
    with pytest.raises(ValueError, match="6 channels cannot be divided into 0 groups"):
        nn.group_norm(torch.ones(7, 6), 0)
    with pytest.raises(ValueError, match=r"shape \(n, c, ...\), got \(6,\)"):
        nn.group_norm(torch.ones(6), 2)
    with pytest.raises(ValueError, match=r"shape \(n, 6, ...\), got \(7, 4\)"):
        nn.GroupNorm(2, 6)(torch.ones(7, 4))
    for make in (nn.LayerNorm, nn.RMSNorm):
        for wrong in (0, 2.5, (3, "4"), ()):
            with pytest.raises(ValueError, match=re.escape(f"at least 1, got {wrong!r}")):
                make(wrong)
        with pytest.raises(ValueError, match="eps must be at least 0, got -1"):
            make(5, eps=-1)
