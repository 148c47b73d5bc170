"""Forests, bagging and AdaBoost beside scikit-learn's."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine, make_friedman1
from sklearn.ensemble import AdaBoostClassifier as SklearnAdaBoost
from sklearn.ensemble import BaggingClassifier as SklearnBaggingClassifier
from sklearn.ensemble import BaggingRegressor as SklearnBaggingRegressor
from sklearn.ensemble import RandomForestClassifier as SklearnForestClassifier
from sklearn.ensemble import RandomForestRegressor as SklearnForestRegressor
from sklearn.linear_model import LogisticRegression as SklearnLogistic
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeClassifier as SklearnTree

from dlcore.classical import (
    AdaBoostClassifier,
    BaggingClassifier,
    BaggingRegressor,
    DecisionTreeClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
    bootstrap_indices,
)
from tests.parity import assert_close

CANCER = load_breast_cancer(return_X_y=True)
FRIEDMAN = make_friedman1(400, noise=1.0, random_state=0)
NEW = make_friedman1(500, noise=0.0, random_state=1)


@pytest.mark.reference("closed form", of="dlcore.classical.bootstrap_indices")
def test_share_of_a_bootstrap_sample(generator):
    samples = torch.stack([bootstrap_indices(200, generator=generator) for _ in range(2000)])
    unique = torch.tensor([sample.unique().numel() / 200 for sample in samples]).double()
    error = unique.std() / 2000**0.5
    assert abs(unique.mean() - (1 - (1 - 1 / 200) ** 200)) < 4 * error
    assert_close(samples.double().mean(), 99.5, rtol=0, atol=4 * 200 / 12**0.5 / 400_000**0.5)


@pytest.mark.reference(
    "sklearn.ensemble.RandomForestClassifier", of="dlcore.classical.RandomForestClassifier"
)
def test_forest_on_breast_cancer():
    X, y = CANCER
    ours = RandomForestClassifier(60, oob_score=True, random_state=0).fit(X, y)
    theirs = SklearnForestClassifier(60, oob_score=True, random_state=0).fit(X, y)
    assert ours.oob_score_ == pytest.approx(theirs.oob_score_, abs=0.015)
    assert ours.score(X, y) == 1
    assert np.corrcoef(ours.feature_importances_, theirs.feature_importances_)[0, 1] > 0.9
    train, test = np.arange(569) % 3 > 0, np.arange(569) % 3 == 0
    held_out = RandomForestClassifier(60, random_state=0).fit(X[train], y[train])
    assert held_out.score(X[test], y[test]) == pytest.approx(ours.oob_score_, abs=0.03)


@pytest.mark.reference(
    "sklearn.ensemble.RandomForestRegressor", of="dlcore.classical.RandomForestRegressor"
)
def test_forest_on_friedman():
    options = {"n_estimators": 60, "max_features": 1 / 3, "oob_score": True, "random_state": 0}
    ours = RandomForestRegressor(**options).fit(*FRIEDMAN)
    theirs = SklearnForestRegressor(**options).fit(*FRIEDMAN)
    assert ours.score(*NEW) == pytest.approx(theirs.score(*NEW), abs=0.03)
    assert ours.oob_score_ == pytest.approx(theirs.oob_score_, abs=0.03)
    assert set(ours.feature_importances_.argsort()[-5:]) == set(range(5))


@pytest.mark.parametrize("make", [RandomForestClassifier, RandomForestRegressor])
def test_without_randomness_a_forest_is_its_tree(make):
    X, y = FRIEDMAN[0], FRIEDMAN[1] > 14
    forest = make(3, bootstrap=False, max_features=None, max_depth=3).fit(X, y)
    tree = SklearnTree(max_depth=3).fit(X, y)
    answer = forest.predict_proba(X)[:, 1] if make is RandomForestClassifier else forest.predict(X)
    assert_close(answer, tree.predict_proba(X)[:, 1])


def test_out_of_bag_uses_only_trees_that_have_not_seen_the_example():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(200, 3)), random.integers(0, 2, size=200)
    forest = RandomForestClassifier(50, oob_score=True, random_state=0).fit(X, y)
    assert forest.score(X, y) > 0.99
    assert abs(forest.oob_score_ - 0.5) < 4 * 0.5 / 200**0.5
    few = RandomForestClassifier(1, oob_score=True, random_state=0).fit(X, y)
    share = few.oob_decision_function_
    assert np.isnan(share[:, 0]).mean() == pytest.approx(0.632, abs=0.1)


@pytest.mark.reference(
    "sklearn.ensemble.BaggingClassifier", of="dlcore.classical.BaggingClassifier"
)
def test_bagging_of_classifiers():
    X, y = load_wine(return_X_y=True)
    words = np.array(["a", "b", "c"])[y]
    ours = BaggingClassifier(n_estimators=30, oob_score=True, random_state=0).fit(X, words)
    theirs = SklearnBaggingClassifier(n_estimators=30, oob_score=True, random_state=0)
    theirs.fit(X, words)
    assert ours.oob_score_ == pytest.approx(theirs.oob_score_, abs=0.04)
    stump = BaggingClassifier(DecisionTreeClassifier(max_depth=2), 20, random_state=0)
    assert stump.fit(X, words).score(X, words) > 0.9
    assert not stump.estimators_[0].tree_.threshold.equal(stump.estimators_[1].tree_.threshold)
    logistic = BaggingClassifier(SklearnLogistic(), 5, random_state=0).fit(X[:, :2], words)
    alone = SklearnLogistic().fit(X[:, :2], words)
    assert (logistic.predict(X[:, :2]) == alone.predict(X[:, :2])).mean() > 0.9


@pytest.mark.reference("sklearn.ensemble.BaggingRegressor", of="dlcore.classical.BaggingRegressor")
def test_bagging_of_regressors():
    options = {"n_estimators": 30, "oob_score": True, "random_state": 0}
    for model in (None, KNeighborsRegressor(3)):
        ours = BaggingRegressor(model, **options).fit(*FRIEDMAN)
        theirs = SklearnBaggingRegressor(model, **options).fit(*FRIEDMAN)
        assert ours.score(*NEW) == pytest.approx(theirs.score(*NEW), abs=0.03)
        assert ours.oob_score_ == pytest.approx(theirs.oob_score_, abs=0.04)


@pytest.mark.reference(
    "sklearn.ensemble.AdaBoostClassifier", of="dlcore.classical.AdaBoostClassifier"
)
@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("k", [2, 3])
def test_adaboost(depth, k):
    X = FRIEDMAN[0].astype(np.float32).astype(float)
    y = np.digitize(FRIEDMAN[1], np.quantile(FRIEDMAN[1], np.arange(1, k) / k))
    ours = AdaBoostClassifier(15, max_depth=depth).fit(X, y)
    theirs = SklearnAdaBoost(SklearnTree(max_depth=depth), n_estimators=15, random_state=0)
    theirs.fit(X, y)
    assert_close(2 * ours.estimator_weights_, theirs.estimator_weights_, rtol=1e-7)
    assert_close(ours.estimator_errors_, theirs.estimator_errors_, rtol=1e-7)
    assert (ours.predict(NEW[0]) == theirs.predict(NEW[0])).all()
    scale = 2 if k == 2 else 1  # scikit-learn's runs from -2 to 2 for two classes
    peer = theirs.decision_function(X) / scale
    assert_close(ours.decision_function(X), peer, rtol=1e-6, atol=1e-7)
    for mine, peer in zip(ours.staged_predict(X), theirs.staged_predict(X), strict=True):
        assert (mine == peer).all()
    assert (ours.predict_proba(X).argmax(1) == ours.predict(X)).all()


def test_after_each_round_the_last_learner_is_as_good_as_chance():
    X, y = FRIEDMAN[0], FRIEDMAN[1] > 14
    model = AdaBoostClassifier(5).fit(X, y)
    weight = np.full(400, 1 / 400)
    votes = np.zeros(400)
    stages = model.staged_predict(X)
    for m, alpha in enumerate(model.estimator_weights_):
        total = AdaBoostClassifier(m + 1).fit(X, y)
        assert (total.predict(X) == stages[m]).all()
        before, votes = votes, total.decision_function(X) * total.estimator_weights_.sum()
        h = (votes - before) / alpha
        assert_close(np.abs(h), np.ones(400), rtol=1e-7)
        weight *= np.exp(-alpha * h * (2 * y - 1))
        weight /= weight.sum()
        assert weight[(h > 0) != y].sum() == pytest.approx(0.5)


def test_a_perfect_learner_ends_adaboost():
    X = np.arange(6.0)[:, None]
    model = AdaBoostClassifier(10).fit(X, X[:, 0] > 2)
    assert len(model.estimator_weights_) == 1
    assert model.score(X, X[:, 0] > 2) == 1


def test_tensors_in_tensors_out():
    X, y = torch.tensor(CANCER[0]).float(), torch.tensor(CANCER[1])
    models = (
        RandomForestClassifier(5, random_state=0),
        BaggingClassifier(n_estimators=3, random_state=0),
        AdaBoostClassifier(5),
    )
    for model in models:
        assert model.fit(X, y).predict(X).dtype == y.dtype
        assert model.predict_proba(X).dtype == torch.float32
    b = torch.tensor(load_diabetes().target[:100])
    for model in (RandomForestRegressor(3), BaggingRegressor(n_estimators=2)):
        assert model.fit(X[:100], b).predict(X).dtype == torch.float32


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bootstrap_indices(0), "n = 0"),
        (lambda: RandomForestClassifier(0).fit(*CANCER), "n_estimators"),
        (lambda: RandomForestClassifier(max_features="all").fit(*CANCER), "max_features"),
        (lambda: RandomForestClassifier(bootstrap=False, oob_score=True).fit(*CANCER), "bag"),
        (lambda: RandomForestRegressor(min_samples_leaf=0).fit(*FRIEDMAN), "min_samples_leaf"),
        (lambda: BaggingRegressor(n_estimators=0).fit(*FRIEDMAN), "n_estimators"),
        (lambda: AdaBoostClassifier(0).fit(*CANCER), "n_estimators"),
        (lambda: AdaBoostClassifier(learning_rate=0.0).fit(*CANCER), "learning_rate"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
