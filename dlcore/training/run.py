"""The state of a training run: all that a checkpoint must hold to continue bit for bit."""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from dlcore.training.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from dlcore.training.distributed import (
    Workers,
    bare,
    share_of_optimizer,
    share_of_parameters,
    whole,
)
from dlcore.training.early_stopping import EarlyStopping
from dlcore.training.history import History


def settings(optimizer: torch.optim.Optimizer, X: Tensor, y: Tensor, batch_size: int) -> dict:
    """What must be the same for a run to be the continuation of another."""
    plain = {
        name: value
        for name, value in optimizer.defaults.items()
        if isinstance(value, (bool, int, float, str, tuple, type(None)))
    }
    return {
        "batch_size": batch_size,
        "shape of X": tuple(X.shape),
        "shape of y": tuple(y.shape),
        "optimizer": type(optimizer).__name__,
        **plain,
    }


@dataclass
class Run:
    """Everything that changes while a model is trained."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    generator: torch.Generator
    early_stopping: EarlyStopping | None
    settings: dict
    workers: Workers = field(default_factory=Workers)
    history: History = field(default_factory=History)
    stopped: bool = False

    def save(self, path: Path) -> None:
        """Write the checkpoint of the epoch just finished, as one process would, by one worker."""
        cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
        state = {
            "settings": self.settings,
            "model": bare(self.model).state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "global generators": self.workers.collect([torch.get_rng_state(), *cuda]),
            "early stopping": self.early_stopping and self.early_stopping.state_dict(),
            "history": self.history.as_dict(),
            "stopped": self.stopped,
        }
        state = whole(state)
        if self.workers.rank == 0:
            save_checkpoint(path, state)

    def resume(self, path: Path) -> None:
        """Take over the state of a checkpoint.

        Raises:
            CheckpointError: it is damaged, or belongs to a run with other settings or model.
        """
        state = load_checkpoint(path)
        try:
            self._check_settings(state["settings"])
            model = bare(self.model)
            parameters = model.state_dict()
            model.load_state_dict(share_of_parameters(state["model"], parameters))
            self.optimizer.load_state_dict(share_of_optimizer(state["optimizer"], self.optimizer))
            self.generator.set_state(state["generator"])
            generators = state["global generators"]
            cpu, *cuda = generators[self.workers.rank % len(generators)]
            torch.set_rng_state(cpu)
            if cuda and torch.cuda.is_available():
                torch.cuda.set_rng_state_all(cuda[: torch.cuda.device_count()])
            if self.early_stopping and state["early stopping"]:
                self.early_stopping.load_state_dict(state["early stopping"])
                self.early_stopping.best_parameters = share_of_parameters(
                    self.early_stopping.best_parameters, parameters
                )
            self.history = History(state["history"])
            self.stopped = state["stopped"]
        except (KeyError, RuntimeError, TypeError, ValueError) as error:
            raise CheckpointError(
                f"the checkpoint {path} belongs to another training: {error}. It was left as it "
                "is: choose another path, or move it away to start from the beginning"
            ) from error

    def _check_settings(self, saved: dict) -> None:
        for name in saved.keys() | self.settings.keys():
            there, here = saved.get(name), self.settings.get(name)
            if there != here:
                raise ValueError(f"{name} is {there} there, {here} here")
