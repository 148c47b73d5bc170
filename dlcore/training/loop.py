"""The training loop."""

import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Shaped
from torch import Tensor, nn
from tqdm.auto import tqdm

from dlcore.data import iterate_minibatches
from dlcore.training.distributed import bare, workers_of
from dlcore.training.early_stopping import EarlyStopping
from dlcore.training.history import History
from dlcore.training.inputs import (
    check_examples,
    check_numbers,
    check_optimizer,
    check_targets,
    first_outputs,
)
from dlcore.training.run import Run, settings

Loss = Callable[[Any, Tensor], Tensor]
Metrics = dict[str, Callable[[Any, Tensor], float]]


class NonFiniteLossError(FloatingPointError):
    """The loss became NaN or infinite.

    Attributes:
        epoch: the epoch, counted from 0.
        step: the minibatch within the epoch, counted from 0; None in validation.
    """

    def __init__(self, value: float, epoch: int, step: int | None):
        self.epoch, self.step = epoch, step
        where = "in validation" if step is None else f"at step {step}"
        super().__init__(
            f"the loss is {value} {where} of epoch {epoch} (both counted from 0): lower the "
            "learning rate, or look for log(0), 0/0 or an overflow in the model and the loss"
        )


@contextmanager
def in_mode(model: nn.Module, training: bool) -> Iterator[None]:
    """In training or evaluation mode, and afterwards each module in the mode it had."""
    before = {module: module.training for module in model.modules()}
    model.train(training)
    try:
        yield
    finally:
        for module, mode in before.items():
            module.training = mode


@torch.no_grad()
def predict(
    model: nn.Module, X: Shaped[Tensor, "n ..."], batch_size: int = 1024
) -> Shaped[Tensor, "n ..."]:
    """The model's outputs for all examples, in evaluation mode and without gradients.

    Args:
        model: maps a batch of inputs to a batch of outputs.
        X: inputs, shape (n, ...).
        batch_size: examples computed at once.

    Returns:
        Outputs, shape (n, ...).

    Raises:
        ValueError: X has no examples.

    Source: the definition.

    Example:
        >>> predict(nn.Linear(3, 2), torch.zeros(5, 3)).shape
        torch.Size([5, 2])

    In production: lightning.pytorch.Trainer.predict.
    """
    if len(X) == 0:
        raise ValueError(f"there are no examples: X has shape {tuple(X.shape)}")
    with in_mode(model, training=False):
        return torch.cat([model(batch) for batch in X.split(batch_size)])


def fit(
    model: nn.Module,
    X: Shaped[Tensor, "n ..."],
    y: Shaped[Tensor, "n ..."],
    *,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    epochs: int,
    batch_size: int,
    validation: tuple[Tensor, Tensor] | None = None,
    metrics: Metrics | None = None,
    early_stopping: EarlyStopping | None = None,
    checkpoint: str | os.PathLike | None = None,
    generator: torch.Generator | None = None,
    progress: bool = True,
    on_epoch_end: Callable[[int, nn.Module, History], None] | None = None,
) -> History:
    """Train a model by minibatch gradient descent.

    With `checkpoint`, the whole state is written after every epoch; the same call after a kill
    continues and ends with the same bits as a run that was never interrupted (on the CPU).

    With a model from `distribute_model`, every worker makes the same call with the same examples.
    Each computes its share of every minibatch; losses and metrics are those of all examples, and
    the result is that of one process, up to rounding, if the loss is a mean over examples.

    Args:
        model: maps a batch of inputs to a batch of outputs; trained in place.
        X: inputs, shape (n, ...), on the model's device.
        y: targets, shape (n, ...): class labels in int64, or numbers shaped like the outputs.
        loss: maps outputs and targets of a batch to their mean loss.
        optimizer: built from the model's parameters.
        epochs: passes over the examples, counted from the very beginning when resumed.
        batch_size: examples in a minibatch, B, over all workers.
        validation: inputs and targets to judge the model on after each epoch.
        metrics: functions of outputs and targets, by name. On the training examples they see the
            outputs of the epoch's own steps, made while the parameters moved.
        early_stopping: when to stop before the last epoch; the best parameters are then restored.
        checkpoint: file to write after each epoch and to resume from where it exists. Worker 0
            writes it, all read it; their number may differ from that of the run before.
        generator: source of the examples' order; by default torch's global one.
        progress: show a progress bar; only in a terminal or a notebook, and by worker 0.
        on_epoch_end: called as `on_epoch_end(epoch, model, history)` after each epoch.

    Returns:
        The losses and metrics of each epoch.

    Raises:
        ValueError: shapes that do not fit, labels out of range, NaN in the data, no examples, a
            learning rate that is not positive and finite, tensors on another device, workers with
            different settings.
        TypeError: data of another dtype than the model's parameters, labels that are not int64.
        NonFiniteLossError: the loss became NaN or infinite.
        CheckpointError: the checkpoint is damaged or belongs to another training.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, algorithm 8.1.

    Example:
        >>> X = torch.linspace(-1, 1, 8)[:, None]
        >>> model = nn.Linear(1, 1)
        >>> sgd = torch.optim.SGD(model.parameters(), lr=0.5)
        >>> history = fit(
        ...     model, X, 3 * X, loss=nn.functional.mse_loss, optimizer=sgd, epochs=50, batch_size=4
        ... )
        >>> round(model.weight.item(), 3), len(history)
        (3.0, 50)

    In production: lightning.pytorch.Trainer.fit.
    """
    metrics = metrics or {}
    check_numbers(epochs, batch_size, optimizer)
    check_optimizer(model, optimizer)
    check_examples(model, X, y, "training")
    if validation is not None:
        check_examples(model, *validation, "validation")
    _check_monitor(early_stopping, metrics, validation is not None)
    workers = workers_of(model)
    run = Run(
        model,
        optimizer,
        workers.shared_generator(generator),
        early_stopping,
        settings(optimizer, X, y, batch_size),
        workers,
    )
    workers.require_same(run.settings)
    if early_stopping:
        early_stopping.reset()
    if checkpoint is not None and workers.first(Path(checkpoint).exists()):
        run.resume(Path(checkpoint))
    _check_first_batch(run, X[: math.ceil(batch_size / workers.size)], y, validation, loss)
    steps = math.ceil(len(X) / batch_size)
    with in_mode(model, training=True), _bar(progress and workers.rank == 0, epochs * steps) as bar:
        bar.update(len(run.history) * steps)
        for epoch in range(len(run.history), epochs):
            if run.stopped:
                break
            record = _train_epoch(run, epoch, X, y, batch_size, loss, metrics, bar)
            if validation is not None:
                record |= _validate(run, epoch, *validation, loss, metrics)
            run.history.append(record)
            bar.set_postfix({name: f"{value:.4g}" for name, value in record.items()})
            run.stopped = bool(early_stopping and early_stopping.update(run.history, bare(model)))
            if on_epoch_end:
                on_epoch_end(epoch, model, run.history)
            if checkpoint is not None:
                run.save(Path(checkpoint))
    if early_stopping:
        early_stopping.restore(bare(model))
    return run.history


def _train_epoch(
    run: Run,
    epoch: int,
    X: Tensor,
    y: Tensor,
    batch_size: int,
    loss: Loss,
    metrics: Metrics,
    bar: tqdm,
) -> dict[str, float]:
    """One pass over the examples: forward, loss, backward, step."""
    total, seen = 0.0, []
    for step, (X_batch, y_batch) in enumerate(
        iterate_minibatches(X, y, batch_size, generator=run.generator)
    ):
        X_share, y_share, count = run.workers.share(X_batch, y_batch)
        outputs = run.model(X_share)
        J = loss(outputs, y_share)
        if not math.isfinite(value := J.item()):
            raise NonFiniteLossError(value, epoch, step)
        run.optimizer.zero_grad()
        (J * (count * run.workers.size / len(y_batch))).backward()
        run.optimizer.step()
        total += value * count
        if metrics:
            seen.append((outputs[:count].detach(), y_share[:count]))
        bar.update()
    record = {"loss": run.workers.total(total) / len(y)}
    if metrics:
        all_outputs, all_y = (run.workers.join(torch.cat(p)) for p in zip(*seen, strict=True))
        record |= {name: float(metric(all_outputs, all_y)) for name, metric in metrics.items()}
    return record


@torch.no_grad()
def _validate(
    run: Run, epoch: int, X: Tensor, y: Tensor, loss: Loss, metrics: Metrics
) -> dict[str, float]:
    outputs = run.workers.join(predict(run.model, X[run.workers.block(len(X))]))[: len(X)]
    value = loss(outputs, y).item()
    if not math.isfinite(value):
        raise NonFiniteLossError(value, epoch, None)
    record = {"validation_loss": value}
    return record | {f"validation_{name}": float(f(outputs, y)) for name, f in metrics.items()}


def _check_monitor(early_stopping: EarlyStopping | None, metrics: Metrics, validated: bool) -> None:
    recorded = ["loss", *metrics]
    if validated:
        recorded += [f"validation_{name}" for name in recorded]
    if early_stopping and early_stopping.monitor not in recorded:
        raise ValueError(
            f"early stopping watches {early_stopping.monitor!r}, but only {recorded} are recorded: "
            "pass validation=(X, y), or watch one of these"
        )


@torch.no_grad()
def _check_first_batch(
    run: Run, X: Tensor, y: Tensor, validation: tuple[Tensor, Tensor] | None, loss: Loss
) -> None:
    """The model takes these inputs and gives what the targets ask for; no random number is used."""
    ignored = getattr(loss, "ignore_index", None)
    with in_mode(run.model, training=False):
        check_targets(first_outputs(run.model, X), y, ignored)
        if validation is not None:
            check_targets(first_outputs(run.model, validation[0][: len(X)]), validation[1], ignored)


def _bar(progress: bool, total: int) -> tqdm:
    """A progress bar that shows only where someone is looking; TQDM_DISABLE=1 turns it off."""
    if progress and (sys.stderr.isatty() or _in_notebook()):
        return tqdm(total=total, unit="step", leave=False)
    return tqdm(total=total, disable=True)


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")
