"""Explorable: the numbers of a small floating-point format on a line, and rounding to them."""

import math
from typing import Literal

import torch

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_known, require_within
from dlcore.numerics import FloatFormat, enumerate_minifloat, round_to_minifloat

SCRIPTS = ("handles", "scientific", "float_line")
SPECIAL = {"ieee": "∞ and NaN", "nan": "one NaN", "none": "numbers"}
PRESETS = {
    "small": ("3 + 2 bits", (3, 2, "ieee")),
    "e2m1": ("FP4 E2M1", (2, 1, "none")),
    "e4m3": ("FP8 E4M3", (4, 3, "nan")),
    "e5m2": ("FP8 E5M2", (5, 2, "ieee")),
}
LOW, HIGH, HEIGHT = -19.0, 17.0, 200
QUESTION = (
    "This format has 3 exponent and 2 mantissa bits; its largest numbers are 8, 10, 12 and 14. "
    "What become 9, 11 and 13?"
)
PREDICTION = "10, 12 and 14: a half is rounded up."
FINDING = (
    "8, 12 and 12. Of two numbers equally near the one with an even mantissa is taken, so that "
    "ties go up as often as down and long sums do not drift. By the same rule 15, halfway between "
    "14 and the 16 that would come next, is already infinity. The line is far from even: of the 27 "
    "positive numbers 11 are smaller than 1. Spacing halves with every power of two, so that the "
    "relative error never exceeds 1/8, down to 1/4. Below, the subnormal numbers keep the spacing "
    "1/16: the error grows, and what is at most 1/32 becomes 0."
)


def reach_of(largest: float) -> int:
    """The power of two to which the line is shown at first."""
    return math.ceil(math.log2(1.07 * largest))


def sawtooth(fmt: FloatFormat) -> tuple[list[float], list[float]]:
    """The relative error of rounding by log2 x: its corners, at numbers and halfway between."""
    values = enumerate_minifloat(fmt)
    values = values[values > 0]
    middles = (values[1:] + values[:-1]) / 2
    middles = middles[middles > values[:-1]]
    corners = torch.cat([values, middles]).sort().values
    errors = (round_to_minifloat(corners, fmt) - corners).abs() / corners
    last = 2 * values[-1] - values[-2] if len(values) > 1 else 2 * values[-1]
    edge = (values[-1] + last).item() / 2
    least = math.log2(values[0].item() / 2)
    xs = [LOW, least, *corners.log2().tolist(), math.log2(edge)]
    ys = [1.0, 1.0, *errors.tolist(), (edge - values[-1].item()) / edge]
    if fmt.special == "none":
        far = torch.linspace(xs[-1], HIGH, 20, dtype=torch.float64)
        return xs + far.tolist(), ys + (1 - values[-1] / 2**far).tolist()
    return [*xs, xs[-1]], [*ys, 2.0]


def _line(fmt: FloatFormat, x: float) -> Panel:
    values = enumerate_minifloat(fmt)
    largest = values[-1].item()
    reach = 2.0 ** reach_of(largest)
    panel = Panel("The numbers of the format", (-1, 1), (0, 1), height=HEIGHT, frame=False)
    panel.legend(blue=("|", "normal"), gold=("|", "subnormal"), red=("▮", "too large"))
    beyond = (3 * largest - values[-2].item()) / 2 / reach
    sides = [(panel.X(-1), panel.X(-beyond)), (panel.X(beyond), panel.X(1))]
    band = "".join(
        f"M{a:.1f},{panel.Y(0.55):.1f}H{b:.1f}V{panel.Y(0.2):.1f}H{a:.1f}z" for a, b in sides
    )
    panel.path("beyond", "" if fmt.special == "none" else band, "red", opacity=0.3)
    panel.line("axis", (-1, 1), (0.2, 0.2), "gray", width=1)
    smallest = 2.0**fmt.smallest_exponent
    normal = values.abs() >= smallest
    for name, chosen, color in (
        ("normal", values[normal], "blue"),
        ("subnormal", values[~normal], "gold"),
    ):
        places = [panel.X(v / reach) for v in chosen.tolist()]
        d = "".join(f"M{u:.1f},{panel.Y(0.2):.1f}V{panel.Y(0.5):.1f}" for u in places)
        panel.path(name, d, color, width=1.2)
    for part, v in (("left", -1), ("middle", 0), ("right", 1)):
        text = f"{v * reach:g}".replace("-", "−")
        panel.label(part, 0.9 * v, 0.07, text, "black")
    rounded = round_to_minifloat(torch.tensor(x, dtype=torch.float64), fmt).item()
    at = rounded if math.isfinite(rounded) else math.copysign(2 * reach, x)
    panel.line("move", (x / reach, at / reach), (0.85, 0.5), "teal")
    panel.dot("rounded", at / reach, 0.5, "teal", width=8)
    return panel.dot("x", x / reach, 0.85, "black")


def _errors(fmt: FloatFormat, x: float) -> Panel:
    panel = Panel(
        "Relative error of rounding",
        (LOW, HIGH),
        (0, 1.05),
        xticks={-16: "2⁻¹⁶", -8: "2⁻⁸", 0: "1", 8: "2⁸", 16: "2¹⁶"},
        yticks={0: "0", 0.25: "25 %", 0.5: "50 %", 1: "100 %"},
        xlabel="|x|",
        height=HEIGHT,
    ).legend(blue=("—", "error"), gray=("- -", "unit roundoff"), black=("●", "x"))
    roundoff = 2.0 ** -(fmt.mantissa_bits + 1)
    panel.line("roundoff", (LOW, HIGH), (roundoff, roundoff), "gray", width=1.2, dash="5 4")
    panel.line("error", *sawtooth(fmt), "blue", width=1.5)
    rounded = round_to_minifloat(torch.tensor(x, dtype=torch.float64), fmt).item()
    error = abs(rounded - x) / abs(x) if x and math.isfinite(rounded) else 0.0 if not x else 1.05
    place = max(LOW, min(HIGH, math.log2(abs(x)))) if x else LOW
    return panel.dot("now", place, error, "black", width=9)


def float_line(
    x: float = 9.0,
    exponent_bits: int = 3,
    mantissa_bits: int = 2,
    special: Literal["ieee", "nan", "none"] = "ieee",
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """The numbers of a small floating-point format on a line, and the one that x is rounded to.

    The reader chooses the bits, moves x, and brings the neighbourhood of zero nearer. The second
    chart shows the relative error of rounding for all sizes at once: at most the unit roundoff for
    normal numbers, larger for subnormal ones, infinite where numbers overflow.

    Args:
        x: the number that is rounded first, no larger than the first view, which ends at the power
            of two above the largest number.
        exponent_bits: 2 to 5.
        mantissa_bits: 0 to 4.
        special: what an exponent of all ones means: "ieee" infinity and NaN, "nan" a number but for
            one NaN, "none" a number.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: an unknown choice, or a number out of range.

    Equation: :eq:`eq-rounding`
    Section: :ref:`sec-floating-point`

    Source: Goldberg (1991), What every computer scientist should know about floating-point
    arithmetic, doi:10.1145/103162.103163.

    Example:
        >>> float_line(0.3, exponent_bits=4, mantissa_bits=3, special="nan").state["special"]
        'nan'

    In production: torch.Tensor.to(torch.float8_e4m3fn).
    """
    require_within(2, 5, exponent_bits=exponent_bits)
    require_within(0, 4, mantissa_bits=mantissa_bits)
    require_known(SPECIAL, special=special)
    fmt = FloatFormat(exponent_bits, mantissa_bits, special)
    values = enumerate_minifloat(fmt)
    reach = 2.0 ** reach_of(values[-1].item())
    require_within(-reach, reach, x=x)
    rounded = round_to_minifloat(torch.tensor(float(x), dtype=torch.float64), fmt).item()
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, a line from {-reach:g} to {reach:g} with the {len(values)} numbers of a format of "
        f"{exponent_bits} exponent and {mantissa_bits} mantissa bits, dense around 0; {x:g} is "
        f"rounded to {rounded:g}. Right, the relative error of rounding: a sawtooth below the unit "
        "roundoff for normal numbers, rising to 100 % for smaller ones.",
        [_line(fmt, x), _errors(fmt, x)],
        {
            "x": x,
            "bits": [exponent_bits, mantissa_bits],
            "special": special,
            "specials": SPECIAL,
            "names": {name: label for name, (label, _) in PRESETS.items()},
            "presets": {name: choice for name, (_, choice) in PRESETS.items()},
        },
    )
