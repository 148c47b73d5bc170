import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score

from dlcore.evaluation import detection_average_precision, match_detections
from dlcore.explorables import box_suppression
from dlcore.explorables.box_suppression import (
    MATCH,
    METHODS,
    NOTCHES,
    SCRIPTS,
    average_precision,
    made_up,
    matched,
    overlap,
    precisions,
    survivors,
)
from dlcore.models import box_iou, nms, soft_nms
from tests.parity import assert_close

SETTINGS = [(0.1, 0.2, 0.3), (0.1, 0.5, 0.5), (0.4, 0.7, 0.1), (0.0, 0.95, 1.0)]


def scene(seed=0):
    """The made-up boxes, or random ones with tied scores."""
    if seed == 0:
        return made_up()
    rng = np.random.default_rng(seed)
    corners = rng.uniform([0, 0], [60, 30], (25, 2))
    boxes = np.hstack([corners, corners + rng.uniform(12, 34, (25, 2))]).round(1)
    return boxes[:20].tolist(), rng.random(20).round(1).tolist(), boxes[20:].tolist()


def as_tensors(*values):
    return [torch.tensor(v, dtype=torch.float64) for v in values]


CASES = [
    {"method": method, "floor": floor, "threshold": threshold, "sigma": sigma}
    for method in METHODS
    for floor, threshold, sigma in SETTINGS
]


def on_the_page(javascript, boxes, scores, objects):
    """For each case the kept boxes, which are right, and the average precision."""
    work = (
        "const kept = survivors({ boxes, scores, ...given });"
        "const right = matched(boxes, kept, objects, 0.5);"
        "return [kept, right, averagePrecision(right, objects.length)];"
    )
    given = {"boxes": boxes, "scores": scores, "objects": objects, "cases": CASES}
    return javascript(SCRIPTS, f"cases.map((given) => {{{work}}})", **given)


def kept_by_the_library(boxes, scores, method, floor, threshold, sigma):
    if method == "soft-NMS":
        return soft_nms(boxes, scores, sigma=sigma, score_threshold=max(floor, 1e-3))
    taken = (scores >= floor).nonzero()[:, 0]
    which = taken[nms(boxes[taken], scores[taken], threshold if method == "NMS" else 1.0)]
    return which, scores[which]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_page_keeps_what_the_library_keeps(javascript, seed):
    given = scene(seed)
    boxes, scores, objects = as_tensors(*given)
    for case, (kept, right, mean) in zip(CASES, on_the_page(javascript, *given), strict=True):
        which, left = kept_by_the_library(boxes, scores, **case)
        assert [k for k, _ in kept] == which.tolist(), case
        assert_close([s for _, s in kept], left, rtol=1e-9)
        assert right == match_detections(boxes[which], left, objects, MATCH).tolist()
        expected = detection_average_precision([(boxes[which], left)], [objects], MATCH)
        assert mean == pytest.approx(expected)
        here = survivors(*given[:2], **case)
        assert [k for k, _ in here] == which.tolist()
        assert matched(given[0], here, given[2], MATCH) == right
        assert average_precision(right, len(objects)) == pytest.approx(expected)


@pytest.mark.reference(
    "sklearn.metrics.average_precision_score", of="dlcore.explorables.box_suppression"
)
def test_the_area_is_scikit_learn_s_where_precision_falls():
    right = [True, True, True, False, True, False, False]
    ranks = np.arange(7, 0, -1)
    envelope = [max(precisions(right)[k:]) for k in range(7)]
    assert [envelope[k] for k in range(7) if right[k]] == [
        precisions(right)[k] for k in range(7) if right[k]
    ]
    assert average_precision(right, 4) == pytest.approx(average_precision_score(right, ranks))
    assert average_precision([False, True], 2) == 0.25
    assert average_precision([], 2) == 0


def test_overlaps(javascript):
    boxes, _, objects = scene(1)
    boxes[0] = objects[0]
    expected = box_iou(*as_tensors(boxes, objects))
    got = javascript(
        SCRIPTS, "boxes.map((a) => objects.map((b) => overlap(a, b)))", boxes=boxes, objects=objects
    )
    assert_close(got, expected, rtol=1e-9)
    assert_close([[overlap(a, b) for b in objects] for a in boxes], expected, rtol=1e-9)
    assert overlap([1, 1, 1, 1], [1, 1, 1, 1]) == 0


def outcome(method, threshold=0.5, floor=0.1, sigma=0.5):
    boxes, scores, objects = made_up()
    kept = survivors(boxes, scores, method, floor, threshold, sigma)
    right = matched(boxes, kept, objects, MATCH)
    return len(kept), sum(right), average_precision(right, len(objects))


def test_the_finding_between_too_few_and_too_many():
    finding = box_suppression().finding
    (few, found, low), (many, all_found, high) = outcome("NMS", 0.2), outcome("NMS", 0.9)
    assert (found, all_found) == (2, 3)
    assert f"leaves {few} boxes, which find 2 of 3" in finding
    assert f"leaves {many}, which find 3" in finding
    each = [outcome("NMS", k / NOTCHES)[2] for k in range(NOTCHES + 1)]
    assert [k / NOTCHES for k, v in enumerate(each) if v == max(each)] == [
        0.45,
        0.5,
        0.55,
        0.6,
        0.65,
    ]
    assert finding.startswith("Something between. ")
    assert (
        f"is {low:.2f} and {high:.2f}; the best, {max(each):.2f}, is reached from 0.45 to 0.65"
        in (finding)
    )
    assert f"reaches {outcome('soft-NMS')[2]:.2f}." in finding


@pytest.mark.parametrize("method", METHODS)
def test_the_finding_a_score_threshold_never_raises_average_precision(method):
    each = [outcome(method, floor=k / 50)[2] for k in range(1, 51)]
    assert each == sorted(each, reverse=True)
    assert each[0] > each[-1]


def test_the_still_says_what_the_caller_asked_for():
    boxes, scores, objects = scene(1)
    image = torch.zeros(70, 100)
    figure = box_suppression(
        np.array(boxes), scores, objects, image, 0.25, 0.43, "soft-NMS", question="Where?"
    )
    assert figure.state["threshold"] == 0.45
    assert figure.state["height"] == 70
    kept = survivors(boxes, scores, "soft-NMS", 0.25, 0.45, 0.5)
    assert f"the {len(kept)} boxes kept by soft-NMS with score threshold 0.25" in figure.alt
    assert figure.question == "Where?"
    assert 'data-part="image"' in figure.svg()
    assert box_suppression(score_threshold=1).alt.startswith("First, 19 boxes and the 3 objects")


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"boxes": [[0, 0, 1, 1]]}, "give boxes, scores and objects together, as numbers"),
        (
            {"boxes": [[0, 0, 1]], "scores": [1], "objects": [[0, 0, 1, 1]]},
            r"boxes must be \(n, 4\)",
        ),
        (
            {"boxes": [[0, 0, 1, 1]], "scores": [2], "objects": [[0, 0, 1, 1]]},
            "scores must lie between 0 and 1",
        ),
        (
            {"boxes": [[0, 0, 1, 70]], "scores": [1], "objects": [[0, 0, 1, 1]]},
            r"x1 < x2 <= 100 and y1 < y2 <= 64",
        ),
        (
            {"boxes": torch.rand(61, 4), "scores": torch.rand(61), "objects": [[0, 0, 1, 1]]},
            "there may be 60 boxes and 20 objects, got 61 and 1",
        ),
        ({"image": torch.zeros(3, 4, 5)}, r"image must be \(h, w\), .* got \(3, 4, 5\)"),
        ({"score_threshold": 2}, "score_threshold must lie between 0 and 1, got 2"),
        ({"iou_threshold": -1}, "iou_threshold must lie between 0 and 1, got -1"),
        ({"sigma": 0}, "sigma must lie between 0.05 and 1, got 0"),
        ({"method": "best"}, "unknown method 'best': choose from none, NMS, soft-NMS"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        box_suppression(**arguments)
