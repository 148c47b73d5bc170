"""Explorable: the learning rate against 2/λ, on a quadratic and in the training of a network."""

import math
from functools import cache
from itertools import pairwise

import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_within
from dlcore.optim import stability_limit

SCRIPTS = ("edge_of_stability",)
RATES, MOMENTA = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4), (0.0, 0.9)
SIZES, STEPS, EVERY, PRODUCTS = (1, 20, 20, 1), 1000, 20, 12
START, SHOWN, HIGHEST = 1.6, 30, 100.0
QUESTION = (
    "On a quadratic with curvature λ gradient descent diverges as soon as η exceeds 2/λ. A "
    "network's curvature changes while it learns. What happens when 2/η is reached?"
)
PREDICTION = "The same: the loss grows from there on, and training is lost."
FINDING = (
    "The sharpness λ, the largest curvature of the loss, grows at first, and stops growing at 2/η. "
    "There it stays: where it gets above, the steps swing wider, and swinging wider leads to where "
    "the loss is flatter, which no quadratic can do. The loss no longer falls at every step, but "
    "it falls on. With η = 0.2 the sharpness hovers about 10, with 0.15 about 13. With η = 0.05 it "
    "would have to reach 40 and levels off near 20. η = 0.3 is too large already for the first "
    "step, where 2/λ is 0.23, and yet training finds a flatter place, near 7, and the lowest loss "
    "of all; η = 0.4 does not. Momentum 0.9 moves the limit to 3.8/λ. With η = 0.05 the sharpness "
    "then climbs to 76, the loss jumps a hundredfold, and the network lands where the sharpness is "
    "a quarter of that."
)

Network = list[Tensor]


def examples() -> tuple[Float64[Tensor, "n 1"], Float64[Tensor, "n 1"]]:
    """What the network learns: 20 points of a sine wave."""
    x = torch.linspace(-1, 1, 20, dtype=torch.float64)[:, None]
    return x, (6 * x).sin()


def first_weights() -> Network:
    """Weights (d_in, d_out) and bias of each layer, drawn with variance 1 / d_in; biases are 0."""
    generator = torch.Generator().manual_seed(0)
    network = []
    for a, b in pairwise(SIZES):
        W = torch.randn(a, b, generator=generator, dtype=torch.float64) / math.sqrt(a)
        network += [W, torch.zeros(1, b, dtype=torch.float64)]
    return network


def losses(network: Network) -> Float64[Tensor, " r"]:
    """Mean squared error of each of r networks side by side, their weights (r, d_in, d_out)."""
    h, y = examples()
    for k in range(0, len(network), 2):
        h = h @ network[k] + network[k + 1]
        if k < len(network) - 2:
            h = h.tanh()
    return (h - y).square().mean((-2, -1))


def _dot(a: Network, b: Network) -> Float64[Tensor, " r"]:
    return torch.stack([(u * v).sum((-2, -1)) for u, v in zip(a, b, strict=True)]).sum(0)


@cache
def trained() -> dict[tuple[float, float], tuple[list[float], list[float]]]:
    """Sharpness and loss every 20 steps, by momentum and rate, up to where a run diverges.

    All runs are trained at once, and the power iterations on their Hessians begin with the vectors
    of the last measurement.
    """
    runs = [(momentum, rate) for momentum in MOMENTA for rate in RATES]
    beta, eta = torch.tensor(runs, dtype=torch.float64).T[:, :, None, None]
    theta = [p.expand(len(runs), *p.shape).clone() for p in first_weights()]
    velocity = [torch.zeros_like(p) for p in theta]
    generator = torch.Generator().manual_seed(1)
    v = [torch.randn(p.shape, generator=generator, dtype=p.dtype) for p in theta]
    history = []
    for t in range(STEPS + 1):
        theta = [p.requires_grad_() for p in theta]
        loss, measured = losses(theta), t % EVERY == 0
        g = torch.autograd.grad(loss.sum(), theta, create_graph=measured)
        if measured:
            for _ in range(PRODUCTS if t > 0 else 5 * PRODUCTS):
                size = _dot(v, v).sqrt()[:, None, None]
                v = [u / size for u in v]
                Hv = list(torch.autograd.grad(g, theta, v, retain_graph=True))
                sharpness, v = _dot(v, Hv), Hv
            history.append(torch.stack([sharpness, loss.detach()]))
        velocity = [beta * w + slope.detach() for w, slope in zip(velocity, g, strict=True)]
        theta = [(p - eta * w).detach() for p, w in zip(theta, velocity, strict=True)]
    table = torch.stack(history).permute(2, 1, 0)
    results = {}
    for run, (sharpness, loss) in zip(runs, table, strict=True):
        lost = (~(loss < HIGHEST)).nonzero()
        end = int(lost[0]) if len(lost) else len(loss)
        results[run] = sharpness[:end].tolist(), loss[:end].tolist()
    return results


def quadratic_path(
    curvature: float, rate: float, momentum: float, start: float = START, steps: int = SHOWN
) -> list[float]:
    """The places that descent on curvature x^2 / 2 goes through."""
    path, velocity = [start], 0.0
    for _ in range(steps):
        velocity = momentum * velocity + curvature * path[-1]
        path.append(path[-1] - rate * velocity)
    return path


def _log(values: list[float]) -> list[float]:
    return [round(math.log10(max(v, 1e-4)), 3) for v in values]


def _bowl(path: list[float]) -> Panel:
    panel = Panel(
        "A quadratic that sharp",
        (-3, 3),
        (-0.4, 4.5),
        xticks={v: f"{v}".replace("-", "\N{MINUS SIGN}") for v in range(-3, 4)},
        xlabel="distance from the lowest point",
        grid=False,
    ).legend(gray=("—", "height / λ"), blue=("—", "steps"))
    xs = [k / 20 for k in range(-60, 61)]
    panel.line("bowl", xs, [x * x / 2 for x in xs], "gray", width=1.5)
    shown = [max(-9.0, min(9.0, x)) for x in path]
    panel.line("path", shown, [x * x / 2 for x in shown], "blue", width=1.5)
    places = panel.points(shown, [x * x / 2 for x in shown])
    panel.path("places", "".join(f"M{at}h0" for at in places), "blue", width=5)
    return panel.dot("start", path[0], path[0] ** 2 / 2, "black", width=8)


def _chart(title: str, y: tuple[float, float], yticks: dict[float, str]) -> Panel:
    ticks = {float(v): str(v) for v in (0, 250, 500, 750, 1000)}
    return Panel(title, (0, STEPS), y, xticks=ticks, yticks=yticks, xlabel="step of training")


def edge_of_stability(
    learning_rate: float = 0.2,
    momentum: float = 0.0,
    step: int = 400,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """The stability limit of a learning rate, on a quadratic and on a network as it learns.

    A network of 1-20-20-1 units with tanh is trained on 20 points of a sine wave by full-batch
    descent, once for each of six learning rates with and without momentum; its sharpness is the
    largest eigenvalue of the Hessian. The reader chooses a run and a moment, and sees what the same
    learning rate does on a quadratic of the sharpness measured then.

    Args:
        learning_rate: eta shown first: 0.05, 0.1, 0.15, 0.2, 0.3, 0.4.
        momentum: shown first: 0 or 0.9, as in `torch.optim.SGD`.
        step: of the training shown first, 0 to 1000, to the nearest 20.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: another rate or momentum, or a step out of range.

    Equation: :eq:`eq-stability-limit`
    Section: :ref:`sec-stability-limit`

    Source: Cohen et al. (2021), Gradient descent on neural networks typically occurs at the edge of
    stability, arXiv:2103.00065.

    Example:
        >>> edge_of_stability(0.3, step=0).state["step"]
        0

    In production: dlcore.optim.track_sharpness.
    """
    for name, value, known in (
        ("learning_rate", learning_rate, RATES),
        ("momentum", momentum, MOMENTA),
    ):
        if value not in known:
            raise ValueError(f"{name} must be one of {', '.join(map(str, known))}, got {value}")
    require_within(0, STEPS, step=step)
    runs = trained()
    sharpness, loss = runs[momentum, learning_rate]
    now = min(round(step / EVERY), len(loss) - 1)
    limit = stability_limit(learning_rate, momentum=momentum)  # symmetric in λ and η
    times = range(0, STEPS + 1, EVERY)

    curvatures = _chart(
        "Sharpness λ of the network",
        (math.log10(3), 2),
        {math.log10(v): str(v) for v in (3, 10, 30, 100)},
    ).legend(red=("—", "this run"), gray=("—", "other rates"), black=("- -", "limit"))
    costs = _chart(
        "Its loss (mean squared error)",
        (-4, 1),
        {-4: "10⁻⁴", -3: "10⁻³", -2: "0.01", -1: "0.1", 0: "1", 1: "10"},
    ).legend(red=("—", "this run"), gray=("—", "other rates"))
    for panel, which, own in ((curvatures, 0, sharpness), (costs, 1, loss)):
        others = (_log(runs[momentum, rate][which]) for rate in RATES if rate != learning_rate)
        lines = ("M" + "L".join(panel.points(times[: len(v)], v)) for v in others)
        panel.path("others", "".join(lines), "gray", width=0.7)
        panel.line("own", times[: len(own)], _log(own), "red", width=2)
        panel.dot("now", times[now], _log(own)[now], "black", width=8)
    edge = math.log10(limit)
    curvatures.line("limit", [0, STEPS], [edge, edge], "black", width=1.5, dash="6 4")
    path = quadratic_path(sharpness[now], learning_rate, momentum)
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, a parabola with the steps of descent with learning rate {learning_rate:g} and "
        f"momentum {momentum:g} where the curvature is {sharpness[now]:.3g}. Right, the sharpness "
        f"of a network during training and the limit {limit:.3g}; below, its loss, which after "
        f"{times[now]} steps is {loss[now]:.2g}.",
        [_bowl(path), curvatures, costs],
        {
            "rates": RATES,
            "momenta": MOMENTA,
            "rate": RATES.index(learning_rate),
            "momentum": MOMENTA.index(momentum),
            "step": now * EVERY,
            "every": EVERY,
            "steps": STEPS,
            "start": START,
            "runs": [[[_log(s) for s in runs[m, r]] for r in RATES] for m in MOMENTA],
        },
    )
