"""Gradient boosting against scikit-learn's, tree by tree."""

import numpy as np
import pytest
import torch
from sklearn.datasets import make_friedman1
from sklearn.ensemble import GradientBoostingClassifier as SklearnClassifier
from sklearn.ensemble import GradientBoostingRegressor as SklearnRegressor

from dlcore.classical import GradientBoostingClassifier, GradientBoostingRegressor
from tests.parity import assert_close

X, VALUES = make_friedman1(400, noise=1.0, random_state=0)
X = X.astype(np.float32).astype(float)
NEW, TRUTH = make_friedman1(500, noise=0.0, random_state=1)
NEW = NEW.astype(np.float32).astype(float)


@pytest.mark.reference(
    "sklearn.ensemble.GradientBoostingRegressor", of="dlcore.classical.GradientBoostingRegressor"
)
def test_regression_is_equal_to_rounding():
    ours = GradientBoostingRegressor(20, max_depth=2).fit(X, VALUES)
    theirs = SklearnRegressor(n_estimators=20, max_depth=2, random_state=0).fit(X, VALUES)
    assert_close(ours.predict(NEW), theirs.predict(NEW), rtol=1e-12)
    for mine, peer in zip(ours.staged_predict(NEW), theirs.staged_predict(NEW), strict=True):
        assert_close(mine, peer, rtol=1e-12)
    assert_close(2 * np.array(ours.train_score_), theirs.train_score_)
    assert_close(ours.feature_importances_, theirs.feature_importances_, rtol=1e-7)


@pytest.mark.reference(
    "sklearn.ensemble.GradientBoostingClassifier", of="dlcore.classical.GradientBoostingClassifier"
)
@pytest.mark.parametrize("k", [2, 3])
def test_classification_is_equal_to_rounding(k):
    y = np.digitize(VALUES, np.quantile(VALUES, np.arange(1, k) / k + 0.05))
    ours = GradientBoostingClassifier(10, max_depth=2, min_samples_leaf=5).fit(X, y)
    theirs = SklearnClassifier(
        n_estimators=10, max_depth=2, min_samples_leaf=5, random_state=0
    ).fit(X, y)
    assert_close(ours.predict_proba(NEW), theirs.predict_proba(NEW), rtol=1e-8)
    assert (ours.predict(NEW) == theirs.predict(NEW)).all()
    scores = theirs.decision_function(NEW)
    shift = 0 if k == 2 else (ours.decision_function(NEW) - scores).mean(1, keepdims=True)
    assert_close(ours.decision_function(NEW) - shift, scores, rtol=1e-7, atol=1e-9)
    unit = 2 if k == 2 else 1
    assert_close(unit * np.array(ours.train_score_), theirs.train_score_, rtol=1e-7)
    for mine, peer in zip(ours.staged_predict(X), theirs.staged_predict(X), strict=True):
        assert (mine == peer).all()


def test_the_example_of_four_houses():
    x, y = np.arange(1.0, 5.0)[:, None], np.array([10.0, 20.0, 30.0, 40.0])
    model = GradientBoostingRegressor(1, learning_rate=0.1, max_depth=1).fit(x, y)
    assert model.init_.item() == 25
    assert_close(model.predict(x), [24.0, 24.0, 26.0, 26.0])
    assert_close(2 * model.train_score_[0], 106.0)
    assert_close(model.predict([[0.0], [9.0]]), [24.0, 26.0])


def test_training_loss_falls_and_early_stopping_ends_it():
    full = GradientBoostingRegressor(60).fit(X, VALUES)
    assert (np.diff(full.train_score_) < 0).all()
    stopped = GradientBoostingRegressor(
        500, learning_rate=0.5, n_iter_no_change=5, validation_fraction=0.25, random_state=0
    ).fit(X, VALUES)
    assert stopped.n_estimators_ < 200
    assert len(stopped.validation_score_) == stopped.n_estimators_
    best = int(np.argmin(stopped.validation_score_))
    assert stopped.n_estimators_ - best >= 5


def test_subsampling_and_feature_subsets_are_close_to_scikit_learns():
    options = {"subsample": 0.5, "max_features": 0.5, "max_depth": 3, "random_state": 0}
    ours = GradientBoostingRegressor(80, **options).fit(X, VALUES)
    theirs = SklearnRegressor(n_estimators=80, **options).fit(X, VALUES)
    assert ours.score(NEW, TRUTH) == pytest.approx(theirs.score(NEW, TRUTH), abs=0.02)
    again = GradientBoostingRegressor(80, **options).fit(X, VALUES)
    assert_close(ours.predict(NEW), again.predict(NEW))


def test_tensors_in_tensors_out():
    A, b = torch.tensor(X).float(), torch.tensor(VALUES)
    assert GradientBoostingRegressor(3).fit(A, b).predict(A).dtype == torch.float32
    model = GradientBoostingClassifier(3).fit(A, b > 14)
    assert model.predict(A).dtype == torch.bool
    assert isinstance(model.feature_importances_, torch.Tensor)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_estimators": 0}, "n_estimators"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"subsample": 1.5}, "subsample"),
        ({"validation_fraction": 1.0}, "validation_fraction"),
        ({"max_depth": 0}, "max_depth"),
        ({"max_features": 0}, "max_features"),
    ],
)
def test_bad_input(options, message):
    with pytest.raises(ValueError, match=message):
        GradientBoostingRegressor(**options).fit(X, VALUES)
    with pytest.raises(ValueError, match="1 class"):
        GradientBoostingClassifier().fit(X, np.zeros(400))
