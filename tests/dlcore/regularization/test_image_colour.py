"""Light and noise against Pillow, scipy.ndimage, closed forms and moments."""

import math

import numpy as np
import pytest
import scipy.ndimage
import scipy.stats
import torch
from PIL import Image, ImageEnhance

from dlcore.regularization import (
    add_gaussian_noise,
    adjust_brightness,
    adjust_contrast,
    adjust_saturation,
    color_jitter,
    gaussian_blur,
)
from tests.parity import assert_close


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


BYTES = torch.randint(0, 256, (2, 3, 11, 13), generator=seeded(), dtype=torch.uint8)
IMAGES = BYTES.double() / 255
LIGHT = np.array([0.299, 0.587, 0.114])[:, None, None]


@pytest.mark.reference("PIL.ImageEnhance.Brightness", of="dlcore.regularization.adjust_brightness")
@pytest.mark.reference("PIL.ImageEnhance.Contrast", of="dlcore.regularization.adjust_contrast")
@pytest.mark.reference("PIL.ImageEnhance.Color", of="dlcore.regularization.adjust_saturation")
@pytest.mark.parametrize("factor", [0.0, 0.4, 1.0, 1.8])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (adjust_brightness, ImageEnhance.Brightness),
        (adjust_contrast, ImageEnhance.Contrast),
        (adjust_saturation, ImageEnhance.Color),
    ],
)
def test_as_pillow_does_it_with_whole_numbers(ours, theirs, factor):
    changed = ours(IMAGES, factor)
    for image, result in zip(BYTES, changed, strict=True):
        picture = Image.fromarray(image.permute(1, 2, 0).numpy())
        expected = np.asarray(theirs(picture).enhance(factor)).transpose(2, 0, 1)
        # Pillow rounds grey, its mean and the result to whole numbers
        assert np.abs(255 * result.numpy() - expected).max() <= 1 + 1.01 * abs(1 - factor)


def test_the_closed_forms():
    x = IMAGES.numpy()
    grey = (LIGHT * x).sum(axis=1, keepdims=True)
    mean = grey.mean(axis=(1, 2, 3), keepdims=True)
    assert_close(adjust_brightness(IMAGES, 1.5), np.clip(1.5 * x, 0, 1))
    assert_close(adjust_contrast(IMAGES, 1.5), np.clip(1.5 * x - 0.5 * mean, 0, 1))
    assert_close(adjust_saturation(IMAGES, 1.5), np.clip(1.5 * x - 0.5 * grey, 0, 1))


def test_grey_images_have_contrast_and_no_saturation():
    grey = IMAGES[:, :1]
    assert_close(adjust_saturation(grey, 0.3), grey)
    assert_close(adjust_contrast(grey, 0.0), grey.mean(dim=(1, 2, 3), keepdim=True).expand_as(grey))


@pytest.mark.reference("closed form with drawn factors", of="dlcore.regularization.color_jitter")
def test_jitter_gives_each_image_its_own_factors():
    even = torch.full((2003, 3, 1, 1), 0.25, dtype=torch.float64)
    factors = color_jitter(even, brightness=0.6, generator=seeded()).mean(dim=(1, 2, 3)) / 0.25
    assert scipy.stats.kstest(factors, "uniform", (0.4, 1.2)).pvalue > 1e-3
    b, c, s = (torch.rand(3, 2, generator=seeded(1), dtype=torch.float64) * 2 - 1).numpy() * 0.5 + 1
    x = IMAGES.numpy()
    for i in range(2):
        y = np.clip(b[i] * x[i], 0, 1)
        y = np.clip(c[i] * y + (1 - c[i]) * (LIGHT * y).sum(axis=0).mean(), 0, 1)
        y = np.clip(s[i] * y + (1 - s[i]) * (LIGHT * y).sum(axis=0), 0, 1)
        jittered = color_jitter(
            IMAGES, brightness=0.5, contrast=0.5, saturation=0.5, generator=seeded(1)
        )
        assert_close(jittered[i], y)
    assert_close(color_jitter(IMAGES), IMAGES)


def test_a_range_beyond_one_gives_no_negative_factor():
    even = torch.full((997, 1, 1, 1), 0.25)
    assert color_jitter(even, brightness=3.0, generator=seeded()).min() >= 0


@pytest.mark.reference("scipy.stats.norm", of="dlcore.regularization.add_gaussian_noise")
def test_noise_is_normal():
    x = torch.ones(61, 67)
    noise = (add_gaussian_noise(x, 0.3, generator=seeded()) - 1).flatten()
    assert scipy.stats.kstest(noise, "norm", (0, 0.3)).pvalue > 1e-3
    again = add_gaussian_noise(x, 0.3, generator=seeded())
    assert torch.equal(again.flatten() - 1, noise)
    assert abs(noise.std() - 0.3) < 4 * 0.3 / math.sqrt(2 * len(noise))


@pytest.mark.reference("scipy.ndimage.gaussian_filter", of="dlcore.regularization.gaussian_blur")
@pytest.mark.parametrize("sigma", [0.3, 1.0, 4.0])
def test_blur(sigma):
    expected = scipy.ndimage.gaussian_filter(
        IMAGES.numpy(), (0, 0, sigma, sigma), mode="nearest", truncate=4.0
    )
    assert_close(gaussian_blur(IMAGES, sigma), expected)


def test_blur_keeps_even_images_and_returns_a_copy():
    even = torch.full((1, 2, 5, 7), 0.7, dtype=torch.float64)
    assert_close(gaussian_blur(even, 2.0), even)
    assert gaussian_blur(even, 0.0) is not even


@pytest.mark.bad_input
def test_bad_input():
    for f in (adjust_brightness, adjust_contrast, adjust_saturation):
        with pytest.raises(ValueError, match="a factor must be at least 0, got -1"):
            f(IMAGES, -1.0)
        with pytest.raises(TypeError, match=r"floating-point numbers, got torch\.uint8"):
            f(BYTES, 1.0)
    with pytest.raises(ValueError, match="colours need 1 or 3 channels, got 2"):
        adjust_contrast(IMAGES[:, :2], 0.5)
    with pytest.raises(ValueError, match=r"a range must be at least 0, got -0\.1"):
        color_jitter(IMAGES, contrast=-0.1)
    with pytest.raises(ValueError, match="sigma must be at least 0, got -1"):
        gaussian_blur(IMAGES, -1)
    with pytest.raises(ValueError, match="sigma must be at least 0, got -1"):
        add_gaussian_noise(IMAGES, -1)
    with pytest.raises(TypeError, match=r"got torch\.uint8"):
        add_gaussian_noise(BYTES, 1)
