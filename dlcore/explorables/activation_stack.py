"""Explorable: what an activation and the weights' scale do to signals in a deep stack."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import BOTTOM, Panel
from dlcore.explorables.random_stream import normals
from dlcore.nn.derivatives import ACTIVATIONS

UNITS, EXAMPLES, DEPTH, BINS, REACH = 48, 24, 30, 25, 5.0
SCRIPTS = (
    "random_stream",
    "activations",
    "rectifiers",
    "drag",
    "scientific",
    "activation_stack",
)
NAMES = {
    "sigmoid": "Sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "elu": "ELU",
    "silu": "SiLU",
    "gelu": "GELU",
}
SCALES = {"small": 0.1, "xavier": 1.0, "he": math.sqrt(2), "large": 5.0}
LABELS = {"small": "Small", "xavier": "Xavier", "he": "He", "large": "Large"}


class Propagation(NamedTuple):
    """What a stack does to a batch: per layer, and over all its pre-activations."""

    signal: list[float]
    gradient: list[float]
    flat: float
    counts: list[float]


def _spread(H: Float64[Tensor, "n d"]) -> float:
    """How far the examples are apart: deviation over them, root mean square over units."""
    return H.var(dim=0, correction=0).mean().sqrt().item()


def propagate(activation: str, scale: float, depth: int, seed: int) -> Propagation:
    """Send random examples up a random stack and a random gradient down, as the script does."""
    f, slope = ACTIVATIONS[activation]
    batch = EXAMPLES * UNITS
    draws = normals(seed, 2 * batch + DEPTH * UNITS**2)
    H, G = draws[: 2 * batch].reshape(2, EXAMPLES, UNITS)
    W = draws[2 * batch :].reshape(DEPTH, UNITS, UNITS)[:depth] * scale / math.sqrt(UNITS)
    Z, signal, gradient = [], [_spread(H)], []
    for layer in W:
        Z.append(H @ layer.T)
        H = f(Z[-1])
        signal.append(_spread(H))
    slopes = slope(torch.stack(Z))
    for layer, s in zip(reversed(W), reversed(slopes), strict=True):
        delta = G * s
        gradient.append(delta.square().mean().sqrt().item())
        G = delta @ layer
    flat = slopes.abs() < (0.025 if activation == "sigmoid" else 0.1)
    bins = ((torch.stack(Z) / REACH + 1) * BINS / 2).floor().clamp(0, BINS - 1).long().flatten()
    counts = bins.bincount(minlength=BINS).double() / len(bins)
    ratios = [g / gradient[0] for g in reversed(gradient)]
    return Propagation(signal, ratios, flat.double().mean().item(), counts.tolist())


def _curves(activation: str, z: float, counts: list[float]) -> Panel:
    f, slope = ACTIVATIONS[activation]
    zs = torch.linspace(-REACH, REACH, 101, dtype=torch.float64)
    at = torch.tensor([z], dtype=torch.float64)
    y, s = f(at).item(), slope(at).item()
    panel = Panel(
        "One unit: activation and slope",
        (-REACH, REACH),
        (-1.25, 2.75),
        xticks={v: f"{v:g}".replace("-", "−") for v in (-4, -2, 0, 2, 4)},
        yticks={-1: "−1", 0: "0", 1: "1", 2: "2"},
        xlabel="pre-activation z",
    )
    bars = "".join(
        f"M{panel.X(2 * REACH * k / BINS - REACH):.1f},{BOTTOM}"
        f"V{panel.Y(panel.y[0] + 2 * c):.1f}h10.5V{BOTTOM}z"
        for k, c in enumerate(counts)
    )
    panel.path("units", bars, "gray", opacity=0.35)
    panel.line("tangent", [z - 1.5, z + 1.5], [y - 1.5 * s, y + 1.5 * s], "gray", width=1)
    panel.line("activation", zs.tolist(), f(zs).tolist(), "blue")
    panel.line("slope", zs.tolist(), slope(zs).tolist(), "gold", dash="5 4")
    panel.path("foot", f"M{panel.X(z):.1f},{panel.Y(s):.1f}h0", "gold", width=8)
    panel.path("handle", f"M{panel.X(z):.1f},{panel.Y(y):.1f}h0", "blue", width=12)
    return panel.legend(
        blue=("—", "activation"), gold=("- -", "slope"), gray=("▮", "the stack's units")
    )


def _layers(run: Propagation) -> Panel:
    depth = len(run.gradient)
    panel = Panel(
        "The stack, layer by layer",
        (0, DEPTH),
        (-17, 9),
        xticks={v: str(v) for v in range(0, DEPTH + 1, 5)},
        yticks={-16: "10⁻¹⁶", -12: "10⁻¹²", -8: "10⁻⁸", -4: "10⁻⁴", 0: "1", 4: "10⁴", 8: "10⁸"},
        xlabel="layer",
    )
    signal, gradient = ([math.log10(v) for v in values] for values in (run.signal, run.gradient))
    panel.line("signal", range(depth + 1), signal, "teal")
    panel.line("gradient", range(1, depth + 1), gradient, "red", dash="6 4")
    return panel.legend(teal=("—", "signal"), red=("- -", "gradient (last layer = 1)"))


def activation_stack(
    activation: str = "sigmoid", weights: str = "xavier", depth: int = 20, seed: int = 0
) -> Explorable:
    """An activation with its slope, and what a deep stack of it does to signals and gradients.

    A batch of 24 random inputs goes through layers of 48 units with Gaussian weights and no
    biases, and a random gradient comes back from the top. The reader changes the activation, the
    weights' standard deviation (in units of 1 / sqrt(48)) and the depth. "Signal" is the spread
    of a layer's activations over the examples, which is what tells them apart; "gradient" is the
    size of the derivative by a layer's pre-activations, relative to the last layer's.

    Args:
        activation: shown first: "sigmoid", "tanh", "relu", "leaky_relu", "elu", "silu", "gelu".
        weights: the scale shown first: "small" (0.1), "xavier" (1), "he" (sqrt 2), "large" (5).
        depth: layers shown first, 1 to 30.
        seed: of inputs, weights and gradient.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: an unknown activation or scale, or a depth out of range.

    Equation: :eq:`eq-delta-hidden`. Section: :ref:`sec-initialization`.

    Source: Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward
    neural networks, AISTATS.

    Example:
        >>> activation_stack("relu", "he").state["depth"]
        20

    In production: torch.nn.Module.register_forward_hook on your own network.
    """
    for value, known in ((activation, NAMES), (weights, SCALES)):
        if value not in known:
            raise ValueError(f"unknown choice {value!r}: choose from {', '.join(known)}")
    if not 1 <= depth <= DEPTH:
        raise ValueError(f"depth must lie between 1 and {DEPTH}, got {depth}")
    scale = SCALES[weights]
    run = propagate(activation, scale, depth, seed)
    return Explorable(
        SCRIPTS,
        "Why did deep networks with sigmoid hidden layers not train?",
        "The sigmoid shrinks its signals, so larger weights cure it.",
        "Not quite. With sigmoid units and weights of Xavier's size each layer passes on about a "
        "quarter of the gradient, and twenty layers leave a trillionth. Weights five times larger "
        "are not enough; some twelve times larger ones bring the gradient through, but by then "
        "most units sit on the flat ends, and a little more makes the gradient explode: the deeper "
        "the stack, the narrower the window. tanh at Xavier's scale and ReLU at He's keep both "
        "lines within a factor of ten of 1 with no search: tanh has slope 1 where the signals "
        "are, and He's factor makes up for the half of the ReLU units that are off.",
        f"{NAMES[activation]} with {depth} layers at weight scale {scale:.2g}: the first layer's "
        f"gradient is {run.gradient[0]:.1e} of the last layer's, and the signal's spread goes "
        f"from {run.signal[0]:.2f} to {run.signal[-1]:.1e}.",
        [_curves(activation, 1.0, run.counts), _layers(run)],
        {
            "activation": activation,
            "scale": scale,
            "preset": weights,
            "depth": depth,
            "seed": seed,
            "z": 1.0,
            "names": NAMES,
            "scales": SCALES,
            "presets": LABELS,
        },
    )
