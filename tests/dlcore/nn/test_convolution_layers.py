"""Layers of convolution against torch's: state, start, print, values, gradients."""

import pytest
import torch

from dlcore import nn
from tests.parity import assert_close

SIZES = {1: (11,), 2: (7, 9), 3: (4, 6, 5)}
CASES = {
    "plain": ((4, 6, 3), {}),
    "strided": ((4, 6, 3), {"stride": 2, "padding": 1}),
    "dilated": ((4, 6, 2), {"dilation": 2, "bias": False}),
    "grouped": ((4, 6, 3), {"groups": 2, "padding": 1}),
    "same": ((4, 6, 3), {"padding": "same", "padding_mode": "reflect"}),
    "reflect": ((4, 6, 3), {"padding": 2, "padding_mode": "reflect"}),
    "replicate": ((4, 6, 3), {"padding": 2, "padding_mode": "replicate", "stride": 2}),
    "circular": ((4, 6, 3), {"padding": 2, "padding_mode": "circular"}),
}


@pytest.mark.reference("torch.nn.Conv1d", of="dlcore.nn.Conv1d")
@pytest.mark.reference("torch.nn.Conv2d", of="dlcore.nn.Conv2d")
@pytest.mark.reference("torch.nn.Conv3d", of="dlcore.nn.Conv3d")
@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("case", CASES)
def test_layers_as_in_torch(axes, case, generator):
    sizes, options = CASES[case]
    torch.manual_seed(3)
    ours = getattr(nn, f"Conv{axes}d")(*sizes, **options, dtype=torch.float64)
    torch.manual_seed(3)
    theirs = getattr(torch.nn, f"Conv{axes}d")(*sizes, **options, dtype=torch.float64)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(p, q)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 4, *SIZES[axes], generator=generator, dtype=torch.float64)
    results = []
    for layer in (ours, theirs):
        z = x.clone().requires_grad_()
        y = layer(z)
        results.append([y, *torch.autograd.grad((y**2).sum(), [z, *layer.parameters()])])
    for actual, expected in zip(*results, strict=True):
        assert_close(actual, expected)
    assert_close(ours(x[0]), theirs(x[0]))


def test_batch_normalization_folds_into_it(generator):
    x = torch.randn(5, 3, 6, 7, generator=generator, dtype=torch.float64)
    layer, norm = nn.Conv2d(3, 4, 3, dtype=torch.float64), nn.BatchNorm2d(4, dtype=torch.float64)
    norm(layer(x))
    folded = nn.fold_batch_norm(layer, norm.eval())
    assert_close(folded(x), norm(layer(x)))
    with pytest.raises(ValueError, match="cannot fold into ConvTranspose2d"):
        nn.fold_batch_norm(nn.ConvTranspose2d(3, 4, 3), norm)


def test_learns_a_kernel_by_gradient_descent(generator):
    x = torch.randn(8, 1, 9, 9, generator=generator)
    target = nn.sobel(x)[..., 1:-1, 1:-1]
    layer = nn.Conv2d(1, 1, 3, bias=False)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.3)
    for _ in range(150):
        optimizer.zero_grad()
        (layer(x) - target).square().mean().backward()
        optimizer.step()
    expected = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    assert_close(layer.weight[0, 0], expected, rtol=0, atol=1e-2)


@pytest.mark.bad_input
def test_bad_input():
    for channels in ("3", -1, 2.0):
        with pytest.raises(ValueError, match=f"at least 1, got {channels!r}, 6 and 1"):
            nn.Conv2d(channels, 6, 3)
    with pytest.raises(ValueError, match="4 input channels do not form 3 groups"):
        nn.Conv2d(4, 6, 3, groups=3)
    with pytest.raises(ValueError, match="5 output channels do not form 2 groups"):
        nn.Conv2d(4, 5, 3, groups=2)
    with pytest.raises(ValueError, match="padding_mode must be one of zeros, reflect"):
        nn.Conv2d(4, 6, 3, padding_mode="constant")
    with pytest.raises(ValueError, match="kernel_size needs one number or 2"):
        nn.Conv2d(4, 6, (3, 3, 3))
    with pytest.raises(ValueError, match="'same' needs stride 1"):
        nn.Conv2d(4, 6, 3, stride=2, padding="same")
    with pytest.raises(ValueError, match=r"3 or 4 dimensions with 4 channels, got \(2, 3, 7, 7\)"):
        nn.Conv2d(4, 6, 3)(torch.ones(2, 3, 7, 7))
    with pytest.raises(ValueError, match="2 or 3 dimensions with 4 channels"):
        nn.Conv1d(4, 6, 3)(torch.ones(7))
