"""Edge detectors against SciPy."""

import pytest
import scipy.ndimage
import torch

from dlcore import nn
from tests.parity import assert_close


@pytest.mark.reference("scipy.ndimage.sobel", of="dlcore.nn.sobel")
@pytest.mark.parametrize("axis", [-1, -2])
@pytest.mark.parametrize("size", [(7, 9), (1, 5), (4, 1)])
def test_sobel_as_in_scipy(size, axis, generator):
    x = torch.randn(2, 3, *size, generator=generator, dtype=torch.float64)
    found = nn.sobel(x, axis)
    for i in range(2):
        for j in range(3):
            expected = scipy.ndimage.sobel(x[i, j].numpy(), axis)
            assert_close(found[i, j], expected)
    assert_close(nn.sobel(x[0, 0], axis), found[0, 0])


@pytest.mark.reference("scipy.ndimage.correlate1d", of="dlcore.nn.edge_kernel")
def test_edges_as_in_scipy(generator):
    x = torch.randn(6, 7, generator=generator)
    for orientation, axis in (("vertical", 1), ("horizontal", 0)):
        found = nn.cross_correlate2d(x, nn.edge_kernel(orientation), "same")
        weights = [-1.0, 0.0, 1.0]
        expected = scipy.ndimage.correlate1d(x.numpy(), weights, axis, mode="constant")
        assert_close(found, expected, rtol=1e-5)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="one of vertical, horizontal; got 'diagonal'"):
        nn.edge_kernel("diagonal")
    with pytest.raises(ValueError, match="axis must be -1 or -2, got 0"):
        nn.sobel(torch.ones(3, 4), 0)
    with pytest.raises(ValueError, match=r"got \(3,\)"):
        nn.sobel(torch.ones(3))
