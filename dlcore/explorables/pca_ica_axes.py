"""Explorable: two mixed sources, their principal axes and their independent axes."""

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.random_stream import normals, uniforms
from dlcore.explorables.ranges import require_known, require_within

SCRIPTS = ("random_stream", "handles", "drag", "pca_ica_axes")
SOURCES = {
    "uniform": ("uniform", "uniform"),
    "Laplace": ("Laplace", "Laplace"),
    "Gaussian": ("Gaussian", "Gaussian"),
    "one Gaussian": ("Laplace", "Gaussian"),
}
MIXING = ((1.0, 0.5), (0.6, 1.0))
EXAMPLES, SHOWN, BINS, DRAWS, STEP = 2000, 500, 40, 10, 2
LIMIT, RADIUS, X_REACH, Y_REACH, HEIGHT = 2.0, 3.2, 4.0, 3.5, 330
FLAT, SINGULAR = 1.001, 0.02
QUESTION = (
    "Two independent sources of equal variance are mixed. Turn the direction u on which the points "
    "are projected. In which one is a single source heard alone?"
)
PREDICTION = "Along a principal axis, where the variance is largest or smallest."

Pair = tuple[float, float]
Matrix = Float64[Tensor, "2 2"]


def draw_sources(kind: str, seed: int) -> Float64[Tensor, "2 n"]:
    """2,000 draws of both sources, each with mean 0 and variance 1 among the draws."""
    middle = uniforms(2 * seed, 2 * EXAMPLES).reshape(2, EXAMPLES) - 0.5
    rows = {
        "uniform": middle,
        "Laplace": -np.sign(middle) * np.log(np.maximum(1e-12, 1 - 2 * np.abs(middle))),
        "Gaussian": normals(2 * seed + 1, 2 * EXAMPLES).numpy().reshape(2, EXAMPLES),
    }
    S = torch.from_numpy(np.stack([rows[name][k] for k, name in enumerate(SOURCES[kind])]))
    S = S - S.mean(1, keepdim=True)
    return S / S.square().mean(1, keepdim=True).sqrt()


@cache
def moments(kind: str, seed: int) -> tuple[float, list[float]]:
    """The sources' correlation, and their means of s1^(4-k) s2^k for k = 0 to 4."""
    s1, s2 = draw_sources(kind, seed)
    return (s1 * s2).mean().item(), [(s1 ** (4 - k) * s2**k).mean().item() for k in range(5)]


def variance(b: Pair, r: float) -> float:
    """Of b1 s1 + b2 s2, the sources having correlation r."""
    return b[0] ** 2 + 2 * r * b[0] * b[1] + b[1] ** 2


def kurtosis(b: Pair, r: float, fourth: Sequence[float]) -> float:
    """The excess kurtosis of b1 s1 + b2 s2; NaN where that is constant."""
    (p, q), v = b, variance(b, r)
    if v < 1e-9:
        return math.nan
    m40, m31, m22, m13, m04 = fourth
    even = p**4 * m40 + 6 * p**2 * q**2 * m22 + q**4 * m04
    return (even + 4 * p * q * (p**2 * m31 + q**2 * m13)) / v**2 - 3


def weights(A: Matrix, degrees: float) -> Pair:
    """What the projection of the mixtures on a direction takes of each source."""
    t = math.radians(degrees)
    b1, b2 = (A.T @ torch.tensor([math.cos(t), math.sin(t)], dtype=torch.float64)).tolist()
    return b1, b2


def covariance(A: Matrix, r: float) -> Matrix:
    """Of the mixtures."""
    return A @ torch.tensor([[1, r], [r, 1]], dtype=torch.float64) @ A.T


def principal(A: Matrix, r: float) -> tuple[float, list[float]]:
    """The first principal axis in degrees from 0 to 180, and both variances, the larger first."""
    C = covariance(A, r)
    half = (C[0, 0] - C[1, 1]).item() / 2
    mean, root = (C[0, 0] + C[1, 1]).item() / 2, math.hypot(half, C[0, 1].item())
    angle = math.degrees(math.atan2(C[0, 1].item(), half)) / 2
    return angle % 180, [mean + root, max(mean - root, 0.0)]


def unmixing(r: float, fourth: Sequence[float]) -> Matrix:
    """What ICA takes of each source: rows of variance 1, uncorrelated, least Gaussian.

    Of all such pairs they have the largest sum of the kurtoses' absolute values. The mixing does
    not matter; the row nearest to the first source comes first.
    """
    plus, minus = 1 / math.sqrt(2 + 2 * r), 1 / math.sqrt(2 - 2 * r)

    def row(t: float) -> Pair:
        u, v = plus * math.cos(t), minus * math.sin(t)
        return u + v, u - v

    def contrast(t: float) -> float:
        return sum(abs(kurtosis(row(t + side), r, fourth)) for side in (0, math.pi / 2))

    width = math.pi / 180
    best = max((k * width for k in range(90)), key=contrast)
    while width > 1e-11:
        best = max((best - width, best, best + width), key=contrast)
        width /= 2
    first, second = row(best), row(best + math.pi / 2)
    if abs(first[0]) < abs(second[0]):
        first, second = second, first
    return torch.tensor([first, second], dtype=torch.float64)


def directions(A: Matrix, B: Matrix) -> list[float]:
    """The directions on which the mixtures are projected to get these rows, degrees 0 to 180."""
    rows = B @ torch.linalg.inv(A)
    return [math.degrees(math.atan2(y, x)) % 180 for x, y in rows.tolist()]


def astray(B: Matrix) -> float:
    """How much of the other source the worse row has taken, as an angle in degrees."""
    (a, b), (c, d) = B.abs().tolist()
    return math.degrees(max(math.atan2(b, a), math.atan2(c, d)))


@cache
def most_astray(kind: str) -> float:
    """The worst of ten draws, in degrees."""
    return max(astray(unmixing(*moments(kind, seed))) for seed in range(DRAWS))


def _ends(direction: Pair, length: float) -> tuple[list[float], list[float]]:
    x, y = direction
    scale = length / (math.hypot(x, y) or 1)
    return [-scale * x, scale * x], [-scale * y, scale * y]


def _scatter(A: Matrix, S: Float64[Tensor, "2 n"], B: Matrix, r: float, degrees: float) -> Panel:
    panel = Panel(
        "The mixtures",
        (-X_REACH, X_REACH),
        (-Y_REACH, Y_REACH),
        xticks={float(v): f"{v}".replace("-", "−") for v in range(-3, 4)},
        yticks={float(v): f"{v}".replace("-", "−") for v in range(-3, 4)},
        height=HEIGHT,
        grid=False,
    ).legend(blue=("- -", "principal"), teal=("—", "independent"), gold=("●", "A"))
    xs, ys = (A @ S[:, :SHOWN]).tolist()
    places = "".join(f"M{panel.X(x):.0f},{panel.Y(y):.0f}h0" for x, y in zip(xs, ys, strict=True))
    panel.path("points", places, "gray", width=2.5)
    axis, lengths = principal(A, r)
    t = math.radians(axis)
    for name, way in (
        ("first", (math.cos(t), math.sin(t))),
        ("second", (-math.sin(t), math.cos(t))),
    ):
        xs, ys = _ends(way, 9) if lengths[0] > FLAT * lengths[1] else ([], [])
        panel.line(name, xs, ys, "blue", dash="6 4")
    axes = A @ torch.linalg.inv(B)
    for k, (x, y) in enumerate(axes.T.tolist()):
        panel.line(f"axis{k + 1}", *_ends((x, y), 9), "teal")
    for k, (x, y) in enumerate(A.T.tolist()):
        panel.line(f"column{k + 1}", [0, x], [0, y], "gold", width=3)
        panel.dot(f"handle{k + 1}", x, y, "gold")
    t = math.radians(degrees)
    x, y = RADIUS * math.cos(t), RADIUS * math.sin(t)
    panel.line("direction", [-x, x], [-y, y], "black", width=1.2)
    panel.label("name", 0.88 * x + 0.3, 0.88 * y - 0.3, "u", "black")
    return panel.dot("tip", x, y, "black", width=11)


def histogram(values: Float64[Tensor, " n"]) -> list[float]:
    """Densities of what has been standardized, in 40 bins from -4 to 4."""
    spread = values.square().mean().sqrt()
    scaled = values / spread if spread > 1e-9 else values
    return (torch.histc(scaled, BINS, -4, 4) / len(values) / (8 / BINS)).tolist()


def steps(heights: list[float]) -> list[Pair]:
    """The outline of a histogram from -4 to 4."""
    edges = [-4 + 8 * k / BINS for k in range(BINS + 1)]
    corners = [(x, h) for k, h in enumerate(heights) for x in edges[k : k + 2]]
    return [(-4, 0), *corners, (4, 0)]


def _projection(values: Float64[Tensor, " n"]) -> Panel:
    panel = Panel(
        "The projection on u",
        (-4, 4),
        (0, 0.8),
        xticks={float(v): f"{v}".replace("-", "−") for v in range(-4, 5, 2)},
        yticks={0.0: "0", 0.4: "0.4", 0.8: "0.8"},
        xlabel="in standard deviations",
        height=HEIGHT,
    ).legend(black=("—", "points"), gray=("··", "normal"))
    corners = steps(histogram(values))
    panel.line("histogram", [x for x, _ in corners], [y for _, y in corners], "black", width=1.5)
    bell = [k / 10 for k in range(-40, 41)]
    heights = [math.exp(-x * x / 2) / math.sqrt(2 * math.pi) for x in bell]
    return panel.line("bell", bell, heights, "gray", dash="2 4")


def _curve(
    title: str,
    reach: Pair,
    yticks: dict[float, str],
    values: Sequence[float],
    marked: Sequence[float],
    color: str,
    now: Pair,
) -> Panel:
    panel = Panel(
        title,
        (0, 180),
        reach,
        xticks={v: f"{v}°" for v in range(0, 181, 45)},
        yticks=yticks,
        xlabel="direction u",
    )
    for k, degrees in enumerate(marked):
        dash = "6 4" if color == "blue" else "none"
        panel.line(f"mark{k + 1}", [degrees] * 2, reach, color, width=1.5, dash=dash)
    panel.line("curve", range(0, 181, STEP), values, "black")
    return panel.dot("now", *now, "black", width=10)


def _matrix(mixing: object) -> Matrix:
    try:
        A = torch.as_tensor(mixing, dtype=torch.float64).detach().cpu()
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"mixing must be 2 by 2 numbers, got {mixing!r}") from error
    if A.shape != (2, 2):
        raise ValueError(f"mixing must be 2 by 2, got shape {tuple(A.shape)}")
    if not A.abs().max() <= LIMIT:
        raise ValueError(f"entries of mixing must lie between -2 and 2, got {A.tolist()}")
    if not A.det().abs() >= SINGULAR:
        raise ValueError(f"mixing must be invertible, got {A.tolist()}")
    return A


def heard(b: Pair, r: float) -> Pair:
    """The correlations of a projection with the two sources, without signs."""
    spread = math.sqrt(variance(b, r)) or 1.0
    return abs(b[0] + r * b[1]) / spread, abs(b[1] + r * b[0]) / spread


def _signed(v: float) -> str:
    return f"{v:.2f}".replace("-", "−")


def _finding(A: Matrix) -> str:
    r, fourth = moments("uniform", 0)
    B = unmixing(r, fourth)
    axis, _ = principal(A, r)
    ways = directions(A, B)
    low = [kurtosis(weights(A, way), r, fourth) for way in ways]
    along = heard(weights(A, axis), r)
    alone = min(heard(weights(A, way), r)[k] for k, way in enumerate(ways))
    jumps = {kind: most_astray(kind) for kind in SOURCES}
    waves = [abs(kurtosis(weights(A, t), *moments("Gaussian", 0))) for t in range(0, 180, STEP)]
    return (
        f"Not there. The first principal axis of the uniform sources lies at {axis:.0f}°, and the "
        f"projection on it has correlation {along[0]:.2f} with one source and {along[1]:.2f} with "
        f"the other. A source is alone, with correlation {alone:.3f}, where the excess kurtosis is "
        f"farthest from 0: {_signed(low[0])} at {ways[0]:.0f}° and {_signed(low[1])} at "
        f"{ways[1]:.0f}°. These two directions are not the axes of the cloud: each is "
        "perpendicular to the axis of the source that it silences. Press Whiten: now the variance "
        "is the same in all directions, PCA has no axes to prefer, and the kurtosis is as uneven "
        "as before. With Laplace sources it is the largest that counts. With Gaussian ones "
        f"there is nothing to see: it stays within {max(waves):.2f} of 0. Independent axes are "
        f"drawn all the same, up to {jumps['Gaussian']:.0f}° astray in {DRAWS} draws, where "
        f"those of uniform and of Laplace sources are up to {jumps['uniform']:.0f}° and "
        f"{jumps['Laplace']:.0f}° off. One Gaussian source is allowed: "
        f"{jumps['one Gaussian']:.0f}°."
    )


def pca_ica_axes(
    mixing: Sequence[Sequence[float]] | Tensor = MIXING,
    sources: str = "uniform",
    angle: float | None = None,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    r"""Two independent sources mixed by a matrix, with the axes of PCA and those of ICA.

    The reader drags the columns of $A$ and turns a direction $u$; variance and excess kurtosis of
    the projection $u^\top x$ are drawn against its angle, and its distribution beside a normal one.
    2,000 draws are used, and 500 of them shown. The independent axes are those for which the sum of
    $\lvert\kappa\rvert$ of two uncorrelated projections is largest, which is what symmetric FastICA
    with cubes finds.

    Args:
        mixing: A, shown first, $x = As$ with sources of variance 1, entries from -2 to 2,
            invertible.
        sources: shown first, "uniform", "Laplace", "Gaussian", or "one Gaussian", where the first
            one is Laplace.
        angle: of u, shown first, 0 to 180, to the nearest degree; by default on the first principal
            axis.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold; by default computed for this mixing.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: not such a matrix, unknown sources, or an angle out of range.

    Equation: :eq:`eq-mixture-kurtosis`
    Section: :ref:`sec-non-gaussianity`

    Source: Comon (1994), Independent component analysis, a new concept?,
    doi:10.1016/0165-1684(94)90029-9.

    Example:
        >>> pca_ica_axes(sources="Laplace", angle=30).state["angle"]
        30

    In production: sklearn.decomposition.PCA and FastICA, or dlcore.factor.fastica.
    """
    A = _matrix(mixing)
    require_known(SOURCES, sources=sources)
    r, fourth = moments(sources, 0)
    axis, lengths = principal(A, r)
    require_within(0, 180, angle=axis if angle is None else angle)
    degrees = round(axis if angle is None else angle) % 180
    S, B = draw_sources(sources, 0), unmixing(r, fourth)
    b, ways = weights(A, degrees), directions(A, B)
    every = [weights(A, t) for t in range(0, 181, STEP)]
    total = sum(lengths)
    shares = [variance(each, r) / total for each in every]
    peaks = [kurtosis(each, r, fourth) for each in every]
    now = variance(b, r) / total, kurtosis(b, r, fourth)
    values = torch.tensor(b, dtype=torch.float64) @ S
    blue = [axis, (axis + 90) % 180] if lengths[0] > FLAT * lengths[1] else []
    ticks = {-2.0: "−2", 0.0: "0", 2.0: "2", 4.0: "4"}
    correlations = heard(b, r)
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding or _finding(A),
        f"Top left, the cloud of two mixed {sources} sources with two principal axes at right "
        "angles, two independent axes along its edges or arms, and a direction at "
        f"{degrees:g} degrees. The projection on it, top right beside a normal density, has "
        f"correlation {correlations[0]:.2f} with the first source and {correlations[1]:.2f} with "
        "the second. Below, over the angle, its share of the variance, a wave with its extremes at "
        f"{axis:.0f} and {(axis + 90) % 180:.0f} degrees, and its excess kurtosis, farthest from 0 "
        f"at {ways[0]:.0f} and {ways[1]:.0f} degrees.",
        [
            _scatter(A, S, B, r, degrees),
            _projection(values),
            _curve(
                "Share of the variance", (0, 1), {0.0: "0", 0.5: "0.5", 1.0: "1"}, shares,
                blue, "blue", (degrees, now[0]),
            ).legend(blue=("- -", "principal axes")),
            _curve(
                "Excess kurtosis", (-2, 5), ticks, peaks, ways, "teal", (degrees, now[1])
            ).legend(teal=("—", "directions of ICA")),
        ],
        {
            "mixing": A.flatten().tolist(),
            "kind": sources,
            "kinds": SOURCES,
            "angle": degrees,
            "seed": 0,
        },
    )  # fmt: skip
