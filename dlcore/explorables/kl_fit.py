"""Explorable: one Gaussian fitted to two peaks, by either direction of the KL divergence."""

import math

import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_within
from dlcore.probability import Distribution, Mixture, Normal, fit_gaussian_kl

SCRIPTS = ("handles", "kl_fit")
REACH, DENSITY, WORST = 8.0, 0.45, 4.0
QUESTION = (
    "One Gaussian q shall stand for two peaks p. Where does minimizing the KL divergence put it?"
)
PREDICTION = (
    "Over both peaks, with the mean between them; which way round it is taken matters little."
)
FINDING = (
    "The forward divergence KL(p ‖ q) does that: mean 0 and deviation 4.12, the same as p's, "
    "though p is almost zero in the middle. It averages over p, and q must not be small where p is "
    "not. The reverse one, KL(q ‖ p), averages over q, and q must not be where p is small: it "
    "settles on one peak and pays log 2 = 0.69 for leaving out the other half. Which peak is "
    "decided by where the search begins. Let the right peak weigh only a tenth and begin there: it "
    "stays and pays log 10 = 2.30, though 0.11 could be had at the other. Bring the peaks nearer, "
    "and the two fits become alike."
)


def mixture(distance: float, weight: float) -> Mixture:
    """Two peaks of deviation 1, so far apart, the right one of that weight."""
    weights = torch.tensor([1 - weight, weight], dtype=torch.float64)
    half = torch.tensor(distance / 2, dtype=torch.float64)
    one = torch.ones((), dtype=torch.float64)
    return Mixture(weights, [Normal(-half, one), Normal(half, one)])


def divergences(p: Distribution, q: Normal) -> tuple[float, float]:
    """KL(p || q) and KL(q || p), by the trapezoid rule on a fine grid."""
    x = torch.linspace(-40, 40, 8001, dtype=torch.float64)
    log_p, log_q = p.log_prob(x), q.log_prob(x)
    step = (x[1] - x[0]).item()
    forward = (log_p.exp() * (log_p - log_q)).sum().item() * step
    reverse = (log_q.exp() * (log_q - log_p)).sum().item() * step
    return forward, reverse


def profiles(
    p: Distribution, means: Float64[Tensor, " n"]
) -> tuple[Float64[Tensor, " n"], Float64[Tensor, " n"]]:
    """Both divergences for every mean of q, each with the deviation of q that makes it least.

    The forward one is closed: the best variance is p's plus the squared distance of the means. The
    reverse one is the least over 60 deviations from 0.3 to 6.
    """
    x = torch.linspace(-40, 40, 8001, dtype=torch.float64)
    entropy = -(p.log_prob(x).exp() * p.log_prob(x)).sum() * (x[1] - x[0])
    spread = p.variance + (means - p.mean).square()
    forward = 0.5 * (2 * math.pi * spread).log() + 0.5 - entropy
    z = torch.linspace(-6, 6, 241, dtype=torch.float64)
    weights = Normal(0.0, 1.0).log_prob(z).softmax(0)
    scales = 0.3 * 20.0 ** (torch.arange(60, dtype=torch.float64) / 59)
    places = means[:, None, None] + scales[:, None] * z
    gains = (p.log_prob(places) * weights).sum(-1)
    reverse = -gains - 0.5 - (scales * math.sqrt(2 * math.pi)).log()
    return forward, reverse.amin(1)


def _densities(p: Mixture, forward: Normal, reverse: Normal, start: float) -> Panel:
    panel = Panel(
        "The densities",
        (-REACH, REACH),
        (0, DENSITY),
        xticks={v: f"{v}".replace("-", "−") for v in (-8, -4, 0, 4, 8)},
        yticks={0.0: "0", 0.2: "0.2", 0.4: "0.4"},
        xlabel="x",
    ).legend(gray=("▮", "p"), blue=("—", "forward"), red=("- -", "reverse"), black=("●", "start"))
    x = torch.linspace(-REACH, REACH, 161, dtype=torch.float64)
    xs = x.tolist()
    below = "L".join(panel.points([-REACH, *xs, REACH], [0, *p.log_prob(x).exp().tolist(), 0]))
    panel.path("target", f"M{below}z", "gray", opacity=0.35)
    for name, q, color, dash in (
        ("forward", forward, "blue", "none"),
        ("reverse", reverse, "red", "6 4"),
    ):
        panel.line(name, xs, q.log_prob(x).exp().tolist(), color, dash=dash)
    return panel.dot("start", start, 0, "black")


def _divergences(p: Mixture, forward: Normal, reverse: Normal) -> Panel:
    panel = Panel(
        "Least divergence by q's mean",
        (-REACH, REACH),
        (0, WORST),
        xticks={v: f"{v}".replace("-", "−") for v in (-8, -4, 0, 4, 8)},
        yticks={v: str(v) for v in range(5)},
        xlabel="mean of q",
    ).legend(blue=("—", "KL(p ‖ q)"), red=("- -", "KL(q ‖ p)"))
    means = torch.linspace(-REACH, REACH, 65, dtype=torch.float64)
    for name, values, color, dash in zip(
        ("forward", "reverse"), profiles(p, means), ("blue", "red"), ("none", "6 4"), strict=True
    ):
        panel.line(name, means.tolist(), values.tolist(), color, dash=dash)
    panel.dot("forward-least", forward.loc.item(), divergences(p, forward)[0], "blue", width=9)
    return panel.dot(
        "reverse-least", reverse.loc.item(), divergences(p, reverse)[1], "red", width=9
    )


def kl_fit(
    distance: float = 8.0,
    weight: float = 0.5,
    start: float = 2.0,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """A mixture of two Gaussians and the one Gaussian nearest to it in each direction of KL.

    The reader changes the distance of the peaks and the weight of the right one and drags the place
    where the reverse search begins. The second chart shows the divergences for every mean of q,
    each with its best deviation: the forward one has a single minimum, the reverse one up to three.

    Args:
        distance: of the peaks, 0 to 8; both have deviation 1.
        weight: of the right peak, 0.05 to 0.95.
        start: where the mean of the reverse search begins, -6 to 6; its deviation begins at 1.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: a number out of range.

    Equation: :eq:`eq-forward-reverse-kl`
    Section: :ref:`sec-kl-divergence`

    Source: Minka (2005), Divergence measures and message passing, MSR-TR-2005-173.

    Example:
        >>> kl_fit(distance=4).state["distance"]
        4

    In production: dlcore.probability.fit_gaussian_kl.
    """
    require_within(0, REACH, distance=distance)
    require_within(0.05, 0.95, weight=weight)
    require_within(-6, 6, start=start)
    p = mixture(distance, weight)
    forward = fit_gaussian_kl(p, direction="forward")
    reverse = fit_gaussian_kl(p, direction="reverse", start=start)
    words = "; ".join(
        f"{name} mean {q.loc.item():.2f}, deviation {q.scale.item():.2f}"
        for name, q in (("forward", forward), ("reverse", reverse))
    )
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, a density with two peaks {distance:g} apart, the right one of weight {weight:g}, "
        f"and the Gaussians nearest to it: {words}. Right, the least divergence for every mean of "
        "the Gaussian, a single valley for the forward direction.",
        [_densities(p, forward, reverse, start), _divergences(p, forward, reverse)],
        {"distance": distance, "weight": weight, "start": start},
    )
