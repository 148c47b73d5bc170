"""Losses of a regression that large errors do not rule, and one whose minimum is a quantile."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.losses import _reduce, _same_shape
from dlcore.numerics.stable import softplus


def huber_loss(
    prediction: Float[Tensor, "*shape"],
    targets: Float[Tensor, "*shape"],
    delta: float = 1.0,
    reduction: str = "mean",
) -> Float[Tensor, "*reduced"]:
    """Half the squared error up to a size, from there on a straight line that continues it.

    Args:
        prediction: outputs, any shape.
        targets: what they should be, of the same shape.
        delta: the size of an error, positive, at which the line begins.
        reduction: "mean" over all entries, "sum", or "none" for a loss per entry.

    Returns:
        A scalar, or a loss per entry; delta times `smooth_l1_loss` with beta = delta.

    Raises:
        ValueError: shapes differ, delta is not positive, nothing to average, or an unknown
            reduction.

    Equation: :eq:`eq-huber`.
    Section: :ref:`sec-regression-metrics`.

    Source: Huber (1964), Robust estimation of a location parameter, doi:10.1214/aoms/1177703732.

    Example:
        >>> huber_loss(torch.tensor([1.0, 1.0, 1.0, 1.0, 10.0]), torch.zeros(5))
        tensor(2.3000)

    In production: torch.nn.functional.huber_loss.
    """
    _same_shape(prediction, targets)
    if not delta > 0:
        raise ValueError(f"delta must be positive, got {delta}")
    error = (prediction - targets).abs()
    line = delta * error - delta**2 / 2
    return _reduce(torch.where(error <= delta, error**2 / 2, line), reduction)


def pinball_loss(
    prediction: Float[Tensor, "*shape"],
    targets: Float[Tensor, "*shape"],
    tau: float = 0.5,
    reduction: str = "mean",
) -> Float[Tensor, "*reduced"]:
    """An absolute error whose two sides cost differently: a quantile minimizes its mean.

    Args:
        prediction: outputs, any shape.
        targets: what they should be, of the same shape.
        tau: the level of the quantile, in (0, 1): predicting too little by 1 costs tau, too much
            1 - tau.
        reduction: "mean" over all entries, "sum", or "none" for a loss per entry.

    Returns:
        A scalar, or a loss per entry; for tau = 0.5 half the absolute error.

    Raises:
        ValueError: shapes differ, tau outside (0, 1), nothing to average, or an unknown reduction.

    Equation: :eq:`eq-pinball`.
    Section: :ref:`sec-regression-metrics`.

    Source: Koenker, Bassett (1978), Regression quantiles, doi:10.2307/1913643.

    Example:
        >>> pinball_loss(torch.tensor([0.0, 2.0]), torch.ones(2), 0.75, reduction="none")
        tensor([0.7500, 0.2500])

    In production: sklearn.metrics.mean_pinball_loss; torch has none.
    """
    _same_shape(prediction, targets)
    if not 0 < tau < 1:
        raise ValueError(f"tau must lie between 0 and 1, got {tau}")
    r = targets - prediction
    return _reduce(torch.where(r >= 0, tau * r, (tau - 1) * r), reduction)


def log_cosh_loss(
    prediction: Float[Tensor, "*shape"],
    targets: Float[Tensor, "*shape"],
    reduction: str = "mean",
) -> Float[Tensor, "*reduced"]:
    """The logarithm of the error's hyperbolic cosine: Huber's idea without a corner.

    Args:
        prediction: outputs, any shape.
        targets: what they should be, of the same shape.
        reduction: "mean" over all entries, "sum", or "none" for a loss per entry.

    Returns:
        A scalar, or a loss per entry: about half the square of a small error, a large one's size
        less log 2; no size overflows.

    Raises:
        ValueError: shapes differ, nothing to average, or an unknown reduction.

    Equation: :eq:`eq-log-cosh`.
    Section: :ref:`sec-regression-metrics`.

    Source: Saleh, Saleh (2022), Statistical properties of the log-cosh loss function used in
        machine learning, arXiv:2208.04564.

    Example:
        >>> log_cosh_loss(torch.tensor([0.0, 100.0]), torch.zeros(2), reduction="none")
        tensor([ 0.0000, 99.3069])

    In production: the same line, or keras.losses.LogCosh.
    """
    _same_shape(prediction, targets)
    error = (prediction - targets).abs()
    return _reduce(error + softplus(-2 * error) - math.log(2), reduction)
