"""Convolutions with channels against torch: every option, values and gradients."""

import itertools

import pytest
import scipy.signal
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity

SIZES = {1: (11,), 2: (7, 9), 3: (5, 6, 7)}
OURS = {1: nn.conv1d, 2: nn.conv2d, 3: nn.conv3d}
THEIRS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


def inputs(axes, kernel, groups, generator, n=2):
    draw = {"generator": generator, "dtype": torch.float64}
    x = torch.randn(n, 4, *SIZES[axes], **draw)
    return x, torch.randn(6, 4 // groups, *kernel, **draw), torch.randn(6, **draw)


@pytest.mark.reference("torch.nn.functional.conv1d", of="dlcore.nn.conv1d")
@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.nn.conv2d")
@pytest.mark.reference("torch.nn.functional.conv3d", of="dlcore.nn.conv3d")
@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "groups"),
    list(itertools.product((1, 2), (0, 1, 2), (1, 2), (1, 2))),
)
def test_every_option_as_in_torch(axes, stride, padding, dilation, groups, generator):
    x, weight, bias = inputs(axes, (3, 2, 2)[:axes], groups, generator)
    options = (stride, padding, dilation, groups)
    assert_parity(OURS[axes], THEIRS[axes], x, weight, bias, *options)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(("kernel", "dilation"), [((3, 5), 1), ((3, 3), (2, 1)), ((1, 3), 3)])
def test_named_padding(padding, kernel, dilation, generator):
    x, weight, bias = inputs(2, kernel, 1, generator)
    assert_parity(nn.conv2d, F.conv2d, x, weight, bias, 1, padding, dilation)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_same_padding_of_even_kernels(generator):
    x, weight, bias = inputs(2, (2, 4), 1, generator)
    assert_close(
        nn.conv2d(x, weight, bias, padding="same"), F.conv2d(x, weight, bias, padding="same")
    )


@pytest.mark.parametrize("options", [((2, 3), (1, 0), (1, 2)), ((1, 2), (2, 1), (2, 1))])
def test_options_that_differ_between_the_axes(options, generator):
    x, weight, _ = inputs(2, (2, 3), 1, generator)
    assert_parity(nn.conv2d, F.conv2d, x, weight, None, *options)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_one_example_an_empty_batch_and_strided_memory(axes, generator):
    x, weight, bias = inputs(axes, (2,) * axes, 1, generator)
    conv, peer = OURS[axes], THEIRS[axes]
    assert_close(conv(x[0], weight, bias), peer(x[0], weight, bias))
    assert_close(conv(x[:0], weight, bias), peer(x[:0], weight, bias))
    turned = x.transpose(0, 1).contiguous().transpose(0, 1)
    assert_close(conv(turned, weight, bias), peer(x, weight, bias))
    assert conv(x, weight).is_contiguous()


def test_depthwise_and_grouped(generator):
    x, _, _ = inputs(2, (3, 3), 1, generator)
    draw = {"generator": generator, "dtype": torch.float64}
    for multiple in (1, 3):
        weight = torch.randn(4 * multiple, 1, 3, 3, **draw)
        assert_parity(nn.conv2d, F.conv2d, x, weight, None, 1, 1, 1, 4)
    halves = torch.randn(6, 2, 3, 3, **draw)
    apart = [nn.conv2d(x[:, i : i + 2], halves[j : j + 3]) for i, j in ((0, 0), (2, 3))]
    assert_close(nn.conv2d(x, halves, groups=2), torch.cat(apart, dim=1))


def test_one_channel_is_scipys_cross_correlation(generator):
    x, weight, _ = inputs(2, (3, 2), 4, generator)
    image, kernel = x[0, 0], weight[0, 0]
    expected = scipy.signal.correlate2d(image.numpy(), kernel.numpy(), "valid")
    assert_close(nn.conv2d(image[None], kernel[None, None])[0], expected)


def test_a_dilated_kernel_is_one_with_holes(generator):
    x, weight, _ = inputs(2, (3, 2), 1, generator)
    holes = torch.zeros(6, 4, 5, 3, dtype=torch.float64)
    holes[:, :, ::2, ::2] = weight
    assert_close(nn.conv2d(x, weight, dilation=2), F.conv2d(x, holes))


def test_derivatives_of_second_order_and_functional_transforms(generator):
    x, weight, bias = inputs(2, (2, 3), 2, generator, n=1)
    args = [t[..., :4, :5].clone().requires_grad_() for t in (x, weight)] + [bias]
    f = lambda x, w, b: nn.conv2d(x, w, b, 2, 1, 1, 2) ** 2  # noqa: E731
    assert torch.autograd.gradcheck(f, args)
    assert torch.autograd.gradgradcheck(f, args)
    many = torch.stack([x, x + 1])
    expected = torch.stack([F.conv2d(one, weight, groups=2) for one in many])
    assert_close(torch.func.vmap(lambda one: nn.conv2d(one, weight, groups=2))(many), expected)
    tangent = torch.func.jvp(lambda z: nn.conv2d(z, weight, groups=2), (x,), (x,))[1]
    assert_close(tangent, F.conv2d(x, weight, groups=2))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_stays_half(dtype, generator):
    x, weight, bias = (t.to(dtype) for t in inputs(2, (3, 3), 1, generator))
    y = nn.conv2d(x, weight, bias)
    assert y.dtype == dtype
    exact = F.conv2d(x.double(), weight.double(), bias.double())
    assert (y - exact).abs().max() <= 8 * torch.finfo(dtype).eps * exact.abs().max()


@pytest.mark.bad_input
def test_bad_input():
    x, weight = torch.ones(2, 4, 7, 9), torch.ones(6, 4, 3, 3)
    with pytest.raises(TypeError, match=r"of one type, got torch.int64 and torch.float32"):
        nn.conv2d(x.long(), weight)
    with pytest.raises(ValueError, match=r"weights of shape \(c_out, c_in / groups, k, k\)"):
        nn.conv2d(x, weight[0])
    with pytest.raises(ValueError, match=r"expected 3 or 4 dimensions, got \(7, 9\)"):
        nn.conv2d(x[0, 0], weight)
    with pytest.raises(ValueError, match=r"in 2 groups need 8 input channels"):
        nn.conv2d(x, weight, groups=2)
    with pytest.raises(ValueError, match="outputs in equal groups"):
        nn.conv2d(x, torch.ones(5, 2, 3, 3), groups=2)
    with pytest.raises(ValueError, match=r"6 outputs need as many biases, got \(5,\)"):
        nn.conv2d(x, weight, torch.ones(5))
    with pytest.raises(ValueError, match="does not fit into 7 values"):
        nn.conv2d(x, torch.ones(1, 4, 8, 3))
    with pytest.raises(ValueError, match="'same' needs stride 1"):
        nn.conv2d(x, weight, stride=2, padding="same")
    with pytest.raises(ValueError, match="numbers, 'same' or 'valid'; got 'full'"):
        nn.conv2d(x, weight, padding="full")
    with pytest.raises(ValueError, match="stride must be at least 1"):
        nn.conv1d(torch.ones(1, 1, 5), torch.ones(1, 1, 2), stride=0)
    with pytest.raises(ValueError, match="expected 4 or 5 dimensions"):
        nn.conv3d(x[0], torch.ones(1, 1, 2, 2, 2))
