"""Folds against scikit-learn's, what every division must keep, and two traps."""

import numpy as np
import pytest
import sklearn.model_selection as peer
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_iris, load_wine
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from dlcore.classical import (
    GridSearch,
    KFold,
    LeaveOneOut,
    LogisticRegression,
    Ridge,
    SoftmaxRegression,
    StandardScaler,
    StratifiedKFold,
    cross_val_score,
    grid_search,
)
from tests.parity import assert_close

IRIS = load_iris(return_X_y=True)
WINE = load_wine(return_X_y=True)


def same_folds(ours, theirs, X, y):
    pairs = list(zip(ours.split(X, y), theirs.split(X, y), strict=True))
    assert len(pairs) == ours.get_n_splits(X) == theirs.get_n_splits(X)
    for mine, expected in pairs:
        for a, b in zip(mine, expected, strict=True):
            assert isinstance(a, np.ndarray)
            assert np.array_equal(a, b)


@pytest.mark.reference("sklearn.model_selection.KFold", of="dlcore.classical.KFold")
@pytest.mark.parametrize(("n", "k"), [(10, 5), (11, 3), (7, 7)])
def test_k_fold(n, k):
    same_folds(KFold(k), peer.KFold(k), np.zeros((n, 2)), None)


@pytest.mark.reference(
    "sklearn.model_selection.StratifiedKFold", of="dlcore.classical.StratifiedKFold"
)
@pytest.mark.parametrize("k", [2, 3, 5])
def test_stratified_k_fold(k):
    for y in (IRIS[1], WINE[1], np.array(list("bbaabcacbbaccabc"))):
        same_folds(StratifiedKFold(k), peer.StratifiedKFold(k), np.zeros((len(y), 2)), y)


@pytest.mark.reference("sklearn.model_selection.LeaveOneOut", of="dlcore.classical.LeaveOneOut")
def test_leave_one_out():
    same_folds(LeaveOneOut(), peer.LeaveOneOut(), np.zeros((7, 2)), None)


@given(st.integers(2, 40), st.integers(2, 40), st.booleans())
def test_every_example_is_tested_once(n, k, shuffle):
    X = torch.zeros(max(n, k), 1)
    folds = list(KFold(k, shuffle=shuffle, random_state=0).split(X))
    sizes = [len(test) for _, test in folds]
    assert max(sizes) - min(sizes) <= 1
    assert torch.cat([test for _, test in folds]).sort().values.equal(torch.arange(len(X)))
    for train, test in folds:
        assert torch.cat([train, test]).sort().values.equal(torch.arange(len(X)))


@given(st.lists(st.integers(0, 3), min_size=12, max_size=40), st.booleans())
def test_classes_are_spread_evenly(labels, shuffle):
    y = torch.tensor([*labels, *[0] * 3])
    folds = StratifiedKFold(3, shuffle=shuffle, random_state=1)
    tests = [test for _, test in folds.split(torch.zeros(len(y), 1), y)]
    counts = torch.stack([y[test].bincount(minlength=4) for test in tests])
    assert (counts.amax(0) - counts.amin(0)).max() <= 1
    assert torch.cat(tests).sort().values.equal(torch.arange(len(y)))


def test_a_seed_repeats_the_shuffle():
    X = torch.zeros(20, 1)

    def first(seed):
        return next(KFold(2, shuffle=True, random_state=seed).split(X))[1]

    assert first(0).equal(first(0))
    assert not first(0).equal(first(1))


def test_sorted_labels_are_a_trap():
    X, y = IRIS
    knn = KNeighborsClassifier()
    assert cross_val_score(knn, X, y, cv=KFold(3)).mean() == 0.0
    assert cross_val_score(knn, X, y, cv=KFold(3, shuffle=True, random_state=0)).mean() > 0.9
    assert cross_val_score(knn, X, y, cv=3).mean() > 0.95


@pytest.mark.reference(
    "sklearn.model_selection.cross_val_score", of="dlcore.classical.cross_val_score"
)
@pytest.mark.parametrize("cv", [3, 5])
def test_cross_val_score(cv):
    X, y = WINE
    for model, target in ((KNeighborsClassifier(), y), (Ridge(), X[:, 0])):
        ours = cross_val_score(model, X, target, cv=cv)
        assert_close(ours, peer.cross_val_score(model, X, target, cv=cv))
    X = (X - X.mean(0)) / X.std(0)
    tensors = cross_val_score(SoftmaxRegression(), torch.from_numpy(X), torch.from_numpy(y))
    assert isinstance(tensors, torch.Tensor)


def test_our_folds_serve_scikit_learn():
    X, y = WINE
    model = make_pipeline(StandardScaler(), SoftmaxRegression())
    ours = cross_val_score(model, X, y, cv=4)
    assert_close(peer.cross_val_score(model, X, y, cv=StratifiedKFold(4)), ours)
    assert ours.min() > 0.9


@pytest.mark.reference("sklearn.model_selection.GridSearchCV", of="dlcore.classical.grid_search")
@pytest.mark.reference("sklearn.model_selection.GridSearchCV", of="dlcore.classical.GridSearch")
def test_grid_search():
    X, y = WINE[0], (WINE[1] == 0).astype(int)
    grid = {"lam": [1e-3, 1e-1, 10.0], "fit_intercept": [True, False]}
    model = LogisticRegression(solver="newton", tol=1e-8)
    ours = grid_search(model, grid, X, y, cv=3)
    theirs = peer.GridSearchCV(model, grid, cv=3).fit(X, y)
    assert isinstance(ours, GridSearch)
    by_options = {
        tuple(sorted(params.items())): score
        for params, score in zip(
            theirs.cv_results_["params"], theirs.cv_results_["mean_test_score"], strict=True
        )
    }
    for options, scores in zip(ours.candidates, ours.scores, strict=True):
        assert_close(scores.mean(), by_options[tuple(sorted(options.items()))])
    assert ours.scores.mean(1).max().item() == pytest.approx(theirs.best_score_)


@pytest.mark.bad_input
def test_bad_input():
    X, y = WINE
    with pytest.raises(ValueError, match="n_splits must be at least 2"):
        KFold(1)
    with pytest.raises(ValueError, match="cannot split 3 examples into 5 folds"):
        next(KFold(5).split(X[:3]))
    with pytest.raises(ValueError, match="one label for each"):
        next(StratifiedKFold(3).split(X))
    with pytest.raises(ValueError, match="more than the members of any class"):
        next(StratifiedKFold(100).split(X, y))
    with pytest.raises(ValueError, match="at least 2 examples"):
        next(LeaveOneOut().split(X[:1]))
    with pytest.raises(ValueError, match="pass X"):
        LeaveOneOut().get_n_splits()
    with pytest.raises(ValueError, match="no values to try"):
        grid_search(Ridge(), {"lam": []}, X, y)
    with pytest.raises(ValueError, match="Invalid parameter"):
        grid_search(Ridge(), {"alpha": [1.0]}, X, y)
