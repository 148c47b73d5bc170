"""Explorable: the margin of a support vector machine on points that the reader moves."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Float64
from sklearn.svm import SVC
from torch import Tensor

from dlcore.explorables.classify_points import sample
from dlcore.explorables.explorable import Explorable, in_single_precision
from dlcore.explorables.panel import Panel
from dlcore.explorables.plane import (
    labelled_points,
    level_lines,
    marks,
    packed_points,
    plane,
    wash,
)
from dlcore.explorables.ranges import require_known, require_within

SCRIPTS = ("scientific", "points", "contour", "wash", "svm_margin")
KERNELS = {"linear": "Straight line", "rbf": "Gaussian"}
FAR, WORST = 3.0, 3.0
QUESTION = "Which of the 28 points hold this boundary in its place?"
PREDICTION = "All of them: each pushes it away a little, the near ones more."
FINDING = (
    "Three: the ringed ones. Drag or remove any other point, as long as it stays outside the "
    "margin, and nothing moves at all: its hinge loss is 0, and so is its share in the boundary. "
    "C says how much a loss costs. With C = 0.1 instead of 10 the margin grows from 0.86 to 1.79, "
    "and 18 points lie in it or on its edge. A Gaussian kernel bends the boundary, and γ says how "
    "far a point is felt: with C = 1 and γ = 100 each is felt around itself only, 26 of 28 are "
    "support vectors, and that all are right says nothing about new points."
)


def machine(
    X: Float64[Tensor, "n 2"], y: Float64[Tensor, " n"], kernel: str, C: float, gamma: float
) -> SVC:
    """The machine fitted by scikit-learn."""
    return SVC(kernel=kernel, C=C, gamma=gamma, tol=1e-8).fit(X.numpy(), y.numpy())


def _plane(
    X: Float64[Tensor, "n 2"],
    y: Float64[Tensor, " n"],
    model: SVC,
    score: Callable[[Float64[Tensor, "h w 2"]], Float64[Tensor, "h w"]],
) -> Panel:
    panel = plane("The margin").legend(
        blue=("●", "class 0"), gold=("▲", "class 1"), black=("○", "support vector")
    )
    wash(panel, score, columns=65)
    lines = level_lines(panel, score, (-1.0, 1.0), columns=65)
    panel.path("margin", lines, "black", width=1.2, dash="5 4")
    marks(panel, X, y)
    rings = "".join(
        f"M{panel.X(u) - 6:.1f},{panel.Y(v):.1f}a6,6 0 1,0 12,0a6,6 0 1,0 -12,0"
        for u, v in X[torch.from_numpy(model.support_).long()].tolist()
    )
    return panel.path("support", rings, "black", width=1.2)


def _hinge(margins: list[float], y: Float64[Tensor, " n"]) -> Panel:
    panel = Panel(
        "What each point costs",
        (-FAR, FAR),
        (-0.15, WORST),
        xticks={v: f"{v}".replace("-", "−") for v in (-2, -1, 0, 1, 2)},
        yticks={v: str(v) for v in range(4)},
        xlabel="score, positive on the right side",
    ).legend(red=("—", "hinge loss max(0, 1 − score)"))
    panel.line("hinge", (-FAR, 1, FAR), (1 + FAR, 0, 0), "red")
    for k, color in enumerate(("blue", "gold")):
        shown = [max(-FAR, min(FAR, m)) for m, label in zip(margins, y, strict=True) if label == k]
        places = [(panel.X(m), panel.Y(max(0.0, 1 - m))) for m in shown]
        shape = ("M{u:.1f},{v:.1f}h0", "M{u:.1f},{w:.1f}l4,7h-8z")[k]
        d = "".join(shape.format(u=u, v=v, w=v - 4) for u, v in places)
        panel.path(f"cost{k}", d, color, width=7 - 6 * k, opacity=k)
    return panel


@in_single_precision
def svm_margin(
    points: Sequence[Sequence[float]] | Tensor | None = None,
    labels: Sequence[int] | Tensor | None = None,
    *,
    kernel: str = "linear",
    C: float = 10.0,
    gamma: float = 1.0,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """A support vector machine on movable points: boundary, margin, support vectors, hinge loss.

    The reader drags, adds and removes points and changes kernel, C and gamma; the page solves the
    dual exactly at every move.

    Args:
        points: shape (n, 2), 2 to 60 within 1.9 by 1.15 of the origin; by default two clouds.
        labels: 0 or 1 for each point.
        kernel: "linear" or "rbf", the Gaussian exp(-gamma d^2) of the distance d.
        C: price of the hinge loss, 0.01 to 1000.
        gamma: of the Gaussian kernel, 0.1 to 100.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: points or labels of another kind, an unknown kernel, or a number out of range.

    Source: Cortes, Vapnik (1995), Support-vector networks, doi:10.1007/BF00994018.

    Example:
        >>> svm_margin([[-1, 0], [1, 0]], [0, 1], C=100).state["labels"]
        '01'

    In production: sklearn.svm.SVC.
    """
    require_known(KERNELS, kernel=kernel)
    require_within(0.01, 1000, C=C)
    require_within(0.1, 100, gamma=gamma)
    if points is None and labels is None:
        points, labels = (v[:-1] for v in sample())
    X, y = labelled_points(points, labels)
    model = machine(X, y, kernel, C, gamma)

    def score(at: Float64[Tensor, "h w 2"]) -> Float64[Tensor, "h w"]:
        values: np.ndarray = model.decision_function(at.reshape(-1, 2).numpy())
        return torch.from_numpy(values).reshape(at.shape[:2])

    margins = (score(X[None])[0] * (2 * y - 1)).tolist()
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, {len(X)} points of two classes, the boundary of a support vector machine "
        f"({kernel}, C = {C:g}) and its margin; {len(model.support_)} support vectors are ringed. "
        "Right, the hinge loss of every point: 0 for all outside the margin.",
        [_plane(X, y, model, score), _hinge(margins, y)],
        {
            "kernel": kernel,
            "kernels": KERNELS,
            "C": math.log10(C),
            "gamma": math.log10(gamma),
            **packed_points(X, y),
        },
    )
