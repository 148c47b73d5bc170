"""Explorable: gradient descent on a quadratic: one learning rate for two curvatures."""

import math
from collections.abc import Sequence

import torch

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.plane import TALL_HEIGHT, tall_plane
from dlcore.explorables.ranges import require_within
from dlcore.numerics import best_learning_rate, contraction_factor

SCRIPTS = ("handles", "scientific", "quadratic_descent")
LIMIT, MOST_STEPS, BOTTOM = (2.7, 2.35), 100, -6
CONDITIONS = 1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 25, 30, 40, 50, 70, 100
QUESTION = (
    "The walls are 25 times steeper than the floor. Which learning rate gets to the lowest point "
    "first?"
)
PREDICTION = "The largest that does not diverge: longer steps arrive sooner."
FINDING = (
    "One a little below. Along each axis a step multiplies the distance by a fixed factor: 1 − ημ "
    "along the floor, 1 − ηL across it. A larger η helps on the floor, but beyond 1/L the walls "
    "are overshot, and at 2/L their factor is −1: to and fro for ever. Best is where both factors "
    "are equally large, η = 2/(L + μ): with κ = L/μ = 25 it is (κ − 1)/(κ + 1) = 0.923, and a "
    "thousandth of the distance is left after 87 steps, against 170 with 1/L and 342 with 1.98/L. "
    "With κ = 100 even the best rate needs 346 steps, with κ = 1 a single one."
)


def descent(condition: float, eta: float, start: Sequence[float], steps: int) -> list[list[float]]:
    """The places that gradient descent on x^2 / 2 + condition y^2 / 2 goes through."""
    path = [[float(v) for v in start]]
    for _ in range(steps):
        x, y = path[-1]
        path.append([x - eta * x, y - eta * condition * y])
    return path


def _plane(condition: float, path: list[list[float]]) -> Panel:
    panel = tall_plane("Seen from above").legend(black=("●", "start"), gray=("×", "lowest point"))
    unit, x, y = panel.X(1) - panel.X(0), panel.X(0), panel.Y(0)
    ellipses = ""
    for k in range(14):
        a = 0.35 * 1.4**k * unit
        b = a / math.sqrt(condition)
        half = f"a{a:.1f},{b:.1f} 0 1,0 "
        ellipses += f"M{x - a:.1f},{y:.1f}{half}{2 * a:.1f},0{half}{-2 * a:.1f},0"
    panel.path("contours", ellipses, "gray", width=0.6)
    panel.path("lowest", f"M{x - 4},{y - 4}l8,8m0,-8l-8,8", "gray", width=2)
    xs, ys = torch.tensor(path).double().clamp(-1e3, 1e3).T.tolist()
    panel.line("path", xs, ys, "blue", width=1.8)
    panel.path("places", "".join(f"M{at}h0" for at in panel.points(xs, ys)), "blue", width=5)
    return panel.dot("start", xs[0], ys[0], "black")


def _distances(path: list[list[float]]) -> Panel:
    panel = Panel(
        "Distance from the lowest point",
        (0, MOST_STEPS),
        (BOTTOM, 2),
        xticks={v: str(v) for v in range(0, MOST_STEPS + 1, 20)},
        yticks={-6: "10⁻⁶", -4: "10⁻⁴", -2: "0.01", 0: "1", 2: "100"},
        xlabel="step",
        height=TALL_HEIGHT,
    ).legend(teal=("- -", "along the floor"), red=("—", "across it"), gray=("—", "both"))
    columns = {
        "both": [math.hypot(x, y) for x, y in path],
        "floor": [abs(x) for x, _ in path],
        "walls": [abs(y) for _, y in path],
    }
    looks = {"both": ("gray", 5, "none"), "floor": ("teal", 2, "6 4"), "walls": ("red", 2, "none")}
    for name, values in columns.items():
        color, width, dash = looks[name]
        logs = [max(BOTTOM - 1, min(4, math.log10(max(v, 1e-9)))) for v in values]
        panel.line(name, range(len(logs)), logs, color, width=width, dash=dash)
    return panel


def quadratic_descent(
    condition: float = 25.0,
    learning_rate: float = 0.076,
    steps: int = 30,
    start: Sequence[float] = (-2.4, 0.8),
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """Gradient descent on a quadratic with curvatures mu = 1 and L = condition number.

    The reader changes the condition number, the learning rate (counted in 1 / L) and the number of
    steps, and moves the start. The second chart shows the distance along each of the two axes: two
    straight lines on a logarithmic scale, whose slopes are the factors 1 - eta mu and 1 - eta L.

    Args:
        condition: number kappa = L, 1 to 100.
        learning_rate: eta, above 0 and up to 2.1 / L.
        steps: taken first, 0 to 100.
        start: within 2.7 by 2.35 of the lowest point.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: a number out of range.

    Equation: :eq:`eq-contraction`
    Section: :ref:`sec-convergence-rate`

    Source: Nesterov (2018), Lectures on Convex Optimization, 2nd ed., section 1.2.3.

    Example:
        >>> quadratic_descent(condition=10, learning_rate=0.2).state["eta"]
        0.2

    In production: torch.optim.SGD.
    """
    require_within(1, 100, condition=condition)
    require_within(0.02 / condition, 2.1 / condition, learning_rate=learning_rate)
    require_within(0, MOST_STEPS, steps=steps)
    place = [float(v) for v in start]
    if len(place) != 2 or not all(abs(v) <= most for v, most in zip(place, LIMIT, strict=True)):
        raise ValueError(f"start must be a place within {LIMIT} of the origin, got {start}")
    H = torch.diag(torch.tensor([1.0, condition], dtype=torch.float64))
    path = descent(condition, learning_rate, place, steps)
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, the contour ellipses of a quadratic with condition number {condition:g} and the "
        f"path of {steps} steps of gradient descent with learning rate {learning_rate:.3g}; the "
        f"best would be {best_learning_rate(H):.3g}. Right, the distance from the lowest point, "
        f"which a step multiplies by up to {contraction_factor(H, learning_rate):.3f}.",
        [_plane(condition, path), _distances(path)],
        {
            "condition": condition,
            "conditions": sorted({*CONDITIONS, condition}),
            "eta": learning_rate,
            "steps": steps,
            "start": place,
            "limit": LIMIT,
        },
    )
