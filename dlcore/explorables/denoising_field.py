"""Explorable: where the best denoiser sends every point of the plane, once and again and again."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_known, require_within

SCRIPTS = ("handles", "needle", "denoising_field")
X_REACH, Y_REACH, HEIGHT = 2.4, 2.1, 330
COLUMNS, ROWS, SPACING, LONGEST = 12, 10, 0.4, 0.36
TIMES, LEAST_SIGMA, MOST_SIGMA = 30, 0.05, 1.5
NAMES = {"ring": "Ring", "spiral": "Spiral", "clusters": "Three clusters"}
QUESTION = (
    "A denoiser answers a noisy point by the mean of the clean points that it may have come from. "
    "Apply it again and again: does every point end on the data?"
)
PREDICTION = "Yes, and the more noise it has learned to remove, the more surely."
FINDING = (
    "No: the less noise, the nearer. An arrow is σ² times the slope of the log density of the "
    "noisy points, so repeating climbs to a peak of that density, not of the data's. On the ring "
    "of radius 1 the point stops at a radius of 0.95 with σ = 0.3 and of 0.83 with σ = 0.5. From "
    "σ = 0.70 on the only peak is the middle of the ring, where no data are, and every point ends "
    "there. Even a single answer is the mean of what may have been and no example: with σ = 0.9 it "
    "lies 0.23 from the data. Let σ fall from step to step, and the point arrives: it goes through "
    "the middle and then out again, to less than 0.04 from the data. The exact denoiser for little "
    "noise finds the way from afar, too; a trained one has seen no points there."
)


class Shape(NamedTuple):
    """A mixture of equally likely round Gaussians: their centres (k, 2) and their deviation."""

    centers: Float64[Tensor, "k 2"]
    width: float


def _around(radius: Tensor, angle: Tensor) -> Tensor:
    """Places to two decimals."""
    return torch.stack([radius * angle.cos(), radius * angle.sin()], 1).mul(100).round() / 100


def shapes() -> dict[str, Shape]:
    """What the data may look like, by name."""
    turn = 2 * math.pi * torch.arange(96, dtype=torch.float64) / 96
    s = torch.linspace(0.04, 1, 90, dtype=torch.float64).sqrt()
    thirds = math.pi / 2 + 2 * math.pi * torch.arange(3, dtype=torch.float64) / 3
    return {
        "ring": Shape(_around(torch.ones_like(turn), turn), 0.08),
        "spiral": Shape(_around(1.6 * s, 3.5 * math.pi * s), 0.08),
        "clusters": Shape(_around(1.2 * torch.ones_like(thirds), thirds), 0.15),
    }


def denoised(shape: Shape, x: Float64[Tensor, "n 2"], sigma: float) -> Float64[Tensor, "n 2"]:
    """The mean of the clean points given noisy ones, in closed form."""
    variance = shape.width**2 + sigma**2
    squares = (x[:, None] - shape.centers).square().sum(-1)
    mean = (-squares / (2 * variance)).softmax(1) @ shape.centers
    return mean + shape.width**2 / variance * (x - mean)


def falling(sigma: float) -> list[float]:
    """From sigma down to the least one, by the same factor at each of the steps."""
    least = min(sigma, LEAST_SIGMA)
    return [sigma * (least / sigma) ** (k / (TIMES - 1)) for k in range(TIMES)]


def follow(
    shape: Shape, start: Sequence[float], sigmas: Sequence[float]
) -> Float64[Tensor, "steps 2"]:
    """The places of a point that is denoised with one sigma after the other, the start first."""
    path = [torch.tensor([list(start)], dtype=torch.float64)]
    for sigma in sigmas:
        path.append(denoised(shape, path[-1], sigma))
    return torch.cat(path)


def distances(shape: Shape, x: Float64[Tensor, "n 2"]) -> list[float]:
    """From each place to the nearest centre."""
    return torch.cdist(x, shape.centers).amin(1).tolist()


def grid() -> Float64[Tensor, "n 2"]:
    """Where the arrows begin."""
    x, y = (SPACING * (torch.arange(n, dtype=torch.float64) - (n - 1) / 2) for n in (COLUMNS, ROWS))
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), -1).reshape(-1, 2)


def _needle(panel: Panel, tail: Sequence[float], by: Sequence[float]) -> str:
    """An arrow no longer than the arrows are apart, its head as long as a third of it."""
    shrink = min(1.0, LONGEST / max(math.hypot(*by), 1e-9))
    x, y = panel.X(tail[0]), panel.Y(tail[1])
    tip_x, tip_y = (
        panel.X(tail[0] + shrink * by[0]),
        panel.Y(tail[1] + shrink * by[1]),
    )
    back, across = 0.35 * (x - tip_x), 0.35 * (y - tip_y)
    left, right = (
        f"{tip_x + back - s * across / 2:.1f},{tip_y + across + s * back / 2:.1f}" for s in (1, -1)
    )
    tip = f"{tip_x:.1f},{tip_y:.1f}"
    return f"M{x:.1f},{y:.1f}L{tip}M{left}L{tip}L{right}"


def _field(shape: Shape, sigma: float, same: Tensor, fall: Tensor) -> Panel:
    panel = Panel(
        "Where a noisy point is sent",
        (-X_REACH, X_REACH),
        (-Y_REACH, Y_REACH),
        xticks={v: f"{v}".replace("-", "−") for v in (-2, -1, 0, 1, 2)},
        yticks={v: f"{v}".replace("-", "−") for v in (-2, -1, 0, 1, 2)},
        height=HEIGHT,
        grid=False,
    ).legend(
        gold=("●", "data"), black=("→", "once"), blue=("—", "same σ"), red=("- -", "falling σ")
    )
    panel.path("data", _spots(panel, shape.centers), "gold", width=9)
    tails = grid()
    arrows = denoised(shape, tails, sigma) - tails
    needles = (_needle(panel, t, by) for t, by in zip(tails.tolist(), arrows.tolist(), strict=True))
    panel.path("arrows", "".join(needles), "black", width=0.9)
    for name, path, color, dash in (("same", same, "blue", "none"), ("fall", fall, "red", "6 4")):
        xs, ys = path.T.tolist()
        panel.line(name, xs, ys, color, width=2.4, dash=dash)
        panel.dot(f"{name}-end", xs[-1], ys[-1], color, width=9)
    x, y = same[0].tolist()
    return panel.dot("start", x, y, "black")


def _spots(panel: Panel, places: Float64[Tensor, "n 2"]) -> str:
    return "".join(f"M{place}h0" for place in panel.points(*places.T.tolist()))


def _away(shape: Shape, same: Tensor, fall: Tensor) -> Panel:
    panel = Panel(
        "Distance to the data",
        (0, TIMES),
        (0, 2),
        xticks={v: str(v) for v in (0, 10, 20, 30)},
        yticks={v: f"{v:g}" for v in (0, 0.5, 1, 1.5, 2)},
        xlabel="times denoised",
        height=HEIGHT,
    ).legend(blue=("—", "same σ"), red=("- -", "falling σ"))
    for name, path, color, dash in (("same", same, "blue", "none"), ("fall", fall, "red", "6 4")):
        panel.line(f"{name}-away", range(len(path)), distances(shape, path), color, dash=dash)
    return panel


def denoising_field(
    shape: str = "ring",
    sigma: float = 0.9,
    start: Sequence[float] = (1.6, 1.2),
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """The best denoiser of a distribution in the plane as arrows, and a point that follows them.

    The reader changes the data and the noise and drags a point, which is denoised 30 times: with
    the same noise each time, and with one that falls to 0.05. The denoiser is exact: the data are
    a mixture of small Gaussians, 96 on a ring of radius 1, 90 on a spiral, or 3 clusters.

    Args:
        shape: of the data, shown first: "ring", "spiral", "clusters".
        sigma: deviation of the noise that the denoiser removes, shown first, 0.05 to 1.5.
        start: where the point begins, within 2.4 by 2.1 of the origin.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: an unknown shape, or a number out of range.

    Equation: :eq:`eq-denoiser-score`
    Section: :ref:`sec-denoising-autoencoders`

    Source: Alain, Bengio (2014), What regularized auto-encoders learn from the data-generating
    distribution, Journal of Machine Learning Research 15.

    Example:
        >>> denoising_field("spiral", sigma=0.2).state["shape"]
        'spiral'

    In production: a trained denoiser in place of the exact one, as in diffusers.
    """
    require_known(NAMES, shape=shape)
    require_within(LEAST_SIGMA, MOST_SIGMA, sigma=sigma)
    x, y = start
    require_within(-X_REACH, X_REACH, start=x)
    require_within(-Y_REACH, Y_REACH, start=y)
    known = shapes()
    data = known[shape]
    same, fall = (follow(data, start, s) for s in ([sigma] * TIMES, falling(sigma)))
    ends = [distances(data, path[-1:])[0] for path in (same, fall)]
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, data ({NAMES[shape].lower()}) and arrows to where a denoiser for noise {sigma:g} "
        f"sends each place, with two paths of a point from {x:g}, {y:g} that is denoised {TIMES} "
        f"times. Right, its distance to the data: with the same noise it ends {ends[0]:.2f} away, "
        f"with falling noise {ends[1]:.2f}.",
        [_field(data, sigma, same, fall), _away(data, same, fall)],
        {
            "names": NAMES,
            "shapes": {
                name: {
                    "xy": each.centers.mul(100).round().int().flatten().tolist(),
                    "width": each.width,
                }
                for name, each in known.items()
            },
            "shape": shape,
            "sigma": sigma,
            "start": [x, y],
            "limit": [X_REACH, Y_REACH],
            "grid": [COLUMNS, ROWS],
            "spacing": SPACING,
            "longest": LONGEST,
            "times": TIMES,
            "least": LEAST_SIGMA,
            "most": MOST_SIGMA,
        },
    )
