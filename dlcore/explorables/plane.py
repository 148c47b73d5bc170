"""A plane coloured by a classifier, with the points of two classes: the twin of `wash.js`."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import cast

import numpy as np
import torch
from contourpy import FillType, contour_generator
from jaxtyping import Float64
from torch import Tensor

from dlcore.data import Examples
from dlcore.explorables.panel import BOTTOM, LEFT, RIGHT, TOP, Panel

X_REACH, Y_REACH = 2.0, 1.25
LIMIT, MOST_POINTS = (1.9, 1.15), 60
TALL_X_REACH, TALL_Y_REACH, TALL_HEIGHT = 2.8, 2.45, 330


def plane(title: str) -> Panel:
    """The empty plane: 4 by 2.5, seen without distortion."""
    ticks = _ticks(1)
    return Panel(title, (-X_REACH, X_REACH), (-Y_REACH, Y_REACH), xticks=ticks, yticks=ticks)


def tall_plane(title: str) -> Panel:
    """The empty plane of geometry: 5.6 by 4.9, seen without distortion, without a grid."""
    return Panel(
        title,
        (-TALL_X_REACH, TALL_X_REACH),
        (-TALL_Y_REACH, TALL_Y_REACH),
        xticks=_ticks(2),
        yticks=_ticks(2),
        height=TALL_HEIGHT,
        grid=False,
    )


def _ticks(reach: int) -> dict[float, str]:
    """The whole numbers up to the reach, with a true minus."""
    return {float(v): f"{v}".replace("-", "−") for v in range(-reach, reach + 1)}


def into_plane(data: Examples) -> tuple[Float64[Tensor, "n 2"], Float64[Tensor, " n"]]:
    """Examples shifted and scaled into the plane, to two decimals, and their labels."""
    X = data.X.double()
    X = X - (X.amax(0) + X.amin(0)) / 2
    X = X * (torch.tensor([1.8, 1.1]) / X.abs().amax(0)).min()
    return (100 * X).round() / 100, data.y.double()


def labelled_points(
    points: object, labels: object
) -> tuple[Float64[Tensor, "n 2"], Float64[Tensor, " n"]]:
    """What a caller gave as points of two classes in the plane, to two decimals."""
    try:
        X, y = (torch.as_tensor(v).detach().double().cpu() for v in (points, labels))
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError("give points and labels together, as numbers") from error
    if X.ndim != 2 or X.shape[1] != 2 or y.shape != X.shape[:1] or not 2 <= len(X) <= MOST_POINTS:
        raise ValueError(
            f"points must be n by 2 with n labels, 2 to {MOST_POINTS} of them, "
            f"got shapes {tuple(X.shape)} and {tuple(y.shape)}"
        )
    if not (X.abs() <= torch.tensor(LIMIT)).all():
        raise ValueError(f"points must lie within {LIMIT} of the origin")
    if sorted(set(y.tolist())) != [0.0, 1.0]:
        raise ValueError(f"labels must be 0 and 1, both, got {sorted(set(y.tolist()))}")
    return (100 * X).round() / 100, y


def packed_points(X: Float64[Tensor, "n 2"], y: Float64[Tensor, " n"]) -> dict[str, object]:
    """Points and labels for the script's `pointsOf`: hundredths, and one digit a label."""
    return {
        "xy": (100 * X).round().int().flatten().tolist(),
        "labels": "".join(str(int(v)) for v in y),
    }


def _grid_scores(
    score: Callable[[Float64[Tensor, "h w 2"]], Float64[Tensor, "h w"]], columns: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = round(columns * Y_REACH / X_REACH)
    x, y = (
        torch.linspace(-reach, reach, n, dtype=torch.float64)
        for reach, n in ((X_REACH, columns), (Y_REACH, rows))
    )
    z = score(torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)).numpy()
    return x.numpy(), y.numpy(), z


def level_lines(
    panel: Panel,
    score: Callable[[Float64[Tensor, "h w 2"]], Float64[Tensor, "h w"]],
    levels: tuple[float, ...],
    columns: int = 33,
) -> str:
    """The lines on which the score takes the levels, as one path."""
    x, y, z = _grid_scores(score, columns)
    contours = contour_generator(x=x, y=y, z=z)
    found = (line for v in levels for line in cast("list[np.ndarray]", contours.lines(v)))
    return "".join("M" + "L".join(panel.points(*line.T)) for line in found)


def wash(
    panel: Panel,
    score: Callable[[Float64[Tensor, "h w 2"]], Float64[Tensor, "h w"]],
    columns: int = 33,
) -> Panel:
    """Colour the places where the score is positive gold, the others blue, and draw the border."""
    x, y, z = _grid_scores(score, columns)
    contours = contour_generator(x=x, y=y, z=z, fill_type=FillType.OuterOffset)
    outlines = cast("list[list[np.ndarray]]", contours.filled(0.0, math.inf))
    gold = "".join(
        "M" + "L".join(panel.points(*points[a:b].T)) + "z"
        for points, offsets in zip(*outlines, strict=True)
        for a, b in pairwise(offsets)
    )
    lines = cast("list[np.ndarray]", contours.lines(0.0))
    border = "".join("M" + "L".join(panel.points(*line.T)) for line in lines)
    panel.path("wash", f"M{LEFT},{TOP}V{BOTTOM}H{RIGHT}V{TOP}z{gold}", "blue", opacity=0.3)
    panel.path("wash", gold, "gold", opacity=0.3)
    return panel.path("boundary", border, "black", width=2)


def marks(panel: Panel, X: Float64[Tensor, "n 2"], y: Float64[Tensor, " n"]) -> Panel:
    """One path for all points of a class: discs (a round stroke of no length) or triangles."""
    places = [[(panel.X(u), panel.Y(v)) for u, v in X[y == k].tolist()] for k in (0, 1)]
    discs = "".join(f"M{u:.0f},{v:.0f}h0" for u, v in places[0])
    triangles = "".join(f"M{u:.0f},{v - 4:.0f}l4,7h-8z" for u, v in places[1])
    panel.path("class0", discs, "blue", width=7)
    panel.path("class1", triangles, "gold", width=1, opacity=1)
    return panel.path("selected", "", "black", width=2)
