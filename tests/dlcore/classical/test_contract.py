"""Every estimator of the package keeps scikit-learn's contract, for arrays and for tensors."""

import numpy as np
import pytest
import torch
from sklearn.base import BaseEstimator, is_classifier, is_regressor
from sklearn.utils.estimator_checks import check_estimator

import dlcore.classical
from dlcore.data import blobs
from tests.parity import assert_close

# what makes the checks quick, and takes the longer ways; an estimator without an entry is checked
# with its defaults
QUICK: dict[str, dict] = {
    "AdaBoostClassifier": {"n_estimators": 3},
    "BaggingClassifier": {"n_estimators": 2, "oob_score": True},
    "BaggingRegressor": {"n_estimators": 2},
    "GradientBoostingClassifier": {"n_estimators": 3},
    "GradientBoostingRegressor": {
        "n_estimators": 8,
        "learning_rate": 0.5,
        "subsample": 0.7,
        "n_iter_no_change": 8,
    },
    "HistGradientBoostingClassifier": {
        "max_iter": 5,
        "max_depth": 2,
        "max_bins": 16,
        "learning_rate": 0.5,
    },
    "HistGradientBoostingRegressor": {
        "max_iter": 8,
        "max_depth": 2,
        "max_bins": 16,
        "learning_rate": 0.5,
    },
    "LinearSVM": {"epochs": 50},
    "OneVsOneClassifier": {"estimator": dlcore.classical.GaussianNB()},
    "OneVsRestClassifier": {"estimator": dlcore.classical.GaussianNB()},
    "Perceptron": {"max_iter": 50},
    "PlattCalibrator": {"estimator": dlcore.classical.GaussianNB(), "cv": 2},
    "RandomForestClassifier": {"n_estimators": 3, "oob_score": True},
    "RandomForestRegressor": {"n_estimators": 3},
}


def estimators() -> list[BaseEstimator]:
    found = [getattr(dlcore.classical, name) for name in sorted(dlcore.classical.__all__)]
    return [
        cls(**QUICK.get(cls.__name__, {}))
        for cls in found
        if isinstance(cls, type) and issubclass(cls, BaseEstimator)
    ]


def two_classes() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    X, y = blobs(40, torch.tensor([[10.0, 10.0], [12.0, 11.0]]), generator=generator)
    return X.double(), y


ESTIMATORS = pytest.mark.parametrize("estimator", estimators(), ids=lambda e: type(e).__name__)


@ESTIMATORS
def test_the_contract_of_scikit_learn(estimator):
    results = check_estimator(estimator, on_skip=None)
    assert sum(result["status"] == "passed" for result in results) > 30


@ESTIMATORS
def test_tensors_come_back_for_tensors(estimator):
    X, y = two_classes()
    if "random_state" in estimator.get_params():
        estimator.set_params(random_state=0)
    target = X[:, 0].sin() if is_regressor(estimator) else y
    method = "predict" if hasattr(estimator, "predict") else "transform"
    answer = getattr(estimator.fit(X, target), method)(X)
    arrays = getattr(estimator.fit(X.numpy(), target.numpy()), method)(X.numpy())
    assert isinstance(answer, torch.Tensor)
    assert isinstance(arrays, np.ndarray)
    assert_close(answer, arrays, rtol=1e-6, atol=1e-8)
    if is_classifier(estimator):
        words = np.array(["no", "yes"])[y.numpy()]
        assert set(estimator.fit(X.numpy(), words).predict(X.numpy())) <= {"no", "yes"}


@pytest.mark.bad_input
@ESTIMATORS
def test_bad_tensors_are_refused(estimator):
    X, y = two_classes()
    target = X[:, 0] if is_regressor(estimator) else y
    with pytest.raises(ValueError, match="NaN or infinity"):
        estimator.fit(torch.full_like(X, torch.nan), target)
    with pytest.raises(ValueError, match="shape"):
        estimator.fit(X[0], target)
    fitted = estimator.fit(X, target)
    with pytest.raises(ValueError, match="features"):
        getattr(fitted, "predict" if hasattr(fitted, "predict") else "transform")(X[:, :1])
