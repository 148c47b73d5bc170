"""Blurring before thinning, against a depthwise convolution of torch."""

import pytest
import scipy.special
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity


@pytest.mark.reference("scipy.special.binom", of="dlcore.nn.binomial_kernel")
def test_rows_of_pascals_triangle():
    for n in range(1, 9):
        row = scipy.special.binom(n - 1, range(n))
        assert_close(nn.binomial_kernel(n), row / row.sum(), rtol=1e-6)


@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.nn.blur_pool2d")
@pytest.mark.parametrize("mode", ["reflect", "zeros", "replicate", "circular"])
@pytest.mark.parametrize(("k", "stride"), [(3, 2), (4, 2), (5, 3), (1, 2)])
def test_a_depthwise_convolution_with_a_fixed_kernel(k, stride, mode, generator):
    x = torch.randn(2, 3, 7, 8, generator=generator, dtype=torch.float64)
    row = torch.as_tensor(scipy.special.binom(k - 1, range(k)) / 2 ** (k - 1))
    kernel = torch.outer(row, row).expand(3, 1, k, k)

    def peer(x, k, stride, mode):
        before, after = (k - 1) // 2, k // 2
        how = "constant" if mode == "zeros" else mode
        return F.conv2d(
            F.pad(x, (before, after, before, after), how), kernel.to(x), stride=stride, groups=3
        )

    assert_parity(nn.blur_pool2d, peer, x, k, stride, mode)
    assert_close(nn.blur_pool2d(x[0], k, stride, mode), peer(x, k, stride, mode)[0])


@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.nn.BlurPool2d")
def test_the_layer(generator):
    x = torch.randn(2, 3, 7, 8, generator=generator)
    kernel = torch.tensor([1.0, 2, 1]) / 4
    kernel = torch.outer(kernel, kernel).expand(3, 1, 3, 3)
    expected = F.conv2d(F.pad(x, (1, 1, 1, 1), "reflect"), kernel, stride=2, groups=3)
    assert_close(nn.BlurPool2d()(x), expected, rtol=1e-5, atol=1e-6)
    assert nn.BlurPool2d().state_dict() == {}
    assert repr(nn.BlurPool2d(5)) == "BlurPool2d(kernel_size=5, stride=2, padding_mode=reflect)"


def test_the_highest_frequency_would_become_a_constant():
    x = (-1.0) ** torch.arange(8).expand(1, 1, 8, 8)
    assert_close(x[..., ::2, ::2], torch.ones(1, 1, 4, 4))
    assert_close(nn.blur_pool2d(x), torch.zeros(1, 1, 4, 4))


@pytest.mark.bad_input
def test_bad_input():
    x = torch.ones(2, 3, 7, 8)
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        nn.binomial_kernel(0)
    with pytest.raises(ValueError, match="stride must be at least 1"):
        nn.blur_pool2d(x, stride=0)
    with pytest.raises(ValueError, match=r"got \(7, 8\)"):
        nn.blur_pool2d(x[0, 0])
    with pytest.raises(ValueError, match="needs more than 1 values"):
        nn.blur_pool2d(x[:, :, :1])
