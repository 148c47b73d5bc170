"""Features on one scale that a few wild values do not set."""

import torch
from torch import Tensor

from dlcore.classical.estimator import recall
from dlcore.classical.scaling import _Scaler


class RobustScaler(_Scaler):
    r"""Each feature less its median, divided by the distance between its quartiles.

    A feature whose quartiles agree is only centred.

    Args:
        with_centering: whether to subtract the median.
        with_scaling: whether to divide by the distance.
        quantile_range: the two percentages between which the distance is taken.

    Attributes:
        center_: the median of each feature, shape (d,).
        scale_: the distance, 1 where the quantiles agree, shape (d,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: percentages out of order, X that is no finite matrix, or another number of
            features than in `fit`.

    Equation: :eq:`eq-robust-scaling`
    Section: :ref:`sec-robust-scaling`
    Source: Huber (1981), Robust Statistics, section 5.1: median and interquartile range.

    Example:
        >>> X = torch.tensor([[1.0], [2.0], [3.0], [4.0], [1000.0]])
        >>> RobustScaler().fit_transform(X)[:4, 0]
        tensor([-1.0000, -0.5000,  0.0000,  0.5000])

    In production: sklearn.preprocessing.RobustScaler.
    """

    def __init__(
        self, *, with_centering=True, with_scaling=True, quantile_range=(25.0, 75.0)
    ) -> None:
        self.with_centering = with_centering
        self.with_scaling = with_scaling
        self.quantile_range = quantile_range

    def fit(self, X, y=None) -> "RobustScaler":
        """Learn median and quantiles of each feature of data (n, d)."""
        A = self._inputs(X, reset=True)
        low, high = self.quantile_range
        if not 0 <= low < high <= 100:
            raise ValueError(f"quantile_range must lie in order in 0 to 100, got {(low, high)}")
        shares = torch.tensor([low / 100, 0.5, high / 100], dtype=A.dtype, device=A.device)
        lower, center, upper = A.quantile(shares, dim=0)
        rounding = 10 * torch.finfo(A.dtype).eps * A.abs().amax(0)
        scale = torch.where(upper - lower > rounding, upper - lower, 1)
        self._learn(X, center_=center, scale_=scale)
        return self

    def _line(self, A: Tensor) -> tuple[Tensor, Tensor]:
        center, spread = recall(self.center_, A), recall(self.scale_, A)
        scale = 1 / spread if self.with_scaling else torch.ones_like(spread)
        return scale, -center * scale if self.with_centering else torch.zeros_like(center)
