"""Measures of a regression: how far predictions are from the true values."""

import math

from jaxtyping import Float, Real
from torch import Tensor

from dlcore.evaluation.weights import checked_weights, weighted_mean


def _residuals(predictions: Float[Tensor, " n"], y: Real[Tensor, " n"]) -> Float[Tensor, " n"]:
    if predictions.ndim != 1 or predictions.shape != y.shape or len(y) == 0:
        raise ValueError(
            f"predictions and y must have one shape (n,), n at least 1, got "
            f"{tuple(predictions.shape)} and {tuple(y.shape)}"
        )
    residuals = predictions.double() - y.double()
    if not residuals.isfinite().all():
        raise ValueError("predictions and y must be finite")
    return residuals


def mse(
    predictions: Float[Tensor, " n"],
    y: Real[Tensor, " n"],
    *,
    sample_weight: Real[Tensor, " n"] | None = None,
) -> float:
    """The mean of the squared errors, in the square of the unit of y.

    Args:
        predictions: shape (n,).
        y: true values, shape (n,).
        sample_weight: how much each example counts, shape (n,); all the same by default.

    Returns:
        A number from 0 on.

    Raises:
        ValueError: shapes differ, no examples, numbers that are not finite, or weights that are
            negative or all 0.

    Equation: :eq:`eq-rmse`.
    Section: :ref:`sec-regression-metrics`.

    Source: Gauss (1823), Theoria combinationis observationum erroribus minimis obnoxiae.

    Example:
        >>> import torch
        >>> mse(torch.tensor([1.0, 1.0, 1.0, 1.0, 10.0]), torch.zeros(5))
        20.8

    In production: sklearn.metrics.mean_squared_error; as a loss, dlcore.nn.mse_loss.
    """
    return weighted_mean(_residuals(predictions, y) ** 2, sample_weight)


def rmse(
    predictions: Float[Tensor, " n"],
    y: Real[Tensor, " n"],
    *,
    sample_weight: Real[Tensor, " n"] | None = None,
) -> float:
    """The root of the mean squared error, in the unit of y.

    Args:
        predictions: shape (n,).
        y: true values, shape (n,).
        sample_weight: how much each example counts, shape (n,); all the same by default.

    Returns:
        A number from 0 on, at least the mean absolute error.

    Raises:
        ValueError: as in `mse`.

    Equation: :eq:`eq-rmse`.
    Section: :ref:`sec-regression-metrics`.

    Source: Gauss (1823), Theoria combinationis observationum erroribus minimis obnoxiae.

    Example:
        >>> import torch
        >>> rmse(torch.tensor([3.0, 4.0]), torch.tensor([0.0, 7.0]))
        3.0

    In production: sklearn.metrics.root_mean_squared_error.
    """
    return math.sqrt(mse(predictions, y, sample_weight=sample_weight))


def mae(
    predictions: Float[Tensor, " n"],
    y: Real[Tensor, " n"],
    *,
    sample_weight: Real[Tensor, " n"] | None = None,
) -> float:
    """The mean size of the errors, in the unit of y: one large error counts no more than its size.

    Args:
        predictions: shape (n,).
        y: true values, shape (n,).
        sample_weight: how much each example counts, shape (n,); all the same by default.

    Returns:
        A number from 0 on.

    Raises:
        ValueError: as in `mse`.

    Equation: :eq:`eq-rmse`.
    Section: :ref:`sec-regression-metrics`.

    Source: Willmott, Matsuura (2005), Advantages of the mean absolute error (MAE) over the root
        mean square error (RMSE), doi:10.3354/cr030079.

    Example:
        >>> import torch
        >>> mae(torch.tensor([1.0, 1.0, 1.0, 1.0, 10.0]), torch.zeros(5))
        2.8

    In production: sklearn.metrics.mean_absolute_error.
    """
    return weighted_mean(_residuals(predictions, y).abs(), sample_weight)


def r2_score(
    predictions: Float[Tensor, " n"],
    y: Real[Tensor, " n"],
    *,
    sample_weight: Real[Tensor, " n"] | None = None,
) -> float:
    """The share of the variance of y that is gone once the predictions are known.

    Args:
        predictions: shape (n,).
        y: true values, not all the same, shape (n,).
        sample_weight: how much each example counts, shape (n,); all the same by default.

    Returns:
        At most 1; 0 for always predicting the mean of y, negative for worse than that.

    Raises:
        ValueError: as in `mse`, or all y are the same: then there is no variance to explain.

    Equation: :eq:`eq-r-squared`.
    Section: :ref:`sec-regression-metrics`.

    Source: Wright (1921), Correlation and causation, Journal of Agricultural Research 20.

    Example:
        >>> import torch
        >>> r2_score(torch.tensor([3.0, 2.0, 1.0]), torch.tensor([1.0, 2.0, 3.0]))
        -3.0

    In production: sklearn.metrics.r2_score.
    """
    left = weighted_mean(_residuals(predictions, y) ** 2, sample_weight)
    weights, truth = checked_weights(sample_weight, y), y.double()
    mean = (weights * truth).sum() / weights.sum()
    spread = weighted_mean((truth - mean) ** 2, sample_weight)
    if truth[weights > 0].unique().numel() == 1:
        raise ValueError("all y are the same: there is no variance to explain")
    return 1 - left / spread
