"""Explorable: the perceptron's line, moved by one wrong point after the other."""

import math

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.plane import marks, packed_points, plane
from dlcore.explorables.ranges import require_known, require_within

SCRIPTS = ("arrows", "points", "perceptron_rule")
MOST, COUNT = 100, 28
NAMES = {"wide": "Wide gap", "narrow": "Narrow gap", "xor": "XOR"}
GAPS = {"wide": (0.1, 3), "narrow": (0.02, 2)}
QUESTION = "A wrong point pulls the line towards itself; then the next. Does the line come to rest?"
PREDICTION = "Yes: after a while all points agree, or nearly."
FINDING = (
    "It depends on the points alone. If some line parts the classes, it must: each update turns "
    "the weights towards that line's, and their number is bounded by (R/γ)², R being the largest "
    "length of a point (with a 1 for the bias) and γ the gap. With the wide gap it takes 15 "
    "updates, with the narrow one 83. On the way an update may make more points wrong than before. "
    "For XOR no line is right on all four points, and the rule does not settle for three: after "
    "four updates the weights are 0 again, and so for ever."
)


def examples(name: str) -> tuple[Float64[Tensor, "n 2"], Float64[Tensor, " n"]]:
    """Points on both sides of a gap, or the four corners of XOR."""
    if name == "xor":
        corners = [[-0.9, -0.6], [0.9, 0.6], [-0.9, 0.6], [0.9, -0.6]]
        return torch.tensor(corners).double(), torch.tensor([0.0, 0.0, 1.0, 1.0]).double()
    gap, seed = GAPS[name]
    draws = np.random.default_rng(seed).uniform(-1, 1, (40, 2)) * [1.8, 1.1]
    side = draws @ [0.6, 0.8] - 0.1
    far = np.abs(side) > gap
    X, y = draws[far][:COUNT].round(2), (side > 0)[far][:COUNT]
    return torch.from_numpy(X), torch.from_numpy(y).double()


def updates(
    X: Float64[Tensor, "n 2"], y: Float64[Tensor, " n"]
) -> list[tuple[int, Float64[Tensor, " 3"]]]:
    """Which point made each update, and the weights after it, bias last; at most 100."""
    Z = torch.cat([X, torch.ones(len(X), 1, dtype=X.dtype)], dim=1)
    signs, w = 2 * y - 1, torch.zeros(3, dtype=X.dtype)
    history: list[tuple[int, Float64[Tensor, " 3"]]] = []
    quiet, n = 0, 0
    while quiet < len(X) and len(history) < MOST:
        if signs[n] * (Z[n] @ w) <= 0:
            w = w + signs[n] * Z[n]
            history.append((n, w))
            quiet = 0
        else:
            quiet += 1
        n = (n + 1) % len(X)
    return history


def wrong(X: Float64[Tensor, "n 2"], y: Float64[Tensor, " n"], w: Float64[Tensor, " 3"]) -> int:
    """How many points are not on their side of the line."""
    return int(((2 * y - 1) * (X @ w[:2] + w[2]) <= 0).sum())


def _plane(
    X: Float64[Tensor, "n 2"], y: Float64[Tensor, " n"], w: Float64[Tensor, " 3"], last: int | None
) -> Panel:
    panel = plane("The perceptron's line").legend(
        blue=("●", "class 0"), gold=("▲", "class 1"), red=("○", "moved it"), black=("→", "weights")
    )
    u, v, b = w.tolist()
    size = math.hypot(u, v)
    if size > 0:
        foot = (-b * u / size**2, -b * v / size**2)
        xs, ys = ([foot[k] + t * d / size for t in (-9, 9)] for k, d in ((0, v), (1, -u)))
        panel.line("line", xs, ys, "black")
        panel.arrows(
            "weights", foot, [(foot[0] + 0.4 * u / size, foot[1] + 0.4 * v / size)], "black"
        )
    else:
        panel.path("line", "", "black", width=2).path("weights", "", "black", width=2)
    marks(panel, X, y)
    ring = ""
    if last is not None:
        x0, y0 = X[last].tolist()
        ring = f"M{panel.X(x0) - 8:.1f},{panel.Y(y0):.1f}a8,8 0 1,0 16,0a8,8 0 1,0 -16,0"
    return panel.path("mover", ring, "red", width=2)


def _counts(counts: list[int], shown: int) -> Panel:
    panel = Panel(
        "Points on the wrong side",
        (0, MOST),
        (0, 30),
        xticks={v: str(v) for v in range(0, MOST + 1, 20)},
        yticks={v: str(v) for v in (0, 10, 20, 30)},
        xlabel="updates",
    )
    panel.line("wrong", range(len(counts)), counts, "red", width=1.5)
    return panel.dot("now", shown, counts[shown], "black", width=9)


def perceptron_rule(
    data: str = "wide",
    shown: int = 3,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """Rosenblatt's rule: points are visited in turn, and each wrong one is added to the weights.

    The reader goes from update to update, drags, adds and removes points, and sees whether the
    line comes to rest. A point on the line counts as wrong; the weights begin at 0.

    Args:
        data: the points shown first: "wide", "narrow" (a gap between the classes) or "xor".
        shown: the update shown first, 0 to 100, at most as many as there are.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: unknown points, or a number out of range.

    Source: Rosenblatt (1958), The perceptron, doi:10.1037/h0042519; Novikoff (1962), On convergence
    proofs for perceptrons.

    Example:
        >>> perceptron_rule("xor", shown=4).state["shown"]
        4

    In production: sklearn.linear_model.Perceptron.
    """
    require_known(NAMES, data=data)
    sets = {name: examples(name) for name in NAMES}
    X, y = sets[data]
    history = updates(X, y)
    require_within(0, len(history), shown=shown)
    weights = [torch.zeros(3, dtype=torch.float64), *(w for _, w in history)]
    counts = [wrong(X, y, w) for w in weights]
    last = history[shown - 1][0] if shown else None
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, {len(X)} points of two classes and the line after {shown} updates; a ring marks "
        f"the point that made the last one. Right, how many points are on the wrong side after "
        f"each update: {counts[shown]} now, {counts[-1]} after {len(history)}.",
        [_plane(X, y, weights[shown], last), _counts(counts, shown)],
        {
            "set": data,
            "shown": shown,
            "names": NAMES,
            "data": {name: packed_points(*points) for name, points in sets.items()},
        },
    )
