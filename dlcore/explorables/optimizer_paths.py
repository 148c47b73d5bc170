"""Explorable: four optimizers going down the same surface."""

import math
from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
import torch
from contourpy import contour_generator
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.plane import TALL_HEIGHT, TALL_X_REACH, TALL_Y_REACH, tall_plane

SCRIPTS = ("contour", "handles", "scientific", "optimizer_paths")
LIMIT = 2.7, 2.35
LINES, MOST_STEPS, BOTTOM = 10, 300, -8
TURN = math.sqrt(0.5)
NAMES = {"sgd": "Gradient descent", "momentum": "Momentum", "rmsprop": "RMSProp", "adam": "Adam"}
LOOKS = {
    "sgd": ("blue", "none"),
    "momentum": ("gold", "7 3"),
    "rmsprop": ("teal", "2 4"),
    "adam": ("red", "7 3 2 3"),
}
SURFACE_NAMES = {
    "ravine": "Ravine",
    "turned": "Ravine, turned",
    "valley": "Bent valley",
    "wells": "Two wells and a saddle",
}
SURFACES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "ravine": lambda x, y: 0.5 * x**2 + 12.5 * y**2,
    "turned": lambda x, y: 0.5 * (TURN * (x + y)) ** 2 + 12.5 * (TURN * (y - x)) ** 2,
    "valley": lambda x, y: (1 - x) ** 2 + 10 * (y - x**2) ** 2,
    "wells": lambda x, y: x**4 - 2 * x**2 + y**2,
}
LOWEST = {
    "ravine": [(0.0, 0.0)],
    "turned": [(0.0, 0.0)],
    "valley": [(1.0, 1.0)],
    "wells": [(1.0, 0.0), (-1.0, 0.0)],
}
STARTS = {
    "ravine": (-2.4, 0.8),
    "turned": (-3.2 * TURN, -1.6 * TURN),
    "valley": (-1.5, 1.5),
    "wells": (0.05, 2.0),
}
QUESTION = "Adam rescales each coordinate by the size of its gradients. Does that flatten a ravine?"
PREDICTION = "Yes: Adam walks down any ravine as if it were a round bowl, the others zigzag."
FINDING = (
    "Only a ravine that runs along an axis. There Adam's path does not depend on how steep the "
    "walls are: with step size 0.05 it is below a height of 0.001 for good after 84 steps. Turn "
    "the same ravine by 45 degrees and it needs 217, for the gradients of both coordinates are now "
    "equally large and there is nothing to rescale. Gradient descent takes 78 steps and momentum "
    "88 either way: they know no axes. Now raise the step size. Above 0.08 gradient descent "
    "diverges; Adam and RMSProp cannot, since their steps are bounded, but RMSProp never settles: "
    "it goes on stepping to and fro by about the step size."
)


def height(surface: str, x: float, y: float) -> float:
    """How far a place lies above the surface's lowest point."""
    f = SURFACES[surface]
    places = [torch.tensor(place, dtype=torch.float64) for place in ((x, y), LOWEST[surface][0])]
    return (f(*places[0]) - f(*places[1])).item()


def descent(
    surface: str,
    optimizer: str,
    start: Sequence[float],
    eta: float,
    steps: int,
    momentum: float = 0.9,
) -> list[list[float]]:
    """The places that the optimizer of `torch.optim` goes through, from the start on."""
    at = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    algorithms: dict[str, Callable[[], torch.optim.Optimizer]] = {
        "sgd": lambda: torch.optim.SGD([at], lr=eta),
        "momentum": lambda: torch.optim.SGD([at], lr=eta, momentum=momentum),
        "rmsprop": lambda: torch.optim.RMSprop([at], lr=eta, alpha=0.9),
        "adam": lambda: torch.optim.Adam([at], lr=eta),
    }
    algorithm, path = algorithms[optimizer](), [at.tolist()]
    for _ in range(steps):
        algorithm.zero_grad()
        SURFACES[surface](*at).backward()
        algorithm.step()
        if not (at.detach().abs() < 1e6).all():
            break
        path.append(at.tolist())
    return path


def _contours(panel: Panel, surface: str) -> str:
    axes = [
        torch.linspace(-r, r, n, dtype=torch.float64)
        for r, n in ((TALL_X_REACH, 33), (TALL_Y_REACH, 29))
    ]
    x, y = torch.meshgrid(*axes, indexing="xy")
    lowest = torch.tensor(LOWEST[surface][0]).double()
    values = (SURFACES[surface](x, y) - SURFACES[surface](*lowest)).numpy()
    lines = contour_generator(x=axes[0].numpy(), y=axes[1].numpy(), z=values)
    levels = [values.max() * ((k + 0.5) / LINES) ** 3 for k in range(LINES)]
    found = [cast("list[np.ndarray]", lines.lines(level)) for level in levels]
    return "".join(
        "M" + "L".join(f"{panel.X(u):.0f},{panel.Y(v):.0f}" for u, v in line)
        for level in found
        for line in level
    )


def _plane(surface: str, paths: dict[str, list[list[float]]]) -> Panel:
    panel = tall_plane("Seen from above").legend(black=("●", "start"), gray=("×", "lowest point"))
    panel.path("contours", _contours(panel, surface), "gray", width=0.6)
    cross = "".join(
        f"M{panel.X(x) - 4:.1f},{panel.Y(y) - 4:.1f}l8,8m0,-8l-8,8" for x, y in LOWEST[surface]
    )
    panel.path("lowest", cross, "gray", width=2)
    for name, path in paths.items():
        color, dash = LOOKS[name]
        xs, ys = torch.tensor(path).double().clamp(-1e3, 1e3).T.tolist()
        panel.line(name, xs, ys, color, width=1.8, dash=dash)
        panel.dot(f"{name}-end", xs[-1], ys[-1], color, width=8)
    x, y = paths["sgd"][0]
    return panel.dot("start", x, y, "black")


def _heights(surface: str, paths: dict[str, list[list[float]]]) -> Panel:
    panel = Panel(
        "Height above the lowest point",
        (0, MOST_STEPS),
        (BOTTOM, 2),
        xticks={v: str(v) for v in (0, 100, 200, 300)},
        yticks={-8: "10⁻⁸", -6: "10⁻⁶", -4: "10⁻⁴", -2: "0.01", 0: "1", 2: "100"},
        xlabel="step",
        height=TALL_HEIGHT,
    ).legend(
        blue=("—", "GD"), gold=("- -", "Momentum"), teal=("···", "RMSProp"), red=("-·-", "Adam")
    )
    for name, path in paths.items():
        color, dash = LOOKS[name]
        logs = [math.log10(max(height(surface, *at), 10.0 ** (BOTTOM - 1))) for at in path]
        panel.line(f"{name}-height", range(len(logs)), logs, color, width=1.8, dash=dash)
    return panel


def optimizer_paths(
    surface: str = "ravine",
    step_size: float = 0.05,
    steps: int = 100,
    start: Sequence[float] | None = None,
    momentum: float = 0.9,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """Gradient descent, momentum, RMSProp and Adam from one start with one step size.

    The reader chooses the surface, the step size, the momentum and how many steps are taken, and
    moves the start. RMSProp's average forgets with 0.9, Adam has 0.9 and 0.999; all as in
    `torch.optim`. "ravine" is 25 times steeper across than along, "turned" is the same turned by
    45 degrees, "valley" is Rosenbrock's with factor 10, "wells" is x^4 - 2 x^2 + y^2 with a saddle
    between its two lowest points.

    Args:
        surface: shown first: "ravine", "turned", "valley", "wells".
        step_size: eta shown first, 0.001 to 1.
        steps: taken first, 0 to 300.
        start: where all begin, within 2.7 by 2.35 of the origin; by default one that suits the
            surface.
        momentum: beta of Momentum shown first, 0 to 0.99.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: an unknown surface, or a number out of range.

    Source: Kingma, Ba (2015), Adam: a method for stochastic optimization, arXiv:1412.6980.

    Example:
        >>> optimizer_paths("wells", step_size=0.1).state["start"]
        [0.05, 2.0]

    In production: torch.optim.
    """
    if surface not in SURFACES:
        raise ValueError(f"unknown surface {surface!r}: choose from {', '.join(SURFACES)}")
    for name, number, low, high in (
        ("step_size", step_size, 0.001, 1),
        ("steps", steps, 0, MOST_STEPS),
        ("momentum", momentum, 0, 0.99),
    ):
        if not low <= number <= high:
            raise ValueError(f"{name} must lie between {low} and {high}, got {number}")
    place = [float(v) for v in (STARTS[surface] if start is None else start)]
    if len(place) != 2 or not all(abs(v) <= most for v, most in zip(place, LIMIT, strict=True)):
        raise ValueError(f"start must be a place within {LIMIT} of the origin, got {start}")
    paths = {name: descent(surface, name, place, step_size, steps, momentum) for name in NAMES}
    ends = ", ".join(f"{NAMES[k]} {height(surface, *path[-1]):.1e}" for k, path in paths.items())
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, the surface '{SURFACE_NAMES[surface]}' as contour lines with the paths of four "
        f"optimizers. Right, their height above the lowest point. After {steps} steps of size "
        f"{step_size:g} it is: {ends}.",
        [_plane(surface, paths), _heights(surface, paths)],
        {
            "surface": surface,
            "eta": step_size,
            "steps": steps,
            "momentum": momentum,
            "start": place,
            "starts": STARTS,
            "lowest": LOWEST,
            "limit": LIMIT,
            "names": NAMES,
            "surfaces": SURFACE_NAMES,
            "shown": dict.fromkeys(NAMES, True),
        },
    )
