"""How good a model is on data that it has not seen: folds, scores, and the choice among models."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import torch
from sklearn.base import BaseEstimator, clone, is_classifier
from torch import Tensor

from dlcore.classical.estimator import as_generator, like


class _Folds(ABC):
    """Cross-validation by the number of the fold in which each example is tested."""

    n_splits: int

    @abstractmethod
    def _fold_of(self, n: int, y) -> Tensor:
        """The number of the fold in which each of n examples is tested."""

    def split(self, X, y=None, groups=None) -> Iterator[tuple]:
        """Pairs of the positions of training and test examples, one pair a fold.

        Args:
            X: data of n examples.
            y: their targets, where the folds depend on them.
            groups: ignored.

        Yields:
            Arrays of positions for an array X, tensors on its device for a tensor.
        """
        folds = self._fold_of(len(X), y)
        for k in range(int(folds.max()) + 1):
            tested = folds == k
            positions = ((~tested).nonzero()[:, 0], tested.nonzero()[:, 0])
            yield tuple(like(X, p.to(X.device) if isinstance(X, Tensor) else p) for p in positions)

    def get_n_splits(self, X=None, y=None, groups=None) -> int:
        """How many folds there are."""
        return self.n_splits


class KFold(_Folds):
    """Each example is tested once: n examples in k parts whose sizes differ by at most one.

    Args:
        n_splits: k, at least 2.
        shuffle: whether to draw the parts at random; if not they are runs of neighbours, which is
            a trap where the data are sorted.
        random_state: seed or generator of the shuffle.

    Raises:
        ValueError: fewer than 2 parts, or more parts than examples.

    Equation: :eq:`eq-cross-validation`
    Section: :ref:`sec-cross-validation`
    Source: Stone (1974), Cross-validatory choice and assessment of statistical predictions,
        doi:10.1111/j.2517-6161.1974.tb00994.x.

    Example:
        >>> [test.tolist() for train, test in KFold(2).split(torch.zeros(5, 1))]
        [[0, 1, 2], [3, 4]]

    In production: sklearn.model_selection.KFold.
    """

    def __init__(self, n_splits: int = 5, *, shuffle: bool = False, random_state=None) -> None:
        _require_splits(n_splits)
        self.n_splits = n_splits
        self.shuffle = shuffle
        self.random_state = random_state

    def _fold_of(self, n: int, y) -> Tensor:
        if n < self.n_splits:
            raise ValueError(f"cannot split {n} examples into {self.n_splits} folds")
        sizes = torch.tensor(
            [(n + self.n_splits - 1 - k) // self.n_splits for k in range(self.n_splits)]
        )
        folds = torch.arange(self.n_splits).repeat_interleave(sizes)
        return _shuffled(folds, self.random_state) if self.shuffle else folds


class StratifiedKFold(_Folds):
    """As `KFold`, and each class's count in the parts differs by at most one.

    Args:
        n_splits: k, at least 2.
        shuffle: whether to draw the parts at random within each class.
        random_state: seed or generator of the shuffle.

    Raises:
        ValueError: fewer than 2 parts, no labels, or a part for each member of no class.

    Equation: :eq:`eq-cross-validation`
    Section: :ref:`sec-cross-validation`
    Source: Kohavi (1995), A study of cross-validation and bootstrap for accuracy estimation and
        model selection, IJCAI.

    Example:
        >>> y = torch.tensor([0, 0, 0, 0, 1, 1])
        >>> [y[test].tolist() for train, test in StratifiedKFold(2).split(torch.zeros(6, 1), y)]
        [[0, 0, 1], [0, 0, 1]]

    In production: sklearn.model_selection.StratifiedKFold.
    """

    def __init__(self, n_splits: int = 5, *, shuffle: bool = False, random_state=None) -> None:
        _require_splits(n_splits)
        self.n_splits = n_splits
        self.shuffle = shuffle
        self.random_state = random_state

    def _fold_of(self, n: int, y) -> Tensor:
        if y is None or len(y) != n:
            raise ValueError(f"StratifiedKFold needs one label for each of {n} examples")
        codes = _codes_by_appearance(y)
        if int(codes.bincount().max()) < self.n_splits:
            raise ValueError(f"n_splits={self.n_splits} is more than the members of any class")
        ordered = codes.sort().values
        shares = torch.stack(
            [
                ordered[k :: self.n_splits].bincount(minlength=int(codes.max()) + 1)
                for k in range(self.n_splits)
            ]
        )
        folds = torch.empty(n, dtype=torch.long)
        generator = as_generator(self.random_state) if self.shuffle else None
        for c in range(int(codes.max()) + 1):
            part = torch.arange(self.n_splits).repeat_interleave(shares[:, c])
            folds[codes == c] = _shuffled(part, generator) if self.shuffle else part
        return folds


class LeaveOneOut(_Folds):
    """As many folds as examples, each with a single example to test.

    Raises:
        ValueError: fewer than 2 examples.

    Section: :ref:`sec-cross-validation`
    Source: Stone (1974), Cross-validatory choice and assessment of statistical predictions,
        doi:10.1111/j.2517-6161.1974.tb00994.x.

    Example:
        >>> [train.tolist() for train, test in LeaveOneOut().split(torch.zeros(3, 1))]
        [[1, 2], [0, 2], [0, 1]]

    In production: sklearn.model_selection.LeaveOneOut.
    """

    def _fold_of(self, n: int, y) -> Tensor:
        if n < 2:
            raise ValueError(f"LeaveOneOut needs at least 2 examples, got {n}")
        return torch.arange(n)

    def get_n_splits(self, X=None, y=None, groups=None) -> int:
        """As many as there are examples in X."""
        if X is None:
            raise ValueError("LeaveOneOut has as many folds as X has examples: pass X")
        return len(X)


def _require_splits(n_splits: int) -> None:
    if n_splits < 2:
        raise ValueError(f"n_splits must be at least 2, got {n_splits}")


def _shuffled(folds: Tensor, random_state) -> Tensor:
    generator = as_generator(random_state)
    return folds[torch.randperm(len(folds), generator=generator, device=generator.device).cpu()]


def _codes_by_appearance(y) -> Tensor:
    """Labels as numbers in the order in which they first appear."""
    labels = y.cpu().numpy() if isinstance(y, Tensor) else np.asarray(y)
    _, first, codes = np.unique(labels, return_index=True, return_inverse=True)
    return torch.from_numpy(first.argsort().argsort()[codes])


def cross_val_score(estimator: BaseEstimator, X, y, *, cv=5):
    """The score of an estimator on each fold, fitted on the others.

    Whatever learns from the data, a scaler or a selection of features, belongs into the estimator
    (`sklearn.pipeline.make_pipeline`), or it has seen the fold that it is tested on.

    Args:
        estimator: anything with `fit` and `score`; it is copied, not changed.
        X: examples, shape (n, d).
        y: targets, shape (n,).
        cv: folds, an object with `split`; or how many, then stratified for a classifier.

    Returns:
        One score for each fold, in the kind of X.

    Raises:
        ValueError: as in `KFold` and `StratifiedKFold`.

    Equation: :eq:`eq-cross-validation`
    Section: :ref:`sec-cross-validation`
    Source: Stone (1974), Cross-validatory choice and assessment of statistical predictions,
        doi:10.1111/j.2517-6161.1974.tb00994.x.

    Example:
        >>> from dlcore.classical import LinearRegression
        >>> X = torch.arange(6.0)[:, None]
        >>> cross_val_score(LinearRegression(), X, 2 * X[:, 0], cv=KFold(2)).round(decimals=3)
        tensor([1., 1.])

    In production: sklearn.model_selection.cross_val_score.
    """
    if isinstance(cv, int):
        cv = StratifiedKFold(cv) if is_classifier(estimator) else KFold(cv)
    scores = [
        clone(estimator).fit(X[train], y[train]).score(X[test], y[test])
        for train, test in cv.split(X, y)
    ]
    return torch.tensor(scores) if isinstance(X, Tensor) else np.array(scores)


class GridSearch(NamedTuple):
    """The scores of all combinations of options, see `grid_search`.

    Section: :ref:`sec-hyperparameter-search`

    Example:
        >>> GridSearch([{"k": 1}, {"k": 3}], torch.tensor([[0.5, 0.7], [0.9, 0.7]])).best
        {'k': 3}

    In production: sklearn.model_selection.GridSearchCV.
    """

    candidates: list[dict[str, Any]]
    """The combinations."""
    scores: Tensor
    """Their scores, shape (combinations, folds)."""

    @property
    def best(self) -> dict[str, Any]:
        """The combination with the highest mean score, the first of several."""
        return self.candidates[int(self.scores.mean(1).argmax())]


def grid_search(
    estimator: BaseEstimator, grid: Mapping[str, Sequence], X, y, *, cv=5
) -> GridSearch:
    """Try every combination of options by cross-validation, on the same folds.

    The winner's score is optimistic, for it won; estimate what it is worth on other data.

    Args:
        estimator: anything with `fit`, `score` and `set_params`; it is copied, not changed.
        grid: for each option's name the values to try.
        X: examples, shape (n, d).
        y: targets, shape (n,).
        cv: as in `cross_val_score`; folds that are shuffled need a seed.

    Returns:
        All combinations with their scores, and `best`.

    Raises:
        ValueError: an option that the estimator does not have, or nothing to try.

    Section: :ref:`sec-hyperparameter-search`
    Source: Stone (1974), Cross-validatory choice and assessment of statistical predictions,
        doi:10.1111/j.2517-6161.1974.tb00994.x.

    Example:
        >>> from dlcore.classical import Ridge
        >>> X = torch.arange(12.0)[:, None]
        >>> grid_search(Ridge(), {"lam": [0.1, 10.0, 1000.0]}, X, 2 * X[:, 0], cv=3).best
        {'lam': 0.1}

    In production: sklearn.model_selection.GridSearchCV.
    """
    candidates = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    if not candidates:
        raise ValueError("grid_search: an option has no values to try")
    rows = [
        cross_val_score(clone(estimator).set_params(**options), X, y, cv=cv)
        for options in candidates
    ]
    return GridSearch(candidates, torch.stack([torch.as_tensor(row) for row in rows]))
