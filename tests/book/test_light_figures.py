"""Figures that weigh less as something else, and those that stay drawings."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from book._ext.light_figures import HEAVY, lightest, sent


def saved(figure, path):
    """The figure as matplotlib draws it for a page."""
    figure.savefig(path, format="svg")
    plt.close(figure)
    return path


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_cloud_of_points_becomes_pixels_two_for_each_shown(tmp_path, rng):
    figure, axes = plt.subplots(figsize=(4, 3))
    axes.scatter(*rng.normal(size=(2, 6000)), s=4)
    file = saved(figure, tmp_path / "cloud.svg")
    suffix, content = lightest(file)
    assert suffix == ".webp"
    assert len(content) < 0.75 * sent(file.read_bytes())
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (2 * 384, 2 * 288)


@pytest.mark.parametrize("kind", ["photograph", "map"])
def test_a_picture_in_a_drawing_is_packed_better_and_a_map_keeps_every_colour(tmp_path, rng, kind):
    figure, axes = plt.subplots(figsize=(4, 4))
    coarse = rng.uniform(size=(12, 12, 3) if kind == "photograph" else (300, 300))
    axes.imshow(coarse, interpolation="bicubic" if kind == "photograph" else "nearest")
    file = saved(figure, tmp_path / "picture.svg")
    suffix, content = lightest(file)
    assert suffix == ".svg"
    assert sent(content) < sent(file.read_bytes())
    before, after = (pixels(drawing) for drawing in (file.read_bytes(), content))
    assert after.shape == before.shape
    assert np.abs(after - before).max() <= (40 if kind == "photograph" else 0)
    assert np.abs(after - before).mean() < 3


def pixels(drawing):
    """The picture that a drawing holds."""
    data = drawing.split(b"base64,")[1].split(b'"')[0]
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_a_curve_stays_a_drawing(tmp_path, rng):
    figure, axes = plt.subplots()
    axes.plot(rng.normal(size=200))
    file = saved(figure, tmp_path / "curve.svg")
    assert sent(file.read_bytes()) < HEAVY
    assert lightest(file) is None
