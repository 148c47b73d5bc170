"""Everything to look at before a long training, in one report."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from dlcore.classical import nearest_neighbors
from dlcore.evaluation.leakage import check_leakage
from dlcore.evaluation.shuffle_tests import chance_interval
from dlcore.nn import dead_relu_fraction
from dlcore.optim import update_ratio
from dlcore.training import (
    Check,
    initial_loss_check,
    mixing_check,
    overfit_check,
    predict,
    stale_gradient_check,
)

NEIGHBOURS = 2000  # examples among which nearest ones are looked for


@dataclass
class TrainingSetup:
    """All that a training consists of, about to start.

    Attributes:
        model: maps a batch of inputs to logits, one for each class.
        loss: maps logits and labels to the mean loss.
        X: training inputs, shape (n, ...).
        y: training labels, shape (n,).
        X_val: validation inputs, shape (m, ...).
        y_val: validation labels, shape (m,).
        step: makes one training step on a batch (X, y) and returns the loss before it.

    Section: :ref:`sec-debugging`
    Source: Karpathy (2019), A recipe for training neural networks.

    Example:
        >>> X, y = torch.zeros(4, 2), torch.arange(4) % 2
        >>> model, loss = nn.Linear(2, 2), nn.CrossEntropyLoss()
        >>> TrainingSetup(model, loss, X, y, X, y, step=lambda X, y: loss(model(X), y)).classes
        2

    In production: what lightning.pytorch calls a module and a data module.
    """

    model: nn.Module
    loss: Callable[[Tensor, Tensor], Tensor]
    X: Tensor
    y: Tensor
    X_val: Tensor
    y_val: Tensor
    step: Callable[[Tensor, Tensor], Tensor | float]

    @property
    def classes(self) -> int:
        """How many outputs the model has."""
        return predict(self.model, self.X[:2]).shape[1]


def sanity_report(
    build: Callable[[], TrainingSetup], *, batch_size: int = 32, epochs: int = 5
) -> list[Check]:
    r"""Run all checks of a classifier's training, cheap ones first.

    A fault may fail several; start with the first. In order: "inputs scaled", "labels used" (each
    of 0 to K - 1), "no feature tells" (the label alone), "neighbours agree" (nearest training
    inputs share their label more often than chance), "logits" (not probabilities), "initial loss",
    "examples apart", "living units", "parameters move" (all of them), "fresh gradients", "update
    size" (relative to the weights), "overfit a batch", "beats chance" (after a few epochs, on the
    validation examples).

    Args:
        build: makes the training anew, in the same way each time; called once for each check, as
            some of them train.
        batch_size: examples in a step.
        epochs: passes over the training examples for the last check.

    Returns:
        A verdict for each check, in order.

    Raises:
        ValueError: a batch of fewer than 2 examples, or no epochs.

    Section: :ref:`sec-debugging`
    Source: Karpathy (2019), A recipe for training neural networks.

    Example:
        >>> from dlcore.data import blobs
        >>> from dlcore.evaluation import plant_bug
        >>> X, y = blobs(200, torch.tensor([[-1.0, -1.0], [1.0, 1.0]]))
        >>> report = sanity_report(lambda: plant_bug("softmax-twice", X, y, X, y))
        >>> [check.name for check in report if not check.passed][0]
        'logits'

    In production: a test that runs before the cluster is asked for.
    """
    if batch_size < 2 or epochs < 1:
        raise ValueError(f"a batch of 2 and an epoch are needed, got {batch_size} and {epochs}")
    return [check(build(), batch_size, epochs) for check in _CHECKS]


def _inputs_scaled(setup: TrainingSetup, batch_size: int, epochs: int) -> Check:
    value = setup.X.double().square().mean().sqrt().item()
    return Check("inputs scaled", 0.1 <= value <= 10, value, "a root mean square of 0.1 to 10")


def _labels_used(setup: TrainingSetup, batch_size: int, epochs: int) -> Check:
    expected, found = set(range(setup.classes)), set(setup.y.tolist())
    return Check(
        "labels used", expected == found, len(expected ^ found), "0 labels missing or unknown"
    )


def _no_feature_tells(setup: TrainingSetup, batch_size: int, epochs: int) -> Check:
    X, X_val = setup.X.flatten(1), setup.X_val.flatten(1)
    value = len(check_leakage(X, X_val, setup.y, proxy_auc=0.999).proxies)
    return Check("no feature tells", value == 0, value, "0 features that rank a class alone")


def _neighbours_agree(setup: TrainingSetup, batch_size: int, epochs: int) -> Check:
    X, y = setup.X.flatten(1)[:NEIGHBOURS], setup.y[:NEIGHBOURS]
    near = nearest_neighbors(X, X, 2).indices
    nearest = torch.where(
        near[:, 0] == torch.arange(len(X), device=X.device), near[:, 1], near[:, 0]
    )
    value = (y[nearest] == y).double().mean().item()
    low, _, chance = chance_interval(value, y, 0.999)
    return Check("neighbours agree", low > chance, value, f"surely above chance, {chance:.3f}")


def _logits(setup: TrainingSetup, batch_size: int, epochs: int) -> Check:
    outputs = predict(setup.model, setup.X[:batch_size])
    value = (outputs.sum(1) - 1).abs().max().item()
    probabilities = value < 1e-4 and bool((outputs >= 0).all())
    return Check("logits", not probabilities, value, "outputs that do not sum to 1")


def _initial_loss(setup: TrainingSetup, batch_size: int, epochs: int) -> Check:
    return initial_loss_check(setup.model, setup.loss, setup.X, setup.y, classes=setup.classes)


def _examples_apart(setup: TrainingSetup, batch_size: int, epochs: int) -> Check:
    return mixing_check(setup.model, setup.X[:batch_size])


def _living_units(setup: TrainingSetup, batch_size: int, epochs: int) -> Check:
    has_relu = any(type(layer).__name__ == "ReLU" for layer in setup.model.modules())
    dead = dead_relu_fraction(setup.model, setup.X).values() if has_relu else [0.0]
    return Check("living units", max(dead) <= 0.4, max(dead), "at most 0.4 of a layer dead")


def _fresh_gradients(setup: TrainingSetup, batch_size: int, epochs: int) -> Check:
    X, y = setup.X[:batch_size], setup.y[:batch_size]
    return stale_gradient_check(setup.model, setup.loss, setup.step, X, y)


def _first_step(setup: TrainingSetup, batch_size: int) -> dict[str, float]:
    X, y = setup.X[:batch_size], setup.y[:batch_size]
    return update_ratio(setup.model, lambda: setup.step(X, y))


def _parameters_move(setup: TrainingSetup, batch_size: int, epochs: int) -> Check:
    ratios = _first_step(setup, batch_size)
    still = sum(ratio == 0 for ratio in ratios.values())
    return Check("parameters move", still == 0, still, f"0 of {len(ratios)} that stay")


def _update_size(setup: TrainingSetup, batch_size: int, epochs: int) -> Check:
    weights = {name for name, p in setup.model.named_parameters() if p.ndim > 1}
    ratios = _first_step(setup, batch_size)
    value = max(ratio for name, ratio in ratios.items() if name in weights)
    return Check("update size", 1e-5 <= value <= 0.3, value, "1e-5 to 0.3 of the weights")


def _overfit_a_batch(setup: TrainingSetup, batch_size: int, epochs: int) -> Check:
    return overfit_check(setup.step, setup.X[:batch_size], setup.y[:batch_size])


def _beats_chance(setup: TrainingSetup, batch_size: int, epochs: int) -> Check:
    for _ in range(epochs):
        for X, y in zip(setup.X.split(batch_size), setup.y.split(batch_size), strict=True):
            setup.step(X, y)
    predicted = predict(setup.model, setup.X_val).argmax(1)
    accuracy = (predicted == setup.y_val).double().mean().item()
    low, _, chance = chance_interval(accuracy, setup.y_val, 0.99)
    return Check("beats chance", low > chance, accuracy, f"surely above chance, {chance:.3f}")


_CHECKS = (
    _inputs_scaled,
    _labels_used,
    _no_feature_tells,
    _neighbours_agree,
    _logits,
    _initial_loss,
    _examples_apart,
    _living_units,
    _parameters_move,
    _fresh_gradients,
    _update_size,
    _overfit_a_batch,
    _beats_chance,
)
