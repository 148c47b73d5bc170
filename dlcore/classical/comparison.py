"""An honest comparison of models: several data sets, the same folds, intervals that hold."""

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy import stats
from sklearn.base import clone, is_classifier
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold

from dlcore.classical.estimator import as_array


class Benchmark(NamedTuple):
    """How one model did on one data set.

    Attributes:
        dataset: its name.
        model: its name.
        scores: accuracy or $R^2$ on each held-out fold, in the order of the folds.
        mean: their mean.
        low: the lower end of the confidence interval of the mean.
        high: its upper end.
        fit_seconds: the median time of a fit.
        predict_seconds: the median time of predicting a fold.
    """

    dataset: str
    model: str
    scores: np.ndarray
    mean: float
    low: float
    high: float
    fit_seconds: float
    predict_seconds: float


def benchmark_models(
    models: Mapping[str, Any],
    datasets: Mapping[str, tuple[Any, Any]],
    *,
    folds: int = 5,
    repeats: int = 3,
    confidence: float = 0.95,
    random_state: int = 0,
) -> list[Benchmark]:
    r"""Repeated cross-validation of several models on several data sets, all on the same folds.

    The folds' training sets overlap, so that their scores are not independent and the usual
    standard error is too small. The interval is Nadeau and Bengio's,
    $\bar s \pm t \sqrt{(\frac1m + \frac{n_{test}}{n_{train}}) S^2}$ for m scores with the variance
    $S^2$. Two models are compared by `paired_interval`, not by whether their intervals overlap.

    Args:
        models: estimators by name, cloned for each fold; what they need of the data (scaling) must
            be a part of them, or it leaks from the test folds. A network is passed the same way, as
            an estimator.
        datasets: examples (n, d) and targets (n,) by name.
        folds: the parts of each division; stratified by class for classifiers.
        repeats: how many random divisions.
        confidence: of the intervals.
        random_state: seed of the divisions.

    Returns:
        One result for each data set and model, in the order given.

    Raises:
        ValueError: fewer than two folds, no repetition, or a confidence outside of (0, 1).

    Equation: :eq:`eq-corrected-interval`
    Section: :ref:`sec-comparison-with-deep-learning`
    Source: Nadeau, Bengio (2003), Inference for the generalization error,
        doi:10.1023/A:1024068626366.

    Example:
        >>> import torch
        >>> from dlcore.classical import DecisionTreeClassifier
        >>> X, y = torch.arange(20.0)[:, None], torch.arange(20) // 10
        >>> models = {"tree": DecisionTreeClassifier()}
        >>> benchmark_models(models, {"halves": (X, y)}, folds=2)[0].mean > 0.8
        True

    In production: sklearn.model_selection.cross_validate; the interval is not there.
    """
    if folds < 2 or repeats < 1 or not 0 < confidence < 1:
        raise ValueError(
            "benchmark_models needs 2 folds, a repetition and a confidence in (0, 1), got "
            f"{folds}, {repeats} and {confidence}"
        )
    results = []
    for dataset, (X, y) in datasets.items():
        for name, model in models.items():
            kind = RepeatedStratifiedKFold if is_classifier(model) else RepeatedKFold
            split = kind(n_splits=folds, n_repeats=repeats, random_state=random_state)
            runs = [_run(model, X, y, *parts) for parts in split.split(as_array(X), as_array(y))]
            scores, fits, predictions = np.array(runs).T
            low, high = corrected_interval(scores, 1 / (folds - 1), confidence)
            times = float(np.median(fits)), float(np.median(predictions))
            results.append(
                Benchmark(dataset, name, scores, float(scores.mean()), low, high, *times)
            )
    return results


def paired_interval(
    first: Benchmark, second: Benchmark, *, folds: int = 5, confidence: float = 0.95
) -> tuple[float, float]:
    """A confidence interval for how much better the first model scores than the second.

    Args:
        first: a result of `benchmark_models`.
        second: another one of the same call, on the same data set.
        folds: as in that call.
        confidence: of the interval.

    Returns:
        Lower and upper end; an interval around 0 tells no difference.

    Raises:
        ValueError: results of different data sets.

    Equation: :eq:`eq-corrected-interval`
    Section: :ref:`sec-comparison-with-deep-learning`
    Source: Nadeau, Bengio (2003), doi:10.1023/A:1024068626366.

    Example:
        >>> import numpy as np
        >>> scores = np.array([0.9, 0.8, 0.85, 0.9])
        >>> one = Benchmark("a", "one", scores, 0.86, 0.8, 0.9, 0.1, 0.1)
        >>> paired_interval(one, one)
        (0.0, 0.0)

    In production: the same lines.
    """
    if first.dataset != second.dataset or len(first.scores) != len(second.scores):
        raise ValueError(
            f"paired_interval needs results on the same folds, got {first.dataset} and "
            f"{second.dataset}"
        )
    return corrected_interval(first.scores - second.scores, 1 / (folds - 1), confidence)


def corrected_interval(scores: np.ndarray, ratio: float, confidence: float) -> tuple[float, float]:
    """Nadeau and Bengio's interval; ratio is that of test to training examples."""
    m = len(scores)
    spread = np.sqrt((1 / m + ratio) * scores.var(ddof=1))
    half = stats.t.ppf((1 + confidence) / 2, m - 1) * spread
    return float(scores.mean() - half), float(scores.mean() + half)


def _run(model, X, y, train: np.ndarray, test: np.ndarray) -> tuple[float, float, float]:
    fresh = clone(model)
    begun = time.perf_counter()
    fresh.fit(X[train], y[train])
    fitted = time.perf_counter()
    score = fresh.score(X[test], y[test])
    return score, fitted - begun, time.perf_counter() - fitted
