"""Shares of the variance, and how many components reach a level."""

import numpy as np
import pytest
import sklearn.datasets
import sklearn.decomposition
import torch

import dlcore.linalg
from dlcore.factor import PCA, choose_n_components, covariance_spectrum, explained_variance_ratio
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

DIGITS = torch.from_numpy(sklearn.datasets.load_digits().data)


@pytest.mark.reference("numpy.linalg.eigvalsh", of="dlcore.factor.covariance_spectrum")
def test_the_spectrum_is_that_of_the_covariance():
    for X in (gaussian(31, 7), gaussian(5, 7)):
        expected = np.linalg.eigvalsh(np.cov(X.numpy().T, bias=True))[::-1].copy()
        assert_close(covariance_spectrum(X), expected, atol=1e-12)
        assert covariance_spectrum(X.float()).dtype == torch.float32


@pytest.mark.reference(
    "sklearn.decomposition.PCA.explained_variance_ratio_",
    of="dlcore.factor.explained_variance_ratio",
)
def test_shares_of_the_digits():
    ratio = explained_variance_ratio(DIGITS)
    theirs = sklearn.decomposition.PCA(svd_solver="full").fit(DIGITS.numpy())
    assert_close(ratio, theirs.explained_variance_ratio_, atol=1e-12)
    cumulative = ratio.cumsum(0)[[0, 1, 4, 9, 19, 29]]
    expected = [0.1489, 0.2851, 0.5450, 0.7382, 0.8943, 0.9591]
    assert_close(cumulative, torch.tensor(expected), atol=5e-5)


@pytest.mark.reference(
    "sklearn.decomposition.PCA(n_components=0.9)", of="dlcore.factor.choose_n_components"
)
@pytest.mark.parametrize(("level", "k"), [(0.9, 21), (0.95, 29), (0.99, 41)])
def test_how_many_reach_a_level(level, k):
    for X in (DIGITS, DIGITS.float()):
        assert choose_n_components(explained_variance_ratio(X), level) == k
    theirs = sklearn.decomposition.PCA(level, svd_solver="full").fit(DIGITS.numpy())
    assert theirs.n_components_ == k


def test_a_level_that_is_just_reached_counts():
    half = torch.tensor([0.5, 0.25, 0.25])
    assert [choose_n_components(half, level) for level in (0.5, 0.51, 0.75, 1.0)] == [1, 2, 2, 3]
    assert choose_n_components(torch.tensor([0.7, 0.3, 0.0]), 1.0) == 2


def test_pca_is_that_of_the_second_chapter():
    assert PCA is dlcore.linalg.PCA


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="nothing varies"):
        explained_variance_ratio(torch.ones(3, 2))
    with pytest.raises(ValueError, match="needs one matrix"):
        covariance_spectrum(torch.ones(3))
    with pytest.raises(ValueError, match="at least one example"):
        covariance_spectrum(torch.ones(0, 3))
    with pytest.raises(TypeError, match="floating-point"):
        explained_variance_ratio(torch.ones(3, 2, dtype=torch.long))
    for level in (0, 1.1):
        with pytest.raises(ValueError, match="level must be in"):
            choose_n_components(torch.tensor([1.0]), level)
    for shares in ([0.3, 0.7], [4.0, 1.0], [1.2, -0.2], [[1.0]], [], [float("nan")]):
        with pytest.raises(ValueError, match="decreasing shares that sum to 1"):
            choose_n_components(torch.tensor(shares))
