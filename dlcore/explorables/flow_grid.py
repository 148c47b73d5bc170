"""Explorable: a normalizing flow bends the plane of codes, layer by layer."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor, nn

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.packing import pack
from dlcore.explorables.panel import Panel
from dlcore.explorables.random_stream import normals
from dlcore.explorables.ranges import require_within, some

SCRIPTS = ("unpack", "handles", "drag", "flow_grid")
HEIGHT, RATIO = 330, 8 / 7
SIDE, CODE_REACH, LINES, EVERY, SAMPLES = 41, 3.0, 4, 2, 150
MOST_LAYERS, MOST_DATA, UNIT, LEVELS = 12, 300, 1 / 500, 32_767
QUESTION = (
    "A flow turns one round hill of codes into the data by maps that can be undone. What becomes "
    "of the grid, and where is the density high?"
)
PREDICTION = "The hill is cut to the data's shape; its middle stays the densest place."
Place = tuple[float, float]


class Stages(NamedTuple):
    """Where the codes have got to; entry k is after k layers.

    Attributes:
        places: of all codes, those of the lattice first.
        log_dets: of layer k + 1 at each code.
    """

    places: Float64[Tensor, "k n 2"]
    log_dets: Float64[Tensor, "l n"]


def lattice() -> Float64[Tensor, "n 2"]:
    """Codes from −3 to 3 in both directions, row by row from below."""
    z = torch.linspace(-CODE_REACH, CODE_REACH, SIDE, dtype=torch.float64)
    return torch.stack(torch.meshgrid(z, z, indexing="xy"), -1).reshape(-1, 2)


def nearest(point: Sequence[float]) -> int:
    """The number of the lattice's code next to a place."""
    column, row = (round((v / CODE_REACH + 1) / 2 * (SIDE - 1)) for v in point)
    return row * SIDE + column


def layers_of(flow: nn.Module) -> nn.ModuleList:
    """The layers of a chain, if there are not too many."""
    layers = getattr(flow, "layers", None)
    if not isinstance(layers, nn.ModuleList) or not 1 <= len(layers) <= MOST_LAYERS:
        raise ValueError(f"the flow must have a list of 1 to {MOST_LAYERS} layers, got {layers}")
    return layers


def push(flow: nn.Module) -> Stages:
    """Lattice and samples through the layers."""
    codes = torch.cat([lattice(), normals(0, 2 * SAMPLES).reshape(-1, 2)])
    like = next(flow.parameters(), torch.zeros(()))
    x, places, log_dets = codes.to(like), [codes], []
    with torch.no_grad():
        for layer in layers_of(flow):
            x, log_det = layer(x)
            if x.shape != codes.shape or log_det.shape != codes.shape[:1]:
                raise ValueError(
                    "layers must give points of the plane and a logarithm for each, got "
                    f"{tuple(x.shape)} and {tuple(log_det.shape)}"
                )
            places.append(x.double().cpu())
            log_dets.append(log_det.double().cpu())
    return Stages(torch.stack(places), torch.stack(log_dets))


def base_log_density(z: Float64[Tensor, "n 2"]) -> Float64[Tensor, " n"]:
    """Of standard normal codes."""
    return -z.square().sum(-1) / 2 - math.log(2 * math.pi)


def whole(values: Float64[Tensor, "*shape"]) -> np.ndarray:
    """As multiples of a five-hundredth that two bytes hold."""
    found: np.ndarray = (values / UNIT).round().clamp(-LEVELS, LEVELS).numpy().astype(np.int16)
    return found


def packed(stages: Stages) -> str:
    """For each layer three rows of numbers: x, y, log-determinant; differences, low bytes first."""
    rows = []
    for places, log_det in zip(stages.places[1:], stages.log_dets, strict=True):
        rows += [whole(places[:, 0]), whole(places[:, 1]), whole(log_det)]
    steps = np.diff(np.stack(rows), axis=1, prepend=np.int16(0)).astype(np.int16)
    low = steps.astype(np.uint16).view(np.uint8).reshape(*steps.shape, 2)
    return pack(np.concatenate([low[..., 0], low[..., 1]], axis=1).tobytes())


def lines(places: Float64[Tensor, "n 2"]) -> list[Float64[Tensor, "m 2"]]:
    """Every fourth row and column of the lattice."""
    table = places[: SIDE**2].reshape(SIDE, SIDE, 2)
    across, up = table[::LINES, ::EVERY], table[::EVERY, ::LINES].transpose(0, 1)
    return [*across, *up]


def _ticks(reach: float) -> dict[float, str]:
    step = max(1, math.ceil(reach / 4))
    most = int(reach // step) * step
    return {float(v): f"{v}".replace("-", "−") for v in range(-most, most + 1, step)}


def _plane(title: str, reach: float, stages: Stages, k: int, at: int, X: Tensor | None) -> Panel:
    panel = Panel(
        title,
        (-RATIO * reach, RATIO * reach),
        (-reach, reach),
        xticks=_ticks(reach),
        yticks=_ticks(reach),
        height=HEIGHT,
        grid=False,
    )
    if X is None:
        panel.legend(gray=("—", "grid"), blue=("●", "samples"), red=("●", "point"))
    else:
        panel.legend(gold=("●", "data"), blue=("●", "samples"), red=("●", "point"))
    places = stages.places[k]
    d = "".join("M" + "L".join(panel.points(*line.T.tolist())) for line in lines(places))
    panel.path("grid", d, "gray", width=0.9)
    if X is not None:
        panel.path("data", _spots(panel, X), "gold", width=4)
    panel.path("samples", _spots(panel, places[SIDE**2 :]), "blue", width=4)
    x, y = places[at].tolist()
    return panel.dot("point", x, y, "red")


def _spots(panel: Panel, places: Float64[Tensor, "n 2"]) -> str:
    return "".join(f"M{place}h0" for place in panel.points(*places.T.tolist()))


def levels(stages: Stages, at: int) -> list[float]:
    """The log density of one code's image, after 0, 1, ... layers."""
    base = base_log_density(stages.places[0, at : at + 1])
    terms = torch.cat([base, -stages.log_dets[:, at]])
    found: list[float] = terms.cumsum(0).tolist()
    return found


def _terms(stages: Stages, at: int, k: int) -> Panel:
    inside = stages.places[0, : SIDE**2].norm(dim=1) <= 2.5
    base = base_log_density(stages.places[0, : SIDE**2])
    spread = torch.cat([base[None], -stages.log_dets[:, : SIDE**2]]).cumsum(0)[:, inside]
    low, high = math.floor(spread.min()), math.ceil(spread.max())
    step = max(1, math.ceil((high - low) / 6))
    count = len(stages.log_dets)
    panel = Panel(
        "Log density of the point",
        (-0.5, count + 0.5),
        (low, high),
        xticks={0: "base"} | {float(v): str(v) for v in range(1, count + 1)},
        yticks={float(v): f"{v}".replace("-", "−") for v in range(low, high + 1, step)},
        xlabel="layers",
        height=HEIGHT,
    ).legend(teal=("▮", "squeezed"), red=("▮", "stretched"), black=("●", "log density"))
    heights = levels(stages, at)[: k + 1]
    for part, color, sign in (("up", "teal", 1), ("down", "red", -1)):
        bars = "".join(
            f"M{panel.X(n + 0.5):.1f},{panel.Y(a):.1f}V{panel.Y(b):.1f}"
            for n, (a, b) in enumerate(pairwise(heights))
            if sign * (b - a) > 0
        )
        panel.path(part, bars, color, width=7)
    panel.path("levels", _level_dots(panel, heights), "black", width=6)
    return panel.dot("level", k, heights[-1], "black", width=10)


def _level_dots(panel: Panel, heights: Sequence[float]) -> str:
    return "".join(f"M{place}h0" for place in panel.points(range(len(heights)), heights))


def _number(v: float) -> str:
    return f"{v + 0.0:.2f}".replace("-", "−")


def _finding(stages: Stages) -> str:
    count = SIDE**2
    base, total = base_log_density(stages.places[0, :count]), stages.log_dets[:, :count].sum(0)
    inside = stages.places[0, :count].norm(dim=1) <= 2
    density = base - total
    best, middle = int(density.argmax()), count // 2
    x, y = (_number(v) for v in stages.places[0, best].tolist())
    return (
        "The grid is bent, but no line is cut and no two cross: what was in one piece stays in one "
        "piece, and a gap in the data keeps a bridge of little probability. Where cells shrink the "
        "density rises, where they grow it falls, by the logarithm of the ratio of areas, and the "
        "logarithms of the layers add up. Within 2 of the codes' middle the ratio of areas goes "
        f"from {total[inside].min().exp().item():.2g} to {total[inside].max().exp().item():.2g}. "
        f"Of the codes on the grid the one with the densest image is {x}, {y}: log density "
        f"{_number(density[best].item())}, of the base {_number(base[best].item())}. The middle of "
        f"the codes has {_number(base[middle].item())} in the base and "
        f"{_number(density[middle].item())} as data."
    )


def flow_grid(
    flow: nn.Module,
    X: Float[Tensor, "n 2"] | None = None,
    *,
    layer: int | None = None,
    point: Sequence[float] = (0.9, 0.6),
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """Codes of a flow in the plane, pushed through its layers one after the other.

    The reader chooses how many layers, moves a code and sees its image; a chart adds up the log
    density from the base's and the layers' log-determinants. The code moves on a lattice of 41 by
    41 places, from −3 to 3, whose images have been computed by the flow, to a five-hundredth.

    Args:
        flow: with 1 to 12 `layers` in the plane, such as a trained
            `dlcore.generative.NormalizingFlow`, each of which gives the images of rows and the
            logarithms of its absolute determinants there; a chain of several may be one layer.
        X: data, of which 300 are shown.
        layer: how many layers have been passed, shown first; by default all.
        point: the code shown first, between −3 and 3.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold; by default computed from the flow.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: another number of layers, layers or data of another dimension, or a number out
            of range.

    Equations: :eq:`eq-flow-composition`, :eq:`eq-flow-log-likelihood`
    Section: :ref:`sec-normalizing-flows`

    Source: Rezende, Mohamed (2015), Variational inference with normalizing flows,
    arXiv:1505.05770.

    Example:
        >>> class Doubling(nn.Module):
        ...     def forward(self, z):
        ...         return 2 * z, z.new_full((len(z),), 2 * math.log(2))
        >>> flow = nn.Module()
        >>> flow.layers = nn.ModuleList([Doubling()])
        >>> flow_grid(flow).state["layer"]
        1

    In production: the flow itself; nothing but a plane can be shown like this.
    """
    count = len(layers_of(flow))
    shown = count if layer is None else layer
    require_within(0, count, layer=shown)
    for v in point:
        require_within(-CODE_REACH, CODE_REACH, point=v)
    data = None if X is None else some(X.detach().double().cpu(), MOST_DATA)
    if data is not None and (data.ndim != 2 or data.shape[1] != 2):
        raise ValueError(f"X must be points of the plane, (n, 2), got {tuple(data.shape)}")
    stages, at = push(flow), nearest(point)
    if not bool(stages.places.isfinite().all() and stages.log_dets.isfinite().all()):
        raise ValueError("the flow sends codes between −3 and 3 to no finite place")
    spread = stages.places[:, SIDE**2 :].abs().flatten(1)
    far = max(spread[-1].quantile(0.98).item(), spread.quantile(0.9, dim=1).max().item())
    if data is not None:
        far = max(far, data.abs().max().item())
    reach = max(2.0, math.ceil(2.2 * far) / 2)
    x, y = stages.places[0, at].tolist()
    u, v = stages.places[shown, at].tolist()
    end = levels(stages, at)
    codes = _plane("Codes", CODE_REACH, stages, 0, at, None)
    image = _plane(f"After {shown} of {count} layers", reach, stages, shown, at, data)
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding or _finding(stages),
        f"First, a grid of codes with {SAMPLES} samples; next, where {shown} of {count} layers "
        f"have put them. The code {_number(x)}, {_number(y)} goes to {_number(u)}, {_number(v)}. "
        f"Below, its log density, layer by layer: {_number(end[0])} in the base, "
        f"{_number(end[shown])} there.",
        [codes, image, _terms(stages, at, shown)],
        {
            "packed": packed(stages),
            "layers": count,
            "layer": shown,
            "at": at,
            "side": SIDE,
            "reach": CODE_REACH,
            "unit": UNIT,
            "lines": [LINES, EVERY],
            "codes": (100 * stages.places[0, SIDE**2 :]).round().int().flatten().tolist(),
        },
    )
