"""From one optimizer to another in the course of a training."""

import copy
import math
from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.optim.optimizer import Optimizer


class SwitchOptimizer(Optimizer):
    """Trains with one optimizer, then with another: Adam to get far, SGD with momentum to finish.

    It switches after a number of steps, when the observed loss no longer falls, or when `switch` is
    called. Its `param_groups`, which schedulers write to, are those of the optimizer in use.

    Args:
        first: in use at the beginning.
        second: in use after the switch, over the same parameters in the same order.
        switch_step: how many steps the first takes; by default as many as come.
        patience: `observe` switches after this many losses in a row that are no new minimum; by
            default never.

    Raises:
        ValueError: the optimizers hold different parameters, or a number is below 1.

    Section: :ref:`sec-practical-optimization`
    Source: Keskar, Socher (2017), Improving generalization performance by switching from Adam to
        SGD, arXiv:1712.07628.

    Example:
        >>> import torch
        >>> from dlcore.optim import SGD, Adam
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = SwitchOptimizer(Adam([w], lr=0.5), SGD([w], lr=0.25), switch_step=1)
        >>> for _ in range(2):
        ...     optimizer.zero_grad()
        ...     (w**2).sum().backward()
        ...     optimizer.step()
        ...     print(optimizer.switched, round(w.item(), 4))
        True 0.5
        True 0.25

    In production: one optimizer with a schedule is more usual.
    """

    def __init__(
        self,
        first: Optimizer,
        second: Optimizer,
        *,
        switch_step: int | None = None,
        patience: int | None = None,
    ):
        if _parameters(first) != _parameters(second):
            raise ValueError(
                "both optimizers must hold the same parameters in the same order, got "
                f"{len(_parameters(first))} and {len(_parameters(second))} tensors"
            )
        for name, number in {"switch_step": switch_step, "patience": patience}.items():
            if number is not None and number < 1:
                raise ValueError(f"{name} must be at least 1, got {number}")
        super().__init__(first.param_groups, first.defaults)
        self.first, self.second = first, second
        self.switch_step, self.patience = switch_step, patience
        self.switched, self.steps, self.best, self.waited = False, 0, math.inf, 0
        self._follow()

    @property
    def current(self) -> Optimizer:
        """The optimizer in use."""
        return self.second if self.switched else self.first

    def switch(self) -> None:
        """Change to the second optimizer, which starts with what it remembers: nothing."""
        self.switched = True
        self._follow()

    def observe(self, loss: float) -> bool:
        """Take note of a validation loss; returns whether the second optimizer is in use."""
        improved = loss < self.best
        self.best = min(self.best, loss)
        self.waited = 0 if improved else self.waited + 1
        if self.patience is not None and self.waited >= self.patience:
            self.switch()
        return self.switched

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """A step of the optimizer in use."""
        loss = self.current.step(closure) if closure is not None else self.current.step()
        self.steps += 1
        if self.switch_step is not None and self.steps >= self.switch_step:
            self.switch()
        return loss

    def state_dict(self) -> dict[str, Any]:
        """Both optimizers' states and how far the training is."""
        progress = {name: getattr(self, name) for name in PROGRESS}
        return {**progress, "first": self.first.state_dict(), "second": self.second.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue where the saved one was."""
        state = copy.copy(state_dict)
        self.first.load_state_dict(state.pop("first"))
        self.second.load_state_dict(state.pop("second"))
        for name in PROGRESS:
            setattr(self, name, state[name])
        self._follow()

    def _follow(self) -> None:
        self.param_groups = self.current.param_groups
        self.state = self.current.state
        self.defaults = self.current.defaults


PROGRESS = ("switched", "steps", "best", "waited")


def _parameters(optimizer: Optimizer) -> list[int]:
    tensors: list[Tensor] = [p for group in optimizer.param_groups for p in group["params"]]
    return [id(p) for p in tensors]
