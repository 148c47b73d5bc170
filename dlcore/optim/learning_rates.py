"""Finding a learning rate, and seeing whether it is right."""

import copy
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim.optimizer import Optimizer


class LRRangeTest(NamedTuple):
    """What happened while the learning rate grew.

    Attributes:
        lrs: the rates tried, shape (t,).
        losses: before the step with each rate, smoothed if asked for, shape (t,).
        diverged: the last rate tried if the loss blew up, else None.
    """

    lrs: Tensor
    losses: Tensor
    diverged: float | None

    @property
    def best(self) -> float:
        """The rate at the lowest loss, already too large for training; a third of it is usual."""
        return self.lrs[self.losses.nan_to_num(nan=math.inf).argmin()].item()


def lr_range_test(
    loss: Callable[[], Tensor],
    optimizer: Optimizer,
    *,
    min_lr: float = 1e-6,
    max_lr: float = 10.0,
    steps: int = 100,
    smoothing: float = 0.0,
    blowup: float = 4.0,
) -> LRRangeTest:
    r"""Train for a few steps at an exponentially growing rate, until the loss blows up.

    Parameters, the optimizer's state and its rates are put back afterwards; a model's running
    statistics and random generators are not.

    Args:
        loss: computes the loss of the next batch.
        optimizer: over the parameters to try it on; each of its groups gets the same rate.
        min_lr: the first rate.
        max_lr: the last.
        steps: how many rates.
        smoothing: weight of the past in an average of the losses, corrected for its start.
        blowup: stop when the loss exceeds the lowest so far by this factor.

    Returns:
        Rates and losses up to the end.

    Raises:
        ValueError: not 0 < min_lr < max_lr, fewer than two steps, smoothing outside [0, 1), or a
            blow-up factor of 1 or less.

    Section: :ref:`sec-practical-optimization`
    Source: Smith (2017), Cyclical learning rates for training neural networks, arXiv:1506.01186,
        section 3.3.

    Example:
        >>> from dlcore.optim import SGD
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> found = lr_range_test(lambda: 2 * (w**2).sum(), SGD([w]), min_lr=1e-3)
        >>> 2 / 4 < found.diverged < 1, w.item()
        (True, 1.0)

    In production: lightning.pytorch.tuner.Tuner.lr_find.
    """
    if not 0 < min_lr < max_lr < math.inf or steps < 2:
        raise ValueError(
            f"rates must grow from min_lr > 0 in two steps or more, got {min_lr} to {max_lr} in "
            f"{steps}"
        )
    if not 0 <= smoothing < 1 or not blowup > 1:
        raise ValueError(
            f"smoothing must lie in [0, 1) and blowup above 1, got {smoothing} and {blowup}"
        )
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    before = [p.detach().clone() for p in parameters]
    state = copy.deepcopy(optimizer.state_dict())
    lrs = torch.logspace(math.log10(min_lr), math.log10(max_lr), steps, dtype=torch.float64)
    try:
        losses = _train(loss, optimizer, lrs.tolist(), smoothing, blowup)
    finally:
        optimizer.load_state_dict(state)
        optimizer.zero_grad()
        with torch.no_grad():
            for p, old in zip(parameters, before, strict=True):
                p.copy_(old)
    tried = lrs[: len(losses)]
    last = losses[-1]
    over = not math.isfinite(last) or last > blowup * min(losses)
    return LRRangeTest(
        tried, torch.tensor(losses, dtype=torch.float64), tried[-1].item() if over else None
    )


def _train(
    loss: Callable[[], Tensor],
    optimizer: Optimizer,
    lrs: list[float],
    smoothing: float,
    blowup: float,
) -> list[float]:
    average, losses = 0.0, []
    for t, lr in enumerate(lrs, start=1):
        J = loss()
        average = smoothing * average + (1 - smoothing) * J.item()
        losses.append(average / (1 - smoothing**t))
        if not math.isfinite(losses[-1]) or losses[-1] > blowup * min(losses):
            break
        for group in optimizer.param_groups:
            group["lr"] = lr
        optimizer.zero_grad()
        J.backward()
        optimizer.step()
    return losses


def update_ratio(model: nn.Module, step: Callable[[], Any]) -> dict[str, float]:
    r"""How much one step changes each parameter tensor, $\|\Delta w\| / \|w\|$.

    About one in a thousand is usual for weights; far more, and the rate is too large. A tensor of
    zeros, as biases begin, gives infinity once it moves.

    Args:
        model: whose parameters are watched.
        step: takes the step; often `optimizer.step`.

    Returns:
        The ratio for each parameter that can be trained, by name.

    Raises:
        ValueError: the model has nothing to train.

    Section: :ref:`sec-practical-optimization`
    Source: Karpathy (2015), CS231n, Neural networks part 3, "Ratio of weights:updates".

    Example:
        >>> model = nn.Linear(2, 1, bias=False)
        >>> def halve():
        ...     with torch.no_grad():
        ...         model.weight.mul_(0.5)
        >>> update_ratio(model, halve)
        {'weight': 0.5}

    In production: log it every few hundred steps.
    """
    before = {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
    if not before:
        raise ValueError("the model has no parameters to train")
    step()
    after = dict(model.named_parameters())
    moved = {name: (after[name].detach() - old).norm() for name, old in before.items()}
    return {
        name: (moved[name] / old.norm()).item() if moved[name] else 0.0
        for name, old in before.items()
    }
