"""Learning rates that rise before they fall, once or again and again."""

import math
from typing import Literal

import torch
from torch import Tensor

from dlcore.optim.schedules import Step, Strategy, anneal, evaluate

Cycle = Literal["triangular", "triangular2", "exp_range"]


def one_cycle(
    t: Step,
    lr: float = 1.0,
    *,
    total_steps: float,
    pct_start: float = 0.3,
    anneal_strategy: Strategy = "cos",
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
) -> Step:
    r"""One rise to a high rate and one fall far below where it began.

    Args:
        t: step, from 0; a tensor gives a tensor.
        lr: the peak $\eta_{\max}$.
        total_steps: T; the last step is T - 1, and the rate stays there.
        pct_start: which part of the steps rises; the peak is at step `pct_start` T - 1.
        anneal_strategy: "cos" or "linear".
        div_factor: the first rate is $\eta_{\max}$ / `div_factor`.
        final_div_factor: the last rate is the first / `final_div_factor`.

    Returns:
        The learning rate.

    Raises:
        ValueError: a negative step, or a peak that does not lie between the first and last step.

    Equation: :eq:`eq-one-cycle`
    Section: :ref:`sec-learning-rate-schedules`
    Source: Smith, Topin (2019), Super-convergence: very fast training of neural networks using
        large learning rates, arXiv:1708.07120.

    Example:
        >>> [round(one_cycle(t, total_steps=11, pct_start=0.4), 4) for t in (0, 2, 3, 5, 10)]
        [0.04, 0.6514, 0.9676, 0.8619, 0.0]

    In production: torch.optim.lr_scheduler.OneCycleLR.
    """
    first = lr / div_factor
    last = first / final_div_factor
    return _one_cycle(t, first, lr, last, total_steps, pct_start, anneal_strategy)


def one_cycle_momentum(
    t: Step,
    *,
    total_steps: float,
    pct_start: float = 0.3,
    anneal_strategy: Strategy = "cos",
    base_momentum: float = 0.85,
    max_momentum: float = 0.95,
) -> Step:
    r"""The momentum beside `one_cycle`: down while the rate rises, then up again.

    Args:
        t: step, from 0; a tensor gives a tensor.
        total_steps: T.
        pct_start: which part of the steps rises.
        anneal_strategy: "cos" or "linear".
        base_momentum: at the peak of the rate.
        max_momentum: at both ends.

    Returns:
        The momentum $\beta_t$.

    Raises:
        ValueError: a negative step, or a peak that does not lie between the first and last step.

    Equation: :eq:`eq-one-cycle`
    Section: :ref:`sec-learning-rate-schedules`
    Source: Smith (2018), A disciplined approach to neural network hyper-parameters,
        arXiv:1803.09820.

    Example:
        >>> [round(one_cycle_momentum(t, total_steps=10), 3) for t in (0, 2, 9)]
        [0.95, 0.85, 0.95]

    In production: torch.optim.lr_scheduler.OneCycleLR.
    """
    ends, peak = max_momentum, base_momentum
    return _one_cycle(t, ends, peak, ends, total_steps, pct_start, anneal_strategy)


def _one_cycle(
    t: Step,
    first: float,
    peak: float,
    last: float,
    total_steps: float,
    pct_start: float,
    strategy: Strategy,
) -> Step:
    at, end = pct_start * total_steps - 1, total_steps - 1
    if not 0 < at < end:
        raise ValueError(
            f"the peak is at step pct_start * total_steps - 1 = {at:g} and must lie between the "
            f"first step, 0, and the last, {end:g}"
        )

    def rate(t: Tensor) -> Tensor:
        rise = anneal(strategy, first, peak, t / at)
        fall = anneal(strategy, peak, last, (t - at) / (end - at))
        return torch.where(t <= at, rise, fall)

    return evaluate(t, rate)


def cosine_warm_restarts(
    t: Step, lr: float = 1.0, *, T_0: float, T_mult: int = 1, eta_min: float = 0.0
) -> Step:
    r"""Cosine annealing that jumps back to the full rate after each cycle.

    Args:
        t: step, from 0; a tensor gives a tensor.
        lr: $\eta_0$, at the start of every cycle.
        T_0: steps of the first cycle.
        T_mult: how many times as long each cycle is as the one before.
        eta_min: the rate that a cycle falls towards.

    Returns:
        The learning rate.

    Raises:
        ValueError: a negative step, $T_0$ not positive, or T_mult below 1.

    Equation: :eq:`eq-cosine-annealing`
    Section: :ref:`sec-learning-rate-schedules`
    Source: Loshchilov, Hutter (2017), SGDR: stochastic gradient descent with warm restarts,
        arXiv:1608.03983.

    Example:
        >>> [round(cosine_warm_restarts(t, T_0=2, T_mult=2), 3) for t in range(7)]
        [1.0, 0.5, 1.0, 0.854, 0.5, 0.146, 1.0]

    In production: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.
    """
    if T_mult < 1:
        raise ValueError(f"T_mult must be at least 1, got {T_mult}")

    def rate(t: Tensor) -> Tensor:
        if T_mult == 1:
            length, since = torch.full_like(t, T_0), t % T_0
        else:
            cycle = ((1 + t / T_0 * (T_mult - 1)).log() / math.log(T_mult) + 1e-12).floor()
            length = T_0 * T_mult**cycle
            since = t - (length - T_0) / (T_mult - 1)
        return anneal("cos", lr, eta_min, since / length)

    return evaluate(t, rate, T_0=T_0)


def cyclical_lr(
    t: Step,
    lr: float = 1.0,
    *,
    base_lr: float,
    step_size_up: float,
    step_size_down: float | None = None,
    mode: Cycle = "triangular",
    gamma: float = 1.0,
) -> Step:
    r"""Up and down in straight lines, again and again.

    Args:
        t: step, from 0; a tensor gives a tensor.
        lr: the largest rate.
        base_lr: the smallest rate, at the start of every cycle.
        step_size_up: steps of a rise.
        step_size_down: steps of a fall; by default as many.
        mode: "triangular"; "triangular2" halves the height each cycle; "exp_range" multiplies it
            by $\gamma^t$.
        gamma: $\gamma$ of "exp_range".

    Returns:
        The learning rate.

    Raises:
        ValueError: a negative step, a length that is not positive, or an unknown mode.

    Section: :ref:`sec-learning-rate-schedules`
    Source: Smith (2017), Cyclical learning rates for training neural networks, arXiv:1506.01186.

    Example:
        >>> [cyclical_lr(t, 1.0, base_lr=0.5, step_size_up=2) for t in range(6)]
        [0.5, 0.75, 1.0, 0.75, 0.5, 0.75]

    In production: torch.optim.lr_scheduler.CyclicLR.
    """
    if mode not in ("triangular", "triangular2", "exp_range"):
        raise ValueError(f"mode must be 'triangular', 'triangular2' or 'exp_range', got {mode!r}")
    up, down = step_size_up, step_size_up if step_size_down is None else step_size_down

    def rate(t: Tensor) -> Tensor:
        since = t % (up + down)
        height = torch.where(since <= up, since / up, 1 - (since - up) / down)
        if mode == "triangular2":
            height = height / 2 ** (t / (up + down)).floor()
        elif mode == "exp_range":
            height = height * gamma**t
        return base_lr + (lr - base_lr) * height

    return evaluate(t, rate, step_size_up=up, step_size_down=down)
