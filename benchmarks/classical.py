"""Linear models, support vectors, naive Bayes and neighbours beside scikit-learn: 10,000 examples.

Both calls of a pair get the same arrays and return what they predict, or the weights they found, so
that speed is compared at equal accuracy.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import sklearn.linear_model
import sklearn.naive_bayes
import sklearn.neighbors
import sklearn.svm
import torch
from sklearn.datasets import make_classification

import dlcore.classical as ours

Pair = tuple[Callable[[], object], Callable[[], object]]
Make = Callable[..., Pair]
N, FEATURES = 10_000, 50
LAM = 1e-3


def _data(n: int, features: int = FEATURES, classes: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Standardized examples with 5 in 100 labels at random."""
    X, y = make_classification(
        n, features, n_informative=10, n_classes=classes, flip_y=0.05, random_state=0
    )
    return (X - X.mean(0)) / X.std(0), y


def _numbers(*values: Any) -> tuple[torch.Tensor, ...]:
    return tuple(torch.as_tensor(np.asarray(value), dtype=torch.float64) for value in values)


def _fitted_and_read(
    mine: Callable[[int], Any],
    peer: Callable[[int], Any],
    read: Callable[[Any, np.ndarray], Any],
    **options: int,
) -> Make:
    """Fit both on n examples and read something off them; `mine` and `peer` may depend on n."""

    def make(device: torch.device, n: int = N) -> Pair:
        X, y = _data(n, **options)

        def run(model: Callable[[int], Any]) -> Callable[[], object]:
            return lambda: _numbers(read(model(n).fit(X, y), X))

        return run(mine), run(peer)

    return make


def _weights(model: Any, X: np.ndarray) -> Any:
    return model.coef_


def _probabilities(model: Any, X: np.ndarray) -> Any:
    return model.predict_proba(X)


def _scores(model: Any, X: np.ndarray) -> Any:
    return model.decision_function(X[:500])


def _values(model: Any, X: np.ndarray) -> Any:
    return model.predict(X[:500])


def _brute_force(device: torch.device, n: int = N) -> Pair:
    X, y = _data(n, 20)
    return (
        lambda: _numbers(*ours.KNeighborsClassifier(5).fit(X, y).kneighbors(X)),
        lambda: _numbers(
            *sklearn.neighbors.KNeighborsClassifier(5, algorithm="brute").fit(X, y).kneighbors(X)
        ),
    )


def _tree(mine: Callable, peer: Callable, features: int) -> Make:
    """Build the tree and ask for the five nearest of as many new points."""

    def make(device: torch.device, n: int = N) -> Pair:
        generator = torch.Generator().manual_seed(0)
        X, Q = torch.randn(2, n, features, dtype=torch.float64, generator=generator)
        x, q = X.numpy(), Q.numpy()
        X, Q = X.to(device), Q.to(device)
        return (
            lambda: _numbers(mine(X).query(Q, 5).distances.cpu()),
            lambda: _numbers(peer(x).query(q, 5)[0]),
        )

    return make


linear, svm, bayes = sklearn.linear_model, sklearn.svm, sklearn.naive_bayes
CLASSICAL: dict[str, tuple[str, Make]] = {
    "linear regression": (
        "sklearn LinearRegression",
        _fitted_and_read(
            lambda n: ours.LinearRegression(), lambda n: linear.LinearRegression(), _weights
        ),
    ),
    "ridge regression": (
        "sklearn Ridge",
        _fitted_and_read(lambda n: ours.Ridge(), lambda n: linear.Ridge(), _weights),
    ),
    "lasso": (
        "sklearn Lasso",
        _fitted_and_read(
            lambda n: ours.Lasso(n / 100, tol=1e-10),
            lambda n: linear.Lasso(1 / 200, tol=1e-10),
            _weights,
        ),
    ),
    "logistic regression": (
        "sklearn LogisticRegression",
        _fitted_and_read(
            lambda n: ours.LogisticRegression(LAM),
            lambda n: linear.LogisticRegression(C=1 / (2 * n * LAM)),
            _probabilities,
        ),
    ),
    "softmax regression, 5 classes": (
        "sklearn LogisticRegression",
        _fitted_and_read(
            lambda n: ours.SoftmaxRegression(LAM),
            lambda n: linear.LogisticRegression(C=1 / (2 * n * LAM)),
            _probabilities,
            classes=5,
        ),
    ),
    "Gaussian naive Bayes": (
        "sklearn GaussianNB",
        _fitted_and_read(
            lambda n: ours.GaussianNB(), lambda n: bayes.GaussianNB(), _probabilities, classes=5
        ),
    ),
    "support vectors, SMO": (
        "sklearn SVC",
        _fitted_and_read(lambda n: ours.KernelSVM(), lambda n: svm.SVC(), _scores, features=20),
    ),
    "support vector regression": (
        "sklearn SVR",
        _fitted_and_read(lambda n: ours.SVR(), lambda n: svm.SVR(), _values, features=20),
    ),
    "5 nearest of all, 20 features": ("sklearn, brute force", _brute_force),
    "k-d tree, 3 features": (
        "sklearn KDTree",
        _tree(ours.KDTree, sklearn.neighbors.KDTree, 3),
    ),
    "k-d tree, 8 features": (
        "sklearn KDTree",
        _tree(ours.KDTree, sklearn.neighbors.KDTree, 8),
    ),
    "ball tree, 3 features": (
        "sklearn BallTree",
        _tree(ours.BallTree, sklearn.neighbors.BallTree, 3),
    ),
}
