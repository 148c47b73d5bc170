"""Explorable: a plane of codes and what the decoder draws for every place in it."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor, nn
from torch.nn.functional import pad

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.packing import pack
from dlcore.explorables.panel import Panel

SCRIPTS = ("activations", "unpack", "handles", "latent_plane")
HEIGHT, STEPS, NEIGHBOURS = 330, 40, 5
RATIO = 8 / 7
MOST_CODES, MOST_CLASSES, MOST_WEIGHTS, LARGEST = 500, 10, 20_000, 28
LEVELS = 32_767
COLORS = ("blue", "teal", "red", "gray")
MARKS = (("h0", 4.5, 0), ("m0,-3l3,5h-6z", 1, 1), ("m-2.5,-2.5l5,5m0,-5l-5,5", 1.4, 0))
ACTIVATIONS = {"ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid"}
FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "identity": lambda a: a,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}
Place = tuple[float, float]
Layer = tuple[Float64[Tensor, "_ _"], Float64[Tensor, " _"], str]


def layers_of(decoder: nn.Module) -> list[Layer]:
    """Weight, bias and activation of each dense layer."""
    found: list[Layer] = []
    for module in decoder.modules():
        kind = type(module).__name__
        given = [parameter.detach().double().cpu() for parameter in module.parameters()]
        if kind == "Linear" and len(given) == 2:
            found.append((given[0], given[1], "identity"))
        elif kind in ACTIVATIONS and found and found[-1][2] == "identity":
            found[-1] = (*found[-1][:2], ACTIVATIONS[kind])
        elif not any(module.children()):
            raise ValueError(
                "the decoder must be layers Linear with biases, each followed by ReLU, Tanh or "
                f"Sigmoid or by nothing, got {module}"
            )
    if not found or found[0][0].shape[1] != 2:
        raise ValueError("the decoder must take codes of two numbers")
    return found


def decoded(layers: Sequence[Layer], z: Float64[Tensor, "n 2"]) -> Float64[Tensor, "n d"]:
    """The pictures of codes."""
    for weight, bias, activation in layers:
        z = FUNCTIONS[activation](z @ weight.T + bias)
    return z


def way(start: Sequence[float], end: Sequence[float]) -> Float64[Tensor, "n 2"]:
    """Places in equal steps from one code to another."""
    a, b = (torch.tensor(list(each), dtype=torch.float64) for each in (start, end))
    t = torch.linspace(0, 1, STEPS + 1, dtype=torch.float64)[:, None]
    return a + t * (b - a)


def distances(pictures: Float64[Tensor, "m d"]) -> tuple[list[float], list[float]]:
    """Of each picture on a way to the first and to the last one."""
    first, last = ((pictures - pictures[k]).norm(dim=1).tolist() for k in (0, -1))
    return first, last


def pace(places: Float64[Tensor, "m 2"], pictures: Float64[Tensor, "m d"]) -> list[float]:
    """How far the picture moves from each place to the next, per unit of the way."""
    length = (places[1:] - places[:-1]).norm(dim=1).clamp(min=1e-12)
    each: list[float] = ((pictures[1:] - pictures[:-1]).norm(dim=1) / length).tolist()
    return each


def class_around(
    codes: Float64[Tensor, "n 2"], labels: Int64[Tensor, " n"], places: Float64[Tensor, "m 2"]
) -> list[int]:
    """The class of most of the five nearest codes of each place, of equal ones the nearest."""
    order = torch.cdist(places, codes).argsort(dim=1, stable=True)[:, :NEIGHBOURS]
    each = labels[order].tolist()
    return [max(near, key=near.count) for near in each]


def _middles(codes: Float64[Tensor, "n 2"], labels: Int64[Tensor, " n"]) -> dict[int, Place]:
    """The medians of each class's codes, to the nearest 0.05."""
    found: dict[int, Place] = {}
    for k in labels.unique().tolist():
        x, y = codes[labels == k].quantile(0.5, dim=0).tolist()
        found[k] = round(20 * x) / 20, round(20 * y) / 20
    return found


def _farthest(middles: dict[int, Place]) -> tuple[int, int]:
    pairs = [(a, b) for a in middles for b in middles if a < b]
    return max(pairs, key=lambda pair: math.dist(middles[pair[0]], middles[pair[1]]))


def _axes(title: str, reach: float) -> Panel:
    most = int(reach)
    ticks: dict[float, str] = {v: f"{v}".replace("-", "−") for v in range(-most, most + 1)}
    return Panel(
        title,
        (-RATIO * reach, RATIO * reach),
        (-reach, reach),
        xticks=ticks,
        yticks=ticks,
        xlabel="first number of the code",
        height=HEIGHT,
        grid=False,
    )


def _codes(
    codes: Float64[Tensor, "n 2"],
    labels: Int64[Tensor, " n"],
    middles: dict[int, Place],
    reach: float,
) -> Panel:
    panel = _axes("Codes by class", reach)
    for n, k in enumerate(middles):
        places = panel.points(*codes[labels == k].T.tolist())
        mark, width, opacity = MARKS[n // len(COLORS)]
        d = "".join(f"M{place}{mark}" for place in places)
        panel.path(f"class{n}", d, COLORS[n % len(COLORS)], width=width, opacity=opacity)
    for k, (x, y) in middles.items():
        panel.label(f"name{k}", x, y, str(k), "black")
    return panel


def _tiles(layers: Sequence[Layer], side: int, reach: float) -> Float64[Tensor, "rows columns d"]:
    """The pictures of a grid of codes, the first row on top."""
    columns, rows = (16, 14) if side <= 12 else (8, 7)
    x = RATIO * reach * (2 * torch.arange(columns, dtype=torch.float64) + 1 - columns) / columns
    y = reach * (rows - 1 - 2 * torch.arange(rows, dtype=torch.float64)) / rows
    z = torch.stack(torch.meshgrid(x, y, indexing="xy"), -1).reshape(-1, 2)
    return decoded(layers, z).reshape(rows, columns, -1)


def _mosaic(tiles: Float64[Tensor, "rows columns d"], side: int) -> np.ndarray:
    """The pictures side by side, each with a white rim of one pixel, dark ink on white."""
    rows, columns, _ = tiles.shape
    framed = pad(tiles.reshape(rows, columns, side, side), (1, 1, 1, 1)).permute(0, 2, 1, 3)
    mosaic: np.ndarray = 1 - framed.reshape(rows * (side + 2), columns * (side + 2)).numpy()
    return mosaic


def _finding(
    ends: tuple[int, int],
    passed: Sequence[int],
    places: Float64[Tensor, "m 2"],
    pictures: Float64[Tensor, "m d"],
    codes: Float64[Tensor, "n 2"],
    reach: float,
) -> str:
    others = [str(k) for k in passed if k not in ends]
    apart = (pictures[-1] - pictures[0]).norm().item()
    mixed = (pictures[STEPS // 2] - (pictures[0] + pictures[-1]) / 2).norm().item()
    each = pace(places, pictures)
    moved = sum(each) * (places[-1] - places[0]).norm().item() / STEPS
    corner = torch.tensor([[RATIO * reach, reach]], dtype=torch.float64)
    by = (
        f"It passes other classes: the commonest among the {NEIGHBOURS} nearest codes is "
        f"{', then '.join(others)} on the way, for in a plane the classes can only lie side by "
        "side. "
        if others
        else "It passes no other class: the commonest among the nearest codes is one of the two. "
    )
    return (
        f"{by}Half way the picture lies {mixed:.2f} from the mean of both ends, which are "
        f"{apart:.2f} apart, and on the whole way it moves {moved:.2f}. Nor is that even: it moves "
        f"by {min(each):.2f} at the slowest and {max(each):.2f} at the fastest per unit of the "
        "way, so distances between codes are no distances between pictures. And the decoder "
        "always draws something: in the upper right corner, whose nearest code is "
        f"{torch.cdist(corner, codes).min().item():.1f} away, just as anywhere else."
    )


def latent_plane(
    decoder: nn.Module,
    codes: Float[Tensor, "n 2"],
    labels: Sequence[int] | Tensor,
    classes: tuple[int, int] | None = None,
    *,
    question: str = "",
    prediction: str = "",
    finding: str = "",
) -> Explorable:
    """A decoder of two numbers, run in the page for every place that the reader drags to.

    The plane shows the codes of examples by class, and beside it what the decoder draws all over
    the plane. Between two points, which the reader moves, goes a straight way; a chart shows how
    far the picture is from those at both ends, beside the two straight lines that mixtures of them
    would give. The weights travel in 65,535 levels a layer.

    Args:
        decoder: dense layers with ReLU, Tanh or Sigmoid from 2 numbers to a square
            picture, 4 to 28 pixels a side, of values from 0 (drawn white) to 1 (black); up to
            20,000 weights.
        codes: of examples the decoder has not been trained with, shape (n, 2), up to 500.
        labels: an integer class for each of them, 2 to 10 classes.
        classes: between whose medians the way goes first; by default the two farthest apart.
        question: what the reader can find out; by default about that way.
        prediction: what most expect.
        finding: what comes out, to unfold; by default computed from decoder and codes.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: a decoder, codes, labels or classes of another kind.

    Section: :ref:`sec-vae-generation`

    Source: Kingma, Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114, appendix A.

    Example:
        >>> decoder = nn.Sequential(nn.Linear(2, 64), nn.Sigmoid())
        >>> latent_plane(decoder, torch.tensor([[-1.0, 0.0], [1.0, 0.0]]), [3, 8]).state["end"]
        [1.0, 0.0]

    In production: the decoder behind onnxruntime-web, where it is a larger network.
    """
    layers = layers_of(decoder)
    side = math.isqrt(len(layers[-1][1]))
    if side**2 != len(layers[-1][1]) or not 4 <= side <= LARGEST:
        raise ValueError(
            f"the decoder must give a square picture, 4 to {LARGEST} pixels a side, "
            f"got {len(layers[-1][1])} values"
        )
    numbers = [torch.cat([weight.flatten(), bias]) for weight, bias, _ in layers]
    if sum(map(len, numbers)) > MOST_WEIGHTS:
        raise ValueError(
            f"the decoder may have {MOST_WEIGHTS} weights, got {sum(map(len, numbers))}"
        )
    z, y = codes.detach().double().cpu(), torch.as_tensor(labels).long().cpu()
    if z.ndim != 2 or z.shape[1] != 2 or y.shape != z.shape[:1] or not 2 <= len(z) <= MOST_CODES:
        raise ValueError(
            f"codes must be (n, 2) with n labels, 2 to {MOST_CODES} of them, got shapes "
            f"{tuple(z.shape)} and {tuple(y.shape)}"
        )
    z = (100 * z).round() / 100
    middles = _middles(z, y)
    if not 2 <= len(middles) <= MOST_CLASSES:
        raise ValueError(f"there may be 2 to {MOST_CLASSES} classes, got {len(middles)}")
    a, b = classes or _farthest(middles)
    if a == b or not {a, b} <= set(middles):
        raise ValueError(f"classes must be two of {list(middles)}, got {(a, b)}")

    start, end = middles[a], middles[b]
    places = way(start, end)
    pictures = decoded(layers, places)
    passed = list(dict.fromkeys(class_around(z, y, places)))
    reach = max(2.0, math.ceil(2 * max(z[:, 0].abs().max() / RATIO, z[:, 1].abs().max())) / 2)
    tiles = _tiles(layers, side, reach)
    spread = tiles.flatten(0, 1)
    top = 1.05 * torch.cdist(spread, spread).max().item() or 1.0
    shown = STEPS // 2
    x_here, y_here = places[shown].tolist()

    plane = _codes(z, y, middles, reach)
    drawn = _axes("What is drawn all over the plane", reach).image("tiles", _mosaic(tiles, side))
    for panel in (plane, drawn):
        panel.line("way", [start[0], end[0]], [start[1], end[1]], "gold", width=3)
        panel.dot("here", x_here, y_here, "gold", width=10)
    plane.dot("start", *start, "black").dot("end", *end, "black")
    picture = Panel("The picture half way", (0, 1), (0, 1), height=HEIGHT, frame=False)
    picture.image("picture", 1 - pictures[shown].reshape(side, side).numpy())
    t = [k / STEPS for k in range(STEPS + 1)]
    first, last = distances(pictures)
    chart = Panel(
        "How far the picture is from both ends",
        (0, 1),
        (0, top),
        xticks={0.0: "start", 0.5: "half way", 1.0: "end"},
        yticks={float(v): str(v) for v in range(int(top) + 1)},
        height=HEIGHT,
    ).legend(blue=("—", "start"), red=("- -", "end"), gray=("··", "if mixed"))
    for name, ends in (("mixed-start", [0.0, first[-1]]), ("mixed-end", [first[-1], 0.0])):
        chart.line(name, [0, 1], ends, "gray", width=1.5, dash="2 4")
    chart.line("now", [0.5, 0.5], [0, top], "gold", width=2)
    chart.line("from-start", t, first, "blue")
    chart.line("from-end", t, last, "red", dash="6 4")

    steps = [max(v.abs().max().item(), 1e-12) / LEVELS for v in numbers]
    whole = [(v / step).round().numpy() for v, step in zip(numbers, steps, strict=True)]
    return Explorable(
        SCRIPTS,
        question
        or f"You walk from the codes of class {a} straight to those of class {b}, in equal steps. "
        "What does the decoder draw on the way?",
        prediction or f"A {a} that turns into a {b} evenly, half way a bit of both.",
        finding or _finding((a, b), passed, places, pictures, z, reach),
        f"First, the codes of {len(z)} examples of {len(middles)} classes with a straight way from "
        f"the middle of class {a} to that of class {b}; next, the pictures drawn all over the "
        "plane. Below, the picture half way, and how far the picture is from those at both ends, "
        f"which are {first[-1]:.2f} apart: half way {first[shown]:.2f} and {last[shown]:.2f}.",
        [plane, drawn, picture, chart],
        {
            "layers": [
                {"inputs": weight.shape[1], "outputs": len(bias), "step": step, "activation": act}
                for (weight, bias, act), step in zip(layers, steps, strict=True)
            ],
            "packed": pack(np.concatenate(whole).astype(np.dtype("<i2")).tobytes()),
            "side": side,
            "codes": (100 * z).round().int().flatten().tolist(),
            "labels": y.tolist(),
            "start": list(start),
            "end": list(end),
            "limit": [round(RATIO * reach, 2), reach],
            "steps": STEPS,
            "shown": shown,
            "neighbours": NEIGHBOURS,
        },
    )
