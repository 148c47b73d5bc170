"""Repeated cross-validation against scikit-learn's; intervals by the published formula."""

import numpy as np
import pytest
import scipy.stats
from sklearn.datasets import load_diabetes, load_iris, load_wine
from sklearn.linear_model import LinearRegression as SklearnLinear
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold, cross_val_score
from sklearn.tree import DecisionTreeClassifier as SklearnTree

from dlcore.classical import Benchmark, benchmark_models, paired_interval
from tests.parity import assert_close

IRIS, WINE = load_iris(return_X_y=True), load_wine(return_X_y=True)
MODELS = {
    "stump": SklearnTree(max_depth=1, random_state=0),
    "tree": SklearnTree(random_state=0),
}


@pytest.mark.reference(
    "sklearn.model_selection.cross_val_score", of="dlcore.classical.benchmark_models"
)
@pytest.mark.reference("sklearn.model_selection.cross_val_score", of="dlcore.classical.Benchmark")
@pytest.mark.reference("scipy.stats.t", of="dlcore.classical.paired_interval")
def test_folds_scores_and_intervals():
    results = benchmark_models(MODELS, {"iris": IRIS, "wine": WINE}, folds=4, repeats=2)
    assert [(r.dataset, r.model) for r in results] == [
        (dataset, model) for dataset in ("iris", "wine") for model in MODELS
    ]
    split = RepeatedStratifiedKFold(n_splits=4, n_repeats=2, random_state=0)
    for result, (X, y) in zip(results, (IRIS, IRIS, WINE, WINE), strict=True):
        expected = cross_val_score(MODELS[result.model], X, y, cv=split)
        assert_close(result.scores, expected)
        spread = np.sqrt((1 / 8 + 1 / 3) * expected.var(ddof=1))
        interval = scipy.stats.t.interval(0.95, 7, loc=expected.mean(), scale=spread)
        assert_close([result.low, result.high], interval)
        assert result.fit_seconds > 0
    difference = results[1].scores - results[0].scores
    spread = np.sqrt((1 / 8 + 1 / 3) * difference.var(ddof=1))
    expected = scipy.stats.t.interval(0.9, 7, loc=difference.mean(), scale=spread)
    assert_close(paired_interval(results[1], results[0], folds=4, confidence=0.9), expected)
    assert paired_interval(results[1], results[0], folds=4)[0] > 0.1


def test_regressors_get_plain_folds():
    X, y = load_diabetes(return_X_y=True)
    (result,) = benchmark_models({"line": SklearnLinear()}, {"diabetes": (X, y)}, repeats=1)
    split = RepeatedKFold(n_splits=5, n_repeats=1, random_state=0)
    assert_close(result.scores, cross_val_score(SklearnLinear(), X, y, cv=split))


def test_the_interval_covers_where_the_naive_one_does_not():
    """Labels without a rule, so that accuracy ½ is the truth for any classifier."""
    random = np.random.default_rng(0)
    covered = []
    for _ in range(40):
        X, y = random.normal(size=(60, 2)), random.integers(0, 2, size=60)
        (result,) = benchmark_models({"stump": MODELS["stump"]}, {"noise": (X, y)}, repeats=2)
        half = scipy.stats.t.ppf(0.975, 9) * result.scores.std(ddof=1) / 10**0.5
        covered.append((result.low <= 0.5 <= result.high, abs(result.mean - 0.5) <= half))
    corrected, naive = np.mean(covered, axis=0)
    assert corrected > 0.85
    assert naive < 0.8


@pytest.mark.bad_input
def test_bad_input():
    for options in ({"folds": 1}, {"repeats": 0}, {"confidence": 1.0}):
        with pytest.raises(ValueError, match="benchmark_models"):
            benchmark_models(MODELS, {"iris": IRIS}, **options)
    one = Benchmark("a", "x", np.ones(4), 1.0, 1.0, 1.0, 0.1, 0.1)
    with pytest.raises(ValueError, match="a and b"):
        paired_interval(one, one._replace(dataset="b"))
