"""Logistic and softmax regression against scikit-learn, at both scales of the penalty."""

import numpy as np
import pytest
import sklearn.linear_model
import torch
from sklearn.datasets import load_breast_cancer, load_wine

from dlcore.classical import Grid, LogisticRegression, SoftmaxRegression, decision_grid
from dlcore.linalg import ConvergenceWarning
from dlcore.numerics import gradient_check
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

X = gaussian(101, 4) * torch.tensor([1.0, 2.0, 0.5, 1.0]) + 1
Y2 = (X[:, 0] - X[:, 1] + gaussian(101, seed=1) > 0).long()
Y3 = Y2 + (X[:, 2] + 0.3 * gaussian(101, seed=2) > 1).long()


def standardized(load):
    A, y = load(return_X_y=True)
    return (A - A.mean(0)) / A.std(0), y


@pytest.mark.reference(
    "sklearn.linear_model.LogisticRegression", of="dlcore.classical.LogisticRegression"
)
@pytest.mark.parametrize("solver", ["newton", "lbfgs", "gd"])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("lam", [0.003, 0.3])
def test_l2(solver, fit_intercept, lam):
    ours = LogisticRegression(
        lam, solver=solver, fit_intercept=fit_intercept, tol=1e-7, max_iter=100_000
    ).fit(X, Y2)
    theirs = sklearn.linear_model.LogisticRegression(
        C=1 / (2 * 101 * lam), fit_intercept=fit_intercept, tol=1e-9, max_iter=1000
    ).fit(X, Y2)
    assert_close(ours.coef_, theirs.coef_, rtol=1e-4, atol=1e-5)
    assert_close(ours.intercept_, theirs.intercept_, rtol=1e-4, atol=1e-5)
    assert_close(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-5)
    assert_close(ours.decision_function(X), theirs.decision_function(X), atol=1e-4)
    assert_close(ours.predict(X), theirs.predict(X))


@pytest.mark.parametrize("lam", [0.03, 0.05])
def test_l1(lam):
    ours = LogisticRegression(lam, penalty="l1", tol=1e-11).fit(X, Y2)
    theirs = sklearn.linear_model.LogisticRegression(
        C=1 / (101 * lam), l1_ratio=1, solver="saga", tol=1e-11, max_iter=100_000
    ).fit(X, Y2)
    assert_close(ours.coef_, theirs.coef_, atol=1e-5)
    assert_close(ours.intercept_, theirs.intercept_, atol=1e-5)
    assert ours.coef_[0].count_nonzero() == np.count_nonzero(theirs.coef_) < 4


@pytest.mark.reference(
    "sklearn.linear_model.LogisticRegression", of="dlcore.classical.SoftmaxRegression"
)
@pytest.mark.parametrize("solver", ["lbfgs", "gd"])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_softmax(solver, fit_intercept):
    ours = SoftmaxRegression(
        0.03, solver=solver, fit_intercept=fit_intercept, tol=1e-6, max_iter=100_000
    ).fit(X, Y3)
    theirs = sklearn.linear_model.LogisticRegression(
        C=1 / (2 * 101 * 0.03), fit_intercept=fit_intercept, tol=1e-9, max_iter=1000
    ).fit(X, Y3)
    assert_close(ours.coef_, theirs.coef_, atol=1e-4)
    assert_close(ours.intercept_, theirs.intercept_, atol=1e-4)
    assert_close(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-5)
    assert_close(ours.predict(X), theirs.predict(X))


def test_softmax_l1():
    ours = SoftmaxRegression(0.03, penalty="l1", tol=1e-9).fit(X, Y3)
    theirs = sklearn.linear_model.LogisticRegression(
        C=1 / (101 * 0.03), l1_ratio=1, solver="saga", tol=1e-11, max_iter=100_000
    ).fit(X, Y3)
    assert_close(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-4)
    assert ours.coef_.count_nonzero() < 12


def test_real_data():
    for load, model in (
        (load_breast_cancer, LogisticRegression(1e-3, tol=1e-8)),
        (load_wine, SoftmaxRegression(1e-3, tol=1e-8)),
    ):
        A, y = standardized(load)
        theirs = sklearn.linear_model.LogisticRegression(C=500 / len(A), tol=1e-8, max_iter=1000)
        assert_close(model.fit(A, y).predict_proba(A), theirs.fit(A, y).predict_proba(A), atol=1e-4)


def test_gradients_by_central_differences():
    shrink = torch.tensor([0.3, 0.3, 0.3, 0.0], dtype=torch.float64)
    for model, y in ((LogisticRegression(), Y2), (SoftmaxRegression(), Y3)):
        model.fit(X, y)
        cost = model._likelihood(X, y)
        W = gaussian(*cost.start().shape)
        check = gradient_check(
            lambda W, c=cost: c.cost_and_gradient(W, shrink)[0],
            W,
            cost.cost_and_gradient(W, shrink)[1],
        )
        assert check, check


def test_separable_data_have_no_best_weights():
    A = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]], dtype=torch.float64)
    y = torch.tensor([0, 0, 1, 1])
    weights = []
    for steps in (10, 100, 1000):
        with pytest.warns(ConvergenceWarning, match="gradient_descent"):
            model = LogisticRegression(0.0, solver="gd", max_iter=steps, tol=0).fit(A, y)
        weights.append(model.coef_.item())
    assert weights[0] + 1 < weights[1] < weights[2] - 1
    assert LogisticRegression(0.01).fit(A, y).coef_.item() < weights[1]


def test_large_scores_stay_finite():
    model = LogisticRegression().fit(X, Y2)
    p = model.predict_proba(1e5 * X)
    assert p.isfinite().all()
    assert_close(p.sum(1), torch.ones(101))


@pytest.mark.reference(
    "the line of points with probability one half", of="dlcore.classical.decision_grid"
)
@pytest.mark.reference("numpy.meshgrid", of="dlcore.classical.Grid")
def test_decision_grid():
    model = LogisticRegression(tol=1e-8).fit(X[:, :2], Y2)
    grid = decision_grid(lambda P: model.predict_proba(P)[:, 1], X[:, :2], resolution=101)
    assert isinstance(grid, Grid)
    mesh = np.stack(np.meshgrid(grid.u, grid.v), -1)
    (w1, w2), b = model.coef_[0].tolist(), model.intercept_.item()
    above = w1 * mesh[..., 0] + w2 * mesh[..., 1] + b > 0
    assert_close(grid.values > 0.5, above)
    on_line = torch.stack([grid.u, -(w1 * grid.u + b) / w2], 1)
    assert_close(model.predict_proba(on_line), torch.full((101, 2), 0.5), atol=1e-9)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="Only binary classification"):
        LogisticRegression().fit(X, Y3)
    with pytest.raises(ValueError, match="needs 2 classes, got 1 class"):
        SoftmaxRegression().fit(X, torch.ones(101))
    with pytest.raises(ValueError, match="lam must be at least 0"):
        LogisticRegression(-0.1).fit(X, Y2)
    with pytest.raises(ValueError, match="penalty must be 'l1' or 'l2'"):
        LogisticRegression(penalty="l3").fit(X, Y2)
    with pytest.raises(ValueError, match=r"must be one of \['proximal'\], got 'newton'"):
        LogisticRegression(penalty="l1", solver="newton").fit(X, Y2)
    with pytest.raises(ValueError, match=r"shape \(n, 2\)"):
        decision_grid(lambda P: P[:, 0], X)
    with pytest.raises(ValueError, match="resolution"):
        decision_grid(lambda P: P[:, 0], X[:, :2], resolution=1)
    with pytest.raises(ValueError, match="one number a point"):
        decision_grid(lambda P: P, X[:, :2])
