"""Drawn scenes: boxes are the extent of the pixels, shapes have their area, objects stay apart."""

import math

import pytest
import torch

from dlcore.data import Scenes, load_photograph, shape_scenes


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.reference("extent of the labelled pixels", of="dlcore.data.shape_scenes")
@pytest.mark.reference("extent of the labelled pixels", of="dlcore.data.Scenes")
def test_boxes_are_the_extent_of_their_pixels():
    scenes = shape_scenes(40, shapes=("circle", "square", "triangle", "cross"), most=4)
    assert isinstance(scenes, Scenes)
    for mask, boxes, labels in zip(scenes.masks, scenes.boxes, scenes.labels, strict=True):
        left = mask.clone()
        for (x1, y1, x2, y2), label in zip(boxes.int().tolist(), labels.tolist(), strict=True):
            part = mask[y1:y2, x1:x2]
            assert set(part.unique().tolist()) <= {0, label + 1}
            rows, columns = (part > 0).any(1), (part > 0).any(0)
            assert rows[-1]
            assert rows.sum() >= len(rows) - 1  # the triangle's tip is thinner than a pixel
            assert columns.sum() >= len(columns) - 1
            left[y1:y2, x1:x2] = 0
        assert not left.any()


@pytest.mark.parametrize(
    ("shape", "area"), [("circle", math.pi / 4), ("square", 1), ("triangle", 0.5), ("cross", 5 / 9)]
)
def test_shapes_fill_their_share_of_the_box(shape, area):
    scenes = shape_scenes(12, size=200, shapes=(shape,), most=1)
    for mask, boxes in zip(scenes.masks, scenes.boxes, strict=True):
        side = (boxes[0, 2] - boxes[0, 0]).item()
        assert (mask > 0).sum().item() / side**2 == pytest.approx(area, abs=2 / side)


def test_without_noise_objects_have_one_colour_unlike_the_background():
    scenes = shape_scenes(20, noise=0.0)
    for image, mask, boxes in zip(scenes.images, scenes.masks, scenes.boxes, strict=True):
        background = image[:, mask == 0]
        assert torch.equal(background, background[:, :1].expand_as(background))
        for x1, y1, x2, y2 in boxes.int().tolist():
            inside = image[:, y1:y2, x1:x2][:, mask[y1:y2, x1:x2] > 0]
            assert torch.equal(inside, inside[:, :1].expand_as(inside))
            assert (inside[:, 0] - background[:, 0]).norm() >= 0.4


def test_counts_classes_and_ranges():
    scenes = shape_scenes(60, most=3, size=32)
    assert scenes.images.shape == (60, 3, 32, 32)
    assert scenes.images.dtype == torch.float32
    assert scenes.masks.dtype == torch.int64
    assert scenes.images.min() >= 0
    assert scenes.images.max() <= 1
    assert {len(boxes) for boxes in scenes.boxes} == {1, 2, 3}
    assert set(torch.cat(scenes.labels).tolist()) == {0, 1, 2}
    assert scenes.classes == ("circle", "square", "triangle")


def test_the_generator_decides():
    first, again, other = (shape_scenes(3, generator=seeded(s)) for s in (1, 1, 2))
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.masks, again.masks)
    assert not torch.equal(first.images, other.images)
    assert torch.equal(shape_scenes(3).images, shape_scenes(3).images)


def test_a_photograph_behind():
    grass = load_photograph("astronaut").pixels
    scenes = shape_scenes(2, size=32, noise=0.0, background=grass)
    windows = grass.unfold(1, 32, 1).unfold(2, 32, 1)
    for image, mask in zip(scenes.images, scenes.masks, strict=True):
        y, x = (mask == 0).nonzero()[0].tolist()
        near = (windows[:, :, :, y, x] == image[:, y, x, None, None]).all(0).nonzero().tolist()
        assert any(
            torch.equal(windows[:, i, j][:, mask == 0], image[:, mask == 0]) for i, j in near
        )


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "got n=0, most=3, size=48"),
        ({"n": 1, "most": 0}, "most=0"),
        ({"n": 1, "size": 8}, "size=8"),
        ({"n": 1, "shapes": ("star",)}, r"some of circle, .*, got \('star',\)"),
        ({"n": 1, "shapes": ()}, r"got \(\)"),
        ({"n": 1, "noise": -1.0}, "noise must be a standard deviation"),
        ({"n": 1, "background": torch.zeros(3, 20, 60)}, r"at least 48 pixels .* \(3, 20, 60\)"),
    ],
)
def test_impossible_scenes(options, message):
    with pytest.raises(ValueError, match=message):
        shape_scenes(**options)
