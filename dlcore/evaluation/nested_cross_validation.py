"""Choosing hyperparameters and judging the choice on different data."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from sklearn.base import BaseEstimator, clone, is_classifier
from torch import Tensor

from dlcore.classical import KFold, StratifiedKFold, grid_search


class NestedScores(NamedTuple):
    """What the whole procedure, search included, scores on data that it has not seen.

    Attributes:
        scores: of each outer fold, shape (folds,).
        inner: the winners' scores in the search, shape (folds,); on average too good.
        chosen: what was chosen for each outer fold.
    """

    scores: Tensor
    inner: Tensor
    chosen: list[dict[str, Any]]


def nested_cross_val(
    estimator: BaseEstimator, grid: Mapping[str, Sequence], X, y, *, inner=5, outer=5
) -> NestedScores:
    """Search by cross-validation within each training part, score the winner on the part left out.

    Args:
        estimator: anything with `fit`, `score` and `set_params`, preprocessing within; it is
            copied, not changed.
        grid: for each option's name the values to try.
        X: examples, shape (n, d).
        y: targets, shape (n,).
        inner: folds of the search, an object with `split` or how many.
        outer: folds of the judgement, likewise; stratified for a classifier.

    Returns:
        Outer scores, the winners' inner scores and the winners.

    Raises:
        ValueError: as in `grid_search` and `cross_val_score`.

    Equation: :eq:`eq-cross-validation`
    Section: :ref:`sec-nested-cross-validation`
    Source: Cawley, Talbot (2010), On over-fitting in model selection and subsequent selection bias
        in performance evaluation, JMLR 11.

    Example:
        >>> from dlcore.classical import Ridge
        >>> X, grid = torch.arange(12.0)[:, None], {"lam": [0.1, 1000.0]}
        >>> nested_cross_val(Ridge(), grid, X, 2 * X[:, 0], inner=2, outer=2).chosen
        [{'lam': 0.1}, {'lam': 0.1}]

    In production: sklearn's GridSearchCV as the estimator of cross_val_score.
    """
    if isinstance(outer, int):
        outer = StratifiedKFold(outer) if is_classifier(estimator) else KFold(outer)
    scores, winners, chosen = [], [], []
    for train, test in outer.split(X, y):
        search = grid_search(estimator, grid, X[train], y[train], cv=inner)
        fitted = clone(estimator).set_params(**search.best).fit(X[train], y[train])
        scores.append(float(fitted.score(X[test], y[test])))
        winners.append(float(search.scores.mean(1).max()))
        chosen.append(search.best)
    return NestedScores(
        torch.tensor(scores, dtype=torch.float64),
        torch.tensor(winners, dtype=torch.float64),
        chosen,
    )
