"""Bilinear interpolation against torch."""

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity

TARGETS = [
    {"size": (14, 5)}, {"size": 9}, {"size": (1, 1)}, {"scale_factor": 2}, {"scale_factor": 2.5},
    {"scale_factor": (0.5, 3.0)},
]  # fmt: skip


@pytest.mark.reference("torch.nn.functional.interpolate", of="dlcore.nn.upsample_bilinear")
@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("target", TARGETS)
def test_as_in_torch(target, align_corners, generator):
    x = torch.randn(2, 3, 6, 7, generator=generator, dtype=torch.float64)
    peer = lambda x, **options: F.interpolate(x, mode="bilinear", **options)  # noqa: E731
    assert_parity(nn.upsample_bilinear, peer, x, **target, align_corners=align_corners)
    one = x[:, :, :1, :1]
    assert_close(
        nn.upsample_bilinear(one, size=(2, 3), align_corners=align_corners),
        one.expand(-1, -1, 2, 3),
    )


@pytest.mark.reference("torch.nn.functional.interpolate", of="dlcore.nn.bilinear_kernel")
@pytest.mark.parametrize("factor", [1, 2, 3, 4, 5, 8])
def test_a_transposed_convolution_with_the_kernel_interpolates(factor, generator):
    x = torch.randn(1, 1, 6, 7, generator=generator)
    kernel = nn.bilinear_kernel(factor)[None, None]
    ours = F.conv_transpose2d(x, kernel, stride=factor, padding=factor // 2)
    theirs = F.interpolate(x, scale_factor=factor, mode="bilinear")
    inside = slice(factor, 5 * factor)
    assert_close(ours[..., inside, inside], theirs[..., inside, inside], rtol=1e-5, atol=1e-6)


@pytest.mark.bad_input
def test_bad_input():
    x = torch.ones(2, 3, 6, 7)
    for size, factor in ((None, None), (3, 2)):
        with pytest.raises(ValueError, match="give size or scale_factor"):
            nn.upsample_bilinear(x, size, factor)
    with pytest.raises(ValueError, match="scale_factor needs one or 2 positive numbers"):
        nn.upsample_bilinear(x, scale_factor=(2, 2, 2))
    with pytest.raises(ValueError, match="scale_factor needs one or 2 positive numbers"):
        nn.upsample_bilinear(x, scale_factor=-1.0)
    with pytest.raises(ValueError, match="size must be at least 1"):
        nn.upsample_bilinear(x, scale_factor=0.1)
    with pytest.raises(ValueError, match=r"got \(3, 6, 7\)"):
        nn.upsample_bilinear(x[0], size=3)
    with pytest.raises(ValueError, match="factor must be at least 1"):
        nn.bilinear_kernel(0)
