"""Explorable: two independent normals for a posterior that is not two independent normals."""

import math
from collections.abc import Sequence

import numpy as np
from contourpy import contour_generator

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_known, require_within

SCRIPTS = ("contour", "handles", "mean_field_posterior")
X_REACH, Y_REACH, HEIGHT, HIGHEST = 5.2, 4.55, 330, 1.2
COLUMNS, ROWS, UPDATES, NODES, FAR = 53, 47, 40, 241, 6.0
MOST_RHO, MOST_OFFSET, LEAST_STEP = 0.99, 3.5, 0.02
TARGETS = {"correlated": "Correlated", "modes": "Two modes"}
DIVERGENCES = {"reverse": "Reverse, KL(q‖p)", "forward": "Forward, KL(p‖q)"}
QUESTION = (
    "Two independent normals q stand in for a posterior p in which the variables depend on each "
    "other. How wide do they become?"
)
PREDICTION = "As wide as each variable is under p; only the dependence is lost."
FINDING = (
    "It hangs on the direction. Reverse KL forbids q to be where p is not: with correlation 0.9 "
    "the variances become 0.19 in place of 1, which is 1 − ρ², the variance of one variable when "
    "the other is known. Forward KL forbids q to be missing where p is, and keeps the variance of "
    "1. Either way −½ ln(1 − ρ²) nats are left, 0.830 here, for the one number that q cannot say. "
    "Only the means come out right, and the more slowly, the stronger the correlation: a round of "
    "both updates multiplies their distance by ρ². With two modes at ±3 the start decides. Reverse "
    "KL from 1 ends on the right mode, at 2.98 with deviation 1.02, 0.689 nats away, about ln 2: "
    "one half of the probability is simply left out. From 0.3 it ends in the middle with deviation "
    "2.74, a third minimum of 0.841 nats. With modes at ±2 the middle is the only one. Forward KL "
    "always covers both, with deviation 3.16, and gives the valley between them 28 times the "
    "density that it has."
)
Fit = tuple[float, float, float, float]
_EPS = np.linspace(-FAR, FAR, NODES)
_WEIGHTS = np.exp(-(_EPS**2) / 2) / np.exp(-(_EPS**2) / 2).sum()


def log_mixture(x: np.ndarray, offset: float) -> np.ndarray:
    """The log density of both modes along the line through them."""
    half = math.log(2 * math.sqrt(2 * math.pi))
    both: np.ndarray = np.logaddexp(-((x - offset) ** 2) / 2, -((x + offset) ** 2) / 2) - half
    return both


def reverse_kl(fit: Fit, rho: float, offset: float | None = None) -> float:
    """From q to the correlated normal, or to the modes if there are any."""
    m, n, s, t = fit
    if offset is None:
        free = 1 - rho**2
        squares = (s * s + t * t + m * m + n * n - 2 * rho * m * n) / free
        return (squares - 2 + math.log(free)) / 2 - math.log(s * t)
    along = -float(_WEIGHTS @ log_mixture(m + s * _EPS, offset))
    return along - math.log(s) - math.log(2 * math.pi * math.e) / 2 + plain_kl(n, t)


def plain_kl(mean: float, deviation: float) -> float:
    """From a normal to the standard normal."""
    return (deviation**2 + mean**2 - 1) / 2 - math.log(deviation)


def forward_fit(offset: float | None) -> Fit:
    """The normals with the moments of p."""
    return 0.0, 0.0, 1.0 if offset is None else math.sqrt(1 + offset**2), 1.0


def forward_kl(rho: float, offset: float | None) -> float:
    """From p to the normals with its moments."""
    if offset is None:
        return -math.log(1 - rho**2) / 2
    entropy = -float(_WEIGHTS @ log_mixture(offset + _EPS, offset))
    return math.log(2 * math.pi * math.e * (1 + offset**2)) / 2 - entropy


def _toward(fit: Fit, offset: float) -> Fit:
    """One step down the divergence from the modes, as far as it falls; the other factor at once."""
    m, _, s, _ = fit
    x = m + s * _EPS
    tilt = np.tanh(offset * x)
    slope = float(_WEIGHTS @ (offset * tilt - x))
    bend = float(_WEIGHTS @ (1 - offset**2 * (1 - tilt**2)))
    least, eta = reverse_kl((m, 0.0, s, 1.0), 0.0, offset), 0.5
    while eta > LEAST_STEP:
        precision = max((1 - eta) / s**2 + eta * bend, 0.5 / s**2)
        new = (m + eta * slope / precision, 0.0, precision**-0.5, 1.0)
        if reverse_kl(new, 0.0, offset) <= least:
            return new
        eta /= 2
    return m, 0.0, s, 1.0


def updates(start: Sequence[float], rho: float, offset: float | None = None) -> list[Fit]:
    """Means and deviations of q from round normals at the start, update by update."""
    fits: list[Fit] = [(start[0], start[1], 1.0, 1.0)]
    narrow = math.sqrt(1 - rho**2)
    for k in range(UPDATES):
        m, n, s, t = fits[-1]
        if offset is not None:
            fits.append(_toward(fits[-1], offset))
        else:
            fits.append((m, rho * m, s, narrow) if k % 2 else (rho * n, n, narrow, t))
    return fits


def _density(panel: Panel, rho: float, offset: float | None) -> str:
    """Level lines where log p is ½, 2 and 4½ below its peak: 1, 2, 3 deviations of a normal."""
    if offset is None:
        turn = np.linspace(0, 2 * math.pi, 73)
        return "".join(
            "M" + "L".join(panel.points(k * np.cos(turn), k * np.sin(turn + math.asin(rho))))
            for k in (1, 2, 3)
        )
    x, y = np.linspace(-X_REACH, X_REACH, COLUMNS), np.linspace(-Y_REACH, Y_REACH, ROWS)
    heights = log_mixture(x, offset) - y[:, None] ** 2 / 2
    lines = contour_generator(x=x, y=y, z=heights - heights.max())
    found = [np.asarray(line) for k in (1, 2, 3) for line in lines.lines(-k * k / 2)]
    return "".join("M" + "L".join(panel.points(*line.T)) for line in found)


def ellipses(panel: Panel, fit: Fit) -> str:
    """Those of q at 1, 2 and 3 deviations."""
    m, n, s, t = fit
    turn = np.linspace(0, 2 * math.pi, 73)
    return "".join(
        "M" + "L".join(panel.points(m + k * s * np.cos(turn), n + k * t * np.sin(turn)))
        for k in (1, 2, 3)
    )


def _ticks(*values: int) -> dict[float, str]:
    return {float(v): f"{v}".replace("-", "−") for v in values}


def _plane(start: Sequence[float], fits: Sequence[Fit], rho: float, offset: float | None) -> Panel:
    panel = Panel(
        "Posterior and fit",
        (-X_REACH, X_REACH),
        (-Y_REACH, Y_REACH),
        xticks=_ticks(-4, -2, 0, 2, 4),
        yticks=_ticks(-4, -2, 0, 2, 4),
        xlabel="first variable",
        height=HEIGHT,
        grid=False,
    ).legend(gold=("—", "p"), blue=("—", "q"), red=("—", "the means' way"))
    panel.path("levels", _density(panel, rho, offset), "gold", width=2)
    panel.path("fit", ellipses(panel, fits[-1]), "blue", width=1.5)
    panel.line("way", [fit[0] for fit in fits], [fit[1] for fit in fits], "red", width=1.5)
    panel.dot("now", fits[-1][0], fits[-1][1], "blue", width=8)
    return panel.dot("start", start[0], start[1], "black")


def _marginals(fit: Fit, offset: float | None) -> Panel:
    panel = Panel(
        "Density of the first variable",
        (-X_REACH, X_REACH),
        (0, HIGHEST),
        xticks=_ticks(-4, -2, 0, 2, 4),
        yticks={0: "0", 0.4: "0.4", 0.8: "0.8", 1.2: "1.2"},
        xlabel="first variable",
        height=HEIGHT,
    ).legend(gold=("—", "under p"), blue=("—", "under q"))
    x = np.linspace(-X_REACH, X_REACH, 105)
    panel.line("true", x.tolist(), np.exp(log_mixture(x, offset or 0.0)).tolist(), "gold")
    m, _, s, _ = fit
    fine = np.linspace(m - 4 * s, m + 4 * s, 81)
    heights = np.exp(-((fine - m) ** 2) / (2 * s * s)) / (s * math.sqrt(2 * math.pi))
    return panel.line("fitted", fine.tolist(), heights.tolist(), "blue")


def mean_field_posterior(
    target: str = "correlated",
    rho: float = 0.9,
    offset: float = 3.0,
    divergence: str = "reverse",
    start: Sequence[float] = (-2.0, 2.4),
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """The best product of two normals for a posterior in the plane, by either divergence.

    The reader chooses posterior and divergence, changes correlation or distance of the modes, and
    drags the place where the means begin. On the correlated normal the way to the minimum of the
    reverse divergence is coordinate ascent, one factor an update; on two modes each update goes
    some way down the divergence.

    Args:
        target: shown first: "correlated", a normal with variances 1, or "modes", two normals of
            variance 1 at equal distances to the left and right of the origin.
        rho: correlation of the first, 0 to 0.99.
        offset: distance of each mode from the origin, 0 to 3.5.
        divergence: that is minimized, shown first: "reverse", KL(q‖p), or "forward", KL(p‖q).
        start: the means before the first update, within 5.2 by 4.55 of the origin.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: an unknown target or divergence, or a number out of range.

    Equations: :eq:`eq-mean-field-gaussian`, :eq:`eq-cavi`, :eq:`eq-kl-projections`
    Section: :ref:`sec-two-divergences`

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 10.1.2.

    Example:
        >>> mean_field_posterior("modes", offset=2).state["offset"]
        2

    In production: pyro.infer.autoguide.AutoDiagonalNormal, where p has more than two variables.
    """
    require_known(TARGETS, target=target)
    require_known(DIVERGENCES, divergence=divergence)
    require_within(0, MOST_RHO, rho=rho)
    require_within(0, MOST_OFFSET, offset=offset)
    x, y = start
    require_within(-X_REACH, X_REACH, start=x)
    require_within(-Y_REACH, Y_REACH, start=y)
    apart = offset if target == "modes" else None
    shape = f"two modes at ±{offset:g}" if target == "modes" else f"correlation {rho:g}"
    if divergence == "reverse":
        fits = updates(start, rho, apart)
        left = reverse_kl(fits[-1], rho, apart)
    else:
        fits, left = [forward_fit(apart)], forward_kl(rho, apart)
    m, _, s, _ = fits[-1]
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, level lines of a posterior with {shape} and of the two independent normals that "
        f"minimize the {divergence} divergence. Right, the density of the first variable: under q "
        f"its mean is {m + 0.0:.2f} and its deviation {s:.2f}. The divergence left is {left:.3f} "
        "nats.",
        [_plane(start, fits, rho, apart), _marginals(fits[-1], apart)],
        {
            "targets": TARGETS,
            "divergences": DIVERGENCES,
            "target": target,
            "rho": rho,
            "offset": offset,
            "divergence": divergence,
            "start": [x, y],
            "limit": [X_REACH, Y_REACH],
            "grid": [COLUMNS, ROWS],
            "nodes": [NODES, FAR],
            "most": [MOST_RHO, MOST_OFFSET],
            "least": LEAST_STEP,
            "updates": UPDATES,
        },
    )
