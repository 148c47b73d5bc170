"""Optimizers from the same start: where they went, how low, how long it took."""

import copy
import math
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim.optimizer import Optimizer

Build = Callable[[list[Tensor]], Optimizer]


class OptimizerRun(NamedTuple):
    """One optimizer's way.

    Attributes:
        x: the last place: a tensor, or a trained copy of the model.
        path: all places, the start included, shape (steps + 1, *x); None for a model.
        losses: at each of them, shape (steps + 1,).
        seconds: since the start, shape (steps + 1,).
    """

    x: Any
    path: Tensor | None
    losses: Tensor
    seconds: Tensor

    @property
    def steps(self) -> int:
        """How many steps were taken, fewer than asked for if the loss stopped being finite."""
        return len(self.losses) - 1

    def steps_to(self, target: float) -> int | None:
        """After how many steps the loss was first below the target; None if never."""
        below = (self.losses < target).nonzero()
        return int(below[0]) if len(below) else None


def compare_optimizers(
    f: Callable[..., Tensor],
    start: Tensor | nn.Module,
    optimizers: Mapping[str, Build],
    *,
    steps: int,
    seed: int | None = None,
) -> dict[str, OptimizerRun]:
    """Let every optimizer minimize the same function from the same start.

    Nothing is shared: each gets its own copy of the start, and with a seed the same stream of
    random numbers, hence the same batches or the same noise.

    Args:
        f: the loss of a tensor like `start`, or of a model; called as `f(x)`, with a seed as
            `f(x, generator)`.
        start: a tensor of any shape, or a model; not changed.
        optimizers: by name, a function from a list of parameters to the optimizer.
        steps: the most steps; an optimizer whose loss is no longer finite stops earlier.
        seed: of the generator that f draws from.

    Returns:
        A run for each name.

    Raises:
        ValueError: no steps.
        TypeError: a start that is neither a floating-point tensor nor a model.

    Section: :ref:`sec-practical-optimization`
    Source: Choi, Shallue, Nado, Lee, Maddison, Dahl (2019), On empirical comparisons of optimizers
        for deep learning, arXiv:1910.05446: tune each before you compare.

    Example:
        >>> from dlcore.optim import SGD
        >>> race = {"0.25": lambda p: SGD(p, lr=0.25), "0.5": lambda p: SGD(p, lr=0.5)}
        >>> runs = compare_optimizers(lambda x: (x**2).sum(), torch.ones(1), race, steps=2)
        >>> {name: run.losses.tolist() for name, run in runs.items()}
        {'0.25': [1.0, 0.25, 0.0625], '0.5': [1.0, 0.0, 0.0]}

    In production: a search over settings for each optimizer, with a budget.
    """
    if steps < 1:
        raise ValueError(f"steps must be at least 1, got {steps}")
    if not isinstance(start, nn.Module) and not (
        isinstance(start, Tensor) and start.is_floating_point()
    ):
        raise TypeError(f"start must be a floating-point tensor or a model, got {start!r:.80}")
    return {name: _run(f, start, build, steps, seed) for name, build in optimizers.items()}


def _run(
    f: Callable[..., Tensor], start: Tensor | nn.Module, build: Build, steps: int, seed: int | None
) -> OptimizerRun:
    if isinstance(start, nn.Module):
        x: Any = copy.deepcopy(start)
        parameters = list(x.parameters())
    else:
        x = start.detach().clone().requires_grad_()
        parameters = [x]
    drawn = [] if seed is None else [torch.Generator(parameters[0].device).manual_seed(seed)]
    optimizer, begin = build(parameters), time.perf_counter()
    path: list[Tensor] = []
    losses, seconds = [], []
    for t in range(steps + 1):
        loss = f(x, *drawn)
        losses.append(loss.detach())
        finite = bool(loss.isfinite())
        seconds.append(time.perf_counter() - begin)
        if isinstance(x, Tensor):
            path.append(x.detach().clone())
        if t == steps or not finite:
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    end = x.detach() if isinstance(x, Tensor) else x
    places = torch.stack(path) if path else None
    return OptimizerRun(end, places, torch.stack(losses), torch.tensor(seconds))


def escape_time(
    f: Callable[[Tensor], Tensor],
    start: Tensor,
    optimizer: Build,
    escaped: Callable[[Tensor], bool | Tensor],
    *,
    noise: float = 0.0,
    noise_below: float = math.inf,
    generator: torch.Generator | None = None,
    max_steps: int = 10_000,
) -> int | None:
    r"""How many steps it takes to leave a saddle or a plateau.

    Descent leaves a saddle from almost everywhere, but slowly: its distance grows by a factor a
    step. From a place where the gradient leads straight into the saddle only noise gets it out.

    Args:
        f: function of torch operations to a single number.
        start: the start, any shape; not changed.
        optimizer: from a list of parameters to the optimizer.
        escaped: whether a place counts as outside.
        noise: standard deviation of what is added to each component of the gradient.
        noise_below: noise only where the gradient's norm is below this: perturbed gradient descent.
        generator: source of the noise; by default torch's global one.
        max_steps: the most steps.

    Returns:
        The number of steps; None if it did not leave.

    Raises:
        ValueError: negative noise.

    Section: :ref:`sec-saddle-points`
    Source: Jin, Ge, Netrapalli, Kakade, Jordan (2017), How to escape saddle points efficiently,
        arXiv:1703.00887.

    Example:
        >>> from dlcore.optim import SGD, double_well
        >>> outside = lambda x: (x[0].abs() - 1).abs() < 0.1
        >>> start = torch.tensor([0.01, 1.0])
        >>> escape_time(double_well, start, lambda p: SGD(p, lr=0.05), outside)
        29

    In production: mini-batches, which bring noise with them.
    """
    if not noise >= 0:
        raise ValueError(f"noise must not be negative, got {noise}")
    x = start.detach().clone().requires_grad_()
    algorithm = optimizer([x])
    where = generator.device if generator else x.device
    for t in range(max_steps + 1):
        if escaped(x.detach()):
            return t
        (g,) = torch.autograd.grad(f(x), x)
        if noise and g.norm() < noise_below:
            drawn = torch.randn(x.shape, generator=generator, dtype=x.dtype, device=where)
            g = g + noise * drawn.to(x.device)
        x.grad = g
        algorithm.step()
    return None
