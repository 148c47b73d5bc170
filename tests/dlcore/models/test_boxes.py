"""Boxes: overlap against counted pixels, suppression against brute force."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore import models
from tests.parity import assert_close

WORKED = torch.tensor(
    [[0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30], [0, 0, 10, 12]], dtype=torch.float64
)
SCORES = torch.tensor([0.9, 0.8, 0.7, 0.6])


def pixels(box, side=40):
    """The box as a raster of unit pixels."""
    x1, y1, x2, y2 = (int(v) for v in box)
    raster = torch.zeros(side, side, dtype=torch.bool)
    raster[y1:y2, x1:x2] = True
    return raster


def whole_boxes(n, generator, side=40):
    corners = torch.randint(side // 2, (n, 2), generator=generator)
    sizes = torch.randint(side // 2, (n, 2), generator=generator)
    return torch.cat([corners, corners + sizes], dim=1).double()


@pytest.mark.reference("count of pixels", of="dlcore.models.box_iou")
@pytest.mark.reference("count of pixels", of="dlcore.models.box_area")
@pytest.mark.reference("count of pixels", of="dlcore.models.generalized_box_iou")
def test_overlaps_against_counted_pixels(generator):
    a, b = whole_boxes(13, generator), whole_boxes(11, generator)
    assert models.box_area(a).tolist() == [int(pixels(box).sum()) for box in a]
    iou, giou = models.box_iou(a, b), models.generalized_box_iou(a, b)
    for i, p in enumerate(a):
        for j, q in enumerate(b):
            union = int((pixels(p) | pixels(q)).sum())
            both = int((pixels(p) & pixels(q)).sum())
            expected = both / union if union else 0.0
            assert iou[i, j].item() == pytest.approx(expected, abs=1e-12)
            hull = torch.cat([torch.minimum(p, q)[:2], torch.maximum(p, q)[2:]])
            area = int(pixels(hull).sum())
            outside = (area - union) / area if area else 0.0
            assert giou[i, j].item() == pytest.approx(expected - outside, abs=1e-12)


def test_overlaps_by_hand():
    iou = models.box_iou(WORKED, WORKED)
    assert_close(iou.diagonal(), torch.ones(4))
    assert iou[0, 1].item() == pytest.approx(0.6807, abs=5e-5)
    assert iou[0, 3].item() == pytest.approx(0.8333, abs=5e-5)
    assert iou[1, 3].item() == pytest.approx(0.6923, abs=5e-5)
    touching = torch.tensor([[10.0, 0.0, 20.0, 10.0]]).double()
    assert models.box_iou(WORKED[:1], touching).item() == 0
    assert models.box_iou(torch.zeros(1, 4), torch.zeros(1, 4)).item() == 0


coordinate = st.integers(-20, 20)


@given(st.lists(st.tuples(coordinate, coordinate, coordinate, coordinate), min_size=1, max_size=6))
def test_overlaps_are_symmetric_bounded_and_do_not_see_a_shift(corners):
    b = torch.tensor(corners).double()
    b = torch.cat([torch.minimum(b[:, :2], b[:, 2:]), torch.maximum(b[:, :2], b[:, 2:])], dim=1)
    iou, giou = models.box_iou(b, b), models.generalized_box_iou(b, b)
    assert torch.equal(iou, iou.T)
    assert ((iou >= 0) & (iou <= 1)).all()
    assert ((giou >= -1) & (giou <= iou)).all()
    assert_close(models.box_iou(b + 7, b + 7), iou)
    assert_close(models.generalized_box_iou(3 * b, 3 * b), giou)


def brute_force(boxes, scores, threshold):
    order = sorted(range(len(boxes)), key=lambda i: -scores[i].item())
    kept = []
    for i in order:
        overlaps = [models.box_iou(boxes[i : i + 1], boxes[j : j + 1]).item() for j in kept]
        if all(overlap <= threshold for overlap in overlaps):
            kept.append(i)
    return kept


@pytest.mark.reference("brute force", of="dlcore.models.nms")
@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 1.0])
def test_suppression_against_brute_force(threshold, generator):
    boxes = whole_boxes(30, generator)
    scores = torch.rand(30, generator=generator)
    kept = models.nms(boxes, scores, threshold)
    assert kept.tolist() == brute_force(boxes, scores, threshold)


@pytest.mark.parametrize(
    ("threshold", "kept"), [(0.5, [0, 2]), (0.7, [0, 1, 2]), (0.85, [0, 1, 2, 3])]
)
def test_suppression_by_hand(threshold, kept):
    assert models.nms(WORKED, SCORES, threshold).tolist() == kept


def test_a_suppressed_box_suppresses_none():
    chain = torch.tensor([[0.0, 0, 10, 10], [4.0, 0, 14, 10], [8.0, 0, 18, 10]])
    assert models.nms(chain, torch.tensor([0.9, 0.8, 0.7]), 0.4).tolist() == [0, 2]
    assert models.nms(chain, torch.tensor([0.7, 0.9, 0.8]), 0.4).tolist() == [1]


def test_of_equal_scores_the_first_wins():
    same = torch.zeros(3, 4) + torch.tensor([0.0, 0.0, 1.0, 1.0])
    assert models.nms(same, torch.ones(3), 0.5).tolist() == [0]


@pytest.mark.reference("nms of each class alone", of="dlcore.models.batched_nms")
def test_classes_do_not_suppress_each_other(generator):
    boxes, scores = whole_boxes(40, generator), torch.rand(40, generator=generator)
    labels = torch.randint(3, (40,), generator=generator)
    kept = models.batched_nms(boxes, scores, labels, 0.3)
    expected = set()
    for k in range(3):
        members = (labels == k).nonzero().flatten().tolist()
        alone = brute_force(boxes[members], scores[members], 0.3)
        expected |= {members[i] for i in alone}
    assert set(kept.tolist()) == expected
    assert (scores[kept].diff() <= 0).all()


def test_no_boxes_at_all():
    none, scores = torch.zeros(0, 4), torch.zeros(0)
    assert models.nms(none, scores, 0.5).shape == (0,)
    labels = torch.zeros(0, dtype=torch.long)
    assert models.batched_nms(none, scores, labels, 0.5).shape == (0,)
    assert models.box_iou(none, WORKED.float()).shape == (0, 4)


@pytest.mark.reference("count of pixels", of="dlcore.models.clip_boxes_to_image")
def test_clipping_keeps_the_pixels_inside(generator):
    boxes = whole_boxes(20, generator)
    clipped = models.clip_boxes_to_image(boxes, (15, 25))
    for box, cut in zip(boxes, clipped, strict=True):
        assert torch.equal(pixels(box)[:15, :25], pixels(cut)[:15, :25])
        assert int(pixels(cut).sum()) == int(pixels(box)[:15, :25].sum())


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: models.box_area(torch.zeros(4)), r"\(n, 4\), got \(4,\)"),
        (lambda: models.box_iou(WORKED, WORKED[:, [2, 1, 0, 3]]), "b must be .* x1 <= x2"),
        (lambda: models.box_area(WORKED * float("nan")), "not NaN"),
        (lambda: models.nms(WORKED, SCORES[:3], 0.5), r"4 scores are needed, got shape \(3,\)"),
        (lambda: models.nms(WORKED, SCORES, 1.5), "between 0 and 1, got 1.5"),
        (
            lambda: models.batched_nms(WORKED, SCORES, torch.zeros(2).long(), 0.5),
            "4 classes are needed",
        ),
    ],
)
def test_bad_boxes(call, message):
    with pytest.raises(ValueError, match=message):
        call()
