"""Explorable: one threshold in a classifier's scores, both of its curves, and prevalence."""

import math

import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_within

SCRIPTS = ("drag", "threshold_curves")
PREVALENCES = 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9
LOW, HIGH, REACH, FINE, NOTCHES = -3.5, 6.5, 3.0, 0.01, 200
MOST, BINS, EXAMPLES, RARE = 1000, 30, 10_000, 0.01
QUESTION = (
    "A classifier was measured where half of the examples are positive. It is used, threshold and "
    "all, where {rare} are. Which of its curves moves: ROC, precision-recall, or both?"
)
PREDICTION = "Neither: it is the same classifier and the same threshold."

Scores = Float64[Tensor, " _"]


def falling_thresholds(positive: Scores | None, negative: Scores | None) -> Scores:
    """All distinct scores, falling; without scores a fine grid."""
    if positive is None or negative is None:
        steps = round((HIGH - LOW + 4) / FINE)
        return HIGH + 2 - FINE * torch.arange(steps + 1, dtype=torch.float64)
    return torch.cat([positive, negative]).unique().flip(0)


def share_above(thresholds: Scores, scores: Scores | None, center: float) -> Scores:
    """The share of a class at or above each threshold; without scores it is N(center, 1)."""
    if scores is None:
        return torch.special.ndtr(center - thresholds)
    return (scores >= thresholds[:, None]).double().mean(1)


def precision(tpr: Scores, fpr: Scores, prevalence: float) -> Scores:
    """The share of positives among what is predicted positive; 1 where nothing is."""
    right, wrong = prevalence * tpr, (1 - prevalence) * fpr
    return torch.where(right + wrong > 0, right / (right + wrong), 1.0)


def areas(tpr: Scores, fpr: Scores, prevalence: float) -> tuple[float, float]:
    """Area under the ROC curve and average precision."""
    origin = tpr.new_zeros(1)
    hits, alarms = torch.cat([origin, tpr, origin + 1]), torch.cat([origin, fpr, origin + 1])
    steps = torch.cat([origin, tpr]).diff()
    area = torch.trapezoid(hits, alarms)
    return area.item(), (steps * precision(tpr, fpr, prevalence)).sum().item()


def _whole(v: float) -> int:
    return math.floor(v + 0.5)


def confusion(tpr: float, fpr: float, prevalence: float) -> list[list[int]]:
    """10,000 examples in whole numbers: rows actual, columns predicted, negative first."""
    positive = _whole(EXAMPLES * prevalence)
    found, alarmed = _whole(positive * tpr), _whole((EXAMPLES - positive) * fpr)
    return [[EXAMPLES - positive - alarmed, alarmed], [positive - found, found]]


def _outline(scores: Scores | None, center: float, low: float, high: float) -> list[list[float]]:
    """The distribution of a class: a density, or the steps of a histogram, as x and y."""
    if scores is None:
        x = torch.linspace(low, high, 101, dtype=torch.float64)
        return [x.tolist(), (-((x - center) ** 2) / 2).exp().tolist()]
    heights = torch.histc(scores, BINS, low, high) / len(scores)
    edges = torch.linspace(low, high, BINS + 1, dtype=torch.float64)
    x, y = edges.repeat_interleave(2), heights.repeat_interleave(2)
    return [x.tolist(), [0.0, *y.tolist(), 0.0]]


def _thinned(panel: Panel, xs: Scores, ys: Scores) -> str:
    """A line without the points that lie within a unit of the last one."""
    places: list[tuple[float, float]] = []
    ends = len(xs) - 1
    for k, (x, y) in enumerate(zip(xs.tolist(), ys.tolist(), strict=True)):
        at = panel.X(x), panel.Y(y)
        if (
            not places
            or k == ends
            or max(abs(u - v) for u, v in zip(at, places[-1], strict=True)) > 1
        ):
            places.append(at)
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in places)


def percent(p: float) -> str:
    """A share in per cent, to three digits at most."""
    return f"{100 * p:.3g} %"


def _square(title: str, xlabel: str) -> Panel:
    ticks = {0: "0", 0.5: "0.5", 1: "1"}
    return Panel(title, (0, 1), (0, 1), xticks=ticks, yticks=ticks, xlabel=xlabel)


def _matrix(counts: list[list[int]]) -> Panel:
    panel = Panel(
        f"{EXAMPLES:,} examples: rows actual",
        (0, 2), (0, 2), xticks={0.5: "−", 1.5: "+"}, yticks={1.5: "−", 0.5: "+"},
        xlabel="predicted", grid=False, frame=False,
    )  # fmt: skip
    lines = "".join(
        f"M{panel.X(0)},{panel.Y(v):.1f}H{panel.X(2)}M{panel.X(v):.1f},{panel.Y(0)}V{panel.Y(2)}"
        for v in range(3)
    )
    panel.path("grid", lines, "gray", width=1)
    names = ("true negatives", "false positives"), ("false negatives", "true positives")
    for r in (0, 1):
        for c in (0, 1):
            color, x, y = "blue" if r == c else "red", c + 0.5, 1.5 - r
            panel.label(f"name{r}{c}", x, y + 0.18, names[r][c], "black")
            panel.label(f"count{r}{c}", x, y - 0.14, f"{counts[r][c]:,}", color)
    return panel


def _two_classes(scores: object, y: object) -> tuple[Scores, Scores]:
    """The scores of the positives and of the negatives, to four digits."""
    try:
        s, labels = (torch.as_tensor(v).detach().double().cpu() for v in (scores, y))
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError("give scores and y together, as numbers") from error
    if s.ndim != 1 or s.shape != labels.shape or not 2 <= len(s) <= MOST:
        raise ValueError(
            f"scores and y must have one shape (n,), n from 2 to {MOST}, got {tuple(s.shape)} and "
            f"{tuple(labels.shape)}"
        )
    if not s.isfinite().all() or s.min() == s.max():
        raise ValueError("scores must be finite and not all equal")
    if sorted(set(labels.tolist())) != [0.0, 1.0]:
        raise ValueError(f"y must be 0 and 1, both, got {sorted(set(labels.tolist()))}")
    s = torch.tensor([float(f"{v:.4g}") for v in s.tolist()], dtype=torch.float64)
    return s[labels == 1], s[labels == 0]


def _finding(
    positive: Scores | None, negative: Scores | None, separation: float, threshold: float
) -> str:
    at = torch.tensor([threshold], dtype=torch.float64)
    hit, alarm = share_above(at, positive, separation), share_above(at, negative, 0.0)
    every = falling_thresholds(positive, negative)
    tpr, fpr = share_above(every, positive, separation), share_above(every, negative, 0.0)
    often, rare = (precision(hit, alarm, p).item() for p in (0.5, RARE))
    (area, usual), (_, seldom) = areas(tpr, fpr, 0.5), areas(tpr, fpr, RARE)
    return (
        f"ROC stays where it is, with its area of {area:.3f}: both of its rates are shares within "
        "one class, and do not care how many of the other there are. Precision mixes the classes: "
        f"at the same threshold it falls from {percent(often)} with 50 % positives to "
        f"{percent(rare)} with {percent(RARE)}, where {percent(alarm.item())} of very many "
        f"negatives outnumber {percent(hit.item())} of the few positives. The average precision "
        f"falls from {usual:.3f} to {seldom:.3f}. A higher threshold buys precision back and pays "
        "in recall; only better separated scores move ROC."
    )


def threshold_curves(
    scores: object = None,
    y: object = None,
    threshold: float | None = None,
    prevalence: float = 0.5,
    separation: float = 2.0,
    *,
    question: str = "",
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """A threshold in the scores of two classes, its place on both curves, and what it decides.

    The reader moves the threshold and the prevalence, and sees ROC stay and precision-recall
    collapse. By default the scores of the negatives are N(0, 1), those of the positives
    N(separation, 1), and the separation can be moved as well.

    Args:
        scores: of a real classifier instead, the higher the likelier positive, shape (n,), up to
            1,000 of them, not all equal; they are used to four digits.
        y: their labels, 0 or 1, both of them there, shape (n,).
        threshold: shown first; an example is positive if its score reaches it. By default midway
            between the means of the classes.
        prevalence: the share of positives shown first, 0.001 to 0.9; the examples of each class
            are weighted to it.
        separation: without scores, the distance of the means shown first, 0 to 3.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: scores and labels that do not fit, or a number out of range.

    Equation: :eq:`eq-precision-prevalence`
    Section: :ref:`sec-precision-recall-curve`

    Source: Saito, Rehmsmeier (2015), The precision-recall plot is more informative than the ROC
    plot when evaluating binary classifiers on imbalanced datasets,
    doi:10.1371/journal.pone.0118432.

    Example:
        >>> threshold_curves(prevalence=0.01).state["threshold"]
        1.0

    In production: sklearn.metrics.RocCurveDisplay, sklearn.metrics.PrecisionRecallDisplay.
    """
    require_within(PREVALENCES[0], PREVALENCES[-1], prevalence=prevalence)
    require_within(0, REACH, separation=separation)
    positive = negative = None
    low, high, middle = LOW, HIGH, separation / 2
    if scores is not None or y is not None:
        positive, negative = _two_classes(scores, y)
        together = torch.cat([positive, negative])
        low, high = together.min().item(), together.max().item()
        middle = ((positive.mean() + negative.mean()) / 2).item()
    wanted = middle if threshold is None else threshold
    require_within(low, high, threshold=wanted)
    notch = round((wanted - low) / (high - low) * NOTCHES)
    t = float(f"{low + notch / NOTCHES * (high - low):.4g}")
    at = torch.tensor([t], dtype=torch.float64)
    hit, alarm = share_above(at, positive, separation), share_above(at, negative, 0.0)
    every = falling_thresholds(positive, negative)
    tpr, fpr = share_above(every, positive, separation), share_above(every, negative, 0.0)
    area, mean = areas(tpr, fpr, prevalence)
    now = precision(hit, alarm, prevalence).item()
    counts = confusion(hit.item(), alarm.item(), prevalence)

    ticks = {v: f"{v:.3g}".replace("-", "−") for v in (low, (low + high) / 2, high)}
    if positive is None:
        ticks = {float(v): f"{v}".replace("-", "−") for v in range(-3, 7)}
    classes = Panel(
        "Scores, as often as they occur", (low, high), (0, 1.1), xticks=ticks, xlabel="score"
    ).legend(red=("—", "positive"), blue=("- -", "negative"), black=("|", "threshold"))
    shapes = [_outline(positive, separation, low, high), _outline(negative, 0.0, low, high)]
    shares = prevalence, 1 - prevalence
    top = max(share * max(y) for share, (_, y) in zip(shares, shapes, strict=True))
    for part, color, dash, share, (xs, ys) in zip(
        ("positive", "negative"), ("red", "blue"), ("none", "6 4"), shares, shapes, strict=True
    ):
        classes.line(part, xs, [share * v / top for v in ys], color, dash=dash)
    classes.line("threshold", [t, t], [0, 1.1], "black")
    roc = _square("ROC", "false-positive rate").legend(gray=("··", "by chance"))
    curve = _square("Precision over recall", "recall").legend(gray=("··", "by chance"))
    first = tpr.new_zeros(1)
    roc.line("chance", [0, 1], [0, 1], "gray", width=1.5, dash="2 4")
    curve.line("chance", [0, 1], [prevalence] * 2, "gray", width=1.5, dash="2 4")
    roc.path(
        "curve", _thinned(roc, torch.cat([first, fpr]), torch.cat([first, tpr])), "teal", width=2
    )
    heights = torch.cat([first + 1, precision(tpr, fpr, prevalence)])
    curve.path("curve", _thinned(curve, torch.cat([first, tpr]), heights), "gold", width=2)
    roc.dot("now", alarm.item(), hit.item(), "black", width=9)
    curve.dot("now", hit.item(), now, "black", width=9)
    return Explorable(
        SCRIPTS,
        question or QUESTION.format(rare=percent(RARE)),
        prediction,
        finding or _finding(positive, negative, separation, t),
        f"The scores of positives and negatives with a threshold at {t:.3g} where "
        f"{percent(prevalence)} are positive; the ROC curve with area {area:.3f}; precision over "
        f"recall with average precision {mean:.3f}. The threshold has recall {hit.item():.3f}, "
        f"false-positive rate {alarm.item():.3f} and precision {now:.3f}. Of {EXAMPLES:,} examples "
        f"{counts[1][1]:,} are found, {counts[1][0]:,} missed and {counts[0][1]:,} false alarms.",
        [classes, roc, curve, _matrix(counts)],
        {
            "low": low,
            "high": high,
            "notches": NOTCHES,
            "threshold": t,
            "prevalence": prevalence,
            "prevalences": sorted({*PREVALENCES, prevalence}),
            "separation": separation,
            "reach": REACH,
            "positive": None if positive is None else positive.tolist(),
            "negative": None if negative is None else negative.tolist(),
        },
    )
