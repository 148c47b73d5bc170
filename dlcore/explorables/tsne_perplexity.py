"""Explorable: maps of the same data by t-SNE, from one perplexity to the next."""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.latent_plane import COLORS, MARKS
from dlcore.explorables.packing import pack
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_within

SCRIPTS = ("unpack", "drag", "tsne_perplexity")
RATIO, LEVELS, HEIGHT, NEAREST = 8 / 7, 1000, 330, 10
LEAST, MOST, MOST_DIMENSIONS, MOST_MAPS, MOST_CLASSES = 12, 400, 100, 8, 10
QUESTION = (
    "Islands near each other, islands far apart, large and small ones: which of these features of "
    "a t-SNE map are still there at another perplexity?"
)
PREDICTION = "All: the data are the same."

Points = Float64[Tensor, "n 2"]


def laid_out(embedding: Float[Tensor, "n 2"]) -> Points:
    """The map moved and scaled into the panel, alike in both directions, to a thousandth."""
    Y = embedding.detach().double().cpu()
    Y = Y - (Y.amax(0) + Y.amin(0)) / 2
    reach = torch.tensor([0.96 * RATIO, 0.94], dtype=torch.float64)
    return (Y * (reach / Y.abs().amax(0)).min() * LEVELS).round() / LEVELS


def as_sent(X: Float[Tensor, "n d"]) -> tuple[Float64[Tensor, "n d"], float]:
    """The data in the 256 levels in which they travel, counted from the least value; the step."""
    X = X.detach().double().cpu()
    step = ((X.max() - X.min()) / 255).item()
    return ((X - X.min()) / step).round(), step


def nearest(points: Float64[Tensor, "n d"], k: int) -> Int64[Tensor, "n k"]:
    """The k nearest others of each point, of equally near ones the first."""
    away = torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist")
    return away.fill_diagonal_(math.inf).argsort(dim=1, stable=True)[:, :k]


def kept(data: Float64[Tensor, "n d"], drawn: Points, k: int = NEAREST) -> float:
    """Of the k nearest in the data, the share that is among the k nearest on the map."""
    pairs = zip(nearest(data, k).tolist(), nearest(drawn, k).tolist(), strict=True)
    return sum(len(set(a) & set(b)) for a, b in pairs) / (k * len(data))


def rank_correlation(data: Float64[Tensor, "n d"], drawn: Points) -> float:
    """Spearman's, of distances in the data and on the map, over all pairs."""
    ranks = [torch.pdist(points).argsort().argsort().double() for points in (data, drawn)]
    return torch.corrcoef(torch.stack(ranks))[0, 1].item()


def farthest_classes(points: Float64[Tensor, "n d"], labels: Int64[Tensor, " n"]) -> list[int]:
    """The two classes whose means are farthest apart."""
    means = {k: points[labels == k].mean(0) for k in labels.unique().tolist()}
    a, b = max(
        combinations(means, 2), key=lambda pair: (means[pair[0]] - means[pair[1]]).norm().item()
    )
    return [a, b]


def _middle(drawn: Points) -> list[float]:
    middle: list[float] = drawn.quantile(0.5, dim=0).tolist()
    return middle


def _map(drawn: Points, labels: Int64[Tensor, " n"], point: int, near: list[int]) -> Panel:
    panel = Panel("The map", (-RATIO, RATIO), (-1, 1), height=HEIGHT, grid=False).legend(
        gold=("●", "chosen point"), gray=("—", "its nearest in the data")
    )
    x, y = drawn[point].tolist()
    star = "".join(
        f"M{panel.X(x):.1f},{panel.Y(y):.1f}L{panel.X(a):.1f},{panel.Y(b):.1f}"
        for a, b in drawn[near].tolist()
    )
    panel.path("star", star, "gray", width=0.8)
    classes = labels.unique().tolist()
    for n, k in enumerate(classes):
        mark, width, opacity = MARKS[n // len(COLORS)]
        d = "".join(f"M{place}{mark}" for place in panel.points(*drawn[labels == k].T.tolist()))
        panel.path(f"class{n}", d, COLORS[n % len(COLORS)], width=width, opacity=opacity)
    for n, k in enumerate(classes):
        a, b = _middle(drawn[labels == k])
        panel.label(f"name{n}", a, b, str(k), "black")
    return panel.dot("chosen", x, y, "gold", width=11)


def _distances(
    data: Tensor, step: float, drawn: Points, point: int, near: list[int], top: float
) -> Panel:
    far = 1.05 * step * torch.pdist(data).max().item()
    size = 10 ** math.floor(math.log10(far))
    unit = size if far / size >= 3 else size / 2
    panel = Panel(
        "Distances from the chosen point",
        (0, far),
        (0, top),
        xticks={k * unit: f"{k * unit:g}" for k in range(int(far / unit) + 1)},
        yticks={k / 2: f"{k / 2:g}" for k in range(int(2 * top) + 1)},
        xlabel="in the data (upwards: on the map)",
        height=HEIGHT,
    ).legend(blue=("●", "its nearest in the data"), gray=("●", "others"))
    pairs = [
        (step * torch.dist(data[point], data[n]).item(), torch.dist(drawn[point], drawn[n]).item())
        for n in range(len(data))
    ]
    for name, which, color, width in (
        ("far", [n for n in range(len(data)) if n not in {*near, point}], "gray", 3.5),
        ("near", near, "blue", 5),
    ):
        spots = panel.points(*zip(*(pairs[n] for n in which), strict=True))
        panel.path(name, "".join(f"M{spot}h0" for spot in spots), color, width=width)
    return panel


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _finding(
    data: Tensor, drawn: Sequence[Points], perplexities: Sequence[float], y: Int64[Tensor, " n"]
) -> str:
    names = [f"{p:g}" for p in perplexities]
    shares = [f"{100 * kept(data, each):.0f} %" for each in drawn]
    ranks = [f"{rank_correlation(data, each):.2f}".replace("-", "−") for each in drawn]
    ends = ["{} and {}".format(*farthest_classes(each, y)) for each in drawn]
    truth = "{} and {}".format(*farthest_classes(data, y))
    return (
        f"Who is near whom: at perplexities {_listed(names)}, {_listed(shares)} of the "
        f"{NEAREST} nearest in the data are among the {NEAREST} nearest on the map. Far distances "
        "are another matter. The rank correlation of all distances in the data and on the map is "
        f"{_listed(ranks)}, and the two classes whose means are farthest apart are in turn "
        f"{', '.join(ends)}; in the data, {truth}. Sizes say nothing, either: each point gets the "
        "same number of neighbours that count, in a wide group as in a narrow one."
    )


def tsne_perplexity(
    X: Float[Tensor, "n d"],
    maps: Mapping[float, Float[Tensor, "n 2"]],
    labels: Sequence[int] | Tensor,
    perplexity: float | None = None,
    point: int = 0,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """Maps of one data set for several perplexities, and what became of one point's neighbours.

    The reader steps through the maps, which have been computed before, and chooses a point: lines
    go to as many of its nearest in the data as the perplexity says, and a chart sets its distances
    in the data against those on the map.

    Args:
        X: the data, shape (n, d), 12 to 400 points of up to 100 numbers; 256 levels of them travel.
        maps: by perplexity, shape (n, 2) each, 2 to 8 of them.
        labels: an integer class for each point, 2 to 10 classes, shown only.
        perplexity: of the map shown first; by default one in the middle.
        point: index of the point chosen first.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold; by default computed from data and maps.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: data, maps or labels that do not fit, or no such perplexity or point.

    Equation: :eq:`eq-tsne-affinity`
    Section: :ref:`sec-tsne`

    Source: Wattenberg, Viégas, Johnson (2016), How to use t-SNE effectively,
    doi:10.23915/distill.00002.

    Example:
        >>> X = torch.arange(36.0).reshape(12, 3)
        >>> tsne_perplexity(X, {2: X[:, :2], 4: X[:, 1:]}, [0, 1] * 6).state["perplexities"]
        [2.0, 4.0]

    In production: openTSNE, and several maps beside each other.
    """
    y = torch.as_tensor(labels).long().cpu()
    if X.ndim != 2 or y.shape != X.shape[:1]:
        raise ValueError(
            f"X must be (n, d) with n labels, got {tuple(X.shape)} and {tuple(y.shape)}"
        )
    if not (LEAST <= len(X) <= MOST and X.shape[1] <= MOST_DIMENSIONS):
        raise ValueError(
            f"there may be {LEAST} to {MOST} points of up to {MOST_DIMENSIONS} numbers, got "
            f"{tuple(X.shape)}"
        )
    if not 2 <= len(y.unique()) <= MOST_CLASSES:
        raise ValueError(f"there may be 2 to {MOST_CLASSES} classes, got {len(y.unique())}")
    if not 2 <= len(maps) <= MOST_MAPS:
        raise ValueError(f"there may be 2 to {MOST_MAPS} maps, got {len(maps)}")
    perplexities = sorted(maps)
    for p in perplexities:
        require_within(1, len(X) - 2, perplexity=p)
        if maps[p].shape != (len(X), 2):
            raise ValueError(f"maps must be ({len(X)}, 2), got {tuple(maps[p].shape)}")
    shown = perplexities[(len(maps) - 1) // 2] if perplexity is None else perplexity
    if shown not in maps:
        raise ValueError(f"perplexity must be one of {perplexities}, got {shown}")
    require_within(0, len(X) - 1, point=point)
    data, step = as_sent(X)
    drawn = [laid_out(maps[p]) for p in perplexities]
    at = perplexities.index(shown)
    near = nearest(data, round(shown))[point].tolist()
    top = 1.05 * max(torch.pdist(each).max().item() for each in drawn)
    whole = (torch.stack(drawn) * LEVELS).round().numpy().astype(np.dtype("<i2"))
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding or _finding(data, drawn, perplexities, y),
        f"Left, a map of {len(X)} points of {len(y.unique())} classes at perplexity {shown:g}, "
        f"with lines from one of them to the {len(near)} that are nearest to it in the data. "
        "Right, its distances to all others, in the data and on the map. Of the "
        f"{NEAREST} nearest of each point {100 * kept(data, drawn[at]):.0f} % are kept.",
        [_map(drawn[at], y, point, near), _distances(data, step, drawn[at], point, near, top)],
        {
            "perplexities": [float(p) for p in perplexities],
            "at": at,
            "point": point,
            "labels": y.tolist(),
            "classes": y.unique().tolist(),
            "marks": [MARKS[n // len(COLORS)][0] for n in range(len(y.unique()))],
            "dimensions": X.shape[1],
            "step": step,
            "nearest": NEAREST,
            "kept": [round(kept(data, each), 4) for each in drawn],
            "packed": pack(whole.tobytes() + data.numpy().astype(np.uint8).tobytes()),
        },
    )
