"""Polynomial features against scikit-learn, and the map behind the polynomial kernel."""

import math

import pytest
import torch
from sklearn.metrics.pairwise import polynomial_kernel
from sklearn.preprocessing import PolynomialFeatures

from dlcore.classical import polynomial_feature_map, polynomial_features
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close


@pytest.mark.reference(
    "sklearn.preprocessing.PolynomialFeatures", of="dlcore.classical.polynomial_features"
)
@pytest.mark.parametrize("degree", [1, 2, 5])
@pytest.mark.parametrize("bias", [True, False])
def test_polynomial_features(degree, bias):
    X = gaussian(7, 3)
    theirs = PolynomialFeatures(degree, include_bias=bias).fit_transform(X.numpy())
    assert_close(polynomial_features(X, degree, bias=bias), theirs)


@pytest.mark.reference(
    "sklearn.metrics.pairwise.polynomial_kernel", of="dlcore.classical.polynomial_feature_map"
)
@pytest.mark.parametrize(("n", "degree"), [(3, 2), (3, 4), (2, 5), (1, 3)])
@pytest.mark.parametrize("c", [0.0, 1.0, 2.5])
def test_polynomial_feature_map(n, degree, c):
    X, Z = gaussian(7, n), gaussian(5, n, seed=1)
    mine = polynomial_feature_map(X, degree, c) @ polynomial_feature_map(Z, degree, c).T
    assert_close(mine, polynomial_kernel(X, Z, degree=degree, gamma=1, coef0=c), rtol=1e-9)
    assert polynomial_feature_map(X, degree, c).shape[1] == math.comb(n + degree, degree)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="degree must be at least 1, got 0"):
        polynomial_features(gaussian(3, 2), 0)
    with pytest.raises(ValueError, match="c must be at least 0, got -1"):
        polynomial_feature_map(gaussian(3, 2), 2, -1.0)
    with pytest.raises(ValueError, match="one matrix"):
        polynomial_features(torch.ones(3), 2)
