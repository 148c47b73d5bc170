"""Ridge, lasso and elastic net against scikit-learn, at the scale of each, and their conditions."""

import numpy as np
import pytest
import sklearn.linear_model
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes

from dlcore.classical import (
    ElasticNet,
    Lasso,
    LinearRegression,
    Path,
    Ridge,
    add_bias_column,
    lasso_path,
    proximal_gradient,
    ridge_path,
)
from dlcore.linalg import ConvergenceWarning, ridge_solve, soft_threshold
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

X, Y = gaussian(31, 5) + 3, gaussian(31, 5)[:, 0] + gaussian(31, seed=1) + 7
LINE = torch.tensor([[1.0], [2.0], [3.0], [4.0]], dtype=torch.float64)


def same_line(ours, theirs, **tolerance):
    assert_close(ours.coef_, theirs.coef_, **tolerance)
    assert_close(ours.intercept_, theirs.intercept_, **tolerance)


@pytest.mark.reference("sklearn.linear_model.Ridge", of="dlcore.classical.Ridge")
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("lam", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("n", [31, 3])
def test_ridge(n, lam, fit_intercept):
    ours = Ridge(lam, fit_intercept=fit_intercept).fit(X[:n], Y[:n])
    theirs = sklearn.linear_model.Ridge(lam, fit_intercept=fit_intercept).fit(X[:n], Y[:n])
    same_line(ours, theirs, rtol=1e-8)


def test_the_intercept_is_not_penalized():
    model = Ridge(1.0).fit(LINE, 2 * LINE[:, 0])
    assert_close([model.coef_.item(), model.intercept_.item()], [5 / 3, 5 / 6])
    moved = Ridge(1.0).fit(LINE, 2 * LINE[:, 0] + 1000)
    assert_close(moved.coef_, model.coef_, rtol=1e-9)
    penalized = ridge_solve(add_bias_column(LINE), 2 * LINE[:, 0], 1.0)
    assert_close(penalized, [20 / 11, 4 / 11])


def test_no_penalty_is_least_squares():
    twins = torch.cat([X, X[:, :1]], 1)
    same_line(Ridge(0.0).fit(twins, Y), LinearRegression().fit(twins, Y), rtol=1e-8)


@pytest.mark.reference("sklearn.linear_model.Ridge", of="dlcore.classical.ridge_path")
@pytest.mark.reference("sklearn.linear_model.Ridge", of="dlcore.classical.Path")
def test_ridge_path():
    lams = torch.tensor([0.1, 3.0, 50.0], dtype=torch.float64)
    path = ridge_path(X, Y, lams)
    assert isinstance(path, Path)
    for lam, w, b in zip(*path, strict=True):
        theirs = sklearn.linear_model.Ridge(lam.item()).fit(X, Y)
        assert_close(w, theirs.coef_, rtol=1e-8)
        assert_close(b, theirs.intercept_, rtol=1e-8)


@pytest.mark.reference("sklearn.linear_model.Lasso", of="dlcore.classical.Lasso")
@pytest.mark.parametrize("solver", ["coordinate_descent", "ista"])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("lam", [0.5, 5.0, 30.0])
def test_lasso(lam, fit_intercept, solver):
    ours = Lasso(lam, fit_intercept=fit_intercept, solver=solver, tol=1e-13).fit(X, Y)
    theirs = sklearn.linear_model.Lasso(lam / (2 * 31), fit_intercept=fit_intercept, tol=1e-12)
    same_line(ours, theirs.fit(X, Y), rtol=1e-5, atol=1e-6)
    assert_close(ours.coef_ == 0, theirs.coef_ == 0)


@pytest.mark.reference("sklearn.linear_model.ElasticNet", of="dlcore.classical.ElasticNet")
@pytest.mark.parametrize("solver", ["coordinate_descent", "ista"])
@pytest.mark.parametrize(("lam1", "lam2"), [(5.0, 1.0), (30.0, 0.1), (1.0, 10.0)])
def test_elastic_net(lam1, lam2, solver):
    ours = ElasticNet(lam1, lam2, solver=solver, tol=1e-13).fit(X, Y)
    alpha = lam1 / (2 * 31) + lam2 / 31
    theirs = sklearn.linear_model.ElasticNet(alpha, l1_ratio=lam1 / (2 * 31) / alpha, tol=1e-12)
    same_line(ours, theirs.fit(X, Y), rtol=1e-5, atol=1e-6)


@given(st.floats(0.01, 60.0), st.integers(0, 99))
def test_conditions_of_the_optimum(lam, seed):
    A, y = gaussian(13, 5, seed=seed), gaussian(13, seed=seed + 1)
    model = Lasso(lam, tol=1e-14).fit(A, y)
    slope = 2 * A.T @ (y - model.predict(A))
    active = model.coef_ != 0
    assert_close(slope[active], lam * model.coef_[active].sign(), rtol=1e-4, atol=1e-5)
    assert (slope[~active].abs() <= lam + 1e-5).all()


def test_the_penalty_from_which_all_weights_are_zero():
    centred = X - X.mean(0)
    limit = 2 * (centred.T @ Y).abs().max().item()
    assert not Lasso(limit * 1.0001).fit(X, Y).coef_.any()
    assert Lasso(limit * 0.999).fit(X, Y).coef_.any()


def test_twins_share_the_weight_unless_the_lasso_chooses():
    twins = torch.cat([X[:, :1], X[:, :1]], 1)
    ridge, lasso = Ridge(1.0).fit(twins, Y), Lasso(1.0).fit(twins, Y)
    assert_close(ridge.coef_[0], ridge.coef_[1], rtol=1e-8)
    assert (lasso.coef_ == 0).sum() == 1
    net = ElasticNet(1.0, 1.0, tol=1e-14).fit(twins, Y)
    assert_close(net.coef_[0], net.coef_[1], rtol=1e-4)


def test_zeros_on_the_diabetes_data():
    A, y = load_diabetes(return_X_y=True)
    for alpha, zeros in ((0.1, 3), (1.0, 7)):
        theirs = sklearn.linear_model.Lasso(alpha).fit(A, y)
        ours = Lasso(alpha * 2 * len(A)).fit(A, y)
        assert (ours.coef_ == 0).sum() == (theirs.coef_ == 0).sum() == zeros


@pytest.mark.reference("sklearn.linear_model.lasso_path", of="dlcore.classical.lasso_path")
def test_lasso_path():
    path = lasso_path(X, Y, tol=1e-13)
    centred = (X - X.mean(0)).numpy()
    alphas, coefs, _ = sklearn.linear_model.lasso_path(
        centred, (Y - Y.mean()).numpy(), alphas=path.lams.numpy() / 62, tol=1e-12
    )
    assert_close(path.coefs, coefs.T, rtol=1e-4, atol=1e-6)
    assert_close(path.intercepts, Y.mean() - path.coefs @ X.mean(0))
    assert_close(path.lams[0] / path.lams[-1], 1000.0)
    assert np.all(np.diff(alphas) < 0)


@pytest.mark.reference("sklearn.linear_model.Lasso", of="dlcore.classical.proximal_gradient")
@pytest.mark.parametrize("accelerate", [True, False])
def test_proximal_gradient(accelerate):
    step = 1 / (2 * torch.linalg.matrix_norm(X, 2).item() ** 2)
    w, steps = proximal_gradient(
        lambda w: 2 * X.T @ (X @ w - Y),
        lambda v: soft_threshold(v, 20 * step),
        torch.zeros(5, dtype=torch.float64),
        step,
        accelerate=accelerate,
        tol=1e-12,
        max_iter=100_000,
    )
    assert steps > 1
    theirs = sklearn.linear_model.Lasso(20 / 62, fit_intercept=False, tol=1e-12).fit(X, Y)
    assert_close(w, theirs.coef_, rtol=1e-5, atol=1e-7)


def test_unfinished_work_is_reported():
    with pytest.warns(ConvergenceWarning, match="coordinate_descent: no convergence after 1 steps"):
        Lasso(0.1, max_iter=1, tol=1e-14).fit(X, Y)
    with pytest.warns(ConvergenceWarning, match="proximal_gradient"):
        Lasso(0.1, max_iter=1, solver="ista").fit(X, Y)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="Ridge: lam must be at least 0, got -1"):
        Ridge(-1).fit(X, Y)
    with pytest.raises(ValueError, match="Lasso: lam must be at least 0"):
        Lasso(float("nan")).fit(X, Y)
    with pytest.raises(ValueError, match="solver must be"):
        ElasticNet(solver="newton").fit(X, Y)
    with pytest.raises(ValueError, match="lasso_path: lam"):
        lasso_path(X, Y, torch.tensor([-1.0]))
    with pytest.raises(ValueError, match="step must be positive"):
        proximal_gradient(lambda w: w, lambda w: w, Y, 0.0)
