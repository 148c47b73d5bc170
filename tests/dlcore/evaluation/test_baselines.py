"""Ladders against scikit-learn's cross-validation, and what each rung must be."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_diabetes, load_wine
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB

from dlcore.evaluation import baseline_ladder, default_ladder

WINE = load_wine(return_X_y=True)
MODELS = {"majority": DummyClassifier(), "Gaussian": GaussianNB()}


@pytest.mark.reference(
    "sklearn.model_selection.cross_val_score", of="dlcore.evaluation.baseline_ladder"
)
def test_scores_and_gains_are_those_of_the_same_folds():
    rungs = baseline_ladder(*WINE, MODELS, scoring="balanced_accuracy", repeats=2, random_state=3)
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=3)
    expected = [
        cross_val_score(m, *WINE, cv=folds, scoring="balanced_accuracy") for m in MODELS.values()
    ]
    for rung, scores in zip(rungs, expected, strict=True):
        assert np.allclose(rung.scores, scores)
        assert rung.low <= rung.mean <= rung.high
    assert rungs[0].gain == rungs[0].gain_low == rungs[0].gain_high == 0
    assert rungs[1].gain == pytest.approx((expected[1] - expected[0]).mean())
    assert rungs[1].gain_low < rungs[1].gain < rungs[1].gain_high


@pytest.mark.reference("closed form: Student's t, corrected", of="dlcore.evaluation.LadderRung")
def test_the_interval_allows_for_overlapping_training_sets():
    rung = baseline_ladder(*WINE, MODELS, folds=5)[1]
    spread = np.sqrt((1 / 5 + 1 / 4) * rung.scores.var(ddof=1))
    assert rung.high - rung.mean == pytest.approx(2.7764451 * spread)


@pytest.mark.reference(
    "shares of the classes, R^2 of the mean", of="dlcore.evaluation.default_ladder"
)
def test_the_lowest_rungs():
    X, y = WINE
    ladder = default_ladder()
    guesses = ladder["uniform guess"].fit(X, y).predict(X)
    assert set(guesses) == {0, 1, 2}
    assert ladder["most frequent class"].fit(X, y).score(X, y) == np.bincount(y).max() / len(y)
    assert len(set(ladder["one-feature rule"].fit(X, y).predict(X))) == 2
    assert ladder["logistic regression"].fit(X, y).score(X, y) == 1
    assert ladder["small network"].fit(X, y).score(X, y) > 0.97
    numbers = default_ladder(classification=False)
    X, y = load_diabetes(return_X_y=True)
    assert numbers["mean"].fit(X, y).score(X, y) == 0
    assert numbers["ridge regression"].fit(X, y).score(X, y) > 0.4
    assert numbers["small network"].fit(X, y).score(X, y) > 0.4


def test_tensors_are_taken():
    X, y = (torch.from_numpy(part) for part in WINE)
    assert baseline_ladder(X, y, MODELS)[1].mean > 0.9


@pytest.mark.bad_input
def test_bad_ladders_are_refused():
    for options in ({"models": {}}, {"folds": 1}, {"repeats": 0}, {"confidence": 1.0}):
        with pytest.raises(ValueError, match="baseline_ladder needs"):
            baseline_ladder(*WINE, **{"models": MODELS, **options})
