"""Moved images against scipy.ndimage, numpy and torch's interpolation."""

import math

import numpy as np
import pytest
import scipy.ndimage
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import interpolate

from dlcore.regularization import (
    horizontal_flip,
    random_affine,
    random_crop,
    random_horizontal_flip,
    random_resized_crop,
    rescale,
    resized_crop,
    rotate,
    translate,
)
from tests.parity import assert_close

EDGES = {"order": 1, "mode": "grid-constant", "cval": 0.0}


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def random(*shape, seed=0):
    return torch.rand(shape, generator=seeded(seed), dtype=torch.float64)


IMAGES = random(5, 3, 11, 13)


def places(n, h, w):
    """Images whose two channels say the row and the column of each pixel."""
    rows, columns = np.indices((h, w))
    return torch.from_numpy(np.stack([rows, columns])).double().expand(n, 2, h, w)


@pytest.mark.reference("numpy.flip", of="dlcore.regularization.horizontal_flip")
def test_a_flip_exchanges_left_and_right_and_twice_nothing():
    assert_close(horizontal_flip(IMAGES), np.flip(IMAGES.numpy(), -1).copy())
    assert torch.equal(horizontal_flip(horizontal_flip(IMAGES)), IMAGES)


@pytest.mark.reference("numpy.flip", of="dlcore.regularization.random_horizontal_flip")
def test_each_image_is_flipped_for_itself():
    images = random(2003, 2, 3, 5)
    flipped = random_horizontal_flip(images, 0.3, generator=seeded())
    there = torch.from_numpy(np.flip(images.numpy(), -1).copy())
    turned = (flipped == there).flatten(1).all(1)
    same = (flipped == images).flatten(1).all(1)
    assert (turned ^ same).all()
    # four standard deviations of a binomial share
    assert abs(turned.double().mean() - 0.3) < 4 * math.sqrt(0.3 * 0.7 / 2003)
    assert torch.equal(random_horizontal_flip(images, 0.0), images)
    assert torch.equal(random_horizontal_flip(images, 1.0), there)


@pytest.mark.reference("scipy.ndimage.rotate", of="dlcore.regularization.rotate")
@pytest.mark.parametrize("degrees", [17.0, -40.0, 123.0])
def test_rotation(degrees):
    expected = scipy.ndimage.rotate(IMAGES.numpy(), degrees, axes=(-1, -2), reshape=False, **EDGES)
    assert_close(rotate(IMAGES, degrees), expected, atol=1e-10)


def test_a_quarter_turn_is_that_of_torch():
    square = random(3, 2, 7, 7)
    assert_close(rotate(square, 90), torch.rot90(square, 1, (-2, -1)), atol=1e-10)


@pytest.mark.reference("scipy.ndimage.shift", of="dlcore.regularization.translate")
@pytest.mark.parametrize(("dx", "dy"), [(2.0, -3.0), (0.25, 1.5), (-20.0, 0.0)])
def test_translation(dx, dy):
    expected = scipy.ndimage.shift(IMAGES.numpy(), (0, 0, dy, dx), **EDGES)
    assert_close(translate(IMAGES, dx, dy), expected, atol=1e-10)


@pytest.mark.reference("scipy.ndimage.affine_transform", of="dlcore.regularization.rescale")
@pytest.mark.parametrize("factor", [0.5, 1.7])
def test_scaling(factor):
    centre = (np.array([11, 13]) - 1) / 2
    expected = [
        scipy.ndimage.affine_transform(c, [1 / factor] * 2, centre - centre / factor, **EDGES)
        for c in IMAGES.reshape(-1, 11, 13).numpy()
    ]
    assert_close(rescale(IMAGES, factor).reshape(-1, 11, 13), np.stack(expected), atol=1e-10)


@pytest.mark.parametrize("change", [rotate, lambda x, by: translate(x, by, 1 - by), rescale])
def test_each_image_has_its_own_amount(change):
    amounts = 0.5 + random(5)
    one_by_one = [change(x[None], a.item()) for x, a in zip(IMAGES, amounts, strict=True)]
    assert_close(change(IMAGES, amounts), torch.cat(one_by_one))


@pytest.mark.reference("scipy.ndimage.affine_transform", of="dlcore.regularization.random_affine")
def test_random_motion_is_one_affine_map_with_drawn_numbers():
    moved = random_affine(IMAGES, degrees=30, shift=2, scale=0.2, generator=seeded(3))
    angle, dx, dy, size = 2 * random(4, 5, seed=3) - 1
    centre = (np.array([11, 13]) - 1) / 2
    for i in range(5):
        turn = math.radians(30 * angle[i])
        back = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        back /= 1 + 0.2 * size[i].item()
        start = centre + 2 * np.array([dy[i].item(), dx[i].item()])
        for channel in range(3):
            expected = scipy.ndimage.affine_transform(
                IMAGES[i, channel].numpy(), back, centre - back @ start, **EDGES
            )
            assert_close(moved[i, channel], expected, atol=1e-10)
    assert_close(random_affine(IMAGES), IMAGES)


@pytest.mark.reference("slices of numpy.pad", of="dlcore.regularization.random_crop")
def test_random_windows_are_slices_and_any_place_is_as_likely():
    images = places(4001, 5, 7)
    crops = random_crop(images, (3, 4), 1, generator=seeded())
    assert crops.shape == (4001, 2, 3, 4)
    padded = np.pad(images[0].numpy(), ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 4), (1, 2))
    windows = windows.transpose(1, 2, 0, 3, 4).reshape(-1, 2, 3, 4)
    hits = (crops[:, None].numpy() == windows[None]).all(axis=(2, 3, 4))
    assert (hits.sum(axis=1) == 1).all()
    counts = hits.sum(axis=0)
    assert len(counts) == 5 * 6
    assert scipy.stats.chisquare(counts).pvalue > 1e-3


def test_a_window_as_large_as_the_image_is_the_image():
    assert torch.equal(random_crop(IMAGES, (11, 13)), IMAGES)


@pytest.mark.reference("torch.nn.functional.interpolate", of="dlcore.regularization.resized_crop")
@given(st.integers(0, 999), st.integers(1, 9), st.integers(1, 9))
def test_a_resized_window_is_an_interpolated_slice(seed, height_out, width_out):
    numbers = np.random.default_rng(seed)
    height, width = numbers.integers(1, 12, 5), numbers.integers(1, 14, 5)
    top, left = numbers.integers(0, 12 - height), numbers.integers(0, 14 - width)
    boxes = [torch.from_numpy(each) for each in (top, left, height, width)]
    crops = resized_crop(IMAGES, *boxes, (height_out, width_out))
    for i, image in enumerate(IMAGES):
        window = image[:, top[i] : top[i] + height[i], left[i] : left[i] + width[i]]
        expected = interpolate(window[None], (height_out, width_out), mode="bilinear")
        assert_close(crops[i : i + 1], expected, atol=1e-10)


@pytest.mark.reference(
    "torch.nn.functional.interpolate", of="dlcore.regularization.random_resized_crop"
)
def test_random_resized_windows_have_the_areas_and_shapes_asked_for():
    images = places(1009, 60, 80)
    area, ratio = (0.1, 0.4), (0.7, 1.4)
    crops = random_resized_crop(images, 80, area=area, ratio=ratio, generator=seeded())
    first, last = crops[:, :, 0, 0].round().long(), crops[:, :, -1, -1].round().long()
    height, width = (last - first + 1).unbind(1)
    for i in range(0, 1009, 100):
        (top, left), (bottom, right) = first[i].tolist(), last[i].tolist()
        window = images[i : i + 1, :, top : bottom + 1, left : right + 1]
        assert_close(crops[i : i + 1], interpolate(window, 80, mode="bilinear"), atol=1e-10)
    share = (height * width).double() / (60 * 80)
    shape = width.double() / height
    # rounding to whole pixels moves a side by at most half of one
    slack = 0.5 / height + 0.5 / width
    assert ((share > area[0] * (1 - 2 * slack)) & (share < area[1] * (1 + 2 * slack))).all()
    assert ((shape > ratio[0] * (1 - 2 * slack)) & (shape < ratio[1] * (1 + 2 * slack))).all()
    assert scipy.stats.kstest(share, "uniform", (0.1, 0.3)).pvalue > 1e-3
    relative = (shape / 0.7).log() / math.log(2)
    assert scipy.stats.kstest(relative, "uniform").pvalue > 1e-3


def test_a_window_longer_than_the_image_ends_at_its_borders():
    crops = random_resized_crop(places(50, 8, 40), 40, area=(1.0, 1.0), ratio=(1.0, 1.0))
    first, last = crops[:, :, 0, 0].round(), crops[:, :, -1, -1].round()
    assert torch.equal(last - first + 1, torch.tensor([8.0, 18.0]).double().expand(50, 2))


@pytest.mark.parametrize(
    "change",
    [
        lambda x, g: random_horizontal_flip(x, generator=g),
        lambda x, g: random_affine(x, degrees=9, shift=2, scale=0.1, generator=g),
        lambda x, g: random_crop(x, 5, 2, generator=g),
        lambda x, g: random_resized_crop(x, 5, generator=g),
    ],
)
def test_the_generator_decides_and_nothing_is_changed_in_place(change):
    before = IMAGES.clone()
    assert torch.equal(change(IMAGES, seeded(1)), change(IMAGES, seeded(1)))
    assert not torch.equal(change(IMAGES, seeded(1)), change(IMAGES, seeded(2)))
    assert torch.equal(IMAGES, before)
    assert change(IMAGES.float(), seeded()).dtype == torch.float32
    assert len(change(IMAGES[:0], seeded())) == 0


def test_motion_has_gradients():
    small = random(2, 1, 3, 5).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: rotate(x, 20.0), small)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("name", "f"),
    [
        ("rotate", lambda x: rotate(x, 5.0)),
        ("translate", lambda x: translate(x, 1.0, 1.0)),
        ("rescale", lambda x: rescale(x, 2.0)),
        ("random_affine", random_affine),
        ("random_crop", lambda x: random_crop(x, 2)),
        ("random_resized_crop", lambda x: random_resized_crop(x, 2)),
        ("random_horizontal_flip", random_horizontal_flip),
    ],
)
def test_what_is_no_batch_of_images(name, f):
    with pytest.raises(ValueError, match=rf"{name} needs images of shape .* got shape \(3, 5, 5\)"):
        f(torch.zeros(3, 5, 5))
    with pytest.raises(TypeError, match=rf"{name} needs .* got torch.uint8"):
        f(torch.zeros(1, 3, 5, 5, dtype=torch.uint8))


@pytest.mark.bad_input
def test_bad_numbers():
    zero = torch.zeros(5, dtype=torch.long)
    with pytest.raises(ValueError, match=r"one for each of 5 images, got shape \(2,\)"):
        rotate(IMAGES, torch.zeros(2))
    with pytest.raises(ValueError, match="a factor must be positive, got 0"):
        rescale(IMAGES, 0.0)
    with pytest.raises(ValueError, match=r"below 1, got degrees=0\.0, shift=0\.0, scale=1\.0"):
        random_affine(IMAGES, scale=1.0)
    with pytest.raises(ValueError, match=r"p must lie between 0 and 1, got 1\.5"):
        random_horizontal_flip(IMAGES, 1.5)
    with pytest.raises(ValueError, match="12 x 12 does not fit into images of 11 x 13"):
        random_crop(IMAGES, 12)
    with pytest.raises(ValueError, match="padding must be at least 0, got -1"):
        random_crop(IMAGES, 2, -1)
    with pytest.raises(ValueError, match=r"got \(0\.0, 1\.0\)"):
        random_resized_crop(IMAGES, 2, area=(0.0, 1.0))
    with pytest.raises(ValueError, match="size must be at least 1, got 0"):
        resized_crop(IMAGES, zero, zero, zero + 1, zero + 1, 0)
    with pytest.raises(ValueError, match="not inside images of 11 x 13"):
        resized_crop(IMAGES, zero, zero + 13, zero + 1, zero + 1, 2)
    with pytest.raises(ValueError, match="a window for each of 5 images"):
        resized_crop(IMAGES, zero[:2], zero, zero + 1, zero + 1, 2)
