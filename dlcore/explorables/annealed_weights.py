"""Explorable: the weights of annealed importance sampling, from few temperatures to many."""

import math
from collections.abc import Mapping

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_within
from dlcore.explorables.step_through import step_through

BINS, HEIGHT, MOST_RUNS, LEAST_CHAINS, MOST_TEMPERATURES = 40, 330, 10, 10, 1_000_000
QUESTION = (
    "An estimate of Z averages weights without bias, however few the temperatures. How far is its "
    "logarithm off, and on which side?"
)
PREDICTION = "As often above as below, and the standard error says how far."

Weights = Float64[Tensor, " chains"]


def estimate(logs: Weights) -> float:
    """The logarithm of the mean weight."""
    return (logs.logsumexp(0) - math.log(len(logs))).item()


def standard_error(logs: Weights) -> float:
    """Of that logarithm, as the weights seen have it."""
    w = (logs - logs.max()).exp()
    return (w.std() / w.mean() / len(w) ** 0.5).item()


def worth(logs: Weights) -> float:
    """The effective number of chains."""
    w = (logs - logs.max()).exp()
    return (w.sum().square() / w.square().sum()).item()


def _histogram(logs: Weights, truth: float, low: float, high: float) -> Panel:
    counts = torch.histc(logs.clamp(low, high), BINS, low, high) / len(logs)
    panel = Panel(
        "Logarithms of the weights",
        (low, high),
        (0, 1),
        xticks=_ticks(low, high),
        yticks={0: "0", 0.25: "25 %", 0.5: "50 %", 0.75: "75 %", 1: "100 %"},
        xlabel="log w; all below are in the first bar",
        height=HEIGHT,
    ).legend(blue=("■", "chains"), black=("··", "log Z"), red=("—", "estimate"))
    wide = (high - low) / BINS
    bars = "".join(
        f"M{panel.X(low + k * wide):.1f},{panel.Y(0):.1f}V{panel.Y(p):.1f}"
        f"H{panel.X(low + (k + 1) * wide) - 1:.1f}V{panel.Y(0):.1f}z"
        for k, p in enumerate(counts.tolist())
        if p
    )
    panel.path("bars", bars, "blue", opacity=0.8)
    panel.line("truth", [truth] * 2, [0, 1], "black", dash="2 4")
    return panel.line("estimate", [max(low, estimate(logs))] * 2, [0, 1], "red", width=1.6)


def _ticks(low: float, high: float) -> dict[float, str]:
    step = max(1, math.ceil((high - low) / 6))
    values = range(math.ceil(low), math.floor(high) + 1, step)
    return {float(v): f"{v}".replace("-", "−") for v in values}


def _course(runs: Mapping[int, Weights], shown: int, truth: float) -> Panel:
    logs = {n: math.log10(n) for n in runs}
    values = {n: estimate(w) for n, w in runs.items()}
    errors = {n: standard_error(w) for n, w in runs.items()}
    ends = [values[n] + s * errors[n] for n in runs for s in (-1, 1)]
    reach = 1.1 * max(abs(v - truth) for v in ends) or 1.0
    panel = Panel(
        "Estimates of log Z",
        (0.9 * min(logs.values()), 1.03 * max(logs.values())),
        (truth - reach, truth + reach),
        xticks={x: str(n) for n, x in logs.items() if n in (2, 10, 11, 100, 101, 1000, 1001)},
        yticks={truth: f"{truth:.2f}", truth - reach: f"{truth - reach:.1f}"},
        xlabel="temperatures",
        height=HEIGHT,
    ).legend(red=("●", "± standard error"), black=("··", "log Z"))
    panel.line("truth", [0, max(logs.values()) * 1.03], [truth] * 2, "black", dash="2 4")
    for n, x in logs.items():
        bar = [values[n] - errors[n], values[n] + errors[n]]
        panel.line(f"bar{n}", [x, x], bar, "gray" if n != shown else "red", width=1.5)
    spots = panel.points(logs.values(), values.values())
    panel.path("all", "".join(f"M{spot}h0" for spot in spots), "gray", width=6)
    return panel.dot("now", logs[shown], values[shown], "red", width=10)


def _label(n: int, logs: Weights, truth: float) -> str:
    off = estimate(logs) - truth
    side = "above" if off > 0 else "below"
    return (
        f"{n} temperatures: the estimate is {estimate(logs):.3f}, {abs(off):.3f} {side} log Z, "
        f"standard error {standard_error(logs):.3f}; {len(logs)} chains are worth "
        f"{worth(logs):.0f}."
    )


def _finding(runs: Mapping[int, Weights], truth: float) -> str:
    few, many = min(runs), max(runs)
    typical = {n: runs[n].median().item() - truth for n in (few, many)}
    off = {n: estimate(runs[n]) - truth for n in (few, many)}
    below = 100 * (runs[few] < truth).double().mean().item()

    def words(v: float) -> str:
        return f"{abs(v):.3f} {'above' if v > 0 else 'below'}"

    return (
        f"With {few} temperatures {below:.0f} % of the weights lie below Z, half of them by more "
        f"than {-typical[few]:.1f} nats, and the average rests on the few that don't: "
        f"{len(runs[few])} chains are worth {worth(runs[few]):.0f}. This time its logarithm is "
        f"{words(off[few])} log Z; mostly it is below, for the rare large weights are missing, and "
        f"by more than t above with a probability of at most e to the −t. With {many} temperatures "
        f"the weights are nearly equal, the chains are worth {worth(runs[many]):.0f}, and the "
        f"logarithm is {words(off[many])}. The standard error is computed from the weights seen; "
        "it says little when few of them bear the sum."
    )


def annealed_weights(
    log_weights: Mapping[int, Float[Tensor, " chains"]],
    log_z: float,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """Weights and estimates of annealed importance sampling, over the number of temperatures.

    The reader steps through runs that have been made before: a histogram shows the logarithms of
    the weights, a chart all estimates of log Z with their standard errors.

    Args:
        log_weights: by number of temperatures, the logarithm of each chain's weight times the
            base's normalizer, for at least 10 chains; 2 to 10 runs.
        log_z: the truth.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold; by default computed from the runs.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: another number of runs or chains, or weights that are not finite.

    Equation: :eq:`eq-ais-weight`
    Section: :ref:`sec-ais-partition`

    Source: Salakhutdinov, Murray (2008), On the quantitative analysis of deep belief networks.

    Example:
        >>> g = torch.Generator().manual_seed(0)
        >>> runs = {n: 5 + torch.randn(50, generator=g) / n for n in (2, 20)}
        >>> annealed_weights(runs, 5.0).state["labels"][1][:15]
        '20 temperatures'

    In production: no package; AIS is written for the model at hand.
    """
    if not 2 <= len(log_weights) <= MOST_RUNS:
        raise ValueError(f"there may be 2 to {MOST_RUNS} runs, got {len(log_weights)}")
    runs = {n: log_weights[n].detach().double().cpu() for n in sorted(log_weights)}
    for n, logs in runs.items():
        require_within(2, MOST_TEMPERATURES, temperatures=n)
        if logs.ndim != 1 or len(logs) < LEAST_CHAINS or not logs.isfinite().all():
            raise ValueError(
                f"weights must be finite, of {LEAST_CHAINS} chains or more, got {tuple(logs.shape)}"
            )
    everything = torch.cat(list(runs.values()))
    high = float(math.ceil(max(everything.max().item(), log_z) + 0.5))
    low = max(math.floor(everything.min().item()), high - 20.0)
    counts = list(runs)
    labels = [_label(n, logs, log_z) for n, logs in runs.items()]
    return step_through(
        [[_histogram(runs[n], log_z, low, high), _course(runs, n, log_z)] for n in counts],
        labels,
        question=question,
        prediction=prediction,
        finding=finding or _finding(runs, log_z),
        alt="Left, a histogram of the logarithms of weights; right, estimates of log Z over the "
        f"number of temperatures, with the truth, {log_z:.3f}. {labels[0]}",
        step="Run",
        shown=0,
    )
