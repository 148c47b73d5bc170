"""Folds that keep together what belongs together, and the future out of the past."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from dlcore.classical.cross_validation import _require_splits
from dlcore.classical.estimator import as_array, like


class GroupKFold:
    """Each group is tested once, as a whole: no patient in training and test at a time.

    The largest groups are dealt first, each to the fold with the fewest examples so far.

    Args:
        n_splits: k, at least 2.

    Raises:
        ValueError: fewer than 2 parts.

    Equation: :eq:`eq-cross-validation`
    Section: :ref:`sec-data-splitting`
    Source: Roberts et al. (2017), Cross-validation strategies for data with temporal, spatial,
        hierarchical, or phylogenetic structure, doi:10.1111/ecog.02881.

    Example:
        >>> patients = torch.tensor([7, 7, 7, 8, 9])
        >>> folds = GroupKFold(2).split(torch.zeros(5, 1), groups=patients)
        >>> [test.tolist() for train, test in folds]
        [[0, 1, 2], [3, 4]]

    In production: sklearn.model_selection.GroupKFold.
    """

    def __init__(self, n_splits: int = 5) -> None:
        _require_splits(n_splits)
        self.n_splits = n_splits

    def split(self, X, y=None, groups=None) -> Iterator[tuple]:
        """Pairs of the positions of training and test examples, one pair a fold.

        Args:
            X: data of n examples.
            y: ignored.
            groups: what each example belongs to, n labels of any kind.

        Yields:
            Arrays of positions for an array X, tensors on its device for a tensor.

        Raises:
            ValueError: not one group for each example, or fewer groups than folds.
        """
        if groups is None or len(groups) != len(X):
            raise ValueError(f"GroupKFold needs one group for each of {len(X)} examples")
        labels, codes = np.unique(as_array(groups), return_inverse=True)
        if len(labels) < self.n_splits:
            raise ValueError(f"cannot split {len(labels)} groups into {self.n_splits} folds")
        sizes = np.bincount(codes)
        fold_of, filled = np.empty(len(labels), dtype=int), np.zeros(self.n_splits, dtype=int)
        for group in sizes.argsort(kind="stable")[::-1]:
            fold_of[group] = filled.argmin()
            filled[fold_of[group]] += sizes[group]
        for k in range(self.n_splits):
            tested = torch.from_numpy(fold_of[codes] == k)
            yield _positions(X, (~tested).nonzero()[:, 0], tested.nonzero()[:, 0])

    def get_n_splits(self, X=None, y=None, groups=None) -> int:
        """How many folds there are."""
        return self.n_splits


class TimeSeriesSplit:
    """Test on a stretch of time, train on what came before it; the next stretch follows.

    Args:
        n_splits: stretches, at least 2.
        test_size: examples in a stretch; by default n // (n_splits + 1).
        gap: examples left out between training and test, where their inputs or targets overlap.

    Raises:
        ValueError: fewer than 2 stretches, an empty stretch, or a negative gap.

    Section: :ref:`sec-data-splitting`
    Source: Tashman (2000), Out-of-sample tests of forecasting accuracy,
        doi:10.1016/S0169-2070(00)00065-0.

    Example:
        >>> folds = TimeSeriesSplit(2).split(torch.zeros(6, 1))
        >>> [(train.tolist(), test.tolist()) for train, test in folds]
        [([0, 1], [2, 3]), ([0, 1, 2, 3], [4, 5])]

    In production: sklearn.model_selection.TimeSeriesSplit.
    """

    def __init__(self, n_splits: int = 5, *, test_size: int | None = None, gap: int = 0) -> None:
        _require_splits(n_splits)
        if gap < 0 or (test_size is not None and test_size < 1):
            raise ValueError(f"test_size >= 1 and gap >= 0 are needed, got {test_size} and {gap}")
        self.n_splits = n_splits
        self.test_size = test_size
        self.gap = gap

    def split(self, X, y=None, groups=None) -> Iterator[tuple]:
        """Pairs of the positions of training and test examples, one pair a stretch.

        Args:
            X: data of n examples in the order of time.
            y: ignored.
            groups: ignored.

        Yields:
            Arrays of positions for an array X, tensors on its device for a tensor.

        Raises:
            ValueError: too few examples to train before the first stretch.
        """
        n = len(X)
        size = self.test_size or n // (self.n_splits + 1)
        first = n - self.n_splits * size
        if size < 1 or first - self.gap < 1:
            raise ValueError(
                f"{n} examples are too few for {self.n_splits} stretches of {max(size, 1)} with a "
                f"gap of {self.gap}"
            )
        for start in range(first, n, size):
            yield _positions(X, torch.arange(start - self.gap), torch.arange(start, start + size))

    def get_n_splits(self, X=None, y=None, groups=None) -> int:
        """How many stretches there are."""
        return self.n_splits


def _positions(X, train: Tensor, test: Tensor) -> tuple:
    return tuple(like(X, p.to(X.device) if isinstance(X, Tensor) else p) for p in (train, test))
