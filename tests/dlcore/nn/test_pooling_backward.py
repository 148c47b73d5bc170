"""Gradients of pooling, written out, against autograd through torch's functions."""

import itertools
import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close

WINDOWS = list(itertools.product((2, (3, 2), 3), (None, 1, (2, 3)), (0, 1), (False, True)))


def images(generator):
    return torch.randn(2, 3, 7, 8, generator=generator, dtype=torch.float64)


def compare(ours, theirs, x, *options):
    z = x.clone().requires_grad_()
    y = theirs(z, *options)
    grad = torch.linspace(-1, 1, y.numel(), dtype=x.dtype).reshape(y.shape)
    assert_close(ours(grad, x, *options), torch.autograd.grad(y, z, grad)[0])


@pytest.mark.reference("torch.nn.functional.max_pool2d", of="dlcore.nn.max_pool2d_backward")
@pytest.mark.reference("torch.nn.functional.avg_pool2d", of="dlcore.nn.avg_pool2d_backward")
@pytest.mark.parametrize(("kernel", "stride", "padding", "ceil_mode"), WINDOWS)
def test_every_option_as_in_torch(kernel, stride, padding, ceil_mode, generator):
    x = images(generator)
    for dilation in (1, (2, 1)):
        options = (kernel, stride, padding, dilation, ceil_mode)
        for z in (x, x.round()):
            compare(nn.max_pool2d_backward, F.max_pool2d, z, *options)
    for count_include_pad, divisor in ((True, None), (False, None), (False, 7)):
        options = (kernel, stride, padding, ceil_mode, count_include_pad, divisor)
        compare(nn.avg_pool2d_backward, F.avg_pool2d, x, *options)


@pytest.mark.reference("torch.nn.functional.lp_pool2d", of="dlcore.nn.lp_pool2d_backward")
@pytest.mark.parametrize("p", [1.0, 1.5, 2.0, 5.0])
@pytest.mark.parametrize(("kernel", "stride"), [(2, None), ((3, 2), 2), (3, 1)])
def test_norms_as_in_torch(p, kernel, stride, generator):
    x = images(generator)
    compare(nn.lp_pool2d_backward, F.lp_pool2d, x.abs() + 0.1, p, kernel, stride)
    if p in (2.0, 5.0):
        norm = lambda z, p, *window: F.lp_pool2d(z.abs(), p, *window)  # noqa: E731
        compare(nn.lp_pool2d_backward, norm, x, p, kernel, stride)
    largest = lambda z, p, *window: F.max_pool2d(z.abs(), *window)  # noqa: E731
    compare(nn.lp_pool2d_backward, largest, x, math.inf, kernel, stride)


def test_of_equal_pixels_the_first_gets_all():
    grad = nn.max_pool2d_backward(torch.ones(1, 1, 1), torch.ones(1, 2, 2), 2)
    assert_close(grad, [[[1, 0], [0, 0]]])


def test_a_pixel_that_wins_twice_gets_both_and_nothing_is_lost(generator):
    x = images(generator)
    for backward in (nn.max_pool2d_backward, nn.avg_pool2d_backward):
        y = F.max_pool2d(x, 3, 2)
        grad = torch.randn(y.shape, generator=generator, dtype=torch.float64)
        assert_close(backward(grad, x, 3, 2).sum(dim=(2, 3)), grad.sum(dim=(2, 3)), atol=1e-10)
    peak = torch.zeros(1, 1, 5).index_fill(2, torch.tensor(2), 1.0)
    won = nn.max_pool2d_backward(torch.ones(1, 1, 2), peak, (1, 3), 2)
    assert_close(won, [[[0, 0, 2, 0, 0]]])


def test_one_example_and_zeros(generator):
    x = images(generator)[0]
    compare(nn.max_pool2d_backward, F.max_pool2d, x, 3, 2)
    compare(nn.avg_pool2d_backward, F.avg_pool2d, x, 3, 2)
    compare(nn.lp_pool2d_backward, F.lp_pool2d, x, 2.0, 3, 2)
    zeros = torch.zeros(1, 2, 2)
    assert_close(nn.lp_pool2d_backward(torch.ones(1, 1, 1), zeros, 2.0, 2), zeros)


@pytest.mark.bad_input
def test_bad_input():
    x, grad = torch.ones(2, 3, 7, 8), torch.ones(2, 3, 3, 3)
    message = r"shape of the outputs, \(2, 3, 3, 4\); got \(2, 3, 3, 3\)"
    with pytest.raises(ValueError, match=message):
        nn.max_pool2d_backward(grad, x, 2)
    with pytest.raises(ValueError, match=message):
        nn.avg_pool2d_backward(grad, x, 2)
    with pytest.raises(ValueError, match=message):
        nn.lp_pool2d_backward(grad, x, 2.0, 2)
    with pytest.raises(ValueError, match=r"at least 1, got 0\.5"):
        nn.lp_pool2d_backward(grad, x, 0.5, 2)
