"""A line search whose step lets quasi-Newton methods learn the curvature."""

import math
from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor

Evaluate = Callable[[float], tuple[Tensor | float, Tensor]]


class WolfeStep(NamedTuple):
    """What a line search settled on.

    Attributes:
        step: how far along the direction; 0 if nothing lower was found.
        value: f there.
        gradient: of f there.
        slope: of f along the direction there.
        evaluations: how often f was asked for value and gradient.
        converged: whether both of Wolfe's conditions hold.
    """

    step: float
    value: float
    gradient: Tensor
    slope: float
    evaluations: int
    converged: bool


class _Trial(NamedTuple):
    step: float
    value: float
    gradient: Tensor
    slope: float


def strong_wolfe(
    evaluate: Evaluate,
    direction: Float[Tensor, "*x"],
    value: Tensor | float,
    gradient: Float[Tensor, "*x"],
    *,
    step: float = 1.0,
    c1: float = 1e-4,
    c2: float = 0.9,
    tolerance: float = 0.0,
    max_evaluations: int = 25,
) -> WolfeStep:
    r"""A step along which f falls enough and whose end is flat enough, for the strong Wolfe rules.

    With $\varphi(t) = f(x + td)$ they are $\varphi(t) \le \varphi(0) + c_1 t\, \varphi'(0)$ and
    $|\varphi'(t)| \le c_2 |\varphi'(0)|$. The second makes $y^\top s$ positive, which BFGS needs.
    First the step grows until an interval must hold such a point, then cubics narrow it down.

    Args:
        evaluate: t to $f(x + td)$ and the gradient there; what is not finite counts as too high.
        direction: d, any shape, along which f must fall.
        value: f at x.
        gradient: of f at x, of the direction's shape.
        step: tried first.
        c1: part of the promised fall that is asked for.
        c2: part of the slope that may be left.
        tolerance: an interval in which no coordinate moves by more than this is not divided.
        max_evaluations: the most evaluations.

    Returns:
        The step with value and gradient at its end. It is the lowest found where the rules could
        not be met.

    Raises:
        ValueError: f does not fall along the direction, or a number is out of range.

    Equation: :eq:`eq-bfgs`
    Section: :ref:`sec-quasi-newton`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., algorithms 3.5 and 3.6.

    Example:
        >>> import torch
        >>> found = strong_wolfe(lambda t: ((t - 3) ** 2, torch.tensor([2 * (t - 3)])),
        ...                      torch.tensor([1.0]), 9.0, torch.tensor([-6.0]), step=0.1, c2=0.1)
        >>> round(found.step, 4), found.converged
        (3.0, True)

    In production: scipy.optimize.line_search.
    """
    if not (0 < c1 < c2 < 1 and step > 0 and max_evaluations >= 1):
        raise ValueError(
            f"strong_wolfe needs 0 < c1 < c2 < 1, step > 0 and max_evaluations >= 1, got "
            f"{c1}, {c2}, {step} and {max_evaluations}"
        )
    evaluations = 0

    def at(t: float) -> _Trial:
        nonlocal evaluations
        evaluations += 1
        value, gradient = evaluate(t)
        slope = (gradient * direction).sum().item()
        finite = math.isfinite(value) and math.isfinite(slope)
        return _Trial(t, float(value) if finite else math.inf, gradient, slope)

    start = _Trial(0.0, float(value), gradient, (gradient * direction).sum().item())
    if not start.slope < 0:
        raise ValueError(f"f does not fall along the direction: its slope is {start.slope:.3g}")

    def too_high(trial: _Trial) -> bool:
        return trial.value > start.value + c1 * trial.step * start.slope

    def flat(trial: _Trial) -> bool:
        return abs(trial.slope) <= -c2 * start.slope

    before, trial = start, at(step)
    while True:
        if too_high(trial) or (evaluations > 2 and trial.value >= before.value):
            break
        if flat(trial):
            return WolfeStep(*trial, evaluations, True)
        if trial.slope >= 0 or evaluations >= max_evaluations:
            break
        longer = trial.step + 0.01 * (trial.step - before.step), 10 * trial.step
        before, trial = trial, at(_lowest_of_cubic(before, trial, *longer))

    low, high = sorted((before, trial), key=lambda end: end.value)
    size, hesitated = direction.abs().max().item(), False
    while evaluations < max_evaluations and abs(high.step - low.step) * size > tolerance:
        left, right = sorted((low.step, high.step))
        t, hesitated = _away_from_ends(
            _lowest_of_cubic(low, high, left, right), left, right, hesitated
        )
        trial = at(t)
        if too_high(trial) or trial.value >= low.value:
            low, high = sorted((low, trial), key=lambda end: end.value)
        elif flat(trial):
            return WolfeStep(*trial, evaluations, True)
        else:
            low, high = trial, low if trial.slope * (high.step - low.step) >= 0 else high
    return WolfeStep(*low, evaluations, False)


def _lowest_of_cubic(a: _Trial, b: _Trial, left: float, right: float) -> float:
    """Where the cubic through two values and slopes is lowest, within bounds; else their middle."""
    if math.isfinite(a.value) and math.isfinite(b.value):
        if a.step > b.step:
            a, b = b, a
        theta = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step)
        square = theta**2 - a.slope * b.slope
        if square >= 0:
            root = math.sqrt(square)
            bottom = b.slope - a.slope + 2 * root
            if bottom != 0:
                t = b.step - (b.step - a.step) * ((b.slope + root - theta) / bottom)
                return min(max(t, left), right)
    return (left + right) / 2


def _away_from_ends(t: float, left: float, right: float, hesitated: bool) -> tuple[float, bool]:
    """A point near an end is taken once, then moved inside by a tenth of the interval."""
    margin = 0.1 * (right - left)
    if min(right - t, t - left) >= margin:
        return t, False
    if not hesitated and left < t < right:
        return t, True
    return (right - margin if right - t < t - left else left + margin), False
