"""Borders of images against torch."""

import itertools

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity


@pytest.mark.reference("torch.nn.functional.pad", of="dlcore.nn.pad2d")
@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [(2, 1, 3, 0), (0, 4, 0, 2), (3, 3, 3, 3)])
def test_modes_as_in_torch(mode, padding, generator):
    x = torch.randn(2, 3, 5, 7, generator=generator, dtype=torch.float64)
    assert_parity(nn.pad2d, F.pad, x, padding, mode)
    assert_close(nn.pad2d(x, 2, mode), F.pad(x, (2, 2, 2, 2), mode))


def test_a_constant_other_than_zero_and_any_batch(generator):
    x = torch.randn(5, 7, generator=generator)
    assert_close(nn.pad2d(x, 1, value=3.0), F.pad(x, (1, 1, 1, 1), value=3.0))
    assert_close(nn.pad2d(x, 0), x)
    assert nn.pad2d(torch.ones(0, 3, 5, 7), 1).shape == (0, 3, 7, 9)


@pytest.mark.reference("torch.nn.functional.conv1d", of="dlcore.nn.same_padding")
@pytest.mark.parametrize(("k", "d"), list(itertools.product(range(1, 8), (1, 2, 3))))
def test_same_padding_keeps_the_size_as_torch_does(k, d, generator):
    x = torch.randn(1, 1, 23, generator=generator, dtype=torch.float64)
    w = torch.randn(1, 1, k, generator=generator, dtype=torch.float64)
    ((before, after),) = nn.same_padding(k, d)
    actual = F.conv1d(F.pad(x, (before, after)), w, dilation=d)
    if d * (k - 1) % 2:
        assert after == before + 1
    else:
        assert_close(actual, F.conv1d(x, w, padding="same", dilation=d))
    assert actual.shape == x.shape


def test_the_formula_for_odd_kernels_loses_a_pixel_of_even_ones():
    for k in (1, 3, 5, 7):
        assert nn.conv_output_size(32, k, padding=(k - 1) // 2) == 32
    for k in (2, 4, 6):
        assert nn.conv_output_size(32, k, padding=(k - 1) // 2) == 31
        assert sum(nn.same_padding(k)[0]) == k - 1


@pytest.mark.bad_input
def test_bad_input():
    x = torch.ones(1, 1, 3, 4)
    with pytest.raises(ValueError, match="mode must be one of constant, reflect"):
        nn.pad2d(x, 1, mode="mirror")
    with pytest.raises(ValueError, match="padding must be at least 0, got -1"):
        nn.pad2d(x, -1)
    with pytest.raises(ValueError, match="padding needs one number or 4"):
        nn.pad2d(x, (1, 2))
    with pytest.raises(ValueError, match="padding needs one number or 4, got '1'"):
        nn.pad2d(x, "1")
    with pytest.raises(ValueError, match="needs more than 3 values"):
        nn.pad2d(x, 3, mode="reflect")
    with pytest.raises(ValueError, match="exceeds 3 values"):
        nn.pad2d(x, 4, mode="circular")
    with pytest.raises(ValueError, match="no values to take a border from"):
        nn.pad2d(x[:, :, :0], 1, mode="replicate")
    with pytest.raises(ValueError, match=r"shape \(\.\.\., h, w\), got \(3,\)"):
        nn.pad2d(torch.ones(3), 1)
    with pytest.raises(ValueError, match="kernel_size must be at least 1"):
        nn.same_padding(0)
    with pytest.raises(ValueError, match="kernel_size needs one number or 3"):
        nn.same_padding((3, 3), (1, 1, 1))
