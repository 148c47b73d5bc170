"""Anchors: where they lie, codes against torch's arithmetic, matches; RoI pooling against torch."""

import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import models
from tests.parity import assert_close


@pytest.mark.reference("closed form: centres, areas, ratios", of="dlcore.models.make_anchors")
def test_anchors_have_the_centres_areas_and_ratios_asked_for():
    sizes, ratios = [16.0, 32.0], [0.5, 1.0, 2.0]
    anchors = models.make_anchors((3, 5), 8, sizes, ratios).double()
    assert anchors.shape == (3 * 5 * 6, 4)
    grid = anchors.reshape(3, 5, 2, 3, 4)
    width, height = grid[..., 2] - grid[..., 0], grid[..., 3] - grid[..., 1]
    for s, size in enumerate(sizes):
        for r, ratio in enumerate(ratios):
            assert_close(
                (width * height)[..., s, r],
                torch.full((3, 5), size**2, dtype=torch.float64),
                rtol=1e-5,
            )
            assert_close(
                (height / width)[..., s, r],
                torch.full((3, 5), ratio, dtype=torch.float64),
                rtol=1e-5,
            )
    x = (grid[..., 0] + grid[..., 2]) / 2
    y = (grid[..., 1] + grid[..., 3]) / 2
    assert_close(x[0, :, 0, 0], torch.arange(5) * 8.0 + 4, rtol=1e-5)
    assert_close(y[:, 0, 0, 0], torch.arange(3) * 8.0 + 4, rtol=1e-5)


def random_boxes(n, generator):
    corners = 50 * torch.rand(n, 2, generator=generator, dtype=torch.float64)
    sizes = 1 + 20 * torch.rand(n, 2, generator=generator, dtype=torch.float64)
    return torch.cat([corners, corners + sizes], dim=1)


@pytest.mark.reference("Girshick et al. (2014), equations 6-9", of="dlcore.models.encode_boxes")
@pytest.mark.reference("round trip", of="dlcore.models.decode_boxes")
def test_codes(generator):
    boxes, anchors = random_boxes(17, generator), random_boxes(17, generator)
    t = models.encode_boxes(boxes, anchors)
    for (x1, y1, x2, y2), (u1, v1, u2, v2), code in zip(
        boxes.tolist(), anchors.tolist(), t.tolist(), strict=True
    ):
        expected = [
            ((x1 + x2) / 2 - (u1 + u2) / 2) / (u2 - u1),
            ((y1 + y2) / 2 - (v1 + v2) / 2) / (v2 - v1),
            math.log((x2 - x1) / (u2 - u1)),
            math.log((y2 - y1) / (v2 - v1)),
        ]
        assert code == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert_close(models.decode_boxes(t, anchors), boxes)
    assert not models.encode_boxes(anchors, anchors).any()


def test_codes_do_not_see_the_scale(generator):
    boxes, anchors = random_boxes(5, generator), random_boxes(5, generator)
    assert_close(models.encode_boxes(3 * boxes, 3 * anchors), models.encode_boxes(boxes, anchors))


def test_an_untrained_prediction_does_not_overflow():
    anchor = torch.tensor([[0.0, 0.0, 16.0, 16.0]])
    wild = models.decode_boxes(torch.tensor([[0.0, 0.0, 1000.0, -1000.0]]), anchor)
    assert_close(wild, [[8 - 500.0, 8, 8 + 500, 8]], rtol=1e-5)


@pytest.mark.reference("Ren et al. (2015), section 3.1.2", of="dlcore.models.match_anchors")
def test_matches_follow_the_thresholds(generator):
    anchors, boxes = random_boxes(200, generator), random_boxes(4, generator)
    match = models.match_anchors(anchors, boxes, high=0.3, low=0.2)
    iou = models.box_iou(anchors, boxes)
    best_anchors = {int(iou[:, j].argmax()) for j in range(4)}
    for i, row in enumerate(iou.tolist()):
        best = max(range(4), key=row.__getitem__)
        if i in best_anchors:
            assert iou[i, match[i]] == iou[:, match[i]].max()
        elif row[best] >= 0.3:
            assert match[i] == best
        else:
            assert match[i] == (-1 if row[best] < 0.2 else -2)
    assert set(range(4)) <= set(match.tolist())


def test_matches_without_objects_or_without_overlap():
    anchors = models.make_anchors((2, 2), 8, [8])
    assert models.match_anchors(anchors, torch.zeros(0, 4)).tolist() == [-1] * 12
    far = torch.tensor([[100.0, 100.0, 110.0, 110.0]])
    assert models.match_anchors(anchors, far).tolist() == [-1] * 12


@pytest.mark.reference("torch.nn.functional.adaptive_max_pool2d", of="dlcore.models.roi_pool")
@pytest.mark.parametrize("size", [(2, 2), (3, 2), (7, 7)])
def test_regions_are_pooled_as_torch_pools_their_crops(size, generator):
    maps = torch.randn(2, 3, 12, 16, generator=generator, dtype=torch.float64)
    rois = torch.tensor(
        [[0, 0, 0, 15, 11], [1, 3, 2, 9, 10], [1, 4, 4, 4, 4], [0, 2, 1, 3, 11]]
    ).double()
    ours = maps.clone().requires_grad_()
    theirs = maps.clone().requires_grad_()
    pooled = models.roi_pool(ours, rois, size)
    expected = torch.stack(
        [
            F.adaptive_max_pool2d(theirs[b, :, y1 : y2 + 1, x1 : x2 + 1], size)
            for b, x1, y1, x2, y2 in rois.long().tolist()
        ]
    )
    assert torch.equal(pooled, expected)
    weights = torch.randn(pooled.shape, generator=generator, dtype=torch.float64)
    (gradient,) = torch.autograd.grad(pooled, ours, weights)
    assert_close(gradient, torch.autograd.grad(expected, theirs, weights)[0])


def test_corners_are_scaled_and_rounded(generator):
    maps = torch.randn(1, 2, 8, 8, generator=generator)
    in_pixels = torch.tensor([[0.0, 17.0, 30.0, 90.0, 100.0]])
    on_map = torch.tensor([[0.0, 1.0, 2.0, 6.0, 6.0]])
    scaled = models.roi_pool(maps, in_pixels, 2, spatial_scale=1 / 16)
    assert torch.equal(scaled, models.roi_pool(maps, on_map, 2))
    outside = models.roi_pool(maps, torch.tensor([[0.0, 20.0, 20.0, 22.0, 22.0]]), 2)
    assert not outside.any()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: models.make_anchors((0, 2), 8, [8]), "height must be positive"),
        (lambda: models.make_anchors((2, 2), 8, []), r"sizes must be positive numbers, got \[\]"),
        (lambda: models.make_anchors((2, 2), 8, [8], [-1]), "ratios must be positive numbers"),
        (
            lambda: models.encode_boxes(torch.ones(1, 4), torch.tensor([[0.0, 0, 1, 1]])),
            "boxes must have an area",
        ),
        (
            lambda: models.decode_boxes(torch.zeros(2, 4), torch.tensor([[0.0, 0, 1, 1]])),
            r"\(2, 4\) and anchors \(1, 4\)",
        ),
        (
            lambda: models.decode_boxes(torch.zeros(1, 4), torch.ones(1, 4)),
            "anchors must have an area",
        ),
        (
            lambda: models.match_anchors(torch.zeros(1, 4), torch.zeros(1, 4), 0.3, 0.5),
            "low=0.5, high=0.3",
        ),
        (lambda: models.roi_pool(torch.zeros(1, 2, 4, 4), torch.zeros(3, 4), 2), r"rois \(r, 5\)"),
        (
            lambda: models.roi_pool(torch.zeros(1, 2, 4, 4), torch.ones(1, 5), 2),
            "outside a batch of 1",
        ),
        (
            lambda: models.roi_pool(torch.zeros(1, 2, 4, 4), torch.zeros(1, 5), 0),
            "rows must be positive",
        ),
    ],
)
def test_bad_anchors_and_regions(call, message):
    with pytest.raises(ValueError, match=message):
        call()
