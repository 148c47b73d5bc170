"""Training a network whose target is its own input."""

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore import training
from dlcore.training import History, fit

BatchLoss = Callable[[nn.Module, Tensor], Tensor]


class Objective(nn.Module):
    """The loss of a model on a batch, once for each example: what `fit` averages."""

    def __init__(self, model: nn.Module, loss: BatchLoss) -> None:
        super().__init__()
        self.model, self.loss = model, loss

    def forward(self, x: Tensor) -> Tensor:
        """The loss of the batch, shape (b,)."""
        return self.loss(self.model, x).expand(len(x))


def train_autoencoder(
    model: nn.Module,
    X: Float[Tensor, "n ..."],
    *,
    epochs: int,
    batch_size: int = 64,
    lr: float = 1e-3,
    loss: BatchLoss | None = None,
    validation: Float[Tensor, "m ..."] | None = None,
    optimizer: torch.optim.Optimizer | None = None,
    early_stopping: training.EarlyStopping | None = None,
    generator: torch.Generator | None = None,
    progress: bool = True,
    on_epoch_end: Callable[[int, nn.Module, History], None] | None = None,
) -> History:
    """Train a model by its own loss: `fit`, for losses that need more than the model's output.

    With a plain reconstruction error this is `fit(model, X, X, loss=reconstruction_loss, ...)`.
    Penalties on the code, fresh noise on the input or a sampled code enter through `loss`. A model
    with a method `constrain_` has it called before the first step and after each.

    Args:
        model: trained in place.
        X: inputs, shape (n, ...), on the model's device.
        epochs: passes over the examples.
        batch_size: examples in a minibatch.
        lr: Adam's step size.
        loss: `loss(model, batch)`, the batch's mean loss or one loss for each example; by default
            `model.loss(batch)`.
        validation: inputs to judge the model on after each epoch, shape (m, ...).
        optimizer: built from the model's parameters; by default Adam.
        early_stopping: when to stop before the last epoch; the best parameters are then restored.
        generator: source of the examples' order; by default torch's global one.
        progress: show a progress bar.
        on_epoch_end: called as `on_epoch_end(epoch, model, history)` after each epoch.

    Returns:
        The losses of each epoch, "loss" and with `validation` "validation_loss".

    Raises:
        ValueError: what `fit` rejects.
        TypeError: a model without a method `loss` where none was passed.
        NonFiniteLossError: the loss became NaN or infinite.

    Section: :ref:`sec-undercomplete-autoencoders`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 14.1.

    Example:
        >>> from dlcore.autoencoder import LinearAutoencoder
        >>> X = torch.linspace(-1, 1, 64)[:, None] * torch.tensor([1.0, 2.0])
        >>> model = LinearAutoencoder(2, 1)
        >>> history = train_autoencoder(model, X, epochs=200, lr=0.02)
        >>> history["loss"][-1] < 0.01
        True

    In production: lightning.pytorch.Trainer.fit.
    """
    if loss is None:
        if not callable(getattr(model, "loss", None)):
            raise TypeError(f"{type(model).__name__} has no method loss: pass loss=")
        loss = _own_loss
    optimizer = optimizer or torch.optim.Adam(model.parameters(), lr=lr, fused=True)
    constrain: Callable[[], None] = getattr(model, "constrain_", lambda: None)
    constrain()
    hook = optimizer.register_step_post_hook(lambda *_: constrain())
    try:
        return fit(
            Objective(model, loss),
            X,
            _zeros(X),
            loss=lambda losses, _: losses.mean(),
            optimizer=optimizer,
            epochs=epochs,
            batch_size=batch_size,
            validation=validation if validation is None else (validation, _zeros(validation)),
            early_stopping=early_stopping,
            generator=generator,
            progress=progress,
            on_epoch_end=on_epoch_end
            and (lambda epoch, _, history: on_epoch_end(epoch, model, history)),
        )
    finally:
        hook.remove()


def _own_loss(model: Any, batch: Tensor) -> Tensor:
    return model.loss(batch)


def _zeros(X: Tensor) -> Tensor:
    return X.new_zeros(len(X))
