"""Faults that training code has, one at a time, to see which check finds which."""

import copy
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore.evaluation.training_checks import TrainingSetup


class PlantedBug(NamedTuple):
    """A fault.

    Attributes:
        what: what is wrong, in words.
        found_by: the first check of `sanity_report` that fails.
    """

    what: str
    found_by: str


PLANTED_BUGS: dict[str, PlantedBug] = {
    "unscaled-inputs": PlantedBug("inputs are left in units of hundreds", "inputs scaled"),
    "labels-from-one": PlantedBug("labels count from 1, a spare output hides it", "labels used"),
    "leaked-label": PlantedBug("the first feature is the label", "no feature tells"),
    "softmax-twice": PlantedBug("the model ends in softmax, the loss has its own", "logits"),
    "wrong-sign": PlantedBug("the loss is the log-likelihood, to be minimized", "initial loss"),
    "wrong-reshape": PlantedBug("a reshape where a transpose belongs", "examples apart"),
    "dead-relus": PlantedBug("the hidden biases start at -10", "living units"),
    "no-zero-grad": PlantedBug("gradients are never set back", "fresh gradients"),
    "wrong-parameters": PlantedBug("the optimizer holds those of a copy", "parameters move"),
    "rate-too-high": PlantedBug("the learning rate is a thousand times too high", "update size"),
    "rate-too-low": PlantedBug("the learning rate is a million times too low", "update size"),
    "shuffled-labels": PlantedBug("inputs and labels are shuffled apart", "neighbours agree"),
    "shuffled-validation": PlantedBug("so are those of the validation", "beats chance"),
}
"""The faults by name."""


def plant_bug(
    bug: str | None,
    X: Float[Tensor, "n d"],
    y: Int[Tensor, " n"],
    X_val: Float[Tensor, "m d"],
    y_val: Int[Tensor, " m"],
    *,
    hidden: int = 64,
    lr: float = 0.1,
    seed: int = 0,
) -> TrainingSetup:
    """The training of a small network by SGD, with a fault of your choice.

    Args:
        bug: a name of `PLANTED_BUGS`, or None for a healthy one.
        X: training inputs, standardized, shape (n, d).
        y: training labels from 0, shape (n,).
        X_val: validation inputs, shape (m, d).
        y_val: validation labels, shape (m,).
        hidden: units in each of two hidden layers.
        lr: learning rate.
        seed: of the initial weights and of what the fault draws.

    Returns:
        The training, about to start; the same each time for the same arguments.

    Raises:
        ValueError: an unknown fault.

    Section: :ref:`sec-debugging`
    Source: Karpathy (2019), A recipe for training neural networks: most of them.

    Example:
        >>> X, y = torch.randn(8, 2), torch.arange(8) % 2
        >>> plant_bug("softmax-twice", X, y, X, y).model[-1]
        Softmax(dim=1)

    In production: mutation testing.
    """
    if bug is not None and bug not in PLANTED_BUGS:
        raise ValueError(f"unknown bug {bug!r}: choose from {', '.join(PLANTED_BUGS)}")
    classes = int(y.max()) + 1
    if bug == "labels-from-one":
        y, y_val, classes = y + 1, y_val + 1, classes + 1
    if bug == "shuffled-labels":
        y = _shuffled(y, seed)
    if bug == "shuffled-validation":
        y_val = _shuffled(y_val, seed)
    if bug == "unscaled-inputs":
        X, X_val = 200 * X, 200 * X_val
    if bug == "leaked-label":
        X, X_val = _with_label(X, y), _with_label(X_val, y_val)
    model = _network(bug, X.shape[1], hidden, classes, seed).to(X.device)
    sign = -1 if bug == "wrong-sign" else 1

    def loss(logits: Tensor, labels: Tensor) -> Tensor:
        return sign * nn.functional.cross_entropy(logits, labels)

    factor = {"rate-too-high": 1e3, "rate-too-low": 1e-6}.get(bug or "", 1.0)
    trained = copy.deepcopy(model) if bug == "wrong-parameters" else model
    optimizer = torch.optim.SGD(trained.parameters(), lr=lr * factor)
    step = _step(model, loss, optimizer, zero_grad=bug != "no-zero-grad")
    return TrainingSetup(model, loss, X, y, X_val, y_val, step)


def _shuffled(y: Tensor, seed: int) -> Tensor:
    return y[torch.randperm(len(y), generator=torch.Generator().manual_seed(seed)).to(y.device)]


class _Scramble(nn.Module):
    def forward(self, h: Tensor) -> Tensor:
        return h.T.reshape(h.shape)


def _network(bug: str | None, d: int, hidden: int, classes: int, seed: int) -> nn.Sequential:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = [nn.Linear(d, hidden), nn.ReLU()]
        layers += [nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes)]
    if bug == "wrong-reshape":
        layers.insert(2, _Scramble())
    if bug == "softmax-twice":
        layers.append(nn.Softmax(dim=1))
    if bug == "dead-relus":
        for layer in (layers[0], layers[2]):
            nn.init.constant_(layer.get_parameter("bias"), -10.0)
    return nn.Sequential(*layers)


def _with_label(X: Tensor, y: Tensor) -> Tensor:
    label = y.to(X) / max(int(y.max()), 1)
    return torch.cat([2 * label[:, None] - 1, X[:, 1:]], dim=1)


def _step(
    model: nn.Module,
    loss: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    *,
    zero_grad: bool,
) -> Callable[[Tensor, Tensor], Tensor]:
    def step(X: Tensor, y: Tensor) -> Tensor:
        J = loss(model(X), y)
        if zero_grad:
            optimizer.zero_grad()
        J.backward()
        optimizer.step()
        return J.detach()

    return step
