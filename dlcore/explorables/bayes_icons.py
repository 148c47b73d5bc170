"""Explorable: what a positive test says, as 1,000 people and as odds that grow test by test."""

import math

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_within

SCRIPTS = ("scientific", "bayes_icons")
COLUMNS, ROWS, MOST, REACH = 40, 25, 6, 9.0
RATES = 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5
QUESTION = (
    "One in 100 people is ill. A test finds 95 % of the ill and is wrong for 5 % of the healthy. "
    "It is positive: how probable is it that you are ill?"
)
PREDICTION = "About 95 %: that is how often the test is right."
FINDING = (
    "16 %. Of 1,000 people 10 are ill, and nearly all of them test positive. But 990 are healthy, "
    "and 5 % of so many are about 50 positive results: five in six of all. The test has not "
    "failed. It multiplies the odds by 95 / 5 = 19, from 1 : 99 to 19 : 99. Press “Positive” "
    "again: a second positive result multiplies by 19 once more and gives 78 %, a third 99 %. This "
    "holds as long as the tests err independently; a test that is wrong twice for the same reason "
    "tells nothing new."
)
RING = "m-2,0a2,2 0 1,0 4,0a2,2 0 1,0 -4,0"
GROUPS = {
    "ill_positive": ("red", 5.5, "h0"),
    "ill_negative": ("red", 1.2, RING),
    "well_positive": ("gold", 5.5, "h0"),
    "well_negative": ("gray", 2, "h0"),
}


def log_odds(p: float) -> float:
    """The logarithm of p : (1 - p)."""
    return math.log(p) - math.log1p(-p)


def beliefs(base_rate: float, sensitivity: float, specificity: float, results: str) -> list[float]:
    """Log-odds of being ill before all tests and after each; a result is "+" or "-"."""
    ratios = {"+": sensitivity / (1 - specificity), "-": (1 - sensitivity) / specificity}
    odds = [log_odds(base_rate)]
    for result in results:
        odds.append(odds[-1] + math.log(ratios[result]))
    return odds


def people(p: float, sensitivity: float, specificity: float) -> dict[str, int]:
    """How many of 1,000 are ill or well and will test positive or negative, in whole numbers."""

    def whole(v: float) -> int:
        return math.floor(v + 0.5 + 1e-9)

    ill = whole(1000 * p)
    found, alarmed = whole(ill * sensitivity), whole((1000 - ill) * (1 - specificity))
    counts = (found, ill - found, alarmed, 1000 - ill - alarmed)
    return dict(zip(GROUPS, counts, strict=True))


def _icons(p: float, sensitivity: float, specificity: float) -> Panel:
    panel = Panel("1,000 people like you", (0, COLUMNS), (0, ROWS), frame=False).legend(
        red=("●", "ill, test +"), gold=("●", "well, test +"), gray=("·", "well, −")
    )
    start = 0
    for name, count in people(p, sensitivity, specificity).items():
        places = [divmod(n, ROWS) for n in range(start, start + count)]
        start += count
        color, width, shape = GROUPS[name]
        marks = (
            f"M{panel.X(column + 0.5):.1f},{panel.Y(ROWS - row - 0.5):.1f}{shape}"
            for column, row in places
        )
        panel.path(name, "".join(marks), color, width=width)
    return panel


def _odds(odds: list[float], results: str, steps: tuple[float, float]) -> Panel:
    panel = Panel(
        "Probability of being ill, in %",
        (0, MOST),
        (-REACH, REACH),
        xticks={v: str(v) for v in range(MOST + 1)},
        yticks={log_odds(v / 100): f"{v:g}" for v in (0.1, 1, 10, 50, 90, 99, 99.9)},
        xlabel="results so far",
    ).legend(red=("●", "after +"), teal=("●", "after −"), gray=("- -", "next"))
    now, t = odds[-1], len(results)
    ahead = "" if t == MOST else "".join(_leg(panel, t, now, now + step) for step in steps)
    panel.path("next", ahead, "gray", width=1.2, dash="3 4")
    panel.line("path", range(t + 1), odds, "black")
    steps_by = {"black": [0], "red": [], "teal": []}
    for k, result in enumerate(results, start=1):
        steps_by["red" if result == "+" else "teal"].append(k)
    for name, (color, ks) in zip(("before", "positive", "negative"), steps_by.items(), strict=True):
        places = panel.points(ks, [odds[k] for k in ks])
        panel.path(name, "".join(f"M{place}h0" for place in places), color, width=10)
    return panel


def _leg(panel: Panel, t: int, start: float, end: float) -> str:
    return "M" + "L".join(panel.points((t, t + 1), (start, end)))


def bayes_icons(
    base_rate: float = 0.01,
    sensitivity: float = 0.95,
    specificity: float = 0.95,
    results: str = "",
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """A test for a rare illness: 1,000 people as dots, and the posterior after each result.

    The reader changes base rate, sensitivity and specificity and enters result after result; the
    posterior of one is the prior of the next, and the dots show the people who had the same results
    so far. The second chart has log-odds as its scale, so that each positive result is the same
    step.

    Args:
        base_rate: share of the ill before any test, 0.001 to 0.5.
        sensitivity: probability that the test is positive for the ill, 0.5 to 0.999.
        specificity: probability that it is negative for the healthy, 0.5 to 0.999.
        results: entered first, up to six of "+" and "-".
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: a number out of range, or results of another kind.

    Section: :ref:`sec-bayes`

    Source: Gigerenzer, Hoffrage (1995), How to improve Bayesian reasoning without instruction,
    doi:10.1037/0033-295X.102.4.684.

    Example:
        >>> bayes_icons(base_rate=0.05, results="+").state["results"]
        '+'

    In production: dlcore.probability.bayes_update gives the numbers.
    """
    require_within(0.001, 0.5, base_rate=base_rate)
    require_within(0.5, 0.999, sensitivity=sensitivity, specificity=specificity)
    if len(results) > MOST or set(results) - {"+", "-"}:
        raise ValueError(f"results must be up to {MOST} of '+' and '-', got {results!r}")
    odds = beliefs(base_rate, sensitivity, specificity, results)
    steps = [beliefs(0.5, sensitivity, specificity, result)[1] for result in "+-"]
    p, after = (1 / (1 + math.exp(-v)) for v in (odds[-1], odds[-1] + steps[0]))
    counts = people(p, sensitivity, specificity)
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, 1,000 dots for people of whom {100 * p:.3g} % are ill: "
        f"{counts['ill_positive']} are ill and will test positive, {counts['well_positive']} are "
        f"well and will test positive. Right, the probability of being ill after {len(results)} "
        f"results; after one more positive result it is {100 * after:.3g} %.",
        [_icons(p, sensitivity, specificity), _odds(odds, results, (steps[0], steps[1]))],
        {
            "rate": base_rate,
            "rates": sorted({*RATES, base_rate}),
            "sensitivity": sensitivity,
            "specificity": specificity,
            "results": results,
        },
    )
