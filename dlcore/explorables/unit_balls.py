"""Explorable: balls of the Lp norms, and the shortest vector that meets one linear constraint."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable, in_single_precision
from dlcore.explorables.panel import Panel
from dlcore.explorables.plane import TALL_HEIGHT, TALL_Y_REACH, tall_plane

SCRIPTS = ("handles", "unit_balls")
LIMIT = 2.5, 2.2
LINE = ((-0.8, 1.6), (1.6, 0.4))
QUESTION = "Why does the L1 norm give solutions with zeros in them, and the L2 norm does not?"
PREDICTION = "Zeros are luck: the line must happen to run into a corner of the ball."
FINDING = (
    "Turn the line as you like: the L1 ball reaches it with a corner first, and at a corner one "
    "coordinate is exactly 0. The only exceptions are slopes of 1 and -1, where a whole edge "
    "arrives at once. The L2 ball is round everywhere, and meets a line with a zero only where the "
    "line is parallel to an axis. Balls with p below 1 have the same corners, but are not convex; "
    "with p a little above 1 the corners are already round and the zero is gone, though the "
    "coordinate stays small."
)


def constraint(line: Float64[Tensor, "2 2"]) -> tuple[Float64[Tensor, " 2"], float]:
    """The line through two points, rows of `line`, as w . x = c with max |w| = 1 and c >= 0."""
    (x0, y0), (x1, y1) = line.tolist()
    w = torch.tensor([y1 - y0, x0 - x1], dtype=torch.float64)
    c = (w @ line[0]).item()
    scale = w.abs().max() * (-1 if c < 0 else 1)
    return w / scale + 0.0, c / scale.item() + 0.0


def shortest(w: Float64[Tensor, " 2"], c: float, p: float) -> Float64[Tensor, " 2"]:
    """The x with w . x = c of smallest Lp norm; for p <= 1 a corner, the first of those that tie.

    For p > 1 the Lagrange condition sign(x_i) |x_i|^(p - 1) = lambda w_i holds, hence x_i is
    proportional to sign(w_i) |w_i|^(1 / (p - 1)).
    """
    if p <= 1:
        k = int(w.abs().argmax())
        return torch.zeros_like(w).index_fill(0, torch.tensor(k), c / w[k].item())
    raw = torch.where(w == 0, 0.0, w.sign() * w.abs() ** (1 / (p - 1)))
    return c * raw / (raw @ w) + 0.0


def norm(x: Float64[Tensor, " 2"], p: float) -> float:
    """The Lp norm, for p below 1 as well, where it is none."""
    return torch.linalg.vector_norm(x, p).item()


def ball(p: float, radius: float) -> Float64[Tensor, "2 n"]:
    """Points round the ball."""
    t = torch.linspace(0, 2 * math.pi, 201, dtype=torch.float64)
    circle = torch.stack([t.cos(), t.sin()])
    if math.isinf(p):
        return radius * circle / circle.abs().amax(0)
    circle = torch.where(circle.abs() < 1e-9, 0.0, circle)
    return radius * circle.sign() * circle.abs() ** (2 / p)


def place_of(p: float) -> float:
    """Where p stands on the slider: 0.5 at 0, 1 at 60, 2 at 90, infinity at 120."""
    return 120 - 60 / p


def _plane(line: Float64[Tensor, "2 2"], p: float) -> Panel:
    panel = tall_plane("The ball that just reaches the line").legend(
        blue=("○", "Lp"), gold=("●", "L1"), teal=("●", "L2"), gray=("- -", "unit ball")
    )
    w, c = constraint(line)
    x = shortest(w, c, p)
    along = w.new_tensor([-w[1], w[0]]) / w.norm()
    ends = (w * c / (w @ w))[:, None] + along[:, None] * w.new_tensor([-9.0, 9.0])
    axes = f"M{panel.X(-9)},{panel.Y(0)}H{panel.X(9)}M{panel.X(0)},{panel.Y(-9)}V{panel.Y(9)}"
    panel.path("axes", axes, "gray", width=0.5)
    outline = "M" + "L".join(panel.points(*ball(p, norm(x, p)).tolist()))
    panel.line("unit", *_coordinates(ball(p, 1.0)), "gray", width=1.2, dash="4 4")
    panel.path("ball", outline, "blue", width=2, opacity=0.18)
    panel.line("line", *_coordinates(ends), "black")
    for part, power, color in (("l1", 1.0, "gold"), ("l2", 2.0, "teal")):
        u, v = shortest(w, c, power).tolist()
        panel.dot(part, u, v, color, width=9)
    u, v = shortest(w, c, p).tolist()
    ring = f"M{panel.X(u) - 8:.1f},{panel.Y(v):.1f}a8,8 0 1,0 16,0a8,8 0 1,0 -16,0"
    panel.path("lp", ring, "blue", width=2)
    for k, (u, v) in enumerate(line.tolist(), start=1):
        panel.dot(f"grip{k}", u, v, "black")
    return panel


def _coordinates(points: Float64[Tensor, "2 n"]) -> tuple[list[float], list[float]]:
    xs, ys = points.tolist()
    return xs, ys


def _coordinates_by_power(line: Float64[Tensor, "2 2"], p: float) -> Panel:
    panel = Panel(
        "The solution's coordinates",
        (0, 120),
        (-TALL_Y_REACH, TALL_Y_REACH),
        xticks={place_of(v): f"{v:g}" for v in (0.5, 1, 2, 4)} | {120: "∞"},
        yticks={v: f"{v:g}".replace("-", "−") for v in (-2.0, -1.0, 0.0, 1.0, 2.0)},
        xlabel="power p",
        height=TALL_HEIGHT,
    ).legend(blue=("—", "x₁"), red=("- -", "x₂"))
    w, c = constraint(line)
    powers = [60 / (120 - k) for k in range(120)] + [math.inf]
    path = torch.stack([shortest(w, c, power) for power in powers], dim=1).tolist()
    panel.line("now", [place_of(p)] * 2, [-TALL_Y_REACH, TALL_Y_REACH], "gray", width=1)
    x = shortest(w, c, p).tolist()
    for k, (color, dash) in enumerate((("blue", "none"), ("red", "6 4"))):
        panel.line(f"x{k + 1}", range(121), path[k], color, dash=dash)
        panel.dot(f"at{k + 1}", place_of(p), x[k], color, width=8)
    return panel


@in_single_precision
def unit_balls(
    p: float = 1.0,
    line: Sequence[Sequence[float]] | Tensor = LINE,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """The ball of an Lp norm, grown until it reaches a line: the shortest vector that lies on it.

    The reader moves and turns the line by two grips and chooses p; the L1 and the L2 solution stay
    marked. A second chart shows the solution's two coordinates for every p at once.

    Args:
        p: the power shown first, at least 0.5; infinity is allowed.
        line: two points that the constraint goes through, within 2.5 by 2.2 of the origin and at
            least 0.5 apart.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: p below 0.5, or points that are no such line.

    Equation: :eq:`eq-lp-norm`
    Section: :ref:`sec-lp-norms`

    Source: Tibshirani (1996), Regression shrinkage and selection via the lasso,
    doi:10.1111/j.2517-6161.1996.tb02080.x.

    Example:
        >>> unit_balls(2, [[-1, 1], [1, 1]]).state["p"]
        2.0

    In production: scipy.optimize.linprog for L1, torch.linalg.lstsq for L2.
    """
    if not p >= 0.5:
        raise ValueError(f"p must be at least 0.5, got {p}")
    try:
        points = torch.as_tensor(line).detach().double()
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"line must be two points, got {line!r}") from error
    if points.shape != (2, 2):
        raise ValueError(f"line must be two points, shape (2, 2), got {tuple(points.shape)}")
    if not (points.abs() <= torch.tensor(LIMIT)).all():
        raise ValueError(f"points must lie within {LIMIT} of the origin, got {points.tolist()}")
    if not (points[0] - points[1]).norm() >= 0.5:
        raise ValueError(f"the two points must be 0.5 apart, got {points.tolist()}")
    w, c = constraint(points)
    found = ", ".join(
        f"({x:.2f}, {y:.2f}) for L{k}" for k in (1, 2) for x, y in [shortest(w, c, k).tolist()]
    )
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"The plane with the line {w[0]:.2f} x1 + {w[1]:.2f} x2 = {c:.2f} and the smallest ball "
        f"of the Lp norm with p = {p:g} that reaches it. The shortest vectors are {found}. Beside "
        "it the two coordinates of the shortest vector for powers from 0.5 to infinity.",
        [_plane(points, p), _coordinates_by_power(points, p)],
        {"p": None if math.isinf(p) else float(p), "line": points.tolist(), "limit": LIMIT},
    )
