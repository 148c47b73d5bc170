"""Histogram boosting against scikit-learn's, grown to the same shape; the gain by minimization."""

import numpy as np
import pytest
import scipy.optimize
import sklearn.ensemble
import torch
from sklearn.datasets import make_friedman1
from sklearn.tree import DecisionTreeRegressor as SklearnTree

from dlcore.classical import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    bin_features,
    xgb_split_gain,
)
from tests.parity import assert_close

X, VALUES = make_friedman1(400, noise=1.0, random_state=0)
NEW, TRUTH = make_friedman1(300, noise=0.0, random_state=1)
SHAPE = {"max_iter": 15, "max_depth": 3, "min_samples_leaf": 10, "max_bins": 32}
PEER = {"early_stopping": False, "max_leaf_nodes": None}


@pytest.mark.reference("numpy.quantile", of="dlcore.classical.bin_features")
def test_bins_hold_equally_many():
    codes, edges = bin_features(torch.from_numpy(X), 16)
    for column, e in zip(X.T, edges, strict=True):
        assert_close(e, np.quantile(column, np.arange(1, 16) / 16))
    for row, column, e in zip(codes, X.T, edges, strict=True):
        assert (row.numpy() == np.searchsorted(e.numpy(), column)).all()
        assert row.bincount().max() - row.bincount().min() <= 1
    few = torch.tensor([[2.0], [2.0], [3.0], [7.0]])
    assert bin_features(few, 16)[1][0].tolist() == [2.5, 5.0]


@pytest.mark.reference("scipy.optimize.minimize_scalar", of="dlcore.classical.xgb_split_gain")
@pytest.mark.parametrize(("reg_lambda", "gamma"), [(0.0, 0.0), (1.5, 0.3)])
def test_gain_is_the_fall_of_the_penalized_quadratic(reg_lambda, gamma, generator):
    g = torch.randn(30, generator=generator, dtype=torch.float64)
    h = torch.rand(30, generator=generator, dtype=torch.float64) + 0.1

    def least(part):
        G, H = g[part].sum().item(), h[part].sum().item()
        return scipy.optimize.minimize_scalar(
            lambda w: G * w + (H + reg_lambda) * w**2 / 2 + gamma
        ).fun

    expected = least(slice(None)) - least(slice(12)) - least(slice(12, None))
    sums = g[:12].sum(), h[:12].sum(), g[12:].sum(), h[12:].sum()
    assert float(xgb_split_gain(*sums, reg_lambda, gamma)) == pytest.approx(expected, rel=1e-6)


def test_without_penalties_the_gain_is_half_the_fall_of_the_squared_error():
    stump = SklearnTree(max_depth=1).fit(X, VALUES)
    left = X[:, stump.tree_.feature[0]] <= stump.tree_.threshold[0]
    g = VALUES.mean() - VALUES
    sums = [torch.tensor(s) for s in (g[left].sum(), left.sum() * 1.0, g[~left].sum())]
    gain = xgb_split_gain(*sums, torch.tensor((~left).sum() * 1.0))
    fall = np.square(g).sum() - np.square(VALUES - stump.predict(X)).sum()
    assert float(gain) == pytest.approx(fall / 2)


@pytest.mark.reference(
    "sklearn.ensemble.HistGradientBoostingRegressor",
    of="dlcore.classical.HistGradientBoostingRegressor",
)
@pytest.mark.parametrize("penalty", [0.0, 5.0])
def test_regression(penalty):
    """On features of few values both have the same bins."""
    A, B = np.round(X, 1), np.round(NEW, 1)
    ours = HistGradientBoostingRegressor(l2_regularization=penalty, **SHAPE).fit(A, VALUES)
    theirs = sklearn.ensemble.HistGradientBoostingRegressor(
        l2_regularization=penalty, **SHAPE, **PEER
    ).fit(A, VALUES)
    assert_close(ours.predict(B), theirs.predict(B), rtol=1e-5)
    assert (np.diff(ours.train_score_) < 0).all()


@pytest.mark.reference(
    "sklearn.ensemble.HistGradientBoostingClassifier",
    of="dlcore.classical.HistGradientBoostingClassifier",
)
def test_classification():
    A, B = np.round(X, 1), np.round(NEW, 1)
    ours = HistGradientBoostingClassifier(**SHAPE).fit(A, VALUES > 14)
    theirs = sklearn.ensemble.HistGradientBoostingClassifier(**SHAPE, **PEER).fit(A, VALUES > 14)
    assert_close(ours.predict_proba(B), theirs.predict_proba(B), rtol=1e-3, atol=1e-4)
    assert_close(ours.decision_function(B), theirs.decision_function(B), rtol=1e-3, atol=1e-3)


def test_three_classes():
    """Scikit-learn leaves K/(K - 1) out of the curvature: its steps are longer by that factor."""
    A, B, y = np.round(X, 1), np.round(NEW, 1), np.digitize(VALUES, [11.0, 17.0])
    ours = HistGradientBoostingClassifier(learning_rate=0.15, **SHAPE).fit(A, y)
    theirs = sklearn.ensemble.HistGradientBoostingClassifier(learning_rate=0.1, **SHAPE, **PEER)
    assert_close(ours.predict_proba(B), theirs.fit(A, y).predict_proba(B), rtol=1e-3, atol=1e-4)


def test_a_price_for_leaves_makes_smaller_trees():
    sizes = [
        len(HistGradientBoostingRegressor(gamma=gamma, **SHAPE).fit(X, VALUES).trees_.feature)
        for gamma in (0.0, 50.0, 1e9)
    ]
    assert sizes[0] > sizes[1] > sizes[2] == SHAPE["max_iter"]


def test_column_subsampling_is_drawn_for_each_node():
    model = HistGradientBoostingRegressor(max_features=0.1, random_state=0, **SHAPE)
    tree = model.fit(X, VALUES).trees_
    assert len(set(tree.feature[tree.feature >= 0].tolist())) > 5
    again = HistGradientBoostingRegressor(max_features=0.1, random_state=0, **SHAPE)
    assert tree.feature.equal(again.fit(X, VALUES).trees_.feature)


def test_tensors_in_tensors_out():
    A, b = torch.tensor(X).float(), torch.tensor(VALUES)
    assert HistGradientBoostingRegressor(max_iter=2).fit(A, b).predict(A).dtype == torch.float32
    assert HistGradientBoostingClassifier(max_iter=2).fit(A, b > 14).predict(A).dtype == torch.bool


@pytest.mark.bad_input
@pytest.mark.parametrize(
    "options",
    [
        {"max_iter": 0},
        {"max_depth": 0},
        {"min_samples_leaf": 0},
        {"gamma": -1.0},
        {"l2_regularization": -1.0},
        {"learning_rate": 0.0},
        {"max_features": 2.0},
        {"max_bins": 1},
    ],
)
def test_bad_input(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        HistGradientBoostingRegressor(**options).fit(X, VALUES)
    with pytest.raises(ValueError, match="penalties"):
        xgb_split_gain(*torch.ones(4), reg_lambda=-1.0)
