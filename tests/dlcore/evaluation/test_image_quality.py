"""Quality of restored images against scikit-image; outlines against SciPy."""

import math

import numpy as np
import pytest
import scipy.ndimage
import scipy.spatial
import skimage.metrics
import torch

from dlcore import evaluation
from tests.parity import assert_close


@pytest.fixture
def images(generator):
    a = torch.rand(2, 3, 17, 19, generator=generator, dtype=torch.float64)
    return a, (a + 0.2 * torch.randn(a.shape, generator=generator, dtype=a.dtype)).clamp(0, 1)


@pytest.mark.reference("skimage.metrics", of="dlcore.evaluation.psnr")
@pytest.mark.reference("skimage.metrics", of="dlcore.evaluation.ssim")
@pytest.mark.parametrize("scale", [1, 255])
def test_against_scikit_image(images, scale):
    a, b = (scale * x for x in images)
    pairs = list(zip(a.numpy(), b.numpy(), strict=True))
    expected = [skimage.metrics.peak_signal_noise_ratio(*p, data_range=scale) for p in pairs]
    assert_close(evaluation.psnr(a, b, scale), np.array(expected))
    for window in (7, 3):
        expected = [
            skimage.metrics.structural_similarity(
                *p, data_range=scale, channel_axis=0, win_size=window
            )
            for p in pairs
        ]
        assert_close(evaluation.ssim(a, b, scale, window), np.array(expected))


def test_the_same_image(images):
    a, _ = images
    assert evaluation.psnr(a, a).tolist() == [math.inf, math.inf]
    assert_close(evaluation.ssim(a, a), torch.ones(2))
    assert evaluation.ssim(a[0], a[0]).shape == ()


@pytest.mark.reference("scipy.ndimage.binary_erosion", of="dlcore.evaluation.mask_boundary")
@pytest.mark.reference(
    "scipy.spatial.distance.directed_hausdorff", of="dlcore.evaluation.hausdorff_distance"
)
@pytest.mark.parametrize("shape", [(11, 13), (5, 6, 7)])
def test_outlines_against_scipy(generator, shape):
    a, b = (torch.rand(shape, generator=generator) < p for p in (0.8, 0.6))
    outlines = []
    for mask in (a, b):
        inside = mask.numpy()
        outline = np.argwhere(inside & ~scipy.ndimage.binary_erosion(inside))
        assert np.array_equal(evaluation.mask_boundary(mask).numpy(), outline)
        outlines.append(outline.astype(float))
    directed = scipy.spatial.distance.directed_hausdorff
    expected = max(directed(*outlines)[0], directed(*outlines[::-1])[0])
    assert evaluation.hausdorff_distance(a, b) == pytest.approx(expected)
    nearest = scipy.spatial.distance.cdist(*outlines)
    expected = max(np.percentile(nearest.min(axis=i), 95) for i in (0, 1))
    assert evaluation.hausdorff_distance(a, b, 95) == pytest.approx(expected)


def test_a_stray_pixel_counts_once_in_twenty():
    a = torch.zeros(40, 40, dtype=torch.bool)
    a[5:15, 5:15] = True
    b = a.clone()
    b[35, 10] = True
    assert evaluation.hausdorff_distance(a, b) == 21
    assert evaluation.hausdorff_distance(a, b, 95) == 0


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: evaluation.psnr(torch.ones(1, 4, 4), torch.ones(1, 4, 5)), r"\(1, 4, 5\)"),
        (lambda: evaluation.psnr(torch.ones(4, 4), torch.ones(4, 4)), r"\(\.\.\., c, h, w\)"),
        (lambda: evaluation.psnr(torch.ones(1, 4, 4), torch.ones(1, 4, 4), 0), "positive, got 0"),
        (lambda: evaluation.ssim(torch.ones(1, 4, 4), torch.ones(1, 4, 4)), "got 7"),
        (lambda: evaluation.ssim(torch.ones(1, 9, 9), torch.ones(1, 9, 9), window=4), "got 4"),
        (
            lambda: evaluation.hausdorff_distance(torch.ones(2, 2) > 0, torch.ones(2, 3) > 0),
            "of one shape",
        ),
        (
            lambda: evaluation.hausdorff_distance(torch.ones(2, 2) > 0, torch.ones(2, 2) > 1),
            "empty region",
        ),
        (
            lambda: evaluation.hausdorff_distance(torch.ones(2, 2) > 0, torch.ones(2, 2) > 0, 0),
            "percentile",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
