"""Explorable: which negatives push an anchor away, and how hard, as the temperature moves."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor
from torch.nn.functional import normalize

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.packing import pack
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_within

SCRIPTS = ("unpack", "contrastive_temperature")
TAUS = [float(f"{10 ** (k / 20):.2g}") for k in range(-34, 7)]
BINS, LEVELS, HEIGHT = 20, 30_000, 330
LEAST, MOST, MOST_DIMENSIONS = 6, 128, 64
PREDICTION = "All about equally, and above all other classes."

Square = Float64[Tensor, "m m"]


class Push(NamedTuple):
    """Means over anchors: shares of the push, how many share it, its sum, and the loss."""

    nearest: float
    same: float
    many: float
    force: float
    loss: float


def as_sent(z: Float[Tensor, "m d"]) -> Float64[Tensor, "m d"]:
    """Directions in the whole multiples of a step in which they travel."""
    return (normalize(z.detach().double().cpu(), dim=1) * LEVELS).round() / LEVELS


def negatives(m: int) -> Bool[Tensor, "m m"]:
    """Whom each view shall not resemble: all but itself and its partner."""
    index = torch.arange(m)
    keep = torch.ones(m, m, dtype=torch.bool)
    keep[index, index] = keep[index, index.roll(m // 2)] = False
    return keep


def weights(cosines: Square, tau: float) -> Square:
    """The softmax inside of the loss, a row for each anchor."""
    return (cosines / tau).fill_diagonal_(-math.inf).softmax(1)


def shares(cosines: Square, tau: float) -> Square:
    """How the push is divided among the negatives of each anchor."""
    pushed = weights(cosines, tau) * negatives(len(cosines))
    return pushed / pushed.sum(1, keepdim=True)


def push(cosines: Square, alike: Bool[Tensor, "m m"], tau: float) -> Push:
    """What a temperature makes of the cosines; `alike` are the pairs of one class."""
    m, w, share = len(cosines), weights(cosines, tau), shares(cosines, tau)
    partner = w.gather(1, torch.arange(m).roll(m // 2)[:, None])[:, 0]
    nearest = share.topk(max(1, (m - 2) // 10), dim=1).values.sum(1)
    return Push(
        nearest.mean().item(),
        (share * alike).sum(1).mean().item(),
        torch.special.entr(share).sum(1).exp().mean().item(),
        ((1 - partner) / tau).mean().item(),
        -partner.log().mean().item(),
    )


def histogram(cosines: Square, alike: Bool[Tensor, "m m"], share: Square) -> list[list[float]]:
    """Shares by cosine in 20 bins from -1 to 1: of other classes, and of the same."""
    bins = ((cosines + 1) * BINS / 2).floor().clamp(0, BINS - 1).long()
    each = []
    for which in (~alike, alike):
        total = torch.zeros(BINS, dtype=torch.float64)
        total.scatter_add_(0, bins.flatten(), (share * which).flatten())
        each.append((total / len(cosines)).tolist())
    return each


def _bars(panel: Panel, heights: Sequence[float], base: Sequence[float]) -> str:
    path = ""
    for k, (h, low) in enumerate(zip(heights, base, strict=True)):
        x, y, top = panel.X(-1 + 2 * k / BINS), panel.Y(low), panel.Y(low + h)
        wide = panel.X(2 / BINS) - panel.X(0) - 1.5
        if y - top > 0.05:
            path += f"M{x + 0.7:.1f},{y:.1f}V{top:.1f}h{wide:.1f}V{y:.1f}z"
    return path


def _who(others: list[float], same: list[float], even: list[float]) -> Panel:
    panel = Panel(
        "Share of the push by cosine",
        (-1, 1),
        (0, 1),
        xticks={-1: "−1", -0.5: "−0.5", 0: "0", 0.5: "0.5", 1: "1"},
        yticks={0: "0", 0.25: "25 %", 0.5: "50 %", 0.75: "75 %", 1: "100 %"},
        xlabel="cosine of anchor and negative",
        height=HEIGHT,
    ).legend(blue=("■", "other classes"), red=("■", "same class"), black=("—", "if even"))
    panel.path("others", _bars(panel, others, [0.0] * BINS), "blue", opacity=0.85)
    panel.path("same", _bars(panel, same, others), "red", opacity=0.85)
    xs = [-1 + 2 * (k + end) / BINS for k in range(BINS) for end in (0, 1)]
    return panel.line("even", xs, [v for v in even for _ in (0, 1)], "black", width=1.3)


def _course(pushes: Sequence[Push], at: int, share_alike: float) -> Panel:
    logs = [math.log10(tau) for tau in TAUS]
    panel = Panel(
        "Who bears the push",
        (logs[0], logs[-1]),
        (0, 1),
        xticks={math.log10(v): f"{v:g}" for v in (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)},
        yticks={0: "0", 0.25: "25 %", 0.5: "50 %", 0.75: "75 %", 1: "100 %"},
        xlabel="temperature τ",
        height=HEIGHT,
    ).legend(blue=("—", "nearest tenth"), red=("- -", "same class"), gray=("··", "its number"))
    panel.line("now", [logs[at]] * 2, [0, 1], "gold", width=2)
    panel.line("alike", [logs[0], logs[-1]], [share_alike] * 2, "gray", width=1.5, dash="2 4")
    panel.line("nearest", logs, [p.nearest for p in pushes], "blue")
    return panel.line("own", logs, [p.same for p in pushes], "red", dash="6 4")


def _finding(pushes: Sequence[Push], at: int, count: int, share_alike: float) -> str:
    cold, here, warm = (pushes[k] for k in (TAUS.index(0.05), at, TAUS.index(1.0)))
    return (
        f"At τ = {TAUS[at]:g} the nearest tenth of the {count} negatives bears "
        f"{100 * here.nearest:.0f} % of the push, as if {here.many:.0f} shared it evenly. And "
        f"{100 * here.same:.0f} % fall on the anchor's own class, which makes up only "
        f"{100 * share_alike:.0f} % of the negatives: what a good code puts near is pushed away "
        f"hardest. At τ = 0.05 the nearest tenth bears {100 * cold.nearest:.0f} %, the own class "
        f"{100 * cold.same:.0f} %, at τ = 1 they bear {100 * warm.nearest:.0f} % and "
        f"{100 * warm.same:.0f} %. The forces differ, too: the sum of all pushes, which is also "
        f"the pull of the partner, is {cold.force:.2f} at τ = 0.05 and {warm.force:.2f} at τ = 1. "
        "The cosines stay as they are here; in training they would follow."
    )


def contrastive_temperature(
    z1: Float[Tensor, "n d"],
    z2: Float[Tensor, "n d"],
    labels: Sequence[int] | Tensor,
    temperature: float = 0.2,
    *,
    question: str = "",
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    r"""Which negatives of a batch push, and how hard, at every temperature of the loss.

    The push of negative k on anchor i is the derivative of the loss by their cosine, the softmax
    weight over $\tau$. The reader moves the temperature and looks at all anchors or at one; bars
    show at which cosines the push comes from, and how much of it comes from the anchor's own
    class, whose labels the loss has never seen.

    Args:
        z1: embeddings of the first views, shape (n, d), 6 to 128 examples, up to 64 numbers.
        z2: embeddings of their partners, shape (n, d).
        labels: the class of each example, shown only.
        temperature: tau shown first, 0.02 to 2, to the nearest of 20 steps a decade.
        question: what the reader can find out; by default about that temperature.
        prediction: what most expect.
        finding: what comes out, to unfold; by default computed.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: embeddings or labels of other shapes, or a temperature out of range.

    Equation: :eq:`eq-nt-xent`
    Section: :ref:`sec-simclr`

    Source: Wang, Liu (2021), Understanding the behaviour of contrastive loss, arXiv:2012.09740.

    Example:
        >>> z1, z2 = torch.eye(6), torch.eye(6).roll(1, 0)
        >>> contrastive_temperature(z1, z2, [0, 0, 0, 1, 1, 1], 0.5).state["views"]
        12

    In production: a log of the cosines and weights of a training batch.
    """
    y = torch.as_tensor(labels).long().cpu()
    if z1.ndim != 2 or z1.shape != z2.shape or y.shape != z1.shape[:1]:
        raise ValueError(
            "z1 and z2 must be (n, d) with n labels, got "
            f"{tuple(z1.shape)}, {tuple(z2.shape)} and {tuple(y.shape)}"
        )
    if not (LEAST <= len(z1) <= MOST and z1.shape[1] <= MOST_DIMENSIONS):
        raise ValueError(
            f"there may be {LEAST} to {MOST} examples of up to {MOST_DIMENSIONS} numbers, got "
            f"{tuple(z1.shape)}"
        )
    require_within(TAUS[0], TAUS[-1], temperature=temperature)
    z, both = as_sent(torch.cat([z1, z2])), y.repeat(2)
    cosines, count = z @ z.T, len(z) - 2
    alike = both == both[:, None]
    at = min(range(len(TAUS)), key=lambda k: abs(math.log(TAUS[k] / temperature)))
    pushes = [push(cosines, alike, tau) for tau in TAUS]
    even = negatives(len(z)).double() / count
    share_alike = (even * alike).sum(1).mean().item()
    others, same = histogram(cosines, alike, shares(cosines, TAUS[at]))
    all_even = [sum(pair) for pair in zip(*histogram(cosines, alike, even), strict=True)]
    return Explorable(
        SCRIPTS,
        question
        or f"The loss pushes an anchor away from all other pictures of the batch. Whose push is "
        f"strong at τ = {TAUS[at]:g}, and are these the ones that should push?",
        prediction,
        finding or _finding(pushes, at, count, share_alike),
        f"Left, bars over the cosine of anchor and negative: where the push comes from at "
        f"τ = {TAUS[at]:g}, by other classes and the anchor's own, beside what it would be if all "
        "pushed evenly. Right, over the temperature, the share of the nearest tenth of the "
        f"negatives, here {100 * pushes[at].nearest:.0f} %, and that of the same class, "
        f"{100 * pushes[at].same:.0f} %.",
        [_who(others, same, all_even), _course(pushes, at, share_alike)],
        {
            "views": len(z),
            "dimensions": z.shape[1],
            "step": 1 / LEVELS,
            "packed": pack((z * LEVELS).round().numpy().astype(np.dtype("<i2")).tobytes()),
            "labels": y.tolist(),
            "taus": TAUS,
            "at": at,
            "bins": BINS,
        },
    )
