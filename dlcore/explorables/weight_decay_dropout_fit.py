"""Explorable: a network's curve through noisy points, with weight decay, dropout, or both."""

import math

import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable, in_single_precision
from dlcore.explorables.panel import Panel
from dlcore.explorables.polynomial_fit import sample, truth
from dlcore.explorables.random_stream import uniforms
from dlcore.explorables.ranges import require_known, require_within

SCRIPTS = ("random_stream", "scientific", "weight_decay_dropout_fit")
UNITS, POINTS, NOISE, SEED, MASKS = 40, 12, 0.5, 3, 8
LOWEST, HIGHEST, TOP, MOST_DROPPED = -6.0, 2.0, 1.25, 0.9
LOGS = [LOWEST + k / 4 for k in range(33)]
SIZES = {"alike": "Alike", "left": "Left half ten times larger"}
QUESTION = (
    "Forty hidden units follow the noise of 12 points. Dropout trains one of 2⁴⁰ networks at each "
    "step; weight decay only makes weights smaller. How different are the curves that they give?"
)
PREDICTION = "Very: no penalty on weights does what an average over so many networks does."
FINDING = (
    "You can hardly tell them apart. Averaged over all masks, dropout adds to the squared error "
    "p / (1 − p) times each unit's mean square times its squared weight: a weight decay. With "
    "p = 0.2 the error on new points is 0.55; without dropout it is 0.77, and 0.55 again with "
    "λ = 0.32. The dashed curve, weight decay alone and as strong on average, stays within 0.02 of "
    "the fit. Where one of the two has done the work the other adds nothing: with p = 0.2 no λ "
    "lowers the error by as much as 0.001. They differ in what they call large. Make the left half "
    "of the units ten times larger: the weights there can be ten times smaller, weight decay "
    "spares them, and its best error is 0.59. Dropout gives the same curve as before. All this is "
    "exact because only the output weights are trained; where hidden layers learn too, no such "
    "formula is."
)

Points = Float64[Tensor, " n"]


def hidden(x: Points, sizes: str) -> Float64[Tensor, "n h"]:
    """The hidden layer, drawn once and never trained: tanh units with slopes from 5 to 25."""
    u = torch.from_numpy(uniforms(7, 2 * UNITS)).double()
    centres, slopes = 1.2 * u[::2] - 0.1, 5 + 20 * u[1::2]
    h = (slopes * (x[:, None] - centres)).tanh()
    return h * torch.where(centres < 0.5, 10.0, 1.0) if sizes == "left" else h


def output_weights(
    H: Float64[Tensor, "n h"], y: Points, decay: Float64[Tensor, " h"]
) -> Float64[Tensor, " h"]:
    """The w that makes mean((y - H w)^2) + sum_j decay_j w_j^2 smallest."""
    scaled = H / decay
    K = scaled @ H.T + len(y) * torch.eye(len(y), dtype=torch.float64)
    return scaled.T @ torch.linalg.solve(K, y)


def decay_of(H: Float64[Tensor, "n h"], lam: float, p: float) -> Float64[Tensor, " h"]:
    """What weight decay and dropout together cost a unit's squared weight, on average over masks.

    With the mask m, 1 / (1 - p) or 0, the mean of (y - sum_j m_j h_j w_j)^2 is the square without
    masks plus var(m_j) h_j^2 w_j^2 for each unit, and var(m_j) = p / (1 - p).
    """
    return lam + p / (1 - p) * H.square().mean(0)


def masks(p: float) -> Float64[Tensor, "m h"]:
    """Eight masks of inverted dropout, the same units going first for every p."""
    u = torch.from_numpy(uniforms(11, MASKS * UNITS)).double().reshape(MASKS, UNITS)
    return (u >= p).double() / (1 - p)


def errors(y: Points, sizes: str, lam: float, p: float) -> tuple[float, float]:
    """Root mean square error on the points and, expected, on new ones."""
    x, grid = (torch.linspace(0, 1, n, dtype=torch.float64) for n in (POINTS, 201))
    H = hidden(x, sizes)
    w = output_weights(H, y, decay_of(H, lam, p))
    off = (hidden(grid, sizes) @ w - truth(grid)).square().mean().item()
    return (H @ w - y).square().mean().sqrt().item(), math.sqrt(off + NOISE**2)


def _curves(x: Points, y: Points, sizes: str, lam: float, p: float) -> Panel:
    panel = Panel(
        "The curve of the network",
        (-0.02, 1.02),
        (-2.2, 2.2),
        xticks={0: "0", 0.5: "0.5", 1: "1"},
        yticks={v: f"{v}".replace("-", "−") for v in (-2, -1, 0, 1, 2)},
        xlabel="x (thin: eight masks; grey: the truth)",
    ).legend(black=("●", "points"), blue=("—", "fit"), red=("- -", "as much decay alone"))
    grid = torch.linspace(0, 1, 201, dtype=torch.float64)
    H, at = hidden(x, sizes), hidden(grid, sizes)
    decay = decay_of(H, lam, p)
    w = output_weights(H, y, decay)
    few = at[::4]
    thin = "".join(
        "M" + "L".join(panel.points(grid[::4].tolist(), (few @ (m * w)).tolist())) for m in masks(p)
    )
    panel.path("masks", thin, "gold", width=0.6)
    panel.line("truth", grid.tolist(), truth(grid).tolist(), "gray", width=1.5, dash="2 4")
    panel.line("fit", grid.tolist(), (at @ w).tolist(), "blue", width=2.5)
    alone = output_weights(H, y, decay.mean().expand(UNITS))
    panel.line("decay", grid.tolist(), (at @ alone).tolist(), "red", width=1.5, dash="6 4")
    dots = "".join(f"M{place}h0" for place in panel.points(x.tolist(), y.tolist()))
    return panel.path("points", dots, "black", width=7)


def _errors(y: Points, sizes: str, lam: float, p: float) -> Panel:
    panel = Panel(
        "Error by weight decay (root mean square)",
        (LOWEST, HIGHEST),
        (0, TOP),
        xticks={-6: "10⁻⁶", -4: "10⁻⁴", -2: "0.01", 0: "1", 2: "100"},
        yticks={v / 4: f"{v / 4:g}" for v in range(5)},
        xlabel="weight decay λ",
    ).legend(blue=("- -", "the points"), red=("—", "new points"), gray=("—", "new, p = 0"))
    log = math.log10(lam)
    panel.line("now", (log, log), (0, TOP), "gray", width=1)
    rows = [[errors(y, sizes, 10**v, q) for v in LOGS] for q in (0.0, p)]
    panel.line("none", LOGS, [row[1] for row in rows[0]], "gray", width=1.5)
    for k, (name, color, dash) in enumerate((("train", "blue", "6 4"), ("new", "red", "none"))):
        panel.line(name, LOGS, [row[k] for row in rows[1]], color, dash=dash)
        own = errors(y, sizes, lam, p)[k]
        panel.dot(f"{name}now", log, own, color, width=8)
    return panel


@in_single_precision
def weight_decay_dropout_fit(
    lam: float = 1e-6,
    p: float = 0.2,
    *,
    sizes: str = "alike",
    seed: int = SEED,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    r"""A curve through 12 noisy points by 40 hidden units, with weight decay and dropout.

    The hidden layer is drawn at random and stays; the output weights are those that make half the
    mean squared error plus $\tfrac\lambda2\|w\|^2$ smallest, on average over all masks of dropout,
    which has a closed form. Eight single masks are shown as well, and the curve of the weight
    decay that is on average as strong as both together. The error on new points is the expected
    one: over x between 0 and 1, noise included.

    Args:
        lam: weight decay $\lambda$ shown first, 1e-6 to 100.
        p: probability that a hidden unit is dropped, 0 to 0.9.
        sizes: "alike", or "left": units centred left of 0.5 give values ten times larger.
        seed: of the noise.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: a number out of range, or unknown sizes.

    Equation: :eq:`eq-dropout-ridge`
    Section: :ref:`sec-dropout-linear`

    Source: Wager, Wang, Liang (2013), Dropout training as adaptive regularization,
    arXiv:1307.1493.

    Example:
        >>> weight_decay_dropout_fit(0.01, 0.0).state["log"]
        -2.0

    In production: torch.nn.Dropout, torch.optim.SGD(weight_decay=lam).
    """
    require_within(10**LOWEST, 10**HIGHEST, lam=lam)
    require_within(0, MOST_DROPPED, p=p)
    require_known(SIZES, sizes=sizes)
    x, y = sample(POINTS, NOISE, seed)
    own, new = errors(y, sizes, lam, p)
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, {POINTS} noisy points of a sine and the curve of a network with weight decay "
        f"{lam:g} and dropout {p:g}, curves of eight masks about it, and a dashed curve of weight "
        f"decay alone. Right, errors over the weight decay: here {own:.2f} on the points and "
        f"{new:.2f} on new ones.",
        [_curves(x, y, sizes, lam, p), _errors(y, sizes, lam, p)],
        {
            "log": math.log10(lam),
            "p": p,
            "sizes": sizes,
            "options": SIZES,
            "seed": seed,
            "noise": NOISE,
            "masks": True,
        },
    )
