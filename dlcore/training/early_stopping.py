"""Stop when validation no longer improves, and return to the best parameters."""

import math
from typing import Literal

from torch import Tensor, nn

from dlcore.training.history import History


class EarlyStopping:
    """Stops training after `patience` evaluations without improvement; keeps the best weights.

    Args:
        patience: evaluations to wait for an improvement; in `fit` there is one an epoch.
        monitor: the recorded number to watch.
        mode: whether smaller ("min") or larger ("max") is better.
        min_delta: what the number must gain to count as an improvement is more than this.

    Attributes:
        best: the best number so far.
        best_epoch: the evaluation, counted from 0, that gave it; -1 before any improvement.
        best_parameters: a copy of the model's state then.
        evaluations: how many there were.

    Raises:
        ValueError: patience < 1, an unknown mode, or a negative min_delta.

    Source: Prechelt (1998), Early stopping, but when?, doi:10.1007/3-540-49430-8_3.

    Example:
        >>> stopping, model = EarlyStopping(patience=2), nn.Linear(1, 1)
        >>> [stopping.step(loss, model) for loss in (0.3, 0.2, 0.4, 0.3)]
        [False, False, False, True]
        >>> stopping.best, stopping.best_epoch
        (0.2, 1)

    In production: lightning.pytorch.callbacks.EarlyStopping.
    """

    def __init__(
        self,
        patience: int,
        monitor: str = "validation_loss",
        mode: Literal["min", "max"] = "min",
        min_delta: float = 0.0,
    ):
        if patience < 1:
            raise ValueError(f"patience must be at least 1 evaluation, got {patience}")
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', got {mode!r}")
        if not min_delta >= 0:
            raise ValueError(f"min_delta must be at least 0, got {min_delta}")
        self.patience = patience
        self.monitor = monitor
        self.mode = mode
        self.min_delta = min_delta
        self.reset()

    def reset(self) -> None:
        """Forget everything seen."""
        self.best = math.inf if self.mode == "min" else -math.inf
        self.best_epoch = -1
        self.best_parameters: dict[str, Tensor] = {}
        self.evaluations = 0

    def step(self, value: float, model: nn.Module) -> bool:
        """Look at one more evaluation; True if training should stop now. NaN is no improvement."""
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:
            self.best, self.best_epoch = value, self.evaluations
            state = model.state_dict()
            self.best_parameters = {name: value.clone() for name, value in state.items()}
        self.evaluations += 1
        return self.evaluations - 1 - self.best_epoch >= self.patience

    def update(self, history: History, model: nn.Module) -> bool:
        """Look at the epoch just recorded; True if training should stop now."""
        return self.step(history[self.monitor][-1], model)

    def restore(self, model: nn.Module) -> None:
        """Give the model the parameters of its best evaluation."""
        if self.best_parameters:
            model.load_state_dict(self.best_parameters)

    def state_dict(self) -> dict:
        """What a checkpoint must keep."""
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "best_parameters": self.best_parameters,
            "evaluations": self.evaluations,
        }

    def load_state_dict(self, state: dict) -> None:
        """Continue from what a checkpoint kept."""
        self.best = state["best"]
        self.best_epoch = state["best_epoch"]
        self.best_parameters = state["best_parameters"]
        self.evaluations = state["evaluations"]
