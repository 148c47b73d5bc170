"""PCA against scikit-learn, on the digits, and its contract as an estimator."""

import numpy as np
import pytest
import sklearn.decomposition
import torch
from sklearn.utils.estimator_checks import check_estimator

from dlcore.data import load_digits
from dlcore.linalg import PCA, whiten
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

X = (gaussian(31, 7) @ gaussian(7, 7, seed=1) + 3).numpy()
DIGITS = load_digits()
LEARNED = [
    "components_",
    "explained_variance_",
    "explained_variance_ratio_",
    "singular_values_",
    "mean_",
    "n_components_",
]


def same_as_sklearn(X, **options):
    ours = PCA(**options).fit(X)
    theirs = sklearn.decomposition.PCA(svd_solver="full", **options).fit(X)
    for name in LEARNED[1:]:
        assert_close(getattr(ours, name), getattr(theirs, name), rtol=1e-8, atol=1e-12)
    sign = np.sign((ours.components_ * theirs.components_).sum(1))
    assert_close(ours.components_, theirs.components_ * sign[:, None], atol=1e-7)
    assert_close(ours.transform(X), theirs.transform(X) * sign, rtol=1e-7, atol=1e-7)
    back = ours.inverse_transform(ours.transform(X))
    assert_close(back, theirs.inverse_transform(theirs.transform(X)), rtol=1e-7, atol=1e-7)
    return ours


@pytest.mark.reference("sklearn.decomposition.PCA", of="dlcore.linalg.PCA")
@pytest.mark.parametrize("n_components", [None, 1, 3, 7, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("whiten", [True, False])
def test_parity(n_components, whiten):
    same_as_sklearn(X, n_components=n_components, whiten=whiten)
    same_as_sklearn(X[:5], n_components=0.9, whiten=whiten)


def test_digits():
    digits = DIGITS.train.X.double().numpy()
    pca = same_as_sklearn(digits, n_components=11)
    centred = digits - digits.mean(0)
    lost = ((digits - pca.inverse_transform(pca.transform(digits))) ** 2).sum()
    kept = pca.explained_variance_ratio_.sum()
    assert_close(lost / (centred**2).sum(), 1 - kept, rtol=1e-7)


@pytest.mark.parametrize("estimator", [PCA(), PCA(n_components=1, whiten=True)])
def test_the_contract_of_scikit_learn(estimator):
    results = check_estimator(estimator, on_skip=None)
    assert sum(result["status"] == "passed" for result in results) > 30


def test_tensors_give_tensors_of_their_type():
    numbers = torch.from_numpy(X).float()
    pca = PCA(3).fit(numbers)
    assert pca.components_.dtype == torch.float32
    assert pca.fit_transform(numbers).dtype == torch.float32
    assert_close(pca.transform(numbers), PCA(3).fit_transform(X), rtol=1e-3, atol=1e-3)
    assert_close(pca.inverse_transform(pca.transform(numbers)).shape, (31, 7))
    assert isinstance(PCA(3).fit(X).transform(numbers), torch.Tensor)
    assert isinstance(pca.transform(X), np.ndarray)
    assert list(pca.get_feature_names_out()) == ["pca0", "pca1", "pca2"]


def test_the_mean_is_that_of_the_training_data():
    pca = PCA(2).fit(X)
    assert_close(pca.transform(X + 1) - pca.transform(X), np.tile(pca.components_.sum(1), (31, 1)))


def test_constant_data_have_no_variance():
    pca = PCA(whiten=True).fit(torch.ones(5, 3))
    assert not pca.explained_variance_.any()
    assert not pca.transform(torch.ones(5, 3)).any()


@pytest.mark.reference("sklearn.decomposition.PCA(whiten=True)", of="dlcore.linalg.whiten")
def test_whiten():
    numbers = torch.from_numpy(X)
    Z = whiten(numbers)
    theirs = sklearn.decomposition.PCA(whiten=True).fit_transform(X)
    assert_close(Z.abs(), np.abs(theirs), rtol=1e-7, atol=1e-9)
    assert_close(Z, PCA(whiten=True).fit_transform(numbers), rtol=1e-7, atol=1e-9)
    for zca in (True, False):
        assert_close(whiten(numbers, zca=zca).T.cov(), torch.eye(7), atol=1e-10)
    values, V = torch.linalg.eigh(numbers.T.cov())
    root = V / values.sqrt() @ V.T
    assert_close(whiten(numbers, zca=True), (numbers - numbers.mean(0)) @ root, atol=1e-8)


@pytest.mark.bad_input
def test_bad_input():
    for numbers in (X, torch.from_numpy(X)):
        for k in (0, 8, 1.5, -0.1, "two"):
            with pytest.raises(ValueError, match="a share below 1 or from 1 to 7, got"):
                PCA(k).fit(numbers)
        with pytest.raises(ValueError, match=r"X has 3 features"):
            PCA().fit(numbers).transform(numbers[:, :3])
        with pytest.raises(ValueError, match="NaN"):
            PCA().fit(numbers * np.nan)
    with pytest.raises(ValueError, match="PCA needs at least 2 examples, got 1"):
        PCA().fit(torch.ones(1, 3))
    for singular in (torch.ones(5, 3), torch.eye(3), torch.zeros(7, 2)):
        with pytest.raises(ValueError, match=r"the covariance of X, .* is singular"):
            whiten(singular)
