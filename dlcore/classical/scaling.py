"""Features brought to the same scale, learned from the training data alone."""

from abc import ABC, abstractmethod

import torch
from sklearn.base import OneToOneFeatureMixin, TransformerMixin
from torch import Tensor

from dlcore.classical.estimator import Estimator, like, recall


class _Scaler(OneToOneFeatureMixin, TransformerMixin, Estimator, ABC):
    """Features times a scale plus a shift."""

    @abstractmethod
    def _line(self, A: Tensor) -> tuple[Tensor, Tensor]:
        """Scale and shift of each feature."""

    def transform(self, X):
        """The data on the learned scale, shape (n, d)."""
        A = self._inputs(X)
        scale, shift = self._line(A)
        return like(X, A * scale + shift)

    def inverse_transform(self, X):
        """Scaled data back in their own units, shape (n, d)."""
        A = self._inputs(X)
        scale, shift = self._line(A)
        return like(X, (A - shift) / scale)


class StandardScaler(_Scaler):
    r"""Each feature less its mean, divided by its standard deviation.

    A constant feature becomes 0.

    Args:
        with_mean: whether to subtract the mean.
        with_std: whether to divide by the standard deviation.

    Attributes:
        mean_: the mean of each feature, shape (d,).
        var_: its variance, with n in the denominator, shape (d,).
        scale_: its standard deviation, 1 for a constant feature, shape (d,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: X is no finite matrix, or has another number of features than in `fit`.

    Equation: :eq:`eq-standardization`
    Section: :ref:`sec-feature-scaling`

    Example:
        >>> StandardScaler().fit_transform(torch.tensor([[1.0, 5.0], [3.0, 5.0]]))
        tensor([[-1.,  0.],
                [ 1.,  0.]])

    In production: sklearn.preprocessing.StandardScaler.
    """

    def __init__(self, *, with_mean=True, with_std=True) -> None:
        self.with_mean = with_mean
        self.with_std = with_std

    def fit(self, X, y=None) -> "StandardScaler":
        """Learn mean and deviation of each feature of data (n, d)."""
        A = self._inputs(X, reset=True)
        mean, var = A.mean(0), A.var(0, correction=0)
        rounding = 10 * torch.finfo(A.dtype).eps * (A.abs().amax(0) + var.sqrt())
        scale = torch.where(var.sqrt() > rounding, var.sqrt(), 1)
        self._learn(X, mean_=mean, var_=var, scale_=scale)
        return self

    def _line(self, A: Tensor) -> tuple[Tensor, Tensor]:
        mean, std = recall(self.mean_, A), recall(self.scale_, A)
        scale = 1 / std if self.with_std else torch.ones_like(std)
        return scale, -mean * scale if self.with_mean else torch.zeros_like(mean)


class MinMaxScaler(_Scaler):
    r"""Each feature moved and stretched so that the training data fill an interval.

    New data may lie outside. A constant feature lands on the lower end.

    Args:
        feature_range: the interval.

    Attributes:
        data_min_: the least value of each feature, shape (d,).
        data_max_: the largest, shape (d,).
        scale_: what each feature is multiplied by, shape (d,).
        min_: what is then added, shape (d,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: an empty interval, X that is no finite matrix, or another number of features
            than in `fit`.

    Equation: :eq:`eq-min-max-scaling`
    Section: :ref:`sec-feature-scaling`

    Example:
        >>> MinMaxScaler().fit_transform(torch.tensor([[1.0], [2.0], [5.0]]))
        tensor([[0.0000],
                [0.2500],
                [1.0000]])

    In production: sklearn.preprocessing.MinMaxScaler.
    """

    def __init__(self, feature_range=(0, 1)) -> None:
        self.feature_range = feature_range

    def fit(self, X, y=None) -> "MinMaxScaler":
        """Learn the extremes of each feature of data (n, d)."""
        A = self._inputs(X, reset=True)
        low, high = self.feature_range
        if not low < high:
            raise ValueError(f"feature_range must be an interval, got {self.feature_range}")
        least, most = A.amin(0), A.amax(0)
        constant = most - least <= 10 * torch.finfo(A.dtype).eps * A.abs().amax(0)
        scale = (high - low) / torch.where(constant, 1, most - least)
        self._learn(X, data_min_=least, data_max_=most, scale_=scale, min_=low - least * scale)
        return self

    def _line(self, A: Tensor) -> tuple[Tensor, Tensor]:
        return recall(self.scale_, A), recall(self.min_, A)
