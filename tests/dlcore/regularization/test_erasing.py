"""Erased rectangles by counting their pixels."""

import math

import numpy as np
import pytest
import scipy.stats
import torch

from dlcore.regularization import cutout, random_erasing


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def bounding_box(gone):
    """Top, bottom, left and right of what is gone in one image."""
    rows, columns = np.nonzero(gone)
    return rows.min(), rows.max(), columns.min(), columns.max()


@pytest.mark.reference("enumeration of all centres", of="dlcore.regularization.cutout")
@pytest.mark.parametrize("size", [1, 4, 5, 20])
def test_cutout_has_any_centre_and_is_cut_off_at_the_borders(size):
    h, w, n = 7, 5, 3001
    images = torch.ones(n, 2, h, w)
    gone = (cutout(images, size, generator=seeded()) == 0).numpy()
    assert (gone[:, 0] == gone[:, 1]).all()
    possible = np.zeros((h * w, h, w), dtype=bool)
    for centre in range(h * w):
        top, left = centre // w - size // 2, centre % w - size // 2
        possible[centre, max(top, 0) : top + size, max(left, 0) : left + size] = True
    hits = (gone[:, 0, None] == possible).all(axis=(2, 3))
    assert hits.any(axis=1).all()
    areas = possible.sum(axis=(1, 2))
    error = areas.std() / math.sqrt(n)
    assert abs(gone[:, 0].sum() / n - areas.mean()) <= 4 * error
    assert images.min() == 1


@pytest.mark.reference("pixel counts", of="dlcore.regularization.random_erasing")
def test_erased_rectangles_lie_inside_with_the_share_asked_for():
    n, area, ratio = 1501, (0.05, 0.2), (0.5, 2.0)
    images = torch.full((n, 1, 40, 50), 2.0)
    erased = random_erasing(images, 0.6, area=area, ratio=ratio, generator=seeded())
    gone = (erased != 2)[:, 0].numpy()
    touched = gone.any(axis=(1, 2))
    assert abs(touched.mean() - 0.6) < 4 * math.sqrt(0.24 / n)
    shares = []
    for image in gone[touched]:
        top, bottom, left, right = bounding_box(image)
        height, width = bottom - top + 1, right - left + 1
        assert image.sum() == height * width
        assert ratio[0] * 0.85 < width / height < ratio[1] * 1.15
        shares.append(height * width / 2000)
    assert scipy.stats.kstest(shares, "uniform", (0.05, 0.15)).pvalue > 1e-3
    noise = erased[erased != 2][::97]
    assert scipy.stats.kstest(noise, "uniform").pvalue > 1e-3


def test_no_chance_changes_nothing_and_the_generator_decides():
    images = torch.rand(5, 3, 8, 9, generator=seeded())
    assert torch.equal(random_erasing(images, 0.0), images)
    for f in (
        lambda g: cutout(images, 3, generator=g),
        lambda g: random_erasing(images, generator=g),
    ):
        assert torch.equal(f(seeded(1)), f(seeded(1)))
        assert not torch.equal(f(seeded(1)), f(seeded(2)))


@pytest.mark.bad_input
def test_bad_input():
    images = torch.zeros(2, 1, 4, 4)
    with pytest.raises(ValueError, match="at least 1 pixel, got 0"):
        cutout(images, 0)
    with pytest.raises(ValueError, match=r"p must lie between 0 and 1, got -0\.1"):
        random_erasing(images, -0.1)
    with pytest.raises(ValueError, match="random_erasing: area needs"):
        random_erasing(images, area=(0.4, 0.3))
    with pytest.raises(ValueError, match=r"got shape \(4, 4\)"):
        cutout(torch.zeros(4, 4), 1)
