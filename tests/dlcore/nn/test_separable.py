"""Depthwise, pointwise and separable convolutions against torch's full ones."""

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity


def draw(generator, *shape):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.nn.pointwise_conv2d")
def test_pointwise_is_a_product_at_every_pixel(generator):
    x, weight, bias = draw(generator, 2, 5, 3, 4), draw(generator, 7, 5, 1, 1), draw(generator, 7)
    assert_parity(nn.pointwise_conv2d, F.conv2d, x, weight, bias)
    product = torch.einsum("oc,nchw->nohw", weight[..., 0, 0], x)
    assert_close(nn.pointwise_conv2d(x, weight[..., 0, 0]), product)


@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.nn.depthwise_conv2d")
@pytest.mark.parametrize("multiple", [1, 2])
@pytest.mark.parametrize("options", [(1, 0, 1), (2, 1, 1), (1, "same", 2)])
def test_depthwise_as_in_torch(options, multiple, generator):
    x, bias = draw(generator, 2, 5, 7, 8), draw(generator, 5 * multiple)
    weight = draw(generator, 5 * multiple, 1, 3, 3)
    peer = lambda *args: F.conv2d(*args, groups=5)  # noqa: E731
    assert_parity(nn.depthwise_conv2d, peer, x, weight, bias, *options)
    assert_close(nn.depthwise_conv2d(x[0], weight), F.conv2d(x[0], weight, groups=5))


@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.nn.DepthwiseSeparableConv2d")
@pytest.mark.parametrize("bias", [True, False])
def test_it_is_a_full_convolution_with_kernels_of_rank_one(bias, generator):
    layer = nn.DepthwiseSeparableConv2d(
        5, 7, 3, stride=2, padding=1, dilation=1, bias=bias, dtype=torch.float64
    )
    x = draw(generator, 2, 5, 9, 8)
    D, P = layer.depthwise.weight[:, 0], layer.pointwise.weight[..., 0, 0]
    full = torch.einsum("oc,cmn->ocmn", P, D)
    constant = P @ layer.depthwise.bias + layer.pointwise.bias if bias else None
    assert_close(layer(x), F.conv2d(x, full, constant, 2, 1))
    assert {int(torch.linalg.matrix_rank(full[:, c].flatten(1))) for c in range(5)} == {1}
    assert list(dict(layer.named_children())) == ["depthwise", "pointwise"]


@pytest.mark.reference("torch.nn.Conv2d.parameters", of="dlcore.nn.separable_cost_ratio")
@pytest.mark.parametrize(("c", "k", "saved"), [(64, 3, 87.3), (128, 3, 88.1), (128, 5, 95.2)])
def test_what_it_saves(c, k, saved):
    full = sum(p.numel() for p in torch.nn.Conv2d(c, c, k, bias=False).parameters())
    layer = nn.DepthwiseSeparableConv2d(c, c, k, padding=k // 2, bias=False)
    ratio = nn.separable_cost_ratio(c, k)
    assert ratio == pytest.approx(nn.count_parameters(layer) / full, rel=1e-12)
    macs = nn.count_macs(layer, (c, 8, 8))
    assert ratio == pytest.approx(macs / nn.conv_macs(c, c, k, 8), rel=1e-12)
    assert round(100 * (1 - ratio), 1) == saved


@pytest.mark.bad_input
def test_bad_input():
    x = torch.ones(2, 5, 7, 8)
    with pytest.raises(ValueError, match=r"\(c_out, c_in, 1, 1\), got \(7, 5, 3, 3\)"):
        nn.pointwise_conv2d(x, torch.ones(7, 5, 3, 3))
    with pytest.raises(ValueError, match="need 4 input channels"):
        nn.pointwise_conv2d(x, torch.ones(7, 4))
    with pytest.raises(ValueError, match="in 5 groups"):
        nn.depthwise_conv2d(x, torch.ones(7, 1, 3, 3))
    with pytest.raises(ValueError, match=r"shape \(n, c, h, w\), got \(7, 8\)"):
        nn.depthwise_conv2d(x[0, 0], torch.ones(5, 1, 3, 3))
    with pytest.raises(ValueError, match="c_out must be at least 1"):
        nn.separable_cost_ratio(0, 3)
    with pytest.raises(ValueError, match="kernel_size must be at least 1"):
        nn.DepthwiseSeparableConv2d(5, 7, 0)
