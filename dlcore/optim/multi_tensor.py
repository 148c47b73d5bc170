"""What all first-order optimizers share: one operation on all tensors of a group at a time."""

import math
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import Optimizer, ParamsT

Tensors = list[Tensor]
Group = dict[str, Any]
State = dict[str, Tensors]
Key = tuple[torch.device, torch.dtype, Hashable]
COUNTS = {"step": int, "mu_product": float}


class MultiTensorOptimizer(Optimizer, ABC):
    r"""A `torch.optim.Optimizer` whose rule is written once for a list of tensors.

    A subclass defines `update` and, if it remembers anything, `initial_state`. All parameters of a
    group that share device, dtype and number of steps are updated by the same `torch._foreach_*`
    calls: how many operations a step takes does not depend on how many tensors a model has.
    Parameters without a gradient are left alone.

    Args:
        params: parameters, or groups of them, as `torch.optim` takes them.
        **defaults: the settings of a group that does not bring its own. `maximize` and
            `weight_decay` are handled here: the decay is added to the gradient, or with
            `decoupled_weight_decay` multiplies the parameters by $1 - \eta\lambda$.

    Raises:
        TypeError: a parameter is not real, or a gradient is sparse.

    Section: :ref:`sec-gradient-descent-variants`
    Source: PyTorch, torch.optim, the implementations with `foreach=True`.

    Example:
        >>> class SignDescent(MultiTensorOptimizer):
        ...     def update(self, group, step, params, grads, state):
        ...         torch._foreach_add_(params, torch._foreach_sign(grads), alpha=-group["lr"])
        >>> w = torch.tensor([1.0, -5.0], requires_grad=True)
        >>> optimizer = SignDescent([w], lr=0.5)
        >>> (w**2).sum().backward()
        >>> optimizer.step()
        >>> w.tolist()
        [0.5, -4.5]

    In production: torch.optim.
    """

    def __init__(self, params: ParamsT, **defaults: Any):
        super().__init__(params, defaults)

    def initial_state(self, group: Group, p: Tensor) -> dict[str, Any]:
        """What is remembered of a parameter before its first step, by name."""
        return {}

    @abstractmethod
    def update(
        self, group: Group, step: Any, params: Tensors, grads: Tensors, state: State
    ) -> None:
        """Move the parameters in place; `state` holds one list per remembered name."""

    def stage(self, group: Group, state: dict[str, Any], first: bool) -> Hashable:
        """Count the step; parameters of equal count are updated together."""
        state["step"] = state.get("step", 0) + 1
        return state["step"]

    def move(self, group: Group, step: Any, params: Tensors, grads: Tensors, state: State) -> None:
        """Take the step down or up, with the decay of weights."""
        if group.get("maximize", False):
            grads = list(torch._foreach_neg(grads))
        grads = self.decay(group, params, grads)
        self.update(group, step, params, grads, state)

    def decay(self, group: Group, params: Tensors, grads: Tensors) -> Tensors:
        """Apply the weight decay to the parameters, or return gradients that contain it."""
        rate = group.get("weight_decay", 0)
        if not rate:
            return grads
        if group.get("decoupled_weight_decay", False):
            torch._foreach_mul_(params, 1 - group["lr"] * rate)
            return grads
        return list(torch._foreach_add(grads, params, alpha=rate))

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Take one step; a closure recomputes the gradients first, and its loss is returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for (_, _, step), params in self._alike(group).items():
                states = [self.state[p] for p in params]
                names = [name for name, value in states[0].items() if isinstance(value, Tensor)]
                state = {name: [s[name] for s in states] for name in names}
                grads = [g for p in params if (g := p.grad) is not None]
                self.move(group, step, params, grads, state)
        return loss

    def _alike(self, group: Group) -> dict[Key, Tensors]:
        alike: dict[Key, Tensors] = defaultdict(list)
        for p in group["params"]:
            if p.grad is None:
                continue
            if p.grad.layout != torch.strided:
                raise TypeError(
                    f"{type(self).__name__} needs dense gradients, got {p.grad.layout}: "
                    "use torch.optim.SparseAdam, or an embedding without sparse=True"
                )
            state = self.state[p]
            first = not state
            if first:
                state.update(self.initial_state(group, p))
            alike[p.device, p.dtype, self.stage(group, state, first)].append(p)
        return alike

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with settings of their own."""
        super().add_param_group(param_group)
        for p in self.param_groups[-1]["params"]:
            if not p.is_floating_point():
                self.param_groups.pop()
                raise TypeError(f"{type(self).__name__} needs real parameters, got {p.dtype}")

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore, from torch's own state too: its counts are tensors, its unused buffers None."""
        super().__setstate__(state)
        for p, remembered in self.state.items():
            self.state[p] = {
                name: COUNTS[name](value) if name in COUNTS else value
                for name, value in remembered.items()
                if value is not None
            }


def zeros(p: Tensor, *names: str) -> dict[str, Tensor]:
    """Zeros shaped like a parameter under each name."""
    return {name: torch.zeros_like(p, memory_format=torch.preserve_format) for name in names}


def require_not_negative(**values: float) -> None:
    """Each setting is a number from 0 on."""
    for name, value in values.items():
        if not 0 <= value < math.inf:
            raise ValueError(f"{name} must be finite and not negative, got {value}")


def require_fraction(**values: float) -> None:
    """Each setting lies in [0, 1)."""
    for name, value in values.items():
        if not 0 <= value < 1:
            raise ValueError(f"{name} must be at least 0 and below 1, got {value}")


def require_betas(betas: tuple[float, float]) -> None:
    """Both decay factors lie in [0, 1)."""
    for i, beta in enumerate(betas):
        if not 0 <= beta < 1:
            raise ValueError(f"betas[{i}] must be at least 0 and below 1, got {beta}")
