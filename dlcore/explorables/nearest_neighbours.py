"""Explorable: the vote of the k nearest points, and which k is right about points left out."""

from collections.abc import Sequence

import torch
from jaxtyping import Float64
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

from dlcore.data import two_moons
from dlcore.explorables.explorable import Explorable, in_single_precision
from dlcore.explorables.panel import Panel
from dlcore.explorables.plane import LIMIT, into_plane, marks, packed_points, plane, wash
from dlcore.explorables.ranges import require_known

SCRIPTS = (
    "handles",
    "points",
    "neighbours",
    "contour",
    "wash",
    "nearest_neighbours",
)
COUNT = 60
METRICS = {"1": "Manhattan", "2": "Euclid", "inf": "Largest"}
QUESTION = "One neighbour is right on all 60 points. Is k = 1 the best choice?"
PREDICTION = "Yes: no errors is as good as it gets."
FINDING = (
    "No: every point is its own nearest neighbour, so that 0 errors says nothing. Leave each point "
    "out when its neighbours are asked, and k = 1 is wrong on 10 of 60, following every stray "
    "point. With k = 7 or 9 only 4 are wrong. Larger k smooth away the moons themselves: 13 errors "
    "at k = 31. And k = 59 is wrong on all 60, worse than guessing: whichever point is left out, "
    "its class has 29 votes and the other 30."
)


def sample() -> tuple[Float64[Tensor, "n 2"], Float64[Tensor, " n"]]:
    """Two noisy moons of 30 points each."""
    generator = torch.Generator().manual_seed(2)
    return into_plane(two_moons(COUNT, noise=0.35, generator=generator))


def voters(k: int, metric: str) -> KNeighborsClassifier:
    """scikit-learn's classifier with one of the metrics."""
    return KNeighborsClassifier(k, p=float(metric))


def errors(
    X: Float64[Tensor, "n 2"], y: Float64[Tensor, " n"], metric: str
) -> list[tuple[int, int, int]]:
    """For each odd k how many points are wrong: k, among their own neighbours, left out."""
    # Rounded, so that places equally far stay so: the earlier point counts first.
    distances = torch.cdist(X, X, p=float(metric)).mul(1e9).round()
    distances.fill_diagonal_(-1)
    order = distances.argsort(dim=1, stable=True)
    counts = torch.arange(1, len(X) + 1)
    own = (y[order].cumsum(1) > counts / 2) != y[:, None].bool()
    out = (y[order[:, 1:]].cumsum(1) > counts[:-1] / 2) != y[:, None].bool()
    sums = (own.sum(0).tolist(), out.sum(0).tolist())
    return [(k, sums[0][k - 1], sums[1][k - 1]) for k in range(1, len(X), 2)]


def _plane(
    X: Float64[Tensor, "n 2"],
    y: Float64[Tensor, " n"],
    model: KNeighborsClassifier,
    query: list[float],
    k: int,
) -> Panel:
    def score(at: Float64[Tensor, "h w 2"]) -> Float64[Tensor, "h w"]:
        shares = model.predict_proba(at.reshape(-1, 2).numpy())[:, 1]
        return torch.from_numpy(shares.reshape(at.shape[:2]) - 0.5)

    panel = plane(f"The vote of {k}").legend(
        blue=("●", "class 0"), gold=("▲", "class 1"), red=("●", "query")
    )
    wash(panel, score, columns=65)
    _, found = model.kneighbors([query])
    (u, v), near = query, X[torch.from_numpy(found[0])].tolist()
    links = "".join("M" + "L".join(panel.points((u, a), (v, b))) for a, b in near)
    panel.path("links", links, "red", width=1)
    panel.path("ball", "", "red", width=1.2, dash="4 4")
    marks(panel, X, y)
    return panel.dot("query", u, v, "red")


def _errors(rows: list[tuple[int, int, int]], k: int) -> Panel:
    panel = Panel(
        "How many of 60 points are wrong",
        (0, COUNT),
        (0, COUNT),
        xticks={v: str(v) for v in (1, 11, 21, 31, 41, 51)},
        yticks={v: str(v) for v in range(0, COUNT + 1, 20)},
        xlabel="neighbours k",
    ).legend(blue=("- -", "its own neighbour"), red=("—", "left out"))
    panel.line("now", (k, k), (0, COUNT), "gray", width=1)
    ks, train, out = zip(*rows, strict=True)
    panel.line("train", ks, train, "blue", dash="6 4")
    return panel.line("left-out", ks, out, "red")


@in_single_precision
def nearest_neighbours(
    k: int = 1,
    query: Sequence[float] = (0.1, 0.1),
    metric: str = "2",
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """The k nearest of 60 points vote on a query that the reader drags; errors for every k.

    The reader changes k and the metric. The second chart counts the points that are outvoted, with
    themselves among their neighbours and left out.

    Args:
        k: neighbours asked first, an odd number from 1 to 59.
        query: where the query stands first, within 1.9 by 1.15 of the origin.
        metric: power p of the distance: "1", "2" or "inf".
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: an even k or one out of range, a query outside of the picture, or an unknown
            metric.

    Source: Cover, Hart (1967), Nearest neighbor pattern classification,
    doi:10.1109/TIT.1967.1053964.

    Example:
        >>> nearest_neighbours(k=7, metric="1").state["k"]
        7

    In production: sklearn.neighbors.KNeighborsClassifier.
    """
    if k not in range(1, COUNT, 2):
        raise ValueError(f"k must be an odd number from 1 to {COUNT - 1}, got {k}")
    require_known(METRICS, metric=metric)
    place = [float(v) for v in query]
    if len(place) != 2 or not all(abs(v) <= most for v, most in zip(place, LIMIT, strict=True)):
        raise ValueError(f"query must be a place within {LIMIT} of the origin, got {query}")
    X, y = sample()
    model = voters(k, metric).fit(X.numpy(), y.numpy())
    rows = errors(X, y, metric)
    _, train, out = rows[k // 2]
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, 60 points of two classes; the plane is coloured by the vote of the {k} nearest, "
        f"and lines lead from a query to its neighbours. Right, the errors for every k: for k = "
        f"{k} there are {train} if points are their own neighbours and {out} if they are left out.",
        [_plane(X, y, model, place, k), _errors(rows, k)],
        {
            "k": k,
            "query": place,
            "metric": metric,
            "metrics": METRICS,
            **packed_points(X, y),
        },
    )
