"""What each input adds to a prediction: gradient times input, and its integral from a baseline."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

Score = Callable[[Tensor], Tensor]


def _gradients(f: Score, points: Tensor) -> Tensor:
    points = points.detach().requires_grad_()
    with torch.enable_grad():
        scores = f(points)
        if scores.shape != points.shape[:1]:
            raise ValueError(
                f"f must give one number per example, got {tuple(scores.shape)} for {len(points)}"
            )
        (gradient,) = torch.autograd.grad(scores.sum(), points)
    return gradient


def gradient_times_input(f: Score, x: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Each input times the derivative of the score by it.

    For a linear function without intercept it is exact; where the function saturates the derivative
    is 0, however much the input matters.

    Args:
        f: from a batch (m, ...) to one number each, (m,).
        x: one example, shape (...).

    Returns:
        Attributions, shape (...).

    Raises:
        ValueError: f gives something else than one number each.

    Section: :ref:`sec-interpretability`.

    Source: Shrikumar, Greenside, Kundaje (2017), Learning important features through propagating
        activation differences, arXiv:1704.02685.

    Example:
        >>> gradient_times_input(lambda z: z @ torch.tensor([3.0, -1.0]), torch.tensor([2.0, 2.0]))
        tensor([ 6., -2.])

    In production: captum.attr.InputXGradient.
    """
    return x * _gradients(f, x[None])[0]


def integrated_gradients(
    f: Score,
    x: Float[Tensor, "*n"],
    baseline: Float[Tensor, "*n"] | None = None,
    *,
    steps: int = 200,
) -> Float[Tensor, "*n"]:
    r"""The gradient's mean on the straight way from a baseline to x, times the way.

    Completeness: the attributions sum to $f(x) - f(x_0)$, but for the error of the sum that stands
    for the integral. What the baseline is decides what they mean: a black image explains away dark
    pixels.

    Args:
        f: from a batch (m, ...) to one number each, (m,), differentiable.
        x: one example, shape (...).
        baseline: $x_0$, shape (...); default 0.
        steps: midpoints of the sum, at least 1; all are one batch.

    Returns:
        Attributions, shape (...).

    Raises:
        ValueError: another shape of the baseline, no steps, or f gives something else than one
            number each.

    Equation: :eq:`eq-integrated-gradients`.
    Section: :ref:`sec-interpretability`.

    Source: Sundararajan, Taly, Yan (2017), Axiomatic attribution for deep networks,
        arXiv:1703.01365.

    Example:
        >>> parts = integrated_gradients(lambda z: z[:, 0] * z[:, 1], torch.tensor([2.0, 3.0]))
        >>> [round(part, 3) for part in parts.tolist()]
        [3.0, 3.0]

    In production: captum.attr.IntegratedGradients.
    """
    start = torch.zeros_like(x) if baseline is None else baseline
    if start.shape != x.shape or steps < 1:
        raise ValueError(
            f"a baseline shaped {tuple(x.shape)} and at least 1 step are needed, got "
            f"{tuple(start.shape)} and {steps}"
        )
    shares = (torch.arange(steps, dtype=x.dtype, device=x.device) + 0.5) / steps
    shares = shares.reshape(-1, *[1] * x.ndim)
    return (x - start) * _gradients(f, start + shares * (x - start)).mean(0)
