"""Explorable: a random walk and Hamiltonian Monte Carlo on the same density, for the same price."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from contourpy import contour_generator

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.random_stream import normals, uniforms
from dlcore.explorables.ranges import require_known, require_within

SCRIPTS = ("random_stream", "contour", "metropolis_and_hmc")
EVALUATIONS, SHOWN, LEAPS, X_REACH, Y_REACH, HEIGHT = 1500, 600, 15, 4.8, 4.2, 330
COLUMNS, ROWS, LEVELS = 49, 43, (-4.5, -2.0, -0.5)
NOTCHES = [float(f"{10 ** (k / 12):.2g}") for k in range(-18, 13)]
NAMES = {"correlated": "Correlated normal", "banana": "Banana", "modes": "Two modes"}
STARTS = {"correlated": (-1.5, -1.5), "banana": (0.0, 0.0), "modes": (-3.5, 0.0)}
QUESTION = (
    "Both chains may evaluate the density or its gradient 1,500 times. Is a chain the better, the "
    "more of its moves are accepted?"
)
PREDICTION = "Yes: a refused move is lost work."
FINDING = (
    "No. On the correlated normal the walk with step 0.1 is accepted in 86 % of the cases, but "
    "1,500 steps are worth 7 independent draws, on average over twenty runs: it moves and gets "
    "nowhere. With step 1 it is refused three times out of four, and is worth 39. HMC with leaps "
    "of 0.22 crosses in a single draw: 98 % are accepted, and 100 draws are worth 196, more than "
    "themselves, since each tends to land opposite of the last. From a leap of 0.45 on, twice the "
    "deviation across the ridge, the leapfrog explodes, and every draw is refused. And both "
    "numbers know only where the chain has been: on two modes HMC with leaps of 0.15 accepts "
    "nearly everything and claims to be worth 164, but has found the other mode in 2 of the twenty "
    "runs."
)

Place = tuple[float, float]
Density = Callable[[float, float], tuple[float, float, float]]


def _correlated(x: float, y: float) -> tuple[float, float, float]:
    rho = 0.95
    a, b = (x - rho * y) / (1 - rho**2), (y - rho * x) / (1 - rho**2)
    return -(a * x + b * y) / 2, -a, -b


def _banana(x: float, y: float) -> tuple[float, float, float]:
    bend, width = 0.5, 1.5
    rest = y - bend * (x * x - width**2)
    return -((x / width) ** 2 + rest**2) / 2, -x / width**2 + 2 * bend * x * rest, -rest


def _modes(x: float, y: float) -> tuple[float, float, float]:
    half = 3.5
    right = 1 / (1 + math.exp(-2 * half * x))
    log_sum = math.log(math.cosh(half * x)) - (x * x + half * half) / 2
    return log_sum - y * y / 2, half * (2 * right - 1) - x, -y


DENSITIES: dict[str, Density] = {"correlated": _correlated, "banana": _banana, "modes": _modes}


class Run(NamedTuple):
    """The states after each draw, the start first, and which moves were accepted."""

    states: list[Place]
    accepted: list[bool]


def walk(density: str, step: float, seed: int) -> Run:
    """Random-walk Metropolis: one evaluation a draw."""
    f, (x, y) = DENSITIES[density], STARTS[density]
    z = (step * normals(seed, 2 * EVALUATIONS)).tolist()
    logs = np.log(1 - uniforms(seed + 7919, EVALUATIONS)).tolist()
    here, run = f(x, y)[0], Run([(x, y)], [])
    for n in range(EVALUATIONS):
        to = x + z[2 * n], y + z[2 * n + 1]
        there = f(*to)[0]
        run.accepted.append(logs[n] < there - here)
        if run.accepted[-1]:
            (x, y), here = to, there
        run.states.append((x, y))
    return run


def roll(density: str, step: float, seed: int) -> Run:
    """Hamiltonian Monte Carlo: 15 evaluations of the gradient a draw."""
    f, (x, y) = DENSITIES[density], STARTS[density]
    draws = EVALUATIONS // LEAPS
    z = normals(seed, 2 * draws).tolist()
    logs = np.log(1 - uniforms(seed + 7919, draws)).tolist()
    run = Run([(x, y)], [])
    for n in range(draws):
        a, b, px, py = x, y, z[2 * n], z[2 * n + 1]
        here, gx, gy = f(a, b)
        before = here - (px * px + py * py) / 2
        for _ in range(LEAPS):
            px, py = px + step / 2 * gx, py + step / 2 * gy
            a, b = a + step * px, b + step * py
            if abs(a) + abs(b) > 1e3:
                break
            here, gx, gy = f(a, b)
            px, py = px + step / 2 * gx, py + step / 2 * gy
        stable = abs(a) + abs(b) <= 1e3
        run.accepted.append(stable and logs[n] < here - (px * px + py * py) / 2 - before)
        if run.accepted[-1]:
            x, y = a, b
        run.states.append((x, y))
    return run


def first(run: Run, draws: int) -> Run:
    """The beginning of a run."""
    return Run(run.states[: draws + 1], run.accepted[:draws])


def worth(run: Run) -> float:
    """The effective sample size for the mean, of the worse coordinate; 0 if one never moved."""
    if not any(run.accepted):
        return 0.0
    return min(effective(np.array(values)) for values in zip(*run.states[1:], strict=True))


def effective(values: np.ndarray) -> float:
    """By Geyer's monotone sequence of both halves of a chain."""
    half = len(values) // 2
    halves = np.stack([values[:half], values[-half:]])
    centred = halves - halves.mean(1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(centred, 2 * half)) ** 2
    covariance = (np.fft.irfft(spectrum, 2 * half)[:, :half] / half).mean(0)
    within = covariance[0] * half / (half - 1)
    total = covariance[0] + halves.mean(1).var(ddof=1)
    if total < 1e-12:
        return 0.0
    rho = 1 - (within - covariance) / total
    rho[0] = 1
    last = max((half - 3) // 2, 0)
    tau, least, k = -1.0, math.inf, 0
    while k < last and rho[2 * k] + rho[2 * k + 1] > 0:
        least = min(least, rho[2 * k] + rho[2 * k + 1])
        tau, k = tau + 2 * least, k + 1
    tau += max(rho[2 * k], 0)
    return float(2 * half / max(tau, 1 / math.log10(2 * half)))


def nearest_notch(step: float) -> int:
    """The number of the slider's step size that is most like it."""
    return min(range(len(NOTCHES)), key=lambda k: abs(math.log(NOTCHES[k] / step)))


def _plane(density: str, runs: dict[str, Run]) -> Panel:
    panel = Panel(
        NAMES[density],
        (-X_REACH, X_REACH),
        (-Y_REACH, Y_REACH),
        xticks={v: f"{v}".replace("-", "−") for v in (-4, -2, 0, 2, 4)},
        yticks={v: f"{v}".replace("-", "−") for v in (-4, -2, 0, 2, 4)},
        height=HEIGHT,
        grid=False,
    ).legend(blue=("—", "random walk"), red=("—", "HMC"))
    across, up = np.linspace(-X_REACH, X_REACH, COLUMNS), np.linspace(-Y_REACH, Y_REACH, ROWS)
    heights = np.array([[DENSITIES[density](x, y)[0] for x in across] for y in up])
    contours = contour_generator(x=across, y=up, z=heights - heights.max())
    lines = [np.asarray(line) for level in LEVELS for line in contours.lines(level)]
    d = "".join("M" + "L".join(panel.points(*line.T)) for line in lines)
    panel.path("levels", d, "gray", width=1)
    for name, color in (("walk", "blue"), ("roll", "red")):
        states = runs[name].states
        xs, ys = zip(*states, strict=True)
        panel.line(name, xs, ys, color, width=0.8)
        panel.dot(f"{name}-now", *states[-1], color, width=10)
    return panel


def _trace(runs: dict[str, Run]) -> Panel:
    panel = Panel(
        "First coordinate",
        (0, EVALUATIONS),
        (-X_REACH, X_REACH),
        xticks={v: str(v) for v in (0, 500, 1000, 1500)},
        yticks={v: f"{v}".replace("-", "−") for v in (-4, -2, 0, 2, 4)},
        xlabel="evaluations",
        height=HEIGHT,
    ).legend(blue=("—", "random walk"), red=("●", "HMC"))
    for name, price, color in (("walk", 1, "blue"), ("roll", LEAPS, "red")):
        xs = [x for x, _ in runs[name].states]
        at = [n * price for n in range(len(xs))]
        if name == "walk":
            panel.line("walk-trace", at, xs, color, width=1)
        else:
            spots = panel.points(at, xs)
            panel.path("roll-trace", "".join(f"M{s}h0" for s in spots), color, width=4)
    return panel


def metropolis_and_hmc(
    density: str = "correlated",
    walk_step: float = 0.68,
    leap: float = 0.15,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """Random-walk Metropolis and Hamiltonian Monte Carlo side by side, 1,500 evaluations each.

    The reader sets both step sizes and the density, and lets the chains grow. The page shows paths,
    traces, acceptance and the effective sample size for the mean of the worse coordinate. Densities
    are a normal with correlation 0.95, a banana and a mixture of two normals, 7 apart.

    Args:
        density: shown first: "correlated", "banana", "modes".
        walk_step: standard deviation of the walk's steps, 0.032 to 10, to the nearest of 12 a
            decade.
        leap: step of the 15 leapfrog steps a draw, likewise.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: an unknown density, or a step out of range.

    Equations: :eq:`eq-metropolis-acceptance`, :eq:`eq-leapfrog`, :eq:`eq-hmc-acceptance`
    Section: :ref:`sec-hamiltonian-monte-carlo`

    Source: Neal (2011), MCMC using Hamiltonian dynamics, Handbook of Markov Chain Monte Carlo,
    chapter 5.

    Example:
        >>> metropolis_and_hmc("banana", walk_step=1).state["density"]
        'banana'

    In production: blackjax, NumPyro, Stan; NUTS chooses the number of leaps itself.
    """
    require_known(NAMES, density=density)
    require_within(NOTCHES[0], NOTCHES[-1], walk_step=walk_step, leap=leap)
    steps = {"walk": nearest_notch(walk_step), "roll": nearest_notch(leap)}
    runs = {
        "walk": first(walk(density, NOTCHES[steps["walk"]], 0), SHOWN),
        "roll": first(roll(density, NOTCHES[steps["roll"]], 0), SHOWN // LEAPS),
    }
    words = [
        f"{100 * np.mean(runs[name].accepted):.0f} % accepted, worth {worth(runs[name]):.0f} draws"
        for name in ("walk", "roll")
    ]
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, level lines of a density ({NAMES[density].lower()}) with the paths of two chains; "
        f"right, their first coordinate over {SHOWN} evaluations. Random walk with step "
        f"{NOTCHES[steps['walk']]:g}: {words[0]}; HMC with {LEAPS} leaps of "
        f"{NOTCHES[steps['roll']]:g}: {words[1]}.",
        [_plane(density, runs), _trace(runs)],
        {
            "names": NAMES,
            "starts": {name: list(start) for name, start in STARTS.items()},
            "density": density,
            "steps": steps,
            "notches": NOTCHES,
            "evaluations": EVALUATIONS,
            "shown": SHOWN,
            "leaps": LEAPS,
            "reach": [X_REACH, Y_REACH],
            "grid": [COLUMNS, ROWS],
            "levels": list(LEVELS),
        },
    )
