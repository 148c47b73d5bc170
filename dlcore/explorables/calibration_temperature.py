"""Explorable: a classifier's probabilities against how often it is right, as its logits cool."""

import math
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.packing import pack
from dlcore.explorables.panel import Panel
from dlcore.explorables.random_stream import normals, uniforms
from dlcore.explorables.ranges import require_within

SCRIPTS = ("unpack", "calibration_temperature")
N, CLASSES, SPREAD, SHARPENED = 1000, 4, 1.6, 2.5
MOST, MOST_NUMBERS, FURTHEST = 2000, 20_000, 300.0
FEWEST_BINS, MOST_BINS, MANY_BINS = 2, 50, 50
NOTCHES, PER_DECADE = 80, 50
TEMPERATURES = [10 ** ((k - NOTCHES // 2) / PER_DECADE) for k in range(NOTCHES + 1)]
QUESTION = (
    "A classifier is right in {accuracy} of all cases, and {sureness} sure on average. Dividing "
    "its logits by a temperature above 1 makes it less sure. What does it cost in accuracy, and "
    "where does one stop?"
)
PREDICTION = (
    "Some accuracy: who is less sure of everything is less often right. One stops where the "
    "calibration error is 0."
)


class Bins(NamedTuple):
    """Per bin that is not empty: its number, mean confidence, share that is right, and count."""

    where: Int64[Tensor, " b"]
    confidence: Float64[Tensor, " b"]
    accuracy: Float64[Tensor, " b"]
    counts: Float64[Tensor, " b"]


def made_up() -> tuple[Float64[Tensor, "n k"], Int64[Tensor, " n"]]:
    """Logits whose softmax the labels were drawn from, then sharpened 2.5 times, in hundredths."""
    logits = SPREAD * normals(5, N * CLASSES).view(N, CLASSES)
    below = logits.softmax(1).cumsum(1) < torch.from_numpy(uniforms(6, N))[:, None]
    return (100 * SHARPENED * logits).round() / 100, below.sum(1).clamp(max=CLASSES - 1)


def claims(
    gaps: Float64[Tensor, "n k"], y: Int64[Tensor, " n"], temperature: float
) -> tuple[Float64[Tensor, " n"], float]:
    """The probability of each best class, and the mean negative log-likelihood."""
    total = (gaps / temperature).exp().sum(1)
    own = gaps.gather(1, y[:, None])[:, 0] / temperature
    return 1 / total, (total.log() - own).mean().item()


def binned(confidence: Float64[Tensor, " n"], right: Float64[Tensor, " n"], bins: int) -> Bins:
    """Bins of equal width, closed on the right."""
    place = ((confidence * bins).ceil().long() - 1).clamp(0, bins - 1)
    rows = torch.stack([confidence, right, torch.ones_like(right)])
    sums = torch.zeros(3, bins, dtype=torch.float64).index_add_(1, place, rows)
    (where,) = sums[2].nonzero(as_tuple=True)
    claimed, happened, counts = sums[:, where]
    return Bins(where, claimed / counts, happened / counts, counts)


def calibration_error(found: Bins) -> float:
    """The mean distance of confidence and accuracy, weighted by the counts."""
    gap = (found.confidence - found.accuracy).abs()
    return ((gap * found.counts).sum() / found.counts.sum()).item()


def _percent(p: float) -> str:
    return f"{100 * p:.0f} %"


def _lowest(values: list[float]) -> float:
    return TEMPERATURES[values.index(min(values))]


def _reliability(found: Bins, bins: int) -> Panel:
    ticks = {v: f"{v:g}" for v in (0, 0.25, 0.5, 0.75, 1)}
    panel = Panel(
        "How often it is right", (0, 1), (0, 1), xticks=ticks, yticks=ticks,
        xlabel="how sure it is",
    ).legend(blue=("▮", "right"), red=("|", "gap"), gray=("- -", "calibrated"))  # fmt: skip
    bars, gaps = [], []
    for where, confidence, accuracy in zip(
        found.where.tolist(), found.confidence.tolist(), found.accuracy.tolist(), strict=True
    ):
        a, b = panel.X(where / bins), panel.X((where + 1) / bins)
        bars.append(f"M{a:.1f},{panel.bottom}V{panel.Y(accuracy):.1f}H{b:.1f}V{panel.bottom}z")
        x = panel.X(confidence)
        gaps.append(f"M{x:.1f},{panel.Y(accuracy):.1f}V{panel.Y(confidence):.1f}")
    panel.path("bars", "".join(bars), "blue", width=1, opacity=0.3)
    panel.line("ideal", [0, 1], [0, 1], "gray", width=1.5, dash="6 4")
    return panel.path("gaps", "".join(gaps), "red", width=3)


def _histogram(found: Bins, bins: int, accuracy: float, sureness: float) -> Panel:
    ticks = {v: f"{v:g}" for v in (0, 0.25, 0.5, 0.75, 1)}
    panel = Panel(
        "How many are how sure", (0, 1), (0, 1), xticks=ticks, yticks={0: "0", 0.5: "½", 1: "all"},
        xlabel="how sure it is",
    ).legend(red=("|", "mean"), teal=("- -", "accuracy"))  # fmt: skip
    bars = []
    for where, share in zip(
        found.where.tolist(), (found.counts / found.counts.sum()).tolist(), strict=True
    ):
        a, b = panel.X(where / bins), panel.X((where + 1) / bins)
        bars.append(f"M{a:.1f},{panel.bottom}V{panel.Y(share):.1f}H{b:.1f}V{panel.bottom}z")
    panel.path("bars", "".join(bars), "gray", width=1, opacity=0.3)
    panel.line("accuracy", [accuracy] * 2, [0, 1], "teal", dash="6 4")
    return panel.line("mean", [sureness] * 2, [0, 1], "red")


def _over_temperatures(
    title: str, values: list[float], top: float, notch: int, best: int, color: str
) -> Panel:
    ticks = {math.log10(v): f"{v:g}" for v in (0.2, 0.5, 1, 2, 5)}
    ends = math.log10(TEMPERATURES[0]), math.log10(TEMPERATURES[-1])
    panel = Panel(
        title, ends, (0, top), xticks=ticks, yticks={v: f"{v:.3g}" for v in (0, top / 2, top)},
        xlabel="temperature",
    ).legend(gray=("- -", "lowest loss"))  # fmt: skip
    xs = [math.log10(v) for v in TEMPERATURES]
    panel.line("best", [xs[best]] * 2, [0, top], "gray", width=1.5, dash="6 4")
    panel.line("curve", xs, [min(v, 2 * top) for v in values], color)
    return panel.dot("now", xs[notch], values[notch], "black", width=9)


def _checked(logits: object, y: object) -> tuple[Float64[Tensor, "n k"], Int64[Tensor, " n"]]:
    try:
        z, labels = (torch.as_tensor(v).detach().cpu() for v in (logits, y))
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError("give logits and y together, as numbers") from error
    if z.ndim != 2 or z.shape[1] < 2 or labels.shape != z.shape[:1] or not 2 <= len(z) <= MOST:
        raise ValueError(
            f"logits must be (n, k) with n labels, n from 2 to {MOST}, k at least 2, got "
            f"{tuple(z.shape)} and {tuple(labels.shape)}"
        )
    if z.numel() > MOST_NUMBERS:
        raise ValueError(f"there may be {MOST_NUMBERS} logits, got {z.numel()}")
    if not z.isfinite().all():
        raise ValueError("logits must be finite")
    if labels.is_floating_point() or not ((labels >= 0) & (labels < z.shape[1])).all():
        raise ValueError(f"labels must be whole numbers in 0..{z.shape[1] - 1}")
    return z.double(), labels.long()


def calibration_temperature(
    logits: object = None,
    y: object = None,
    temperature: float = 1.0,
    bins: int = 15,
    *,
    question: str = "",
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """A reliability diagram, calibration error and log-likelihood while a temperature moves.

    By default 1,000 examples of four classes are made up: labels are drawn from the softmax of
    logits, and the classifier claims 2.5 times these logits. The page gets the logits below the
    largest of their row, in hundredths, and computes the rest itself.

    Args:
        logits: of a real classifier instead, on examples it was not trained on, shape (n, k), n up
            to 2,000 and n k up to 20,000.
        y: their true classes, shape (n,).
        temperature: shown first, from 0.16 to 6.3, to the nearest of 81 steps; logits are divided
            by it.
        bins: of equal width, shown first, 2 to 50.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: logits and labels that do not fit, or a number out of range.

    Equation: :eq:`eq-temperature-scaling`
    Section: :ref:`sec-temperature-scaling`

    Source: Guo, Pleiss, Sun, Weinberger (2017), On calibration of modern neural networks,
    arXiv:1706.04599.

    Example:
        >>> calibration_temperature(temperature=2.0, bins=10).state["notch"]
        55

    In production: sklearn.calibration.CalibrationDisplay shows, and
    dlcore.evaluation.TemperatureScaler finds the temperature.
    """
    require_within(TEMPERATURES[0], TEMPERATURES[-1], temperature=temperature)
    require_within(FEWEST_BINS, MOST_BINS, bins=bins)
    given = logits is not None or y is not None
    z, labels = _checked(logits, y) if given else made_up()
    largest, predicted = z.max(1)
    right = (predicted == labels).double()
    hundredths = (100 * (z - largest[:, None]).clamp(min=-FURTHEST)).round()
    gaps = hundredths / 100
    notch = round(math.log10(temperature) * PER_DECADE) + NOTCHES // 2
    each = [claims(gaps, labels, t) for t in TEMPERATURES]
    losses = [loss for _, loss in each]
    best, start = losses.index(min(losses)), NOTCHES // 2
    errors = [calibration_error(binned(confidence, right, bins)) for confidence, _ in each]
    accuracy, confidence = right.mean().item(), each[notch][0]
    found = binned(confidence, right, bins)
    sure = confidence.mean().item()
    top = math.ceil(5 * max(losses[best], losses[start] / 2)) / 2
    highest = max(0.1, math.ceil(12 * max(errors)) / 10)
    many = [calibration_error(binned(confidence, right, MANY_BINS)) for confidence, _ in each]
    return Explorable(
        SCRIPTS,
        question
        or QUESTION.format(
            accuracy=_percent(accuracy), sureness=_percent(each[start][0].mean().item())
        ),
        prediction,
        finding
        or f"It costs nothing: dividing all logits by the same number leaves their order, and the "
        f"accuracy stays {_percent(accuracy)}. The loss, the mean negative log-likelihood, has one "
        f"lowest place, at T = {TEMPERATURES[best]:.2g}; there one stops. It falls from "
        f"{losses[start]:.3f} to {losses[best]:.3f}, the calibration error with {bins} bins from "
        f"{errors[start]:.3f} to {errors[best]:.3f}. That is not 0, and need not be: a bin of few "
        f"examples misses its mean by chance, and with {MANY_BINS} bins the same probabilities "
        f"have an error of {many[best]:.3f}. With {bins} bins the error is lowest at "
        f"T = {_lowest(errors):.2g}, with {MANY_BINS} at {_lowest(many):.2g}: it depends on the "
        "bins. The loss has none, which is why it chooses the temperature.",
        f"How often a classifier of {z.shape[1]} classes is right, over how sure it is, in {bins} "
        f"bins, at temperature {TEMPERATURES[notch]:.3g}: it is {100 * sure:.1f} % sure on "
        f"average and right in {100 * accuracy:.1f} %. Beside it how many examples are how sure; "
        f"below, over the temperature, the calibration error, {errors[notch]:.3f} here, and the "
        f"negative log-likelihood, {losses[notch]:.3f} here, lowest at {TEMPERATURES[best]:.2g}.",
        [
            _reliability(found, bins),
            _histogram(found, bins, accuracy, sure),
            _over_temperatures("Calibration error", errors, highest, notch, best, "gold"),
            _over_temperatures("Loss: negative log-likelihood", losses, top, notch, best, "teal"),
        ],
        {
            "packed": pack(hundredths.numpy().astype(np.dtype("<i2")).tobytes()),
            "classes": z.shape[1],
            "labels": labels.tolist(),
            "right": "".join(str(int(v)) for v in right),
            "bins": bins,
            "fewest": FEWEST_BINS,
            "most": MOST_BINS,
            "notch": notch,
            "notches": NOTCHES,
            "decade": PER_DECADE,
        },
    )
