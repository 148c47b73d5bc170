"""Explorable: data dissolve into noise, and what brings them back, over the steps of diffusion."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.packing import pack
from dlcore.explorables.panel import Panel
from dlcore.explorables.random_stream import normals
from dlcore.explorables.ranges import require_within

SCRIPTS = ("unpack", "random_stream", "handles", "needle", "diffusion_steps")
HEIGHT, RATIO, COLUMNS, ROWS, FRAMES = 330, 8 / 7, 12, 10, 24
LEAST_POINTS, MOST_POINTS, MOST_PATHS, MOST_STEPS, UNIT, LEVELS = 10, 120, 3, 1000, 0.01, 32_767
FORWARD, COLORS = "Forward", ("red", "teal", "black")
QUESTION = (
    "Noise is added to data step by step until nothing is left of them. What has to be known at "
    "each step to go back?"
)
PREDICTION = "Where each point came from; in pure noise that is lost for good."
Noise = Callable[[Tensor, Tensor], Tensor]


class Mixture(NamedTuple):
    """The noisy data at one step: equally likely round Gaussians around the shrunk data.

    Attributes:
        centers: of the data.
        width: the deviation that each data point stands for.
        left: the share of the data in the variance.
    """

    centers: Float64[Tensor, "k 2"]
    width: float
    left: float


def score(noisy: Mixture, x: Float64[Tensor, "n 2"]) -> Float64[Tensor, "n 2"]:
    """The slope of the log density of the noisy data, in closed form."""
    variance = noisy.left * noisy.width**2 + 1 - noisy.left
    centers = math.sqrt(noisy.left) * noisy.centers
    squares = (x[:, None] - centers).square().sum(-1)
    return ((-squares / (2 * variance)).softmax(1) @ centers - x) / variance


def clean(noisy: Mixture, x: Float64[Tensor, "n 2"]) -> Float64[Tensor, "n 2"]:
    """The mean of the data that may have become x."""
    return (x + (1 - noisy.left) * score(noisy, x)) / math.sqrt(noisy.left)


def times(T: int) -> list[int]:
    """The steps that are shown, 0 and T among them."""
    count = min(T, FRAMES)
    return [(2 * T * k + count) // (2 * count) for k in range(count + 1)]


def visited(T: int, states: int) -> list[int]:
    """The steps of a trajectory with that many states, evenly spread from T to 1, then 0."""
    steps = states - 1
    stride = (T - 1) / max(steps - 1, 1)
    return [round(T - k * stride) for k in range(steps)] + [0]


def forward_chain(
    X: Float64[Tensor, "n 2"], alpha_bars: Float64[Tensor, " t"], width: float
) -> Float64[Tensor, "t n 2"]:
    """Noise added step by step; the first of the draws spread the data by the width."""
    draws = normals(0, len(alpha_bars) * X.numel()).reshape(-1, *X.shape)
    x = X + width * draws[0]
    states = [x]
    for kept, draw in zip((alpha_bars[1:] / alpha_bars[:-1]).tolist(), draws[1:], strict=True):
        x = math.sqrt(kept) * x + math.sqrt(1 - kept) * draw
        states.append(x)
    return torch.stack(states)


def framed(
    path: Float64[Tensor, "s n 2"], T: int, shown: Sequence[int]
) -> Float64[Tensor, "f n 2"]:
    """Of a trajectory back from T: at each shown step the last state that has been reached."""
    at = visited(T, len(path))
    return torch.stack([path[max(k for k, t in enumerate(at) if t >= now)] for now in shown])


def grid(reach: float) -> Float64[Tensor, "n 2"]:
    """Where the arrows begin: the middles of 12 by 10 cells, row by row from below."""
    x, y = (
        r * (2 * torch.arange(n, dtype=torch.float64) + 1 - n) / n
        for r, n in ((RATIO * reach, COLUMNS), (reach, ROWS))
    )
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), -1).reshape(-1, 2)


def network_arrows(
    eps: Noise, left: Float64[Tensor, " t"], shown: Sequence[int], reach: float
) -> Float64[Tensor, "f n 2"]:
    """The variance of the noise times the network's score; at 0 there is none."""
    found = []
    for t in shown:
        x = grid(reach).float()
        with torch.no_grad():
            noise = eps(x, torch.full((len(x),), max(t, 1)))
        if noise.shape != x.shape:
            raise ValueError(f"eps gave {tuple(noise.shape)} for {tuple(x.shape)}")
        found.append(-math.sqrt(1 - left[t].item()) * noise.double().cpu())
    return torch.stack(found)


def whole(values: Float64[Tensor, "*shape"]) -> bytes:
    """As hundredths of two bytes each."""
    found: bytes = (
        (values / UNIT).round().clamp(-LEVELS, LEVELS).numpy().astype(np.dtype("<i2")).tobytes()
    )
    return found


def distance(points: Float64[Tensor, "n 2"], X: Float64[Tensor, "k 2"]) -> float:
    """The mean distance to the nearest data point."""
    return torch.cdist(points, X).amin(1).mean().item()


def needle(panel: Panel, tail: Sequence[float], by: Sequence[float], longest: float) -> str:
    """An arrow no longer than the arrows are apart, its head as long as a third of it."""
    shrink = min(1.0, longest / max(math.hypot(*by), 1e-9))
    x, y = panel.X(tail[0]), panel.Y(tail[1])
    tip_x, tip_y = panel.X(tail[0] + shrink * by[0]), panel.Y(tail[1] + shrink * by[1])
    back, across = 0.35 * (x - tip_x), 0.35 * (y - tip_y)
    left, right = (
        f"{tip_x + back - s * across / 2:.1f},{tip_y + across + s * back / 2:.1f}" for s in (1, -1)
    )
    return f"M{x:.1f},{y:.1f}L{tip_x:.1f},{tip_y:.1f}M{left}L{tip_x:.1f},{tip_y:.1f}L{right}"


def _plane(
    title: str,
    noisy: Mixture,
    points: Float64[Tensor, "n 2"],
    place: Sequence[float],
    reach: float,
) -> Panel:
    most = int(reach)
    ticks: dict[float, str] = {float(v): f"{v}".replace("-", "−") for v in range(-most, most + 1)}
    panel = Panel(
        title,
        (-RATIO * reach, RATIO * reach),
        (-reach, reach),
        xticks=ticks,
        yticks=ticks,
        height=HEIGHT,
        grid=False,
    ).legend(gold=("●", "data"), blue=("●", "points"), gray=("→", "σ² · score"))
    panel.path("data", _spots(panel, noisy.centers), "gold", width=5)
    tails = grid(reach)
    by = (1 - noisy.left) * score(noisy, tails)
    longest = 1.8 * reach / ROWS
    needles = (
        needle(panel, t, b, longest) for t, b in zip(tails.tolist(), by.tolist(), strict=True)
    )
    panel.path("arrows", "".join(needles), "gray", width=1)
    panel.path("points", _spots(panel, points), "blue", width=5)
    to = clean(noisy, torch.tensor([list(place)], dtype=torch.float64))[0].tolist()
    panel.line("link", [place[0], to[0]], [place[1], to[1]], "red", width=1.6, dash="4 3")
    panel.path("clean", _cross(panel, to), "red", width=2.4)
    return panel.dot("place", place[0], place[1], "red")


def _cross(panel: Panel, place: Sequence[float]) -> str:
    return f"M{panel.X(place[0]) - 5:.1f},{panel.Y(place[1]) - 5:.1f}l10,10m0,-10l-10,10"


def _spots(panel: Panel, places: Float64[Tensor, "n 2"]) -> str:
    return "".join(f"M{place}h0" for place in panel.points(*places.T.tolist()))


def _course(away: Mapping[str, Sequence[float]], shown: Sequence[int], now: int) -> Panel:
    top = max(0.5, math.ceil(2.1 * max(max(each) for each in away.values())) / 2)
    T, step = shown[-1], 0.5 if top <= 2 else 1.0
    colors = ["blue", *COLORS]
    words = {color: ("—", name) for color, name in zip(colors, away, strict=False)}
    panel = Panel(
        "Mean distance to the data",
        (0, T),
        (0, top),
        xticks={0.0: "0", T / 2: f"{T / 2:g}", float(T): str(T)},
        yticks={k * step: f"{k * step:g}" for k in range(int(top / step) + 1)},
        xlabel="step t",
        height=HEIGHT,
    ).legend(**words)
    for k, (color, each) in enumerate(zip(colors, away.values(), strict=False)):
        panel.line(f"away{k}", shown, each, color)
    return panel.line("now", [now, now], [0, top], "gray", width=1.5)


def _finding(
    away: Mapping[str, Sequence[float]],
    alpha_bars: Float64[Tensor, " t"],
    X: Float64[Tensor, "n 2"],
    width: float,
) -> str:
    T = len(alpha_bars) - 1
    shrunk = math.sqrt(alpha_bars[T].item())
    backwards = ", ".join(
        f"{each[0]:.2f} by {name}" for name, each in away.items() if name != FORWARD
    )
    late = clean(Mixture(X, width, alpha_bars[T].item()), X.new_tensor([[1.0, 1.0]]))[0]
    gap = (late - X.mean(0)).norm().item()
    return (
        "Only the slope of the log density of the noisy data, the score, which no longer knows any "
        f"single point. After {T} steps the data are shrunk to {shrunk:.2g} of themselves. Points "
        f"that began as pure noise end at a mean distance from the data of {backwards}; the data "
        f"themselves, spread by {width:g}, lie at {away[FORWARD][0]:.2f}. None goes back to where "
        "it came from: they come back to the distribution. The score tells the mean of what a "
        "noisy point may have been. Late that is the mean of all data, the same for every point "
        f"(from 1, 1 it is {gap:.2f} away from it), and the first steps back hardly choose; early "
        "it is the nearest piece of the data, and in between it is decided which one."
    )


def diffusion_steps(
    X: Float[Tensor, "n 2"],
    alpha_bars: Float[Tensor, " t"],
    paths: Mapping[str, Float[Tensor, "s b 2"]],
    eps: Noise | None = None,
    *,
    width: float = 0.1,
    point: Sequence[float] = (0.6, -0.4),
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """Diffusion in the plane: data become noise and noise becomes data, with the score as arrows.

    The reader goes through the steps forward, or back along trajectories that have been sampled
    before, and drags a point that says the score and the mean of the clean data there. The score is
    exact: each data point stands for a small Gaussian, so noisy data are a mixture. The arrows are
    the score times the variance of the noise; they end at the shrunk mean of the clean data.

    Args:
        X: 10 to 120 data points.
        alpha_bars: the share of the data in the variance at steps 0 to T, from 1 down, T at most
            1,000, such as `dlcore.generative.DiffusionSchedule.alpha_bars`.
        paths: by name, 1 to 3 trajectories of up to 120 points from noise to data, as
            `ddpm_sample` and `ddim_sample` of `dlcore.generative` give them. One of T + 1 states
            has visited every step, one of fewer T, ..., 1 at equal distances, and 0.
        eps: a trained network, from noisy points and their steps to the noise, whose arrows can
            be compared.
        width: the deviation of each small Gaussian, 0.01 to 1.
        point: where the movable point is first.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold; by default computed from the paths.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: shapes or counts that do not fit, no schedule, or a number out of range.

    Equations: :eq:`eq-diffusion-marginal`, :eq:`eq-noise-score`, :eq:`eq-ddpm-step`,
    :eq:`eq-ddim-step`
    Section: :ref:`sec-diffusion-sampling`

    Source: Ho, Jain, Abbeel (2020), Denoising diffusion probabilistic models, arXiv:2006.11239;
    Song, Meng, Ermon (2021), Denoising diffusion implicit models, arXiv:2010.02502.

    Example:
        >>> X = torch.randn(20, 2)
        >>> left = torch.tensor([1.0, 0.5, 0.1])
        >>> diffusion_steps(X, left, {"back": torch.randn(3, 9, 2)}).state["times"]
        [0, 1, 2]

    In production: diffusers; its pipelines call back after each step.
    """
    data, left = X.detach().double().cpu(), alpha_bars.detach().double().cpu()
    if data.ndim != 2 or data.shape[1] != 2 or not LEAST_POINTS <= len(data) <= MOST_POINTS:
        raise ValueError(
            f"X must be {LEAST_POINTS} to {MOST_POINTS} points of the plane, got "
            f"{tuple(data.shape)}"
        )
    falls = left.ndim == 1 and len(left) > 1 and bool((left[1:] < left[:-1]).all())
    if not falls or left[0] != 1 or left[-1] <= 0 or len(left) > MOST_STEPS + 1:
        raise ValueError(
            f"alpha_bars must fall from 1 towards 0 in 1 to {MOST_STEPS} steps, got "
            f"{tuple(left.shape)}"
        )
    T = len(left) - 1
    runs = {name: path.detach().double().cpu() for name, path in paths.items()}
    sizes = {name: tuple(path.shape) for name, path in runs.items()}
    if not 1 <= len(runs) <= MOST_PATHS or FORWARD in runs:
        raise ValueError(
            f"there may be 1 to {MOST_PATHS} paths, none named {FORWARD}, got {list(runs)}"
        )
    if any(
        len(size) != 3 or size[2] != 2 or not 2 <= size[0] <= T + 1 or size[1] > MOST_POINTS
        for size in sizes.values()
    ):
        raise ValueError(
            f"paths must be (s, b, 2) with 2 to {T + 1} states of up to {MOST_POINTS} points, got "
            f"{sizes}"
        )
    require_within(0.01, 1, width=width)
    data = (100 * data).round() / 100
    reach = max(3.0, math.ceil(2.2 * data.abs().max().item()) / 2)
    for v, most in zip(point, (RATIO * reach, reach), strict=True):
        require_within(-round(most, 2), round(most, 2), point=v)
    shown = times(T)
    frames = {name: framed(path, T, shown) for name, path in runs.items()}
    forward = forward_chain(data, left, width)[shown]
    away = {
        name: [distance(points, data) for points in each]
        for name, each in {FORWARD: forward, **frames}.items()
    }
    k = len(shown) // 3
    noisy = Mixture(data, width, left[shown[k]].item())
    told = b"" if eps is None else whole(network_arrows(eps, left, shown, reach))
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding or _finding(away, left, data, width),
        f"Left, {len(data)} points after {shown[k]} of {T} steps of noise, with arrows along the "
        f"score. Right, the mean distance to the data over the steps: forward it grows from "
        f"{away[FORWARD][0]:.2f} to {away[FORWARD][-1]:.2f}; back from noise it falls to "
        + ", ".join(f"{each[0]:.2f} ({name})" for name, each in list(away.items())[1:])
        + ".",
        [
            _plane(f"{FORWARD}, t = {shown[k]} of {T}", noisy, forward[k], point, reach),
            _course(away, shown, shown[k]),
        ],
        {
            "names": [FORWARD, *runs],
            "times": shown,
            "shown": k,
            "left": [float(f"{v:.9g}") for v in left.tolist()],
            "xy": (100 * data).round().int().flatten().tolist(),
            "width": width,
            "place": list(point),
            "counts": [path.shape[1] for path in runs.values()],
            "packed": pack(b"".join(map(whole, frames.values())) + told),
            "network": eps is not None,
            "unit": UNIT,
            "grid": [COLUMNS, ROWS],
            "reach": [round(RATIO * reach, 4), reach],
            "longest": round(1.8 * reach / ROWS, 4),
        },
    )
