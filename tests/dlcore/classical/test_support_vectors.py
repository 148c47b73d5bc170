"""Support vectors against scikit-learn, general quadratic programming, and cases done by hand."""

import numpy as np
import pytest
import sklearn.svm
import torch
from scipy.optimize import minimize
from sklearn.datasets import make_circles, make_classification
from sklearn.metrics import hinge_loss as sklearn_hinge_loss

from dlcore.classical import (
    SMO,
    SVR,
    KernelSVM,
    LinearSVM,
    epsilon_insensitive_loss,
    geometric_margin,
    hinge_loss,
    margin_width,
    rbf_kernel,
    smo,
)
from dlcore.linalg import ConvergenceWarning
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

SIGN = (torch.arange(60) % 2 * 2 - 1).double()
X = gaussian(60, 2) + SIGN[:, None] * torch.tensor([1.0, 0.5])
TWO = torch.tensor([[1.0, 1.0], [-1.0, -1.0]], dtype=torch.float64)
XOR = torch.tensor([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]], dtype=torch.float64)


def box(y, C):
    return (C * y).clamp(max=0), (C * y).clamp(min=0)


def dual(beta, K, y):
    return (y @ beta - beta @ K @ beta / 2).item()


def primal(w, b, C, X=X, y=SIGN):
    return (w @ w / 2 + C * len(X) * hinge_loss(X @ w + b, y)).item()


@pytest.mark.reference("scipy.optimize.minimize", of="dlcore.classical.smo")
@pytest.mark.reference("scipy.optimize.minimize", of="dlcore.classical.SMO")
@pytest.mark.parametrize("C", [0.1, 1.0, 10.0])
def test_smo_against_a_general_solver(C):
    A, y = X[:20], SIGN[:20]
    K = rbf_kernel(A, A, gamma=0.5)
    lower, upper = box(y, C)
    ours = smo(K, y, lower, upper, tol=1e-8)
    assert isinstance(ours, SMO)
    assert ours.gap <= 1e-8
    theirs = minimize(
        lambda a: 0.5 * a @ K.numpy() @ a - y.numpy() @ a,
        np.zeros(20),
        jac=lambda a: K.numpy() @ a - y.numpy(),
        bounds=list(zip(lower.tolist(), upper.tolist(), strict=True)),
        constraints={"type": "eq", "fun": np.sum, "jac": np.ones_like},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert_close(dual(ours.beta, K, y), -theirs.fun, rtol=1e-7)
    assert_close(ours.beta, theirs.x, atol=1e-4)
    assert_close(ours.beta.sum(), 0.0, atol=1e-12)
    assert ((ours.beta >= lower) & (ours.beta <= upper)).all()


def test_two_points():
    model = KernelSVM(10.0, kernel="linear", tol=1e-10).fit(TWO, torch.tensor([1, 0]))
    w = (model.dual_coef_ @ model.support_vectors_)[0]
    assert_close(w, [0.5, 0.5])
    assert_close(model.dual_coef_.abs(), [[0.25, 0.25]])
    assert_close(model.intercept_, [0.0])
    assert_close(margin_width(w), 2 * 2**0.5)
    weak = KernelSVM(0.1, kernel="linear", tol=1e-10).fit(TWO, torch.tensor([1, 0]))
    assert_close((weak.dual_coef_ @ weak.support_vectors_)[0], [0.2, 0.2])


def test_xor_with_a_polynomial_kernel():
    model = KernelSVM(10.0, kernel="poly", degree=2, gamma=1.0, coef0=1.0, tol=1e-10)
    model.fit(XOR, torch.tensor([1, 1, 0, 0]))
    assert_close(model.dual_coef_.abs(), torch.full((1, 4), 0.125))
    points = gaussian(7, 2)
    assert_close(model.decision_function(points), points[:, 0] * points[:, 1], atol=1e-9)


@pytest.mark.reference("sklearn.svm.SVC", of="dlcore.classical.KernelSVM")
@pytest.mark.parametrize("C", [0.1, 1.0, 10.0])
@pytest.mark.parametrize(
    "options",
    [{"kernel": "linear"}, {"kernel": "rbf"}, {"kernel": "poly", "coef0": 1.0, "degree": 2}],
    ids=lambda options: options["kernel"],
)
def test_kernel_svm(C, options):
    y = (SIGN > 0).long()
    ours = KernelSVM(C, tol=1e-7, **options).fit(X, y)
    theirs = sklearn.svm.SVC(C=C, tol=1e-7, **options).fit(X, y)
    assert_close(ours.decision_function(X), theirs.decision_function(X), atol=1e-4)
    assert_close(ours.intercept_, theirs.intercept_, atol=1e-4)
    assert_close(ours.predict(X), theirs.predict(X))
    assert abs(len(ours.support_) - len(theirs.support_)) <= 1
    assert ours.dual_coef_.abs().max() <= C


def test_working_sets_find_what_one_set_finds():
    A, y = make_classification(1100, 5, flip_y=0.1, random_state=0)
    ours = KernelSVM(2.0, tol=1e-5).fit(A, y)
    theirs = sklearn.svm.SVC(C=2.0, tol=1e-5).fit(A, y)
    assert_close(ours.decision_function(A), theirs.decision_function(A), atol=1e-3)
    single = KernelSVM(2.0).fit(torch.from_numpy(A).float(), torch.from_numpy(y))
    assert_close(single.decision_function(A), theirs.decision_function(A), atol=0.01)


@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
def test_the_duality_gap_closes(C):
    model = KernelSVM(C, kernel="linear", tol=1e-9).fit(X, (SIGN > 0).long())
    w = (model.dual_coef_ @ model.support_vectors_)[0]
    beta = torch.zeros(60, dtype=torch.float64)
    beta[model.support_] = model.dual_coef_[0]
    assert_close(primal(w, model.intercept_, C), dual(beta, X @ X.T, SIGN), rtol=1e-6)
    inside = SIGN * model.decision_function(X) < 1 - 1e-6
    assert_close(beta[inside].abs(), torch.full((int(inside.sum()),), C), rtol=1e-6)


def test_a_point_outside_the_margin_does_not_matter():
    model = KernelSVM(kernel="linear", tol=1e-9).fit(X, SIGN)
    margin = SIGN * model.decision_function(X)
    moved = X.clone()
    moved[margin.argmax()] *= 1.5
    again = KernelSVM(kernel="linear", tol=1e-9).fit(moved, SIGN)
    assert_close(again.decision_function(X), model.decision_function(X), atol=1e-6)


def test_own_kernel_and_circles():
    A, y = make_circles(100, noise=0.05, factor=0.5, random_state=0)
    ours = KernelSVM(kernel=lambda P, Q: rbf_kernel(P, Q, gamma=2.0)).fit(A, y)
    assert ours.score(A, y) == 1.0
    theirs = sklearn.svm.SVC(gamma=2.0).fit(A, y)
    assert_close(ours.decision_function(A), theirs.decision_function(A), atol=3e-3)


@pytest.mark.reference("sklearn.svm.SVR", of="dlcore.classical.SVR")
@pytest.mark.parametrize("kernel", ["linear", "rbf"])
@pytest.mark.parametrize("epsilon", [0.0, 0.1, 1.0])
def test_svr(kernel, epsilon):
    y = X[:, 0].sin() * 3 + 0.1 * gaussian(60, seed=3)
    ours = SVR(2.0, epsilon=epsilon, kernel=kernel, tol=1e-7).fit(X, y)
    theirs = sklearn.svm.SVR(C=2.0, epsilon=epsilon, kernel=kernel, tol=1e-7).fit(X, y)
    assert_close(ours.predict(X), theirs.predict(X), atol=1e-4)
    assert abs(len(ours.support_) - len(theirs.support_)) <= 1


def test_a_tube_around_all_targets_needs_no_support_vector():
    model = SVR(epsilon=10.0).fit(X, X[:, 0])
    assert len(model.support_) == 0
    assert_close(model.predict(X).std(), 0.0)
    assert (X[:, 0] - model.predict(X)).abs().max() <= 10


@pytest.mark.reference("numpy", of="dlcore.classical.epsilon_insensitive_loss")
def test_epsilon_insensitive_loss():
    a, b = gaussian(31), gaussian(31, seed=1)
    expected = np.maximum(np.abs(a.numpy() - b.numpy()) - 0.3, 0).mean()
    assert_close(epsilon_insensitive_loss(a, b, 0.3), expected)


@pytest.mark.reference("sklearn.metrics.hinge_loss", of="dlcore.classical.hinge_loss")
def test_hinge_loss():
    scores = gaussian(60)
    assert_close(hinge_loss(scores, SIGN), sklearn_hinge_loss(SIGN, scores))


@pytest.mark.reference("two points by hand", of="dlcore.classical.geometric_margin")
@pytest.mark.reference("two points by hand", of="dlcore.classical.margin_width")
def test_margins_of_two_points():
    w = torch.tensor([0.5, 0.5], dtype=torch.float64)
    y = torch.tensor([1.0, -1.0], dtype=torch.float64)
    assert_close(geometric_margin(TWO, y, w), [2**0.5, 2**0.5])
    assert_close(geometric_margin(TWO, -y, 7 * w), [-(2**0.5), -(2**0.5)])
    assert_close(geometric_margin(TWO, y, w, b=0.5), [2**0.5 + 0.5**0.5, 2**0.5 - 0.5**0.5])
    assert_close(margin_width(w), 2 * 2**0.5)


def test_the_nearest_point_is_half_a_margin_away():
    A = X + 2 * SIGN[:, None]
    model = KernelSVM(1e6, kernel="linear", tol=1e-9).fit(A, SIGN)
    w = (model.dual_coef_ @ model.support_vectors_)[0]
    nearest = geometric_margin(A, SIGN, w, model.intercept_.item()).min()
    assert_close(2 * nearest, margin_width(w), rtol=1e-6)


@pytest.mark.reference("sklearn.svm.SVC", of="dlcore.classical.LinearSVM")
@pytest.mark.parametrize("C", [0.1, 1.0])
def test_linear_svm_reaches_the_objective(C):
    ours = LinearSVM(C, random_state=0).fit(X, SIGN)
    theirs = sklearn.svm.SVC(C=C, kernel="linear", tol=1e-8).fit(X, SIGN)
    best = primal(torch.tensor(theirs.coef_[0]), theirs.intercept_.item(), C)
    assert best <= primal(ours.coef_[0], ours.intercept_.item(), C) < 1.01 * best
    again = LinearSVM(C, random_state=0).fit(X, SIGN)
    assert torch.equal(ours.coef_, again.coef_)


def test_unfinished_work_is_reported():
    with pytest.warns(ConvergenceWarning, match="smo: no convergence after 3 steps"):
        KernelSVM(max_iter=3).fit(X, SIGN)


@pytest.mark.bad_input
def test_bad_input():
    for options, message in (
        ({"C": 0.0}, "C must be positive"),
        ({"kernel": "sigmoid"}, "kernel must be one of"),
        ({"gamma": -1.0}, "gamma must be 'scale' or positive"),
        ({"gamma": "auto"}, "gamma must be 'scale' or positive"),
    ):
        with pytest.raises(ValueError, match=message):
            KernelSVM(**options).fit(X, SIGN)
    with pytest.raises(ValueError, match="Only binary classification"):
        KernelSVM().fit(X, torch.arange(60) % 3)
    with pytest.raises(ValueError, match="C must be positive"):
        LinearSVM(-1.0).fit(X, SIGN)
    with pytest.raises(ValueError, match="epsilon must be at least 0"):
        SVR(epsilon=-1.0).fit(X, SIGN)
    with pytest.raises(ValueError, match="labels -1 and 1"):
        hinge_loss(SIGN, (SIGN > 0).double())
    with pytest.raises(ValueError, match="differ in shape"):
        hinge_loss(SIGN, SIGN[:3])
    with pytest.raises(ValueError, match="w is zero"):
        margin_width(torch.zeros(2))
    with pytest.raises(ValueError, match="do not fit"):
        geometric_margin(X, SIGN, torch.ones(3))
    with pytest.raises(ValueError, match="smo needs K"):
        smo(X, SIGN, *box(SIGN, 1.0))
    with pytest.raises(ValueError, match="box must contain 0"):
        smo(X @ X.T, SIGN, 0 * SIGN + 1, 0 * SIGN + 2)
    with pytest.raises(ValueError, match="equal shapes"):
        epsilon_insensitive_loss(SIGN, SIGN[:3])
