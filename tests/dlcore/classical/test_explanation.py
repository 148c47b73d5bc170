"""Explanations against scikit-learn, brute force over orders, and models that are known."""

import itertools

import numpy as np
import pytest
import torch
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier as SklearnForest
from sklearn.inspection import permutation_importance as sklearn_importance
from sklearn.linear_model import Ridge as SklearnRidge

from dlcore.classical import lime_explain, permutation_importance, shapley_values
from tests.parity import assert_close

WINE = load_wine(return_X_y=True)


@pytest.mark.reference(
    "sklearn.inspection.permutation_importance", of="dlcore.classical.permutation_importance"
)
@pytest.mark.reference(
    "sklearn.inspection.permutation_importance", of="dlcore.classical.PermutationImportance"
)
def test_permutation_importance():
    X, y = WINE
    model = SklearnForest(20, max_depth=3, random_state=0).fit(X[::2], y[::2])
    ours = permutation_importance(model, X[1::2], y[1::2], n_repeats=30, random_state=0)
    theirs = sklearn_importance(model, X[1::2], y[1::2], n_repeats=30, random_state=0)
    error = (ours.std.numpy() + theirs.importances_std) / 30**0.5
    assert (np.abs(ours.mean.numpy() - theirs.importances_mean) <= 4 * error + 1e-12).all()
    assert ours.falls.shape == (13, 30)


def test_a_feature_that_the_model_does_not_use_has_no_importance():
    class First:
        def score(self, X, y):
            return float((X[:, 0] == y).float().mean())

    y = torch.arange(20.0) % 2
    X = torch.stack([y, y], 1)
    result = permutation_importance(First(), X, y, random_state=0)
    assert result.mean[1] == 0
    assert result.mean[0] > 0.2


def brute_force(predict, x, background):
    """The mean over all orders of what a feature adds when it becomes known."""
    d, total = len(x), np.zeros(len(x))
    orders = list(itertools.permutations(range(d)))
    for order in orders:
        points = background.copy()
        before = predict(points).mean()
        for j in order:
            points[:, j] = x[j]
            after = predict(points).mean()
            total[j] += after - before
            before = after
    return total / len(orders)


@pytest.mark.reference("brute force", of="dlcore.classical.shapley_values")
def test_shapley_values(generator):
    background = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    x = torch.randn(5, generator=generator, dtype=torch.float64)

    def model(X):
        return X[:, 0] * X[:, 1] + X[:, 2] ** 2 - 2 * X[:, 3]

    phi = shapley_values(model, x, background)
    assert_close(phi, brute_force(model, x.numpy(), background.numpy()))
    assert_close(phi.sum(), model(x[None])[0] - model(background).mean())
    assert abs(phi[4]) < 1e-12
    w = torch.randn(5, generator=generator, dtype=torch.float64)
    assert_close(shapley_values(lambda X: X @ w, x, background), w * (x - background.mean(0)))


@pytest.mark.reference("sklearn.linear_model.Ridge", of="dlcore.classical.lime_explain")
@pytest.mark.reference("sklearn.linear_model.Ridge", of="dlcore.classical.LocalExplanation")
def test_lime(generator):
    x = torch.tensor([1.0, -0.5, 2.0], dtype=torch.float64)
    scale = torch.tensor([1.0, 0.2, 3.0], dtype=torch.float64)
    seen = []

    def model(X):
        seen.append(X)
        return torch.sin(X[:, 0]) + X[:, 1] * X[:, 2]

    ours = lime_explain(model, x, scale, n_samples=500, alpha=2.0, generator=generator)
    z = ((seen[0] - x) / scale).numpy()
    w = np.exp(-(z**2).sum(1) / (0.75**2 * 3))
    w *= 500 / w.sum()
    y = model(seen[0]).numpy()
    theirs = SklearnRidge(alpha=2.0).fit(z, y, sample_weight=w)
    assert_close(ours.weights, theirs.coef_)
    assert_close(ours.intercept, theirs.intercept_)
    assert ours.r2 == pytest.approx(theirs.score(z, y, sample_weight=w))


def test_a_linear_model_explains_itself(generator):
    w, scale = torch.tensor([3.0, -1.0]), torch.tensor([2.0, 0.5])
    local = lime_explain(lambda X: X @ w, torch.ones(2), scale, alpha=0.0, generator=generator)
    assert_close(local.weights, w * scale, rtol=1e-4)
    assert local.intercept == pytest.approx(2.0, abs=1e-4)
    assert local.r2 == pytest.approx(1.0, abs=1e-5)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="at most 12"):
        shapley_values(lambda X: X[:, 0], torch.ones(13), torch.ones(2, 13))
    with pytest.raises(ValueError, match="as many"):
        shapley_values(lambda X: X[:, 0], torch.ones(3), torch.ones(2, 4))
    with pytest.raises(ValueError, match="n_repeats"):
        permutation_importance(None, torch.ones(3, 1), torch.ones(3), n_repeats=0)
    for options in ({"n_samples": 2}, {"kernel_width": 0.0}, {"alpha": -1.0}):
        with pytest.raises(ValueError, match="lime_explain"):
            lime_explain(lambda X: X[:, 0], torch.ones(2), torch.ones(2), **options)
