"""Convolution and cross-correlation of plain arrays against SciPy and NumPy."""

import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore import nn
from tests.parity import assert_close

SIZES = [((7, 9), (3, 5)), ((5, 6), (2, 3)), ((4, 7), (4, 2))]
LARGER_KERNEL = ((3, 4), (5, 6))


def draw(shape, generator):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@pytest.mark.reference("scipy.signal.convolve2d", of="dlcore.nn.convolve2d")
@pytest.mark.reference("scipy.signal.correlate2d", of="dlcore.nn.cross_correlate2d")
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("size", "kernel"), SIZES)
def test_two_dimensions_as_in_scipy(size, kernel, mode, generator):
    x, k = draw(size, generator), draw(kernel, generator)
    for ours, theirs in (
        (nn.convolve2d, scipy.signal.convolve2d),
        (nn.cross_correlate2d, scipy.signal.correlate2d),
    ):
        assert_close(ours(x, k, mode), theirs(x.numpy(), k.numpy(), mode).copy(), atol=1e-10)


@pytest.mark.parametrize("mode", ["full", "same"])
def test_a_kernel_larger_than_the_image(mode, generator):
    x, k = (draw(shape, generator) for shape in LARGER_KERNEL)
    expected = scipy.signal.convolve2d(x.numpy(), k.numpy(), mode)
    assert_close(nn.convolve2d(x, k, mode), expected, atol=1e-10)


@pytest.mark.reference("scipy.signal.convolve", of="dlcore.nn.convolve")
@pytest.mark.reference("scipy.signal.correlate", of="dlcore.nn.cross_correlate")
@pytest.mark.parametrize(("size", "kernel"), [((11,), (4,)), ((5, 6, 7), (2, 3, 4))])
def test_one_and_three_dimensions_as_in_scipy(size, kernel, generator):
    x, k = draw(size, generator), draw(kernel, generator)
    for mode in ("full", "valid"):
        expected = scipy.signal.correlate(x.numpy(), k.numpy(), mode)
        assert_close(nn.cross_correlate(x, k, mode), expected, atol=1e-10)
    for mode in ("full", "same", "valid"):
        expected = scipy.signal.convolve(x.numpy(), k.numpy(), mode)
        assert_close(nn.convolve(x, k, mode), expected, atol=1e-10)


def test_as_in_numpy(generator):
    x, k = draw(11, generator), draw(5, generator)
    for mode in ("full", "same", "valid"):
        assert_close(nn.convolve(x, k, mode), np.convolve(x.numpy(), k.numpy(), mode))
        assert_close(nn.cross_correlate(x, k, mode), np.correlate(x.numpy(), k.numpy(), mode))


def test_the_worked_examples():
    I, K = torch.arange(1.0, 10).reshape(3, 3), torch.tensor([[1.0, 2], [3, 4]])
    assert_close(nn.cross_correlate2d(I, K, "valid"), [[37, 47], [67, 77]])
    assert_close(nn.convolve2d(I, K, "valid"), [[23, 33], [53, 63]])
    row, edge = torch.tensor([0.0, 0, 0, 1, 1, 1, 1, 0, 0, 0]), torch.tensor([-1.0, 0, 1])
    assert_close(nn.cross_correlate(row, edge, "valid"), [0, 1, 1, 0, 0, -1, -1, 0])
    assert_close(nn.convolve(row, edge, "valid"), [0, -1, -1, 0, 0, 1, 1, 0])
    assert_close(nn.cross_correlate(torch.ones(6), edge, "same"), [1, 0, 0, 0, 0, -1])


@given(st.integers(0, 10_000), st.lists(st.integers(1, 4), min_size=6, max_size=6))
def test_what_convolution_can_and_cross_correlation_cannot(seed, sizes):
    rng = torch.Generator().manual_seed(seed)
    a, b, c = (draw(tuple(sizes[i : i + 2]), rng) for i in (0, 2, 4))
    conv, corr = nn.convolve2d, nn.cross_correlate2d
    assert_close(conv(a, b), conv(b, a), atol=1e-9)
    assert_close(conv(conv(a, b), c), conv(a, conv(b, c)), atol=1e-9)
    assert_close(corr(a, b), corr(b, a).flip(0, 1), atol=1e-9)
    assert_close(conv(a, b), corr(a, b.flip(0, 1)), atol=1e-9)


@pytest.mark.bad_input
def test_bad_input():
    x, k = torch.ones(3, 4), torch.ones(2, 2)
    with pytest.raises(ValueError, match="mode must be one of full, same, valid; got 'wrap'"):
        nn.convolve2d(x, k, "wrap")
    with pytest.raises(ValueError, match=r"two arrays with 2 axes, got shapes \(3, 4\) and \(2,\)"):
        nn.cross_correlate2d(x, torch.ones(2))
    with pytest.raises(ValueError, match="two arrays with 2 axes"):
        nn.convolve(x, torch.ones(2))
    with pytest.raises(ValueError, match=r"needs values, got \(3, 4\) and \(0, 2\)"):
        nn.cross_correlate(x, k[:0])
    with pytest.raises(ValueError, match=r"kernel \(5, 2\) does not fit into \(3, 4\)"):
        nn.convolve2d(x, torch.ones(5, 2), "valid")
