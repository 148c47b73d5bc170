"""Feature selection against scikit-learn, and the leak of selecting before splitting."""

import numpy as np
import pytest
import sklearn.feature_selection as peer
import torch
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.metrics import mutual_info_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from dlcore.classical import (
    KNeighborsRegressor,
    LinearRegression,
    LogisticRegression,
    SelectKBest,
    StratifiedKFold,
    cross_val_score,
    f_classif,
    f_regression,
    forward_selection,
    mutual_info,
    rfe,
    select_k_best,
)
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

CANCER, KIND = (torch.from_numpy(part) for part in load_breast_cancer(return_X_y=True))
DIABETES, PROGRESS = (torch.from_numpy(part) for part in load_diabetes(return_X_y=True))


@pytest.mark.reference("sklearn.feature_selection.f_classif", of="dlcore.classical.f_classif")
def test_f_classif():
    assert_close(f_classif(CANCER, KIND), peer.f_classif(CANCER, KIND)[0], rtol=1e-8)
    y = torch.arange(len(DIABETES)) % 4
    assert_close(f_classif(DIABETES, y), peer.f_classif(DIABETES, y)[0], rtol=1e-8)
    assert_close(f_classif(CANCER * 1000, KIND), f_classif(CANCER, KIND), rtol=1e-8)


@pytest.mark.reference("sklearn.feature_selection.f_regression", of="dlcore.classical.f_regression")
def test_f_regression():
    theirs = peer.f_regression(DIABETES.numpy(), PROGRESS.numpy())[0]
    assert_close(f_regression(DIABETES, PROGRESS), theirs, rtol=1e-8)
    assert_close(f_regression(torch.ones(5, 1), gaussian(5).float()), [0.0])


@pytest.mark.reference("sklearn.metrics.mutual_info_score", of="dlcore.classical.mutual_info")
@pytest.mark.parametrize("bins", [2, 10])
def test_mutual_info(bins):
    expected = []
    for x in CANCER.T.numpy():
        cuts = np.quantile(x, np.arange(1, bins) / bins)
        expected.append(mutual_info_score(np.searchsorted(cuts, x), KIND))
    assert_close(mutual_info(CANCER, KIND, bins=bins), expected, rtol=1e-8, atol=1e-9)


def test_mutual_information_sees_what_is_not_linear():
    x = torch.linspace(-1, 1, 400, dtype=torch.float64)
    y = (x.abs() < 0.5).long()
    X = torch.stack([x, gaussian(400)], 1)
    assert f_classif(X, y)[0] < 1
    assert mutual_info(X, y)[0] > 10 * mutual_info(X, y)[1]


@pytest.mark.reference("sklearn.feature_selection.SelectKBest", of="dlcore.classical.select_k_best")
@pytest.mark.reference("sklearn.feature_selection.SelectKBest", of="dlcore.classical.SelectKBest")
@pytest.mark.parametrize("k", [1, 7, 30])
def test_select_k_best(k):
    theirs = peer.SelectKBest(k=k).fit(CANCER, KIND)
    assert_close(select_k_best(CANCER, KIND, k), theirs.get_support(indices=True))
    ours = SelectKBest(k).fit(CANCER.numpy(), KIND.numpy())
    assert_close(ours.transform(CANCER.numpy()), theirs.transform(CANCER))
    assert (ours.get_support() == theirs.get_support()).all()
    assert (ours.get_feature_names_out() == theirs.get_feature_names_out()).all()
    words = np.where(KIND.numpy(), "benign", "malignant")
    assert_close(SelectKBest(k).fit(CANCER.numpy(), words).selected_, ours.selected_)


def test_select_by_other_scores():
    theirs = peer.SelectKBest(peer.f_regression, k=3).fit(DIABETES, PROGRESS)
    mine = select_k_best(DIABETES, PROGRESS, 3, "f_regression")
    assert_close(mine, theirs.get_support(indices=True))
    by_spread = select_k_best(CANCER, KIND, 2, lambda X, y: X.var(0))
    assert_close(by_spread, CANCER.var(0).topk(2).indices.sort().values)


@pytest.mark.reference(
    "sklearn.feature_selection.SequentialFeatureSelector", of="dlcore.classical.forward_selection"
)
def test_forward_selection():
    X, y = DIABETES.numpy(), PROGRESS.numpy()
    taken = forward_selection(LinearRegression(), X, y, 3, cv=3)
    theirs = peer.SequentialFeatureSelector(LinearRegression(), n_features_to_select=3, cv=3)
    assert sorted(taken) == theirs.fit(X, y).get_support(indices=True).tolist()


@pytest.mark.reference("sklearn.feature_selection.RFE", of="dlcore.classical.rfe")
@pytest.mark.parametrize("k", [1, 4, 10])
def test_rfe(k):
    X, y = DIABETES.numpy(), PROGRESS.numpy()
    theirs = peer.RFE(LinearRegression(), n_features_to_select=k).fit(X, y)
    assert rfe(LinearRegression(), X, y, k) == theirs.get_support(indices=True).tolist()


def test_planted_features_are_found():
    X = gaussian(300, 12)
    y = (X[:, 2] - 2 * X[:, 5] + X[:, 9] > 0).long()
    planted = [2, 5, 9]
    assert select_k_best(X, y, 3).tolist() == planted
    model = LogisticRegression(1e-3)
    assert sorted(forward_selection(model, X, y, 3, cv=3)) == planted
    assert rfe(model, X, y, 3) == planted
    sparse = LogisticRegression(0.05, penalty="l1").fit(X, y)
    assert sparse.coef_[0].nonzero()[:, 0].tolist() == planted


def test_selecting_before_splitting_finds_signal_in_noise():
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(60, 2000, generator=generator).numpy()
    y = (torch.arange(60) % 2).numpy()
    cv = StratifiedKFold(5, shuffle=True, random_state=0)
    knn = KNeighborsClassifier()
    leaked = cross_val_score(knn, X[:, peer.SelectKBest(k=20).fit(X, y).get_support()], y, cv=cv)
    honest = cross_val_score(make_pipeline(SelectKBest(20), knn), X, y, cv=cv)
    assert honest.mean() < 0.65 < 0.8 < leaked.mean()


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="k must be from 1 to the 30 features, got 31"):
        select_k_best(CANCER, KIND, 31)
    with pytest.raises(ValueError, match="score_func must be one of"):
        select_k_best(CANCER, KIND, 3, "chi2")
    with pytest.raises(ValueError, match="needs from 2 to 568 classes, got 1"):
        f_classif(CANCER, 0 * KIND)
    with pytest.raises(ValueError, match="at least 3 examples"):
        f_regression(DIABETES[:2], PROGRESS[:2])
    with pytest.raises(ValueError, match="at least 2 bins"):
        mutual_info(CANCER, KIND, bins=1)
    with pytest.raises(ValueError, match="y must have shape"):
        f_classif(CANCER, KIND[:3])
    with pytest.raises(ValueError, match="features, got 0"):
        forward_selection(LinearRegression(), DIABETES, PROGRESS, 0)
    with pytest.raises(ValueError, match="features, got 11"):
        rfe(LinearRegression(), DIABETES, PROGRESS, 11)
    with pytest.raises(ValueError, match="neither coef_ nor feature_importances_"):
        rfe(KNeighborsRegressor(), DIABETES, PROGRESS, 3)
