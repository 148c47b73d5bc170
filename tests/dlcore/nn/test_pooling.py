"""Pooling against torch: every option, values, places, gradients."""

import itertools
import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity

WINDOWS = list(itertools.product((2, (3, 2), 5), (None, 1, (2, 3)), (0, 1), (False, True)))
EXAMPLE = torch.tensor([[[1.0, 3, 2, 0], [4, 2, 1, 1], [0, 1, 5, 6], [2, 2, 7, 8]]])


def images(generator, *, ties=False):
    x = torch.randn(2, 3, 7, 8, generator=generator, dtype=torch.float64)
    return x.round(decimals=0 if ties else 9)


@pytest.mark.reference("torch.nn.functional.max_pool2d", of="dlcore.nn.max_pool2d")
@pytest.mark.parametrize("dilation", [1, (1, 2)])
@pytest.mark.parametrize(("kernel", "stride", "padding", "ceil_mode"), WINDOWS)
def test_maximum_as_in_torch(kernel, stride, padding, ceil_mode, dilation, generator):
    if dilation != 1 and kernel == 5:
        kernel = 4
    options = (kernel, stride, padding, dilation, ceil_mode)
    x = images(generator)
    assert_parity(nn.max_pool2d, F.max_pool2d, x, *options)
    ties = images(generator, ties=True)
    ours = nn.max_pool2d(ties, *options, return_indices=True)
    theirs = F.max_pool2d(ties, *options, return_indices=True)
    assert torch.equal(ours[0], theirs[0])
    assert torch.equal(ours[1], theirs[1])


@pytest.mark.reference("torch.nn.functional.avg_pool2d", of="dlcore.nn.avg_pool2d")
@pytest.mark.parametrize(("kernel", "stride", "padding", "ceil_mode"), WINDOWS)
def test_mean_as_in_torch(kernel, stride, padding, ceil_mode, generator):
    x = images(generator)
    for count_include_pad, divisor in ((True, None), (False, None), (False, 7), (True, -2)):
        options = (kernel, stride, padding, ceil_mode, count_include_pad, divisor)
        assert_parity(nn.avg_pool2d, F.avg_pool2d, x, *options)


@pytest.mark.reference("torch.nn.functional.lp_pool2d", of="dlcore.nn.lp_pool2d")
@pytest.mark.parametrize("p", [1.0, 2.0, 3.5, 4.0])
@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize(("kernel", "stride"), [(2, None), ((3, 2), 2), (3, (1, 3))])
def test_norm_as_in_torch(p, kernel, stride, ceil_mode, generator):
    x = images(generator).abs() + 0.1
    options = (p, kernel, stride, ceil_mode)
    assert_parity(nn.lp_pool2d, F.lp_pool2d, x, *options)
    assert_close(nn.lp_pool2d(-x, *options), F.lp_pool2d(x, *options))


def test_limits_of_the_norm(generator):
    x = images(generator)
    assert_close(nn.lp_pool2d(x, 1.0, 2), 4 * F.avg_pool2d(x.abs(), 2))
    assert_close(nn.lp_pool2d(x, math.inf, 2), F.max_pool2d(x.abs(), 2))
    assert_close(nn.lp_pool2d(x, 400.0, 2), F.max_pool2d(x.abs(), 2), rtol=4e-3)
    norms = [nn.lp_pool2d(x, p, 3) for p in (1.0, 2.0, 5.0, math.inf)]
    for larger, smaller in itertools.pairwise(norms):
        assert (larger >= smaller - 1e-12).all()


def test_the_gradient_of_a_window_of_zeros_is_zero():
    for p in (1.0, 1.5, 2.0, 3.0):
        x = torch.zeros(1, 1, 2, 2, requires_grad=True)
        (gradient,) = torch.autograd.grad(nn.lp_pool2d(x, p, 2).sum(), x)
        assert_close(gradient, torch.zeros(1, 1, 2, 2))


def test_the_worked_example():
    assert_close(nn.max_pool2d(EXAMPLE, 2), [[[4, 2], [2, 8]]])
    assert_close(nn.avg_pool2d(EXAMPLE, 2), [[[2.5, 1], [1.25, 6.5]]])
    expected = [[[math.sqrt(30), math.sqrt(6)], [3, math.sqrt(174)]]]
    assert_close(nn.lp_pool2d(EXAMPLE, 2.0, 2), expected, rtol=1e-6)
    spike = torch.zeros(1, 1, 8).index_fill(2, torch.tensor(3), 9.0)
    pooled = [nn.max_pool2d(spike.roll(shift, 2), (1, 2)).flatten() for shift in (0, 1, -1)]
    assert_close(pooled[0], [0, 9, 0, 0])
    assert_close(pooled[1], [0, 0, 9, 0])
    assert_close(pooled[2], [0, 9, 0, 0])


def test_a_border_never_wins(generator):
    x = -images(generator).abs() - 1
    assert (nn.max_pool2d(x, 3, 1, 1) < 0).all()


def test_one_example_an_empty_batch_and_nan(generator):
    x = images(generator)
    for ours, theirs in ((nn.max_pool2d, F.max_pool2d), (nn.avg_pool2d, F.avg_pool2d)):
        assert_close(ours(x[0], 2), theirs(x[0], 2))
        assert ours(x[:0], 2).shape == (0, 3, 3, 4)
        x[0, 0, 2, 3] = torch.nan
        assert_close(ours(x, 3, 2), theirs(x, 3, 2))
        x = images(generator)


def test_derivatives_of_second_order(generator):
    x = images(generator)[:1, :1, :4, :4].requires_grad_()
    for f in (
        lambda x: nn.max_pool2d(x, 3, 2, 1) ** 2,
        lambda x: nn.avg_pool2d(x, 3, 2, 1, count_include_pad=False) ** 2,
        lambda x: nn.lp_pool2d(x, 3.0, 2),
    ):
        assert torch.autograd.gradcheck(f, x)
        assert torch.autograd.gradgradcheck(f, x)


@pytest.mark.bad_input
def test_bad_input():
    x = torch.ones(2, 3, 7, 8)
    for pool in (nn.max_pool2d, nn.avg_pool2d):
        with pytest.raises(ValueError, match=r"shape \(n, c, h, w\) or \(c, h, w\), got \(7, 8\)"):
            pool(x[0, 0], 2)
        with pytest.raises(ValueError, match="half of the kernel at most, got 2, 3"):
            pool(x, 3, padding=2)
        with pytest.raises(ValueError, match=r"kernel of 8 .* does not fit into 7 values"):
            pool(x, 8)
        with pytest.raises(ValueError, match="stride must be at least 1, got 0"):
            pool(x, 2, 0)
    with pytest.raises(ValueError, match="divisor_override must not be 0"):
        nn.avg_pool2d(x, 2, divisor_override=0)
    with pytest.raises(ValueError, match="norm_type must be positive, got 0"):
        nn.lp_pool2d(x, 0, 2)
    with pytest.raises(ValueError, match="sees only the border"):
        nn.max_pool2d(torch.ones(1, 1, 1), 2, padding=1, dilation=2)
