"""Average precision of a detector: hand cases, and COCO's rules written out in plain loops."""

import itertools
import math

import numpy as np
import pytest
import torch

from dlcore import evaluation, models
from tests.parity import assert_close

HAND = torch.tensor([True, False, True, True, False])
BOX = torch.tensor([[0.0, 0, 10, 10]])


def loops(detections, truths, threshold):
    """COCO's matching and 101 recalls, box by box."""
    found, objects = [], sum(len(t) for t in truths)
    for (boxes, scores), truth in zip(detections, truths, strict=True):
        free = set(range(len(truth)))
        for i in sorted(range(len(boxes)), key=lambda i: -scores[i].item()):
            overlaps = {j: overlap(boxes[i].tolist(), truth[j].tolist()) for j in free}
            best = max(overlaps, key=overlaps.get, default=None)
            hit = best is not None and overlaps[best] >= threshold
            free -= {best} if hit else set()
            found.append((scores[i].item(), hit))
    hits = np.array([hit for _, hit in sorted(found, key=lambda f: -f[0])], dtype=bool)
    recall = [sum(hits[: i + 1]) / objects for i in range(len(hits))]
    precision = [sum(hits[: i + 1]) / (i + 1) for i in range(len(hits))]
    best = [
        max((p for p, q in zip(precision, recall, strict=True) if q >= r / 100 - 1e-12), default=0)
        for r in range(101)
    ]
    return sum(best) / 101


def overlap(a, b):
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(w, 0) * max(h, 0)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def scene(generator, objects=6, boxes=9):
    """Objects, and detections that are some of them moved about."""
    corner = 20 * torch.rand(objects, 2, generator=generator, dtype=torch.float64)
    truth = torch.cat([corner, corner + 8], dim=1)
    chosen = torch.randint(objects, (boxes,), generator=generator)
    moved = truth[chosen] + 1.5 * torch.randn(boxes, 1, generator=generator, dtype=torch.float64)
    return (moved, torch.rand(boxes, generator=generator)), truth


@pytest.mark.reference("by hand", of="dlcore.evaluation.interpolated_average_precision")
@pytest.mark.parametrize(
    ("interpolation", "expected"),
    [("all", 0.6250), (101, 0.6287), (11, 0.6136), ("none", 0.6042)],
)
def test_five_detections_of_four_objects(interpolation, expected):
    ap = evaluation.interpolated_average_precision(HAND, 4, interpolation)
    assert ap == pytest.approx(expected, abs=5e-5)


@pytest.mark.reference("loops over boxes", of="dlcore.evaluation.detection_average_precision")
@pytest.mark.reference("loops over boxes", of="dlcore.evaluation.match_detections")
@pytest.mark.reference("loops over boxes", of="dlcore.evaluation.coco_map")
@pytest.mark.reference("loops over boxes", of="dlcore.evaluation.MeanAveragePrecision")
def test_against_loops(generator):
    scenes = [[scene(generator) for _ in range(3)] for _ in range(2)]
    for scene_of_class in scenes:
        detections, truths = zip(*scene_of_class, strict=True)
        ap = evaluation.detection_average_precision(detections, truths, 0.6, 101)
        assert ap == pytest.approx(loops(detections, truths, 0.6), abs=1e-12)
    pairs = [
        (models.Detections(*mixed(a[0], b[0])), labelled(a[1], b[1]))
        for a, b in zip(*scenes, strict=True)
    ]
    found, targets = zip(*pairs, strict=True)
    result = evaluation.coco_map(found, targets, 3)
    expected = [[loops(*zip(*s, strict=True), 0.5 + 0.05 * i) for i in range(10)] for s in scenes]
    assert_close(result.table[:2], torch.tensor(expected, dtype=torch.float64), rtol=1e-12)
    assert result.table[2].isnan().all()
    assert result.mean == pytest.approx(np.mean(expected))


def mixed(a, b):
    labels = torch.arange(2).repeat_interleave(torch.tensor([len(a[0]), len(b[0])]))
    return torch.cat([a[0], b[0]]), torch.cat([a[1], b[1]]), labels


def labelled(a, b):
    return torch.cat([a, b]), torch.arange(2).repeat_interleave(torch.tensor([len(a), len(b)]))


def test_a_second_box_on_an_object_is_false():
    boxes, scores = torch.cat([BOX, BOX + 1]), torch.tensor([0.6, 0.9])
    assert evaluation.match_detections(boxes, scores, BOX).tolist() == [False, True]
    assert evaluation.match_detections(boxes, scores, BOX[:0]).tolist() == [False, False]
    assert evaluation.match_detections(boxes, scores, BOX, 0.9).tolist() == [True, False]


def test_precision_never_rises_with_the_threshold(generator):
    for _ in range(20):
        found, truth = scene(generator)
        aps = [
            evaluation.detection_average_precision([found], [truth], t / 20) for t in range(8, 20)
        ]
        assert all(a >= b - 1e-12 for a, b in itertools.pairwise(aps))


def test_nothing_found_and_nothing_there():
    nothing = (BOX[:0], torch.zeros(0))
    assert evaluation.detection_average_precision([nothing], [BOX]) == 0
    assert math.isnan(evaluation.detection_average_precision([nothing], [BOX[:0]]))
    assert math.isnan(evaluation.detection_average_precision([(BOX, torch.ones(1))], [BOX[:0]]))
    assert evaluation.detection_average_precision([(BOX, torch.ones(1))], [BOX], 1.0, 11) == 1


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: evaluation.match_detections(BOX, torch.ones(2), BOX), r"1 scores .* \(2,\)"),
        (lambda: evaluation.match_detections(BOX, torch.ones(1), BOX, 0.0), "got 0.0"),
        (lambda: evaluation.interpolated_average_precision(HAND, 2), "3 correct detections of 2"),
        (lambda: evaluation.interpolated_average_precision(HAND, 4, 1), "at least 2 recalls"),
        (lambda: evaluation.interpolated_average_precision(HAND, 4, "most"), "got 'most'"),
        (lambda: evaluation.detection_average_precision([], [BOX]), "on 0 images, objects on 1"),
        (lambda: evaluation.coco_map([], [], 0), "at least one class"),
        (lambda: evaluation.coco_map([], [(BOX, torch.zeros(1))], 1), "on 0 images, objects on 1"),
        (
            lambda: evaluation.coco_map(
                [(BOX, torch.ones(1), torch.ones(1, dtype=torch.long))], [(BOX, torch.zeros(1))], 1
            ),
            r"labels must lie in 0\.\.0, got \[1\]",
        ),
        (lambda: evaluation.coco_map([], [], 1), "no image has an object"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
