"""Explorable: the two players of a GAN over training, in the plane."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol, cast, runtime_checkable

import numpy as np
import torch
from contourpy import FillType, contour_generator
from jaxtyping import Float, Float64
from torch import Tensor, nn

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.packing import pack
from dlcore.explorables.panel import BOTTOM, LEFT, RIGHT, TOP, Panel
from dlcore.explorables.panel import HEIGHT as LOW
from dlcore.explorables.random_stream import normals
from dlcore.explorables.ranges import require_within, some

SCRIPTS = ("wash", "unpack", "needle", "gan_training")
HEIGHT, COLUMNS, ROWS, RATIO = 330, 33, 29, 8 / 7
CODES, SHOWN, ARROWS, MOST_DATA = 500, 120, 40, 300
MOST_REGIMES, MOST_FRAMES, MOST_MODES, LONGEST = 3, 16, 25, 0.14
QUESTION = (
    "A generator follows the slope of a discriminator that learns to tell its points from the "
    "data. Do the points settle on all of the data?"
)
PREDICTION = "Yes: wherever data are missed, the discriminator points there."


@runtime_checkable
class Players(Protocol):
    """Generator and discriminator, such as `dlcore.generative.GAN`."""

    latent_dim: int

    def parameters(self, recurse: bool = True) -> Iterator[nn.Parameter]:
        """Their weights, which tell dtype and device."""

    def generate(self, z: Tensor) -> Tensor:
        """Points for codes."""

    def scores(self, x: Tensor) -> Tensor:
        """Logits of "real"."""


class Frame(NamedTuple):
    """The game at one step.

    Attributes:
        surface: the discriminator's probability of "real" on a grid, row by row from below.
        points: what the generator makes of the same codes each time.
        slopes: of log D at the points, the way that the generator is told to go.
        real: the mean probability that the discriminator gives to data.
        fake: to the generator's points.
        modes: how many centres have a point near them.
    """

    surface: Float64[Tensor, "rows columns"]
    points: Float64[Tensor, "n 2"]
    slopes: Float64[Tensor, "n 2"]
    real: float
    fake: float
    modes: int


def grid(reach: float) -> Float64[Tensor, "rows columns 2"]:
    """Where the discriminator is asked."""
    x = torch.linspace(-RATIO * reach, RATIO * reach, COLUMNS, dtype=torch.float64)
    y = torch.linspace(-reach, reach, ROWS, dtype=torch.float64)
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), -1)


def reached(points: Float64[Tensor, "n 2"], centers: Float64[Tensor, "k 2"], radius: float) -> int:
    """How many centres have a point within the radius."""
    return int((torch.cdist(centers, points).amin(1) <= radius).sum()) if len(centers) else 0


def observe(
    players: Players,
    X: Float64[Tensor, "n 2"],
    centers: Float64[Tensor, "k 2"],
    radius: float,
    reach: float,
) -> Frame:
    """Ask both players what they do now."""
    like = next(players.parameters())
    z = normals(0, CODES * players.latent_dim).reshape(CODES, -1).to(like)
    with torch.no_grad():
        points = players.generate(z)
        surface = players.scores(grid(reach).reshape(-1, 2).to(like)).sigmoid()
        real = players.scores(X.to(like)).sigmoid().mean().item()
    if points.shape != (CODES, 2):
        raise ValueError(f"the generator must make points of the plane, got {tuple(points.shape)}")
    at = points.clone().requires_grad_()
    scores = players.scores(at)
    (slopes,) = torch.autograd.grad(nn.functional.logsigmoid(scores).sum(), at)
    points = points.double().cpu()
    return Frame(
        surface.double().cpu().reshape(ROWS, COLUMNS),
        points,
        slopes.double().cpu(),
        real,
        scores.detach().sigmoid().mean().item(),
        reached(points, centers, radius),
    )


def _bytes(frame: Frame, reach: float) -> bytes:
    """Probabilities in 255ths, points and directions in 127ths, one byte each."""
    scale = torch.tensor([RATIO * reach, reach], dtype=torch.float64)
    points = (127 * (frame.points[:SHOWN] / scale).clamp(-1, 1)).round()
    slopes = frame.slopes[:ARROWS]
    longest = slopes.norm(dim=1).max().clamp(min=1e-12)
    whole = torch.cat([points.flatten(), (127 * slopes / longest).round().flatten()])
    surface: bytes = (255 * frame.surface).round().numpy().astype(np.uint8).tobytes()
    rest: bytes = whole.numpy().astype(np.int8).tobytes()
    return surface + rest


def _plane(frame: Frame, X: Float64[Tensor, "n 2"], reach: float, title: str) -> Panel:
    most = int(reach)
    ticks: dict[float, str] = {v: f"{v}".replace("-", "−") for v in range(-most, most + 1)}
    panel = Panel(
        title,
        (-RATIO * reach, RATIO * reach),
        (-reach, reach),
        xticks=ticks,
        yticks=ticks,
        height=HEIGHT,
        grid=False,
    ).legend(gold=("●", "data"), blue=("●", "generated"), black=("→", "slope of log D"))
    places = grid(reach).numpy()
    lines = contour_generator(
        x=places[0, :, 0],
        y=places[:, 0, 1],
        z=frame.surface.numpy(),
        fill_type=FillType.OuterOffset,
    )
    bottom = BOTTOM + HEIGHT - LOW
    for level in (0.25, 0.5, 0.75):
        outlines = cast("list[list[np.ndarray]]", lines.filled(level, math.inf))
        above = "".join(
            "M" + "L".join(panel.points(*spots[a:b].T)) + "z"
            for spots, offsets in zip(*outlines, strict=True)
            for a, b in pairwise(offsets)
        )
        if level <= 0.5:
            rest = f"M{LEFT},{TOP}V{bottom}H{RIGHT}V{TOP}z{above}"
            panel.path("wash", rest, "blue", opacity=0.16)
        if level >= 0.5:
            panel.path("wash", above, "gold", opacity=0.16)
    panel.path("data", _spots(panel, X), "gold", width=4)
    shown = frame.points[:SHOWN]
    panel.path("points", _spots(panel, shown), "blue", width=5)
    slopes = frame.slopes[:ARROWS]
    scale = LONGEST * reach / slopes.norm(dim=1).max().clamp(min=1e-12)
    needles = (
        needle(panel, place, by)
        for place, by in zip(shown.tolist(), (scale * slopes).tolist(), strict=False)
    )
    return panel.path("slopes", "".join(needles), "black", width=1)


def needle(panel: Panel, tail: Sequence[float], by: Sequence[float]) -> str:
    """An arrow whose head is as long as a third of it."""
    x, y = panel.X(tail[0]), panel.Y(tail[1])
    tip_x, tip_y = panel.X(tail[0] + by[0]), panel.Y(tail[1] + by[1])
    back, across = 0.35 * (x - tip_x), 0.35 * (y - tip_y)
    left, right = (
        f"{tip_x + back - s * across / 2:.1f},{tip_y + across + s * back / 2:.1f}" for s in (1, -1)
    )
    return f"M{x:.1f},{y:.1f}L{tip_x:.1f},{tip_y:.1f}M{left}L{tip_x:.1f},{tip_y:.1f}L{right}"


def _spots(panel: Panel, places: Float64[Tensor, "n 2"]) -> str:
    return "".join(f"M{place}h0" for place in panel.points(*places.T.tolist()))


def _course(frames: Mapping[int, Frame], modes: int) -> Panel:
    steps = list(frames)
    last = steps[-1]
    words = {"gold": ("—", "D, data"), "blue": ("—", "D, generated")}
    panel = Panel(
        "Mean answers of the discriminator",
        (0, max(last, 1)),
        (0, 1),
        xticks={0: "0", last / 2: f"{last / 2:g}", last: f"{last}"} if last else {0: "0"},
        yticks={0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1: "1"},
        xlabel="steps",
        height=HEIGHT,
    ).legend(**(words | {"red": ("- -", "modes")} if modes else words))
    panel.line("real", steps, [frame.real for frame in frames.values()], "gold")
    panel.line("fake", steps, [frame.fake for frame in frames.values()], "blue")
    shares = [frame.modes / max(modes, 1) for frame in frames.values()] if modes else []
    panel.line("modes", steps if modes else [], shares, "red", dash="6 4")
    return panel.line("now", [last, last], [0, 1], "gray", width=1.5)


def _word(frame: Frame, modes: int) -> str:
    near = f"{frame.modes} of {modes} modes are reached, " if modes else ""
    return f"{near}the discriminator gives data {frame.real:.2f} and generated {frame.fake:.2f}"


def _finding(runs: Mapping[str, Mapping[int, Frame]], modes: int) -> str:
    each = ". ".join(
        f"{name[:1].upper()}{name[1:]}: after {list(frames)[-1]} steps {_word(end, modes)}"
        + (f"; at most {max(f.modes for f in frames.values())} at any step seen" if modes else "")
        for name, frames in runs.items()
        for end in [list(frames.values())[-1]]
    )
    return (
        "Each point is told only where the discriminator rises beneath it, and nothing of places "
        "where no point is: none is sent to a missed mode unless the surface slopes that way from "
        "where it stands. The surface is an answer to where the points have been; when they run "
        f"to the same peak, it falls there, and they run on together. {each}. Where the two "
        "players are even, the answer to both kinds is one half, and the arrows are short."
    )


def gan_training(
    runs: Mapping[str, Mapping[int, Players]],
    X: Float[Tensor, "n 2"],
    centers: Float[Tensor, "k 2"] | None = None,
    *,
    radius: float = 0.3,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """The generator's points on the discriminator's surface, at recorded steps of training.

    The reader goes through the steps and compares regimes. The points come from the same codes at
    each step; arrows are the slopes of log D at some of them, the way the non-saturating loss sends
    them, the longest of each step equally long. A chart shows the mean answers of the
    discriminator, and the share of modes reached if there are centres.

    Args:
        runs: by name of the regime, copies of the players by step: 1 to 3 regimes with the same 2
            to 16 steps. Players are asked in the mode, of training or evaluation, that they are in.
        X: real data in the plane, 300 of which are shown.
        centers: of the data's modes, up to 25; then it is counted how many of them have one of 500
            generated points near them.
        radius: what is near.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold; by default computed from the runs.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: other regimes or steps, or data or points that do not lie in a plane.

    Equations: :eq:`eq-gan-value`, :eq:`eq-non-saturating-loss`
    Section: :ref:`sec-gan-training`

    Source: Goodfellow et al. (2014), Generative adversarial nets, arXiv:1406.2661; Metz, Poole,
    Pfau, Sohl-Dickstein (2017), Unrolled generative adversarial networks, arXiv:1611.02163.

    Example:
        >>> class Still(nn.Linear):
        ...     latent_dim = 2
        ...     def generate(self, z):
        ...         return z
        ...     def scores(self, x):
        ...         return self(x)[:, 0]
        >>> players = Still(2, 1)
        >>> gan_training({"still": {0: players, 10: players}}, torch.randn(9, 2)).state["steps"]
        [0, 10]

    In production: samples logged to TensorBoard or Weights & Biases.
    """
    data = X.detach().double().cpu()
    if data.ndim != 2 or data.shape[1] != 2 or not len(data):
        raise ValueError(f"X must be points of the plane, (n, 2), got {tuple(data.shape)}")
    middles = data.new_zeros(0, 2) if centers is None else centers.detach().double().cpu()
    if middles.ndim != 2 or middles.shape[1] != 2 or len(middles) > MOST_MODES:
        raise ValueError(
            f"centers must be (k, 2), at most {MOST_MODES}, got {tuple(middles.shape)}"
        )
    require_within(1e-6, 100, radius=radius)
    steps = list(next(iter(runs.values()), {}))
    if not 1 <= len(runs) <= MOST_REGIMES or any(list(run) != steps for run in runs.values()):
        raise ValueError(
            f"there may be 1 to {MOST_REGIMES} regimes with the same steps, got "
            f"{ {name: list(run) for name, run in runs.items()} }"
        )
    if not 2 <= len(steps) <= MOST_FRAMES or steps != sorted(set(steps)) or steps[0] < 0:
        raise ValueError(f"steps must be 2 to {MOST_FRAMES} rising numbers, got {steps}")
    reach = max(1.0, math.ceil(2.6 * data.abs().max().item()) / 2)
    data = some(data, MOST_DATA)
    seen = {
        name: {k: observe(each, data, middles, radius, reach) for k, each in run.items()}
        for name, run in runs.items()
    }
    name, modes = next(iter(seen)), len(middles)
    frames = [frame for run in seen.values() for frame in run.values()]
    last = seen[name][steps[-1]]
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding or _finding(seen, modes),
        f"Left, data and generated points ({name}) on the discriminator's surface after "
        f"{steps[-1]} steps, with arrows along the slope of log D: {_word(last, modes)}. Right, "
        "these answers over the steps.",
        [_plane(last, data, reach, f"{name}, step {steps[-1]}"), _course(seen[name], modes)],
        {
            "names": list(seen),
            "steps": steps,
            "packed": pack(b"".join(_bytes(frame, reach) for frame in frames)),
            "grid": [COLUMNS, ROWS],
            "shown": SHOWN,
            "arrows": ARROWS,
            "reach": [round(RATIO * reach, 4), reach],
            "longest": LONGEST * reach,
            "real": [round(frame.real, 3) for frame in frames],
            "fake": [round(frame.fake, 3) for frame in frames],
            "lengths": [float(f"{f.slopes.norm(dim=1).mean().item():.3g}") for f in frames],
            "reached": [frame.modes for frame in frames],
            "modes": modes,
        },
    )
