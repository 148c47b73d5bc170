"""Several models from one training: a snapshot at the end of each cycle of the learning rate."""

import copy
import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64, Shaped
from torch import Tensor, nn
from torch.optim.optimizer import Optimizer

from dlcore.data import iterate_minibatches
from dlcore.optim.cyclical_schedules import cosine_warm_restarts
from dlcore.training import NonFiniteLossError, predict


class SnapshotEnsemble(NamedTuple):
    """Classifiers whose probabilities are averaged.

    Attributes:
        models: one copy for each cycle, in order.
        losses: of each step's batch, shape (steps,).
    """

    models: list[nn.Module]
    losses: Tensor

    def predict_proba(self, X: Shaped[Tensor, "n ..."]) -> Float[Tensor, "n k"]:
        """The mean of the models' softmax probabilities, shape (n, k)."""
        return torch.stack([predict(m, X).softmax(-1) for m in self.models]).mean(0)

    def predict(self, X: Shaped[Tensor, "n ..."]) -> Int64[Tensor, " n"]:
        """The most probable class of each example, shape (n,)."""
        return self.predict_proba(X).argmax(-1)


def snapshot_ensemble(
    model: nn.Module,
    X: Shaped[Tensor, "n ..."],
    y: Shaped[Tensor, "n ..."],
    *,
    loss: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
    cycles: int,
    epochs_per_cycle: int,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> SnapshotEnsemble:
    """Anneal the learning rate several times in one training; keep the model after each time.

    A restart throws the model out of the minimum it has reached, so that the snapshots differ; the
    average of their probabilities costs no further training.

    Args:
        model: classifier that returns scores; trained in place, and left as the last snapshot.
        X: inputs, shape (n, ...).
        y: labels, shape (n,).
        loss: maps scores and labels of a batch to their mean loss.
        optimizer: over the model's parameters; its rates are where each cycle starts, and are put
            back at the end.
        cycles: how many snapshots.
        epochs_per_cycle: passes over the examples in each cycle.
        batch_size: B.
        generator: source of the examples' order; by default torch's global one.

    Returns:
        The models and the losses.

    Raises:
        ValueError: a number below 1, no examples, or X and y of different length.
        NonFiniteLossError: the loss became NaN or infinite.

    Equation: :eq:`eq-cosine-annealing`
    Section: :ref:`sec-learning-rate-schedules`
    Source: Huang, Li, Pleiss, Liu, Hopcroft, Weinberger (2017), Snapshot ensembles: train 1, get M
        for free, arXiv:1704.00109.

    Example:
        >>> from dlcore.optim import SGD
        >>> X, y = torch.tensor([[1.0], [-1.0]]), torch.tensor([0, 1])
        >>> model = nn.Linear(1, 2)
        >>> ensemble = snapshot_ensemble(
        ...     model, X, y, loss=nn.functional.cross_entropy, batch_size=2,
        ...     optimizer=SGD(model.parameters(), lr=1.0), cycles=3, epochs_per_cycle=4,
        ... )
        >>> len(ensemble.models), ensemble.predict(X).tolist()
        (3, [0, 1])

    In production: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts and a checkpoint each cycle.
    """
    for name, number in {"cycles": cycles, "epochs_per_cycle": epochs_per_cycle}.items():
        if number < 1:
            raise ValueError(f"{name} must be at least 1, got {number}")
    rates = [group["lr"] for group in optimizer.param_groups]
    length = epochs_per_cycle * math.ceil(len(X) / max(batch_size, 1))
    models: list[nn.Module] = []
    losses: list[Tensor] = []
    model.train()
    for epoch in range(cycles * epochs_per_cycle):
        for step, batch in enumerate(iterate_minibatches(X, y, batch_size, generator=generator)):
            factor = cosine_warm_restarts(len(losses), T_0=length)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            J = loss(model(batch[0]), batch[1])
            if not J.isfinite():
                raise NonFiniteLossError(J.item(), epoch, step)
            optimizer.zero_grad()
            J.backward()
            optimizer.step()
            losses.append(J.detach())
        if (epoch + 1) % epochs_per_cycle == 0:
            models.append(copy.deepcopy(model))
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate
    return SnapshotEnsemble(models, torch.stack(losses))
