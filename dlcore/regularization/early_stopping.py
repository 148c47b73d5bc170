"""Training until validation stops improving, and what that does to the weights."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from jaxtyping import Float
from torch import Tensor, nn

from dlcore.training.early_stopping import EarlyStopping as EarlyStopping


class StoppedTraining(NamedTuple):
    """How a training that was stopped early went; steps are counted from 1.

    Attributes:
        best_step: after which step validation was best; 0 if no value was finite.
        steps: how many steps were made.
        best: the best value.
        values: all values in order.
    """

    best_step: int
    steps: int
    best: float
    values: list[float]


def train_with_early_stopping(
    model: nn.Module,
    step: Callable[[], object],
    evaluate: Callable[[], float],
    *,
    patience: int,
    max_steps: int,
    every: int = 1,
    mode: Literal["min", "max"] = "min",
    min_delta: float = 0.0,
) -> StoppedTraining:
    """Train until so many evaluations in a row brought nothing better, then return to the best.

    Args:
        model: what is trained; its state is copied at each improvement and restored in the end.
        step: makes one training step.
        evaluate: judges the model on examples that `step` does not see.
        patience: evaluations without improvement after which training stops.
        max_steps: the most steps.
        every: steps between evaluations.
        mode: whether smaller ("min") or larger ("max") values are better.
        min_delta: a value must be better by more than this to count.

    Returns:
        The best step, how many steps were made, the best value, and all values.

    Raises:
        ValueError: a number below 1, a negative min_delta, an unknown mode.

    Section: :ref:`sec-early-stopping`
    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, algorithm 7.1.

    Example:
        >>> losses = iter([5.0, 4.0, 3.0, 3.5, 3.2, 3.1, 2.0])
        >>> train_with_early_stopping(
        ...     nn.Identity(), lambda: None, lambda: next(losses), patience=3, max_steps=7
        ... )
        StoppedTraining(best_step=3, steps=6, best=3.0, values=[5.0, 4.0, 3.0, 3.5, 3.2, 3.1])

    In production: lightning.pytorch.callbacks.EarlyStopping; by epochs `dlcore.training.fit`.
    """
    if every < 1 or max_steps < every:
        raise ValueError(
            f"every must be at least 1 and max_steps at least every, got {every} and {max_steps}"
        )
    stopping = EarlyStopping(patience, mode=mode, min_delta=min_delta)
    values: list[float] = []
    stop, steps = False, 0
    while not stop and steps < max_steps:
        step()
        steps += 1
        if steps % every == 0:
            values.append(float(evaluate()))
            stop = stopping.step(values[-1], model)
    stopping.restore(model)
    return StoppedTraining((stopping.best_epoch + 1) * every, steps, stopping.best, values)


def early_stopping_shrinkage(
    curvature: Float[Tensor, "*shape"], learning_rate: float, steps: int
) -> Float[Tensor, "*shape"]:
    r"""The share of the minimizer that gradient descent from 0 reaches, $1 - (1 - \eta h)^\tau$.

    On a quadratic cost it acts along each principal axis like the penalty
    $\tfrac\lambda2\|w\|^2$ with $\lambda = 1/\eta\tau$, which keeps the share $h / (h + \lambda)$.

    Args:
        curvature: h, the eigenvalues of the Hessian, any shape.
        learning_rate: $\eta$, positive.
        steps: $\tau$, at least 0.

    Returns:
        Shares of the same shape; near 1 where the cost is steep, near 0 where it is flat.

    Raises:
        ValueError: a learning rate that is not positive, or fewer than 0 steps.
        TypeError: curvature is no floating-point tensor.

    Equation: :eq:`eq-early-stopping-shrinkage`
    Section: :ref:`sec-early-stopping`
    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 7.8.

    Example:
        >>> import torch
        >>> early_stopping_shrinkage(torch.tensor([10.0, 1.0, 0.1]), learning_rate=0.01, steps=100)
        tensor([1.0000, 0.6340, 0.0952])

    In production: for analysis only.
    """
    if not curvature.is_floating_point():
        raise TypeError(f"curvature must be a floating-point tensor, got {curvature.dtype}")
    if not (learning_rate > 0 and steps >= 0):
        raise ValueError(
            f"learning_rate must be positive and steps at least 0, got {learning_rate} and {steps}"
        )
    return 1 - (1 - learning_rate * curvature) ** steps
