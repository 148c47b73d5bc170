"""Stop when validation no longer improves, and return to the best parameters."""

import math
from typing import Literal

from torch import Tensor, nn

from dlcore.training.history import History


class EarlyStopping:
    """Stops training after `patience` epochs without improvement and restores the best weights.

    Args:
        patience: epochs to wait for an improvement.
        monitor: the recorded number to watch.
        mode: whether smaller ("min") or larger ("max") is better.

    Raises:
        ValueError: patience < 1 or an unknown mode.

    Source: Prechelt (1998), Early stopping, but when?, doi:10.1007/3-540-49430-8_3.

    Example:
        >>> stopping = EarlyStopping(patience=2)
        >>> model, history = nn.Linear(1, 1), History()
        >>> for loss in (0.3, 0.2, 0.4, 0.3):
        ...     history.append({"validation_loss": loss})
        ...     stop = stopping.update(history, model)
        >>> stop, stopping.best_epoch
        (True, 1)

    In production: lightning.pytorch.callbacks.EarlyStopping.
    """

    def __init__(
        self,
        patience: int,
        monitor: str = "validation_loss",
        mode: Literal["min", "max"] = "min",
    ):
        if patience < 1:
            raise ValueError(f"patience must be at least 1 epoch, got {patience}")
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', got {mode!r}")
        self.patience = patience
        self.monitor = monitor
        self.mode = mode
        self.reset()

    def reset(self) -> None:
        """Forget everything seen."""
        self.best = math.inf
        self.best_epoch = -1
        self.best_parameters: dict[str, Tensor] = {}

    def update(self, history: History, model: nn.Module) -> bool:
        """Look at the epoch just recorded; True if training should stop now."""
        epoch = len(history) - 1
        value = history[self.monitor][-1] * (1 if self.mode == "min" else -1)
        if value < self.best:
            self.best, self.best_epoch = value, epoch
            state = model.state_dict()
            self.best_parameters = {name: value.clone() for name, value in state.items()}
        return epoch - self.best_epoch >= self.patience

    def restore(self, model: nn.Module) -> None:
        """Give the model the parameters of its best epoch."""
        if self.best_parameters:
            model.load_state_dict(self.best_parameters)

    def state_dict(self) -> dict:
        """What a checkpoint must keep."""
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "best_parameters": self.best_parameters,
        }

    def load_state_dict(self, state: dict) -> None:
        """Continue from what a checkpoint kept."""
        self.best = state["best"]
        self.best_epoch = state["best_epoch"]
        self.best_parameters = state["best_parameters"]
