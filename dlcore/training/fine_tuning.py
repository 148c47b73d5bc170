"""From a network trained on one task to one for another: the head first, then everything."""

from collections.abc import Callable

import torch
from jaxtyping import Shaped
from torch import Tensor, nn

from dlcore.training.history import History
from dlcore.training.loop import Loss, Metrics, fit
from dlcore.training.transfer import freeze, param_groups, unfreeze

OptimizerClass = Callable[..., torch.optim.Optimizer]


def fine_tune(
    backbone: nn.Module,
    head: nn.Module,
    X: Shaped[Tensor, "n ..."],
    y: Shaped[Tensor, "n ..."],
    *,
    loss: Loss,
    lr: float = 1e-3,
    decay: float = 0.1,
    head_epochs: int = 5,
    epochs: int = 5,
    batch_size: int = 32,
    optimizer: OptimizerClass = torch.optim.Adam,
    validation: tuple[Tensor, Tensor] | None = None,
    metrics: Metrics | None = None,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> History:
    """Train a new head on frozen features, then, with smaller steps below, the whole network.

    A fresh head sends large, random gradients; while it settles, the features are kept from them.

    Args:
        backbone: maps inputs to features; trained in place, in the second stage only.
        head: maps features to outputs; trained in place.
        X: inputs, shape (n, ...).
        y: targets, shape (n, ...).
        loss: maps outputs and targets of a batch to their mean loss.
        lr: learning rate of the head, in both stages.
        decay: the backbone's learning rate in the second stage, as a share of it.
        head_epochs: of the first stage, 0 to leave it out.
        epochs: of the second stage, 0 for features that stay frozen.
        batch_size: examples in a minibatch.
        optimizer: a class of `torch.optim`, or what takes the same arguments; a fresh one for each
            stage.
        validation: inputs and targets to judge on after each epoch.
        metrics: functions of outputs and targets, by name.
        generator: source of the examples' order; by default torch's global one.
        progress: show a progress bar; only in a terminal or a notebook.

    Returns:
        Losses and metrics of the epochs of both stages.

    Raises:
        ValueError: no epoch at all, a negative number of them, or as in `fit`.

    Section: :ref:`sec-transfer-strategies`
    Source: Kumar, Raghunathan, Jones, Ma, Liang (2022), Fine-tuning can distort pretrained features
        and underperform out-of-distribution, arXiv:2202.10054: linear probing, then fine-tuning.

    Example:
        >>> X = torch.linspace(-1, 1, 8)[:, None]
        >>> history = fine_tune(
        ...     nn.Linear(1, 4), nn.Linear(4, 1), X, X, loss=nn.MSELoss(), head_epochs=2, epochs=3
        ... )
        >>> len(history)
        5

    In production: lightning.pytorch.callbacks.BackboneFinetuning.
    """
    if min(head_epochs, epochs) < 0 or head_epochs + epochs == 0:
        raise ValueError(f"at least one epoch is needed, got {head_epochs} and {epochs}")
    model = nn.Sequential(backbone, head)
    history = History()

    def train(groups: list, epochs: int) -> None:
        stage = fit(
            model,
            X,
            y,
            loss=loss,
            optimizer=optimizer(groups, lr=lr),
            epochs=epochs,
            batch_size=batch_size,
            validation=validation,
            metrics=metrics,
            generator=generator,
            progress=progress,
        )
        for i in range(len(stage)):
            history.append({name: stage[name][i] for name in stage})

    if head_epochs:
        freeze(backbone)
        train(param_groups([head], lr), head_epochs)
    if epochs:
        unfreeze(backbone)
        train(param_groups([backbone, head], lr, decay), epochs)
    return history
