"""Explorable: where L1 and L2 move the minimum of a quadratic loss as the penalty grows."""

import math
from collections.abc import Sequence

from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.plane import TALL_HEIGHT, TALL_Y_REACH, tall_plane
from dlcore.explorables.ranges import require_known, require_within

SCRIPTS = ("handles", "l1_l2_paths")
LIMIT = 2.5, 2.2
BALLS = "l1", "l2"
LAMS = [k / 50 for k in range(151)]
LEVELS = 0.1, 0.4, 0.9, 1.6
TURN = [k * math.pi / 36 for k in range(73)]
QUESTION = (
    "Without a penalty the weights are w₁ = 1 and w₂ = 2. Which of them does L1 set to zero first "
    "when λ grows?"
)
PREDICTION = "The smaller one, w₁: it has less far to go."
FINDING = (
    "The larger one. The loss is four times as flat along w₂, and so w₂ = 2 is gone at λ = 0.5, "
    "w₁ = 1 only at λ = 1: without correlation L1 drops weight i when λ reaches its curvature "
    "times its size. L2 makes neither of them zero: at λ = 1 it keeps 1/2 of w₁ and 1/5 of w₂, the "
    "share curvature / (curvature + λ). Correlation bends the paths. With the minimum at "
    "(1.5, −0.6), curvature 1 and correlation 0.8, L2 leads w₂ through zero at λ = 0.36 and on to "
    "the other side. L1 stops it there: from λ = 0.12 on w₂ is exactly 0, and stays so."
)

Point = tuple[float, float]
Hessian = tuple[float, float]  # h and c of [[1, c], [c, h]]


def hessian(curvature: float, correlation: float) -> Hessian:
    """The second derivatives of the loss: 1 along w1, `curvature` along w2."""
    return curvature, correlation * math.sqrt(curvature)


def lasso(minimum: Point, H: Hessian, lam: float) -> Point:
    """The minimum of loss + lam |w|_1, by coordinate descent."""
    (m1, m2), (h, c) = minimum, H
    g1, g2 = m1 + c * m2, c * m1 + h * m2
    w1 = w2 = 0.0
    moved = 1.0
    while moved > 1e-13:
        before = w1, w2
        w1 = _soft(g1 - c * w2, lam)
        w2 = _soft(g2 - c * w1, lam) / h
        moved = abs(w1 - before[0]) + abs(w2 - before[1])
    return w1 + 0.0, w2 + 0.0


def _soft(v: float, lam: float) -> float:
    return math.copysign(max(0.0, abs(v) - lam), v)


def ridge(minimum: Point, H: Hessian, lam: float) -> Point:
    """The minimum of loss + lam |w|^2 / 2."""
    (m1, m2), (h, c) = minimum, H
    g1, g2 = m1 + c * m2, c * m1 + h * m2
    determinant = (1 + lam) * (h + lam) - c * c
    return ((h + lam) * g1 - c * g2) / determinant, ((1 + lam) * g2 - c * g1) / determinant


def ellipse(minimum: Point, H: Hessian, through: float) -> tuple[list[float], list[float]]:
    """Points at which twice the loss has the value `through`."""
    (m1, m2), (h, c) = minimum, H
    r, d = math.sqrt(max(through, 0.0)), math.sqrt(h - c * c)
    up = [r * math.sin(t) / d for t in TURN]
    along = [r * math.cos(t) - c * v for t, v in zip(TURN, up, strict=True)]
    return [m1 + v for v in along], [m2 + v for v in up]


def _plane(minimum: Point, H: Hessian, lam: float, ball: str) -> Panel:
    panel = tall_plane("Loss, ball and the paths").legend(
        black=("●", "minimum of the loss"), gold=("—", "L1"), teal=("—", "L2"), blue=("○", "ball")
    )
    axes = f"M{panel.X(-9)},{panel.Y(0)}H{panel.X(9)}M{panel.X(0)},{panel.Y(-9)}V{panel.Y(9)}"
    panel.path("axes", axes, "gray", width=0.5)
    levels = (panel.points(*ellipse(minimum, H, 2 * v)) for v in LEVELS)
    panel.path("levels", "".join("M" + "L".join(p) for p in levels), "gray", width=0.7)
    (h, c), (m1, m2) = H, minimum
    x, y = lasso(minimum, H, lam) if ball == "l1" else ridge(minimum, H, lam)
    through = (x - m1) ** 2 + 2 * c * (x - m1) * (y - m2) + h * (y - m2) ** 2
    if ball == "l1":
        r = abs(x) + abs(y)
        outline = panel.points((r, 0, -r, 0, r), (0, r, 0, -r, 0))
    else:
        outline = panel.points(*ellipse((0.0, 0.0), (1.0, 0.0), x * x + y * y))
    panel.path("ball", "M" + "L".join(outline), "blue", width=1.5, opacity=0.15)
    panel.line("touching", *ellipse(minimum, H, through), "black", width=1.2)
    for name, solve, color in (("l2", ridge, "teal"), ("l1", lasso, "gold")):
        xs, ys = zip(*(solve(minimum, H, v) for v in LAMS), strict=True)
        panel.line(f"{name}path", xs, ys, color, width=2.5)
        panel.dot(name, *solve(minimum, H, lam), color, width=10)
    panel.label("axis1", 2.6, 0.2, "w₁", "black").label("axis2", 0.25, 2.2, "w₂", "black")
    return panel.dot("minimum", *minimum, "black")


def _coordinates(minimum: Point, H: Hessian, lam: float) -> Panel:
    panel = Panel(
        "The two weights on their way",
        (0, LAMS[-1]),
        (-TALL_Y_REACH, TALL_Y_REACH),
        xticks={float(v): str(v) for v in range(4)},
        yticks={float(v): f"{v}".replace("-", "−") for v in range(-2, 3)},
        xlabel="λ (L1: λ‖w‖₁, L2: λ‖w‖²/2)",
        height=TALL_HEIGHT,
    ).legend(gold=("—", "L1"), teal=("—", "L2"), black=("—", "w₁"), gray=("- -", "w₂"))
    panel.line("now", (lam, lam), (-TALL_Y_REACH, TALL_Y_REACH), "gray", width=1)
    for name, solve, color in (("l2", ridge, "teal"), ("l1", lasso, "gold")):
        path, now = [solve(minimum, H, v) for v in LAMS], solve(minimum, H, lam)
        for k, dash in enumerate(("none", "6 4")):
            panel.line(f"{name}w{k + 1}", LAMS, [w[k] for w in path], color, dash=dash)
            panel.dot(f"{name}at{k + 1}", lam, now[k], color, width=8)
    return panel


def l1_l2_paths(
    minimum: Sequence[float] | Tensor = (1.0, 2.0),
    lam: float = 0.3,
    *,
    curvature: float = 0.25,
    correlation: float = 0.0,
    ball: str = "l1",
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    r"""The minimum of a quadratic loss with an L1 and with an L2 penalty, for every weight of them.

    The loss is $\tfrac12(w - m)^\top H(w - m)$ for two weights. The reader drags m, bends the loss
    and grows $\lambda$; the solutions with $\lambda\|w\|_1$ and $\tfrac\lambda2\|w\|^2$ move along
    their paths, where a line of equal loss touches a ball of the norm.

    Args:
        minimum: m, where the loss alone is smallest, within 2.5 by 2.2 of the origin.
        lam: $\lambda$ shown first, 0 to 3.
        curvature: second derivative of the loss along the second weight, 0.1 to 1; it is 1 along
            the first.
        correlation: -0.9 to 0.9, the mixed derivative over the root of the two others' product.
        ball: the norm whose ball is drawn first, "l1" or "l2".
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: a number out of range, or an unknown ball.

    Equations: :eq:`eq-l1-objective`, :eq:`eq-l2-shrinkage`
    Section: :ref:`sec-l1-regularization`

    Source: Tibshirani (1996), Regression shrinkage and selection via the lasso,
    doi:10.1111/j.2517-6161.1996.tb02080.x.

    Example:
        >>> l1_l2_paths((1.0, 2.0), 0.6).alt[-44:]
        'minimum to (0.40, 0.00), L2 to (0.62, 0.59).'

    In production: sklearn.linear_model.lasso_path.
    """
    m1, m2 = _two_numbers(minimum)
    require_within(-LIMIT[0], LIMIT[0], **{"the first weight of the minimum": m1})
    require_within(-LIMIT[1], LIMIT[1], **{"the second weight of the minimum": m2})
    require_within(0, LAMS[-1], lam=lam)
    require_within(0.1, 1, curvature=curvature)
    require_within(-0.9, 0.9, correlation=correlation)
    require_known(BALLS, ball=ball)
    H = hessian(curvature, correlation)
    found = [solve((m1, m2), H, lam) for solve in (lasso, ridge)]
    (x1, y1), (x2, y2) = found
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, ellipses of equal loss about the minimum ({m1:g}, {m2:g}), two paths from there "
        "towards the origin: that of L1 has straight pieces, that of L2 is a curve. Right, the "
        f"two weights over the penalty. For {lam:g} L1 moves the minimum to ({x1:.2f}, {y1:.2f}), "
        f"L2 to ({x2:.2f}, {y2:.2f}).",
        [_plane((m1, m2), H, lam, ball), _coordinates((m1, m2), H, lam)],
        {
            "minimum": (m1, m2),
            "lam": lam,
            "curvature": curvature,
            "correlation": correlation,
            "ball": ball,
            "most": LAMS[-1],
            "levels": LEVELS,
            "limit": LIMIT,
        },
    )


def _two_numbers(minimum: Sequence[float] | Tensor) -> Point:
    try:
        m1, m2 = (float(v) for v in minimum)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"minimum must be two numbers, got {minimum!r}") from error
    return m1, m2
