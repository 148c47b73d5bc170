"""Least squares against NumPy and scikit-learn, its geometry, and what it does with bad columns."""

import numpy as np
import pytest
import sklearn.linear_model
import torch

from dlcore.classical import (
    LinearRegression,
    add_bias_column,
    hat_matrix,
    loo_residuals,
    normal_equation,
)
from dlcore.linalg import NotPositiveDefiniteError, SingularMatrixError
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

X, Y = gaussian(31, 5) + 3, gaussian(31, seed=1) + 7


@pytest.mark.reference("numpy.column_stack", of="dlcore.classical.add_bias_column")
def test_add_bias_column():
    assert_close(add_bias_column(X), np.column_stack([X.numpy(), np.ones(31)]))


@pytest.mark.reference("numpy.linalg.lstsq", of="dlcore.classical.normal_equation")
def test_normal_equation():
    A = add_bias_column(X)
    assert_close(normal_equation(A, Y), np.linalg.lstsq(A, Y)[0], rtol=1e-8)


def test_line_of_exercise():
    points = torch.tensor([[1.0], [2.0], [3.0], [4.0]], dtype=torch.float64)
    w = normal_equation(add_bias_column(points), 2 * points[:, 0])
    assert_close(w, [2.0, 0.0], atol=1e-12)


def test_the_normal_equation_squares_the_condition_number():
    A = torch.linspace(0, 1, 50, dtype=torch.float64)[:, None] ** torch.arange(12)
    w = torch.ones(12, dtype=torch.float64)
    y = A @ w
    careful = torch.linalg.lstsq(A, y[:, None], driver="gelsd").solution[:, 0]
    assert (careful - w).norm() < 1e-6
    assert (normal_equation(A, y) - w).norm() > 1e-3
    model = LinearRegression(fit_intercept=False).fit(A, y)
    assert (model.coef_ - w).norm() < 1e-6


@pytest.mark.reference(
    "sklearn.linear_model.LinearRegression", of="dlcore.classical.LinearRegression"
)
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("n", [31, 3])
def test_linear_regression(n, fit_intercept):
    A, y = X[:n].numpy(), Y[:n].numpy()
    ours = LinearRegression(fit_intercept=fit_intercept).fit(A, y)
    theirs = sklearn.linear_model.LinearRegression(fit_intercept=fit_intercept).fit(A, y)
    assert_close(ours.coef_, theirs.coef_, rtol=1e-8)
    assert_close(ours.intercept_, theirs.intercept_, rtol=1e-8)
    assert_close(ours.predict(A), theirs.predict(A), rtol=1e-8)
    assert_close(ours.score(A, y), theirs.score(A, y), rtol=1e-8)


def test_dependent_columns_get_the_shortest_weights():
    twins = torch.cat([X, X[:, :1]], 1)
    model = LinearRegression().fit(twins, Y)
    theirs = sklearn.linear_model.LinearRegression().fit(twins, Y)
    assert_close(model.coef_, theirs.coef_, rtol=1e-8)
    assert_close(model.coef_[0], model.coef_[-1], rtol=1e-8)
    dummies = torch.eye(3, dtype=torch.float64).repeat(4, 1)
    with pytest.raises(NotPositiveDefiniteError):
        normal_equation(add_bias_column(dummies), Y[:12])
    fitted = LinearRegression().fit(dummies, Y[:12]).predict(dummies)
    assert_close(fitted[:3], Y[:12].reshape(4, 3).mean(0))


def test_the_residual_is_orthogonal_to_the_columns():
    residual = Y - LinearRegression().fit(X, Y).predict(X)
    assert_close(add_bias_column(X).T @ residual, torch.zeros(6), atol=1e-11)


@pytest.mark.reference("X @ numpy.linalg.pinv(X)", of="dlcore.classical.hat_matrix")
def test_hat_matrix():
    A = add_bias_column(X)
    H = hat_matrix(A)
    assert_close(H, A.numpy() @ np.linalg.pinv(A.numpy()), atol=1e-10)
    assert_close(H.trace(), 6.0)
    assert_close(H @ H, H, atol=1e-12)


@pytest.mark.reference(
    "sklearn.linear_model.LinearRegression on n - 1 rows", of="dlcore.classical.loo_residuals"
)
def test_loo_residuals():
    A, y = X.numpy(), Y.numpy()
    expected = []
    for i in range(31):
        others = np.arange(31) != i
        model = sklearn.linear_model.LinearRegression().fit(A[others], y[others])
        expected.append(y[i] - model.predict(A[i : i + 1])[0])
    assert_close(loo_residuals(add_bias_column(X), Y), expected, rtol=1e-8)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="one matrix of shape"):
        add_bias_column(Y)
    with pytest.raises(ValueError, match="b must have shape"):
        normal_equation(X, Y[:3])
    with pytest.raises(SingularMatrixError):
        hat_matrix(torch.ones(3, 2))
    with pytest.raises(ValueError, match="without example 0"):
        loo_residuals(torch.tensor([[1.0, 1.0], [0.0, 1.0], [0.0, 1.0]]), torch.ones(3))
