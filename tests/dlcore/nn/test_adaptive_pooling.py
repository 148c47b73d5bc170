"""Pooling to a given size against torch."""

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity

TARGETS = [1, 3, (4, 2), (None, 5), (7, 8), (9, 11)]


@pytest.mark.reference(
    "torch.nn.functional.adaptive_avg_pool2d", of="dlcore.nn.adaptive_avg_pool2d"
)
@pytest.mark.reference(
    "torch.nn.functional.adaptive_max_pool2d", of="dlcore.nn.adaptive_max_pool2d"
)
@pytest.mark.parametrize("size", TARGETS)
def test_as_in_torch(size, generator):
    x = torch.randn(2, 3, 7, 8, generator=generator, dtype=torch.float64)
    assert_parity(nn.adaptive_avg_pool2d, F.adaptive_avg_pool2d, x, size)
    assert_parity(nn.adaptive_max_pool2d, F.adaptive_max_pool2d, x, size)
    for z in (x, x.round()):
        ours = nn.adaptive_max_pool2d(z, size, return_indices=True)
        theirs = F.adaptive_max_pool2d(z, size, return_indices=True)
        assert torch.equal(ours[0], theirs[0])
        assert torch.equal(ours[1], theirs[1])


@pytest.mark.reference("torch.mean", of="dlcore.nn.global_avg_pool2d")
@pytest.mark.reference("torch.nn.functional.adaptive_max_pool2d", of="dlcore.nn.global_max_pool2d")
def test_the_whole_image(generator):
    x = torch.randn(2, 3, 7, 8, generator=generator, dtype=torch.float64)
    assert_parity(nn.global_avg_pool2d, lambda x: torch.mean(x, dim=(2, 3)), x)
    theirs = lambda x: F.adaptive_max_pool2d(x, 1)[..., 0, 0]  # noqa: E731
    assert_parity(nn.global_max_pool2d, theirs, x)
    assert_parity(nn.global_max_pool2d, theirs, x.round())
    assert_close(nn.global_avg_pool2d(x[0]), x[0].mean(dim=(1, 2)))


@pytest.mark.bad_input
def test_bad_input():
    x = torch.ones(2, 3, 7, 8)
    for pool in (nn.adaptive_avg_pool2d, nn.adaptive_max_pool2d):
        with pytest.raises(ValueError, match=r"got \(7, 8\)"):
            pool(x[0, 0], 2)
        with pytest.raises(ValueError, match=r"cannot pool images .* to \(0, 0\)"):
            pool(x, 0)
        with pytest.raises(ValueError, match="output_size needs one number or 2"):
            pool(x, (1, 2, 3))
    for pool in (nn.global_avg_pool2d, nn.global_max_pool2d):
        with pytest.raises(ValueError, match=r"cannot pool images \(2, 3, 0, 8\)"):
            pool(x[:, :, :0])
        with pytest.raises(ValueError, match="needs shape"):
            pool(x[0, 0])
