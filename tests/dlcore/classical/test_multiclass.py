"""Several classes by classifiers of two, and Platt's probabilities, against scikit-learn."""

import numpy as np
import pytest
import sklearn.multiclass as peer
import torch
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.metrics import log_loss
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from dlcore.classical import (
    KernelSVM,
    LogisticRegression,
    OneVsOneClassifier,
    OneVsRestClassifier,
    PlattCalibrator,
    StratifiedKFold,
)
from tests.parity import assert_close

WINE, KIND = load_wine(return_X_y=True)
WINE = (WINE - WINE.mean(0)) / WINE.std(0)


@pytest.mark.reference(
    "sklearn.multiclass.OneVsRestClassifier", of="dlcore.classical.OneVsRestClassifier"
)
@pytest.mark.reference(
    "sklearn.multiclass.OneVsOneClassifier", of="dlcore.classical.OneVsOneClassifier"
)
@pytest.mark.parametrize("name", ["OneVsRestClassifier", "OneVsOneClassifier"])
@pytest.mark.parametrize("classes", [3, 2])
def test_against_scikit_learn(name, classes):
    ours_of = {"OneVsRestClassifier": OneVsRestClassifier, "OneVsOneClassifier": OneVsOneClassifier}
    X, y = WINE[classes > KIND], KIND[classes > KIND]
    ours = ours_of[name](KernelSVM(tol=1e-7)).fit(X, y)
    theirs = getattr(peer, name)(SVC(tol=1e-7)).fit(X, y)
    if (name, classes) != (
        "OneVsOneClassifier",
        2,
    ):  # there the score itself, not a vote and a half
        assert_close(ours.decision_function(X), theirs.decision_function(X), atol=1e-4)
    assert_close(ours.predict(X), theirs.predict(X))
    assert len(ours.estimators_) == len(theirs.estimators_)


def test_one_against_one_is_what_the_svm_of_scikit_learn_does():
    ours = OneVsOneClassifier(KernelSVM(gamma=0.05, tol=1e-7)).fit(WINE, KIND)
    assert_close(ours.predict(WINE), SVC(gamma=0.05, tol=1e-7).fit(WINE, KIND).predict(WINE))


def test_classifiers_with_probabilities_alone():
    ours = OneVsRestClassifier(GaussianNB()).fit(WINE, KIND)
    theirs = peer.OneVsRestClassifier(GaussianNB()).fit(WINE, KIND)
    assert_close(ours.predict(WINE), theirs.predict(WINE))


@pytest.mark.reference(
    "sklearn.calibration.CalibratedClassifierCV", of="dlcore.classical.PlattCalibrator"
)
def test_platt_scaling():
    X, y = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(0)) / X.std(0)
    ours = PlattCalibrator(KernelSVM(tol=1e-6)).fit(X, y)
    theirs = CalibratedClassifierCV(
        SVC(tol=1e-6), method="sigmoid", ensemble=False, cv=StratifiedKFold(5)
    ).fit(X, y)
    assert_close(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-4)
    assert ours.slope_.item() > 0


def test_probabilities_of_noisy_labels_are_honest():
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(400, 2, generator=generator, dtype=torch.float64)
    p = torch.sigmoid(2 * X[:, 0])
    y = (torch.rand(400, generator=generator) < p).long()
    model = PlattCalibrator(KernelSVM(kernel="linear")).fit(X[:200], y[:200])
    estimate = model.predict_proba(X[200:])
    naive = torch.sigmoid(3 * model.estimator_.decision_function(X[200:]))
    loss = log_loss(y[200:], estimate)
    assert loss < log_loss(y[200:], naive)
    assert loss < log_loss(y[200:], p[200:]) + 0.05


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="Only binary classification"):
        PlattCalibrator(KernelSVM()).fit(WINE, KIND)
    with pytest.raises(ValueError, match="2 classes, got 1 class"):
        OneVsRestClassifier(LogisticRegression()).fit(WINE, np.ones(len(WINE)))
