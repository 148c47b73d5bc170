"""Explorable: polynomials of growing degree through noisy points, and their errors on new ones."""

import math

import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.random_stream import normals
from dlcore.explorables.ranges import require_within

SCRIPTS = ("random_stream", "polynomial_fit")
HIGHEST, LOW, HIGH = 11, -2.0, 1.0
COUNTS = 12, 15, 20, 30, 50, 100
QUESTION = (
    "The higher the degree, the nearer the curve to the 12 points. Which degree predicts new "
    "points best?"
)
PREDICTION = "The highest, which meets every point."
FINDING = (
    "That is the worst: degree 11 meets all 12 points, its error on them is 0, and on new ones "
    "2.77, nine times the noise of 0.3. Degree 5 is best with 0.36, and degree 1 errs by 0.56, for "
    "no straight line is near the wave. The error on the points themselves can only fall and says "
    "nothing of this. With 50 points the same degree 11 is harmless: 0.33. Too high is a matter of "
    "degree and number of points together."
)


def truth(x: Float64[Tensor, " n"]) -> Float64[Tensor, " n"]:
    """The curve behind the points: one period of the sine."""
    return (2 * math.pi * x).sin()


def sample(n: int, noise: float, seed: int) -> tuple[Float64[Tensor, " n"], Float64[Tensor, " n"]]:
    """Evenly spaced x from 0 to 1, and y with Gaussian noise that the script draws too."""
    x = torch.linspace(0, 1, n, dtype=torch.float64)
    return x, truth(x) + noise * normals(seed, n)


def fit(
    x: Float64[Tensor, " n"], y: Float64[Tensor, " n"], degree: int, at: Float64[Tensor, " m"]
) -> Float64[Tensor, " m"]:
    """The least-squares polynomial's values, by QR of the Chebyshev polynomials."""
    basis = [
        (torch.arange(degree + 1) * (2 * v[:, None] - 1).clamp(-1, 1).acos()).cos() for v in (x, at)
    ]
    Q, R = torch.linalg.qr(basis[0])
    return basis[1] @ torch.linalg.solve_triangular(R, (Q.T @ y)[:, None], upper=True)[:, 0]


def errors(
    x: Float64[Tensor, " n"], y: Float64[Tensor, " n"], noise: float
) -> list[tuple[float, float]]:
    """For each degree the root mean square error on the points and, expected, on new ones."""
    grid = torch.linspace(0, 1, 1001, dtype=torch.float64)
    rows = []
    for degree in range(HIGHEST + 1):
        own = (fit(x, y, degree, x) - y).square().mean().sqrt().item()
        off = (fit(x, y, degree, grid) - truth(grid)).square().mean().item()
        rows.append((own, math.sqrt(off + noise**2)))
    return rows


def _curves(x: Float64[Tensor, " n"], y: Float64[Tensor, " n"], degree: int) -> Panel:
    panel = Panel(
        f"A polynomial of degree {degree}",
        (0, 1),
        (-2, 2),
        xticks={0: "0", 0.5: "0.5", 1: "1"},
        yticks={v: f"{v}".replace("-", "−") for v in (-2, -1, 0, 1, 2)},
        xlabel="x",
    ).legend(black=("●", "points"), blue=("—", "fit"), gray=("- -", "truth"))
    grid = torch.linspace(0, 1, 201, dtype=torch.float64)
    values = fit(x, y, degree, grid).clamp(-99, 99)
    panel.line("truth", grid.tolist(), truth(grid).tolist(), "gray", width=1.5, dash="5 4")
    panel.line("fit", grid.tolist(), values.tolist(), "blue")
    dots = "".join(f"M{place}h0" for place in panel.points(x.tolist(), y.tolist()))
    return panel.path("points", dots, "black", width=7)


def _errors(rows: list[tuple[float, float]], degree: int, noise: float) -> Panel:
    panel = Panel(
        "Error by degree (root mean square)",
        (0, HIGHEST),
        (LOW, HIGH),
        xticks={v: str(v) for v in range(HIGHEST + 1)},
        yticks={-2: "0.01", -1: "0.1", 0: "1", 1: "10"},
        xlabel="degree",
    ).legend(blue=("- -", "the points"), red=("—", "new points"), gray=("··", "noise"))
    floor = math.log10(max(noise, 10.0 ** (LOW - 1)))
    panel.line("noise", (0, HIGHEST), (floor, floor), "gray", width=1.5, dash="2 4")
    panel.line("now", (degree, degree), (LOW, HIGH), "gray", width=1)
    for k, (name, color, dash) in enumerate((("train", "blue", "6 4"), ("new", "red", "none"))):
        logs = [math.log10(max(row[k], 10.0 ** (LOW - 1))) for row in rows]
        panel.line(name, range(HIGHEST + 1), logs, color, dash=dash)
    return panel


def polynomial_fit(
    degree: int = 3,
    n: int = 12,
    noise: float = 0.3,
    seed: int = 0,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """Least squares by polynomials on n noisy points of a sine, and the errors of every degree.

    The reader changes degree, number of points and noise, and draws the noise anew. The error on
    new points is the expected one: over x between 0 and 1, noise included.

    Args:
        degree: shown first, 0 to 11.
        n: points: 12, 15, 20, 30, 50 or 100.
        noise: standard deviation, 0 to 0.5.
        seed: of the noise.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: a number out of range.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 1.1.

    Example:
        >>> polynomial_fit(degree=9, n=100).state["n"]
        100

    In production: numpy.polynomial.Polynomial.fit.
    """
    require_within(0, HIGHEST, degree=degree)
    require_within(0, 0.5, noise=noise)
    if n not in COUNTS:
        raise ValueError(f"n must be one of {', '.join(map(str, COUNTS))}, got {n}")
    x, y = sample(n, noise, seed)
    rows = errors(x, y, noise)
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, {n} noisy points of a sine and the polynomial of degree {degree} nearest to them. "
        f"Right, its error by degree: on the points it falls, at degree {degree} to "
        f"{rows[degree][0]:.2f}; on new points it is {rows[degree][1]:.2f} there and "
        f"{rows[-1][1]:.2f} at degree {HIGHEST}.",
        [_curves(x, y, degree), _errors(rows, degree, noise)],
        {"degree": degree, "n": n, "noise": noise, "seed": seed, "counts": COUNTS},
    )
