"""Training a part of a network: frozen layers, learning rates by depth, gradual unfreezing."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from dlcore.training.history import History

_modes: WeakKeyDictionary[nn.Module, bool] = WeakKeyDictionary()


def _use_stored_statistics(layer: nn.Module, _: Any) -> None:
    _modes[layer] = layer.training
    layer.training = False


def _back_to_mode(layer: nn.Module, _: Any, __: Any) -> None:
    layer.training = _modes.pop(layer)


def _normalizations(module: nn.Module) -> list[nn.Module]:
    """The layers within that keep running statistics."""
    return [layer for layer in module.modules() if isinstance(layer, _NormBase)]


def freeze(module: nn.Module) -> nn.Module:
    """Keep all parameters of a module, and the statistics of its batch norms, as they are.

    Turning gradients off is not enough: in training mode a batch norm goes on averaging the
    statistics of what passes. A frozen one uses its stored statistics, in either mode.

    Args:
        module: a network, a part of one, or a layer; changed in place.

    Returns:
        The module.

    Section: :ref:`sec-transfer-strategies`.

    Source: Yosinski, Clune, Bengio, Lipson (2014), How transferable are features in deep neural
    networks?, arXiv:1411.1792.

    Example:
        >>> model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))
        >>> _ = freeze(model[:2])
        >>> [p.requires_grad for p in model.parameters()]
        [False, False, False, False, True, True]

    In production: module.requires_grad_(False), and its batch norms in evaluation mode.
    """
    module.requires_grad_(False)
    for layer in _normalizations(module):
        if _use_stored_statistics not in layer._forward_pre_hooks.values():
            layer.register_forward_pre_hook(_use_stored_statistics)
            layer.register_forward_hook(_back_to_mode, always_call=True)
    return module


def unfreeze(module: nn.Module) -> nn.Module:
    """Let all parameters of a module learn again, and its batch norms measure again.

    Args:
        module: a network, a part of one, or a layer; changed in place.

    Returns:
        The module.

    Section: :ref:`sec-transfer-strategies`.

    Source: Yosinski, Clune, Bengio, Lipson (2014), How transferable are features in deep neural
    networks?, arXiv:1411.1792.

    Example:
        >>> is_frozen(unfreeze(freeze(nn.Linear(2, 3))))
        False

    In production: module.requires_grad_(True).
    """
    module.requires_grad_(True)
    for layer in _normalizations(module):
        for hooks, ours in (
            (layer._forward_pre_hooks, _use_stored_statistics),
            (layer._forward_hooks, _back_to_mode),
        ):
            for key in [key for key, hook in hooks.items() if hook is ours]:
                del hooks[key]
    return module


def is_frozen(module: nn.Module) -> bool:
    """Whether no parameter of a module can learn.

    Args:
        module: a network, a part of one, or a layer.

    Returns:
        True if it has parameters and none asks for a gradient.

    Section: :ref:`sec-transfer-strategies`.

    Source: the definition.

    Example:
        >>> is_frozen(freeze(nn.Linear(2, 3))), is_frozen(nn.Linear(2, 3)), is_frozen(nn.ReLU())
        (True, False, False)

    In production: not any(p.requires_grad for p in module.parameters()).
    """
    asked = [p.requires_grad for p in module.parameters()]
    return bool(asked) and not any(asked)


def param_groups(
    stages: Sequence[nn.Module], lr: float, decay: float = 0.1, *, include_frozen: bool = False
) -> list[dict[str, Any]]:
    """Parameter groups for an optimizer in which earlier stages learn more slowly.

    Args:
        stages: parts of a network from input to output, without a parameter in common.
        lr: learning rate of the last stage.
        decay: factor from one stage to the one before it; 1 gives all the same.
        include_frozen: also the parameters that are frozen now, to be unfrozen later.

    Returns:
        A group `{"params": ..., "lr": ...}` for each stage that has parameters to train.

    Raises:
        ValueError: numbers that are not positive, a parameter in two stages, or none to train.

    Section: :ref:`sec-transfer-strategies`.

    Source: Howard, Ruder (2018), Universal language model fine-tuning for text classification,
    arXiv:1801.06146, section 3.2.

    Example:
        >>> stages = [nn.Linear(4, 3), nn.Linear(3, 2)]
        >>> [group["lr"] for group in param_groups(stages, lr=0.5, decay=0.5)]
        [0.25, 0.5]

    In production: the same list, by hand.
    """
    for name, number in (("lr", lr), ("decay", decay)):
        if not number > 0:
            raise ValueError(f"{name} must be positive, got {number}")
    groups: list[dict[str, Any]] = []
    for i, stage in enumerate(stages):
        params = [p for p in stage.parameters() if p.requires_grad or include_frozen]
        if params:
            groups.append({"params": params, "lr": lr * decay ** (len(stages) - 1 - i)})
    held = [id(p) for group in groups for p in group["params"]]
    if not held:
        raise ValueError("there is no parameter to train")
    if len(set(held)) < len(held):
        raise ValueError("a parameter belongs to two stages")
    return groups


class GradualUnfreezing:
    """Freezes all stages but the last, then frees one more, from the top, every few epochs.

    Given to `fit` as `on_epoch_end`. The optimizer must hold all parameters from the beginning:
    `param_groups(stages, lr, include_frozen=True)`.

    Args:
        stages: parts of a network from input to output; frozen at once, all but the last.
        every: epochs between two stages.

    Attributes:
        stages: as given.
        trained: how many stages learn now.

    Raises:
        ValueError: no stages, or less than an epoch between two.

    Section: :ref:`sec-transfer-strategies`.

    Source: Howard, Ruder (2018), Universal language model fine-tuning for text classification,
    arXiv:1801.06146, section 3.3.

    Example:
        >>> stages = [nn.Linear(2, 2) for _ in range(3)]
        >>> thaw = GradualUnfreezing(stages)
        >>> [is_frozen(stage) for stage in stages]
        [True, True, False]

    In production: lightning.pytorch.callbacks.BaseFinetuning.
    """

    def __init__(self, stages: Sequence[nn.Module], every: int = 1) -> None:
        if len(stages) == 0 or every < 1:
            raise ValueError(
                f"at least one stage and one epoch are needed, got {len(stages)} and {every}"
            )
        self.stages, self.every = list(stages), every
        self.trained = 1
        for stage in self.stages[:-1]:
            freeze(stage)

    def __call__(self, epoch: int, model: nn.Module, history: History) -> None:
        """After an epoch, counted from 0: free the stages whose time has come."""
        due = min(len(self.stages), 1 + (epoch + 1) // self.every)
        for stage in self.stages[len(self.stages) - due : len(self.stages) - self.trained]:
            unfreeze(stage)
        self.trained = max(due, self.trained)
