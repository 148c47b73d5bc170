"""Learning rates as functions of the step, for one step or for a tensor of steps.

All are called as `schedule(t, lr, …)`, where `lr` is the largest rate. With its default of 1 they
are factors, as `torch.optim.lr_scheduler.LambdaLR` wants them:
`LambdaLR(optimizer, functools.partial(cosine_annealing, T_max=100))`.
"""

import math
from collections.abc import Callable
from typing import Literal, TypeVar

import torch
from torch import Tensor

from dlcore.optim.multi_tensor import require_not_negative

Step = TypeVar("Step", float, Tensor)
Strategy = Literal["cos", "linear"]


def evaluate(t: Step, rate: Callable[[Tensor], Tensor], **lengths: float) -> Step:
    """The rate at one step as a number, or at each step of a tensor."""
    for name, length in lengths.items():
        if not length > 0:
            raise ValueError(f"{name} must be positive, got {length}")
    steps = torch.as_tensor(t, dtype=torch.float64)
    if (steps < 0).any():
        raise ValueError(f"steps are counted from 0, got {steps.min().item():g}")
    rates = rate(steps)
    if not isinstance(t, Tensor):
        return rates.item()
    return rates.to(t.dtype if t.is_floating_point() else torch.get_default_dtype())


def anneal(strategy: Strategy, start: float, end: float, progress: Tensor) -> Tensor:
    """From start to end while progress goes from 0 to 1."""
    if strategy not in ("cos", "linear"):
        raise ValueError(f"anneal_strategy must be 'cos' or 'linear', got {strategy!r}")
    progress = progress.clamp(0, 1)
    if strategy == "linear":
        return start + (end - start) * progress
    return end + (start - end) / 2 * (1 + (math.pi * progress).cos())


def inverse_time_decay(t: Step, lr: float = 1.0, *, decay: float) -> Step:
    r"""$\eta_t = \eta_0/(1 + \lambda t)$: slow enough to reach any place, and in the end still.

    The rates sum to infinity, their squares do not: Robbins and Monro's condition for stochastic
    gradient descent to converge.

    Args:
        t: step, from 0; a tensor gives a tensor.
        lr: $\eta_0$.
        decay: $\lambda$; after $1/\lambda$ steps the rate is half.

    Returns:
        The learning rate.

    Raises:
        ValueError: a negative step or decay.

    Equation: :eq:`eq-inverse-time-decay`
    Section: :ref:`sec-stochastic-gradient-descent`
    Source: Robbins, Monro (1951), A stochastic approximation method, doi:10.1214/aoms/1177729586.

    Example:
        >>> inverse_time_decay(10, 0.5, decay=0.1)
        0.25

    In production: torch.optim.lr_scheduler.LambdaLR.
    """
    require_not_negative(decay=decay)
    return evaluate(t, lambda t: lr / (1 + decay * t))


def step_decay(t: Step, lr: float = 1.0, *, step_size: float, gamma: float = 0.1) -> Step:
    r"""$\eta_t = \eta_0 \gamma^{\lfloor t/s \rfloor}$: constant, then a drop every s steps.

    Args:
        t: step, from 0; a tensor gives a tensor.
        lr: $\eta_0$.
        step_size: s.
        gamma: $\gamma$, the factor of each drop.

    Returns:
        The learning rate.

    Raises:
        ValueError: a negative step or factor, or s is not positive.

    Equation: :eq:`eq-step-decay`
    Section: :ref:`sec-learning-rate-schedules`
    Source: He, Zhang, Ren, Sun (2016), Deep residual learning for image recognition,
        arXiv:1512.03385, section 3.4.

    Example:
        >>> [step_decay(t, 0.5, step_size=10, gamma=0.5) for t in (9, 10, 25)]
        [0.5, 0.25, 0.125]

    In production: torch.optim.lr_scheduler.StepLR.
    """
    require_not_negative(gamma=gamma)
    return evaluate(t, lambda t: lr * gamma ** (t / step_size).floor(), step_size=step_size)


def exponential_decay(t: Step, lr: float = 1.0, *, decay: float) -> Step:
    r"""$\eta_t = \eta_0 e^{-\lambda t}$: the same factor every step.

    All rates together sum to about $\eta_0/\lambda$: there are places it can no longer reach.

    Args:
        t: step, from 0; a tensor gives a tensor.
        lr: $\eta_0$.
        decay: $\lambda$.

    Returns:
        The learning rate.

    Raises:
        ValueError: a negative step or decay.

    Equation: :eq:`eq-exponential-decay`
    Section: :ref:`sec-learning-rate-schedules`
    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 8.3.1.

    Example:
        >>> round(exponential_decay(10, 0.1, decay=0.05), 5)
        0.06065

    In production: torch.optim.lr_scheduler.ExponentialLR with gamma = exp(-decay).
    """
    require_not_negative(decay=decay)
    return evaluate(t, lambda t: lr * (-decay * t).exp())


def cosine_annealing(t: Step, lr: float = 1.0, *, T_max: float, eta_min: float = 0.0) -> Step:
    r"""$\eta_t = \eta_{\min} + \frac12(\eta_0 - \eta_{\min})(1 + \cos(\pi t/T))$, once down.

    After T it stays at the smallest rate; PyTorch's climbs back.

    Args:
        t: step, from 0; a tensor gives a tensor.
        lr: $\eta_0$.
        T_max: T, the step at which the smallest rate is reached.
        eta_min: $\eta_{\min}$.

    Returns:
        The learning rate.

    Raises:
        ValueError: a negative step, or T is not positive.

    Equation: :eq:`eq-cosine-annealing`
    Section: :ref:`sec-learning-rate-schedules`
    Source: Loshchilov, Hutter (2017), SGDR: stochastic gradient descent with warm restarts,
        arXiv:1608.03983.

    Example:
        >>> [round(cosine_annealing(t, 0.1, T_max=100, eta_min=0.001), 4) for t in (0, 25, 50, 100)]
        [0.1, 0.0855, 0.0505, 0.001]

    In production: torch.optim.lr_scheduler.CosineAnnealingLR.
    """
    return evaluate(t, lambda t: anneal("cos", lr, eta_min, t / T_max), T_max=T_max)


def linear_warmup(t: Step, lr: float = 1.0, *, warmup_steps: float) -> Step:
    r"""$\eta_t = \eta_0 \min(1, (t + 1)/T_w)$: up in equal steps, the first of them above zero.

    Args:
        t: step, from 0; a tensor gives a tensor.
        lr: $\eta_0$, reached at step $T_w - 1$.
        warmup_steps: $T_w$.

    Returns:
        The learning rate.

    Raises:
        ValueError: a negative step, or $T_w$ is not positive.

    Equation: :eq:`eq-linear-warmup`
    Section: :ref:`sec-learning-rate-schedules`
    Source: Goyal, Dollár, Girshick, Noordhuis, Wesolowski, Kyrola, Tulloch, Jia, He (2017),
        Accurate, large minibatch SGD: training ImageNet in 1 hour, arXiv:1706.02677.

    Example:
        >>> [linear_warmup(t, 1.0, warmup_steps=4) for t in range(5)]
        [0.25, 0.5, 0.75, 1.0, 1.0]

    In production: torch.optim.lr_scheduler.LinearLR.
    """
    return evaluate(
        t, lambda t: lr * ((t + 1) / warmup_steps).clamp(max=1), warmup_steps=warmup_steps
    )


def warmup_cosine(
    t: Step, lr: float = 1.0, *, warmup_steps: float, total_steps: float, eta_min: float = 0.0
) -> Step:
    r"""Linear warmup over $T_w$ steps, then half a cosine down to the last step: transformers'.

    Args:
        t: step, from 0; a tensor gives a tensor.
        lr: $\eta_0$, the peak, first reached at step $T_w - 1$.
        warmup_steps: $T_w$.
        total_steps: the step at which the smallest rate is reached.
        eta_min: the smallest rate of the cosine.

    Returns:
        The learning rate.

    Raises:
        ValueError: a negative step, or not $0 < T_w <$ total_steps.

    Equation: :eq:`eq-cosine-annealing`
    Section: :ref:`sec-learning-rate-schedules`
    Source: Loshchilov, Hutter (2017), arXiv:1608.03983; Goyal et al. (2017), arXiv:1706.02677.

    Example:
        >>> [warmup_cosine(t, warmup_steps=2, total_steps=6) for t in (0, 1, 2, 4, 6)]
        [0.5, 1.0, 1.0, 0.5, 0.0]

    In production: torch.optim.lr_scheduler.SequentialLR.
    """
    if not warmup_steps < total_steps:
        raise ValueError(
            f"the warmup must end before total_steps, got {warmup_steps} of {total_steps}"
        )

    def rate(t: Tensor) -> Tensor:
        rise = lr * (t + 1) / warmup_steps
        fall = anneal("cos", lr, eta_min, (t - warmup_steps) / (total_steps - warmup_steps))
        return torch.where(t < warmup_steps, rise, fall)

    return evaluate(t, rate, warmup_steps=warmup_steps)
