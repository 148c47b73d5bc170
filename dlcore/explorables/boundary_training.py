"""Explorable: a small network learns to part points of the plane while the reader watches."""

import math
from itertools import pairwise

import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.data import Examples, circles, spirals, two_moons, xor
from dlcore.explorables.explorable import Explorable, in_single_precision
from dlcore.explorables.panel import Panel
from dlcore.explorables.plane import into_plane, marks, packed_points, plane, wash
from dlcore.explorables.random_stream import normals
from dlcore.nn.linear import Linear
from dlcore.nn.losses import binary_cross_entropy_with_logits
from dlcore.nn.mlp import MLP

STEPS, SHOWN = 3000, 1000
SCRIPTS = ("random_stream", "activations", "points", "contour", "wash", "boundary_training")
NAMES = {"circles": "Circles", "moons": "Moons", "xor": "XOR", "spirals": "Spirals"}
ACTIVATIONS = {"identity": "none", "sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}


def _examples(name: str) -> tuple[Float64[Tensor, "n 2"], Float64[Tensor, " n"]]:
    """One of the data sets, in the picture."""
    generator = torch.Generator().manual_seed(0)
    sets = {
        "circles": lambda: circles(60, generator=generator),
        "moons": lambda: two_moons(60, generator=generator),
        "xor": lambda: xor(60, generator=generator),
        "spirals": lambda: spirals(80, arms=2, turns=1.0, generator=generator),
    }
    data: Examples = sets[name]()
    return into_plane(data)


def network(hidden: int, layers: int, activation: str, seed: int) -> MLP:
    """The network that the script starts from: the same numbers, weight by weight."""
    model = MLP([2, *[hidden] * layers, 1], activation, dtype=torch.float64)
    draws = normals(seed, sum(a * b for a, b in pairwise(model.sizes)))
    gain = math.sqrt(2) if activation == "relu" else 1.0
    with torch.no_grad():
        for layer in model.linear_layers:
            W, draws = draws[: layer.weight.numel()], draws[layer.weight.numel() :]
            layer.weight.copy_(W.reshape(layer.weight.shape) * gain / math.sqrt(layer.in_features))
            layer.load_state_dict({"bias": torch.zeros(layer.out_features)}, strict=False)
    return model


def train(
    model: MLP, X: Float64[Tensor, "n 2"], y: Float64[Tensor, " n"], eta: float, steps: int = SHOWN
) -> list[float]:
    """Full-batch gradient descent, in place; returns the loss before each step and at the end."""
    losses = []
    parameters = list(model.parameters())
    for _ in range(steps):
        loss = binary_cross_entropy_with_logits(model(X).squeeze(1), y)
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for theta, gradient in zip(parameters, gradients, strict=True):
                theta.sub_(eta * gradient)
    losses.append(binary_cross_entropy_with_logits(model(X).squeeze(1), y).item())
    if not all(map(math.isfinite, losses)):
        raise ValueError(f"the loss is no longer finite at learning_rate={eta}: choose less")
    return losses


def _unit_lines(panel: Panel, layer: Linear) -> str:
    """The lines w . x + b = 0 of a layer's units, drawn past the edges."""
    lines = []
    for w, b in zip(*(p.detach() for p in layer.parameters()), strict=True):
        ends = -b * w / w.square().sum() + torch.tensor([[-4.0], [4.0]]) * _normal_of(w)
        lines.append("M" + "L".join(panel.points(*ends.T.tolist())))
    return "".join(lines)


def _normal_of(w: Float64[Tensor, " 2"]) -> Float64[Tensor, " 2"]:
    return torch.stack([-w[1], w[0]]) / w.norm()


def _network_plane(model: MLP, X: Float64[Tensor, "n 2"], y: Float64[Tensor, " n"]) -> Panel:
    panel = plane(f"After {SHOWN} steps").legend(
        blue=("●", "class 0"),
        gold=("▲", "class 1"),
        black=("—", "boundary"),
        gray=("- -", "units"),
    )
    wash(panel, lambda at: model(at).squeeze(-1).detach())
    panel.path("units", _unit_lines(panel, model.linear_layers[0]), "gray", width=1.5, dash="4 4")
    return marks(panel, X, y)


def _loss_panel(losses: list[float]) -> Panel:
    panel = Panel(
        "Loss (binary cross-entropy)",
        (0, STEPS),
        (-4, 0.5),
        xticks={v: str(v) for v in (0, 1000, 2000, 3000)},
        yticks=dict(enumerate(("10⁻⁴", "10⁻³", "0.01", "0.1", "1"), start=-4)),
        xlabel="step of gradient descent",
    )
    steps = range(0, len(losses), 50)
    return panel.line("loss", steps, [math.log10(max(losses[t], 1e-4)) for t in steps], "red")


@in_single_precision
def boundary_training(
    data: str = "circles",
    hidden: int = 3,
    layers: int = 1,
    activation: str = "tanh",
    learning_rate: float = 1.0,
    seed: int = 0,
) -> Explorable:
    """A network of 2 inputs trained in the page on points that the reader may move.

    Full-batch gradient descent on the binary cross-entropy; weights start Gaussian with variance
    1 / d_in (2 / d_in for ReLU), biases at 0. The reader changes the data, the width and number
    of the hidden layers, the activation and the learning rate; drags, adds and removes points;
    and sees the decision region, the lines w . x + b = 0 of the first layer's units, and the loss.

    Args:
        data: the points shown first: "circles", "moons", "xor", "spirals".
        hidden: units of each hidden layer shown first, 1 to 16.
        layers: hidden layers shown first, 1 or 2.
        activation: "identity" (a linear network), "sigmoid", "tanh", "relu".
        learning_rate: eta, 0.01 to 10.
        seed: of the first weights.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: an unknown name, or a number out of range.

    Equation: :eq:`eq-delta-hidden`. Section: :ref:`sec-backpropagation`.

    Source: Rumelhart, Hinton, Williams (1986), Learning representations by back-propagating
    errors, doi:10.1038/323533a0.

    Example:
        >>> boundary_training("xor", hidden=4).state["hidden"]
        4

    In production: playground.tensorflow.org has more knobs; torch.nn.Sequential has no picture.
    """
    for value, known in ((data, NAMES), (activation, ACTIVATIONS)):
        if value not in known:
            raise ValueError(f"unknown choice {value!r}: choose from {', '.join(known)}")
    for name, number, low, high in (
        ("hidden", hidden, 1, 16),
        ("layers", layers, 1, 2),
        ("learning_rate", learning_rate, 0.01, 10),
    ):
        if not low <= number <= high:
            raise ValueError(f"{name} must lie between {low} and {high}, got {number}")
    sets = {name: _examples(name) for name in NAMES}
    X, y = sets[data]
    model = network(hidden, layers, activation, seed)
    losses = train(model, X, y, learning_rate)
    return Explorable(
        SCRIPTS,
        "How many hidden units does it take to close a boundary around the inner circle?",
        "A circle has no corners, so it takes many more than three.",
        "Three are enough. Each unit contributes one line; two lines leave the region open, three "
        "enclose it, and the smooth tanh rounds the corners. Three ReLU units can still fail: from "
        "some starts (press Other start) one stays unused and the boundary open. More units are "
        "not needed to represent the answer; they make it easier to find. Without an activation "
        "no number of units bends the line.",
        f"{NAMES[data]}: the decision region of {hidden} {ACTIVATIONS[activation]} units per "
        f"hidden layer after {SHOWN} steps; "
        f"the loss goes from {losses[0]:.2f} to {losses[-1]:.3f}.",
        [_network_plane(model, X, y), _loss_panel(losses)],
        {
            "set": data,
            "hidden": hidden,
            "layers": layers,
            "activation": activation,
            "eta": learning_rate,
            "seed": seed,
            "lines": True,
            "names": NAMES,
            "activations": ACTIVATIONS,
            "data": {name: packed_points(X, y) for name, (X, y) in sets.items()},
        },
    )
