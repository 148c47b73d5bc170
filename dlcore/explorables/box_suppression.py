"""Explorable: which of many overlapping boxes a detector keeps, and what that is worth."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.random_stream import normals, uniforms
from dlcore.explorables.ranges import require_known, require_within

SCRIPTS = ("box_suppression",)
MOST, MOST_OBJECTS, NOTCHES, LEAST_SCORE, MATCH = 60, 20, 20, 1e-3, 0.5
METHODS = "none", "NMS", "soft-NMS"
SIZE = 64.0, 100.0
OBJECTS = [8.0, 8, 36, 52], [17.0, 12, 45, 56], [62.0, 24, 92, 46]
EACH, JITTER, STRAY, WEAKER = 5, 2.0, 4, (0.0, 0.25, 0.1)
LOW, HIGH = 0.2, 0.9
QUESTION = (
    "A detector proposes many boxes for each object. Suppression keeps the best one and drops "
    "those that overlap it by more than a threshold. Should that threshold be low or high?"
)
PREDICTION = "Low: so no object is counted twice."

Boxes = list[list[float]]
Ranked = list[tuple[int, float]]


def made_up() -> tuple[Boxes, list[float], Boxes]:
    """Boxes around three objects, two of which overlap, and some around nothing; their scores."""
    boxes = torch.tensor(OBJECTS, dtype=torch.float64).repeat_interleave(EACH, 0)
    shifts = JITTER * normals(54, boxes.numel()).view(boxes.shape)
    corner, extent = torch.from_numpy(uniforms(55, 4 * STRAY)).view(2, STRAY, 2)
    corner = corner * torch.tensor([70.0, 36.0])
    stray = torch.cat([corner, corner + 12 + 14 * extent], dim=1)
    chance = torch.from_numpy(uniforms(56, len(boxes) + STRAY))
    weaker = torch.tensor(WEAKER, dtype=torch.float64).repeat_interleave(EACH)
    scores = 0.99 - weaker - 0.07 * shifts.abs().mean(1) - 0.2 * chance[: len(boxes)]
    scores = torch.cat([scores, 0.15 + 0.55 * chance[len(boxes) :]])
    found = torch.cat([boxes + shifts, stray]).clamp(min=0)
    found = torch.minimum(found, torch.tensor([SIZE[1], SIZE[0]] * 2, dtype=torch.float64))
    return found.round(decimals=1).tolist(), scores.round(decimals=2).tolist(), list(OBJECTS)


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Intersection over union of two boxes (x1, y1, x2, y2)."""
    width, height = (max(0.0, min(a[k + 2], b[k + 2]) - max(a[k], b[k])) for k in (0, 1))
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return width * height / (areas - width * height) if areas > 0 else 0.0


def survivors(
    boxes: Boxes, scores: list[float], method: str, floor: float, threshold: float, sigma: float
) -> Ranked:
    """The kept boxes and their scores, falling; boxes below the floor take no part."""
    left = {k: s for k, s in enumerate(scores) if s >= floor}
    kept: Ranked = []
    while left:
        k = max(left, key=lambda i: (left[i], -i))
        kept.append((k, left.pop(k)))
        iou = {i: overlap(boxes[k], boxes[i]) for i in left}
        if method == "NMS":
            left = {i: s for i, s in left.items() if iou[i] <= threshold}
        elif method == "soft-NMS":
            lowered = {i: s * math.exp(-(iou[i] ** 2) / sigma) for i, s in left.items()}
            left = {i: s for i, s in lowered.items() if s >= max(floor, LEAST_SCORE)}
    return kept


def matched(boxes: Boxes, kept: Ranked, objects: Boxes, least: float) -> list[bool]:
    """Which of the kept boxes find an object that no better one has found."""
    free, right = list(range(len(objects))), []
    for k, _ in kept:
        ious = [overlap(boxes[k], objects[j]) for j in free]
        right.append(bool(ious) and max(ious) >= least)
        if right[-1]:
            free.pop(ious.index(max(ious)))
    return right


def precisions(right: list[bool]) -> list[float]:
    """The precision among the boxes up to each one."""
    return [sum(right[: k + 1]) / (k + 1) for k in range(len(right))]


def average_precision(right: list[bool], objects: int) -> float:
    """The area under precision over recall, with precision made to fall."""
    heights = precisions(right)
    return sum(max(heights[k:]) for k, found in enumerate(right) if found) / objects


def _outline(panel: Panel, height: float, box: Sequence[float]) -> str:
    x, y = panel.X(box[0]), panel.Y(height - box[1])
    right, down = panel.X(box[2]), panel.Y(height - box[3])
    return f"M{x:.1f},{y:.1f}H{right:.1f}V{down:.1f}H{x:.1f}z"


def _scene(title: str, size: tuple[float, float], pixels: np.ndarray | None) -> Panel:
    height, width = size
    units = 85 + round(280 * height / width)
    panel = Panel(title, (0, width), (0, height), height=units, grid=False, frame=False)
    if pixels is not None:
        panel.image("image", pixels)
    rim = f"M{panel.X(0)},{panel.Y(0)}H{panel.X(width)}V{panel.Y(height)}H{panel.X(0)}z"
    return panel.path("rim", rim, "gray", width=0.5)


def _steps(right: list[bool], objects: int) -> list[tuple[float, float]]:
    """Recall and precision after each box, from the first one on."""
    recalls = [sum(right[: k + 1]) / objects for k in range(len(right))]
    return list(zip(recalls, precisions(right), strict=True))


def _checked(
    boxes: object, scores: object, objects: object, size: tuple[float, float]
) -> tuple[Boxes, list[float], Boxes]:
    try:
        b, s, o = (torch.as_tensor(v).detach().double().cpu() for v in (boxes, scores, objects))
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError("give boxes, scores and objects together, as numbers") from error
    if b.shape != (len(s), 4) or s.ndim != 1 or o.ndim != 2 or o.shape[1] != 4:
        raise ValueError(
            f"boxes must be (n, 4), scores (n,), objects (m, 4), got {tuple(b.shape)}, "
            f"{tuple(s.shape)}, {tuple(o.shape)}"
        )
    if not (1 <= len(b) <= MOST and 1 <= len(o) <= MOST_OBJECTS):
        raise ValueError(
            f"there may be {MOST} boxes and {MOST_OBJECTS} objects, got {len(b)} and {len(o)}"
        )
    if not ((s >= 0) & (s <= 1)).all():
        raise ValueError("scores must lie between 0 and 1")
    ends = torch.tensor([size[1], size[0]], dtype=torch.float64)
    for each in (b, o):
        low, high = each[:, :2], each[:, 2:]
        if not ((low >= 0) & (low < high) & (high <= ends)).all():
            raise ValueError(
                f"boxes are (x1, y1, x2, y2) with x1 < x2 <= {size[1]:g} and y1 < y2 <= {size[0]:g}"
            )
    return _short(b), [float(f"{v:.4g}") for v in s.tolist()], _short(o)


def _short(boxes: Float64[Tensor, "_ 4"]) -> Boxes:
    return [[float(f"{v:.4g}") for v in box] for box in boxes.tolist()]


def _finding(boxes: Boxes, scores: list[float], objects: Boxes, floor: float, sigma: float) -> str:
    def outcome(method: str, threshold: float = 0.5) -> tuple[int, int, float]:
        kept = survivors(boxes, scores, method, floor, threshold, sigma)
        right = matched(boxes, kept, objects, MATCH)
        return len(kept), sum(right), average_precision(right, len(objects))

    thresholds = [k / NOTCHES for k in range(NOTCHES + 1)]
    each = [outcome("NMS", t)[2] for t in thresholds]
    best = [t for t, ap in zip(thresholds, each, strict=True) if ap == max(each)]
    (few, found, low), (many, all_found, high) = outcome("NMS", LOW), outcome("NMS", HIGH)
    between = "Something between. " if max(low, high) < max(each) else ""
    return (
        f"{between}At {LOW} suppression leaves {few} boxes, which find {found} of {len(objects)} "
        "objects: where two objects overlap, the box of one drops those of the other. At "
        f"{HIGH} it leaves {many}, which find {all_found}, and every second box on an object is a "
        f"false positive. The average precision is {low:.2f} and {high:.2f}; the best, "
        f"{max(each):.2f}, is reached from {best[0]:g} to {best[-1]:g}. Soft-NMS drops no box "
        "for its overlap: it lowers its score, the more it overlaps better ones, and reaches "
        f"{outcome('soft-NMS')[2]:.2f}. A higher score threshold makes the "
        "picture tidier and never the average precision better: it only cuts the end off the list."
    )


def box_suppression(
    boxes: object = None,
    scores: object = None,
    objects: object = None,
    image: object = None,
    score_threshold: float = 0.1,
    iou_threshold: float = 0.5,
    method: str = "NMS",
    sigma: float = 0.5,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """A detector's boxes before and after suppression, and the average precision that results.

    The reader moves the score threshold and the overlap from which a box is dropped, or changes to
    soft-NMS, and sees which boxes survive. Average precision counts a box as right if it overlaps
    an object that no better one has found by 0.5 or more. By default 19 boxes around three objects
    are made up, two of which overlap.

    Args:
        boxes: of a real detector instead, on one image and of one class, corners (x1, y1, x2, y2),
            shape (n, 4), up to 60.
        scores: shape (n,), from 0 to 1.
        objects: the true boxes, shape (m, 4), up to 20.
        image: grey, values in [0, 1], shape (h, w), drawn behind the boxes; without one the picture
            is 64 high and 100 wide.
        score_threshold: shown first, 0 to 1; boxes below take no part.
        iou_threshold: shown first, 0 to 1, to the nearest 0.05; what overlaps a better box by more
            is dropped.
        method: shown first: "none", "NMS", "soft-NMS".
        sigma: of soft-NMS, shown first, 0.05 to 1.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: boxes, scores, objects or an image that do not fit, a number out of range, or an
            unknown method.

    Equation: :eq:`eq-soft-nms`
    Section: :ref:`sec-detection-metrics`

    Source: Bodla, Singh, Chellappa, Davis (2017), Soft-NMS: improving object detection with one
    line of code, arXiv:1704.04503.

    Example:
        >>> box_suppression(method="soft-NMS").state["method"]
        'soft-NMS'

    In production: torchvision.ops.nms.
    """
    require_within(0, 1, score_threshold=score_threshold, iou_threshold=iou_threshold)
    require_within(0.05, 1, sigma=sigma)
    require_known(METHODS, method=method)
    size, pixels = SIZE, None
    if image is not None:
        pixels = np.asarray(torch.as_tensor(image).detach().double().cpu())
        if pixels.ndim != 2 or not 0.2 <= pixels.shape[0] / max(1, pixels.shape[1]) <= 2:
            raise ValueError(
                f"image must be (h, w), 0.2 to 2 times as high as wide, got {pixels.shape}"
            )
        size = float(pixels.shape[0]), float(pixels.shape[1])
    if all(given is None for given in (boxes, scores, objects, image)):
        found, ranks, truth = made_up()
    else:
        found, ranks, truth = _checked(boxes, scores, objects, size)
    threshold = round(iou_threshold * NOTCHES) / NOTCHES
    height = size[0]

    kept = survivors(found, ranks, method, score_threshold, threshold, sigma)
    right = matched(found, kept, truth, MATCH)
    mean = average_precision(right, len(truth))
    before = _scene("All boxes", size, pixels).legend(
        black=("··", "object"), gray=("—", "above"), blue=("- -", "below score")
    )
    after = _scene("What is kept", size, pixels).legend(
        black=("··", "object"), teal=("—", "right"), red=("- -", "wrong")
    )
    groups = (
        (before, "above", "gray", "none", [k for k, s in enumerate(ranks) if s >= score_threshold]),
        (before, "below", "blue", "6 4", [k for k, s in enumerate(ranks) if s < score_threshold]),
        (
            after,
            "wrong",
            "red",
            "6 4",
            [k for (k, _), ok in zip(kept, right, strict=True) if not ok],
        ),
        (after, "right", "teal", "none", [k for (k, _), ok in zip(kept, right, strict=True) if ok]),
    )
    for panel, part, color, dash, which in groups:
        outlines = "".join(_outline(panel, height, found[k]) for k in which)
        panel.path(part, outlines, color, width=1.7, dash=dash)
    for panel in (before, after):
        outlines = "".join(_outline(panel, height, box) for box in truth)
        panel.path("objects", outlines, "black", width=2.5, dash="1 4")

    ticks = {v: f"{v:g}" for v in (0, 0.25, 0.5, 0.75, 1)}
    curve = Panel(
        "Precision over recall", (0, 1.02), (0, 1.02), xticks=ticks, yticks=ticks, xlabel="recall"
    )
    steps = _steps(right, len(truth))
    curve.line("curve", [x for x, _ in steps], [y for _, y in steps], "gold")
    places = (f"M{curve.X(x):.1f},{curve.Y(y):.1f}h0" for x, y in steps)
    curve.path("dots", "".join(places), "gold", width=6)
    worth = Panel(
        "Average precision over the threshold", (0, 1), (0, 1.02), xticks=ticks, yticks=ticks,
        xlabel="largest overlap of two kept boxes",
    ).legend(blue=("—", "NMS"), teal=("- -", "soft"), gray=("··", "none"))  # fmt: skip
    thresholds = [k / NOTCHES for k in range(NOTCHES + 1)]

    def value(way: str, t: float) -> float:
        ranked = survivors(found, ranks, way, score_threshold, t, sigma)
        return average_precision(matched(found, ranked, truth, MATCH), len(truth))

    worth.line("NMS", thresholds, [value("NMS", t) for t in thresholds], "blue")
    worth.line("soft-NMS", [0, 1], [value("soft-NMS", 0)] * 2, "teal", dash="6 4")
    worth.line("none", [0, 1], [value("none", 0)] * 2, "gray", width=1.5, dash="2 4")
    worth.dot("now", threshold, mean, "black", width=9)
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding or _finding(found, ranks, truth, score_threshold, sigma),
        f"First, {len(found)} boxes and the {len(truth)} objects that they shall find; next, the "
        f"{len(kept)} boxes kept by {method} with score threshold {score_threshold:g} and overlap "
        f"{threshold:g}, {sum(right)} of them right. Below, their precision over recall, with "
        f"average precision {mean:.2f}, and the average precision over the overlap threshold.",
        [before, after, curve, worth],
        {
            "boxes": found,
            "scores": ranks,
            "objects": truth,
            "height": height,
            "method": method,
            "methods": METHODS,
            "floor": score_threshold,
            "threshold": threshold,
            "sigma": sigma,
            "notches": NOTCHES,
        },
    )
