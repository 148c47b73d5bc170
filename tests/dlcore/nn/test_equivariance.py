"""What moves with the image and what does not, on layers of torch and on closed forms."""

import pytest
import torch

from dlcore import nn


def circular(stride=1):
    torch.manual_seed(0)
    return torch.nn.Conv2d(2, 3, 3, stride, padding=1, padding_mode="circular", dtype=torch.float64)


def right(pixels):
    return lambda x: x.roll(pixels, dims=-1)


@pytest.mark.reference("torch.nn.Conv2d", of="dlcore.nn.equivariance_error")
def test_shifts(generator):
    x = torch.randn(1, 2, 8, 8, generator=generator, dtype=torch.float64)
    error = nn.equivariance_error
    for pixels in (1, 3, -2):
        assert error(circular(), x, right(pixels)) < 1e-12
    assert error(circular(), x, lambda x: x.rot90(dims=(-2, -1))) > 0.1
    assert error(circular(2), x, right(2), right(1)) < 1e-12
    assert min(error(circular(2), x, right(1), right(shift)) for shift in range(4)) > 0.1
    zeros = torch.nn.Conv2d(2, 3, 3, padding=1, dtype=torch.float64)
    assert error(zeros, x, right(1)) > 0.1
    assert error(zeros, x, right(1), margin=2) < 1e-12


def test_the_largest_difference_and_invariance():
    x = torch.tensor([[[[1.0, 5.0, 2.0]]]])
    assert nn.equivariance_error(lambda x: 2 * x, x, right(1)) == 0
    assert nn.equivariance_error(lambda x: x.cumsum(-1), x, right(1)) == 6
    assert nn.equivariance_error(torch.amax, x, right(1), lambda y: y) == 0


@pytest.mark.bad_input
def test_bad_input():
    x = torch.ones(1, 1, 4, 4)
    with pytest.raises(ValueError, match=r"different shapes, \(1, 1, 4, 4\) and \(1, 1, 4, 3\)"):
        nn.equivariance_error(lambda x: x, x, right(1), lambda x: x[..., 1:])
    for margin in (2, -1):
        with pytest.raises(ValueError, match=f"margin {margin} leaves nothing"):
            nn.equivariance_error(lambda x: x, x, right(1), margin=margin)
