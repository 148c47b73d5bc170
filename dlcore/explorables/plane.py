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

from dlcore.explorables.panel import BOTTOM, LEFT, RIGHT, TOP, Panel

X_REACH, Y_REACH = 2.0, 1.25
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


def wash(
    panel: Panel,
    score: Callable[[Float64[Tensor, "h w 2"]], Float64[Tensor, "h w"]],
    columns: int = 33,
) -> Panel:
    """Colour the places where the score is positive gold, the others blue, and draw the border."""
    rows = round(columns * Y_REACH / X_REACH)
    x, y = (
        torch.linspace(-reach, reach, n, dtype=torch.float64)
        for reach, n in ((X_REACH, columns), (Y_REACH, rows))
    )
    z = score(torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)).numpy()
    contours = contour_generator(x=x.numpy(), y=y.numpy(), z=z, fill_type=FillType.OuterOffset)
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
