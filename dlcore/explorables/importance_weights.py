"""Explorable: the weights of draws from a proposal that moves away from its target."""

import math

import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.random_stream import normals
from dlcore.explorables.ranges import require_within

SCRIPTS = ("random_stream", "importance_weights")
DRAWS, DISCS, HEIGHT, REACH, GRID = 1000, 250, 330, 6.0, 121
MOST_MEAN, LEAST_WIDTH, MOST_WIDTH, MOST_DIMENSIONS = 4.0, 0.5, 3.0, 20
MARKS = [round(10 ** (k / 12)) for k in range(12, 37)]
QUESTION = (
    "A thousand draws come from a proposal that is not quite the target, and each is weighted. How "
    "many independent draws of the target are they worth, and does the sample tell?"
)
PREDICTION = "Nearly all while the two overlap, and the effective sample size says when not."
FINDING = (
    "It falls fast: with the right width, a shift by one deviation leaves 37 % of the draws, by "
    "two 1.8 %, and in ten dimensions a shift of only a half in each leaves 8 %. A proposal half "
    "as wide again keeps 83 % in one dimension, 16 % in ten. One that is narrower than 0.71 of the "
    "target keeps nothing at all: the weights in the tails have no variance, and estimates jump "
    "when one of them is drawn. The sample doesn't tell: with a width of 0.65 and no shift, twenty "
    "samples of a thousand claim that 15 to 65 % count. The effective sample size is computed from "
    "the weights that were seen, and the largest have not been."
)

Vector = Float64[Tensor, " n"]


def log_weights(seed: int, mean: float, width: float, dimensions: int) -> Vector:
    """Of draws from a normal for a standard normal target, alike in every dimension."""
    z = normals(seed, DRAWS * dimensions).reshape(DRAWS, dimensions)
    x = mean + width * z
    return (z.square() / 2 - x.square() / 2 + math.log(width)).sum(1)


def effective(logs: Vector) -> Vector:
    """The effective sample size of the first 1, 2, … weights."""
    w = (logs - logs.max()).exp()
    return w.cumsum(0).square() / w.square().cumsum(0).clamp(min=1e-300)


def limit(mean: float, width: float, dimensions: int) -> float:
    """The share of many draws that count in the end: one over the mean square of the weights."""
    left = 2 * width**2 - 1
    if left <= 0:
        return 0.0
    return float((left**0.5 / width**2 * math.exp(-(mean**2) / left)) ** dimensions)


def _densities(mean: float, width: float, at: Vector, weights: Vector) -> Panel:
    panel = Panel(
        "Target and proposal, one coordinate",
        (-REACH, REACH),
        (0, 0.9),
        xticks={v: f"{v}".replace("-", "−") for v in (-4, -2, 0, 2, 4)},
        yticks={0: "0", 0.4: "0.4", 0.8: "0.8"},
        height=HEIGHT,
    ).legend(black=("—", "target"), blue=("- -", "proposal"), red=("○", "draws (area: weight)"))
    xs = torch.linspace(-REACH, REACH, GRID, dtype=torch.float64)
    for name, m, s, color, dash in (
        ("target", 0.0, 1.0, "black", "none"),
        ("proposal", mean, width, "blue", "6 4"),
    ):
        ys = (-((xs - m) / s).square() / 2).exp() / (s * math.sqrt(2 * math.pi))
        panel.line(name, xs.tolist(), ys.tolist(), color, dash=dash)
    discs = ""
    for x, w in zip(at[:DISCS].tolist(), weights[:DISCS].tolist(), strict=True):
        r = 12 * w**0.5
        if r >= 1 and abs(x) <= REACH:
            left = f"{panel.X(x) - r:.1f},{panel.Y(0.04):.1f}"
            discs += (
                f"M{left}a{r:.1f},{r:.1f} 0 1 1 {2 * r:.1f},0a{r:.1f},{r:.1f} 0 1 1 {-2 * r:.1f},0"
            )
    return panel.path("draws", discs, "red", width=1)


def _course(shares: Vector, exact: float) -> Panel:
    panel = Panel(
        "Share of the draws that counts",
        (1, 3),
        (0, 1),
        xticks={1.0: "10", 2.0: "100", 3.0: "1000"},
        yticks={0: "0", 0.25: "25 %", 0.5: "50 %", 0.75: "75 %", 1: "100 %"},
        xlabel="draws",
        height=HEIGHT,
    ).legend(red=("—", "by the weights seen"), black=("··", "in the end"))
    panel.line("limit", [1, 3], [exact] * 2, "black", width=1.8, dash="2 4")
    logs = [math.log10(n) for n in MARKS]
    return panel.line("seen", logs, [shares[n - 1].item() for n in MARKS], "red")


def importance_weights(
    mean: float = 1.0,
    width: float = 1.0,
    dimensions: int = 1,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """Importance weights for a standard normal target, from a normal that the reader moves.

    The reader changes the proposal's mean and width, which are the same in every coordinate, and
    the number of coordinates. Discs show the weights of the draws, a chart the share of the draws
    that counts by the weights seen, beside what it is in the end; a warning appears when the
    weights have no finite variance.

    Args:
        mean: of the proposal shown first, 0 to 4.
        width: standard deviation of the proposal shown first, 0.5 to 3.
        dimensions: coordinates, 1 to 20.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: a number out of range.

    Equations: :eq:`eq-weight-ess`, :eq:`eq-weight-moment`, :eq:`eq-weight-dimension`
    Section: :ref:`sec-self-normalized-importance`

    Source: Kong, Liu, Wong (1994), Sequential imputations and Bayesian missing data problems,
    doi:10.1080/01621459.1994.10476469.

    Example:
        >>> importance_weights(mean=2, dimensions=3).state["dimensions"]
        3

    In production: arviz.psis, which also looks at the tail of the weights.
    """
    require_within(0, MOST_MEAN, mean=mean)
    require_within(LEAST_WIDTH, MOST_WIDTH, width=width)
    require_within(1, MOST_DIMENSIONS, dimensions=dimensions)
    logs = log_weights(0, mean, width, dimensions)
    shares = effective(logs) / torch.arange(1, DRAWS + 1, dtype=torch.float64)
    first = mean + width * normals(0, DRAWS * dimensions)[::dimensions]
    exact, seen = limit(mean, width, dimensions), shares[-1].item()
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, a standard normal and a proposal of mean {mean:g} and width {width:g}, with discs "
        f"for the first {DISCS} of {DRAWS} draws in {dimensions} "
        f"dimension{'s' * (dimensions > 1)}, larger where the weight is. Right, "
        "the share of the draws that counts by the weights seen: after all of them "
        f"{100 * seen:.1f} %, in the end {100 * exact:.1f} %.",
        [_densities(mean, width, first, (logs - logs.max()).exp()), _course(shares, exact)],
        {
            "mean": mean,
            "width": width,
            "dimensions": dimensions,
            "draws": DRAWS,
            "discs": DISCS,
            "marks": MARKS,
            "reach": REACH,
            "grid": GRID,
            "limits": [MOST_MEAN, LEAST_WIDTH, MOST_WIDTH, MOST_DIMENSIONS],
        },
    )
